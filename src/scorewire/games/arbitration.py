"""Several providers on one game: whose account is shown, and what becomes of the others' claims. Pure.

The book shows the account of the *active* provider, at first the most preferred, and the desk's. Every other
provider is followed in an account of its own (account.py). What a claim can be, and what is done:

    a claim of            the active provider                 one that is followed
    --------------------  ----------------------------------  ---------------------------------------------
    a play that nobody    a row at its place; others that     a telling; a key claim waits, and becomes a
    told                  told it before are matched with it  failover or a conflict (deadlines.py)
    a play that another   another name for it; a row only if  another name for it: no row
    tells (matching.py)   the player differs
    a play of its own,    amended, or taken back              amended where the active one does not tell it;
    told anew                                                 taken back where nobody else tells it; else a
                                                              key one waits as withdrawn
    a play of another,    amended, or taken back              sought anew among the plays, if it says
    told anew                                                 something else; taken back: as the line above
    a telling of no       as of one that is followed          sought anew; taken back: gone, a conflict about
    play, told anew                                           it ends
    older or the same,    remembered, as engine.decide says   the same, in its own account
    or a touch
    FEED_LOST             heard, and silent from then on      heard; its 60 s of keeping up begin again

    of the desk           a row as of any provider that counts; CONFLICT_SETTLED ends a conflict
    of nobody listed      left aside
    GAME_DECLARED         the frame changes, and who is listed

Then, whatever it was: does the active provider state the score that open claims make, they are right
(conflicts.confirm); has a better provider kept up for long enough, it is shown again (succession.py); and the
sheets of all are held against what is shown (agreement.py). What was shown stays: nobody undoes by lag what
another told. Time is that at which intake received the claims, never the owner's clock.
"""

from collections.abc import Iterator

import msgspec

from scorewire.games import agreement, conflicts, succession
from scorewire.games.account import Account
from scorewire.games.book import DESK, Book
from scorewire.games.deadlines import Deadline, deadlines
from scorewire.games.engine import amend_play, decide, decide_event, take_back
from scorewire.games.matching import alike, find
from scorewire.games.tellers import Kinds, Tellers, Terms, own_play
from scorewire.games.telling import Telling
from scorewire.games.writing import Desk, Outcome, Verdict, Writer
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.sports.machine import Refusal


def several(book: Book) -> bool:
    """Whether more than one provider speaks of this game."""
    return book.declared is not None and len(book.declared.providers) > 1


class TickFailed(Exception):
    """What was due could not be decided, which is not the fault of the claim that came just then."""


class Arbiter:
    """Decides the claims of one game that several providers tell.

    Args:
        desk: the game; what was told of it lies in its book.
        stuck: what was due here could not be decided: it is left, and the score is under check meanwhile.
    """

    def __init__(self, desk: Desk, *, terms: Terms, kinds: Kinds, stuck: bool = False) -> None:
        self._desk = desk
        self._book = desk.book
        self._terms = terms
        self._kinds = kinds
        self._stuck = stuck
        self._awake_ms: int | None = None
        self._tellers = Tellers(desk.book, terms=terms, kinds=kinds)
        self._waits: list[Deadline] = []
        self._renew()

    @property
    def tellers(self) -> Tellers:
        """The providers, and what each of them tells."""
        return self._tellers

    def due_ms(self) -> int | None:
        """When something that waits is due, by intake's clock; None if nothing waits."""
        return self._waits[0].due_ms if self._waits and not self._stuck else None

    def take(
        self, claim: ProviderEvent | GameDeclared, *, now_ms: int, received_ms: int, log_offset: int
    ) -> Verdict:
        """Decide one claim, and what was due before it came.

        Guarantees: as engine.decide.

        Raises:
            TickFailed: our bug; the book may be half changed.
        """
        if isinstance(claim, GameDeclared):
            verdict = decide(self._desk, claim, now_ms=now_ms, log_offset=log_offset)
            self._tellers.listen()
            self._renew()
            return verdict
        writer = self._writer(now_ms, log_offset)
        self._tick(writer, received_ms)
        if claim.provider == DESK:
            verdict = self._of_desk(writer, claim)
        else:
            verdict = self._heard(writer, claim, received_ms)
        return self._finished(writer, verdict, received_ms)

    def tick(self, *, now_ms: int, log_ms: int) -> Verdict:
        """Decide what is due now that the log has come to `log_ms`, though no claim of this game came.

        Raises:
            TickFailed: as `take`.
        """
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
        if succession.is_steady(self._tellers, account, received_ms):
            succession.switch(self._tellers, writer, account, received_ms)
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
        elif claim.takes_back:
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
        if telling is not None and telling.claim.takes_back:
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
        gone = claim.takes_back
        if gone or spec is None or spec.level == "touch":
            take_back(writer, claim, play)
            return None
        self._tellers.keep(msgspec.structs.replace(telling, claim=claim))
        return amend_play(writer, claim, play, spec, play.place)

    def _tick(self, writer: Writer, log_ms: int) -> None:
        if self._awake_ms is None:
            self._awake_ms = log_ms
            self._renew()
        if self._stuck:
            return
        try:
            self._act(writer, log_ms)
        except Exception as error:
            raise TickFailed(self._book.game_id) from error

    def _act(self, writer: Writer, log_ms: int) -> None:
        """Decide what is due: claims, which may change who is shown; then who goes on; then gaps."""
        wait_ms, tellers = self._terms.failover_ms, self._tellers
        while (claim := next(self._due("claim", log_ms), None)) is not None:
            if succession.is_silent(tellers, claim.due_ms - wait_ms):
                succession.switch(tellers, writer, claim.account, log_ms)
            else:
                conflicts.dispute(tellers, claim.account, claim.event, "missing", log_ms)
            self._renew()
        for one in list(self._due("heir", log_ms)):
            succession.switch(tellers, writer, one.account, log_ms)
            self._renew()
        for one in list(self._due("gap", log_ms)):
            assert one.gap is not None
            conflicts.explain(tellers, writer, one.account, one.gap, log_ms)

    def _is_overdue(self, log_ms: int) -> bool:
        """Whether a claim has waited for too long because what is due is not decided here any more."""
        return self._stuck and next(self._due("claim", log_ms), None) is not None

    def _due(self, what: str, log_ms: int) -> Iterator[Deadline]:
        return (one for one in self._waits if one.what == what and one.due_ms <= log_ms)

    def _renew(self) -> None:
        """Make the list of deadlines anew."""
        self._waits = deadlines(self._tellers, awake_ms=self._awake_ms or 0, disputed=self._desk.disputed)

    def _writer(self, now_ms: int, log_offset: int) -> Writer:
        writer = Writer(self._desk, max(now_ms, self._book.ts), log_offset)
        writer.waits = True
        return writer

    def _finished(self, writer: Writer, verdict: Verdict, now_ms: int) -> Verdict:
        if any(row.change == "retract" for row in writer.rows):
            self._tellers.forget_plays(now_ms)
        differs = agreement.differs(self._tellers, now_ms)
        self._desk.disputed = differs or agreement.is_about_points(self._tellers) or self._is_overdue(now_ms)
        writer.check_score(writer.stated)
        kept = tuple(self._tellers.changed)
        self._tellers.changed.clear()
        self._renew()
        outcome: Outcome = "applied" if writer.rows and verdict.outcome == "followed" else verdict.outcome
        return Verdict(
            outcome, tuple(writer.rows), tuple(writer.updates), verdict.remembered, verdict.refusal, kept
        )


def _players_differ(one: ProviderEvent, other: ProviderEvent) -> bool:
    return one.player is not None and other.player is not None and one.player.id != other.player.id
