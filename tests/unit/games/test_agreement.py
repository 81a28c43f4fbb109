"""What is shown is what somebody who keeps up comes to, or the score is under check."""

from scorewire.games import agreement, conflicts

from .conftest import Panel


def told_by_both(panel: Panel, type_: str, at: float, team: str = "home") -> None:
    for provider in ("acme", "backup"):
        panel.say(provider, type_, at=at, event=f"{provider}-{at}", team=team)


def cancelled_by_the_desk() -> Panel:
    panel = Panel()
    told_by_both(panel, "GOAL", 10)
    panel.say("desk", "GOAL_CANCELLED", at=11, event="d", detail={"event": "acme-10", "provider": "acme"})
    told_by_both(panel, "CORNER", 12)
    return panel


def test_a_sheet_that_nobody_comes_to_is_under_check_once_lag_cannot_explain_it() -> None:
    panel = cancelled_by_the_desk()
    assert not agreement.differs(panel.arbiter.tellers, 30_999)
    assert agreement.differs(panel.arbiter.tellers, 31_000)


def test_that_ends_when_one_comes_to_it_again() -> None:
    panel = cancelled_by_the_desk()
    panel.wait(32)
    assert panel.desk.shown.under_check
    panel.say("desk", "", at=40, event="d", action="retract")
    assert (panel.desk.shown.under_check, panel.score) == (False, (1, 0))


def test_who_is_far_behind_says_nothing_of_what_is_shown() -> None:
    panel = Panel()
    told_by_both(panel, "GOAL", 10)
    panel.say("desk", "GOAL_CANCELLED", at=11, event="d", detail={"event": "acme-10", "provider": "acme"})
    told_by_both(panel, "CORNER", 12)
    for number in range(4):
        panel.say("desk", "GOAL", at=13 + number, team="away")
    panel.wait(60)
    assert not agreement.differs(panel.arbiter.tellers, 100_000)


def test_plays_of_another_behind_the_newest_of_who_is_shown_do_not_make_it_far_behind() -> None:
    """Seed 300027 of the simulation: all that a provider had told was put before plays of the one that had
    stopped, and a wrong set was shown without a mark."""
    panel = Panel(kind="dense")
    panel.say("acme", "GOAL", at=10, event="a1", team="home", sequence=1)
    panel.say("desk", "GOAL_CANCELLED", at=11, event="d", detail={"event": "a1", "provider": "acme"})
    panel.say("acme", "CORNER", at=12, event="a2", team="home", sequence=2)
    panel.say("backup", "CORNER", at=12, event="b2", team="home")
    tellers = panel.arbiter.tellers
    for number in range(4):
        event = f"alone-{number}"
        panel.say("backup", "GOAL", at=13 + number, team="away", event=event)
        conflicts.adopt(
            tellers, panel.arbiter._writer(17_000, -1), tellers.accounts["backup"], event, "adopted"
        )
    assert (tellers.active, panel.desk.book.board.away) == ("acme", 4)
    assert not agreement.differs(tellers, 20_000)
    assert agreement.differs(tellers, 60_000)


def test_what_another_told_behind_all_that_the_one_shown_tells_is_not_shown_without_a_mark() -> None:
    """Seed 400844 of the simulation: a basket that nobody else knew of stood behind the final whistle."""
    panel = Panel(kind="dense")
    panel.say("acme", "GOAL", at=10, event="a1", team="home", sequence=1)
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.say("backup", "GOAL", at=12, event="b2", team="away")
    tellers = panel.arbiter.tellers
    conflicts.adopt(tellers, panel.arbiter._writer(12_000, -1), tellers.accounts["backup"], "b2", "adopted")
    tellers.accounts["backup"].shadow = True  # its word does not count any more
    assert (tellers.active, panel.desk.book.board.away) == ("acme", 1)
    assert not agreement.differs(tellers, 13_000)
    assert agreement.differs(tellers, 60_000)


def test_a_restart_ends_no_check_that_still_has_its_reason() -> None:
    panel = cancelled_by_the_desk()
    panel.wait(32)
    assert panel.desk.shown.under_check
    panel.restarted()
    told_by_both(panel, "FOUL", 33)
    assert panel.desk.shown.under_check
