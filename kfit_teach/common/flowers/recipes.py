"""The recipes of the drawn flowers: one row of a table for each of the 17 kinds.

Paints and petal shapes are named here, so that a row reads as a botanist would say it.
"""

from dataclasses import dataclass
from types import MappingProxyType

PLAIN = ("none", "white")

PAINTS = MappingProxyType({
    "white": (244, 244, 238), "cream": (246, 238, 196), "pale yellow": (250, 232, 120),
    "yellow": (248, 208, 32), "deep yellow": (244, 178, 20), "lemon": (240, 226, 50),
    "orange": (238, 120, 28), "red": (206, 36, 40), "pink": (236, 140, 176),
    "rose": (208, 66, 120), "maroon": (112, 34, 62), "plum": (146, 68, 120),
    "purple": (116, 58, 170), "lilac": (182, 146, 218), "blue": (82, 92, 206),
    "sky blue": (140, 164, 232), "dark": (42, 22, 40), "brown": (88, 52, 28),
    "rust": (150, 84, 50), "green": (74, 128, 46), "pale green": (158, 190, 98),
    "deep green": (36, 84, 40), "grey green": (98, 136, 110),
})  # fmt: skip

# Half the width of a petal at equal steps from its base to its tip; 1 is the widest.
SHAPES = MappingProxyType({
    "round": (0.12, 0.40, 0.70, 0.90, 1.00, 0.97, 0.78, 0.30),
    "pointed": (0.20, 0.58, 0.88, 1.00, 0.94, 0.72, 0.40, 0.00),
    "oval": (0.20, 0.55, 0.82, 0.96, 1.00, 0.92, 0.68, 0.15),
    "strap": (0.45, 0.65, 0.82, 0.94, 1.00, 1.00, 0.85, 0.25),
    "goblet": (0.35, 0.80, 1.00, 1.00, 0.94, 0.80, 0.52, 0.00),
    "lantern": (0.55, 0.95, 1.00, 1.00, 0.98, 0.94, 0.82, 0.45),
    "tube": (0.40, 0.70, 0.74, 0.74, 0.76, 0.84, 1.00, 0.70),
    "globe": (0.40, 0.85, 1.00, 1.00, 0.90, 0.76, 0.72, 0.86),
    "blade": (0.80, 0.95, 1.00, 0.98, 0.90, 0.72, 0.44, 0.00),
})  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """How one kind of flower is drawn: one row of the table ``RECIPES``.

    ``petals``, ``heads`` (flowers in the picture) and ``size`` (their radius, as a part of the
    picture's side) are ranges; ``width`` is a petal's, as a part of its length. ``colours`` are
    those of which a plant shows one, ``mark`` is what a petal bears and its paint. ``centre`` and
    ``stem`` are a thickness, as a part of the flower's radius, and a paint; ``leaf`` is a shape and
    a width. ``rings`` are the lengths of the rings of petals, the outermost first.
    """

    name: str
    view: str
    petals: tuple[int, int]
    shape: str
    width: float
    colours: tuple[str, ...]
    mark: tuple[str, str]
    centre: tuple[float, str]
    heads: tuple[int, int]
    size: tuple[float, float]
    leaf: tuple[str, float]
    stem: tuple[float, str] = (0.10, "green")
    rings: tuple[float, ...] = (1.0,)


RECIPES = (
    #   name, view, petals, shape, width
    #   colours, mark
    #   centre, heads, size, leaf, stem, rings
    Recipe("daffodil", "trumpet", (6, 6), "pointed", 0.62,
        ("yellow", "yellow", "lemon", "cream", "white"), ("vein", "pale yellow"),
        (0.40, "deep yellow"), (1, 3), (0.32, 0.44), ("blade", 0.07)),
    Recipe("snowdrop", "nod", (3, 3), "oval", 0.52,
        ("white",), PLAIN,
        (0.17, "green"), (1, 3), (0.32, 0.46), ("blade", 0.06)),
    Recipe("lily valley", "spike", (1, 1), "globe", 0.95,
        ("white", "white", "cream"), PLAIN,
        (0.0, "green"), (1, 3), (0.36, 0.46), ("oval", 0.36)),
    Recipe("bluebell", "spike", (3, 3), "tube", 0.42,
        ("blue", "blue", "purple", "sky blue"), ("vein", "purple"),
        (0.0, "green"), (1, 3), (0.40, 0.46), ("blade", 0.06)),
    Recipe("crocus", "cup", (5, 6), "goblet", 0.44,
        ("purple", "lilac", "lilac", "white", "deep yellow"), ("vein", "purple"),
        (0.5, "orange"), (1, 3), (0.32, 0.44), ("blade", 0.03), (0.22, "cream")),
    Recipe("iris", "flag", (3, 3), "round", 0.64,
        ("purple", "blue", "lilac", "yellow", "white"), ("beard", "yellow"),
        (0.0, "green"), (1, 2), (0.36, 0.46), ("blade", 0.09), (0.14, "green")),
    Recipe("tigerlily", "lily", (6, 6), "pointed", 0.34,
        ("orange", "orange", "deep yellow", "red"), ("spots", "dark"),
        (0.10, "pale green"), (1, 3), (0.38, 0.46), ("pointed", 0.10)),
    Recipe("tulip", "cup", (3, 4), "goblet", 0.78,
        ("red", "red", "red", "pink", "rose", "yellow", "orange", "white"), PLAIN,
        (0.0, "green"), (1, 3), (0.32, 0.42), ("blade", 0.20), (0.13, "pale green")),
    Recipe("fritillary", "nod", (3, 3), "lantern", 0.66,
        ("plum", "plum", "maroon", "plum", "cream"), ("chequer", "pink"),
        (0.10, "green"), (1, 2), (0.38, 0.46), ("blade", 0.03)),
    Recipe("sunflower", "open", (18, 26), "pointed", 0.24,
        ("yellow", "yellow", "deep yellow"), PLAIN,
        (0.46, "brown"), (1, 2), (0.36, 0.46), ("oval", 0.40), (0.12, "green"), (1.0, 0.9)),
    Recipe("daisy", "open", (16, 24), "strap", 0.20,
        ("white", "white", "white", "pink"), PLAIN,
        (0.30, "yellow"), (1, 3), (0.26, 0.44), ("pointed", 0.10), (0.08, "green"), (1.0, 0.9)),
    Recipe("colts' foot", "open", (34, 44), "strap", 0.07,
        ("yellow", "lemon", "yellow"), PLAIN,
        (0.30, "deep yellow"), (1, 3), (0.28, 0.40), ("oval", 0.03), (0.22, "rust"), (1.0, 0.9)),
    Recipe("dandelion", "open", (26, 32), "strap", 0.13,
        ("yellow", "deep yellow", "lemon"), PLAIN,
        (0.0, "deep yellow"), (1, 3), (0.30, 0.46), ("pointed", 0.16), (0.10, "pale green"),
        (1.0, 0.8, 0.58, 0.34)),
    Recipe("cowslip", "cluster", (5, 5), "round", 0.95,
        ("yellow", "lemon", "deep yellow"), ("base", "orange"),
        (0.20, "orange"), (1, 2), (0.38, 0.46), ("oval", 0.30), (0.10, "pale green")),
    Recipe("buttercup", "open", (5, 5), "round", 1.10,
        ("yellow", "lemon", "yellow"), ("shine", "pale yellow"),
        (0.24, "pale green"), (1, 3), (0.26, 0.42), ("pointed", 0.08)),
    Recipe("windflower", "open", (6, 8), "oval", 0.52,
        ("white", "white", "sky blue", "lilac", "pink"), ("vein", "lilac"),
        (0.20, "pale yellow"), (1, 3), (0.30, 0.46), ("pointed", 0.16)),
    Recipe("pansy", "face", (5, 5), "round", 1.25,
        ("purple", "yellow", "white", "maroon", "blue", "orange"), ("blotch", "dark"),
        (0.11, "yellow"), (1, 2), (0.38, 0.46), ("oval", 0.30)),
)  # fmt: skip
