"""Which games a set of follows brings, and to whom a new one is new."""

import msgspec
import pytest

from scorewire.fanout.follow import Follow
from scorewire.fanout.interests import FINISHED_S, GAMES_MAX, Interests
from scorewire.model.score_state import ScoreState
from terrace import Match, Terrace, plain

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


def game(game_id: str, status: str, start: str) -> None:
    state = Match(game_id, status=status).state
    STATES[game_id] = msgspec.structs.replace(state, start=start)


def test_what_is_live_comes_first_then_the_next_then_the_last_that_finished() -> None:
    game("a-year-ago", "final", "2021-12-18T15:00:00Z")
    game("yesterday", "final", "2022-12-17T15:00:00Z")
    game("tomorrow", "scheduled", "2022-12-19T15:00:00Z")
    game("in-a-week", "scheduled", "2022-12-25T15:00:00Z")
    order = ["live", "tomorrow", "in-a-week", "not-at-hand", "yesterday", "a-year-ago"]
    for count in range(1, len(order)):
        interests = Interests(full_games_max=count, state_of=STATES.get)
        interests.open(TEAM.key, 0.0).games.update(dict.fromkeys(reversed(order)))
        full = {game_id for game_id, line in interests.wanted([TEAM]).items() if not line}
        assert full == set(order[:count])


def test_of_too_many_games_the_finished_are_left_out() -> None:
    interests = make()
    interest = interests.open(LEAGUE.key, 0.0)
    interest.games.clear()
    for number in range(GAMES_MAX):
        game(f"old{number}", "final", "2020-01-01T00:00:00Z")
        interest.games[f"old{number}"] = None
    interest.games["live"] = None
    wanted = interests.wanted([LEAGUE])
    assert len(wanted) == GAMES_MAX
    assert "live" in wanted


# In a hub.


def finish(match: Match, status: str = "final") -> None:
    match.state = msgspec.structs.replace(match.state, status=status)


@pytest.mark.parametrize("status", ["final", "ended", "cancelled"])
async def test_a_finished_game_leaves_those_who_did_not_name_it_and_a_correction_brings_it_back(
    status: str,
) -> None:
    done, live = Match("g1"), Match("g2")
    terrace = Terrace(done, live)
    terrace.lists = {("league", "l1"): ("g1", "g2")}
    terrace.hub.wheel.turn(0.0)
    league, both, named = (terrace.sse(query) for query in ("league=l1", "league=l1&game=g1", "game=g1"))
    socket = terrace.websocket()
    socket.say(action="subscribe", league_id="l1")
    await terrace.settle()
    finish(done, status)
    await terrace.publish(done.quiet())
    terrace.hub.wheel.turn(FINISHED_S - 1)
    await terrace.settle()
    assert league.fan is not None
    assert socket.fan is not None
    assert len(league.fan.audiences) == len(socket.fan.audiences) == 2
    terrace.hub.wheel.turn(FINISHED_S + 2)
    await terrace.settle()
    for fan in (league.fan, socket.fan):
        assert [audience.channel.game_id for audience in fan.audiences] == ["g2"]
    late = terrace.sse("league=l1")
    await terrace.settle()
    late.read()
    assert set(late.states) == {"g2"}
    await terrace.publish(done.correct())
    await terrace.settle()
    for reader in (league, both, named, socket, late):
        reader.read()
        line = reader in (league, socket, late)
        assert reader.states["g1"] == plain(done.state, line=line)
    terrace.hub.wheel.turn(2 * FINISHED_S + 5)
    await terrace.settle()
    assert len(league.fan.audiences) == 1
    assert [fan.count() for fan in terrace.hub._live.stands.of("g1")][:1] == [2]


async def test_a_game_that_goes_on_does_not_leave() -> None:
    match = Match("g1")
    terrace = Terrace(match)
    terrace.lists = {("league", "l1"): ("g1",)}
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("league=l1")
    await terrace.settle()
    finish(match)
    await terrace.publish(match.quiet())
    finish(match, "live")
    await terrace.publish(match.goal())
    terrace.hub.wheel.turn(2 * FINISHED_S)
    await terrace.publish(match.goal())
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == plain(match.state, line=True)


async def test_a_fan_that_has_all_it_may_have_gives_up_a_finished_game_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scorewire.fanout.interests.GAMES_MAX", 2)
    old, live = Match("g1", status="final"), Match("g2")
    terrace = Terrace(old, live)
    terrace.lists = {("league", "l1"): ("g1", "g2")}
    fan = terrace.sse("league=l1")
    await terrace.settle()
    for game_id in ("g3", "g4"):
        await terrace.publish(Match(game_id).first())
        await terrace.settle()
    fan.read()
    assert set(fan.states) == {"g1", "g2", "g3"}
    assert fan.fan is not None
    assert [audience.channel.game_id for audience in fan.fan.audiences] == ["g2", "g3"]


async def test_subscriptions_one_after_the_other_bring_no_more_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scorewire.fanout.interests.GAMES_MAX", 3)
    terrace = Terrace(*(Match(f"g{number}") for number in range(7)))
    terrace.lists = {("league", "l1"): ("g0", "g1"), ("league", "l2"): ("g1", "g2", "g3", "g4")}
    fan = terrace.websocket()
    for follow in ({"league_id": "l1"}, {"league_id": "l2"}, {"game_id": "g6"}):
        fan.say(action="subscribe", **follow)
        await terrace.settle()
    fan.read()
    assert set(fan.states) == {"g0", "g1", "g2", "g6"}
    assert [data["games"] for name, data in fan.events if name == "subscribed"][1] == ["g1", "g2"]
