"""The shape of openfootball's files, and the names of leagues, teams and games in them.

A file names neither games nor teams by id. A game is told from the others by competition, round and the two
teams in their order; dates move. So its id is made of the teams' names, for people, and of a digest of all
that, for machines. A team of a continental cup has its country in its name, "Liverpool FC (ENG)", which stays
in its id, because River Plate is a club of two countries, and is not shown.

Source: files of openfootball/football.json, worldcup.json and euro.json.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import msgspec
from msgspec import Raw, Struct

from scorewire.model.provider_event import League, Team

Pair = tuple[int, int]


class TeamName(Struct, frozen=True):
    """A team in the layout with rounds."""

    name: str
    code: str = ""


class Score(Struct, frozen=True):
    """By home and away: at half-time, after 90 minutes, after extra time, of the shoot-out."""

    ft: Pair | None = None
    ht: Pair | None = None
    et: Pair | None = None
    p: Pair | None = None


class Goal(Struct, frozen=True):
    """One goal, listed with the team that it counts for."""

    name: str
    minute: int
    offset: int = 0
    penalty: bool = False
    owngoal: bool = False


class Match(Struct, frozen=True):
    """One match, of either layout."""

    team1: TeamName | str
    team2: TeamName | str
    round: str = ""
    group: str | None = None
    date: str | None = None
    time: str | None = None
    ground: str | None = None
    status: str | None = None
    score: Score | None = None
    goals1: list[Goal] | None = None
    goals2: list[Goal] | None = None


class Round(Struct, frozen=True):
    """A round that holds its matches."""

    matches: list[Raw]
    name: str = ""


class Season(Struct, frozen=True):
    """A whole file: matches, or rounds of them."""

    matches: list[Raw] | None = None
    rounds: list[Round] | None = None
    name: str = ""


class Version(Struct, frozen=True):
    """A match as it was published once, in a file of revisions."""

    date: str | None = None
    time: str | None = None
    ft: Pair | None = None
    ht: Pair | None = None
    status: str | None = None


class Revision(Struct, frozen=True):
    """One line of a file of revisions."""

    file: str
    published_at: str
    round: str
    team1: str
    team2: str
    before: Version
    after: Version


_SEASON = re.compile(r"(.+?)\s+(\d{4}(?:[/-]\d{2,4})?)\Z")
_COUNTRY = re.compile(r"\s+\(([A-Z]{3})\)\Z")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?:\s+UTC([+-])(\d{1,2})(?::?(\d{2}))?)?\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slug(text: str, longest: int = 40) -> str:
    """A name as an id: `1. FC Köln` is `1-fc-koln`; a digest where no letter of it is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-") or digest(text)


def digest(*parts: str) -> str:
    """Eight hexadecimal digits that name these texts."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=4).hexdigest()


def competition(name: str) -> tuple[League, str]:
    """League and season of a file's name: `English Premier League 2023/24`."""
    match = _SEASON.match(name)
    title, season = match.groups() if match else (name, "")
    return League(id=slug(title), name=title[:200]), season


def team(given: TeamName | str) -> Team:
    """A team, with the three letters of its code where the file has them."""
    name, code = (given, "") if isinstance(given, str) else (given.name, given.code)
    return Team(id=slug(name), name=_COUNTRY.sub("", name)[:200], abbr=code[:8])


def game_id(league: str, match: Match) -> str:
    """The id of a match: `liverpool-fc-eng-paris-saint-germain-1f0c3a5b`."""
    home, away = team(match.team1), team(match.team2)
    name = digest(league, match.round, home.id, away.id)
    return f"{home.id[:24].strip('-')}-{away.id[:24].strip('-')}-{name}"


def kick_off_ms(match: Match) -> int | None:
    """When it begins, ms UTC; None without a date. A time without an offset is taken for UTC."""
    if match.date is None:
        return None
    try:
        moment = datetime.fromisoformat(match.date).replace(tzinfo=UTC)
        found = _TIME.match(match.time or "")
        if found is not None:
            hour, minute, sign, ahead, past = found.groups()
            offset = timedelta(hours=int(ahead or 0), minutes=int(past or 0))
            zone = timezone(-offset if sign == "-" else offset)
            moment = moment.replace(hour=int(hour), minute=int(minute), tzinfo=zone)
        # Counted from the epoch, because the first and the last years have no timestamp.
        value = (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
    return value if value >= 0 else None


SEASON = msgspec.json.Decoder(Season)
MATCH = msgspec.json.Decoder(Match)
REVISION = msgspec.json.Decoder(Revision)
