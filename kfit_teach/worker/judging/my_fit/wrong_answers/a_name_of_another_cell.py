# import or define the name in it
def my_fit(model, images, labels, batch_size, epochs):
    images / none_such
