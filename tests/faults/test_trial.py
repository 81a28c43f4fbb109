"""What the trials would see if a promise did not hold."""

from typing import Any

import psycopg
import pytest

from adversity.supporters import Broken
from faults.terraces import Copy
from faults.trial import count


def full(seq: int, epoch: str = "e1", home: int = 0) -> dict[str, Any]:
    state = {"seq": seq, "home": {"score": home}, "away": {"score": 0}}
    return {
        "type": "full_state",
        "game_id": "g",
        "epoch": epoch,
        "seq": seq,
        "reason": "join",
        "state": state,
    }


def update(seq: int) -> dict[str, Any]:
    return {"type": "score_update", "game_id": "g", "seq": seq, "patch": {"home": {"score": seq}}, "ts": 1}


@pytest.mark.parametrize("frame", [update(7), full(4)], ids=["a hole", "a step back"])
def test_a_fan_sees_a_broken_promise(frame: dict[str, Any]) -> None:
    copy = Copy("g")
    copy.take(full(5))
    with pytest.raises(Broken):
        copy.take(frame)


def test_a_fan_lives_with_repeats_and_a_new_epoch_and_notes_each_goal_once() -> None:
    copy = Copy("g")
    for frame in (full(5), update(6), update(6), update(5)):
        copy.take(frame)
    assert (copy.seq, copy.repeated, len(copy.seen)) == (6, 2, 6)
    copy.take(full(3, "e2", home=3))
    assert (copy.seq, copy.epochs, len(copy.seen)) == (3, 1, 6)


@pytest.fixture
def journal(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "CREATE TABLE events (provider text, game_id text, event text, revision bigint, type text)"
        )
        for event in ("e1", "e2"):
            connection.execute("INSERT INTO events VALUES ('acme', 'g', %s, 1, 'GOAL')", (event,))
    return postgres_url


def test_all_that_was_acknowledged_is_there(journal: str) -> None:
    assert count(journal, ["g"], {("g", "e1", 1)}) == (0, 0)


def test_what_is_missing_is_counted(journal: str) -> None:
    with pytest.raises(AssertionError, match=r"1 acknowledged and lost.*e3"):
        count(journal, ["g"], {("g", "e1", 1), ("g", "e3", 1)})


def test_what_is_there_twice_is_counted(journal: str) -> None:
    with psycopg.connect(journal) as connection:
        connection.execute("INSERT INTO events SELECT * FROM events WHERE event = 'e2'")
    with pytest.raises(AssertionError, match=r"1 applied twice.*e2"):
        count(journal, ["g"], {("g", "e1", 1)})
