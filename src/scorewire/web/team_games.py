"""The games of a team in three heaps: what goes on, what is next, what it came to; and the strip of a season.

Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from scorewire.model.score_state import ScoreState
from scorewire.web.board import board, group
from scorewire.web.pictures.strips import Outcome, Result
from scorewire.web.rounds import start_ms
from scorewire.web.standings import Standings
from scorewire.web.words import DEFAULTS, SPORTS

NEXT_MAX = 5
RESULTS_MAX = 8
LETTERS: Mapping[str, Outcome] = {"W": "won", "D": "drawn", "T": "drawn", "L": "lost"}
COUNTED = frozenset({"final", "corrected", "ended", "awarded", "walkover", "forfeited", "retired"})
"""Statuses of games that came to something."""


@dataclass(frozen=True, slots=True)
class TeamGames:
    """Games of a team: those that go on, the next ones soonest first, and the last ones newest first."""

    live: tuple[ScoreState, ...]
    ahead: tuple[ScoreState, ...]
    past: tuple[ScoreState, ...]


def heaps(games: Iterable[ScoreState]) -> TeamGames:
    """All games of a team, each in its heap."""
    held: dict[str, list[ScoreState]] = {"live": [], "over": [], "next": []}
    for one in sorted(games, key=lambda one: (start_ms(one.start), one.game_id)):
        held[group(one.status)].append(one)
    return TeamGames(tuple(held["live"]), tuple(held["next"]), tuple(reversed(held["over"])))


def results(past: Sequence[ScoreState], team_id: str, now_ms: int) -> list[Result]:
    """What each game came to for the team, oldest first; without those of which a list does not tell it."""
    told = [_result(one, team_id, now_ms) for one in reversed(past) if one.status in COUNTED]
    return [one for one in told if one is not None]


def _result(state: ScoreState, team_id: str, now_ms: int) -> Result | None:
    shown = board(state, now_ms)
    own, other = (shown.home, shown.away) if shown.home.id == team_id else (shown.away, shown.home)
    outcome = _outcome(state, team_id, won=own.won, lost=other.won)
    if outcome is None:
        return None
    return Result(outcome=outcome, score=f"{own.score}–{other.score}", opponent=other.name)


def _outcome(state: ScoreState, team_id: str, *, won: bool, lost: bool) -> Outcome | None:
    if won or lost:
        return "won" if won else "lost"
    if state.status == "retired" or not score_tells(state.sport):
        return None
    home, away = state.home.score, state.away.score
    own, other = (home, away) if state.home.id == team_id else (away, home)
    # What has ended and is not confirmed has no winner on the board yet.
    if state.status == "ended" and own != other:
        return "won" if own > other else "lost"
    return "drawn"


def score_tells(sport: str) -> bool:
    """Whether the score alone says who has won: not in cricket, where rain shortens a chase."""
    return bool(SPORTS.get(sport, DEFAULTS)["winner"]["by_score"])


def form_of(standings: Standings, team_id: str) -> list[Result]:
    """The newest results of a team as its table tells them, newest last."""
    rows = [row for part in standings.table.parts for row in part.rows if row.team == team_id]
    return [Result(outcome=LETTERS[letter], letter=letter) for letter in rows[0].form if letter in LETTERS]


def of_season(games: Iterable[ScoreState], league_id: str, season: str) -> list[ScoreState]:
    """The games of one season of a league."""
    return [
        one
        for one in games
        if one.league.id == league_id and ("" if one.season is UNSET else one.season) == season
    ]


def places(games: Iterable[ScoreState]) -> list[tuple[str, str, str]]:
    """Where a team plays: of each league the newest season, as (league, its name, season), newest first."""
    found: dict[str, tuple[str, str]] = {}
    for one in sorted(games, key=lambda one: -start_ms(one.start)):
        season = "" if one.season is UNSET else one.season
        found.setdefault(one.league.id, (one.league.name or one.league.id, season))
    return [(league, name, season) for league, (name, season) in found.items()]
