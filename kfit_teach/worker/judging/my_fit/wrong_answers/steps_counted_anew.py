# The optimizer counted 0 steps where fit takes 4
def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
        model.optimizer.iterations.assign(0)
