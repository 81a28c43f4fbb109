"""Who hears a moment: once, not at night, not too often, not late, and not of what it never heard."""

from datetime import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.alerts.devices import (
    HOUR_MS,
    LATE_MS,
    Device,
    QuietHours,
    Settings,
    due_ms,
    refused,
    with_told,
    wording,
)
from scorewire.alerts.moments import Moment

NOON = 1_795_000_000_000 // 86_400_000 * 86_400_000 + 12 * HOUR_MS
"""A noon in UTC."""


def goal(seq: int = 5, **changed: object) -> Moment:
    base = Moment(
        id=f"g1/e/{seq}",
        tag=f"g1/{seq}",
        game_id="g1",
        seq=seq,
        ts=NOON,
        level="goal",
        teams=("h", "a"),
        league="cup",
        correction=False,
        title="Home 1–0 Away",
        text="Goal",
        hidden_title="Home v Away",
        hidden="Something has happened.",
    )
    return msgspec.structs.replace(base, **changed)


def device(**settings: object) -> Device:
    return Device(id="d1", platform="webpush", address="x", settings=msgspec.convert(settings, Settings))


def hearing(one: Device, moment: Moment, now_ms: int = NOON) -> Device:
    assert refused(one, moment, now_ms) is None
    return msgspec.structs.replace(one, told=with_told(one.told, moment, now_ms))


def test_each_moment_once() -> None:
    heard = hearing(device(), goal())
    assert refused(heard, goal(), NOON + 1) == "told"
    assert refused(heard, goal(6), NOON + 1) is None


def test_a_delay_is_added() -> None:
    assert due_ms(device(delay_s=30), goal()) == NOON + 30_000
    assert refused(device(delay_s=180), goal(), NOON + 180_000 + LATE_MS) is None


def test_old_news_are_not_told() -> None:
    assert refused(device(), goal(), NOON + LATE_MS + 1) == "late"


def test_a_correction_goes_to_who_heard_what_it_corrects() -> None:
    taken = goal(9, tag="g1/5", correction=True)
    assert refused(device(), taken, NOON) == "unheard"
    assert refused(hearing(device(), goal()), taken, NOON) is None


def test_at_most_so_many_an_hour_but_for_ends_and_corrections() -> None:
    one = device(an_hour=2)
    for seq in (1, 2):
        one = hearing(one, goal(seq))
    assert refused(one, goal(3), NOON) == "cap"
    assert refused(one, goal(4, level="end"), NOON) is None
    assert refused(one, goal(4, tag="g1/2", correction=True), NOON) is None
    later = NOON + HOUR_MS
    assert refused(one, goal(3, ts=later), later) is None


@pytest.mark.parametrize(
    ("begins", "ends", "tz", "quiet"),
    [
        ("22:00", "07:00", "UTC", False),
        ("11:00", "13:00", "UTC", True),
        ("22:00", "07:00", "Pacific/Auckland", True),
        ("12:00", "12:00", "UTC", False),
        ("12:00", "12:01", "UTC", True),
        ("13:00", "12:01", "UTC", True),
    ],
)
def test_quiet_hours_in_the_zone_of_the_device(begins: str, ends: str, tz: str, quiet: bool) -> None:
    hours = QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), tz=tz)
    assert hours.holds(NOON) is quiet
    one = msgspec.structs.replace(device(), settings=Settings(quiet=hours))
    assert (refused(one, goal(), NOON) == "quiet") is quiet


def test_words_with_and_without_the_score() -> None:
    assert wording(device(), goal()) == ("Home 1–0 Away", "Goal")
    assert wording(device(hide_scores=True), goal()) == ("Home v Away", "Something has happened.")


def test_settings_have_limits() -> None:
    for wrong in ({"delay_s": 181}, {"an_hour": 0}, {"colour": "red"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Settings)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 90)), max_size=60))
def test_whatever_a_queue_brings_again_nothing_is_heard_twice(brought: list[tuple[int, int]]) -> None:
    one, heard, now_ms = device(an_hour=60), [], NOON
    for seq, minutes in brought:
        now_ms += minutes * 60_000
        moment = goal(seq)
        if refused(one, moment, now_ms) is None:
            one = msgspec.structs.replace(one, told=with_told(one.told, moment, now_ms))
            heard.append(seq)
    assert len(heard) == len(set(heard))
    assert len(one.told) <= 60
