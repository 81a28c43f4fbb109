"""American football: passing, rushing, receiving, kicking, returns and defence, as the league's box score
has them.

A touchdown stands in place of the play that made it: one of `kind` pass is a completed pass of its `passer`
and a catch of its player, one of `kind` rush a run. A spike is an attempt that nobody caught, a kneel a
run. A sack is no run and no pass: its yards are taken off the side's passing yards, not off the passer's.
Two who share a sack have half of one each. What a penalty or a review took back does not stand, and so was
never counted.

Tackles, first downs and the time of possession are told by no event; nor are forced fumbles and yards after a
lateral.

Source: NFL Guide for Statisticians 2023; the box score of the GameCenter that `tests` hold this to.
"""

from collections.abc import Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent
from scorewire.stats.lines.columns import Column, Count, Counts, Table, ratio, total, words
from scorewire.stats.lines.sheet import Sheet, SportLines, other

PASSING: Mapping[str, Column] = {
    "CMP": Column("Completions"),
    "ATT": Column("Attempts"),
    "YDS": Column("Yards"),
    "TD": Column("Touchdowns"),
    "INT": Column("Interceptions thrown", needs=("INTERCEPTION.passer_id",)),
    "SK": Column("Times sacked", needs=("SACK",)),
    "SKYD": Column("Yards lost by sacks", needs=("SACK.yards",)),
    "AVG": Column("Yards an attempt", "rate", formula=ratio("YDS", "ATT", places=2)),
}
RUSHING: Mapping[str, Column] = {
    "ATT": Column("Attempts"),
    "YDS": Column("Yards"),
    "TD": Column("Touchdowns"),
    "LNG": Column("Longest run", total="max"),
    "AVG": Column("Yards an attempt", "rate", formula=ratio("YDS", "ATT", places=2)),
}
RECEIVING: Mapping[str, Column] = {
    "REC": Column("Receptions"),
    "YDS": Column("Yards"),
    "TD": Column("Touchdowns"),
    "LNG": Column("Longest reception", total="max"),
    "AVG": Column("Yards a reception", "rate", formula=ratio("YDS", "REC", places=2)),
}
KICKING: Mapping[str, Column] = {
    "FGM": Column("Field goals made"),
    "FGA": Column("Field goals attempted"),
    "LNG": Column("Longest field goal", total="max"),
    "XPM": Column("Extra points made"),
    "XPA": Column("Extra points attempted"),
    "PTS": Column("Points by kicks", formula=lambda cells: 3 * cells.get("FGM", 0) + cells.get("XPM", 0)),
}
PUNTING: Mapping[str, Column] = {
    "P": Column("Punts"),
    "YDS": Column("Yards", needs=("PUNT.yards",)),
    "LNG": Column("Longest punt", needs=("PUNT.yards",), total="max"),
    "AVG": Column("Yards a punt", "rate", needs=("PUNT.yards",), formula=ratio("YDS", "P", places=2)),
}
RETURNING: Mapping[str, Column] = {
    "KR": Column("Kick-off returns", needs=("KICKOFF.returner_id",)),
    "KRYD": Column("Yards of kick-off returns", needs=("KICKOFF.returner_id",)),
    "PR": Column("Punt returns", needs=("PUNT.returner_id",)),
    "PRYD": Column("Yards of punt returns", needs=("PUNT.returner_id",)),
}
DEFENCE: Mapping[str, Column] = {
    "SACK": Column("Sacks", needs=("SACK.by_id",)),
    "INT": Column("Interceptions"),
    "INTYD": Column("Yards of interceptions"),
}
FUMBLING: Mapping[str, Column] = {
    "FUM": Column("Fumbles"),
    "LOST": Column("Fumbles lost"),
}
SCORING: Mapping[str, Column] = {
    "TD": Column("Touchdowns"),
    "2PT": Column("Tries for two"),
}
TEAM: Mapping[str, Column] = {
    "RUSH": Column("Rushing yards", of="team"),
    "PASS": Column("Passing yards, sacks taken off", of="team"),
    "TOTAL": Column("Yards", of="team", formula=total("RUSH", "PASS")),
    "TO": Column("Balls lost", of="team"),
    "PEN": Column("Penalties accepted", needs=("PENALTY",), of="team"),
    "PENYD": Column("Yards of penalties", needs=("PENALTY",), of="team"),
}
TABLES: Mapping[str, Table] = {
    "passing": Table(PASSING),
    "rushing": Table(RUSHING),
    "receiving": Table(RECEIVING),
    "kicking": Table(KICKING),
    "punting": Table(PUNTING),
    "returning": Table(RETURNING),
    "defence": Table(DEFENCE),
    "fumbles": Table(FUMBLING),
    "scoring": Table(SCORING),
    "team": Table(TEAM),
}

RUN: Final = (
    Count({"ATT": 1, "YDS": "yards"}, table="rushing"),
    Count({"RUSH": "yards"}, "team", "team"),
)
PASSED: Final = words("pass")
RUSHED: Final = words("rush")
COUNTS: Counts = {
    "RUSH": RUN,
    "KNEEL": RUN,
    "PASS": (
        Count({"CMP": 1, "ATT": 1, "YDS": "yards"}, table="passing"),
        Count({"REC": 1, "YDS": "yards"}, "to", "receiving"),
        Count({"PASS": "yards"}, "team", "team"),
    ),
    "PASS_INCOMPLETE": (Count({"ATT": 1}, table="passing"),),
    "SPIKE": (Count({"ATT": 1}, table="passing"),),
    "SACK": (
        Count({"SK": 1, "SKYD": "yards"}, table="passing"),
        Count({"PASS": "yards"}, "team", "team"),
    ),
    "INTERCEPTION": (
        Count({"INT": 1, "INTYD": "yards"}, table="defence"),
        Count({"ATT": 1, "INT": 1}, "passer", "passing", other=True),
        Count({"TO": 1}, "team", "team", other=True),
    ),
    "TOUCHDOWN": (
        Count({"TD": 1}, table="scoring"),
        Count({"ATT": 1, "YDS": "yards", "TD": 1}, table="rushing", where={"kind": RUSHED}),
        Count({"RUSH": "yards"}, "team", "team", where={"kind": RUSHED}),
        Count({"CMP": 1, "ATT": 1, "YDS": "yards", "TD": 1}, "passer", "passing", where={"kind": PASSED}),
        Count({"REC": 1, "YDS": "yards", "TD": 1}, table="receiving", where={"kind": PASSED}),
        Count({"PASS": "yards"}, "team", "team", where={"kind": PASSED}),
    ),
    "FIELD_GOAL": (Count({"FGM": 1, "FGA": 1}, table="kicking"),),
    "FIELD_GOAL_MISS": (Count({"FGA": 1}, table="kicking"),),
    "EXTRA_POINT": (Count({"XPM": 1, "XPA": 1}, table="kicking"),),
    "EXTRA_POINT_MISS": (Count({"XPA": 1}, table="kicking"),),
    "TWO_POINT": (Count({"2PT": 1}, table="scoring"),),
    "PUNT": (
        Count({"P": 1, "YDS": "yards"}, table="punting"),
        Count({"PR": 1, "PRYD": "return_yards"}, "returner", "returning", other=True),
    ),
    "KICKOFF": (Count({"KR": 1, "KRYD": "return_yards"}, "returner", "returning", other=True),),
    "FUMBLE": (
        Count({"FUM": 1}, table="fumbles"),
        Count({"LOST": 1}, table="fumbles", where={"lost": words(True)}),
        Count({"TO": 1}, "team", "team", where={"lost": words(True)}),
    ),
    "PENALTY": (Count({"PEN": 1, "PENYD": "yards"}, "team", "team", where={"decision": words("accepted")}),),
}
LONGEST: Mapping[str, tuple[str, str]] = {
    "RUSH": ("rushing", "player"),
    "KNEEL": ("rushing", "player"),
    "PASS": ("receiving", "to"),
    "FIELD_GOAL": ("kicking", "player"),
    "PUNT": ("punting", "player"),
}


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """The longest of each kind, and sacks, whole or shared."""
    for claim in claims:
        side, yards = claim.team, claim.detail.get("yards")
        if side is None:
            continue
        if claim.type == "SACK":
            by = [claim.detail.get(key) for key in ("by_id", "by2_id")]
            for key, who in zip(("by", "by2"), by, strict=True):
                if isinstance(who, str) and who:
                    sheet.entry(other(side), who, str(claim.detail.get(key, "")))
                    sheet.add(other(side), who, "defence", "SACK", 0.5 if all(by) else 1)
        kind = claim.detail.get("kind")
        table, role = LONGEST.get(claim.type, ("", ""))
        if claim.type == "TOUCHDOWN" and kind in {"rush", "pass"}:
            table, role = ("rushing" if kind == "rush" else "receiving"), "player"
        who = claim.detail.get(f"{role}_id") if role == "to" else claim.player.id if claim.player else ""
        if table and isinstance(who, str) and who and isinstance(yards, int):
            sheet.raise_to(side, who, table, "LNG", yards)


AMERICAN_FOOTBALL = SportLines("american_football", TABLES, COUNTS, further)
