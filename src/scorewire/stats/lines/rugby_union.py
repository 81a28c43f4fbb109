"""Rugby union: tries, kicks and cards of players; set pieces and penalties of teams.

Points are those of the competition's rules (a try 5, a penalty try 7 ...). A penalty try is the side's and
nobody's. A second yellow card is a red one too. Minutes go by the match clock and end with a half's regular
time; a yellow card and a temporary replacement do not end a player's time, as match reports have it.
Metres, carries and tackles are told by no feed that we read.

Source: World Rugby Laws of the Game, 8 (scoring), 9 (cards), 3 (replacements).
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.machine import clock_ms
from scorewire.stats.lines.columns import Column, Count, Counts, Table
from scorewire.stats.lines.presence import Presence
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines

ON_PITCH: Final = "on pitch"
COLUMNS: Mapping[str, Column] = {
    "MIN": Column("Minutes played", "s", needs=(ON_PITCH,)),
    "PTS": Column("Points"),
    "T": Column("Tries"),
    "PT": Column("Penalty tries", of="team"),
    "C": Column("Conversions"),
    "CM": Column("Conversions missed", needs=("CONVERSION_MISSED",)),
    "PG": Column("Penalty goals"),
    "PGM": Column("Penalty goals missed", needs=("PENALTY_GOAL_MISSED",)),
    "DG": Column("Drop goals"),
    "DGM": Column("Drop goals missed", needs=("DROP_GOAL_MISSED",)),
    "YC": Column("Yellow cards"),
    "RC": Column("Red cards"),
    "PEN": Column("Penalties given to the side", needs=("PENALTY",), of="team"),
    "FK": Column("Free kicks given to the side", needs=("FREE_KICK",), of="team"),
    "SCR": Column("Scrums put in", needs=("SCRUM",), of="team"),
    "LO": Column("Lineouts thrown in", needs=("LINEOUT",), of="team"),
    "TW": Column("Turnovers won", needs=("TURNOVER",)),
    "KO": Column("Knock-ons", needs=("KNOCK_ON",)),
}
TABLES: Mapping[str, Table] = {"match": Table(COLUMNS, everyone=True)}
COUNTS: Counts = {
    "TRY": (Count({"T": 1}),),
    "PENALTY_TRY": (Count({"PT": 1}, "team"),),
    "CONVERSION": (Count({"C": 1}),),
    "CONVERSION_MISSED": (Count({"CM": 1}),),
    "PENALTY_GOAL": (Count({"PG": 1}),),
    "PENALTY_GOAL_MISSED": (Count({"PGM": 1}),),
    "DROP_GOAL": (Count({"DG": 1}),),
    "DROP_GOAL_MISSED": (Count({"DGM": 1}),),
    "YELLOW_CARD": (Count({"YC": 1}),),
    "SECOND_YELLOW_CARD": (Count({"YC": 1, "RC": 1}),),
    "RED_CARD": (Count({"RC": 1}),),
    "PENALTY": (Count({"PEN": 1}, "team"),),
    "FREE_KICK": (Count({"FK": 1}, "team"),),
    "SCRUM": (Count({"SCR": 1}, "team"),),
    "LINEOUT": (Count({"LO": 1}, "team"),),
    "TURNOVER": (Count({"TW": 1}),),
    "KNOCK_ON": (Count({"KO": 1}),),
}
POINTS: Mapping[str, tuple[str, int]] = {
    "TRY": ("try_points", 5),
    "PENALTY_TRY": ("penalty_try_points", 7),
    "CONVERSION": ("conversion_points", 2),
    "PENALTY_GOAL": ("penalty_goal_points", 3),
    "DROP_GOAL": ("drop_goal_points", 3),
}
STARTERS_MIN: Final = 7
SENT_OFF: Final = frozenset({"SECOND_YELLOW_CARD", "RED_CARD"})


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Points by the competition's rules, and minutes where line-ups say who started."""
    presence = Presence(sheet)
    sides: list[Side] = [side for side in SIDES if presence.start(side) >= STARTERS_MIN]
    half_s = int(sheet.rules.get("half_minutes", 40)) * 60
    for claim in claims:
        rule = POINTS.get(claim.type)
        if rule is not None and claim.team is not None:
            who = claim.player.id if claim.player is not None and claim.type != "PENALTY_TRY" else ""
            sheet.add(claim.team, who, "match", "PTS", int(sheet.rules.get(*rule)))
        if claim.period in {1, 2}:
            _pass_time(presence, claim, claim.period, half_s)
        if claim.team in sides and claim.player is not None:
            if claim.type == "SUBSTITUTION":
                into, name = claim.detail.get("in_id"), str(claim.detail.get("in", ""))
                presence.change(claim.team, claim.player.id, into if isinstance(into, str) else "", name)
            elif claim.type in SENT_OFF:
                presence.change(claim.team, claim.player.id)
    if sides:
        sheet.told.add(ON_PITCH)
        presence.give(sides, "match", "MIN")


def _pass_time(presence: Presence, claim: ProviderEvent, period: int, half_s: int) -> None:
    read_ms = clock_ms(claim.clock) if claim.clock is not None else None
    if claim.type == "PERIOD_END":
        presence.until(period * half_s)
    elif read_ms is not None:
        presence.until(min(read_ms // 1000, period * half_s))


RUGBY_UNION = SportLines("rugby_union", TABLES, COUNTS, further)
