"""What a negating event takes back, whatever comes before, after and between; and the fold over marks."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.games import book as book_module
from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.frame import score_state
from scorewire.model.game_event import Cause, GameEvent
from scorewire.model.provider_event import Player
from scorewire.sports import SPORTS

from .conftest import Referee


def cards(referee: Referee) -> object:
    return referee.desk.shown.detail.get("cards")


def test_a_cancellation_that_comes_late_speaks_of_what_was_played_before_it(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("PERIOD_START", period=2, sequence=20)
    referee.claim("GOAL", team="home", period=2, event="g2", sequence=30)
    verdict = referee.claim("GOAL_CANCELLED", team="home", period=1, sequence=11)
    assert verdict.rows[0].annuls == ("acme", "g1")
    assert referee.desk.shown.linescore == {"1": {"home": 0, "away": 0}, "2": {"home": 1, "away": 0}}


def test_a_cancellation_before_every_goal_cancels_none(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    assert referee.claim("GOAL_CANCELLED", team="home", sequence=5).refusal.rule == "nothing_to_cancel"
    assert referee.score == (1, 0)


def test_an_amended_cancellation_keeps_to_its_goal(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("GOAL_CANCELLED", team="home", period=1, event="no-goal", sequence=11)
    referee.claim("PERIOD_START", period=2, sequence=20)
    referee.claim("GOAL", team="home", period=2, event="g2", sequence=30)
    referee.claim("GOAL_CANCELLED", team="home", period=1, event="no-goal", sequence=11, text="offside")
    assert referee.desk.shown.linescore == {"1": {"home": 0, "away": 0}, "2": {"home": 1, "away": 0}}


def test_a_cancelled_goal_that_is_amended_to_something_else_counts_as_that(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="x", sequence=10)
    referee.claim("GOAL_CANCELLED", team="home", detail={"event": "x"}, period=1, sequence=11)
    referee.claim("YELLOW_CARD", team="home", period=1, event="x", sequence=10)
    assert (referee.score, cards(referee)) == ((0, 0), {"home": {"yellow": 1}})
    referee.claim("GOAL", team="home", period=1, event="x", sequence=10)
    assert referee.score == (0, 0)


def test_a_cancellation_of_what_has_not_come_takes_back_only_what_it_negates(referee: Referee) -> None:
    for name in ("x", "y"):
        referee.claim("GOAL_CANCELLED", team="home", detail={"event": name}, period=1)
    referee.claim("RED_CARD", team="home", period=1, event="x", sequence=10, player=Player(id="p"))
    referee.claim("GOAL", team="home", period=1, event="y", sequence=12)
    assert (referee.score, cards(referee)) == ((0, 0), {"home": {"red": 1}})


def test_the_desk_cancels_what_a_feed_has_said_and_never_nothing(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=10)
    referee.claim("GOAL", team="home", period=1, event="g2", sequence=11)
    verdict = referee.claim("GOAL_CANCELLED", provider="desk", detail={"event": "g1"})
    assert (verdict.rows[0].annuls, verdict.rows[0].corrects) == (("acme", "g1"), 3)
    assert referee.score == (1, 0)
    again = referee.claim("GOAL_CANCELLED", provider="desk", detail={"event": "g9"})
    assert again.refusal.rule == "nothing_to_cancel"


def test_a_late_whistle_after_final_corrects_no_score(referee: Referee) -> None:
    referee.claim("GAME_FINAL", period=2, sequence=90)
    referee.claim("PERIOD_START", period=2, sequence=40)
    assert "2" in referee.desk.shown.linescore
    assert referee.desk.shown.status == "final"


def test_an_amendment_that_moves_is_judged_where_it_will_stand(referee: Referee) -> None:
    referee.claim("GAME_FINAL", period=2, sequence=90)
    referee.claim("CORNER", team="home", period=2, event="x", sequence=80)
    behind = referee.claim("GOAL", team="home", period=2, event="x", sequence=95)
    assert behind.refusal.rule == "game_over"
    before = referee.claim("GOAL", team="home", period=2, event="x", sequence=70)
    assert (before.outcome, referee.score) == ("applied", (1, 0))


# One claim of a feed that errs: (event, type, team, place, action, target of a cancellation).
CLAIMS = st.tuples(
    st.integers(0, 7),
    st.sampled_from(["GOAL", "GOAL", "YELLOW_CARD", "CORNER", "GOAL_CANCELLED", "PERIOD_START", "PASS"]),
    st.sampled_from(["home", "away"]),
    st.integers(2, 40),
    st.sampled_from(["assert", "assert", "assert", "retract"]),
    st.none() | st.integers(0, 7),
)
# Long enough that plays stand on both sides of several marks.
TOLD = st.lists(CLAIMS, min_size=12, max_size=40)
Told = list[tuple[int, str, str, int, str, int | None]]


def tell(told: Told) -> Referee:
    referee = Referee().kick_off()
    for number, type_, team, place, action, target in told:
        # A cancellation has events of its own, so that its target is not itself.
        cancels = type_ == "GOAL_CANCELLED"
        named = {"event": f"e{target}"} if cancels and target is not None else {}
        referee.claim(
            type_,
            event=f"c{number % 3}" if cancels else f"e{number}",
            team=team,
            period=1 if place < 20 else 2,
            sequence=place,
            action=action,
            detail=named,
        )
    return referee


def naive(book: Book, upto: int | None = None) -> object:
    """The fold by the book's definition: play after play from the beginning, without marks."""
    assert book.declared is not None
    machine = book.machine
    plays = sorted(book.plays.values(), key=lambda play: play.place)
    state = machine.begin(book.declared.rules)
    for play in plays[:upto]:
        taken_back = any(
            other.annuls == play.key and play.claim.type in machine.events[other.claim.type].negates
            for other in plays
        )
        if not taken_back:
            state = machine.evolve(state, play.claim, play.ts)
    return state


@settings(deadline=None)
@given(TOLD)
def test_marks_change_nothing(told: Told) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book_module, "MARK_PLAYS", 3)
        book = tell(told).desk.book
        assert book.state == naive(book)
        for index in range(len(book.plays) + 1):
            assert book.state_before(index) == naive(book, index)
        listed = list(book.with_states())
        assert [play for play, _ in listed] == list(book.newest_first())
        assert [state for _, state in reversed(listed)] == [naive(book, n) for n in range(len(listed))]


@settings(deadline=None)
@given(TOLD, st.data())
def test_what_is_before_a_place_does_not_count_the_play_that_moves_there(
    told: Told, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book_module, "MARK_PLAYS", 3)
        book = tell(told).desk.book
        plays = sorted(book.plays.values(), key=lambda play: play.place)
        # A play that takes another back would change what stands before it.
        movable = [play for play in plays if play.annuls is None]
        moved, place = data.draw(st.sampled_from(movable)), data.draw(st.sampled_from(plays)).place
        found = book.state_at(place, without=moved)
        del book.plays[moved.key]
        assert found == naive(book, sum(play.place < place and play is not moved for play in plays))


@settings(deadline=None)
@given(TOLD, st.data())
def test_rows_alone_give_the_state_at_every_seq_with_and_without_a_checkpoint(
    told: Told, data: st.DataObject
) -> None:
    referee = tell(told)
    rows, updates = referee.rows, referee.updates
    stop = data.draw(st.integers(1, len(rows)))
    book = Book(game_id="g1", machines=SPORTS)
    for row, update in zip(rows, updates, strict=True):
        book.apply(row)
        assert (score_state(book, "epoch", None), book.corrected_seq) == (update.state, update.corrected_seq)
        if book.seq == stop:
            book = checkpoint.read(checkpoint.write(book), SPORTS)
            assert score_state(book, "epoch", None) == update.state
    assert book.plays == referee.desk.book.plays


@pytest.mark.parametrize(
    ("otherwise", "goals"), [({"action": "retract"}, 2), ({"detail": {"event": "e2"}}, 1)]
)
def test_a_goal_that_is_given_back_counts_though_it_lies_long_before(
    referee: Referee, otherwise: dict[str, object], goals: int
) -> None:
    """Folding starts at the goal, not at the cancellation, which stands behind later marks."""
    referee.claim("GOAL", team="home", period=1, event="e1", sequence=2)
    for number in range(3, 80):
        referee.claim("CORNER", team="home", period=1, sequence=number, event=f"corner{number}")
    referee.claim("GOAL", team="home", period=1, event="e2", sequence=80)
    cancel = {"team": "home", "period": 1, "event": "c", "sequence": 81}
    referee.claim("GOAL_CANCELLED", **{**cancel, "detail": {"event": "e1"}})
    assert referee.score == (1, 0)
    referee.claim("GOAL_CANCELLED", **{**cancel, **otherwise})
    assert referee.score == (goals, 0)
    assert referee.desk.book.stands(referee.desk.book.plays[("acme", "e1")])


def test_only_the_next_row_can_be_applied(referee: Referee) -> None:
    book = Book(game_id="g1", machines=SPORTS)
    with pytest.raises(AssertionError, match="row 2 of g1 does not follow 0"):
        book.apply(referee.rows[1])


def test_another_providers_claim_may_amend_and_take_back_a_play_and_who_is_followed_is_kept(
    referee: Referee,
) -> None:
    (goal,) = referee.claim("GOAL", team="home", period=1, event="g1", sequence=10).rows
    referee.claim("GOAL_CANCELLED", team="home", detail={"event": "later"}, period=1, sequence=11)
    book = referee.desk.book
    cause = Cause(provider="backup", event="b1", revision=4)
    other = msgspec.structs.replace(goal.claim, provider="backup", event="b1", team="away")
    common = {"game_id": "g1", "ts": 9, "level": "key", "cause": cause, "compact": goal.compact}
    book.apply(
        GameEvent(
            seq=book.seq + 1, type="AMEND", change="amend", place=goal.place,
            play=("acme", "g1"), claim=other, **common,
        )
    )  # fmt: skip
    assert ((book.board.home, book.board.away), list(book.plays)[-2]) == ((0, 1), ("acme", "g1"))
    note = {"active": "backup", "was": "acme"}
    book.apply(GameEvent(seq=book.seq + 1, type="PROVIDER_CHANGED", change="note", note=note, **common))
    copy = checkpoint.read(checkpoint.write(book), SPORTS)
    assert (copy.active, copy.board, copy.plays.keys()) == ("backup", book.board, book.plays.keys())
    taken = msgspec.structs.replace(other, action="retract")
    copy.apply(
        GameEvent(
            seq=book.seq + 1, type="RETRACT", change="retract", play=("acme", "g1"), claim=taken, **common
        )
    )
    assert ((copy.board.home, copy.board.away), ("acme", "g1") in copy.plays) == ((0, 0), False)
