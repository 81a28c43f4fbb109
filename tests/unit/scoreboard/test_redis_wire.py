"""A row folded is the state that was; rows are cut to be taken whole; names keep their slot."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from contract.scoreboard_suite import EPOCH, state, update, written
from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import Venue
from scorewire.model.score_state import GameClock, ScoreState
from scorewire.model.update import Update, difference
from scorewire.scoreboard import redis_wire as wire

trees = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.floats(0, 9) | st.sampled_from(["", "a", "é"]),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
states = st.builds(
    lambda **changes: msgspec.structs.replace(state("g1", 1), events=UNSET, **changes),
    status=st.sampled_from(["live", "break", "final"]),
    period=st.just(UNSET) | st.sampled_from(["1", "2"]),
    clock=st.just(UNSET)
    | st.builds(
        GameClock,
        display=st.sampled_from(["1:00", "2:00"]),
        seconds=st.integers(0, 9),
        running=st.booleans(),
        at=st.just(UNSET) | st.integers(0, 9),
    ),
    venue=st.just(UNSET) | st.builds(Venue, name=st.sampled_from(["A", "B"])),
    home=st.builds(
        lambda **changes: msgspec.structs.replace(state("g1", 1).home, **changes),
        score=st.integers(0, 3),
        red=st.integers(0, 2),
        shootout=st.just(UNSET) | st.integers(0, 3),
        note=st.sampled_from(["", "1/0"]),
    ),
    linescore=st.just(UNSET)
    | st.dictionaries(
        st.sampled_from("123"), st.dictionaries(st.sampled_from(["home", "away"]), st.integers(0, 3))
    ),
    detail=st.just(UNSET) | st.dictionaries(st.sampled_from("abc"), trees, max_size=3),
    under_check=st.booleans(),
)


def told(before: ScoreState, after: ScoreState, event: CompactEvent | None) -> wire.Row:
    """The row between two states, as it comes out of Redis."""
    one = Update(
        game_id="g1",
        epoch=EPOCH,
        seq=after.seq,
        ts=after.updated_at,
        correction=False,
        corrected_seq=0,
        event=event,
        patch=difference(before, after),
        state=after,
    )
    return wire.decode_row(wire.encode_row(wire.row_of(one)))


@given(states, states, st.booleans())
def test_a_row_folded_is_the_state_that_was(before: ScoreState, after: ScoreState, shows: bool) -> None:
    event = CompactEvent(seq=2, type="GOAL", detail={"penalty": True}) if shows else None
    events = {"events": (event,)} if event is not None else {}
    after = msgspec.structs.replace(after, seq=2, updated_at=5, **events)
    folded = wire.fold(before, told(before, after, event))
    assert written(folded) == written(after)
    assert folded == after


def test_the_last_fifty_events_stay() -> None:
    now = state("g1", 1)
    for seq in range(2, 70):
        now = wire.fold(now, wire.row_of(update("g1", seq)))
        assert now == state("g1", seq)


def test_what_a_later_version_says_is_left_out() -> None:
    row = wire.Row(seq=2, ts=5, patch={"weather": "rain", "attendance": None})
    assert wire.fold(state("g1", 1), row) == msgspec.structs.replace(state("g1", 1), seq=2, updated_at=5)


def test_parts_have_no_gap_and_a_correction_stands_alone() -> None:
    rows = [update("g1", seq) for seq in (1, 2, 3, 5, 6)]
    rows += [update("g1", 7, correction=True), update("g1", 8), update("g1", 9, epoch="anew")]
    assert [[one.seq for one in part] for part in wire.runs(rows)] == [[1], [2, 3], [5, 6], [7], [8], [9]]


def entry(seq: int, *, correction: bool = False, whole: bool = False) -> wire.Entry:
    one = update("g1", seq, correction=correction)
    return wire.row_of(one), one.state if correction or whole else None


@pytest.mark.parametrize(
    ("held", "entries", "seqs", "complete"),
    [
        (3, [entry(4), entry(5)], [4, 5], True),
        (3, [entry(2), entry(3), entry(4)], [4], True),
        (3, [entry(2), entry(3)], [], True),
        (3, [entry(5)], [], False),
        (3, [entry(4), entry(6), entry(7)], [4], False),
        (3, [entry(6, correction=True), entry(7)], [6, 7], True),
        (3, [entry(5), entry(6, correction=True), entry(7)], [6, 7], True),
        (3, [entry(5), entry(6, whole=True)], [6], True),
        (None, [entry(5), entry(6, whole=True)], [6], True),
        (None, [entry(5)], [], False),
        (None, [], [], True),
    ],
)
def test_what_is_held_is_led_on_as_far_as_rows_and_states_go(
    held: int | None, entries: list[wire.Entry], seqs: list[int], complete: bool
) -> None:
    updates, led = wire.catch_up(state("g1", held) if held else None, EPOCH, entries)
    assert ([one.seq for one in updates], led) == (seqs, complete)
    assert [one.state for one in updates] == [state("g1", seq) for seq in seqs]


def test_what_is_held_of_another_epoch_leads_nowhere() -> None:
    updates, led = wire.catch_up(state("g1", 9, epoch="old"), EPOCH, [entry(1, whole=True), entry(2)])
    assert ([one.seq for one in updates], led) == ([1, 2], True)
    assert wire.catch_up(state("g1", 1, epoch="old"), EPOCH, [entry(2)]) == ([], False)


def test_a_channel_names_its_game_and_shares_its_keys_slot() -> None:
    for game_id in ("wc2022-final", "a:b", "updates"):
        assert wire.game_of(wire.channel_of(game_id)) == game_id
        for name in (wire.state_key(game_id), wire.events_key(game_id), wire.channel_of(game_id)):
            assert name.startswith(f"{{game:{game_id}}}:")


def test_a_game_is_listed_by_its_teams_league_and_sport_until_it_is_over() -> None:
    listed = wire.listed(state("g1", 1))
    for kind, name in (("team", "arg"), ("team", "fra"), ("league", "l1"), ("sport", "soccer")):
        assert wire.is_listed(listed, kind, name)
        assert wire.index_key(kind, name) in wire.indexes(state("g1", 1))
        assert not wire.is_listed(listed, kind, "other")
        over = wire.listed(msgspec.structs.replace(state("g1", 1), status="final"))
        assert not wire.is_listed(over, kind, name)
