"""How providers have done: counted from the book, what was told beside it, and the rows."""

from scorewire.games.report import Sheet, conflicts_of, count, reports

from .conftest import Panel, Referee


def reported(panel: Panel) -> dict[str, dict[str, object]]:
    sheets: dict[str, Sheet] = {}
    count(sheets, panel.desk.book, panel.rows)
    return {
        one.provider: {name: getattr(one, name) for name in one.__struct_fields__} for one in reports(sheets)
    }


def test_lead_misses_and_what_each_tells_alone() -> None:
    panel = Panel()
    for at, number in ((10, 1), (20, 2), (30, 3)):
        panel.say("backup", "GOAL", at=at, event=f"b{number}", team="home")
        panel.say("acme", "GOAL", at=at + 2, event=f"a{number}", team="home")
    panel.say("acme", "RED_CARD", at=40, team="away")
    panel.say("backup", "FOUL", at=41, team="home")
    one = reported(panel)
    acme, backup = one["acme"], one["backup"]
    assert (backup["first"], backup["lead_ms"], acme["first"], acme["lead_ms"]) == (3, 2_000, 1, -2_000)
    assert (backup["misses"], backup["alone"], backup["told"]) == (1, 1, 5)
    assert (acme["misses"], acme["alone"], acme["told"]) == (0, 1, 5)


def test_failovers_conflicts_and_retractions() -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.wait(30)
    panel.say("acme", "GOAL", at=40, event="a1", team="home")
    panel.say("acme", "CORNER", at=101, team="home")
    assert panel.active == "acme"
    panel.say("backup", "RED_CARD", at=110, event="b2", team="home")
    panel.say("backup", "RED_CARD", at=111, event="b3", team="away")
    panel.say("acme", "FOUL", at=120, team="home")
    panel.wait(135)
    panel.say("acme", "RED_CARD", at=140, team="home")
    panel.say("backup", "", at=141, event="b3", action="retract")
    one = reported(panel)
    assert (one["acme"]["failovers"], one["backup"]["failovers"]) == (1, 0)
    assert (one["backup"]["conflicts"], one["backup"]["upheld"], one["backup"]["retractions"]) == (2, 1, 1)
    assert conflicts_of(panel.desk.book) == []
    ended = conflicts_of(panel.desk.book, settled=True)
    assert [(each.event, each.settled) for each in ended] == [("b2", "caught_up"), ("b3", "retracted")]


def test_a_game_of_one_provider_is_in_no_report() -> None:
    referee = Referee().kick_off()
    sheets: dict[str, Sheet] = {}
    count(sheets, referee.desk.book, referee.rows)
    assert reports(sheets) == ()
