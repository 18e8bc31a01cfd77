"""Which names there are, and which parameters with which defaults."""

import inspect

from . import images, watched


def methods(keras):
    names = ("fit_generator", "predict_generator", "evaluate_generator")
    return [name for name in names if hasattr(keras.Model, name)]


def calling_fit_generator(keras):
    model, notes = watched.counting(keras)
    notes.begin_epoch()
    model.fit_generator(watched.batches(), verbose=0)
    return notes.counts


def calling_predict_generator(keras):
    model = watched.network(keras)
    return len(model.predict_generator(watched.batches()))


def calling_evaluate_generator(keras):
    model = watched.network(keras)
    return model.evaluate_generator(watched.batches())


def body_of_fit_generator(keras):
    return inspect.getsource(keras.Model.fit_generator).partition('"""')[2].partition('"""')[2]


def three_functions_share_a_step(keras):
    """Does the source of fit and train_on_batch call the same function for a step?"""
    model = watched.network(keras)
    return [name for name in ("fit", "train_on_batch")
            if "self.train_function" in inspect.getsource(getattr(type(model), name))]  # fmt: skip


def parameters(keras):
    model = watched.network(keras)
    names = ("fit", "fit_generator", "train_on_batch", "compile")
    makers = {name: getattr(model, name, None) for name in names}
    makers["PyDataset"] = getattr(keras.utils, "PyDataset", None)
    makers["flow"] = images.generator_class(keras).flow
    makers["ImageDataGenerator"] = images.generator_class(keras)
    return {name: _defaults(made) for name, made in makers.items() if made}


def sequence_is_py_dataset(keras):
    return keras.utils.Sequence is keras.utils.PyDataset


def image_data_generator(keras):
    return keras.preprocessing.image.ImageDataGenerator.__doc__.strip()[:60]


def _defaults(made):
    return {
        name: None if one.default is one.empty else repr(one.default)
        for name, one in inspect.signature(made).parameters.items()
        if name != "self"
    }
