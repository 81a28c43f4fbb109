"""`scorewire bench fanout`: what a delivery costs, how soon the last fan has it, what a fan weighs.

A round is one event: posted, journaled, told to every fan; it ends when the last fan has it. The C yardstick
has as many fans of its own in the same client processes' place, and sends as many bytes, turn by turn with
the node, so that the machine's mood hits both. The node's CPU time of a round holds everything that it did,
in all of its processes: the call, both commits, the encoding, the heartbeats. What the same calls cost with
nobody there is taken off.
"""

import time
from pathlib import Path

from scorewire.bench.contest import Contest, MissedError, contest, nobody
from scorewire.bench.game import Game
from scorewire.bench.machine import Cores
from scorewire.bench.nginx import NO_NCHAN
from scorewire.bench.posts import Provider
from scorewire.bench.report import Outcome, plain
from scorewire.bench.rounds import (
    BURST,
    Options,
    Rounds,
    burst_figures,
    cpu_figures,
    doubts,
    load_figures,
    memory_figures,
    nchan_figures,
    time_figures,
)
from scorewire.bench.target import Target

GAME = "fanout-1"
NO_COMPILER = (
    "NO YARDSTICK: this machine has no C compiler (cc, gcc or clang), so there is no ratio. Install one."
)
WARM_ROUNDS = 2
IDLE_S = 1.0
"""Before memory is read: buffers are given back, the collector has had its turn."""


def run(options: Options, *, cores: Cores, folder: Path) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    with (
        Target(folder=folder, cores=cores, workers=options.workers) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        game = Game(provider, GAME)
        game.begin()
        data_bytes = game.size_updates(target.port, options.data_bytes)
        call_ns = nobody(target, provider, game, calls=options.rounds, shots=1)
        burst_ns = nobody(target, provider, game, calls=options.bursts, shots=BURST)
        with contest(options, cores, folder, target=target, provider=provider, game=game) as made:
            if made.yardstick is None:
                outcome.notes.append(NO_COMPILER)
            if options.nchan and made.nchan is None:
                outcome.notes.append(NO_NCHAN)
            _measure(made, outcome, client_cores=len(cores.clients), call_ns=call_ns, burst_ns=burst_ns)
            outcome.notes.append(
                f"An update is {data_bytes} bytes of JSON, {made.frame_bytes} as a fan receives it."
            )
    return outcome


def _measure(made: Contest, outcome: Outcome, *, client_cores: int, call_ns: float, burst_ns: float) -> None:
    options, process = made.options, made.target.process
    time.sleep(IDLE_S)
    empty_bytes = process.user_bytes()
    nchan_bytes = made.nchan.user_bytes() if made.nchan is not None else 0
    before_ns = process.cpu_ns()
    joined_s = made.join()
    join_ns = process.cpu_ns() - before_ns
    time.sleep(IDLE_S)
    idle_bytes = process.user_bytes()
    nchan_bytes = made.nchan.user_bytes() - nchan_bytes if made.nchan is not None else 0
    node, yard, nchan, bursts = Rounds(), Rounds(), Rounds(), Rounds()
    try:
        made.warm(WARM_ROUNDS)
        for _ in range(options.rounds):
            made.node_round(node)
            made.yard_round(yard)
            made.nchan_round(nchan)
        for _ in range(options.bursts):
            made.node_round(bursts, BURST)
    except MissedError as missed:
        outcome.failures.append(str(missed))
        return
    time.sleep(IDLE_S)
    busy_bytes = process.user_bytes()
    outcome.figures += cpu_figures(options, node, yard, call_ns)
    outcome.figures += time_figures("", node)
    if yard.at_s:
        outcome.figures += time_figures("yardstick, ", yard)
    if nchan.at_s:
        outcome.figures += nchan_figures(options, node, nchan)
        outcome.figures.append(
            plain("nchan, user memory a fan", nchan_bytes / options.fans / 1000, unit="KB")
        )
    outcome.figures += memory_figures(options, empty=empty_bytes, idle=idle_bytes, busy=busy_bytes)
    outcome.figures += [
        plain("joins", options.fans / joined_s, unit="/s", note="each with the game's full state"),
        plain("server CPU a join", join_ns / options.fans / 1000, unit="µs"),
    ]
    if options.workers:
        held = process.family.descriptors()
        most = max(held[pid] for pid in made.target.holders())
        outcome.figures.append(
            plain("open files of the fullest worker", most, note=f"{len(held)} processes in all")
        )
    if bursts.at_s:
        outcome.figures += burst_figures(options, bursts, burst_ns)
    outcome.figures += load_figures(options, node, client_cores)
    outcome.notes += doubts(options, node, call_ns, client_cores)
