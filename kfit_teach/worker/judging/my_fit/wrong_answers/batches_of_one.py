# did not hold 8 images each, but: 1
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for place in range(len(images)):
            model.train_on_batch(images[place:place + 1], labels[place:place + 1])
