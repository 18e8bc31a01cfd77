"""The exercises: a folder each, named like the exercise.

judge.py has `judge(keras, source)`, which gives Judged; solution.py passes it; each file in
wrong_answers/ must not, and begins with a comment: words of the sentence that it must get.
"""

import importlib
from collections.abc import Callable
from types import ModuleType

from kfit_teach.common.wire import Judged


def judge_of(exercise: str) -> Callable[[ModuleType, str], Judged]:
    """Find the judge of an exercise: it takes the library, and the learner's source."""
    return importlib.import_module(f"{__name__}.{exercise}.judge").judge
