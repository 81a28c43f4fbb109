"""Basketball: the box score of the NBA, whose columns FIBA's and colleges' share.

Who is on court is not told at the start of a period, and feeds differ: some send the changes of a break, some
do not. So the five of a period are found from the period itself: whoever acts, goes off or is fouled there
before coming on in it was on court from its start; where that makes fewer than five, those who ended the
period before (the line-up's starters before the first) and do not come on later fill up, if exactly as many
as are missing. Where they do not, minutes and plus-minus of that side cannot be had, and are left out
rather than guessed. Technical fouls, ejections and time-outs happen to people on the bench too: they place
nobody.

The point of a free throw is a plus and a minus for those who were on court at the foul, whoever comes on
before it is shot: so the league counts it.

Official rules of counting: a technical foul is no personal foul; a team's rebound and a team's turnover are
nobody's and are told apart (TREB, TTO), dead balls among them.

Source: NBA Statisticians' Manual; FIBA Basketball Statisticians' Manual 2018.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.sports.machine import clock_ms
from scorewire.stats.lines.columns import Column, Count, Counts, Table, ratio, words
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines, other

ON_COURT: Final = "on court"
"""What MIN and +/- need: that both fives of every period were known."""
MISSES: Final = ("FG2_MISS", "FG3_MISS")
REBOUNDS: Final = ("REBOUND",)

COLUMNS: Mapping[str, Column] = {
    "MIN": Column("Minutes played", "s", needs=(ON_COURT,)),
    "FGM": Column("Field goals made"),
    "FGA": Column("Field goals attempted", needs=MISSES),
    "FG%": Column("Field goal share", "share", needs=MISSES, formula=ratio("FGM", "FGA")),
    "3PM": Column("Three-point field goals made"),
    "3PA": Column("Three-point field goals attempted", needs=MISSES),
    "3P%": Column("Three-point share", "share", needs=MISSES, formula=ratio("3PM", "3PA")),
    "FTM": Column("Free throws made"),
    "FTA": Column("Free throws attempted", needs=("FT_MISS",)),
    "FT%": Column("Free throw share", "share", needs=("FT_MISS",), formula=ratio("FTM", "FTA")),
    "OREB": Column("Offensive rebounds", needs=("REBOUND.kind",), personal=True),
    "DREB": Column("Defensive rebounds", needs=("REBOUND.kind",), personal=True),
    "REB": Column("Rebounds", needs=REBOUNDS, personal=True),
    "AST": Column("Assists", needs=("FG2.assist_id", "FG3.assist_id", "ASSIST")),
    "STL": Column("Steals", needs=("STEAL",)),
    "BLK": Column("Blocks", needs=("BLOCK",)),
    "TO": Column("Turnovers", needs=("TURNOVER",), personal=True),
    "PF": Column("Personal fouls", needs=("FOUL",), personal=True),
    "TF": Column("Technical fouls", needs=("FOUL",)),
    "PTS": Column("Points"),
    "+/-": Column("Plus-minus", "signed", needs=(ON_COURT,), of="players"),
    "TREB": Column("Team rebounds", needs=REBOUNDS, of="team"),
    "TTO": Column("Team turnovers", needs=("TURNOVER",), of="team"),
}
TABLES: Mapping[str, Table] = {"box": Table(COLUMNS, everyone=True)}

TECHNICAL: Final = words("technical")
DEAD: Final = words("deadball")
COUNTS: Counts = {
    "FG2": (Count({"FGM": 1, "FGA": 1, "PTS": 2}), Count({"AST": 1}, "assist")),
    "FG3": (
        Count({"FGM": 1, "FGA": 1, "3PM": 1, "3PA": 1, "PTS": 3}),
        Count({"AST": 1}, "assist"),
    ),
    "FT": (Count({"FTM": 1, "FTA": 1, "PTS": 1}),),
    "FG2_MISS": (Count({"FGA": 1}),),
    "FG3_MISS": (Count({"FGA": 1, "3PA": 1}),),
    "FT_MISS": (Count({"FTA": 1}),),
    "REBOUND": (
        Count({"REB": 1}, unless={"kind": DEAD}),
        Count({"OREB": 1}, where={"kind": words("offensive")}),
        Count({"DREB": 1}, where={"kind": words("defensive")}),
        Count({"TREB": 1}, "nobody"),
    ),
    "ASSIST": (Count({"AST": 1}),),
    "STEAL": (Count({"STL": 1}),),
    "BLOCK": (Count({"BLK": 1}),),
    "TURNOVER": (Count({"TO": 1}), Count({"TTO": 1}, "nobody")),
    "FOUL": (
        Count({"PF": 1}, unless={"kind": TECHNICAL}),
        Count({"TF": 1}, where={"kind": TECHNICAL}),
    ),
}
POINTS: Final = {"FG2": 2, "FG3": 3, "FT": 1}

FIVE: Final = 5
PLACED_BY: Final = frozenset(
    {
        "FG2",
        "FG3",
        "FT",
        "FG2_MISS",
        "FG3_MISS",
        "FT_MISS",
        "REBOUND",
        "ASSIST",
        "STEAL",
        "BLOCK",
        "TURNOVER",
        "FOUL",
    }
)
"""Whoever does one of these is on court; a FOUL unless it is a technical one."""


@dataclass(slots=True)
class Floor:
    """Who is on court, and since when; one period at a time.

    Attributes:
        five: of each side.
        left_ms: what was left of the period when time was last given to the fives.
        played_ms: by side and player.
    """

    five: dict[Side, set[str]] = field(default_factory=lambda: {"home": set(), "away": set()})
    left_ms: int = 0
    played_ms: Counter[tuple[Side, str]] = field(default_factory=Counter)


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Minutes and plus-minus, where the fives of every period are known."""
    floor = Floor()
    for side in SIDES:
        floor.five[side] = {player for player, entry in sheet.entries[side].items() if entry.starter}
    known = False
    for period, plays in _periods(claims):
        for side in SIDES:
            five = _five(plays, side, floor.five[side])
            if five is None:
                return
            floor.five[side] = five
        known = True
        _play(sheet, floor, plays, _length_ms(sheet.rules, period))
    if known:
        sheet.told.add(ON_COURT)
        for (side, player), played_ms in floor.played_ms.items():
            sheet.add(side, player, "box", "MIN", round(played_ms / 1000))


def _periods(claims: list[ProviderEvent]) -> Iterator[tuple[int, list[ProviderEvent]]]:
    """What was played in each period, in play order."""
    periods: dict[int, list[ProviderEvent]] = {}
    for claim in claims:
        if claim.period is not None and claim.type != "LINEUP":
            periods.setdefault(claim.period, []).append(claim)
    yield from sorted(periods.items())


def _five(plays: list[ProviderEvent], side: Side, before: set[str]) -> set[str] | None:
    """Who of a side begins a period; None where that cannot be told."""
    began: list[str] = []
    came: set[str] = set()
    for claim in plays:
        if claim.team is None:
            continue
        into = claim.detail.get("in_id") if claim.type == "SUBSTITUTION" and claim.team == side else None
        for player in _placed(claim, side):
            if player not in came and player not in began:
                began.append(player)
        if isinstance(into, str) and into not in began:
            came.add(into)
    if len(began) > FIVE:
        return None
    rest = {player for player in before if player not in began and player not in came}
    if len(began) + len(rest) == FIVE:
        return {*began, *rest}
    return set(began) if len(began) == FIVE else None


def _placed(claim: ProviderEvent, side: Side) -> list[str]:
    """Whom of a side an event shows to have been on court just before it."""
    if claim.team != side or claim.player is None:
        return []
    if claim.type == "SUBSTITUTION":
        return [claim.player.id]
    if claim.type not in PLACED_BY or claim.detail.get("kind") in TECHNICAL:
        return []
    assist = claim.detail.get("assist_id")
    return [claim.player.id, assist] if isinstance(assist, str) and assist else [claim.player.id]


def _play(sheet: Sheet, floor: Floor, plays: list[ProviderEvent], length_ms: int) -> None:
    """Give time and points of one period to whoever was on court.

    Time is given where somebody goes off, and at the newest play: entries about the game (a replay of what
    was played a while ago) may show a clock that is not theirs.
    """
    floor.left_ms = length_ms
    fouled: tuple[str | None, dict[Side, set[str]]] | None = None
    last_ms = length_ms
    for claim in plays:
        left = clock_ms(claim.clock) if claim.clock is not None else None
        if claim.type in PLACED_BY and left is not None:
            last_ms = min(last_ms, left)
        if claim.type == "FOUL":
            fouled = (claim.clock, {side: set(floor.five[side]) for side in SIDES})
        points = POINTS.get(claim.type, 0)
        if points and claim.team is not None:
            then = claim.type == "FT" and fouled is not None and fouled[0] == claim.clock
            fives = fouled[1] if then and fouled is not None else floor.five
            _score(sheet, fives, claim.team, points)
        if claim.type == "SUBSTITUTION" and claim.team is not None and claim.player is not None:
            _pass_time(floor, left)
            floor.five[claim.team].discard(claim.player.id)
            into = claim.detail.get("in_id")
            if isinstance(into, str) and into:
                sheet.entry(claim.team, into, str(claim.detail.get("in", "")))
                floor.five[claim.team].add(into)
        if claim.type == "PERIOD_END":
            last_ms = 0
    _pass_time(floor, last_ms)


def _score(sheet: Sheet, fives: dict[Side, set[str]], scorer: Side, points: int) -> None:
    for side, sign in ((scorer, 1), (other(scorer), -1)):
        for player in fives[side]:
            sheet.add(side, player, "box", "+/-", sign * points)


def _pass_time(floor: Floor, left_ms: int | None) -> None:
    if left_ms is None or left_ms >= floor.left_ms:
        return
    for side in SIDES:
        for player in floor.five[side]:
            floor.played_ms[side, player] += floor.left_ms - left_ms
    floor.left_ms = left_ms


def _length_ms(rules: Detail, period: int) -> int:
    """A period by the competition's rules; the NBA's where nothing is said."""
    name, fallback = (
        ("period_minutes", 12) if period <= int(rules.get("periods", 4)) else ("overtime_minutes", 5)
    )
    return round(float(rules.get(name, fallback)) * 60_000)


BASKETBALL = SportLines("basketball", TABLES, COUNTS, further)
