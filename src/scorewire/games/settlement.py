"""What one write of a partition holds, made of what was decided; pure."""

from dataclasses import dataclass
from typing import Final

import msgspec

from scorewire.games.writing import Desk, Outcome, Verdict
from scorewire.journal.records import Commit, HeadMove
from scorewire.log.base import DeadLetter, LogEntry
from scorewire.model.update import Update

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(slots=True, frozen=True)
class Traced:
    """What became of a claim whose caller records its trace.

    Attributes:
        rule: by which it was refused, if it was.
        seq: of its game afterwards.
        rows: that it made, the last of them with this seq.
    """

    traceparent: str
    game_id: str
    offset: int
    outcome: Outcome
    rule: str
    seq: int
    rows: int


@dataclass(slots=True)
class Settlement:
    """What one write must hold: letters first, then the commit, then the updates may be shown."""

    commit: Commit
    letters: tuple[DeadLetter, ...]
    updates: tuple[Update, ...]
    traced: tuple[Traced, ...] = ()

    def traces(self) -> dict[tuple[str, int], str]:
        """Of which trace a row is, by game and seq; rows of no recorded trace are not named."""
        return {
            (one.game_id, seq): one.traceparent
            for one in self.traced
            for seq in range(one.seq - one.rows + 1, one.seq + 1)
        }


def head_move(desk: Desk, from_seq: int) -> HeadMove:
    """A game moves on to where its desk is."""
    assert desk.shown is not None, "a game with rows has a state"
    return HeadMove(
        game_id=desk.book.game_id,
        from_seq=from_seq,
        to_seq=desk.book.seq,
        corrected_seq=desk.book.corrected_seq,
        line=desk.shown.line(),
    )


def traced(entry: LogEntry, verdict: Verdict, seq: int, rows: int) -> Traced:
    """What became of a claim, for whoever follows its trace."""
    rule = verdict.refusal.rule if verdict.refusal is not None else ""
    return Traced(entry.traceparent, entry.claim.game_id, entry.offset, verdict.outcome, rule, seq, rows)


def letter_of(entry: LogEntry, verdict: Verdict, now_ms: int) -> DeadLetter:
    """A claim that was refused, whole."""
    assert verdict.refusal is not None
    return DeadLetter(
        ts=now_ms,
        provider=entry.claim.provider,
        game_id=entry.claim.game_id,
        rule=verdict.refusal.rule,
        detail=verdict.refusal.detail,
        payload=_ENCODER.encode(entry.claim),
        webhook_id=entry.webhook_id,
        position=f"{entry.partition}:{entry.offset}",
    )
