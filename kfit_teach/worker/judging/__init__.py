"""What lessons run in a worker and that is no comparison: the judges of the exercises.

Their reference solutions are plain files in solutions/, so that the kernel side can show them.
"""

from kfit_teach.worker.judging.my_fit import judge_my_fit

# Exercise to its judge: takes the library and the learner's source, gives what Verdict takes.
JUDGES = {"my_fit": judge_my_fit}
