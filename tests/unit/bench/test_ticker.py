"""What happens again and again."""

import threading

import pytest

from scorewire.bench.ticker import Ticker


def test_it_ticks_until_the_block_ends() -> None:
    told: list[int] = []
    thrice = threading.Event()

    def act() -> None:
        told.append(1)
        if len(told) == 3:
            thrice.set()

    ticker = Ticker(act, period_s=0.001)
    with ticker:
        assert thrice.wait(10)
    assert ticker.calls == len(told) >= 3
    assert not ticker._thread.is_alive()


def test_what_fails_in_it_fails_the_block() -> None:
    failed = threading.Event()

    def act() -> None:
        failed.set()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), Ticker(act, period_s=0.001):
        assert failed.wait(10)


def test_what_has_failed_is_said_before_the_block_ends() -> None:
    failed = threading.Event()

    def act() -> None:
        failed.set()
        raise ValueError("no")

    ticker = Ticker(act, period_s=0.001)
    ticker.check()
    with pytest.raises(ValueError, match="no"), ticker:
        assert failed.wait(10)
    with pytest.raises(ValueError, match="no"):
        ticker.check()
