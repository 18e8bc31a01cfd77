# 1 image never came to train_on_batch, such as number 0
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(1, len(images), batch_size):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
