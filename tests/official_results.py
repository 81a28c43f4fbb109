"""The seasons of which the recordings hold both the results and the official table.

Results come in two ways: through provider, machine and board where there is a feed of them (soccer, cricket),
and from lists of scores (the American leagues), which no provider reads.
"""

import csv
import datetime
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from scorewire.intake.recording import read
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.model.score_state import ScoreState, SideState
from scorewire.sports import SPORTS
from scorewire.stats.standings.reading import result_of
from scorewire.stats.standings.result import Decided, Figures, Outcome, Result
from scorewire.stats.standings.rules import Deduction, Entrant

Row = dict[str, str]
NBA_DIVISIONS = {
    "Atlantic": "BOS BKN NYK PHI TOR",
    "Central": "CHI CLE DET IND MIL",
    "Southeast": "ATL CHA MIA ORL WAS",
    "Northwest": "DEN MIN OKC POR UTA",
    "Pacific": "GSW LAC LAL PHX SAC",
    "Southwest": "DAL HOU MEM NOP SAS",
}


def rows(folder: Path, name: str) -> list[Row]:
    """A file of the folder of standings."""
    with (folder / "standings" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def boards(folder: Path, path: str) -> tuple[ScoreState, ...]:
    """What every game of a recording shows at its end.

    The plays are folded by the sport's machine alone: deciding each claim, as tests/contract does for some of
    these files, takes ten times as long and comes to the same.
    """
    found = []
    for recording in read(folder / path):
        decoded = recording.decode()
        plays: dict[str, list[ProviderEvent]] = {one.game_id: [] for one in decoded.declarations}
        for event in decoded.events:
            plays[event.game_id].append(event)
        found += [board_of(one, plays[one.game_id]) for one in decoded.declarations]
    return tuple(found)


def board_of(declared: GameDeclared, plays: list[ProviderEvent]) -> ScoreState:
    """The state of one game after its plays, as fans see it."""
    machine = SPORTS[declared.sport]
    state = machine.begin(declared.rules)
    for at, play in enumerate(plays):
        state = machine.evolve(state, play, at)
    board = machine.board(state)
    home, away = (
        SideState(id=team.id, name=team.name, abbr=team.abbr, score=score)
        for team, score in ((declared.home, board.home), (declared.away, board.away))
    )
    return ScoreState(
        game_id=declared.game_id,
        epoch="e",
        seq=len(plays) + 1,
        sport=declared.sport,
        league=declared.league,
        season=declared.season,
        round=declared.round,
        start=declared.start,
        status=board.status,
        period=board.period,
        home=home,
        away=away,
        linescore=board.linescore,
        detail=board.detail,
        updated_at=0,
    )


@cache
def from_boards(folder: Path, path: str) -> tuple[Result, ...]:
    """The results of a recording, as the boards have them."""
    read_off = [result_of(state) for state in boards(folder, path)]
    return tuple(one for one in read_off if one is not None)


def names(folder: Path, path: str) -> dict[str, str]:
    """Team ids of a recording, and what the official table calls them."""
    sides = [side for state in boards(folder, path) for side in (state.home, state.away)]
    return {side.id: side.name.removesuffix(" FC").removesuffix(" AFC") for side in sides}


def day_ms(date: str) -> int:
    """Midnight UTC of a day, in ms."""
    day = datetime.datetime.fromisoformat(date).replace(tzinfo=datetime.UTC)
    return int(day.timestamp() * 1000)


def listed(row: Row, sport: str, *, score: str, game: str, decided: Decided = "regulation") -> Result:
    """One line of a list of scores.

    Args:
        score: how the columns of the scores end; game: the column of the game's id.
    """
    home, away = int(row[f"home_{score}"]), int(row[f"away_{score}"])
    outcome: Outcome = "draw" if home == away else "home" if home > away else "away"
    at_ms = day_ms(row["date"])
    return Result(
        game_id=row[game],
        sport=sport,
        league="",
        start_ms=at_ms,
        at_ms=at_ms,
        home=Figures(id=row["home"], score=home),
        away=Figures(id=row["away"], score=away),
        outcome=outcome,
        decided=decided,
    )


@cache
def nfl_2012(folder: Path) -> tuple[Result, ...]:
    """256 games, one tie."""
    found = rows(folder, "nfl_2012_results.csv")
    return tuple(listed(row, "american_football", score="pts", game="eid") for row in found)


def nfl_teams(folder: Path) -> list[Entrant]:
    """Conferences and divisions of 2012."""
    return [
        Entrant(id=row["team"], conference=row["conf"], division=row["division"])
        for row in rows(folder, "nfl_2012_official_standings.csv")
    ]


@cache
def mlb_2019(folder: Path) -> tuple[Result, ...]:
    """2,429 games."""
    found = rows(folder, "mlb_2019_results.csv")
    return tuple(listed(row, "baseball", score="runs", game="game_id") for row in found)


def mlb_teams(folder: Path) -> list[Entrant]:
    """Leagues and divisions of 2019; a division is named with its league, because both have an East."""
    return [
        Entrant(id=row["team_retro"], conference=row["league"], division=f"{row['league']} {row['division']}")
        for row in rows(folder, "mlb_2019_official_standings.csv")
    ]


@cache
def nba_2018_19(folder: Path) -> tuple[Result, ...]:
    """1,230 games."""
    found = rows(folder, "nba_2018-19_results.csv")
    return tuple(listed(row, "basketball", score="pts", game="game_id") for row in found)


def nba_teams(folder: Path) -> list[Entrant]:
    """Conferences as in the file; divisions are added here."""
    divisions = {team: name for name, teams in NBA_DIVISIONS.items() for team in teams.split()}
    return [
        Entrant(id=row["team"], conference=row["conference"], division=divisions[row["team"]])
        for row in rows(folder, "nba_2018-19_won_lost.csv")
    ]


@cache
def pwhl_2024_25(folder: Path) -> tuple[Result, ...]:
    """90 games; `status_long` tells overtime and shoot-out."""
    found = []
    for row in rows(folder, "pwhl_2024-25_results.csv"):
        told = row["status_long"]
        decided: Literal["regulation", "overtime", "shootout"] = "regulation"
        if told != "Final":
            decided = "shootout" if told.endswith("SO") else "overtime"
        found.append(listed(row, "ice_hockey", score="goals", game="game_id", decided=decided))
    return tuple(found)


def world_cup_groups(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The group tables of 2014 as published."""
    text = (folder / "soccer/openfootball/worldcup_2014_official_standings.json").read_text()
    return {group["name"][-1]: group["standings"] for group in json.loads(text)["groups"]}


def deductions_2023_24() -> list[Deduction]:
    """What was taken from Everton and Nottingham Forest, and given back on appeal."""
    return [
        Deduction(team="Everton", points=10, at_ms=day_ms("2023-11-17"), reason="financial rules to 2021-22"),
        Deduction(team="Everton", points=-4, at_ms=day_ms("2024-02-26"), reason="appeal"),
        Deduction(
            team="Nottingham Forest",
            points=4,
            at_ms=day_ms("2024-03-18"),
            reason="financial rules to 2022-23",
        ),
        Deduction(team="Everton", points=2, at_ms=day_ms("2024-04-08"), reason="financial rules to 2022-23"),
    ]
