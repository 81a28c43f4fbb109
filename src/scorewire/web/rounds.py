"""The games of a season by round, or by day where rounds say nothing, and which of these is now. Pure.

Whoever lists a season knows of each game when it starts, its round and its status; the games of one round
are then read anew, because they may be live.

    games of a season ──► stages: rounds or days, in order ──► the one asked for, or that of now
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median_low
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct

from scorewire.model.score_state import ScoreState
from scorewire.web.board import group

STAGE_MAX: Final = 60
"""Games of one stage on a page; one stream may follow 100."""
NAMED_SHARE: Final = 0.8
"""So many of the games must name a round before rounds are what people go by."""
KNOCK_OUT: Final = (
    "final", "semi", "quarter", "round of", "last 16", "last 32", "third place", "3rd place", "play-off",
    "playoff", "play-in", "knock", "wild card", "eliminator", "qualifier 1", "qualifier 2", "championship",
    "division series", "divisional", "super bowl", "world series", "stanley cup",
)  # fmt: skip
"""Words in the names of rounds that no table counts."""

By = Literal["round", "day"]


class Listed(Struct, frozen=True, array_like=True):
    """A game in the list of a season; `group` is live, over or next, as when the list was made."""

    game_id: str
    start_ms: int
    round: str
    group: str


class SeasonGames(Struct, frozen=True, kw_only=True):
    """All games of a season.

    Attributes:
        whole: false where there are more than a list holds.
        colors: of teams that have one, as declared.
    """

    games: tuple[Listed, ...] = ()
    whole: bool = True
    colors: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Stage:
    """A round, or a day.

    Attributes:
        key: what its address names it by: the round's name, or `2024-05-19`.
        when: `19 May`, `18–20 May`; empty for a day, whose label says it.
        games: their ids, in the order of their starts.
        live: how many go on.
    """

    by: By
    key: str
    label: str
    when: str
    start_ms: int
    games: tuple[str, ...]
    live: int = 0


def listed(states: Iterable[ScoreState]) -> list[Listed]:
    """What a list of a season keeps of its games."""
    return [
        Listed(
            game_id=state.game_id,
            start_ms=start_ms(state.start),
            round="" if state.round is UNSET else state.round,
            group=group(state.status),
        )
        for state in states
    ]


def start_ms(start: str) -> int:
    """A game's start in ms; a day without a time begins it, and 0 is what cannot be read."""
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return 0
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def stages(games: Sequence[Listed], tz: str) -> tuple[Stage, ...]:
    """All rounds or days of a season, the first one first."""
    by = grouping(games)
    held: dict[str, list[Listed]] = {}
    for one in sorted(games, key=lambda one: (one.start_ms, one.game_id)):
        key = (one.round or "Other games") if by == "round" else day_of(one.start_ms, tz).isoformat()
        held.setdefault(key, []).append(one)
    found = [_stage(by, key, own, tz) for key, own in held.items()]
    # A game that was put off, or brought forward, does not move its round.
    return tuple(sorted(found, key=lambda one: one.start_ms))


def grouping(games: Sequence[Listed]) -> By:
    """Rounds, where most games name one and none of them is half a season."""
    counts: dict[str, int] = {}
    for one in games:
        counts[one.round] = counts.get(one.round, 0) + 1
    named = len(games) - counts.pop("", 0)
    if not counts or named < len(games) * NAMED_SHARE:
        return "day"
    return "round" if max(counts.values()) <= STAGE_MAX else "day"


def _stage(by: By, key: str, own: Sequence[Listed], tz: str) -> Stage:
    days = [day_of(one.start_ms, tz) for one in own]
    return Stage(
        by=by,
        key=key,
        label=round_name(key) if by == "round" else day_name(days[0]),
        when=span(days[0], days[-1]) if by == "round" else "",
        start_ms=median_low([one.start_ms for one in own]),
        games=tuple(one.game_id for one in own),
        live=sum(one.group == "live" for one in own),
    )


def current(found: Sequence[Stage], now_ms: int) -> int:
    """Where a reader wants to begin: at what is played, else at what is nearest to now; -1 for none."""
    if not found:
        return -1
    playing = [place for place, one in enumerate(found) if one.live]
    if playing:
        return playing[-1]
    return min(range(len(found)), key=lambda place: abs(found[place].start_ms - now_ms))


def find(found: Sequence[Stage], key: str) -> int | None:
    """Where a stage stands that an address names: None for an unknown one."""
    return next((place for place, one in enumerate(found) if one.key == key), None)


def knock_out(games: Iterable[Listed]) -> Mapping[str, tuple[str, ...]]:
    """Games outside the table by round, the last round first."""
    held: dict[str, list[Listed]] = {}
    for one in games:
        if is_knock_out(one.round):
            held.setdefault(one.round, []).append(one)
    last_first = sorted(held.items(), key=lambda item: -max(one.start_ms for one in item[1]))
    return {
        name: tuple(one.game_id for one in sorted(own, key=lambda one: one.start_ms))
        for name, own in last_first
    }


def is_knock_out(name: str) -> bool:
    """Whether a round is one that no table counts, by the words in its name."""
    said = name.casefold()
    return any(word in said for word in KNOCK_OUT)


def match_days(games: Iterable[Listed], now_ms: int) -> tuple[date, ...]:
    """Days (UTC) on which games of the season were played, oldest first: those that a table may be of."""
    return tuple(sorted({day_of(one.start_ms, "UTC") for one in games if 0 < one.start_ms <= now_ms}))


def day_of(at_ms: int, tz: str) -> date:
    """The calendar day of a moment in a zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC if tz == "UTC" else ZoneInfo(tz)).date()


def round_name(name: str) -> str:
    """`Round 12` for a number alone."""
    return f"Round {name}" if name.isdecimal() else name


def day_name(day: date) -> str:
    """`Sunday 19 May 2024`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def short_day(day: date) -> str:
    """`19 May 2024`."""
    return f"{day.day} {day:%b} {day.year}"


def span(first: date, last: date) -> str:
    """`19 May`, `18–20 May`, `30 Apr – 2 May`."""
    if first == last:
        return f"{first.day} {first:%b}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b}"
    return f"{first.day} {first:%b} – {last.day} {last:%b}"
