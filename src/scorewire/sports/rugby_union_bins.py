"""Rugby union's sin bins: who is off the pitch, until which time of the game, and how many are left.

A suspension counts playing time: one that the half's end cuts short goes on in the next half. So what is kept
is the time that the game clock will show when it is over, and the start of the next period moves that time by
what was played past the end of the last. A bin is over when any play carries a clock that has reached it, or
when a provider says so.

A red card is a bin of `red_card_minutes`, after which another player comes on for the one sent off; or, where
that rule is 0 or the card is `permanent`, one player fewer to the end.

    detail.bins      {"home": {"p12": "48:30"}}
    detail.players   {"home": 14}

Source: World Rugby Laws of the Game 2025, Law 9, Yellow and red cards; the global trial of the 20-minute red
card in elite rugby from August 2025 (deliberate and highly dangerous foul play stays a permanent red; two
yellow cards are a 20-minute red).
"""

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree


class Bin(Struct, frozen=True):
    """One suspension.

    Attributes:
        who: the player's id, or the card's event id where nobody is named.
        until_s: what the game clock shows when it is over.
        began_s: what it showed at the card.
    """

    side: Side
    who: str
    began_s: int
    until_s: int


class Suspensions(Struct, frozen=True):
    """Who is off: in the bin, or for good (a number a side)."""

    bins: tuple[Bin, ...] = ()
    gone_home: int = 0
    gone_away: int = 0


NOBODY = Suspensions()


def carded(held: Suspensions, claim: ProviderEvent, side: Side, now_s: int, minutes: int) -> Suspensions:
    """After a card of `minutes`; 0 is for good. A second card of a player takes the place of the first.

    An upgrade (`upgraded` in detail: the review in the bunker made a red card of a yellow one) counts from
    the first card.
    """
    who = claim.player.id if claim.player is not None else claim.event
    first = next((one for one in held.bins if (one.side, one.who) == (side, who)), None)
    rest = tuple(one for one in held.bins if one is not first)
    if minutes == 0:
        home, away = (1, 0) if side == "home" else (0, 1)
        return Suspensions(rest, held.gone_home + home, held.gone_away + away)
    began_s = now_s
    if first is not None and claim.detail.get("upgraded") is True:
        began_s = first.began_s
    new = Bin(side, who, began_s, began_s + minutes * 60)
    return Suspensions((*rest, new), held.gone_home, held.gone_away)


def returned(held: Suspensions, claim: ProviderEvent, side: Side) -> Suspensions:
    """After a provider says that a bin of `side` is over: of the player named, else the one due first."""
    own = sorted((one for one in held.bins if one.side == side), key=lambda one: one.until_s)
    if claim.player is not None:
        own = [one for one in own if one.who == claim.player.id]
    if not own:
        return held
    rest = tuple(one for one in held.bins if one is not own[0])
    return Suspensions(rest, held.gone_home, held.gone_away)


def served(held: Suspensions, now_s: int) -> Suspensions:
    """Without the bins that are over when the game clock shows `now_s`; the same object if none is."""
    rest = tuple(one for one in held.bins if one.until_s > now_s)
    if len(rest) == len(held.bins):
        return held
    return Suspensions(rest, held.gone_home, held.gone_away)


def carried_over(held: Suspensions, stood_s: int, starts_s: int) -> Suspensions:
    """At the start of the next period: the clock goes from `stood_s` back to `starts_s`."""
    back_s = stood_s - starts_s
    if not held.bins or back_s <= 0:
        return held
    moved = tuple(Bin(one.side, one.who, one.began_s - back_s, one.until_s - back_s) for one in held.bins)
    return Suspensions(moved, held.gone_home, held.gone_away)


def shown(detail: Tree, held: Suspensions, players: int) -> Tree:
    """The detail with `bins` and `players` as they are now; sides that are complete are not in it."""
    bins: Tree = {}
    short = {"home": held.gone_home, "away": held.gone_away}
    for one in held.bins:
        bins = tree.put(bins, f"{one.until_s // 60}:{one.until_s % 60:02}", one.side, one.who)
        short[one.side] += 1
    fewer: Tree = {side: max(players - count, 0) for side, count in short.items() if count}
    return _put_or_drop(_put_or_drop(detail, "bins", bins), "players", fewer)


def _put_or_drop(detail: Tree, name: str, value: Tree) -> Tree:
    return tree.put(detail, value, name) if value else tree.drop(detail, name)
