"""The ring of one game in one view: recent frames, the head, and what a cursor needs to reach it.

Pure. The ring always holds the frames (head - len, head] without a gap, none of them a correction: a
correction replaces, so whoever stands before it is given the full state, and older frames serve nobody.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from scorewire.fanout.frames import Frame, Reason, dress, encode_state, full_state_frame, update_frame
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head

NOTHING = -1
"""The seq of a fan whose copy of the game is worth nothing: it is given a full state."""

RECALLED_MAX = 64
"""Rows that are worth reading back for a fan that returns: beyond, one full state is smaller."""

_JOINED_MAX = 256
"""Ready answers kept for one head: fans that come back stand at few different places."""


class Missed(NamedTuple):
    """What brings a fan to the head; `whole` if that is a full state."""

    data: bytes
    whole: bool


class Channel:
    """Encodes each frame once, and says what a fan at `seq` needs.

    Args:
        head: the state to start from; earlier frames are not known.
        line: the list form, without events and detail.
        frames_max: frames kept.
    """

    __slots__ = (
        "_encoded",
        "_frames",
        "_joined",
        "_recalled",
        "corrected_seq",
        "epoch",
        "game_id",
        "line",
        "seq",
        "state",
    )

    def __init__(self, head: Head, *, line: bool, frames_max: int) -> None:
        self.game_id = head.state.game_id
        self.line = line
        self.state: ScoreState = head.state
        self.epoch = head.state.epoch
        self.seq = head.state.seq
        self.corrected_seq = head.corrected_seq
        self._frames: deque[Frame] = deque(maxlen=frames_max)
        self._recalled = False
        self._encoded: bytes | None = None
        self._joined: dict[tuple[int, int, Reason], Missed] = {}

    def advance(self, update: Update) -> bool:
        """Take one update of this game; False if it is held already.

        After a gap, a correction or another epoch the ring starts over: there is only the full state.
        """
        if update.epoch == self.epoch and update.seq <= self.seq:
            return False
        if update.epoch != self.epoch or update.correction or update.seq != self.seq + 1:
            self._frames.clear()
        else:
            self._frames.append(update_frame(update, line=self.line))
        self.epoch = update.epoch
        self.seq = update.seq
        self.corrected_seq = update.corrected_seq
        self.state = update.state
        self._encoded = None
        self._joined.clear()
        return True

    def skipped(self, update: Update) -> bool:
        """Whether updates before this one were lost, and it does not replace them itself."""
        return update.seq > self.seq + 1 and update.epoch == self.epoch and not update.correction

    def lacks(self, epoch: str, seq: int) -> bool:
        """Whether a fan at `seq` missed frames that are not here, and that the journal may still have.

        The journal is asked once: for what it did not give then, the full state is the answer.
        """
        oldest = max(self.corrected_seq, self.seq - min(RECALLED_MAX, self._frames.maxlen or 0))
        return not self._recalled and epoch == self.epoch and oldest <= seq < self.seq - len(self._frames)

    def fill(self, updates: Sequence[Update]) -> None:
        """Put what came before the ring's first frame back into it, as far as it follows without a gap."""
        self._recalled = True
        room = (self._frames.maxlen or 0) - len(self._frames)
        first = self.seq - len(self._frames)
        for update in reversed(updates):
            if update.seq > first:
                continue
            if update.seq < first or update.correction or update.epoch != self.epoch or room <= 0:
                break
            self._frames.appendleft(update_frame(update, line=self.line))
            first -= 1
            room -= 1
        self._joined.clear()

    def full(self, reason: Reason, form: int) -> bytes:
        """The head as a full state."""
        return self._full(reason, form).data

    def _full(self, reason: Reason, form: int) -> Missed:
        key = (NOTHING, form, reason)
        ready = self._joined.get(key)
        if ready is None:
            if self._encoded is None:
                self._encoded = encode_state(self.state, line=self.line)
            frame = full_state_frame(self.state, self._encoded, reason)
            data = dress(frame, form, epoch=self.epoch, game_id=self.game_id)
            ready = self._joined[key] = Missed(data, whole=True)
        return ready

    def catch_up(self, seq: int, form: int, *, otherwise: Reason) -> bytes:
        """The bytes of `missed`."""
        return self.missed(seq, form, otherwise=otherwise).data

    def missed(self, seq: int, form: int, *, otherwise: Reason) -> Missed:
        """What brings a fan from `seq`, of this epoch, to the head; empty if it is there.

        The missed frames joined or one full state, whichever is smaller; a full state with the reason
        `correction` if a correction lies between, before any other reason.

        Args:
            seq: at most the head's; NOTHING or less for a copy of another epoch.
            otherwise: the reason of a full state that no correction asks for.
        """
        assert seq <= self.seq
        if seq == self.seq:
            return _NOTHING_MISSED
        if seq < 0:
            return self._full("resync", form)
        if seq < self.corrected_seq:
            return self._full("correction", form)
        key = (seq, form, otherwise)
        ready = self._joined.get(key)
        if ready is None:
            if len(self._joined) >= _JOINED_MAX:
                self._joined.clear()
            ready = self._joined[key] = self._join(seq, form, otherwise)
        return ready

    def news(self, seq: int, form: int) -> bytes:
        """What a fan who keeps up is told: every frame from `seq` to the head, joined.

        A burst may be larger than one full state; whoever keeps up is told each update all the same. A full
        state comes only for a correction, another epoch, or frames that the ring has let go.
        """
        first = self.seq - len(self._frames)
        if seq < first or seq < self.corrected_seq:
            return self.missed(seq, form, otherwise="resync").data
        return b"".join(
            dress(frame, form, epoch=self.epoch, game_id=self.game_id)
            for frame in islice(self._frames, seq - first, None)
        )

    def _join(self, seq: int, form: int, otherwise: Reason) -> Missed:
        first = self.seq - len(self._frames)
        if seq < first:
            return self._full(otherwise, form)
        missed = [
            dress(frame, form, epoch=self.epoch, game_id=self.game_id)
            for frame in islice(self._frames, seq - first, None)
        ]
        if len(missed) == 1:
            return Missed(missed[0], whole=False)
        joined = b"".join(missed)
        full = self._full(otherwise, form)
        return Missed(joined, whole=False) if len(joined) <= len(full.data) else full


_NOTHING_MISSED = Missed(b"", whole=False)
