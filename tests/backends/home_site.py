"""A home region for tests of this folder: an owner, what it announces on Kafka, and its REST on a port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from backends.kafka_logs import PARTITIONS, Place
from ownership import decided, owner_of
from scorewire.api.app import Rooms, build_app
from scorewire.api.face import Face
from scorewire.api.reads import Reads
from scorewire.clock import SystemClock
from scorewire.games.history import History
from scorewire.games.inquiry import Inquiry
from scorewire.journal.journal import Journal
from scorewire.log.base import Submission
from scorewire.log.kafka_announcing import GameEvents
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.model.provider_event import Claim, GameDeclared, League, ProviderEvent, Team
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.node.server import server_of
from scorewire.scoreboard.announcing import AnnouncingScoreboard
from scorewire.scoreboard.base import whole
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS


class HomeSite:
    """Made by `home_at`, or `site_at`.

    Attributes:
        app: its REST.
        url: of its REST.
        events: what it announces with; None announces nothing, as an owner that died before it could.
    """

    url: str
    journal: Journal
    log: LocalLog
    board: LocalScoreboard
    app: Face
    events: GameEvents | None

    def __init__(self) -> None:
        self.events = None
        self.clock = SystemClock()
        self.told: list[Update] = []
        self._calls = 0

    async def declare(self, *game_ids: str) -> None:
        await self.say(*(declaration(game_id) for game_id in game_ids))

    async def say(self, *claims: Claim) -> None:
        """Make claims durable, decide them, and show and announce what follows."""
        self._calls += 1
        await self.log.append(
            Submission(
                provider="acme",
                webhook_id=f"w{self._calls}",
                digest=b"",
                received_ms=self.clock.now_ms(),
                claims=claims,
                status=202,
                answer=b"",
            )
        )
        board = AnnouncingScoreboard(board=self.board, before=[self._announce])
        await decided(
            owner_of(self.log, self.journal, scoreboard=board, clock=self.clock, kinds=lambda _: "sparse")
        )

    async def take_over(self, partition: int) -> int:
        """What the next owner of a partition does first."""
        assert self.events is not None
        history = History(journal=self.journal, machines=SPORTS)

        async def newest(game_id: str) -> Update | None:
            head = await history.head(game_id)
            return whole(head) if head is not None else None

        return await self.events.take_over(
            partition, epoch=self.journal.epoch, changed=self.journal.changed, newest=newest
        )

    def state(self, game_id: str) -> ScoreState:
        """What is true of a game."""
        head = self.board.held(game_id)
        assert head is not None
        return head.state

    def _announce(self, updates: Sequence[Update]) -> None:
        self.told += updates
        if self.events is not None:
            self.events.publish(updates)


@asynccontextmanager
async def site_at(folder: Path) -> AsyncIterator[HomeSite]:
    """A home region that announces nothing and has no port, until the end of the block."""
    site = HomeSite()
    async with AsyncExitStack() as stack:
        site.journal = await Journal.open(folder / "journal.sqlite", shared=True)
        stack.push_async_callback(site.journal.close)
        site.log = await LocalLog.open(
            folder / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=site.clock
        )
        stack.push_async_callback(site.log.close)
        history = History(journal=site.journal, machines=SPORTS)
        site.board = LocalScoreboard(load=history.head, heads_max=1000)
        rooms = Rooms(
            reads=Reads(
                scoreboard=site.board, journal=site.journal, state_at=history.state_at, clock=site.clock
            ),
            streams=False,
            inquiry=Inquiry(journal=site.journal, machines=SPORTS),
            checks={},
            metrics=Metrics(version="test"),
            clock=site.clock,
        )
        site.app = build_app(rooms)
        yield site


@asynccontextmanager
async def home_at(place: Place, folder: Path) -> AsyncIterator[HomeSite]:
    """A home region that announces on a topic and answers on a port, until the end of the block."""
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(site_at(folder))
        events = site.events = await GameEvents.open(
            brokers=place.brokers,
            topic=f"{place.prefix}game-events",
            partitions=PARTITIONS,
            clock=site.clock,
        )
        stack.push_async_callback(events.close)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        site.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with asyncio.TaskGroup() as tasks:
            server = server_of(site.app)
            tasks.create_task(server.serve(sockets=[listener]))
            await server.listens.wait()
            yield site
            server.should_exit = True


def declaration(game_id: str) -> GameDeclared:
    return GameDeclared(
        provider="acme",
        game_id=game_id,
        event=f"declared-{game_id}",
        revision=1,
        sport="soccer",
        league=League(id="cup", name="Cup"),
        start="2026-11-21T15:00:00Z",
        home=Team(id=f"{game_id}-home", name="Home"),
        away=Team(id=f"{game_id}-away", name="Away"),
    )


def goal(game_id: str, number: int) -> ProviderEvent:
    return ProviderEvent(
        provider="acme",
        game_id=game_id,
        event=f"e{number}",
        revision=number,
        sequence=number,
        type="GOAL",
        team="home",
        period=1,
    )


def final(game_id: str) -> ProviderEvent:
    """The game is over."""
    return msgspec.structs.replace(goal(game_id, 1000), type="GAME_FINAL", team=None)


def taken_back(game_id: str, number: int) -> ProviderEvent:
    """The goal did not count: a correction."""
    return msgspec.structs.replace(goal(game_id, number), action="retract", revision=1 << 40)
