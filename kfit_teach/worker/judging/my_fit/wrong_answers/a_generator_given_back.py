# gave back a generator that nobody draws from
def my_fit(model, images, labels, batch_size, epochs):
    starts = list(range(0, len(images), batch_size)) * epochs
    return (model.train_on_batch(images[s:s + batch_size], labels[s:s + batch_size]) for s in starts)
