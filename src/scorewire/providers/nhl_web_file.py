"""The shape of a play-by-play of the NHL web API: only what we use.

Source: payloads of api-web.nhle.com/v1/gamecenter.
"""

import msgspec
from msgspec import Raw, Struct


class Name(Struct, frozen=True):
    """A name, in more languages than its default."""

    default: str = ""


class Header(Struct, frozen=True, rename="camel"):
    """A team in the header: the home or the away side."""

    id: int
    abbrev: str = ""
    common_name: Name = Name()
    place_name: Name = Name()
    score: int | None = None


class Period(Struct, frozen=True, rename="camel"):
    """`periodDescriptor`."""

    number: int
    period_type: str = "REG"


class Facts(Struct, frozen=True, rename="camel"):
    """`details` of a play: only what we use."""

    event_owner_team_id: int = 0
    x_coord: float | None = None
    y_coord: float | None = None
    reason: str = ""
    secondary_reason: str = ""
    scoring_player_id: int = 0
    assist1_player_id: int = 0
    assist2_player_id: int = 0
    shooting_player_id: int = 0
    blocking_player_id: int = 0
    goalie_in_net_id: int = 0
    winning_player_id: int = 0
    losing_player_id: int = 0
    hitting_player_id: int = 0
    player_id: int = 0
    committed_by_player_id: int = 0
    served_by_player_id: int = 0
    drawn_by_player_id: int = 0
    shot_type: str = ""
    type_code: str = ""
    desc_key: str = ""
    duration: int | None = None
    home_score: int | None = None
    away_score: int | None = None


class Play(Struct, frozen=True, rename="camel"):
    """One play."""

    event_id: int
    sort_order: int
    type_desc_key: str
    period_descriptor: Period
    time_in_period: str = ""
    time_remaining: str = ""
    situation_code: str = ""
    home_team_defending_side: str = ""
    details: Facts = Facts()


class Spot(Struct, frozen=True, rename="camel"):
    """One player of the roster."""

    team_id: int
    player_id: int
    first_name: Name = Name()
    last_name: Name = Name()
    sweater_number: int | None = None
    position_code: str = ""


class Game(Struct, frozen=True, rename="camel"):
    """The payload."""

    id: int
    home_team: Header
    away_team: Header
    game_schedule_state: str
    plays: list[Raw]
    season: int = 0
    game_type: int = 2
    game_state: str = ""
    start_time_utc: str = msgspec.field(name="startTimeUTC", default="")
    venue: Name = Name()
    venue_location: Name = Name()
    roster_spots: list[Spot] = []


GAME = msgspec.json.Decoder(Game)
PLAY = msgspec.json.Decoder(Play)
