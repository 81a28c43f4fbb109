"""`scorewire bench path`: how long an event is on its way, on a node that has nothing else to do.

The call is sent and the fan's bytes are read in one process, on one clock. Between two events the disk is
asked what an fsync costs now: the path waits for two of them, the log's and the journal's.
"""

import select
import time
from dataclasses import dataclass, field
from pathlib import Path

from scorewire.bench.calls import update_marker
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.machine import Cores
from scorewire.bench.posts import Provider, check
from scorewire.bench.probe import Probe
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.target import Target
from scorewire.bench.watching import Watcher
from scorewire.errors import BackendError

GAME = "path-1"
DATA_BYTES = 300
WARM_ROUNDS = 20
PAUSE_S = 0.01
"""Between two events, so that the node is idle when the next one comes."""
ROUND_S = 10.0
P50_MS, P99_MS = 3, 5
"""What the node may add to the two fsyncs; see performance goals in benchmarks/README.md."""
FSYNCS = 2


@dataclass(slots=True)
class Times:
    """Seconds from sending the call, of each round: to its answer, and to the fan's last byte."""

    answered_s: list[float] = field(default_factory=list)
    told_s: list[float] = field(default_factory=list)


def run(rounds: int, *, cores: Cores, folder: Path) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    times = Times()
    with (
        Target(folder=folder, cores=cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Probe(folder) as probe,
    ):
        game = Game(provider, GAME)
        game.begin()
        game.size_updates(target.port, DATA_BYTES)
        with Watcher(port=target.port, game_id=game.id) as watcher:
            for _ in range(WARM_ROUNDS):
                once(provider, game, watcher, Times())
            before_ns = target.process.cpu_ns()
            for _ in range(rounds):
                once(provider, game, watcher, times)
                probe.once()
                time.sleep(PAUSE_S)
            spent_ns = target.process.cpu_ns() - before_ns
    outcome.figures += path_figures(times, probe.taken_s, spent_ns / rounds)
    return outcome


def once(provider: Provider, game: Game, watcher: Watcher, times: Times) -> None:
    """One event, from the call to the fan.

    Raises:
        BackendError: the fan never had it, or the call was refused.
    """
    request = provider.prepare(*game.shoot())
    marker = update_marker(game.id, game.seq)
    watcher.forget()
    answered = told = 0.0
    poll = select.poll()
    poll.register(provider.connection.sock, select.POLLIN)
    poll.register(watcher.sock, select.POLLIN)
    sent_s = time.monotonic()
    provider.connection.send(request)
    while not (answered and told):
        ready = poll.poll(ROUND_S * 1000)
        now_s = time.monotonic()
        if not ready or now_s - sent_s > ROUND_S:
            missing = "answer" if not answered else "update at the fan"
            raise BackendError(f"seq {game.seq}: no {missing} within {ROUND_S:g} s", retryable=False)
        for fd, _ in ready:
            if fd == watcher.sock.fileno():
                watcher.read()
                if not told and watcher.holds(marker):
                    told = time.monotonic() - sent_s
                continue
            answer = provider.connection.read()
            if answer is not None:
                check(answer, 1)
                answered = now_s - sent_s
    times.answered_s.append(answered)
    times.told_s.append(told)


def path_figures(times: Times, fsyncs_s: list[float], call_ns: float) -> list[Figure]:
    """The way's length, what it may be, and what of it the disk took."""
    disk, told, answered = spread(fsyncs_s), spread(times.told_s), spread(times.answered_s)
    allowed_ms = FSYNCS * disk.p50 * 1000
    return [
        at_most(
            "call sent to fan, p50",
            told.p50 * 1000,
            allowed_ms + P50_MS,
            unit="ms",
            note=f"{FSYNCS} fsyncs (p50) and {P50_MS} ms",
        ),
        at_most(
            "call sent to fan, p99",
            told.p99 * 1000,
            allowed_ms + P99_MS,
            unit="ms",
            note=f"{FSYNCS} fsyncs (p50) and {P99_MS} ms",
        ),
        plain("call sent to fan, worst", told.last * 1000, unit="ms"),
        plain("call sent to 202, p50", answered.p50 * 1000, unit="ms"),
        plain("call sent to 202, p99", answered.p99 * 1000, unit="ms"),
        plain("fsync, p50", disk.p50 * 1000, unit="ms", note="300 bytes appended and fdatasync, in between"),
        plain("fsync, p99", disk.p99 * 1000, unit="ms"),
        plain("added to the fsyncs, p50", told.p50 * 1000 - allowed_ms, unit="ms"),
        plain(
            "added to the fsyncs, p99",
            told.p99 * 1000 - FSYNCS * disk.p99 * 1000,
            unit="ms",
            note="against the fsync's own p99",
        ),
        plain("server CPU an event", call_ns / 1000, unit="µs", note="one fan; idle time between included"),
    ]
