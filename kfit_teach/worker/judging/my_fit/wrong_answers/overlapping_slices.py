# do your slices overlap?
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(0, len(images), batch_size // 2):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
