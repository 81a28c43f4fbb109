"""Claims of an american football game -> its drives.

A play's detail holds what is so after it: who has the ball (`possession`), and where (`at`, `NO 25`). A drive
begins where a side has the ball that did not have it, and ends with what the play was that ended it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.drives import Drive
from scorewire.web.timeline import moment

SPORT: Final = "american_football"
DOWNS: Final = "Downs"
"""What is taken for the end of a drive where nothing says how the other side came by the ball."""

ENDS: Final[Mapping[str, tuple[str, int]]] = {
    "TOUCHDOWN": ("Touchdown", 6),
    "FIELD_GOAL": ("Field goal", 3),
    "FIELD_GOAL_MISS": ("Missed FG", 0),
    "PUNT": ("Punt", 0),
    "INTERCEPTION": ("Interception", 0),
    "SAFETY": ("Safety", 0),
}
LOST: Final[Mapping[str, str]] = {"FUMBLE": "Fumble", "TURNOVER_ON_DOWNS": DOWNS}
SNAPS: Final = frozenset(
    {"RUSH", "PASS", "PASS_INCOMPLETE", "SACK", "KNEEL", "SPIKE", "INTERCEPTION", "TOUCHDOWN"}
)
HALVES: Final = frozenset({2, 4})
"""The periods after which nobody has the ball."""


@dataclass(slots=True)
class _Open:
    drive: Drive
    lost: str = ""


def drives(claims: Iterable[ProviderEvent], teams: Teams) -> list[Drive]:
    """The drives that are over, and the one that is being played, whose result is empty.

    Args:
        teams: their shorts are what `at` names the halves of the field by.
    """
    made: list[Drive] = []
    held: _Open | None = None
    for claim in claims:
        spot = _spot(claim, teams)
        end = ENDS.get(claim.type)
        if held is not None and claim.type in SNAPS:
            held.drive = replace(held.drive, plays=held.drive.plays + 1)
        if held is not None and end is not None:
            made.append(_ended(held, claim, *end))
            held = None
        elif held is not None and claim.type == "PERIOD_END" and claim.period in HALVES:
            made.append(replace(held.drive, result="End of half"))
            held = None
        elif held is not None and claim.type in LOST:
            if _was_before(held, made, claim):
                made[-1] = replace(made[-1], result=LOST[claim.type])
            else:
                held.lost = LOST[claim.type]
        if spot is None:
            continue
        side, yards = spot
        if held is not None and side != held.drive.side:
            made.append(replace(held.drive, result=held.lost or DOWNS))
            held = None
        if held is None:
            when = moment(SPORT, claim.period, claim.clock)
            held = _Open(Drive(side=side, first=yards, last=yards, plays=0, result="", when=when))
        else:
            held.drive = replace(held.drive, last=yards)
            held.lost = held.lost if claim.type in LOST else ""
    return [*made, held.drive] if held is not None else made


def _was_before(held: _Open, made: list[Drive], claim: ProviderEvent) -> bool:
    """Whether a fumble is of the play before, which has said already that the other side has the ball."""
    return bool(
        made
        and not held.drive.plays
        and made[-1].result == DOWNS
        and claim.team == made[-1].side != held.drive.side
    )


def _ended(held: _Open, claim: ProviderEvent, result: str, points: int) -> Drive:
    """A touchdown or safety of the other side is what became of the ball, not a score of the drive."""
    drive = held.drive
    if claim.type == "SAFETY":
        return replace(drive, result=result, last=0.0)
    if claim.team is not None and claim.team != drive.side and points:
        return replace(drive, result=held.lost or "Turnover")
    if claim.type == "TOUCHDOWN":
        return replace(drive, result=result, points=points, last=100.0)
    return replace(drive, result=result, points=points)


def _spot(claim: ProviderEvent, teams: Teams) -> tuple[Side, float] | None:
    """Who has the ball after a play, and how many yards from the own goal line."""
    side = claim.detail.get("possession")
    told = str(claim.detail.get("at", "")).split()
    if side not in ("home", "away") or not told or not told[-1].isascii() or not told[-1].isdecimal():
        return None
    yards = float(told[-1])
    if yards > 50:
        return None
    if len(told) == 1 or yards == 50:
        return ("home" if side == "home" else "away"), yards
    own = teams.home_short if side == "home" else teams.away_short
    return ("home" if side == "home" else "away"), yards if told[0] == own else 100 - yards
