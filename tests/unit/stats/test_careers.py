"""Seasons and games of players and teams, from the lines of their games."""

from collections.abc import Sequence

import msgspec
import pytest

from scorewire.model.score_state import ScoreState
from scorewire.stats.careers import LOG_GAMES, Shown, player_stats, team_stats
from scorewire.stats.lines import LINES
from scorewire.stats.lines.box import GameLines
from unit.stats.lines.plays import Game
from unit.stats.seasons import declared


class Games:
    """Lines of games, the newest first, and their states."""

    def __init__(self) -> None:
        self.lines: list[GameLines] = []
        self.states: dict[str, ScoreState] = {}

    def play(self, game_id: str, *plays: tuple[str, str, str], **fields: object) -> None:
        played = Game(declared(game_id, **fields))  # type: ignore[arg-type]
        played.say("PERIOD_START", period=1)
        for kind, side, who in plays:
            played.say(kind, side, who, period=1)  # type: ignore[arg-type]
        assert played.desk.shown is not None
        self.lines.insert(0, played.lines)
        self.states[game_id] = played.desk.shown.line()

    @property
    def shown(self) -> Shown:
        return Shown(states=self.states, leagues={"cup": "The Cup"})


@pytest.fixture
def games() -> Games:
    played = Games()
    played.play("ars-che", ("GOAL", "home", "p1"), ("GOAL", "home", "p1"), ("SHOT", "away", "q1"))
    played.play("eve-ars", ("SHOT", "away", "p1"), ("GOAL", "away", "p2"))
    played.play("che-eve", ("GOAL", "home", "p1"))
    played.play("ars-liv", ("GOAL", "home", "p1"), league="shield", season="2027")
    return played


def test_a_players_seasons_are_told_by_league_with_the_newest_first(games: Games) -> None:
    told = player_stats("p1", games.lines, LINES, games.shown)
    assert told is not None
    assert [(one.league.id, one.season, one.games) for one in told.seasons] == [
        ("shield", "2027", 1),
        ("cup", "2026", 3),
    ]
    cup = told.seasons[1]
    assert (cup.league.name, [team.id for team in cup.teams]) == ("The Cup", ["che", "ars"])
    assert cup.totals["match"]["G"] == 3
    # Of the game in which nobody told of a shot there is no figure to add.
    assert cup.totals["match"]["SH"] == 3
    assert [one.id for one in cup.columns["match"]] == list(cup.totals["match"])
    assert "SV" not in cup.totals["match"], "nobody has told of a save"
    assert told.player.name == "P1"


def test_a_players_games_are_told_with_their_scores_and_lines(games: Games) -> None:
    told = player_stats("p1", games.lines, LINES, games.shown)
    assert told is not None
    log = [(one.game_id, one.side, one.home.score, one.away.score) for one in told.games]
    assert log == [
        ("ars-liv", "home", 1, 0),
        ("che-eve", "home", 1, 0),
        ("eve-ars", "away", 0, 1),
        ("ars-che", "home", 2, 0),
    ]
    assert told.games[3].tables["match"]["G"] == 2
    assert told.games[0].status == "live"


def test_who_has_not_played_has_nothing_to_be_told(games: Games) -> None:
    assert player_stats("p9", games.lines, LINES, games.shown) is None
    assert team_stats("mun", games.lines, LINES, games.shown) is None


def test_a_teams_totals_and_its_players(games: Games) -> None:
    told = team_stats("ars", games.lines, LINES, games.shown)
    assert told is not None
    assert (told.team.name, told.team.score) == ("Ars", None)
    cup = next(one for one in told.seasons if one.league.id == "cup")
    assert (cup.games, cup.totals["match"]["G"], cup.totals["match"]["GF"]) == (2, 3, 3)
    assert [(one.id, one.games, one.totals["match"]["G"]) for one in cup.players] == [
        ("p1", 2, 2),
        ("p2", 1, 1),
    ]
    assert [one.game_id for one in told.games] == ["ars-liv", "eve-ars", "ars-che"]
    assert told.games[2].tables == games.lines[3].home.totals


def test_the_newest_season_of_each_league_alone(games: Games) -> None:
    games.play("liv-ars", ("GOAL", "away", "p1"), season="2027")
    told = team_stats("ars", games.lines, LINES, games.shown, newest_only=True)
    assert told is not None
    assert [(one.league.id, one.season) for one in told.seasons] == [("cup", "2027"), ("shield", "2027")]
    assert len(told.games) == 4


def test_only_the_newest_games_are_told_one_by_one() -> None:
    many = Games()
    for number in range(LOG_GAMES + 5):
        many.play(f"ars-che-{number}", ("GOAL", "home", "p1"))
    tellings: Sequence[object] = (
        player_stats("p1", many.lines, LINES, many.shown),
        team_stats("ars", many.lines, LINES, many.shown),
    )
    for told in tellings:
        assert told is not None
        assert [one.game_id for one in told.games] == [  # type: ignore[attr-defined]
            f"ars-che-{number}" for number in range(LOG_GAMES + 4, 4, -1)
        ]


def test_no_null_is_told(games: Games) -> None:
    for told in (
        player_stats("p1", games.lines, LINES, games.shown),
        team_stats("ars", games.lines, LINES, games.shown),
    ):
        assert b"null" not in msgspec.json.encode(told)
