"""The three training functions. This is the page to put on the projector.

Whichever is called, the network, the batches and their order are the same; what differs is who
writes the loop.

    model     a compiled model of keras or tf_keras
    images    float32 of shape (N, size, size, 3), from 0 to 1
    labels    float32 of shape (N, 18), one-hot (the last column is the image's number)
    batches   an endless iterator of (images, labels), one batch at a time
    dataset   what knows its own length: a PyDataset, a Sequence or a tf.data.Dataset
    settings  batch_size, epochs, steps_per_epoch, shuffle and queue_arguments, of Experiment
    recorder  hears of every batch and epoch; it changes nothing
"""


def fit_on_arrays(model, images, labels, settings, recorder):
    """All images in memory, one call: Keras cuts the batches and loops."""
    model.fit(
        images,
        labels,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        shuffle=settings.shuffle,
        callbacks=[recorder],
        verbose=0,
    )


def fit_on_batches(model, batches, settings, recorder):
    """A generator of batches, one call: Keras pulls the batches and loops."""
    model.fit(
        batches,
        steps_per_epoch=settings.steps_per_epoch,
        epochs=settings.epochs,
        shuffle=False,
        callbacks=[recorder],
        verbose=0,
    )


def fit_on_dataset(model, dataset, settings, recorder):
    """Something that knows its own length, one call: no steps_per_epoch is needed."""
    model.fit(
        dataset,
        epochs=settings.epochs,
        shuffle=False,
        callbacks=[recorder],
        verbose=0,
        **settings.queue_arguments,
    )


def fit_generator(model, batches, settings, recorder):
    """The old name for generators and Sequences, which only tf_keras still has."""
    model.fit_generator(
        batches,
        steps_per_epoch=settings.steps_per_epoch,
        epochs=settings.epochs,
        shuffle=False,
        callbacks=[recorder],
        verbose=0,
        **settings.queue_arguments,
    )


def train_on_batch(model, batches, settings, recorder):
    """One batch a call: you write the loop."""
    for epoch in range(settings.epochs):
        recorder.on_epoch_begin(epoch)
        for step in range(settings.steps_per_epoch):
            images, labels = next(batches)
            model.train_on_batch(images, labels)
            recorder.on_train_batch_end(step)
        recorder.on_epoch_end(epoch)
