"""The shape of the live feed of the MLB Stats API: only what we use, every part of it optional but the plays.

Source: payloads of statsapi.mlb.com/api/v1.1/game/PK/feed/live.
"""

import msgspec
from msgspec import Raw, Struct


class Person(Struct, frozen=True, rename="camel"):
    """A player, where the feed has more than his number."""

    id: int
    full_name: str = ""


Who = int | Person | None


class Code(Struct, frozen=True, rename="camel"):
    """A position, or a time zone."""

    id: str | int = ""
    abbreviation: str = ""


class Review(Struct, frozen=True, rename="camel"):
    """`reviewDetails`."""

    is_overturned: bool = False
    in_progress: bool = False
    review_type: str = ""
    challenge_team_id: int = 0


class Count(Struct, frozen=True):
    """Balls and strikes, and outs, after what it belongs to."""

    balls: int = 0
    strikes: int = 0
    outs: int = 0


class Details(Struct, frozen=True, rename="camel"):
    """What an entry of `playEvents` was."""

    event_type: str = ""
    code: str = ""
    away_score: int | None = None
    home_score: int | None = None


class PitchData(Struct, frozen=True, rename="camel"):
    """Measurements."""

    start_speed: float | None = None


PICTURE_PIXELS = 250.0
"""Of the picture of a ballpark that places are told in, each way."""


def _share(pixels: float) -> float:
    """A ball beyond the picture lies on its edge."""
    return round(min(1.0, max(0.0, pixels / PICTURE_PIXELS)), 5)


class Coordinates(Struct, frozen=True, rename="camel"):
    """A place in the picture of a ballpark, 250 pixels each way, home plate below."""

    coord_x: float | None = None
    coord_y: float | None = None


class HitData(Struct, frozen=True, rename="camel"):
    """A ball that was put in play."""

    coordinates: Coordinates = Coordinates()


class PlayEvent(Struct, frozen=True, rename="camel"):
    """A pitch, an action, a throw to a base."""

    index: int
    type: str = ""
    is_pitch: bool = False
    start_time: str = ""
    end_time: str = ""
    count: Count = Count()
    details: Details = Details()
    player: Who = None
    replaced_player: Who = None
    position: Code = Code()
    base: int | None = None
    pitch_data: PitchData = PitchData()
    hit_data: HitData = HitData()
    review_details: Review | None = None


class Movement(Struct, frozen=True, rename="camel"):
    """From where to where; `end` is null for who is out."""

    start: str | None = None
    end: str | None = None
    is_out: bool | None = None


class RunnerDetails(Struct, frozen=True, rename="camel"):
    """Whose movement it is, and on which entry of `playEvents`."""

    runner: Who = None
    play_index: int = 0
    rbi: bool = False
    earned: bool = True


class Credit(Struct, frozen=True, rename="camel"):
    """What a fielder did: `f_throwing_error`."""

    credit: str = ""
    player: Who = None


class Runner(Struct, frozen=True, rename="camel"):
    """One movement of a runner; a runner may have several on a play."""

    details: RunnerDetails
    movement: Movement = Movement()
    credits: list[Credit] = []


class Result(Struct, frozen=True, rename="camel"):
    """How the turn at bat ended."""

    event: str = ""
    event_type: str = ""
    rbi: int = 0
    away_score: int | None = None
    home_score: int | None = None


class About(Struct, frozen=True, rename="camel"):
    """Where it stands in the game."""

    at_bat_index: int
    inning: int
    is_top_inning: bool
    is_complete: bool = False
    start_time: str = ""
    end_time: str = ""


class Matchup(Struct, frozen=True):
    """Who bats and who pitches."""

    batter: Person
    pitcher: Person


class Play(Struct, frozen=True, rename="camel"):
    """A turn at bat and all that happened in it."""

    about: About
    matchup: Matchup
    result: Result = Result()
    runners: list[Runner] = []
    play_events: list[PlayEvent] = []
    review_details: Review | None = None

    @property
    def came_down(self) -> tuple[float, float] | None:
        """Where the ball came down that ended the turn: shares of the picture, from its left and its top."""
        for event in reversed(self.play_events):
            place = event.hit_data.coordinates
            if place.coord_x is not None and place.coord_y is not None:
                return _share(place.coord_x), _share(place.coord_y)
        return None


class Team(Struct, frozen=True):
    """One of the two."""

    id: int
    name: str = ""
    abbreviation: str = ""


class Teams(Struct, frozen=True):
    """Both."""

    home: Team
    away: Team


class Status(Struct, frozen=True, rename="camel"):
    """State of the game: `Delayed: Rain`."""

    detailed_state: str = ""


class Moment(Struct, frozen=True, rename="camel"):
    """Start."""

    date_time: str = ""


class GameKind(Struct, frozen=True):
    """Kind and season of a game; R is the regular season, F, D, L and W are post-season."""

    type: str = ""
    season: str = ""


class Place(Struct, frozen=True, rename="camel"):
    """Venue."""

    name: str = ""
    time_zone: Code = Code()


class GameData(Struct, frozen=True):
    """`gameData`."""

    teams: Teams
    status: Status = Status()
    datetime: Moment = Moment()
    game: GameKind = GameKind()
    venue: Place = Place()
    players: dict[str, Person] = {}


class BoxPlayer(Struct, frozen=True, rename="camel"):
    """A player in the box score; batting order 100 to 900 are the starters."""

    person: Person
    jersey_number: str = ""
    position: Code = Code()
    batting_order: str = ""


class BoxTeam(Struct, frozen=True):
    """A side in the box score."""

    players: dict[str, BoxPlayer] = {}


class BoxTeams(Struct, frozen=True):
    """Both sides."""

    home: BoxTeam = BoxTeam()
    away: BoxTeam = BoxTeam()


class BoxScore(Struct, frozen=True):
    """`boxscore`; only the line-ups are read."""

    teams: BoxTeams = BoxTeams()


class SideLine(Struct, frozen=True):
    """Runs and errors of a side."""

    runs: int | None = None
    errors: int | None = None


class LineTotals(Struct, frozen=True):
    """Both sides."""

    home: SideLine = SideLine()
    away: SideLine = SideLine()


class LineInning(Struct, frozen=True):
    """One inning of the line score."""

    num: int = 0
    home: SideLine = SideLine()
    away: SideLine = SideLine()


class Linescore(Struct, frozen=True, rename="camel"):
    """`linescore`: how the feed itself has the game."""

    scheduled_innings: int | None = None
    innings: list[LineInning] = []
    teams: LineTotals = LineTotals()


class Plays(Struct, frozen=True, rename="camel"):
    """`plays`."""

    all_plays: list[Raw]


class LiveData(Struct, frozen=True):
    """`liveData`."""

    plays: Plays
    linescore: Linescore = Linescore()
    boxscore: BoxScore = BoxScore()


class MetaData(Struct, frozen=True, rename="camel"):
    """`metaData`: when this version of the feed was made, `20230504_015306`."""

    time_stamp: str = ""


class Feed(Struct, frozen=True, rename="camel"):
    """The payload."""

    game_pk: int
    game_data: GameData
    live_data: LiveData
    meta_data: MetaData = MetaData()


ERRORS_MAX = 20
"""More than any side has made in a half-inning."""

FEED = msgspec.json.Decoder(Feed)
PLAY = msgspec.json.Decoder(Play)


def number(who: Who) -> int:
    """The player's number, 0 for nobody."""
    if who is None:
        return 0
    return who if isinstance(who, int) else who.id


def errors_by_inning(feed: Feed, plays: list[Play]) -> dict[int, tuple[int, int]]:
    """Errors of home and away by inning, as the line score has them; none where rows credit their own."""
    if any(row.credits for play in plays for row in play.runners):
        return {}
    return {
        one.num: (min(one.home.errors or 0, ERRORS_MAX), min(one.away.errors or 0, ERRORS_MAX))
        for one in feed.live_data.linescore.innings
    }
