"""The worker's side: a fresh process that runs one task. Only here is Keras imported."""
