import calendar
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.intake.times import read_time


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2022-12-18T15:23:10Z", 1_671_376_990_000),
        ("2022-12-18t15:23:10.25z", 1_671_376_990_250),
        ("2022-12-18T15:23:10.123456789Z", 1_671_376_990_123),
        ("2022-12-18T18:23:10+03:00", 1_671_376_990_000),
        ("2022-12-18T09:53:10-05:30", 1_671_376_990_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ],
)
def test_what_rfc_3339_allows(text: str, ms: int) -> None:
    assert read_time(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-12-18",
        "20221218T152310Z",
        "2022-12-18T15:23Z",
        "2022-12-18T15:23:10",
        "2022-12-18 15:23:10Z",
        "2022-12-18T15:23:10+0300",
        "2022-12-18T15:23:10Z\n",
        "2022-W50-7T15:23:10Z",
        "2022-02-30T15:23:10Z",
        "2022-12-18T24:00:00Z",
        "2022-12-18T15:23:61Z",
        "2022-12-18T15:23:10.Z",
        "1969-12-31T23:59:59Z",
        "٢٠٢٢-12-18T15:23:10Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "9999-12-31T23:59:59-23:00",
        "0001-01-01T00:00:00+23:00",
    ],
)
def test_everything_else_is_none(text: str) -> None:
    assert read_time(text) is None


FIRST = datetime.fromisoformat("1970-01-01")


@given(st.datetimes(FIRST, timezones=st.just(UTC)))
def test_every_moment_is_read_to_the_millisecond(moment: datetime) -> None:
    expected = calendar.timegm(moment.utctimetuple()) * 1000 + moment.microsecond // 1000
    assert read_time(moment.isoformat()) == expected
    assert read_time(moment.isoformat().replace("+00:00", "Z")) == expected
