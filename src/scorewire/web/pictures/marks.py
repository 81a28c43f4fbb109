"""One shape for each side and for what came of a shot, so that no signal is a colour alone.

Home is round, away is a diamond. A goal is full, large and ringed; a shot that was held is full and small;
one that missed is hollow; one that was blocked is hollow with a bar across it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import n

Outcome = Literal["goal", "saved", "missed", "blocked"]
"""goal: it counted, as a basket does; saved: on target; missed: wide, or on the post; blocked: on its way."""

WEIGHT: Final = 1.25
"""From the middle of a diamond to its corner, in radii of the circle that looks as heavy."""

SIZES: Final[Mapping[Outcome, float]] = {"goal": 3.7, "saved": 3.6, "missed": 3.6, "blocked": 3.6}


def shape(side: Side, x: float, y: float, r: float) -> str:
    """Path commands of a circle for home, a diamond of the same weight for away.

    A circle is one arc that ends a hair before it began: half of the letters, and a chart has two hundred.
    """
    top = r if side == "home" else r * WEIGHT
    return run("M", x, y - top) + _outline(side, r)


@cache
def _outline(side: Side, r: float) -> str:
    """From the top round and back; a chart has two hundred of them, of four sizes."""
    if side == "home":
        return run("a", r, r, 0, 1, 1, -0.1, 0) + "z"
    d = r * WEIGHT
    return run("l", d, d, -d, d, -d, -d) + "z"


def run(command: str, *numbers: float) -> str:
    """`l4.5-4.5 0 9`: a sign parts two numbers as well as a space does."""
    told = command
    for place, number in enumerate(numbers):
        word = n(number)
        told += word if not place or word.startswith("-") else f" {word}"
    return told


def mark(side: Side, outcome: Outcome, x: float, y: float, *, rare: bool = True) -> str:
    """Path commands of a shot: its shape, and what goes across or round it.

    Args:
        rare: a goal is large and ringed; where there are forty baskets none of them is.
    """
    r = SIZES[outcome]
    drawn = shape(side, x, y, r)
    if outcome == "goal" and rare:
        # By the even-odd rule a hole lies between the core and the ring.
        drawn += shape(side, x, y, r + 1.3) + shape(side, x, y, r + 3.1)
    if outcome == "blocked":
        out = r + 1.4
        drawn += run("M", x - out, y + out) + run("l", 2 * out, -2 * out)
    return drawn


def mark_class(side: Side, outcome: Outcome) -> str:
    """`m home goal`."""
    return f"m {side} {outcome}"


def key(side: Side, outcome: Outcome, words: str, *, rare: bool = True) -> Markup:
    """An entry of a legend: the mark as it is drawn, in no side's colour, and what it stands for."""
    drawn = Markup('<path class="m {}" d="{}"/>').format(outcome, mark(side, outcome, 8, 8, rare=rare))
    return Markup('<svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}').format(drawn, words)


def swatch(side: Side, words: Markup | str, *, line: bool = False) -> Markup:
    """An entry that tells the sides apart: its shape, or as its line is drawn."""
    if line:
        drawn = Markup('<path class="step {}" d="M0 8h16"/>').format(side)
    else:
        drawn = Markup('<path class="fill {}" d="{}"/>').format(side, shape(side, 8, 8, 4.6))
    return Markup('<svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}').format(drawn, words)
