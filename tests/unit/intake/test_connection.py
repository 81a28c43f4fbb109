"""Waits with full jitter, ids to resume from, and how long the other side asks to stay away."""

import random

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.intake.connection import RETRY_AFTER_MAX_S, BackOff, held_id, retry_after_s, told


def test_nothing_is_waited_for_before_the_first_attempt() -> None:
    assert BackOff(rng=random.Random(1)).wait_s() == 0.0


@given(seed=st.integers(), failures=st.integers(1, 100))
def test_a_wait_lies_anywhere_below_a_bound_that_doubles_up_to_a_limit(seed: int, failures: int) -> None:
    back_off = BackOff(rng=random.Random(seed), start_s=1.0, max_s=20.0)
    for _ in range(failures):
        back_off.failed()
    assert 0.0 <= back_off.wait_s() <= min(2.0 ** (failures - 1), 20.0)


def test_waits_of_a_crowd_spread_over_the_whole_bound() -> None:
    waits = []
    for seed in range(200):
        back_off = BackOff(rng=random.Random(seed), start_s=8.0)
        back_off.failed()
        waits.append(back_off.wait_s())
    assert min(waits) < 1.0
    assert max(waits) > 7.0


@pytest.mark.parametrize(
    ("field", "held"),
    [("a.b", "7"), ("c", "x"), ("a", ""), ("d", ""), ("a.b.c", ""), ("e", ""), ("", "")],
)
def test_an_id_is_text_or_a_whole_number_at_a_path(field: str, held: str) -> None:
    assert held_id(b'{"a":{"b":7},"c":"x","e":1.5}', field) == held


@given(body=st.binary(max_size=40))
def test_no_bytes_trouble_it(body: bytes) -> None:
    assert held_id(body, "a.b") == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("9" * 40, RETRY_AFTER_MAX_S),
        ("soon", 0.0),
        ("", 0.0),
        ("-5", 0.0),
    ],
)
def test_how_long_to_stay_away(text: str, seconds: float) -> None:
    assert retry_after_s(httpx.Headers({"retry-after": text}), now_ms=10_000) == seconds


def test_an_error_is_told_without_its_url() -> None:
    assert told(httpx.ConnectError("https://feed.example/?key=SECRET")) == "ConnectError"
