"""The trace that a provider's call belongs to, as it travels with what was claimed; pure.

    00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
     │  └ trace                          └ the caller's span │
     └ version                              recorded, if odd ┘

Source: W3C Trace Context 1, 3.2: a header that breaks the rules is as good as none.
"""

import re
from typing import Final

_FORM: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?"
)
LENGTH_MAX: Final = 256
"""Later versions may be longer than 55; nothing longer than this is carried along."""


def read_trace(header: str) -> str:
    """The header as it is carried along; empty if it is none."""
    found = _FORM.fullmatch(header) if len(header) <= LENGTH_MAX else None
    # Version 00 ends with its flags.
    return "" if found is None or (header.startswith("00") and found[2]) else header


def is_recorded(traceparent: str) -> bool:
    """Whether the caller records this trace, so that what becomes of it is worth a line in the log."""
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return found is not None and int(found[1], 16) & 1 == 1
