"""What a cursor needs to reach the head: the frames it missed or one full state."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.fanout.channel import NOTHING, Channel
from scorewire.fanout.frames import SEVERAL, SINGLE
from scorewire.model.score_state import Tree
from scorewire.model.update import apply_update
from terrace import EPOCH, Match, plain


def told(data: bytes) -> list[Tree]:
    return [json.loads(line[6:]) for line in data.decode().split("\n") if line.startswith("data: ")]


def fold(state: Tree, data: bytes) -> Tree:
    for one in told(data):
        state = one["state"] if one["type"] == "full_state" else apply_update(state, one)  # type: ignore[assignment]
    return state


@given(
    acts=st.lists(st.sampled_from(["goal", "goal", "quiet", "correct"]), min_size=1, max_size=20),
    frames=st.integers(1, 8),
    line=st.booleans(),
)
def test_from_every_place_the_way_leads_to_the_head(acts: list[str], frames: int, line: bool) -> None:
    match = Match()
    channel = Channel(match.head, line=line, frames_max=frames)
    states = {1: plain(match.state, line=line)}
    corrections = []
    for act in acts:
        update = getattr(match, act)()
        assert channel.advance(update)
        states[update.seq] = plain(match.state, line=line)
        corrections += [update.seq] if update.correction else []
    for seq, state in states.items():
        data = channel.catch_up(seq, SINGLE, otherwise="rejoin")
        assert fold(state, data) == plain(match.state, line=line)
        reasons = [one["reason"] for one in told(data) if one["type"] == "full_state"]
        if any(seq < corrected for corrected in corrections):
            assert reasons == ["correction"]
        else:
            assert reasons in ([], ["rejoin"])
        assert (seq == match.state.seq) == (data == b"")


def test_the_smaller_of_frames_and_full_state_is_sent() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=100)
    for _ in range(30):
        channel.advance(match.quiet())
    two = channel.catch_up(29, SEVERAL, otherwise="resync")
    assert [one["type"] for one in told(two)] == ["score_update", "score_update"]
    many = channel.catch_up(1, SEVERAL, otherwise="resync")
    assert [one["type"] for one in told(many)] == ["full_state"]
    assert len(many) <= len(channel.full("resync", SEVERAL))


def test_what_is_held_is_not_taken_twice() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=4)
    update = match.goal()
    assert channel.advance(update)
    assert not channel.advance(update)


@pytest.mark.parametrize("otherwise", ["rejoin", "resync"])
def test_a_gap_leaves_only_the_full_state(otherwise: str) -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=4)
    match.goal()
    channel.advance(match.goal())
    data = channel.catch_up(1, SINGLE, otherwise=otherwise)  # type: ignore[arg-type]
    assert [one["reason"] for one in told(data)] == [otherwise]


def test_another_epoch_starts_over() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=4)
    for _ in range(3):
        channel.advance(match.goal())
    restored = Match()
    assert channel.advance(restored.reborn("newepoch"))
    assert (channel.epoch, channel.seq) == ("newepoch", 2)
    assert [one["reason"] for one in told(channel.catch_up(NOTHING, SINGLE, otherwise="rejoin"))] == [
        "resync"
    ]


def test_the_same_answer_is_made_once() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=8)
    for _ in range(3):
        channel.advance(match.quiet())
    first = channel.catch_up(2, SINGLE, otherwise="rejoin")
    assert channel.catch_up(2, SINGLE, otherwise="rejoin") is first
    assert channel.full("join", SINGLE) is channel.full("join", SINGLE)
    assert EPOCH.encode() in first


def test_what_was_missed_says_whether_it_is_a_full_state() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=8)
    for update in (match.correct(), match.quiet(), match.quiet()):
        channel.advance(update)
    found = {seq: channel.missed(seq, SINGLE, otherwise="rejoin").whole for seq in (NOTHING, 1, 2, 3, 4)}
    assert found == {NOTHING: True, 1: True, 2: False, 3: False, 4: False}


def test_who_keeps_up_is_told_every_update_of_a_burst_however_large() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=200)
    for _ in range(150):
        channel.advance(match.goal())
    assert [one["seq"] for one in told(channel.news(1, SEVERAL))] == list(range(2, 152))
    assert [one["type"] for one in told(channel.catch_up(1, SEVERAL, otherwise="rejoin"))] == ["full_state"]
    assert channel.news(151, SEVERAL) == b""


def test_who_keeps_up_is_given_the_whole_state_for_a_correction_and_for_what_the_ring_let_go() -> None:
    match = Match()
    channel = Channel(match.head, line=False, frames_max=4)
    channel.advance(match.goal())
    channel.advance(match.correct())
    assert [one["reason"] for one in told(channel.news(2, SEVERAL))] == ["correction"]
    for _ in range(6):
        channel.advance(match.goal())
    assert [one["reason"] for one in told(channel.news(3, SEVERAL))] == ["resync"]
