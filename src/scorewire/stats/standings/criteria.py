"""The tie-breakers that many competitions share; each a small function, named as in the rules.

A criterion gives a value for one of the teams that are equal; more is better. It gives None where it cannot
be applied to these teams (they have not met), and is then passed over for all of them.

A criterion whose name begins with `head_to_head` counts games among the equals only.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from scorewire.stats.standings.race import Race

Value = Any
"""What can be compared with its like: whole numbers, fractions, tuples of them."""
Criterion = Callable[[Race, str, tuple[str, ...]], Value | None]


def points(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Points, after deductions. Source: every league that gives points."""
    return race.points(team)


def win_pct(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """The share of games won, a tie being half a win. Source: NFL Rules, tie-breaking procedures."""
    return race.records[team].pct


def points_pct(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Points of those that could be had: who has played fewer games for the same points is better.

    Source: NHL, standings tie-breaking procedure: the fewer number of games played.
    """
    played = race.records[team].played
    return Fraction(race.points(team), played) if played else Fraction(0)


def wins(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Games won, however. Source: UEFA Champions League Regulations 2024/25, 18.01 d; IPL; FIVB."""
    return race.records[team].won


def difference(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Scored less conceded. Source: Premier League Handbook, C.17."""
    return race.records[team].difference


def scored(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Goals or points scored. Source: Premier League Handbook, C.17."""
    return race.records[team].scored


def away_scored(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Goals scored away. Source: UEFA Champions League Regulations 2024/25, 18.01 c."""
    return race.records[team].away_scored


def away_wins(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Games won away. Source: UEFA Champions League Regulations 2024/25, 18.01 e."""
    return race.records[team].away_won


def opponents_points(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Points that all opponents have together. Source: UEFA Champions League Regulations 2024/25, 18.01 f."""
    return sum(race.points(other) for other in race.records[team].opponents)


def opponents_difference(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """The opponents' goal difference together. Source: UEFA Champions League Regulations 2024/25, 18.01 g."""
    return sum(race.records[other].difference for other in race.records[team].opponents)


def opponents_scored(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Goals of all opponents together. Source: UEFA Champions League Regulations 2024/25, 18.01 h."""
    return sum(race.records[other].scored for other in race.records[team].opponents)


def conduct(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Fair play as FIFA counts cards. Source: FIFA World Cup 2018 Regulations, 32.5 g."""
    return race.records[team].conduct


def disciplinary(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Fair play as UEFA counts cards, a red card less dear. Source: UEFA Euro 2024 Regulations, 20.01 g."""
    return race.records[team].disciplinary


def coefficient(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """The federation's coefficient. Source: UEFA Champions League Regulations 2024/25, 18.01 j."""
    return race.entrants[team].coefficient


def ranking(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """The place in a ranking from before; only if all have one. Source: FIFA World Cup 2026, art. 13."""
    place = race.entrants[team].ranking
    return -place if place else None


def head_to_head_points(race: Race, team: str, tied: tuple[str, ...]) -> Value | None:
    """Points in games among the equals. Source: UEFA Euro 2024 Regulations, 20.01 a; RFEF, art. 201."""
    return race.between(team, tied).points if _have_met(race, tied) else None


def head_to_head_difference(race: Race, team: str, tied: tuple[str, ...]) -> Value | None:
    """Goal difference in games among the equals. Source: UEFA Euro 2024 Regulations, 20.01 b."""
    return race.between(team, tied).difference if _have_met(race, tied) else None


def head_to_head_scored(race: Race, team: str, tied: tuple[str, ...]) -> Value | None:
    """Goals in games among the equals. Source: UEFA Euro 2024 Regulations, 20.01 c."""
    return race.between(team, tied).scored if _have_met(race, tied) else None


def head_to_head_away_scored(race: Race, team: str, tied: tuple[str, ...]) -> Value | None:
    """Goals away in games among the equals. Source: Premier League Handbook, C.17; DFL, Spielordnung § 2."""
    return race.between(team, tied).away_scored if _have_met(race, tied) else None


def head_to_head_pct(race: Race, team: str, tied: tuple[str, ...]) -> Value | None:
    """The share of games won among the equals; not applied unless each has met another of them.

    Source: MLB tie-breakers 2022, 1 (combined record among all tied clubs); NFL, division ties.
    """
    if any(race.between(one, tied).played == 0 for one in tied):
        return None
    return race.between(team, tied).pct


def regulation_wins(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Games won in regulation. Source: NHL, standings tie-breaking procedure; PWHL Regulations 2024-25."""
    record = race.records[team]
    return record.won - record.won_late - record.won_shootout


def regulation_and_overtime_wins(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Games won, those of a shoot-out apart. Source: NHL, standings tie-breaking procedure."""
    record = race.records[team]
    return record.won - record.won_shootout


def tries(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Tries scored. Source: Six Nations Championship Rules: points difference, then tries."""
    return race.records[team].tries


def net_run_rate(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Runs an over made less conceded. Source: ICC men's T20I playing conditions, 16.10.3; IPL, 16.10."""
    return race.records[team].net_run_rate


def set_ratio(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Sets won by sets lost; who has lost none is above all others. Source: FIVB, ranking in pools."""
    record = race.records[team]
    return ratio(record.scored, record.conceded)


def point_ratio(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Points of all sets won by points lost. Source: FIVB, ranking in pools."""
    record = race.records[team]
    return ratio(record.rallies, record.rallies_conceded)


def division_leader(race: Race, team: str, _tied: tuple[str, ...]) -> Value | None:
    """Whether the team leads its division. Source: NBA, playoff tie-breaks: division winner."""
    return race.leads(team, "division")


def ratio(won: int, lost: int) -> tuple[int, Fraction]:
    """A quotient that can be compared although the divisor may be 0."""
    return (0, Fraction(won, lost)) if lost else (1 if won else 0, Fraction(won))


def _have_met(race: Race, tied: tuple[str, ...]) -> bool:
    """Where the competition waits for all meetings, whether they have been; else whether there was one."""
    if race.view.meetings:
        return race.all_met(tied, race.view.meetings)
    return any(race.between(team, tied).played for team in tied)


SHARED: Final[Mapping[str, Criterion]] = {
    one.__name__: one
    for one in (
        points,
        win_pct,
        points_pct,
        wins,
        difference,
        scored,
        away_scored,
        away_wins,
        opponents_points,
        opponents_difference,
        opponents_scored,
        conduct,
        disciplinary,
        coefficient,
        ranking,
        head_to_head_points,
        head_to_head_difference,
        head_to_head_scored,
        head_to_head_away_scored,
        head_to_head_pct,
        regulation_wins,
        regulation_and_overtime_wins,
        tries,
        net_run_rate,
        set_ratio,
        point_ratio,
        division_leader,
    )
}
"""By name; criteria_leagues.py adds those that are one league's own."""
