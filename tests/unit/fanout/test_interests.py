"""Which games a set of follows brings, and to whom a new one is new."""

from scorewire.fanout.follow import Follow
from scorewire.fanout.interests import GAMES_MAX, Interests
from scorewire.model.score_state import ScoreState
from terrace import Match

STATES: dict[str, ScoreState] = {
    "live": Match("live").state,
    "soon": Match("soon", status="scheduled").state,
}
LEAGUE, TEAM, GAME = Follow("league", "l1", True), Follow("team", "arg", False), Follow("game", "soon", False)


def make(full_games_max: int = 20) -> Interests:
    interests = Interests(full_games_max=full_games_max, state_of=STATES.get)
    for follow in (LEAGUE, TEAM):
        interest = interests.open(follow.key, 0.0)
        interest.games.update(dict.fromkeys(("soon", "live")))
        interest.loaded = True
    return interests


def test_the_fuller_view_wins() -> None:
    interests = make()
    assert interests.wanted([LEAGUE]) == {"soon": True, "live": True}
    assert interests.wanted([LEAGUE, TEAM]) == {"soon": False, "live": False}
    assert interests.wanted([LEAGUE, GAME]) == {"soon": False, "live": True}


def test_what_is_under_way_is_shown_in_full_first_and_named_games_always() -> None:
    interests = make(full_games_max=1)
    assert interests.wanted([TEAM]) == {"soon": True, "live": False}
    assert interests.wanted([TEAM, GAME]) == {"soon": False, "live": False}


def test_a_new_game_is_new_once_and_in_the_fuller_view() -> None:
    interests = make()
    both, one = object(), object()
    interests.join(both, LEAGUE)  # type: ignore[arg-type]
    interests.join(both, TEAM)  # type: ignore[arg-type]
    interests.join(one, LEAGUE)  # type: ignore[arg-type]
    keys = [LEAGUE.key, TEAM.key, ("sport", "soccer")]
    assert interests.add("new", keys) == [(both, False), (one, True)]  # type: ignore[arg-type]
    assert interests.add("new", keys) == []  # type: ignore[arg-type]


def test_what_the_last_has_left_is_let_go_some_time_later_unless_it_loads() -> None:
    interests = make()
    first, last = object(), object()
    for fan in (first, last):
        interests.join(fan, LEAGUE)  # type: ignore[arg-type]
    interests.leave(first, LEAGUE.key, 1.0)  # type: ignore[arg-type]
    interests.let_go(100.0, lambda _: False)
    assert interests.loaded(LEAGUE.key)
    interests.leave(last, LEAGUE.key, 100.0)  # type: ignore[arg-type]
    interests.let_go(105.0, lambda _: False)
    interests.let_go(110.0, lambda _: True)
    assert interests.loaded(LEAGUE.key)
    interests.let_go(120.0, lambda _: False)
    assert not interests.loaded(LEAGUE.key)


def test_there_is_a_limit_to_what_a_sport_brings() -> None:
    interests = make()
    interest = interests.open(("sport", "soccer"), 0.0)
    interest.games.update(dict.fromkeys(f"g{number}" for number in range(3 * GAMES_MAX)))
    assert len(interests.wanted([Follow("sport", "soccer", True)])) == GAMES_MAX
