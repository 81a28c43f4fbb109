"""Rugby's lines, by hand: no recording of it is held."""

from unit.stats.lines.plays import cells, game, same

FIFTEEN = tuple(f"p{number}" for number in range(1, 16))


def test_points_are_those_of_the_competition() -> None:
    played = game("rugby_union", try_points=4)
    played.say("TRY", "home", "p1", period=1, clock="10:00")
    played.say("CONVERSION", "home", "p10", period=1, clock="11:00")
    played.say("PENALTY_GOAL", "home", "p10", period=1, clock="20:00")
    played.say("DROP_GOAL", "home", "p10", period=1, clock="21:00")
    played.say("PENALTY_TRY", "home", period=1, clock="30:00")
    played.say("SCRUM", "away", period=1)
    lines = played.lines
    assert [cells(lines, "p10")[name] for name in ("PTS", "C", "PG", "DG")] == [8, 1, 1, 1]
    assert [cells(lines, "p1")[name] for name in ("PTS", "T")] == [4, 1]
    assert [lines.home.totals["match"][name] for name in ("PTS", "T", "PT")] == [19, 1, 1]
    assert lines.away.totals["match"]["SCR"] == 1


def test_a_try_that_the_tmo_takes_back() -> None:
    played = game("rugby_union")
    before = played.lines
    played.say("TRY", "home", "p1", period=1, event="t")
    played.say("TRY_CANCELLED", "home", period=1, event="no", detail={"event": "t"})
    assert same(played.lines, before)
    played.take_back(played.plays("TRY_CANCELLED")[0])
    assert cells(played.lines, "p1")["T"] == 1


def test_minutes() -> None:
    played = game("rugby_union")
    played.line_up("home", *FIFTEEN, "p16", starters=15)
    played.say("PERIOD_START", period=1)
    played.say("YELLOW_CARD", "home", "p3", period=1, clock="5:00")
    played.say("RED_CARD", "home", "p2", period=1, clock="30:00")
    played.say("PERIOD_END", period=1)
    played.say("PERIOD_START", period=2)
    played.say("SUBSTITUTION", "home", "p1", period=2, clock="60:00", detail={"in": "P16", "in_id": "p16"})
    played.say("PERIOD_END", period=2)
    lines = played.lines
    assert [cells(lines, who)["MIN"] // 60 for who in ("p1", "p16", "p2", "p3")] == [60, 20, 30, 80]
