"""The only place that knows everything: builds the rooms, starts them, and stops them in data order.

One asyncio.TaskGroup owns every task of the process; each has a name. A task that fails ends the node: a
node that is half alive would be trusted.

    start   journal, log ─► scoreboard ─► owner ─► hub ─► the port
    stop    the port closes ─► intake refuses ─► the owner finishes what lies on the log ─► fans are told
            bye over `drain_s` ─► requests end ─► log, journal
"""

import asyncio
import gc
import math
import random
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
import uvicorn

from scorewire import __version__, captures, metering
from scorewire.api.admin import Office
from scorewire.api.admin_socket import open_admin_socket
from scorewire.api.app import Rooms, build_admin_app, build_app
from scorewire.api.desk import EditorsDesk
from scorewire.api.ingest import Door
from scorewire.api.problems import refuse
from scorewire.api.reads import Reads
from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.hub import Hub
from scorewire.fanout.pace import intervals
from scorewire.fanout.protocol import Gateway
from scorewire.fanout.request import Proxies
from scorewire.fanout.wheel import Collector
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
from scorewire.port import Server, listen, raise_descriptor_limit
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Decode
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS
from scorewire.web.pages import pages

BACKLOG: Final = 4096
"""Connections that the kernel accepts for us; net.core.somaxconn caps it."""
DESCRIPTORS_KEPT: Final = 200
"""For files, requests and sockets that are not fans."""
KEEP_ALIVE_S: Final = 75
"""An idle connection between requests; browsers keep theirs for a minute or so."""
REQUESTS_END_S: Final = 5
"""For requests in flight at shutdown."""
OWNER_STOPS_S: Final = 5.0
"""For the owner to decide what lies on the log at shutdown."""
RECENT_EVENTS_MAX: Final = 100_000
RECENT_AGE_MS: Final = 600_000
"""Repetitions that intake counts as duplicates in its answer; the owner knows the rest."""

_log = structlog.get_logger("scorewire.node")


@dataclass(frozen=True, slots=True)
class Ready:
    """Told once the node answers."""

    url: str
    port: int
    data: Path


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Run a node until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting cannot be fulfilled; names the key.
        BackendError: the data folder cannot be used.
    """
    _log_to_stderr()
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(Node(config, clock=SystemClock()).serve(on_ready))
    except ExceptionGroup as group:
        # One task failed and ended the others: its error is the news, not the group that carried it.
        raise _first_of(group) from group


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _log_to_stderr() -> None:
    """One line an event: for people on a terminal, JSON for machines. Secrets are never put in."""
    people = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


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


class Node:
    """The embedded profile: every room in one process, one data folder, no services."""

    def __init__(self, config: Config, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._stopping = asyncio.Event()
        self._started_s = clock.monotonic_s()

    def stop(self) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._stopping.set()

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start, serve until `stop` or a signal, stop in data order.

        Raises:
            ConfigError, BackendError: it could not start, or a room failed for good.
        """
        listener = listen(self._config.server.host, self._config.server.port)
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            await self._open_stores(stack)
            self._build()
            await self._intake_resumes()
            admin = open_admin_socket(Path(self._config.storage.data) / "admin.sock")
            stack.callback(_remove_socket, admin, Path(self._config.storage.data) / "admin.sock")
            self._catch_signals(stack)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                await self._start(tasks, listener, admin)
                if on_ready is not None:
                    on_ready(_ready(self._config, listener))
                await self._stopping.wait()
                await self._stop()

    async def _open_stores(self, stack: AsyncExitStack) -> None:
        config = self._config
        folder = _folder(config.storage.data)
        self._journal = await Journal.open(folder / "journal.sqlite")
        stack.push_async_callback(self._journal.close)
        applied = await self._journal.consumed(0)
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
        """Build the rooms in the order in which a goal travels, the last first where one needs the other."""
        config = self._config
        self._metrics = Metrics(version=__version__)
        self._history = History(journal=self._journal, machines=SPORTS)
        self._past = Past(journal=self._journal, machines=SPORTS)
        self._scoreboard = LocalScoreboard(load=self._history.head, heads_max=config.storage.heads_max)
        self._owner = GamesOwner(
            log=self._log,
            journal=self._journal,
            scoreboard=self._scoreboard,
            machines=SPORTS,
            clock=self._clock,
            kinds=partial(captures.sequence_kind, config),
            reorder_ms=config.games.reorder_ms,
            held_max=config.games.held_max,
            batch_max=config.games.batch_max,
            books_max=config.storage.books_max,
            checkpoint_rows=config.storage.checkpoint_rows,
            terms=captures.terms(config),
        )
        self._build_intake()
        self._build_fanout()
        self._build_faces()
        metering.connect(
            self._metrics,
            log=self._log,
            owner=self._owner,
            scoreboard=self._scoreboard,
            hub=self._hub,
            hot=self._hot,
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

    def _build_fanout(self) -> None:
        config, server = self._config.fanout, self._config.server
        self._hub = Hub(
            scoreboard=self._scoreboard,
            spawn=self._spawn,
            games_of=self._journal_games_of,
            past=self._past,
            known=self._is_known,
            call_soon=asyncio.get_running_loop().call_soon,
            call_later=asyncio.get_running_loop().call_later,
            now_ms=self._clock.now_ms,
            now_s=self._clock.monotonic_s,
            rng=random.Random(),  # noqa: S311 (jitter, not a secret)
            ring_frames_max=config.ring_frames_max,
            slice_writes=config.slice_writes,
            heartbeat_s=config.heartbeat_s,
            stall_s=config.stall_s,
            full_games_max=config.full_games_max,
            connections_max=min(config.connections_max, raise_descriptor_limit() - DESCRIPTORS_KEPT),
            connections_per_address_max=config.connections_per_address_max,
            cursor_wait_s=config.cursor_wait_s,
            delayed_updates_max=config.delayed_updates_max,
            interval_of=intervals(config.min_interval_ms, config.min_intervals),
        )
        try:
            proxies = Proxies(server.trusted_proxies)
        except ValueError as error:
            raise ConfigError("server.trusted_proxies", str(error)) from error
        self._hot = HotScores(scoreboard=self._scoreboard, now_ms=self._clock.now_ms)
        gatekeeper = Gatekeeper(
            connections_max=raise_descriptor_limit() - DESCRIPTORS_KEPT // 2,
            address_max=config.connections_per_address_max,
            requests_max=server.requests_max,
            origins=server.origins,
        )
        self._gateway = Gateway(
            hub=self._hub,
            hot=self._hot,
            proxies=proxies,
            gatekeeper=gatekeeper,
            head_bytes_max=server.head_bytes_max,
            head_read_s=server.head_read_s,
            body_read_s=server.body_read_s,
            write_buffer_bytes_max=config.write_buffer_bytes_max,
            stall_s=config.stall_s,
            follows_max=config.follows_max,
            message_bytes_max=config.message_bytes_max,
            silent_beats_max=max(2, math.ceil(config.stall_s / config.heartbeat_s)),
        )
        collector = Collector(idle=self._hub.idle)
        self._hub.wheel.every(1.0, collector.round)

    def _build_faces(self) -> None:
        audit = Audit(journal=self._journal, log=self._log, machines=SPORTS)
        rooms = Rooms(
            reads=Reads(
                scoreboard=self._scoreboard,
                journal=self._journal,
                state_at=self._history.state_at,
                clock=self._clock,
            ),
            door=Door(admit=self._admit, receive=self._receive, metrics=self._metrics, clock=self._clock),
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
                head=self._scoreboard.head,
                clock=self._clock,
                sleep=asyncio.sleep,
            ),
            checks={"stopping": self._check_stopping, "log": lambda: self._log.fault},
            metrics=self._metrics,
            clock=self._clock,
        )
        page_reads = _PageReads(scoreboard=self._scoreboard, journal=self._journal)
        self._app = build_app(rooms, pages=pages(reads=page_reads, clock=self._clock))
        self._admin_app = build_admin_app(rooms)

    async def _intake_resumes(self) -> None:
        """What lies on the log and is not in the journal yet must be known to intake before it answers."""
        consumed = await self._journal.consumed(0)
        after = min(consumed.held, default=consumed.position + 1) - 1
        await self._admission.resume(after={0: after}, now_ms=self._clock.now_ms())

    async def _start(self, tasks: asyncio.TaskGroup, listener: socket.socket, admin: socket.socket) -> None:
        # Fans die by reference count; what starting made is never garbage. The wheel collects the rest when
        # no broadcast is pending, so that no collection walks 50,000 fans in the middle of a goal.
        gc.collect()
        gc.freeze()
        gc.disable()
        self._owner_task = tasks.create_task(self._owner.run(), name="games-owner")
        self._wheel_task = tasks.create_task(self._hub.wheel.run(self._clock), name="fan-wheel")
        self._server = Server(self._uvicorn(self._app, http=self._gateway.protocol))
        self._admin_server = Server(self._uvicorn(self._admin_app))
        tasks.create_task(self._server.serve(sockets=[listener]), name="port")
        tasks.create_task(self._admin_server.serve(sockets=[admin]), name="admin-socket")
        await self._server.listens.wait()
        await self._admin_server.listens.wait()

    def _uvicorn(self, app: Any, http: Any = "httptools") -> uvicorn.Config:
        return uvicorn.Config(
            app,
            http=http,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=REQUESTS_END_S,
            proxy_headers=False,
        )

    async def _stop(self) -> None:
        self._server.stop_accepting()
        self._owner.stop()
        # A disk that takes nothing must not keep the node from stopping: what lies on the log is decided at
        # the next start.
        _, late = await asyncio.wait({self._owner_task}, timeout=OWNER_STOPS_S)
        if late:
            _log.warning("the owner could not finish; the next start goes on from the journal")
            self._owner_task.cancel()
        await self._hub.drain(self._config.server.drain_s)
        self._wheel_task.cancel()
        self._server.should_exit = True
        self._admin_server.should_exit = True

    def _catch_signals(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
            stack.callback(loop.remove_signal_handler, number)

    def _spawn(self, coroutine: Any, name: str) -> object:
        return self._tasks.create_task(coroutine, name=name)

    async def _journal_games_of(self, kind: str, name: str) -> tuple[str, ...]:
        assert kind in {"team", "league", "sport"}, f"nobody follows a {kind}"
        return await self._journal.games_of(kind, name)  # type: ignore[arg-type]

    async def _is_known(self, kind: str, name: str) -> bool:
        match kind:
            case "team":
                return await self._journal.team(name) is not None
            case "league":
                return await self._journal.league(name) is not None
            case _:
                return name in SPORTS

    def _admit(self, provider: str, content_type: str) -> int:
        if self._stopping.is_set():
            raise refuse("unavailable", "This node stops; send the same call again.")
        return self._intake.admit(provider, content_type)

    async def _receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        return await self._intake.take(provider, headers, body)

    def _check_stopping(self) -> str | None:
        return "the node stops" if self._stopping.is_set() else None

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
            "fans": self._hub.fans,
            "games_in_memory": self._hub.games,
            "log_lag_claims": metering.lag_claims(self._log, self._owner),
            "outcomes": dict(self._owner.tally.outcomes),
            "stopping": self._stopping.is_set(),
        }


def _folder(data: str) -> Path:
    folder = Path(data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("storage.data", f"cannot make {folder}: {error.strerror}") from error
    return folder


def _ready(config: Config, listener: socket.socket) -> Ready:
    port = listener.getsockname()[1]
    host = "127.0.0.1" if config.server.host in {"0.0.0.0", "::"} else config.server.host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    url = config.server.public_url.rstrip("/") or f"http://{shown}:{port}"
    return Ready(url=url, port=port, data=Path(config.storage.data))


def _remove_socket(admin: socket.socket, path: Path) -> None:
    admin.close()
    path.unlink(missing_ok=True)
