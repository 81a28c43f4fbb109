"""Our tables are the official ones, row for row and in order, for every season of which we have both.

Each criterion that decides a place in one of them is then left out, and the table must come out wrong: so it
is known which rules these seasons prove. What they do not is proved by hand-made cases in
tests/unit/stats/standings.
"""

from pathlib import Path

import msgspec
import pytest

import official_results as official
from scorewire.stats.standings.competitions import COMPETITIONS, rules_for
from scorewire.stats.standings.rules import Deduction, Entrant, Rules
from scorewire.stats.standings.table import Part, Row, table

pytestmark = pytest.mark.data

IPL_2022 = "cricket/cricsheet/ipl_2022_json.zip"
WORLD_CUP_2014 = "soccer/openfootball/worldcup_2014.json"
PREMIER_LEAGUE = "premier-league"
LAST_16 = "Round of 16"
ALIASES = {"United States": "USA"}
"""What the published groups call a team that the results call otherwise."""


def season_file(season: str) -> str:
    return f"soccer/openfootball/{season}_en.1.json"


def premier_league(
    folder: Path, season: str, deductions: list[Deduction], as_of_ms: int | None = None
) -> list[tuple[str, Row]]:
    path = season_file(season)
    names = official.names(folder, path)
    ids = {name: team for team, name in names.items()}
    taken = [msgspec.structs.replace(one, team=ids[one.team]) for one in deductions]
    results = official.from_boards(folder, path)
    ours = table(COMPETITIONS[PREMIER_LEAGUE], results, deductions=taken, as_of_ms=as_of_ms)
    return [(names[row.team], row) for row in ours.parts[0].rows]


def without(rules: Rules, criterion: str) -> Rules:
    """The rules with one criterion left out of every view."""

    def dropped(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name != criterion)

    views = tuple(
        msgspec.structs.replace(view, order=dropped(view.order), many=dropped(view.many))
        for view in rules.views
    )
    return msgspec.structs.replace(rules, views=views)


def parts(rules: Rules, view: str, *given: object) -> dict[str, Part]:
    return {part.name: part for part in table(rules, *given).parts if part.view == view}  # type: ignore[arg-type]


class TestPremierLeague:
    @pytest.mark.parametrize("season", ["2023-24", "2024-25"])
    def test_is_the_official_table(self, shared_data: Path, season: str) -> None:
        taken = official.deductions_2023_24() if season == "2023-24" else []
        ours = premier_league(shared_data, season, taken)
        expected = official.rows(shared_data, f"premier_league_{season}_official_table.csv")
        assert len(ours) == len(expected) == 20
        for (name, row), said in zip(ours, expected, strict=True):
            figures = (row.rank, name, row.played, row.won, row.drawn, row.lost, row.scored, row.conceded)
            assert figures == (
                int(said["pos"]),
                said["team"],
                *(int(said[key]) for key in ("played", "won", "drawn", "lost", "goals_for", "goals_against")),
            )
            assert (row.difference, row.points, row.deducted) == (
                int(said["goal_difference"]),
                int(said["points"]),
                int(said["points_deducted"]),
            )

    def test_is_not_without_the_deductions(self, shared_data: Path) -> None:
        ours = premier_league(shared_data, "2023-24", [])
        assert [name for name, _ in ours][11] == "Everton"

    def test_as_of_a_day_has_what_had_been_taken_by_then(self, shared_data: Path) -> None:
        def everton(day: str) -> tuple[int, int]:
            moment = official.day_ms(day)
            ours = dict(premier_league(shared_data, "2023-24", official.deductions_2023_24(), moment))
            return ours["Everton"].deducted, ours["Everton"].rank

        assert everton("2023-11-16") == (0, 14)
        assert everton("2023-11-18") == (10, 19)
        assert everton("2024-02-27")[0] == 6
        assert everton("2024-05-20") == (8, 15)

    def test_is_decided_by_goal_difference(self, shared_data: Path) -> None:
        """Brighton and Bournemouth have 48 points each; Bournemouth won more, and is below."""
        results = official.from_boards(shared_data, season_file("2023-24"))
        right = table(COMPETITIONS[PREMIER_LEAGUE], results).parts[0].rows
        view = msgspec.structs.replace(COMPETITIONS[PREMIER_LEAGUE].views[0], order=("wins",))
        rules = msgspec.structs.replace(COMPETITIONS[PREMIER_LEAGUE], views=(view,))
        assert [row.team for row in table(rules, results).parts[0].rows] != [row.team for row in right]


class TestWorldCup2014:
    def ours(self, folder: Path, rules: Rules) -> dict[str, list[tuple[object, ...]]]:
        names = official.names(folder, WORLD_CUP_2014)
        found = parts(rules, "group", official.from_boards(folder, WORLD_CUP_2014))
        return {
            group: [
                (
                    row.rank,
                    names[row.team],
                    row.played,
                    row.won,
                    row.drawn,
                    row.lost,
                    row.scored,
                    row.conceded,
                    row.points,
                )
                for row in part.rows
            ]
            for group, part in found.items()
        }

    def expected(self, folder: Path) -> dict[str, list[tuple[object, ...]]]:
        keys = ("played", "won", "drawn", "lost", "goals_for", "goals_against", "pts")
        return {
            group: [
                (
                    row["pos"],
                    ALIASES.get(row["team"]["name"], row["team"]["name"]),
                    *(row[key] for key in keys),
                )
                for row in rows
            ]
            for group, rows in official.world_cup_groups(folder).items()
        }

    def test_the_groups_are_as_published(self, shared_data: Path) -> None:
        assert self.ours(shared_data, COMPETITIONS["world-cup"]) == self.expected(shared_data)

    def test_not_without_the_goal_difference(self, shared_data: Path) -> None:
        rules = without(COMPETITIONS["world-cup"], "difference")
        assert self.ours(shared_data, rules) != self.expected(shared_data)

    def test_no_game_of_the_knock_out_counts(self, shared_data: Path) -> None:
        results = official.from_boards(shared_data, WORLD_CUP_2014)
        assert len(results) == 64
        assert table(COMPETITIONS["world-cup"], results).games == 48


class TestWhoWentOn:
    """No table of these is in the recordings, but the games of the next round are: who played them."""

    @pytest.mark.parametrize(
        ("path", "ids"),
        [
            ("worldcup_2014.json", "world-cup"),
            ("worldcup_2022.json", "world-cup"),
            ("euro_2024.json", "euro"),
            ("2017-18_uefa.cl.json", "champions-league-2003"),
            ("2018-19_uefa.cl.json", "champions-league-2003"),
        ],
    )
    def test_the_round_of_16(self, shared_data: Path, path: str, ids: str) -> None:
        results = official.from_boards(shared_data, f"soccer/openfootball/{path}")
        (league, season), *_ = {(one.league, one.season) for one in results}
        rules = rules_for("soccer", league, None, season)
        assert rules.id == ids
        # Euro 2024 needed the ranking of the qualifiers for these two.
        who = [Entrant(id="denmark", ranking=1), Entrant(id="slovenia", ranking=2)] if ids == "euro" else []
        ours = table(rules, results, who).parts
        zones = {row.team for part in ours for row in part.rows if row.zone == LAST_16}
        nexts = [one for one in results if LAST_16 in one.round]
        assert zones == {team for one in nexts for team in (one.home.id, one.away.id)}
        assert len(zones) == 16

    def test_two_of_euro_2024_are_told_apart_by_nothing_that_results_hold(self, shared_data: Path) -> None:
        """Denmark and Slovenia drew with all; the qualifiers' ranking put Denmark second."""
        results = official.from_boards(shared_data, "soccer/openfootball/euro_2024.json")
        rows = parts(COMPETITIONS["euro"], "group", results)["C"].rows
        assert [(row.rank, row.team) for row in rows[1:3]] == [(2, "denmark"), (2, "slovenia")]
        assert [row.undecided for row in rows[1:3]] == ["lots", "lots"]
        who = [Entrant(id="denmark", ranking=2), Entrant(id="slovenia", ranking=1)]
        ranked = parts(COMPETITIONS["euro"], "group", results, who)["C"].rows
        assert [(row.rank, row.team) for row in ranked[1:3]] == [(2, "slovenia"), (3, "denmark")]

    def test_without_games_between_the_teams_others_would_have(self, shared_data: Path) -> None:
        results = official.from_boards(shared_data, "soccer/openfootball/2018-19_uefa.cl.json")
        held = COMPETITIONS["champions-league-2003"]
        bare = held
        for name in ("head_to_head_points", "head_to_head_difference", "head_to_head_scored"):
            bare = without(bare, name)
        bare = without(bare, "head_to_head_away_scored")
        assert parts(held, "group", results) != parts(bare, "group", results)


class TestNfl2012:
    def divisions(self, folder: Path, rules: Rules) -> list[tuple[object, ...]]:
        found = parts(rules, "division", official.nfl_2012(folder), official.nfl_teams(folder))
        return [
            (part.name, row.rank, row.team, row.won, row.lost, row.drawn, row.scored, row.conceded)
            for part in found.values()
            for row in part.rows
        ]

    def seeds(self, folder: Path, rules: Rules) -> dict[str, int]:
        found = parts(rules, "conference", official.nfl_2012(folder), official.nfl_teams(folder))
        return {row.team: row.rank for part in found.values() for row in part.rows if row.zone}

    def expected_divisions(self, folder: Path) -> list[tuple[object, ...]]:
        said = official.rows(folder, "nfl_2012_official_standings.csv")
        said.sort(key=lambda row: (row["division"], int(row["div_rank"])))
        keys = ("wins", "losses", "ties", "scored", "allowed")
        return [
            (row["division"], int(row["div_rank"]), row["team"], *(int(row[key]) for key in keys))
            for row in said
        ]

    def expected_seeds(self, folder: Path) -> dict[str, int]:
        said = official.rows(folder, "nfl_2012_official_standings.csv")
        return {row["team"]: int(row["playoff_seed"]) for row in said if row["playoff_seed"]}

    def test_ranks_of_all_divisions(self, shared_data: Path) -> None:
        assert self.divisions(shared_data, COMPETITIONS["nfl-2002"]) == self.expected_divisions(shared_data)

    def test_seeds_of_both_conferences(self, shared_data: Path) -> None:
        assert self.seeds(shared_data, COMPETITIONS["nfl-2002"]) == self.expected_seeds(shared_data)

    @pytest.mark.parametrize("criterion", ["head_to_head_pct", "common_pct"])
    def test_not_without(self, shared_data: Path, criterion: str) -> None:
        rules = without(COMPETITIONS["nfl-2002"], criterion)
        assert self.divisions(shared_data, rules) != self.expected_divisions(shared_data)

    def test_needs_the_first_three_criteria_and_no_more(self, shared_data: Path) -> None:
        """Minnesota is before Chicago by the record in the division; common games would say so too."""
        right = []
        for count in range(5):
            view = COMPETITIONS["nfl-2002"].views[0]
            view = msgspec.structs.replace(view, order=view.order[:count])
            rules = msgspec.structs.replace(COMPETITIONS["nfl-2002"], views=(view,))
            right.append(self.divisions(shared_data, rules) == self.expected_divisions(shared_data))
        assert right == [False, False, False, True, True]

    def test_a_division_winner_comes_before_a_better_second(self, shared_data: Path) -> None:
        view = msgspec.structs.replace(COMPETITIONS["nfl-2002"].views[1], leaders="")
        rules = msgspec.structs.replace(
            COMPETITIONS["nfl-2002"], views=(COMPETITIONS["nfl-2002"].views[0], view)
        )
        assert self.seeds(shared_data, rules) != self.expected_seeds(shared_data)


class TestMlb2019:
    def test_ranks_winners_and_wild_cards(self, shared_data: Path) -> None:
        given = official.mlb_2019(shared_data), official.mlb_teams(shared_data)
        ours = table(COMPETITIONS["mlb-2012"], *given)
        rank = {row.team: row for part in ours.parts if part.view == "division" for row in part.rows}
        zone = {row.team: row.zone for part in ours.parts if part.view == "conference" for row in part.rows}
        said = official.rows(shared_data, "mlb_2019_official_standings.csv")
        assert len(said) == len(rank) == 30
        for row in said:
            one = rank[row["team_retro"]]
            assert (one.rank, one.played, one.won, one.lost, one.scored, one.conceded) == tuple(
                int(row[key]) for key in ("rank", "games", "wins", "losses", "runs", "runs_allowed")
            )
            assert (zone[one.team] == "Division winners") == (row["division_winner"] == "Y")
            assert (zone[one.team] == "Wild cards") == (row["wild_card"] == "Y")

    def test_games_behind(self, shared_data: Path) -> None:
        """Detroit and Chicago missed one game between them: halves."""
        given = official.mlb_2019(shared_data), official.mlb_teams(shared_data)
        found = parts(COMPETITIONS["mlb-2012"], "division", *given)["AL C"]
        assert [row.games_behind for row in found.rows] == [0, 8, 28.5, 42, 53.5]


class TestNba2018:
    def test_won_and_lost(self, shared_data: Path) -> None:
        given = official.nba_2018_19(shared_data), official.nba_teams(shared_data)
        found = parts(COMPETITIONS["nba-2015"], "conference", *given)
        ours = {
            row.team: (name, row.won, row.lost, row.pct) for name, part in found.items() for row in part.rows
        }
        said = official.rows(shared_data, "nba_2018-19_won_lost.csv")
        assert ours == {
            row["team"]: (row["conference"], int(row["wins"]), int(row["losses"]), ours[row["team"]][3])
            for row in said
        }
        assert ours["MIL"][3] == 0.731707

    def test_seeds_as_they_were_played_for(self, shared_data: Path) -> None:
        """The file has no order; these are the play-off pairings of April 2019, which everybody saw."""
        given = official.nba_2018_19(shared_data), official.nba_teams(shared_data)
        found = parts(COMPETITIONS["nba-2015"], "conference", *given)
        seeds = {name: [row.team for row in part.rows if row.zone] for name, part in found.items()}
        assert seeds == {
            "East": ["MIL", "TOR", "PHI", "BOS", "IND", "BKN", "ORL", "DET"],
            "West": ["GSW", "DEN", "POR", "HOU", "UTA", "OKC", "SAS", "LAC"],
        }
        assert parts(without(COMPETITIONS["nba-2015"], "head_to_head_pct"), "conference", *given) != found


class TestPwhl2024:
    def ours(self, folder: Path, rules: Rules) -> list[tuple[object, ...]]:
        return [
            (
                row.rank,
                row.team,
                row.played,
                row.won - row.won_late - row.won_shootout,
                row.won_late + row.won_shootout,
                row.lost_late + row.lost_shootout,
                row.lost - row.lost_late - row.lost_shootout,
                row.points,
                row.scored,
                row.conceded,
            )
            for row in table(rules, official.pwhl_2024_25(folder)).parts[0].rows
        ]

    def expected(self, folder: Path) -> list[tuple[object, ...]]:
        keys = (
            "games_played regulation_wins non_reg_wins non_reg_losses losses points goals_for goals_against"
        )
        return [
            (int(row["rank"]), row["team_code"], *(int(row[key]) for key in keys.split()))
            for row in official.rows(folder, "pwhl_2024-25_official_standings.csv")
        ]

    def test_is_the_official_table(self, shared_data: Path) -> None:
        assert self.ours(shared_data, COMPETITIONS["pwhl"]) == self.expected(shared_data)

    def test_not_by_all_wins_alike(self, shared_data: Path) -> None:
        """Three have 44 points, and Ottawa, first of them, has the fewest wins of all kinds."""
        rules = without(COMPETITIONS["pwhl"], "regulation_wins")
        rules = without(rules, "regulation_and_overtime_wins")
        assert self.ours(shared_data, rules) != self.expected(shared_data)


class TestIpl2022:
    """From every ball of the season, through the boards."""

    def ours(self, folder: Path, rules: Rules) -> list[tuple[object, ...]]:
        names = official.names(folder, IPL_2022)
        return [
            (
                row.rank,
                names[row.team],
                row.played,
                row.won,
                row.lost,
                row.no_result,
                f"{row.net_run_rate:.3f}",
                row.points,
            )
            for row in table(rules, official.from_boards(folder, IPL_2022)).parts[0].rows
        ]

    def expected(self, folder: Path) -> list[tuple[object, ...]]:
        return [
            (
                int(row["pos"]),
                row["team"],
                *(int(row[key]) for key in ("played", "won", "lost", "no_result")),
                row["net_run_rate"],
                int(row["points"]),
            )
            for row in official.rows(folder, "ipl_2022_official_table.csv")
        ]

    def test_is_the_official_table(self, shared_data: Path) -> None:
        assert self.ours(shared_data, COMPETITIONS["ipl"]) == self.expected(shared_data)

    def test_not_without_the_net_run_rate(self, shared_data: Path) -> None:
        rules = without(COMPETITIONS["ipl"], "net_run_rate")
        assert self.ours(shared_data, rules) != self.expected(shared_data)

    def test_not_if_who_is_all_out_is_charged_with_what_it_faced(self, shared_data: Path) -> None:
        results = [
            msgspec.structs.replace(
                one,
                home=msgspec.structs.replace(one.home, all_out=False),
                away=msgspec.structs.replace(one.away, all_out=False),
            )
            for one in official.from_boards(shared_data, IPL_2022)
        ]
        rows = table(COMPETITIONS["ipl"], results).parts[0].rows
        rates = [f"{row.net_run_rate:.3f}" for row in rows]
        assert rates != [row[6] for row in self.expected(shared_data)]
