"""Rounds of `fanout` and the figures that they come to; pure."""

from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from scorewire.bench.crowd import Heard
from scorewire.bench.figures import Spread, spread
from scorewire.bench.report import Figure, at_least, at_most, plain, unclear

Transport = Literal["sse", "websocket"]

BURST = 10
"""Events of one burst, in one signed batch."""
BUSY_MAX = 0.9
CALL_SHARE_MAX = 0.1
RATIO_GOAL: dict[Transport, float] = {"sse": 1.3, "websocket": 1.4}
NCHAN_GOAL = 3.0
MEMORY_GOAL_KB: dict[Transport, float] = {"sse": 3, "websocket": 6}
WEIGHED_FANS_MIN = 1000
"""Whose memory can be told from the node's own, which comes and goes by a megabyte: fewer may weigh less than
nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        data_bytes: the wanted size of an update's JSON.
        nchan: measure that too.
        workers: processes that hold fans; 0 where the node's own does.
    """

    fans: int
    rounds: int
    bursts: int
    transport: Transport
    data_bytes: int
    nchan: bool = False
    workers: int = 0

    @property
    def round_s(self) -> float:
        """The longest that a round may take before its fans count as missed."""
        return 15.0 + self.fans / 500


@dataclass(slots=True)
class Rounds:
    """What some rounds came to: CPU of the sender, CPU of the load clients, and times.

    Attributes:
        at_s: seconds from the moment the round began, of every delivery of every round.
        first_s, last_s: of each round.
    """

    server_ns: list[int] = field(default_factory=list)
    client_s: float = 0.0
    at_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    last_s: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def add(self, sent_s: float, heard: Heard, server_ns: int) -> None:
        """Take one complete round."""
        self.server_ns.append(server_ns)
        self.client_s += heard.cpu_s
        self.at_s += [at_s - sent_s for at_s in heard.at_s]
        self.first_s.append(heard.at_s[0] - sent_s)
        self.last_s.append(heard.at_s[-1] - sent_s)
        self.bytes.append(heard.bytes)


def cpu_figures(options: Options, node: Rounds, yard: Rounds, call_ns: float) -> list[Figure]:
    """CPU a delivery: the node's, the yardstick's, and how many times the one is the other."""
    net_us = _delivery_us(options, node, call_ns)
    made = [
        plain("server CPU a delivery", net_us, unit="µs", note="what the call itself costs taken off"),
        plain("server CPU a call, no fans", call_ns / 1000, unit="µs", note="signature, log, rules, journal"),
    ]
    if not yard.server_ns:
        return made
    bare_us = _delivery_us(options, yard, 0)
    by_round = [(spent - call_ns) / bare for spent, bare in zip(node.server_ns, yard.server_ns, strict=True)]
    made.insert(1, plain("yardstick CPU a delivery", bare_us, unit="µs", note="C, send() in a loop"))
    ratio = at_most(
        "server ÷ yardstick",
        net_us / bare_us,
        RATIO_GOAL[options.transport],
        note=f"by round {min(by_round):.2f} to {max(by_round):.2f}",
    )
    return [ratio, *made]


def _delivery_us(options: Options, rounds: Rounds, off_ns: float) -> float:
    return (sum(rounds.server_ns) / len(rounds.server_ns) - off_ns) / options.fans / 1000


def time_figures(whose: str, rounds: Rounds) -> list[Figure]:
    """From the moment the round began, which is when the call is sent, or the yardstick told."""
    of_all: Spread = spread(rounds.at_s)
    broadcast = [last - first for first, last in zip(rounds.first_s, rounds.last_s, strict=True)]
    since = "told to send" if whose else "call sent"
    return [
        plain(f"{whose}{since} to first fan", median(rounds.first_s) * 1000, unit="ms", note="median"),
        plain(f"{whose}{since} to fan, p50", of_all.p50 * 1000, unit="ms"),
        plain(f"{whose}{since} to fan, p99", of_all.p99 * 1000, unit="ms"),
        plain(
            f"{whose}{since} to last fan",
            median(rounds.last_s) * 1000,
            unit="ms",
            note=f"median; the worst round {max(rounds.last_s) * 1000:.1f}",
        ),
        plain(f"{whose}first to last fan", median(broadcast) * 1000, unit="ms", note="median"),
    ]


def nchan_figures(options: Options, node: Rounds, nchan: Rounds) -> list[Figure]:
    """The node's times against those of nchan, which has no log, no rules and no journal."""
    theirs, mine = spread(nchan.at_s).p99, spread(node.at_s).p99
    return [
        at_least(
            "nchan's p99 ÷ the node's",
            theirs / mine,
            NCHAN_GOAL,
            note="from the call to the fan; the node's holds two commits",
        ),
        *time_figures("nchan, ", nchan),
        plain("nchan, server CPU a delivery", _delivery_us(options, nchan, 0), unit="µs"),
    ]


def memory_figures(options: Options, *, empty: int, idle: int, busy: int) -> list[Figure]:
    """What a fan weighs: the node's private pages in bytes before anyone came, then, and after the rounds."""
    return [
        fan_memory("user memory a fan", idle - empty, options.fans, MEMORY_GOAL_KB[options.transport]),
        plain("user memory a fan, after the rounds", (busy - empty) / options.fans / 1000, unit="KB"),
    ]


def fan_memory(
    name: str, size: float, fans: int, goal_kb: float, *, note: str = "private pages, idle, after joining"
) -> Figure:
    """What one of `fans` weighs, who weigh `size` bytes together, against the goal if they are enough."""
    figure = at_most(name, size / fans / 1000, goal_kb, unit="KB", note=note)
    if fans >= WEIGHED_FANS_MIN:
        return figure
    return unclear(figure, f"{fans} fans are too few to be weighed: take {WEIGHED_FANS_MIN:,} or more")


def burst_figures(options: Options, bursts: Rounds, burst_ns: float) -> list[Figure]:
    """Ten events in one call: the node may join their frames."""
    return [
        plain(
            f"burst of {BURST}: call sent to last fan",
            median(bursts.last_s) * 1000,
            unit="ms",
            note="median, all of them delivered",
        ),
        plain(
            f"burst of {BURST}: server CPU a fan and event",
            _delivery_us(options, bursts, burst_ns) / BURST,
            unit="µs",
            note="frames of one commit go out joined",
        ),
    ]


def load_figures(options: Options, rounds: Rounds, client_cores: int) -> list[Figure]:
    """Whether the load client could keep up: it must not be what is measured."""
    deliveries = options.fans * len(rounds.server_ns)
    return [
        plain("load client CPU a delivery", rounds.client_s / deliveries * 1e6, unit="µs"),
        plain(
            "load client busy",
            client_share(rounds, client_cores) * 100,
            unit="%",
            note="of the clients' cores, from the first fan to the last",
        ),
        plain("fans that got every update", options.fans, note=f"of {options.fans}"),
    ]


def client_share(rounds: Rounds, client_cores: int) -> float:
    """The load client's CPU time as a share of what its cores have while a broadcast lasts."""
    lasted_s = sum(last - first for first, last in zip(rounds.first_s, rounds.last_s, strict=True))
    return rounds.client_s / client_cores / lasted_s if lasted_s else 0.0


def doubts(options: Options, node: Rounds, call_ns: float, client_cores: int) -> list[str]:
    """What a reader of the figures must know before believing them."""
    made = []
    if client_share(node, client_cores) > BUSY_MAX:
        made.append(
            "The load client was busy nearly all the time: times to fans say as much of it as of the server."
            " CPU a delivery is the server's own all the same."
        )
    deliveries_ns = sum(node.server_ns) / len(node.server_ns) - call_ns
    if call_ns > CALL_SHARE_MAX * deliveries_ns:
        made.append(
            f"With {options.fans} fans the call itself is {call_ns / (deliveries_ns + call_ns):.0%} of a"
            " round's cost, so the ratio is unsteady: take more fans."
        )
    return made
