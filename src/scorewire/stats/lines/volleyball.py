"""Volleyball: points by kind, as the FIVB's match statistics name them, for players and teams.

A rally's point is of one kind: `attack`, `block` or `ace` of the player that it names; an error of the
other side (`opponent_error`) and a penalty are nobody's points. A player's points are the sum of the three.
Attempts, receptions and digs are touches: they make no rows.

Source: FIVB Volleyball Information System, scoring skills; FIVB Rules 2021-2024, 6.
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent
from scorewire.stats.lines.columns import Column, Count, Counts, Table, total, words
from scorewire.stats.lines.sheet import Sheet, SportLines

KIND: Final = ("POINT.kind",)
COLUMNS: Mapping[str, Column] = {
    "ATT": Column("Points by attack", needs=KIND),
    "BLK": Column("Points by block", needs=KIND),
    "SRV": Column("Points by service", needs=KIND),
    "PTS": Column("Points of its own", needs=KIND, formula=total("ATT", "BLK", "SRV")),
    "OPP": Column("Points by errors of the other side", needs=KIND, of="team"),
    "TP": Column("Rallies won", of="team"),
    "SP": Column("Rallies won on its own service", needs=("POINT.server",), of="team"),
    "YC": Column("Warnings"),
    "RC": Column("Penalties"),
}
TABLES: Mapping[str, Table] = {"match": Table(COLUMNS, everyone=True)}
COUNTS: Counts = {
    "POINT": (
        Count({"ATT": 1}, where={"kind": words("attack")}),
        Count({"BLK": 1}, where={"kind": words("block")}),
        Count({"SRV": 1}, where={"kind": words("ace")}),
        Count({"OPP": 1}, "team", where={"kind": words("opponent_error")}),
        Count({"TP": 1}, "team"),
    ),
    "YELLOW_CARD": (Count({"YC": 1}),),
    "RED_CARD": (Count({"RC": 1}),),
    "EXPULSION": (Count({"RC": 1}),),
    "DISQUALIFICATION": (Count({"RC": 1}),),
}


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Rallies won on the side's own service."""
    for claim in claims:
        if claim.type == "POINT" and claim.team is not None and claim.detail.get("server") == claim.team:
            sheet.add(claim.team, "", "match", "SP")


VOLLEYBALL = SportLines("volleyball", TABLES, COUNTS, further)
