"""ESPN's scoreboard: only the fields that espn_scoreboard.py reads, optional where they may be absent.

Source: payloads of site.api.espn.com/apis/site/v2/sports/SPORT/LEAGUE/scoreboard.
"""

import msgspec
from msgspec import Raw, Struct


class StatusType(Struct, frozen=True):
    """`{"id": "2", "name": "STATUS_IN_PROGRESS", "state": "in", "completed": false, "detail": "Top 9th"}`."""

    name: str = ""
    state: str = ""
    completed: bool = False
    detail: str = ""


class Status(Struct, frozen=True, rename="camel"):
    """Of an event, and the same again of its competition."""

    type: StatusType = StatusType()
    period: int = 0
    display_clock: str = ""


class Named(Struct, frozen=True, rename="camel"):
    """A team or an athlete."""

    id: str
    display_name: str = ""
    abbreviation: str = ""
    color: str = ""
    logo: str = ""


class Line(Struct, frozen=True):
    """The points of one period."""

    value: float = 0


class Competitor(Struct, frozen=True, rename="camel"):
    """One side. `score` is text, and for a while after the kick-off may be absent."""

    home_away: str
    team: Named
    score: str | float | None = None
    winner: bool | None = None
    linescores: list[Line] = []


class DetailClock(Struct, frozen=True, rename="camel"):
    """`{"value": 2753, "displayValue": "45'+1'"}`."""

    value: float = 0
    display_value: str = ""


class Play(Struct, frozen=True, rename="camel"):
    """One entry of `details` of a soccer match: a goal or a card."""

    clock: DetailClock = DetailClock()
    scoring_play: bool = False
    red_card: bool = False
    yellow_card: bool = False
    penalty_kick: bool = False
    own_goal: bool = False
    shootout: bool = False
    team: Named | None = None
    athletes: list[Named] = []
    athletes_involved: list[Named] = []


class Venue(Struct, frozen=True, rename="camel"):
    """Where it is played."""

    full_name: str = ""


class Situation(Struct, frozen=True, rename="camel"):
    """How things stand: the bases and the count in baseball, the next snap in American football."""

    balls: int | None = None
    strikes: int | None = None
    outs: int | None = None
    on_first: bool = False
    on_second: bool = False
    on_third: bool = False
    down: int = 0
    distance: int = 0
    possession: str = ""
    is_red_zone: bool = False
    down_distance_text: str = ""


class Note(Struct, frozen=True):
    """`{"headline": "Doubleheader - Game 1"}`."""

    headline: str = ""


class Competition(Struct, frozen=True):
    """The contest of an event; team sports have one."""

    competitors: list[Competitor]
    status: Status | None = None
    venue: Venue | None = None
    notes: list[Note] = []
    details: list[Play] = []
    situation: Situation | None = None


class Year(Struct, frozen=True):
    """`{"year": 2022, "slug": "regular-season"}`."""

    year: int = 0
    slug: str = ""


class Event(Struct, frozen=True):
    """One game."""

    id: str
    uid: str
    date: str
    competitions: list[Competition]
    status: Status | None = None
    season: Year = Year()


class LeagueOf(Struct, frozen=True):
    """The league of the scoreboard."""

    id: str
    uid: str = ""
    name: str = ""
    slug: str = ""


class Scoreboard(Struct, frozen=True):
    """The payload."""

    events: list[Raw]
    leagues: list[LeagueOf] = []


SCOREBOARD = msgspec.json.Decoder(Scoreboard)
EVENT = msgspec.json.Decoder(Event)
