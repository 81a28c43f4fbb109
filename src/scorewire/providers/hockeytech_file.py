"""The shape of HockeyTech's play-by-play and game summary: only what we use.

Numbers come as numbers or as strings, from one field to the next; `Number` takes both.

Source: payloads of the `statviewfeed` and `gc` feeds.
"""

import msgspec
from msgspec import Raw, Struct

Number = str | int | float | None


def whole(value: Number) -> int | None:
    """A number however it is written: `2`, `"2"`, `"2.00"`; None for anything else."""
    try:
        return None if value is None else int(float(value))
    except (ValueError, OverflowError):
        return None


class Period(Struct, frozen=True, rename="camel"):
    """Where a play stands; overtimes may be called OT1, OT2."""

    id: Number = None
    long_name: str | None = None


class Person(Struct, frozen=True, rename="camel"):
    """A player."""

    id: Number = None
    first_name: str | None = None
    last_name: str | None = None


class Club(Struct, frozen=True):
    """A team, as goals and penalties name it."""

    id: Number = None
    abbreviation: str | None = None


class Properties(Struct, frozen=True, rename="camel"):
    """What kind of goal it was: `"0"` or `"1"`."""

    is_power_play: Number = None
    is_short_handed: Number = None
    is_empty_net: Number = None
    is_penalty_shot: Number = None


class Facts(Struct, frozen=True, rename="camel"):
    """`details` of any play."""

    period: Period | None = None
    time: str = ""
    x_location: float | None = None
    y_location: float | None = None
    game_goal_id: Number = msgspec.field(name="game_goal_id", default=None)
    game_penalty_id: Number = msgspec.field(name="game_penalty_id", default=None)
    team: Club | None = None
    against_team: Club | None = None
    shooter_team_id: Number = None
    team_id: Number = msgspec.field(name="team_id", default=None)
    hitting_team: Number = msgspec.field(name="teamId", default=None)
    scored_by: Person | None = None
    assists: list[Person] = []
    properties: Properties = Properties()
    shooter: Person | None = None
    blocker: Person | None = None
    goalie: Person | None = None
    plus_players: list[Person] = msgspec.field(name="plus_players", default=[])
    minus_players: list[Person] = msgspec.field(name="minus_players", default=[])
    player: Person | None = None
    on_player: Person | None = None
    taken_by: Person | None = None
    served_by: Person | None = None
    home_player: Person | None = None
    visiting_player: Person | None = None
    home_win: Number | bool = None
    goalie_coming_in: Person | None = None
    goalie_going_out: Person | None = None
    is_goal: Number | bool = None
    is_bench: Number | bool = None
    minutes: Number = None
    description: str | None = None
    shot_type: str | None = None


class Row(Struct, frozen=True):
    """One row of the play-by-play."""

    event: str
    details: Facts


class Team(Struct, frozen=True):
    """A team of the summary."""

    id: Number = None
    code: str = ""
    name: str = ""
    city: str = ""


class Length(Struct, frozen=True):
    """A period of the summary, in seconds."""

    length: Number = None


class Meta(Struct, frozen=True):
    """`meta` of the summary."""

    id: Number = None
    started: Number = None
    final: Number = None
    forfeit: Number = None
    home_goal_count: Number = None
    visiting_goal_count: Number = None
    last_modified: str = ""
    date_played: str = ""


class Line(Struct, frozen=True):
    """One of a line-up."""

    player_id: Number = None
    first_name: str = ""
    last_name: str = ""
    jersey_number: Number = None
    position_str: str = ""
    start: Number = None


class Lineup(Struct, frozen=True):
    """The line-up of a team."""

    players: list[Line] = []
    goalies: list[Line] = []


class Goals(Struct, frozen=True):
    """Goals of each side by period."""

    home: dict[str, Number] = {}
    visitor: dict[str, Number] = {}


class Summary(Struct, frozen=True, rename="camel"):
    """`Gamesummary`."""

    meta: Meta
    home: Team
    visitor: Team
    venue: str = ""
    game_date: str = msgspec.field(name="game_date_iso_8601", default="")
    periods: dict[str, Length] | list[Length] = {}
    goals_by_period: Goals = Goals()
    home_lineup: Lineup = msgspec.field(name="home_team_lineup", default=Lineup())
    visitor_lineup: Lineup = msgspec.field(name="visitor_team_lineup", default=Lineup())


class Parameters(Struct, frozen=True):
    """What was asked for."""

    client_code: str = ""


class Contents(Struct, frozen=True):
    """`GC`."""

    summary: Summary = msgspec.field(name="Gamesummary")
    parameters: Parameters = msgspec.field(name="Parameters", default=Parameters())


class GameCentre(Struct, frozen=True):
    """A whole game summary."""

    contents: Contents = msgspec.field(name="GC")


ROWS = msgspec.json.Decoder(list[Raw])
ROW = msgspec.json.Decoder(Row)
GAME_CENTRE = msgspec.json.Decoder(GameCentre)
