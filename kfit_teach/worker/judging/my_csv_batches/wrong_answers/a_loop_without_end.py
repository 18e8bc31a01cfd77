# does it ever reach yield
def my_csv_batches(file, batch_size):
    images = []
    while len(images) < batch_size:
        pass
    yield images, []
