"""Decide: a claim becomes rows, is remembered without a row, or is refused with a rule's name. Pure.

The order of the questions is the order of the functions: is it about the frame of the game, or about a
play; is it from the provider that counts; is it news at all; may it be, at its place in play order. What
is decided is applied to the book at once; the shell makes it durable before anyone is told.
"""

import msgspec

from scorewire.games.book import DESK, Book, Memory, Play, PlayKey
from scorewire.games.ordering import NUMBERED, place_of
from scorewire.games.writing import Desk, Outcome, Verdict, Writer
from scorewire.model.game_event import Cause, CompactEvent, Level, Place
from scorewire.model.provider_event import (
    Claim,
    GameDeclared,
    ProviderEvent,
    SequenceKind,
    keep_preference,
)
from scorewire.sports.machine import ANYTHING, EventSpec, Refusal


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
    writer = Writer(desk, max(now_ms, desk.book.ts), log_offset)
    if isinstance(claim, GameDeclared):
        return _decide_frame(writer, claim)
    if desk.book.declared is None:
        return _refused("unknown_game", f"game {claim.game_id!r} was never declared")
    if not counts(desk.book, claim.provider):
        return Verdict("aside")
    return decide_event(writer, claim, kind=kind)


def decide_event(
    writer: Writer, claim: ProviderEvent, *, kind: SequenceKind | None, place: Place | None = None
) -> Verdict:
    """Decide a claim of a provider that counts.

    Args:
        place: where it stands if it is a new play; None to go by its number.
    """
    book = writer.book
    assert book.declared is not None
    writer.counts = kind == "dense" and len(book.declared.providers) <= 1
    key = (claim.provider, claim.event)
    play = book.plays.get(key)
    held = play.claim.revision if play is not None else None
    memory = book.remembered.get(key)
    if memory is not None:
        held = max(held or 0, memory.revision)
    if held is not None and claim.revision < held:
        return Verdict("stale")
    if claim.takes_back:
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
    place = place or place_of(claim, kind=kind, last=book.last_place, arrival=book.seq + 1)
    return _decide_play(writer, claim, spec, place)


def counts(book: Book, provider: str) -> bool:
    """Whether a provider's claims decide this game by themselves: the active one's do, and the desk's."""
    declared = book.declared
    assert declared is not None
    preferred = book.active or (declared.providers[0] if declared.providers else declared.provider)
    return provider in (preferred, DESK)


def _decide_frame(writer: Writer, claim: GameDeclared) -> Verdict:
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
    writer: Writer, claim: ProviderEvent, play: Play | None, memory: Memory | None
) -> Verdict:
    key = (claim.provider, claim.event)
    if play is None:
        if memory is not None and memory.what == "retracted" and memory.revision == claim.revision:
            return Verdict("duplicate")
        return _remember(writer.book, key, Memory(claim.revision, "retracted"))
    take_back(writer, claim, play)
    return writer.applied((key, Memory(claim.revision, "retracted")), stated=claim.score)


def take_back(writer: Writer, claim: ProviderEvent, play: Play) -> None:
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
            play=other_key(claim, play),
            claim=claim,
            compact=compact,
        )
    )


def other_key(claim: ProviderEvent, play: Play) -> PlayKey | None:
    """The play's key, where it is not that of the claim; None where it is."""
    return play.key if play.key != (claim.provider, claim.event) else None


def _decide_touch(writer: Writer, claim: ProviderEvent, play: Play | None, memory: Memory | None) -> Verdict:
    """A touch makes no row; if it was a play until now, that play is taken back."""
    key = (claim.provider, claim.event)
    if play is None:
        if memory is not None and (memory.what, memory.revision) == ("touch", claim.revision):
            return Verdict("duplicate")
        return _remember(writer.book, key, Memory(claim.revision, "touch"), outcome="touch")
    take_back(writer, claim, play)
    writer.book.remembered[key] = Memory(claim.revision, "touch")
    return writer.applied((key, Memory(claim.revision, "touch")))


def _decide_amendment(
    writer: Writer, claim: ProviderEvent, play: Play, spec: EventSpec, kind: SequenceKind | None
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
    refusal = amend_play(writer, claim, play, spec, place)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    newest = book.last_place == place
    return writer.applied(stated=claim.score if newest else None)


def amend_play(
    writer: Writer, claim: ProviderEvent, play: Play, spec: EventSpec, place: Place
) -> Refusal | None:
    """Write the row that makes `play` what `claim` says, at `place`; or say why that cannot be."""
    book, old = writer.book, play.claim
    refusal = book.machine.decide(book.state_at(place, without=play), claim)
    if refusal is not None:
        return refusal
    target, refusal = _target(book, claim, spec, place, before=play)
    if refusal is not None:
        return refusal
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
            play=other_key(claim, play),
            annuls=target,
            claim=claim,
            compact=compact,
        )
    )
    return None


def _decide_play(writer: Writer, claim: ProviderEvent, spec: EventSpec, place: Place) -> Verdict:
    book = writer.book
    late = book.index_of(place) < len(book.plays)
    refusal = add_play(writer, claim, spec, place)
    if refusal is not None:
        return Verdict("refused", refusal=refusal)
    return writer.applied(stated=None if late else claim.score)


def add_play(writer: Writer, claim: ProviderEvent, spec: EventSpec, place: Place) -> Refusal | None:
    """Write the row of a new play at `place`; or say why it cannot be."""
    book = writer.book
    index = book.index_of(place)
    late = index < len(book.plays)
    refusal = book.machine.decide(book.state_before(index), claim)
    if refusal is not None:
        return refusal
    target, refusal = _target(book, claim, spec, place)
    if refusal is not None:
        return refusal
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
    return None


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
    if spec.negates == ANYTHING:
        return None, Refusal("target_missing", f"{claim.type} must name the play in `detail.event`")
    for play in book.newest_first():
        if (
            play.place < place
            and spec.takes_back(play.claim.type)
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
    from_desk = claim.provider == DESK
    provider = str(claim.detail.get("provider", DESK)) if from_desk else claim.provider
    key = book.play_of((provider, named))
    if _comes_back(book, key, book.play_of((claim.provider, claim.event))):
        return None, Refusal("nothing_to_cancel", f"{claim.type} names {named!r}, which takes back this one")
    play = book.plays.get(key)
    if play is None and from_desk and "provider" not in claim.detail:
        play = next((play for play in book.newest_first() if play.key[1] == named), None)
    if play is not None:
        if spec.takes_back(play.claim.type) and book.stands(play, without=before):
            return play.key, None
    elif not from_desk and not book.is_awaited(key, without=before):
        # A play that has not come yet is taken back when it comes, as a retraction would.
        return key, None
    return None, Refusal("nothing_to_cancel", f"{claim.type} names {named!r}, which does not stand")


def _comes_back(book: Book, key: PlayKey, own: PlayKey) -> bool:
    """Whether a play takes back another, that one another ... until `own`: a circle decides nothing."""
    following: PlayKey | None = key
    while following is not None and following != own:
        play = book.plays.get(following)
        following = play.annuls if play is not None else None
    return following is not None


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
