"""Decide: a claim becomes rows, is remembered without a row, or is refused with a rule's name. Pure.

The order of the questions is the order of the functions: is it about the frame of the game, or about a
play; is it from the provider that counts; is it news at all; may it be, at its place in play order. What
is decided is applied to the book at once; the shell makes it durable before anyone is told.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from scorewire.games.book import Book, Memory, Play, PlayKey
from scorewire.games.frame import score_state, update_of
from scorewire.games.ordering import NUMBERED, place_of
from scorewire.model.game_event import Cause, CompactEvent, GameEvent, Level, Place
from scorewire.model.provider_event import (
    Claim,
    Detail,
    GameDeclared,
    ProviderEvent,
    SequenceKind,
    SideScore,
    keep_preference,
)
from scorewire.model.score_state import OVER, ScoreState
from scorewire.model.update import Update, difference
from scorewire.sports.machine import EventSpec, Refusal

OURS: Final = "scorewire"
DESK: Final = "desk"
IMPOSED: Final = frozenset({"awarded", "forfeited", "walkover", "void"})
"""Statuses whose score was ruled, not played."""

Outcome = Literal["applied", "duplicate", "stale", "touch", "remembered", "aside", "refused"]


@dataclass(slots=True)
class Verdict:
    """What became of one claim.

    Attributes:
        outcome: `aside` is a claim of a provider that does not count for this game now.
        updates: one for each row, in order; rows and updates are parallel.
        remembered: what must be kept beside the rows, by play.
        refusal: why, where the outcome is `refused`.
    """

    outcome: Outcome
    rows: tuple[GameEvent, ...] = ()
    updates: tuple[Update, ...] = ()
    remembered: tuple[tuple[PlayKey, Memory], ...] = ()
    refusal: Refusal | None = None


@dataclass(slots=True)
class Desk:
    """One game under decision: its book, and the state that fans have been promised so far."""

    book: Book
    epoch: str
    shown: ScoreState | None = None


def decide(
    desk: Desk, claim: Claim, *, now_ms: int, log_offset: int, kind: SequenceKind | None = None
) -> Verdict:
    """Decide one claim and apply what follows from it.

    Guarantees: idempotent (the same claim again is a duplicate or stale and changes nothing); a refusal
    changes nothing; folding the rows that all verdicts gave, in order, gives the same book.

    Args:
        now_ms: our time; rows never carry an earlier time than the row before them.
        log_offset: where the claim lies on the provider log; -1 for none.
        kind: what the provider's sequence promises.
    """
    writer = _Writer(desk, max(now_ms, desk.book.ts), log_offset)
    if isinstance(claim, GameDeclared):
        return _decide_frame(writer, claim)
    book = desk.book
    if book.declared is None:
        return _refused("unknown_game", f"game {claim.game_id!r} was never declared")
    if not counts(book.declared, claim.provider):
        return Verdict("aside")
    key = (claim.provider, claim.event)
    play = book.plays.get(key)
    held = play.claim.revision if play is not None else None
    memory = book.remembered.get(key)
    if memory is not None:
        held = max(held or 0, memory.revision)
    if held is not None and claim.revision < held:
        return Verdict("stale")
    if claim.action == "retract" or claim.confirmation == "cancelled":
        return _decide_retraction(writer, claim, play, memory)
    if memory is not None and memory.what == "retracted" and claim.revision == memory.revision:
        return Verdict("stale")  # a re-sent assertion must not undo the retraction of its own revision
    spec = book.machine.events.get(claim.type)
    if spec is None:
        return _refused("unknown_event_type", f"{claim.type!r} is not an event of {book.declared.sport}")
    if spec.level == "touch":
        return _decide_touch(writer, claim, play, memory)
    if play is not None:
        return _decide_amendment(writer, claim, play, spec, kind)
    return _decide_play(writer, claim, spec, kind)


def counts(declared: GameDeclared, provider: str) -> bool:
    """Whether a provider's claims decide this game: the most preferred one's do, and the desk's."""
    preferred = declared.providers[0] if declared.providers else declared.provider
    return provider in (preferred, DESK)


class _Writer:
    """Makes rows, applies each to the book at once, and collects the updates that follow."""

    def __init__(self, desk: Desk, now_ms: int, log_offset: int) -> None:
        self.desk = desk
        self.book = desk.book
        self.now_ms = now_ms
        self.log_offset = log_offset
        self.rows: list[GameEvent] = []
        self.updates: list[Update] = []

    def write(self, row: GameEvent, *, correction_if_differs: bool = False) -> None:
        """Apply `row`; with `correction_if_differs` it becomes a correction if the state changes by it.

        So does, whatever it is, a row that takes points away, or changes the score of a game that is over.
        """
        before = self.desk.shown
        self.book.apply(row)
        after = score_state(self.book, self.desk.epoch, before)
        if before is not None and (
            (correction_if_differs and difference(before, after)) or _takes_back(before, after)
        ):
            row = msgspec.structs.replace(row, correction=True)
            self.book.corrected_seq = row.seq
        self.desk.shown = after
        self.rows.append(row)
        self.updates.append(update_of(self.book, after, before, correction=row.correction))

    def row(self, **fields: Any) -> GameEvent:
        """The next row of this game with what all rows share filled in."""
        return GameEvent(
            game_id=self.book.game_id,
            seq=self.book.seq + 1,
            ts=self.now_ms,
            log_offset=self.log_offset,
            **fields,
        )

    def applied(self, *remembered: tuple[PlayKey, Memory], stated: SideScore | None = None) -> Verdict:
        """The verdict, after the score check that the rows call for.

        Args:
            stated: the provider's own score now, where the claim states it.
        """
        self._check_score(stated)
        return Verdict("applied", tuple(self.rows), tuple(self.updates), remembered)

    def _check_score(self, stated: SideScore | None) -> None:
        """Mark the score as under check while the provider's own newest score disagrees with ours."""
        book = self.book
        if book.board.status in IMPOSED:
            agrees: bool | None = True  # a ruling's score is not what was played, and is checked by nobody
        elif stated is not None:
            agrees = (book.board.home, book.board.away) == (stated.home, stated.away)
        else:
            agrees = _agrees_by_now(book) if book.under_check else None
        if agrees is None or agrees is not book.under_check:
            return
        kind = "SCORE_CHECK_ENDED" if agrees else "SCORE_CHECK_STARTED"
        cause = Cause(provider=OURS, event=f"{kind}-{book.seq + 1}", revision=self.now_ms)
        self.log_offset = -1
        compact = CompactEvent(seq=book.seq + 1, type=kind)
        note: Detail = {"under_check": not agrees}
        self.write(self.row(type=kind, level="play", change="note", cause=cause, note=note, compact=compact))


def _takes_back(before: ScoreState, after: ScoreState) -> bool:
    if (before.home.score, before.away.score) == (after.home.score, after.away.score):
        return False
    fell = after.home.score < before.home.score or after.away.score < before.away.score
    return fell or before.status in OVER


def _agrees_by_now(book: Book) -> bool:
    """Whether the newest play that states the provider's own score agrees with ours there.

    True if none states it any more: the statement that started the check was taken back.

    Asked only while the score is under check: a correction or a late play may have settled it. A statement
    that is older than a correction must not start a check, which is why starting asks only the newest claim.
    """
    for back, play in enumerate(book.newest_first()):
        score = play.claim.score
        if score is None or not book.stands(play):
            continue
        index = len(book.plays) - back
        board = book.board if back == 0 else book.machine.board(book.state_before(index))
        return (board.home, board.away) == (score.home, score.away)
    return True


def _decide_frame(writer: _Writer, claim: GameDeclared) -> Verdict:
    book, held = writer.book, writer.book.declared
    if claim.sport not in book.machines:
        return _refused("unknown_sport", f"{claim.sport!r} is not a sport that this node knows")
    claim = keep_preference(claim, held)
    if held is not None:
        if claim.revision < held.revision:
            return Verdict("stale")
        if _same_frame(claim, held):
            return Verdict("duplicate")
    kind = "GAME_SCHEDULED" if held is None else "GAME_CHANGED"
    upsets = held is not None and (
        (claim.sport, claim.rules, claim.home.id, claim.away.id)
        != (held.sport, held.rules, held.home.id, held.away.id)
    )
    row = writer.row(
        type=kind,
        level="key",
        change="declare",
        cause=Cause(provider=claim.provider, event=claim.event, revision=claim.revision),
        correction=upsets,
        declared=claim,
        compact=CompactEvent(seq=book.seq + 1, type=kind),
    )
    writer.write(row)
    return writer.applied()


def _same_frame(one: GameDeclared, other: GameDeclared) -> bool:
    same = msgspec.structs.replace(
        one, provider=other.provider, event=other.event, revision=other.revision, time_ms=other.time_ms
    )
    return same == other


def _decide_retraction(
    writer: _Writer, claim: ProviderEvent, play: Play | None, memory: Memory | None
) -> Verdict:
    key = (claim.provider, claim.event)
    if play is None:
        if memory is not None and memory.what == "retracted" and memory.revision == claim.revision:
            return Verdict("duplicate")
        return _remember(writer.book, key, Memory(claim.revision, "retracted"))
    _take_back(writer, claim, play)
    return writer.applied((key, Memory(claim.revision, "retracted")), stated=claim.score)


def _take_back(writer: _Writer, claim: ProviderEvent, play: Play) -> None:
    """Write the row that takes `play` back, under the name that the sport's table gives it."""
    spec = writer.book.machine.events.get(play.claim.type)
    kind = (spec.correction if spec is not None else "") or "RETRACT"
    old = play.claim
    compact = CompactEvent(
        seq=writer.book.seq + 1,
        type=kind,
        team=old.team,
        player=_player(old),
        period=old.period,
        clock=old.clock,
        corrects=play.seq,
    )
    writer.write(
        writer.row(
            type=kind,
            level=_shown_level(spec),
            change="retract",
            cause=_cause(claim),
            corrects=play.seq,
            correction=True,
            claim=claim,
            compact=compact,
        )
    )


def _decide_touch(writer: _Writer, claim: ProviderEvent, play: Play | None, memory: Memory | None) -> Verdict:
    """A touch makes no row; if it was a play until now, that play is taken back."""
    key = (claim.provider, claim.event)
    if play is None:
        if memory is not None and (memory.what, memory.revision) == ("touch", claim.revision):
            return Verdict("duplicate")
        return _remember(writer.book, key, Memory(claim.revision, "touch"), outcome="touch")
    _take_back(writer, claim, play)
    writer.book.remembered[key] = Memory(claim.revision, "touch")
    return writer.applied((key, Memory(claim.revision, "touch")))


def _decide_amendment(
    writer: _Writer, claim: ProviderEvent, play: Play, spec: EventSpec, kind: SequenceKind | None
) -> Verdict:
    book, old = writer.book, play.claim
    if _same_content(claim, old, moves=kind == "sparse"):
        if claim.revision == old.revision:
            return Verdict("duplicate")
        # The same content under a newer revision: an older revision that comes late must still lose.
        return _remember(book, play.key, Memory(claim.revision, "same"), outcome="duplicate")
    place = play.place
    if kind == "sparse" and claim.sequence is not None:
        place = (claim.sequence, NUMBERED, play.place[2])
    refusal = book.machine.decide(book.state_at(place, without=play), claim)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    target, refusal = _target(book, claim, spec, place, before=play)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    shown = _compact(claim, spec, book.seq + 1)
    compact = msgspec.structs.replace(
        shown, type="AMEND", corrects=play.seq, detail={**shown.detail, "type": claim.type}
    )
    old_spec = book.machine.events.get(old.type)
    level: Level = "key" if "key" in (spec.level, _shown_level(old_spec)) else "play"
    writer.write(
        writer.row(
            type="AMEND",
            level=level,
            change="amend",
            cause=_cause(claim),
            corrects=play.seq,
            correction=True,
            place=place,
            annuls=target,
            claim=claim,
            compact=compact,
        )
    )
    newest = book.last_place == place
    return writer.applied(stated=claim.score if newest else None)


def _decide_play(
    writer: _Writer, claim: ProviderEvent, spec: EventSpec, kind: SequenceKind | None
) -> Verdict:
    book = writer.book
    place = place_of(claim, kind=kind, last=book.last_place, arrival=book.seq + 1)
    index = book.index_of(place)
    late = index < len(book.plays)
    refusal = book.machine.decide(book.state_before(index), claim)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    target, refusal = _target(book, claim, spec, place)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    corrected = book.plays.get(target) if target is not None else None
    corrects = corrected.seq if corrected is not None else None
    compact = _compact(claim, spec, book.seq + 1)
    if corrects is not None:
        compact = msgspec.structs.replace(compact, corrects=corrects)
    row = writer.row(
        type=claim.type,
        level=spec.level,
        change="assert",
        cause=_cause(claim),
        corrects=corrects,
        correction=target is not None,
        place=place,
        annuls=target,
        claim=claim,
        compact=compact,
    )
    writer.write(row, correction_if_differs=late)
    return writer.applied(stated=None if late else claim.score)


def _target(
    book: Book, claim: ProviderEvent, spec: EventSpec, place: Place, before: Play | None = None
) -> tuple[PlayKey | None, Refusal | None]:
    """The play that a negating event takes back: the one it names, else the newest of its team before it.

    Args:
        place: where the negating event stands; what was played after it is not what it speaks of.
        before: the event as it stood, if this is an amendment of it.
    """
    if not spec.negates:
        return None, None
    named = claim.detail.get("event")
    if named is not None:
        return _named(book, claim, spec, str(named), before)
    for play in book.newest_first():
        if (
            play.place < place
            and play.claim.type in spec.negates
            and claim.team in (None, play.claim.team)
            and book.stands(play, without=before)
        ):
            return play.key, None
    missing = " or ".join(spec.negates)
    return None, Refusal("nothing_to_cancel", f"{claim.type}: no {missing} of that team stands")


def _named(
    book: Book, claim: ProviderEvent, spec: EventSpec, named: str, before: Play | None
) -> tuple[PlayKey | None, Refusal | None]:
    """The play that a negating event names: of its own provider, or, from the desk, of any."""
    key = (claim.provider, named)
    play = book.plays.get(key)
    if play is None and claim.provider == DESK:
        play = next((play for play in book.newest_first() if play.claim.event == named), None)
    if play is not None:
        if play.claim.type in spec.negates and book.stands(play, without=before):
            return play.key, None
    elif claim.provider != DESK and not book.is_awaited(key, without=before):
        # A play that has not come yet is taken back when it comes, as a retraction would.
        return key, None
    return None, Refusal("nothing_to_cancel", f"{claim.type} names {named!r}, which does not stand")


def _remember(book: Book, key: PlayKey, memory: Memory, *, outcome: Outcome = "remembered") -> Verdict:
    book.remembered[key] = memory
    return Verdict(outcome, remembered=((key, memory),))


def _refused(rule: str, detail: str) -> Verdict:
    return Verdict("refused", refusal=Refusal(rule, detail))


def _cause(claim: ProviderEvent) -> Cause:
    return Cause(provider=claim.provider, event=claim.event, revision=claim.revision)


def _same_content(one: ProviderEvent, other: ProviderEvent, *, moves: bool) -> bool:
    """Equal but for the revision and the provider's time, which say when, not what.

    Args:
        moves: another sequence is another place. Where it is not, it says nothing either: a feed that counts
            its entries counts them anew when one is put in between, and 400 plays would be amended by it.
    """
    if one == other:
        return True
    sequence = other.sequence if moves else one.sequence
    return one == msgspec.structs.replace(
        other, revision=one.revision, time_ms=one.time_ms, sequence=sequence
    )


def _shown_level(spec: EventSpec | None) -> Level:
    return "play" if spec is None or spec.level == "touch" else spec.level


def _player(claim: ProviderEvent) -> str:
    return (claim.player.name or claim.player.id) if claim.player is not None else ""


def _compact(claim: ProviderEvent, spec: EventSpec, seq: int) -> CompactEvent:
    return CompactEvent(
        seq=seq,
        type=claim.type,
        team=claim.team,
        player=_player(claim),
        period=claim.period,
        clock=claim.clock,
        detail={name: claim.detail[name] for name in spec.shows if name in claim.detail},
    )
