"""Whether what is shown is what its providers come to: their sheets, held against the game's. Pure.

Matching can err where plays look alike. So the score is under check while nobody who keeps up comes to what
is shown, or one does not that lacks nothing by its own numbers; for longer than lag explains. A check that
is on does not end while that is so, for however short a time: after a restart nobody knows since when.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from scorewire.games.account import Account, sheet_after
from scorewire.games.book import DESK, Play
from scorewire.games.tellers import Tellers

NEAR_PLAYS: Final = 3
"""Plays that weigh by which a provider that keeps up may lag behind."""


def differs(tellers: Tellers, now_ms: int) -> bool:
    """Whether a sheet has been another than what is shown for too long, each at the newest play of both."""
    agrees = {
        account.provider: sheet_after(account.book, own) == sheet_after(tellers.book, play)
        for account in tellers.counting()
        for own, play in islice(_newest(tellers, account), 1)
        if _is_near_the_end(tellers, play)
    }
    nobody = bool(agrees) and not any(agrees.values())
    found = False
    for account in tellers.counting():
        if agrees.get(account.provider, True) or not (nobody or account.is_whole):
            account.differs_since_ms = None
            continue
        if account.differs_since_ms is None:
            account.differs_since_ms = now_ms
        if tellers.book.under_check or now_ms - account.differs_since_ms >= tellers.terms.failover_ms:
            found = True
    return found


def is_about_points(tellers: Tellers) -> bool:
    """Whether a conflict that is open is about the score."""
    return any(_is_about_points(tellers, key) for key in tellers.disputes)


def _is_about_points(tellers: Tellers, key: tuple[str, str]) -> bool:
    telling, account = tellers.book.tellings.get(key), tellers.accounts.get(key[0])
    if telling is None or account is None or account.shadow or not telling.disputed:
        return False
    spec = tellers.book.machine.events.get(telling.claim.type)
    leads_to_points = spec is not None and spec.scores
    return leads_to_points or tellers.gain_of(account, key[1]) is not None


def _is_near_the_end(tellers: Tellers, play: Play) -> bool:
    """Whether at most a few plays that weigh have come after this one."""
    events, order = tellers.book.machine.events, tellers.book.order
    behind = (order[at] for at in range(len(order) - 1, tellers.book.index_of(play.place), -1))
    weighing = (one for one in behind if events[one.claim.type].weighs)
    return next(islice(weighing, NEAR_PLAYS, None), None) is None


def _newest(tellers: Tellers, account: Account) -> Iterator[tuple[Play, Play]]:
    """The newest play of a provider that the book has too, and the play after which both are compared.

    For who is shown that is the last one before the desk's: what stands behind its newest play was told by
    another that is not shown any more, or stands there wrongly, and all of it is shown.
    """
    order = tellers.book.order
    for own, play in islice(_shared(tellers, account), 1):
        at = tellers.book.index_of(play.place)
        while account.provider == tellers.active and at + 1 < len(order) and order[at + 1].key[0] != DESK:
            at += 1
        yield own, order[at]


def _shared(tellers: Tellers, account: Account) -> Iterator[tuple[Play, Play]]:
    """Plays that a provider and the book both have, the newest of the provider first."""
    for own in account.before(len(account.book.order)):
        play = tellers.book.plays.get(tellers.book.play_of(own.key))
        if play is not None:
            yield own, play
