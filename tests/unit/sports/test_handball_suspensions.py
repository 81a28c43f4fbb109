"""Who plays with fewer: two minutes, 2+2, the third suspension, red and blue cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.sports.handball import HANDBALL
from scorewire.sports.handball_suspensions import Punished, disqualified, served, suspended
from unit.sports.plays import board, claim

START = claim("PERIOD_START", period=1)


def two(side: str, clock: str, player: str | None = None, period: int = 1, **detail: object) -> object:
    return claim("SUSPENSION", side, period=period, clock=clock, player=player, detail=detail)


def card(kind: str, clock: str, player: str | None = "p1", side: str = "home") -> object:
    return claim(kind, side, period=1, clock=clock, player=player)


def at(clock: str, period: int = 1) -> object:
    return claim("SHOT", "away", period=period, clock=clock)


def shown(*claims: object) -> tuple:
    detail = board(HANDBALL, START, *claims).detail
    return detail.get("players"), detail.get("back"), detail.get("cards")


def test_two_minutes() -> None:
    assert shown(two("home", "10:00")) == ("6v7", {"home": "12:00"}, {"home": {"suspensions": 1}})
    assert shown(two("home", "10:00"), at("11:59"))[0] == "6v7"
    assert shown(two("home", "10:00"), at("12:00"))[:2] == (None, None)


def test_a_goal_does_not_end_them() -> None:
    goal = claim("GOAL", "away", period=1, clock="10:30")
    assert shown(two("home", "10:00"), goal)[0] == "6v7"


def test_any_number_at_once() -> None:
    claims = [two("home", f"10:0{number}") for number in range(4)]
    assert shown(*claims, two("away", "10:30"))[:2] == ("3v6", {"home": "12:00", "away": "12:30"})
    assert shown(*claims, two("away", "10:30"), at("12:02"))[:2] == (
        "6v6",
        {"home": "12:03", "away": "12:30"},
    )


def test_they_go_on_in_the_next_period() -> None:
    late = two("away", "29:30")
    over = (late, claim("PERIOD_END", period=1), claim("PERIOD_START", period=2))
    assert shown(*over)[:2] == ("7v6", {"away": "31:30"})
    assert shown(*over, at("31:30", 2))[0] is None


@pytest.mark.parametrize(
    "claims",
    [
        [two("home", "10:00", "p1", minutes=4)],
        [two("home", "10:00", "p1"), two("home", "10:00", "p1")],
        [two("home", "10:00", "p1"), card("RED_CARD", "10:00")],
    ],
)
def test_four_minutes_for_one_player_leave_one_place_empty(claims: list) -> None:
    assert shown(*claims)[:2] == ("6v7", {"home": "14:00"})


def test_two_players_leave_two() -> None:
    assert shown(two("home", "10:00", "p1"), two("home", "10:00", "p2"))[0] == "5v7"
    assert shown(two("home", "10:00"), two("home", "10:00"))[0] == "5v7"


class TestThird:
    TWICE = (two("home", "1:00", "p1"), two("home", "10:00", "p1"))
    THIRD = two("home", "20:00", "p1")
    COUNTED = ("6v7", {"home": "22:00"}, {"home": {"suspensions": 3, "red": 1}})

    def test_is_a_red_card(self) -> None:
        assert "red" not in shown(*self.TWICE)[2]["home"]
        assert shown(*self.TWICE, self.THIRD) == self.COUNTED

    def test_that_is_not_counted_again(self) -> None:
        assert shown(*self.TWICE, self.THIRD, card("RED_CARD", "20:00")) == self.COUNTED

    def test_whichever_is_told_first(self) -> None:
        assert shown(*self.TWICE, card("RED_CARD", "20:00"), self.THIRD) == self.COUNTED

    def test_four_minutes_are_two(self) -> None:
        cards = shown(two("home", "1:00", "p1", minutes=4), two("home", "10:00", "p1"))[2]
        assert cards == {"home": {"suspensions": 3, "red": 1}}

    def test_is_one_players(self) -> None:
        assert "red" not in shown(*self.TWICE, two("home", "20:00", "p2"))[2]["home"]
        assert "red" not in shown(*[two("home", "20:00")] * 3)[2]["home"]


class TestCards:
    def test_a_yellow_card_leaves_nobody_out(self) -> None:
        assert shown(card("YELLOW_CARD", "5:00")) == (None, None, {"home": {"yellow": 1}})

    def test_a_red_card_is_two_minutes_for_the_side(self) -> None:
        assert shown(card("RED_CARD", "5:00")) == ("6v7", {"home": "7:00"}, {"home": {"red": 1}})

    def test_a_blue_card_adds_a_report_to_a_red_one(self) -> None:
        assert shown(card("RED_CARD", "5:00"), card("BLUE_CARD", "5:00")) == (
            "6v7",
            {"home": "7:00"},
            {"home": {"red": 1, "blue": 1}},
        )

    def test_a_blue_card_alone_stands_for_both(self) -> None:
        both = ("6v7", {"home": "7:00"}, {"home": {"red": 1, "blue": 1}})
        assert shown(card("BLUE_CARD", "5:00")) == both
        assert shown(card("BLUE_CARD", "5:00"), card("RED_CARD", "5:00")) == both

    def test_nobody_named_is_somebody_else_each_time(self) -> None:
        assert shown(card("RED_CARD", "5:00", None), card("RED_CARD", "5:00", None))[2] == {
            "home": {"red": 2}
        }


def test_after_the_end_nobody_counts() -> None:
    assert shown(two("home", "29:00"), claim("GAME_END"))[:2] == (None, None)


def test_without_any_clock_nobody_knows_until_when() -> None:
    assert shown(claim("SUSPENSION", "home"))[:2] == (None, None)
    assert shown(at("6:00"), claim("SUSPENSION", "home"))[:2] == ("6v7", {"home": "8:00"})


def test_nobody_back_is_no_change() -> None:
    held, _ = suspended(Punished(), "home", "p1", 600, seconds=120)
    assert served(held, 719) is held
    assert served(held, 720).absences == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["home", "away"]),
            st.sampled_from(["", "a", "b"]),
            st.integers(0, 200),
            st.sampled_from(["two", "four", "red", "blue"]),
        ),
        max_size=15,
    )
)
def test_whatever_comes_everybody_comes_back(steps: list) -> None:
    held, now = Punished(), 0
    for side, player, later, what in steps:
        now += later
        held = served(held, now)
        if what in {"two", "four"}:
            held, _ = suspended(held, side, player, now, seconds=120 if what == "two" else 240)
        else:
            held, _ = disqualified(held, side, player, now, red=what == "red")
        assert all(one.given_at <= now < one.ends for one in held.absences)
    assert served(held, now + 240 * (len(steps) + 1)).absences == ()
