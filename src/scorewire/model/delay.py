"""How much later than others a fan may want to know: the picture on a screen lags behind the stadium."""

from collections.abc import Sequence

DELAY_STEP_S = 5
DELAY_MAX_S = 180
DELAYS_S = range(0, DELAY_MAX_S + 1, DELAY_STEP_S)
"""Few enough that fans with the same delay share what is read, kept and encoded for them."""

DELAY_WORDS = "delay: seconds, 0, 5, 10 and so on to 180."


def read_delay(values: Sequence[str]) -> int | None:
    """The delay that is asked for, 0 if there is none; None if it cannot be read.

    Whoever asks twice gets the longer one, which spoils nothing.
    """
    longest = 0
    for value in values:
        seconds = int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else -1
        if seconds not in DELAYS_S:
            return None
        longest = max(longest, seconds)
    return longest
