"""What waits in a game of several providers: one list, by time, and nothing in it that nobody waits for."""

from scorewire.games.deadlines import deadlines

from .conftest import Panel


def waits(panel: Panel, awake_ms: int = 0) -> list[tuple[int, str, str, str]]:
    found = deadlines(panel.arbiter.tellers, awake_ms=awake_ms, disputed=panel.desk.disputed)
    return [(one.due_ms, one.what, one.account.provider, one.event) for one in found]


def test_what_is_due_first_stands_first(panel: Panel) -> None:
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.say("backup", "CORNER", at=11, event="b2", team="home")  # minor: nobody waits for it
    panel.say("backup", "GOAL", at=12, event="b3", team="away")
    first, second = (30_000, "claim", "backup", "b1"), (32_000, "claim", "backup", "b3")
    assert waits(panel) == [first, second]
    assert panel.arbiter.due_ms() == 30_000
    panel.say("acme", "GOAL", at=13, event="a1", team="home")
    assert waits(panel) == [second]


def test_after_a_restart_waiting_begins_anew(panel: Panel) -> None:
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.restarted()
    assert waits(panel, awake_ms=50_000) == [(70_000, "claim", "backup", "b1")]


def test_a_gap_waits_for_what_another_tells_there() -> None:
    panel = Panel(kind="dense")
    panel.say("acme", "CORNER", at=10, event="a1", sequence=1, team="home")
    panel.say("acme", "CORNER", at=11, event="a3", sequence=3, team="away")
    assert waits(panel) == [(31_000, "gap", "acme", "")]


def test_who_goes_on_where_the_one_shown_has_stopped_waits_for_it() -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.say("acme", "CORNER", at=15, team="home")
    panel.wait(30)
    assert waits(panel) == []
    panel.say("backup", "CORNER", at=40, team="home")
    assert waits(panel) == [(35_000, "heir", "backup", "")]


def test_a_sheet_that_differs_waits_until_it_is_under_check() -> None:
    panel = Panel()
    for provider in ("acme", "backup"):
        panel.say(provider, "GOAL", at=10, event=provider, team="home")
    panel.say("desk", "GOAL_CANCELLED", at=11, event="d", detail={"event": "acme", "provider": "acme"})
    assert waits(panel) == [(31_000, "sheet", "acme", ""), (31_000, "sheet", "backup", "")]
    panel.wait(31)
    assert waits(panel) == []
    assert panel.desk.shown.under_check
