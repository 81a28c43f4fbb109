"""By what a game may be followed."""

from scorewire.fanout.follow import Follow, interests_of
from terrace import Match


def test_a_game_is_followed_by_both_teams_its_league_and_its_sport() -> None:
    state = Match(league="fifa-wc").state
    assert set(interests_of(state)) == {
        ("team", "arg"),
        ("team", "fra"),
        ("league", "fifa-wc"),
        ("sport", "soccer"),
    }


def test_the_view_is_no_part_of_what_is_followed() -> None:
    assert Follow("game", "g1", True).key == Follow("game", "g1", False).key
