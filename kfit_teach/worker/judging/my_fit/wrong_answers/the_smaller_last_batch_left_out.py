# last 4 images were never trained on
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for step in range(len(images) // batch_size):
            cut = slice(step * batch_size, (step + 1) * batch_size)
            model.train_on_batch(images[cut], labels[cut])
