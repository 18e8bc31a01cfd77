# divided by the sum of the weights
import tensorflow as tf


def my_train_on_batch(model, images, labels, sample_weight=None):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        each = tf.keras.losses.categorical_crossentropy(labels, predictions)
        weights = tf.ones(len(images)) if sample_weight is None else sample_weight
        loss = tf.reduce_sum(each * weights) / tf.reduce_sum(weights) + sum(model.losses)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    model.optimizer.apply_gradients(zip(gradients, variables))
    return float(loss)
