"""What one of several providers says of a game: its own plays in its own order, and its own score. Pure.

An account is folded like the game itself, by the same rules, from this provider's claims alone. So it knows
what the score is after each of them even where the provider does not say, and what came before and after a
play in the provider's own order. Nobody is told of it; what is shown is decided in arbitration.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.games.book import Book, Play, PlayKey
from scorewire.games.engine import decide
from scorewire.games.writing import Desk, Verdict
from scorewire.model.provider_event import GameDeclared, ProviderEvent, SequenceKind
from scorewire.sports.machine import AnyMachine, Board

MISSING_MAX: Final = 1000
"""Numbers of one gap that are kept; more are no gap but another numbering."""

Points = tuple[int, int]
"""Home and away."""


@dataclass(slots=True)
class Gap:
    """Numbers of a dense sequence that did not come between two that did."""

    low: int
    high: int
    due_ms: int
    since_ms: int


@dataclass(slots=True)
class Account:
    """See the module's docstring.

    Attributes:
        shadow: followed and reported, but never shown.
        shared: plays of the game's book that several providers tell; one set for all accounts of a game.
        tells: plays of the game's book that this provider tells, under its own name for them.
        open: events that are no play of the game's book -> their type, in order of arrival.
        open_of: the same by type.
        waiting: of those, the key ones that nothing was decided about yet -> since when, by intake's clock.
        withdrawn: events that it took back and another still tells -> since when.
        received: when each event came, by intake's clock; of what came since the start.
        gains: what each event added to the provider's own score, where it changed it.
        after: the provider's own score after those.
        missing: numbers of its sequence that were left out so far.
        unnumbered: events that are remembered from before the start, whose numbers are not.
        owed: what its own score lacks against the game's because claims of it were lost.
        heard_ms: when it last said anything; None if not since the start.
        steady_since_ms: since when it has been telling what the followed provider tells.
        away_since_ms: since when it is not followed any more.
        differs_since_ms: since when its own sheet is another than the game's, at the newest play of both.
    """

    provider: str
    desk: Desk
    kind: SequenceKind | None
    shadow: bool
    shared: set[PlayKey]
    tells: dict[PlayKey, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    open_of: dict[str, dict[str, None]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)
    gains: dict[str, Points] = field(default_factory=dict)
    after: dict[str, Points] = field(default_factory=dict)
    owed: Points = (0, 0)
    heard_ms: int | None = None
    lost: bool = False
    steady_since_ms: int | None = None
    away_since_ms: int = 0
    differs_since_ms: int | None = None
    gaps: list[Gap] = field(default_factory=list)
    missing: set[int] = field(default_factory=set)
    unnumbered: int = 0
    _top: int | None = None

    @property
    def book(self) -> Book:
        """Its own plays."""
        return self.desk.book

    @property
    def is_whole(self) -> bool:
        """Whether its own numbers say that nothing of it is missing.

        Of touches, and of plays that were taken back, the numbers are not kept over a restart: each of these
        events explains one number that seems to be missing then.
        """
        return self.kind == "dense" and self._top is not None and len(self.missing) <= self.unnumbered

    def hear(self, claim: ProviderEvent, received_ms: int, wait_ms: int) -> None:
        """Note that it talks, and which numbers it left out.

        Args:
            wait_ms: how long what it left out may still come.
        """
        self.heard_ms = max(self.heard_ms or 0, received_ms)
        self.lost = claim.type == "FEED_LOST"
        if self.lost:
            self.steady_since_ms = None
        elif self.steady_since_ms is None:
            self.steady_since_ms = received_ms
        self.received.setdefault(claim.event, received_ms)
        if claim.sequence is not None and self.kind == "dense":
            self.count(claim.sequence, received_ms, wait_ms)

    def count(self, number: int, received_ms: int, wait_ms: int) -> None:
        """Note a number of its sequence; one that leaves others out opens a gap."""
        top = self._top
        if top is not None and top + 1 < number <= top + MISSING_MAX:
            self.missing.update(range(top + 1, number))
            self.gaps.append(Gap(top, number, received_ms + wait_ms, received_ms))
        self.missing.discard(number)
        self._top = number if top is None else max(top, number)

    def take(self, claim: ProviderEvent, *, now_ms: int, log_offset: int) -> Verdict:
        """Decide a claim by this provider's account alone."""
        before = self.book.board
        verdict = decide(self.desk, claim, now_ms=now_ms, log_offset=log_offset, kind=self.kind)
        if verdict.outcome == "applied":
            self.gains.pop(claim.event, None)
            play = self.book.plays.get((self.provider, claim.event))
            if play is not None:
                self._weigh(play, before)
        return verdict

    def leave_open(self, event: str, type_: str) -> None:
        """Note an event that is no play of the game's book, or that is of another type now."""
        before = self.open.get(event)
        if before is not None:
            del self.open_of[before][event]
        self.open[event] = type_
        self.open_of.setdefault(type_, {})[event] = None

    def close(self, event: str) -> None:
        """Nothing is looked for any more."""
        self.waiting.pop(event, None)
        type_ = self.open.pop(event, None)
        if type_ is not None:
            del self.open_of[type_][event]

    def declare(self, declared: GameDeclared) -> None:
        """The frame of the game has changed."""
        decide(self.desk, declared, now_ms=0, log_offset=-1)

    def index_of(self, event: str) -> int:
        """Where an event stands in its own order; at the end, if it does not."""
        play = self.book.plays.get((self.provider, event))
        return len(self.book.order) if play is None else self.book.index_of(play.place)

    def before(self, index: int) -> Iterator[Play]:
        """Its own plays before an index, the nearest first."""
        order = self.book.order
        return (order[at] for at in range(min(index, len(order)) - 1, -1, -1))

    def behind(self, index: int) -> Iterator[Play]:
        """Its own plays after an index, the nearest first."""
        order = self.book.order
        return (order[at] for at in range(index + 1, len(order)))

    def _weigh(self, play: Play, before: Board) -> None:
        book = self.book
        index = book.index_of(play.place)
        if index + 1 < len(book.order) or play.claim.event in self.after:
            before = book.machine.board(book.state_before(index))
        after = score_after(book, play)
        self.after[play.claim.event] = after
        gained = (after[0] - before.home, after[1] - before.away)
        if gained != (0, 0):
            self.gains[play.claim.event] = gained


def opened(
    provider: str,
    *,
    declared: GameDeclared,
    machines: Mapping[str, AnyMachine],
    kind: SequenceKind | None,
    shadow: bool,
    shared: set[PlayKey],
) -> Account:
    """An account in which nothing was said yet."""
    book = Book(game_id=declared.game_id, machines=dict(machines), active=provider)
    account = Account(provider, Desk(book, "", checks=False), kind, shadow, shared)
    account.declare(declared)
    return account


def score_after(book: Book, play: Play) -> Points:
    """The score of a book after one of its plays."""
    index = book.index_of(play.place) + 1
    board = book.board if index == len(book.order) else book.machine.board(book.state_before(index))
    return (board.home, board.away)


def sheet_after(book: Book, play: Play) -> tuple[object, ...]:
    """How everything stands after one of a book's plays: score, lines, and what leads to the next of them."""
    index = book.index_of(play.place) + 1
    board = book.board if index == len(book.order) else book.machine.board(book.state_before(index))
    lines = {period: line for period, line in board.linescore.items() if any(line.values())}
    detail = board.detail
    return (board.home, board.away, lines, detail.get("points"), detail.get("innings"))
