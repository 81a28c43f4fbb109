"""Cricket: the worm of each innings' runs with its wickets, and the manhattan of runs in each over.

The side that bats first is drawn whole, the other broken; a wicket is a ring on the worm, and over a bar of
the manhattan as many rings as fell. Source: MCC Laws of Cricket, Laws 17 (the over) and 18 (scoring runs).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import (
    WIDTH,
    Plate,
    count,
    cut,
    figure,
    join,
    label,
    listed,
    n,
    path,
    text,
)
from scorewire.web.pictures.marks import shape, swatch
from scorewire.web.pictures.scales import Scale, rules, ticks

LEFT, RIGHT, TOP, HIGH = 30.0, 34.0, 10.0, 170.0
OVERS_MAX = 80
"""Of an innings, drawn one by one; a longer one, of days, is drawn by two, three overs at a time."""

INNINGS_MAX = 4
WICKETS_ALL = 10


@dataclass(frozen=True, slots=True)
class Over:
    """What came of one over, all extras in it."""

    runs: int
    wickets: int = 0


@dataclass(frozen=True, slots=True)
class Innings:
    """One innings, over by over.

    Attributes:
        side: who bats.
        overs: in order; the last may be unfinished.
        balls: of the last over, 6 if it is whole.
        target: what had to be reached; 0 where nothing had.
    """

    side: Side
    name: str
    overs: Sequence[Over]
    balls: int = 6
    target: int = 0

    @property
    def runs(self) -> int:
        """All of them."""
        return sum(over.runs for over in self.overs)

    @property
    def wickets(self) -> int:
        """All of them."""
        return sum(over.wickets for over in self.overs)

    @property
    def length(self) -> str:
        """`19.4` for nineteen overs and four balls, `20` for twenty."""
        whole = len(self.overs) - (1 if self.balls < 6 else 0)
        return f"{whole}.{self.balls}" if self.balls < 6 and self.overs else str(whole)


def worm(innings: Sequence[Innings], *, overs: int, key: str) -> Markup:
    """Runs over overs, a line for each innings.

    Args:
        overs: that an innings has at most; 0 where it has no limit.
    """
    shown = innings[-INNINGS_MAX:]
    furthest = max((len(one.overs) for one in shown), default=0)
    across = Scale(0, max(overs, furthest, 1), LEFT, WIDTH - RIGHT)
    values = ticks(max((max(one.runs, one.target) for one in shown), default=0))
    up = Scale(0, values[-1], TOP + HIGH, TOP)
    body = rules(up, values, LEFT, WIDTH - RIGHT) + _overs(across)
    ends: list[float] = []
    for number, one in enumerate(shown):
        classes = f"step {_drawn_as(number)}"
        points = _totals(one)
        commands = "".join(f"L{n(across.at(at))} {n(up.at(runs))}" for at, runs, _ in points)
        body += path(f"M{n(across.at(0))} {n(up.at(0))}{commands}", classes)
        body += _fallen(points, across, up, _drawn_as(number))
        at, runs, _ = points[-1] if points else (0, 0, 0)
        y = up.at(runs)
        while any(abs(y - other) < 10 for other in ends):
            y += 5
        ends.append(y)
        body += label(
            across.at(at) + 6, y + 3.6, f"{one.runs}/{one.wickets}", classes=f"{_drawn_as(number)} word"
        )
    plate = Plate(
        width=WIDTH,
        height=TOP + HIGH + 20,
        body=body,
        title="Runs over overs",
        desc=_described(shown),
    )
    return figure(key=key, kind="worm", heading="Runs and wickets", legend=[_legend(shown)], plates=[plate])


def manhattan(innings: Sequence[Innings], *, overs: int, key: str) -> Markup:
    """Runs in each over, a picture for each innings, both to one scale."""
    shown = innings[-INNINGS_MAX:]
    longest = max(overs, 1, *(len(one.overs) for one in shown)) if shown else 1
    every = -(-longest // OVERS_MAX)
    most = ticks(max((over.runs for one in shown for over in _parts(one.overs, every)), default=0), 3)
    plates = [_bars(one, number, most, longest, every) for number, one in enumerate(shown)]
    return figure(
        key=key,
        kind="manhattan",
        heading="Runs by over" if every == 1 else f"Runs by {every} overs",
        legend=[_legend(shown)],
        plates=plates,
    )


def _bars(one: Innings, number: int, values: Sequence[int], longest: int, every: int) -> Plate:
    high, top = 84.0, 26.0
    across = Scale(0, longest, LEFT, WIDTH - 10)
    up = Scale(0, values[-1], top + high, top)
    drawn = _drawn_as(number)
    body = rules(up, values, LEFT, WIDTH - 10) + _overs(across, top + high, -0.5 * every)
    body += label(LEFT, 12, cut(one.name), classes=f"{drawn} word")
    commands, rings = "", ""
    for place, over in enumerate(_parts(one.overs, every)):
        first, wide = across.at((place + 0.14) * every), across.at(0.72 * every) - across.at(0)
        height = up.at(over.runs)
        if over.runs:
            commands += f"M{n(first)} {n(top + high)}V{n(height)}h{n(wide)}V{n(top + high)}z"
        for wicket in range(min(over.wickets, 4)):
            rings += shape("home", first + wide / 2, height - 6 - 7 * wicket, 2.6)
    body += path(commands, f"bar {drawn}") + path(rings, f"ring {drawn}")
    said = [f"{n(over.runs)} in over {place + 1}" for place, over in _best(one.overs)]
    return Plate(
        width=WIDTH,
        height=top + high + 18,
        body=body,
        title=f"Runs by over, {one.name}",
        desc=f"{_total(one)}. Most: {listed(said)}." if said else f"{_total(one)}.",
    )


def _drawn_as(number: int) -> Side:
    """By who bats first, not by who is at home: the same side may bat twice."""
    return "home" if number % 2 == 0 else "away"


def _totals(one: Innings) -> list[tuple[float, int, int]]:
    """After each over, or each few of them: how many there have been, the runs, the wickets of that part."""
    every = -(-len(one.overs) // OVERS_MAX) or 1
    length = len(one.overs) - 1 + one.balls / 6
    runs = 0
    points: list[tuple[float, int, int]] = []
    for number, part in enumerate(_parts(one.overs, every), start=1):
        runs += part.runs
        points.append((min(length, number * every), runs, part.wickets))
    return points


def _fallen(points: Sequence[tuple[float, int, int]], across: Scale, up: Scale, side: Side) -> Markup:
    """A ring where a wicket fell; two of one over stand above each other."""
    rings = "".join(
        shape("home", across.at(at), up.at(runs) - 7 * wicket, 3.2)
        for at, runs, wickets in points
        for wicket in range(min(wickets, 4))
    )
    return path(rings, f"ring {side}")


def _overs(across: Scale, bottom: float = TOP + HIGH, aside: float = 0.0) -> Markup:
    """The numbers of overs: under the end of an over, or `aside` under its bar."""
    every = next((step for step in (1, 2, 5, 10, 20, 50) if across.high / step <= 11), 100)
    return join(
        label(across.at(over + aside), bottom + 12, str(over), anchor="middle")
        for over in range(every, int(across.high) + 1, every)
    )


def _parts(overs: Sequence[Over], every: int) -> list[Over]:
    """Overs, or so many of them together."""
    parts = [overs[first : first + every] for first in range(0, len(overs), every)]
    return [Over(sum(over.runs for over in part), sum(over.wickets for over in part)) for part in parts]


def _best(overs: Sequence[Over]) -> list[tuple[int, Over]]:
    ranked = sorted(enumerate(overs), key=lambda pair: -pair[1].runs)
    return [pair for pair in ranked[:3] if pair[1].runs]


def _total(one: Innings) -> str:
    fell = "all out" if one.wickets >= WICKETS_ALL else f"for {count(one.wickets, 'wicket')}"
    return f"{one.name}: {one.runs} {fell} in {one.length} overs"


def _described(shown: Sequence[Innings]) -> str:
    said: list[str] = []
    for one in shown:
        runs, falls = 0, []
        wickets = 0
        for number, over in enumerate(one.overs, start=1):
            runs += over.runs
            for _ in range(over.wickets):
                wickets += 1
                falls.append(f"{wickets} in over {number}")
        chased = f", chasing {one.target}" if one.target else ""
        said.append(f"{_total(one)}{chased}.")
        if falls:
            said.append(f"Wickets: {listed(falls[:10])}.")
    return " ".join(said) or "Nobody has batted."


def _legend(shown: Sequence[Innings]) -> list[Markup]:
    sides = [
        swatch(
            _drawn_as(number),
            Markup("<b>{}</b> {}/{} ({})").format(text(cut(one.name)), one.runs, one.wickets, one.length),
            line=True,
        )
        for number, one in enumerate(shown)
    ]
    ring = Markup('<svg viewBox="0 0 16 16" aria-hidden="true"><path class="ring" d="{}"/></svg>Wicket')
    return [*sides, ring.format(shape("home", 8, 8, 3.6))]
