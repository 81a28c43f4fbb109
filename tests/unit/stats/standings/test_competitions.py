"""Which rules a league has; and rugby, cricket, volleyball, handball by cases made by hand."""

import msgspec
import pytest

from scorewire.sports import SPORTS
from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS, rules_for
from scorewire.stats.standings.result import Figures, Result
from scorewire.stats.standings.rules import Rules
from scorewire.stats.standings.table import table
from unit.stats.standings.made import game, games, places, rules


class TestRulesFor:
    def test_a_league_that_rules_name(self) -> None:
        assert rules_for("basketball", "nba") is COMPETITIONS["nba"]

    def test_of_another_sport_it_is_another_league(self) -> None:
        assert rules_for("handball", "bundesliga") is DEFAULTS["handball"]

    def test_any_other_league_has_the_default_of_its_sport(self) -> None:
        assert rules_for("cricket", "village") is DEFAULTS["cricket"]

    def test_as_configured(self) -> None:
        assert rules_for("soccer", "village", {"village": "la-liga"}) is COMPETITIONS["la-liga"]
        assert rules_for("soccer", "village", {"village": "soccer-default"}) is DEFAULTS["soccer"]
        own = rules("wins")
        assert rules_for("soccer", "epl", {"epl": own}) is own

    def test_what_there_is_not(self) -> None:
        with pytest.raises(ValueError, match="there are no rules 'chess'; known: premier-league, "):
            rules_for("soccer", "village", {"village": "chess"})
        with pytest.raises(ValueError, match="no table for 'chess'"):
            rules_for("chess", "village")

    def test_every_sport_has_a_default(self) -> None:
        assert DEFAULTS.keys() == SPORTS.keys()
        assert all(held.sport == sport for sport, held in DEFAULTS.items())

    def test_as_they_were_in_the_season(self) -> None:
        for sport, league, season, expected in (
            ("american_football", "nfl", "2012", "nfl-2002"),
            ("american_football", "nfl", "2020", "nfl"),
            ("american_football", "nfl", "", "nfl"),
            ("baseball", "mlb", "2019", "mlb-2012"),
            ("basketball", "nba", "2018-19", "nba-2015"),
            ("soccer", "world-cup", "2022", "world-cup"),
            ("soccer", "fifa-wc", "2026", "world-cup-2026"),
            ("soccer", "fifa-wc", "", "world-cup-2026"),
            ("soccer", "fifa-wwc", "2023", "world-cup"),
            ("soccer", "uefa-cl", "2018/19", "champions-league-2003"),
            ("soccer", "uefa-cl", "2023-24", "champions-league-2021"),
            ("soccer", "uefa-cl", "Season 2024/25", "champions-league"),
        ):
            assert rules_for(sport, league, None, season).id == expected

    def test_no_league_has_two_rules_in_one_season(self) -> None:
        for held in COMPETITIONS.values():
            for league in held.leagues:
                for year in ("", *range(2000, 2031)):
                    fitting = [
                        one.id
                        for one in COMPETITIONS.values()
                        if league in one.leagues and rules_in_force(one, str(year))
                    ]
                    assert len(fitting) <= 1, (league, year, fitting)


def rules_in_force(held: Rules, season: str) -> bool:
    first, last = held.first_season, held.last_season or 9999
    return first <= int(season) <= last if season else not held.last_season


def match(number: int, line: str, tries: tuple[int, int] = (0, 0)) -> Result:
    held = game(number, line)
    return msgspec.structs.replace(
        held,
        home=msgspec.structs.replace(held.home, tries=tries[0]),
        away=msgspec.structs.replace(held.away, tries=tries[1]),
    )


class TestSixNations:
    held = COMPETITIONS["six-nations"]

    def test_made_by_hand_a_grand_slam_is_never_overtaken(self) -> None:
        """Without its three points, five games won narrowly could come behind bonus points."""
        results = [match(1, "a 10-9 b", (1, 4)), match(2, "a 10-9 c", (1, 4)), match(3, "b 50-0 c", (8, 0))]
        rows = {row.team: row.points for row in table(self.held, results).parts[0].rows}
        assert rows == {"a": 11, "b": 7, "c": 2}

    def test_made_by_hand_difference_then_tries_then_shared(self) -> None:
        assert places(self.held, [match(1, "a 20-10 y"), match(2, "b 20-11 z")]) == "a b z y"
        assert places(self.held, [match(1, "a 20-10 y", (2, 0)), match(2, "b 20-10 z", (3, 0))]) == "b a y=z"


class TestTop14:
    held = COMPETITIONS["top-14"]

    def test_made_by_hand_bonus_of_three_tries_more(self) -> None:
        results = [match(1, "a 30-24 y", (4, 1)), match(2, "b 30-24 z", (4, 2))]
        assert [(row.team, row.points, row.bonus) for row in table(self.held, results).parts[0].rows] == [
            ("a", 5, 1),
            ("b", 4, 0),
            ("z", 0, 0),
            ("y", 0, 0),
        ]


def innings(number: int, home: Figures, away: Figures, outcome: str) -> Result:
    return Result(
        game_id=f"c{number}",
        sport="cricket",
        league="ipl",
        start_ms=number,
        home=home,
        away=away,
        outcome=outcome,  # type: ignore[arg-type]
        rated=outcome != "no_result",
    )


class TestCricket:
    held = COMPETITIONS["ipl"]

    def test_made_by_hand_more_wins_before_a_better_rate(self) -> None:
        """a: a win and a loss; b: two without result. a has more wins, b the better rate of none."""
        results = [
            innings(1, Figures(id="a", runs=150, balls=120), Figures(id="y", runs=149, balls=120), "home"),
            innings(2, Figures(id="a", runs=50, balls=120), Figures(id="y", runs=51, balls=30), "away"),
            innings(3, Figures(id="b"), Figures(id="z"), "no_result"),
            innings(4, Figures(id="b"), Figures(id="z"), "no_result"),
        ]
        rows = table(self.held, results).parts[0].rows
        assert {row.points for row in rows} == {2}
        assert [row.team for row in rows] == ["y", "a", "b", "z"]

    def test_made_by_hand_a_game_without_result_leaves_the_rate_alone(self) -> None:
        results = [
            innings(1, Figures(id="a", runs=160, balls=120), Figures(id="b", runs=140, balls=120), "home"),
            innings(2, Figures(id="a", runs=9, balls=60), Figures(id="b"), "no_result"),
        ]
        rows = {row.team: row for row in table(self.held, results).parts[0].rows}
        assert (rows["a"].net_run_rate, rows["b"].net_run_rate) == (1.0, -1.0)
        assert (rows["a"].points, rows["a"].no_result, rows["a"].streak) == (3, 1, "N1")


class TestVolleyball:
    held = COMPETITIONS["fivb"]

    def test_made_by_hand_wins_before_points(self) -> None:
        """a has won twice in five sets, four points; b once in three and lost twice in five: five."""
        results = games("a 3-2 y set, a 3-2 z set, b 3-0 x, x 3-2 b set, w 3-2 b set")
        rows = {row.team: row for row in table(self.held, results).parts[0].rows}
        assert (rows["a"].points, rows["b"].points) == (4, 5)
        assert rows["a"].rank < rows["b"].rank

    def test_made_by_hand_sets_then_points_of_sets(self) -> None:
        assert places(self.held, games("a 3-0 y, b 3-1 z")) == "a b z y"


class TestHandball:
    def test_made_by_hand_between_the_two_first(self) -> None:
        results = games("a 30-29 b, b 28-20 c, c 20-26 a, c 25-24 a, b 30-22 c")
        held = COMPETITIONS["handball"]
        assert places(held, results) == "a b c"
        assert places(DEFAULTS["handball"], results) == "b a c"
