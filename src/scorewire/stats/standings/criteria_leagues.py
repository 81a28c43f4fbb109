"""Tie-breakers of the North American leagues, which mostly are records against a choice of opponents.

Source: NFL, tie-breaking procedures; NBA, playoff seeding tie-breaks; MLB, tie-breakers since 2022; NHL,
standings tie-breaking procedure.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from scorewire.stats.standings.criteria import SHARED, Criterion, Value
from scorewire.stats.standings.outing import Outing, Record, total
from scorewire.stats.standings.race import Race

Tied = tuple[str, ...]


def division_pct(race: Race, team: str, tied: Tied) -> Value | None:
    """The record in the own division, for teams of one division. Source: NFL, division tie 2; NBA 3."""
    if any(not race.same(team, other, "division") for other in tied):
        return None
    return _in(race, team, "division").pct


def intradivision_pct(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record in the own division, whichever that is. Source: MLB tie-breakers 2022, 2."""
    return _in(race, team, "division").pct


def interdivision_pct(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record in the own league, outside the division. Source: MLB tie-breakers 2022, 3."""
    return race.total(
        team,
        lambda one: (
            race.same(team, one.other.id, "conference") and not race.same(team, one.other.id, "division")
        ),
    ).pct


def last_half_intraleague_pct(race: Race, team: str, tied: Tied) -> Value | None:
    """The record in the last half of the games in the own league; then of one game more, and so on back.

    A game between the equals does not count where it is the one more. Source: MLB tie-breakers 2022, 4 and 5.
    """
    games = [one for one in race.played[team] if race.same(team, one.other.id, "conference")]
    half = len(games) // 2
    before, late = games[:half], games[half:]
    told = [total(late).pct]
    for one in reversed(before):
        if one.other.id not in tied:
            late = [one, *late]
            told.append(total(late).pct)
    return tuple(told)


def conference_pct(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record in the own conference. Source: NFL, division tie 4, wild card 2; NBA 4."""
    return _in(race, team, "conference").pct


def head_to_head_sweep(race: Race, team: str, tied: Tied) -> Value | None:
    """Of two, the better record between them; of more, only who has beaten, or lost to, each of the others.

    Source: NFL, wild card ties: head-to-head, if applicable; head-to-head sweep.
    """
    if len(tied) == 2:
        return race.between(team, tied).pct if race.between(team, tied).played else None
    others = [other for other in tied if other != team]
    records = [race.total(team, lambda one, other=other: one.other.id == other) for other in others]  # type: ignore[misc]
    if all(one.played and one.won == one.played for one in records):
        return 1
    return -1 if all(one.played and one.lost == one.played for one in records) else 0


def common_pct(race: Race, team: str, tied: Tied) -> Value | None:
    """The record against opponents that all of the equals have played. Source: NFL, common games."""
    common = _common(race, tied)
    records = [race.total(one, lambda game: game.other.id in common) for one in tied]
    if not common or any(one.played < race.view.common_min for one in records):
        return None
    return records[tied.index(team)].pct


def net_points_common(race: Race, team: str, tied: Tied) -> Value | None:
    """Net points in common games. Source: NFL, division tie 9."""
    common = _common(race, tied)
    return race.total(team, lambda one: one.other.id in common).difference if common else None


def net_points_conference(race: Race, team: str, _tied: Tied) -> Value | None:
    """Net points in the own conference. Source: NFL, wild card tie 8."""
    return _in(race, team, "conference").difference


def strength_of_victory(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record of all opponents beaten, one beaten twice counted twice. Source: NFL, division tie 5."""
    return _strength(race, [one for one in race.played[team] if one.ended == "W"])


def strength_of_schedule(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record of all opponents, one met twice counted twice. Source: NFL, division tie 6."""
    return _strength(race, race.played[team])


def scoring_ranks_conference(race: Race, team: str, _tied: Tied) -> Value | None:
    """The ranks of the conference in points scored and points allowed, added. Source: NFL, division tie 7."""
    return -_ranks(race, team, [one for one in race.records if race.same(team, one, "conference")])


def scoring_ranks(race: Race, team: str, _tied: Tied) -> Value | None:
    """The ranks of all teams in points scored and points allowed, added. Source: NFL, division tie 8."""
    return -_ranks(race, team, list(race.records))


def qualifiers_pct(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record against teams of the own conference that play on, ties with the last included.

    Source: NBA, tie-break 5: against teams eligible for the playoffs in the own conference.
    """
    return _against_qualifiers(race, team, own=True)


def other_qualifiers_pct(race: Race, team: str, _tied: Tied) -> Value | None:
    """The record against teams of the other conference that play on. Source: NBA, tie-break 6."""
    return _against_qualifiers(race, team, own=False)


def head_to_head_even_points(race: Race, team: str, tied: Tied) -> Value | None:
    """Points had of those to be had among the equals, odd games left out.

    Where two of them have met once more in one city than in the other, the first game there does not count.
    Source: NHL, standings tie-breaking procedure.
    """
    records = {one: total(_even(race, one, tied)) for one in tied}
    if any(record.played == 0 for record in records.values()):
        return None
    return Fraction(records[team].points, records[team].played)


def _even(race: Race, team: str, tied: Tied) -> list[Outing]:
    kept: list[Outing] = []
    for other in tied:
        games = [one for one in race.played[team] if one.other.id == other and other != team]
        here = [one for one in games if one.at_home]
        there = [one for one in games if not one.at_home]
        odd = len(here) - len(there)
        kept += here[max(0, odd) :] + there[max(0, -odd) :]
    return kept


def _in(race: Race, team: str, what: str) -> Record:
    return race.total(team, lambda one: race.same(team, one.other.id, what))


def _common(race: Race, tied: Tied) -> set[str]:
    met = [race.records[one].opponents for one in tied]
    return set.intersection(*met) - set(tied)


def _strength(race: Race, games: object) -> Fraction:
    """The record of the opponents of these games together, each once for every game."""
    records = [race.records[one.other.id] for one in games]  # type: ignore[attr-defined]
    halves = sum(2 * one.won + one.drawn for one in records)
    decided = sum(one.won + one.lost + one.drawn for one in records)
    return Fraction(halves, 2 * decided) if decided else Fraction(0)


def _ranks(race: Race, team: str, among: list[str]) -> int:
    own = race.records[team]
    better_for = sum(race.records[one].scored > own.scored for one in among)
    better_against = sum(race.records[one].conceded < own.conceded for one in among)
    return better_for + better_against + 2


def _against_qualifiers(race: Race, team: str, *, own: bool) -> Fraction:
    conferences: dict[str, list[Fraction]] = {}
    for one, entrant in race.entrants.items():
        conferences.setdefault(entrant.conference, []).append(race.records[one].pct)
    places = max(1, race.view.qualifiers)
    bars = {name: sorted(shares, reverse=True)[:places][-1] for name, shares in conferences.items()}
    return race.total(
        team,
        lambda one: (
            race.same(team, one.other.id, "conference") == own
            and race.records[one.other.id].pct >= bars[race.entrants[one.other.id].conference]
        ),
    ).pct


def net_points(race: Race, team: str, _tied: Tied) -> Value | None:
    """Net points in all games. Source: NFL, division tie 10; NBA, tie-break 7."""
    return race.records[team].difference


CRITERIA: Final[Mapping[str, Criterion]] = {
    **SHARED,
    **{
        one.__name__: one
        for one in (
            division_pct,
            intradivision_pct,
            interdivision_pct,
            last_half_intraleague_pct,
            conference_pct,
            head_to_head_sweep,
            common_pct,
            net_points_common,
            net_points_conference,
            net_points,
            strength_of_victory,
            strength_of_schedule,
            scoring_ranks_conference,
            scoring_ranks,
            qualifiers_pct,
            other_qualifiers_pct,
            head_to_head_even_points,
        )
    },
}
"""Every criterion that rules may name."""
