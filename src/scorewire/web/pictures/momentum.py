"""Who pressed, minute by minute: recent events, weighted, home above the line and away below it.

What a minute shows is what happened in it and a fading share of what went before, for the home side less the
same for the away side. It is a picture of the events that a feed tells, not a prediction, and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import WIDTH, Plate, Teams, count, cut, figure, join, label, n, path, text
from scorewire.web.pictures.marks import mark, mark_class, swatch
from scorewire.web.pictures.scales import Course, Scale

LEFT, RIGHT, TOP, HIGH = 10.0, 10.0, 16.0, 120.0
BARS_MAX = 140
FADE: Final = 0.62
"""What is left of a minute's weight a minute later: half of it is gone after one and a half."""

WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "soccer": {
        "GOAL": 4.0,
        "SHOT": 2.0,
        "PENALTY_AWARDED": 3.0,
        "PENALTY_MISSED": 2.5,
        "CORNER": 1.0,
        "FREE_KICK": 0.3,
        "OFFSIDE": 0.4,
        "DRIBBLE": 0.2,
    },
    "basketball": {"FG3": 3.0, "FG2": 2.0, "FT": 1.0, "STEAL": 0.7, "BLOCK": 0.7},
    "ice_hockey": {
        "GOAL": 4.0,
        "SHOT": 1.5,
        "SHOT_MISSED": 1.0,
        "SHOT_BLOCKED": 0.8,
        "TAKEAWAY": 0.4,
        "HIT": 0.2,
    },
    "handball": {"GOAL": 2.0, "SHOT": 0.7},
}
"""By sport and type, what an event adds to the side that it names. Chosen, not fitted: a shot on goal is what
a minute is remembered for, and a goal is two of them."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something a side did: `at` in minutes of the course, `weight` from WEIGHTS, `when` as lines tell it."""

    side: Side
    at: float
    weight: float
    scored: bool = False
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """What the picture is made of; the course is in minutes.

    Attributes:
        until: how far the game has come.
        goals: whether what scored is marked: for sports in which it is rare.
    """

    teams: Teams
    course: Course
    acts: Sequence[Act]
    until: float
    goals: bool = True


def weight(sport: str, type_: str) -> float:
    """0 for what presses nobody."""
    return WEIGHTS.get(sport, {}).get(type_, 0.0)


def pressure(acts: Iterable[Act], minutes: int) -> list[float]:
    """For each minute, who pressed: above 0 the home side, -1 to 1, the strongest minute of either is 1."""
    told = [0.0] * minutes
    for act in acts:
        if 0 <= int(act.at) < minutes:
            told[int(act.at)] += act.weight if act.side == "home" else -act.weight
    held, levels = 0.0, []
    for minute in told:
        held = held * FADE + minute
        levels.append(held)
    most = max((abs(level) for level in levels), default=0.0)
    return [level / most if most else 0.0 for level in levels]


def momentum(shown: Momentum, *, key: str) -> Markup:
    """The picture: a bar for each minute, and the goals over it."""
    sides: tuple[Side, Side] = ("home", "away")
    minutes = min(BARS_MAX, max(1, -int(-shown.until // 1)))
    levels = pressure(shown.acts, minutes)
    across = Scale(0, max(shown.course.length, minutes), LEFT, WIDTH - RIGHT)
    up = Scale(-1.0, 1.0, TOP + HIGH, TOP)
    scored = [act for act in shown.acts if act.scored] if shown.goals else []
    body = shown.course.drawn(across, TOP, TOP + HIGH + 14)
    body += join(path(f"M{n(across.at(act.at))} {n(TOP - 2)}V{n(TOP + HIGH)}", "grid") for act in scored)
    for side, sign in (("home", 1), ("away", -1)):
        commands = "".join(
            f"M{n(across.at(minute + 0.12))} {n(up.at(0))}V{n(up.at(level))}"
            f"H{n(across.at(minute + 0.88))}V{n(up.at(0))}z"
            for minute, level in enumerate(levels)
            if level * sign > 0.01
        )
        body += path(commands, f"bar {side}") if commands else Markup("")
    body += path(f"M{n(LEFT)} {n(up.at(0))}H{n(WIDTH - RIGHT)}", "axis")
    # Beside the bars: above and below them are the goals.
    body += label(LEFT, TOP + 8, shown.teams.short("home"), classes="home word")
    body += label(LEFT, TOP + HIGH - 2, shown.teams.short("away"), classes="away word")
    body += join(_goal(act, across) for act in scored)
    plate = Plate(
        width=WIDTH,
        height=TOP + HIGH + 32,
        body=body,
        title=f"Momentum of {shown.teams.home} and {shown.teams.away}",
        desc=_described(shown, levels),
    )
    legend = [[swatch(side, Markup("<b>{}</b>").format(text(cut(shown.teams.name(side))))) for side in sides]]
    return figure(key=key, kind="momentum", heading="Momentum", legend=legend, plates=[plate])


def _goal(act: Act, across: Scale) -> Markup:
    y = TOP - 8 if act.side == "home" else TOP + HIGH + 8
    x = across.at(act.at)
    return path(mark(act.side, "goal", x, y, rare=False), mark_class(act.side, "goal"))


def _described(shown: Momentum, levels: Sequence[float]) -> str:
    home = sum(level > 0.01 for level in levels)
    away = sum(level < -0.01 for level in levels)
    teams = shown.teams
    said = [
        "Recent events by weight, minute by minute.",
        f"{teams.home} pressed in {count(home, 'minute')}, {teams.away} in {count(away, 'minute')}.",
    ]
    if any(levels):
        strongest = max(range(len(levels)), key=lambda minute: abs(levels[minute]))
        name = teams.home if levels[strongest] > 0 else teams.away
        said.append(f"The strongest minute was number {strongest + 1}, of {name}.")
    if shown.goals:
        goals = [f"{teams.name(act.side)} {act.when}".strip() for act in shown.acts if act.scored][:20]
        said.append(f"Goals: {', '.join(goals)}." if goals else "No goals.")
    return " ".join(said)
