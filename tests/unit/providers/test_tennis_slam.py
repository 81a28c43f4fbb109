"""Grand Slam points: last sets by year, kinds of points, and three real matches point by point."""

import csv
from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.providers.tennis_slam import decode, last_set
from scorewire.sports import SPORTS
from unit.providers import recorded
from unit.providers.folded import fold

HEAD = "match_id,ElapsedTime,SetNo,PointNumber,PointWinner,PointServer,SetWinner,P1Ace,P2DoubleFault\n"


def told(*rows: str, match: str = "2019-wimbledon-1701") -> list[ProviderEvent]:
    body = HEAD + "\n".join(f"{match},{row}" for row in rows)
    return [one for one in decode(body.encode()).events if one.type == "POINT"]


def test_a_point() -> None:
    ace, fault = told("1:02:03,1,2,2,2,0,0,1", "0:00:00,1,1,1,1,0,1,0")
    assert (ace.event, ace.team, ace.clock, ace.detail) == (
        "p1",
        "home",
        "0:00",
        {"server": "home", "kind": "ace"},
    )
    assert (fault.clock, fault.detail) == ("62:03", {"server": "away", "kind": "double_fault"})


def test_rows_without_a_winner_and_clocks_that_are_none() -> None:
    body = HEAD + "2019-usopen-2101,x,1,1,1,1,0,0,0\n2019-usopen-2101,0:00:10,1,2,0,1,0,0,0\n"
    decoded = decode(body.encode())
    assert decoded.skipped == {"no_point_winner": 1}
    assert decoded.events[-1].clock is None
    assert decoded.declaration is not None
    assert decoded.declaration.rules == {"best_of": 3, "final_tiebreak_points": 7}


@pytest.mark.parametrize(
    ("slam", "year", "rules"),
    [
        ("usopen", 2012, {"final_tiebreak_points": 7}),
        ("wimbledon", 2018, {"final_tiebreak_points": 0}),
        ("wimbledon", 2019, {"final_tiebreak_at": 12}),
        ("ausopen", 2018, {"final_tiebreak_points": 0}),
        ("ausopen", 2019, {"final_tiebreak_points": 10}),
        ("frenchopen", 2021, {"final_tiebreak_points": 0}),
        ("frenchopen", 2022, {"final_tiebreak_points": 10}),
    ],
)
def test_last_sets(slam: str, year: int, rules: dict[str, int]) -> None:
    assert last_set(slam, year) == rules


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", HEAD.encode(), HEAD.encode() + b"a b,,1,1,1,1,0,0,0\n"])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


RESULTS = {
    "2012-usopen-1101": ("Roger Federer", {"1": (6, 3), "2": (6, 2), "3": (6, 4)}),
    "2012-usopen-1601": ("Tomas Berdych", {"1": (7, 5), "2": (2, 6), "3": (1, 6), "4": (6, 7)}),
    "2012-usopen-1701": ("Andy Murray", {"1": (7, 6), "2": (7, 5), "3": (2, 6), "4": (3, 6), "5": (6, 2)}),
}


@pytest.mark.data
def test_three_matches_come_to_their_results(shared_data: Path) -> None:
    found = recorded.recording(shared_data, "tennis/slam_pointbypoint/2012_usopen_selected_points.csv")
    decoded = found.decode()
    assert (found.format.name, decoded.skipped) == ("tennis_slam", {})
    for game, match in fold(decoded).items():
        home, lines = RESULTS[game.removeprefix("tennis_slam-")]
        assert (match.state.home.name, match.lines) == (home, lines)
        assert (match.state.status, match.state.under_check, match.refused) == ("final", False, [])


@pytest.mark.data
def test_after_every_point_the_board_says_what_the_row_says(shared_data: Path) -> None:
    path = shared_data / "tennis/slam_pointbypoint/2012_usopen_selected_points.csv"
    rows = {
        (row["match_id"], f"p{row['PointNumber']}"): row
        for row in csv.DictReader(path.read_text().splitlines())
    }
    decoded = recorded.recording(path.parent, path.name).decode()
    desks = {
        one.game_id: Desk(Book(game_id=one.game_id, machines=SPORTS), "e") for one in decoded.declarations
    }
    claims: list[Claim] = [*decoded.declarations, *decoded.events]
    compared = {"games": 0, "points": 0}
    for offset, claim in enumerate(claims, 1):
        desk = desks[claim.game_id]
        decide(desk, claim, now_ms=offset, log_offset=offset, kind="dense")
        row = rows.get((claim.game_id.removeprefix("tennis_slam-"), claim.event))
        if row is None:
            continue
        assert desk.shown is not None
        assert isinstance(claim, ProviderEvent)
        assert claim.score is not None
        assert (desk.shown.home.score, desk.shown.away.score) == (claim.score.home, claim.score.away)
        lines, detail = desk.shown.linescore, desk.shown.detail
        assert isinstance(lines, dict)
        assert isinstance(detail, dict)
        line = lines[row["SetNo"]]
        assert (line["home"], line["away"]) == (int(row["P1GamesWon"]), int(row["P2GamesWon"]))
        compared["games"] += 1
        if row["SetWinner"] == "0":  # a set that is won leaves no points on the board
            points = detail["points"]
            assert isinstance(points, dict)
            assert (points["home"], points["away"]) == (row["P1Score"], row["P2Score"])
            compared["points"] += 1
    assert compared == {"games": 743, "points": 731}
