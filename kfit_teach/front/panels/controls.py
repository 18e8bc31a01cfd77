"""Controls for settings: the right widget for each, with its unit, its bounds and a tooltip.

They are widgets that assistive software can name: lists to choose from, bounded numbers and
check boxes, each with its label.
"""

from typing import Literal, get_args, get_origin

import ipywidgets as widgets

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.problems import BadInput, nearest_name

# What stands before a control, with the unit, and what its tooltip says.
WORDS_FOR = {
    "library": ("library", "Keras 3 (keras), Keras 2 (tf_keras), or both, each ranked by itself"),
    "functions": ("training functions", "which of the three train"),
    "loader": ("loader", "where batches come from; natural means each function's own"),
    "model": ("network", "small trains an epoch in about a second; minivggnet is the tutorial's"),
    "images": ("images", "the real Flowers-17 (oxford) or the drawn stand-in (synthetic)"),
    "image_size": ("image size (px)", "side of the square images"),
    "batch_size": ("batch size (images)", "how many images each step trains on"),
    "epochs": ("epochs", "how often the images are gone through"),
    "images_per_epoch": ("images an epoch", "fewer or more images than there are"),
    "order": ("order of the images", "mixed, or sorted by class as the files are"),
    "shuffle": ("shuffle", "whether the images are shuffled anew each epoch"),
    "dropout": ("Dropout", "whether the network drops half of its features while it trains"),
    "batch_normalization": ("BatchNormalization", "whether the network normalizes each batch"),
    "augment": ("augmentation", "whether, and where, the images are changed at random"),
    "workers": ("workers", "how many fill the queue of batches"),
    "optimizer": ("optimizer", "what turns gradients into steps"),
    "loss": ("loss", "what is made small"),
    "memory_budget": ("memory budget", "how much a run may hold over its compiled base"),
    "measure": ("measure in blocks", "whether speed is measured in blocks, with verdicts"),
    "blocks": ("blocks", "how many, where speed is measured in blocks"),
    "seed": ("seed", "what the order and the first weights are drawn from"),
}


def make_control(name, value, choices=()):
    """Make the control of one setting.

    Args:
        name: a field of ComparisonSettings.
        value: what it shows first.
        choices: the values to choose from, or (text, value) pairs; all that are allowed if empty.

    Returns:
        An ipywidget whose `value` is the setting's.

    Raises:
        BadInput: there is no such setting, or its values cannot be listed.

    >>> make_control("batch_size", 32).max
    1020
    """
    if name not in WORDS_FOR:
        raise BadInput(f"There is no control {name!r}; {nearest_name(name, WORDS_FOR)}")
    label, tooltip = WORDS_FOR[name]
    words = {
        "description": label,
        "tooltip": tooltip,
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "margin": "2px 1.5em 2px 2px"},
    }
    field = ComparisonSettings.model_fields[name]
    if choices:
        return widgets.Dropdown(options=list(choices), value=value, **words)
    if field.annotation is bool:
        return widgets.Checkbox(value=value, indent=False, **words)
    if get_origin(field.annotation) is Literal:
        return widgets.Dropdown(options=list(get_args(field.annotation)), value=value, **words)
    if field.annotation is int:
        low, high = _bounds(field)
        return widgets.BoundedIntText(value=value, min=low, max=high, **words)
    raise BadInput(f"The control {name!r} needs its choices; name them.")


def _bounds(field):
    """Read the lowest and the highest value that a field allows."""
    bound = {}
    for end in ("ge", "le"):
        bound[end] = next(getattr(rule, end) for rule in field.metadata if hasattr(rule, end))
    return bound["ge"], bound["le"]
