"""Where Keras is: the training functions, the libraries, the models, the loaders, the recorder."""
