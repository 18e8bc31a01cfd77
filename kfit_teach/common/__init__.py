"""Both sides: what an experiment is, what it measured, and how the sides speak."""
