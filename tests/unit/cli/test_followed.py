"""A watcher's states are those of the node, or it says that it must resync."""

import random

import msgspec
import pytest

from scorewire.cli.followed import BACK_OFF_MAX_S, Followed, back_off_s
from scorewire.cli.sse import Message

STATE = {
    "game_id": "g",
    "epoch": "e",
    "seq": 3,
    "sport": "soccer",
    "league": {"id": "l"},
    "start": "2026-01-01T00:00:00Z",
    "status": "live",
    "home": {"id": "h", "name": "Home", "abbr": "H", "score": 0},
    "away": {"id": "a", "name": "Away", "abbr": "A", "score": 0},
    "updated_at": 1,
}


def message(event: str, /, **content: object) -> Message:
    return Message(event, msgspec.json.encode(content).decode())


def full(reason: str = "join", **changes: object) -> Message:
    return message("full_state", game_id="g", reason=reason, state={**STATE, **changes})


def update(seq: int, **patch: object) -> Message:
    event = {"seq": seq, "type": "GOAL", "team": "home"}
    return message("score_update", game_id="g", seq=seq, event=event, patch=patch, ts=seq * 10)


def test_a_state_and_its_updates_are_folded() -> None:
    followed = Followed()
    assert followed.take(full()) == "go on"
    assert followed.take(update(4, home={"score": 1})) == "go on"
    (state,) = followed.shown()
    assert (state.seq, state.home.score, state.updated_at) == (4, 1, 40)
    assert followed.told == [("g", {"seq": 4, "type": "GOAL", "team": "home"})]


def test_a_repeated_update_changes_nothing() -> None:
    followed = Followed()
    followed.take(full())
    followed.take(update(4, home={"score": 1}))
    assert followed.take(update(4, home={"score": 2})) == "go on"
    assert followed.shown()[0].home.score == 1
    assert len(followed.told) == 1


def test_a_gap_asks_for_full_states() -> None:
    followed = Followed()
    assert followed.take(update(4)) == "resync"
    followed.take(full())
    assert followed.take(update(5)) == "resync"
    assert followed.shown()[0].seq == 3


def test_a_correction_replaces_and_is_told() -> None:
    followed = Followed()
    followed.take(full())
    followed.take(update(4, home={"score": 1}))
    followed.take(full("correction", seq=5))
    assert followed.shown()[0].home.score == 0
    assert followed.told[-1] == ("g", {"type": "CORRECTION"})


def test_bye_says_when_to_come_again() -> None:
    followed = Followed()
    assert followed.take(message("bye", reason="drain", retry_ms=1700)) == "again"
    assert followed.bye_ms == 1700


@pytest.mark.parametrize("event", ["standings_update", "message"])
def test_what_is_not_for_us_is_passed_over(event: str) -> None:
    assert Followed().take(Message(event, "not json")) == "go on"


def test_what_cannot_be_read_asks_for_full_states() -> None:
    assert Followed().take(Message("full_state", "[")) == "resync"


def test_back_off_doubles_up_to_its_limit_and_is_spread() -> None:
    rng = random.Random(7)
    waits = [back_off_s(attempt, rng, retry_ms=None, bye_ms=None) for attempt in range(12)]
    assert all(0.25 * 2**attempt <= wait <= 0.5 * 2**attempt for attempt, wait in enumerate(waits[:6]))
    assert all(BACK_OFF_MAX_S / 2 <= wait <= BACK_OFF_MAX_S for wait in waits[8:])
    assert len(set(waits)) == len(waits)


def test_what_the_server_says_counts_more() -> None:
    rng = random.Random(7)
    assert back_off_s(9, rng, retry_ms=3000, bye_ms=1200) == 1.2
    assert 1.5 <= back_off_s(0, rng, retry_ms=3000, bye_ms=None) <= 3.0
