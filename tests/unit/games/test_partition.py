"""A partition of games: exactly once over restarts, whatever waits and whatever is equal."""

import msgspec

from scorewire.games.book import Book
from scorewire.games.partition import Partition
from scorewire.journal.records import Consumed
from scorewire.log.base import LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.sports import SPORTS

from .conftest import declaration


class Durable:
    """What a journal would hold, in lists; `restart` gives a partition that knows nothing else."""

    def __init__(self) -> None:
        self.log: list[LogEntry] = []
        self.rows: list[GameEvent] = []
        self.letters: list[str] = []
        self.consumed = Consumed(partition=0)
        self.games = self.restart()

    def restart(self) -> Partition:
        self.games = Partition(
            consumed=self.consumed,
            epoch="epoch",
            machines=SPORTS,
            kinds=lambda _: "dense",
            reorder_ms=500,
            held_max=100,
            books_max=10,
            checkpoint_rows=100,
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
            book = Book(game_id=game_id, machines=SPORTS)
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
