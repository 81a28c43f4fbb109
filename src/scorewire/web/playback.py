"""A game at one of its rows, as the page of a playback shows it: pure.

From the course of a game (`/v1/games/{id}/moments`) to the bar of the playback, the row before and after
that matter, and what the page's script is given.
"""

import re
from collections.abc import Sequence
from typing import Final, cast
from urllib.parse import quote

import msgspec
from markupsafe import Markup
from msgspec import UNSET, Struct
from msgspec.structs import replace

from scorewire.model.provider_event import Side
from scorewire.model.score_state import ScoreState
from scorewire.web.board import board
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.playbar import Beat, Mark, Playbar, playbar
from scorewire.web.pictures.scales import Course as Axis
from scorewire.web.pictures.scales import Period
from scorewire.web.timeline import moment
from scorewire.web.words import KEY_WEIGHTS, SPORTS, event_words

MARKS_MAX: Final = 40
"""Of one game; where there are more (baskets) they would lie on each other, and the line says it all."""
PERIODS_NAMED: Final = 6
"""More of them have their shorts under the bar, or their numbers."""


class Moment(Struct, frozen=True, kw_only=True):
    """One row on the course of a game; see `docs/playback.md`."""

    seq: int
    at: int
    type: str
    level: str
    team: Side | None = None
    player: str = ""
    period: int | None = None
    clock: str | None = None
    home: int
    away: int


class Course(Struct, frozen=True, kw_only=True):
    """The course of a game to its head."""

    epoch: str
    seq: int
    length: int
    moments: tuple[Moment, ...]

    def moment(self, seq: int) -> Moment | None:
        """The row of a seq."""
        return self.moments[seq - 1] if 1 <= seq <= len(self.moments) else None


class Stop(Struct, frozen=True, kw_only=True):
    """Where the page leads: a row, and what it is called."""

    seq: int
    words: str


_COURSE: Final = msgspec.json.Decoder(Course)
_CLOCK: Final = re.compile(r"(\d{1,3})(?::00)?(?:\+(\d{1,2}))?(?::(\d{2}))?(?:\.\d+)?\Z")
"""`22:41`, `45+2:10`, `0:45.3`; the same in replay.js."""


def read_course(body: bytes) -> Course:
    """The answer of /moments."""
    return _COURSE.decode(body)


def bar_of(state: ScoreState, course: Course) -> Markup:
    """The bar at the state's row."""
    now = course.moment(state.seq)
    so_far = course.moments[: state.seq]
    shown = board(state, state.updated_at)
    return playbar(
        Playbar(
            teams=Teams(shown.home.name, shown.away.name, shown.home.abbr, shown.away.abbr),
            course=Axis([Period(at, name) for at, name in periods(state.sport, so_far)], course.length),
            beats=_beats(so_far),
            marks=_marks(state, course),
            marked=_is_marked(state.sport, course.moments),
            now=now.at if now is not None else 0,
        )
    )


def clocked(state: ScoreState, course: Course) -> ScoreState:
    """The state with its clock at the newest row that has one.

    A running clock goes on by itself where a game is live; in a recording that was posted at once it would
    stand where it was set.
    """
    clock = state.clock
    if clock is UNSET or not clock.running:
        return state
    display = next((one.clock for one in reversed(course.moments[: state.seq]) if one.clock is not None), "")
    found = _CLOCK.match(display)
    if found is None:
        return state
    base, added, seconds = found.groups()
    played_s = (int(base) + int(added or 0)) * 60 + int(seconds or 0)
    return replace(state, clock=replace(clock, seconds=played_s, display=display, at=state.updated_at))


def stops(state: ScoreState, course: Course) -> tuple[Stop | None, Stop | None]:
    """The key rows before and after the state's own."""
    keys = [one for one in course.moments if one.level == "key"]
    before = next((one for one in reversed(keys) if one.seq < state.seq), None)
    after = next((one for one in keys if one.seq > state.seq), None)
    # What comes next is not told before one goes there.
    return _stop(state.sport, before), Stop(seq=after.seq, words="") if after is not None else None


def _stop(sport: str, one: Moment | None) -> Stop | None:
    return None if one is None else Stop(seq=one.seq, words=words_of(sport, one))


def words_of(sport: str, one: Moment) -> str:
    """`23' Goal, Lionel Messi, 1–0`."""
    period = SPORTS.get(sport, {}).get("periods", {}).get(str(one.period), "")
    name = str(event_words(sport, one.type)["text"]).replace("{period}", period)
    if "{" in name:
        name = one.type.replace("_", " ").capitalize()
    told = [f"{moment(sport, one.period, one.clock)} {name}".strip(), one.player, f"{one.home}–{one.away}"]
    return ", ".join(part for part in told if part)


def where(state: ScoreState, course: Course) -> str:
    """Where the slider stands, in words: `23', Argentina 1, France 0`."""
    one = course.moment(state.seq)
    clock = _clock(state, course) if one is not None else ""
    shown = board(state, state.updated_at)
    score = f"{shown.home.name} {state.home.score}, {shown.away.name} {state.away.score}"
    return ", ".join(part for part in (clock, score) if part)


def _clock(state: ScoreState, course: Course) -> str:
    """The newest clock up to the state's row."""
    told = (moment(state.sport, one.period, one.clock) for one in reversed(course.moments[: state.seq]))
    return next((text for text in told if text), "")


def data_of(state: ScoreState, course: Course) -> dict[str, object]:
    """What the page's script knows of the game: its rows as short lists, in the order of ROW in replay.js."""
    return {
        "length": course.length,
        "marked": _is_marked(state.sport, course.moments),
        "periods": [
            [at, name, seq] for (at, name), seq in zip(*_named(state.sport, course.moments), strict=True)
        ],
        "rows": [
            [
                one.seq,
                one.at,
                one.home,
                one.away,
                one.level == "key",
                one.type,
                one.team or "",
                one.player,
                one.period or 0,
                one.clock or "",
            ]
            for one in course.moments
        ],
    }


def periods(sport: str, moments: Sequence[Moment]) -> list[tuple[int, str]]:
    """When each period begins, and its name: whole where there are few of them."""
    return _named(sport, moments)[0]


def _named(sport: str, moments: Sequence[Moment]) -> tuple[list[tuple[int, str]], list[int]]:
    """The same, and the seq of each."""
    begins: dict[int, Moment] = {}
    for one in moments:
        if one.period is not None and one.period > max(begins, default=0):
            begins[one.period] = one
    words = SPORTS.get(sport, {})
    names = words.get("moments" if len(begins) > PERIODS_NAMED else "periods", {})
    shorts = words.get("moments", {})
    found = [
        (one.at, str((len(begins) > 2 and shorts.get(str(number))) or names.get(str(number), number)))
        for number, one in begins.items()
    ]
    return found, [one.seq for one in begins.values()]


def _beats(moments: Sequence[Moment]) -> list[Beat]:
    found: list[Beat] = []
    for one in moments:
        held = (found[-1].home, found[-1].away) if found else (0, 0)
        if (one.home, one.away) != held:
            found.append(Beat(one.at, one.home, one.away))
    return found


def _is_mark(sport: str, one: Moment) -> bool:
    return one.team is not None and event_words(sport, one.type)["weight"] in KEY_WEIGHTS


def _is_marked(sport: str, moments: Sequence[Moment]) -> bool:
    return sum(_is_mark(sport, one) for one in moments) <= MARKS_MAX


def _marks(state: ScoreState, course: Course) -> list[Mark]:
    if not _is_marked(state.sport, course.moments):
        return []
    return [
        Mark(
            one.at,
            cast(Side, one.team),
            words_of(state.sport, one),
            f"/game/{quote(state.game_id)}/replay?seq={one.seq}",
        )
        for one in course.moments[: state.seq]
        if _is_mark(state.sport, one)
    ]
