"""Games of a team in heaps, and what each came to for it."""

import msgspec
import pytest

from e2e.matchday import NOW, side, state
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState
from scorewire.web.standings import read_standings
from scorewire.web.team_games import form_of, heaps, of_season, places, results

CUP = League(id="cup", name="Cup")


def game(name: str, day: int, status: str, scores: tuple[int, int] = (0, 0), **more: object) -> ScoreState:
    held = {"home": side("Arsenal", "ARS", scores[0]), "away": side("Everton", "EVE", scores[1])}
    return state(name, start=f"2026-11-{day:02}T15:00:00Z", status=status, **(held | more))


def test_results_are_newest_first_and_fixtures_soonest_first() -> None:
    games = [
        game("f2", 29, "scheduled"),
        game("r1", 1, "final"),
        game("now", 21, "live"),
        game("r2", 8, "final"),
        game("f1", 28, "scheduled"),
        game("ended", 20, "ended"),
        game("off", 22, "postponed"),
    ]
    found = heaps(games)
    assert [one.game_id for one in found.live] == ["now"]
    assert [one.game_id for one in found.ahead] == ["off", "f1", "f2"]
    # What has ended is a result, though nobody has confirmed its score.
    assert [one.game_id for one in found.past] == ["ended", "r2", "r1"]


@pytest.mark.parametrize(
    ("status", "scores", "home", "away"),
    [
        ("final", (2, 1), "won", "lost"),
        ("final", (1, 1), "drawn", "drawn"),
        ("ended", (0, 3), "lost", "won"),
        ("ended", (2, 2), "drawn", "drawn"),
    ],
)
def test_a_result_is_that_of_the_team(status: str, scores: tuple[int, int], home: str, away: str) -> None:
    past = [game("g", 1, status, scores)]
    (of_home,), (of_away,) = results(past, "ars", NOW), results(past, "eve", NOW)
    assert (of_home.outcome, of_away.outcome) == (home, away)
    assert (of_home.score, of_home.opponent) == (f"{scores[0]}–{scores[1]}", "Everton")
    assert of_away.score == f"{scores[1]}–{scores[0]}"


def test_a_shoot_out_decides_and_what_was_called_off_is_no_result() -> None:
    kicks = game(
        "k", 1, "final", home=side("Arsenal", "ARS", 1, shootout=3), away=side("E", "EVE", 1, shootout=4)
    )
    off = game("off", 2, "cancelled")
    assert [one.outcome for one in results(heaps([kicks, off]).past, "ars", NOW)] == ["lost"]


def test_what_a_list_does_not_tell_is_no_draw_and_the_table_is_asked_instead() -> None:
    # Rain shortens a chase: the side with fewer runs may have won.
    chase = game("c", 1, "final", (130, 90), sport="cricket")
    retired = game("t", 2, "retired", (1, 0), sport="tennis")
    assert results([retired, chase], "ars", NOW) == []
    rows = [{"rank": 1, "team": "eve", "form": "LLL"}, {"rank": 2, "team": "ars", "form": "WLNTD"}]
    told = {"league": {"id": "ipl"}, "season": "", "table": {"parts": [{"view": "table", "rows": rows}]}}
    form = form_of(read_standings(msgspec.json.encode(told)), "ars")
    assert [(one.outcome, one.letter) for one in form] == [
        ("won", "W"), ("lost", "L"), ("drawn", "T"), ("drawn", "D"),
    ]  # fmt: skip


def test_results_are_oldest_first_and_of_one_season_where_that_is_asked_for() -> None:
    games = [
        game("a", 1, "final", (1, 0), season="2026"),
        game("b", 8, "final", (0, 1), season="2026"),
        game("c", 9, "final", (0, 1), season="2025"),
        game("d", 10, "final", (3, 1), season="2026", league=CUP),
    ]
    chosen = of_season(games, "fifa-wc", "2026")
    assert [one.game_id for one in chosen] == ["a", "b"]
    assert [one.score for one in results(heaps(chosen).past, "ars", NOW)] == ["1–0", "0–1"]
    assert places(games) == [("cup", "Cup", "2026"), ("fifa-wc", "World Cup", "2025")]
