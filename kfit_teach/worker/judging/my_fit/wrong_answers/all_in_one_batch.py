# All images were one batch
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        model.train_on_batch(images, labels)
