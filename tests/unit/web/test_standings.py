"""Tables of pages: columns of each sport, figures as its followers write them, places around two teams."""

import msgspec
import pytest

from scorewire.web.standings import Standings, around, read_standings, shown_parts


def standings(*rows: dict[str, object], view: str = "table", **table: object) -> Standings:
    answer = {
        "league": {"id": "epl", "name": "Premier League"},
        "season": "2023-24",
        "table": {"parts": [{"view": view, "rows": rows}], **table},
    }
    return read_standings(msgspec.json.encode(answer))


def row(team: str, rank: int = 1, **more: object) -> dict[str, object]:
    return {"rank": rank, "team": team, "name": team.title(), "played": 3, "won": 2, "lost": 1, **more}


POINTS = {"for": 7, "against": 3, "difference": 4, "points": 6}


@pytest.mark.parametrize(
    ("given", "columns", "cells"),
    [
        (POINTS, "P W L +/− Diff Pts", "3 2 1 7:3 +4 6"),
        ({**POINTS, "drawn": 1}, "P W D L +/− Diff Pts", "3 2 1 1 7:3 +4 6"),
        ({**POINTS, "difference": -4, "points": -2}, "P W L +/− Diff Pts", "3 2 1 7:3 −4 −2"),
        ({**POINTS, "lost_late": 1, "lost_shootout": 1}, "P W L OTL +/− Diff Pts", "3 2 1 2 7:3 +4 6"),
        (
            {"pct": 0.6667, "games_behind": 1.5, "for": 300},
            "P W L +/− Diff Pct GB",
            "3 2 1 300:0 0 .667 1½",
        ),
        ({"pct": 1.0, "games_behind": 0.5, "drawn": 1}, "P W T L +/− Diff Pct GB", "3 2 1 1 0:0 0 1.000 ½"),
        ({"pct": 0.5, "games_behind": 0.0}, "P W L +/− Diff Pct GB", "3 2 1 0:0 0 .500 –"),
        ({"points": 4, "net_run_rate": -0.2534, "no_result": 1}, "P W L NR NRR Pts", "3 2 1 1 −0.253 4"),
    ],
)
def test_a_table_has_the_columns_of_its_sport(given: dict[str, object], columns: str, cells: str) -> None:
    (part,) = shown_parts(standings(row("ars", **given)))
    assert " ".join(short for short, _ in part.columns) == columns
    (line,) = part.lines
    assert line is not None
    assert " ".join(cell.text for cell in line.cells) == cells


def table_of(count: int) -> Standings:
    return standings(*(row(f"t{place}", place, **POINTS) for place in range(1, count + 1)))


@pytest.mark.parametrize(
    ("count", "teams", "places"),
    [
        (4, ("t1", "t4"), [1, 2, 3, 4]),
        (20, ("t1", "t2"), [1, 2, 3, 4]),
        (20, ("t4", "t18"), [2, 3, 4, 5, 6, None, 16, 17, 18, 19, 20]),
        (20, ("t9", "nobody"), [7, 8, 9, 10, 11]),
        (20, ("nobody", "else"), []),
    ],
)
def test_a_game_shows_the_places_around_its_teams(
    count: int, teams: tuple[str, str], places: list[int | None]
) -> None:
    found = around(table_of(count), teams)
    assert [line.rank if line else None for part in found for line in part.lines] == places


def test_what_is_special_about_a_row_is_said_in_words() -> None:
    (part,) = shown_parts(
        standings(
            row("ars", zone="Champions League", form="WWDLN", **POINTS),
            row("eve", 2, deducted=8, undecided="play_off", zone="Relegation", **POINTS),
            row("liv", 3, deducted=-2, undecided="lots", **POINTS),
        ),
        playing={"ars", "che"},
    )
    first, second, third = part.lines
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.live, second.live) == (True, False)
    assert first.form == (("W", "won"), ("W", "won"), ("D", "drawn"), ("L", "lost"), ("N", "no result"))
    assert second.notes == ("8 points deducted", "to be decided by a play-off")
    assert third.notes == ("2 points given", "to be decided by lots")
    assert part.zones == (("Champions League", "z0"), ("Relegation", "z1"))
    assert (first.zone_class, second.zone_class, third.zone_class) == ("z0", "z1", "")


def test_only_the_competition_s_own_view_is_shown_part_after_part() -> None:
    parts = [
        {"view": "group", "name": "Group A", "rows": [row("arg", **POINTS)]},
        {"view": "group", "name": "Group B", "rows": [row("fra", **POINTS)]},
        {"view": "group", "name": "C", "rows": [row("ita", **POINTS)]},
        {"view": "thirds", "name": "", "rows": [row("ger", **POINTS)]},
    ]
    body = msgspec.json.encode({"league": {"id": "wc"}, "season": "2026", "table": {"parts": parts}})
    assert [part.name for part in shown_parts(read_standings(body))] == ["Group A", "Group B", "Group C"]
    assert [part.name for part in around(read_standings(body), ("fra", "arg"))] == ["Group A", "Group B"]


def test_a_table_that_nobody_has_played_for_is_not_shown_beside_a_game() -> None:
    rows = (row("t1", 1, played=0), row("t2", 2, played=0))
    assert around(standings(*rows), ("t1", "t2")) == []
