"""The shape of Cricsheet's match files, as far as it is read.

Unknown fields are ignored. Innings, overs and balls are read one by one, so that one which cannot be read
does not cost the others.

Source: cricsheet.org, JSON format 1.0.0 and 1.1.0.
"""

from msgspec import Raw, Struct, field


class Event(Struct, frozen=True):
    """The competition. `match_number` and `stage` exclude each other."""

    name: str = ""
    match_number: int | None = None
    stage: str | int = ""


class Margin(Struct, frozen=True):
    """`{"runs": 21}`, `{"wickets": 5}`, `{"innings": 1, "runs": 20}`."""

    runs: int | None = None
    wickets: int | None = None
    innings: int | None = None


class Outcome(Struct, frozen=True):
    """Who won and how. `eliminator` and `bowl_out` name who won after a tie; `method` D/L, VJD, Awarded."""

    winner: str = ""
    by: Margin = Margin()
    result: str = ""
    eliminator: str = ""
    bowl_out: str = ""
    method: str = ""


class Toss(Struct, frozen=True):
    """`{"winner": "Gujarat Titans", "decision": "bat"}`."""

    winner: str = ""
    decision: str = ""


class Registry(Struct, frozen=True):
    """Names, as the file uses them, to ids that are the same in all files."""

    people: dict[str, str] = {}


class Info(Struct, frozen=True):
    """`info`."""

    teams: list[str]
    dates: list[str] = []
    match_type: str = ""
    balls_per_over: int = 6
    overs: int = 0
    event: Event = Event()
    season: str | int = ""
    venue: str = ""
    toss: Toss = Toss()
    outcome: Outcome | None = None
    players: dict[str, list[str]] = {}
    registry: Registry = Registry()


class Meta(Struct, frozen=True):
    """`meta`."""

    data_version: str
    revision: int = 1


class Match(Struct, frozen=True):
    """The payload."""

    meta: Meta
    info: Info
    innings: list[Raw] = []


class Target(Struct, frozen=True):
    """What the innings needs to win; overs may be a number with balls."""

    runs: int = 0
    overs: float = 0


class Penalties(Struct, frozen=True):
    """Penalty runs before and after the innings."""

    pre: int = 0
    post: int = 0


class Innings(Struct, frozen=True):
    """One innings, of the match or of a super over."""

    team: str
    overs: list[Raw] = []
    super_over: bool = False
    declared: bool = False
    forfeited: bool = False
    absent_hurt: list[str] = []
    penalty_runs: Penalties = Penalties()
    target: Target = Target()


class Over(Struct, frozen=True):
    """One over, counted from 0."""

    over: int
    deliveries: list[Raw] = []


class Runs(Struct, frozen=True):
    """Runs of one ball."""

    batter: int = 0
    extras: int = 0
    total: int = 0
    non_boundary: bool = False


class Extras(Struct, frozen=True):
    """Extras of one ball by their kinds."""

    wides: int = 0
    noballs: int = 0
    byes: int = 0
    legbyes: int = 0
    penalty: int = 0


class Fielder(Struct, frozen=True):
    """Who helped with a wicket; a substitute may have no name."""

    name: str = ""


class Wicket(Struct, frozen=True):
    """One dismissal or retirement."""

    player_out: str
    kind: str
    fielders: list[Fielder] = []


class Review(Struct, frozen=True):
    """A team's review. `decision` is that about the review: upheld changes the umpire's call.

    type: what was reviewed, in newer files (wicket, wide ...).
    """

    by: str = ""
    batter: str = ""
    decision: str = ""
    umpires_call: bool = False
    type: str = "wicket"


class Replacement(Struct, frozen=True):
    """A player for another, of `team`."""

    into: str = field(name="in", default="")
    out: str = ""
    team: str = ""


class Replacements(Struct, frozen=True):
    """`match`: in the team; `role`: who finishes an over."""

    match: list[Replacement] = []
    role: list[Raw] = []


class Delivery(Struct, frozen=True):
    """One ball."""

    batter: str
    bowler: str
    runs: Runs
    non_striker: str = ""
    extras: Extras = Extras()
    wickets: list[Wicket] = []
    review: Review | None = None
    replacements: Replacements = Replacements()
