"""At any moment of the demo something is scheduled, something live, something over."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest

from scorewire.demo.loop import Due, Lap, bundled, schedule
from scorewire.model.provider_event import GameDeclared, ProviderEvent

SCORES = {"GOAL", "FG2", "FG3", "FT"}
GAMES = bundled()


def until(limit_s: float) -> list[Due]:
    return list(itertools.takewhile(lambda due: due.at_s <= limit_s, schedule(GAMES)))


def kinds(now_s: float) -> Counter[str]:
    """How many games are scheduled, live and over among the newest lap of each game."""
    newest: dict[str, Due] = {}
    for due in until(now_s):
        newest[due.lap.game.id] = due
    found: Counter[str] = Counter()
    for due in newest.values():
        plays = due.lap.game.plays
        if due.index == len(plays) - 1:
            found["over"] += 1
        else:
            found["live" if due.at_s >= due.lap.starts_s else "scheduled"] += 1
    return found


def scoring_times(start_s: float, end_s: float) -> Iterator[float]:
    for due in until(end_s):
        if due.index >= 0 and due.lap.game.plays[due.index].type in SCORES and due.at_s >= start_s:
            yield due.at_s


@pytest.mark.parametrize("minutes", [0, 7, 60, 240, 1000])
def test_games_of_every_kind_are_on_the_list(minutes: int) -> None:
    found = kinds(minutes * 60.0)
    assert sum(found.values()) == len(GAMES)
    assert 5 <= found["live"] <= 11
    assert found["over"] >= 1
    assert found["scheduled"] >= 1


@pytest.mark.parametrize("speed", [8.0, 12.0, 30.0])
def test_a_score_moves_within_ten_seconds_of_the_start(speed: float) -> None:
    assert next(scoring_times(0.0, 600.0)) / speed < 8.0


def test_scores_keep_moving_for_hours() -> None:
    times = list(scoring_times(0.0, 30 * 3600.0))
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) / 12 < 40  # seconds at the default speed, in the quietest moment of two hours and a half
    assert sorted(gaps)[len(gaps) // 2] / 12 < 5


def test_a_goal_is_cancelled_within_two_minutes_of_the_start() -> None:
    cancelled = next(
        due.at_s
        for due in until(3600.0)
        if due.at_s > 0 and due.index >= 0 and due.lap.game.plays[due.index].type == "GOAL_CANCELLED"
    )
    assert 10 < cancelled / 12 < 120


def test_things_become_due_in_order_and_a_game_is_declared_first() -> None:
    due = until(20 * 3600.0)
    assert [one.at_s for one in due] == sorted(one.at_s for one in due)
    seen: dict[str, int] = {}
    for one in due:
        assert one.index == seen.get(one.game_id, -2) + 1
        seen[one.game_id] = one.index
    laps = Counter(one.lap.game.id for one in due if one.index == -1)
    assert all(count >= 3 for count in laps.values())


def test_claims_carry_the_present_time_and_the_speed() -> None:
    game = GAMES[0]
    lap = Lap(game, f"{game.id}-1", -600.0)
    declared = Due(-1200.0, lap.game_id, -1, lap).claim(1_700_000_000_000, 10.0)
    assert isinstance(declared, GameDeclared)
    assert declared.start == "2023-11-14T22:12:20Z"
    assert declared.time_ms == 1_700_000_000_000 - 120_000
    play = Due(30.0, lap.game_id, 0, lap).claim(1_700_000_000_000, 10.0)
    assert isinstance(play, ProviderEvent)
    assert play.time_ms == 1_700_000_003_000


def test_a_second_demo_on_the_same_data_has_ids_of_its_own() -> None:
    assert next(schedule(GAMES, run="a")).game_id.endswith("-a1")
