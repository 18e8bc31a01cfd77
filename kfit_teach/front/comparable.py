"""What of a recorded result can be drawn beside one's own, and what that compares."""

from dataclasses import dataclass, replace

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.words import listed, say, say_counted
from kfit_teach.front.differing import what_differs
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.telling.sentences import kind_of_machine

# What speed and memory depend on; of two runs that differ in it the one says nothing of the other.
DECIDES_SPEED_AND_MEMORY = (
    "image_size", "model", "dropout", "batch_normalization", "optimizer", "loss", "batch_size",
    "images_per_epoch", "augment", "workers", "multiprocessing", "max_queue_size", "memory_budget",
)  # fmt: skip


@dataclass(frozen=True)
class Comparable:
    """What can be drawn beside one's own result."""

    sentence: str  # what is compared (machine, library, epochs), or why nothing is
    rankings: list[Ranking]  # of the recorded result: libraries and lanes that both have


def comparable(own, recorded) -> Comparable:
    """Find what of a recorded Comparison can be drawn beside one's own, which may still run."""
    mine, theirs = what_differs([_deciding(own.settings), _deciding(recorded.settings)])
    if _deciding(own.settings) != _deciding(recorded.settings):
        return Comparable(say("The recorded result is not drawn: it has {theirs}, this one {mine}.",
                              theirs=theirs, mine=mine), [])  # fmt: skip
    lanes = {(run.library, run.training_function, run.loader) for run in own.settings.experiments()}
    rankings = []
    for ranking in recorded.rankings():
        shared = [lane for lane in ranking.done
                  if (ranking.library, lane.function, lane.loader) in lanes]  # fmt: skip
        if shared:
            rankings.append(replace(ranking, lanes=shared))
    if not rankings:
        none = say("The recorded result is not drawn: it has none of these runs, but those of "
                   "{libraries}.", libraries=listed(recorded.libraries))  # fmt: skip
        return Comparable(none, [])
    return Comparable(_what_is_compared(own, recorded, rankings), rankings)


def _deciding(settings: ComparisonSettings) -> ComparisonSettings:
    """Give settings that differ only in what speed and memory depend on."""
    deciding = {name: getattr(settings, name) for name in DECIDES_SPEED_AND_MEMORY}
    deciding["images_per_epoch"] = settings.number_of_images
    return ComparisonSettings().model_copy(update=deciding)


def _what_is_compared(own, recorded, rankings: list[Ranking]) -> str:
    machine = rankings[0].lanes[0].result.machine
    libraries = listed([say("{library} {version}", library=ranking.library,
                            version=machine.versions[ranking.library])
                        for ranking in rankings])  # fmt: skip
    theirs, mine = recorded.settings.epochs, own.settings.epochs
    epochs = say_counted("{number} epoch", "{number} epochs", theirs)
    if theirs != mine:
        epochs = say("{epochs} where yours has {mine}", epochs=epochs, mine=mine)
    return say("In grey, recorded on {machine}: {libraries}, {epochs}.",
               machine=kind_of_machine(machine), libraries=libraries, epochs=epochs)  # fmt: skip
