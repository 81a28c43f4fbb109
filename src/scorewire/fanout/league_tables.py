"""Tables of leagues for the fans who follow them: one channel for each league and delay, the newest wins.

    told(leagues) ──► newest, once an interval of each league ───┬─► live audience ── turns ──► fans
                                                                 └─► N s later ─► that of a delay

A table replaces the one before it, so nobody is owed one that is old: who is slow, joins or comes back is
given the newest. Frames carry no id, and stand in no cursor.

What a delay shows is never younger than it: how long a table has been so is counted from when this process,
or the one that it asks, has seen it first. So the first of a channel may come as late as its delay.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, Protocol

import structlog

from scorewire.errors import BackendError
from scorewire.fanout.audience import FanLike, Tally
from scorewire.fanout.follow import Follow
from scorewire.fanout.frames import SEVERAL, WEBSOCKET, Frame, dress, table_frame
from scorewire.fanout.loading import Spawn
from scorewire.fanout.turns import Turn
from scorewire.scoreboard.tables import Table, Words

INTERVAL_S: Final = 1.0
"""Between two tables of a league at least: nobody reads faster."""
BYTES_A_SECOND: Final = 10_000
"""To each fan of a league's table: one of 20 teams has 9 KB, one of 32 in four views 47 KB, and tables change
with every point of every game."""
LINGER_S: Final = 10.0
"""How long a channel without fans is kept."""

_log = structlog.get_logger("scorewire.fanout")


class Source(Protocol):
    """See `scoreboard.tables.Tables`."""

    def listen(self, listener: Words) -> None:
        """See there."""
        ...

    async def newest(self, league_id: str) -> Table | None:
        """See there."""
        ...


class Heard(NamedTuple):
    """A table, encoded once for every delay.

    Attributes:
        since_ms: see `Table`.
        heard_s: when this process heard of it, monotonic.
    """

    frame: Frame
    since_ms: int
    heard_s: float


class TableAudience:
    """The fans of a league's table with one delay, and the broadcast that goes over them in slices.

    Args:
        lags: whether a fan's transport has asked to pause; it is given the newest when it resumes.

    Attributes:
        fans: the number of the table that each was given last; 0 for none.
        number: of the table that is shown, from 1; 0 while there is none.
        waiting: tables whose time has not come.
        idle_s: since when there are no fans.
    """

    __slots__ = (
        "_at",
        "_dressed",
        "_fans",
        "_frame",
        "_lags",
        "_settled",
        "_tally",
        "_target",
        "delay_s",
        "fans",
        "idle_s",
        "number",
        "queued",
        "waiting",
    )

    def __init__(self, *, delay_s: int, tally: Tally, lags: Callable[[FanLike], bool]) -> None:
        self.delay_s = delay_s
        self.fans: dict[FanLike, int] = {}
        self.number = 0
        self.queued = False
        self.waiting: deque[Heard] = deque()
        self.idle_s: float | None = None
        self._tally = tally
        self._lags = lags
        self._frame: Frame | None = None
        self._dressed: dict[int, bytes] = {}
        self._fans: list[FanLike] | None = None
        self._settled = self._target = self._at = 0

    def show_due(self, now_ms: int, now_s: float) -> bool:
        """Show what is old enough, of several the newest; returns whether that is another table."""
        due: Frame | None = None
        waiting, delay_s = self.waiting, self.delay_s
        # By the monotonic clock too: a wall clock that was set back must not hold a table for an hour.
        while waiting and (
            not delay_s
            or waiting[0].since_ms <= now_ms - delay_s * 1000
            or waiting[0].heard_s <= now_s - delay_s
        ):
            due = waiting.popleft().frame
        if due is None:
            return False
        self.number += 1
        self._frame = due
        self._dressed.clear()
        return True

    def enter(self, fan: FanLike) -> bytes:
        """Let a fan in; returns the table, which the caller writes."""
        self.idle_s = None
        self.fans.setdefault(fan, 0)
        return self.catch_up(fan)

    def catch_up(self, fan: FanLike) -> bytes:
        """What brings a fan to the newest table; empty if it has that, or cannot take it now."""
        if self.fans.get(fan, self.number) == self.number or self._lags(fan):
            return b""
        self.fans[fan] = self.number
        return self._bytes(fan.form)

    def run(self, budget: int) -> int:
        """See `Turn.run`."""
        if self._fans is None:
            self._fans, self._at, self._target = list(self.fans), 0, self.number
            self._tally.broadcasts += 1
        some = self._fans[self._at : self._at + budget]
        for fan in some:
            self._at += 1
            data = self.catch_up(fan)
            if data:
                fan.transport.write(data)
                self._tally.deliveries += 1
                self._tally.bytes += len(data)
        if self._at >= len(self._fans):
            self._fans, self._settled = None, self._target
        return max(len(some), 1)

    def more(self) -> bool:
        """See `Turn.more`."""
        return self._fans is not None or self._settled != self.number

    def give_up(self) -> list[FanLike]:
        """See `Turn.give_up`; those behind the one that failed get their turn."""
        return [] if self._fans is None else [self._fans[self._at - 1]]

    def _bytes(self, form: int) -> bytes:
        assert self._frame is not None, "a table that is shown has a frame"
        dressed = WEBSOCKET if form == WEBSOCKET else SEVERAL
        data = self._dressed.get(dressed)
        if data is None:
            data = self._dressed[dressed] = dress(self._frame, dressed, epoch="", game_id="")
        return data


class _League:
    """A league whose table somebody follows.

    stale: its table may be another; reading: it is being read; read_s: when it was read last; fails: that
    did not succeed; interval_s: between two reads, by the size of the table; shown: season and body. A game
    may change in a way that leaves the table as it was, and then nobody need hear of it.
    """

    __slots__ = ("audiences", "fails", "heard", "interval_s", "read_s", "reading", "shown", "stale")

    def __init__(self) -> None:
        self.audiences: dict[int, TableAudience] = {}
        self.read_s = float("-inf")
        self.reading = False
        self.stale = True
        self.fails = False
        self.interval_s = INTERVAL_S
        self.shown: tuple[str, bytes] | None = None
        self.heard: Heard | None = None


class LeagueTables:
    """See the module.

    Args:
        source: where tables come from; None where there is none, and nobody is ever given one.
        queue: where audiences wait for their slice.
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        now_ms, now_s: wall and monotonic time.
    """

    def __init__(
        self,
        *,
        source: Source | None,
        queue: Callable[[Turn], None],
        spawn: Spawn,
        tally: Tally,
        lags: Callable[[FanLike], bool],
        now_ms: Callable[[], int],
        now_s: Callable[[], float],
    ) -> None:
        self._source = source
        self._queue = queue
        self._spawn = spawn
        self._tally = tally
        self._lags = lags
        self._now_ms = now_ms
        self._now_s = now_s
        self._leagues: dict[str, _League] = {}
        if source is not None:
            source.listen(self.told)

    def told(self, league_ids: Sequence[str]) -> None:
        """The tables of these leagues may be others now."""
        for league_id in league_ids:
            league = self._leagues.get(league_id)
            if league is not None:
                league.stale = True
                self._look(league_id, league)

    def enter(self, fan: FanLike, follows: Sequence[Follow]) -> bytes:
        """Let a fan in where it follows a table; returns what is at hand, to be written by the caller."""
        parts = []
        for follow in follows:
            if follow.table and self._source is not None:
                league = self._leagues.setdefault(follow.id, _League())
                parts.append(self._audience(league, follow.delay_s).enter(fan))
                self._look(follow.id, league)
        return b"".join(parts)

    def leave(self, fan: FanLike, follow: Follow) -> None:
        """A fan follows no more; harmless if it did not."""
        league = self._leagues.get(follow.id) if follow.table else None
        audience = None if league is None else league.audiences.get(follow.delay_s)
        if audience is not None:
            audience.fans.pop(fan, None)
            if not audience.fans:
                audience.idle_s = self._now_s()

    def catch_up(self, fan: FanLike) -> bytes:
        """The newest tables for a fan whose transport takes bytes again."""
        parts = []
        for follow in fan.follows:
            league = self._leagues.get(follow.id) if follow.table else None
            if league is not None and follow.delay_s in league.audiences:
                parts.append(league.audiences[follow.delay_s].catch_up(fan))
        return b"".join(parts)

    def round(self, _now_s: float) -> None:
        """Show what is due, read what waited for its second, and forget what nobody follows."""
        if not self._leagues:
            return
        now_ms, now_s = self._now_ms(), self._now_s()
        for league_id, league in list(self._leagues.items()):
            for delay_s, audience in list(league.audiences.items()):
                self._show(audience, now_ms, now_s)
                if audience.idle_s is not None and now_s - audience.idle_s >= LINGER_S + delay_s:
                    del league.audiences[delay_s]
            if not league.audiences and not league.reading:
                del self._leagues[league_id]
            else:
                self._look(league_id, league)

    def _audience(self, league: _League, delay_s: int) -> TableAudience:
        found = league.audiences.get(delay_s)
        if found is None:
            found = league.audiences[delay_s] = TableAudience(
                delay_s=delay_s, tally=self._tally, lags=self._lags
            )
            if league.heard is not None:
                found.waiting.append(league.heard)
                found.show_due(self._now_ms(), self._now_s())
        return found

    def _show(self, audience: TableAudience, now_ms: int, now_s: float) -> None:
        if audience.show_due(now_ms, now_s) and not audience.queued:
            audience.queued = True
            self._queue(audience)

    def _look(self, league_id: str, league: _League) -> None:
        """Read the table if it may be another, and not too soon after it was."""
        if self._source is None or not league.stale or league.reading:
            return
        if self._now_s() - league.read_s < league.interval_s:
            return
        league.stale, league.reading = False, True
        self._spawn(self._bring(league_id, league, self._source.newest), f"fanout table {league_id}")

    async def _bring(
        self, league_id: str, league: _League, newest: Callable[[str], Awaitable[Table | None]]
    ) -> None:
        try:
            self._take(league, await newest(league_id))
            league.fails = False
        except BackendError as error:
            # What is shown stays, and it is tried again after a while.
            league.stale = True
            if not league.fails:
                _log.warning("a table cannot be read", league=league_id, detail=str(error))
            league.fails = True
        except Exception as error:
            # The boundary of a load: the scores of these fans go on, and the table is tried again.
            league.stale = True
            _log.error("a table cannot be read", league=league_id, exc_info=error)
        finally:
            league.reading = False
            league.read_s = self._now_s()

    def _take(self, league: _League, table: Table | None) -> None:
        if table is None or league.shown == (table.season, table.body):
            return
        now_ms, now_s = self._now_ms(), self._now_s()
        frame = table_frame(table)
        league.heard = Heard(frame, table.since_ms, now_s)
        league.interval_s = max(INTERVAL_S, len(frame.data) / BYTES_A_SECOND)
        league.shown = (table.season, table.body)
        for audience in league.audiences.values():
            audience.waiting.append(league.heard)
            self._show(audience, now_ms, now_s)
