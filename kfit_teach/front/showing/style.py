"""How things look, for ever: colour, marker and hatch belong to the training function.

The colours are three of Okabe and Ito's, which people with any colour vision can tell apart; the
marker and the hatch say the same again. Line style belongs to the loader.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How one training function is drawn."""

    colour: str
    marker: str
    hatch: str


LOOK_OF = {
    "fit": Look("#0072B2", "o", ""),
    "fit_generator": Look("#D55E00", "s", "//"),
    "train_on_batch": Look("#009E73", "^", ".."),
}
LINE_STYLE_OF = {
    "arrays": "-",
    "uint8_arrays": (0, (8, 2)),
    "generator": "--",
    "sequence": "-.",
    "tf_data": ":",
    "csv": (0, (3, 1, 1, 1, 1, 1)),
    "csv_tutorial": (0, (1, 3)),
    "memory_map": (0, (6, 2, 1, 2)),
    "folder": (0, (4, 4)),
    "flow": (0, (6, 1, 1, 1, 1, 1)),
}

# How often an epoch saw an image: from light to dark, so that grey shows it too. Images never seen
# get a colour that stands out; the others stay away from those of the training functions.
COLOUR_OF_TIMES_SEEN = {0: "#E69F00", 1: "#C9B6DC", 2: "#8858B0", 3: "#3F1060"}
BUDGET_COLOUR = "#B8578F"
BUDGET_LINE_STYLE = (0, (9, 2, 2, 2))

TITLE_POINTS = 15
LABEL_POINTS = 13
SMALL_POINTS = 12
INCHES_WIDE = 14
LETTERS_A_LINE = 128  # of a title
INCHES_HIGH_PER_LIBRARY = 5
# So many loaders of one training function get a row of bars as wide as the figure, and names beside
# their lines, which all have one colour.
LOADERS_THAT_NEED_A_ROW = 3
INCHES_HIGH_WITH_TWO_ROWS = 9.4
