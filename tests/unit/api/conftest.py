"""A node's HTTP face in-process: real journal, log and scoreboard, rows decided by games/."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from scorewire.api.admin import Office
from scorewire.api.app import Rooms, build_admin_app, build_app
from scorewire.api.desk import EditorsDesk
from scorewire.api.face import Face
from scorewire.api.health import Check
from scorewire.api.ingest import Door
from scorewire.api.playback import Booth, Places
from scorewire.api.problems import refuse
from scorewire.api.reads import Reads
from scorewire.clock import SystemClock
from scorewire.errors import BackendError, FeedError, Unauthenticated, WebhookConflict
from scorewire.games.audit import Audit
from scorewire.games.book import Book
from scorewire.games.capture import CaptureHead, write
from scorewire.games.course import Courses
from scorewire.games.engine import decide
from scorewire.games.history import History
from scorewire.games.inquiry import Inquiry
from scorewire.games.past import Past
from scorewire.games.writing import Desk as GameDesk
from scorewire.intake.offers import Offers, accepted
from scorewire.journal.journal import Journal
from scorewire.journal.keys import Keys
from scorewire.journal.records import Commit, HeadMove
from scorewire.log.base import DeadLetter, Receipt
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Claim, GameDeclared, League, Player, ProviderEvent, Team
from scorewire.model.score_state import ScoreState
from scorewire.node.playing import Retelling
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS

NOW_MS = 1_800_000_000_000
BODY_BYTES_MAX = 1000
JSON_TYPE = "application/cloudevents+json"


@dataclass
class StillClock:
    """A clock that a test moves."""

    ms: int = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000


@dataclass
class FakeFeed:
    """Stands for intake's answers, one rule each, chosen by the provider's name in the path."""

    bodies: list[bytes] = field(default_factory=list)

    def admit(self, provider: str, content_type: str) -> int:
        if provider == "busy":
            raise refuse("too_many_calls", "More than 5000 calls a second.", retry_after_s=1)
        if content_type.partition(";")[0] != JSON_TYPE:
            raise refuse("unsupported_media_type", f"Send {JSON_TYPE}.")
        return BODY_BYTES_MAX

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        assert headers["content-type"]
        self.bodies.append(body)
        if provider == "stranger":
            raise Unauthenticated("bad_signature", "no active secret explains the signature")
        if provider == "twice":
            raise WebhookConflict("m-1")
        if provider == "broken":
            raise FeedError("unreadable_json", "byte 3 is not JSON")
        if provider in ("full", "lost"):
            raise BackendError("the disk", retryable=provider == "full")
        if provider == "bug":
            raise RuntimeError("secret inside")
        return Receipt(
            status=202, answer=b'{"accepted":2,"duplicates":1,"rejected":[]}', repeated=provider == "again"
        )


@dataclass
class World:
    """Everything that a test of the face may touch."""

    journal: Journal
    scoreboard: LocalScoreboard
    log: LocalLog
    keys: Keys
    clock: StillClock
    metrics: Metrics
    feed: FakeFeed
    faults: dict[str, str | None]
    notes: dict[str, Check]
    rooms: Rooms
    app: Face
    http: httpx.AsyncClient
    admin: httpx.AsyncClient
    replayed: list[DeadLetter]
    desks: dict[str, GameDesk] = field(default_factory=dict)
    rejects: tuple[str, str] | None = None
    taken: Callable[[ProviderEvent], Awaitable[object]] | None = None
    numbers: count = field(default_factory=lambda: count(1))

    async def declare(self, game_id: str = "g1", **fields: object) -> ScoreState:
        """Schedule a soccer game."""
        base: dict[str, object] = {
            "provider": "acme",
            "game_id": game_id,
            "event": f"m-{game_id}",
            "revision": 1,
            "sport": "soccer",
            "league": League(id="cup", name="Cup"),
            "season": "2026",
            "start": "2026-11-21T15:00:00Z",
            "home": Team(id="arg", name="Argentina", abbr="ARG", city="Buenos Aires"),
            "away": Team(id="fra", name="France", abbr="FRA"),
        }
        return await self.offer(GameDeclared(**{**base, **fields}))  # type: ignore[arg-type]

    async def claim(self, type_: str, game_id: str = "g1", **fields: object) -> ScoreState:
        """A play of the game, with the next number as its event and revision."""
        number = next(self.numbers)
        base: dict[str, object] = {
            "provider": "acme",
            "game_id": game_id,
            "event": f"e{number}",
            "revision": number,
            "sequence": number,
            "type": type_,
            "period": 1,
        }
        return await self.offer(ProviderEvent(**{**base, **fields}))  # type: ignore[arg-type]

    async def offer(self, claim: Claim) -> ScoreState:
        """Decide, make durable, show: what the owner does."""
        fresh = GameDesk(Book(game_id=claim.game_id, machines=SPORTS), self.journal.epoch)
        desk = self.desks.setdefault(claim.game_id, fresh)
        before = desk.book.seq
        self.clock.ms += 10
        verdict = decide(desk, claim, now_ms=self.clock.ms, log_offset=-1, kind="sparse")
        assert verdict.outcome == "applied", verdict
        await self.commit(verdict.rows, before, desk)
        await self.scoreboard.publish(verdict.updates)
        assert desk.shown is not None
        return desk.shown

    async def admit(self, *, offers: Offers, **_: object) -> Receipt:
        """What intake does with the desk's claims: refuse, or put on the log, where the owner finds them."""
        claim = offers.offered[0].claim
        if self.rejects is not None:
            return Receipt(
                status=202, answer=accepted(0, 0, [offers.offered[0].refuse(*self.rejects)]), repeated=False
            )
        await (self.taken or self.offer)(claim)  # type: ignore[arg-type]
        return Receipt(status=202, answer=accepted(1, 0, []), repeated=False)

    async def commit(self, rows: tuple[GameEvent, ...], before: int, desk: GameDesk) -> None:
        assert desk.shown is not None
        head = HeadMove(
            game_id=desk.book.game_id,
            from_seq=before,
            to_seq=desk.book.seq,
            corrected_seq=desk.book.corrected_seq,
            line=desk.shown.line(),
        )
        declared = tuple(row.declared for row in rows if row.declared is not None)
        await self.journal.commit(Commit(rows=rows, heads=(head,), declared=declared))

    async def started(self) -> ScoreState:
        """A game under way with one goal: seqs 1 to 3."""
        await self.declare()
        await self.claim("PERIOD_START", event="ko")
        return await self.claim(
            "GOAL",
            team="home",
            clock="22:41",
            event="goal",
            player=Player(id="p10", name="Lionel Messi"),
            detail={"penalty": True},
            x=0.885,
            y=0.5,
            text="From the spot.",
        )


class Later:
    """An application that is built when it is asked for the first time: most tests never do."""

    def __init__(self, build: Callable[[], Face]) -> None:
        self.build = build
        self.app: Face | None = None

    async def __call__(self, *call: Any) -> None:
        if self.app is None:
            self.app = self.build()
        await self.app(*call)


def client(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://node")


def _office(
    log: LocalLog, keys: Keys, audit: Audit, replay: Callable[[DeadLetter], Awaitable[bytes]]
) -> Office:
    async def rebuild(game_id: str | None) -> object:
        return await audit.rebuild([game_id] if game_id else ["g1"])

    async def status() -> object:
        return {"roles": ["all"]}

    async def take(game_id: str) -> bytes | None:
        head = CaptureHead(
            scorewire="0", game_id=game_id, epoch="e", captured_ms=1, reorder_ms=500, held_max=10
        )
        taken = await audit.capture(head, lambda _: "sparse")
        return write(taken) if taken is not None else None

    return Office(
        log=log,
        keys=keys,
        replay=replay,
        rebuild=rebuild,
        explain=audit.explain,
        capture=take,
        status=status,
    )


def _booth(journal: Journal) -> Booth:
    return Booth(
        recording=Retelling(
            past=Past(journal=journal, machines=SPORTS), courses=Courses(journal=journal, machines=SPORTS)
        ),
        places=Places(lambda _scope: lambda: None),
        clock=SystemClock(),
        heartbeat_s=15,
        rng=random.Random(1),
    )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = StillClock()
    journal = await Journal.open(tmp_path / "journal.sqlite")
    log = await LocalLog.open(
        tmp_path / "log.sqlite", queue_max=10, webhook_ids_h=24, retention_days=1, clock=clock
    )
    history = History(journal=journal, machines=SPORTS)
    scoreboard = LocalScoreboard(load=history.head, heads_max=100)
    audit = Audit(journal=journal, log=log, machines=SPORTS)
    keys, metrics, feed = journal.keys(clock=clock), Metrics(version="0"), FakeFeed()
    faults: dict[str, str | None] = {"journal": None, "draining": None}
    notes: dict[str, Check] = {}
    replayed: list[DeadLetter] = []

    async def replay(letter: DeadLetter) -> bytes:
        replayed.append(letter)
        await log.settle([letter.number], "replayed")
        return b'{"accepted":1,"duplicates":0,"rejected":[]}'

    worlds: list[World] = []

    async def admit(**call: object) -> Receipt:
        return await worlds[0].admit(**call)  # type: ignore[arg-type]

    async def pass_time(seconds: float) -> None:
        clock.ms += round(seconds * 1000)

    rooms = Rooms(
        inquiry=Inquiry(journal=journal, machines=SPORTS),
        desk=EditorsDesk(
            admit=admit,
            rows=journal.rows,
            letters=log.dead_letters,
            head=scoreboard.head,
            clock=clock,
            sleep=pass_time,
        ),
        reads=Reads(scoreboard=scoreboard, journal=journal, state_at=history.state_at, clock=clock),
        booth=_booth(journal),
        door=Door(admit=feed.admit, receive=feed.receive, metrics=metrics, clock=clock),
        office=_office(log, keys, audit, replay),
        checks={name: (lambda name=name: faults[name]) for name in faults},
        notes=notes,
        metrics=metrics,
        clock=clock,
    )
    app = build_app(rooms)
    async with client(app) as http, client(Later(lambda: build_admin_app(rooms))) as admin:
        one = World(
            journal=journal,
            scoreboard=scoreboard,
            log=log,
            keys=keys,
            clock=clock,
            metrics=metrics,
            feed=feed,
            faults=faults,
            notes=notes,
            rooms=rooms,
            app=app,
            http=http,
            admin=admin,
            replayed=replayed,
        )
        worlds.append(one)
        yield one
    await log.close()
    await journal.close()


def decoded(response: httpx.Response) -> ScoreState:
    """The body of /score as the struct that made it."""
    return msgspec.json.decode(response.content, type=ScoreState)
