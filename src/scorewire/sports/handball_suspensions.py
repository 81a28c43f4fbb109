"""Handball's suspensions: who plays with fewer, until when, and who may not come back.

Every suspension of two minutes leaves the side with one player fewer for that long, and so does every
disqualification; all of them run at once, goals do not end them, and they go on in the next period. Two for
the same player at the same moment are served one after the other (2+2). A player's third suspension is a
disqualification, which the same suspension pays for. A blue card is a disqualification with a written
report: it follows a red one, and where no red one was heard of it stands for it.

Seconds here are those of the game's clock, which counts up through all periods.

Source: IHF Rules of the Game, Indoor Handball 2022, 16:3-16:9 and 2:8; 16:6 (disqualification, blue card).
"""

from msgspec import Struct

from scorewire.model.provider_event import Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree
from scorewire.sports.game_clock import up

TEAM = 7
"""Players of a side on the court, the goalkeeper included."""
SUSPENSION_S = 120
DISQUALIFYING = 3
"""The suspension of a player that is a disqualification."""

SIDES: tuple[Side, Side] = ("home", "away")


class Absence(Struct, frozen=True):
    """A place on the court that stays empty.

    Attributes:
        player: whose punishment it is; empty where nobody was named.
        given_at: the second at which it began.
        ends: the second at which the place may be filled again.
    """

    side: Side
    player: str
    given_at: int
    ends: int


class Punished(Struct, frozen=True):
    """All punishments so far that matter for what comes.

    Attributes:
        absences: places that are empty now.
        times: suspensions by player.
        sent_off: players with a red card.
        out: players who are disqualified without one: by a third suspension or a blue card.
    """

    absences: tuple[Absence, ...] = ()
    times: dict[str, int] = {}
    sent_off: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()


def suspended(held: Punished, side: Side, player: str, at: int, *, seconds: int) -> tuple[Punished, bool]:
    """The punishments after a suspension, and whether it disqualifies the player."""
    absences = _absent(held.absences, side, player, at, seconds)
    if not player:
        return Punished(absences, held.times, held.sent_off, held.out), False
    times = held.times.get(player, 0) + max(1, seconds // SUSPENSION_S)
    disqualified = times >= DISQUALIFYING and player not in held.sent_off | held.out
    if player in held.sent_off and times >= DISQUALIFYING:
        absences = held.absences  # the red card that was heard first has emptied the place already
    out = held.out | {player} if disqualified else held.out
    return Punished(absences, {**held.times, player: times}, held.sent_off, out), disqualified


def disqualified(held: Punished, side: Side, player: str, at: int, *, red: bool) -> tuple[Punished, bool]:
    """The punishments after a red or blue card, and whether it adds a disqualification."""
    if player and player in held.sent_off | held.out:
        sent_off = held.sent_off | {player} if red else held.sent_off
        return Punished(held.absences, held.times, sent_off, held.out), False
    absences = _absent(held.absences, side, player, at, SUSPENSION_S)
    sent_off = held.sent_off | {player} if red and player else held.sent_off
    out = held.out | {player} if player and not red else held.out
    return Punished(absences, held.times, sent_off, out), True


def _absent(
    absences: tuple[Absence, ...], side: Side, player: str, at: int, seconds: int
) -> tuple[Absence, ...]:
    """With one more; for a player who was punished at this very moment, with a longer one."""
    for place, one in enumerate(absences):
        if player and (one.side, one.player, one.given_at) == (side, player, at):
            longer = Absence(side, player, at, one.ends + seconds)
            return (*absences[:place], longer, *absences[place + 1 :])
    return (*absences, Absence(side, player, at, at + seconds))


def served(held: Punished, now: int) -> Punished:
    """The punishments once the clock shows `now`; the same object where nobody comes back."""
    if all(one.ends > now for one in held.absences):
        return held
    left = tuple(one for one in held.absences if one.ends > now)
    return Punished(left, held.times, held.sent_off, held.out)


def show(held: Punished, detail: Tree) -> Tree:
    """The detail with who plays with fewer and when the next of them may come back."""
    if not held.absences:
        return tree.drop(detail, "players", "back")
    on_court: list[str] = []
    back: Tree = {}
    for side in SIDES:
        ends = [one.ends for one in held.absences if one.side == side]
        on_court.append(str(max(0, TEAM - len(ends))))
        if ends:
            back[side], _ = up(min(ends) * 1000, min(ends))
    return tree.put(tree.put(detail, "v".join(on_court), "players"), back, "back")
