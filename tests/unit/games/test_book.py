"""What a negating event takes back, whatever comes before, after and between."""

from scorewire.model.provider_event import Player

from .conftest import Referee


def cards(referee: Referee) -> object:
    return referee.desk.shown.detail.get("cards")


def test_a_cancellation_that_comes_late_speaks_of_what_was_played_before_it(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("PERIOD_START", period=2, sequence=20)
    referee.claim("GOAL", team="home", period=2, event="g2", sequence=30)
    verdict = referee.claim("GOAL_CANCELLED", team="home", period=1, sequence=11)
    assert verdict.rows[0].annuls == ("acme", "g1")
    assert referee.desk.shown.linescore == {"1": {"home": 0, "away": 0}, "2": {"home": 1, "away": 0}}


def test_a_cancellation_before_every_goal_cancels_none(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    assert referee.claim("GOAL_CANCELLED", team="home", sequence=5).refusal.rule == "nothing_to_cancel"
    assert referee.score == (1, 0)


def test_an_amended_cancellation_keeps_to_its_goal(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("GOAL_CANCELLED", team="home", period=1, event="no-goal", sequence=11)
    referee.claim("PERIOD_START", period=2, sequence=20)
    referee.claim("GOAL", team="home", period=2, event="g2", sequence=30)
    referee.claim("GOAL_CANCELLED", team="home", period=1, event="no-goal", sequence=11, text="offside")
    assert referee.desk.shown.linescore == {"1": {"home": 0, "away": 0}, "2": {"home": 1, "away": 0}}


def test_a_cancelled_goal_that_is_amended_to_something_else_counts_as_that(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="x", sequence=10)
    referee.claim("GOAL_CANCELLED", team="home", detail={"event": "x"}, period=1, sequence=11)
    referee.claim("YELLOW_CARD", team="home", period=1, event="x", sequence=10)
    assert (referee.score, cards(referee)) == ((0, 0), {"home": {"yellow": 1}})
    referee.claim("GOAL", team="home", period=1, event="x", sequence=10)
    assert referee.score == (0, 0)


def test_a_cancellation_of_what_has_not_come_takes_back_only_what_it_negates(referee: Referee) -> None:
    for name in ("x", "y"):
        referee.claim("GOAL_CANCELLED", team="home", detail={"event": name}, period=1)
    referee.claim("RED_CARD", team="home", period=1, event="x", sequence=10, player=Player(id="p"))
    referee.claim("GOAL", team="home", period=1, event="y", sequence=12)
    assert (referee.score, cards(referee)) == ((0, 0), {"home": {"red": 1}})


def test_the_desk_cancels_what_a_feed_has_said_and_never_nothing(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("GOAL", team="home", period=1, event="g2", sequence=11)
    verdict = referee.claim("GOAL_CANCELLED", provider="desk", detail={"event": "g1"})
    assert (verdict.rows[0].annuls, verdict.rows[0].corrects) == (("acme", "g1"), 3)
    assert referee.score == (1, 0)
    again = referee.claim("GOAL_CANCELLED", provider="desk", detail={"event": "g9"})
    assert again.refusal.rule == "nothing_to_cancel"


def test_a_late_whistle_after_final_corrects_no_score(referee: Referee) -> None:
    referee.claim("GAME_FINAL", period=2, sequence=90)
    referee.claim("PERIOD_START", period=2, sequence=40)
    assert "2" in referee.desk.shown.linescore
    assert referee.desk.shown.status == "final"


def test_an_amendment_that_moves_is_judged_where_it_will_stand(referee: Referee) -> None:
    referee.claim("GAME_FINAL", period=2, sequence=90)
    referee.claim("CORNER", team="home", period=2, event="x", sequence=80)
    behind = referee.claim("GOAL", team="home", period=2, event="x", sequence=95)
    assert behind.refusal.rule == "game_over"
    before = referee.claim("GOAL", team="home", period=2, event="x", sequence=70)
    assert (before.outcome, referee.score) == ("applied", (1, 0))
