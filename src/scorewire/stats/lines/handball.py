"""Handball: goals, throws, saves and punishments, as the IHF's and EHF's match reports name them.

A goal is a shot of its thrower; one from the 7-metre line is both in G and in 7G. A suspension of four
minutes (`minutes` 4, for 2+2) is two. Throws of a shoot-out are nobody's. The time on court is not counted:
changes are free and feeds do not tell them.

Source: IHF Rules of the Game 2022, 9 (goals), 14 (7-metre), 16 (punishments); IHF cumulative statistics.
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent
from scorewire.stats.lines.columns import Column, Count, Counts, Table, ratio, total, words
from scorewire.stats.lines.sheet import Sheet, SportLines

MISSES: Final = ("SHOT", "SEVEN_METRE_MISSED")
COLUMNS: Mapping[str, Column] = {
    "G": Column("Goals"),
    "S": Column("Shots", needs=MISSES),
    "%": Column("Share of shots that were goals", "share", needs=MISSES, formula=ratio("G", "S")),
    "7G": Column("Goals from the 7-metre line"),
    "7M": Column("7-metre throws missed", needs=("SEVEN_METRE_MISSED",)),
    "7S": Column("7-metre throws", formula=total("7G", "7M"), needs=("SEVEN_METRE_MISSED",)),
    "AS": Column("Assists", needs=("GOAL.assist_id",)),
    "TO": Column("Turnovers", needs=("TURNOVER",)),
    "ST": Column("Steals", needs=("STEAL",)),
    "SV": Column("Saves", needs=("SAVE",)),
    "YC": Column("Warnings"),
    "2M": Column("Two-minute suspensions"),
    "RC": Column("Disqualifications"),
    "BC": Column("Disqualifications with a report"),
}
TABLES: Mapping[str, Table] = {"match": Table(COLUMNS, everyone=True)}

COUNTS: Counts = {
    "GOAL": (
        Count({"G": 1, "S": 1}),
        Count({"7G": 1}, where={"seven_metre": words(True)}),
        Count({"AS": 1}, "assist"),
    ),
    "SHOT": (Count({"S": 1}),),
    "SEVEN_METRE_MISSED": (Count({"S": 1, "7M": 1}),),
    "TURNOVER": (Count({"TO": 1}),),
    "STEAL": (Count({"ST": 1}),),
    "SAVE": (Count({"SV": 1}),),
    "YELLOW_CARD": (Count({"YC": 1}),),
    "RED_CARD": (Count({"RC": 1}),),
    "BLUE_CARD": (Count({"BC": 1}),),
    "SUSPENSION": (
        Count({"2M": 1}, unless={"minutes": words(4)}),
        Count({"2M": 2}, where={"minutes": words(4)}),
    ),
}
SUSPENSIONS_MAX: Final = 3


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """The third suspension of a player is a disqualification, told or not. Source: IHF 16:6 d."""
    told = {
        (claim.team, claim.player.id)
        for claim in claims
        if claim.type in {"RED_CARD", "BLUE_CARD"} and claim.player is not None
    }
    for side, entries in sheet.entries.items():
        for who, entry in entries.items():
            if entry.cells["match", "2M"] >= SUSPENSIONS_MAX and (side, who) not in told:
                entry.cells["match", "RC"] += 1


HANDBALL = SportLines("handball", TABLES, COUNTS, further)
