"""The sheet: what events add, for whom, and what is left out because nobody told it."""

from scorewire.stats.lines.columns import Column, Count, Table, words
from scorewire.stats.lines.sheet import Sheet, SportLines, lines_of, players
from unit.stats.lines.plays import cells, game, player

LINES = SportLines(
    "soccer",
    {
        "box": Table(
            {
                "G": Column("Goals"),
                "A": Column("Assists", needs=("GOAL.assist_id",)),
                "C": Column("Corners", needs=("CORNER",), of="team"),
                "Y": Column("Bookings", personal=True),
                "KM": Column("Longest", total="max", needs=("FOUL",)),
            },
            everyone=True,
        ),
        "keeping": Table({"SV": Column("Saves")}),
    },
    {
        "GOAL": (Count({"G": 1}, unless={"own_goal": words(True)}), Count({"A": 1}, "assist")),
        "CORNER": (Count({"C": 1}, "team"),),
        "YELLOW_CARD": (Count({"Y": 1}),),
        "SHOT": (Count({"SV": 1}, "keeper", "keeping", other=True, where={"outcome": words("saved")}),),
        "FOUL": (Count({"KM": "metres"}),),
    },
)


def lines(played: object) -> object:
    book = played.desk.book  # type: ignore[attr-defined]
    return lines_of(LINES, book.declared, book.seq, [play.claim for play in book.order])


def test_roles_sides_and_conditions() -> None:
    played = game("soccer")
    played.line_up("home", "p1", "p2", starters=1, position="F")
    played.say("GOAL", "home", "p1", period=1, detail={"assist": "P3", "assist_id": "p3"})
    played.say("GOAL", "home", "q1", period=1, detail={"own_goal": True})
    played.say("CORNER", "home", "p1", period=1)
    played.say("SHOT", "home", "p1", period=1, detail={"outcome": "saved", "keeper_id": "q9"})
    played.say("SHOT", "home", "p1", period=1, detail={"outcome": "off_target", "keeper_id": "q9"})
    got = lines(played)
    first = player(got, "p1")
    assert (first.name, first.number, first.position, first.starter, first.played) == (
        "P1",
        "1",
        "F",
        True,
        True,
    )
    assert first.tables == {"box": {"G": 1, "A": 0, "Y": 0}}
    assert cells(got, "p3") == {"G": 0, "A": 1, "Y": 0}
    assert (player(got, "p2").starter, player(got, "p2").played) == (False, False)
    assert player(got, "q9").tables["keeping"] == {"SV": 1}
    assert got.home.totals["box"] == {"G": 1, "A": 1, "C": 1, "Y": 0}
    assert got.away.totals["keeping"] == {"SV": 1}


def test_what_a_provider_never_speaks_of_is_left_out() -> None:
    played = game("soccer")
    played.say("GOAL", "home", "p1", period=1)
    assert cells(lines(played), "p1") == {"G": 1, "Y": 0}


def test_what_nobody_is_named_for_is_the_teams_unless_the_column_is_personal() -> None:
    played = game("soccer")
    played.say("GOAL", "home", period=1)
    played.say("YELLOW_CARD", "home", period=1)
    got = lines(played)
    assert got.home.totals["box"] == {"G": 1, "Y": 0}
    assert got.home.players == ()


def test_the_greatest_of_a_column() -> None:
    sheet = Sheet({})
    for metres in (4, 9, 7):
        sheet.raise_to("home", "p1", "box", "KM", metres)
    assert sheet.value("home", "p1", "box", "KM") == 9
    assert sheet.value("home", "p2", "box", "KM") == 0
    played = game("soccer")
    played.say("FOUL", "home", "p1", period=1, detail={"metres": 4})
    played.say("FOUL", "home", "p2", period=1, detail={"metres": 9})
    assert lines(played).home.totals["box"]["KM"] == 9


def test_several_players_in_one_role() -> None:
    played = game("soccer")
    played.say("FOUL", "home", "p1", period=1, detail={"plus_ids": "p1 p2", "two": 2})
    claim = played.plays("FOUL")[0]
    assert players(claim, "plus") == [("p1", ""), ("p2", "")]
    assert players(claim, "two") == []
    assert players(claim, "nobody") == []
