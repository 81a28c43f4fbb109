"""American football: the drives of a game over the field, one row each, in the order in which they were.

Feeds tell no places of shots here, but where each drive began and ended, in yards. Home drives go to the
right, away drives to the left; a full arrow is a drive that scored, a hollow one did not, and the word at its
end says how it ended. Source: NFL rule book, rule 1 (a field of 100 yards between the goal lines, end zones
of 10).
"""

from collections.abc import Mapping, Sequence
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
    listed,
    n,
    path,
    text,
)
from scorewire.web.pictures.marks import run, swatch

DRIVES_MAX = 44
ROW = 15.0
TOP = 20.0
LEFT, RIGHT = 52.0, 68.0
"""Room for the period before a row and for the result behind it."""
ENDZONE_YD = 10.0
SPOKEN: Final[Mapping[str, tuple[str, str]]] = {
    "Missed FG": ("missed field goal", "missed field goals"),
    "Safety": ("safety", "safeties"),
    "Downs": ("turnover on downs", "turnovers on downs"),
    "End of half": ("end of a half", "ends of a half"),
}
"""Results that are said otherwise than they are drawn: one, many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One drive: `first` and `last` are yards from the own goal line, 0 to 100.

    Attributes:
        result: as it is shown: Touchdown, Field goal, Punt, Interception, Downs, End of half.
        points: that it brought its side.
        when: the period and clock at its start, `Q1 14:56`.
    """

    side: Side
    first: float
    last: float
    plays: int
    result: str
    points: int = 0
    when: str = ""


def drive_chart(drives: Sequence[Drive], *, teams: Teams, key: str) -> Markup:
    """The picture."""
    sides: tuple[Side, Side] = ("home", "away")
    shown = drives[-DRIVES_MAX:]
    high = TOP + ROW * max(1, len(shown))
    body = _field(high) + join(_row(one, TOP + ROW * number) for number, one in enumerate(shown))
    plate = Plate(
        width=WIDTH,
        height=high + 16,
        body=body,
        title=f"Drives of {teams.home} and {teams.away}",
        desc=f"{teams.home} drive to the right, {teams.away} to the left. "
        + " ".join(_said(drives, side, teams) for side in sides),
    )
    legend = [
        [
            swatch(side, Markup("<b>{}</b> {}").format(text(cut(teams.name(side))), _figures(drives, side)))
            for side in sides
        ],
        [_key(scored=True), _key(scored=False)],
    ]
    return figure(key=key, kind="drives field", heading="Drives", legend=legend, plates=[plate])


def _x(side: Side, yards: float) -> float:
    """Yards from the own goal line; the away side's own goal is at the right."""
    from_left = yards if side == "home" else 100 - yards
    yard = (WIDTH - LEFT - RIGHT) / (100 + 2 * ENDZONE_YD)
    return LEFT + (ENDZONE_YD + min(100 + ENDZONE_YD, max(-ENDZONE_YD, from_left))) * yard


def _field(bottom: float) -> Markup:
    first, last = _x("home", -ENDZONE_YD), _x("home", 100 + ENDZONE_YD)
    floor = Markup('<rect class="floor" x="{}" y="{}" width="{}" height="{}"/>').format(
        n(first), n(TOP - 4), n(last - first), n(bottom - TOP + 8)
    )
    zones = "".join(
        f"M{n(_x('home', start))} {n(TOP - 4)}"
        f"V{n(bottom + 4)}H{n(_x('home', start + ENDZONE_YD))}V{n(TOP - 4)}z"
        for start in (-ENDZONE_YD, 100.0)
    )
    yards = "".join(f"M{n(_x('home', yard))} {n(TOP - 4)}V{n(bottom + 4)}" for yard in range(10, 100, 10))
    goals = "".join(f"M{n(_x('home', yard))} {n(TOP - 4)}V{n(bottom + 4)}" for yard in (0, 100))
    names = [
        label(_x("home", yard), TOP - 8, str(min(yard, 100 - yard)), anchor="middle")
        for yard in range(10, 100, 20)
    ]
    return floor + path(zones, "zone") + path(yards, "lines") + path(goals, "frame") + group("names", names)


def _row(one: Drive, y: float) -> Markup:
    """An arrow from where the drive began to where it ended, and how it ended."""
    middle = y + ROW / 2
    first, last = _x(one.side, one.first), _x(one.side, one.last)
    way = 1 if one.side == "home" else -1
    if (last - first) * way < 6:
        # A drive that went nowhere or back is a point with an arrow's head.
        last = first + 6 * way
    neck = last - 5 * way
    arrow = (
        run("M", first, middle - 2.2)
        + run("L", neck, middle - 2.2)
        + run("L", neck, middle - 5)
        + run("L", last, middle)
        + run("L", neck, middle + 5)
        + run("L", neck, middle + 2.2)
        + run("L", first, middle + 2.2)
        + "z"
    )
    tip = Markup("<title>{}</title>").format(
        text(f"{one.when} {count(one.plays, 'play')}, {yards(one)} yards")
    )
    drawn = Markup('<path class="m {} {}" d="{}">{}</path>').format(
        one.side, "saved" if one.points else "missed", arrow, tip
    )
    named = label(LEFT - 4, middle + 3.6, cut(one.when, 8), anchor="end")
    classes = f"{one.side} word" if one.points else ""
    result = label(WIDTH - RIGHT + 5, middle + 3.6, cut(one.result, 12), classes=classes)
    return drawn + named + result


def yards(one: Drive) -> int:
    """Gained; less than 0 for a drive that went back."""
    return round(one.last - one.first)


def _key(*, scored: bool) -> Markup:
    arrow = "M1 6H9V3.4L15 8 9 12.6V10H1z"
    return Markup('<svg viewBox="0 0 16 16" aria-hidden="true"><path class="m {}" d="{}"/></svg>{}').format(
        "saved" if scored else "missed", arrow, "Scored" if scored else "Did not score"
    )


def _own(drives: Sequence[Drive], side: Side) -> list[Drive]:
    return [one for one in drives if one.side == side]


def _figures(drives: Sequence[Drive], side: Side) -> str:
    own = _own(drives, side)
    return f"{count(len(own), 'drive')} · {count(sum(one.points > 0 for one in own), 'score')}"


def _said(drives: Sequence[Drive], side: Side, teams: Teams) -> str:
    own = _own(drives, side)
    if not own:
        return f"{teams.name(side)}: no drives."
    ends: dict[str, int] = {}
    for one in own:
        ends[one.result] = ends.get(one.result, 0) + 1
    ranked = sorted(ends.items(), key=lambda pair: -pair[1])
    told = listed(count(number, *SPOKEN.get(name, (name.lower(), ""))) for name, number in ranked if name)
    longest = max(own, key=yards)
    return (
        f"{teams.name(side)}: {count(len(own), 'drive')}, ended by {told}; "
        f"the longest of {yards(longest)} yards in {count(longest.plays, 'play')}."
    )
