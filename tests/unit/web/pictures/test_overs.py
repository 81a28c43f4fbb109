from pathlib import Path

import pytest

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.web.pictures import overs
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.innings import Over
from unit.web.pictures.standing import stands

TEAMS = Teams("Reds", "Blues")


def claim(type_: str, over: str = "", team: Side = "home", period: int = 1, **runs: int) -> ProviderEvent:
    detail: Detail = {**runs, "over": over} if over else {**runs}
    return ProviderEvent(
        provider="p", game_id="g", event="1", revision=1, type=type_, period=period, team=team, detail=detail
    )


def test_every_kind_of_run_counts_and_wickets_stand_in_their_over() -> None:
    claims = [
        claim("BALL", "0.1", runs=4),
        claim("BALL", "0.2", wides=2),
        claim("BALL", "0.2", noballs=1, runs=2),
        claim("WICKET", "0.6"),
        claim("PENALTY_RUNS", runs=5),
        claim("BALL", "1.2", legbyes=1, byes=1),
        claim("BALL", "?", runs=1),
        claim("FOUL", "3.1", runs=50),
    ]
    (one,) = overs.innings(claims, TEAMS)
    assert one.overs == [Over(14, 1), Over(3)]
    assert (one.name, one.runs, one.wickets, one.length) == ("Reds", 17, 1, "1.2")


def test_the_chase_has_its_target_and_a_super_over_stands_apart() -> None:
    claims = [
        claim("BALL", "0.1", runs=4),
        claim("BALL", "0.1", "away", 2, runs=1),
        claim("BALL", "0.1", "away", 3),
    ]
    first, second = overs.innings(claims, TEAMS, target=5, apart=frozenset({3}))
    assert (first.target, second.target) == (0, 5)
    assert overs.innings([], TEAMS) == []


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "apart"),
    [
        ("cricket/cricsheet/odi_dls_1277086.json", frozenset[int]()),
        ("cricket/cricsheet/t20i_super_over_902653.json", frozenset({3, 4})),
    ],
)
def test_recorded_innings_come_to_the_score(shared_data: Path, path: str, apart: frozenset[int]) -> None:
    claims, score = stands(shared_data, path)
    told = {one.side: one.runs for one in overs.innings(claims, TEAMS, apart=apart)}
    assert (told["home"], told["away"]) == score
