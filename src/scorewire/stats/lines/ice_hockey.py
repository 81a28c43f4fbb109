"""Ice hockey: skaters and goalkeepers, as the NHL and HockeyTech's leagues publish them.

A goal is a shot on goal of its scorer. A blocked or missed shot is not. Goals of a shoot-out are nobody's.
Plus-minus needs a provider that says who was on the ice: a plus for each of the side that scores at even
strength, short-handed or into an empty net, a minus for each of the other; power plays and penalty shots give
none. A penalty's minutes are those told; without them those of its kind. A bench penalty is the side's.

The goalkeeper of a shot is the one that it names; else the one on the ice: the starter of the line-up until
changes, pulls and returns say otherwise. A goal into an empty net (`en`) is nobody's goal against. Time is
known of a side whose line-up names one starting goalkeeper (position G), and of the other not.

At the end the goal by which the winner had one more than the loser in the end is the game-winning goal; the
goalkeepers on the ice for it have the win and the loss. Of a game that a shoot-out decides those who were
on the ice last have them. Shut-outs, power-play opportunities and skaters' time on ice are not counted:
changes of skaters are no events.

Source: NHL Official Rules 2024-25, 16-28 (penalties), 78 (goals, assists); the HockeyTech summary of a game
that `tests` hold this to, column by column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.ice_hockey_rules import Rules, read
from scorewire.sports.machine import clock_ms
from scorewire.stats.lines.columns import Cell, Column, Count, Counts, Table, ratio, total, words
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines, other

KEPT: Final = "goalkeeper known"
"""What a goalkeeper's figures need: that one was named, by a shot or a line-up."""
TIMED: Final = "goalkeeper timed"
ENDED: Final = ("GAME_END", "GAME_FINAL")
ON_ICE: Final = ("GOAL.plus_ids", "GOAL.minus_ids")

SKATING: Mapping[str, Column] = {
    "G": Column("Goals"),
    "A": Column("Assists"),
    "P": Column("Points", formula=total("G", "A")),
    "+/-": Column("Plus-minus", "signed", needs=ON_ICE, of="players"),
    "PIM": Column("Penalties in minutes"),
    "SOG": Column("Shots on goal", needs=("SHOT",)),
    "SM": Column("Shots that missed", needs=("SHOT_MISSED",)),
    "SB": Column("Shots that were blocked", needs=("SHOT_BLOCKED",)),
    "HIT": Column("Hits", needs=("HIT",)),
    "BLK": Column("Shots of others blocked", needs=("SHOT_BLOCKED.blocker_id",)),
    "GV": Column("Giveaways", needs=("GIVEAWAY",)),
    "TK": Column("Takeaways", needs=("TAKEAWAY",)),
    "FOW": Column("Face-offs won", needs=("FACEOFF",)),
    "FOL": Column("Face-offs lost", needs=("FACEOFF.loser_id",)),
    "FO%": Column(
        "Face-off share",
        "share",
        needs=("FACEOFF.loser_id",),
        formula=lambda cells: _share(cells.get("FOW", 0), cells.get("FOL", 0)),
    ),
    "PPG": Column("Power-play goals", needs=("GOAL.strength",)),
    "SHG": Column("Short-handed goals", needs=("GOAL.strength",)),
    "GWG": Column("Game-winning goals", needs=ENDED),
}
GOALTENDING: Mapping[str, Column] = {
    "SA": Column("Shots against", needs=(KEPT,)),
    "GA": Column("Goals against", needs=(KEPT,)),
    "SV": Column("Saves", needs=(KEPT,), formula=total("SA", "-GA")),
    "SV%": Column("Save share", "share", needs=(KEPT,), formula=ratio("SV", "SA")),
    "TOI": Column("Time on ice", "s", needs=(TIMED,)),
    "GAA": Column(
        "Goals against an hour", "rate", needs=(TIMED,), formula=ratio("GA", "TOI", places=2, times=3600)
    ),
    "W": Column("Wins", needs=ENDED),
    "L": Column("Losses in regulation", needs=ENDED),
    "OTL": Column("Losses in overtime or shoot-out", needs=ENDED),
}
GOALKEEPER: Final = "G"
TABLES: Mapping[str, Table] = {
    "skating": Table(SKATING, everyone=True),
    "goaltending": Table(GOALTENDING),
}

NO_PLUS: Final = words("pp", "ps")
COUNTS: Counts = {
    "GOAL": (
        Count({"G": 1, "SOG": 1}),
        Count({"A": 1}, "assist"),
        Count({"A": 1}, "assist2"),
        Count({"PPG": 1}, where={"strength": words("pp")}),
        Count({"SHG": 1}, where={"strength": words("sh")}),
        Count({"+/-": 1}, "plus", unless={"strength": NO_PLUS}),
        Count({"+/-": -1}, "minus", other=True, unless={"strength": NO_PLUS}),
    ),
    "SHOT": (Count({"SOG": 1}),),
    "SHOT_MISSED": (Count({"SM": 1}),),
    "SHOT_BLOCKED": (Count({"SB": 1}), Count({"BLK": 1}, "blocker", other=True)),
    "HIT": (Count({"HIT": 1}),),
    "GIVEAWAY": (Count({"GV": 1}),),
    "TAKEAWAY": (Count({"TK": 1}),),
    "FACEOFF": (Count({"FOW": 1}), Count({"FOL": 1}, "loser", other=True)),
}
MINUTES: Mapping[str, int] = {
    "minor": 2,
    "bench_minor": 2,
    "double_minor": 4,
    "major": 5,
    "misconduct": 10,
    "game_misconduct": 10,
    "match": 15,
    "penalty_shot": 0,
}


def _share(won: Cell, lost: Cell) -> Cell | None:
    return round(won / (won + lost), 3) if won + lost else None


@dataclass(slots=True)
class Nets:
    """Who keeps goal, and since when.

    Attributes:
        keeper: of each side; "" while the net is empty or nobody knows.
        since_s: second of the game at which the keeper came on.
        timed: the sides whose first goalkeeper is known, so that every second has its keeper.
        goals: each goal's side with the keepers of both sides then, in order, and its scorer.
    """

    keeper: dict[Side, str] = field(default_factory=lambda: {"home": "", "away": ""})
    since_s: dict[Side, int] = field(default_factory=lambda: {"home": 0, "away": 0})
    timed: set[Side] = field(default_factory=set)
    last: dict[Side, str] = field(default_factory=lambda: {"home": "", "away": ""})
    goals: list[tuple[Side, str, dict[Side, str]]] = field(default_factory=list)
    now_s: int = 0
    period: int = 0


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Penalty minutes, goalkeepers, and who has won the game."""
    rules = read(sheet.rules)
    nets = _started(sheet)
    for claim in claims:
        _pass_time(nets, rules, claim)
        if claim.type in {"GOAL", "SHOT"} and claim.team is not None:
            _shot(sheet, nets, claim, claim.team)
        elif claim.type == "PENALTY" and claim.team is not None:
            told = claim.detail.get("minutes")
            kind = str(claim.detail.get("kind", "minor"))
            minutes = told if isinstance(told, int) else MINUTES.get(kind, 2)
            who = claim.player.id if claim.player is not None else ""
            sheet.add(claim.team, who, "skating", "PIM", minutes)
        elif claim.type in {"GOALIE_PULLED", "GOALIE_RETURNED", "GOALIE_CHANGED"}:
            _change(sheet, nets, claim)
    for side in SIDES:
        _come_off(sheet, nets, side)
    if any(claim.type in ENDED for claim in claims):
        _decide(sheet, nets, claims)


def _started(sheet: Sheet) -> Nets:
    nets = Nets()
    for side in SIDES:
        starting = [
            who
            for who, entry in sheet.entries[side].items()
            if entry.starter and entry.position == GOALKEEPER
        ]
        if len(starting) == 1:
            nets.keeper[side] = nets.last[side] = starting[0]
            nets.timed.add(side)
            sheet.told.update((KEPT, TIMED))
    return nets


def _pass_time(nets: Nets, rules: Rules, claim: ProviderEvent) -> None:
    """How far the game is by what is played and changed; what is told about it may be late."""
    if claim.period is None or claim.period == rules.shootout:
        return
    nets.period = max(nets.period, claim.period)
    read_ms = clock_ms(claim.clock) if claim.clock is not None else None
    length_s = rules.length_s(claim.period)
    if claim.type == "PERIOD_END":
        played_s = length_s
    elif read_ms is None:
        return
    else:
        played_s = read_ms // 1000 if rules.clock_up else length_s - read_ms // 1000
    nets.now_s = max(nets.now_s, rules.start_s(claim.period) + min(max(0, played_s), length_s))


def _shot(sheet: Sheet, nets: Nets, claim: ProviderEvent, side: Side) -> None:
    facing = other(side)
    named = claim.detail.get("goalie_id")
    keeper = named if isinstance(named, str) and named else nets.keeper[facing]
    goal = claim.type == "GOAL"
    if goal and claim.detail.get("strength") == "en":
        keeper = ""
    if goal:
        scorer = claim.player.id if claim.player is not None else ""
        nets.goals.append((side, scorer, {side: nets.keeper[side] or nets.last[side], facing: keeper}))
    if not keeper:
        return
    sheet.told.add(KEPT)
    nets.last[facing] = keeper
    sheet.add(facing, keeper, "goaltending", "SA")
    if goal:
        sheet.add(facing, keeper, "goaltending", "GA")


def _change(sheet: Sheet, nets: Nets, claim: ProviderEvent) -> None:
    side = claim.team
    if side is None:
        return
    _come_off(sheet, nets, side)
    into = claim.detail.get("in_id") if claim.type == "GOALIE_CHANGED" else ""
    if claim.type == "GOALIE_RETURNED":
        into = claim.player.id if claim.player is not None else nets.last[side]
    keeper = into if isinstance(into, str) else ""
    nets.keeper[side] = keeper
    if keeper:
        sheet.entry(side, keeper, str(claim.detail.get("in", "")))
        nets.last[side] = keeper


def _come_off(sheet: Sheet, nets: Nets, side: Side) -> None:
    if nets.keeper[side] and side in nets.timed:
        passed_s = nets.now_s - nets.since_s[side]
        if passed_s:
            sheet.add(side, nets.keeper[side], "goaltending", "TOI", passed_s)
    nets.since_s[side] = nets.now_s


def _decide(sheet: Sheet, nets: Nets, claims: list[ProviderEvent]) -> None:
    """The game-winning goal, and the goalkeepers' win and loss."""
    scored = {side: sum(1 for goal in nets.goals if goal[0] == side) for side in SIDES}
    if scored["home"] == scored["away"]:
        kicks = {
            side: sum(1 for claim in claims if claim.type == "SHOOTOUT_GOAL" and claim.team == side)
            for side in SIDES
        }
        if kicks["home"] == kicks["away"]:
            return
        winner: Side = "home" if kicks["home"] > kicks["away"] else "away"
        keepers, late = nets.last, True
    else:
        winner = "home" if scored["home"] > scored["away"] else "away"
        own = [goal for goal in nets.goals if goal[0] == winner]
        _, scorer, keepers = own[scored[other(winner)]]
        sheet.add(winner, scorer, "skating", "GWG")
        late = nets.period > read(sheet.rules).periods
    if keepers[winner]:
        sheet.add(winner, keepers[winner], "goaltending", "W")
    beaten = keepers[other(winner)] or nets.last[other(winner)]
    if beaten:
        sheet.add(other(winner), beaten, "goaltending", "OTL" if late else "L")


ICE_HOCKEY = SportLines("ice_hockey", TABLES, COUNTS, further)
