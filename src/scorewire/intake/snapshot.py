"""What has changed between two looks at a game: the newest snapshot against what was posted; pure.

Theory
======

A snapshot feed says everything again, and a correction in it is a silence: the goal is simply not there any
more. So what was posted of each event is kept (`GameSnapshot`), and a new snapshot gives

    an event not seen before            its claim
    an event that says something else   its claim, under a revision above the one posted
    an event that is not there          a retraction, under a revision above the one posted
    an event that is there again        its claim, under a revision above its retraction
    anything else                       nothing

Revisions. A feed's own are kept where it has them. Where it has none (it says 1, or less), our time stands
for one, so that what is posted after a lost state file is not taken for old.

Numbers. Some formats number the entries of a list 1, 2, 3: one entry put in between would move all that
follow. Such numbers are replaced by our own, with room between them, so that an entry keeps the number under
which it was posted; the provider is then `sparse`.

States of the game. A decoder that reads the game's status out of each payload says so under an id that begins
with `status-`. Such a claim is not an event that could vanish: when a payload no longer says `delayed`, the
game was resumed (GAME_RESUMED), and when it says it again, it is delayed a second time.

Statements. A score, a clock or a situation that a snapshot states is what it is now: another value does not
put right what was said before, it follows it. So it is told as an event of its own, and no screen shows every
new score as a correction. If a statement vanishes, all that were made under its id are taken back.

Doubt. A snapshot that has lost most of its events, or is back at an earlier stage of the game, or holds older
copies of events beside missing ones, is more often a fault than the truth: a cache, a restart, a live game
shown as scheduled for one poll. It is held, whole, until `polls_to_believe` polls in a row are in doubt.

A push stream says single events, and its gaps are filled from a snapshot. `note` keeps the same book for
it, and `compare` then leaves alone what was heard after `settled_ms`: the snapshot may be older than that.

Source: project notes on feeds (disappearance from a snapshot; one poll of PREVIEW must not go back).
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent

STATUS: Final = "status-"
"""How the id of a claim begins that says in which state the game is."""
STOPS: Final = frozenset({"GAME_DELAYED", "GAME_INTERRUPTED", "GAME_SUSPENDED", "GAME_POSTPONED"})
"""States out of which the game comes back."""
STATEMENTS: Final = frozenset({"SCORE_SET", "CLOCK_SET", "CLOCK_START", "CLOCK_STOP", "SITUATION"})
"""Types that say how it stands; the next one follows, it corrects nothing."""
STEP: Final = 1 << 20
"""Between two numbers of our own: twenty entries may be put in at the same place, one before the other."""

_ENCODER: Final = msgspec.json.Encoder()
_STAGES: Final[Mapping[str, int]] = {"PRE_GAME": 1, "PERIOD_START": 2, "GAME_END": 3, "GAME_FINAL": 4}
_UNDER_WAY: Final = 2
_SIDELINES: Final = frozenset({"LINEUP", "PRE_GAME"})


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a snapshot is in doubt."""

    polls_to_believe: int = 2
    """Polls in a row that must be in doubt before the last of them is believed; 1 believes all."""
    polls_to_retract: int = 1
    """The same where events are missing and nothing else is strange; 2 costs a cancelled goal one poll."""
    shrink_events_min: int = 5
    """Fewer events than this may vanish together: a game just begun."""
    shrink_share: float = 0.5
    """More than this share of the events vanishing at once is in doubt."""


class Known(Struct, frozen=True, array_like=True):
    """What was posted of one event.

    Attributes:
        posted: the revision under which; `stated`: the feed's own.
        number: of our own numbering, or None.
        type: empty once it is taken back.
        times: how often a status has come back, or a statement was followed by another.
    """

    posted: int
    stated: int
    content: bytes
    heard_ms: int
    number: int | None = None
    type: str = ""
    times: int = 0


class GameSnapshot(Struct, frozen=True):
    """All that is known of one game; never changed in place.

    Attributes:
        doubts: polls in a row that were held.
    """

    events: dict[str, Known] = {}
    stage: int = 0
    doubts: int = 0


class Hold(NamedTuple):
    """Why a snapshot is held: a stable name, and a sentence."""

    rule: str
    detail: str


class Change(NamedTuple):
    """What to post, in order, and what to keep once it is posted.

    Attributes:
        claims: whoever posts them sets provider and game, as with a decoder's.
        stale: entries that were older copies of what is known.
    """

    after: GameSnapshot
    claims: tuple[ProviderEvent, ...] = ()
    held: Hold | None = None
    stale: int = 0


def compare(
    before: GameSnapshot,
    claims: Sequence[ProviderEvent],
    *,
    now_ms: int,
    limits: Limits,
    renumber: bool,
    settled_ms: int | None = None,
) -> Change:
    """The newest snapshot of a game against what was posted.

    Args:
        claims: all that the snapshot says, in its order of play.
        renumber: replace the sequence numbers by our own.
        settled_ms: what was heard later than this cannot have vanished; None: everything can.
    """
    said = {claim.event: claim for claim in claims}
    vanished = [
        event
        for event, known in before.events.items()
        if known.type and event not in said and (settled_ms is None or known.heard_ms <= settled_ms)
    ]
    stale = sum(_is_stale(before.events.get(claim.event), claim) for claim in said.values())
    stage = _stage(said.values())
    hold, polls = _doubt(before, vanished, stale, stage, limits)
    if hold is not None and before.doubts + 1 < polls:
        return Change(msgspec.structs.replace(before, doubts=before.doubts + 1), (), hold, stale)
    numbers = _numbers(before, list(said.values())) if renumber else {}
    writer = _Writer(before, now_ms)
    for event in reversed(vanished):
        writer.take_back(event)
    for claim in said.values():
        if not _is_stale(before.events.get(claim.event), claim):
            writer.say(claim, numbers.get(claim.event))
    return Change(GameSnapshot(writer.events, stage), tuple(writer.claims), None, stale)


def note(before: GameSnapshot, claims: Sequence[ProviderEvent], *, now_ms: int) -> Change:
    """Single events of a push stream: told on as they are, but for exact repetitions, and kept.

    A deletion that says no time of its own gets ours: the feed's clock and ours agree within seconds, and
    what is asserted after it is newer than both.
    """
    writer = _Writer(before, now_ms)
    said = {claim.event for claim in claims}
    if any(claim.action == "assert" for claim in claims):
        for event, known in before.events.items():
            if known.type in STOPS and event.startswith(STATUS) and event not in said:
                writer.take_back(event)
    for claim in claims:
        writer.pass_on(claim)
    if not writer.claims:
        return Change(before)
    stage = max(before.stage, _stage(claims))
    return Change(GameSnapshot(writer.events, stage, before.doubts), tuple(writer.claims))


def _doubt(
    before: GameSnapshot, vanished: Sequence[str], stale: int, stage: int, limits: Limits
) -> tuple[Hold | None, int]:
    """Why the snapshot is strange, and how many polls in a row must be before it is believed."""
    standing = sum(1 for known in before.events.values() if known.type)
    if len(vanished) >= limits.shrink_events_min and len(vanished) > standing * limits.shrink_share:
        detail = f"{len(vanished)} of {standing} events are not there any more"
        return Hold("snapshot_shrunk", detail), limits.polls_to_believe
    if stage < before.stage and before.stage >= _UNDER_WAY:
        detail = f"the game is back at stage {stage}, and was at {before.stage}"
        return Hold("status_went_back", detail), limits.polls_to_believe
    if stale and vanished:
        detail = f"{stale} events are older copies of what is known, and {len(vanished)} are missing"
        return Hold("older_copy", detail), limits.polls_to_believe
    if vanished:
        return Hold("events_vanished", f"{len(vanished)} events are missing"), limits.polls_to_retract
    return None, 0


def _stage(claims: Iterable[ProviderEvent]) -> int:
    """How far the game is: 0 nothing said, 1 before the start, 2 under way, 3 over, 4 confirmed."""
    stage = 0
    for claim in claims:
        if claim.action == "assert":
            implied = _UNDER_WAY if claim.period is not None and claim.type not in _SIDELINES else 0
            stage = max(stage, implied, _STAGES.get(claim.type, 0))
    return stage


def _is_stale(known: Known | None, claim: ProviderEvent) -> bool:
    return known is not None and claim.revision < known.stated


def _content(claim: ProviderEvent, *, numbered: bool) -> bytes:
    """A digest of what it says: not when, and not under which number of ours."""
    sequence = None if numbered else claim.sequence
    bare = msgspec.structs.replace(claim, revision=0, time_ms=0, sequence=sequence)
    return hashlib.blake2b(_ENCODER.encode(bare), digest_size=12).digest()


class _Writer:
    """Collects the claims, and what is known once they are posted."""

    def __init__(self, before: GameSnapshot, now_ms: int) -> None:
        self.events = dict(before.events)
        self.claims: list[ProviderEvent] = []
        self.now_ms = now_ms

    def say(self, claim: ProviderEvent, number: int | None) -> None:
        """One entry of a snapshot."""
        event, known = claim.event, self.events.get(claim.event)
        content = _content(claim, numbered=number is not None)
        type_ = claim.type if claim.action == "assert" else ""
        own = claim.revision if claim.revision > 1 else self.now_ms
        if known is None:
            posted, times = (own, 0) if type_ else (claim.revision, 0)
        elif (known.content, known.number, known.type) == (content, number, type_):
            self.events[event] = msgspec.structs.replace(known, stated=claim.revision)
            return
        else:
            posted = max(own, known.posted + 1)
            again = not known.type and _is_stop(claim)
            times = known.times + (again or type_ in STATEMENTS)
        self.events[event] = Known(posted, claim.revision, content, self.now_ms, number, type_, times)
        name = f"{event}-{times + 1}" if times else event
        sequence = claim.sequence if number is None else number
        self.claims.append(msgspec.structs.replace(claim, event=name, revision=posted, sequence=sequence))

    def pass_on(self, claim: ProviderEvent) -> None:
        """One event of a stream."""
        known = self.events.get(claim.event)
        if claim.action == "retract" and claim.revision <= 1:
            if known is not None and not known.type:
                return
            posted = max(known.posted if known is not None else 0, self.now_ms)
            claim = msgspec.structs.replace(claim, revision=posted)
        content = _content(claim, numbered=False)
        type_ = claim.type if claim.action == "assert" else ""
        times = known.times if known is not None else 0
        if known is not None:
            if (known.content, known.stated, known.type) == (content, claim.revision, type_):
                return
            if not known.type and _is_stop(claim):
                times += 1
        if times and _is_stop(claim):
            self.claims.append(msgspec.structs.replace(claim, event=f"{claim.event}-{times + 1}"))
        else:
            self.claims.append(claim)
        if known is None or claim.revision >= known.posted or _is_stop(claim):
            revision = claim.revision
            self.events[claim.event] = Known(revision, revision, content, self.now_ms, None, type_, times)

    def take_back(self, event: str) -> None:
        """An event that is not there any more; or a state of the game that is over."""
        known = self.events[event]
        if known.type in STATEMENTS:
            for times in range(known.times):
                self._retract(f"{event}-{times + 1}" if times else event, known.posted + 1)
        name = f"{event}-{known.times + 1}" if known.times else event
        posted = known.posted + 1
        self.events[event] = Known(posted, known.stated, b"", self.now_ms, known.number, "", known.times)
        resumes = known.type in STOPS and event.startswith(STATUS)
        if not resumes:
            self._retract(name, posted)
            return
        self.claims.append(
            ProviderEvent(
                provider="",
                game_id="",
                event=f"{name}-over",
                revision=posted,
                type="GAME_RESUMED",
                time_ms=self.now_ms,
            )
        )

    def _retract(self, name: str, posted: int) -> None:
        self.claims.append(
            ProviderEvent(
                provider="",
                game_id="",
                event=name,
                revision=posted,
                action="retract",
                type="",
                time_ms=self.now_ms,
            )
        )


def _is_stop(claim: ProviderEvent) -> bool:
    return claim.type in STOPS and claim.event.startswith(STATUS)


def _numbers(before: GameSnapshot, claims: Sequence[ProviderEvent]) -> dict[str, int]:
    """A number for each entry, growing in the order of the snapshot; as many as can keep theirs."""
    held = [before.events[one.event].number if one.event in before.events else None for one in claims]
    kept = _longest_rise(held)
    numbers: dict[str, int] = {}
    low, run = 0, list[str]()
    for index, claim in enumerate(claims):
        if index not in kept:
            run.append(claim.event)
            continue
        high = held[index]
        assert high is not None
        for place, event in enumerate(run, 1):
            numbers[event] = low + (high - low) * place // (len(run) + 1)
        numbers[claim.event] = low = high
        run = []
    for place, event in enumerate(run, 1):
        numbers[event] = low + STEP * place
    return numbers


def _longest_rise(held: Sequence[int | None]) -> set[int]:
    """Indices of a longest subsequence that rises: those entries need not move."""
    tails: list[int] = []  # tails[n]: the smallest number that ends a rise of n + 1
    ends: list[int] = []
    earlier: dict[int, int | None] = {}
    for index, number in enumerate(held):
        if number is None:
            continue
        at = bisect_left(tails, number)
        earlier[index] = ends[at - 1] if at else None
        if at == len(tails):
            tails.append(number)
            ends.append(index)
        else:
            tails[at], ends[at] = number, index
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = earlier[last]
    return kept
