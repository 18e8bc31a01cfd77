# nothing asked for it
import tensorflow as tf


def my_train_on_batch(model, images, labels, sample_weight=None):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = model.compute_loss(images, labels, predictions)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    model.optimizer.apply_gradients(zip(gradients, variables))
    return float(loss)
