"""What varies by competition in ice hockey: lengths, overtime, shoot-out; and how its periods are called.

Overtimes are periods 4, 5 ...; the shoot-out is the period after the last, 5 in the NHL's season.

Source: NHL Rules 2024-25, 77 (timing) and 84 (overtime, shoot-out); IIHF Sport Regulations: 5 minutes three
against three in group games, 10 in knock-out games, 20 at a time in a final; shoot-out of five.
"""

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

RULES: rules.RuleTable = {
    "periods": ("Periods of regulation.", 3),
    "period_minutes": ("Minutes of a period.", 20),
    "overtime": ("`short`: one with fewer skaters; `full`: one after another; `none`.", "short"),
    "overtime_minutes": ("Minutes of an overtime; 0: 5 if short, 20 if full.", 0),
    "overtime_skaters": ("Skaters a side in overtime; 0: 3 if short, 5 if full.", 0),
    "shootout": ("Whether a shoot-out may decide; never after `full` overtimes.", True),
    "shootout_rounds": ("Shots a side before sudden death (NHL 3, IIHF and PWHL 5).", 3),
    "clock_up": ("The clock shows what was played and not what is left.", False),
    "timeouts": ("Time-outs a side has; 0: not counted.", 1),
    "forfeit_goals": ("Goals that a forfeit gives the other side at least: NHL 1, IIHF 5.", 1),
}


OVERTIMES: frozenset[str] = frozenset({"short", "full", "none"})


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use.

    Attributes:
        last: the last period that there may be; 0 where overtimes go on.
        shootout: the number of its period; 0 if there is none.
    """

    periods: int
    period_s: int
    overtime_s: int
    skaters: int
    last: int
    shootout: int
    rounds: int
    clock_up: bool
    timeouts: int
    forfeit_goals: int

    def length_s(self, period: int) -> int:
        """Seconds of a period."""
        return self.period_s if period <= self.periods else self.overtime_s

    def start_s(self, period: int) -> int:
        """Seconds played when a period begins."""
        if period <= self.periods:
            return max(0, period - 1) * self.period_s
        return self.periods * self.period_s + (period - self.periods - 1) * self.overtime_s


def read(given: Detail) -> Rules:
    """The rules that a declaration gives, with the defaults for what it does not say."""
    periods = max(1, rules.whole(RULES, given, "periods"))
    kind = given.get("overtime")
    full = kind == "full"
    overtimes = 0 if kind == "none" else 1
    shootout = rules.flag(RULES, given, "shootout") and not full
    return Rules(
        periods=periods,
        period_s=rules.whole(RULES, given, "period_minutes") * 60,
        overtime_s=(rules.whole(RULES, given, "overtime_minutes") or (20 if full else 5)) * 60,
        skaters=rules.whole(RULES, given, "overtime_skaters") or (5 if full else 3),
        last=0 if full else periods + overtimes + shootout,
        shootout=periods + overtimes + 1 if shootout else 0,
        rounds=max(1, rules.whole(RULES, given, "shootout_rounds")),
        clock_up=rules.flag(RULES, given, "clock_up"),
        timeouts=rules.whole(RULES, given, "timeouts"),
        forfeit_goals=rules.whole(RULES, given, "forfeit_goals"),
    )


def label(held: Rules, period: int, *, closed: bool) -> str:
    """The period as boards write it: P1, `P1 END`, OT, 2OT, SO."""
    if period == 0:
        return ""
    if period == held.shootout:
        return "SO"
    overtime = period - held.periods
    name = f"P{period}" if overtime <= 0 else "OT" if overtime == 1 else f"{overtime}OT"
    return f"{name} END" if closed else name
