"""A provider who signs what it posts, and an intake with a real log behind it."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from contract.log_suite import NOW_MS, StoppedClock
from scorewire.intake.admission import Admission
from scorewire.intake.cloudevents import BATCH, SINGLE
from scorewire.intake.dead_letters import DeadLetters
from scorewire.intake.known import KnownGames
from scorewire.intake.offers import Answer
from scorewire.intake.recent import Recent
from scorewire.intake.signature import signed_headers
from scorewire.intake.unapplied import Unapplied
from scorewire.intake.webhook import Intake
from scorewire.log.local import LocalLog
from scorewire.model.provider_event import Claim, GameDeclared
from scorewire.providers.format import Decode
from scorewire.providers.nba_cdn import NBA_CDN
from scorewire.sports import SPORTS

Message = dict[str, object]

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four!").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another of twenty-four!!").decode()


def scheduled(number: int = 1, game_id: str = "g1", **data: object) -> Message:
    """A declaration of a soccer game by `acme`."""
    return {
        "specversion": "1.0",
        "id": f"s-{number}",
        "source": "acme",
        "type": "scorewire.game.scheduled.v1",
        "subject": game_id,
        "time": f"2022-12-18T15:00:{number:02}Z",
        "data": {
            "sport": "soccer",
            "league": {"id": "fifa-wc", "name": "World Cup"},
            "start": "2022-12-18T15:00:00Z",
            "home": {"id": "arg", "name": "Argentina", "abbr": "ARG"},
            "away": {"id": "fra", "name": "France", "abbr": "FRA"},
            **data,
        },
    }


def event(number: int, game_id: str = "g1", **data: object) -> Message:
    """A goal, claimed by `acme`."""
    return {
        "specversion": "1.0",
        "id": f"m-{number}",
        "source": "acme",
        "type": "scorewire.game.event.v1",
        "subject": game_id,
        "time": "2022-12-18T15:23:10Z",
        "data": {
            "event": f"prov-{number}",
            "type": "GOAL",
            "team": "home",
            "period": 1,
            "clock": "22:41",
            **data,
        },
    }


def snapshot(*scores: tuple[int, int], game: str = "0022000001") -> bytes:
    """A payload of cdn.nba.com: the start of a game, then a basket for each score; it grows as they do."""
    stamps = {"edited": "2020-12-23T00:10:00Z", "timeActual": "2020-12-23T00:10:00Z"}
    actions: list[Message] = [
        {
            "actionNumber": 2, "orderNumber": 1, "clock": "PT12M00.00S", "period": 1, "actionType": "period",
            "subType": "start", "scoreHome": "0", "scoreAway": "0", **stamps,
        }
    ]  # fmt: skip
    before = (0, 0)
    for index, score in enumerate(scores):
        points = sum(score) - sum(before)
        team = (1, "BKN") if score[0] > before[0] else (2, "GSW")
        before = score
        actions.append(
            {
                "actionNumber": 4 + index, "orderNumber": 10 + index, "clock": f"PT11M{38 - index}.00S",
                "period": 1, "actionType": f"{points}pt", "shotResult": "Made", "teamId": team[0],
                "teamTricode": team[1], "personId": 201142, "playerName": "Durant",
                "scoreHome": str(score[0]), "scoreAway": str(score[1]), **stamps,
            }
        )  # fmt: skip
    return msgspec.json.encode({"game": {"gameId": game, "actions": actions}})


@dataclass
class House:
    """An intake with everything that it stands on.

    Attributes:
        journal: what a look-up finds.
        keys: active secrets, as the journal has them; `remembered` as the node remembers them.
        applied: how much of the log the journal has, where it is shared with another intake.
    """

    log: LocalLog
    clock: StoppedClock
    journal: dict[str, GameDeclared] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=lambda: {"acme": [SECRET], "backup": [OTHER_SECRET]})
    remembered: dict[str, list[str]] = field(default_factory=dict)
    fresh_reads: int = 0
    formats: Mapping[str, Decode] = field(default_factory=lambda: {"acme": NBA_CDN.decode})
    limits: dict[str, int] = field(default_factory=dict)
    applied: int | None = None
    _calls: int = 0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin with an empty memory, as after a restart."""
        self.remembered = {name: list(held) for name, held in self.keys.items()}
        limits = {
            "tolerance_s": 300,
            "body_bytes_max": 1_048_576,
            "provider_body_bytes_max": 16_777_216,
            "batch_max": 1000,
            "calls_per_s": 5000,
            **self.limits,
        }
        shared = None if self.applied is None else Unapplied(log=self.log, applied=self._applied)
        self.known = KnownGames(
            lookup=self._lookup, find_game=self._find_game, games_max=100, unapplied=shared
        )
        self.admission = Admission(
            log=self.log,
            known=self.known,
            recent=Recent(entries_max=1000, age_ms=30_000),
            sports=SPORTS,
            unknown_game_park_s=600,
        )
        self.intake = Intake(
            log=self.log,
            known=self.known,
            admission=self.admission,
            secrets=self._secrets,
            formats=self.formats,
            clock=self.clock,
            **limits,
        )
        self.dead_letters = DeadLetters(
            log=self.log,
            known=self.known,
            admission=self.admission,
            formats=self.formats,
            clock=self.clock,
        )

    def neighbour(self) -> "House":
        """Another intake on the same log and journal; from now on each asks for what the other wrote."""
        other = House(self.log, self.clock, journal=self.journal, applied=0)
        other._calls = 1000
        self.applied = 0
        self.start()
        return other

    async def _applied(self, partition: int) -> int:
        return self.applied or 0

    async def _lookup(self, game_id: str) -> GameDeclared | None:
        return self.journal.get(game_id)

    async def _find_game(self, provider: str, name: str) -> str | None:
        for declared in self.journal.values():
            if declared.provider_ids.get(provider) == name:
                return declared.game_id
        return None

    async def _secrets(self, provider: str, *, fresh: bool = False) -> Sequence[str]:
        if fresh:
            self.fresh_reads += 1
            self.remembered = {name: list(held) for name, held in self.keys.items()}
        return self.remembered.get(provider, ())

    def headers(self, body: bytes, *, webhook_id: str = "", secret: str = SECRET) -> dict[str, str]:
        """What a provider signs now."""
        self._calls += 1
        return signed_headers(
            secret=secret,
            webhook_id=webhook_id or f"w-{self._calls}",
            timestamp_s=self.clock.now // 1000,
            body=body,
        )

    async def post(
        self,
        *messages: Message,
        provider: str = "acme",
        webhook_id: str = "",
        secret: str = SECRET,
    ) -> Answer:
        """One signed call: a batch, or the one message there is."""
        if len(messages) == 1:
            body, kind = msgspec.json.encode(messages[0]), SINGLE
        else:
            body, kind = msgspec.json.encode(messages), BATCH
        return await self.send(body, kind, provider=provider, webhook_id=webhook_id, secret=secret)

    async def send(
        self,
        body: bytes,
        kind: str = SINGLE,
        *,
        provider: str = "acme",
        webhook_id: str = "",
        secret: str = SECRET,
    ) -> Answer:
        """One signed call of any bytes."""
        headers = self.headers(body, webhook_id=webhook_id, secret=secret)
        return await self.intake.receive(provider, headers, body, kind, self.clock.now)

    async def claims(self) -> list[Claim]:
        """Everything on the log."""
        return [entry.claim for entry in await self.log.read(0, 0, 100_000)]

    async def rules(self) -> list[str]:
        """The rules of all open dead letters, oldest first."""
        return [letter.rule for letter in reversed(await self.log.dead_letters())]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = StoppedClock()
    log = await LocalLog.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=clock
    )
    yield House(log, clock)
    await log.close()


def told(answer: Answer) -> dict[str, object]:
    """The body of an answer."""
    body: dict[str, object] = msgspec.json.decode(answer.body)
    return body


def rejected(answer: Answer) -> list[str]:
    """The rules by which an answer rejects."""
    found = told(answer)["rejected"]
    assert isinstance(found, list)
    return [one["rule"] for one in found]


@pytest.fixture
def now_ms() -> int:
    return NOW_MS
