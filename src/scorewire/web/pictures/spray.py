"""Baseball: where the batted balls came down, on a field drawn to the rules.

Places are feet from the back corner of home plate: `out` towards second base, `right` towards first base's
side. MLB tells them in a picture of 250 pixels (`hitData.coordinates`), whose home plate and scale `from_mlb`
knows: measured on balls with a stated distance, one pixel is 2.5 feet.

Source: Official Baseball Rules 2.01 (bases 90 ft apart, the pitcher's plate 60 ft 6 in from home, the grass
line 95 ft from it; fences 320 ft or more along the lines, 400 ft in the middle); Baseball Savant's
documentation of hc_x and hc_y as pybaseball reads them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot, sqrt
from typing import Final, Literal

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import (
    WIDTH,
    Plate,
    Teams,
    count,
    cut,
    figure,
    group,
    join,
    listed,
    n,
    path,
    text,
)
from scorewire.web.pictures.marks import run, shape, swatch

Result = Literal["single", "double", "triple", "home_run", "error", "out"]
RESULTS: Final[tuple[Result, ...]] = ("out", "error", "single", "double", "triple", "home_run")
WORDS: Final[Mapping[Result, str]] = {
    "single": "single",
    "double": "double",
    "triple": "triple",
    "home_run": "home run",
    "error": "error",
    "out": "out",
}
HITS: Final = frozenset({"single", "double", "triple", "home_run"})
BALLS_MAX = 150

FOUL_FT, CENTRE_FT = 330.0, 400.0
BASE_FT, MOUND_FT, GRASS_FT = 90.0, 60.5, 95.0
MLB_HOME = (125.42, 198.27)
MLB_FT = 2.495
"""Of one pixel of MLB's picture."""

SCALE = 0.72
"""Units for a foot: the field fills the picture from foul pole to foul pole."""
MIDDLE, HOME_Y = WIDTH / 2, 312.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batted:
    """One ball put in play: `right` and `out` in feet from home plate, out being towards second base."""

    side: Side
    right: float
    out: float
    result: Result
    player: str = ""
    when: str = ""


def from_mlb(x: float, y: float) -> tuple[float, float]:
    """`hitData.coordinates` of MLB -> feet to the right and out."""
    return (x - MLB_HOME[0]) * MLB_FT, (MLB_HOME[1] - y) * MLB_FT


def spray_chart(balls: Sequence[Batted], *, teams: Teams, key: str) -> Markup:
    """The picture: hits are full and as large as their bases, outs hollow, an error is crossed."""
    sides: tuple[Side, Side] = ("home", "away")
    drawn: list[Markup] = []
    shown = balls[-BALLS_MAX:]
    for result in RESULTS:
        for side in sides:
            found = [one for one in shown if one.result == result and one.side == side]
            drawn.append(group(f"m {side} {_class(result)}", map(_ball, found)))
    plate = Plate(
        width=WIDTH,
        height=HOME_Y + 14,
        body=_field() + join(drawn),
        title=f"Batted balls of {teams.home} and {teams.away}",
        desc="A baseball field seen from above, home plate at the bottom. "
        + " ".join(_said(balls, side, teams) for side in sides),
    )
    legend = [
        [
            swatch(side, Markup("<b>{}</b> {}").format(text(cut(teams.name(side))), _figures(balls, side)))
            for side in sides
        ],
        [
            _key("single", "Hit, larger for more bases"),
            _key("home_run", "Home run"),
            _key("out", "Out"),
            _key("error", "Error"),
        ],
    ]
    return figure(key=key, kind="spray diamond", heading="Batted balls", legend=legend, plates=[plate])


def _at(right: float, out: float) -> tuple[float, float]:
    """Feet to units; what flew over the edge of the picture lies on it."""
    x, y = MIDDLE + right * SCALE, HOME_Y - out * SCALE
    return min(WIDTH - 9, max(9.0, x)), min(HOME_Y + 8, max(9.0, y))


def _mark(side: Side, result: Result, x: float, y: float) -> str:
    bases = {"single": 3.2, "double": 3.9, "triple": 4.6, "home_run": 3.7}.get(result, 3.2)
    commands = shape(side, x, y, bases)
    if result == "home_run":
        commands += shape(side, x, y, 5.0) + shape(side, x, y, 6.8)
    if result == "error":
        commands += run("M", x - 4.6, y + 4.6) + run("l", 9.2, -9.2)
    return commands


def _class(result: Result) -> str:
    """The look of a shot that is like it: a ringed goal, a full one, a hollow one."""
    return "goal" if result == "home_run" else "saved" if result in HITS else "missed"


def _ball(one: Batted) -> Markup:
    x, y = _at(one.right, one.out)
    words = " ".join(part for part in (one.when, cut(one.player), WORDS[one.result]) if part)
    return Markup('<path d="{}"><title>{}</title></path>').format(
        _mark(one.side, one.result, x, y), text(words)
    )


def _key(result: Result, words: str) -> Markup:
    return Markup('<svg viewBox="0 0 16 16" aria-hidden="true"><path class="m {}" d="{}"/></svg>{}').format(
        _class(result), _mark("home", result, 8, 8), words
    )


def _field() -> Markup:
    """Grass to the fence, clay round the bases, foul lines; a fence of common depth, of no certain park."""
    pole = FOUL_FT / sqrt(2)
    left, right = _at(-pole, pole), _at(pole, pole)
    # The circle through both poles and the deepest point of centre field.
    sag = CENTRE_FT - pole
    radius = (pole**2 + sag**2) / (2 * sag) * SCALE
    grass = (
        f"M{n(MIDDLE)} {n(HOME_Y)}L{n(left[0])} {n(left[1])}"
        f"A{n(radius)} {n(radius)} 0 0 1 {n(right[0])} {n(right[1])}z"
    )
    base = BASE_FT / sqrt(2)
    # Where the arc of the grass line, round the mound, meets the foul lines.
    reach = (MOUND_FT + sqrt(2 * GRASS_FT**2 - MOUND_FT**2)) / 2
    edge_left, edge_right = _at(-reach, reach), _at(reach, reach)
    clay = (
        f"M{n(MIDDLE)} {n(HOME_Y)}L{n(edge_left[0])} {n(edge_left[1])}"
        f"A{n(GRASS_FT * SCALE)} {n(GRASS_FT * SCALE)} 0 0 1 {n(edge_right[0])} {n(edge_right[1])}z"
    )
    inner = "M" + "L".join(
        f"{n(x)} {n(y)}"
        for x, y in (_at(0, 12), _at(-base + 8, base), _at(0, 2 * base - 12), _at(base - 8, base))
    )
    foul = f"M{n(left[0])} {n(left[1])}L{n(MIDDLE)} {n(HOME_Y)}L{n(right[0])} {n(right[1])}"
    bases = "".join(_bag(*_at(*place)) for place in ((0, 0), (base, base), (0, 2 * base), (-base, base)))
    mound = _at(0, MOUND_FT)
    return (
        path(grass, "floor")
        + path(clay, "clay")
        + path(inner + "z", "turf")
        + path(shape("home", *mound, 9 * SCALE), "clay")
        + path(foul, "foul")
        + path(bases, "bag")
    )


def _bag(x: float, y: float) -> str:
    return run("M", x, y - 3) + run("l", 3, 3, -3, 3, -3, -3) + "z"


def _figures(balls: Sequence[Batted], side: Side) -> str:
    own = [one for one in balls if one.side == side]
    hits = sum(one.result in HITS for one in own)
    return f"{count(hits, 'hit')} · {len(own)} in play"


def _said(balls: Sequence[Batted], side: Side, teams: Teams) -> str:
    own = [one for one in balls if one.side == side]
    if not own:
        return f"{teams.name(side)}: no ball in play."
    kinds = [
        count(number, WORDS[result])
        for result in RESULTS[::-1]
        if (number := sum(one.result == result for one in own))
    ]
    thirds = [_third(one) for one in own]
    spread = [f"{thirds.count(name)} {name}" for name in ("left", "centre", "right")]
    far = max(own, key=lambda one: hypot(one.right, one.out))
    return (
        f"{teams.name(side)}: {listed(kinds)}; to the {listed(spread)}. "
        f"Furthest: {cut(far.player, 40) + ', ' if far.player else ''}{hypot(far.right, far.out):.0f} feet."
    )


def _third(one: Batted) -> str:
    """Which third of the 90 degrees between the foul lines."""
    angle = degrees(atan2(one.right, one.out))
    return "left" if angle < -15 else "right" if angle > 15 else "centre"
