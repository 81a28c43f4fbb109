"""The bar of a playback: the score as far as it has been played, key events one can go to, and where one is.

The axis is the time of the playback, so that the slider under it moves with it. Nothing beyond `now` is
drawn: who watches a game as if it were live is not told how it goes on, in no picture and in no text.
static/playbar.js draws the same while a game is played.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import WIDTH, Teams, group, join, label, n, path, sentence, text
from scorewire.web.pictures.marks import shape
from scorewire.web.pictures.scales import Course, Scale, rules, ticks

LEFT: Final = 30.0
RIGHT: Final = 26.0
LANES: Final[dict[Side, float]] = {"home": 13.0, "away": 37.0}
"""Where the marks of each side lie: a finger's width apart."""
TOP: Final = 54.0
BARE: Final = 12.0
"""Where the lines begin: below the lanes, or where no key event is marked."""
HIGH: Final = 66.0
BELOW: Final = 17.0
REACH: Final = 12.0
"""Of a mark to the finger: 24 CSS pixels on a phone (WCAG 2.2, 2.5.8)."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The score from a moment on, ms of the playback."""

    at: int
    home: int
    away: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A key event: where it lies, whose it is, what it says, and where it leads."""

    at: int
    side: Side
    words: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbar:
    """What the bar is made of.

    Attributes:
        course: the periods that have begun; its length is the whole playback's, in ms.
        beats, marks: up to `now`.
        marked: whether there are lanes for marks.
        now: ms of the playback.
    """

    teams: Teams
    course: Course
    beats: Sequence[Beat]
    marks: Sequence[Mark]
    marked: bool
    now: int


def playbar(shown: Playbar) -> Markup:
    """The picture, as one SVG whose marks are links."""
    across = Scale(0, max(shown.course.length, 1), LEFT, WIDTH - RIGHT)
    top = TOP if shown.marked else BARE
    bottom = top + HIGH
    begun = shown.course.drawn(across, top, bottom) if shown.course.periods else Markup("")
    parts = [
        group("names", [_name(shown.teams, side) for side in LANES if shown.marked]),
        group("drawn", [_lines(shown, across, top), begun]),
        Markup('<path class="playhead" d="M{x} {top}V{bottom}"/>').format(
            x=n(across.at(shown.now)), top=n(4), bottom=n(bottom)
        ),
        Markup('<g class="marks">{}</g>').format(join(_mark(one, across) for one in shown.marks)),
    ]
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="group" aria-label="{label}" id="playbar">{body}</svg>'
    ).format(
        w=n(WIDTH),
        h=n(bottom + BELOW),
        label=sentence(f"Key events of {shown.teams.home} and {shown.teams.away} so far"),
        body=join(parts),
    )


def _name(teams: Teams, side: Side) -> Markup:
    return label(LEFT - 6, LANES[side] + 3.6, teams.short(side)[:4], classes=f"{side} word", anchor="end")


def _lines(shown: Playbar, across: Scale, top: float) -> Markup:
    last = shown.beats[-1] if shown.beats else Beat(0, 0, 0)
    values = ticks(max(1, *(max(one.home, one.away) for one in shown.beats), 0), 3)
    up = Scale(0, values[-1], top + HIGH, top)
    body = rules(up, values, LEFT, WIDTH - RIGHT)
    end = across.at(shown.now)
    for side in ("away", "home"):
        commands, held = f"M{n(across.at(0))} {n(up.at(0))}", 0
        for one in shown.beats:
            score = one.home if side == "home" else one.away
            if score != held:
                commands += f"H{n(across.at(one.at))}V{n(up.at(score))}"
                held = score
        body += path(f"{commands}H{n(end)}", f"step {side}")
    leading = max(last.home, last.away)
    low = up.at(min(last.home, last.away)) + 2
    high = min(up.at(leading) + 2, low - 8.5)
    for side, score in (("home", last.home), ("away", last.away)):
        # Level scores: home stands above, as in the lanes.
        first = score == leading and (side == "home" or last.home != last.away)
        body += label(end + 4, high if first else low, str(score), classes=f"{side} word")
    return body


def _mark(one: Mark, across: Scale) -> Markup:
    x, y = across.at(one.at), LANES[one.side]
    return Markup(
        '<a href="{href}" aria-label="{words}"><title>{words}</title>'
        '<circle class="reach" cx="{x}" cy="{y}" r="{r}"/><path class="fill {side}" d="{d}"/></a>'
    ).format(
        href=one.href,
        words=text(one.words),
        x=n(x),
        y=n(y),
        r=n(REACH),
        side=one.side,
        d=shape(one.side, x, y, 4.6),
    )
