"""A fan is a place in a ring."""

from scorewire.bench.steps.cursor import RING_FRAMES_MAX, Ring
from scorewire.bench.steps.message import full_state, score_update, sse


def ring_at(seq: int) -> Ring:
    ring = Ring("g")
    for number in range(2, seq + 1):
        ring.advance(sse(score_update("g", number)))
    return ring


def test_who_missed_little_is_given_what_it_missed() -> None:
    missed = [sse(score_update("g", seq)) for seq in (8, 9, 10)]
    assert ring_at(10).since(7) == b"".join(missed)
    assert ring_at(10).since(10) == b""


def test_who_missed_much_is_given_the_state_which_is_smaller() -> None:
    assert ring_at(10).since(3) == sse(full_state("g", 10))


def test_who_missed_more_than_the_ring_holds_is_given_the_state() -> None:
    ring = ring_at(RING_FRAMES_MAX + 10)
    assert ring.since(2) == ring.news(2) == sse(full_state("g", ring.seq))


def test_who_keeps_up_is_told_every_frame_however_many() -> None:
    frames = [sse(score_update("g", seq)) for seq in range(4, 31)]
    assert ring_at(30).news(3) == b"".join(frames)
