"""Wyscout: its quirks on entries made here, and a real match to its result."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.wyscout import decode
from unit.providers import recorded
from unit.providers.folded import fold_one


def entry(kind: int, sub: int | str = "", *tags: int, team: int = 1, **fields: Any) -> dict[str, Any]:
    base = {
        "id": 7,
        "teamId": team,
        "matchId": 5,
        "playerId": 9,
        "matchPeriod": "1H",
        "eventSec": 61.5,
        "eventName": kind,
        "subEventName": sub,
        "positions": [{"x": "90", "y": 50}],
        "tags": [{"id": tag} for tag in tags],
    }
    return {**base, **fields}


def told(*entries: dict[str, Any]) -> list[ProviderEvent]:
    """What these entries make, without the start and the end."""
    teams = {str(one): {"team": {"name": f"Team {one}"}} for one in (1, 2)}
    return list(decode(msgspec.json.encode({"events": entries, "teams": teams})).events[1:-3])


def test_a_goal_is_on_the_shot_and_on_the_keeper_and_counts_once() -> None:
    shot, keeper = told(entry(10, 100, 101), entry(9, 90, 101, team=2, id=8))
    assert (shot.type, shot.team, shot.clock, shot.x) == ("GOAL", "home", "01:01", 0.9)
    assert (keeper.type, keeper.team) == ("GOALKEEPER", "away")


def test_an_own_goal_counts_for_the_other_side() -> None:
    (goal,) = told(entry(8, 85, 102))
    assert (goal.type, goal.team, goal.detail) == ("GOAL", "away", {"own_goal": True})


@pytest.mark.parametrize(
    ("given", "types"),
    [
        (entry(3, 35, 101), ["PENALTY_AWARDED", "GOAL"]),
        (entry(3, 35, 1802), ["PENALTY_AWARDED", "PENALTY_MISSED"]),
        (entry(3, 33, 101), ["GOAL"]),
        (entry(3, 30), ["CORNER"]),
        (entry(2, 20, 1702), ["FOUL", "YELLOW_CARD"]),
        (entry(6), ["OFFSIDE"]),
        (entry(10, 100, 2101), ["SHOT"]),
        (entry(99), []),
    ],
)
def test_numbers_and_tags(given: dict[str, Any], types: list[str]) -> None:
    assert [one.type for one in told(given)] == types


def test_kicks_of_the_shoot_out() -> None:
    kicks = told(entry(3, 35, 101, matchPeriod="P"), entry(3, 35, matchPeriod="P", id=8, team=2))
    assert [(one.type, one.team) for one in kicks] == [("SHOOTOUT_GOAL", "home"), ("SHOOTOUT_MISS", "away")]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"events":[]}', b'{"events":[{}]}', b'{"events":[1]}'])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


@pytest.mark.data
def test_liverpool_against_leicester(shared_data: Path) -> None:
    found = recorded.recording(shared_data, "soccer/wyscout/2499773_events_v2.json.gz")
    assert found.format.name == "wyscout"
    assert found.decode().skipped == {}
    recorded.assert_dense(found.decode().events)
    game = fold_one(found.decode())
    assert (game.score, game.lines) == ((3, 2), {"1": (2, 1), "2": (1, 1)})
    assert (game.state.status, game.refused) == ("final", [])
    scorers = [one.player.name for one in found.decode().events if one.type == "GOAL" and one.player]
    assert scorers == ["Mohamed Salah", "Philippe Coutinho", "S. Okazaki", "J. Henderson", "J. Vardy"]
    kinds = Counter(one.type for one in found.decode().events)
    assert (kinds["YELLOW_CARD"], kinds["PENALTY_MISSED"], kinds["OFFSIDE"]) == (6, 1, 5)
