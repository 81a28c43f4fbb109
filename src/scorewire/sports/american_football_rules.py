"""What varies by competition in American football: lengths, time-outs, overtime; and how periods are called.

Overtimes are periods 5, 6 ... `overtime` says how one is decided:

    both            each side has the ball once; only then does the next score win (NFL: play-offs from 2022,
                    every game from 2025)
    modified        as above, but a touchdown with the first possession wins (NFL: play-offs from 2010, every
                    game from 2012)
    sudden_death    the first score wins (NFL before)
    alternating     both sides in turn from the 25, no clock, one period a pair; from `two_point_overtime` on,
                    only two-point tries (college from 1996)
    none            the game is a tie

With `overtime_periods` 1 a game that is level after one overtime is a tie; 0 goes on until it is decided.

Source: NFL Rule 4 (timing, time-outs), 16 (overtime), 17 (forfeit); NCAA Rule 3-1-3 (extra periods), 8-1-1
(forfeit 1-0; the score stands where the offended side leads).
"""

from typing import Literal, cast

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

Overtime = Literal["both", "modified", "sudden_death", "alternating", "none"]
OVERTIMES: frozenset[str] = frozenset({"both", "modified", "sudden_death", "alternating", "none"})

RULES: rules.RuleTable = {
    "periods": ("Periods of regulation.", 4),
    "period_minutes": ("Minutes of a quarter: NFL and NCAA 15, high schools 12.", 15),
    "overtime": ("`both`, `modified`, `sudden_death`, `alternating` (college) or `none`.", "both"),
    "overtime_minutes": ("Minutes of an overtime: NFL 10, in play-offs and before 2017 15.", 10),
    "overtime_periods": ("Overtimes after which a level game is a tie; 0: until it is decided.", 1),
    "two_point_overtime": ("The alternating overtime from which only two-point tries are played.", 3),
    "timeouts": ("Time-outs a side has in each half; 0: not counted.", 3),
    "overtime_timeouts": (
        "The same in overtime: NFL 2, in play-offs 3 for two overtimes, NCAA 1 in each.",
        2,
    ),
    "clock_stops_out_of_bounds": ("A runner out of bounds stops the clock until the next snap.", True),
    "forfeit_points": ("Points that a forfeit gives the other side: NFL 2, college 1.", 2),
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use.

    Attributes:
        overtime_s: 0 where overtime has no clock.
        last: the last period that there may be; 0 where overtimes go on.
        two_point_from: the period from which only two-point tries are played; 0 if there is none.
    """

    periods: int
    period_s: int
    overtime: Overtime
    overtime_s: int
    last: int
    two_point_from: int
    timeouts: int
    overtime_timeouts: int
    stops_out_of_bounds: bool
    forfeit_points: int

    def length_s(self, period: int) -> int:
        """Seconds of a period; 0 if it has no clock."""
        return self.period_s if period <= self.periods else self.overtime_s

    def timeouts_in(self, period: int) -> int:
        """Time-outs a side has in the stretch of play that a period belongs to."""
        return self.timeouts if period <= self.periods else self.overtime_timeouts

    def stretch(self, period: int) -> int:
        """Periods of the same number share their time-outs: halves, then overtimes, in the NFL in pairs."""
        if period <= self.periods:
            return 2 if period * 2 > self.periods else 1
        overtime = period - self.periods
        return 2 + (overtime if self.overtime == "alternating" else (overtime + 1) // 2)


def rules_of(given: Detail) -> Rules:
    """The rules that a declaration gives, with the defaults for what it does not say."""
    periods = max(1, rules.whole(RULES, given, "periods"))
    said = given.get("overtime")
    kind = cast(Overtime, said if said in OVERTIMES else RULES["overtime"][1])
    alternating = kind == "alternating"
    overtimes = rules.whole(RULES, given, "overtime_periods")
    if alternating:
        overtimes = 0
    two_point = rules.whole(RULES, given, "two_point_overtime")
    return Rules(
        periods=periods,
        period_s=rules.whole(RULES, given, "period_minutes") * 60,
        overtime=kind,
        overtime_s=0 if alternating else rules.whole(RULES, given, "overtime_minutes") * 60,
        last=periods if kind == "none" else periods + overtimes if overtimes else 0,
        two_point_from=periods + two_point if alternating and two_point else 0,
        timeouts=rules.whole(RULES, given, "timeouts"),
        overtime_timeouts=rules.whole(RULES, given, "overtime_timeouts"),
        stops_out_of_bounds=rules.flag(RULES, given, "clock_stops_out_of_bounds"),
        forfeit_points=rules.whole(RULES, given, "forfeit_points"),
    )


def label(held: Rules, period: int, *, closed: bool) -> str:
    """The period as boards write it: Q1, `Q1 END`, HT, OT, OT2."""
    if period == 0:
        return ""
    if closed and period * 2 == held.periods:
        return "HT"
    overtime = period - held.periods
    name = f"Q{period}" if overtime <= 0 else "OT" if overtime == 1 else f"OT{overtime}"
    return f"{name} END" if closed else name
