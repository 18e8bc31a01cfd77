# loop over epochs outside, over batches inside
def my_fit(model, images, labels, batch_size, epochs):
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        for epoch in range(epochs):
            model.train_on_batch(images[cut], labels[cut])
