"""Squads, seasons and logs as tables: which columns, in which order, with what at the end."""

from typing import Any

import pytest

from scorewire.model.provider_event import League
from scorewire.web.stat_tables import game_log, highlights, log_game, seasons_of, squad, team_figures
from scorewire.web.statistics import Heading, NamedTeam, Played, PlayerSeason, SquadLine, TeamSeason

EPL = League(id="epl", name="Premier League")
COLUMNS = {
    "match": (
        Heading(id="MIN", name="Minutes played", unit="s"),
        Heading(id="G", name="Goals"),
        Heading(id="RC", name="Red cards"),
        Heading(id="GF", name="Goals for"),
    )
}


def line(name: str, games: int = 2, **figures: int) -> SquadLine:
    return SquadLine(
        id=f"p-{name}", name=name, number="9", position="F", games=games, totals={"match": figures}
    )


def season(*players: SquadLine, **totals: float) -> TeamSeason:
    return TeamSeason(
        league=EPL, season="2026-27", sport="soccer", games=4, columns=COLUMNS, totals={"match": totals},
        players=players,
    )  # fmt: skip


def test_a_squad_has_those_who_did_most_first_and_no_column_of_noughts() -> None:
    told = season(
        line("Idle", MIN=0, G=0),
        line("Ada", MIN=5400, G=1, RC=0),
        line("Bea", MIN=2700, G=3),
        line("Cleo", 3, MIN=2700, G=1),
        G=5,
        MIN=10_800,
    )
    (table,) = squad(told)
    assert [head.id for head in table.columns] == ["MIN", "G"]
    assert [(row.name, row.before, row.cells) for row in table.rows] == [
        ("Bea", ("2",), ("45:00", "3")),
        ("Ada", ("2",), ("90:00", "1")),
        ("Cleo", ("3",), ("45:00", "1")),
    ]
    assert (table.rows[0].href, table.rows[0].note) == ("/player/p-Bea", "9 F")
    assert table.totals == ("180:00", "5")
    assert squad(season(line("Idle", G=0))) == ()


def test_a_team_adds_up_to_figures_in_all_and_a_game() -> None:
    # Minutes say nothing of a team; none of something is a figure too.
    told = season(G=5, GF=6, MIN=10_800, RC=0)
    assert team_figures(told) == (("Goals", "6", "1.5"), ("Red cards", "0", "0.0"))


def career(**more: Any) -> PlayerSeason:
    held = {
        "league": EPL,
        "season": "2026-27",
        "sport": "soccer",
        "teams": (NamedTeam(id="ars", abbr="ARS"), NamedTeam(id="eve", name="Everton")),
        "games": 3,
        "columns": COLUMNS,
        "totals": {"match": {"MIN": 5400, "G": 2, "RC": 0}},
    }
    return PlayerSeason(**(held | more))


def played(**more: Any) -> Played:
    held = {
        "game_id": "g1", "league": "epl", "season": "2026-27", "sport": "soccer",
        "start": "2026-11-21T15:00:00Z", "status": "final", "side": "away",
        "home": NamedTeam(id="eve", abbr="EVE", score=1), "away": NamedTeam(id="ars", abbr="ARS", score=2),
        "tables": {"match": {"MIN": 5400, "G": 1}},
    }  # fmt: skip
    return Played(**(held | more))


def test_a_player_has_a_row_for_each_season_and_each_game() -> None:
    (table,) = seasons_of([career(), career(season="2025-26", totals={"match": {"G": 0}})])
    # A season in which nothing was counted has no row.
    assert [(row.name, row.note, row.before, row.cells) for row in table.rows] == [
        ("Premier League", "2026-27", ("ARS, Everton", "3"), ("90:00", "2")),
    ]
    (log,) = game_log([played(), played(game_id="g2", league="gone")], [career()])
    assert [(row.href, row.cells) for row in log.rows] == [
        ("/game/g1", ("90:00", "1")),
        ("/game/g2", ("90:00", "1")),
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, ("at", "eve", "won", "2–1")),
        ({"side": "home"}, ("v", "ars", "lost", "1–2")),
        ({"status": "live"}, ("at", "eve", "", "2–1")),
        ({"away": NamedTeam(id="ars", score=1)}, ("at", "eve", "drawn", "1–1")),
        ({"away": NamedTeam(id="ars")}, ("at", "eve", "", "")),
        ({"sport": "cricket"}, ("at", "eve", "", "2–1")),
        ({"status": "retired"}, ("at", "eve", "", "2–1")),
    ],
)
def test_a_log_tells_a_game_from_the_side_of_the_player(more: Any, told: tuple[str, str, str, str]) -> None:
    one = log_game(played(**more))
    assert (one.at, one.opponent.id, one.outcome, one.score) == told


def test_highlights_are_what_is_asked_first_of_the_newest_season() -> None:
    assert highlights([career(), career(games=9)]) == (
        ("Games", "3"),
        ("Goals", "2"),
        ("Minutes played", "90:00"),
    )
    points = {
        "box": (Heading(id="PTS", name="Points"), Heading(id="FG%", name="Field goal share", unit="share"))
    }
    nba = career(sport="basketball", columns=points, totals={"box": {"PTS": 70, "FG%": 0.512}})
    assert highlights([nba]) == (("Games", "3"), ("Points a game", "23.3"), ("Field goal share", ".512"))
    assert highlights([]) == ()


def test_what_most_people_judge_by_stands_first() -> None:
    names = {"FGM": 9, "MIN": 600, "REB": 4, "PTS": 21}
    columns = {"box": tuple(Heading(id=name, name=name) for name in names)}
    one = SquadLine(id="p", games=1, totals={"box": names})
    told = TeamSeason(league=EPL, sport="basketball", games=1, columns=columns, players=(one,))
    assert [head.id for head in squad(told)[0].columns] == ["MIN", "PTS", "REB", "FGM"]
