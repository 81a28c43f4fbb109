"""Delays are few and even, and whoever asks twice gets the longer one."""

import pytest

from scorewire.model.delay import DELAYS_S, read_delay


def test_every_fifth_second_to_three_minutes() -> None:
    assert [read_delay((str(seconds),)) for seconds in DELAYS_S] == list(range(0, 185, 5))


@pytest.mark.parametrize("text", ["", "-5", "7", "185", "5.0", "²", "0x5", "00005", "soon", " 5"])
def test_nothing_else_is_a_delay(text: str) -> None:
    assert read_delay((text,)) is None
    assert read_delay(("5", text)) is None


def test_none_is_no_delay_and_the_longer_one_holds() -> None:
    assert read_delay(()) == 0
    assert read_delay(("10", "45", "0")) == 45
