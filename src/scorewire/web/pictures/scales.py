"""Axes: where a value lies in a picture, and which values are worth a line.

Scale   a range of values -> a range of units
Course  a game's periods on one axis of time: where each begins, and what it is called
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup

from scorewire.web.pictures.drawing import label, n, path

STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Linear. A range without extent lies in the middle."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Where a value lies; what is beyond the range lies on its edge."""
        if self.high == self.low:
            return (self.first + self.last) / 2
        share = (value - self.low) / (self.high - self.low)
        return self.first + (self.last - self.first) * min(1.0, max(0.0, share))


def ticks(high: float, wanted: int = 5) -> list[int]:
    """Round whole numbers from 0 to at least `high`: `[0, 20, 40, 60]`."""
    top = max(1.0, high)
    rough = top / wanted
    power = 10.0 ** floor(log10(rough))
    # Whole steps only: 2.5 serves from 25 on.
    steps = (round(power * one, 6) for one in STEPS)
    step = int(next(one for one in steps if one >= max(1.0, rough) and one == int(one)))
    return [step * k for k in range(int(-(-top // step)) + 1)]


@dataclass(frozen=True, slots=True)
class Period:
    """One part of a game: where it begins on the axis, in the axis's own unit, and its name under it."""

    begins: float
    name: str


@dataclass(frozen=True, slots=True)
class Course:
    """The axis of a game.

    Attributes:
        periods: in order; the first begins at 0.
        length: where the game ends, or the end of what it is planned for while it is played.
    """

    periods: Sequence[Period]
    length: float

    def drawn(self, across: Scale, top: float, bottom: float) -> Markup:
        """A line where each period begins, and its name in the middle of it."""
        made = Markup("")
        starts = [period.begins for period in self.periods]
        ends = [*starts[1:], self.length]
        commands = "".join(f"M{n(across.at(start))} {n(top)}V{n(bottom)}" for start in starts[1:])
        if commands:
            made += path(commands, "part")
        for period, start, stop in zip(self.periods, starts, ends, strict=True):
            middle = (across.at(start) + across.at(min(stop, self.length))) / 2
            made += label(middle, bottom + 12, period.name, anchor="middle")
        return made


def rules(up: Scale, values: Sequence[float], left: float, right: float, *, unsigned: bool = False) -> Markup:
    """A line across for each value, and the value at its left; `unsigned` for a margin of either side."""
    made = path("".join(f"M{n(left)} {n(up.at(value))}H{n(right)}" for value in values), "grid")
    for value in values:
        made += label(left - 4, up.at(value) + 3.4, n(abs(value) if unsigned else value), anchor="end")
    return made
