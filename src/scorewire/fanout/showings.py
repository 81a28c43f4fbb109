"""Every delay in which something is followed here, each a showing of its own; the live one is always."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from scorewire.fanout.audience import FanLike, Tally
from scorewire.fanout.backlog import Backlog
from scorewire.fanout.channel import RECALLED_MAX
from scorewire.fanout.follow import Arrival
from scorewire.fanout.league_tables import LeagueTables, Source
from scorewire.fanout.loading import GamesOf, Spawn
from scorewire.fanout.showing import Delayed, Past, Showing
from scorewire.fanout.turns import Turn
from scorewire.model.update import Update
from scorewire.scoreboard.base import Scoreboard


class Showings:
    """See the module.

    Args:
        tables, lags, turn: see `LeagueTables`, whose `source` and `queue` the first and the last are.
        now_ms, now_s: wall and monotonic time.
        delayed_updates_max: updates that wait in one delay, apart from one for each game.
        shared: what every showing is given; see there.

    Attributes:
        tables: of leagues, of every delay.
    """

    def __init__(
        self,
        *,
        scoreboard: Scoreboard,
        past: Past,
        games_of: GamesOf,
        tables: Source | None,
        lags: Callable[[FanLike], bool],
        turn: Callable[[Turn], None],
        spawn: Spawn,
        tally: Tally,
        now_ms: Callable[[], int],
        now_s: Callable[[], float],
        delayed_updates_max: int,
        **shared: Any,
    ) -> None:
        self._scoreboard = scoreboard
        self._past = past
        self._now_ms = now_ms
        self._now_s = now_s
        self._updates_max = delayed_updates_max
        self._followed: dict[str, set[int]] = {}
        self._make = partial(Showing, recall=self._recall, spawn=spawn, tally=tally, **shared)
        self.tables = LeagueTables(
            source=tables, queue=turn, spawn=spawn, tally=tally, lags=lags, now_ms=now_ms, now_s=now_s
        )
        self.live = self._make(
            now_s=now_s(),
            delay_s=0,
            backlog=None,
            head=scoreboard.head,
            held=scoreboard.held,
            games_of=games_of,
            follow=partial(self._follow, 0),
            unfollow=partial(self._unfollow, 0),
        )
        self._delayed: dict[int, Showing] = {}

    @property
    def games(self) -> int:
        """Games held, in whatever view or delay."""
        return len({game_id for one in (self.live, *self._delayed.values()) for game_id in one.stands.ids()})

    def of(self, delay_s: int) -> Showing:
        """The showing of a delay; it is made when somebody asks for it first."""
        if delay_s == 0:
            return self.live
        found = self._delayed.get(delay_s)
        if found is None:
            found = self._delayed[delay_s] = self._open(delay_s)
        return found

    def _open(self, delay_s: int) -> Showing:
        backlog = Backlog(delay_s=delay_s, updates_max=self._updates_max)
        then = Delayed(
            delay_s=delay_s,
            scoreboard=self._scoreboard,
            past=self._past,
            backlog=backlog,
            now_ms=self._now_ms,
            now_s=self._now_s,
        )
        return self._make(
            now_s=self._now_s(),
            delay_s=delay_s,
            backlog=backlog,
            head=then.head,
            held=then.held,
            games_of=then.games_of,
            follow=partial(self._follow, delay_s),
            unfollow=partial(self._unfollow, delay_s),
        )

    def hear(self, updates: Sequence[Update]) -> None:
        """Something happens now; delayed showings keep what concerns them."""
        if self._delayed:
            now_s = self._now_s()
            for showing in self._delayed.values():
                showing.hear(updates, now_s)

    def compare(self, now_s: float) -> None:
        """Find what was lost while the scoreboard heard nothing; it will be shown later by delayed ones."""
        self.live.compare(now_s)
        for showing in self._delayed.values():
            showing.look_back(self._scoreboard.held, self._now_s())

    def due(self) -> Iterator[tuple[Showing, Update]]:
        """What delayed showings show by now."""
        if self._delayed:
            now_ms, now_s = self._now_ms(), self._now_s()
            for showing in list(self._delayed.values()):
                assert showing.backlog is not None
                for update in showing.backlog.due(now_ms, now_s):
                    yield showing, update

    def pending(self, fan: FanLike) -> tuple[Arrival, ...]:
        """What a fan has asked for that is neither served nor refused yet."""
        found = self.live.loading.pending(fan)
        for showing in self._delayed.values():
            found += showing.loading.pending(fan)
        return found

    def sweep(self, now_s: float) -> list[Showing]:
        """Forget what nobody needs any more; returns the showings that are left."""
        for showing in (self.live, *self._delayed.values()):
            showing.sweep(now_s)
        for delay_s in [delay_s for delay_s, showing in self._delayed.items() if not showing.busy()]:
            del self._delayed[delay_s]
        return [self.live, *self._delayed.values()]

    async def _follow(self, delay_s: int, game_id: str) -> None:
        """The scoreboard hears of the first showing that follows a game, and of the last that ends it."""
        self._followed.setdefault(game_id, set()).add(delay_s)
        await self._scoreboard.follow(game_id)

    async def _unfollow(self, delay_s: int, game_id: str) -> None:
        followed = self._followed.get(game_id, set())
        followed.discard(delay_s)
        if not followed:
            self._followed.pop(game_id, None)
            await self._scoreboard.unfollow(game_id)

    async def _recall(self, game_id: str, since_seq: int) -> Sequence[Update]:
        return await self._past.updates(game_id, since_seq, RECALLED_MAX)
