"""The lessons: one module each, which declares what the lesson asks, its panels and its exercise.

The words around them are in the notebooks.
"""

from kfit_teach.lessons.lesson import LessonMap

__all__ = ["LessonMap"]
