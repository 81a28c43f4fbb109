"""`scorewire bench slow`: do healthy fans suffer when one of ten does not read? What does that one cost?

First everybody reads. Then a tenth stops, is sent updates until its buffers are full and the node has set it
aside, and the same is measured again. At last they read again, and must be where all are. What the game
itself grew by, which is told the same number of events in both phases, is taken off the node's growth.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scorewire.bench.crowd import LoadClients
from scorewire.bench.fair import sizes
from scorewire.bench.game import Game
from scorewire.bench.plot import Plot, svg
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.spreading import Delays, delay_figures, delays
from scorewire.bench.target import Target

GAME = "slow-1"
UPDATE_BYTES = 300
PERIOD_S = 0.1
STALLED_SHARE = 10
"""One fan of so many does not read."""
RECEIVE_BYTES = 4096
"""The receive buffer of those who do not read: they are to stall soon, whatever the kernel would grant."""
FILL = 20
"""Calls of as many events each that fill the buffers of who does not read: some 150 KB."""
FILL_EVENTS = 20
IDLE_S = 1.0
CAUGHT_UP_S = 30.0
P99_RATIO_MAX = 1.2
STALLED_KB_MAX = 40.0
"""The cap of a fan's write buffer, 32 KB, and the write that went over it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure: fans at the most, updates in each phase, and how many sizes."""

    fans: int
    updates: int
    points: int


@dataclass(slots=True)
class Point:
    """One size: times of the healthy with everybody reading and with a tenth not; the node's memory."""

    fans: int
    stalled: int
    reading: Delays
    beside: Delays
    grown_bytes: int
    own_bytes: int
    paused: int
    healthy_missed: int
    stalled_missed: int


def run(options: Options, stage: Stage, plot: Path | None = None) -> Outcome:
    """Measure; draw a plot if asked.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    made: list[Point] = []
    with (
        Target(folder=stage.folder, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        game = Game(provider, GAME)
        game.begin()
        game.size_updates(target.port, UPDATE_BYTES)
        for fans in sizes(options.fans, options.points):
            stage.tell(f"{fans} fans")
            made.append(_point(options, stage, target, (provider, game), fans))
    for point in made:
        if point.healthy_missed:
            outcome.failures.append(f"{point.healthy_missed} of {point.fans} fans missed an update")
        if point.stalled_missed:
            outcome.failures.append(
                f"{point.stalled_missed} of {point.stalled} fans that had not read were not caught up"
            )
    if outcome.failures:
        return outcome
    outcome.figures += slow_figures(made)
    if plot is not None:
        plot.write_text(svg(slow_plot(made)), encoding="utf-8")
    return outcome


def _point(options: Options, stage: Stage, target: Target, teller: tuple[Provider, Game], fans: int) -> Point:
    provider, game = teller
    stalled = max(fans // STALLED_SHARE, 1)
    healthy = max(fans - stalled, 1)
    path, cores = f"/v1/stream?game={GAME}", stage.cores.clients
    with (
        LoadClients(fans=healthy, cores=cores) as readers,
        LoadClients(fans=stalled, cores=cores) as others,
    ):
        readers.join(port=target.port, path=path)
        others.join(port=target.port, path=path, receive_bytes=RECEIVE_BYTES)
        others.record()
        empty_bytes = _resting(target)
        missed, reading = _phase(options, provider, game, readers)
        missed += others.recorded({GAME: game.seq}, timeout_s=_limit_s(fans)).missed
        full_bytes = _resting(target)
        missed_too, beside = _phase(options, provider, game, readers)
        paused = laggards(provider)
        grown_bytes = _resting(target) - full_bytes
        others.record()
        caught = others.recorded({GAME: game.seq}, timeout_s=_limit_s(fans))
    return Point(
        fans=healthy + stalled,
        stalled=stalled,
        reading=reading,
        beside=beside,
        grown_bytes=grown_bytes,
        own_bytes=full_bytes - empty_bytes,
        paused=paused,
        healthy_missed=missed + missed_too,
        stalled_missed=caught.missed,
    )


def _phase(options: Options, provider: Provider, game: Game, readers: LoadClients) -> tuple[int, Delays]:
    """Fill the buffers of who does not read, then measure; fans that missed an update, and the times."""
    readers.record()
    for _ in range(FILL):
        provider.post(*game.shoot(FILL_EVENTS))
    sent: dict[tuple[str, int], float] = {}
    for _ in range(options.updates):
        began_s = time.monotonic()
        (message,) = game.shoot()
        sent[game.id, game.seq] = provider.post(message)
        time.sleep(max(began_s + PERIOD_S - time.monotonic(), 0))
    record = readers.recorded({GAME: game.seq}, timeout_s=_limit_s(readers.fans))
    return record.missed, delays(record.told, sent, time.time() - time.monotonic())


def _resting(target: Target) -> int:
    """The node's own memory once it has nothing to do."""
    time.sleep(IDLE_S)
    return target.process.user_bytes()


def _limit_s(fans: int) -> float:
    return CAUGHT_UP_S + fans / 500


def laggards(provider: Provider) -> int:
    """How many fans the node has set aside, by its own account."""
    return metric(provider.get("/metrics").body.decode(), "scorewire_fan_laggards")


def metric(text: str, name: str) -> int:
    """One number of a Prometheus page; 0 where it is not."""
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def slow_figures(points: list[Point]) -> list[Figure]:
    """The largest size against its goals, then the others."""
    largest = points[-1]
    ratio, stalled = _ratio(largest), largest.stalled
    made = [
        at_most(
            "p99 of healthy fans, a tenth not reading ÷ all reading",
            ratio,
            P99_RATIO_MAX,
            note="from the call to the 99th of 100, median of updates; as many in both",
        ),
        at_most(
            "server memory a fan that does not read",
            max(largest.grown_bytes - largest.own_bytes, 0) / stalled / 1000,
            STALLED_KB_MAX,
            unit="KB",
            note="growth beyond that with all reading; the cap of a write buffer is 32 KB",
        ),
        plain("server memory growth", largest.grown_bytes / 1e6, unit="MB"),
        plain("server memory growth, all reading", largest.own_bytes / 1e6, unit="MB"),
        plain("fans that did not read", stalled, note=f"of {largest.fans}"),
        plain("fans that the node had set aside", largest.paused, note="by its own metric, at the end"),
        *delay_figures("all reading", largest.reading),
        *delay_figures("a tenth not reading", largest.beside),
        plain("fans that got every update, or a full state once they read", largest.fans),
    ]
    made += [plain(f"{point.fans} fans: ratio", _ratio(point)) for point in points[:-1]]
    return made


def slow_plot(points: list[Point]) -> Plot:
    """Healthy fans' p99 against fans."""
    return Plot(
        title="Healthy fans while one of ten does not read",
        across="fans of one game",
        up="ms from the call to the fan, p99",
        curves={
            "all read": [(point.fans, _p99_ms(point.reading)) for point in points],
            "a tenth does not": [(point.fans, _p99_ms(point.beside)) for point in points],
        },
    )


def _p99_ms(times: Delays) -> float:
    return median(times.sent_p99) * 1000


def _ratio(point: Point) -> float:
    return _p99_ms(point.beside) / _p99_ms(point.reading)
