"""When each row of a game is due in a playback: pure.

A row has up to three times, and none of them is right for every game:

    provider   the provider's own time of the play (`claim.time_ms`): the best one, where it is told
    rows       when we made the row (`ts`): what fans lived through, unless a recording was posted faster
    game       period and clock of the play: what is left of a recording that knows no wall time
    even       EVEN_MS for each row: a list of points without any time

One of them is taken for the whole game: the first that is credible. The provider's and ours are, if they have
run for at least half of what the game's clock has run, and for a second a row. A recording that was posted at
the speed `max` is not credible by `ts`, one that was posted at 60 times its pace is so by neither.

No time steps back: what is told late, or about a play long ago, is due when the row before it was. Gaps
longer than GAP_MAX_MS are cut to it, so that nobody sits through half-time, a rain break or a night; before
the game begins, to BEFORE_MS. `Timetable.real` has what goes on uncut.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from scorewire.model.game_event import GameEvent

GAP_MAX_MS: Final = 30_000
BEFORE_MS: Final = 2_000
"""Declarations and line-ups may be days before the game."""
EVEN_MS: Final = 5_000
ROW_MS_MIN: Final = 1_000
"""What a credible time gives a row on average; the busiest games, baseball pitch by pitch, have 15 s."""
TOLD_SHARE: Final = 0.8
"""Of the rows with a claim, so many must have the provider's time."""

Guide = Literal["provider", "rows", "game", "even"]

_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?:\.\d+)?\Z")
_ADDED = re.compile(r"(\d{1,3})(?::\d{2})?\+(\d{1,2})(?::(\d{2}))?\Z")


class Stamp(NamedTuple):
    """The times of one row.

    Attributes:
        ts: when we made it, ms.
        said_ms: the provider's time; 0 where it told none.
        claimed: whether a provider's claim made it, which could have told one.
        period, clock_s: of the game's clock; None where the row has none.
    """

    ts: int
    said_ms: int
    claimed: bool
    period: int | None
    clock_s: int | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """Rows 1.. of a game, on the axis of a playback.

    Attributes:
        guide: the time that was taken.
        cut, real: for each row, ms from the first one; never less than for the row before it.
    """

    guide: Guide
    cut: Sequence[int]
    real: Sequence[int]


def stamp(row: GameEvent) -> Stamp:
    """The times of a row."""
    claim, compact = row.claim, row.compact
    return Stamp(
        ts=row.ts,
        said_ms=claim.time_ms if claim is not None else 0,
        claimed=claim is not None,
        period=compact.period,
        clock_s=clock_s(compact.clock),
    )


def clock_s(text: str | None) -> int | None:
    """Seconds on a clock, added time besides: `22:41`, `45+2:10`, `0:45.3`; None for anything else."""
    if text is None:
        return None
    added = _ADDED.match(text)
    if added:
        return (int(added[1]) + int(added[2])) * 60 + int(added[3] or 0)
    found = _CLOCK.match(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def timetable(stamps: Sequence[Stamp]) -> Timetable:
    """When each row is due."""
    played = _played(stamps)
    begins = next((at for at, one in enumerate(stamps) if one.period is not None), len(stamps))
    wanted = max(_passes(played, begins) // 2, ROW_MS_MIN * max(0, len(stamps) - begins - 1))
    said = _standing([one.said_ms for one in stamps])
    made = _standing([one.ts for one in stamps])
    guide: Guide
    if _is_told(stamps) and _passes(said, begins) >= wanted:
        guide, times = "provider", said
    elif _passes(made, begins) >= wanted:
        guide, times = "rows", made
    elif played and played[-1] >= ROW_MS_MIN * len(stamps):
        guide, times = "game", played
    else:
        guide, times = "even", [EVEN_MS * at for at in range(len(stamps))]
    return Timetable(guide, *_laid_out(times, begins))


def _is_told(stamps: Sequence[Stamp]) -> bool:
    claimed = [one for one in stamps if one.claimed]
    return sum(one.said_ms > 0 for one in claimed) >= TOLD_SHARE * len(claimed)


def _standing(times: Sequence[int]) -> list[int]:
    """The same without steps back; a row without a time has that of the row before."""
    found: list[int] = []
    held = next((one for one in times if one > 0), 0)
    for one in times:
        held = max(held, one)
        found.append(held)
    return found


def _passes(times: Sequence[int], begins: int) -> int:
    """What passes from the game's first row on, breaks cut."""
    played = times[begins:]
    return sum(min(after - before, GAP_MAX_MS) for before, after in pairwise(played))


def _played(stamps: Sequence[Stamp]) -> list[int]:
    """What the game's clock has run by each row, ms; a period begins where the one before it ended.

    Whether it runs up or down is read off the clock itself, most of whose steps go one way.
    """
    steps = [
        after.clock_s - before.clock_s
        for before, after in pairwise(stamps)
        if before.clock_s is not None and after.clock_s is not None and before.period == after.period
    ]
    way = -1 if sum(step < 0 for step in steps) > sum(step > 0 for step in steps) else 1
    found: list[int] = []
    total, period, furthest = 0, 0, 0
    for one in stamps:
        if one.period is not None and one.clock_s is not None and one.period >= period:
            at = one.clock_s * way
            if one.period > period:
                period, furthest = one.period, at
            total += max(0, at - furthest)
            furthest = max(furthest, at)
        found.append(total * 1000)
    return found


def _laid_out(times: Sequence[int], begins: int) -> tuple[list[int], list[int]]:
    cut: list[int] = []
    real: list[int] = []
    for at, time_ms in enumerate(times):
        gap = time_ms - times[at - 1] if at else 0
        if at <= begins:
            gap = min(gap, BEFORE_MS)
        real.append((real[-1] if real else 0) + gap)
        cut.append((cut[-1] if cut else 0) + min(gap, GAP_MAX_MS))
    return cut, real
