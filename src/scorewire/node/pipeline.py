"""Everything between a provider and the scoreboard: stores, intake, owner, and the faces that answer.

What holds fans is not here: a node has it beside (single.py), or in processes of their own (backroom.py).

    start   journal, log ─► scoreboard ─► owner
    stop    intake refuses ─► the owner finishes what lies on the log ─► log, journal
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from scorewire import __version__, captures
from scorewire.api.admin import Office
from scorewire.api.admin_socket import open_admin_socket
from scorewire.api.app import Rooms, build_admin_app, build_app
from scorewire.api.desk import EditorsDesk
from scorewire.api.health import Checks
from scorewire.api.ingest import Door
from scorewire.api.problems import refuse
from scorewire.api.reads import Reads
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError, ConfigError
from scorewire.games.audit import Audit, Rebuilt
from scorewire.games.history import History
from scorewire.games.inquiry import Inquiry
from scorewire.games.owner import GamesOwner
from scorewire.games.past import Past
from scorewire.intake.admission import Admission
from scorewire.intake.dead_letters import DeadLetters
from scorewire.intake.known import KnownGames
from scorewire.intake.recent import Recent
from scorewire.intake.webhook import Intake
from scorewire.journal.journal import Journal
from scorewire.journal.keys import Keys
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.log.base import Receipt
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.model.game_event import GameEvent, Level
from scorewire.node import metering
from scorewire.node.outward import Outward
from scorewire.node.server import server_of
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Decode
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS
from scorewire.web.pages import pages

OWNER_STOPS_S: Final = 5.0
"""For the owner to decide what lies on the log at shutdown."""
UPKEEP_S: Final = 6 * 3600.0
"""Between two looks at what the journal will need; it is made months ahead."""
RECENT_EVENTS_MAX: Final = 100_000
RECENT_AGE_MS: Final = 600_000
"""Repetitions that intake counts as duplicates in its answer; the owner knows the rest."""

Start = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a task under a name, in the process's one TaskGroup."""

_log = structlog.get_logger("scorewire.pipeline")


class _PageReads:
    """What the pages read: the journal's lists and the scoreboard's states."""

    def __init__(self, *, scoreboard: LocalScoreboard, journal: Journal) -> None:
        self._scoreboard = scoreboard
        self._journal = journal

    async def games(self, query: GamesQuery) -> GamesPage:
        return await self._journal.games(query)

    async def head(self, game_id: str) -> Head | None:
        return await self._scoreboard.head(game_id)

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> tuple[GameEvent, ...]:
        return await self._journal.rows(game_id, since_seq, limit, level)


class Pipeline:
    """The rooms, in one process on one data folder.

    Args:
        fans: what the status says of fans.
        notes: what readiness tells of besides; see `api.health`.

    Attributes:
        app: the public routes.
        scoreboard, past: what fans are shown from.
        metrics: of this process.
        stopping: set when the node begins to stop; intake refuses from then on.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        fans: Callable[[], Mapping[str, object]],
        notes: Checks | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._fans = fans
        self._notes = notes or {}
        self._started_s = clock.monotonic_s()
        self.stopping = asyncio.Event()

    async def open(self, stack: AsyncExitStack) -> None:
        """Open the stores and build the rooms; the stack closes what is open.

        Raises:
            ConfigError, BackendError: it cannot start.
        """
        await self._open_stores(stack)
        self._build()
        self._outward.open(stack, self.metrics)
        self._build_owner()
        self._build_intake()
        self._build_faces()
        metering.connect(self.metrics, log=self._log, owner=self._owner, scoreboard=self.scoreboard)
        await self._intake_resumes()
        place = Path(self._config.storage.data) / "admin.sock"
        self._admin = open_admin_socket(place)
        stack.callback(_remove_socket, self._admin, place)

    async def start(self, start: Start) -> None:
        """Let the owner work and the admin socket answer."""
        self._outward.start(start)
        self._owner_task = start(self._owner.run(), "games-owner")
        self._admin_server = server_of(self._admin_app)
        start(self._admin_server.serve(sockets=[self._admin]), "admin-socket")
        start(self._keep_up(), "journal-upkeep")
        await self._admin_server.listens.wait()

    async def stop_deciding(self) -> None:
        """Let the owner finish what lies on the log, for a while."""
        self._owner.stop()
        # A disk that takes nothing must not keep the node from stopping: what lies on the log is decided at
        # the next start.
        _, late = await asyncio.wait({self._owner_task}, timeout=OWNER_STOPS_S)
        if late:
            _log.warning("the owner could not finish; the next start goes on from the journal")
            self._owner_task.cancel()
        await self._outward.stop()

    async def _keep_up(self) -> None:
        """Let the journal make ready what it will need, now and every some hours, until the node stops."""
        while not self.stopping.is_set():
            today = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).date()
            try:
                await self._journal.upkeep(today)
            except BackendError as error:
                _log.warning("the journal's upkeep failed; it is tried again", detail=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), UPKEEP_S)

    def stop_answering(self) -> None:
        """End the admin socket."""
        self._admin_server.should_exit = True

    async def _open_stores(self, stack: AsyncExitStack) -> None:
        config = self._config
        folder = _folder(config.storage.data)
        self._journal = await Journal.open(config.storage.journal_place())
        stack.push_async_callback(self._journal.close)
        applied = await self._journal.applied(0)
        self._log = await LocalLog.open(
            folder / "log.sqlite",
            queue_max=config.log.queue_max,
            webhook_ids_h=config.log.webhook_ids_h,
            retention_days=config.log.retention_days,
            clock=self._clock,
            offsets_above=applied.position,
        )
        stack.push_async_callback(self._log.close)
        self._keys: Keys = self._journal.keys(clock=self._clock)

    def _build(self) -> None:
        """Build the scoreboard, and what it is loaded from."""
        config = self._config
        self.metrics = Metrics(version=__version__)
        self._history = History(journal=self._journal, machines=SPORTS)
        self.past = Past(journal=self._journal, machines=SPORTS)
        self.scoreboard = LocalScoreboard(load=self._history.head, heads_max=config.storage.heads_max)
        self._outward = Outward(
            config.scoreboard.url,
            here=self.scoreboard,
            journal=self._journal,
            load=self._history.head,
            clock=self._clock,
        )

    def _build_owner(self) -> None:
        config = self._config
        self._owner = GamesOwner(
            log=self._log,
            journal=self._journal,
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
        )

    def _build_intake(self) -> None:
        config = self._config.intake
        formats: dict[str, Decode] = {
            name: PROVIDERS[provider.format].decode
            for name, provider in self._config.providers.items()
            if provider.format
        }
        known = KnownGames(
            lookup=self._journal.declared,
            find_game=self._journal.game_named,
            games_max=self._config.storage.heads_max,
        )
        self._admission = Admission(
            log=self._log,
            known=known,
            recent=Recent(entries_max=RECENT_EVENTS_MAX, age_ms=RECENT_AGE_MS),
            sports=SPORTS,
            unknown_game_park_s=config.unknown_game_park_s,
        )
        self._intake = Intake(
            log=self._log,
            known=known,
            admission=self._admission,
            secrets=self._keys.secrets,
            formats=formats,
            clock=self._clock,
            tolerance_s=config.tolerance_s,
            body_bytes_max=config.body_bytes_max,
            provider_body_bytes_max=config.provider_body_bytes_max,
            batch_max=config.batch_max,
            calls_per_s=config.calls_per_s,
        )
        self._dead_letters = DeadLetters(
            log=self._log, known=known, admission=self._admission, clock=self._clock, formats=formats
        )

    def _build_faces(self) -> None:
        audit = Audit(journal=self._journal, log=self._log, machines=SPORTS)
        rooms = Rooms(
            reads=Reads(
                scoreboard=self.scoreboard,
                journal=self._journal,
                state_at=self._history.state_at,
                clock=self._clock,
            ),
            door=Door(admit=self._admit, receive=self._receive, metrics=self.metrics, clock=self._clock),
            office=Office(
                log=self._log,
                keys=self._keys,
                replay=self._dead_letters.replay,
                rebuild=self._rebuild(audit),
                explain=audit.explain,
                capture=self._capture(audit),
                status=self._status,
            ),
            inquiry=Inquiry(journal=self._journal, machines=SPORTS),
            desk=EditorsDesk(
                admit=self._admission.post,
                rows=self._journal.rows,
                letters=self._log.dead_letters,
                head=self.scoreboard.head,
                clock=self._clock,
                sleep=asyncio.sleep,
            ),
            checks={"stopping": self._check_stopping, "log": lambda: self._log.fault},
            notes=self._notes,
            metrics=self.metrics,
            clock=self._clock,
        )
        page_reads = _PageReads(scoreboard=self.scoreboard, journal=self._journal)
        self.app = build_app(rooms, pages=pages(reads=page_reads, clock=self._clock))
        self._admin_app = build_admin_app(rooms)

    async def _intake_resumes(self) -> None:
        """What lies on the log and is not in the journal yet must be known to intake before it answers."""
        consumed = await self._journal.applied(0)
        after = min(consumed.held, default=consumed.position + 1) - 1
        await self._admission.resume(after={0: after}, now_ms=self._clock.now_ms())

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games of a team, league or sport that are not over."""
        assert kind in {"team", "league", "sport"}, f"nobody follows a {kind}"
        return await self._journal.games_of(kind, name)  # type: ignore[arg-type]

    async def changed(self, since_ms: int) -> tuple[str, ...]:
        """Games with a row younger than `since_ms`, which lies in the last few minutes."""
        return tuple(await self._journal.changed(since_ms))

    async def known(self, kind: str, name: str) -> bool:
        """Whether there is such a team, league or sport."""
        match kind:
            case "team":
                return await self._journal.team(name) is not None
            case "league":
                return await self._journal.league(name) is not None
            case _:
                return name in SPORTS

    def _admit(self, provider: str, content_type: str) -> int:
        if self.stopping.is_set():
            raise refuse("unavailable", "This node stops; send the same call again.")
        return self._intake.admit(provider, content_type)

    async def _receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        return await self._intake.take(provider, headers, body)

    def _check_stopping(self) -> str | None:
        return "the node stops" if self.stopping.is_set() else None

    def _rebuild(self, audit: Audit) -> Callable[[str | None], Any]:
        async def rebuild(game_id: str | None) -> Rebuilt:
            return await audit.rebuild([game_id] if game_id is not None else await self._journal.game_ids())

        return rebuild

    def _capture(self, audit: Audit) -> Callable[[str], Any]:
        async def take(game_id: str) -> bytes | None:
            now_ms = self._clock.now_ms()
            epoch = self._journal.epoch
            return await captures.take(self._config, audit, game_id=game_id, epoch=epoch, now_ms=now_ms)

        return take

    async def _status(self) -> Mapping[str, object]:
        return {
            "version": __version__,
            "epoch": self._journal.epoch,
            "up_s": round(self._clock.monotonic_s() - self._started_s, 1),
            **self._fans(),
            "log_lag_claims": metering.lag_claims(self._log, self._owner),
            "outcomes": dict(self._owner.tally.outcomes),
            "stopping": self.stopping.is_set(),
        }


def _folder(data: str) -> Path:
    folder = Path(data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("storage.data", f"cannot make {folder}: {error.strerror}") from error
    return folder


def _remove_socket(admin: socket.socket, path: Path) -> None:
    admin.close()
    path.unlink(missing_ok=True)
