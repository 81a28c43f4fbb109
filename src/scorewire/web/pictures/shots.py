"""Shot charts: where each shot was taken, by whom, and what came of it.

Soccer and ice hockey are drawn on one whole ground, home attacking to the right. A basketball game has two
hundred shots within a few metres of two hoops, so each side has a half court of its own, hoop at the top.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Final, Literal

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures import frames, marks
from scorewire.web.pictures.drawing import (
    WIDTH,
    Plate,
    Teams,
    count,
    cut,
    figure,
    group,
    listed,
    n,
    text,
)
from scorewire.web.pictures.grounds import (
    COURT_FIBA,
    COURT_NBA,
    PITCH,
    RINK_IIHF,
    RINK_NHL,
    Ground,
    end,
    floor,
)
from scorewire.web.pictures.marks import Outcome

SIDES: Final[tuple[Side, Side]] = ("home", "away")
OUTCOMES: Final[tuple[Outcome, ...]] = ("blocked", "missed", "saved", "goal")
"""In the order in which they are drawn: what matters lies on top."""

Sport = Literal["soccer", "basketball", "ice_hockey"]

TITLED_MAX = 60
"""Shots of a plate up to which each has a tooltip; of more, only those that counted have, if they are no more
than this: a picture stays small."""

SHOTS_MAX = 200
"""Marks of one plate; more than any game has, and a list that never ends draws no picture that does not."""

GROUNDS: Final[Mapping[Sport, str]] = {"soccer": "A soccer pitch", "ice_hockey": "An ice hockey rink"}

WORDS: Final[tuple[tuple[Outcome, str], ...]] = (("missed", "off target"), ("blocked", "blocked"))

NAMED_MAX = 12
"""Scorers that the words name one by one."""

DEPTH: Final = {"ft": 40.0, "m": 12.0}
"""How far from the end line a half court is drawn; a shot from beyond it lies on the edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One shot that stands.

    Attributes:
        x, y: as the row's claim has them, shares in the frame of `Chart.provider`.
        when: as lines tell it: `23'`, `Q3 4:12`.
        points: what it was worth, or would have been: 3 for one from beyond the arc.
    """

    side: Side
    period: int
    x: float
    y: float
    outcome: Outcome
    player: str = ""
    when: str = ""
    points: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart is made of.

    Attributes:
        provider: the format whose frame the shots are in: `cause.provider` of their rows, by its format.
        international: the ground of FIBA or of the IIHF.
    """

    sport: Sport
    teams: Teams
    provider: str
    shots: Sequence[Shot]
    international: bool = False


def ground_for(sport: Sport, *, international: bool = False) -> Ground:
    """The ground that a sport's shots are taken on."""
    if sport == "soccer":
        return PITCH
    if sport == "basketball":
        return COURT_FIBA if international else COURT_NBA
    return RINK_IIHF if international else RINK_NHL


def ground_of(chart: Chart) -> Ground:
    """The ground it is drawn on."""
    return ground_for(chart.sport, international=chart.international)


def shot_chart(chart: Chart, *, key: str) -> Markup:
    """The picture. Without a shot it is the empty ground, and says so."""
    ground = ground_of(chart)
    placed = list(zip(chart.shots, frames.spots(chart.provider, ground, chart.shots), strict=True))
    if chart.sport == "basketball":
        plates = [_half(chart, ground, side, placed) for side in SIDES]
    else:
        plates = [_whole(chart, ground, placed)]
    return figure(
        key=key,
        kind=f"shots {ground.name}",
        heading="Shots",
        legend=[_sides(chart), _outcomes(chart)],
        plates=plates,
    )


def _whole(chart: Chart, ground: Ground, placed: Sequence[tuple[Shot, frames.Spot]]) -> Plate:
    """Both sides on one ground, home to the right."""
    room = 6.0 + 2.0 * (WIDTH / ground.length if ground is PITCH else 0)
    scale = (WIDTH - 2 * room) / ground.length
    top = 6.0
    points: list[tuple[Shot, float, float]] = []
    for shot, spot in placed:
        along, across = spot.along, spot.across
        if shot.side == "away":
            along, across = ground.length - along, ground.width - across
        points.append((shot, room + along * scale, top + across * scale))
    body = _scaled(floor(ground), room, top, scale) + _marks(points, rare=True)
    return Plate(
        width=WIDTH,
        height=ground.width * scale + 2 * top,
        body=body,
        title=f"Shots of {chart.teams.home} and {chart.teams.away}",
        desc=f"{GROUNDS[chart.sport]}; {chart.teams.home} attack to the right, "
        f"{chart.teams.away} to the left. " + " ".join(_said(chart, side) for side in SIDES),
    )


def _half(chart: Chart, ground: Ground, side: Side, placed: Sequence[tuple[Shot, frames.Spot]]) -> Plate:
    """One side's half court, the hoop at the top."""
    scale = (WIDTH - 12) / ground.width
    depth = DEPTH[ground.unit]
    points: list[tuple[Shot, float, float]] = []
    beyond = 0
    for shot, spot in placed:
        if shot.side != side:
            continue
        out = ground.length - spot.along
        beyond += out > depth
        points.append((shot, 6 + spot.across * scale, 6 + min(out, depth) * scale))
    height = depth * scale + 12
    # The left end, turned so that its end line is the upper edge.
    lines = Markup(
        '<g transform="matrix(0 {s} {s} 0 6 6)"><rect class="floor" width="{d}" height="{w}"/>'
    ).format(s=f"{scale:.3f}", d=n(depth), w=n(ground.width)) + Markup("{}</g>").format(end(ground))
    said = _said(chart, side)
    if beyond:
        lies = "lies" if beyond == 1 else "lie"
        said += f" {count(beyond, 'shot')} from beyond the picture {lies} on its edge."
    return Plate(
        width=WIDTH,
        height=height,
        body=lines + _marks(points, rare=False),
        title=f"Shots of {chart.teams.name(side)}",
        desc=f"Half a basketball court, the hoop at the top. {said}",
    )


def _scaled(drawn: Markup, x: float, y: float, scale: float) -> Markup:
    return Markup('<g transform="translate({} {}) scale({})">{}</g>').format(
        n(x), n(y), f"{scale:.3f}", drawn
    )


def _marks(points: Sequence[tuple[Shot, float, float]], *, rare: bool) -> Markup:
    """The marks, a group for each side and outcome; what has no tooltip is one path."""
    points = points[:SHOTS_MAX]
    every = len(points) <= TITLED_MAX
    goals = sum(shot.outcome == "goal" for shot, _, _ in points) <= TITLED_MAX
    drawn: list[Markup] = []
    for outcome in OUTCOMES:
        for side in SIDES:
            found = [one for one in points if one[0].outcome == outcome and one[0].side == side]
            if every or (goals and outcome == "goal"):
                parts = [_titled(shot, marks.mark(side, outcome, x, y, rare=rare)) for shot, x, y in found]
            else:
                commands = "".join(marks.mark(side, outcome, x, y, rare=rare) for _, x, y in found)
                parts = [Markup('<path d="{}"/>').format(commands)] if found else []
            drawn.append(group(marks.mark_class(side, outcome), parts))
    return Markup("").join(drawn)


def _titled(shot: Shot, commands: str) -> Markup:
    words = " ".join(part for part in (shot.when, cut(shot.player)) if part)
    if not words:
        return Markup('<path d="{}"/>').format(commands)
    return Markup('<path d="{}"><title>{}</title></path>').format(commands, text(words))


def _of(chart: Chart, side: Side, *outcomes: Outcome, points: int = 0) -> int:
    return sum(
        shot.side == side
        and (not outcomes or shot.outcome in outcomes)
        and (not points or shot.points == points)
        for shot in chart.shots
    )


def _said(chart: Chart, side: Side) -> str:
    """What a side's shots came to, in words and figures."""
    name = chart.teams.name(side)
    taken = _of(chart, side)
    if not taken:
        return f"{name}: no shots."
    if chart.sport == "basketball":
        made, threes = _of(chart, side, "goal"), _of(chart, side, points=3)
        said = f"{name} made {made} of {count(taken, 'shot')}"
        said += f", {_of(chart, side, 'goal', points=3)} of {threes} from three points" if threes else ""
        return f"{said}.{_top(chart, side)}"
    said = f"{name}: {count(taken, 'shot')}, {_of(chart, side, 'goal', 'saved')} on target"
    # A feed that does not tell which shots were blocked is not made to say that none was.
    for outcome, words in WORDS:
        said += f", {number} {words}" if (number := _of(chart, side, outcome)) else ""
    said += f", {count(_of(chart, side, 'goal'), 'goal')}"
    goals = [shot for shot in chart.shots if shot.side == side and shot.outcome == "goal"]
    named = [" ".join(part for part in (cut(one.player, 40), one.when) if part) for one in goals[:NAMED_MAX]]
    told = listed(named)
    return f"{said}: {told}." if told else f"{said}."


def _top(chart: Chart, side: Side) -> str:
    """Who made most of a side's baskets."""
    made: dict[str, int] = {}
    for shot in chart.shots:
        if shot.side == side and shot.outcome == "goal" and shot.player:
            made[shot.player] = made.get(shot.player, 0) + 1
    best = sorted(made.items(), key=lambda pair: -pair[1])[:3]
    return f" Most baskets: {listed(f'{cut(name, 40)} {number}' for name, number in best)}." if best else ""


def _sides(chart: Chart) -> Iterable[Markup]:
    for side in SIDES:
        taken, goals = _of(chart, side), _of(chart, side, "goal")
        if chart.sport == "basketball":
            threes = f"{_of(chart, side, 'goal', points=3)}/{_of(chart, side, points=3)} from three"
            figures = f"{goals}/{taken} · {threes}"
        else:
            on = _of(chart, side, "goal", "saved")
            figures = f"{count(goals, 'goal')} · {on} on target · {count(taken, 'shot')}"
        yield marks.swatch(
            side,
            Markup("<b>{}</b> {}").format(text(cut(chart.teams.name(side))), text(figures)),
        )


def _outcomes(chart: Chart) -> Iterable[Markup]:
    if chart.sport == "basketball":
        yield marks.key("home", "goal", "Made", rare=False)
        yield marks.key("home", "missed", "Missed", rare=False)
        return
    yield marks.key("home", "goal", "Goal")
    yield marks.key("home", "saved", "On target")
    yield marks.key("home", "missed", "Off target")
    yield marks.key("home", "blocked", "Blocked")


def distance(ground: Ground, spot: frames.Spot) -> float:
    """From the hoop or the middle of the goal that is attacked, in units of the ground."""
    return hypot(ground.length - ground.hoop - spot.along, spot.across - ground.width / 2)
