# takes (model, images, labels), but it is called with
def my_train_on_batch(model, images, labels):
    pass
