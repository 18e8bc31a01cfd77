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
RECORDED = {"color": "0.55", "linewidth": 4, "linestyle": (0, (1, 0.6))}  # of another machine

# How often an epoch saw an image: from light to dark, so that grey shows it too. Images never seen
# get a colour that stands out; the others stay away from those of the training functions.
COLOUR_OF_TIMES_SEEN = {0: "#E69F00", 1: "#C9B6DC", 2: "#8858B0", 3: "#3F1060"}
BUDGET_COLOUR, BUDGET_LINE_STYLE = "#B8578F", (0, (9, 2, 2, 2))

TITLE_POINTS, LABEL_POINTS, SMALL_POINTS = 15, 13, 12
INCHES_WIDE, DOTS_PER_INCH = 14, 80
