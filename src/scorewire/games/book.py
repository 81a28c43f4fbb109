"""One game as its owner holds it: the plays in play order, and the fold of them. Pure.

The book changes only by `apply`, which takes rows that were decided (engine.py) or read from the
journal, so that folding rows 1..N always gives the state at N. A play at the end evolves the state; an
amendment, a retraction or a late play folds again from the nearest mark before it.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from scorewire.games.statement import Contradiction, Statement, adds_up, precedes, stated
from scorewire.games.telling import Telling
from scorewire.model.game_event import CompactEvent, GameEvent, Place
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.model.score_state import EVENTS_KEPT
from scorewire.sports.machine import AnyMachine, Board

MARK_PLAYS: Final = 32
"""Plays between remembered states: a correction folds at most this many plays before its own place."""

PlayKey = tuple[str, str]
"""(provider, event)."""
DESK: Final = "desk"


@dataclass(slots=True)
class Play:
    """The newest version of one provider event, at its place.

    Attributes:
        key: what identifies it over its revisions; another provider that tells it too may amend it.
        ts: when we first had it, ms; the clock's `at`, which an amendment of the player must not move.
        seq: the row that first showed it; what a correction of it `corrects`.
        log_offset: where its first claim lies on the provider log.
        annuls: the play that this one takes back while it stands.
    """

    key: PlayKey
    place: Place
    claim: ProviderEvent
    ts: int
    seq: int
    annuls: PlayKey | None = None
    log_offset: int = -1


@dataclass(slots=True)
class Memory:
    """A claim that made no row but must not be forgotten, lest an older revision of it be believed."""

    revision: int
    what: Literal["touch", "retracted", "same"]


@dataclass(slots=True)
class Book:
    """See the module's docstring.

    Attributes:
        corrected_seq: the newest row that was a correction.
        corrected: a correction changed the score after the game was final.
        active: the provider whose account this is, beside the desk's; empty for the one first in preference.
        statement: the score that a provider stated last, and what ours lacks of it.
        contradiction: the score stated last was not ours: `open`; and a correction of a provider's has moved
            ours since, so that agreeing with it proves nothing: `blurred`.
        remembered: touches, retractions of what is not held, and newer revisions of equal content.
        tellings: what providers told that is no play of its own here: claims of those that are not shown, and
            other names of plays that are. No row changes it.
    """

    game_id: str
    machines: dict[str, AnyMachine]
    declared: GameDeclared | None = None
    seq: int = 0
    ts: int = 0
    corrected_seq: int = 0
    corrected: bool = False
    under_check: bool = False
    active: str = ""
    statement: Statement | None = None
    contradiction: Contradiction = ""
    tellings: dict[PlayKey, Telling] = field(default_factory=dict)
    recent: deque[CompactEvent] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    remembered: dict[PlayKey, Memory] = field(default_factory=dict)
    plays: dict[PlayKey, Play] = field(default_factory=dict)
    _order: list[Play] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)
    _annullers: dict[PlayKey, list[Play]] = field(default_factory=dict)
    _marks: list[Any] = field(default_factory=list)
    _state: Any = None
    _board: Board | None = None
    _adds_up: bool = False

    @property
    def machine(self) -> AnyMachine:
        """The rules of this game's sport."""
        assert self.declared is not None, "a game is declared before anything else"
        return self.machines[self.declared.sport]

    @property
    def state(self) -> Any:
        """The machine's state after the last play."""
        return self._state

    @property
    def board(self) -> Board:
        """What that state shows."""
        if self._board is None:
            self._board = self.machine.board(self._state)
        return self._board

    @property
    def last_place(self) -> Place | None:
        """The place of the last play."""
        return self._places[-1] if self._places else None

    @property
    def order(self) -> Sequence[Play]:
        """The plays in play order."""
        return self._order

    def play_of(self, key: PlayKey) -> PlayKey:
        """The play that a claim speaks of: its own, or the one that it was matched with."""
        telling = self.tellings.get(key) if key not in self.plays else None
        return key if telling is None or telling.play is None else telling.play

    def awaiting(self, key: PlayKey) -> Sequence[Play]:
        """The plays that take `key` back, whether it is there or not."""
        return self._annullers.get(key, ())

    def stands(self, play: Play, *, without: Play | None = None) -> bool:
        """Whether no other play takes this one back.

        An event that negates names a play that may not have come yet, or that is amended later: it takes
        back only what is of a type that it negates.

        Args:
            without: a play that is left out of the question.
        """
        annullers = self._annullers.get(play.key)
        if not annullers:
            return True
        kind, events = play.claim.type, self.machine.events
        return not any(
            spec.takes_back(kind) and self.stands(other, without=without)
            for other in annullers
            if other is not without and (spec := events.get(other.claim.type)) is not None
        )

    def is_awaited(self, key: PlayKey, *, without: Play | None = None) -> bool:
        """Whether a play that has not come yet is taken back already, but for what `without` says."""
        return any(other is not without for other in self._annullers.get(key, ()))

    def newest_first(self) -> Iterator[Play]:
        """The plays against play order."""
        return reversed(self._order)

    def index_of(self, place: Place) -> int:
        """How many plays stand before `place`."""
        return bisect_left(self._places, place)

    def state_before(self, index: int) -> Any:
        """The machine's state after the first `index` plays."""
        if index >= len(self._order):
            return self._state
        assert self._marks, "a play that stands has a mark at or before it"
        at = min(index // MARK_PLAYS, len(self._marks) - 1)
        return self._fold(self._marks[at], at * MARK_PLAYS, index)

    def with_states(self) -> Iterator[tuple[Play, Any]]:
        """The plays against play order, each with the machine's state before it; a play is folded once."""
        stop = len(self._order)
        for at in range(len(self._marks) - 1, -1, -1):
            start, state = at * MARK_PLAYS, self._marks[at]
            block = []
            for index in range(start, stop):
                block.append((self._order[index], state))
                state = self._fold(state, index, index + 1)
            yield from reversed(block)
            stop = start

    def state_at(self, place: Place, *, without: Play | None = None) -> Any:
        """The machine's state just before `place`.

        Args:
            without: a play that is about to be moved there, and so does not stand where it stood.
        """
        index = self.index_of(place)
        if without is None or place <= without.place:
            return self.state_before(index)
        first = self.index_of(without.place)
        return self._fold(self.state_before(first), first + 1, index)

    def apply(self, row: GameEvent) -> None:
        """Fold one row, the next; never fails on a row that was once decided.

        Raises:
            AssertionError: the row is not the next one, which only our own bug can cause.
        """
        assert row.seq == self.seq + 1, f"row {row.seq} of {self.game_id} does not follow {self.seq}"
        final_before = self._final_score()
        at_statement = self._at_statement(row)
        ours = self._contradicted(row)
        ends = row.place is None or not self._places or row.place >= self._places[-1]
        match row.change:
            case "declare":
                self._declare(row)
            case "assert":
                self._insert(row)
            case "amend":
                self._amend(row)
            case "retract":
                self._remove(row)
            case "note":
                self.under_check = bool(row.note.get("under_check", self.under_check))
                self.active = str(row.note.get("active", self.active))
        self._weigh_statement(row, at_statement, ends=ends)
        self._weigh_contradiction(row, ours, ends=ends)
        self.seq, self.ts = row.seq, row.ts
        self.recent.append(row.compact)
        if row.correction:
            self.corrected_seq = row.seq
        if final_before is not None and row.change != "declare":
            final_after = self._final_score()
            self.corrected = self.corrected or (final_after is not None and final_after != final_before)

    def restore(self, plays: list[Play]) -> None:
        """Take over the plays of a checkpoint, which are in play order, and fold them."""
        self._adds_up = adds_up(self.machine.events)
        self._order = plays
        self._places = [play.place for play in plays]
        self.plays = {play.key: play for play in plays}
        for play in plays:
            if play.annuls is not None:
                self._annullers.setdefault(play.annuls, []).append(play)
        self._refold(0)

    def _final_score(self) -> tuple[object, ...] | None:
        if self.declared is None or self._state is None:
            return None
        board = self.board
        if board.status != "final":
            return None
        lines = {period: line for period, line in board.linescore.items() if any(line.values())}
        return (board.home, board.away, lines)

    def _at_statement(self, row: GameEvent) -> tuple[int, int] | None:
        """The score at the place of the newest statement, if the row is what was said before that."""
        held = self.statement
        return self._score_at(held.place) if held is not None and precedes(held, row) else None

    def _weigh_statement(self, row: GameEvent, before: tuple[int, int] | None, *, ends: bool) -> None:
        """Note the score that a row states, or what it makes up for of the one that was stated last.

        Args:
            before: what `_at_statement` said before the row was applied.
            ends: the row stood at the end of play order then, or takes a play out.
        """
        held, claim = self.statement, row.claim
        if claim is None:
            self.statement = None if row.change == "declare" else held
        elif claim.score is not None and ends:
            new = stated(row, (self.board.home, self.board.away))
            self.statement = new if self._adds_up else None
        elif held is not None and claim.provider != held.provider:
            self.statement = None
        elif held is not None and before is not None:
            now = self._score_at(held.place)
            owed = (held.owed[0] - now[0] + before[0], held.owed[1] - now[1] + before[1])
            self.statement = msgspec.structs.replace(held, owed=owed)

    def _contradicted(self, row: GameEvent) -> tuple[int, int] | None:
        """The score before a correction of a provider's, while the one stated last was not ours."""
        corrects = row.change in ("retract", "amend") and row.cause.provider != DESK
        return (self.board.home, self.board.away) if self.contradiction == "open" and corrects else None

    def _weigh_contradiction(self, row: GameEvent, before: tuple[int, int] | None, *, ends: bool) -> None:
        """Note whether the score stated last is ours, and what came between.

        Args:
            before: what `_contradicted` said before the row was applied.
            ends: as of `_weigh_statement`.
        """
        claim = row.claim
        if claim is not None and claim.score is not None and ends:
            agrees = (claim.score.home, claim.score.away) == (self.board.home, self.board.away)
            self.contradiction = "" if agrees else "open"
        elif row.change == "note" and not self.under_check:
            self.contradiction = ""
        elif self.contradiction == "blurred" and row.cause.provider == DESK:
            self.contradiction = "open"  # who put the score right has looked
        elif before not in (None, (self.board.home, self.board.away)):
            self.contradiction = "blurred"

    def _score_at(self, place: Place) -> tuple[int, int]:
        """The score after the play at a place, and all before it."""
        board = self.machine.board(self.state_before(bisect_right(self._places, place)))
        return (board.home, board.away)

    def _declare(self, row: GameEvent) -> None:
        before, self.declared = self.declared, row.declared
        assert self.declared is not None
        self._adds_up = adds_up(self.machine.events)
        if before is None or (before.sport, before.rules) != (self.declared.sport, self.declared.rules):
            self._refold(0)

    def _insert(self, row: GameEvent) -> None:
        assert row.claim is not None
        assert row.place is not None
        key = (row.claim.provider, row.claim.event)
        play = Play(key, row.place, row.claim, row.ts, row.seq, row.annuls, row.log_offset)
        self.plays[key] = play
        self.remembered.pop(play.key, None)
        if not self._places or row.place > self._places[-1]:
            self._order.append(play)
            self._places.append(row.place)
            if row.annuls is None and self.stands(play):
                self._evolve_last(play)
                return
            first = len(self._order) - 1
        else:
            first = self._put(play)
        self._refold(min(first, self._annul(play)))

    def _amend(self, row: GameEvent) -> None:
        assert row.claim is not None
        assert row.place is not None
        play = self.plays[row.play or (row.claim.provider, row.claim.event)]
        first = self._take_out(play)
        first = min(first, self._give_back(play))
        play.claim, play.place, play.annuls = row.claim, row.place, row.annuls
        first = min(first, self._put(play))
        self._refold(min(first, self._annul(play)))

    def _remove(self, row: GameEvent) -> None:
        assert row.claim is not None
        key = (row.claim.provider, row.claim.event)
        play = self.plays.pop(row.play or key)
        first = self._take_out(play)
        first = min(first, self._give_back(play))
        self.remembered[key] = Memory(row.claim.revision, "retracted")
        self._refold(first)

    def _put(self, play: Play) -> int:
        index = bisect_left(self._places, play.place)
        self._order.insert(index, play)
        self._places.insert(index, play.place)
        return index

    def _take_out(self, play: Play) -> int:
        index = bisect_left(self._places, play.place)
        assert self._order[index] is play
        del self._order[index], self._places[index]
        return index

    def _annul(self, play: Play) -> int:
        """Note what `play` takes back; returns where folding must start because of it."""
        if play.annuls is None:
            return len(self._order)
        self._annullers.setdefault(play.annuls, []).append(play)
        return self._index_of_play(play.annuls)

    def _give_back(self, play: Play) -> int:
        """Forget what `play` takes back; returns where folding must start because of it."""
        if play.annuls is None:
            return len(self._order)
        others = [other for other in self._annullers.pop(play.annuls) if other is not play]
        if others:
            self._annullers[play.annuls] = others
        return self._index_of_play(play.annuls)

    def _index_of_play(self, key: PlayKey) -> int:
        """Where folding starts again when the play of `key` does, or no longer does, count."""
        play = self.plays.get(key)
        if play is None:
            return len(self._order)
        index = self.index_of(play.place)
        return index if play.annuls is None else min(index, self._index_of_play(play.annuls))

    def _evolve_last(self, play: Play) -> None:
        count = len(self._order) - 1
        if count % MARK_PLAYS == 0:
            self._marks.append(self._state)
        self._state = self.machine.evolve(self._state, play.claim, play.ts)
        self._board = None

    def _refold(self, first: int) -> None:
        """Fold again from the mark at or before play `first`; all later marks are made anew."""
        machine = self.machine
        if first == 0 or not self._marks:
            first = 0
            self._marks = [machine.begin(self.declared.rules if self.declared else {})]
        at = min(first // MARK_PLAYS, len(self._marks) - 1)
        state = self._marks[at]
        # A mark stands before play 0, 32, 64 ... only once that play is there.
        del self._marks[at:]
        for start in range(at * MARK_PLAYS, len(self._order), MARK_PLAYS):
            self._marks.append(state)
            state = self._fold(state, start, min(start + MARK_PLAYS, len(self._order)))
        self._state = state
        self._board = None

    def _fold(self, state: Any, start: int, stop: int) -> Any:
        evolve = self.machine.evolve
        for play in self._order[start:stop]:
            if not self._annullers or self.stands(play):
                state = evolve(state, play.claim, play.ts)
        return state
