"""The score as it went: a step line of each side over the game, and under it by how much who led.

For every sport that counts up: points of basketball, goals, tries, runs by innings, the points of a set. The
home side's line is whole, the away side's broken; in the margin the home side's lead is above the line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

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
    label,
    n,
    path,
    text,
)
from scorewire.web.pictures.marks import swatch
from scorewire.web.pictures.scales import Course, Scale, rules, ticks

LEFT, RIGHT, TOP = 26.0, 30.0, 14.0
LINES_HIGH: Final = 140.0
MARGIN_HIGH: Final = 70.0
PERIODS_TOLD = 8
"""Of the first of them the words say how the score stood at the end."""

STEPS_MAX = 400
"""Changes of the score that are drawn one by one; a longer game is drawn at every second, third and so on."""


@dataclass(frozen=True, slots=True)
class Step:
    """The score from a moment on.

    Attributes:
        at: in the unit of the course: minutes, innings, points.
        period: from 1; a score at the very end of a period lies where the next one begins.
    """

    at: float
    home: int
    away: int
    period: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Progression:
    """What the picture is made of.

    Attributes:
        steps: in order, each a change of the score; before the first it is 0-0.
        until: how far the game has come on the course; the lines end there.
        unit: what is counted: point, goal, run.
        margin: whether the picture has the margin too: for scores that change all the time.
    """

    teams: Teams
    course: Course
    steps: Sequence[Step]
    until: float
    unit: str = "point"
    margin: bool = True
    heading: str = "Score by time"


def progression(shown: Progression, *, key: str) -> Markup:
    """The picture."""
    steps = _thinned(shown.steps)
    across = Scale(0, max(shown.course.length, shown.until, 1), LEFT, WIDTH - RIGHT)
    height = TOP + LINES_HIGH + 18 + (MARGIN_HIGH + 12 if shown.margin else 0)
    body = _lines(shown, steps, across)
    if shown.margin:
        body += _margin(shown, steps, across, TOP + LINES_HIGH + 24)
    sides: tuple[Side, Side] = ("home", "away")
    plate = Plate(
        width=WIDTH,
        height=height,
        body=body,
        title=f"Score of {shown.teams.home} and {shown.teams.away} over the game",
        desc=described(shown),
    )
    legend = [
        [
            swatch(side, Markup("<b>{}</b>").format(text(cut(shown.teams.name(side)))), line=True)
            for side in sides
        ]
    ]
    return figure(key=key, kind="progression", heading=shown.heading, legend=legend, plates=[plate])


def _lines(shown: Progression, steps: Sequence[Step], across: Scale) -> Markup:
    last = steps[-1] if steps else Step(0, 0, 0)
    values = ticks(max(last.home, last.away, *(max(one.home, one.away) for one in steps), 1))
    up = Scale(0, values[-1], TOP + LINES_HIGH, TOP)
    body = rules(up, values, LEFT, WIDTH - RIGHT)
    body += shown.course.drawn(across, TOP, TOP + LINES_HIGH)
    end = across.at(shown.until)
    drawn: list[Markup] = []
    for side in ("away", "home"):
        commands = f"M{n(across.at(0))} {n(up.at(0))}"
        held = 0
        for one in steps:
            score = one.home if side == "home" else one.away
            if score != held:
                commands += f"H{n(across.at(one.at))}V{n(up.at(score))}"
                held = score
        drawn.append(path(f"{commands}H{n(end)}", f"step {side}"))
    body += join(drawn)
    apart = abs(up.at(last.home) - up.at(last.away))
    lift = max(0.0, 11 - apart) / 2
    above = -lift if last.home >= last.away else lift
    body += label(end + 4, up.at(last.home) + 3.6 + above, str(last.home), classes="home word")
    body += label(end + 4, up.at(last.away) + 3.6 - above, str(last.away), classes="away word")
    return body


def _margin(shown: Progression, steps: Sequence[Step], across: Scale, top: float) -> Markup:
    margins = [(0.0, 0), *((one.at, one.home - one.away) for one in steps)]
    home = max(margin for _, margin in margins)
    away = max(-margin for _, margin in margins)
    # Each side has a quarter of the room even if it never led, so that the line in the middle is one.
    most = max(home, away, 1)
    high, low = max(home, most / 3), max(away, most / 3)
    up = Scale(-low, high, top + MARGIN_HIGH, top)
    marked = [value for value in ticks(most, 2)[1:] if value <= max(high, 1)]
    body = rules(up, marked, LEFT, WIDTH - RIGHT)
    body += rules(
        up, [-value for value in ticks(most, 2)[1:] if value <= low], LEFT, WIDTH - RIGHT, unsigned=True
    )
    end = across.at(shown.until)
    zero = up.at(0)
    for side, sign in (("home", 1), ("away", -1)):
        commands = f"M{n(LEFT)} {n(zero)}"
        held = 0
        for at, margin in margins:
            lead = max(0, margin * sign)
            if lead != held:
                commands += f"H{n(across.at(at))}V{n(up.at(lead * sign))}"
                held = lead
        body += path(f"{commands}H{n(end)}V{n(zero)}z", f"area {side}")
    body += path(f"M{n(LEFT)} {n(zero)}H{n(WIDTH - RIGHT)}", "axis")
    names = (
        label(LEFT + 3, top + 8, f"{shown.teams.short('home')} lead", classes="home word"),
        label(LEFT + 3, top + MARGIN_HIGH - 2, f"{shown.teams.short('away')} lead", classes="away word"),
    )
    return body + group("names", names)


def _thinned(steps: Sequence[Step]) -> Sequence[Step]:
    """Every k-th step and the last, where there are too many to be seen."""
    if len(steps) <= STEPS_MAX:
        return steps
    every = -(-len(steps) // STEPS_MAX)
    return [*steps[: len(steps) - 1 : every], steps[-1]]


def described(shown: Progression) -> str:
    """The score, the largest leads, how often the lead changed, and the score at the end of each period."""
    teams = shown.teams
    if not shown.steps:
        return f"{teams.home} 0, {teams.away} 0: nobody has scored."
    last = shown.steps[-1]
    said = [f"{teams.home} {last.home}, {teams.away} {last.away}."]
    home = max(one.home - one.away for one in shown.steps)
    away = max(one.away - one.home for one in shown.steps)
    said += [
        f"Largest lead of {name}: {count(lead, shown.unit)}."
        for name, lead in ((teams.home, home), (teams.away, away))
        if lead > 0
    ]
    said.append(_changes(lead_changes(shown.steps)))
    for number, period in enumerate(shown.course.periods[:PERIODS_TOLD], start=1):
        if number < last.period:
            held = score_after(shown.steps, number)
            said.append(f"After {period.name}: {held.home}–{held.away}.")
    return " ".join(said)


def _changes(number: int) -> str:
    if not number:
        return "The lead never changed hands."
    times = {1: "once", 2: "twice"}.get(number, f"{number} times")
    return f"The lead changed hands {times}."


def score_after(steps: Iterable[Step], period: int) -> Step:
    """The last step of a period, or before it."""
    held = Step(0, 0, 0)
    for one in steps:
        if one.period <= period:
            held = one
    return held


def lead_changes(steps: Iterable[Step]) -> int:
    """How often the side that leads is another than led last; level scores between do not count."""
    changes, leader = 0, 0
    for one in steps:
        ahead = (one.home > one.away) - (one.home < one.away)
        if ahead and leader and ahead != leader:
            changes += 1
        leader = ahead or leader
    return changes
