"""A push message or a whole game, of any US league: order, deletion, heartbeats, and what cannot be read."""

import json
from typing import Any

import pytest

from scorewire.errors import FeedError
from scorewire.providers import recognise
from scorewire.providers.format import Decoded
from scorewire.providers.sportradar_us import SPORTRADAR_NBA

from .folded import fold_one
from .sportradar_messages import AWAY, GAME, START_MS, game, made, message, play


def whole(*periods: list[dict[str, Any]], **given: Any) -> bytes:
    parts = [
        {"number": number, "sequence": number, "type": "quarter", "events": events}
        for number, events in enumerate(periods, 1)
    ]
    return json.dumps({**game(**given), "periods": parts}).encode()


def test_a_message_declares_its_game_and_claims_its_play() -> None:
    decoded = SPORTRADAR_NBA.decode(
        message(play("e1", "twopointmade", updated=7, home_points=2, away_points=0))
    )
    assert decoded.game == GAME
    assert decoded.declaration is not None
    assert decoded.declaration.game_id == f"sr-{GAME}"
    (claim,) = decoded.events
    assert (claim.event, claim.revision, claim.game_id) == ("e1", START_MS + 7000, f"sr-{GAME}")


def test_numbers_order_by_period_time_and_number_however_messages_come() -> None:
    def number(**given: Any) -> int:
        sequence = SPORTRADAR_NBA.decode(message(play("e", "rebound", **given))).events[0].sequence
        assert sequence is not None
        return sequence

    assert number(second=10) < number(second=11)
    assert number(second=10, number=5) < number(second=10, number=6)
    assert number(second=900) < number(second=10, period={"sequence": 2})


@pytest.mark.parametrize(
    ("event", "revision"),
    [
        ({"id": "e1", "event_type": "rebound", "deleted": "2025-01-01T03:00:08Z"}, START_MS + 8000),
        ({"id": "e1", "event_type": "rebound", "deleted": True}, 1),
        ({"id": "e1", "deleted": True, "updated": "2025-01-01T03:00:08Z"}, START_MS + 8000),
    ],
)
def test_a_deletion_needs_no_more_than_the_id(event: dict[str, Any], revision: int) -> None:
    (claim,) = SPORTRADAR_NBA.decode(message(event, operation="delete")).events
    assert (claim.event, claim.action, claim.revision) == ("e1", "retract", revision)
    assert claim.sequence is None


def test_a_heartbeat_is_empty() -> None:
    decoded = SPORTRADAR_NBA.decode(b'{"heartbeat":{"interval":5000}}')
    assert (decoded.game, decoded.events, decoded.skipped) == ("", (), {"heartbeat": 1})


def test_a_message_without_a_play_tells_the_status() -> None:
    decoded = SPORTRADAR_NBA.decode(message(None, status="closed"))
    assert [one.type for one in decoded.events] == ["GAME_END", "GAME_FINAL"]
    assert decoded.skipped == {"no_event": 1}


def test_a_play_that_is_none_is_counted() -> None:
    assert SPORTRADAR_NBA.decode(message({"id": 5})).skipped == {"unreadable_event": 1}
    assert SPORTRADAR_NBA.decode(message({"x": 5}, operation="delete")).skipped == {"unreadable_event": 1}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"payload":7}', b'{"payload":null}', b'{"id":"g"}'])
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        SPORTRADAR_NBA.decode(body)


def test_a_game_whose_id_is_none_is_refused() -> None:
    with pytest.raises(FeedError, match="cannot be the id"):
        SPORTRADAR_NBA.decode(message(None, id="a b"))


def test_messages_and_games_are_recognised_by_their_league() -> None:
    assert recognise(message(play("e1", "rebound"))) is SPORTRADAR_NBA
    assert not SPORTRADAR_NBA.recognise(message(play("e1", "rebound"), league="XFL"), "")
    assert recognise(whole([play("e1", "rebound")])) is SPORTRADAR_NBA


def test_a_whole_game_folds_to_the_score_that_it_states() -> None:
    first = [
        play("tip", "opentip"),
        play(
            "b1",
            "twopointmade",
            second=20,
            home_points=2,
            away_points=0,
            statistics=[made("fieldgoal", "p1")],
        ),
        play("b2", "threepointmade", second=40, attribution={"id": AWAY}, home_points=2, away_points=3),
        play("end1", "endperiod", second=700, home_points=2, away_points=3),
    ]
    rest = [
        [play(f"end{number}", "endperiod", second=1000 * number, period={"sequence": number})]
        for number in (2, 3)
    ]
    last = [
        play("b3", "freethrowmade", second=4000, home_points=3, away_points=3, period={"sequence": 4}),
        play("b4", "twopointmade", second=4010, home_points=5, away_points=3, period={"sequence": 4}),
        play("end4", "endperiod", second=4500, home_points=5, away_points=3, period={"sequence": 4}),
    ]
    folded = fold_one(SPORTRADAR_NBA.decode(whole(first[::-1], *rest, last, status="closed")), "sparse")
    assert folded.refused == []
    assert folded.score == (5, 3)
    assert folded.lines == {"1": (2, 3), "4": (3, 0)}
    assert folded.state.status == "final"
    assert not folded.state.under_check


def test_a_deletion_may_come_first_or_twice_and_no_older_update_brings_the_play_back() -> None:
    deleted = {"id": "b1", "event_type": "twopointmade", "deleted": "2025-01-01T03:00:30Z"}
    basket = message(play("b1", "twopointmade", second=10, updated=20, home_points=2, away_points=0))
    kept = message(play("b2", "freethrowmade", second=12, home_points=3, away_points=0))
    newer = message(play("b1", "threepointmade", second=10, updated=40, home_points=3, away_points=0))
    gone = message(deleted, operation="delete")
    for told, score in (
        ((kept, basket, gone, gone, basket), 1),
        ((kept, gone, basket), 1),
        ((kept, gone, gone), 1),
        ((kept, basket, gone, newer), 4),
    ):
        read = [SPORTRADAR_NBA.decode(body) for body in told]
        events = tuple(claim for one in read for claim in one.events)
        folded = fold_one(Decoded(GAME, read[0].declarations, events, {}), "sparse")
        assert folded.score == (score, 0)
        assert folded.refused == []
