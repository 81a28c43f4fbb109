"""Tennis: what the official match statistics count, of each side. A side of singles is its player.

Points, games and sets are those of the sport's own rules: the match is played through once more here, because
whether a point is a break point depends on all before it. A break point is a point that would win the
receiver the game; in a tie-break there is none. First and second services, speeds and rallies are told by
no point.

Source: ITF Rules of Tennis 2024, 5-7; ATP/WTA match statistics.
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import Tree
from scorewire.sports.machine import Board
from scorewire.sports.tennis import TENNIS as MACHINE
from scorewire.stats.lines.columns import Column, Count, Counts, Table, ratio, words
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines, other

KIND: Final = ("POINT.kind",)
SERVED: Final = ("POINT.server",)
COLUMNS: Mapping[str, Column] = {
    "ACE": Column("Aces", needs=KIND),
    "DF": Column("Double faults", needs=KIND),
    "WIN": Column("Winners", needs=("winner",)),
    "UE": Column("Unforced errors", needs=("unforced_error",)),
    "BPW": Column("Break points won", needs=SERVED),
    "BP": Column("Break points", needs=SERVED),
    "BP%": Column("Share of break points won", "share", needs=SERVED, formula=ratio("BPW", "BP")),
    "SPW": Column("Points won on service", needs=SERVED),
    "SPP": Column("Points played on service", needs=SERVED),
    "RPW": Column("Points won on return", needs=SERVED),
    "TPW": Column("Points won"),
    "GW": Column("Games won"),
    "SW": Column("Sets won"),
}
TABLES: Mapping[str, Table] = {"match": Table(COLUMNS)}
COUNTS: Counts = {
    "POINT": (
        Count({"TPW": 1}, "team"),
        Count({"ACE": 1}, "team", where={"kind": words("ace")}),
        Count({"DF": 1}, "team", other=True, where={"kind": words("double_fault")}),
        Count({"WIN": 1}, "team", where={"kind": words("winner")}),
        Count({"UE": 1}, "team", other=True, where={"kind": words("unforced_error")}),
    ),
}
FORTY: Final = "40"
ADVANTAGE: Final = "AD"


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Points by who served, break points, games and sets."""
    state = MACHINE.begin(sheet.rules)
    for at, claim in enumerate(claims):
        server = claim.detail.get("server")
        if claim.type == "POINT" and claim.team is not None:
            sheet.told.add(str(claim.detail.get("kind", "")))
            if server in {"home", "away"}:
                _served(sheet, claim, "home" if server == "home" else "away", MACHINE.board(state))
        state = MACHINE.evolve(state, claim, at)
    board = MACHINE.board(state)
    for side in SIDES:
        for line in board.linescore.values():
            sheet.add(side, "", "match", "GW", line.get(side, 0))
    sheet.add("home", "", "match", "SW", board.home)
    sheet.add("away", "", "match", "SW", board.away)


def _served(sheet: Sheet, claim: ProviderEvent, server: Side, before: Board) -> None:
    winner, receiver = claim.team, other(server)
    sheet.add(server, "", "match", "SPP")
    sheet.add(server, "", "match", "SPW", int(winner == server))
    sheet.add(receiver, "", "match", "RPW", int(winner == receiver))
    if _break_point(before.detail, server, receiver, no_ad=bool(sheet.rules.get("no_ad", False))):
        sheet.add(receiver, "", "match", "BP")
        sheet.add(receiver, "", "match", "BPW", int(winner == receiver))


def _break_point(detail: Tree, server: Side, receiver: Side, *, no_ad: bool) -> bool:
    """Whether the next point may win the receiver the game."""
    points = detail.get("points")
    if not isinstance(points, dict) or "tiebreak" in detail:
        return False
    has, faced = str(points.get(receiver, "0")), str(points.get(server, "0"))
    return has == ADVANTAGE or (
        has == FORTY and (faced not in {FORTY, ADVANTAGE} or (no_ad and faced == FORTY))
    )


TENNIS = SportLines("tennis", TABLES, COUNTS, further)
