# has yield in it, so calling it ran none of its lines
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            yield model.train_on_batch(images[cut], labels[cut])
