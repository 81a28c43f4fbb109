"""Game events in bytes, and what waits to become some."""

import msgspec
import pytest

from contract.scoreboard_suite import state, update
from scorewire.log.kafka_game_events import (
    Backlog,
    announcement,
    as_whole,
    complete_ms,
    read_announcement,
)
from scorewire.log.kafka_records import UNREADABLE
from scorewire.scoreboard.base import Head, whole


@pytest.mark.parametrize("given", [update("g1", 1), update("g1", 60), update("g1", 7, correction=True)])
def test_an_update_is_read_back_as_it_was(given: object) -> None:
    record = announcement(given, 1234)  # type: ignore[arg-type]
    found = read_announcement(2, 41, record.headers, record.value)
    assert (record.key, found.partition, found.offset, found.complete_ms) == (b"g1", 2, 42, 1234)
    assert found.update == given


def test_the_trace_of_a_row_is_a_header_and_none_where_there_is_none() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    record = announcement(update("g1", 1), 5, trace)
    assert read_announcement(0, 0, record.headers, record.value).traceparent == trace
    record = announcement(update("g1", 1), 5)
    assert "traceparent" not in dict(record.headers)
    assert read_announcement(0, 0, record.headers, record.value).traceparent == ""


def test_another_version_and_what_is_not_ours_are_unreadable() -> None:
    record = announcement(update("g1", 1), 5)
    for headers in ([("format", b"2"), ("complete-ms", b"5")], []):
        with pytest.raises(UNREADABLE):
            read_announcement(0, 0, headers, record.value)
    with pytest.raises(UNREADABLE):
        read_announcement(0, 0, record.headers, b"{}")


def test_fields_that_come_later_are_no_harm() -> None:
    record = announcement(update("g1", 1), 5)
    tree = msgspec.json.decode(record.value)
    tree["later"] = tree["state"]["later"] = 1
    assert read_announcement(0, 0, record.headers, msgspec.json.encode(tree)).update == update("g1", 1)


def test_a_state_that_replaces_is_what_the_scoreboard_makes_of_a_head() -> None:
    one = update("g1", 9, corrected_seq=4)
    assert as_whole(one) == whole(Head(state=state("g1", 9), corrected_seq=4))


def test_what_waits_comes_in_order_and_once() -> None:
    backlog = Backlog(100)
    backlog.add([update("g1", 1), update("g2", 1)])
    backlog.add([update("g1", 2)])
    assert len(backlog) == 3
    games = backlog.take()
    assert {name: [one.seq for one in waiting.updates] for name, waiting in games.items()} == {
        "g1": [1, 2],
        "g2": [1],
    }
    assert complete_ms(games) == update("g1", 1).ts
    assert (len(backlog), backlog.take(), backlog.thinned) == (0, {}, 0)


def test_too_much_is_thinned_to_the_newest_states_which_stand_for_the_oldest_row() -> None:
    backlog = Backlog(10)
    for seq in range(1, 12):
        backlog.add([update("g1", seq)])
    assert (len(backlog), backlog.thinned) == (1, 10)
    backlog.add([update("g1", 12)])
    games = backlog.take()
    assert games["g1"].updates == [as_whole(update("g1", 11)), update("g1", 12)]
    assert games["g1"].since_ms == update("g1", 1).ts


def test_what_was_not_announced_is_one_state_with_what_has_come_since() -> None:
    backlog = Backlog(100)
    backlog.add([update("g1", 1), update("g2", 1)])
    failed = backlog.take()
    backlog.add([update("g1", 2), update("g3", 1)])
    backlog.give_back(failed)
    assert len(backlog) == 3
    games = backlog.take()
    assert games["g1"].updates == [as_whole(update("g1", 2))]
    assert games["g2"].updates == [as_whole(update("g2", 1))]
    assert games["g3"].updates == [update("g3", 1)]
    assert games["g1"].since_ms == update("g1", 1).ts


def test_the_newest_state_is_kept_whatever_stands_last() -> None:
    backlog = Backlog(2)
    backlog.add([update("g1", 5), update("g1", 6), update("g1", 5)])
    assert backlog.take()["g1"].updates == [as_whole(update("g1", 6))]
    backlog.add([update("g1", 5), update("g1", 6), update("g1", 2, epoch="another1")])
    assert backlog.take()["g1"].updates == [as_whole(update("g1", 2, epoch="another1"))]
