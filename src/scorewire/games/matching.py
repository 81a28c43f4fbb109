"""Which play of the game's book another provider's claim speaks of; never a guess. Pure.

What changes the score is matched by type, team and the score after it, stated or derived; a point or a ball
that only leads to one, by how everything stands after it. Everything else is matched by its order among the
plays of the same period, type and team, between the nearest plays around it that are matched already. Player
and clock only choose among several; names of events mean nothing here.

Exactly one candidate is a match. None may be a play that has not come yet. Several are told as such, and
arbitration.py makes a conflict of them if nothing settles it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scorewire.games.account import Account, Points, score_after, sheet_after
from scorewire.games.book import DESK, Book, Play
from scorewire.model.game_event import Place
from scorewire.model.provider_event import ProviderEvent
from scorewire.sports.lifecycle import STATUS_EVENTS
from scorewire.sports.machine import clock_ms

CLOCK_SAME_MS: Final = 5_000
"""Clocks of the same play: feeds round, and stop them by hand."""
CLOCK_FAR_MS: Final = 15_000
"""Clocks further apart are of two plays."""
MINUTES_FAR_MS: Final = 90_000
"""The same where one of the two tells whole minutes only."""
SCORED_FAR_MS: Final = 30_000
"""The same where the score after both is the same."""


@dataclass(frozen=True, slots=True)
class Found:
    """The play that a claim speaks of, or those that it could be."""

    play: Play | None = None
    several: tuple[Play, ...] = ()


def find(account: Account, book: Book, claim: ProviderEvent) -> Found:
    """Which play of `book` a claim of `account`, which tells none yet, speaks of."""
    candidates = list(untold(account, book, claim))
    if not candidates:
        return Found()
    if claim.event in account.gains:
        return _by_score(account, book, claim, candidates)
    if book.machine.events[claim.type].scores:
        return _by_sheet(account, book, claim, candidates)
    return _by_order(account, book, claim, candidates)


def alike(one: ProviderEvent, other: ProviderEvent) -> bool:
    """Whether two claims are of the same period, type and team, as far as they say."""
    return (
        one.type == other.type
        and one.team == other.team
        and (one.period == other.period or one.period is None or other.period is None)
    )


def untold(account: Account, book: Book, claim: ProviderEvent) -> Iterator[Play]:
    """The plays like the claim that this provider does not tell yet, in order."""
    for play in book.order:
        if (
            play.claim.type == claim.type
            and alike(claim, play.claim)
            and play.key not in account.tells
            and play.key[0] not in (account.provider, DESK)
        ):
            yield play


def _by_score(account: Account, book: Book, claim: ProviderEvent, candidates: Sequence[Play]) -> Found:
    own = account.after[claim.event]
    derived = (own[0] + account.owed[0], own[1] + account.owed[1])
    wanted = derived if claim.score is None else (claim.score.home, claim.score.away)
    hits = [
        play
        for play in candidates
        if wanted in _scores(book, play, claim)
        and (claim.score is not None or not _far(claim, play.claim, SCORED_FAR_MS))
    ]
    if len(hits) > 1:
        hits = _narrowed(claim, hits)
    if len(hits) == 1:
        return Found(hits[0])
    if hits:
        return Found(None, tuple(hits))
    if claim.score is not None:
        return Found()
    # A derived score may lack what was lost of this provider: then player and clock must both agree,
    # or there is one play and one claim that could be it.
    sure = [play for play in candidates if _same_player_and_clock(claim, play.claim)]
    return Found(sure[0]) if len(sure) == 1 else _by_order(account, book, claim, candidates)


def _by_sheet(account: Account, book: Book, claim: ProviderEvent, candidates: Sequence[Play]) -> Found:
    """A point or a ball is the one after which everything stands as it does in the provider's own account.

    It must stand between those that the provider told around it: love all comes again with every game.
    """
    own = account.book.plays[(account.provider, claim.event)]
    wanted = sheet_after(account.book, own)
    hits = [play for play in candidates if sheet_after(book, play) == wanted]
    if hits:
        index = account.index_of(claim.event)
        low, _ = _bound(account.before(index), account, book, claim)
        high, _ = _bound(account.behind(index), account, book, claim)
        hits = [play for play in hits if _stands_in(play, claim, low, high)]
    return Found(hits[0]) if len(hits) == 1 else _by_order(account, book, claim, hits) if hits else Found()


def _scores(book: Book, play: Play, claim: ProviderEvent) -> tuple[Points, ...]:
    """The score after a play: as its provider stated it, else as folded.

    Where both providers state scores, only these are compared: what is folded may lack a play that is late.
    """
    stated = play.claim.score
    if stated is None:
        return (score_after(book, play),)
    said = (stated.home, stated.away)
    return (said,) if claim.score is not None else (score_after(book, play), said)


def _by_order(account: Account, book: Book, claim: ProviderEvent, candidates: Sequence[Play]) -> Found:
    index = account.index_of(claim.event)
    low, before = _bound(account.before(index), account, book, claim)
    high, behind = _bound(account.behind(index), account, book, claim)
    within = [
        play
        for play in candidates
        if not _contradicts(claim, play.claim) and _stands_in(play, claim, low, high)
    ]
    if len(within) > 1:
        within = _narrowed(claim, within)
    if not within:
        return Found()
    rivals = [other for other in (*before, *behind) if not _contradicts(claim, other)]
    if len(within) == 1 and (not rivals or claim.event not in account.gains):
        return Found(within[0])
    spec = book.machine.events[claim.type]
    if spec.level == "key" and len(rivals) + 1 != len(within):
        return Found(None, tuple(within))
    rank = sum(not _contradicts(claim, other) for other in before)
    return Found(within[min(rank, len(within) - 1)])


@dataclass(frozen=True, slots=True)
class _Bound:
    """The places of the nearest neighbour that is matched, and of the nearest such of another moment."""

    strict: Place | None
    loose: Place | None


def _stands_in(play: Play, claim: ProviderEvent, low: _Bound, high: _Bound) -> bool:
    """Whether a play stands between the neighbours of a claim.

    What happens in one moment two providers may tell in another order, so there only the neighbours of
    another moment count.
    """
    loose = _same_clock(claim, play.claim)
    least, most = (low.loose, high.loose) if loose else (low.strict, high.strict)
    return (least is None or least < play.place) and (most is None or play.place < most)


def _bound(
    neighbours: Iterator[Play], account: Account, book: Book, claim: ProviderEvent
) -> tuple[_Bound, list[ProviderEvent]]:
    """What bounds a claim on one side, and the unmatched claims like it up to there."""
    unmatched: list[ProviderEvent] = []
    strict: Place | None = None
    moves = claim.type not in STATUS_EVENTS  # of those a period has one, wherever a feed puts it
    for own in neighbours:
        partner = book.plays.get(book.play_of(own.key))
        like = alike(claim, own.claim)
        if partner is None:
            if like:
                unmatched.append(own.claim)
        elif partner.key in account.shared:
            # What one provider alone tells stands where it does by our choice, and is no measure of others.
            strict = strict or (partner.place if moves else None)
            if like or (moves and (not _same_clock(claim, own.claim) or claim.period != own.claim.period)):
                return _Bound(strict or partner.place, partner.place), unmatched
    return _Bound(strict, None), unmatched


def _contradicts(one: ProviderEvent, other: ProviderEvent) -> bool:
    """Whether players or clocks say that these are two plays."""
    if one.player is not None and other.player is not None and one.player.id != other.player.id:
        return True
    return _far(one, other, CLOCK_FAR_MS)


def _far(one: ProviderEvent, other: ProviderEvent, limit_ms: int) -> bool:
    """Whether the clocks say that these are two plays."""
    apart_ms = _apart_ms(one, other)
    exact = ":" in (one.clock or "") and ":" in (other.clock or "")
    return apart_ms is not None and apart_ms > (limit_ms if exact else MINUTES_FAR_MS)


def _narrowed(claim: ProviderEvent, plays: Sequence[Play]) -> list[Play]:
    """Those of several that player or clock speak for; all of them, if neither does."""
    for test in (_same_player_and_clock, _same_player, _same_clock):
        chosen = [play for play in plays if test(claim, play.claim)]
        if chosen:
            return chosen
    return list(plays)


def _same_player_and_clock(one: ProviderEvent, other: ProviderEvent) -> bool:
    return _same_player(one, other) and _same_clock(one, other)


def _same_player(one: ProviderEvent, other: ProviderEvent) -> bool:
    return one.player is not None and other.player is not None and one.player.id == other.player.id


def _same_clock(one: ProviderEvent, other: ProviderEvent) -> bool:
    apart_ms = _apart_ms(one, other)
    return apart_ms is not None and apart_ms <= CLOCK_SAME_MS


def _apart_ms(one: ProviderEvent, other: ProviderEvent) -> int | None:
    if one.clock is None or other.clock is None:
        return None
    first, second = clock_ms(one.clock), clock_ms(other.clock)
    return None if first is None or second is None else abs(first - second)
