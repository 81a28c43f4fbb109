"""The running score of tennis and volleyball, counted from the points; static/points.js counts the same.

The list of a match has a row for each point, and none that says a game or a set is over: that follows from
the laws, and is found here again. Nothing of a competition's rules is needed, because the state holds what
each set has come to: how many games (or points), and whether a tie-break decided it.

A set is told only where the count meets what the state holds of it, so no number shown can be wrong. Where
older points are missing (a list cut short), their set has no numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import UNSET

from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import UNDER_WAY, ScoreState
from scorewire.web.situation import look
from scorewire.web.words import SPORTS

Call = Literal["game", "set", "match", "open", "left"]
Pair = tuple[int, int]

NAMES = ("0", "15", "30", "40")
MARGINS = (2, 1)
"""By how many points a game is won: the rule, and where the next point decides at deuce."""
RESULTS = ("ended", "final", "corrected")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points that are told in one line: a game of tennis, a rally of volleyball.

    Attributes:
        call: what they decided; `open` for a game that is being played, `left` for one never finished.
        side: who won them; empty where nobody has yet.
        score: after them: of the set, and in an open game of the game.
        points: each with the score called after it, empty for the point that won the game.
    """

    call: Call
    period: int
    side: str
    score: str
    points: tuple[tuple[CompactEvent, str], ...]


@dataclass(slots=True)
class _Set:
    """One set as it is counted. `line` and `tiebreak` are what the state holds of it."""

    period: int
    line: Pair
    decided: bool
    tiebreak: Pair | None
    in_tiebreak: bool
    games: tuple[int, ...] = (0, 0)
    points: tuple[int, ...] = (0, 0)
    open: list[tuple[int, CompactEvent, str]] = field(default_factory=list)
    told: list[tuple[tuple[int, ...], Stretch]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.decided and self.games == self.line


def stretches(
    state: ScoreState, standing: Iterable[tuple[int, str, CompactEvent]]
) -> tuple[dict[int, Stretch], frozenset[int]]:
    """seq of its newest point -> the stretch, and the seqs that are told within another's line.

    Args:
        standing: seq, type and newest version of every event that counts, in order.
    """
    by = SPORTS.get(state.sport, {}).get("points_by")
    if not by or not state.linescore:
        return {}, frozenset()
    points = [one for one in standing if one[1] in ("POINT", "GAME_PENALTY") and one[2].team]
    best: list[tuple[tuple[int, ...], Stretch]] = []
    for margin in MARGINS if by == "game" else MARGINS[:1]:
        counted = _counted(state, points, margin if by == "game" else 0)
        if len(counted) > len(best):
            best = counted
    within = frozenset(seq for seqs, _ in best for seq in seqs[:-1])
    return {seqs[-1]: stretch for seqs, stretch in best}, within


def _counted(
    state: ScoreState, points: Sequence[tuple[int, str, CompactEvent]], margin: int
) -> list[tuple[tuple[int, ...], Stretch]]:
    """The stretches of every set whose count meets the state; `margin` 0: a set is of points alone."""
    sets = _sets(state)
    current = 1
    for seq, kind, event in points:
        one = sets.get(event.period or current)
        if one is None or one.done:
            continue
        if margin:
            _play(one, seq, kind, event, margin)
        else:
            _rally(one, seq, event)
        current = one.period + (1 if one.done and one.period + 1 in sets else 0)
    over, last = state.status in RESULTS, max(sets, default=0)
    told: list[tuple[tuple[int, ...], Stretch]] = []
    for one in sets.values():
        if one.games != one.line or not _meets(state, one):
            continue
        if one.decided and one.told:
            seqs, end = one.told.pop()
            call: Call = "match" if over and one.period == last else "set"
            one.told.append((seqs, Stretch(call, end.period, end.side, end.score, end.points)))
        elif one.open:
            told_points = tuple((event, text) for _, event, text in one.open)
            left: Call = "open" if state.status in UNDER_WAY else "left"
            stretch = Stretch(left, one.period, "", one.open[-1][2], told_points)
            one.told.append((tuple(seq for seq, _, _ in one.open), stretch))
        told += one.told
    return told


def _sets(state: ScoreState) -> dict[int, _Set]:
    held = state.linescore if state.linescore is not UNSET else {}
    detail = state.detail if state.detail is not UNSET else {}
    last = max((int(name) for name in held), default=0)
    playing = last if state.period == f"S{last}" and state.status not in RESULTS else 0
    made: dict[int, _Set] = {}
    for period in sorted(int(name) for name in held):
        tiebreak = look(detail, f"tiebreaks.{period}")
        made[period] = _Set(
            period=period,
            line=_pair(held[str(period)]),
            decided=period != playing,
            tiebreak=_pair(tiebreak) if isinstance(tiebreak, dict) else None,
            in_tiebreak=period == playing and "tiebreak" in detail,
        )
    return made


def _pair(held: Mapping[str, object]) -> Pair:
    home, away = held.get("home"), held.get("away")
    return (home if isinstance(home, int) else 0, away if isinstance(away, int) else 0)


def _meets(state: ScoreState, one: _Set) -> bool:
    """Whether the game that is open has come to the points that the state shows."""
    if one.decided:
        return not one.open
    detail = state.detail if state.detail is not UNSET else {}
    home, away = look(detail, "points.home"), look(detail, "points.away")
    if not isinstance(home, str) or not isinstance(away, str):
        return True
    return (one.open[-1][2] if one.open else "0–0") == f"{home}–{away}"


def _rally(one: _Set, seq: int, event: CompactEvent) -> None:
    one.games = _plus(one.games, event)
    score = _text(one.games)
    one.told.append(((seq,), Stretch("game", one.period, event.team or "", score, ((event, score),))))


def _play(one: _Set, seq: int, kind: str, event: CompactEvent, margin: int) -> None:
    """Count a point of tennis, or a game given as a penalty."""
    one.points = _plus(one.points, event)
    tiebreak = _is_tiebreak(one)
    won = kind == "GAME_PENALTY" or (
        one.points == one.tiebreak
        if tiebreak and one.decided
        else not tiebreak and max(one.points) >= len(NAMES) and abs(one.points[0] - one.points[1]) >= margin
    )
    one.open.append((seq, event, "" if won else _called(one.points, tiebreak=tiebreak)))
    if not won:
        return
    one.games, one.points = _plus(one.games, event), (0, 0)
    told = tuple((event, text) for _, event, text in one.open)
    stretch = Stretch("game", one.period, event.team or "", _text(one.games), told)
    one.told.append((tuple(seq for seq, _, _ in one.open), stretch))
    one.open = []


def _is_tiebreak(one: _Set) -> bool:
    played = sum(one.games)
    if one.tiebreak is None:
        return one.in_tiebreak and played == sum(one.line)
    # One that was never finished (a player gave up in it) is not in the line of its set.
    return played == sum(one.line) - (1 if one.decided and one.line[0] != one.line[1] else 0)


def _called(points: tuple[int, ...], *, tiebreak: bool) -> str:
    """The points as the umpire calls them, home first."""
    home, away = points
    if tiebreak:
        return f"{home}–{away}"
    if max(points) < len(NAMES):
        return f"{NAMES[home]}–{NAMES[away]}"
    if home == away:
        return "40–40"
    return "AD–40" if home > away else "40–AD"


def _plus(pair: tuple[int, ...], event: CompactEvent) -> tuple[int, ...]:
    return (pair[0] + 1, pair[1]) if event.team == "home" else (pair[0], pair[1] + 1)


def _text(pair: tuple[int, ...]) -> str:
    return f"{pair[0]}–{pair[1]}"
