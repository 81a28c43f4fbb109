"""What of a process decides games: one owner for a log of its own, or those of its share of a common one."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from scorewire import captures
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.games.owner import GamesOwner
from scorewire.games.shift import Shift
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node import metering
from scorewire.node.journeys import Timekeeper
from scorewire.node.outward import Outward, Spawn
from scorewire.node.purging import Purging
from scorewire.node.stores import Stores, client_settings
from scorewire.scoreboard.announcing import Announce, AnnouncingScoreboard
from scorewire.scoreboard.base import Listener, Scoreboard, whole
from scorewire.sports import SPORTS

if TYPE_CHECKING:
    from scorewire.log.kafka import KafkaLog
    from scorewire.log.kafka_announcing import GameEvents

ANNOUNCE_AGAIN_S: Final = 2.0
OWNER_STOPS_S: Final = 5.0
"""For the owner to decide what lies on the log at shutdown."""

_log = structlog.get_logger("scorewire.pipeline")


class Deciding:
    """See the module.

    Args:
        here: the scoreboard of this process, if its own fans are shown what is decided from memory.
        heard: is told of each update that the journal has, before it is shown.
        timekeeper: is told when what was decided passed the tiers.
    """

    def __init__(
        self,
        config: Config,
        *,
        stores: Stores,
        log: "LocalLog | KafkaLog",
        here: Scoreboard | None,
        heard: Listener,
        timekeeper: Timekeeper,
        spawn: Spawn,
        clock: Clock,
    ) -> None:
        self._heard = heard
        self._timekeeper = timekeeper
        timekeeper.decides = True
        self._config = config
        self._stores = stores
        self._log = log
        self._here = here
        self._group = None if isinstance(log, LocalLog) else log.group
        self._spawn = spawn
        self._clock = clock
        self._events: GameEvents | None = None
        self._announcing: dict[int, asyncio.Task[None]] = {}
        self._purging = Purging(config.cdn, clock=clock)
        self._outward = Outward(
            config.scoreboard.url,
            here=here,
            journal=stores.journal,
            load=stores.history.head,
            is_ours=self._is_ours,
            shown=self._purging.told,
            spawn=spawn,
            clock=clock,
        )

    async def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Build the owners, and tell the metrics where to look.

        Raises:
            ConfigError: a setting names no server.
            BackendError: the topic of game events is not there.
        """
        self._outward.open(stack, metrics)
        await self._purging.open(stack, metrics)
        before: list[Announce] = [self._heard]
        if not isinstance(self._log, LocalLog):
            self._events = await self._open_events(self._log, stack, metrics)
            before.append(self._events.publish)
        # Caches ask again at once, so they are told when the new answer is there: here, else on Redis.
        after = [self._timekeeper.shown, self._purging.told] if self._here is not None else []
        self._scoreboard = AnnouncingScoreboard(board=self._outward.scoreboard, before=before, after=after)
        if self._group is None:
            self.owner: GamesOwner | Shift = self._owner(0)
        else:
            storage = self._config.storage
            self.owner = Shift(
                group=self._group,
                make_owner=self._owner,
                start=self._spawn,
                books_max=storage.books_max,
                plays_max=storage.plays_max,
            )
        metrics.read("scorewire_log_lag_claims", lambda: self.lag_claims)
        metering.connect_games(metrics, owner=self.owner)

    def start(self) -> None:
        """Let the owners work."""
        self._outward.start()
        self._purging.start(self._spawn)
        if self._group is not None:
            self._group.start()
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
        if self._group is not None:
            # Others take the partitions over at once, and not when our last fan has left.
            await self._group.close()
        for task in self._announcing.values():
            task.cancel()
        self._purging.stop()
        await self._outward.stop()

    @property
    def fault(self) -> str | None:
        """Why what is decided is not announced any more; None while all is well."""
        return self._events.fault if self._events is not None else None

    @property
    def lag_claims(self) -> int:
        """Claims that are durable and not yet decided, as far as this process has to decide them."""
        if isinstance(self.owner, Shift):
            return self.owner.lag_claims
        assert isinstance(self._log, LocalLog), "a log of its own has one owner"
        return max(0, self._log.last_offset - self.owner.read_after)

    async def _open_events(self, log: "KafkaLog", stack: AsyncExitStack, metrics: Metrics) -> "GameEvents":
        # The driver takes a while to import, which only those pay who use it.
        from scorewire.log.kafka_announcing import GameEvents

        settings = self._config.log
        events = await GameEvents.open(
            brokers=settings.brokers,
            topic=f"{settings.topics}game-events",
            partitions=log.partitions,
            clock=self._clock,
            security=client_settings(settings),
        )
        stack.push_async_callback(events.close)
        metrics.read("scorewire_game_events_waiting", lambda: events.waiting)
        metrics.read("scorewire_game_events_failed_total", lambda: events.failed)
        return events

    def _came(self, partition: int) -> None:
        """What the last owner of a partition could not show, or announce, is looked for."""
        self._outward.compare()
        if self._events is not None:
            # An older look of the same partition, lost and regained, would promise what it has not seen.
            if (older := self._announcing.get(partition)) is not None:
                older.cancel()
            work = self._announce_again(self._events, partition)
            self._announcing[partition] = self._spawn(work, f"game-events-{partition}")

    async def _announce_again(self, events: "GameEvents", partition: int) -> None:
        while True:
            try:
                await events.take_over(
                    partition,
                    epoch=self._stores.journal.epoch,
                    changed=self._stores.journal.changed,
                    newest=self._newest,
                )
                return
            except BackendError as error:
                _log.warning(
                    "what the last owner announced is not known yet", partition=partition, detail=str(error)
                )
            await asyncio.sleep(ANNOUNCE_AGAIN_S)

    async def _newest(self, game_id: str) -> Update | None:
        head = await self._stores.history.head(game_id)
        return None if head is None else whole(head)

    def _is_ours(self, game_id: str) -> bool:
        return self._group is None or self._log.partition_of(game_id) in self._group.owned

    def _owner(self, partition: int) -> GamesOwner:
        config = self._config
        return GamesOwner(
            log=self._log,
            journal=self._stores.journal,
            scoreboard=self._scoreboard,
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
            traces=self._events.trace if self._events is not None else None,
            wrote=self._timekeeper.wrote,
        )
