from scorewire.web.lineups import Lineup, Mark, lineups
from unit.web.played import claim, eleven, plays


def of(lineup: Lineup, name: str) -> list[str]:
    return [one.name for group in lineup.groups for one in group.players if group.name == name]


def test_nobody_told_who_plays() -> None:
    assert lineups(plays(claim("GOAL", who="Ada"))) == []
    assert lineups(plays(claim("STRIKEOUT", who="Ada"), sport="ice_hockey")) == []


def test_the_newest_line_up_counts_and_tells_what_became_of_its_players() -> None:
    home, away = lineups(
        plays(
            claim("LINEUP", h1="9|Old|F|starter"),
            claim("LINEUP", h1="9|Ada|F|starter", h2="4|Bea|D|starter", h3="12|Cleo||bench"),
            claim("GOAL", who="H1", period=1, clock="22:10"),
            claim("GOAL", "away", who="H2", period=1, clock="30:00", own_goal=True),
            claim("YELLOW_CARD", who="H1", period=1, clock="31:00"),
            claim("SUBSTITUTION", who="H1", period=2, clock="60:00", **{"in": "Cleo", "in_id": "h3"}),
        )
    )
    assert (home.name, away.name, away.groups) == ("Argentina", "France", ())
    assert of(home, "Starting line-up") == ["Ada", "Bea"]
    assert of(home, "Bench") == ["Cleo"]
    ada, bea, cleo = (one for group in home.groups for one in group.players)
    assert ada.marks == (Mark("soccer", "goal", "23'"), Mark("yellow", "yellow card", "32'"))
    assert (ada.off, ada.on) == (("61'", "Cleo"), None)
    assert bea.marks == (Mark("miss", "own goal", "31'"),)
    assert cleo.on == ("61'", "H1")


def test_squads_without_roles_are_one_list_and_shifts_are_not_told() -> None:
    home, _ = lineups(
        plays(
            claim("LINEUP", h1="9|Ada|C|", h2="4|Bea|G|"),
            claim("SUBSTITUTION", who="H1", **{"in": "Bea", "in_id": "h2"}),
            sport="ice_hockey",
        )
    )
    assert of(home, "Dressed for the game") == ["Ada", "Bea"]
    assert home.starters == ()
    assert home.groups[0].players[0].off is None


def test_a_batting_order_is_read_from_who_came_to_bat() -> None:
    turns = [claim("OUT", "away", who=f"B{number % 10}") for number in range(12)]
    change = claim("SUBSTITUTION", "away", **{"in": "B9", "in_id": "b9", "kind": "pinch_hitter"})
    home, away = lineups(plays(*turns, change, sport="baseball"))
    assert home.groups == ()
    assert of(away, "Batting order") == [f"B{number}" for number in range(9)]
    assert of(away, "Came in to bat") == ["B9"]
    assert [group.ordered for group in away.groups] == [True, False]
    home, _ = lineups(plays(claim("BALL", who="SD Hope"), claim("BALL", who="R Chase"), sport="cricket"))
    assert of(home, "Batting order") == ["SD Hope", "R Chase"]


def test_text_of_a_line_up_that_is_short_of_parts_is_read_as_far_as_it_goes() -> None:
    home, _ = lineups(plays(claim("LINEUP", h1="", h2="7", h3="7|Ada|D|starter|more", h4=3)))
    told = [(one.name, one.number, one.role) for group in home.groups for one in group.players]
    assert sorted(told) == [("Ada", "7", ""), ("h1", "", ""), ("h2", "7", ""), ("h4", "3", "")]
    assert len(lineups(plays(claim("LINEUP", **eleven(*["D"] * 11))))[0].starters) == 11
