"""What an owner shows on a Redis that may be away: it never waits, and what Redis has missed it gets later.

    owner ── publish ──► pending ── run, many games in one trip ──► Redis
                                        ▲
    journal ── current, load ───────────┘   when a server has started or another has taken its place

Blocking policy: the journal blocks the owner, Redis never does. What waits is bounded: beyond `pending_max`
only the newest state of each game is kept, and that replaces.

What must be shown again is not remembered but asked: Redis says what seq it holds. A new owner, a Redis that
came back empty, a replica that was promoted without the last writes are all one case: compare the current
games, and send those that are behind. See docs/adr/0009.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard, whole
from scorewire.scoreboard.heads import Load
from scorewire.scoreboard.redis import RedisScoreboard

PENDING_MAX: Final = 10_000
"""Updates that wait with all their rows, 50 MB at most."""
LIVES_S: Final = 2.0
"""Between two looks at whether Redis may have lost something."""
RETRY_S: Final = (0.1, 2.0)
"""Between attempts: the first, and the longest after doubling."""
RECENT_ROWS: Final = 16
RECENT_GAMES: Final = 1000
"""What a failover loses is a moment's rows; from memory they come again as rows, else as a whole state."""
LOADS_AT_ONCE: Final = 20
"""Games that are read from the journal before goals of other games get their turn."""

Current = Callable[[], Awaitable[Sequence[ScoreState]]]
"""The list form of every game that is to be shown: those that are not over, and those that ended lately."""

_log = structlog.get_logger("scorewire.redis")


class Outbox(Scoreboard):
    """The scoreboard as an owner is given it; all but `publish` is the board's own. Start `run` in a task.

    Args:
        board: on Redis.
        current: see `Current`.
        load: the head of a game from the journal.
        now_s: monotonic time.

    Attributes:
        resent: updates that were sent a second time, or in another's place.
    """

    def __init__(
        self,
        *,
        board: RedisScoreboard,
        current: Current,
        load: Load,
        now_s: Callable[[], float],
        pending_max: int = PENDING_MAX,
    ) -> None:
        self.resent = 0
        self._board = board
        self._current = current
        self._load = load
        self._now_s = now_s
        self._pending_max = pending_max
        self._pending: dict[str, list[Update]] = {}
        self._waiting = 0
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._recent: OrderedDict[str, deque[Update]] = OrderedDict()
        self._lives: tuple[str, ...] = ()
        self._looked_s = float("-inf")
        self._behind: deque[str] = deque()

    @property
    def waiting(self) -> int:
        """Updates that Redis has not got yet."""
        return self._waiting

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """Take updates; they are shown as soon as may be, in order for each game. No gap is ever answered."""
        for update in updates:
            self._pending.setdefault(update.game_id, []).append(update)
        self._waiting += len(updates)
        if self._waiting > self._pending_max:
            self._thin_out()
        self._empty.clear()
        self._news.set()
        return {}

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`."""
        return await self._board.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._board.held(game_id)

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`."""
        await self._board.follow(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        await self._board.unfollow(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._board.listen(listener)

    async def drained(self) -> None:
        """Wait until everything that was published is shown; the caller bounds the time."""
        await self._empty.wait()

    async def run(self) -> None:
        """Send what waits, for ever.

        Cancellation: what waits is found again by whoever owns the games next.
        """
        wait_s, longest_s = RETRY_S
        while True:
            try:
                await self._wait()
                await self._send()
                await self._look()
                await self._catch_up()
                wait_s = RETRY_S[0]
            except BackendError as error:
                _log.warning("nothing can be shown", detail=str(error), waiting=self._waiting, wait_s=wait_s)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)

    async def _wait(self) -> None:
        if self._pending or self._behind:
            return
        self._news.clear()
        try:
            async with asyncio.timeout(max(self._looked_s + LIVES_S - self._now_s(), 0)):
                await self._news.wait()
        except TimeoutError:
            pass

    # What waits.

    async def _send(self) -> None:
        batch, self._pending = self._pending, {}
        if not batch:
            return
        sent = 0
        try:
            gaps = await self._board.publish([update for of_game in batch.values() for update in of_game])
            for game_id, of_game in batch.items():
                self._remember(game_id, of_game)
            if gaps:
                await self._close(gaps)
            sent = sum(map(len, batch.values()))
        finally:
            if not sent:
                for game_id, of_game in batch.items():
                    self._pending[game_id] = [*of_game, *self._pending.get(game_id, ())]
            self._waiting = sum(map(len, self._pending.values()))
            if not self._pending:
                self._empty.set()

    async def _close(self, gaps: dict[str, int]) -> None:
        """Redis lacks rows before these: they again from memory, or the newest state, which replaces."""
        again = [update for game_id, seq in gaps.items() for update in self._since(game_id, seq)]
        self.resent += len(again)
        await self._board.publish(again)

    def _since(self, game_id: str, seq: int) -> list[Update]:
        """What brings Redis from a seq to the newest that is remembered."""
        recent = self._recent[game_id]
        rows = [update for update in recent if update.seq > seq]
        leads = rows and rows[0].seq == seq + 1 and rows[-1].seq - seq == len(rows)
        return rows if leads else [_as_whole(recent[-1])]

    def _remember(self, game_id: str, updates: Sequence[Update]) -> None:
        recent = self._recent.setdefault(game_id, deque(maxlen=RECENT_ROWS))
        self._recent.move_to_end(game_id)
        for update in updates:
            if recent and recent[-1].epoch != update.epoch:
                recent.clear()
            if not recent or update.seq > recent[-1].seq:
                recent.append(update)
        while len(self._recent) > RECENT_GAMES:
            self._recent.popitem(last=False)

    def _thin_out(self) -> None:
        self._pending = {game_id: [_as_whole(of_game[-1])] for game_id, of_game in self._pending.items()}
        self._waiting = len(self._pending)

    # What Redis may have lost.

    async def _look(self) -> None:
        """Whether a server has started, or another has taken its place, since the last look."""
        if self._now_s() < self._looked_s + LIVES_S:
            return
        self._looked_s = self._now_s()
        lives = await self._board.lives()
        if lives == self._lives:
            return
        shown = await self._current()
        self._behind = deque(await self._board.behind(shown))
        await self._board.enter(shown)
        self._lives = lives
        _log.info("what is shown was compared", games=len(shown), behind=len(self._behind))

    async def _catch_up(self) -> None:
        """Some of the games that are behind; goals of others come between."""
        some = [self._behind[n] for n in range(min(LOADS_AT_ONCE, len(self._behind)))]
        heads = [await self._load(game_id) for game_id in some]
        await self._board.publish([whole(head) for head in heads if head is not None])
        for _ in some:
            self._behind.popleft()
        self.resent += len(some)


def _as_whole(update: Update) -> Update:
    return whole(Head(state=update.state, corrected_seq=update.corrected_seq))
