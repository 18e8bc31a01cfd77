# has another optimizer than before
import tensorflow as tf


def my_train_on_batch(model, images, labels, sample_weight=None):
    model.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = model.compute_loss(images, labels, predictions, sample_weight)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    model.optimizer.apply_gradients(zip(gradients, variables))
    return float(loss)
