"""The table of a competition: rules, results and teams in, rows in order out. Pure.

Everything is computed from what holds now, so a correction is another list of results and nothing more; the
order in which results are given does not matter.

The answer encodes to JSON as it is:

    {"rules": "premier-league", "parts": [{"view": "table", "rows": [
        {"rank": 1, "team": "mci", "name": "Manchester City", "played": 38, "won": 28, "drawn": 7, "lost": 3,
         "for": 96, "against": 34, "difference": 62, "points": 91, "form": "WWWWW", "streak": "W9",
         "home": {"played": 19, ...}, "zone": "Champions League", ...}, ...]}]}
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from scorewire.stats.standings.criteria import Criterion
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.outing import Outing, Record, outings, total
from scorewire.stats.standings.own_rules import check
from scorewire.stats.standings.race import Chosen, Race
from scorewire.stats.standings.ranking import Tiers, crosses, edges, ranked
from scorewire.stats.standings.result import Result, in_order
from scorewire.stats.standings.rules import Deduction, Entrant, LastResort, Rules, View

FORM_GAMES = 5
LATELY_GAMES = 10


class Split(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record against some, or in some place: `{"played": 19, "won": 14, "drawn": 5, "for": 51, ...}`."""

    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    lost_late: int = 0
    scored: int = msgspec.field(name="for", default=0)
    conceded: int = msgspec.field(name="against", default=0)
    points: int = 0


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team's row.

    `won`, `drawn`, `lost` and `no_result` add up to `played`; the rest of the record says how.

    Attributes:
        rank: shared by teams that nothing separates.
        won_late, won_shootout, lost_late, lost_shootout: of `won` and `lost`, by overtime and by shoot-out.
        points: after deductions; absent where the share of games won ranks. deducted: of them, if any.
        pct: the share of games won, three decimals and more.
        games_behind: games, halves possible, behind the first of this part.
        rallies, rallies_against: points of volleyball.
        net_run_rate: of cricket, runs an over.
        form: the newest five, the newest last. streak: `W3`.
        zone: absent for teams that share a place which is in two of them.
        undecided: `play_off` or `lots`: what the rules want if it ended like this.
        provisional: a game of this team is under way or unconfirmed and counts as it stands.
    """

    rank: int
    team: str
    name: str = ""
    abbr: str = ""
    group: str = ""
    conference: str = ""
    division: str = ""
    played: int
    won: int
    drawn: int = 0
    lost: int
    no_result: int = 0
    won_late: int = 0
    won_shootout: int = 0
    lost_late: int = 0
    lost_shootout: int = 0
    scored: int = msgspec.field(name="for")
    conceded: int = msgspec.field(name="against")
    difference: int
    points: int | UnsetType = UNSET
    bonus: int = 0
    deducted: int = 0
    tries: int = 0
    rallies: int = 0
    rallies_against: int = 0
    net_run_rate: float | UnsetType = UNSET
    pct: float | UnsetType = UNSET
    games_behind: float | UnsetType = UNSET
    form: str = ""
    streak: str = ""
    home: Split = Split()
    away: Split = Split()
    last_ten: Split = Split()
    in_division: Split | UnsetType = UNSET
    in_conference: Split | UnsetType = UNSET
    zone: str = ""
    undecided: LastResort | UnsetType = UNSET
    provisional: bool = False


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One table of a view: `{"view": "division", "name": "NFC North", "rows": [...]}`."""

    view: str
    name: str = ""
    rows: tuple[Row, ...]


class Table(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All tables of a competition at one moment.

    Attributes:
        as_of_ms: the moment asked for; absent: now.
        games: results that count. provisional: how many of them may still change by themselves.
        deductions: those that count, with their reasons.
    """

    rules: str
    as_of_ms: int | UnsetType = UNSET
    games: int = 0
    provisional: int = 0
    parts: tuple[Part, ...] = ()
    deductions: tuple[Deduction, ...] = ()


def table(
    rules: Rules,
    results: Iterable[Result],
    teams: Iterable[Entrant] = (),
    deductions: Iterable[Deduction] = (),
    as_of_ms: int | None = None,
    *,
    criteria: Mapping[str, Criterion] = CRITERIA,
) -> Table:
    """The table by `rules`.

    Args:
        results: of one competition and season, each game once, in any order. Games that the rules leave out
            (finals, void games) may be among them.
        teams: who has a row; a team that only results name has one too, under its id.
        as_of_ms: games that ended later, and points deducted later, do not count. A result that was corrected
            or awarded since counts as it is now.
        criteria: what the names in the rules stand for.

    Raises:
        ValueError: a game is given twice; the rules name something that there is not.
    """
    check(rules, criteria)
    games = counted(rules, results, as_of_ms)
    taken = sorted(
        (one for one in deductions if as_of_ms is None or one.at_ms <= as_of_ms),
        key=lambda one: (one.at_ms, one.team, one.points, one.reason),
    )
    race = race_of(rules, games, teams, taken)
    held = {team: _row(race, team) for team in race.entrants}
    parts: list[Part] = []
    for view in rules.views:
        race.view = view
        race.views[view.name] = []
        for name, chosen in _divided(race, view, rules.views[0].name):
            tiers = ranked(race, chosen, criteria)
            tiers = [sorted(tier, key=lambda team: (_label(race, team), team)) for tier in tiers]
            race.views[view.name].append([team for tier in tiers for team in tier])
            parts.append(Part(view=view.name, name=name, rows=_rows(race, tiers, criteria, held)))
    return Table(
        rules=rules.id,
        as_of_ms=UNSET if as_of_ms is None else as_of_ms,
        games=len(games),
        provisional=sum(game.provisional for game in games),
        parts=tuple(parts),
        deductions=tuple(taken),
    )


def counted(rules: Rules, results: Iterable[Result], as_of_ms: int | None = None) -> list[Result]:
    """The results that the table counts, in order of time.

    Raises:
        ValueError: a game is given twice.
    """
    games = sorted(results, key=in_order)
    if len({game.game_id for game in games}) < len(games):
        twice = next(game.game_id for game in games if [one.game_id for one in games].count(game.game_id) > 1)
        raise ValueError(f"game {twice!r} is given twice: a table counts each game once")
    return [
        game
        for game in games
        if game.kind != "void"
        and (as_of_ms is None or game.at_ms <= as_of_ms)
        and (game.group or not rules.grouped)
        and not any(word in game.round.casefold() for word in rules.outside)
    ]


def race_of(
    rules: Rules, games: Sequence[Result], teams: Iterable[Entrant], deductions: Iterable[Deduction]
) -> Race:
    """All that criteria ask for."""
    entrants = {team.id: team for team in teams}
    played: dict[str, list[Outing]] = {team: [] for team in entrants}
    for number, game in enumerate(games):
        for one in outings(game, number, rules):
            team = one.own.id
            played.setdefault(team, []).append(one)
            held = entrants.setdefault(team, Entrant(id=team))
            if game.group and not held.group:
                entrants[team] = replace(held, group=game.group)
    deducted: dict[str, int] = {}
    for taken in deductions:
        deducted[taken.team] = deducted.get(taken.team, 0) + taken.points
    records = {team: total(ones, rules.overs) for team, ones in played.items()}
    return Race(rules=rules, entrants=entrants, played=played, records=records, deducted=deducted)


def _divided(race: Race, view: View, first: str) -> list[tuple[str, list[str]]]:
    """The parts of a view by name, each with its teams."""
    chosen = [team for team, one in race.entrants.items() if one.group or not race.rules.grouped]
    if view.place:
        chosen = [part[view.place - 1] for part in race.views[first] if len(part) >= view.place]
    elif view.without:
        chosen = [team for part in race.views[first] for team in part[view.without :]]
    parts: dict[str, list[str]] = {}
    for team in chosen:
        parts.setdefault(getattr(race.entrants[team], view.by) if view.by else "", []).append(team)
    return sorted(parts.items())


def _label(race: Race, team: str) -> str:
    return race.entrants[team].name or team


def _rows(
    race: Race, tiers: Tiers, criteria: Mapping[str, Criterion], held: Mapping[str, Row]
) -> tuple[Row, ...]:
    """The rows of a part: what each team has anywhere, with its place here."""
    marks = _undecided(race, tiers, criteria)
    first = race.records[tiers[0][0]] if tiers else Record()
    rows: list[Row] = []
    place = 1
    for tier in tiers:
        zone = _zone(race.view, place, len(tier))
        for team in tier:
            behind = _behind(first, race.records[team]) if race.rules.games_behind else UNSET
            undecided = marks.get(team, UNSET)
            rows.append(replace(held[team], rank=place, games_behind=behind, zone=zone, undecided=undecided))
        place += len(tier)
    return tuple(rows)


def _behind(first: Record, record: Record) -> float:
    """Games behind the first. Source: MLB and NBA, ((W1 - W) + (L - L1)) / 2."""
    return ((first.won - record.won) + (record.lost - first.lost)) / 2


def _zone(view: View, first: int, count: int) -> str:
    """The zone of `count` teams that share the place `first`; none where it has no room for all of them."""
    last = first + count - 1
    return next((zone.name for zone in view.zones if zone.first <= first and last <= zone.last), "")


def _undecided(race: Race, tiers: Tiers, criteria: Mapping[str, Criterion]) -> dict[str, LastResort]:
    """Who would have to play again, or draw lots, if it ended like this."""
    view, marks = race.view, dict[str, LastResort]()
    place = 1
    for tier in tiers:
        if len(tier) > 1 and race.records[tier[0]].played:
            at_edge = crosses(view, place, len(tier))
            if view.last_resort == "lots" or (view.last_resort == "play_off" and at_edge):
                marks.update(dict.fromkeys(tier, view.last_resort))
        place += len(tier)
    order = [team for tier in tiers for team in tier]
    for zone in view.zones:
        for edge in edges(View(zones=(zone,))) if zone.name in view.play_off_for else ():
            pair = order[edge - 1 : edge + 1]
            if len(pair) == 2 and race.records[pair[0]].played and _equal(race, pair, criteria):
                marks.update(dict.fromkeys(pair, "play_off"))
    return marks


def _equal(race: Race, pair: list[str], criteria: Mapping[str, Criterion]) -> bool:
    primary = criteria[race.view.primary]
    return bool(primary(race, pair[0], tuple(pair)) == primary(race, pair[1], tuple(pair)))


def _row(race: Race, team: str) -> Row:
    """What a team's row says in every part; its place is still to come."""
    rules, record, entrant, played = race.rules, race.records[team], race.entrants[team], race.played[team]
    by_share = rules.views[0].primary == "win_pct"
    return Row(
        rank=0,
        team=team,
        name=entrant.name,
        abbr=entrant.abbr,
        group=entrant.group,
        conference=entrant.conference,
        division=entrant.division,
        played=record.played,
        won=record.won,
        drawn=record.drawn,
        lost=record.lost,
        no_result=record.no_result,
        won_late=record.won_late,
        won_shootout=record.won_shootout,
        lost_late=record.lost_late,
        lost_shootout=record.lost_shootout,
        scored=record.scored,
        conceded=record.conceded,
        difference=record.difference,
        points=UNSET if by_share else race.points(team),
        bonus=record.bonus,
        deducted=race.deducted.get(team, 0),
        tries=record.tries,
        rallies=record.rallies,
        rallies_against=record.rallies_conceded,
        net_run_rate=round(float(record.net_run_rate), 6) if rules.sport == "cricket" else UNSET,
        pct=round(float(record.pct), 6) if by_share else UNSET,
        form="".join(one.ended for one in played[-FORM_GAMES:]),
        streak=streak(played),
        home=_split(race, team, lambda one: one.at_home),
        away=_split(race, team, lambda one: not one.at_home),
        last_ten=_split_of(total(played[-LATELY_GAMES:])),
        in_division=_within(race, team, "division"),
        in_conference=_within(race, team, "conference"),
        provisional=any(one.provisional for one in played),
    )


def streak(played: Sequence[Outing]) -> str:
    """How the newest games ended alike: `W3`; empty before the first."""
    if not played:
        return ""
    kind = played[-1].ended
    run = next((n for n, one in enumerate(reversed(played)) if one.ended != kind), len(played))
    return f"{kind}{run}"


def _within(race: Race, team: str, what: str) -> Split | UnsetType:
    if not getattr(race.entrants[team], what):
        return UNSET
    return _split(race, team, lambda one: race.same(team, one.other.id, what))


def _split(race: Race, team: str, chosen: Chosen) -> Split:
    return _split_of(race.total(team, chosen))


def _split_of(record: Record) -> Split:
    return Split(
        played=record.played,
        won=record.won,
        drawn=record.drawn,
        lost=record.lost,
        lost_late=record.lost_late + record.lost_shootout,
        scored=record.scored,
        conceded=record.conceded,
        points=record.points,
    )
