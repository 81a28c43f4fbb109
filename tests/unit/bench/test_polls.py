"""The load of a spike: its rate, and what an answer is behind by."""

import socket
from collections.abc import Iterator

import pytest

from scorewire.bench.polls import Order, _Answer, _Poller

ORDER = Order(
    port=1, node_port=1, game="g1", paths=("/score",), rate=10, factor=50, calm_s=1, rise_s=5, hold_s=2
)


@pytest.fixture
def poller(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Poller]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr("socket.create_connection", lambda *_: ours)
        made = _Poller(ORDER)
        with made.poll:
            assert b"GET /v1/stream?game=g1 " in theirs.recv(1000)
            yield made


def test_the_rate_is_fifty_times_as_high_at_the_end_of_the_rise(poller: _Poller) -> None:
    rates = [poller._rate(since_s) for since_s in (-1.0, 0.0, 2.5, 5.0, 9.0)]
    assert rates == [10, 10, pytest.approx(10 * 50**0.5), 500, 500]


def answer(seq: int, sent_s: float) -> _Answer:
    return _Answer(sent_s=sent_s, took_s=0.001, status=200, hit=True, age_s=0, seq=seq)


def test_behind_is_since_when_a_newer_score_had_been_told(poller: _Poller) -> None:
    poller.told_s = {5: 100.0, 6: 103.0}
    assert poller._behind_s(answer(6, 200.0)) == 0
    assert poller._behind_s(answer(5, 102.0)) == 0
    assert poller._behind_s(answer(5, 103.5)) == 0.5
    assert poller._behind_s(answer(4, 103.5)) == 3.5


def test_what_is_told_is_of_the_spike_alone(poller: _Poller) -> None:
    poller.told_s = {6: 103.0}
    poller.answers = [answer(5, 99.0), answer(5, 101.0), answer(5, 104.0), answer(6, 106.0)]
    told = poller._told(goal_s=100.0, count=10, calm=4, cpu_s=0.1)
    assert (told.sent, told.answers, told.hits, told.errors, told.unanswered) == (6, 3, 3, 0, 0)
    assert told.behind_ms == [0, 1000, 0]
    assert told.peak_per_s == 0.5
