"""What of a process decides games: one owner for a log of its own, or those of its share of a common one."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from scorewire import captures
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.games.owner import GamesOwner
from scorewire.games.shift import Shift
from scorewire.log.base import ProviderLog
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.node import metering
from scorewire.node.outward import Outward, Spawn
from scorewire.node.stores import Stores
from scorewire.scoreboard.base import Scoreboard
from scorewire.sports import SPORTS

if TYPE_CHECKING:
    from scorewire.log.kafka import KafkaLog

OWNER_STOPS_S: Final = 5.0
"""For the owner to decide what lies on the log at shutdown."""

_log = structlog.get_logger("scorewire.pipeline")


class Deciding:
    """See the module.

    Args:
        here: the scoreboard of this process, if its own fans are shown what is decided from memory.
    """

    def __init__(
        self,
        config: Config,
        *,
        stores: Stores,
        log: "LocalLog | KafkaLog",
        here: Scoreboard | None,
        spawn: Spawn,
        clock: Clock,
    ) -> None:
        self._config = config
        self._stores = stores
        self._log = log
        self._spawn = spawn
        self._clock = clock
        self._outward = Outward(
            config.scoreboard.url,
            here=here,
            journal=stores.journal,
            load=stores.history.head,
            is_ours=self._is_ours,
            spawn=spawn,
            clock=clock,
        )

    def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Build the owners, and tell the metrics where to look.

        Raises:
            ConfigError: a setting names no server.
        """
        self._outward.open(stack, metrics)
        log = self._log
        if isinstance(log, LocalLog):
            self.owner: GamesOwner | Shift = self._owner(log, 0)
        else:
            assert log.group is not None, "a process that decides games is a member of their group"
            storage = self._config.storage
            self.owner = Shift(
                group=log.group,
                make_owner=partial(self._owner, log),
                start=self._spawn,
                books_max=storage.books_max,
                plays_max=storage.plays_max,
            )
        metrics.read("scorewire_log_lag_claims", lambda: self.lag_claims)
        metering.connect_games(metrics, owner=self.owner)

    def start(self) -> None:
        """Let the owners work."""
        self._outward.start()
        if not isinstance(self._log, LocalLog) and self._log.group is not None:
            self._log.group.start()
        self._task = self._spawn(self.owner.run(), "games-owner")

    async def stop(self) -> None:
        """Let the owners finish what lies on the log, for a while."""
        self.owner.stop()
        # A disk that takes nothing must not keep the node from stopping: what lies on the log is decided at
        # the next start.
        _, late = await asyncio.wait({self._task}, timeout=OWNER_STOPS_S)
        if late:
            _log.warning("the owner could not finish; the next start goes on from the journal")
            self._task.cancel()
        await self._outward.stop()

    @property
    def lag_claims(self) -> int:
        """Claims that are durable and not yet decided, as far as this process has to decide them."""
        if isinstance(self.owner, Shift):
            return self.owner.lag_claims
        assert isinstance(self._log, LocalLog), "a log of its own has one owner"
        return max(0, self._log.last_offset - self.owner.read_after)

    def _came(self, _partition: int) -> None:
        """What the last owner of a partition could not show is looked for."""
        self._outward.compare()

    def _is_ours(self, game_id: str) -> bool:
        if isinstance(self._log, LocalLog) or self._log.group is None:
            return True
        return self._log.partition_of(game_id) in self._log.group.owned

    def _owner(self, log: ProviderLog, partition: int) -> GamesOwner:
        config = self._config
        return GamesOwner(
            log=log,
            journal=self._stores.journal,
            scoreboard=self._outward.scoreboard,
            machines=SPORTS,
            clock=self._clock,
            kinds=partial(captures.sequence_kind, config),
            reorder_ms=config.games.reorder_ms,
            held_max=config.games.held_max,
            batch_max=config.games.batch_max,
            books_max=config.storage.books_max,
            plays_max=config.storage.plays_max,
            checkpoint_rows=config.storage.checkpoint_rows,
            terms=captures.terms(config),
            partition=partition,
            taken=self._came,
        )
