"""The table: figures of rows, splits, form, zones, dates, what is provisional or undecided; and its JSON."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS
from scorewire.stats.standings.result import Figures, Result
from scorewire.stats.standings.rules import Deduction, Entrant, Rules, View, Zone
from scorewire.stats.standings.table import Row, Table, table
from unit.stats.standings.made import DAY_MS, game, games, places, rules, teams

SEASON = games("a 2-1 b, b 0-0 c, c 1-3 a, b 1-0 a, c 2-2 b, a 4-0 c")


def rows(
    held: Rules, results: list[Result], who: list[Entrant] | None = None, **given: object
) -> dict[str, Row]:
    found = table(held, results, who or [], **given)  # type: ignore[arg-type]
    return {row.team: row for part in found.parts for row in part.rows}


class TestRow:
    def test_figures(self) -> None:
        row = rows(rules(), SEASON)["a"]
        assert (row.rank, row.played, row.won, row.drawn, row.lost) == (1, 4, 3, 0, 1)
        assert (row.scored, row.conceded, row.difference, row.points) == (9, 3, 6, 9)

    def test_home_away_form_and_streak(self) -> None:
        row = rows(rules(), SEASON)["a"]
        assert (row.home.played, row.home.won, row.home.scored, row.home.points) == (2, 2, 6, 6)
        assert (row.away.played, row.away.won, row.away.lost, row.away.conceded) == (2, 1, 1, 2)
        assert (row.form, row.streak) == ("WWLW", "W1")
        assert rows(rules(), SEASON[:3])["a"].streak == "W2"

    def test_the_last_ten(self) -> None:
        row = rows(rules(), games(*["a 0-1 b"] * 3, *["a 1-0 b"] * 9))["a"]
        assert (row.last_ten.won, row.last_ten.lost, row.form, row.streak) == (9, 1, "WWWWW", "W9")

    def test_division_and_conference(self) -> None:
        who = teams(x_north="a b", x_south="c", y_west="d")
        row = rows(rules(), games("a 1-0 b, a 2-0 c, d 1-0 a"), who)["a"]
        assert isinstance(row.in_division, type(row.home))
        assert (row.in_division.played, row.in_division.won) == (1, 1)
        assert isinstance(row.in_conference, type(row.home))
        assert (row.in_conference.played, row.in_conference.scored) == (2, 3)

    def test_games_behind(self) -> None:
        held = msgspec.structs.replace(rules(primary="win_pct"), games_behind=True)
        found = rows(held, games("a 1-0 b, a 1-0 c, b 1-0 c, c 1-0 d, a 1-0 d"))
        assert [found[team].games_behind for team in "abcd"] == [0, 1.5, 2, 2.5]
        assert rows(rules(), SEASON)["a"].games_behind is UNSET

    def test_share_instead_of_points(self) -> None:
        row = rows(rules(primary="win_pct"), games("a 1-0 b, b 1-0 a, a 1-0 b"))["a"]
        assert (row.points, row.pct) == (UNSET, 0.666667)

    def test_zones(self) -> None:
        held = rules(
            "difference", zones=(Zone(name="Up", first=1, last=1), Zone(name="Down", first=3, last=3))
        )
        found = rows(held, SEASON)
        assert [found[team].zone for team in "abc"] == ["Up", "", "Down"]

    def test_no_zone_for_a_place_that_is_in_two(self) -> None:
        held = rules(zones=(Zone(name="Up", first=1, last=1), Zone(name="Also", first=2, last=3)))
        found = rows(held, games("a 1-0 c, b 1-0 c"))
        assert [found[team].zone for team in "abc"] == ["", "", "Also"]
        wide = rules(zones=(Zone(name="Up", first=1, last=2),))
        assert [row.zone for row in rows(wide, games("a 1-0 c, b 1-0 c")).values()] == ["Up", "Up", ""]

    def test_a_team_that_has_not_played_has_a_row(self) -> None:
        row = rows(rules(), SEASON, [Entrant(id="new", name="New")])["new"]
        assert (row.name, row.rank, row.played, row.streak) == ("New", 4, 0, "")


class TestWhatCounts:
    def test_a_void_game_does_not(self) -> None:
        void = msgspec.structs.replace(SEASON[0], kind="void")
        assert rows(rules(), [void, *SEASON[1:]])["a"].played == 3

    def test_an_awarded_game_does(self) -> None:
        """Played 1-1, awarded 0-2: the table has what was imposed."""
        awarded = msgspec.structs.replace(game(1, "a 0-2 b"), kind="awarded")
        row = rows(rules(), [awarded])["b"]
        assert (row.points, row.scored) == (3, 2)

    def test_nor_a_round_outside(self) -> None:
        held = msgspec.structs.replace(rules(), outside=("final",))
        final = msgspec.structs.replace(SEASON[5], round="Semi-FINALS")
        assert rows(held, [*SEASON[:5], final])["a"].played == 3

    def test_only_groups_where_the_rules_say_so(self) -> None:
        held = msgspec.structs.replace(rules(by="group"), grouped=True)
        results = [*games("a 1-0 b", group="A"), game(2, "a 1-0 c")]
        found = table(held, results)
        (part,) = found.parts
        assert (part.name, [(row.team, row.played) for row in part.rows]) == ("A", [("a", 1), ("b", 1)])

    def test_a_game_given_twice_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="'g001' is given twice"):
            table(rules(), [SEASON[0], SEASON[0]])

    def test_a_criterion_that_there_is_not_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="there is no criterion 'charm'"):
            table(rules("charm"), SEASON)


class TestDates:
    def test_as_of_a_day(self) -> None:
        found = table(rules(), SEASON, [Entrant(id="c")], as_of_ms=2 * DAY_MS)
        assert (found.games, found.as_of_ms) == (2, 2 * DAY_MS)
        assert found.parts == table(rules(), SEASON[:2]).parts

    def test_a_game_counts_from_its_end(self) -> None:
        late = msgspec.structs.replace(SEASON[0], at_ms=9 * DAY_MS)
        assert table(rules(), [late], as_of_ms=8 * DAY_MS).games == 0

    def test_deductions_count_from_their_day(self) -> None:
        taken = [
            Deduction(team="a", points=6, at_ms=3 * DAY_MS, reason="accounts"),
            Deduction(team="a", points=-2, at_ms=5 * DAY_MS, reason="appeal"),
        ]
        for day, points, deducted in ((2, 3, 0), (3, 0, 6), (5, 2, 4), (6, 5, 4)):
            row = rows(rules(), SEASON, deductions=taken, as_of_ms=day * DAY_MS)["a"]
            assert (row.points, row.deducted) == (points, deducted)
        assert table(rules(), SEASON, deductions=taken).deductions == tuple(taken)


class TestUnsettled:
    def test_provisional_rows(self) -> None:
        live = msgspec.structs.replace(SEASON[5], provisional=True)
        found = rows(rules(), [*SEASON[:5], live])
        assert [found[team].provisional for team in "abc"] == [True, False, True]
        assert table(rules(), [live]).provisional == 1

    def test_shared_ranks(self) -> None:
        assert places(rules(), games("b 1-0 c, a 1-0 d, e 0-0 f")) == "a=b e=f c=d"
        found = rows(rules(), games("b 1-0 c, a 1-0 d, e 0-0 f"))
        assert [found[team].rank for team in "abefcd"] == [1, 1, 3, 3, 5, 5]
        assert found["a"].undecided is UNSET

    def test_lots(self) -> None:
        found = rows(rules(last_resort="lots"), games("a 1-1 b, c 1-0 d"))
        assert [found[team].undecided for team in "abcd"] == ["lots", "lots", UNSET, UNSET]

    def test_no_lots_before_the_first_game(self) -> None:
        found = rows(rules(last_resort="lots"), [], [Entrant(id="a"), Entrant(id="b")])
        assert found["a"].undecided is UNSET

    @pytest.mark.parametrize(("last", "expected"), [(1, "play_off"), (2, UNSET)])
    def test_a_play_off_only_where_something_is_at_stake(self, last: int, expected: object) -> None:
        held = rules(last_resort="play_off", zones=(Zone(name="Up", first=1, last=last),))
        assert rows(held, games("a 1-1 b, c 0-1 d, d 0-3 c, e 3-0 d"))["a"].undecided is UNSET
        assert rows(held, games("a 1-1 b"))["a"].undecided == expected

    def test_a_play_off_although_goals_separate(self) -> None:
        """Serie A: the first two have the same points."""
        zones = (Zone(name="Champions", first=1, last=1),)
        held = rules("difference", zones=zones, play_off_for=("Champions",))
        found = rows(held, games("a 2-0 c, b 1-0 c"))
        assert [(found[team].rank, found[team].undecided) for team in "abc"] == [
            (1, "play_off"),
            (2, "play_off"),
            (3, UNSET),
        ]


class TestViews:
    def test_best_thirds(self) -> None:
        groups = View(name="group", by="group", order=("difference",))
        thirds = View(
            name="thirds", place=3, order=("difference",), zones=(Zone(name="On", first=1, last=1),)
        )
        held = msgspec.structs.replace(rules(), views=(groups, thirds), grouped=True)
        results = games("a 1-0 b, a 1-0 c, b 2-0 c", group="A") + games(
            "d 1-0 e, d 1-0 f, e 1-0 f", group="B", first=4
        )
        assert places(held, results, view="thirds") == "f c"
        assert [row.zone for row in table(held, results).parts[-1].rows] == ["On", ""]

    def test_what_is_left_below_a_place(self) -> None:
        """NHL: who is not among the first of its division is a wild card, or out."""
        division = View(name="division", by="division")
        wild = View(name="wild", by="conference", without=1)
        held = msgspec.structs.replace(rules(), views=(division, wild))
        who = teams(x_n="a b", x_s="c d", y_w="e f")
        results = games("a 1-0 b, c 1-0 b, c 1-0 d, d 1-0 a, e 1-0 f")
        assert places(held, results, who, view="wild") == "d b | f"


def test_json() -> None:
    held = table(COMPETITIONS["premier-league"], SEASON, [Entrant(id="a", name="Alpha")], as_of_ms=9 * DAY_MS)
    encoded = msgspec.json.encode(held)
    assert b'{"rank":1,"team":"a","name":"Alpha","played":4,"won":3,"lost":1,"for":9,"against":3' in encoded
    assert b"null" not in encoded
    assert msgspec.json.decode(encoded, type=Table) == held


TEAMS = teams(x_n="a b c", x_s="d e", y_w="f g h")
SCORES = st.tuples(
    st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.integers(0, 3), st.integers(0, 3)
)
ALL_RULES = sorted({**COMPETITIONS, **{one.id: one for one in DEFAULTS.values()}}.items())


def season(scores: list[tuple[str, str, int, int]]) -> list[Result]:
    return [
        game(number, f"{home} {mine}-{theirs} {away}", group="AB"[home in "efgh"])
        for number, (home, away, mine, theirs) in enumerate(scores)
        if home != away
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ALL_RULES),
    st.lists(SCORES, max_size=30),
    st.randoms(use_true_random=False),
)
def test_any_order_of_results_and_teams_gives_the_same(
    held: tuple[str, Rules], scores: list[tuple[str, str, int, int]], chance: random.Random
) -> None:
    results, who = season(scores), list(TEAMS)
    first = table(held[1], results, who)
    chance.shuffle(results)
    chance.shuffle(who)
    assert table(held[1], results, who) == first
    for part in first.parts:
        assert all(row.won + row.drawn + row.lost + row.no_result == row.played for row in part.rows)
        assert sum(row.scored - row.conceded for row in part.rows) == 0 or len(first.parts) > 1


def test_a_thousand_corrections_leave_nothing_behind() -> None:
    """Results are corrected, voided and given back; the table is that of what holds, made from nothing."""
    chance = random.Random(20260101)
    held = {
        one.game_id: one for one in season([(*pair, 1, 1) for pair in ("ab", "bc", "cd", "de", "ef", "fa")])
    }  # type: ignore[misc]
    premier = COMPETITIONS["premier-league"]
    for step in range(1000):
        one = held[chance.choice(sorted(held))]
        home, away = chance.randrange(4), chance.randrange(4)
        outcome = "draw" if home == away else "home" if home > away else "away"
        held[one.game_id] = msgspec.structs.replace(
            one,
            home=Figures(id=one.home.id, score=home),
            away=Figures(id=one.away.id, score=away),
            outcome=outcome,
            kind=chance.choice(["played", "played", "void", "awarded"]),
        )
        if step % 10:
            continue
        found = rows(premier, list(held.values()))
        for team, row in found.items():
            mine = [one for one in held.values() if one.kind != "void" and team in (one.home.id, one.away.id)]
            own = [(x.home, x.away) if x.home.id == team else (x.away, x.home) for x in mine]
            assert row.played == len(own)
            assert row.scored == sum(side.score for side, _ in own)
            points = sum(3 if me.score > it.score else me.score == it.score for me, it in own)
            assert row.points == points
