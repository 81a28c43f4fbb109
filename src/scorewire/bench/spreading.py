"""From what fans were told to times: the parts that `fair`, `slow` and `games` share; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scorewire.bench.figures import percentile, spread
from scorewire.bench.logbook import Told
from scorewire.bench.report import Figure, plain


@dataclass(slots=True)
class Delays:
    """Seconds of one game's updates on their way to all of its fans.

    Attributes:
        decided: from the node's decision, before its commit, to each fan.
        sent: from the call to each fan.
        decided_last, sent_last: the same to the last fan of each update.
        sent_p99: the same to the 99th of 100 fans of each update.
        broadcast: from the first to the last fan of each update.
    """

    decided: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    decided_last: list[float] = field(default_factory=list)
    sent_last: list[float] = field(default_factory=list)
    sent_p99: list[float] = field(default_factory=list)
    broadcast: list[float] = field(default_factory=list)


def delays(told: Iterable[Told], sent_s: Mapping[tuple[str, int], float], wall_s: float) -> Delays:
    """How long each update was on its way.

    Args:
        sent_s: when each call was sent; updates that are not in it are left out.
        wall_s: what the wall clock is ahead of the monotonic one.
    """
    made = Delays()
    for one in told:
        began_s = sent_s.get((one.game, one.seq))
        if began_s is None or not one.at_s:
            continue
        made.sent += [at_s - began_s for at_s in one.at_s]
        made.sent_last.append(one.at_s[-1] - began_s)
        made.sent_p99.append(percentile(one.at_s, 99) - began_s)
        made.broadcast.append(one.at_s[-1] - one.at_s[0])
        if one.ts:
            decided_s = one.ts / 1000 - wall_s
            # The stamp is cut to a whole millisecond.
            made.decided += [max(at_s - decided_s, 0.0) for at_s in one.at_s]
            made.decided_last.append(max(one.at_s[-1] - decided_s, 0.0))
    return made


def delay_figures(whose: str, times: Delays) -> list[Figure]:
    """The common rows of a table."""
    sent = spread(times.sent)
    return [
        plain(f"{whose}: call sent to fan, p50", sent.p50 * 1000, unit="ms"),
        plain(f"{whose}: call sent to fan, p99", sent.p99 * 1000, unit="ms"),
        plain(
            f"{whose}: call sent to last fan",
            spread(times.sent_last).p50 * 1000,
            unit="ms",
            note=f"median of {len(times.sent_last)} updates; the worst {max(times.sent_last) * 1000:.1f}",
        ),
    ]
