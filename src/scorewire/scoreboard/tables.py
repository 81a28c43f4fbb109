"""The newest table of each league, for those who show it: read when it is asked for, and again when it may be
another.

    stats, Redis or the link ── told(leagues) ──► listeners, who ask `newest` for what their fans follow
    newest ──► what is held, until a word says otherwise ──► read: the journal, or the link
    compare ──► what a lost word would have told

A word is a league's name and nothing else, so it may come twice, or for nothing, and everybody may be told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

HELD_MAX: Final = 1000
"""Leagues whose tables are held, those that were asked for last; some 8 KB each."""


class Table(Struct, frozen=True, kw_only=True):
    """A league's table, of the season with the newest game.

    Attributes:
        since_ms: it has been so since then at the latest, by the clock of whoever saw it first.
        body: what `GET /v1/leagues/{id}/standings` answers.
    """

    league_id: str
    season: str
    version: int
    since_ms: int
    body: bytes


Marks = Collection[tuple[str, int]]
"""Seasons of a league and the versions of their tables, as the store has them now."""
Words = Callable[[Sequence[str]], None]
"""Told leagues whose tables may be others now, from the loop's thread; must neither block nor raise."""


class _Held:
    """What is known of one league; `fresh` until a word says otherwise."""

    __slots__ = ("fresh", "lock", "marks", "table")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.fresh = False
        self.table: Table | None = None
        self.marks: Marks | None = None


class Tables:
    """See the module.

    Args:
        read: the newest table of a league; None where there is none.
        marks: of these leagues, those that have any; None where no word is ever lost.
    """

    def __init__(
        self,
        *,
        read: Callable[[str], Awaitable[Table | None]],
        marks: Callable[[Sequence[str]], Awaitable[Mapping[str, Marks]]] | None = None,
    ) -> None:
        self._read = read
        self._marks = marks
        self._held: dict[str, _Held] = {}
        self._listeners: list[Words] = []

    def listen(self, listener: Words) -> None:
        """Have somebody told; all who listen are, in the order in which they came."""
        self._listeners.append(listener)

    def told(self, league_ids: Sequence[str]) -> None:
        """The tables of these leagues may be others now; never waits."""
        for league_id in league_ids:
            held = self._held.get(league_id)
            if held is not None:
                held.fresh = False
        for listener in self._listeners:
            listener(league_ids)

    def look_again(self) -> None:
        """Words may have been lost: whatever was asked for may be another."""
        self.told(tuple(self._held))

    async def newest(self, league_id: str) -> Table | None:
        """The table of a league; None where there is none. Many who ask at once cause one read.

        Raises:
            BackendError: it cannot be read now.
        Cancellation: the others that wait read it.
        """
        held = self._held.pop(league_id, None) or _Held()
        self._held[league_id] = held  # as the one that was asked for last
        while len(self._held) > HELD_MAX:
            del self._held[next(iter(self._held))]
        async with held.lock:
            if not held.fresh:
                # A word that comes while it is read makes it stale again.
                held.fresh = True
                try:
                    table = await self._read(league_id)
                except BaseException:
                    held.fresh = False
                    raise
                held.table = _older(held.table, table)
            return held.table

    async def compare(self) -> None:
        """Find what no word came for.

        Raises:
            BackendError: the store does not answer.
        """
        if self._marks is None or not self._held:
            return
        asked = tuple(self._held)
        found = await self._marks(asked)
        behind = [one for one in asked if self._is_behind(one, found.get(one, ()))]
        if behind:
            self.told(behind)

    def _is_behind(self, league_id: str, marks: Marks) -> bool:
        held = self._held.get(league_id)
        if held is None or not held.fresh:
            return False
        before, held.marks = held.marks, marks
        if held.table is None:
            return bool(marks)
        # A season that is new may have the newest game.
        seasons = None if before is None else {season for season, _ in before}
        same = seasons is None or seasons == {season for season, _ in marks}
        return not same or (held.table.season, held.table.version) not in marks


def _older(held: Table | None, read: Table | None) -> Table | None:
    """What was read, with the earlier time at which it was seen so."""
    if held is None or read is None or (held.season, held.version) != (read.season, read.version):
        return read
    return msgspec.structs.replace(read, since_ms=min(held.since_ms, read.since_ms))
