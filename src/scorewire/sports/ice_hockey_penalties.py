"""Penalties that leave a side short: who serves how long, what cancels out, what a goal ends.

A penalty is served on the game's clock. At most two of a side are served at once; a third waits for the
first of them to end. Penalties given at the same stoppage cancel out in like numbers, minors against minors
and majors against majors; only where each side has exactly one minor and nobody else is off, both are
served (four against four). A goal against the side that is shorter ends the minor that would end first, or
the part of a double minor that is being served; it never ends a major.

Seconds here are seconds played since the game began, overtimes included.

Source: NHL Rules 2024-25, Rule 16 (minor), 18 (double minor), 19 (coincidental), 20 (major), 21 (match),
22 and 23 (misconducts), 26 (delayed penalties); IIHF Official Rule Book 2023/24, the same numbers.
"""

from collections.abc import Mapping

from msgspec import Struct

from scorewire.model.provider_event import Detail, Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree
from scorewire.sports.game_clock import down
from scorewire.sports.ice_hockey_rules import Rules

MINOR_S = 120
MAJOR_S = 300

SECONDS: Mapping[str, int] = {
    "minor": MINOR_S,
    "bench_minor": MINOR_S,
    "double_minor": 2 * MINOR_S,
    "major": MAJOR_S,
    "match": MAJOR_S,
    "misconduct": 0,
    "game_misconduct": 0,
    "penalty_shot": 0,
}
"""How long each kind leaves its side short: after a misconduct a substitute comes on at once."""

MINUTES: Mapping[int, str] = {2: "minor", 4: "double_minor", 5: "major", 10: "misconduct"}
"""What a penalty of so many minutes is, where its kind is not said."""

FULL = 5
"""Skaters a side at full strength."""

SIDES: tuple[Side, Side] = ("home", "away")


class Penalty(Struct, frozen=True):
    """One that leaves its side short.

    Attributes:
        given_at: the second at which it was given; those of one stoppage share it.
        seconds: its length; a minor's is a multiple of 120, and no major's is.
        left: seconds still to serve; 0 from the start where it cancelled out.
    """

    side: Side
    given_at: int
    seconds: int
    left: int

    @property
    def minor(self) -> bool:
        """Whether a goal can end it."""
        return self.seconds % MINOR_S == 0


Penalties = tuple[Penalty, ...]


def seconds_of(detail: Detail) -> int:
    """How long a PENALTY leaves its side short, by its kind, else by its minutes."""
    kind = detail.get("kind")
    if kind is None:
        minutes = detail.get("minutes", 2)
        kind = MINUTES.get(minutes) if type(minutes) is int else None
    return SECONDS.get(str(kind), 0)


def given(penalties: Penalties, side: Side, *, at: int, seconds: int, now: int | None = None) -> Penalties:
    """The penalties with one more, those of the same stoppage set off against each other anew.

    Args:
        at: the second of the stoppage.
        now: how far the game is, where it is further: the penalty was told late.
    """
    if not seconds:
        return penalties
    before = tuple(one for one in penalties if one.given_at != at)
    stoppage = [one for one in penalties if one.given_at == at]
    stoppage.append(Penalty(side, at, seconds, seconds))
    alone = not any(one.left for one in before)
    return before + served(tuple(_set_off(stoppage, alone=alone)), 0 if now is None else now - at)


def _set_off(stoppage: list[Penalty], *, alone: bool) -> list[Penalty]:
    minors = {side: sum(one.seconds for one in stoppage if one.side == side and one.minor) for side in SIDES}
    majors = {
        side: sum(one.seconds for one in stoppage if one.side == side and not one.minor) for side in SIDES
    }
    minor_s = min(minors.values())
    if alone and minors["home"] == minors["away"] == MINOR_S and not any(majors.values()):
        minor_s = 0
    cancelled = {(side, True): minor_s for side in SIDES}
    cancelled |= {(side, False): min(majors.values()) for side in SIDES}
    after: list[Penalty] = []
    for one in stoppage:
        off = min(one.seconds, cancelled[one.side, one.minor])
        cancelled[one.side, one.minor] -= off
        after.append(Penalty(one.side, one.given_at, one.seconds, one.seconds - off))
    return after


def served(penalties: Penalties, seconds: int) -> Penalties:
    """The penalties after so many more seconds were played; the same object where that is none."""
    if seconds <= 0 or not penalties:
        return penalties
    return tuple(
        one for side in SIDES for one in _served_by([p for p in penalties if p.side == side], seconds)
    )


def _served_by(waiting: list[Penalty], seconds: int) -> list[Penalty]:
    waiting = [one for one in waiting if one.left]
    while seconds > 0 and waiting:
        step = min(seconds, *(one.left for one in waiting[:2]))
        now = [Penalty(one.side, one.given_at, one.seconds, one.left - step) for one in waiting[:2]]
        waiting = [one for one in now if one.left] + waiting[2:]
        seconds -= step
    return waiting


def short(penalties: Penalties, side: Side) -> int:
    """By how many skaters a side is short: two at most."""
    return min(2, sum(1 for one in penalties if one.side == side and one.left))


def released(penalties: Penalties, side: Side) -> Penalties:
    """The penalties after a goal against `side`, which ends a minor only if it was the shorter side."""
    other: Side = "away" if side == "home" else "home"
    if short(penalties, side) <= short(penalties, other):
        return penalties
    serving = [one for one in penalties if one.side == side and one.left][:2]
    minors = [one for one in serving if one.minor]
    if not minors:
        return penalties
    first = min(minors, key=_part_left)
    left = first.left - _part_left(first)
    return tuple(
        Penalty(one.side, one.given_at, one.seconds, left) if one is first else one
        for one in penalties
        if one is not first or left
    )


def _part_left(one: Penalty) -> int:
    """Seconds left of a minor, or of the part of a double minor that is being served."""
    return one.left - MINOR_S if one.left > MINOR_S else one.left


def ended(penalties: Penalties, side: Side) -> Penalties:
    """The penalties after the oldest that `side` serves has ended, because a feed says so."""
    first = next((one for one in penalties if one.side == side and one.left), None)
    return tuple(one for one in penalties if one is not first)


def next_end(penalties: Penalties, side: Side) -> int:
    """Seconds until the first of those that `side` serves ends; 0 if it serves none."""
    return min([one.left for one in penalties if one.side == side and one.left][:2], default=0)


def show(held: Rules, period: int, detail: Tree, penalties: Penalties, played: int) -> Tree:
    """The detail with the skaters on the ice and the power play, where there is anything to say."""
    home, away = short(penalties, "home"), short(penalties, "away")
    if period <= held.periods or held.skaters == FULL:
        skaters = [FULL - home, FULL - away]
    else:  # nobody plays with fewer: the other side has more
        base = held.skaters
        skaters = [min(FULL, base + max(0, away - home)), min(FULL, base + max(0, home - away))]
    empty = detail.get("empty_net")
    if isinstance(empty, dict):
        skaters = [number + (side in empty) for number, side in zip(skaters, SIDES, strict=True)]
    if skaters == [FULL, FULL]:
        detail = tree.drop(detail, "skaters")
    else:
        detail = tree.put(detail, f"{skaters[0]}v{skaters[1]}", "skaters")
    if home == away:
        return tree.drop(detail, "power_play")
    team, shorter = SIDES if home < away else SIDES[::-1]
    ends = played + next_end(penalties, shorter)
    return tree.put(detail, _power_play(held, period, team, ends), "power_play")


def _power_play(held: Rules, period: int, team: str, ends: int) -> Tree:
    """Who has one more, and the clock at which that ends; overtime may never come, so none is looked into."""
    later = period
    while ends > held.start_s(later + 1) and later < held.periods:
        later += 1
    gone = min(ends - held.start_s(later), held.length_s(later))
    until, _ = down((gone if held.clock_up else held.length_s(later) - gone) * 1000, tenths=False)
    shown: Tree = {"team": team, "until": until}
    return shown if later == period else {**shown, "period": later}
