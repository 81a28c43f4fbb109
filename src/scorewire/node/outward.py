"""What a process shows of what it decides: on its own scoreboard, on Redis where a site names it, or on both.

owner ──► this process's scoreboard, if its fans are shown from it
     └──► outbox ──► Redis ──► the fans of other processes
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from scorewire.clock import Clock
from scorewire.journal.journal import Journal
from scorewire.journal.records import GamesQuery
from scorewire.metrics import Metrics
from scorewire.model.score_state import OVER, ScoreState
from scorewire.scoreboard.announcing import Announce
from scorewire.scoreboard.base import Scoreboard
from scorewire.scoreboard.heads import Load

if TYPE_CHECKING:
    from scorewire.scoreboard.redis_outbox import Outbox

STOPS_S: Final = 2.0
"""For what waits to be shown at shutdown; the next start finds the rest by comparing."""
OLD_DAYS: Final = 30
"""A game that began longer ago is not looked for when Redis has lost what it held; its next row shows it."""
SHOWN_MS: Final = 3_600_000
"""How long a game that is over is still to be shown; see `redis_wire.KEPT_AFTER_FINAL_S`."""

Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a coroutine under a name, in the process's TaskGroup."""

_log = structlog.get_logger("scorewire.node")


class Outward:
    """See the module.

    Args:
        url: of Redis; "" for none.
        here: this process's scoreboard; None if it shows nothing from memory.
        load: the head of a game from the journal.
        is_ours: whether this process decides a game.
        shown: told what is on Redis now, where nothing is shown here.

    Attributes:
        scoreboard: what owners are given; known once it is open.
    """

    def __init__(
        self,
        url: str,
        *,
        here: Scoreboard | None,
        journal: Journal,
        load: Load,
        is_ours: Callable[[str], bool],
        shown: Announce,
        spawn: Spawn,
        clock: Clock,
    ) -> None:
        self._url = url
        self._here = here
        self._journal = journal
        self._load = load
        self._is_ours = is_ours
        self._shown = shown
        self._spawn = spawn
        self._clock = clock
        self._outbox: Outbox | None = None
        self._task: asyncio.Task[None] | None = None
        self.scoreboard: Scoreboard

    def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Make what the URL asks for; nothing is connected before `start`.

        Raises:
            ConfigError: it names no server.
        """
        metrics.read("scorewire_scoreboard_waiting", lambda: self._outbox.waiting if self._outbox else 0)
        metrics.read("scorewire_scoreboard_resent_total", lambda: self._outbox.resent if self._outbox else 0)
        if not self._url:
            assert self._here is not None, "what is decided is shown somewhere"
            self.scoreboard = self._here
            return
        # The driver takes a seventh of a second to import, which only those pay who use it.
        from scorewire.scoreboard.redis import RedisScoreboard
        from scorewire.scoreboard.redis_outbox import Outbox
        from scorewire.scoreboard.redis_servers import servers_at

        servers = servers_at(self._url)
        stack.push_async_callback(servers.close)
        board = RedisScoreboard(
            servers=servers, spawn=self._spawn, now_s=self._clock.monotonic_s, heads_max=0
        )
        self._outbox = Outbox(
            board=board,
            here=self._here,
            current=self._current,
            load=self._load,
            shown=self._shown if self._here is None else None,
            spawn=self._spawn,
        )
        self.scoreboard = self._outbox

    def start(self) -> None:
        """Begin to show."""
        if self._outbox is not None:
            self._task = self._spawn(self._outbox.run(), "scoreboard-outbox")

    def compare(self) -> None:
        """Games have come to this process: what their last owner could not show is looked for soon."""
        if self._outbox is not None:
            self._outbox.look_again()

    async def stop(self) -> None:
        """Show what waits, for a while."""
        if self._outbox is None or self._task is None:
            return
        try:
            async with asyncio.timeout(STOPS_S):
                await self._outbox.drained()
        except TimeoutError:
            _log.warning("not everything could be shown on Redis", waiting=self._outbox.waiting)
        self._task.cancel()

    async def _current(self) -> Sequence[ScoreState]:
        """The lines of the games of ours that are to be shown."""
        now_ms = self._clock.now_ms()
        day = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(days=OLD_DAYS)
        found: dict[str, ScoreState] = {}
        cursor: str | None = None
        while True:
            # Under way first, then by start, the newest first.
            page = await self._journal.games(GamesQuery(limit=200, cursor=cursor))
            for line in page.games:
                recent = line.status not in OVER or line.updated_at > now_ms - SHOWN_MS
                if recent and self._is_ours(line.game_id):
                    found[line.game_id] = line
            cursor = page.next
            if cursor is None or page.games[-1].start < day.isoformat():
                return list(found.values())
