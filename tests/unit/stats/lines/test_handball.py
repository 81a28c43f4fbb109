"""Handball's lines, by hand: no recording of it is held."""

from unit.stats.lines.plays import cells, game


def test_goals_throws_and_punishments() -> None:
    played = game("handball")
    played.say("GOAL", "home", "p1", period=1, detail={"assist": "P2", "assist_id": "p2"})
    played.say("GOAL", "home", "p1", period=1, detail={"seven_metre": True})
    played.say("SEVEN_METRE_MISSED", "home", "p1", period=1)
    played.say("SHOT", "home", "p1", period=1, detail={"outcome": "saved"})
    played.say("SAVE", "away", "k1", period=1)
    played.say("TURNOVER", "home", "p2", period=1)
    played.say("STEAL", "away", "q1", period=1)
    played.say("YELLOW_CARD", "home", "p2", period=1)
    lines = played.lines
    assert cells(lines, "p1") == {
        "G": 2, "S": 4, "%": 0.5, "7G": 1, "7M": 1, "7S": 2, "AS": 0, "TO": 0, "ST": 0, "SV": 0, "YC": 0,
        "2M": 0, "RC": 0, "BC": 0,
    }  # fmt: skip
    assert [cells(lines, "p2")[name] for name in ("AS", "TO", "YC")] == [1, 1, 1]
    assert (cells(lines, "k1")["SV"], cells(lines, "q1")["ST"]) == (1, 1)


def test_a_third_suspension_is_a_disqualification_and_none_once_it_is_lifted() -> None:
    played = game("handball")
    played.say("SUSPENSION", "home", "p1", period=1, clock="10:00")
    played.say("SUSPENSION", "home", "p1", period=1, clock="15:00", event="second", detail={"minutes": 4})
    assert [cells(played.lines, "p1")[name] for name in ("2M", "RC")] == [3, 1]
    played.say("SUSPENSION_CANCELLED", "home", period=1, detail={"event": "second"})
    assert [cells(played.lines, "p1")[name] for name in ("2M", "RC")] == [1, 0]
