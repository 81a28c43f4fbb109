"""What varies between competitions of baseball, how half-innings are called, and who has won when."""

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

RULES: rules.RuleTable = {
    "innings": ("Innings of regulation: 9; 7 in the double-headers of MLB's 2020 and in school games.", 9),
    "extra_runner": ("Every half of an extra inning begins with a runner on second (MLB since 2020).", True),
    "max_innings": ("Innings after which a game that is level is tied (NPB 12, KBO 11); 0: none.", 0),
    "mercy_runs": ("Lead that ends the game from `mercy_after` on (WBSC 10); 0: none.", 0),
    "mercy_after": ("Innings after which `mercy_runs` decides.", 7),
    "early_mercy_runs": ("A larger lead that ends it sooner (WBSC 15); 0: none.", 0),
    "early_mercy_after": ("Innings after which `early_mercy_runs` decides.", 5),
    "home_bats_first": ("The home side bats in the top of the innings: games moved to the visitors.", False),
    "forfeit_points": ("Runs that a forfeit gives the other side.", 9),
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use."""

    innings: int
    extra_runner: bool
    max_innings: int
    mercy_runs: int
    mercy_after: int
    early_mercy_runs: int
    early_mercy_after: int
    home_bats_first: bool
    forfeit_points: int

    def has_runner(self, period: int) -> bool:
        """Whether a half-inning begins with a runner on second. Source: OBR 7.01(b)."""
        return self.extra_runner and inning_of(period) > self.innings


def read(given: Detail) -> Rules:
    """The rules as a declaration gives them."""
    return Rules(
        innings=max(1, rules.whole(RULES, given, "innings")),
        extra_runner=rules.flag(RULES, given, "extra_runner"),
        max_innings=rules.whole(RULES, given, "max_innings"),
        mercy_runs=rules.whole(RULES, given, "mercy_runs"),
        mercy_after=rules.whole(RULES, given, "mercy_after"),
        early_mercy_runs=rules.whole(RULES, given, "early_mercy_runs"),
        early_mercy_after=rules.whole(RULES, given, "early_mercy_after"),
        home_bats_first=rules.flag(RULES, given, "home_bats_first"),
        forfeit_points=rules.whole(RULES, given, "forfeit_points"),
    )


def inning_of(period: int) -> int:
    """inning_of(17) == inning_of(18) == 9: a period is a half-inning."""
    return (period + 1) // 2


def is_bottom(period: int) -> bool:
    """Whether the half-inning is the second of its inning."""
    return period % 2 == 0


def label(period: int, *, over: bool) -> str:
    """The half-inning as boards write it: T1, M1 (the middle), B1, E1 (the end)."""
    if period == 0:
        return ""
    if over:
        return f"{'E' if is_bottom(period) else 'M'}{inning_of(period)}"
    return f"{'B' if is_bottom(period) else 'T'}{inning_of(period)}"


def decided(held: Rules, period: int, *, over: bool, home: int, away: int) -> bool:
    """Whether the game is decided in a half-inning, or after it where that is `over`.

    The side that bats last does not bat again when it leads, and has won as soon as it leads in the last
    inning or a later one; the other side wins when that inning is over. A lead of the mercy rule counts the
    same way from its inning on. Source: OBR 7.01(c), (e) and (g); WBSC mercy rule.
    """
    bottom = is_bottom(period)
    if not bottom and not over:
        return False
    inning = inning_of(period)
    lead = away - home if held.home_bats_first else home - away
    if inning >= held.innings:
        if lead > 0:
            return True
        return bottom and over and (lead < 0 or 0 < held.max_innings <= inning)
    for runs, after in (
        (held.mercy_runs, held.mercy_after),
        (held.early_mercy_runs, held.early_mercy_after),
    ):
        if runs and inning >= after and (lead >= runs or (bottom and over and -lead >= runs)):
            return True
    return False
