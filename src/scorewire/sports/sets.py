"""Matches won by sets: a set belongs to whoever won it, and the match to whoever won enough of them.

What a set is made of (games of points, or rallies) is the sport's own; here is what tennis and volleyball
share. The score is the sets won, the line score holds the games or points of each set.

A set and a match are won by the laws, so their ends are derived: nobody need say them, and a feed that says
them all the same doubles nothing. A derived end rests on every point heard so far, which may be fewer than
were played (feeds come shuffled), so nothing is refused because of it. An end that a feed has said is known.

Points of a set that is won are not counted: a line score never runs past what won the set.
"""

import re

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import OVER
from scorewire.sports.lifecycle import (
    STATUS_EVENTS,
    Course,
    allows,
    decide_play,
    decide_status,
    follow,
    implied,
)
from scorewire.sports.machine import Refusal
from scorewire.sports.tally import Tally, opened, read_lines

_NO_RESULT = frozenset({"GAME_VOID", "GAME_CANCELLED", "GAME_ABANDONED", "GAME_RESUMED", "PERIOD_START"})
"""After these nobody has won."""
_PAIR = re.compile(r"\d{1,3}-\d{1,3}\Z", re.ASCII)


class Sets(Struct, frozen=True):
    """How a match stands in sets. Never changed in place.

    Attributes:
        tally: sets won by each side; its lines hold the games or points of each set.
        decided: the newest set that somebody has won.
        told: the newest set whose end a feed has said.
        told_over: a feed has said that the match is over.
        winner: of the match.
    """

    course: Course = Course()
    tally: Tally = Tally()
    decided: int = 0
    told: int = 0
    told_over: bool = False
    winner: Side | None = None


def other(side: Side) -> Side:
    """The opponent."""
    return "away" if side == "home" else "home"


def set_of(match: Sets, claim: ProviderEvent) -> int:
    """The set that a point belongs to: the one it names, else the one that is played or comes next."""
    if claim.period is not None:
        return claim.period
    course = match.course
    return max(course.period + (1 if course.closed else 0), match.decided + 1)


def counts(match: Sets, claim: ProviderEvent, period: int) -> bool:
    """Whether a point can still change set `period`."""
    return period > match.decided and (claim.period is not None or match.course.status != "ended")


def line(match: Sets, period: int) -> tuple[int, int]:
    """Games or points of a set, home and away."""
    held = match.tally.linescore.get(str(period))
    return (held["home"], held["away"]) if held is not None else (0, 0)


def entered(match: Sets, period: int) -> Sets:
    """The match once set `period` is seen to be played."""
    course = implied(match.course, period)
    tally = opened(match.tally, period)
    if course is match.course and tally is match.tally:
        return match
    if course is match.course:
        return Sets(course, tally, match.decided, match.told, match.told_over, match.winner)
    return Sets(course, tally, match.decided, match.told)


def lined(match: Sets, period: int, home: int, away: int) -> Sets:
    """The match with the line of a set at `home`-`away`."""
    tally = match.tally
    linescore = {**tally.linescore, str(period): {"home": home, "away": away}}
    changed = Tally(tally.home, tally.away, linescore, tally.imposed)
    return Sets(match.course, changed, match.decided, match.told, match.told_over, match.winner)


def won(match: Sets, side: Side, period: int, to_win: int) -> Sets:
    """The match after `side` won set `period`; it ends with the set that makes `to_win`."""
    held = match.tally
    home, away = held.home + (side == "home"), held.away + (side == "away")
    tally = Tally(home, away, held.linescore, held.imposed)
    over = max(home, away) >= to_win
    course = match.course
    if period == course.period:
        course = _closed(course, over=over)
    winner = leader(home, away) if over else match.winner
    return Sets(course, tally, max(match.decided, period), match.told, match.told_over, winner)


def _closed(course: Course, *, over: bool) -> Course:
    """The course once its set is won: at a break, or at its end; what was stopped stays stopped."""
    status = course.status
    if status not in OVER and status != "postponed":
        if over:
            status = "ended"
        elif status == "live":
            status = "break"
    return Course(status, course.period, True, course.announced)


def leader(home: int, away: int) -> Side | None:
    """Who has more."""
    if home == away:
        return None
    return "home" if home > away else "away"


def followed(match: Sets, claim: ProviderEvent, to_win: int) -> Sets:
    """The match after an event of STATUS_EVENTS; a set that the laws have decided stays decided."""
    kind = claim.type
    if not allows(match.course, kind):
        return match
    course = follow(match.course, claim)
    told, told_over, tally = match.told, match.told_over, match.tally
    if kind == "PERIOD_START":
        tally = opened(tally, course.period)
    elif kind == "PERIOD_END":
        told = max(told, course.period)
    if kind in {"PERIOD_START", "GAME_RESUMED"}:
        told_over = False
    elif kind == "GAME_END":
        told_over = True
    if course.status == "live" and 0 < course.period <= match.decided:
        course = _closed(course, over=max(tally.home, tally.away) >= to_win)
    winner = _winner(match, claim)
    if winner is None and course.status == "ended":
        winner = leader(tally.home, tally.away)
    after = Sets(course, tally, match.decided, told, told_over, winner)
    if kind == "PERIOD_END" and claim.team is not None and course.period > match.decided:
        return won(after, claim.team, course.period, to_win)
    return match if after == match else after


def _winner(match: Sets, claim: ProviderEvent) -> Side | None:
    """Who has won, as far as an event of STATUS_EVENTS tells."""
    match claim.type:
        case "GAME_RETIRED" | "GAME_FORFEITED":
            return other(claim.team) if claim.team is not None else match.winner
        case "GAME_WALKOVER":
            return claim.team
        case "GAME_AWARDED":
            return leader(*match.tally.shown())
        case "GAME_END" | "GAME_FINAL":
            return claim.team or match.winner or leader(match.tally.home, match.tally.away)
        case kind if kind in _NO_RESULT:
            return None
    return match.winner


def stated(match: Sets, claim: ProviderEvent, to_win: int) -> Sets:
    """The match after SCORE_SET: `home` and `away` are sets, `lines` each set, `line` the one that is played.

    It opens and closes sets as the score has it, unless a feed has said that the match is over.
    """
    home, away = claim.detail.get("home"), claim.detail.get("away")
    if type(home) is not int or type(away) is not int:
        return match
    course, decided = match.course, home + away
    lines = read_lines(claim.detail.get("lines"))
    newest = max(course.period, claim.period or 0, decided, len(lines or {}))
    linescore = match.tally.linescore if lines is None else lines
    pair = read_pair(claim.detail.get("line"))
    if pair is not None:
        played = claim.period or max(newest, decided + 1)
        newest = max(newest, played)
        linescore = {**linescore, str(played): {"home": pair[0], "away": pair[1]}}
    tally = Tally(home, away, linescore, match.tally.imposed)
    over = max(home, away) >= to_win
    if newest and course.status not in OVER and course.status != "postponed" and not match.told_over:
        course = implied(course, newest)
        if newest <= decided or over:
            course = _closed(course, over=over)
        elif course.status in {"ended", "break"} and match.told < newest:
            course = Course("live", course.period, False, course.announced)
    winner = match.winner
    if course.status in {"ended", "final"}:
        winner = leader(home, away)
    elif course.status not in OVER:
        winner = None
    return Sets(course, tally, decided, match.told, match.told_over, winner)


def check_stated(claim: ProviderEvent, to_win: int) -> Refusal | None:
    """Whether SCORE_SET states sets that a match can have, and not its games or points."""
    home, away = claim.detail.get("home"), claim.detail.get("away")
    if type(home) is int and type(away) is int and (max(home, away) > to_win or home == away == to_win):
        return Refusal("wrong_detail", f"SCORE_SET states sets, of which {to_win} win the match")
    return None


def read_pair(text: object) -> tuple[int, int] | None:
    """`4-3` as two numbers; None if it is not that."""
    if not isinstance(text, str) or not _PAIR.match(text):
        return None
    home, away = text.split("-")
    return int(home), int(away)


def decide(match: Sets, claim: ProviderEvent, *, point: bool) -> Refusal | None:
    """What contradicts the match so far; a derived end contradicts nothing.

    Args:
        point: the claim is one that counts in a set.
    """
    if claim.type in STATUS_EVENTS:
        return decide_status(_as_told(match), claim)
    # Points need name no set. One that comes before the start is of the first, whose start comes later.
    open_play = point and (claim.period is not None or match.course.status == "postponed")
    refusal = decide_play(match.course, claim, open_play=open_play, scores=False)
    if refusal is not None:
        return refusal
    course = match.course
    if point and match.told_over and course.status == "ended" and (claim.period or 0) <= course.period:
        return Refusal("game_ended", f"{claim.type} after the end of the match")
    return None


def _as_told(match: Sets) -> Course:
    """The course without the ends that only we have derived."""
    course = match.course
    if match.told_over or course.status not in {"ended", "break"}:
        return course
    if match.told < course.period:
        return Course("live", course.period, False, course.announced)
    return Course("break", course.period, True, course.announced)


def label(course: Course) -> str:
    """The set as boards write it: S1, and `S1 END` once it is over."""
    if course.period == 0:
        return ""
    return f"S{course.period} END" if course.closed else f"S{course.period}"
