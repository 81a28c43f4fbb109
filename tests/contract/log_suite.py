"""What every log promises, as one suite: an adapter subclasses LogSuite and says how it is opened.

What an adapter cannot do is declared in its subclass as a strict expected failure, in words.
"""

import asyncio
import contextlib
import hashlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
import pytest_asyncio

from scorewire.errors import BackendError, WebhookConflict
from scorewire.log.base import DeadLetter, LogEntry, ProviderLog, Receipt, Submission
from scorewire.model.provider_event import (
    Claim,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    SideScore,
    Team,
)

NOW_MS = 1_671_376_990_500


class StoppedClock:
    """A clock at the moment at which all calls of the suite come in; a test may set it."""

    def __init__(self) -> None:
        self.now = NOW_MS

    def now_ms(self) -> int:
        return self.now

    def monotonic_s(self) -> float:
        return self.now / 1000


def goal(number: int, game_id: str = "g1") -> ProviderEvent:
    """A claim with everything in it."""
    return ProviderEvent(
        provider="acme",
        game_id=game_id,
        event=f"prov-{number}",
        revision=number,
        sequence=number,
        type="GOAL",
        team="home",
        period=1,
        clock="45+2:10",
        player=Player(id="p10", name="Søren Ærø"),
        detail={"penalty": True, "assist": "p7", "minute": 47, "speed": 27.5},
        x=0.885,
        y=0.5,
        score=SideScore(home=1, away=0),
        confirmation="tentative",
        text="A goal.",
        time_ms=1_671_376_990_000,
    )


DECLARED = GameDeclared(
    provider="acme",
    game_id="g1",
    event="m-1",
    revision=1,
    sport="soccer",
    league=League(id="fifa-wc"),
    start="2022-12-18T15:00:00Z",
    home=Team(id="arg"),
    away=Team(id="fra"),
    rules={"extra_time": True},
)


def submission(webhook_id: str, *claims: Claim, body: str = "", **changes: object) -> Submission:
    """A call of the provider `acme`, whose body is its id unless said otherwise."""
    fields: dict[str, object] = {
        "provider": "acme",
        "webhook_id": webhook_id,
        "digest": hashlib.sha256((body or webhook_id).encode()).digest(),
        "received_ms": NOW_MS,
        "claims": claims,
        "status": 202,
        "answer": f"answer to {webhook_id}".encode(),
    }
    return Submission(**{**fields, **changes})  # type: ignore[arg-type]


def letter(number: int, **changes: object) -> DeadLetter:
    """A refusal."""
    fields: dict[str, object] = {
        "ts": NOW_MS + number,
        "provider": "acme",
        "game_id": "g1",
        "rule": "unknown_game",
        "detail": "nobody declared it",
        "payload": b'{"id":"m-%d"}' % number,
        "webhook_id": f"w{number}",
    }
    return DeadLetter(**{**fields, **changes})  # type: ignore[arg-type]


class LogSuite(ABC):
    """Subclass it, name the subclass Test..., and give `start`."""

    @abstractmethod
    async def start(self) -> ProviderLog:
        """Open the log: empty at the first call of a test, as it was left at the next."""

    @pytest_asyncio.fixture
    async def log(self) -> AsyncIterator[ProviderLog]:
        log = await self.start()
        yield log
        await log.close()

    async def entries(self, log: ProviderLog, game_id: str = "g1") -> Sequence[LogEntry]:
        """Everything on the partition of a game, in order."""
        found: list[LogEntry] = []
        after = -1
        while batch := await log.read(self.partition(game_id), after, 7):
            found += batch
            after = batch[-1].offset
        return found

    def partition(self, game_id: str) -> int:
        """Where a game lies."""
        return 0

    async def test_a_claim_comes_back_as_it_was_given(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1), DECLARED))
        first, second = await self.entries(log)
        assert (first.claim, second.claim) == (goal(1), DECLARED)
        assert (first.webhook_id, first.received_ms) == ("w1", NOW_MS)
        assert first.partition == self.partition("g1")
        assert second.offset > first.offset

    async def test_a_game_lies_where_the_log_says(self, log: ProviderLog) -> None:
        await log.append(submission("w1", *(goal(1, f"g{n}") for n in range(20))))
        for game_id in (f"g{n}" for n in range(20)):
            entries = await log.read(log.partition_of(game_id), 0, 100)
            assert game_id in {entry.claim.game_id for entry in entries}

    async def test_what_is_done_stays_readable(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1), goal(2)))
        log.done(self.partition("g1"), 1)
        assert len(await self.entries(log)) == 2

    async def test_a_new_call_gets_its_own_answer(self, log: ProviderLog) -> None:
        receipt = await log.append(submission("w1", goal(1)))
        assert receipt == Receipt(status=202, answer=b"answer to w1", repeated=False)

    async def test_a_repeated_call_gets_the_first_answer_and_adds_nothing(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1)))
        receipt = await log.append(submission("w1", goal(1), answer=b"another", status=200))
        assert receipt == Receipt(status=202, answer=b"answer to w1", repeated=True)
        assert len(await self.entries(log)) == 1

    async def test_the_same_id_at_once_is_accepted_once(self, log: ProviderLog) -> None:
        receipts: list[Receipt] = []

        async def post() -> None:
            receipts.append(await log.append(submission("w1", goal(1))))

        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(post())
        assert [receipt.repeated for receipt in receipts].count(False) == 1
        assert {receipt.answer for receipt in receipts} == {b"answer to w1"}
        assert len(await self.entries(log)) == 1

    async def test_an_id_with_another_body_is_a_conflict(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1)))
        with pytest.raises(WebhookConflict):
            await log.append(submission("w1", goal(2), body="other"))
        assert [entry.claim for entry in await self.entries(log)] == [goal(1)]
        assert (await log.append(submission("w1", goal(1)))).repeated

    async def test_an_id_belongs_to_its_provider(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1)))
        assert not (await log.append(submission("w1", goal(2), body="other", provider="backup"))).repeated
        assert len(await self.entries(log)) == 2

    async def test_recall_answers_for_calls_that_were_made(self, log: ProviderLog) -> None:
        call = submission("w1", goal(1))
        assert await log.recall("acme", "w1", call.digest) is None
        await log.append(call)
        assert await log.recall("acme", "w1", call.digest) == Receipt(
            status=202, answer=b"answer to w1", repeated=True
        )
        assert await log.recall("backup", "w1", call.digest) is None
        with pytest.raises(WebhookConflict):
            await log.recall("acme", "w1", b"another digest")

    async def test_what_is_recalled_at_hand_is_what_is_recalled(self, log: ProviderLog) -> None:
        call = submission("w1", goal(1))
        assert log.recall_at_hand("acme", "w1", call.digest) is None
        await log.append(call)
        for provider, webhook_id in (("acme", "w1"), ("backup", "w1"), ("acme", "w2")):
            recalled = await log.recall(provider, webhook_id, call.digest)
            assert log.recall_at_hand(provider, webhook_id, call.digest) in (None, recalled)
        with contextlib.suppress(WebhookConflict):
            assert log.recall_at_hand("acme", "w1", b"another digest") is None

    async def test_a_call_without_claims_is_remembered_too(self, log: ProviderLog) -> None:
        call = submission("w1", status=422, refused=(letter(1),))
        await log.append(call)
        again = await log.append(call)
        assert (again.status, again.repeated) == (422, True)
        assert await self.entries(log) == []
        assert len(await log.dead_letters()) == 1

    async def test_claims_of_a_game_keep_the_order_in_which_appends_returned(self, log: ProviderLog) -> None:
        returned: list[int] = []

        async def post(number: int) -> None:
            await log.append(submission(f"w{number}", goal(2 * number), goal(2 * number + 1)))
            returned.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(post(number))
        expected = [goal(n) for number in returned for n in (2 * number, 2 * number + 1)]
        entries = await self.entries(log)
        assert [entry.claim for entry in entries] == expected
        assert all(a.offset < b.offset for a, b in itertools.pairwise(entries))

    async def test_read_stops_at_the_limit_and_at_the_end(self, log: ProviderLog) -> None:
        await log.append(submission("w1", *(goal(n) for n in range(10))))
        first = await log.read(self.partition("g1"), -1, 4)
        assert [entry.claim for entry in first] == [goal(n) for n in range(4)]
        rest = await log.read(self.partition("g1"), first[-1].offset, 100)
        assert [entry.claim for entry in rest] == [goal(n) for n in range(4, 10)]
        assert list(await log.read(self.partition("g1"), rest[-1].offset, 100)) == []

    async def test_the_end_of_a_partition_is_told(self, log: ProviderLog) -> None:
        here = self.partition("g1")
        assert await log.ends([here]) == {here: 0}
        await log.append(submission("w1", goal(1), goal(2)))
        assert await log.ends([here]) == {here: (await log.read(here, 0, 10))[-1].offset}
        assert await log.ends([]) == {}

    async def test_wait_ends_when_something_comes(self, log: ProviderLog) -> None:
        waiting = asyncio.create_task(log.wait(self.partition("g1"), 0, 30.0))
        await asyncio.sleep(0)
        await log.append(submission("w1", goal(1)))
        assert await waiting is True

    async def test_wait_returns_at_once_where_something_lies(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1)))
        assert await log.wait(self.partition("g1"), 0, 30.0) is True

    async def test_wait_gives_up(self, log: ProviderLog) -> None:
        await log.append(submission("w1", goal(1)))
        last = (await self.entries(log))[-1].offset
        assert await log.wait(self.partition("g1"), last, 0.01) is False

    async def test_dead_letters_are_listed_newest_first_by_what_is_asked(self, log: ProviderLog) -> None:
        await log.bury([letter(1), letter(2, rule="bad_shape"), letter(3, game_id="g2")])
        everything = await log.dead_letters()
        assert [found.ts for found in everything] == [NOW_MS + 3, NOW_MS + 2, NOW_MS + 1]
        assert [found.ts for found in await log.dead_letters(rule="bad_shape")] == [NOW_MS + 2]
        assert [found.ts for found in await log.dead_letters(game_id="g2")] == [NOW_MS + 3]
        assert [found.ts for found in await log.dead_letters(since_ms=NOW_MS + 2)] == [NOW_MS + 3, NOW_MS + 2]
        assert [found.ts for found in await log.dead_letters(limit=1)] == [NOW_MS + 3]
        number = everything[0].number
        assert number >= 1
        assert await log.dead_letter(number) == msgspec.structs.replace(
            letter(3, game_id="g2"), number=number
        )
        assert await log.dead_letter(number + 1_000) is None

    async def test_a_settled_letter_is_open_no_longer(self, log: ProviderLog) -> None:
        await log.bury([letter(1), letter(2)])
        number = (await log.dead_letters())[0].number
        await log.settle([number], "replayed")
        await log.settle([number + 1_000], "dropped")
        assert [found.ts for found in await log.dead_letters()] == [NOW_MS + 1]
        assert [found.ts for found in await log.dead_letters(state="replayed")] == [NOW_MS + 2]
        assert len(await log.dead_letters(state="")) == 2

    async def test_many_letters_are_settled_at_once_and_no_others(self, log: ProviderLog) -> None:
        await log.bury([letter(n) for n in range(1, 201)])
        numbers = [found.number for found in await log.dead_letters(limit=1000)]
        await log.settle([*numbers[1:150], 2**70, -1, numbers[0] + 1_000], "replayed")
        await log.settle([], "dropped")
        left = [found.number for found in await log.dead_letters(limit=1000)]
        assert left == [numbers[0], *numbers[150:]]
        assert len(await log.dead_letters(state="replayed", limit=1000)) == 149
        assert await log.dead_letters(state="dropped") == []

    async def test_an_owners_refusal_is_buried_once(self, log: ProviderLog) -> None:
        await log.bury([letter(1, position="0:7"), letter(2, position="0:7")])
        await log.bury([letter(3, position="0:7"), letter(4, position="0:8")])
        await log.bury([letter(5), letter(6)])
        assert [found.ts for found in await log.dead_letters()] == [
            NOW_MS + 6,
            NOW_MS + 5,
            NOW_MS + 4,
            NOW_MS + 1,
        ]

    async def test_a_new_start_finds_everything(self) -> None:
        log = await self.start()
        await log.append(submission("w1", goal(1), refused=(letter(1),)))
        before = await self.entries(log)
        await log.close()
        log = await self.start()
        try:
            assert await self.entries(log) == before
            assert (await log.append(submission("w1", goal(1)))).repeated
            with pytest.raises(WebhookConflict):
                await log.append(submission("w1", goal(1), body="other"))
            await log.append(submission("w2", goal(2)))
            assert [entry.claim for entry in await self.entries(log)] == [goal(1), goal(2)]
            assert len(await log.dead_letters()) == 1
        finally:
            await log.close()

    async def test_a_closed_log_takes_nothing(self) -> None:
        log = await self.start()
        await log.close()
        with pytest.raises(BackendError):
            await log.append(submission("w1", goal(1)))

    async def test_closing_finishes_what_is_queued(self) -> None:
        log = await self.start()
        calls = [asyncio.create_task(log.append(submission(f"w{n}", goal(n)))) for n in range(20)]
        await asyncio.sleep(0)
        await log.close()
        assert [(await call).repeated for call in calls] == [False] * 20
        log = await self.start()
        try:
            assert len(await self.entries(log)) == 20
        finally:
            await log.close()

    async def test_a_caller_who_gives_up_disturbs_nobody(self, log: ProviderLog) -> None:
        calls = [asyncio.create_task(log.append(submission(f"w{n}", goal(n)))) for n in range(10)]
        await asyncio.sleep(0)
        calls[3].cancel()
        for index, call in enumerate(calls):
            if index != 3:
                assert not (await call).repeated
        with pytest.raises(asyncio.CancelledError):
            await calls[3]
        await log.append(submission("w3", goal(3)))
        assert sorted(entry.claim.revision for entry in await self.entries(log)) == list(range(10))
