"""Which play another provider's claim speaks of: by score, then by order; player and clock only choose."""

from scorewire.games.matching import alike, find
from scorewire.model.provider_event import Player, ProviderEvent, SideScore

from .conftest import Panel


def names(panel: Panel) -> dict[str, str | None]:
    """What the backup calls the plays that are shown."""
    found = panel.desk.book.tellings.values()
    return {
        one.key[1]: one.play and one.play[1]
        for one in found
        if one.key[0] == "backup" and one.key[1][0] == "b"
    }


def test_goals_are_told_apart_by_the_score_after_them(panel: Panel) -> None:
    panel.say("acme", "GOAL", event="a1", team="home", clock="10:00")
    panel.say("acme", "GOAL", event="a2", team="home", clock="10:30")
    panel.say("backup", "GOAL", event="b1", team="home", clock="10:20")
    panel.say("backup", "GOAL", event="b2", team="home", clock="10:40")
    assert {name: play for name, play in names(panel).items() if len(name) == 2} == {"b1": "a1", "b2": "a2"}


def test_a_stated_score_outweighs_what_was_lost(panel: Panel) -> None:
    panel.say("acme", "GOAL", event="a1", team="home")
    panel.say("acme", "GOAL", event="a2", team="home")
    panel.say("backup", "GOAL", event="b2", team="home", score=SideScore(home=2, away=0))
    assert names(panel)["b2"] == "a2"


def test_a_provider_that_lost_a_goal_and_states_no_score_is_found_again_by_player_and_clock(
    panel: Panel,
) -> None:
    messi, kane = Player(id="messi"), Player(id="kane")
    panel.say("acme", "GOAL", event="a1", team="home", clock="10:00", player=messi)
    panel.say("acme", "GOAL", event="a2", team="home", clock="20:00", player=kane)
    panel.say("backup", "GOAL", event="b2", team="home", clock="20:01", player=kane)
    panel.say("acme", "GOAL", event="a3", team="away")
    panel.say("backup", "GOAL", event="b3", team="away")
    assert (names(panel)["b2"], names(panel)["b3"]) == ("a2", "a3")


def test_plays_without_a_score_go_by_their_order_between_those_that_are_matched(panel: Panel) -> None:
    panel.say("acme", "CORNER", event="a1", team="home")
    panel.say("acme", "CORNER", event="a2", team="away")
    panel.say("acme", "CORNER", event="a3", team="home")
    for name, team in (("b1", "home"), ("b2", "away"), ("b3", "home")):
        panel.say("backup", "CORNER", event=name, team=team)
    assert [names(panel)[name] for name in ("b1", "b2", "b3")] == ["a1", "a2", "a3"]


def test_clock_and_player_choose_among_several(panel: Panel) -> None:
    panel.say("acme", "YELLOW_CARD", event="a1", team="home", clock="10:00", player=Player(id="p1"))
    panel.say("acme", "YELLOW_CARD", event="a2", team="home", clock="10:08", player=Player(id="p2"))
    panel.say("acme", "FOUL", event="a3", team="home", clock="11:00")
    panel.say("acme", "FOUL", event="a4", team="home", clock="11:10")
    panel.say("backup", "YELLOW_CARD", event="b2", team="home", clock="10:08", player=Player(id="p2"))
    panel.say("backup", "FOUL", event="b4", team="home", clock="11:11")
    assert (names(panel)["b2"], names(panel)["b4"]) == ("a2", "a4")


def test_another_player_or_a_clock_far_away_is_another_play(panel: Panel) -> None:
    panel.say("acme", "FOUL", event="a1", team="home", clock="10:00", player=Player(id="p1"))
    panel.say("backup", "FOUL", event="b1", team="home", clock="10:00", player=Player(id="p2"))
    panel.say("backup", "FOUL", event="b2", team="home", clock="10:20")
    panel.say("backup", "FOUL", event="b3", team="home", clock="11")
    assert [names(panel)[name] for name in ("b1", "b2", "b3")] == [None, None, "a1"]


def test_a_play_is_another_than_what_stands_before_its_neighbours(panel: Panel) -> None:
    panel.say("acme", "FOUL", event="a1", team="home")
    panel.say("acme", "GOAL", event="a2", team="home")
    panel.say("backup", "GOAL", event="b2", team="home")
    panel.say("backup", "FOUL", event="b3", team="home", clock="12:00")
    assert names(panel)["b3"] is None


def test_a_corrected_claim_is_matched_anew(panel: Panel) -> None:
    panel.say("acme", "GOAL", event="a1", team="home")
    panel.say("backup", "GOAL", event="b1", team="home")
    panel.say("backup", "GOAL", event="b1", team="away")
    assert names(panel)["b1"] is None
    panel.say("backup", "GOAL", event="b1", team="home", text="header")
    assert names(panel)["b1"] == "a1"


def test_alike_goes_by_what_both_say() -> None:
    def claim(**fields: object) -> ProviderEvent:
        base = {"provider": "p", "game_id": "g", "event": "e", "revision": 1, "type": "GOAL", "team": "home"}
        return ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]

    assert alike(claim(period=1), claim())
    assert not alike(claim(period=1), claim(period=2))
    assert not alike(claim(), claim(team="away"))
    assert not alike(claim(), claim(type="FOUL"))


def test_what_is_the_desks_is_no_providers_play(panel: Panel) -> None:
    panel.say("desk", "CORNER", team="home")
    account = panel.arbiter.tellers.accounts["backup"]
    panel.say("backup", "CORNER", event="b1", team="home")
    found = find(account, panel.desk.book, panel.desk.book.tellings[("backup", "b1")].claim)
    assert (found.play, found.several) == (None, ())


def test_what_was_told_wrongly_is_matched_when_it_is_put_right(panel: Panel) -> None:
    panel.say("acme", "YELLOW_CARD", event="a1", team="home")
    panel.say("backup", "FOUL", event="b1", team="home")
    assert names(panel)["b1"] is None
    panel.say("backup", "YELLOW_CARD", event="b1", team="home")
    assert names(panel)["b1"] == "a1"


def test_among_many_that_one_tells_alone_the_newest_are_looked_at_again(panel: Panel) -> None:
    for number in range(400):
        panel.say("backup", "FOUL", team="home")
        panel.say("acme", "CORNER", event=f"a{number}", team="home")
    account = panel.arbiter.tellers.accounts["backup"]
    assert len(account.open_of["FOUL"]) == 400
    panel.say("acme", "FOUL", event="foul", team="home")
    assert len(account.open) == 399


def test_a_point_that_stands_alike_is_another_where_it_was_told_later() -> None:
    """15-0 comes in every game: the backup lost the first, and tells a point after a break that both tell."""
    panel = Panel(sport="tennis")
    panel.say("acme", "POINT", event="a1", team="home")
    panel.say("acme", "MEDICAL_TIMEOUT", event="a2", team="away")
    panel.say("backup", "MEDICAL_TIMEOUT", event="b2", team="away")
    panel.say("backup", "POINT", event="b3", team="home")
    assert (names(panel)["b2"], names(panel)["b3"]) == ("a2", None)
