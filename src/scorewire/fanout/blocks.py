"""Id-only blocks: how a stream of several games tells its cursor without an id in shared frames.

All fans of the same games get the same bytes, which name the last completed broadcast of each game. Sending
that back may repeat what is newer; it never skips.
"""

from collections.abc import Callable, Container, Sequence

from scorewire.fanout.audience import Audience, FanLike
from scorewire.fanout.frames import id_block
from scorewire.fanout.turns import Each, Lag, Turn
from scorewire.model.ids import write_cursor


class Blocks:
    """Fans of several games that were written to since the last round.

    Args:
        lag_of: the place of a fan whose transport has asked to pause; it gets no block.
    """

    __slots__ = ("_lag_of", "_touched")

    def __init__(self, *, lag_of: Callable[[FanLike], Lag | None]) -> None:
        self._lag_of = lag_of
        self._touched: dict[FanLike, None] = {}

    def touch(self, fans: Sequence[FanLike]) -> None:
        """These were written to."""
        self._touched.update(dict.fromkeys(fans))

    def forget(self, fan: FanLike) -> None:
        """It has left."""
        self._touched.pop(fan, None)

    def turn(self, ahead: Container[FanLike]) -> Turn | None:
        """The work of one round, if there is any.

        Args:
            ahead: fans that have more of a game than we; a shared block would set them back.
        """
        if not self._touched:
            return None
        fans, self._touched = list(self._touched), {}
        ready: dict[tuple[Audience, ...], bytes] = {}

        def send(fan: FanLike) -> None:
            if fan.slot < 0 or self._lag_of(fan) is not None:
                return
            if fan in ahead:
                fan.write(id_block(own_cursor(fan, None)))
                return
            block = ready.get(fan.audiences)
            if block is None:
                block = ready[fan.audiences] = id_block(settled_cursor(fan.audiences))
            fan.write(block)

        return Each(fans, send, lambda fan: fan)


def own_cursor(fan: FanLike, lag: Lag | None) -> str:
    """The exact place of one fan, where the shared one will not do."""
    seqs: list[tuple[str, int]] = []
    epoch = ""
    for audience in fan.audiences:
        channel = audience.channel
        epoch = channel.epoch
        seq = audience.seq_of(fan) if lag is None else lag.places[audience][1]
        if seq is not None and seq > 0:
            seqs.append((channel.game_id, seq))
    return write_cursor(epoch, seqs) if epoch else ""


def settled_cursor(audiences: tuple[Audience, ...]) -> str:
    """The place that every live fan of these games has reached."""
    seqs = [
        (audience.channel.game_id, audience.settled_seq) for audience in audiences if audience.settled_seq > 0
    ]
    return write_cursor(audiences[0].channel.epoch, seqs) if audiences else ""
