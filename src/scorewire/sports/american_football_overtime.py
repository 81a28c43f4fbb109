"""When an American football game is decided: at the end of a period, or by a play of overtime.

Both sides are to have the ball (`both`, `modified`, `alternating`), so it is followed who had it first, and
whether the other has had it since. A fumbled kick-off return counts as having had it. What decides is then a
score, a missed try, or the ball lost by a side that is behind and has had its chance; a possession that ends
in any other way (time, a punt) is the provider's to say, with GAME_END.

Source: NFL Rule 16 (2010 to 2025); NCAA Rule 3-1-3.
"""

from typing import Final

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.american_football_events import SCRIMMAGE
from scorewire.sports.american_football_rules import Rules

_LOSES_THE_BALL: Final = frozenset({"FIELD_GOAL_MISS", "TURNOVER_ON_DOWNS"})
_MISSED_TRIES: Final = frozenset({"EXTRA_POINT_MISS", "TWO_POINT_MISS"})


class Series(Struct, frozen=True):
    """Who has had the ball in overtime.

    Attributes:
        period: the overtime that it is about, where each has a series of its own; else the first.
        first: who had the ball first.
        second_had: the other side has had it too.
    """

    period: int = 0
    first: Side | None = None
    second_had: bool = False


NOBODY: Final = Series()


def other(side: Side) -> Side:
    """The other side."""
    return "away" if side == "home" else "home"


def followed(held: Rules, series: Series, claim: ProviderEvent, period: int) -> Series:
    """The series after a play of `period`; the same object where it says nothing of who has the ball."""
    if period <= held.periods:
        return series
    if series.period == 0 or (held.overtime == "alternating" and period > series.period):
        series = Series(period)
    having = _having(claim)
    if having is None or series.second_had:
        return series
    if series.first is None:
        # Who takes the ball away has not been the first to have it.
        taken = claim.type in {"INTERCEPTION", "FUMBLE"}
        return Series(series.period, other(having) if taken else having, taken)
    return Series(series.period, series.first, True) if having != series.first else series


def _having(claim: ProviderEvent) -> Side | None:
    """Who has, or has been given, the ball with this play."""
    kind, side = claim.type, claim.team
    if side is None:
        return None
    if kind in SCRIMMAGE or kind in {"TOUCHDOWN", "INTERCEPTION", "TWO_POINT", "TWO_POINT_MISS"}:
        return side
    if kind in {"KICKOFF", "SAFETY"} or (kind == "FUMBLE" and claim.detail.get("lost") is True):
        return other(side)
    return None


def decided_at_end(held: Rules, period: int, lead: Side | None) -> bool:
    """Whether the end of a period ends the game."""
    if period < held.periods:
        return False
    if period == held.periods:
        return lead is not None or held.overtime == "none"
    if held.overtime == "alternating":
        return lead is not None
    return bool(held.last) and period >= held.last


def decided_by(
    held: Rules, series: Series, claim: ProviderEvent, *, had: bool, points: bool, lead: Side | None
) -> bool:
    """Whether a play of overtime ends the game.

    Args:
        series: who has had the ball, the play included.
        had: whether the second side had had it before the play.
        points: whether it adds points.
        lead: who leads after it.
    """
    side = claim.team
    if side is None or lead is None:
        return False
    kind = claim.type
    if held.overtime == "sudden_death":
        return points
    if points:
        if kind == "TOUCHDOWN" and side != lead:
            return False  # the try is still to come
        scorer = other(side) if kind == "DEFENSIVE_TWO_POINT" else side  # the try was the other side's
        if scorer != series.first:
            return series.first is not None
        return had or (kind == "TOUCHDOWN" and held.overtime == "modified")
    if lead != series.first:
        return False
    loser = other(side) if kind == "INTERCEPTION" else side
    if kind in _MISSED_TRIES:
        return had or side != series.first
    lost = kind in _LOSES_THE_BALL or kind == "INTERCEPTION"
    lost = lost or (kind == "FUMBLE" and claim.detail.get("lost") is True)
    return lost and loser != series.first
