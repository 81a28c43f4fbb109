"""What a settlement tells of the claims that it holds."""

import msgspec
import pytest

from scorewire.games.partition import Partition
from scorewire.games.settlement import Settlement
from scorewire.journal.records import Consumed
from scorewire.log.base import LogEntry
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.sports import SPORTS

from .conftest import declaration

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"


def settle(*told: tuple[Claim, str]) -> Settlement:
    """Decide these claims, each of a call with this trace."""
    games = Partition(
        consumed=Consumed(partition=2, position=6, term=3),
        epoch="epoch",
        machines=SPORTS,
        kinds=lambda _: None,
        reorder_ms=500,
        held_max=10,
        books_max=10,
        checkpoint_rows=100,
    )
    games.adopt("g1", None)
    for offset, (claim, traceparent) in enumerate(told, start=7):
        games.take(
            LogEntry(
                partition=2,
                offset=offset,
                received_ms=1,
                webhook_id="w1",
                claim=claim,
                traceparent=traceparent,
            ),
            1,
        )
    return games.settle()


def goal(number: int, **fields: object) -> ProviderEvent:
    base = {"provider": "acme", "game_id": "g1", "event": f"e{number}", "revision": 1, "type": "GOAL"}
    return ProviderEvent(**{**base, "team": "home", "period": 1, **fields})  # type: ignore[arg-type]


def test_what_became_of_claims_whose_trace_is_recorded_is_told() -> None:
    settlement = settle(
        (declaration(), TRACE + "01"),
        (goal(1), TRACE + "00"),
        (goal(2), TRACE + "01"),
        (goal(3), ""),
        (goal(4, type="TRY"), TRACE + "01"),
    )
    told = [(one.game_id, one.offset, one.outcome, one.rule, one.seq, one.rows) for one in settlement.traced]
    assert told == [
        ("g1", 7, "applied", "", 1, 1),
        ("g1", 9, "applied", "", 3, 1),
        ("g1", 11, "refused", "unknown_event_type", 4, 0),
    ]
    assert {one.traceparent for one in settlement.traced} == {TRACE + "01"}
    # The row that came last was not of the claim that was refused last.
    assert settlement.traces() == {("g1", 1): TRACE + "01", ("g1", 3): TRACE + "01"}


def test_a_settlement_moves_the_position_from_where_the_last_one_left_it() -> None:
    settlement = settle((declaration(), ""), (goal(1), ""))
    assert settlement.commit.consumed_from == Consumed(partition=2, position=6, term=3)
    assert settlement.commit.consumed == Consumed(partition=2, position=8, term=3)


@pytest.mark.parametrize("type_", ["GOAL", "TRY"])
def test_a_refusal_is_kept_whole(type_: str) -> None:
    settlement = settle((declaration(), ""), (goal(1, type=type_), ""))
    letters = [msgspec.json.decode(letter.payload, type=ProviderEvent) for letter in settlement.letters]
    assert letters == ([goal(1, type="TRY")] if type_ == "TRY" else [])
    assert [letter.position for letter in settlement.letters] == ["2:8"] * len(letters)
