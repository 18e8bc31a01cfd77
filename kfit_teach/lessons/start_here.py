"""The tour of notebook 00: one comparison, one order to guess."""

from kfit_teach.common.loaders import TRAINING_FUNCTIONS
from kfit_teach.front.guesses import OrderQuestion
from kfit_teach.front.panels.compare import ComparePanel
from kfit_teach.lessons.recorded import recorded_or_none


def panel(**settings):
    """Make the panel of the tour.

    Args:
        **settings: other settings of ComparisonSettings than the tour's own.

    Returns:
        ComparePanel.
    """
    own = {"library": "keras", "epochs": 3}
    return ComparePanel(
        controls={"library": (), "batch_size": (8, 16, 32, 64), "epochs": ()},
        questions=[
            OrderQuestion(
                "Which needs the most memory? Put the three in order, the hungriest first.",
                order_by_memory,
                TRAINING_FUNCTIONS,
            )
        ],
        recorded=recorded_or_none("start_here"),
        **own | settings,
    )


def order_by_memory(comparison):
    """Put the training functions of the first library in order of their peak memory.

    Returns:
        Tuple of names, the highest first; None where a lane is missing.
    """
    results = comparison.results_of(comparison.settings.libraries[0])
    done = [result for result in results if result.status == "done"]
    if {result.experiment.training_function for result in done} != set(TRAINING_FUNCTIONS):
        return None
    done.sort(key=lambda result: -result.memory.peak_extra_mib)
    return tuple(result.experiment.training_function for result in done)
