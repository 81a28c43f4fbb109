"""Several providers on one game: whose account is shown, and what becomes of the others' claims. Pure.

The book shows the account of the *active* provider, at first the most preferred, and the desk's. Every other
provider is followed in an account of its own (account.py). A claim of it that speaks of a play that is shown
(matching.py) is another name for that play, and kept as such. One that does not waits, if it is a key one:

    active provider silent for `failover_ms` ─► PROVIDER_CHANGED, and all that it told after its last match
    active provider talks                    ─► a conflict with both sides; points put the score under check

A conflict ends when the active provider states the score that the claim makes, or left out exactly that
number, or tells it too, when the claim is taken back, or by the desk. The more preferred provider is
followed again once it has told for `steady_ms` what the active one tells. What was shown stays: nobody undoes
by lag what another told. Time is that at which intake received the claims, never the owner's clock.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from scorewire.games import conflicts
from scorewire.games.account import Account, sheet_after
from scorewire.games.book import Book, Play, PlayKey
from scorewire.games.engine import amend_play, decide, decide_event, take_back
from scorewire.games.matching import alike, find
from scorewire.games.tellers import Kinds, Tellers, Terms, own_play
from scorewire.games.telling import Telling
from scorewire.games.writing import DESK, Desk, Outcome, Verdict, Writer
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.model.score_state import OVER
from scorewire.sports.machine import Refusal

NEAR_PLAYS: Final = 3
"""Plays that weigh by which a provider that keeps up may lag behind."""
DONE: Final = OVER | {"ended"}
"""Statuses in which nobody need say more."""


def several(book: Book) -> bool:
    """Whether more than one provider speaks of this game."""
    return book.declared is not None and len(book.declared.providers) > 1


class Arbiter:
    """Decides the claims of one game that several providers tell.

    Args:
        desk: the game; what was told of it lies in its book.
    """

    def __init__(self, desk: Desk, *, terms: Terms, kinds: Kinds) -> None:
        self._desk = desk
        self._book = desk.book
        self._terms = terms
        self._kinds = kinds
        self._awake_ms: int | None = None
        self._tellers = Tellers(desk.book, terms=terms, kinds=kinds)

    @property
    def tellers(self) -> Tellers:
        """The providers, and what each of them tells."""
        return self._tellers

    def due_ms(self) -> int | None:
        """When something that waits is due, by intake's clock; None if nothing waits."""
        wait_ms, awake_ms = self._terms.failover_ms, self._awake_ms or 0
        dues = [
            max(since, awake_ms) + wait_ms
            for one in self._tellers.followed()
            for since in self._waiting(one).values()
        ]
        dues += [
            max(one.differs_since_ms, awake_ms) + wait_ms
            for one in self._tellers.counting()
            if one.differs_since_ms is not None and not self._desk.disputed
        ]
        if self._heir() is not None:
            dues.append(self._active_heard_ms() + wait_ms)
        dues += [max(gap.due_ms, awake_ms) for one in self._tellers.accounts.values() for gap in one.gaps]
        return min(dues, default=None)

    def take(
        self, claim: ProviderEvent | GameDeclared, *, now_ms: int, received_ms: int, log_offset: int
    ) -> Verdict:
        """Decide one claim, and what was due before it came.

        Guarantees: as engine.decide.
        """
        if isinstance(claim, GameDeclared):
            verdict = decide(self._desk, claim, now_ms=now_ms, log_offset=log_offset)
            self._tellers.listen()
            return verdict
        writer = self._writer(now_ms, log_offset)
        self._tick(writer, received_ms)
        if claim.provider == DESK:
            verdict = self._of_desk(writer, claim)
        else:
            verdict = self._heard(writer, claim, received_ms)
        return self._finished(writer, verdict, received_ms)

    def tick(self, *, now_ms: int, log_ms: int) -> Verdict:
        """Decide what is due now that the log has come to `log_ms`, though no claim of this game came."""
        writer = self._writer(now_ms, -1)
        self._tick(writer, log_ms)
        return self._finished(writer, Verdict("applied"), log_ms)

    def _of_desk(self, writer: Writer, claim: ProviderEvent) -> Verdict:
        held = self._book.plays.get((DESK, claim.event))
        before = held.claim if held is not None else None
        verdict = decide_event(writer, claim, kind=self._kinds(DESK))
        if verdict.outcome != "applied":
            return verdict
        if before is not None and before.type == "CONFLICT_SETTLED":
            conflicts.reopen(self._tellers, before)
        if claim.type == "CONFLICT_SETTLED" and claim.action == "assert":
            conflicts.heed_desk(self._tellers, writer, claim)
        return verdict

    def _heard(self, writer: Writer, claim: ProviderEvent, received_ms: int) -> Verdict:
        account = self._tellers.accounts.get(claim.provider)
        if account is None:
            return Verdict("aside")
        account.hear(claim, received_ms, self._terms.failover_ms)
        own = account.take(claim, now_ms=writer.now_ms, log_offset=writer.log_offset)
        for key, memory in own.remembered:
            self._book.remembered[key] = memory
        if account.provider == self._tellers.active:
            verdict = self._of_active(writer, account, claim, own)
            verdict.remembered = tuple({**dict(own.remembered), **dict(verdict.remembered)}.items())
            return verdict
        if own.outcome != "applied":
            return Verdict(own.outcome, remembered=own.remembered, refusal=own.refusal)
        if own.rows[0].change == "retract":
            self._withdrawn(writer, account, claim, received_ms)
        else:
            self._told(writer, account, claim, received_ms)
        if self._is_steady(account, received_ms):
            self._switch(writer, account, received_ms)
        return Verdict("followed", remembered=own.remembered)

    def _of_active(self, writer: Writer, account: Account, claim: ProviderEvent, own: Verdict) -> Verdict:
        book, key = self._book, (claim.provider, claim.event)
        telling = book.tellings.get(key)
        if key in book.plays:
            verdict = decide_event(writer, claim, kind=account.kind)
        elif own.outcome in ("stale", "duplicate", "touch", "remembered"):
            return Verdict(own.outcome, remembered=own.remembered)
        elif telling is not None and telling.play is None:
            # It told this before it was shown, and nobody agreed: what it says of it now is heard like then.
            received_ms = account.received.get(claim.event, 0)
            if own.rows and own.rows[0].change == "retract":
                self._withdrawn(writer, account, claim, received_ms)
            else:
                self._told(writer, account, claim, received_ms)
            return Verdict("followed", remembered=own.remembered)
        elif telling is not None:
            refusal = self._amended(writer, claim, telling)
            verdict = Verdict("refused", refusal=refusal) if refusal else Verdict("applied")
            writer.stated = claim.score
        elif claim.action == "retract" or claim.confirmation == "cancelled":
            return Verdict("remembered", remembered=own.remembered)
        else:
            verdict = self._new_of_active(writer, account, claim)
        conflicts.confirm(self._tellers, writer)
        return verdict

    def _new_of_active(self, writer: Writer, account: Account, claim: ProviderEvent) -> Verdict:
        partner = find(account, self._book, claim).play if own_play(account, claim.event) else None
        if partner is not None:
            telling = self._tellers.tell(account, claim, writer.log_offset)
            self._tellers.link(account, telling, partner)
            if _players_differ(claim, partner.claim):
                self._amended(writer, claim, self._book.tellings[telling.key])
            return Verdict("followed")
        verdict = decide_event(
            writer, claim, kind=account.kind, place=self._tellers.place_for(account, claim)
        )
        if verdict.outcome == "applied":
            self._tellers.shown(account, claim.event)
        return verdict

    def _told(self, writer: Writer, account: Account, claim: ProviderEvent, received_ms: int) -> None:
        """A provider that is followed told something, or told it anew."""
        book, key = self._book, (claim.provider, claim.event)
        telling = book.tellings.get(key)
        if telling is not None and telling.claim.action == "retract":
            telling = None  # it stands by it again
            account.withdrawn.pop(claim.event, None)
        if telling is None and key in book.plays:
            offset = book.plays[key].log_offset
            telling = Telling(claim=claim, received_ms=received_ms, log_offset=offset, play=key)
            account.tells[key] = claim.event
        if telling is None:
            self._tellers.tell(account, claim, writer.log_offset)
            self._tellers.seek(account, claim)
            return
        old, telling = telling.claim, self._tellers.keep(msgspec.structs.replace(telling, claim=claim))
        if telling.play == key:
            if not self._tellers.told_by_active(key):
                self._amended(writer, claim, telling)
        elif telling.play is not None:
            self._recheck(account, telling, old)
        elif telling.play is None:
            if claim.event in account.open:
                account.leave_open(claim.event, claim.type)
            self._tellers.seek(account, claim)

    def _recheck(self, account: Account, telling: Telling, old: ProviderEvent) -> None:
        """An event that was matched says something else now: it may be another play, or none."""
        if alike(old, telling.claim) and old.score == telling.claim.score:
            return
        assert telling.play is not None
        account.tells.pop(telling.play, None)
        self._tellers.wait(
            account, self._tellers.keep(msgspec.structs.replace(telling, play=None, lead_ms=None))
        )
        self._tellers.seek(account, telling.claim)

    def _withdrawn(self, writer: Writer, account: Account, claim: ProviderEvent, received_ms: int) -> None:
        """A provider that is followed took something back; what others tell too stays for now."""
        book, key = self._book, (claim.provider, claim.event)
        telling = book.tellings.pop(key, None)
        play = book.plays.get(telling.play if telling is not None and telling.play is not None else key)
        self._tellers.changed[key] = None
        account.close(claim.event)
        if play is not None:
            account.tells.pop(play.key, None)
            if not any(play.key in other.tells for other in self._tellers.others(account)):
                take_back(writer, claim, play)
            elif book.machine.events[play.claim.type].weighs and not account.shadow:
                account.withdrawn[claim.event] = received_ms
                offset = writer.log_offset
                self._tellers.keep(
                    Telling(claim=claim, received_ms=received_ms, log_offset=offset, play=play.key)
                )
            return
        if telling is not None and telling.conflict is not None:
            conflict = telling.conflict
            if not conflict.settled:
                conflict = msgspec.structs.replace(conflict, settled="retracted")
            self._tellers.keep(msgspec.structs.replace(telling, play=None, conflict=conflict))

    def _amended(self, writer: Writer, claim: ProviderEvent, telling: Telling) -> Refusal | None:
        """A play that has a name of this provider is what its claim says."""
        play = self._book.plays.get(telling.play) if telling.play is not None else None
        if play is None:
            return None
        spec = self._book.machine.events.get(claim.type)
        gone = claim.action == "retract" or claim.confirmation == "cancelled"
        if gone or spec is None or spec.level == "touch":
            take_back(writer, claim, play)
            return None
        self._tellers.keep(msgspec.structs.replace(telling, claim=claim))
        return amend_play(writer, claim, play, spec, play.place)

    def _tick(self, writer: Writer, log_ms: int) -> None:
        if self._awake_ms is None:
            self._awake_ms = log_ms
        wait_ms = self._terms.failover_ms
        while True:
            due = [
                (max(since, self._awake_ms), account, event)
                for account in self._tellers.followed()
                for event, since in self._waiting(account).items()
                if max(since, self._awake_ms) + wait_ms <= log_ms
            ]
            if not due:
                break
            since, account, event = min(due, key=lambda one: one[0])
            if self._is_silent(since):
                self._switch(writer, account, log_ms)
            else:
                conflicts.dispute(self._tellers, account, event, "missing", log_ms)
        heir = self._heir()
        if heir is not None and self._active_heard_ms() + wait_ms <= log_ms:
            self._switch(writer, heir, log_ms)
        for account in self._tellers.accounts.values():
            for gap in [gap for gap in account.gaps if max(gap.due_ms, self._awake_ms) <= log_ms]:
                conflicts.explain(self._tellers, writer, account, gap, log_ms)

    def _heir(self) -> Account | None:
        """Who goes on where the provider that is shown has stopped, though they contradicted each other."""
        active = self._tellers.accounts.get(self._tellers.active)
        if active is None or self._book.board.status in DONE:
            return None
        for account in self._tellers.followed():
            tellings = (self._book.tellings[(account.provider, event)] for event in account.open)
            if (account.heard_ms or 0) > (active.heard_ms or 0) and any(one.disputed for one in tellings):
                return account
        return None

    def _active_heard_ms(self) -> int:
        """When the provider that is shown last said anything; our start, where it has not since."""
        active = self._tellers.accounts.get(self._tellers.active)
        return max((active.heard_ms or 0) if active is not None else 0, self._awake_ms or 0)

    def _is_silent(self, since_ms: int) -> bool:
        """Whether the provider that is shown has said nothing since, and the game goes on for it."""
        active = self._tellers.accounts.get(self._tellers.active)
        if active is None:
            return True
        if active.book.board.status in DONE and self._book.board.status in DONE:
            return False
        return active.lost or active.heard_ms is None or active.heard_ms < since_ms

    def _waiting(self, account: Account) -> dict[str, int]:
        """Key events about which nothing was decided yet, with those that were taken back."""
        tellings = self._book.tellings
        if not account.withdrawn:
            return account.waiting
        open_ = {
            event: since
            for event, since in account.withdrawn.items()
            if not tellings[(account.provider, event)].disputed
        }
        return {**account.waiting, **open_}

    def _switch(self, writer: Writer, to: Account, now_ms: int) -> None:
        """Follow another provider from here: what it told after its last match is shown too."""
        was = self._tellers.accounts.get(self._tellers.active)
        writer.note("PROVIDER_CHANGED", {"active": to.provider, "was": self._tellers.active})
        if was is not None:
            was.steady_since_ms, was.away_since_ms = None, now_ms
        for event in [event for event in self._waiting(to) if event in to.withdrawn]:
            conflicts.withdraw(self._tellers, writer, to, event, "failover")
        for event in self._untold(to):
            conflicts.adopt(self._tellers, writer, to, event, "failover")
        for event in list(to.waiting):
            conflicts.dispute(self._tellers, to, event, "missing", now_ms)

    def _untold(self, account: Account) -> list[str]:
        """What a provider told that is not shown: all after its last match, and before it what still waits.

        So does, for one that is shown again, what it alone told meanwhile. What another may have told after
        all is left out.
        """
        book = self._book
        order = account.book.order
        matched = [at for at, own in enumerate(order) if book.play_of(own.key) in book.plays]
        last = matched[-1] if matched else -1
        found: list[str] = []
        for at, own in enumerate(order):
            event = own.claim.event
            if event not in account.open:
                continue
            telling = book.tellings[own.key]
            if find(account, book, telling.claim).several or self._could_be(account, telling.claim):
                continue
            minor = self._is_minor(telling) and telling.received_ms >= account.away_since_ms > 0
            if at > last or minor or event in account.waiting:
                found.append(event)
        return found

    def _could_be(self, account: Account, claim: ProviderEvent) -> bool:
        """Whether a play near it, which this provider does not tell, may be what it speaks of after all."""
        index = account.index_of(claim.event)
        low = self._tellers.neighbour(account.before(index))
        high = self._tellers.neighbour(account.behind(index))
        start = self._book.index_of(low.place) + 1 if low is not None else 0
        stop = self._book.index_of(high.place) if high is not None else len(self._book.order)
        return any(
            alike(claim, play.claim) and play.key not in account.tells and play.key[0] != account.provider
            for play in islice(self._book.order, start, stop)
        )

    def _is_minor(self, telling: Telling) -> bool:
        spec = self._book.machine.events.get(telling.claim.type)
        return spec is not None and not spec.weighs

    def _is_steady(self, account: Account, now_ms: int) -> bool:
        """Whether a more preferred provider than the active one has kept up for long enough."""
        if not self._tellers.is_preferred(account) or account.shadow or account.steady_since_ms is None:
            return False
        since_ms, wait_ms = account.steady_since_ms, self._terms.failover_ms
        if now_ms - since_ms < self._terms.steady_ms:
            return False
        late = any(now_ms - since >= wait_ms for since in self._waiting(account).values())
        events = [*account.open, *account.withdrawn]
        disputed = any(self._book.tellings[(account.provider, event)].disputed for event in events)
        if late or disputed or self._lags(account, since_ms, now_ms - wait_ms):
            account.steady_since_ms = now_ms
            return False
        return True

    def _lags(self, account: Account, since_ms: int, until_ms: int) -> bool:
        """Whether the active provider told a key play between the two times that this one has not told."""
        active, events = self._tellers.accounts[self._tellers.active], self._book.machine.events
        return any(
            since_ms <= active.received.get(event, 0) <= until_ms
            and key not in account.tells
            and key in self._book.plays
            and events[self._book.plays[key].claim.type].weighs
            for key, event in active.tells.items()
        )

    def _is_about_points(self, key: PlayKey) -> bool:
        """Whether a conflict that is open is about the score."""
        telling, account = self._book.tellings.get(key), self._tellers.accounts.get(key[0])
        if telling is None or account is None or account.shadow or not telling.disputed:
            return False
        spec = self._book.machine.events.get(telling.claim.type)
        leads_to_points = spec is not None and spec.scores
        return leads_to_points or self._tellers.gain_of(account, key[1]) is not None

    def _writer(self, now_ms: int, log_offset: int) -> Writer:
        writer = Writer(self._desk, max(now_ms, self._book.ts), log_offset)
        writer.waits = True
        return writer

    def _finished(self, writer: Writer, verdict: Verdict, now_ms: int) -> Verdict:
        if any(row.change == "retract" for row in writer.rows):
            self._tellers.forget_plays(now_ms)
        self._desk.disputed = any(self._is_about_points(key) for key in self._tellers.disputes)
        self._compare(now_ms)
        writer.check_score(writer.stated)
        kept = tuple(self._tellers.changed)
        self._tellers.changed.clear()
        outcome: Outcome = "applied" if writer.rows and verdict.outcome == "followed" else verdict.outcome
        return Verdict(
            outcome, tuple(writer.rows), tuple(writer.updates), verdict.remembered, verdict.refusal, kept
        )

    def _compare(self, now_ms: int) -> None:
        """Hold the game's sheet against those of its providers, each at the newest play that it shares.

        Matching can err where plays look alike. So the score is under check while nobody who keeps up comes
        to what is shown, or one does not that lacks nothing by its own numbers; for longer than lag explains.
        """
        agrees = {
            account.provider: sheet_after(account.book, own) == sheet_after(self._book, play)
            for account in self._tellers.counting()
            for own, play in islice(self._shared(account), 1)
            if self._is_near_the_end(play)
        }
        nobody = bool(agrees) and not any(agrees.values())
        for account in self._tellers.counting():
            if agrees.get(account.provider, True) or not (nobody or account.is_whole):
                account.differs_since_ms = None
                continue
            if account.differs_since_ms is None:
                account.differs_since_ms = now_ms
            if now_ms - account.differs_since_ms >= self._terms.failover_ms:
                self._desk.disputed = True

    def _is_near_the_end(self, play: Play) -> bool:
        """Whether at most a few plays that weigh have come after this one."""
        events = self._book.machine.events
        order = self._book.order
        behind = (order[at] for at in range(len(order) - 1, self._book.index_of(play.place), -1))
        weighing = (one for one in behind if events[one.claim.type].weighs)
        return next(islice(weighing, NEAR_PLAYS, None), None) is None

    def _shared(self, account: Account) -> Iterator[tuple[Play, Play]]:
        """Plays that a provider and the book both have, the newest of the provider first."""
        for own in account.before(len(account.book.order)):
            play = self._book.plays.get(self._book.play_of(own.key))
            if play is not None:
                yield own, play


def _players_differ(one: ProviderEvent, other: ProviderEvent) -> bool:
    return one.player is not None and other.player is not None and one.player.id != other.player.id
