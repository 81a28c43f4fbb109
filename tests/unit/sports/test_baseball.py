"""Baseball, rule by rule: half-innings, runs, the end of a game, count and bases, corrections."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.providers.format import Decoded
from scorewire.sports.baseball import BASEBALL, EVENTS
from scorewire.sports.baseball_events import BATTING
from unit.providers.folded import Folded, fold_one
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen


def at(period: int) -> str:
    """Who bats."""
    return "home" if period % 2 == 0 else "away"


def half(period: int, runs: int = 0) -> tuple[ProviderEvent, ...]:
    """A half-inning of three outs."""
    side = at(period)
    scored = (claim("RUNS", side, period=period, detail={"runs": runs}),) if runs else ()
    outs = tuple(claim("OUT", side, period=period) for _ in range(3))
    return (claim("PERIOD_START", period=period), *scored, *outs)


def innings(count: int, runs: dict[int, int] | None = None) -> tuple[ProviderEvent, ...]:
    """So many half-innings; `runs` by half-inning."""
    return tuple(one for period in range(1, count + 1) for one in half(period, (runs or {}).get(period, 0)))


START = claim("PERIOD_START", period=1)


@pytest.mark.parametrize(
    ("claims", "status", "label"),
    [
        ((), "scheduled", ""),
        ((START,), "live", "T1"),
        (half(1)[:-1], "live", "T1"),
        (half(1), "break", "M1"),
        ((*half(1), claim("PERIOD_END", period=1)), "break", "M1"),
        ((*half(1), claim("PERIOD_START", period=2)), "live", "B1"),
        (innings(2), "break", "E1"),
        (innings(18), "break", "E9"),
        ((*innings(18), claim("PERIOD_START", period=19)), "live", "T10"),
        ((START, claim("GAME_SUSPENDED"), claim("GAME_RESUMED")), "live", "T1"),
        ((*half(1), claim("GAME_SUSPENDED", detail={"reason": "rain"})), "suspended", "M1"),
        ((*half(1), claim("GAME_SUSPENDED"), claim("GAME_RESUMED")), "break", "M1"),
    ],
)
def test_phases(claims: tuple, status: str, label: str) -> None:
    shown = board(BASEBALL, *claims)
    assert (shown.status, shown.period, shown.clock) == (status, label, None)


class TestHowAGameEnds:
    def test_the_home_side_that_leads_does_not_bat_in_the_ninth(self) -> None:
        shown = board(BASEBALL, *innings(17, {2: 1}))
        assert (shown.status, shown.period, shown.home, shown.away) == ("ended", "M9", 1, 0)
        assert board(BASEBALL, *innings(16, {2: 1})).status == "break"

    def test_the_visitors_win_when_the_ninth_is_over(self) -> None:
        assert board(BASEBALL, *innings(17, {1: 1})).status == "break"
        shown = board(BASEBALL, *innings(18, {1: 1}))
        assert (shown.status, shown.period) == ("ended", "E9")

    @pytest.mark.parametrize("period", [18, 20, 34])
    def test_a_run_that_wins_ends_it_at_once(self, period: int) -> None:
        level = (*innings(period - 1), claim("PERIOD_START", period=period), claim("OUT", "home"))
        assert board(BASEBALL, *level).status == "live"
        shown = board(BASEBALL, *level, claim("RUNS", "home", period=period))
        assert (shown.status, shown.period, shown.home) == ("ended", f"B{period // 2}", 1)
        assert shown.detail == {"outs": 1}

    def test_a_home_run_that_wins_counts_all_its_runs(self) -> None:
        shot = claim("HOME_RUN", "home", period=18, detail={"runs": 4})
        shown = board(BASEBALL, *innings(17, {1: 3}), shot)
        assert (shown.status, shown.home, shown.away) == ("ended", 4, 3)
        assert shown.linescore["9"] == {"home": 4, "away": 0}

    def test_a_lead_in_an_earlier_bottom_ends_nothing(self) -> None:
        assert board(BASEBALL, *innings(15), claim("RUNS", "home", period=16)).status == "live"

    def test_level_games_go_on_or_are_tied(self) -> None:
        assert board(BASEBALL, *innings(24)).status == "break"
        tied = board(BASEBALL, *innings(24), rules={"max_innings": 12})
        assert (tied.status, tied.period) == ("ended", "E12")
        assert misshapen(BASEBALL, claim("OUT", "away", period=25), {"max_innings": 12}) == (
            "period_out_of_range"
        )

    def test_games_of_seven_innings(self) -> None:
        assert board(BASEBALL, *innings(13, {2: 1}), rules={"innings": 7}).status == "ended"
        assert board(BASEBALL, *innings(14), rules={"innings": 7}).status == "break"

    def test_a_game_that_was_called(self) -> None:
        called = (*innings(11, {2: 1}), claim("GAME_END", detail={"reason": "rain"}), claim("GAME_FINAL"))
        shown = board(BASEBALL, *called)
        assert (shown.status, shown.period, shown.home) == ("final", "M6", 1)
        assert shown.detail == {"reason": "rain"}

    def test_being_told_the_end_doubles_nothing(self) -> None:
        told = (*innings(17, {2: 1}), claim("PERIOD_END", period=17), claim("GAME_END"), claim("GAME_FINAL"))
        shown = board(BASEBALL, *told)
        assert (shown.status, shown.period, shown.home) == ("final", "M9", 1)

    @pytest.mark.parametrize(
        ("runs", "periods", "status"),
        [
            ({2: 10}, 13, "ended"),
            ({2: 9}, 13, "break"),
            ({1: 10}, 13, "break"),
            ({1: 10}, 14, "ended"),
            ({2: 10}, 11, "break"),
            ({2: 15}, 9, "ended"),
            ({1: 15}, 10, "ended"),
        ],
    )
    def test_mercy(self, runs: dict[int, int], periods: int, status: str) -> None:
        rules = {"mercy_runs": 10, "early_mercy_runs": 15}
        assert board(BASEBALL, *innings(periods, runs), rules=rules).status == status
        assert board(BASEBALL, *innings(periods, runs)).status == "break"

    def test_mercy_ends_it_at_once(self) -> None:
        rules = {"mercy_runs": 10}
        tenth = claim("RUNS", "home", period=14, detail={"runs": 1})
        assert board(BASEBALL, *innings(13, {2: 9}), rules=rules).status == "break"
        assert board(BASEBALL, *innings(13, {2: 9}), tenth, rules=rules).status == "ended"

    def test_the_home_side_may_bat_first(self) -> None:
        rules = {"home_bats_first": True}
        top, bottom = claim("RUNS", "home", period=1), claim("RUNS", "away", period=18)
        assert misshapen(BASEBALL, top, rules) is None
        state = fold(BASEBALL, top, claim("PERIOD_START", period=18), rules=rules)
        state = BASEBALL.evolve(state, bottom, 1)
        assert BASEBALL.board(state).status == "live"
        assert BASEBALL.board(BASEBALL.evolve(state, bottom, 1)).status == "ended"

    def test_a_forfeit_is_nine_to_nothing(self) -> None:
        shown = board(BASEBALL, *innings(3, {1: 2}), claim("GAME_FORFEITED", "home"))
        assert (shown.status, shown.home, shown.away) == ("forfeited", 0, 9)
        assert shown.linescore["1"] == {"home": 0, "away": 2}
        assert board(BASEBALL, claim("GAME_FORFEITED", "home"), rules={"forfeit_points": 7}).away == 7


class TestAtBat:
    def test_count_bases_outs_batter_and_pitcher(self) -> None:
        pitch = {"call": "ball", "pitcher": "Gray"}
        shown = board(
            BASEBALL,
            START,
            claim("OUT", "away", period=1),
            claim("SINGLE", "away", period=1, detail={"bases": "1"}),
            claim("PITCH", "away", period=1, player="p7", detail=pitch),
            claim("PITCH", "away", period=1, player="p7", detail={"call": "foul"}),
            claim("PITCH", "away", period=1, player="p7", detail={"call": "called_strike"}),
            claim("PITCH", "away", period=1, player="p7", detail={"call": "foul"}),
        )
        assert shown.detail == {
            "outs": 1,
            "count": "1-2",
            "bases": "1",
            "batter": "p7",
            "pitcher": "Gray",
            "hits": {"away": 1},
        }

    def test_a_count_that_is_said_holds(self) -> None:
        said = claim("PITCH", "away", period=1, detail={"call": "ball", "balls": 3, "strikes": 1})
        assert board(BASEBALL, START, said).detail["count"] == "3-1"

    def test_the_next_batter_starts_anew(self) -> None:
        pitch = claim("PITCH", "away", period=1, player="p7", detail={"call": "ball"})
        shown = board(BASEBALL, START, pitch, claim("WALK", "away", period=1, detail={"bases": "1"}))
        assert shown.detail == {"bases": "1"}

    def test_a_home_run_empties_the_bases_and_is_a_hit(self) -> None:
        full = claim("WALK", "away", period=1, detail={"bases": "123"})
        shown = board(BASEBALL, START, full, claim("HOME_RUN", "away", period=1, detail={"runs": 4}))
        assert (shown.away, shown.detail) == (4, {"hits": {"away": 1}})

    def test_runs_are_no_hit_and_leave_the_bases_to_their_play(self) -> None:
        runs = claim("RUNS", "away", period=1, detail={"runs": 2, "rbi": 2, "kind": "single"})
        shown = board(BASEBALL, START, claim("WALK", "away", period=1, detail={"bases": "23"}), runs)
        assert (shown.away, shown.detail) == (2, {"bases": "23"})

    def test_a_strikeout_need_not_be_an_out(self) -> None:
        safe = claim("STRIKEOUT", "away", period=1, detail={"outs": 0, "bases": "1"})
        assert board(BASEBALL, START, safe).detail == {"bases": "1"}

    def test_a_triple_play_ends_the_half(self) -> None:
        triple = claim("OUT", "away", period=1, detail={"kind": "triple_play", "outs": 3})
        shown = board(BASEBALL, START, triple)
        assert (shown.status, shown.detail) == ("break", {"outs": 3})

    def test_errors_belong_to_the_side_in_the_field(self) -> None:
        shown = board(BASEBALL, START, claim("REACHED_ON_ERROR", "away", period=1), claim("ERROR", "home"))
        assert shown.detail == {"errors": {"home": 1}}

    def test_an_extra_inning_begins_with_a_runner_on_second(self) -> None:
        tenth = claim("PERIOD_START", period=19)
        assert board(BASEBALL, *innings(18), tenth).detail["bases"] == "2"
        assert "bases" not in board(BASEBALL, *innings(18), tenth, rules={"extra_runner": False}).detail
        assert board(BASEBALL, *innings(14), half(15)[0], rules={"innings": 7}).detail["bases"] == "2"

    def test_a_new_pitcher(self) -> None:
        into = claim("SUBSTITUTION", "home", period=1, detail={"in": "Milone", "kind": "pitcher"})
        assert board(BASEBALL, START, into).detail == {"pitcher": "Milone"}

    def test_a_review_is_shown_while_it_lasts(self) -> None:
        started, ended = claim("REVIEW_STARTED", "home"), claim("REVIEW_ENDED")
        assert board(BASEBALL, START, started).detail == {"review": "home"}
        assert board(BASEBALL, START, claim("REVIEW_STARTED")).detail == {"review": "umpires"}
        assert board(BASEBALL, START, started, ended).detail == {}


class TestShuffled:
    def test_a_play_of_a_later_half_implies_it(self) -> None:
        shown = board(BASEBALL, *half(1), claim("SINGLE", "home", period=2))
        assert (shown.status, shown.period, shown.detail) == ("live", "B1", {"hits": {"home": 1}})

    def test_a_run_of_an_earlier_half_goes_to_its_inning_only(self) -> None:
        late = claim("RUNS", "away", period=1)
        shown = board(BASEBALL, claim("OUT", "home", period=2), late, claim("OUT", "away", period=1))
        assert shown.linescore == {"1": {"home": 0, "away": 1}}
        assert (shown.period, shown.detail) == ("B1", {"outs": 1})

    @settings(max_examples=60)
    @given(st.data())
    def test_no_claim_of_a_sound_game_is_refused_for_what_was_not_heard(self, data: st.DataObject) -> None:
        game = [*innings(17), *half(18)[:2], claim("RUNS", "home", period=18)]
        game += [claim("GAME_END"), claim("GAME_FINAL")]
        heard = data.draw(st.lists(st.booleans(), min_size=len(game), max_size=len(game)))
        plays.check_any_part_is_accepted(BASEBALL, game, heard)


class TestStated:
    def test_a_score_that_is_stated_has_lines_by_inning(self) -> None:
        said = claim("SCORE_SET", period=4, detail={"home": 3, "away": 1, "lines": "2-0 1-1"})
        shown = board(BASEBALL, START, said)
        assert (shown.home, shown.away, shown.period) == (3, 1, "B2")
        assert shown.linescore == {"1": {"home": 2, "away": 0}, "2": {"home": 1, "away": 1}}

    def test_and_the_situation_with_it(self) -> None:
        situation = {"home": 0, "away": 0, "outs": 2, "balls": 3, "strikes": 1, "bases": "13"}
        said = claim("SCORE_SET", period=1, detail=situation)
        shown = board(BASEBALL, START, said)
        assert shown.detail == {"outs": 2, "count": "3-1", "bases": "13"}
        assert board(BASEBALL, START, said, claim("OUT", "away", period=1)).period == "M1"


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (claim("RUNS", "home", period=1), "wrong_batting_side"),
        (claim("SINGLE", "away", period=2), "wrong_batting_side"),
        (claim("SINGLE", "home", period=2), None),
        (claim("ERROR", "home", period=1), None),
        (claim("SINGLE", period=1), "team_missing"),
        (claim("RUNS", "away", detail={"runs": "x"}), "wrong_detail"),
        (claim("OUT", "away", detail={"bases": "31"}), "wrong_detail"),
        (claim("REVIEW_ENDED", detail={"decision": "maybe"}), "wrong_detail"),
        (claim("RUNS_CANCELLED"), "target_missing"),
        (claim("GOAL", "home"), "unknown_event_type"),
    ],
)
def test_what_is_refused_at_the_door(one: ProviderEvent, rule: str | None) -> None:
    assert misshapen(BASEBALL, one) == rule


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("RUNS", "home"), "game_not_started"),
        ((START,), claim("RUNS", "away", period=1), None),
        ((START, claim("PERIOD_START", period=3)), claim("PERIOD_START", period=2), "period_out_of_order"),
        ((*innings(18), claim("GAME_END")), claim("RUNS", "home", period=18), "game_ended"),
        ((*innings(18), claim("GAME_FINAL")), claim("OUT", "home", period=18), "game_over"),
    ],
)
def test_what_contradicts_the_game(claims: tuple, one: ProviderEvent, rule: str | None) -> None:
    assert plays.rule(BASEBALL, fold(BASEBALL, *claims), one) == rule


def test_what_takes_what_back() -> None:
    assert EVENTS["RUNS_CANCELLED"].negates == ("HOME_RUN", "RUNS")
    overturned = EVENTS["CALL_OVERTURNED"]
    assert all(overturned.takes_back(kind) for kind in BATTING - {"RUNS", "HOME_RUN"})
    assert not overturned.takes_back("RUNS")


class TestCorrected:
    """Decided as a node decides, because what is taken back lies in the book and not in the machine."""

    def test_a_run_that_won_the_game_and_was_overturned(self) -> None:
        won = (*innings(17), claim("PERIOD_START", period=18), claim("RUNS", "home", period=18, event="run"))
        assert (played(*won).state.status, played(*won).score) == ("ended", (1, 0))
        back = claim("RUNS_CANCELLED", period=18, detail={"event": "run"})
        out = claim("RUNNER_OUT", "home", period=18)
        folded = played(*won, back, out)
        assert folded.refused == []
        assert (folded.state.status, folded.score) == ("live", (0, 0))
        assert folded.state.detail == {"outs": 1}

    def test_a_call_that_was_overturned(self) -> None:
        out = claim("OUT", "away", period=1, event="first")
        back = claim("CALL_OVERTURNED", period=1, detail={"event": "first"})
        folded = played(START, out, back, claim("SINGLE", "away", period=1, detail={"bases": "1"}))
        assert folded.refused == []
        assert folded.state.detail == {"hits": {"away": 1}, "bases": "1"}

    def test_a_hit_that_the_scorer_makes_an_error_the_next_day(self) -> None:
        hit = claim("SINGLE", "away", period=1, event="hit")
        over = (START, hit, *innings(18, {2: 1})[1:], claim("GAME_END"), claim("GAME_FINAL"))
        assert played(*over).state.detail == {"hits": {"away": 1}}
        changed = claim("REACHED_ON_ERROR", "away", period=1, event="hit", revision=2)
        folded = played(*over, changed)
        assert folded.refused == []
        assert (folded.state.status, folded.score, folded.state.detail) == ("final", (1, 0), UNSET)

    def test_a_game_suspended_and_played_on_another_day(self) -> None:
        stopped = claim("GAME_SUSPENDED", detail={"reason": "rain"})
        folded = played(*innings(9), stopped)
        assert (folded.state.status, folded.state.period) == ("suspended", "M5")
        assert folded.state.detail == {"outs": 3, "reason": "rain"}
        rest = (
            claim("GAME_RESUMED"),
            *[one for period in range(10, 18) for one in half(period, period == 10)],
        )
        folded = played(*innings(9), stopped, *rest)
        assert folded.refused == []
        assert (folded.state.status, folded.state.period, folded.score) == ("ended", "M9", (1, 0))


def played(*claims: ProviderEvent) -> Folded:
    """What the claims come to, each decided in its turn."""
    declared = GameDeclared(
        provider="acme",
        game_id="g1",
        event="g1",
        revision=1,
        sport="baseball",
        league=League(id="l"),
        start="2024-07-13T01:40:00Z",
        home=Team(id="t"),
        away=Team(id="u"),
    )
    places: dict[str, int] = {}  # what is amended stays where it was
    numbered = tuple(
        msgspec.structs.replace(one, sequence=places.setdefault(one.event, number))
        for number, one in enumerate(claims, 1)
    )
    return fold_one(Decoded("g1", (declared,), numbered, {}), "sparse")


def test_tentative_runs_are_marked() -> None:
    shown = board(BASEBALL, START, claim("RUNS", "away", period=1, confirmation="tentative"))
    assert (shown.away, shown.detail) == (1, {"tentative": {"away": 1}})


def test_the_same_state_where_nothing_changed() -> None:
    state = fold(BASEBALL, START)
    for one in (
        claim("MOUND_VISIT", "home"),
        claim("LINEUP", "home"),
        claim("RUNS", "away", action="retract"),
    ):
        assert BASEBALL.evolve(state, one, 1) is state


def test_what_a_play_leaves_alone_is_the_same_object() -> None:
    before = fold(BASEBALL, *half(1, 2), claim("SINGLE", "home", period=2))
    after = BASEBALL.evolve(before, claim("OUT", "home", period=2), 1)
    assert after.tally is before.tally
    assert after.detail["hits"] is before.detail["hits"]


@settings(max_examples=300)
@given(st.lists(any_claim(BASEBALL), max_size=30), st.integers(0, 3))
def test_evolve_is_total_and_boards_can_be_patched(claims: list[ProviderEvent], innings_: int) -> None:
    state = BASEBALL.begin({"innings": innings_, "mercy_runs": 2})
    for one in claims:
        state = BASEBALL.evolve(state, one, 1_000)
        shown = BASEBALL.board(state)
        assert not flaws(shown.detail)
        for side in ("home", "away"):
            played = sum(line[side] for line in shown.linescore.values())
            assert state.tally.imposed or played == getattr(shown, side)
