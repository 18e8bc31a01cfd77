# my_fit ended with SystemExit
def my_fit(model, images, labels, batch_size, epochs):
    raise SystemExit(3)
