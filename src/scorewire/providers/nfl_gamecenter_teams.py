"""The teams of the NFL as GameCenter names them, and what a game's number tells: day and rules."""

import re
from collections.abc import Mapping

from scorewire.model.provider_event import Detail, Side, Team

TEAMS: Mapping[str, tuple[str, str]] = {
    "ARI": ("Arizona", "Cardinals"),
    "ATL": ("Atlanta", "Falcons"),
    "BAL": ("Baltimore", "Ravens"),
    "BUF": ("Buffalo", "Bills"),
    "CAR": ("Carolina", "Panthers"),
    "CHI": ("Chicago", "Bears"),
    "CIN": ("Cincinnati", "Bengals"),
    "CLE": ("Cleveland", "Browns"),
    "DAL": ("Dallas", "Cowboys"),
    "DEN": ("Denver", "Broncos"),
    "DET": ("Detroit", "Lions"),
    "GB": ("Green Bay", "Packers"),
    "HOU": ("Houston", "Texans"),
    "IND": ("Indianapolis", "Colts"),
    "JAX": ("Jacksonville", "Jaguars"),
    "KC": ("Kansas City", "Chiefs"),
    "LA": ("Los Angeles", "Rams"),
    "LAC": ("Los Angeles", "Chargers"),
    "LV": ("Las Vegas", "Raiders"),
    "MIA": ("Miami", "Dolphins"),
    "MIN": ("Minnesota", "Vikings"),
    "NE": ("New England", "Patriots"),
    "NO": ("New Orleans", "Saints"),
    "NYG": ("New York", "Giants"),
    "NYJ": ("New York", "Jets"),
    "OAK": ("Oakland", "Raiders"),
    "PHI": ("Philadelphia", "Eagles"),
    "PIT": ("Pittsburgh", "Steelers"),
    "SD": ("San Diego", "Chargers"),
    "SEA": ("Seattle", "Seahawks"),
    "SF": ("San Francisco", "49ers"),
    "STL": ("St. Louis", "Rams"),
    "TB": ("Tampa Bay", "Buccaneers"),
    "TEN": ("Tennessee", "Titans"),
    "WAS": ("Washington", ""),
}
OTHER_NAMES: Mapping[str, str] = {"JAC": "JAX"}
"""Two spellings of one team, mixed in the same file."""

_GAME = re.compile(r"(\d{4})(\d\d)(\d\d)\d\d\Z")


def abbreviation(code: str) -> str:
    """The team's one abbreviation."""
    return OTHER_NAMES.get(code, code)


def team(code: str) -> Team:
    """`nfl-kc`, Kansas City Chiefs; the abbreviation alone for a team that is not in the table."""
    abbr = abbreviation(code)
    city, nickname = TEAMS.get(abbr, ("", ""))
    name = f"{city} {nickname}".strip() or abbr
    return Team(id=f"nfl-{abbr.lower()}", name=name, abbr=abbr, city=city)


def side_of(words: str, sides: Mapping[str, Side]) -> Side | None:
    """Which side `Kansas City` is; None for `The Replay Assistant`, and where both teams are of that city."""
    found = {
        side
        for code, side in sides.items()
        if words in {code, *TEAMS.get(code, ()), " ".join(TEAMS.get(code, ()))} and words
    }
    return found.pop() if len(found) == 1 else None


def date(game: str) -> tuple[int, int, int] | None:
    """Year, month and day, from the game's number."""
    match = _GAME.match(game)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return (
        (year, month, day)
        if 1 <= month <= 12 and 1 <= day <= 28 + (month != 2) * 2 + (month in _LONG)
        else None
    )


_LONG = frozenset({1, 3, 5, 7, 8, 10, 12})


def season(game: str) -> int:
    """The year in which the season of a game began; 0 if the number tells none."""
    day = date(game)
    if day is None:
        return 0
    return day[0] if day[1] > 2 else day[0] - 1


def is_playoff(game: str) -> bool:
    """Whether a game is played after the regular season: from 4 January on, while GameCenter existed."""
    day = date(game)
    return day is not None and (day[1] == 2 or (day[1] == 1 and day[2] >= 4))


def rules(game: str) -> Detail:
    """How overtime was played: the first score won, until a first field goal could be answered.

    Source: NFL Rule 16 of each year: play-offs changed with the season of 2010, every game with 2012; the
    overtime of the regular season went from 15 minutes to 10 with 2017.
    """
    year, playoff = season(game), is_playoff(game)
    kind = "modified" if year >= 2012 or (playoff and year >= 2010) else "sudden_death"
    if playoff:
        return {"overtime": kind, "overtime_minutes": 15, "overtime_periods": 0, "overtime_timeouts": 3}
    return {"overtime": kind, "overtime_minutes": 10 if year >= 2017 else 15}
