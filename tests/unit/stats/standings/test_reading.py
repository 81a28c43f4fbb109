"""What a table counts of each sport's scoreboard; the boards are those of the machines themselves."""

import msgspec
import pytest

from official_results import board_of
from scorewire.model.provider_event import Detail, GameDeclared, League, ProviderEvent, Side, Team
from scorewire.model.score_state import ScoreState
from scorewire.stats.standings.reading import result_of
from scorewire.stats.standings.result import Figures, Result

START_MS = 1_767_225_600_000


def play(kind: str, side: Side | None = None, period: int | None = None, **detail: object) -> ProviderEvent:
    return ProviderEvent(
        provider="p",
        game_id="g",
        event=kind,
        revision=1,
        type=kind,
        team=side,
        period=period,
        detail=detail,  # type: ignore[arg-type]
    )


def shown(sport: str, *plays: ProviderEvent, rules: Detail | None = None, round_: str = "") -> ScoreState:
    """The board after these plays."""
    declared = GameDeclared(
        provider="p",
        game_id="g",
        event="e",
        revision=1,
        sport=sport,
        league=League(id="l"),
        season="2026",
        round=round_,
        start="2026-01-01T00:00:00Z",
        home=Team(id="a"),
        away=Team(id="b"),
        rules=rules or {},
    )
    return board_of(declared, list(plays))


def stated(
    home: int, away: int, *, period: int | None = None, lines: str = "", **more: object
) -> ProviderEvent:
    told = {"home": home, "away": away, **more, **({"lines": lines} if lines else {})}
    return play("SCORE_SET", None, period, **told)


def read(state: ScoreState) -> Result:
    found = result_of(state)
    assert found is not None
    return found


END = (play("GAME_END"), play("GAME_FINAL"))
FIRST = play("PERIOD_START", period=1)


class TestStatus:
    def test_final(self) -> None:
        found = read(shown("soccer", FIRST, stated(2, 1), *END, round_="Group a, Matchday 3"))
        assert found == Result(
            game_id="g",
            sport="soccer",
            league="l",
            season="2026",
            round="Group a, Matchday 3",
            group="A",
            start_ms=START_MS,
            at_ms=START_MS,
            home=Figures(id="a", score=2),
            away=Figures(id="b", score=1),
            outcome="home",
        )

    def test_it_became_so_at_its_end(self) -> None:
        state = msgspec.structs.replace(shown("soccer", FIRST, *END), end="2026-01-01T01:50:00Z")
        assert read(state).at_ms == START_MS + 110 * 60_000

    @pytest.mark.parametrize(
        ("plays", "provisional"),
        [((FIRST,), True), ((FIRST, play("GAME_END")), True), ((FIRST, *END), False)],
    )
    def test_provisional_until_confirmed(self, plays: tuple[ProviderEvent, ...], provisional: bool) -> None:
        assert read(shown("soccer", *plays)).provisional == provisional

    def test_provisional_while_its_score_is_checked(self) -> None:
        state = msgspec.structs.replace(shown("soccer", FIRST, *END), under_check=True)
        assert read(state).provisional

    @pytest.mark.parametrize(
        "plays",
        [
            (),
            (play("PRE_GAME"),),
            (play("GAME_POSTPONED"),),
            (play("GAME_CANCELLED"),),
            (FIRST, play("GAME_ABANDONED")),
            (play("GAME_DELAYED"),),
        ],
        ids=lambda plays: plays[-1].type if plays else "scheduled",
    )
    def test_nothing_to_count(self, plays: tuple[ProviderEvent, ...]) -> None:
        assert result_of(shown("soccer", *plays)) is None

    @pytest.mark.parametrize(
        ("sport", "counts"),
        [("soccer", True), ("ice_hockey", True), ("basketball", False), ("american_football", False)],
    )
    def test_level_under_way(self, sport: str, counts: bool) -> None:
        """A game that will be played on until somebody leads says nothing while it is level."""
        assert (result_of(shown(sport, FIRST)) is not None) == counts
        assert result_of(shown(sport, FIRST, stated(7, 6))) is not None

    def test_awarded(self) -> None:
        found = read(shown("soccer", FIRST, stated(1, 1), *END, play("GAME_AWARDED", home=0, away=3)))
        assert (found.kind, found.outcome, found.away.score) == ("awarded", "away", 3)

    def test_walkover(self) -> None:
        found = read(shown("handball", play("GAME_WALKOVER", "away")))
        assert (found.kind, found.outcome, found.provisional) == ("awarded", "away", False)

    def test_void(self) -> None:
        assert read(shown("soccer", FIRST, stated(1, 0), *END, play("GAME_VOID"))).kind == "void"


class TestSports:
    def test_soccer_kicks(self) -> None:
        found = read(shown("soccer", FIRST, stated(1, 1, shootout_home=4, shootout_away=2), *END))
        assert (found.outcome, found.decided, found.home.score) == ("home", "shootout", 1)

    def test_soccer_cards(self) -> None:
        told = [play("YELLOW_CARD", "home", 1), play("YELLOW_CARD", "home", 1), play("RED_CARD", "away", 1)]
        state = shown("soccer", FIRST, *told, play("SECOND_YELLOW_CARD", "home", 1), *END)
        found = read(state)
        assert (found.home.yellow, found.home.red, found.away.red) == (2, 1, 1)
        known = result_of(state, second_yellows=(1, 0))
        assert known is not None
        assert (known.home.second_yellow, known.home.red, known.away.red) == (1, 0, 1)

    def test_basketball_overtime(self) -> None:
        found = read(shown("basketball", play("FG2", "home", 5), *END))
        assert (found.outcome, found.decided) == ("home", "overtime")
        assert read(shown("basketball", play("FG2", "home", 4), *END)).decided == "regulation"

    def test_american_football_tie(self) -> None:
        found = read(shown("american_football", play("PERIOD_START", period=5), stated(24, 24), *END))
        assert (found.outcome, found.decided) == ("draw", "overtime")

    def test_ice_hockey_overtime_and_shootout(self) -> None:
        assert read(shown("ice_hockey", play("GOAL", "home", 4), *END)).decided == "overtime"
        kicks = [play("SHOOTOUT_GOAL", "home", 5), *[play("SHOOTOUT_MISS", "away", 5)] * 3]
        found = read(shown("ice_hockey", play("PERIOD_START", period=5), *kicks, *END))
        assert (found.outcome, found.decided, found.home.score) == ("home", "shootout", 1)

    def test_baseball_extra_innings_are_nothing_else(self) -> None:
        found = read(shown("baseball", stated(5, 4, period=20), *END))
        assert (found.outcome, found.decided) == ("home", "regulation")

    def test_rugby_tries(self) -> None:
        told = [play("TRY", "home", 1), play("TRY", "home", 1), play("PENALTY_GOAL", "away", 2)]
        found = read(shown("rugby_union", FIRST, *told, *END))
        assert (found.home.score, found.home.tries, found.away.tries, found.outcome) == (10, 2, 0, "home")

    def test_handball_draw(self) -> None:
        assert read(shown("handball", FIRST, stated(28, 28), *END)).outcome == "draw"

    @pytest.mark.parametrize(
        ("lines", "home", "away", "decided", "rallies"),
        [
            ("25-20 25-20 25-20", 3, 0, "regulation", (75, 60)),
            ("25-20 20-25 25-20 20-25 15-13", 3, 2, "deciding_set", (105, 103)),
        ],
    )
    def test_volleyball(
        self, lines: str, home: int, away: int, decided: str, rallies: tuple[int, int]
    ) -> None:
        found = read(shown("volleyball", stated(home, away, lines=lines), *END))
        assert (found.home.score, found.away.score, found.outcome) == (home, away, "home")
        assert (found.decided, (found.home.rallies, found.away.rallies)) == (decided, rallies)

    @pytest.mark.parametrize("sport", ["volleyball", "tennis"])
    def test_sets_under_way_say_nothing(self, sport: str) -> None:
        assert result_of(shown(sport, FIRST, play("POINT", "home", 1))) is None

    def test_tennis_retirement(self) -> None:
        found = read(shown("tennis", FIRST, play("POINT", "home", 1), play("GAME_RETIRED", "home")))
        assert (found.outcome, found.kind) == ("away", "played")


BOTH: dict[str, dict[str, object]] = {
    "1": {"team": "home", "runs": 160, "wickets": 10, "overs": "18.2", "closed": "all_out"},
    "2": {"team": "away", "runs": 120, "wickets": 6, "overs": "20", "closed": "overs"},
}


class TestCricket:
    def state(self, detail: dict[str, object], status: str = "final") -> ScoreState:
        held = shown("cricket")
        return msgspec.structs.replace(held, status=status, detail=detail)  # type: ignore[arg-type]

    def test_innings_and_winner(self) -> None:
        found = read(self.state({"innings": BOTH, "result": {"outcome": "won", "winner": "home"}}))
        assert (found.outcome, found.rated) == ("home", True)
        assert (found.home.runs, found.home.balls, found.home.all_out) == (160, 110, True)
        assert (found.away.runs, found.away.balls, found.away.all_out) == (120, 120, False)

    def test_under_way_there_is_no_result(self) -> None:
        assert result_of(self.state({"innings": BOTH}, "live")) is None

    def test_abandoned(self) -> None:
        found = read(self.state({"innings": BOTH}, "abandoned"))
        assert (found.outcome, found.rated, found.provisional) == ("no_result", False, False)

    def test_a_tie_and_a_super_over(self) -> None:
        tied = {"outcome": "tie"}
        assert read(self.state({"innings": BOTH, "result": tied})).outcome == "draw"
        broken = {"outcome": "tie", "winner": "away", "by": "super_over"}
        found = read(self.state({"innings": BOTH, "result": broken}))
        assert (found.outcome, found.decided) == ("away", "overtime")

    def test_a_revised_target(self) -> None:
        """Duckworth-Lewis: 36 overs and 168 to win; the first side is charged with 36 overs and 167 runs."""
        chase = {**BOTH["2"], "quota": 36, "overs": "32.3", "closed": "target", "runs": 168}
        held = {"1": {**BOTH["1"], "runs": 229, "overs": "48"}, "2": chase}
        result = {"outcome": "won", "winner": "away", "by": "wickets", "method": "D/L"}
        found = read(self.state({"innings": held, "target": 168, "result": result}))
        assert (found.home.runs, found.home.balls, found.home.all_out) == (167, 216, False)
        assert (found.away.runs, found.away.balls, found.away.quota) == (168, 195, 216)

    def test_two_innings_a_side_have_no_rate(self) -> None:
        four = {**BOTH, "3": BOTH["1"], "4": BOTH["2"]}
        found = read(self.state({"innings": four, "result": {"outcome": "draw"}}))
        assert (found.outcome, found.home.balls) == ("draw", 0)
