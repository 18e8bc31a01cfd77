# the sum over the images
import tensorflow as tf


def my_train_on_batch(model, images, labels, sample_weight=None):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        each = tf.keras.losses.categorical_crossentropy(labels, predictions)
        weights = 1.0 if sample_weight is None else sample_weight
        loss = tf.reduce_sum(each * weights) + sum(model.losses)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    model.optimizer.apply_gradients(zip(gradients, variables))
    return float(loss)
