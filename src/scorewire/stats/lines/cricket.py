"""Cricket: batting, bowling and fielding, as scorecards have them; super overs are nobody's.

Batting: runs off the bat; a wide is no ball faced, a no-ball is. Bowling: a wide and a no-ball are runs
against the bowler and no balls of the over; byes, leg byes and penalty runs are not the bowler's. A wicket
is the bowler's unless the batter was run out or went otherwise. A maiden is an over of one bowler, with all
its balls, that cost the bowler nothing. A match of two innings a side has both in one line.

Source: MCC Laws of Cricket 2017 (3rd edition), 18 (runs), 21-23 (no-ball, wide, byes), 32-40 (dismissals);
ICC playing conditions, 16 (super over).
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.stats.lines.columns import Column, Counts, Table, ratio
from scorewire.stats.lines.sheet import Sheet, SportLines, other

BATTING: Mapping[str, Column] = {
    "R": Column("Runs"),
    "B": Column("Balls faced"),
    "4s": Column("Fours", needs=("BALL.boundary",)),
    "6s": Column("Sixes", needs=("BALL.boundary",)),
    "SR": Column("Runs for 100 balls", "rate", formula=ratio("R", "B", places=2, times=100)),
    "OUT": Column("Times out"),
}
BOWLING: Mapping[str, Column] = {
    "O": Column("Overs", "balls", needs=("BALL.bowler_id",)),
    "M": Column("Maidens", needs=("BALL.bowler_id",)),
    "R": Column("Runs conceded", needs=("BALL.bowler_id",)),
    "W": Column("Wickets", needs=("BALL.bowler_id",)),
    "WD": Column("Runs by wides", needs=("BALL.bowler_id",)),
    "NB": Column("Runs by no-balls", needs=("BALL.bowler_id",)),
    "ECON": Column(
        "Runs an over", "rate", needs=("BALL.bowler_id",), formula=ratio("R", "O", places=2, times=6)
    ),
}
FIELDING: Mapping[str, Column] = {
    "CT": Column("Catches", needs=("WICKET.fielder_id",)),
    "ST": Column("Stumpings", needs=("WICKET.fielder_id",)),
    "RO": Column("Run outs", needs=("WICKET.fielder_id",)),
}
EXTRAS: Mapping[str, Column] = {
    "T": Column("Runs of the side", of="team"),
    "B": Column("Byes", of="team"),
    "LB": Column("Leg byes", of="team"),
    "W": Column("Wides", of="team"),
    "NB": Column("No-balls", of="team"),
    "P": Column("Penalty runs", of="team"),
}
TABLES: Mapping[str, Table] = {
    "batting": Table(BATTING),
    "bowling": Table(BOWLING),
    "fielding": Table(FIELDING),
    "extras": Table(EXTRAS),
}
COUNTS: Counts = {}
"""Nothing is only added: see `further`."""

EXTRA: Mapping[str, str] = {"byes": "B", "legbyes": "LB", "wides": "W", "noballs": "NB", "penalty": "P"}
BOWLERS: Final = frozenset({"bowled", "caught", "caught_and_bowled", "lbw", "stumped", "hit_wicket"})
"""Dismissals that are the bowler's."""
FIELDERS: Mapping[str, str] = {"caught": "CT", "caught_and_bowled": "CT", "stumped": "ST", "run_out": "RO"}
NOT_OUT: Final = frozenset({"retired_hurt", "retired_not_out"})
BALLS: Final = 6

Over = tuple[int, Side, str, str]
"""Innings, batting side, number of the over, bowler."""


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Count every delivery and every wicket of the match proper."""
    last = 2 * int(sheet.rules.get("innings", 1))
    balls: Counter[Over] = Counter()
    cost: Counter[Over] = Counter()
    shared: dict[tuple[int, Side, str], set[str]] = {}
    for claim in claims:
        side = claim.team
        if side is None or (claim.period or 1) > last:
            continue
        if claim.type == "BALL":
            _bat(sheet, side, claim)
            over = _over(claim, side)
            if over is not None:
                fair, runs = _bowl(sheet, other(side), over[3], claim.detail)
                balls[over] += fair
                cost[over] += runs
                shared.setdefault(over[:3], set()).add(over[3])
        elif claim.type == "WICKET":
            _wicket(sheet, side, claim)
        elif claim.type == "PENALTY_RUNS":
            runs = _number(claim.detail, "runs") or 5
            sheet.add(side, "", "extras", "P", runs)
            sheet.add(side, "", "extras", "T", runs)
    for over, fair in balls.items():
        full = fair >= int(sheet.rules.get("balls_per_over", BALLS))
        if full and not cost[over] and shared[over[:3]] == {over[3]}:
            sheet.add(other(over[1]), over[3], "bowling", "M")


def _number(detail: Detail, key: str) -> int:
    value = detail.get(key, 0)
    return value if isinstance(value, int) else 0


def _over(claim: ProviderEvent, side: Side) -> Over | None:
    bowler = claim.detail.get("bowler_id")
    if not isinstance(bowler, str) or not bowler:
        return None
    return (claim.period or 1, side, str(claim.detail.get("over", "")).partition(".")[0], bowler)


def _bat(sheet: Sheet, side: Side, claim: ProviderEvent) -> None:
    detail = claim.detail
    runs = _number(detail, "runs")
    sheet.add(side, "", "extras", "T", runs + sum(_number(detail, key) for key in EXTRA))
    for key, column in EXTRA.items():
        if extra := _number(detail, key):
            sheet.add(side, "", "extras", column, extra)
    if claim.player is None:
        return
    who = claim.player.id
    sheet.entry(side, who, claim.player.name)
    if not _number(detail, "wides"):
        sheet.add(side, who, "batting", "B")
    sheet.add(side, who, "batting", "R", runs)
    if detail.get("boundary") and runs in {4, 6}:
        sheet.add(side, who, "batting", "4s" if runs == 4 else "6s")


def _bowl(sheet: Sheet, side: Side, bowler: str, detail: Detail) -> tuple[int, int]:
    """Whether the ball counts, and what it cost the bowler."""
    wides, noballs = _number(detail, "wides"), _number(detail, "noballs")
    fair = int(not wides and not noballs)
    runs = _number(detail, "runs") + wides + noballs
    sheet.entry(side, bowler, str(detail.get("bowler", "")))
    for column, number in (("O", fair), ("R", runs), ("WD", wides), ("NB", noballs)):
        sheet.add(side, bowler, "bowling", column, number)
    return fair, runs


def _wicket(sheet: Sheet, side: Side, claim: ProviderEvent) -> None:
    detail = claim.detail
    kind = str(detail.get("kind", ""))
    if claim.player is not None and kind not in NOT_OUT:
        sheet.entry(side, claim.player.id, claim.player.name)
        sheet.add(side, claim.player.id, "batting", "OUT")
    bowler, fielder = detail.get("bowler_id"), detail.get("fielder_id")
    if kind in BOWLERS and isinstance(bowler, str) and bowler:
        sheet.entry(other(side), bowler, str(detail.get("bowler", "")))
        sheet.add(other(side), bowler, "bowling", "W")
    column = FIELDERS.get(kind)
    if kind == "caught_and_bowled" and not fielder:
        fielder = bowler
    if column is not None and isinstance(fielder, str) and fielder:
        sheet.entry(other(side), fielder, str(detail.get("fielder", "")))
        sheet.add(other(side), fielder, "fielding", column)


CRICKET = SportLines("cricket", TABLES, COUNTS, further)
