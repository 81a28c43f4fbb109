"""A desk for one soccer game, and short ways to claim things about it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
import structlog

from scorewire.games import checkpoint
from scorewire.games.arbitration import Arbiter
from scorewire.games.book import Book, PlayKey
from scorewire.games.engine import decide
from scorewire.games.frame import score_state
from scorewire.games.partition import ledger_entry
from scorewire.games.tellers import Terms
from scorewire.games.writing import Desk, Verdict
from scorewire.journal.records import LedgerEntry
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.sports import SPORTS

Claimant = Callable[..., Verdict]


@pytest.fixture(autouse=True)
def _plain_tracebacks() -> Iterator[None]:
    """By default a traceback that is logged shows every local: half a minute for the books of an owner."""
    structlog.configure(
        processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    yield
    structlog.reset_defaults()


def declaration(**fields: object) -> GameDeclared:
    base = {
        "provider": "acme",
        "game_id": "g1",
        "event": "m-1",
        "revision": 1,
        "sport": "soccer",
        "league": League(id="cup", name="Cup"),
        "start": "2026-11-21T15:00:00Z",
        "home": Team(id="arg", name="Argentina", abbr="ARG"),
        "away": Team(id="fra", name="France", abbr="FRA"),
    }
    return GameDeclared(**{**base, **fields})  # type: ignore[arg-type]


class Referee:
    """Claims in order of calling, each with its own event id and revision unless told otherwise."""

    def __init__(self, **declared: object) -> None:
        self.desk = Desk(Book(game_id="g1", machines=SPORTS), "epoch")
        self.numbers = count(1)
        self.offsets = count(1)
        self.now_ms = 1_000
        self.verdicts: list[Verdict] = []
        self.declare(**declared)

    def declare(self, **fields: object) -> Verdict:
        return self.offer(declaration(**fields))

    def offer(self, claim: object, kind: str | None = "sparse") -> Verdict:
        self.now_ms += 10
        verdict = decide(
            self.desk,
            claim,
            now_ms=self.now_ms,
            log_offset=next(self.offsets),
            kind=kind,  # type: ignore[arg-type]
        )
        self.verdicts.append(verdict)
        return verdict

    def claim(self, type_: str, *, kind: str | None = "sparse", **fields: object) -> Verdict:
        number = next(self.numbers)
        base = {
            "provider": "acme",
            "game_id": "g1",
            "event": f"e{number}",
            "revision": number,
            "type": type_,
            "time_ms": number,
        }
        return self.offer(ProviderEvent(**{**base, **fields}), kind)  # type: ignore[arg-type]

    def kick_off(self) -> "Referee":
        self.claim("PERIOD_START", period=1, sequence=1, event="ko")
        return self

    @property
    def score(self) -> tuple[int, int]:
        assert self.desk.shown is not None
        return (self.desk.shown.home.score, self.desk.shown.away.score)

    @property
    def rows(self) -> list:
        return [row for verdict in self.verdicts for row in verdict.rows]

    @property
    def updates(self) -> list:
        return [update for verdict in self.verdicts for update in verdict.updates]


@pytest.fixture
def referee() -> Referee:
    return Referee().kick_off()


class Panel:
    """Two providers, `acme` before `backup`, on one game; times in seconds, as intake receives."""

    def __init__(
        self,
        *,
        providers: tuple[str, ...] = ("acme", "backup"),
        shadow: tuple[str, ...] = (),
        kind: str = "none",
        sport: str = "soccer",
    ) -> None:
        self.desk = Desk(Book(game_id="g1", machines=SPORTS), "epoch")
        self.terms = Terms(shadow=frozenset(shadow))
        self.kind = kind
        self.rows: list = []
        self.ledger: dict[PlayKey, LedgerEntry] = {}
        self.numbers = count(1)
        self.at_s = 0.0
        self.rows += decide(
            self.desk, declaration(providers=providers, sport=sport), now_ms=0, log_offset=1
        ).rows
        self.arbiter = self.restarted()
        for provider in providers:
            sequence = 0 if kind == "dense" and provider == "acme" else None
            self.say(provider, "PERIOD_START", event=f"ko-{provider}", period=1, sequence=sequence)

    def restarted(self) -> Arbiter:
        """An arbiter that knows what the journal holds, and nothing else."""
        book = checkpoint.read(checkpoint.write(self.desk.book), SPORTS)
        checkpoint.recall(book, self.ledger.values())
        self.desk = Desk(book, "epoch", score_state(book, "epoch", None))
        self.arbiter = Arbiter(self.desk, terms=self.terms, kinds=lambda _: self.kind)  # type: ignore[arg-type,return-value]
        return self.arbiter

    def say(self, provider: str, type_: str, *, at: float | None = None, **fields: object) -> Verdict:
        number = next(self.numbers)
        self.at_s = self.at_s + 0.1 if at is None else at
        base = {
            "provider": provider,
            "game_id": "g1",
            "event": f"{provider}-{number}",
            "revision": number,
            "type": type_,
            "period": 1,
        }
        claim = ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]
        return self.offer(claim)

    def offer(self, claim: ProviderEvent) -> Verdict:
        ms = round(self.at_s * 1000)
        return self._kept(self.arbiter.take(claim, now_ms=ms, received_ms=ms, log_offset=next(self.numbers)))

    def wait(self, until: float) -> Verdict:
        self.at_s = until
        return self._kept(self.arbiter.tick(now_ms=round(until * 1000), log_ms=round(until * 1000)))

    def _kept(self, verdict: Verdict) -> Verdict:
        """What a partition writes of a verdict."""
        self.rows += verdict.rows
        for key in dict.fromkeys([*(key for key, _ in verdict.remembered), *verdict.tellings]):
            self.ledger[key] = ledger_entry(self.desk.book, key)
        return verdict

    @property
    def score(self) -> tuple[int, int]:
        return (self.desk.book.board.home, self.desk.book.board.away)

    @property
    def active(self) -> str:
        return self.arbiter.tellers.active

    @property
    def conflicts(self) -> list[tuple[str, str, str]]:
        """Event, why and how settled, of every conflict."""
        found = self.desk.book.tellings.values()
        return [(one.key[1], one.conflict.why, one.conflict.settled) for one in found if one.conflict]


@pytest.fixture
def panel() -> Panel:
    return Panel()
