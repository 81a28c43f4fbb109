"""The fans of one game in one view, and the broadcast that goes over them in slices.

A fan is an entry `fan: seq` in a live dictionary, one per format: the place up to which it has been
written to. Whoever keeps up costs nothing more. A fan whose transport asked to pause has left (see hub.py),
one whose cursor is ahead of our head waits in `waiting`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from scorewire.fanout.channel import NOTHING, Channel
from scorewire.fanout.frames import FORMATS, SEVERAL, ByeReason, Reason

if TYPE_CHECKING:
    from scorewire.fanout.follow import Follow


@dataclass(slots=True)
class Tally:
    """Plain counters of the hub; metrics read them.

    deliveries: writes of a broadcast; joins: games entered; resyncs: full states for those who were slow, or
    came back with a cursor that updates could not bring to the head; bytes: all that was written to fans;
    failures: turns that raised; repairs: games of which an update was lost on its way to us.
    ended: told the audience and the seq before it, whenever a broadcast has come to its last fan.
    """

    deliveries: int = 0
    bytes: int = 0
    joins: int = 0
    resumes: int = 0
    resyncs: int = 0
    lags: int = 0
    stalls: int = 0
    refusals: int = 0
    overloads: int = 0
    byes: int = 0
    broadcasts: int = 0
    failures: int = 0
    repairs: int = 0
    ended: "Callable[[Audience, int], None] | None" = None


class FanLike(Protocol):
    """What the hub needs of a fan; see fan.py.

    slot: its place on the wheel, -1 before it is counted in and after it has left.
    """

    transport: Any
    form: int
    audiences: tuple["Audience", ...]
    follows: "tuple[Follow, ...]"
    slot: int
    address: str

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport."""
        ...

    def farewell(self, reason: ByeReason, retry_ms: int, block: bytes) -> None:
        """Say bye, after `block`, and close."""
        ...

    def heartbeat(self) -> None:
        """Show that we live."""
        ...

    def abort(self) -> None:
        """Close at once, whatever waits to be written."""
        ...


Fans = dict[FanLike, int]


class Audience:
    """See the module.

    Attributes:
        settled_seq: the newest seq whose broadcast is complete: every live fan has it or more.
        alone: the `audiences` of every fan that follows only this game, shared to save memory.
        lagging: fans of this audience whose transport has asked to pause.
        queued: a turn of the broadcast waits or is under way.
        delay_s: how long after the live audience this one is told.
        interval_s: the shortest time between two broadcasts; 0 for none. See `Hub.offer`.
        resting: the interval has not passed: what comes in goes out joined, at its end.

    Args:
        touched: told the fans of several games that were written to.
    """

    __slots__ = (
        "_at",
        "_broken_at",
        "_form",
        "_lists",
        "_payloads",
        "_prev",
        "_spared",
        "_tally",
        "_target",
        "_touched",
        "alone",
        "channel",
        "delay_s",
        "interval_s",
        "lagging",
        "lives",
        "queued",
        "resting",
        "settled_seq",
        "waiting",
    )

    def __init__(
        self,
        channel: Channel,
        *,
        tally: Tally,
        touched: Callable[[Sequence[FanLike]], None],
        delay_s: int = 0,
        interval_s: float = 0.0,
    ) -> None:
        self.channel = channel
        self.delay_s = delay_s
        self.interval_s = interval_s
        self.resting = False
        self._tally = tally
        self._touched = touched
        self.lives: tuple[Fans, Fans, Fans] = ({}, {}, {})
        self.waiting: Fans = {}
        self.settled_seq = channel.seq
        self.alone: tuple[Audience, ...] = (self,)
        self.lagging = 0
        self.queued = False
        self._lists: list[list[FanLike]] | None = None
        self._payloads: tuple[bytes, ...] = ()
        self._broken_at: FanLike | None = None
        self._spared = False
        self._prev = self._target = self._form = self._at = 0

    def empty(self) -> bool:
        """Whether nobody is here."""
        return not (self.lagging or self.lives[0] or self.lives[1] or self.lives[2] or self.waiting)

    def count(self) -> int:
        """Fans that are live here."""
        return sum(len(live) for live in self.lives)

    def enter(self, fan: FanLike, epoch: str | None, seq: int | None, reason: Reason = "rejoin") -> bytes:
        """Put a fan in at its place, and return what brings it to the head (to be written by the caller).

        Args:
            epoch, seq: of the fan's copy; seq None for a fan that has none.
            reason: of a full state that no correction asks for.
        """
        channel = self.channel
        live = self.lives[fan.form]
        if seq is None or seq == 0:
            live[fan] = channel.seq
            return channel.full("join", fan.form)
        if epoch != channel.epoch:
            live[fan] = channel.seq
            self._tally.resyncs += 1
            return channel.full("resync", fan.form)
        if seq > channel.seq:
            self.waiting[fan] = seq
            return b""
        live[fan] = channel.seq
        missed = channel.missed(seq, fan.form, otherwise=reason)
        self._tally.resyncs += missed.whole
        return missed.data

    def leave(self, fan: FanLike) -> int | None:
        """Take a fan out; returns its seq if it was live or waiting."""
        seq = self.lives[fan.form].pop(fan, None)
        waited = self.waiting.pop(fan, None)
        return waited if seq is None else seq

    def seq_of(self, fan: FanLike) -> int | None:
        """The place up to which a fan has been written to, or says it has got elsewhere."""
        seq = self.lives[fan.form].get(fan)
        return self.waiting.get(fan) if seq is None else seq

    def forget_copies(self) -> None:
        """Another epoch has begun: what fans hold is worth nothing."""
        self.settled_seq = NOTHING
        self._lists = None  # a broadcast under way ends here: its frames are of the old epoch
        for live in self.lives:
            live.update(dict.fromkeys(live, NOTHING))
        # The cursors of those who wait were of the old epoch, so they are not ahead any more.
        for fan in self.waiting:
            self.lives[fan.form][fan] = NOTHING
        self.waiting.clear()

    def run(self, budget: int) -> int:
        """Write to at most `budget` fans; returns how many were looked at, at least 1."""
        if self._lists is None:
            self._begin()
        lists = self._lists
        assert lists is not None
        spent = 0
        while spent < budget and self._form < len(FORMATS):
            fans = lists[self._form]
            some = fans[self._at : self._at + budget - spent]
            if some:
                self._write(some, self.lives[self._form])
                if self._form == SEVERAL:
                    self._touched(some)
            spent += len(some)
            self._at += len(some)
            if self._at >= len(fans):
                self._form += 1
                self._at = 0
        if self._form >= len(FORMATS):
            self._lists = None
            self.settled_seq = self._target
            if self._tally.ended is not None:
                self._tally.ended(self, self._prev)
        return max(spent, 1)

    def more(self) -> bool:
        """Whether another turn is needed."""
        return self._lists is not None or (self.settled_seq != self.channel.seq and not self.resting)

    def give_up(self) -> list[FanLike]:
        """A broadcast has raised: the fan where it did must come back, and the slice is done again.

        Whoever has been written to has its place, so nobody gets anything twice. If that happens again in
        one broadcast, or before its first fan, the fault is not a fan's: all who are here must come back.
        """
        fan, self._broken_at = self._broken_at, None
        if fan is not None and not self._spared:
            self._spared = True
            return [fan]
        self._lists = None
        self.settled_seq = self.channel.seq
        return [fan for fans in (*self.lives, self.waiting) for fan in fans]

    def _begin(self) -> None:
        """Start a broadcast from the settled seq to the head; what came in meanwhile goes out joined."""
        channel = self.channel
        for fan, seq in list(self.waiting.items()):
            if seq <= channel.seq:
                del self.waiting[fan]
                self.lives[fan.form][fan] = seq
        self._prev = self.settled_seq
        self._target = channel.seq
        self._lists = [list(live) for live in self.lives]
        self._payloads = tuple(
            channel.news(self._prev, form) if self.lives[form] else b"" for form in FORMATS
        )
        self._form = self._at = 0
        self._spared = False
        self._tally.broadcasts += 1

    def _write(self, fans: list[FanLike], live: Fans) -> None:
        prev, target = self._prev, self._target
        payload = self._payloads[self._form]
        written = 0
        fan: FanLike | None = None
        try:
            for fan in fans:
                seq = live.get(fan)
                if seq == prev:
                    # First the place, then the bytes: the write may make the transport ask to pause.
                    live[fan] = target
                    fan.transport.write(payload)
                    written += 1
                elif seq is not None and seq < target:
                    self._bring(fan, seq, live)
        except Exception:
            self._broken_at = fan
            raise
        self._tally.deliveries += written
        self._tally.bytes += written * len(payload)

    def _bring(self, fan: FanLike, seq: int, live: Fans) -> None:
        """A fan that joined while an earlier broadcast was under way stands somewhere between."""
        channel = self.channel
        live[fan] = channel.seq
        missed = channel.catch_up(seq, self._form, otherwise="resync")
        fan.transport.write(missed)
        self._tally.deliveries += 1
        self._tally.bytes += len(missed)


def by_game(fan: FanLike) -> dict[str, Audience]:
    """Where a fan is."""
    return {audience.channel.game_id: audience for audience in fan.audiences}


def seat(fan: FanLike, audiences: Iterable[Audience]) -> None:
    """Note where a fan is; those who follow one game only share the tuple."""
    seats = tuple(audiences)
    fan.audiences = seats[0].alone or seats if len(seats) == 1 else seats
