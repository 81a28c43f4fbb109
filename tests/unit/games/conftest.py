"""A desk for one soccer game, and short ways to claim things about it."""

from collections.abc import Callable
from itertools import count

import pytest

from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk, Verdict
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.sports import SPORTS

Claimant = Callable[..., Verdict]


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
