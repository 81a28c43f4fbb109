"""What varies between the forms of cricket, and how their periods are numbered and called."""

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

RULES: rules.RuleTable = {
    "overs": ("Overs of an innings: T20 20, ODI 50, The Hundred 20 of five balls; 0: no limit (Tests).", 20),
    "innings": ("Innings a side: 1, or 2 in Tests and first-class matches.", 1),
    "balls_per_over": ("Balls of an over that count: 6; The Hundred 5.", 6),
    "players": ("Players a side; all are out when one fewer is.", 11),
    "super_over": ("Super overs break a tie; never that of a match of two innings a side.", True),
    "super_over_wickets": ("Wickets that end an innings of a super over.", 2),
    "follow_on": (
        "Lead that lets a side make the other follow on: 200 in five days, 150 in three or four, 100 in two.",
        200,
    ),
    "reviews": ("Unsuccessful reviews that a side has in an innings: T20 and ODI 2, Tests 3; 0: any.", 2),
}

SUPER_OVERS_MAX = 20
"""Innings of super overs that a match may have; there is no such law, but a period is a small number."""


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use.

    Attributes:
        last: the last innings of the match itself; what comes after it is super overs.
    """

    overs: int
    innings: int
    balls_per_over: int
    players: int
    super_over: bool
    super_over_wickets: int
    follow_on: int
    reviews: int
    last: int

    @property
    def periods(self) -> int:
        """How many innings there can be."""
        return self.last + (SUPER_OVERS_MAX if self.super_over else 0)


def read(given: Detail) -> Rules:
    """The rules as a declaration gives them. A side has one innings or two."""
    innings = 2 if rules.whole(RULES, given, "innings") == 2 else 1
    return Rules(
        overs=rules.whole(RULES, given, "overs"),
        innings=innings,
        balls_per_over=max(1, rules.whole(RULES, given, "balls_per_over")),
        players=max(2, rules.whole(RULES, given, "players")),
        super_over=innings == 1 and rules.flag(RULES, given, "super_over"),
        super_over_wickets=max(1, rules.whole(RULES, given, "super_over_wickets")),
        follow_on=rules.whole(RULES, given, "follow_on"),
        reviews=rules.whole(RULES, given, "reviews"),
        last=innings * 2,
    )


def label(held: Rules, period: int, *, closed: bool) -> str:
    """The period as boards write it: INN1, `INN1 END`; both innings of the first super over are SO1."""
    if period == 0:
        return ""
    if period <= held.last:
        return f"INN{period} END" if closed else f"INN{period}"
    number, first = divmod(period - held.last + 1, 2)
    if not closed:
        return f"SO{number}"
    return f"SO{number} BREAK" if first == 0 else f"SO{number} END"
