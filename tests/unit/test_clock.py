"""The one clock of the process."""

from datetime import UTC, datetime

from scorewire.clock import SystemClock


def test_wall_time_is_in_milliseconds_utc() -> None:
    before = datetime.now(UTC).timestamp() * 1000
    now_ms = SystemClock().now_ms()
    after = datetime.now(UTC).timestamp() * 1000
    assert int(before) <= now_ms <= after


def test_monotonic_time_never_steps_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_s() for _ in range(1000)]
    assert readings == sorted(readings)
