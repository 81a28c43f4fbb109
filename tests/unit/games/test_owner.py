"""The owner over a real log, journal and scoreboard: exactly once, whatever is busy, broken or poisoned."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from ownership import decided, owner_of
from scorewire.clock import SystemClock
from scorewire.errors import OwnerFenced
from scorewire.games.history import History
from scorewire.games.owner import GamesOwner
from scorewire.games.partition import ALONE
from scorewire.games.tellers import Terms
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit
from scorewire.log.base import LogEntry, Submission
from scorewire.log.local import LocalLog
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS
from scorewire.sports.machine import AnyMachine

from .conftest import declaration


class Stores:
    """One data folder, opened; `owner` may be made anew, as after a restart."""

    def __init__(self, folder: Path, kind: type[LocalLog] = LocalLog) -> None:
        self.folder = folder
        self.kind = kind
        self.clock = SystemClock()
        self.calls = 0
        self.traces: list[Mapping[tuple[str, int], str]] = []

    async def open(self) -> "Stores":
        self.journal = await Journal.open(self.folder / "journal.sqlite")
        position = (await self.journal.applied(0)).position
        self.log = await self.kind.open(
            self.folder / "log.sqlite",
            queue_max=100,
            webhook_ids_h=24,
            retention_days=30,
            clock=self.clock,
            offsets_above=position,
        )
        self.board = LocalScoreboard(load=History(journal=self.journal, machines=SPORTS).head, heads_max=100)
        return self

    async def close(self) -> None:
        await self.log.close()
        await self.journal.close()

    def owner(self, machines: dict[str, AnyMachine] = SPORTS, terms: Terms = ALONE) -> GamesOwner:
        return owner_of(
            self.log,
            self.journal,
            scoreboard=self.board,
            machines=machines,
            clock=self.clock,
            books_max=10,
            checkpoint_rows=5,
            terms=terms,
            traces=self.traces.append,
        )

    async def say(self, *claims: Claim, later_ms: int = 0) -> None:
        self.calls += 1
        await self.log.append(
            Submission(
                provider="acme",
                webhook_id=f"w{self.calls}-{self.clock.monotonic_s()}",
                digest=b"",
                received_ms=self.clock.now_ms() + later_ms,
                claims=claims,
                status=202,
                answer=b"",
            )
        )

    async def own(self, machines: dict[str, AnyMachine] = SPORTS, terms: Terms = ALONE) -> GamesOwner:
        """Decide what lies on the log, and stop."""
        return await decided(self.owner(machines, terms))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await Stores(tmp_path).open()
    yield opened
    await opened.close()


def goal(number: int, **fields: object) -> ProviderEvent:
    base = {
        "provider": "acme",
        "game_id": "g1",
        "event": f"e{number}",
        "revision": number,
        "sequence": number,
    }
    return ProviderEvent(**{**base, "type": "GOAL", "team": "home", "period": 1, **fields})  # type: ignore[arg-type]


async def test_what_lies_on_the_log_is_decided_before_the_owner_stops(stores: Stores) -> None:
    await stores.say(declaration(), goal(1), goal(2))
    await stores.own()
    head = stores.board.held("g1")
    assert head is not None
    assert (head.state.seq, head.state.home.score) == (3, 2)
    assert (await stores.journal.applied(0)).position == 3


async def test_another_owner_reads_nothing_twice(stores: Stores) -> None:
    await stores.say(declaration(), goal(1))
    await stores.own()
    await stores.say(goal(2))
    await stores.own()
    assert await stores.journal.head_seq("g1") == 3


async def test_of_two_owners_the_one_that_came_last_goes_on(stores: Stores) -> None:
    """If the other took the partition back, and so on, neither would ever write anything."""
    await stores.say(declaration(), goal(1))
    one, other = stores.owner(), stores.owner()
    first, second = asyncio.create_task(one.run()), asyncio.create_task(other.run())
    for number in range(2, 12):
        await stores.say(goal(number))
        await asyncio.sleep(0)
    other.stop()
    await second
    with pytest.raises(OwnerFenced):
        await first
    rows = await stores.journal.rows("g1", 0, 100)
    assert [row.cause.event for row in rows] == ["m-1", *(f"e{n}" for n in range(1, 12))]
    head = stores.board.held("g1")
    assert head is not None
    assert head.state.home.score == 11


async def test_what_the_journal_has_lost_is_decided_again(stores: Stores) -> None:
    """After a failover to a standby that had not had it all."""
    await stores.say(declaration())
    owner = stores.owner()
    running = asyncio.create_task(owner.run())
    await seen(stores, 1)
    before = await stores.journal.applied(0)
    await stores.say(declaration(game_id="g2", event="m-2"), goal(1))
    await seen(stores, 2)
    # Its term stays: nobody else has taken over.
    await stores.journal.commit(Commit(consumed=before))
    await stores.say(goal(2))
    await seen(stores, 3)
    owner.stop()
    await running
    assert owner.conflicts == 1
    assert await stores.journal.head_seq("g1") == 3


async def seen(stores: Stores, seq: int) -> None:
    """Wait until g1 is shown at this seq."""
    async with asyncio.timeout(10):
        while True:
            head = stores.board.held("g1")
            if head is not None and head.state.seq >= seq:
                return
            await asyncio.sleep(0.005)


async def test_a_claim_that_cannot_be_decided_is_buried_and_stops_nobody(stores: Stores) -> None:
    """A bug in a sport's machine must not end every game at every start."""

    def explode(state: object, claim: ProviderEvent, at: int) -> object:
        if claim.event == "e2":
            raise RuntimeError("a bug of ours")
        return SPORTS["soccer"].evolve(state, claim, at)

    machines = {**SPORTS, "soccer": replace(SPORTS["soccer"], evolve=explode)}
    await stores.say(declaration(), goal(1), goal(2), goal(3))
    await stores.own(machines)
    assert [row.cause.event for row in await stores.journal.rows("g1", 0, 100)] == ["m-1", "e1", "e3"]
    (letter,) = await stores.log.dead_letters()
    assert (letter.rule, letter.position) == ("internal_error", "0:3")


async def test_what_is_due_and_cannot_be_decided_buries_no_claim(stores: Stores) -> None:
    """The second goal is told by the backup alone; when it is shown at last, a bug of ours breaks out."""
    soccer = SPORTS["soccer"]

    def explode(state: object, claim: ProviderEvent, at: int) -> object:
        if claim.event == "b" and soccer.board(state).home:
            raise RuntimeError("a bug of ours")
        return soccer.evolve(state, claim, at)

    machines = {**SPORTS, "soccer": replace(soccer, evolve=explode)}
    both = [
        goal(2, type="CORNER", provider=each, sequence=number)
        for each, number in (("acme", 2), ("backup", 1))
    ]
    await stores.say(declaration(providers=("acme", "backup")), goal(1), *both)
    await stores.say(goal(2, provider="backup", event="b", team="away"), later_ms=10)
    await stores.say(goal(3), later_ms=20)
    owner = await stores.own(machines, Terms(failover_ms=1))
    rows = await stores.journal.rows("g1", 0, 100)
    assert [row.cause.event for row in rows if row.change == "assert"] == ["e1", "e2", "e3"]
    assert await stores.log.dead_letters() == []
    assert owner.stuck == 1


async def test_a_gap_is_given_up_although_other_games_keep_the_log_busy(stores: Stores) -> None:
    await stores.say(declaration(), declaration(game_id="g2", event="m-2"), goal(1), goal(3))
    owner = stores.owner()
    running = asyncio.create_task(owner.run())
    started_s, number = stores.clock.monotonic_s(), 0
    while stores.clock.monotonic_s() - started_s < 1.5:
        number += 1
        await stores.say(goal(number, game_id="g2"))
        head = stores.board.held("g1")
        if head is not None and head.state.seq == 3:
            break
    waited_s = stores.clock.monotonic_s() - started_s
    owner.stop()
    await running
    assert 0.4 < waited_s < 1.2


async def test_a_log_that_was_lost_gives_offsets_that_the_journal_has_not_applied(tmp_path: Path) -> None:
    stores = await Stores(tmp_path).open()
    await stores.say(declaration(), goal(1), goal(2))
    await stores.own()
    await stores.close()
    for name in ("log.sqlite", "log.sqlite-wal", "log.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    await stores.open()
    await stores.say(goal(3))
    await stores.own()
    assert await stores.journal.head_seq("g1") == 4
    await stores.close()


async def test_a_checkpoint_that_cannot_be_read_is_done_without(tmp_path: Path) -> None:
    stores = await Stores(tmp_path).open()
    await stores.say(declaration(), *(goal(number) for number in range(1, 13)))
    await stores.own()
    await stores.close()
    with sqlite3.connect(tmp_path / "journal.sqlite") as journal:
        assert journal.execute("UPDATE checkpoints SET body = ?", (b"{",)).rowcount > 0
    journal.close()
    await stores.open()
    await stores.say(goal(13))
    await stores.own()
    head = await stores.board.head("g1")
    assert head is not None
    assert (head.state.seq, head.state.home.score) == (14, 13)
    await stores.close()


async def test_a_scoreboard_that_missed_rows_is_given_the_whole_state(stores: Stores) -> None:
    await stores.say(declaration(), goal(1))
    await stores.own()
    behind = stores.board.held("g1")
    assert behind is not None
    await stores.say(goal(2))
    board, stores.board = stores.board, LocalScoreboard(load=lambda _: _nothing(), heads_max=10)
    await stores.own()
    stores.board = board
    await stores.say(goal(3))
    await stores.own()
    head = board.held("g1")
    assert head is not None
    assert msgspec.structs.asdict(head.state)["home"].score == 3


async def _nothing() -> None:
    return None


async def test_what_becomes_of_a_claim_whose_trace_is_recorded_is_in_the_log(tmp_path: Path) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    class Tracing(LocalLog):
        """As a log that leaves the process: the trace of a call travels with its claims."""

        async def read(self, partition: int, after: int, limit: int) -> list[LogEntry]:
            found = await super().read(partition, after, limit)
            return [msgspec.structs.replace(entry, traceparent=trace) for entry in found]

    stores = await Stores(tmp_path, Tracing).open()
    await stores.say(declaration(), goal(1, type="TRY"))
    with capture_logs() as lines:
        await stores.own()
    await stores.close()
    told = [line for line in lines if line["event"] == "claim_decided"]
    assert [(line["traceparent"], line["offset"], line["rule"]) for line in told] == [
        (trace, 1, ""),
        (trace, 2, "unknown_event_type"),
    ]
    assert stores.traces == [{("g1", 1): trace}]
