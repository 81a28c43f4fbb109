"""The shape of StatsBomb's files: only the fields that statsbomb.py reads, each optional where files lack it.

Source: StatsBomb Open Data Specification v1.1; StatsBomb Open Data Events v4.0.0.
"""

import msgspec
from msgspec import Struct


class Named(Struct, frozen=True):
    """`{"id": 7788, "name": "Ciro Immobile"}`."""

    id: int = 0
    name: str = ""


class Squad(Struct, frozen=True):
    """One starter in `tactics.lineup`."""

    player: Named
    position: Named = Named()
    jersey_number: int = 0


class Tactics(Struct, frozen=True):
    """Of Starting XI and Tactical Shift."""

    lineup: list[Squad] = []


class Kick(Struct, frozen=True):
    """`pass`, `shot` or `goalkeeper`: what of them matters here."""

    type: Named = Named()
    outcome: Named = Named()
    key_pass_id: str = ""


class Offence(Struct, frozen=True):
    """`foul_committed` or `bad_behaviour`."""

    card: Named = Named()
    penalty: bool = False


class Change(Struct, frozen=True):
    """`substitution`."""

    replacement: Named = Named()


class Entry(Struct, frozen=True):
    """One entry of the file."""

    id: str
    index: int
    period: int
    minute: int
    second: int
    type: Named
    team: Named
    timestamp: str = ""
    player: Named | None = None
    location: list[float] = []
    related_events: list[str] = []
    tactics: Tactics = Tactics()
    substitution: Change = Change()
    shot: Kick = Kick()
    goalkeeper: Kick = Kick()
    foul_committed: Offence = Offence()
    bad_behaviour: Offence = Offence()
    pass_: Kick = msgspec.field(default=Kick(), name="pass")


class LineupPlayer(Struct, frozen=True):
    """One player of the companion `lineups`."""

    player_id: int
    player_name: str = ""
    player_nickname: str | None = None
    jersey_number: int | None = None


class Lineup(Struct, frozen=True):
    """One team of the companion `lineups`."""

    team_id: int
    lineup: list[LineupPlayer] = []


class Competition(Struct, frozen=True):
    """Of the companion `match`."""

    competition_id: int
    competition_name: str = ""


class Season(Struct, frozen=True):
    """Of the companion `match`."""

    season_name: str = ""


class Match(Struct, frozen=True):
    """The companion `match`: an entry of StatsBomb's `matches/`."""

    match_id: int
    match_date: str
    kick_off: str | None = None
    competition: Competition | None = None
    season: Season | None = None
    competition_stage: Named | None = None
    stadium: Named | None = None
