"""What of a process has to do with providers' calls: the door, dead letters, and what intake must know."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from scorewire.api.ingest import Door
from scorewire.api.problems import refuse
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.intake.admission import Admission
from scorewire.intake.dead_letters import DeadLetters
from scorewire.intake.known import KnownGames
from scorewire.intake.recent import Recent
from scorewire.intake.unapplied import Unapplied
from scorewire.intake.webhook import Intake
from scorewire.journal.keys import Keys
from scorewire.log.base import ProviderLog, Receipt
from scorewire.metrics import Metrics
from scorewire.node.stores import Stores
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Decode
from scorewire.sports import SPORTS

RECENT_EVENTS_MAX: Final = 100_000
RECENT_AGE_MS: Final = 600_000
"""Repetitions that intake counts as duplicates in its answer; the owner knows the rest."""

LOOK_AFTER_S: Final = 30.0
"""Between two looks at parked events: who finds none has asked one question."""

_log = structlog.get_logger("scorewire.intake")


class IntakeSide:
    """See the module.

    Args:
        stopping: set when the process begins to stop; calls are refused from then on.
        answered: see `Door`.

    Attributes:
        admission: for the desk, whose entries are claims too.
        dead_letters: to offer them again.
        door: for providers' calls.
        keys: of providers, readers and administrators.
    """

    def __init__(
        self,
        config: Config,
        *,
        stores: Stores,
        log: ProviderLog,
        metrics: Metrics,
        clock: Clock,
        stopping: asyncio.Event,
        answered: Callable[[str, float, float], None],
    ) -> None:
        settings = config.intake
        self._stores = stores
        self._clock = clock
        self._stopping = stopping
        self.keys: Keys = stores.journal.keys(clock=clock)
        formats: dict[str, Decode] = {
            name: PROVIDERS[provider.format].decode
            for name, provider in config.providers.items()
            if provider.format
        }
        self._shared = log.shared
        known = KnownGames(
            lookup=stores.journal.declared,
            find_game=stores.journal.game_named,
            games_max=config.storage.heads_max,
            unapplied=Unapplied(log=log, applied=self._applied) if log.shared else None,
        )
        self.admission = Admission(
            log=log,
            known=known,
            recent=Recent(entries_max=RECENT_EVENTS_MAX, age_ms=RECENT_AGE_MS),
            sports=SPORTS,
            unknown_game_park_s=settings.unknown_game_park_s,
        )
        self._intake = Intake(
            log=log,
            known=known,
            admission=self.admission,
            secrets=self.keys.secrets,
            formats=formats,
            clock=clock,
            tolerance_s=settings.tolerance_s,
            body_bytes_max=settings.body_bytes_max,
            provider_body_bytes_max=settings.provider_body_bytes_max,
            batch_max=settings.batch_max,
            calls_per_s=settings.calls_per_s,
        )
        self.dead_letters = DeadLetters(
            log=log, known=known, admission=self.admission, clock=clock, formats=formats
        )
        self.door = Door(
            admit=self._admit, receive=self._receive, metrics=metrics, clock=clock, answered=answered
        )

    async def resume(self) -> None:
        """Know what lies on the log and is not in the journal yet; nothing may be answered before."""
        after = {partition: await self._applied(partition) for partition in self._stores.partitions}
        await self.admission.resume(after=after, now_ms=self._clock.now_ms())

    async def look_after(self) -> None:
        """Take up, every now and then, what another intake that has died had refused or declared; until the
        node stops. Nothing to do where no other intake writes the log."""
        while self._shared and not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_AFTER_S)
                return
            try:
                await self.admission.look_after(self._clock.now_ms())
            except BackendError as error:
                _log.warning("parked events cannot be looked after", detail=str(error))

    async def _applied(self, partition: int) -> int:
        applied = await self._stores.journal.applied(partition)
        return min(applied.held, default=applied.position + 1) - 1

    def _admit(self, provider: str, content_type: str) -> int:
        if self._stopping.is_set():
            raise refuse("unavailable", "This node stops; send the same call again.")
        return self._intake.admit(provider, content_type)

    async def _receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        return await self._intake.take(provider, headers, body)
