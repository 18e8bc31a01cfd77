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
LINE_STYLE_OF = {"arrays": "-", "generator": "--"}

TITLE_POINTS = 15
LABEL_POINTS = 13
SMALL_POINTS = 12
INCHES_WIDE = 14
INCHES_HIGH_PER_LIBRARY = 4.6
