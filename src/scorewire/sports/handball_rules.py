"""Handball's periods, and what varies by competition: lengths, extra times, shoot-out.

Source: IHF Rules of the Game, Indoor Handball 2022: 2:1-2:2 (playing time, extra time, 7-metre throwing),
2:10 (team time-out); IHF Regulations for Competitions (three team time-outs, forfeit 10-0).
"""

from collections.abc import Mapping

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

SHOOTOUT = 7

PERIODS: Mapping[int, tuple[str, str]] = {
    0: ("", ""),
    1: ("1H", "HT"),
    2: ("2H", "FT"),
    3: ("ET1 1H", "ET1 HT"),
    4: ("ET1 2H", "AET1"),
    5: ("ET2 1H", "ET2 HT"),
    6: ("ET2 2H", "AET2"),
    7: ("7M", "7M"),
}
"""Period -> its label while it is played, and once it has ended."""

RULES: rules.RuleTable = {
    "half_minutes": ("Minutes of a half; youth 20 or 25.", 30),
    "extra_times": ("How many extra times of two halves may be played: 0, 1 or 2.", 2),
    "extra_time_minutes": ("Minutes of each half of an extra time.", 5),
    "shootout": ("Whether a shoot-out may decide.", True),
    "shootout_throws": ("Throws a side before sudden death.", 5),
    "timeouts": ("Team time-outs a side has in regular time; 0: not counted.", 3),
    "forfeit_goals": ("Goals that a forfeit or walkover gives the other side.", 10),
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use; `starts_s` and `ends_s` are indexed by the period."""

    periods: frozenset[int]
    starts_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    throws: int
    timeouts: int
    forfeit_goals: int


def read(given: Detail) -> Rules:
    """The rules that a declaration gives, with the defaults for what it does not say."""
    half = rules.whole(RULES, given, "half_minutes") * 60
    extra = rules.whole(RULES, given, "extra_time_minutes") * 60
    extra_times = min(2, rules.whole(RULES, given, "extra_times"))
    periods = set(range(1, 3 + 2 * extra_times))
    if rules.flag(RULES, given, "shootout"):
        periods.add(SHOOTOUT)
    ends = [0, half, *(2 * half + number * extra for number in range(5))]
    return Rules(
        frozenset(periods),
        (0, 0, *ends[1:]),
        (*ends, ends[-1]),
        max(1, rules.whole(RULES, given, "shootout_throws")),
        rules.whole(RULES, given, "timeouts"),
        rules.whole(RULES, given, "forfeit_goals"),
    )
