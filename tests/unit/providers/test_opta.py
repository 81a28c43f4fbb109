"""What both of Opta's event feeds claim, and how deletions and edits of days later come out."""

from collections.abc import Callable

import pytest

from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.providers.format import Decoded
from scorewire.providers.opta import OptaEvent, place, qualifiers
from scorewire.providers.opta_f24 import OPTA_F24
from scorewire.providers.opta_ma3 import OPTA_MA3
from scorewire.sports import SPORTS

from .folded import fold_one
from .opta_matches import AWAY, MATCH, One, deleted, f24, ma3

Write = Callable[..., bytes]
BOTH = pytest.mark.parametrize(("write", "format_"), [(f24, OPTA_F24), (ma3, OPTA_MA3)])


def decoded(write: Write, *events: One, score: tuple[int, int] | None = None) -> Decoded:
    return (OPTA_F24 if write is f24 else OPTA_MA3).decode(write(*events, score=score))


@BOTH
def test_a_match_in_no_order_folds_to_its_score(write: Write, format_: object) -> None:
    told = decoded(write, *MATCH, score=(2, 1))
    folded = fold_one(told, "sparse")
    assert folded.refused == []
    assert folded.score == (2, 1)
    assert folded.lines == {"1": (1, 0), "2": (1, 1)}
    assert folded.state.status == ("final" if write is ma3 else "ended")
    assert not folded.state.under_check
    assert folded.state.detail["cards"] == {"away": {"red": 1}}
    assert told.skipped == {"told_by_both_teams": 6, "substitute_on": 1, "other_side": 1}
    own = next(one for one in told.events if one.event == "32")
    assert (own.team, own.detail) == ("away", {"own_goal": True})
    goal = next(one for one in told.events if one.event == "21")
    assert (goal.clock, goal.detail["assist_id"], goal.x) == ("12:00", "opta-p2", 0.9)


@BOTH
def test_a_card_removed_two_days_later_and_a_goal_edited_are_corrections(
    write: Write, format_: object
) -> None:
    """Whole files again: the red card is type 43, the own goal is the other team's after all."""
    desk = Desk(Book(game_id="opta-m1", machines=SPORTS), "epoch")
    later = [deleted(22, 17) if one.id == 22 else one for one in MATCH]
    edited = One(32, 16, 2, 50, 0, AWAY, "p8", number=90, modified="2026-11-22T09:00:00Z")
    later = [edited if one.id == 32 else one for one in later]
    first, second = decoded(write, *MATCH), decoded(write, *later)
    for offset, claim in enumerate([*first.declarations, *first.events, *second.events, *first.events]):
        decide(desk, claim, now_ms=offset, log_offset=offset, kind="sparse")
    assert desk.shown is not None
    assert (desk.shown.home.score, desk.shown.away.score) == (2, 1)
    assert "red" not in str(desk.shown.detail.get("cards", ""))
    play = desk.book.plays["opta_f24" if write is f24 else "opta_ma3", "32"]
    assert (play.claim.team, play.claim.detail) == ("away", {})


@BOTH
def test_a_deletion_takes_back_whatever_it_was_and_an_older_file_does_not_bring_it_again(
    write: Write, format_: object
) -> None:
    (claim,) = decoded(write, deleted(7, 16)).events
    assert (claim.event, claim.action, claim.sequence) == ("7", "retract", None)
    assert claim.revision > decoded(write, One(7, 16)).events[0].revision


@BOTH
def test_the_shoot_out_leaves_the_score(write: Write, format_: object) -> None:
    kicks = (One(1, 16, 5, 120, 0), One(2, 15, 5, 120, 30, AWAY))
    told = decoded(write, *MATCH[2:4], *kicks)
    assert [one.type for one in told.events][-2:] == ["SHOOTOUT_GOAL", "SHOOTOUT_MISS"]
    assert fold_one(told, "sparse").score == (0, 0)


@BOTH
def test_line_ups_and_what_is_left_out(write: Write, format_: object) -> None:
    lineup = One(1, 34, 16, q={30: "p1, p2,", 59: "10, 12", 44: "4, 5"})
    loose = One(2, 18, 2, 60, 0, player="p1", q={55: "99"})
    told = decoded(write, lineup, loose, One(3, 99), One(4, 17), One(5, 30, 16), One(6, 70))
    (claim,) = told.events
    assert claim.detail["opta-p2"].startswith("12|")  # type: ignore[union-attr]
    assert str(claim.detail["opta-p1"]).endswith("|4|starter")
    assert told.skipped == {
        "substitution_unpaired": 1, "other_type": 1, "card_unknown": 1, "edge_outside_play": 1,
        "minutes_missing": 1,
    }  # fmt: skip


def test_places_order_by_period_and_clock_whatever_the_ids() -> None:
    early = OptaEvent(id="999999999", type=1, period=1, minute=46)
    late = OptaEvent(id="1", type=1, period=2, minute=45)
    after = OptaEvent(id="2", type=30, period=14)
    assert place(early) < place(late) < place(after) < 2**52


def test_qualifiers_without_a_number_are_left_out() -> None:
    assert qualifiers([(9, None), ("55", 7), ("x", 1), (None, 2), ("9" * 20, 1)]) == {9: "", 55: "7"}


@BOTH
def test_what_a_video_review_deletes_is_taken_back(write: Write, format_: object) -> None:
    goal = One(21, 16, 1, 12, 0, player="p1", number=8)
    reviewed = One(21, 84, 1, 12, 0, player="p1", number=8, modified="2026-11-21T15:15:00Z")
    events = decoded(write, reviewed).events
    assert [(one.event, one.action) for one in events] == [("21", "retract")]
    assert events[0].revision > decoded(write, goal).events[0].revision
