"""The score: derived from the plays, in all and by period, or imposed by a ruling.

What was played is never thrown away: a game awarded 3-0 keeps its line score of 1-1, and shows 3-0.
"""

import re

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.sports.machine import Refusal

Linescore = dict[str, dict[str, int]]

_LINES = re.compile(r"\d{1,4}-\d{1,4}(?: \d{1,4}-\d{1,4}){0,39}\Z", re.ASCII)


class Tally(Struct, frozen=True):
    """Points by side and by period, and what a ruling set in their place.

    `linescore` is shown as it is, so it is never changed in place; parts that a play left alone are the
    same objects as before.
    """

    home: int = 0
    away: int = 0
    linescore: Linescore = {}
    imposed: tuple[int, int] | None = None

    def shown(self) -> tuple[int, int]:
        """Home and away, as a scoreboard shows them."""
        return self.imposed or (self.home, self.away)


def scored(tally: Tally, side: Side, points: int, period: int) -> Tally:
    """The tally after `side` made `points` in `period`."""
    name = str(period)
    line = tally.linescore.get(name)
    home, away = (line["home"], line["away"]) if line is not None else (0, 0)
    if side == "home":
        linescore = {**tally.linescore, name: {"home": home + points, "away": away}}
        return Tally(tally.home + points, tally.away, linescore, tally.imposed)
    linescore = {**tally.linescore, name: {"home": home, "away": away + points}}
    return Tally(tally.home, tally.away + points, linescore, tally.imposed)


def opened(tally: Tally, period: int) -> Tally:
    """The tally with a line for `period`, so that a goalless half shows 0-0."""
    name = str(period)
    if name in tally.linescore:
        return tally
    linescore = {**tally.linescore, name: {"home": 0, "away": 0}}
    return Tally(tally.home, tally.away, linescore, tally.imposed)


def stated(tally: Tally, claim: ProviderEvent, period: int) -> Tally:
    """The tally after SCORE_SET. What a ruling imposed stays imposed.

    Without `lines`, or with such as come to another score, the difference is put down to `period`, and where
    that would take a line below zero, to the newest periods before it: the lines always add up to the score.
    """
    home, away = claim.detail.get("home"), claim.detail.get("away")
    if type(home) is not int or type(away) is not int:
        return tally
    lines = read_lines(claim.detail.get("lines"))
    if lines is None or (_sum(lines, "home"), _sum(lines, "away")) != (home, away):
        lines = _settled(tally.linescore, period, {"home": home - tally.home, "away": away - tally.away})
    if (home, away, lines) == (tally.home, tally.away, tally.linescore):
        return tally
    return Tally(home, away, lines, tally.imposed)


def read_lines(text: object) -> Linescore | None:
    """`1-0 0-2` as a line score; None if it is not one."""
    if not isinstance(text, str) or not _LINES.match(text):
        return None
    pairs = (pair.split("-") for pair in text.split())
    return {str(period): {"home": int(h), "away": int(a)} for period, (h, a) in enumerate(pairs, 1)}


def _sum(lines: Linescore, side: Side) -> int:
    return sum(line[side] for line in lines.values())


def _settled(lines: Linescore, period: int, owed: dict[Side, int]) -> Linescore:
    """The lines with what each side is owed (it may be less than nothing) on the newest that can bear it."""
    changed: Linescore = {**lines, str(period): dict(lines.get(str(period), {"home": 0, "away": 0}))}
    for side, amount in owed.items():
        left = amount
        for name in sorted(changed, key=lambda one: (one != str(period), -int(one))):
            if left == 0:
                break
            taken = max(left, -changed[name][side])
            changed[name] = {**changed[name], side: changed[name][side] + taken}
            left -= taken
    return changed


def check_stated(claim: ProviderEvent) -> Refusal | None:
    """Whether SCORE_SET names two whole numbers, none below zero, and lines that can be read."""
    values = [claim.detail.get(side) for side in ("home", "away")]
    if any(type(value) is not int for value in values):
        return Refusal("wrong_detail", "SCORE_SET needs `home` and `away` in detail as whole numbers")
    if any(value < 0 for value in values if isinstance(value, int)):
        return Refusal("negative_score", "SCORE_SET states a score below zero")
    lines = claim.detail.get("lines")
    if lines is not None and read_lines(lines) is None:
        return Refusal("wrong_detail", "`lines` of SCORE_SET are pairs by period, such as `1-0 0-2`")
    return None


def ruled(tally: Tally, claim: ProviderEvent, *, forfeit_points: int, better_stands: bool) -> Tally:
    """The tally after GAME_AWARDED, GAME_FORFEITED, GAME_WALKOVER or GAME_VOID; the same if it is so.

    Args:
        forfeit_points: what the other side is given where the claim names no score.
        better_stands: a result that was worse for the side at fault stands.

    Source: FIFA Disciplinary Code, forfeit (3-0, or the result if worse); FIBA Official Basketball Rules,
    art. 20 (20-0).
    """
    made = _ruled(tally, claim, forfeit_points=forfeit_points, better_stands=better_stands)
    return tally if made == tally else made


def _ruled(tally: Tally, claim: ProviderEvent, *, forfeit_points: int, better_stands: bool) -> Tally:
    if claim.type == "GAME_VOID":
        return Tally(tally.home, tally.away, tally.linescore)
    home, away = claim.detail.get("home"), claim.detail.get("away")
    if isinstance(home, int) and isinstance(away, int):
        return Tally(tally.home, tally.away, tally.linescore, (int(home), int(away)))
    if claim.team is None or claim.type == "GAME_AWARDED":
        return tally
    home_wins = (claim.team == "home") == (claim.type == "GAME_WALKOVER")
    margin = tally.home - tally.away if home_wins else tally.away - tally.home
    if better_stands and margin > forfeit_points:
        return Tally(tally.home, tally.away, tally.linescore, (tally.home, tally.away))
    imposed = (forfeit_points, 0) if home_wins else (0, forfeit_points)
    return Tally(tally.home, tally.away, tally.linescore, imposed)


def check_imposed(claim: ProviderEvent) -> Refusal | None:
    """Whether an imposed score is two whole numbers, none below zero; GAME_AWARDED must have them."""
    values = [claim.detail[side] for side in ("home", "away") if side in claim.detail]
    if not values and claim.type != "GAME_AWARDED":
        return None
    if len(values) != 2 or any(type(value) is not int for value in values):
        return Refusal("wrong_detail", f"{claim.type} needs `home` and `away` in detail as whole numbers")
    if any(value < 0 for value in values if isinstance(value, int)):
        return Refusal("negative_score", f"{claim.type} imposes a score below zero")
    return None
