"""What several runs differ in, in a few words each, for the titles over them."""

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.flowers import NAME_OF_KIND
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.words import say, to_say

# What a setting is called where runs differ in it: by its value, or with its value in it. Whatever
# is not named here is called by its title.
OF_A_VALUE = {
    "order": {"sorted": to_say("sorted by class"), "mixed": to_say("mixed")},
    "shuffle": {True: to_say("shuffled"), False: to_say("not shuffled")},
    "library": {"both": to_say("both libraries"), "keras": "keras", "tf_keras": "tf_keras"},
    "dropout": {True: to_say("Dropout 0.5"), False: to_say("no Dropout")},
    "batch_normalization": {
        True: to_say("BatchNormalization"), False: to_say("no BatchNormalization")},
    "images": NAME_OF_KIND,
    "augment": {"none": to_say("not augmented")},
    "multiprocessing": {True: to_say("processes"), False: to_say("threads")},
    "measure": {True: to_say("measured in blocks"), False: to_say("one run each")},
    "evaluate": {True: to_say("accuracy taken"), False: to_say("no accuracy taken")},
    "memory_budget": {None: to_say("no budget")},
    "functions": {None: to_say("all functions")},
}  # fmt: skip
WITH_ITS_VALUE = {
    "model": to_say("network {value}"),
    "functions": to_say("{value}"),
    "epochs": to_say("epochs: {value}"),
    "workers": to_say("workers: {value}"),
    "max_queue_size": to_say("queue of {value} batches"),
    "batch_size": to_say("batches of {value}"),
    "images_per_epoch": to_say("{value} images"),
    "image_size": to_say("{value} px"),
    "augment": to_say("augmented by {value}"),
    "memory_budget": to_say("budget {value} MiB"),
}


def what_differs(settings: list[ImageSettings]) -> list[str]:
    """Say of each run what it does otherwise than the others; of one that was seen before, "again".

    What is switched off is only told of a run of which there is nothing else to tell.

    Args:
        settings: those of the runs, in order, all of one class: ComparisonSettings, or those of a
            demonstration.

    >>> what_differs([ComparisonSettings(order=order) for order in ("sorted", "mixed", "mixed")])
    ['sorted by class', 'mixed', 'mixed, again']
    >>> what_differs([ComparisonSettings(), ComparisonSettings(shuffle=True)])
    ['not shuffled', 'shuffled']
    """
    differing = [
        name
        for name in type(settings[0]).model_fields
        if len({getattr(run, name) for run in settings}) > 1
    ]
    said = []
    for place, run in enumerate(settings):
        told = [name for name in differing if getattr(run, name) is not False] or differing
        words = ", ".join(_in_words(run, name) for name in told)
        if run in settings[:place]:
            words = say("{run}, again", run=words) if words else say("again")
        said.append(words or say("one run"))
    return said


def _in_words(run, name):
    """Say one setting of a run."""
    if name == "shuffle" and not run.shuffle and run.order == "sorted":
        name = "order"  # what it trains on, since no shuffling hides it
    value = getattr(run, name)
    if name == "images_per_epoch" and isinstance(run, ComparisonSettings):
        value = run.number_of_images
    if value in OF_A_VALUE.get(name, ()):
        return say(OF_A_VALUE[name][value])
    if name == "memory_budget":
        value = f"{value / MIB:.0f}"
    if isinstance(value, tuple):
        value = " + ".join(map(str, value))
    if name in WITH_ITS_VALUE:
        return say(WITH_ITS_VALUE[name], value=value)
    title = say(type(run).model_fields[name].title)
    return say("{setting} {value}", setting=title, value=value)
