"""What decisions are written down with: rows, applied at once, and the updates that follow. Pure."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from scorewire.games.book import Book, Memory, PlayKey
from scorewire.games.frame import score_state, update_of
from scorewire.model.game_event import Cause, CompactEvent, GameEvent, Place
from scorewire.model.provider_event import Detail, SideScore
from scorewire.model.score_state import OVER, ScoreState
from scorewire.model.update import Update, difference
from scorewire.sports.machine import Refusal

OURS: Final = "scorewire"
IMPOSED: Final = frozenset({"awarded", "forfeited", "walkover", "void"})
"""Statuses whose score was ruled, not played."""

Outcome = Literal["applied", "duplicate", "stale", "touch", "remembered", "followed", "aside", "refused"]


@dataclass(slots=True)
class Verdict:
    """What became of one claim.

    Attributes:
        outcome: `followed` is a claim of a provider that does not count for this game now and may later;
            `aside` one of a provider that never does.
        updates: one for each row, in order; rows and updates are parallel.
        remembered: what must be kept beside the rows, by play.
        tellings: whose entry of several providers' accounts must be written, or cleared where it is gone.
        refusal: why, where the outcome is `refused`.
    """

    outcome: Outcome
    rows: tuple[GameEvent, ...] = ()
    updates: tuple[Update, ...] = ()
    remembered: tuple[tuple[PlayKey, Memory], ...] = ()
    refusal: Refusal | None = None
    tellings: tuple[PlayKey, ...] = ()


@dataclass(slots=True)
class Desk:
    """One game under decision: its book, and the state that fans have been promised so far.

    Attributes:
        checks: whether a provider's own score is held against ours; not where its claims are only followed,
            and then nobody is shown anything either.
        disputed: another provider tells more points than are shown, and it is not settled who is right.
    """

    book: Book
    epoch: str
    shown: ScoreState | None = None
    checks: bool = True
    disputed: bool = False


class Writer:
    """Makes rows, applies each to the book at once, and collects the updates that follow.

    Attributes:
        waits: score checks wait for the end of a decision of several parts; `stated` is what they go by then.
        counts: the numbers of the claim's provider say what it had said before it stated a score.
        overturned: the score stated last was ours, and what its provider had told before that and came only
            now makes ours another: what took it back is late too, or lost.
    """

    def __init__(self, desk: Desk, now_ms: int, log_offset: int) -> None:
        self.desk = desk
        self.book = desk.book
        self.now_ms = now_ms
        self.log_offset = log_offset
        self.waits = False
        self.counts = False
        self.overturned = False
        self.stated: SideScore | None = None
        self.rows: list[GameEvent] = []
        self.updates: list[Update] = []

    def write(self, row: GameEvent, *, correction_if_differs: bool = False) -> None:
        """Apply `row`; with `correction_if_differs` it becomes a correction if the state changes by it.

        So does, whatever it is, a row that takes points away, or changes the score of a game that is over.
        No update follows where nobody is shown the game.
        """
        before, held = self.desk.shown, self.book.statement
        self.book.apply(row)
        if held is not None and held.is_met:
            now = self.book.statement
            self.overturned |= now is not None and now.place == held.place and not now.is_met
        if not self.desk.checks:
            self.rows.append(row)
            return
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
        if self.waits:
            self.stated = stated
        else:
            self.check_score(stated)
        return Verdict("applied", tuple(self.rows), tuple(self.updates), remembered)

    def check_score(self, stated: SideScore | None) -> None:
        """Mark the score as under check while the provider's own newest score disagrees with ours."""
        book = self.book
        if not self.desk.checks:
            return
        if book.board.status in IMPOSED:
            agrees: bool | None = True  # a ruling's score is not what was played, and is checked by nobody
        elif self.desk.disputed:
            agrees = False  # another provider says that there was more, until that is settled
        elif stated is not None:
            agrees = (book.board.home, book.board.away) == (stated.home, stated.away)
        elif book.under_check:
            agrees = self._agrees_by_now()
        else:
            agrees = False if self.overturned and self.counts else None
        if agrees is None or agrees is not book.under_check:
            return
        self.note("SCORE_CHECK_ENDED" if agrees else "SCORE_CHECK_STARTED", {"under_check": not agrees})

    def _agrees_by_now(self) -> bool:
        """Whether a correction or a late play has settled a check."""
        held = self.book.statement
        if self.waits and self.book.contradiction == "blurred":
            return False
        if not self.counts or held is None:
            return _agrees_by_now(self.book)
        return held.is_met or _agrees_by_now(self.book, only=held.place)

    def note(self, kind: str, note: Detail) -> None:
        """Write a row of our own, which changes no play."""
        seq = self.book.seq + 1
        cause = Cause(provider=OURS, event=f"{kind}-{seq}", revision=self.now_ms)
        compact = CompactEvent(seq=seq, type=kind)
        row = self.row(type=kind, level="play", change="note", cause=cause, note=note, compact=compact)
        self.write(msgspec.structs.replace(row, log_offset=-1))


def _takes_back(before: ScoreState, after: ScoreState) -> bool:
    if (before.home.score, before.away.score) == (after.home.score, after.away.score):
        return False
    fell = after.home.score < before.home.score or after.away.score < before.away.score
    return fell or before.status in OVER


def _agrees_by_now(book: Book, only: Place | None = None) -> bool:
    """Whether the newest play that states the provider's own score agrees with ours there.

    True if none states it any more: the statement that started the check was taken back.

    Asked only while the score is under check: a statement that is older than a correction must not start a
    check, which is why starting asks only the newest claim.

    Args:
        only: the place of the statement that counts; an older one says nothing of what came after it.
    """
    for back, play in enumerate(book.newest_first()):
        score = play.claim.score
        if score is None or not book.stands(play) or only not in (None, play.place):
            continue
        index = len(book.plays) - back
        board = book.board if back == 0 else book.machine.board(book.state_before(index))
        return (board.home, board.away) == (score.home, score.away)
    return only is None
