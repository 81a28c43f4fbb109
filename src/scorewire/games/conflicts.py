"""Claims that the followed provider does not tell: how they become conflicts, and how those end. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from scorewire.games.account import Account, Gap, score_after
from scorewire.games.book import Play
from scorewire.games.engine import add_play, take_back
from scorewire.games.matching import find
from scorewire.games.ordering import place_of
from scorewire.games.tellers import Tellers
from scorewire.games.telling import Conflict, Settled, Why
from scorewire.games.writing import Writer
from scorewire.model.game_event import Place
from scorewire.model.provider_event import ProviderEvent

AGREED_PLAYS: Final = 60
"""How far back it is looked for a score that was agreed on."""
GAP_GIVEN_UP_MS: Final = 600_000
"""A gap that no other provider could explain by then is forgotten."""


def adopt(tellers: Tellers, writer: Writer, account: Account, event: str, how: Settled) -> None:
    """Show what one provider told."""
    book = tellers.book
    telling = book.tellings[(account.provider, event)]
    spec = book.machine.events[telling.claim.type]
    offset, writer.log_offset = writer.log_offset, telling.log_offset
    place = tellers.place_for(account, telling.claim) or place_of(
        telling.claim, kind=account.kind, last=book.last_place, arrival=book.seq + 1
    )
    refusal = add_play(writer, telling.claim, spec, place)
    writer.log_offset = offset
    if refusal is not None:
        if spec.weighs:
            dispute(tellers, account, event, "refused", account.heard_ms or telling.received_ms)
        return
    tellers.link(account, telling, book.plays[telling.key], how)
    tellers.shown(account, event)


def dispute(tellers: Tellers, account: Account, event: str, why: Why, now_ms: int) -> None:
    """Record that a claim is not what the followed provider says, with what that says in its place."""
    telling = tellers.book.tellings[(account.provider, event)]
    account.waiting.pop(event, None)
    if telling.disputed:
        return
    rivals = () if event in account.withdrawn else find(account, tellers.book, telling.claim).several
    if event in account.withdrawn:
        play = tellers.book.plays.get(telling.play) if telling.play is not None else None
        why, rivals = "withdrawn", (play,) if play is not None else ()
    elif rivals:
        why = "ambiguous"
    else:
        near = tellers.neighbour(account.before(account.index_of(event)))
        rivals = (near,) if near is not None else ()
    conflict = Conflict(since_ms=now_ms, why=why, against=tuple(play.claim for play in rivals))
    tellers.keep(msgspec.structs.replace(telling, conflict=conflict))


def withdraw(tellers: Tellers, writer: Writer, account: Account, event: str, how: Settled) -> None:
    """Take back what one provider took back, though another tells it."""
    telling = tellers.book.tellings[(account.provider, event)]
    play = tellers.book.plays.get(telling.play) if telling.play is not None else None
    tellers.ended(account, telling, how)
    if play is not None:
        take_back(writer, telling.claim, play)


def confirm(tellers: Tellers, writer: Writer) -> None:
    """The active provider states a score that another's open claims make: they are right."""
    stated = writer.stated
    if stated is None:
        return
    book = tellers.book
    owed = (stated.home - book.board.home, stated.away - book.board.away)
    active = tellers.accounts.get(tellers.active)
    if owed == (0, 0) or active is None or active.gaps:
        return  # what its own numbers still lack may come, or is explained by them
    agreed = _agreed(tellers)
    if book.corrected_seq > (agreed.seq if agreed is not None else 0):
        return  # what it states may be older than the correction, and lack nothing else
    for account in tellers.counting():
        for event in account.withdrawn:
            if tellers.gain_of(account, event) == owed:
                withdraw(tellers, writer, account, event, "score")
                return
        claimed: list[str] = []
        home = away = 0
        for own in account.book.order if account.open else ():
            event = own.claim.event
            if event not in account.open or event not in account.gains:
                continue
            if agreed is not None and not _stands_behind(tellers, account, event, agreed.place):
                continue  # the active provider's score has been without it since
            claimed.append(event)
            home, away = home + account.gains[event][0], away + account.gains[event][1]
            if (home, away) == owed:
                for each in claimed:
                    adopt(tellers, writer, account, each, "score")
                return


def _agreed(tellers: Tellers) -> Play | None:
    """The newest play after which the active provider's own score was ours."""
    book = tellers.book
    for play in islice(book.newest_first(), 1, AGREED_PLAYS):
        score = play.claim.score
        if score is None or play.key[0] != tellers.active:
            continue
        if score_after(book, play) == (score.home, score.away):
            return play
    return None


def _stands_behind(tellers: Tellers, account: Account, event: str, place: Place) -> bool:
    """Whether an open event comes after that place, by the nearest play before it that is told by both."""
    near = tellers.neighbour(account.before(account.index_of(event)))
    return near is not None and near.place >= place


def explain(tellers: Tellers, writer: Writer, account: Account, gap: Gap, now_ms: int) -> None:
    """Numbers that never came: what another provider told exactly there is what they were."""
    missing = sum(number in account.missing for number in range(gap.low + 1, gap.high))
    gap.due_ms = now_ms + tellers.terms.failover_ms
    if missing == 0 or now_ms - gap.since_ms > GAP_GIVEN_UP_MS:
        account.gaps.remove(gap)
        return
    for other in tellers.others(account):
        between_them = None if other.shadow else _within(tellers, account, other, gap)
        if between_them is None:
            continue
        events = [event for event in between_them if event in other.open]
        if 0 < len(events) <= missing:
            for event in events:
                adopt(tellers, writer, other, event, "gap")
        account.gaps.remove(gap)
        return


def _within(tellers: Tellers, account: Account, other: Account, gap: Gap) -> list[str] | None:
    """What another provider told between the plays around a gap; None if it does not tell those."""
    order = account.book.order
    low = [own for own in order if own.claim.sequence is not None and own.claim.sequence <= gap.low]
    high = [own for own in order if own.claim.sequence is not None and own.claim.sequence >= gap.high]
    start = _first_shared(tellers, reversed(low), other)
    stop = _first_shared(tellers, iter(high), other)
    if start is None or stop is None:
        return None
    theirs = other.book.order[other.index_of(start) + 1 : other.index_of(stop)]
    return [own.claim.event for own in theirs]


def _first_shared(tellers: Tellers, plays: Iterator[Play], other: Account) -> str | None:
    for own in plays:
        event = other.tells.get(tellers.book.play_of(own.key))
        if event is not None:
            return event
    return None


def heed_desk(tellers: Tellers, writer: Writer, claim: ProviderEvent) -> None:
    """The desk has settled a conflict; what it speaks of and is none changes nothing."""
    provider, event = str(claim.detail.get("provider", "")), str(claim.detail.get("event", ""))
    account, telling = tellers.accounts.get(provider), tellers.book.tellings.get((provider, event))
    if account is None or telling is None or not telling.disputed or telling.conflict is None:
        return
    adopts = claim.detail.get("adopt") is True
    conflict = msgspec.structs.replace(
        telling.conflict,
        settled="adopted" if adopts else "dismissed",
        by=str(claim.detail.get("by", "")),
        reason=str(claim.detail.get("reason", "")),
    )
    telling = tellers.keep(msgspec.structs.replace(telling, conflict=conflict))
    if event in account.withdrawn:
        if adopts:
            withdraw(tellers, writer, account, event, "adopted")
        account.withdrawn.pop(event, None)
    elif adopts:
        adopt(tellers, writer, account, event, "adopted")
    else:
        account.close(event)


def reopen(tellers: Tellers, claim: ProviderEvent) -> None:
    """The desk takes back its word against a claim; what it adopted stays, and is cancelled like any play."""
    key = (str(claim.detail.get("provider", "")), str(claim.detail.get("event", "")))
    account, telling = tellers.accounts.get(key[0]), tellers.book.tellings.get(key)
    if (
        account is None
        or telling is None
        or telling.conflict is None
        or telling.conflict.settled != "dismissed"
    ):
        return
    conflict = msgspec.structs.replace(telling.conflict, settled="", by="", reason="")
    telling = tellers.keep(msgspec.structs.replace(telling, conflict=conflict))
    if telling.claim.takes_back:
        account.withdrawn[telling.claim.event] = telling.received_ms
    else:
        tellers.wait(account, telling)
