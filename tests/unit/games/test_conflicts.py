"""Claims that the provider that is shown does not tell: held, marked and settled."""

import pytest

from scorewire.model.provider_event import SideScore

from .conftest import Panel


def disputed(**goal: object) -> Panel:
    """The primary talks, and does not tell a goal that the backup tells."""
    panel = Panel()
    panel.say("acme", "CORNER", at=5, event="corner", team="home")
    panel.say("backup", "CORNER", at=6, team="home")
    panel.say("backup", "GOAL", at=10, event="b", team="home", **goal)
    panel.say("acme", "FOUL", at=20, team="away")
    return panel


def test_a_conflict_is_kept_with_both_sides_and_puts_the_score_under_check() -> None:
    panel = disputed()
    assert panel.conflicts == []
    panel.wait(30)
    assert (panel.score, panel.active) == ((0, 0), "acme")
    (telling,) = [one for one in panel.desk.book.tellings.values() if one.conflict]
    assert (telling.claim.event, telling.claim.type) == ("b", "GOAL")
    assert [one.event for one in telling.conflict.against] == ["corner"]
    assert panel.conflicts == [("b", "missing", "")]
    assert [row.type for row in panel.rows[-2:]] == ["FOUL", "SCORE_CHECK_STARTED"]
    panel.say("acme", "FOUL", at=31, team="home")
    panel.say("backup", "FOUL", at=32, team="home")
    assert panel.desk.shown.under_check


def test_what_changes_no_score_is_a_conflict_without_a_check(panel: Panel) -> None:
    panel.say("backup", "RED_CARD", at=10, event="b", team="home")
    panel.say("acme", "FOUL", at=20, team="away")
    panel.wait(30)
    assert panel.conflicts == [("b", "missing", "")]
    assert not panel.desk.shown.under_check


def test_the_primary_catches_up() -> None:
    panel = disputed()
    panel.wait(30)
    panel.say("acme", "GOAL", at=50, event="a", team="home")
    assert (panel.score, panel.conflicts) == ((1, 0), [("b", "missing", "caught_up")])
    assert not panel.desk.shown.under_check
    assert [row.type for row in panel.rows[-2:]] == ["GOAL", "SCORE_CHECK_ENDED"]


@pytest.mark.parametrize("waited", [False, True], ids=["at once", "after it became a conflict"])
def test_the_primary_states_the_score_that_the_goal_makes(waited: bool) -> None:
    panel = disputed()
    if waited:
        panel.wait(30)
    panel.say("acme", "FOUL", at=31 if waited else 21, team="away", score=SideScore(home=1, away=0))
    assert panel.score == (1, 0)
    assert panel.conflicts == ([("b", "missing", "score")] if waited else [])
    assert not panel.desk.shown.under_check
    types = [row.type for row in panel.rows]
    assert types.count("SCORE_CHECK_STARTED") == types.count("SCORE_CHECK_ENDED") == int(waited)
    panel.say("acme", "GOAL", at=60, team="home")
    assert panel.score == (1, 0), "the goal that comes after its score is the same goal"


def test_another_score_that_the_primary_states_settles_nothing() -> None:
    panel = disputed()
    panel.wait(30)
    panel.say("acme", "FOUL", at=31, team="away", score=SideScore(home=0, away=1))
    assert (panel.score, panel.conflicts) == ((0, 0), [("b", "missing", "")])


def test_a_score_that_may_be_older_than_a_correction_proves_no_ones_goal() -> None:
    panel = Panel()
    for name, at in (("acme", 5), ("backup", 6)):
        panel.say(name, "GOAL", at=at, event=f"{name}-1", team="home", score=SideScore(home=1, away=0))
    panel.say("backup", "GOAL", at=10, event="b", team="home", score=SideScore(home=2, away=0))
    panel.say("acme", "FOUL", at=20, team="away")
    panel.wait(30)
    for name, at in (("acme", 31), ("backup", 32)):
        panel.say(name, "", at=at, event=f"{name}-1", action="retract")
    panel.say("acme", "CORNER", at=33, team="away", score=SideScore(home=1, away=0))
    assert panel.score == (0, 0), "the corner's score was of the time before the goal was taken back"
    assert panel.desk.shown.under_check


@pytest.mark.parametrize("restarts", [False, True])
def test_a_check_does_not_end_because_a_correction_meets_an_older_score(*, restarts: bool) -> None:
    """The primary states 1:0 where we hold 2:0; that a goal of both falls away later does not prove 1:0."""
    panel = Panel()
    for name, at in (("acme", 5), ("backup", 6)):
        panel.say(name, "GOAL", at=at, event=f"{name}-1", team="home")
    for name, at in (("acme", 7), ("backup", 8)):
        panel.say(name, "GOAL", at=at, event=f"{name}-2", team="home", period=1)
    panel.say("acme", "CORNER", at=9, team="away", score=SideScore(home=1, away=0))
    assert panel.desk.shown.under_check
    if restarts:
        panel.restarted()
    for name, at in (("acme", 31), ("backup", 32)):
        panel.say(name, "", at=at, event=f"{name}-2", action="retract")
    assert panel.score == (1, 0)
    assert panel.desk.shown.under_check
    panel.say("acme", "CORNER", at=33, team="away", score=SideScore(home=1, away=0))
    assert not panel.desk.shown.under_check


def test_the_desk_that_cancels_a_goal_ends_the_check() -> None:
    panel = Panel()
    for number, at in ((1, 5), (2, 7)):
        panel.say("acme", "GOAL", at=at, event=f"goal-{number}", team="home")
    panel.say("acme", "CORNER", at=9, team="away", score=SideScore(home=0, away=0))
    panel.say("acme", "", at=10, event="goal-1", action="retract")
    assert (panel.score, panel.desk.shown.under_check) == ((1, 0), True)
    panel.say("desk", "GOAL_CANCELLED", at=20, team="home", detail={"provider": "acme", "event": "goal-2"})
    assert (panel.score, panel.desk.shown.under_check) == ((0, 0), False)


def test_a_goal_in_a_number_that_the_primary_left_out_is_shown() -> None:
    panel = Panel(kind="dense")
    panel.say("acme", "CORNER", at=5, team="home", sequence=1)
    panel.say("backup", "CORNER", at=6, team="home")
    panel.say("backup", "GOAL", at=7, event="b", team="home")
    panel.say("acme", "OFFSIDE", at=8, team="away", sequence=3)
    panel.say("backup", "OFFSIDE", at=9, team="away")
    panel.say("acme", "FOUL", at=15, team="away", sequence=4)
    panel.wait(29)
    assert (panel.score, panel.conflicts) == ((1, 0), [("b", "missing", "gap")])
    assert [play.claim.type for play in panel.desk.book.order][1:] == ["CORNER", "GOAL", "OFFSIDE", "FOUL"]


def test_more_than_the_numbers_that_were_left_out_is_not_explained_by_them() -> None:
    panel = Panel(kind="dense")
    panel.say("acme", "CORNER", at=5, team="home", sequence=1)
    panel.say("backup", "CORNER", at=6, team="home")
    panel.say("backup", "GOAL", at=7, event="b1", team="home")
    panel.say("backup", "GOAL", at=7.5, event="b2", team="home")
    panel.say("acme", "OFFSIDE", at=8, team="away", sequence=3)
    panel.say("backup", "OFFSIDE", at=9, team="away")
    panel.say("acme", "FOUL", at=15, team="away", sequence=4)
    panel.wait(60)
    assert panel.score == (0, 0)
    assert panel.conflicts == [("b1", "missing", ""), ("b2", "missing", "")]


def test_a_number_that_comes_late_after_all_is_the_same_goal() -> None:
    panel = Panel(kind="dense")
    panel.say("acme", "CORNER", at=5, team="home", sequence=1)
    panel.say("backup", "CORNER", at=6, team="home")
    panel.say("backup", "GOAL", at=7, event="b", team="home")
    panel.say("acme", "OFFSIDE", at=8, team="away", sequence=3)
    panel.say("backup", "OFFSIDE", at=9, team="away")
    panel.wait(28)
    assert panel.score == (1, 0)
    panel.say("acme", "GOAL", at=100, event="a", team="home", sequence=2)
    assert panel.score == (1, 0)


def test_taken_back_it_is_settled_and_seen_to_be() -> None:
    panel = disputed()
    panel.wait(30)
    panel.say("backup", "", at=40, event="b", action="retract")
    assert panel.conflicts == [("b", "missing", "retracted")]
    assert not panel.desk.shown.under_check
    panel.restarted()
    panel.wait(100)
    assert panel.conflicts == [("b", "missing", "retracted")]


def word(panel: Panel, *, adopt: bool, event: str = "d1") -> None:
    detail = {
        "provider": "backup",
        "event": "b",
        "adopt": adopt,
        "by": "anna",
        "reason": "seen on television",
    }
    panel.say("desk", "CONFLICT_SETTLED", event=event, period=None, detail=detail)


def test_the_desk_adopts_a_claim() -> None:
    panel = disputed()
    panel.wait(30)
    word(panel, adopt=True)
    assert (panel.score, panel.desk.shown.under_check) == ((1, 0), False)
    (telling,) = [one for one in panel.desk.book.tellings.values() if one.conflict]
    assert (telling.conflict.settled, telling.conflict.by) == ("adopted", "anna")
    assert [row.cause.provider for row in panel.rows if row.type == "GOAL"] == ["backup"]


def test_the_desk_dismisses_a_claim_and_takes_its_word_back() -> None:
    panel = disputed()
    panel.wait(30)
    word(panel, adopt=False)
    assert (panel.score, panel.desk.shown.under_check) == ((0, 0), False)
    assert panel.conflicts == [("b", "missing", "dismissed")]
    panel.restarted()
    panel.say("acme", "FOUL", at=40, team="away", score=SideScore(home=1, away=0))
    assert panel.score == (0, 0), "what the desk dismissed is adopted by nobody"
    panel.say("desk", "", event="d1", action="retract", period=None, at=50)
    assert panel.conflicts == [("b", "missing", "")]


def test_the_desks_word_on_no_conflict_changes_nothing(panel: Panel) -> None:
    panel.say("backup", "GOAL", at=10, event="b", team="home")
    word(panel, adopt=True)
    assert (panel.score, panel.conflicts) == ((0, 0), [])


def test_a_silent_primary_loses_a_conflict() -> None:
    panel = disputed()
    panel.wait(30)
    panel.say("backup", "GOAL", at=100, team="home")
    panel.wait(120)
    assert (panel.score, panel.active, panel.conflicts) == ((2, 0), "backup", [("b", "missing", "failover")])
    assert not panel.desk.shown.under_check


def test_what_could_be_several_plays_is_merged_with_none_and_never_counted_twice(panel: Panel) -> None:
    panel.say("acme", "RED_CARD", at=10, event="a1", team="home")
    panel.say("acme", "RED_CARD", at=10.5, event="a2", team="home")
    panel.say("backup", "RED_CARD", at=11, event="b1", team="home")
    panel.say("acme", "FOUL", at=20, team="home")
    panel.wait(31)
    assert panel.conflicts == [("b1", "ambiguous", "")]
    (telling,) = [one for one in panel.desk.book.tellings.values() if one.conflict]
    assert [one.event for one in telling.conflict.against] == ["a1", "a2"]
    panel.say("backup", "RED_CARD", at=40, event="b2", team="home")
    assert panel.conflicts == [("b1", "ambiguous", "caught_up")]
    assert panel.desk.shown.home.red == 2


def test_what_the_rules_refuse_is_a_conflict_and_no_play() -> None:
    panel = Panel()
    panel.say("acme", "PERIOD_END", at=3)
    panel.say("backup", "PERIOD_END", at=3.5)
    panel.say("backup", "PERIOD_START", at=4, event="b1", period=2)
    panel.say("acme", "PERIOD_START", at=4.5, period=2)
    panel.say("desk", "GAME_FINAL", at=5, period=2)
    panel.say("backup", "PERIOD_START", at=40, event="b3", period=3)
    panel.wait(60)
    assert panel.active == "backup"
    assert panel.conflicts == [("b3", "refused", "")]
    assert panel.desk.shown.status == "final"


def test_a_provider_for_which_the_game_is_over_is_not_silent() -> None:
    panel = Panel()
    panel.say("acme", "GOAL", at=3, team="home")
    panel.say("backup", "GOAL", at=3.5, event="b1", team="home")
    panel.say("acme", "GAME_FINAL", at=5, period=2)
    panel.say("backup", "GOAL", at=40, event="b2", team="away")
    panel.wait(60)
    assert panel.active == "acme"
    assert panel.conflicts == [("b2", "missing", "")]
    assert (panel.score, panel.desk.shown.under_check) == ((1, 0), True)


def withdrawn(*, talks: bool) -> Panel:
    """Both told a goal, and the backup takes it back; the primary talks on, or does not."""
    panel = Panel()
    panel.say("acme", "GOAL", at=10, event="a", team="home")
    panel.say("backup", "GOAL", at=11, event="b", team="home")
    panel.say("backup", "", at=20, event="b", action="retract")
    assert panel.score == (1, 0)
    if talks:
        panel.say("acme", "FOUL", at=25, team="home")
    panel.wait(40)
    return panel


def test_a_goal_that_the_backup_takes_back_while_the_primary_is_silent_does_not_count() -> None:
    panel = withdrawn(talks=False)
    assert (panel.score, panel.active, panel.conflicts) == ((0, 0), "backup", [])
    assert panel.rows[-1].corrects is not None


def test_a_goal_that_one_takes_back_and_the_other_tells_on_is_a_conflict() -> None:
    panel = withdrawn(talks=True)
    assert (panel.score, panel.active) == ((1, 0), "acme")
    assert panel.conflicts == [("b", "withdrawn", "")]
    assert panel.desk.shown.under_check
    panel.restarted()
    panel.say("acme", "", at=50, event="a", action="retract")
    assert (panel.score, panel.conflicts) == ((0, 0), [("b", "withdrawn", "caught_up")])
    assert not panel.desk.shown.under_check


def test_the_primary_states_the_score_without_the_goal_that_was_taken_back() -> None:
    panel = withdrawn(talks=True)
    panel.say("acme", "FOUL", at=50, team="home", score=SideScore(home=0, away=0))
    assert (panel.score, panel.conflicts) == ((0, 0), [("b", "withdrawn", "score")])


def test_what_was_taken_back_and_is_told_again_is_no_conflict_any_more() -> None:
    panel = Panel()
    panel.say("acme", "GOAL", at=10, event="a", team="home")
    panel.say("backup", "GOAL", at=11, event="b", team="home")
    panel.say("backup", "", at=20, event="b", action="retract")
    panel.say("backup", "GOAL", at=22, event="b", team="home")
    panel.say("acme", "FOUL", at=25, team="home")
    panel.wait(60)
    assert (panel.score, panel.conflicts) == ((1, 0), [])
    assert panel.desk.book.tellings[("backup", "b")].play == ("acme", "a")


@pytest.mark.parametrize(("adopt", "score"), [(True, (0, 0)), (False, (1, 0))])
def test_the_desks_word_on_what_was_taken_back(adopt: bool, score: tuple[int, int]) -> None:
    panel = withdrawn(talks=True)
    word(panel, adopt=adopt)
    assert panel.score == score
    assert panel.conflicts == [("b", "withdrawn", "adopted" if adopt else "dismissed")]
    assert not panel.desk.shown.under_check


def test_what_a_returned_provider_told_before_its_last_match_is_not_dropped(panel: Panel) -> None:
    """The other is silent when it is due, so what waits is shown where it stands."""
    panel.say("backup", "GOAL", at=10, event="b1", team="home", clock="1:00")
    panel.wait(30)
    panel.say("backup", "GOAL", at=40, event="b3", team="away", clock="9:00")
    panel.say("acme", "GOAL", at=50, event="a1", team="home", clock="1:00")
    panel.say("acme", "RED_CARD", at=50.1, event="a2", team="home", clock="5:00")
    panel.say("acme", "GOAL", at=50.2, event="a3", team="away", clock="9:00")
    panel.wait(71)
    assert panel.active == "acme"
    assert [play.claim.type for play in panel.desk.book.order][1:] == ["GOAL", "RED_CARD", "GOAL"]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("talks", [False, True])
def test_a_goal_that_is_told_again_under_another_name_stays(*, restarts: bool, talks: bool) -> None:
    """What was forgotten is forgotten in the ledger too, or a restart would take the goal back."""
    panel = Panel()
    panel.say("acme", "GOAL", at=10, event="a", team="home")
    panel.say("backup", "GOAL", at=11, event="b1", team="home")
    panel.say("backup", "", at=12, event="b1", action="retract")
    panel.say("backup", "GOAL", at=13, event="b2", team="home")
    if restarts:
        panel.restarted()
    panel.say("acme" if talks else "backup", "CORNER", at=40, team="home")
    panel.wait(80)
    assert (panel.score, panel.conflicts) == ((1, 0), [])


def test_the_shown_provider_takes_back_what_was_in_conflict() -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b", team="away")
    panel.say("acme", "CORNER", at=15, team="home")
    panel.say("backup", "CORNER", at=16, team="home")
    panel.wait(31)
    assert panel.conflicts == [("b", "missing", "")]
    panel.say("acme", "FEED_LOST", at=60, period=None)
    panel.say("backup", "YELLOW_CARD", at=100, team="home")
    panel.wait(121)
    panel.say("backup", "", at=130, event="b", action="retract", revision=99)
    panel.wait(200)
    assert panel.active == "backup"
    assert panel.score == (0, 0)
    assert all(settled for _, _, settled in panel.conflicts)
    assert not panel.desk.book.under_check
