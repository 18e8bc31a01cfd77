# my_fit ended with
def my_fit(model, images, labels, batch_size, epochs):
    input()
