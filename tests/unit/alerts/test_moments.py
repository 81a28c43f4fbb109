"""What there is to tell of a game, and what replaces it."""

from collections import Counter
from pathlib import Path

import pytest

from scorewire.alerts.moments import TEXT_MAX, cut
from unit.alerts.told import Played, moments, played, recorded


def soccer() -> Played:
    one = played("soccer")
    one.say("PERIOD_START", period=1)
    return one


def test_a_game_from_its_start_to_its_end() -> None:
    one = soccer()
    one.say("GOAL", "home", "messi", period=1, clock="22:41")
    one.say("SHOT", "home", "messi", period=1, clock="23:00")
    one.say("YELLOW_CARD", "away", "rabiot", period=1, clock="30:00")
    one.say("PERIOD_END", period=1)
    one.say("PERIOD_START", period=2)
    one.say("PERIOD_END", period=2)
    one.say("GAME_END")
    one.say("GAME_FINAL")
    assert one.told == [
        ("start", "cup: it begins"),
        ("goal", "Goal, MESSI 22:41"),
        ("key", "Yellow card, RABIOT 30:00"),
        ("key", "Half-time"),
        ("key", "2nd half"),
        ("key", "Full time"),
        ("end", "Full time"),
    ]
    assert [told.title for told in one.moments if told.level == "goal"] == ["Home 1–0 Away"]
    assert len({told.id for told in one.moments}) == len(one.moments)


def test_a_cancelled_goal_replaces_the_goal_and_says_the_score() -> None:
    one = soccer()
    goal = one.say("GOAL", "away", "mbappe", period=1, clock="80:00").rows[0]
    one.take_back(one.plays("GOAL")[0])
    told, taken = one.moments[1:]
    assert taken.correction
    assert (taken.tag, taken.level) == (told.tag, "goal")
    assert told.tag == f"g1/{goal.seq}"
    assert taken.title == "Home 0–0 Away"
    assert "ancel" in taken.text


def test_a_correction_of_a_correction_is_about_the_same_goal() -> None:
    one = soccer()
    one.say("GOAL", "away", "mbappe", period=1, clock="80:00", event="goal")
    cancelled = one.say(
        "GOAL_CANCELLED", "away", period=1, clock="81:00", detail={"event": "goal"}, event="c"
    )
    assert cancelled.rows[0].correction
    one.take_back(one.plays("GOAL_CANCELLED")[0])
    tags = [told.tag for told in one.moments if told.level == "goal"]
    assert len(tags) == 3
    assert len(set(tags)) == 1


def test_another_scorer_is_told_under_the_same_tag() -> None:
    one = soccer()
    one.say("GOAL", "home", "messi", period=1, clock="10:00")
    one.put_right(one.plays("GOAL")[0], clock="11:00")
    told, again = [told for told in one.moments if told.level == "goal"]
    assert told.tag == again.tag
    assert again.correction


@pytest.mark.parametrize("ending", ["GAME_POSTPONED", "GAME_CANCELLED", "GAME_ABANDONED"])
def test_a_game_without_a_result_has_none_in_its_title(ending: str) -> None:
    one = played("soccer")
    one.say(ending)
    (told,) = one.moments
    assert told.level == "end"
    assert told.title == "Home v Away"
    assert told.text in ("Postponed", "Cancelled", "Abandoned")


def test_hidden_words_tell_nothing() -> None:
    one = soccer()
    one.say("GOAL", "home", "messi", period=1)
    one.say("PERIOD_END", period=1)
    one.say("PERIOD_START", period=2)
    one.say("PERIOD_END", period=2)
    one.say("GAME_END")
    for told in one.moments:
        hidden = told.hidden_title + told.hidden
        assert told.hidden_title == "Home v Away"
        assert not any(letter.isdigit() for letter in hidden)
        assert "MESSI" not in hidden
    goal, period = [told for told in one.moments if told.level in ("goal", "key")][:2]
    assert goal.hidden == period.hidden, "who hides scores cannot tell a goal from half-time"


def test_where_the_score_changes_every_minute_periods_are_told() -> None:
    one = played("basketball")
    one.say("PERIOD_START", period=1)
    for _ in range(5):
        one.say("FG3", "home", "curry", period=1)
    one.say("PERIOD_END", period=1)
    assert [level for level, _ in one.told] == ["start", "goal"]
    assert one.moments[-1].title == "Home 15–0 Away"


def test_names_are_cut_and_cannot_break_a_line() -> None:
    assert len(cut("x" * 500)) == TEXT_MAX
    assert cut("a\u202eb\nc") == "abc"


def test_the_same_update_makes_the_same_moment() -> None:
    one = soccer()
    one.say("GOAL", "home", "messi", period=1)
    assert moments(one.updates) == moments(one.updates)


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "goals", "most"),
    [
        ("soccer/statsbomb/3788741_events.json.gz", 3, 25),
        ("basketball/nba_cdn_live/0022000001_playbyplay.json.gz", 4, 15),
    ],
)
def test_a_real_game_is_a_handful_of_alerts(shared_data: Path, path: str, goals: int, most: int) -> None:
    counted = Counter(told.level for told in recorded(shared_data, path).moments if not told.correction)
    assert counted["start"] == 1
    assert counted["end"] == 1
    assert counted["goal"] == goals
    assert counted.total() <= most
