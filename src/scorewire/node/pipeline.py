"""Everything between a provider and the scoreboard: stores, intake, owners, and the faces that answer.

A process has all of it, or what its roles name (roles.py). What holds fans is not here: a node has it beside
(single.py), or in processes of their own (backroom.py).

    start   journal, log ─► scoreboard ─► owners
    stop    intake refuses ─► the owners finish what lies on the log ─► log, journal
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from scorewire import __version__
from scorewire.api.admin_socket import open_admin_socket
from scorewire.api.face import Face
from scorewire.api.health import Checks
from scorewire.api.playback import Booth
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.games.past import Past
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node import metering
from scorewire.node.deciding import Deciding
from scorewire.node.faces import build_faces
from scorewire.node.intake_side import IntakeSide
from scorewire.node.journeys import Timekeeper
from scorewire.node.keeping import keep_answers
from scorewire.node.outward import Spawn
from scorewire.node.playing import build_booth
from scorewire.node.roles import reads_redis, roles_of
from scorewire.node.server import Server, server_of
from scorewire.node.showing_how import build_how
from scorewire.node.shown import Shown, open_shown
from scorewire.node.stores import Stores
from scorewire.node.table_words import TableWords
from scorewire.node.tabling import Tabling

UPKEEP_S: Final = 6 * 3600.0
"""Between two looks at what the journal will need; it is made months ahead."""

_log = structlog.get_logger("scorewire.pipeline")


class Pipeline:
    """The rooms of one process.

    Args:
        fans: what the status says of fans.
        notes: what readiness tells of besides; see `api.health`.
        spawn: starts a coroutine under a name, in the process's TaskGroup; not called before `start`.

    Attributes:
        app: the public routes.
        shown, past, tables: what fans are shown from.
        metrics: of this process.
        timekeeper: when its newest key events passed the tiers.
        stopping: set when the node begins to stop; intake refuses from then on.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        fans: Callable[[], Mapping[str, object]],
        spawn: Spawn,
        notes: Checks | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._fans = fans
        self._spawn = spawn
        self._notes = notes or {}
        self._roles = roles_of(config)
        self._started_s = clock.monotonic_s()
        self._admin_server: Server | None = None
        self._booth: Booth | None = None
        self.stopping = asyncio.Event()

    async def open(self, stack: AsyncExitStack) -> None:
        """Open the stores and build the rooms; the stack closes what is open.

        Raises:
            ConfigError, BackendError: it cannot start.
        """
        config, clock = self._config, self._clock
        self.metrics = Metrics(version=__version__)
        self.timekeeper = Timekeeper(clock=clock)
        self._stores = await Stores.open(config, clock=clock, stack=stack)
        self.shown: Shown = open_shown(
            config, stores=self._stores, spawn=self._spawn, clock=clock, metrics=self.metrics, stack=stack
        )
        self.past: Past = self._stores.past
        self._kept = keep_answers(config, clock=clock, metrics=self.metrics, turns=self.shown.turns)
        self.shown.hears(self._kept.told)
        self._words = TableWords(
            config, competitions=self._stores.journal.competitions, clock=clock, spawn=self._spawn
        )
        self._words.open(stack)
        self.tables = self._words.tables
        self._tabling = Tabling(
            config,
            journal=self._stores.journal,
            history=self._stores.history,
            changed=self.tables.told,
            clock=clock,
            spawn=self._spawn,
        )
        await self._tabling.open(stack, self.metrics)
        self._deciding = await self._build_deciding(stack)
        self._intake = self._build_intake()
        self._build_faces()
        if self._intake is not None:
            await self._intake.resume()
        if self._admin_app is not None:
            place = Path(config.storage.data) / "admin.sock"
            self._admin = open_admin_socket(place)
            stack.callback(_remove_socket, self._admin, place)

    async def start(self) -> None:
        """Let the owners work and the admin socket answer."""
        self.shown.start()
        self._words.start()
        self._tabling.start()
        if self._deciding is not None:
            self._deciding.start()
            self._spawn(self._keep_up(), "journal-upkeep")
        if self._intake is not None:
            self._spawn(self._intake.look_after(), "parked-events")
        if self._admin_app is not None:
            self._admin_server = server_of(self._admin_app)
            self._spawn(self._admin_server.serve(sockets=[self._admin]), "admin-socket")
            await self._admin_server.listens.wait()

    def stop_playing(self) -> None:
        """Tell games that are played back to come back; they hold up the end of requests."""
        if self._booth is not None:
            self._booth.places.stop()

    async def stop_deciding(self) -> None:
        """Let the owners finish what lies on the log, and tables what was decided, for a while."""
        if self._deciding is not None:
            await self._deciding.stop()
        await self._tabling.stop()

    def stop_answering(self) -> None:
        """End the admin socket, and hear no more of what is shown elsewhere."""
        self.shown.stop()
        self._words.stop()
        if self._admin_server is not None:
            self._admin_server.should_exit = True

    async def _keep_up(self) -> None:
        """Let the journal make ready what it will need, now and every some hours, until the node stops."""
        while not self.stopping.is_set():
            today = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).date()
            try:
                await self._stores.journal.upkeep(today)
            except BackendError as error:
                _log.warning("the journal's upkeep failed; it is tried again", detail=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), UPKEEP_S)

    async def _build_deciding(self, stack: AsyncExitStack) -> Deciding | None:
        if "games" not in self._roles:
            return None
        assert self._stores.log is not None, "who decides games reads a log"
        deciding = Deciding(
            self._config,
            stores=self._stores,
            log=self._stores.log,
            here=None if reads_redis(self._config) else self.shown.scoreboard,
            heard=self._heard,
            timekeeper=self.timekeeper,
            spawn=self._spawn,
            clock=self._clock,
        )
        await deciding.open(stack, self.metrics)
        return deciding

    def _heard(self, updates: Sequence[Update]) -> None:
        self._kept.told(updates)
        self._tabling.heard(updates)

    def _build_intake(self) -> IntakeSide | None:
        if "intake" not in self._roles:
            return None
        assert self._stores.log is not None, "intake writes a log"
        return IntakeSide(
            self._config,
            stores=self._stores,
            log=self._stores.log,
            metrics=self.metrics,
            clock=self._clock,
            stopping=self.stopping,
            answered=self.timekeeper.answered,
        )

    def _build_faces(self) -> None:
        checks: Checks = {"stopping": self._check_stopping}
        notes = dict(self._notes)
        if reads_redis(self._config):
            checks = {**checks, "scoreboard": lambda: self.shown.fault}
            notes["redis"] = lambda: self.shown.lacks
        if (log := self._stores.log) is not None:
            checks = {**checks, "log": lambda: log.fault}
            metering.connect_log(self.metrics, log=log)
        if (deciding := self._deciding) is not None and self._config.log.brokers:
            checks = {**checks, "game-events": lambda: deciding.fault}
        if self._tabling.keeps and self._config.log.brokers:
            notes["tables"] = lambda: self._tabling.lacks
        self._booth = build_booth(self._config, stores=self._stores, clock=self._clock, metrics=self.metrics)
        how = build_how(
            self._config,
            stores=self._stores,
            scoreboard=self.shown.scoreboard,
            timekeeper=self.timekeeper,
            spawn=self._spawn,
            stopping=self.stopping,
            clock=self._clock,
        )
        faces = build_faces(
            self._config,
            stores=self._stores,
            scoreboard=self.shown.scoreboard,
            kept=self._kept,
            standings=self._tabling.tables.read,
            statistics=self._tabling.statistics,
            how=how,
            intake=self._intake,
            booth=self._booth,
            status=self._status,
            checks=checks,
            notes=notes,
            metrics=self.metrics,
            clock=self._clock,
        )
        self.app: Face = faces.app
        self._admin_app = faces.admin

    def _check_stopping(self) -> str | None:
        return "the node stops" if self.stopping.is_set() else None

    async def _status(self) -> Mapping[str, object]:
        deciding = self._deciding
        decided: dict[str, object] = {}
        if deciding is not None:
            decided = {
                "log_lag_claims": deciding.lag_claims,
                "outcomes": dict(deciding.owner.tally.outcomes),
            }
        return {
            "version": __version__,
            "roles": sorted(self._roles),
            "epoch": self._stores.journal.epoch,
            "up_s": round(self._clock.monotonic_s() - self._started_s, 1),
            **self._fans(),
            **decided,
            "stopping": self.stopping.is_set(),
        }


def _remove_socket(admin: socket.socket, path: Path) -> None:
    admin.close()
    path.unlink(missing_ok=True)
