# something beside train_on_batch changed them
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
    model.set_weights([weight * 2 for weight in model.get_weights()])
