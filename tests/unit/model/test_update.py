"""The promise of the wire: the state at k with the updates after k applied is the state at the head."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League, Venue
from scorewire.model.score_state import EVENTS_KEPT, GameClock, ScoreState, SideState
from scorewire.model.update import (
    NOT_PATCHED,
    Tree,
    apply_patch,
    apply_update,
    difference,
    merge_patch,
)

# Few names and few values, so that two trees often share some and differ in others.
NAMES = st.sampled_from(["a", "b", "home", "1"])
SCALARS = st.sampled_from([0, 1, 1.0, True, False, "", "x"])
TREES = st.recursive(
    st.dictionaries(NAMES, SCALARS, max_size=3), lambda inner: st.dictionaries(NAMES, SCALARS | inner)
)

SIDES = st.builds(
    SideState,
    id=st.just("arg"),
    name=st.sampled_from(["Argentina", "ARG"]),
    abbr=st.just("ARG"),
    color=st.sampled_from(["", "#6CACE4"]),
    score=st.integers(0, 2),
    red=st.integers(0, 1),
    shootout=st.integers(0, 1) | st.just(UNSET),
)
CLOCKS = st.builds(
    GameClock,
    display=st.sampled_from(["22:41", "45+1"]),
    seconds=st.integers(0, 2),
    running=st.booleans(),
    at=st.integers(1, 2) | st.just(UNSET),
)
LINES = st.dictionaries(NAMES, st.dictionaries(st.sampled_from(["home", "away"]), st.integers(0, 2)))
EVENTS = st.builds(
    CompactEvent,
    seq=st.integers(1, 9),
    type=st.sampled_from(["GOAL", "FOUL"]),
    team=st.sampled_from([None, "home"]),
    detail=st.dictionaries(NAMES, SCALARS, max_size=2),
)
STATES = st.builds(
    ScoreState,
    game_id=st.just("g1"),
    epoch=st.just("epoch"),
    seq=st.just(0),
    sport=st.just("soccer"),
    league=st.builds(League, id=st.just("cup"), name=st.sampled_from(["", "Cup"])),
    season=st.just("2026") | st.just(UNSET),
    start=st.just("2026-11-21T15:00:00Z"),
    end=st.just("2026-11-21T17:00:00Z") | st.just(UNSET),
    venue=st.builds(Venue, name=st.sampled_from(["A", "B"])) | st.just(UNSET),
    status=st.sampled_from(["live", "final"]),
    period=st.sampled_from(["1H", "2H"]) | st.just(UNSET),
    clock=CLOCKS | st.just(UNSET),
    home=SIDES,
    away=SIDES,
    linescore=LINES | st.just(UNSET),
    detail=TREES | st.just(UNSET),
    under_check=st.booleans(),
    updated_at=st.just(0),
)


def plain(value: object) -> Tree:
    """As a client has it: encoded and decoded."""
    return msgspec.json.decode(msgspec.json.encode(value))


def written(value: object) -> bytes:
    """What JSON tells apart and Python does not (1, 1.0 and true), with the keys in order."""
    return msgspec.json.encode(value, order="deterministic")


@given(TREES, TREES)
def test_a_merge_patch_leads_from_one_object_to_the_other(old: Tree, new: Tree) -> None:
    patch = plain(merge_patch(old, new))
    assert written(apply_patch(old, patch)) == written(new)


@given(TREES)
def test_nothing_changed_is_an_empty_patch(tree: Tree) -> None:
    assert merge_patch(tree, plain(tree)) == {}


@given(TREES, TREES)
def test_a_patch_says_nothing_that_holds_already(old: Tree, new: Tree) -> None:
    """Each of its leaves is needed, which keeps updates small."""

    def leaves(patch: Tree, held: Tree) -> None:
        for name, value in patch.items():
            if value is None:
                assert name in held
            elif isinstance(value, dict) and isinstance(held.get(name), dict):
                assert value
                leaves(value, held[name])  # type: ignore[arg-type]
            else:
                assert name not in held or written(held[name]) != written(value)

    leaves(merge_patch(old, new), old)


@given(TREES, TREES)
def test_a_patch_is_applied_to_a_copy(old: Tree, new: Tree) -> None:
    before = written(old)
    apply_patch(old, merge_patch(old, new))
    assert written(old) == before


# The cases of RFC 7396, appendix A, whose target and patch are objects; those with arrays inside too.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_cases_of_the_rfc(target: Tree, patch: Tree, result: Tree) -> None:
    assert apply_patch(target, patch) == result


@pytest.mark.parametrize(("before", "after"), [(1, True), (True, 1), (0, False), (1, 1.0)])
def test_what_python_holds_equal_but_json_writes_differently_is_a_change(
    before: object, after: object
) -> None:
    assert merge_patch({"review": before}, {"review": after}) == {"review": after}


@given(st.lists(st.tuples(STATES, EVENTS | st.none()), min_size=1, max_size=6), st.data())
def test_a_state_and_the_updates_after_it_are_the_newest_state(
    plays: list[tuple[ScoreState, CompactEvent | None]], data: st.DataObject
) -> None:
    states: list[ScoreState] = []
    updates: list[Tree] = []
    events: tuple[CompactEvent, ...] = ()
    for seq, (drawn, event) in enumerate(plays):
        events = (*events, event) if event is not None else events
        state = msgspec.structs.replace(drawn, seq=seq, updated_at=100 + seq, events=events or UNSET)
        if states:
            told: Tree = {"seq": seq, "ts": state.updated_at, "patch": difference(states[-1], state)}
            updates.append(plain(told if event is None else {**told, "event": event}))
        states.append(state)
    since = data.draw(st.integers(0, len(states) - 1))
    shown = plain(states[since])
    for update in updates[since:]:
        shown = apply_update(shown, update)
    assert written(shown) == written(plain(states[-1]))


@given(STATES, STATES)
def test_what_the_client_keeps_itself_is_not_in_a_patch(old: ScoreState, new: ScoreState) -> None:
    changed = msgspec.structs.replace(new, seq=5, updated_at=9, events=(CompactEvent(seq=5, type="GOAL"),))
    assert not NOT_PATCHED & set(difference(old, changed))
    assert difference(old, msgspec.structs.replace(old, seq=5, updated_at=9)) == {}


def test_a_goal_costs_its_score() -> None:
    side = SideState(id="arg", name="Argentina", abbr="ARG", score=0)
    old = ScoreState(
        game_id="g1",
        epoch="epoch",
        seq=1,
        sport="soccer",
        league=League(id="cup"),
        start="2026-11-21T15:00:00Z",
        status="live",
        home=side,
        away=msgspec.structs.replace(side, id="fra"),
        linescore={"1": {"home": 0, "away": 0}},
        under_check=True,
        updated_at=1,
    )
    new = msgspec.structs.replace(
        old,
        home=msgspec.structs.replace(side, score=1),
        linescore={"1": {"home": 1, "away": 0}},
        under_check=False,
    )
    assert difference(old, new) == {
        "home": {"score": 1},
        "linescore": {"1": {"home": 1}},
        "under_check": None,
    }


@pytest.mark.parametrize("seq", [4, 5, 7])
def test_an_update_that_is_not_the_next_is_refused(seq: int) -> None:
    with pytest.raises(ValueError, match=f"update {seq} does not follow state 5"):
        apply_update({"seq": 5, "updated_at": 1}, {"seq": seq, "ts": 2, "patch": {}})


def test_a_client_keeps_the_last_events_only() -> None:
    state: Tree = {"seq": 0, "updated_at": 0}
    for seq in range(1, EVENTS_KEPT + 4):
        state = apply_update(state, {"seq": seq, "ts": seq, "event": {"seq": seq, "type": "FOUL"}})
    assert [event["seq"] for event in state["events"]] == list(range(4, EVENTS_KEPT + 4))  # type: ignore[attr-defined]
    assert (state["seq"], state["updated_at"]) == (EVENTS_KEPT + 3, EVENTS_KEPT + 3)


def test_an_update_that_shows_nothing_adds_no_event() -> None:
    state = apply_update({"seq": 1, "updated_at": 0}, {"seq": 2, "ts": 3, "patch": {"under_check": True}})
    assert state == {"seq": 2, "updated_at": 3, "under_check": True}
