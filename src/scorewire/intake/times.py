"""RFC 3339, strictly: `2022-12-18T15:23:10.250Z` is a time, `2022-12-18` and `20221218T15Z` are none."""

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|[+-]\d{2}:\d{2})\Z", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_MS = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH).days * 86_400_000 + 86_400_000
"""The first moment of the year 10000, which RFC 3339 cannot write."""


def read_time(text: str) -> int | None:
    """Milliseconds UTC; finer digits are cut off. None for anything else, and for times
    before 1970 or, in UTC, after 9999.

    A leap second (`23:59:60Z`) is the first moment of the next minute, since UTC in ms has no name for it.
    Source: RFC 3339 5.6, 5.7.
    """
    match = _RFC3339.match(text)
    if match is None:
        return None
    leap_ms = 0
    if match[1] == "60":
        text, leap_ms = text[:17] + "59" + text[19:], 1000
    try:
        # The parser of the standard library takes far more than RFC 3339, hence the pattern before it.
        since = datetime.fromisoformat(text.upper()) - _EPOCH
    except ValueError:
        return None
    value = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000 + leap_ms
    return value if 0 <= value < _END_MS else None
