"""Plain Keras as text: the script of a lane, the code of an advice; from templates beside them."""
