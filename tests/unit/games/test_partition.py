"""A partition of games: exactly once over restarts, whatever waits and whatever is equal."""

from dataclasses import replace

import msgspec
import pytest

from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.partition import ALONE, NO_CLAIM, Partition, Poisoned
from scorewire.games.tellers import Terms
from scorewire.games.writing import Desk
from scorewire.journal.records import Consumed, LedgerEntry
from scorewire.log.base import LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.sports import SPORTS
from scorewire.sports.machine import AnyMachine

from .conftest import declaration


class Durable:
    """What a journal would hold, in lists; `restart` gives a partition that knows nothing else."""

    def __init__(self, terms: Terms = ALONE) -> None:
        self.terms = terms
        self.machines = SPORTS
        self.log: list[LogEntry] = []
        self.rows: list[GameEvent] = []
        self.letters: list[str] = []
        self.consumed = Consumed(partition=0)
        self.games = self.restart()

    def restart(self, **fields: object) -> Partition:
        self.games = Partition(
            consumed=self.consumed,
            epoch="epoch",
            machines=self.machines,
            kinds=lambda _: "dense",
            reorder_ms=500,
            held_max=100,
            checkpoint_rows=100,
            terms=self.terms,
            **{"books_max": 10, **fields},  # type: ignore[arg-type]
        )
        return self.games

    def append(self, claim: Claim, received_ms: int) -> None:
        offset = len(self.log) + 1
        self.log.append(
            LogEntry(
                partition=0, offset=offset, received_ms=received_ms, webhook_id=f"m{offset}", claim=claim
            )
        )

    def work(self, now_ms: int = 0) -> None:
        entries = self.log[self.games.read_after :]
        for game_id in self.games.absent(entries):
            book = Book(game_id=game_id, machines=self.machines)
            for row in self.rows:
                book.apply(row)
            self.games.adopt(game_id, book if self.rows else None)
        for entry in entries:
            self.games.take(entry, now_ms)

    def write(self) -> None:
        settlement = self.games.settle()
        self.rows += settlement.commit.rows
        self.letters += [letter.rule for letter in settlement.letters]
        assert settlement.commit.consumed is not None
        self.consumed = settlement.commit.consumed


def claim(number: int, type_: str = "FOUL", **fields: object) -> ProviderEvent:
    base = {
        "provider": "acme",
        "game_id": "g1",
        "event": f"e{number}",
        "revision": number,
        "sequence": number,
        "type": type_,
        "team": "home",
        "period": 1,
    }
    return ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]


def started() -> Durable:
    durable = Durable()
    durable.append(declaration(), 0)
    durable.append(claim(1, "PERIOD_START", team=None), 0)
    durable.work()
    durable.write()
    return durable


def test_a_claim_that_waits_over_a_restart_still_goes_on_in_order() -> None:
    durable = started()
    durable.append(claim(3), 100)
    durable.append(claim(4), 110)
    durable.work()
    durable.write()
    assert durable.consumed == Consumed(partition=0, position=4, held=(3, 4))
    durable.restart()
    durable.append(claim(2), 200)
    durable.work()
    durable.write()
    assert [row.cause.event for row in durable.rows[2:]] == ["e2", "e3", "e4"]
    assert durable.consumed.held == ()


def test_equal_revisions_are_not_applied_again_after_a_restart() -> None:
    """A, then B under the same revision; A read again must not win the tie a second time."""
    durable = started()
    durable.append(claim(2, "GOAL", revision=7), 10)
    durable.append(claim(2, "GOAL", revision=7, team="away"), 20)
    durable.append(claim(4), 30)  # waits for 3, so that the restart reads from here, not from the end
    durable.work()
    durable.write()
    rows_before = list(durable.rows)
    durable.restart()
    durable.work()
    durable.write()
    assert durable.rows == rows_before


def test_a_crash_before_the_write_decides_the_same_again() -> None:
    durable = started()
    durable.append(claim(2, "GOAL"), 10)
    durable.work(now_ms=50)
    durable.restart()
    durable.work(now_ms=50)
    durable.write()
    assert [row.type for row in durable.rows] == ["GAME_SCHEDULED", "PERIOD_START", "GOAL"]


def test_a_refusal_is_a_letter_with_its_place_on_the_log() -> None:
    durable = started()
    durable.append(claim(2, "GAME_END", team=None), 10)
    durable.append(claim(3, "GAME_FINAL", team=None), 11)
    durable.append(claim(4, "PERIOD_START", team=None, period=3), 12)
    durable.work()
    settlement = durable.games.settle()
    (letter,) = settlement.letters
    assert (letter.rule, letter.position) == ("illegal_transition", "0:5")
    assert msgspec.json.decode(letter.payload, type=ProviderEvent).event == "e4"


def test_a_clock_that_was_set_back_holds_nothing_for_long() -> None:
    durable = started()
    durable.append(claim(3), 1_000_000)
    durable.work()
    durable.games.expire(now_ms=5, now_s=70.0)
    durable.games.expire(now_ms=5, now_s=70.4)
    assert durable.games.due_ms() == 1_000_500
    durable.games.expire(now_ms=5, now_s=70.5)
    durable.write()
    assert durable.rows[-1].cause.event == "e3"


def test_a_clock_that_was_set_back_holds_nothing_while_other_games_go_on() -> None:
    durable = started()
    durable.append(claim(3), 1_000_000)
    durable.work()
    for tenth in range(5):
        durable.games.expire(now_ms=tenth, now_s=tenth / 10)
        durable.append(claim(1, "SHOT", game_id="g2"), tenth)
        durable.work()
    durable.games.expire(now_ms=5, now_s=0.5)
    durable.write()
    assert durable.rows[-1].cause.event == "e3"


def test_a_touch_that_waited_in_vain_is_written_too() -> None:
    durable = started()
    durable.append(claim(3, "PASS"), 10)
    durable.work()
    durable.write()
    assert durable.games.unwritten == 0
    durable.games.expire(now_ms=600, now_s=0.6)
    assert durable.games.unwritten == 1
    assert [entry.event for entry in durable.games.settle().commit.ledger] == ["e3"]


def test_books_beyond_the_limit_are_let_go_but_not_those_that_wait() -> None:
    durable = Durable()
    for number in range(20):
        durable.append(declaration(game_id=f"g{number}", event=f"m{number}"), 0)
    durable.append(claim(5, game_id="g0"), 1)
    for game in range(20):
        if game:
            durable.games.adopt(f"g{game}", None)
    durable.games.adopt("g0", None)
    for entry in durable.log:
        durable.games.take(entry, 0)
    settlement = durable.games.settle()
    assert len(settlement.commit.heads) == 20
    assert durable.games.absent(durable.log) == [f"g{n}" for n in range(1, 11)]


def in_memory(games: int, plays_each: int, **limits: int) -> Partition:
    """A partition after a kick-off and fouls in each of some games, one after the other."""
    durable = Durable()
    durable.restart(**limits)
    for game in range(games):
        durable.append(declaration(game_id=f"g{game}", event=f"m{game}"), 0)
        durable.append(claim(1, "PERIOD_START", team=None, game_id=f"g{game}"), 0)
        for number in range(2, plays_each + 1):
            durable.append(claim(number, "FOUL", game_id=f"g{game}"), 0)
    for entry in durable.log:
        if entry.claim.game_id in durable.games.absent([entry]):
            durable.games.adopt(entry.claim.game_id, None)
        durable.games.take(entry, 0)
    durable.games.settle()
    return durable.games


def test_plays_are_limited_too_and_big_games_count_for_what_they_are() -> None:
    assert in_memory(4, 5, plays_max=20).books == 4
    assert in_memory(4, 5, plays_max=19).books == 3
    assert in_memory(4, 5, plays_max=9).books == 1


def test_beyond_a_limit_a_twentieth_leaves_at_once() -> None:
    assert in_memory(40, 1, books_max=40).books == 40
    assert in_memory(41, 1, books_max=40).books == 38


class Pair(Durable):
    """Two providers on one game, over what a journal keeps of them beside the rows."""

    def __init__(self) -> None:
        self.ledger: dict[tuple[str, str], LedgerEntry] = {}
        super().__init__()
        self.append(declaration(providers=("acme", "backup")), 0)
        self.append(claim(1, "PERIOD_START", team=None), 0)
        self.append(claim(1, "PERIOD_START", team=None, provider="backup"), 0)

    def work(self, now_ms: int = 0) -> None:
        entries = self.log[self.games.read_after :]
        if self.games.absent(entries):
            book = Book(game_id="g1", machines=self.machines)
            for row in self.rows:
                book.apply(row)
            checkpoint.recall(book, self.ledger.values())
            self.games.adopt("g1", book if self.rows else None)
        super().work(now_ms)

    def write(self) -> None:
        settlement = self.games.settle()
        self.rows += settlement.commit.rows
        self.ledger |= {(one.provider, one.event): one for one in settlement.commit.ledger}
        assert settlement.commit.consumed is not None
        self.consumed = settlement.commit.consumed

    @property
    def types(self) -> list[str]:
        return [row.type for row in self.rows]


def test_what_another_provider_told_is_known_after_a_restart() -> None:
    pair = Pair()
    pair.append(claim(2, "GOAL"), 10_000)
    pair.append(claim(2, "GOAL", provider="backup"), 11_000)
    pair.append(claim(3, "GOAL", provider="backup"), 12_000)
    pair.work(12_000)
    pair.write()
    pair.restart()
    pair.append(claim(4, "CORNER", provider="backup"), 13_000)
    pair.append(claim(3, "GOAL"), 14_000)
    pair.work(14_000)
    pair.write()
    assert pair.types == ["GAME_SCHEDULED", "PERIOD_START", "GOAL", "GOAL"]
    assert [row.cause.provider for row in pair.rows] == ["acme"] * 4
    kept = [one for one in pair.ledger.values() if one.what == "told"]
    assert [(one.provider, bool(one.body)) for one in kept] == [("backup", True)] * 4


def test_the_logs_own_time_finds_silence_and_a_fast_clock_does_not() -> None:
    pair = Pair()
    pair.append(claim(2, "GOAL", provider="backup"), 10_000)
    pair.work(3_600_000)  # our clock is an hour ahead of intake's
    pair.games.expire(3_610_000, now_s=3_610)
    pair.write()
    assert pair.types == ["GAME_SCHEDULED", "PERIOD_START"]
    due_ms = pair.games.due_ms()
    assert due_ms == 3_620_000
    pair.games.expire(due_ms, now_s=3_620)
    pair.write()
    assert pair.types[2:] == ["PROVIDER_CHANGED", "GOAL"]
    assert pair.games.due_ms() is None


def test_the_claims_of_other_games_tell_the_time_while_the_log_is_busy() -> None:
    pair = Pair()
    pair.append(claim(2, "GOAL", provider="backup"), 10_000)
    pair.append(declaration(game_id="g2", event="m2"), 29_999)
    pair.work()
    pair.games.expire(0, now_s=0, read_to_ms=29_999)
    assert not [row for row in pair.games.settle().commit.rows if row.type == "GOAL"]
    pair.append(declaration(game_id="g2", event="m3", revision=2, round="Final"), 30_000)
    Durable.work(pair)
    pair.games.expire(0, now_s=0, read_to_ms=30_000)
    pair.write()
    assert pair.types[-2:] == ["PROVIDER_CHANGED", "GOAL"]


def exploding(event: str) -> dict[str, AnyMachine]:
    """A bug of ours: an event cannot be folded once home has scored, as only one of two providers told."""
    soccer = SPORTS["soccer"]

    def evolve(state: object, claim: ProviderEvent, at: int) -> object:
        if claim.event == event and soccer.board(state).home:
            raise RuntimeError("a bug of ours")
        return soccer.evolve(state, claim, at)

    return {**SPORTS, "soccer": replace(soccer, evolve=evolve)}


def waiting_in_vain() -> Pair:
    """The second goal is told by the backup alone, and showing it is what fails."""
    pair = Pair()
    pair.machines = exploding("e9")
    pair.restart()
    pair.append(claim(2, "GOAL"), 5_000)
    pair.append(claim(3, "CORNER"), 6_000)
    pair.append(claim(2, "CORNER", provider="backup"), 7_000)
    pair.append(claim(9, "GOAL", team="away", provider="backup", sequence=3), 10_000)
    pair.work(10_000)
    pair.write()
    return pair


def test_what_was_due_and_fails_is_not_the_fault_of_the_claim_that_came_then() -> None:
    pair = waiting_in_vain()
    pair.append(claim(4, "CORNER"), 40_000)
    with pytest.raises(Poisoned) as poison:
        pair.work(40_000)
    assert (poison.value.game_id, poison.value.offset) == ("g1", NO_CLAIM)
    pair.restart(stuck=frozenset({"g1"}))
    pair.work(40_000)
    pair.write()
    assert (pair.types[-1], pair.letters, pair.games.due_ms()) == ("CORNER", [], None)


def test_a_game_in_which_nothing_due_is_decided_says_that_its_score_is_under_check() -> None:
    pair = waiting_in_vain()
    pair.restart(stuck=frozenset({"g1"}))
    pair.append(claim(4, "CORNER"), 40_000)
    pair.append(claim(5, "CORNER"), 59_999)
    pair.work(60_000)
    pair.write()
    assert pair.types[-1] == "CORNER"
    pair.append(claim(6, "CORNER"), 60_001)
    pair.work(60_001)
    pair.write()
    assert pair.types[-2:] == ["CORNER", "SCORE_CHECK_STARTED"]


def test_a_game_that_cannot_be_woken_is_read_again_and_the_others_go_on() -> None:
    pair = waiting_in_vain()
    soccer = SPORTS["soccer"]

    def evolve(state: object, claim: ProviderEvent, at: int) -> object:
        if claim.provider == "backup":
            raise RuntimeError("a bug of ours")
        return soccer.evolve(state, claim, at)

    pair.machines = {**SPORTS, "soccer": replace(soccer, evolve=evolve)}
    games = pair.restart()
    book = Book(game_id="g1", machines=pair.machines)
    for row in pair.rows:
        book.apply(row)
    checkpoint.recall(book, pair.ledger.values())
    games.adopt("g1", book)
    games.adopt("g2", _two_providers("g2"))
    with pytest.raises(Poisoned):
        games.wake("g1", 50_000)
    games.wake("g2", 50_000)
    assert games.absent(pair.log) == ["g1"]
    assert games.books == 1


def test_what_waited_for_another_provider_goes_on_after_a_restart_though_nobody_speaks_again() -> None:
    """The primary is silent, the backup told a goal, the owner stops, and no claim ever comes again."""
    durable = Durable(Terms(failover_ms=20_000))
    start = ProviderEvent(
        provider="acme", game_id="g1", event="a1", revision=1, type="PERIOD_START", period=1, sequence=1
    )
    goal = msgspec.structs.replace(start, provider="backup", event="b1", type="GOAL", team="home", sequence=1)
    durable.append(declaration(providers=("acme", "backup")), 0)
    durable.append(start, 10)
    durable.append(goal, 20)
    durable.work(20)
    durable.write()
    telling = dict(durable.games._desks["g1"].book.tellings)
    assert [row.type for row in durable.rows] == ["GAME_SCHEDULED", "PERIOD_START"]
    games = durable.restart()
    book = Book(game_id="g1", machines=SPORTS)
    for row in durable.rows:
        book.apply(row)
    book.tellings = telling
    games.adopt("g1", book)
    assert games.due_ms() is None
    games.wake("g1", 100_000)
    assert games.due_ms() == 120_000
    games.expire(120_000, now_s=120.0)
    durable.write()
    assert [row.type for row in durable.rows][2:] == ["PROVIDER_CHANGED", "GOAL"]


def test_a_game_of_one_provider_need_not_be_woken() -> None:
    durable = Durable()
    durable.append(declaration(), 0)
    durable.work()
    durable.games.wake("g1", 5)
    durable.games.wake("nobody", 5)
    assert durable.games.due_ms() is None


def test_a_backlog_is_decided_by_its_own_time_though_we_woke_later() -> None:
    """Waking one game must not make the providers of another look silent while its backlog is read."""
    durable = Durable(Terms(failover_ms=20_000))
    both = declaration(providers=("acme", "backup"))
    durable.append(both, 0)
    for at_ms, provider, event, kind in (
        (1_000, "acme", "a1", "PERIOD_START"),
        (1_100, "backup", "b1", "PERIOD_START"),
        (10_000, "backup", "b2", "GOAL"),
        (12_000, "acme", "a2", "GOAL"),
    ):
        claim = ProviderEvent(
            provider=provider,
            game_id="g1",
            event=event,
            revision=1,
            type=kind,
            period=1,
            team="home" if kind == "GOAL" else None,
            sequence=int(event[1]),
        )
        durable.append(claim, at_ms)
    durable.games.adopt("g0", _two_providers("g0"))
    durable.games.wake("g0", 10_000_000)
    backlog = durable.log[:4]
    durable.games.adopt("g1", None)
    for entry in backlog:
        durable.games.take(entry, 10_000_000)
    durable.games.expire(10_000_000, now_s=1.0, read_to_ms=10_000)
    durable.games.take(durable.log[4], 10_000_000)
    durable.games.expire(10_000_001, now_s=1.1)
    durable.write()
    assert "PROVIDER_CHANGED" not in [row.type for row in durable.rows]


def _two_providers(game_id: str) -> Book:
    desk = Desk(Book(game_id=game_id, machines=SPORTS), "epoch")
    declared = declaration(game_id=game_id, providers=("acme", "backup"))
    decide(desk, declared, now_ms=0, log_offset=1)
    return desk.book
