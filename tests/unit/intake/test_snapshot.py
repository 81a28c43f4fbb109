"""Snapshots become claims, silences become retractions, and strange snapshots are held."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.intake.snapshot import GameSnapshot, Limits, compare, note
from scorewire.model.provider_event import ProviderEvent

BELIEVE_ALL = Limits(polls_to_believe=1)


def goal(event: str, revision: int = 1, **fields: object) -> ProviderEvent:
    base = {
        "provider": "p",
        "game_id": "g",
        "event": event,
        "revision": revision,
        "type": "GOAL",
        "period": 1,
    }
    return ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]


class Pupil:
    """A feed's book, and a listener that believes what a node would: by revision, retractions included."""

    def __init__(self, limits: Limits = BELIEVE_ALL, *, renumber: bool = False) -> None:
        self.book = GameSnapshot()
        self.limits = limits
        self.renumber = renumber
        self.now_ms = 1_000_000
        self.truth: dict[str, tuple[int, ProviderEvent | None]] = {}

    def look(self, *claims: ProviderEvent, settled_ms: int | None = None) -> list[ProviderEvent]:
        self.now_ms += 1000
        change = compare(
            self.book,
            claims,
            now_ms=self.now_ms,
            limits=self.limits,
            renumber=self.renumber,
            settled_ms=settled_ms,
        )
        self.held = change.held.rule if change.held else ""
        return self._take(change)

    def hear(self, *claims: ProviderEvent) -> list[ProviderEvent]:
        self.now_ms += 1000
        return self._take(note(self.book, claims, now_ms=self.now_ms))

    def _take(self, change) -> list[ProviderEvent]:
        self.book = msgspec.json.decode(msgspec.json.encode(change.after), type=GameSnapshot)
        for claim in change.claims:
            held, _ = self.truth.get(claim.event, (-1, None))
            assert claim.revision > held, "a claim that a node would call stale"
            self.truth[claim.event] = (claim.revision, claim if claim.action == "assert" else None)
        return list(change.claims)

    @property
    def standing(self) -> dict[str, ProviderEvent]:
        return {event: claim for event, (_, claim) in self.truth.items() if claim is not None}


def test_the_first_snapshot_is_told_whole_and_the_same_again_is_nothing():
    pupil = Pupil()
    assert [one.event for one in pupil.look(goal("a"), goal("b"))] == ["a", "b"]
    assert pupil.look(goal("a"), goal("b")) == []


def test_an_event_that_vanished_is_retracted_above_its_revision_and_comes_back_above_that():
    pupil = Pupil()
    pupil.look(goal("a", 5_000_000), goal("b", 5_000_001))
    (gone,) = pupil.look(goal("a", 5_000_000))
    assert (gone.event, gone.action) == ("b", "retract")
    assert gone.revision >= 5_000_001
    assert pupil.look(goal("a", 5_000_000)) == []
    (back,) = pupil.look(goal("a", 5_000_000), goal("b", 5_000_001))
    assert back.action == "assert"
    assert back.revision > gone.revision


def test_a_feed_without_revisions_gets_ours():
    pupil = Pupil()
    (first,) = pupil.look(goal("a", team="home"))
    (second,) = pupil.look(goal("a", team="away"))
    assert first.revision == 1_001_000  # a time, so that a lost state file does not count from 1 again
    assert second.revision > first.revision


def test_an_older_copy_of_an_event_changes_nothing():
    pupil = Pupil()
    pupil.look(goal("a", 20, team="away"))
    assert pupil.look(goal("a", 10, team="home")) == []
    assert pupil.standing["a"].team == "away"


def test_when_it_was_said_is_not_what_was_said():
    pupil = Pupil()
    pupil.look(goal("a", 20, time_ms=1))
    assert pupil.look(goal("a", 30, time_ms=2)) == []
    assert [one.revision for one in pupil.look(goal("a", 25, team="home"))] == []  # older than 30
    assert len(pupil.look(goal("a", 31, team="home"))) == 1


def test_an_entry_put_in_between_moves_nobody():
    pupil = Pupil(renumber=True)
    first = pupil.look(goal("a", sequence=1), goal("c", sequence=2))
    (between,) = pupil.look(goal("a", sequence=1), goal("b", sequence=2), goal("c", sequence=3))
    assert first[0].sequence < between.sequence < first[1].sequence


def test_one_entry_that_moves_is_the_only_one_told_again():
    pupil = Pupil(renumber=True)
    pupil.look(*[goal(name) for name in "abcde"])
    told = pupil.look(*[goal(name) for name in "eabcd"])
    assert [one.event for one in told] == ["e"]
    assert told[0].sequence < pupil.standing["a"].sequence


def test_a_snapshot_that_is_suddenly_empty_is_held_until_it_is_repeated():
    pupil = Pupil(Limits())
    whole = [goal(str(number)) for number in range(10)]
    pupil.look(*whole)
    assert pupil.look() == []
    assert pupil.held == "snapshot_shrunk"
    assert pupil.look(*whole) == []  # it was a glitch: nothing was taken back, nothing is told twice
    assert pupil.held == ""
    assert pupil.look() == []
    assert len(pupil.look()) == 10
    assert pupil.standing == {}


def test_losing_most_is_held_and_losing_few_is_not():
    pupil = Pupil(Limits())
    whole = [goal(str(number)) for number in range(12)]
    pupil.look(*whole)
    assert len(pupil.look(*whole[:8])) == 4
    assert pupil.look(*whole[:2]) == []
    assert pupil.held == "snapshot_shrunk"


def test_a_live_game_shown_as_scheduled_for_one_poll_does_not_go_back():
    pupil = Pupil(Limits())
    live = [goal("start", type="PERIOD_START"), goal("a")]
    pupil.look(*live)
    assert pupil.look(goal("pre", type="PRE_GAME", period=None)) == []
    assert pupil.held == "status_went_back"
    assert pupil.look(*live) == []


def test_an_end_that_was_taken_back_is_believed_at_the_second_poll():
    pupil = Pupil(Limits())
    pupil.look(goal("a"), goal("end", type="GAME_END", period=None))
    assert pupil.look(goal("a")) == []
    (gone,) = pupil.look(goal("a"))
    assert (gone.event, gone.action) == ("end", "retract")


def test_older_copies_beside_missing_events_are_an_old_copy_of_the_whole():
    pupil = Pupil(Limits())
    pupil.look(goal("a", 10), goal("b", 20, team="home"), goal("c", 30))
    assert pupil.look(goal("a", 10), goal("b", 15)) == []
    assert pupil.held == "older_copy"


def test_a_missing_event_may_be_given_another_poll():
    pupil = Pupil(Limits(polls_to_retract=2))
    pupil.look(goal("a"), goal("b"))
    assert pupil.look(goal("a")) == []
    assert pupil.held == "events_vanished"
    assert [one.action for one in pupil.look(goal("a"))] == ["retract"]


def status(name: str, type_: str) -> ProviderEvent:
    return goal(f"status-{name}", type=type_, period=None)


@pytest.mark.parametrize("way", ["look", "hear"])
def test_a_game_delayed_twice_is_resumed_twice(way: str):
    pupil = Pupil()
    take = getattr(pupil, way)
    told: list[tuple[str, str]] = []
    for claims in (
        [goal("a")],
        [goal("a"), status("delayed", "GAME_DELAYED")],
        [goal("a"), status("delayed", "GAME_DELAYED")],
        [goal("a"), goal("b")],
        [goal("a"), goal("b"), status("delayed", "GAME_DELAYED")],
        [goal("a"), goal("b"), goal("c")],
    ):
        told += [(one.type, one.event) for one in take(*claims)]
    assert told == [
        ("GOAL", "a"),
        ("GAME_DELAYED", "status-delayed"),
        ("GAME_RESUMED", "status-delayed-over"),
        ("GOAL", "b"),
        ("GAME_DELAYED", "status-delayed-2"),
        ("GAME_RESUMED", "status-delayed-2-over"),
        ("GOAL", "c"),
    ]


def test_a_stream_tells_on_all_but_exact_repetitions():
    pupil = Pupil()
    assert len(pupil.hear(goal("a", 10))) == 1
    assert pupil.hear(goal("a", 10)) == []
    assert len(pupil.hear(goal("a", 12, team="home"))) == 1


def test_a_stream_does_not_hide_old_content_from_the_node_but_does_not_believe_it():
    book = note(GameSnapshot(), [goal("a", 12, team="home")], now_ms=1).after
    change = note(book, [goal("a", 10)], now_ms=2)
    assert len(change.claims) == 1
    assert change.after.events["a"].stated == 12


def test_a_deletion_without_a_time_gets_one_and_a_second_is_nothing():
    pupil = Pupil()
    pupil.hear(goal("a", 10))
    (gone,) = pupil.hear(goal("a", 1, action="retract", type=""))
    assert gone.revision >= pupil.now_ms
    assert pupil.hear(goal("a", 1, action="retract", type="")) == []
    (unknown,) = pupil.hear(goal("z", 1, action="retract", type=""))
    assert unknown.revision >= pupil.now_ms


def test_a_catch_up_takes_back_what_was_deleted_meanwhile_but_not_what_is_too_new_for_it():
    pupil = Pupil()
    pupil.hear(goal("old", 10))
    pupil.hear(goal("kept", 11))
    before = pupil.now_ms
    pupil.hear(goal("new", 12))
    told = pupil.look(goal("kept", 11), goal("missed", 9), settled_ms=before)
    assert [(one.event, one.action) for one in told] == [("old", "retract"), ("missed", "assert")]


def test_a_catch_up_older_than_a_deletion_does_not_resurrect():
    pupil = Pupil()
    pupil.hear(goal("a", 10))
    pupil.hear(goal("a", 20, action="retract", type=""))
    assert pupil.look(goal("a", 10)) == []


def test_a_tombstone_in_a_snapshot_is_a_retraction_told_once():
    pupil = Pupil()
    pupil.look(goal("a", 10), goal("b", 11))
    (gone,) = pupil.look(goal("a", 20, action="retract", type=""), goal("b", 11))
    assert (gone.event, gone.action, gone.revision) == ("a", "retract", 20)
    assert pupil.look(goal("a", 20, action="retract", type=""), goal("b", 11)) == []


LOOKS = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["home", "away"])),
        unique_by=lambda one: one[0],
    ),
    max_size=8,
)


@given(LOOKS, st.booleans())
def test_whatever_the_snapshots_the_listener_ends_at_the_last_one(looks, renumber):
    pupil = Pupil(renumber=renumber)
    for look in looks:
        claims = [goal(event, team=team, sequence=None) for event, team in look]
        pupil.look(*claims)
        assert {event: one.team for event, one in pupil.standing.items()} == dict(look)
        if renumber:
            numbers = [pupil.standing[event].sequence for event, _ in look]
            assert all(one < other for one, other in pairwise(numbers))
        assert pupil.look(*claims) == []


@given(LOOKS)
def test_a_held_snapshot_leaves_no_trace_when_the_next_is_sound(looks):
    pupil = Pupil(Limits())
    whole = [goal(str(number)) for number in range(12)]
    pupil.look(*whole)
    for look in looks:
        told = pupil.look(*[goal(event, team=team) for event, team in look])
        assert told == []
        assert pupil.held == "snapshot_shrunk"
        assert pupil.look(*whole) == []


def stated(home: int, away: int) -> ProviderEvent:
    return goal("score", type="SCORE_SET", detail={"home": home, "away": away})


def test_a_score_that_changes_is_followed_and_not_put_right() -> None:
    pupil = Pupil()
    assert [one.event for one in pupil.look(stated(0, 0))] == ["score"]
    assert pupil.look(stated(0, 0)) == []
    assert [one.event for one in pupil.look(stated(1, 0))] == ["score-2"]
    assert [one.event for one in pupil.look(stated(1, 1))] == ["score-3"]
    assert [one.event for one in pupil.look(stated(1, 0))] == ["score-4"]  # as it stood before, said anew


def test_a_score_that_is_not_stated_any_more_is_taken_back_whole() -> None:
    pupil = Pupil()
    for score in ((0, 0), (1, 0), (2, 0)):
        pupil.look(stated(*score))
    taken = pupil.look()
    assert sorted((one.event, one.action) for one in taken) == [
        ("score", "retract"),
        ("score-2", "retract"),
        ("score-3", "retract"),
    ]
    assert not any(claim for _, claim in pupil.truth.values())
    (again,) = pupil.look(stated(2, 0))
    assert (again.event, again.action) == ("score-4", "assert")
