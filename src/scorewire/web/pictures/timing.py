"""A game's time on one axis: claims with a period and a clock -> minutes since the start, and the course.

A period is as long as the rules say, or as long as something was told in it: added time is room of its own,
so that 45+2 does not lie under 47. Clocks that run down are turned round by the length of their period.
Baseball has no clock: an inning is one unit, its second half begins in the middle. A point of volleyball or
tennis is one unit.

Source: IFAB Law 7; NBA rule 5, FIBA art. 8; NHL rule 77, IIHF rule 13; World Rugby Law 5; IHF rule 2; NFL
rule 4.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scorewire.model.provider_event import ProviderEvent
from scorewire.web.pictures.momentum import Act, weight
from scorewire.web.pictures.progression import Step
from scorewire.web.pictures.scales import Course, Period
from scorewire.web.timeline import moment
from scorewire.web.words import event_words

PERIODS_MAX = 40


@dataclass(frozen=True, slots=True)
class Clock:
    """How a sport's clock runs.

    Attributes:
        minutes: of each regular period.
        extra: of each period after them.
        down: the clock tells what is left of the period.
        bases: minutes on the clock when each period begins, where it runs on.
        names: of the regular periods; extra ones are `ET1`, `OT`.
    """

    minutes: float
    extra: float
    names: Sequence[str]
    extra_name: str
    down: bool = False
    bases: Sequence[float] = ()


CLOCKS: Final[Mapping[str, Clock]] = {
    "soccer": Clock(45, 15, ("1st half", "2nd half"), "ET", bases=(0, 45, 90, 105)),
    "handball": Clock(30, 5, ("1st half", "2nd half"), "ET", bases=(0, 30, 60, 65, 70, 75)),
    "rugby_union": Clock(40, 10, ("1st half", "2nd half"), "ET", bases=(0, 40, 80, 90)),
    "basketball": Clock(12, 5, ("Q1", "Q2", "Q3", "Q4"), "OT", down=True),
    "american_football": Clock(15, 10, ("Q1", "Q2", "Q3", "Q4"), "OT", down=True),
    "ice_hockey": Clock(20, 5, ("P1", "P2", "P3"), "OT", down=True),
}

_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?:\.\d+)?\Z")
_ADDED = re.compile(r"(\d{1,3})(?::\d{2})?\+(\d{1,2}):?(\d{2})?\Z")


@dataclass(frozen=True, slots=True)
class Timed:
    """The course of a game, and where on it each of its claims lies; None for one without a time."""

    course: Course
    at: Sequence[float | None]

    @property
    def until(self) -> float:
        """The furthest claim."""
        return max((at for at in self.at if at is not None), default=0.0)


def timed(
    sport: str,
    claims: Sequence[ProviderEvent],
    *,
    minutes: float | None = None,
    extra: float | None = None,
) -> Timed:
    """The times of one game's claims.

    Args:
        minutes: of a regular period, where the competition has its own: 10 for FIBA.
        extra: the same of an overtime: 20 in play-offs of the NHL.
    """
    clock = CLOCKS.get(sport)
    if clock is None:
        return _by_innings(claims) if sport == "baseball" else _by_points(claims)
    clock = replace(clock, extra=extra or clock.extra)
    regular = minutes or clock.minutes
    played = [_played(clock, regular, claim) for claim in claims]
    lengths: dict[int, float] = dict.fromkeys(range(1, len(clock.names) + 1), regular)
    for claim, place in zip(claims, played, strict=True):
        if place is not None and claim.period is not None:
            usual = regular if claim.period <= len(clock.names) else clock.extra
            lengths[claim.period] = max(lengths.get(claim.period, usual), place)
    begins: dict[int, float] = {}
    total = 0.0
    for number in sorted(lengths)[:PERIODS_MAX]:
        begins[number] = total
        total += lengths[number]
    course = Course([Period(start, _name(clock, number)) for number, start in begins.items()], total)
    at = [
        begins[claim.period] + place if place is not None and claim.period in begins else None
        for claim, place in zip(claims, played, strict=True)
    ]
    return Timed(course, at)


def steps(sport: str, claims: Sequence[ProviderEvent], times: Timed) -> list[Step]:
    """The score after each claim that changed it; a claim without a time lies where the last one does."""
    home = away = 0
    last = 0.0
    found: list[Step] = []
    for claim, at in zip(claims, times.at, strict=True):
        last = at if at is not None else last
        words = event_words(sport, claim.type)
        told = claim.detail.get(words.get("points_in", ""))
        points = told if isinstance(told, int) else int(words.get("points", 0))
        if claim.type == "SCORE_SET":
            stated = claim.detail.get("home"), claim.detail.get("away")
            if isinstance(stated[0], int) and isinstance(stated[1], int) and stated != (home, away):
                home, away = stated[0], stated[1]
                found.append(Step(last, home, away, _part(sport, claim)))
        elif points and int(words.get("points", 0)) and claim.team is not None:
            home, away = (home + points, away) if claim.team == "home" else (home, away + points)
            found.append(Step(last, home, away, _part(sport, claim)))
    return found


def acts(sport: str, claims: Sequence[ProviderEvent], times: Timed) -> list[Act]:
    """What of the claims presses somebody, for the picture of momentum."""
    return [
        Act(
            claim.team,
            at,
            weight(sport, claim.type),
            claim.type == "GOAL",
            moment(sport, claim.period, claim.clock),
        )
        for claim, at in zip(claims, times.at, strict=True)
        if at is not None and claim.team is not None and weight(sport, claim.type)
    ]


def points_of_set(claims: Iterable[ProviderEvent], number: int) -> tuple[Course, list[Step]]:
    """A set of volleyball: a step for each rally, the axis counts the rallies."""
    home = away = 0
    found: list[Step] = []
    for claim in claims:
        if claim.type != "POINT" or claim.period != number or claim.team is None:
            continue
        home, away = (home + 1, away) if claim.team == "home" else (home, away + 1)
        found.append(Step(len(found) + 1, home, away, 1))
    return Course([Period(0, f"Rallies of set {number}")], max(1, len(found))), found


def _played(clock: Clock, regular: float, claim: ProviderEvent) -> float | None:
    """Minutes played of the claim's period."""
    if claim.clock is None or claim.period is None:
        return None
    added = _ADDED.match(claim.clock)
    base = clock.bases[claim.period - 1] if claim.period <= len(clock.bases) else 0.0
    if added:
        return int(added[1]) + int(added[2]) + int(added[3] or 0) / 60 - base
    found = _CLOCK.match(claim.clock)
    if found is None:
        return None
    told = int(found[1]) + int(found[2]) / 60
    if not clock.down:
        return max(0.0, told - base)
    return max(0.0, (regular if claim.period <= len(clock.names) else clock.extra) - told)


def _part(sport: str, claim: ProviderEvent) -> int:
    """The part of the game that a score is told by: its period, in baseball the inning."""
    period = claim.period or 1
    return (period + 1) // 2 if sport == "baseball" else period


def _name(clock: Clock, number: int) -> str:
    extra = number - len(clock.names)
    if extra <= 0:
        return clock.names[number - 1]
    return f"{clock.extra_name}{extra}" if extra > 1 else clock.extra_name


def _by_innings(claims: Sequence[ProviderEvent]) -> Timed:
    """An inning is a unit, a period half of one; what came of a half lies at its end."""
    at = [None if claim.period is None else claim.period / 2 for claim in claims]
    halves = max((claim.period for claim in claims if claim.period is not None), default=0)
    innings = max(9, (halves + 1) // 2)
    return Timed(Course([Period(k, str(k + 1)) for k in range(innings)], innings), at)


def _by_points(claims: Sequence[ProviderEvent]) -> Timed:
    """Every point is a unit; a period begins where its first point falls."""
    at: list[float | None] = []
    begins: dict[int, float] = {}
    count = 0
    for claim in claims:
        if claim.type == "POINT" and claim.team is not None:
            begins.setdefault(claim.period or 1, count)
            count += 1
        at.append(count)
    periods = [Period(start, f"Set {number}") for number, start in sorted(begins.items())]
    return Timed(Course(periods or [Period(0, "")], max(1, count)), at)
