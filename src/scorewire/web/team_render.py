"""HTML of the pages of teams and players, from model objects: pure functions, complete without JavaScript."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scorewire.journal.records import GamesPage
from scorewire.model.provider_event import Player, Team
from scorewire.model.score_state import ScoreState
from scorewire.web.board import SideBoard, board
from scorewire.web.bundle import Bundle
from scorewire.web.front import Choice, row
from scorewire.web.leagues import Link
from scorewire.web.pictures import strips
from scorewire.web.render import template
from scorewire.web.standings import Standings, around, painted
from scorewire.web.stat_tables import game_log, highlights, seasons_of, squad, team_figures
from scorewire.web.statistics import PlayerStats, TeamSeason
from scorewire.web.team_games import NEXT_MAX, RESULTS_MAX, form_of, heaps, of_season, results
from scorewire.web.words import sport_name

FORM_GAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonOf:
    """A season of a league that a team plays in.

    Attributes:
        standings: its table, where the team is in it.
        playing: teams of the league whose game goes on.
        stats: what was counted of the team in it.
    """

    league_id: str
    league: str
    season: str
    standings: Standings | None
    playing: Collection[str]
    stats: TeamSeason | None


def team_page(
    *,
    bundle: Bundle,
    team: Team,
    games: Sequence[ScoreState],
    seasons: Sequence[SeasonOf],
    now_ms: int,
    delay_s: int,
) -> bytes:
    """A team: what it plays, what it came to, where it stands, who plays for it.

    Args:
        games: its newest ones, in any order.
        seasons: those that it plays in, the newest first.
        delay_s: how late the page is.
    """
    found = heaps(games)
    choice = Choice()
    newest = seasons[0] if seasons else None
    told = results(found.past[:FORM_GAMES], team.id, now_ms)
    if not told and newest is not None and newest.standings is not None:
        told = form_of(newest.standings, team.id)
    this_season = of_season(games, newest.league_id, newest.season) if newest is not None else []
    season = results(heaps(this_season).past, team.id, now_ms)
    sport = games[0].sport if games else ""
    colors = {side.id: side.color for one in games for side in (one.home, one.away)}
    return (
        template("team.html")
        .render(
            bundle=bundle,
            team=team,
            side=_badge(games, team, now_ms),
            sport=sport,
            sport_name=sport_name(sport) if sport else "",
            delay_s=delay_s,
            leagues=_league_links(seasons),
            live=[_hero(one, now_ms) for one in found.live],
            ahead=[row(one, choice, now_ms) for one in found.ahead[:NEXT_MAX]],
            past=[row(one, choice, now_ms) for one in found.past[:RESULTS_MAX]],
            form=strips.form(told, team=team.name or team.id, key="form") if told else "",
            strip=strips.season(season, team=team.name or team.id, key="season") if len(season) > 1 else "",
            tables=[
                (one, painted(around(one.standings, (team.id,), one.playing), colors))
                for one in seasons
                if one.standings is not None
            ],
            squads=[
                (one, squad(one.stats), team_figures(one.stats)) for one in seasons if one.stats is not None
            ],
            more=len(games) > RESULTS_MAX + NEXT_MAX,
            now_ms=now_ms,
        )
        .encode()
    )


def _league_links(seasons: Sequence[SeasonOf]) -> list[Link]:
    return [Link(one.league, f"/league/{one.league_id}", note=one.season) for one in seasons]


def _badge(games: Sequence[ScoreState], team: Team, now_ms: int) -> SideBoard | None:
    """The crest of the team as its newest game at home has it, where its own colour is never taken."""
    at_home = [one for one in games if one.home.id == team.id] or list(games)
    if not at_home:
        return None
    shown = board(at_home[0], now_ms)
    return shown.home if shown.home.id == team.id else shown.away


def _hero(state: ScoreState, now_ms: int) -> Mapping[str, object]:
    return {
        "state": state,
        "board": board(state, now_ms),
        "facts": [text for text in (state.league.name or state.league.id, state.round) if text],
        "scorers": (),
        "clock": "",
        "day": "",
    }


def games_page(
    *,
    bundle: Bundle,
    team: Team,
    games: GamesPage,
    first: bool,
    choice: Choice,
    delay_s: int,
    now_ms: int,
) -> bytes:
    """One page of all games of a team, as the journal orders them: under way, then the newest start."""
    return (
        template("team_games.html")
        .render(
            bundle=bundle,
            team=team,
            side=_badge(games.games, team, now_ms),
            rows=[row(one, choice, now_ms) for one in games.games],
            first=first,
            next=games.next,
            delay_s=delay_s,
            now_ms=now_ms,
        )
        .encode()
    )


def player_page(*, bundle: Bundle, stats: PlayerStats | None = None, known: Player | None = None) -> bytes:
    """A player: seasons and newest games; the name alone where nothing was counted."""
    seasons = stats.seasons if stats is not None else ()
    sport = seasons[0].sport if seasons else ""
    person = stats.player if stats is not None else known
    assert person is not None, "somebody is shown"
    return (
        template("player.html")
        .render(
            bundle=bundle,
            player=person,
            name=person.name or person.id,
            sport_name=sport_name(sport) if sport else "",
            initials="".join(part[:1] for part in (person.name or person.id).split()[:2]).upper(),
            highlights=highlights(seasons),
            teams=_teams(stats),
            seasons=seasons_of(seasons),
            log=game_log(stats.games, seasons) if stats is not None else (),
        )
        .encode()
    )


def _teams(stats: PlayerStats | None) -> list[Link]:
    """Those that the player was in, the newest first."""
    told = stats.seasons if stats is not None else ()
    known = {team.id: team.name or team.id for one in reversed(told) for team in reversed(one.teams)}
    return [Link(name, f"/team/{team_id}") for team_id, name in reversed(known.items())]
