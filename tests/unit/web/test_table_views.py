"""Ways to look at a table: views of its rules, and splits that are ranked anew."""

import msgspec

from scorewire.web.standings import Standings, painted, read_standings
from scorewire.web.table_views import table_views, view_parts


def standings(*parts: dict[str, object]) -> Standings:
    return read_standings(
        msgspec.json.encode({"league": {"id": "epl"}, "season": "", "table": {"parts": parts}})
    )


def row(team: str, rank: int, **more: object) -> dict[str, object]:
    return {"rank": rank, "team": team, "points": 9 - rank, "form": "WWL", "zone": "Up", **more}


def home(won: int, drawn: int, lost: int, scored: int, points: int) -> dict[str, object]:
    return {
        "played": won + drawn + lost,
        "won": won,
        "drawn": drawn,
        "lost": lost,
        "for": scored,
        "points": points,
    }


def test_a_split_is_ranked_by_itself_and_equals_share_the_place() -> None:
    told = standings(
        {
            "view": "table",
            "rows": [
                row("a", 1, home=home(1, 0, 1, 3, 3)),
                row("b", 2, home=home(2, 0, 0, 2, 6)),
                row("c", 3, home=home(1, 0, 1, 3, 3)),
                row("d", 4, home=home(1, 0, 1, 4, 3)),
            ],
        }
    )
    (part,) = view_parts(told, "home", {"a"})
    lines = [line for line in part.lines if line is not None]
    assert [(line.rank, line.team) for line in lines] == [(1, "b"), (2, "d"), (3, "a"), (3, "c")]
    assert " ".join(cell.text for cell in lines[1].cells) == "2 1 1 4:0 +4 3"
    assert [line.live for line in lines] == [False, False, True, False]
    # Neither zones nor form are of the games at home alone.
    assert (part.formed, part.zones) == (False, ())
    (whole,) = view_parts(told, "")
    assert (whole.formed, [name for name, _ in whole.zones]) == (True, ["Up"])


def test_leagues_that_rank_by_the_share_of_wins_do_so_in_splits() -> None:
    rows = [
        {"rank": 1, "team": "a", "pct": 0.7, "last_ten": {"played": 10, "won": 4, "lost": 6}},
        {"rank": 2, "team": "b", "pct": 0.6, "last_ten": {"played": 9, "won": 6, "lost": 2, "drawn": 1}},
    ]
    (part,) = view_parts(standings({"view": "conference", "name": "East", "rows": rows}), "last_ten")
    assert part.name == "East"
    assert [(line.team, line.cells[-1].text) for line in part.lines if line] == [("b", ".722"), ("a", ".400")]


def test_views_are_those_of_the_rules_and_the_splits_that_there_are() -> None:
    one = standings({"view": "table", "rows": [row("a", 1, home=home(1, 0, 0, 1, 3))]})
    assert [(view.key, view.name) for view in table_views(one)] == [("", "Overall"), ("home", "Home")]
    divided = [{"view": "division", "rows": [row("a", 1)]}, {"view": "conference", "rows": [row("b", 1)]}]
    two = standings(*divided)
    assert [(view.key, view.name) for view in table_views(two)] == [
        ("", "Division"),
        ("conference", "Conference"),
    ]
    assert [part.lines[0].team for part in view_parts(two, "conference") if part.lines[0]] == ["b"]
    assert [part.lines[0].team for part in view_parts(two, "nothing") if part.lines[0]] == ["a"]
    assert (table_views(standings()), view_parts(standings(), "home")) == ((), [])


def test_equals_in_points_and_difference_are_told_apart_by_what_they_scored() -> None:
    def level(goals: int) -> dict[str, object]:
        return home(1, 0, 1, goals, 3) | {"against": goals}

    rows = [row("a", 1, home=level(2)), row("b", 2, home=level(5))]
    (part,) = view_parts(standings({"view": "table", "rows": rows}), "home")
    assert [(line.rank, line.team) for line in part.lines if line] == [(1, "b"), (2, "a")]


def test_teams_stand_in_their_own_colours_where_these_are_known() -> None:
    told = standings({"view": "table", "rows": [row("a", 1), row("b", 2)]})
    (part,) = painted(view_parts(told, ""), {"a": "#EF0107"})
    assert [(line.badge, line.paint) for line in part.lines if line] == [("deep", "#ef0107"), ("h5", "")]
