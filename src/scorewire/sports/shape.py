"""What every sport refuses from a claim alone, whatever the state.

A sport's own `check` calls `check_shape` first and adds its periods, its clock and its details.
"""

from collections.abc import Mapping

from scorewire.model.provider_event import ProviderEvent
from scorewire.sports.lifecycle import IMPOSING
from scorewire.sports.machine import ANYTHING, EventSpec, Refusal, check_common
from scorewire.sports.tally import check_imposed, check_stated

Kind = type[bool] | type[int] | frozenset[str]
Wanted = Mapping[str, Mapping[str, Kind]]
"""Event type -> key of `detail` -> what it must be where it is given; other keys are free."""


def check_shape(events: Mapping[str, EventSpec], wanted: Wanted, claim: ProviderEvent) -> Refusal | None:
    """Known type, team, readable clock, scores of zero or more, details of the right kind."""
    if claim.action == "retract":
        return None
    refusal = check_common(events, claim)
    if refusal is not None:
        return refusal
    if claim.score is not None and (claim.score.home < 0 or claim.score.away < 0):
        return Refusal("negative_score", "`score` holds a number below zero")
    kind = claim.type
    if kind == "PERIOD_START" and claim.period is None:
        return Refusal("period_missing", "PERIOD_START must name the period that starts")
    if kind == "CLOCK_SET" and claim.clock is None:
        return Refusal("clock_missing", "CLOCK_SET must say what the clock shows")
    negates = events[kind].negates
    if negates and "event" not in claim.detail and (claim.team is None or negates == ANYTHING):
        return Refusal("target_missing", f"{kind} must name its team, or the play in detail.event")
    if kind in IMPOSING and kind != "GAME_VOID":
        return check_imposed(claim)
    if kind == "SCORE_SET":
        return check_stated(claim)
    return _check_details(wanted.get(kind, {}), claim)


def _check_details(wanted: Mapping[str, Kind], claim: ProviderEvent) -> Refusal | None:
    for name, needed in wanted.items():
        value = claim.detail.get(name)
        if value is None:
            continue
        if isinstance(needed, frozenset):
            if value not in needed:
                return Refusal("wrong_detail", f"{name} is {value!r}, not one of {', '.join(sorted(needed))}")
        elif type(value) is not needed or value < 0:
            words = "true or false" if needed is bool else "a whole number, zero or more"
            return Refusal("wrong_detail", f"{name} of {claim.type} must be {words}")
    return None
