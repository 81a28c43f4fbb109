"""Baseball: batting, pitching and fielding, as box scores have them.

Batting. An at-bat is an appearance at the plate that ends in a hit, an out, a strikeout, a fielder's choice
or an error; a walk, a hit by a pitch, a sacrifice and an interference are appearances (PA) and no at-bats.
Runs batted in and who scored are told with the runs.

Pitching. The pitcher of a play is the one that it names, else the one who came in last. Whoever reaches
base is that pitcher's, and the run is, whoever pitches when it scores. Where a runner is put out so that
the batter reaches (a force, a fielder's choice) the batter takes the runner's place in this, as the rule
has it: that of whoever reached last before, because no feed says which runner was put out. Of runs that are
told as `unearned` none is earned; where only some of a play's runs are, those charged last are taken for
them. Feeds that do not tell unearned runs have no ER and no ERA.

Outs are counted as innings, 17 outs are 5.2. Pitches and strikes need a feed that tells every pitch.

Source: MLB Official Baseball Rules 2024, 9.02 (at-bats), 9.04 (runs batted in), 9.07 (stolen bases), 9.16
(earned runs and runs charged to relief pitchers), 9.22.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.baseball_events import ENDS_AT_BAT, HITS, OUTS
from scorewire.stats.lines.columns import Cell, Column, Count, Counts, Table, ratio, words
from scorewire.stats.lines.sheet import SIDES, Sheet, SportLines, other

PITCHED: Final = "pitcher known"
EARNED: Final = "unearned told"
"""What earned runs need: a feed that says which runs are not."""


def _on_base(cells: Mapping[str, Cell]) -> Cell | None:
    reached = cells.get("H", 0) + cells.get("BB", 0) + cells.get("HBP", 0)
    times = cells.get("AB", 0) + cells.get("BB", 0) + cells.get("HBP", 0) + cells.get("SF", 0)
    return round(reached / times, 3) if times else None


def _slugging(cells: Mapping[str, Cell]) -> Cell | None:
    bases = sum(weight * cells.get(name, 0) for name, weight in (("H", 1), ("2B", 1), ("3B", 2), ("HR", 3)))
    return round(bases / cells["AB"], 3) if cells.get("AB") else None


def _both(cells: Mapping[str, Cell]) -> Cell | None:
    return round(cells["OBP"] + cells["SLG"], 3) if "OBP" in cells and "SLG" in cells else None


def _walks_and_hits(cells: Mapping[str, Cell]) -> Cell | None:
    outs = cells.get("IP", 0)
    return round(3 * (cells.get("BB", 0) + cells.get("H", 0)) / outs, 2) if outs else None


BATTING: Mapping[str, Column] = {
    "PA": Column("Appearances at the plate"),
    "AB": Column("At-bats"),
    "R": Column("Runs"),
    "H": Column("Hits"),
    "2B": Column("Doubles"),
    "3B": Column("Triples"),
    "HR": Column("Home runs"),
    "RBI": Column("Runs batted in"),
    "BB": Column("Walks"),
    "IBB": Column("Intentional walks"),
    "SO": Column("Strikeouts"),
    "HBP": Column("Hit by pitches"),
    "SF": Column("Sacrifice flies"),
    "SH": Column("Sacrifice hits"),
    "SB": Column("Stolen bases"),
    "CS": Column("Caught stealing"),
    "AVG": Column("Batting average", "share", formula=ratio("H", "AB")),
    "OBP": Column("On-base share", "share", formula=_on_base),
    "SLG": Column("Bases an at-bat", "share", formula=_slugging),
    "OPS": Column("On-base share and slugging", "share", formula=_both),
}
PITCHING: Mapping[str, Column] = {
    "IP": Column("Innings pitched", "outs", needs=(PITCHED,)),
    "BF": Column("Batters faced", needs=(PITCHED,)),
    "H": Column("Hits", needs=(PITCHED,)),
    "R": Column("Runs", needs=(PITCHED,)),
    "ER": Column("Earned runs", needs=(EARNED,)),
    "BB": Column("Walks", needs=(PITCHED,)),
    "SO": Column("Strikeouts", needs=(PITCHED,)),
    "HR": Column("Home runs", needs=(PITCHED,)),
    "HBP": Column("Batters hit", needs=(PITCHED,)),
    "WP": Column("Wild pitches", needs=("WILD_PITCH",)),
    "BK": Column("Balks", needs=("BALK",)),
    "PIT": Column("Pitches", needs=("PITCH",)),
    "ST": Column("Strikes", needs=("PITCH.call",)),
    "ERA": Column("Earned runs for nine innings", "rate", needs=(EARNED,),
                  formula=ratio("ER", "IP", places=2, times=27)),
    "WHIP": Column("Walks and hits an inning", "rate", needs=(PITCHED,),
                   formula=_walks_and_hits),
}  # fmt: skip
FIELDING: Mapping[str, Column] = {"E": Column("Errors", needs=("ERROR",))}
TABLES: Mapping[str, Table] = {
    "batting": Table(BATTING),
    "pitching": Table(PITCHING),
    "fielding": Table(FIELDING),
}

PLATE: Final = {"PA": 1}
AT_BAT: Final = {"PA": 1, "AB": 1}
SACRIFICES: Final = words("sacrifice_fly", "sacrifice_bunt", "sac_fly", "sac_bunt", "sacrifice_hit")
FLIES: Final = words("sacrifice_fly", "sac_fly")
BUNTS: Final = words("sacrifice_bunt", "sac_bunt", "sacrifice_hit")
COUNTS: Counts = {
    "SINGLE": (Count({**AT_BAT, "H": 1}),),
    "DOUBLE": (Count({**AT_BAT, "H": 1, "2B": 1}),),
    "TRIPLE": (Count({**AT_BAT, "H": 1, "3B": 1}),),
    "HOME_RUN": (Count({**AT_BAT, "H": 1, "HR": 1, "RBI": "rbi"}),),
    "RUNS": (Count({"RBI": "rbi"}),),
    "WALK": (Count({**PLATE, "BB": 1}), Count({"IBB": 1}, where={"kind": words("intentional")})),
    "HIT_BY_PITCH": (Count({**PLATE, "HBP": 1}),),
    "INTERFERENCE": (Count(PLATE),),
    "STRIKEOUT": (Count({**AT_BAT, "SO": 1}),),
    "OUT": (
        Count(AT_BAT, unless={"kind": SACRIFICES}),
        Count({**PLATE, "SF": 1}, where={"kind": FLIES}),
        Count({**PLATE, "SH": 1}, where={"kind": BUNTS}),
    ),
    "FIELDERS_CHOICE": (
        Count(AT_BAT, unless={"kind": SACRIFICES}),
        Count({**PLATE, "SH": 1}, where={"kind": BUNTS}),
    ),
    "REACHED_ON_ERROR": (
        Count(AT_BAT, unless={"kind": SACRIFICES}),
        Count({**PLATE, "SF": 1}, where={"kind": FLIES}),
        Count({**PLATE, "SH": 1}, where={"kind": BUNTS}),
    ),
    "STOLEN_BASE": (Count({"SB": 1}),),
    "CAUGHT_STEALING": (Count({"CS": 1}),),
    "ERROR": (Count({"E": 1}, table="fielding"),),
}
PITCHERS: Mapping[str, str] = {
    "WALK": "BB",
    "STRIKEOUT": "SO",
    "HIT_BY_PITCH": "HBP",
    "HOME_RUN": "HR",
    "WILD_PITCH": "WP",
    "BALK": "BK",
    "PITCH": "PIT",
}
BALLS: Final = frozenset(
    {"ball", "pitchout", "hit_by_pitch", "intent_ball", "automatic_ball", "blocked_ball"}
)
REACHES: Final = frozenset(
    {
        "SINGLE",
        "DOUBLE",
        "TRIPLE",
        "WALK",
        "HIT_BY_PITCH",
        "FIELDERS_CHOICE",
        "REACHED_ON_ERROR",
        "INTERFERENCE",
    }
)
FORCED: Final = words("force_out", "fielders_choice", "fielders_choice_out")


@dataclass(slots=True)
class Mound:
    """Who pitches for each side, and whose the runners are: runner -> pitcher, of this half-inning."""

    pitcher: dict[Side, str] = field(default_factory=lambda: {"home": "", "away": ""})
    charged: dict[str, str] = field(default_factory=dict)


def further(sheet: Sheet, claims: list[ProviderEvent]) -> None:
    """Runs, and all that is a pitcher's."""
    mound = Mound()
    for fielding in SIDES:
        for who, entry in sheet.entries[fielding].items():
            if entry.starter and entry.position == "P":
                mound.pitcher[fielding] = who
    if {"RUNS.unearned", "HOME_RUN.unearned"} & sheet.told:
        sheet.told.add(EARNED)
    for number, claim in enumerate(claims):
        side = claim.team
        if side is None:
            continue
        if claim.type == "SUBSTITUTION" and claim.detail.get("kind") == "pitcher":
            into = claim.detail.get("in_id")
            mound.pitcher[side] = into if isinstance(into, str) else ""
        elif claim.type == "PERIOD_START":
            mound.charged.clear()
        elif claim.type == "SUBSTITUTION" and claim.player is not None:
            _runs_for(mound, claim.player.id, claim.detail.get("in_id"))
        elif claim.type in {"RUNS", "HOME_RUN"}:
            _score(sheet, mound, side, claim, _pitcher(mound, side, _play_of(claims, number)))
        if claim.type != "RUNS":
            _pitch(sheet, mound, side, claim)


def _play_of(claims: list[ProviderEvent], number: int) -> ProviderEvent:
    """The play that brought runs in: they are told before it, so the next one that names a pitcher."""
    for claim in claims[number : number + 8]:
        if "pitcher_id" in claim.detail:
            return claim
        if claim.type == "PERIOD_START":
            break
    return claims[number]


def _pitcher(mound: Mound, batting: Side, claim: ProviderEvent) -> str:
    named = claim.detail.get("pitcher_id")
    return named if isinstance(named, str) and named else mound.pitcher[other(batting)]


def _runs_for(mound: Mound, out: str, into: object) -> None:
    """A pinch runner is charged to whom the runner was."""
    if isinstance(into, str) and out in mound.charged:
        mound.charged[into] = mound.charged.pop(out)


def _score(sheet: Sheet, mound: Mound, side: Side, claim: ProviderEvent, pitcher: str) -> None:
    """A run of each who scored, and of the pitcher who let each of them reach."""
    scored = str(claim.detail.get("scored", "")).split()
    unearned = claim.detail.get("unearned", 0)
    runs = claim.detail.get("runs", 1)
    missing = runs - len(scored) if isinstance(runs, int) else 0
    free = unearned if isinstance(unearned, int) else 0
    for who in scored:
        sheet.add(side, who, "batting", "R")
    if missing > 0:
        sheet.add(side, "", "batting", "R", missing)
    charged = [mound.charged.pop(who, pitcher) for who in scored] + [pitcher] * max(0, missing)
    for number, whose in enumerate(charged):
        if whose:
            sheet.told.add(PITCHED)
            sheet.add(other(side), whose, "pitching", "R")
            if number < len(charged) - free:
                sheet.add(other(side), whose, "pitching", "ER")


def _pitch(sheet: Sheet, mound: Mound, side: Side, claim: ProviderEvent) -> None:
    """What a play of the batting side is for the pitcher."""
    kind = claim.type
    if kind not in ENDS_AT_BAT and kind not in PITCHERS and kind not in OUTS and "outs" not in claim.detail:
        return
    if kind in {"ERROR", "SCORE_SET"}:
        return
    facing, pitcher = other(side), _pitcher(mound, side, claim)
    if not pitcher:
        return
    sheet.told.add(PITCHED)
    mound.pitcher[facing] = pitcher
    sheet.entry(facing, pitcher, str(claim.detail.get("pitcher", "")))
    automatic = kind == "PITCH" and claim.detail.get("kind") == "automatic"  # the clock's, which nobody threw
    outs = claim.detail.get("outs", OUTS.get(kind, 0))
    if isinstance(outs, int) and outs:
        sheet.add(facing, pitcher, "pitching", "IP", outs)
    if kind in ENDS_AT_BAT:
        sheet.add(facing, pitcher, "pitching", "BF")
    if kind in HITS:
        sheet.add(facing, pitcher, "pitching", "H")
    if kind in PITCHERS and not automatic:
        sheet.add(facing, pitcher, "pitching", PITCHERS[kind])
    if kind == "PITCH" and not automatic and claim.detail.get("call") not in BALLS:
        sheet.add(facing, pitcher, "pitching", "ST")
    if claim.player is not None:
        _reach(mound, claim, claim.player.id, pitcher)


def _reach(mound: Mound, claim: ProviderEvent, batter: str, pitcher: str) -> None:
    """Whose runner a batter is who reaches base; one who is out is nobody's."""
    outs = claim.detail.get("outs", OUTS.get(claim.type, 0))
    forced = claim.detail.get("kind") in FORCED or claim.type == "FIELDERS_CHOICE"
    if claim.type not in REACHES and not forced and not (claim.type == "STRIKEOUT" and outs == 0):
        return
    mound.charged.pop(batter, None)
    if forced and outs and mound.charged:
        # Nobody says who was put out. It is most often whoever reached last; who it was is left in the book,
        # because what counts is how many runners are whose.
        pitcher = mound.charged[next(reversed(mound.charged))]
    mound.charged[batter] = pitcher


BASEBALL = SportLines("baseball", TABLES, COUNTS, further)
