"""The bundled games are the real ones, and their files are read strictly."""

from collections import Counter
from pathlib import Path

import pytest

from scorewire import demo
from scorewire.demo.loop import OPENING
from scorewire.demo.matchday import Game, player_id, read_game
from scorewire.sports import SPORTS

FILES = sorted((Path(demo.__file__).parent / "games").glob("*.txt"))

HEAD = """game: g
sport: {sport}
league: l | League
home: h | Home | HOM | #000000
away: a | Away | AWY | #FFFFFF
final: 0-0

"""


def soccer(*lines: str) -> Game:
    return read_game(HEAD.format(sport="soccer") + "\n".join(lines))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def game(request: pytest.FixtureRequest) -> Game:
    return read_game(request.param.read_text(encoding="utf-8"))


def test_every_file_is_played() -> None:
    assert {path.stem for path in FILES} == set(OPENING)


def test_plays_alone_add_up_to_the_real_result(game: Game) -> None:
    points = {"GOAL": 1, "FG2": 2, "FG3": 3, "FT": 1, "GOAL_CANCELLED": -1}
    total: Counter[str] = Counter()
    kicks: Counter[str] = Counter()
    for play in game.plays:
        if play.type in points:
            total[str(play.team)] += points[play.type]
        kicks[str(play.team)] += play.type == "SHOOTOUT_GOAL"
    assert (total["home"], total["away"]) == game.final
    assert (kicks["home"], kicks["away"]) == (game.shootout or (0, 0))


def test_the_rules_of_the_sport_accept_every_play_and_reach_the_real_result(game: Game) -> None:
    machine = SPORTS[game.sport]
    assert set(game.rules) <= set(machine.rules)
    negated = {
        next(n for n in range(index, 0, -1) if game.plays[n].type == "GOAL")
        for index, play in enumerate(game.plays)
        if play.type == "GOAL_CANCELLED"
    }
    state = machine.begin(game.rules)
    for index, play in enumerate(game.plays):
        claim = game.event(index, "g", now_ms=1_000 + index)
        assert machine.check(game.rules, claim) is None, play
        assert machine.decide(state, claim) is None, play
        if index not in negated:
            state = machine.evolve(state, claim, claim.time_ms)
    board = machine.board(state)
    assert (board.home, board.away) == game.final
    assert board.status == "final"
    if game.shootout is not None:
        kicks = board.detail["shootout"]
        assert isinstance(kicks, dict)
        assert (kicks["home"], kicks["away"]) == game.shootout


def test_plays_come_in_order_and_the_game_lasts_as_long_as_a_game(game: Game) -> None:
    times = [play.at_s for play in game.plays]
    assert times == sorted(times)
    assert 70 * 60 < game.length_s < 170 * 60


def test_one_goal_is_cancelled_after_a_review() -> None:
    spurs = read_game(next(path for path in FILES if path.stem == "city-spurs-2019").read_text())
    kinds = [play.type for play in spurs.plays]
    at = kinds.index("GOAL_CANCELLED")
    assert kinds[at - 2 : at + 2] == ["GOAL", "VAR_STARTED", "GOAL_CANCELLED", "VAR_ENDED"]


def test_minutes_become_clocks_within_the_minute() -> None:
    game = soccer(
        "period 1", "1 GOAL home A", "23 GOAL home A", "23 GOAL home B", "45+2 CORNER away", "end 45+3"
    )
    clocks = [play.clock for play in game.plays if play.type in {"GOAL", "CORNER", "PERIOD_END"}]
    assert clocks == ["0:30", "22:20", "22:40", "45+1:30", "45+2:30"]
    sets = [play.clock for play in game.plays if play.type == "CLOCK_SET"]
    assert sets == ["5:00", "10:00", "15:00", "20:00", "25:00", "30:00", "35:00", "40:00"]


def test_a_play_says_who_what_and_when() -> None:
    game = soccer(
        "period 1", "23 SUBSTITUTION away Ángel Di María ; in=John Arne Riise", "- VAR_STARTED ; subject=goal"
    )
    off = next(play for play in game.plays if play.type == "SUBSTITUTION")
    assert (off.team, off.player, off.period) == ("away", "Ángel Di María", 1)
    assert off.detail == {"in": "John Arne Riise", "in_id": "john-arne-riise"}
    review = next(play for play in game.plays if play.type == "VAR_STARTED")
    assert (review.clock, review.team, review.player, review.detail) == (None, None, "", {"subject": "goal"})
    index = game.plays.index(off)
    claim = game.event(index, "g-1", now_ms=77)
    assert (claim.game_id, claim.event, claim.sequence, claim.revision) == (
        "g-1",
        f"g-1:{index + 1}",
        index + 1,
        77,
    )
    assert claim.player is not None
    assert claim.player.id == "angel-di-maria"


@pytest.mark.parametrize(
    "line",
    ["23", "23 goal home A", "x GOAL home A", "23 GOAL home A ; assist", "period x", "end 4:5"],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=line.split(maxsplit=1)[0]):
        soccer("period 1", line)


def test_names_become_ids() -> None:
    assert player_id("Ole Gunnar Solskjær") == "ole-gunnar-solskjaer"
    assert player_id("N'Golo Kanté") == "n-golo-kante"
