from typing import Any

import msgspec
import pytest

from scorewire.web.box_score import BoxScore, compared, figure, has_lines, read_box_score, side_tables

COLUMNS = [
    {"id": "MIN", "name": "Minutes played", "unit": "s"},
    {"id": "FGM", "name": "Field goals made"},
    {"id": "FG%", "name": "Field goal share", "unit": "share"},
    {"id": "PTS", "name": "Points"},
    {"id": "+/-", "name": "Plus-minus", "unit": "signed"},
    {"id": "TREB", "name": "Team rebounds"},
]


def player(name: str, *, starter: bool = False, played: bool = True, **cells: float) -> dict[str, Any]:
    return {"id": name.lower(), "name": name, "starter": starter, "played": played, "tables": {"box": cells}}


def box(*players: dict[str, Any], totals: dict[str, float] | None = None) -> BoxScore:
    side = {"id": "bkn", "name": "Nets", "totals": {"box": totals or {}}, "players": players}
    other = {"id": "gsw", "name": "Warriors", "totals": {"box": {"PTS": 25, "TREB": 0}}, "players": []}
    told = {"seq": 9, "sport": "basketball", "columns": {"box": COLUMNS}, "home": side, "away": other}
    return read_box_score(msgspec.json.encode(told))


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("s", 1482, "24:42"),
        ("outs", 17, "5.2"),
        ("balls", 23, "3.5"),
        ("balls", 24, "4"),
        ("share", 0.4375, ".438"),
        ("share", 1.0, "1.000"),
        ("rate", 3.456, "3.46"),
        ("signed", 7, "+7"),
        ("signed", -7, "−7"),
        ("signed", 0, "0"),
        ("", -3, "−3"),
        ("", 4.5, "4.5"),
    ],
)
def test_figures_are_written_as_box_scores_write_them(unit: str, value: float, text: str) -> None:
    assert figure(unit, value) == text


def test_a_table_has_starters_first_what_judges_them_first_and_no_empty_column() -> None:
    held = box(
        player("Ada", FGM=1, PTS=2, MIN=100, **{"+/-": -3}),
        player("Bea", starter=True, FGM=4, PTS=9, MIN=200, **{"FG%": 0.5, "+/-": 3}),
        player("Cleo", played=False),
        totals={"FGM": 5, "PTS": 11, "MIN": 300, "FG%": 0.5, "TREB": 4},
    )
    home, away = side_tables(held)
    (table,) = home.tables
    assert [one.id for one in table.columns] == ["MIN", "PTS", "FGM", "FG%", "+/-"]
    assert [row.name for row in table.rows] == ["Bea", "Ada"]
    assert [cell.text for cell in table.rows[1].cells] == ["1:40", "2", "1", "", "−3"]
    assert [cell.value for cell in table.rows[1].cells] == ["100", "2", "1", "", "-3"]
    assert [cell.text for cell in table.totals] == ["5:00", "11", "5", ".500", ""]
    assert (home.idle, away.tables) == (("Cleo",), ())


def test_teams_are_compared_in_what_either_has_any_of() -> None:
    told = compared(box(player("Ada", PTS=75), totals={"PTS": 75, "TREB": 0, "MIN": 10}))
    assert [(one.name, one.home, one.away, one.share) for one in told] == [("Points", "75", "25", 75.0)]


def test_a_line_up_alone_is_no_box_score() -> None:
    nothing = box(player("Ada", played=False))
    assert not has_lines(
        msgspec.structs.replace(nothing, away=msgspec.structs.replace(nothing.away, totals={}))
    )
    assert has_lines(box(player("Ada", PTS=2)))
