# called model.train_on_batch, but here you take the step
def my_train_on_batch(model, images, labels, sample_weight=None):
    return model.train_on_batch(images, labels, sample_weight=sample_weight)
