"""A result as one of its teams sees it, with the points that it gives; and the sum of a team's outings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from scorewire.stats.standings.result import Decided, Figures, Result
from scorewire.stats.standings.rules import Points, Rules

Ended = Literal["W", "D", "L", "N"]
"""Won, drawn, lost, no result."""


@dataclass(frozen=True, slots=True)
class Outing:
    """One game of one team.

    Attributes:
        own, other: figures of the team and of its opponent.
        number: the game's place in the order of all games.
        points: of the table, bonus included.
    """

    own: Figures
    other: Figures
    at_home: bool
    ended: Ended
    decided: Decided
    number: int
    points: int
    bonus: int
    provisional: bool
    rated: bool


def four_tries(one: Outing) -> bool:
    """Four tries or more. Source: Six Nations Championship Rules, bonus points."""
    return one.own.tries >= 4


def lost_by_seven(one: Outing) -> bool:
    """Lost by seven points or fewer. Source: Six Nations Championship Rules, bonus points."""
    return one.ended == "L" and one.other.score - one.own.score <= 7


def lost_by_five(one: Outing) -> bool:
    """Lost by five points or fewer. Source: LNR, regulations of the Top 14."""
    return one.ended == "L" and one.other.score - one.own.score <= 5


def three_tries_more(one: Outing) -> bool:
    """Won with three tries more than the opponent. Source: LNR, regulations of the Top 14."""
    return one.ended == "W" and one.own.tries - one.other.tries >= 3


BONUSES: Final[Mapping[str, Callable[[Outing], bool]]] = {
    bonus.__name__: bonus for bonus in (four_tries, lost_by_seven, lost_by_five, three_tries_more)
}
_ENDED: Final[Mapping[str, tuple[Ended, Ended]]] = {
    "home": ("W", "L"),
    "away": ("L", "W"),
    "draw": ("D", "D"),
    "no_result": ("N", "N"),
}


def outings(result: Result, number: int, rules: Rules) -> tuple[Outing, Outing]:
    """The game as home and as away see it.

    A game that is level and was decided by kicks is a draw, unless the rules give points for the kicks.
    """
    home, away = _ENDED[result.outcome]
    kicked_off = result.decided == "shootout" and result.home.score == result.away.score
    if kicked_off and "shootout" not in rules.points.late:
        home, away = "D", "D"
    return (
        _outing(result, number, rules.points, home, at_home=True),
        _outing(result, number, rules.points, away, at_home=False),
    )


def _outing(result: Result, number: int, points: Points, ended: Ended, *, at_home: bool) -> Outing:
    own, other = (result.home, result.away) if at_home else (result.away, result.home)
    plain = Outing(own, other, at_home, ended, result.decided, number, 0, 0, result.provisional, result.rated)
    bonus = sum(BONUSES[name](plain) for name in points.bonuses) if result.kind == "played" else 0
    given = _given(points, ended, result.decided) + bonus
    return Outing(
        own, other, at_home, ended, result.decided, number, given, bonus, result.provisional, result.rated
    )


def _given(points: Points, ended: Ended, decided: Decided) -> int:
    if ended == "D":
        return points.draw
    if ended == "N":
        return points.no_result
    win, loss = points.late.get(decided, (points.win, points.loss))
    return win if ended == "W" else loss


@dataclass(slots=True)
class Record:
    """The sum of outings. `won` + `drawn` + `lost` + `no_result` is `played`.

    Attributes:
        won_late: of `won`, by overtime; won_shootout: by a shoot-out; the same of `lost`.
        runs, balls: made and faced, for the net run rate; conceded, bowled: those of the opponents.
        conduct, disciplinary: fair play as FIFA and as UEFA count it, at most 0.
    """

    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    no_result: int = 0
    won_late: int = 0
    won_shootout: int = 0
    lost_late: int = 0
    lost_shootout: int = 0
    scored: int = 0
    conceded: int = 0
    away_scored: int = 0
    away_won: int = 0
    points: int = 0
    bonus: int = 0
    tries: int = 0
    tries_conceded: int = 0
    rallies: int = 0
    rallies_conceded: int = 0
    runs: int = 0
    balls: int = 0
    runs_conceded: int = 0
    balls_bowled: int = 0
    conduct: int = 0
    disciplinary: int = 0
    opponents: set[str] = field(default_factory=set)

    @property
    def difference(self) -> int:
        """Scored less conceded."""
        return self.scored - self.conceded

    @property
    def pct(self) -> Fraction:
        """The share of games won, a tie being half a win; 0 before the first."""
        decided = self.won + self.lost + self.drawn
        return Fraction(2 * self.won + self.drawn, 2 * decided) if decided else Fraction(0)

    @property
    def net_run_rate(self) -> Fraction:
        """Runs an over made, less runs an over conceded.

        Source: ICC men's T20I playing conditions, 16.10.3.
        """
        made = Fraction(self.runs * 6, self.balls) if self.balls else Fraction(0)
        given = Fraction(self.runs_conceded * 6, self.balls_bowled) if self.balls_bowled else Fraction(0)
        return made - given


def charged(side: Figures, overs: int) -> int:
    """The balls that an innings counts for: all that it could have had, if it was all out."""
    return (side.quota or overs * 6) if side.all_out else side.balls


def conduct(side: Figures) -> int:
    """Points of fair play: yellow -1, second yellow -3, red -4, red after yellow -5.

    Source: FIFA World Cup 2026 Regulations, 13 (team conduct score).
    """
    # The first yellow of a second stays counted, so that a second yellow adds two to make three.
    return -(side.yellow + 2 * side.second_yellow + 4 * side.red)


def disciplinary(side: Figures) -> int:
    """Points of fair play in UEFA's competitions: yellow -1, second yellow -3, red -3.

    Source: UEFA Euro 2024 Regulations, 20.01; UEFA Champions League Regulations 2024/25, 18.01.
    """
    return -(side.yellow + 2 * side.second_yellow + 3 * side.red)


def total(played: Iterable[Outing], overs: int = 20) -> Record:
    """The sum of outings, in any order."""
    record = Record()
    for one in played:
        _add(record, one)
        own, other = one.own, one.other
        record.scored += own.score
        record.conceded += other.score
        record.points += one.points
        record.bonus += one.bonus
        record.tries += own.tries
        record.tries_conceded += other.tries
        record.rallies += own.rallies
        record.rallies_conceded += other.rallies
        record.conduct += conduct(own)
        record.disciplinary += disciplinary(own)
        record.opponents.add(other.id)
        if not one.at_home:
            record.away_scored += own.score
            record.away_won += one.ended == "W"
        if one.rated:
            record.runs += own.runs
            record.balls += charged(own, overs)
            record.runs_conceded += other.runs
            record.balls_bowled += charged(other, overs)
    return record


def _add(record: Record, one: Outing) -> None:
    """How the game ended."""
    record.played += 1
    late, shootout = one.decided in {"overtime", "deciding_set"}, one.decided == "shootout"
    if one.ended == "W":
        record.won += 1
        record.won_late += late
        record.won_shootout += shootout
    elif one.ended == "L":
        record.lost += 1
        record.lost_late += late
        record.lost_shootout += shootout
    elif one.ended == "D":
        record.drawn += 1
    else:
        record.no_result += 1
