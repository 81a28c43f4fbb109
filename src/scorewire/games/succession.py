"""Which provider is shown: when another takes its place, and when the better one comes back. Pure.

The provider shown is silent if it has said nothing since another's key claim began to wait, or said that its
link is lost. A quiet game is no silence: only somebody else's claim is a reason to look. An *heir* is one
that goes on although the provider shown has stopped, where the two contradicted each other before: its old
claims are in conflict and wait no more, and no new one may ever come. For one that has ended the game that is
certain, so it need not have said anything since the other stopped.
"""

from itertools import islice
from typing import Final

from scorewire.games import conflicts
from scorewire.games.account import Account
from scorewire.games.matching import alike, find
from scorewire.games.tellers import Tellers
from scorewire.games.telling import Telling
from scorewire.games.writing import Writer
from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import OVER

DONE: Final = OVER | {"ended"}
"""Statuses in which nobody need say more."""


def heir(tellers: Tellers) -> Account | None:
    """Who goes on where the provider that is shown has stopped, though they contradicted each other."""
    book = tellers.book
    active = tellers.accounts.get(tellers.active)
    if active is None or not tellers.disputes or book.board.status in DONE:
        return None
    for account in tellers.followed():
        tellings = (book.tellings[(account.provider, event)] for event in account.open)
        has_more = (account.heard_ms or 0) > (active.heard_ms or 0) or account.book.board.status in DONE
        if has_more and any(one.disputed for one in tellings):
            return account
    return None


def heard_ms(tellers: Tellers) -> int:
    """When the provider that is shown last said anything; 0 if not since the start."""
    active = tellers.accounts.get(tellers.active)
    return 0 if active is None else active.heard_ms or 0


def is_silent(tellers: Tellers, since_ms: int) -> bool:
    """Whether the provider that is shown has said nothing since, and the game goes on for it."""
    active = tellers.accounts.get(tellers.active)
    if active is None:
        return True
    if active.book.board.status in DONE and tellers.book.board.status in DONE:
        return False
    return active.lost or active.heard_ms is None or active.heard_ms < since_ms


def switch(tellers: Tellers, writer: Writer, to: Account, now_ms: int) -> None:
    """Follow another provider from here: what it told after its last match is shown too."""
    was = tellers.accounts.get(tellers.active)
    writer.note("PROVIDER_CHANGED", {"active": to.provider, "was": tellers.active})
    if was is not None:
        was.steady_since_ms, was.away_since_ms = None, now_ms
    for event in [event for event in tellers.undecided(to) if event in to.withdrawn]:
        conflicts.withdraw(tellers, writer, to, event, "failover")
    for event in _unshown(tellers, to):
        conflicts.adopt(tellers, writer, to, event, "failover")
    for event in list(to.waiting):
        conflicts.dispute(tellers, to, event, "missing", now_ms)
    _check(writer, to)


def _check(writer: Writer, to: Account) -> None:
    """Is the score that a provider stated last neither its own nor what is shown now, start a check.

    Had it been shown all along, this check would have begun with its claim. A score that was right when it
    was stated, and is older than a correction, is told from this by what its own account lacked of it as far
    as had been said by then; where nobody counts that, by whether its own score was that one. That the two
    met just then proves nothing while a goal was under way from one name to another.
    """
    book, held = writer.book, to.book.statement
    is_own = held.is_met if held is not None else not to.book.contradiction
    if book.contradiction != "open" or is_own:
        return
    newest = next(play for play in book.newest_first() if play.claim.score is not None)
    writer.check_score(newest.claim.score)


def _unshown(tellers: Tellers, account: Account) -> list[str]:
    """What a provider told that is not shown: all after its last match, and before it what still waits.

    So does, for one that is shown again, what it alone told meanwhile. What another may have told after
    all is left out.
    """
    book = tellers.book
    order = account.book.order
    matched = [at for at, own in enumerate(order) if book.play_of(own.key) in book.plays]
    last = matched[-1] if matched else -1
    found: list[str] = []
    for at, own in enumerate(order):
        event = own.claim.event
        if event not in account.open:
            continue
        telling = book.tellings[own.key]
        if find(account, book, telling.claim).several or _could_be(tellers, account, telling.claim):
            continue
        minor = _is_minor(tellers, telling) and telling.received_ms >= account.away_since_ms > 0
        if at > last or minor or event in account.waiting:
            found.append(event)
    return found


def _could_be(tellers: Tellers, account: Account, claim: ProviderEvent) -> bool:
    """Whether a play near it, which this provider does not tell, may be what it speaks of after all."""
    book = tellers.book
    index = account.index_of(claim.event)
    low = tellers.neighbour(account.before(index))
    high = tellers.neighbour(account.behind(index))
    start = book.index_of(low.place) + 1 if low is not None else 0
    stop = book.index_of(high.place) if high is not None else len(book.order)
    return any(
        alike(claim, play.claim) and play.key not in account.tells and play.key[0] != account.provider
        for play in islice(book.order, start, stop)
    )


def _is_minor(tellers: Tellers, telling: Telling) -> bool:
    spec = tellers.book.machine.events.get(telling.claim.type)
    return spec is not None and not spec.weighs


def is_steady(tellers: Tellers, account: Account, now_ms: int) -> bool:
    """Whether a more preferred provider than the one shown has kept up for long enough."""
    if not tellers.is_preferred(account) or account.shadow or account.steady_since_ms is None:
        return False
    since_ms, wait_ms = account.steady_since_ms, tellers.terms.failover_ms
    if now_ms - since_ms < tellers.terms.steady_ms:
        return False
    late = any(now_ms - since >= wait_ms for since in tellers.undecided(account).values())
    events = [*account.open, *account.withdrawn]
    disputed = any(tellers.book.tellings[(account.provider, event)].disputed for event in events)
    if late or disputed or _lags(tellers, account, since_ms, now_ms - wait_ms):
        account.steady_since_ms = now_ms
        return False
    return True


def _lags(tellers: Tellers, account: Account, since_ms: int, until_ms: int) -> bool:
    """Whether the provider shown told a key play between the two times that this one has not told."""
    book, active = tellers.book, tellers.accounts[tellers.active]
    events = book.machine.events
    return any(
        since_ms <= active.received.get(event, 0) <= until_ms
        and key not in account.tells
        and key in book.plays
        and events[book.plays[key].claim.type].weighs
        for key, event in active.tells.items()
    )
