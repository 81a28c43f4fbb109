"""What stands of a game's rows: the same as the owner's book says, whatever is corrected."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.sports import SPORTS
from scorewire.stats.lines.record import Record
from unit.stats.lines.plays import Game, game


def record(played: Game) -> Record:
    held = Record(SPORTS)
    for row in played.rows:
        held.apply(row)
    return held


def standing(played: Game) -> list:
    book = played.desk.book
    return [play.claim for play in book.order if book.stands(play) and play.claim.confirmation != "cancelled"]


def test_a_goal_that_is_cancelled_does_not_stand_and_stands_again() -> None:
    played = game("soccer")
    played.say("GOAL", "home", "p1", period=1, event="g")
    played.say("GOAL_CANCELLED", "home", period=1, event="no")
    assert [claim.event for claim in record(played).standing()] == ["no"]
    played.take_back(played.plays("GOAL_CANCELLED")[0])
    assert [claim.event for claim in record(played).standing()] == ["g"]


def test_what_the_provider_calls_cancelled_does_not_stand() -> None:
    played = game("soccer")
    played.say("GOAL", "home", "p1", period=1, event="g", confirmation="cancelled")
    assert record(played).standing() == []


def test_a_row_may_come_twice_and_none_may_be_missing() -> None:
    played = game("soccer")
    played.say("GOAL", "home", "p1", period=1)
    held = record(played)
    held.apply(played.rows[-1])
    assert (held.seq, len(held.standing())) == (2, 1)
    fresh = Record(SPORTS)
    with pytest.raises(ValueError, match="does not follow"):
        fresh.apply(played.rows[-1])


CANCELS = ("GOAL_CANCELLED", "PLAY_CANCELLED", "CARD_CANCELLED")
PLAYS = ("GOAL", "CORNER", "YELLOW_CARD")
STEP = st.tuples(
    st.integers(0, 6),
    st.integers(0, 2),
    st.sampled_from(["home", "away"]),
    st.integers(-3, 5),
    st.sampled_from(["assert", "assert", "assert", "retract"]),
    st.integers(1, 30),
    st.sampled_from(["confirmed", "confirmed", "tentative", "cancelled"]),
)
"""Events 0 to 2 are plays, 3 to 6 take back what has a lower number."""


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=14))
def test_whatever_is_told_the_book_and_the_record_agree(steps: list[tuple]) -> None:
    played = game("soccer")
    for number, (event, kind, side, named, action, sequence, confirmation) in enumerate(steps, 1):
        detail: Detail = {"event": f"x{named}"} if 0 <= named < event else {}
        played.offer(
            ProviderEvent(
                provider="acme",
                game_id="g1",
                event=f"x{event}",
                revision=number,
                sequence=sequence,
                type=CANCELS[kind] if event > 2 else PLAYS[kind],
                team=side,
                period=1,
                action=action,
                confirmation=confirmation,
                detail=detail,
            )
        )
    assert record(played).standing() == standing(played)
