"""Soccer: what is told of a match by key events and plays, for players and teams.

A goal is a shot on target of its scorer; an own goal is neither, it is an own goal (OG) of a player of the
other side, and a goal of the side (GF). A shot that was saved was on target; one that was blocked, hit the
post or went wide was not. A missed penalty kick is a shot. Kicks of a shoot-out are nobody's.

Minutes go by the match clock and end with a half's regular time, as competitions count them: whoever comes on
at 90+2 has played none. They need a line-up that says who started. Whoever is sent off leaves.

Passes, tackles and whatever else is a touch make no rows, so that no line can hold them.

Source: IFAB Laws of the Game 2024/25, 3 (substitutions), 10 (goals), 12 (cards), 14 (penalty kicks).
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.machine import clock_ms
from scorewire.stats.lines.columns import Column, Count, Counts, Table, words
from scorewire.stats.lines.presence import Presence
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines

ON_PITCH: Final = "on pitch"
"""What minutes need: that a line-up said who started."""
STARTERS_MIN: Final = 7
SHOOTOUT: Final = 5

COLUMNS: Mapping[str, Column] = {
    "MIN": Column("Minutes played", "s", needs=(ON_PITCH,)),
    "G": Column("Goals"),
    "A": Column("Assists", needs=("GOAL.assist_id",)),
    "SH": Column("Shots", needs=("SHOT",)),
    "SOT": Column("Shots on target", needs=("SHOT.outcome",)),
    "PEN": Column("Goals from penalty kicks"),
    "PENM": Column("Penalty kicks missed", needs=("PENALTY_MISSED", "PENALTY_AWARDED")),
    "OG": Column("Own goals"),
    "OFF": Column("Offsides", needs=("OFFSIDE",)),
    "FC": Column("Fouls committed", needs=("FOUL",)),
    "SV": Column("Saves", needs=("SAVE",)),
    "YC": Column("Yellow cards"),
    "RC": Column("Red cards"),
    "CK": Column("Corner kicks", needs=("CORNER",), of="team"),
    "GF": Column("Goals, own goals of the other side included", of="team"),
}
TABLES: Mapping[str, Table] = {"match": Table(COLUMNS, everyone=True)}

OWN: Final = words(True)
SAVED: Final = words("saved")
COUNTS: Counts = {
    "GOAL": (
        Count({"G": 1, "SH": 1, "SOT": 1}, unless={"own_goal": OWN}),
        Count({"A": 1}, "assist", unless={"own_goal": OWN}),
        Count({"PEN": 1}, where={"penalty": words(True)}, unless={"own_goal": OWN}),
        Count({"OG": 1}, other=True, where={"own_goal": OWN}),
        Count({"GF": 1}, "team"),
    ),
    "SHOT": (Count({"SH": 1}), Count({"SOT": 1}, where={"outcome": SAVED})),
    "PENALTY_MISSED": (Count({"PENM": 1, "SH": 1}), Count({"SOT": 1}, where={"outcome": SAVED})),
    "OFFSIDE": (Count({"OFF": 1}),),
    "FOUL": (Count({"FC": 1}),),
    "SAVE": (Count({"SV": 1}),),
    "YELLOW_CARD": (Count({"YC": 1}),),
    "SECOND_YELLOW_CARD": (Count({"YC": 1, "RC": 1}),),
    "RED_CARD": (Count({"RC": 1}),),
    "CORNER": (Count({"CK": 1}, "team"),),
}
SENT_OFF: Final = frozenset({"SECOND_YELLOW_CARD", "RED_CARD"})


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Minutes on the pitch of the sides whose line-ups are known."""
    presence = Presence(sheet)
    sides: list[Side] = [side for side in SIDES if presence.start(side) >= STARTERS_MIN]
    half = int(sheet.rules.get("half_minutes", 45)) * 60
    extra = int(sheet.rules.get("extra_time_minutes", 15)) * 60
    ends = {1: half, 2: 2 * half, 3: 2 * half + extra, 4: 2 * half + 2 * extra}
    for claim in claims:
        end_s = ends.get(claim.period or 0)
        if end_s is not None:
            presence.until(_played_s(claim, ends, claim.period or 1, end_s))
        if claim.team in sides and claim.player is not None:
            if claim.type == "SUBSTITUTION":
                into = claim.detail.get("in_id")
                name = str(claim.detail.get("in", ""))
                presence.change(claim.team, claim.player.id, into if isinstance(into, str) else "", name)
            elif claim.type in SENT_OFF:
                presence.change(claim.team, claim.player.id)
    if sides:
        sheet.told.add(ON_PITCH)
        presence.give(sides, "match", "MIN")


def _played_s(claim: ProviderEvent, ends: Mapping[int, int], period: int, end_s: int) -> int:
    """Seconds of regular time when a play came."""
    start_s = ends.get(period - 1, 0)
    if claim.type == "PERIOD_END":
        return end_s
    if claim.clock is None or claim.type == "PERIOD_START":
        return start_s
    read_ms = clock_ms(claim.clock.partition("+")[0]) if "+" in claim.clock else clock_ms(claim.clock)
    return start_s if read_ms is None else min(max(read_ms // 1000, start_s), end_s)


SOCCER = SportLines("soccer", TABLES, COUNTS, further)
