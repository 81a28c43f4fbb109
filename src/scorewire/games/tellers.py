"""The providers of one game, and which play of its book each of them tells. Pure.

A claim that tells another's play, or no play yet, is kept as a telling, from which all of this is made again
after a restart. Plays of different providers stand in one order: each just after the one that its own
provider told before it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from scorewire.games.account import Account, Points, opened, score_after
from scorewire.games.book import DESK, Book, Play, PlayKey
from scorewire.games.matching import alike, find, untold
from scorewire.games.ordering import between, place_of
from scorewire.games.telling import Settled, Telling
from scorewire.model.game_event import Place
from scorewire.model.provider_event import ProviderEvent, SequenceKind

SOUGHT_MAX: Final = 30
"""Claims of one period, type and team, the newest, that are looked at again when another such play is told: a
provider may tell hundreds that no other does."""

Kinds = Callable[[str], SequenceKind | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """How long is waited, and for whom.

    Attributes:
        failover_ms: a key claim of another provider waits so long for the active one.
        steady_ms: a returned provider must keep up so long before it is followed again.
        shadow: providers that are followed and reported but never shown.
    """

    failover_ms: int = 20_000
    steady_ms: int = 60_000
    shadow: frozenset[str] = frozenset()


class Tellers:
    """Made from a book and what it was told, so that it is the same after a restart but for what waits.

    Attributes:
        accounts: what each provider says, in order of preference.
        home: the provider by whose numbers the book is ordered.
        disputes: what was in conflict when it was last kept.
        changed: what was told anew since the last decision, to be written.
    """

    def __init__(self, book: Book, *, terms: Terms, kinds: Kinds) -> None:
        self.book = book
        self.terms = terms
        self.accounts: dict[str, Account] = {}
        self.home = ""
        self.changed: dict[PlayKey, None] = {}
        self.disputes: dict[PlayKey, None] = {}
        self._kinds = kinds
        self._mixed = False
        self._shared: set[PlayKey] = set()
        self.listen()
        self._restore()

    @property
    def active(self) -> str:
        """The provider whose account is shown."""
        return self.book.active or self.home

    def listen(self) -> None:
        """Open an account for each provider that the declaration lists."""
        declared = self.book.declared
        assert declared is not None
        for account in self.accounts.values():
            account.declare(declared)
        for provider in declared.providers:
            if provider != DESK and provider not in self.accounts:
                self.accounts[provider] = opened(
                    provider,
                    declared=declared,
                    machines=self.book.machines,
                    kind=self._kinds(provider),
                    shadow=provider in self.terms.shadow,
                    shared=self._shared,
                )
        shown = [one.provider for one in self.accounts.values() if not one.shadow]
        self.home = shown[0] if shown else next(iter(self.accounts), "")

    def _restore(self) -> None:
        """Fold the accounts again from the plays and from what was told beside them."""
        book = self.book
        newest = {
            (play.claim.provider, play.claim.event): (play.log_offset, play.claim) for play in book.order
        }
        for telling in book.tellings.values():
            if not telling.is_gone:
                # Its place is that of what was told first; what it says, the play may know better: a provider
                # that is shown amends its plays, and what it told before it was shown stays as it was.
                _, shown = newest.get(telling.key, (0, telling.claim))
                claim = shown if shown.revision > telling.claim.revision else telling.claim
                newest[telling.key] = (telling.log_offset, claim)
        for offset, claim in sorted(newest.values(), key=lambda one: one[0]):
            account = self.accounts.get(claim.provider)
            if account is not None:
                account.take(claim, now_ms=0, log_offset=offset)
                if claim.sequence is not None and account.kind == "dense":
                    account.count(claim.sequence, 0, 0)
        for key, memory in book.remembered.items():
            if key[0] in self.accounts:
                self.accounts[key[0]].book.remembered[key] = memory
                self.accounts[key[0]].unnumbered += key not in newest
        for account in self.accounts.values():
            # Numbers of touches, and of plays that were taken back, are not known any more: they left no gap.
            account.gaps.clear()
        self._mixed = any(play.key[0] in self.accounts and play.key[0] != self.home for play in book.order)
        for play in book.order:
            if play.key[0] in self.accounts:
                self.accounts[play.key[0]].tells[play.key] = play.key[1]
        for telling in book.tellings.values():
            self._restore_telling(telling)
            if telling.disputed:
                self.disputes[telling.key] = None
        self.changed.clear()

    def _restore_telling(self, telling: Telling) -> None:
        account = self.accounts.get(telling.claim.provider)
        if account is None or telling.is_gone:
            return
        if telling.claim.takes_back:
            if telling.play in self.book.plays and (telling.conflict is None or telling.disputed):
                account.withdrawn[telling.claim.event] = telling.received_ms
            return
        account.received.setdefault(telling.claim.event, telling.received_ms)
        if telling.play in self.book.plays and telling.play is not None:
            account.tells[telling.play] = telling.claim.event
            if telling.play != telling.key:
                self._shared.add(telling.play)
        elif own_play(account, telling.claim.event) is not None:
            self.wait(account, telling)

    def keep(self, telling: Telling) -> Telling:
        """Hold the newest of what was told, and write it with this decision."""
        self.book.tellings[telling.key] = telling
        self.changed[telling.key] = None
        if telling.disputed:
            self.disputes[telling.key] = None
        else:
            self.disputes.pop(telling.key, None)
        return telling

    def told_by_active(self, key: PlayKey) -> bool:
        """Whether the provider that is shown tells a play."""
        return key in self.accounts[self.active].tells

    def followed(self) -> list[Account]:
        """Those whose claims may come to be shown, in order of preference."""
        return [one for one in self.accounts.values() if one.provider != self.active and not one.shadow]

    def counting(self) -> list[Account]:
        """All but shadows."""
        return [one for one in self.accounts.values() if not one.shadow]

    def undecided(self, account: Account) -> dict[str, int]:
        """Key events about which nothing was decided yet -> since when, with those that were taken back."""
        if not account.withdrawn:
            return account.waiting
        open_ = {
            event: since
            for event, since in account.withdrawn.items()
            if not self.book.tellings[(account.provider, event)].disputed
        }
        return {**account.waiting, **open_}

    def others(self, account: Account) -> list[Account]:
        """All but one."""
        return [one for one in self.accounts.values() if one is not account]

    def is_preferred(self, account: Account) -> bool:
        """Whether a provider comes before the one that is shown."""
        listed = list(self.accounts)
        return self.active not in listed or listed.index(account.provider) < listed.index(self.active)

    def tell(self, account: Account, claim: ProviderEvent, log_offset: int) -> Telling:
        """Note an event that is no play of the book yet."""
        received_ms = account.received[claim.event]
        telling = self.keep(Telling(claim=claim, received_ms=received_ms, log_offset=log_offset))
        self.wait(account, telling)
        return telling

    def wait(self, account: Account, telling: Telling) -> None:
        """It is no play of the book now; if it should be one, that is due in a while."""
        if telling.conflict is not None and telling.conflict.settled == "dismissed":
            return
        event = telling.claim.event
        account.leave_open(event, telling.claim.type)
        spec = self.book.machine.events.get(telling.claim.type)
        if spec is not None and spec.weighs and not account.shadow and not telling.disputed:
            account.waiting[event] = account.heard_ms or telling.received_ms

    def link(self, account: Account, telling: Telling, play: Play, settled: Settled = "caught_up") -> None:
        """What was told is `play`."""
        event = telling.claim.event
        account.close(event)
        account.tells[play.key] = event
        for name in list(account.withdrawn):
            taken_back = self.book.tellings[(account.provider, name)]
            if taken_back.play == play.key:  # under another name it is told, so that one was no name of it
                self.ended(account, taken_back, "retracted")
        lead_ms = telling.lead_ms
        if play.key != telling.key:
            self._shared.add(play.key)
            teller = self.accounts.get(play.key[0])
            theirs = teller.received.get(play.key[1]) if teller is not None else None
            lead_ms = None if theirs is None else theirs - account.received.get(event, telling.received_ms)
            if telling.claim.score is None and event in account.gains:
                self._rebase(account, event, play)
        telling = msgspec.structs.replace(telling, play=play.key, lead_ms=lead_ms)
        if telling.disputed:
            assert telling.conflict is not None
            telling = msgspec.structs.replace(
                telling, conflict=msgspec.structs.replace(telling.conflict, settled=settled)
            )
        self.keep(telling)

    def _rebase(self, account: Account, event: str, play: Play) -> None:
        """What was lost of a provider that states no score is missing in its own: learn how much."""
        shown, own = score_after(self.book, play), account.after[event]
        account.owed = (shown[0] - own[0], shown[1] - own[1])

    def seek(self, account: Account, claim: ProviderEvent) -> None:
        """Look for the play that a claim speaks of, and again for those like it that found none before."""
        book = self.book
        open_ = account.open_of.get(claim.type)
        if not open_ or next(untold(account, book, claim), None) is None:
            return
        for event in [event for event in open_ if self._like(account, event, claim)][-SOUGHT_MAX:]:
            telling = book.tellings[(account.provider, event)]
            found = find(account, book, telling.claim)
            if found.play is not None:
                self.link(account, telling, found.play)

    def _like(self, account: Account, event: str, claim: ProviderEvent) -> bool:
        return alike(self.book.tellings[(account.provider, event)].claim, claim)

    def shown(self, account: Account, event: str) -> None:
        """An event of this provider is a play now: the others may have told it before."""
        key = (account.provider, event)
        account.tells[key] = event
        play = self.book.plays[key]
        for other in self.others(account):
            self.seek(other, play.claim)

    def forget_plays(self, now_ms: int) -> None:
        """Plays were taken back: what told them tells no play now, and waits again."""
        plays = self.book.plays
        for account in self.accounts.values():
            for event in list(account.withdrawn):
                telling = self.book.tellings[(account.provider, event)]
                if telling.play not in plays:
                    self.ended(account, telling, "caught_up")
            for key in [key for key in account.tells if key not in plays]:
                event = account.tells.pop(key)
                own = own_play(account, event)
                if own is None:
                    self.book.tellings.pop((account.provider, event), None)
                    self.changed[(account.provider, event)] = None
                    continue
                telling = self.book.tellings.get((account.provider, event)) or Telling(
                    claim=own.claim,
                    received_ms=account.received.get(event, now_ms),
                    log_offset=own.log_offset,
                )
                self.wait(account, self.keep(msgspec.structs.replace(telling, play=None, lead_ms=None)))
                if event in account.waiting:
                    account.waiting[event] = now_ms
        # What became a touch, or news of the feed, tells no play any more, and may still name one.
        for key, telling in list(self.book.tellings.items()):
            if telling.play is None or telling.play in plays:
                continue
            if telling.conflict is not None:
                self.keep(msgspec.structs.replace(telling, play=None))
            else:
                del self.book.tellings[key]
                self.changed[key] = None

    def ended(self, account: Account, telling: Telling, settled: Settled) -> None:
        """What a provider took back is settled, whichever way."""
        account.withdrawn.pop(telling.claim.event, None)
        if telling.conflict is None:
            self.book.tellings.pop(telling.key, None)
            self.changed[telling.key] = None
        elif telling.disputed:
            conflict = msgspec.structs.replace(telling.conflict, settled=settled)
            self.keep(msgspec.structs.replace(telling, conflict=conflict))

    def gain_of(self, account: Account, event: str) -> Points | None:
        """What following a provider in an open event would add to the score; None if that stays as it is."""
        if event not in account.withdrawn:
            return account.gains.get(event)
        play = self.book.tellings[(account.provider, event)].play
        teller = self.accounts.get(play[0]) if play is not None else None
        gain = teller.gains.get(play[1]) if teller is not None and play is not None else None
        return None if gain is None else (-gain[0], -gain[1])

    def place_for(self, account: Account, claim: ProviderEvent) -> Place | None:
        """Where a play of this provider stands among those of others; None if its number says so."""
        book = self.book
        foreign = account.provider != self.home
        if not foreign and not self._mixed:
            return None
        if own_play(account, claim.event) is None:
            return None
        self._mixed = self._mixed or foreign
        index = account.index_of(claim.event)
        low, high = self.neighbour(account.before(index)), self.neighbour(account.behind(index))
        at = 0 if low is None else book.index_of(low.place) + 1
        lag_ms = 0 if low is None else self._lag_ms(account, low)
        while at < len(book.order) and self._is_passed(account, book.order[at], lag_ms):
            at += 1
        before = book.order[at - 1].place if at > 0 else None
        following = book.order[at].place if at < len(book.order) else None
        if not foreign and high is None and following is None:
            numbered = place_of(claim, kind=account.kind, last=book.last_place, arrival=book.seq + 1)
            if before is None or before < numbered:
                return numbered
        return between(before, following, arrival=book.seq + 1)

    def _lag_ms(self, account: Account, play: Play) -> int:
        """By how much later than its teller a provider told a play."""
        told_ms = account.received.get(account.tells.get(play.key, ""))
        first_ms = self._received_ms(play)
        return 0 if told_ms is None or first_ms is None else max(told_ms - first_ms, 0)

    def _is_passed(self, account: Account, play: Play, lag_ms: int) -> bool:
        """Whether a provider that lags by so much would have told a play by now, and has not."""
        if play.key in account.tells:
            return False
        first_ms = self._received_ms(play)
        now_ms = account.heard_ms or 0
        return first_ms is None or now_ms > first_ms + lag_ms + self.terms.failover_ms

    def _received_ms(self, play: Play) -> int | None:
        teller = self.accounts.get(play.key[0])
        return teller.received.get(play.key[1]) if teller is not None else None

    def neighbour(self, own: Iterator[Play]) -> Play | None:
        """The play of the book that the nearest of these tells."""
        book = self.book
        return next((play for one in own if (play := book.plays.get(book.play_of(one.key)))), None)


def own_play(account: Account, event: str) -> Play | None:
    """The play of an account that an event is, while its provider stands by it."""
    return account.book.plays.get((account.provider, event))
