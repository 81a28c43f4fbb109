"""`scorewire bench fanout`: what a delivery costs, how soon the last fan has it, what a fan weighs.

A round is one event: posted, journaled, told to every fan; it ends when the last fan has it. The C yardstick
has as many fans of its own in the same client processes' place, and sends as many bytes, turn by turn with
the node, so that the machine's mood hits both. The node's CPU time of a round holds everything that it did:
the call, both commits, the encoding, the heartbeats. What the same calls cost with nobody there is taken off.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scorewire.bench.calls import seq_marker, update_marker
from scorewire.bench.crowd import LoadClients
from scorewire.bench.game import Game
from scorewire.bench.machine import Cores
from scorewire.bench.nginx import NO_NCHAN, Nchan, nchan_module, program
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
from scorewire.bench.yardstick import Yardstick, build, frame_like

GAME = "bench-1"
NO_COMPILER = (
    "NO YARDSTICK: this machine has no C compiler (cc, gcc or clang), so there is no ratio. Install one."
)
WARM_ROUNDS = 2
SETTLE_S = 0.03
"""After a round, for what the node still has to do once the last fan has been told."""
IDLE_S = 1.0
"""Before memory is read: buffers are given back, the collector has had its turn."""


class MissedError(Exception):
    """Some fans never had an update."""


@dataclass(slots=True)
class Bench:
    """The node with its fans, and the yardstick with as many."""

    options: Options
    target: Target
    provider: Provider
    game: Game
    fans: LoadClients
    yardstick: Yardstick | None
    yard_fans: LoadClients | None
    nchan: Nchan | None
    nchan_fans: LoadClients | None
    client_cores: int
    frame_bytes: int = 0

    def join(self) -> float:
        """Bring all fans in; returns how long the node's took. Each has the game's state then."""
        websocket = self.options.transport == "websocket"
        path = "/v1/ws" if websocket else f"/v1/stream?game={self.game.id}"
        message = f'{{"action":"subscribe","game_id":"{self.game.id}"}}' if websocket else ""
        began_s = time.monotonic()
        self.fans.join(port=self.target.port, path=path, message=message)
        self.fans.gather(seq_marker(self.game.seq), timeout_s=self.options.round_s)
        joined_s = time.monotonic() - began_s
        if self.yard_fans is not None and self.yardstick is not None:
            self.yard_fans.join(port=self.yardstick.port, path="/")
        if self.nchan_fans is not None and self.nchan is not None:
            self.nchan_fans.join(port=self.nchan.port, path=self.nchan.path, upgrade=websocket)
        return joined_s

    def node_round(self, kept: Rounds, shots: int = 1) -> None:
        """Post shots in one call, and wait until every fan has the last of them.

        Raises:
            MissedError: some never had it.
        """
        messages = self.game.shoot(shots)
        # Several rows may reach a fan as one full state, where that is smaller.
        marker = update_marker(self.game.id, self.game.seq) if shots == 1 else seq_marker(self.game.seq)
        self.fans.listen(marker, timeout_s=self.options.round_s)
        before_ns = self.target.process.cpu_ns()
        sent_s = self.provider.post(*messages)
        heard = self.fans.heard()
        if heard.missed:
            raise MissedError(f"{heard.missed} of {self.fans.fans} fans never had seq {self.game.seq}")
        time.sleep(SETTLE_S)
        kept.add(sent_s, heard, self.target.process.cpu_ns() - before_ns)

    def yard_round(self, kept: Rounds) -> None:
        """Have the yardstick send a frame of the same size to its own fans."""
        if self.yardstick is None or self.yard_fans is None:
            return
        marker = update_marker(self.game.id, self.game.seq)
        self.yard_fans.listen(marker, timeout_s=self.options.round_s)
        sent_s = self.yardstick.send(frame_like(marker, self.frame_bytes))
        spent_ns = self.yardstick.cpu_ns()
        heard = self.yard_fans.heard()
        if heard.missed:
            raise MissedError(f"{heard.missed} fans of the yardstick never had its frame")
        time.sleep(SETTLE_S)
        kept.add(sent_s, heard, spent_ns)

    def nchan_round(self, kept: Rounds) -> None:
        """Have nchan send as much JSON to its own fans."""
        if self.nchan is None or self.nchan_fans is None:
            return
        marker = update_marker(self.game.id, self.game.seq)
        self.nchan_fans.listen(marker, timeout_s=self.options.round_s)
        before_ns = self.nchan.cpu_ns()
        body = b"{" + marker
        sent_s = self.nchan.publish(body + b"x" * (self.options.data_bytes - len(body) - 1) + b"}")
        heard = self.nchan_fans.heard()
        if heard.missed:
            raise MissedError(f"{heard.missed} fans of nchan never had its message")
        time.sleep(SETTLE_S)
        kept.add(sent_s, heard, self.nchan.cpu_ns() - before_ns)


def nobody(target: Target, provider: Provider, game: Game, *, calls: int, shots: int) -> float:
    """CPU time of a call of so many shots while nobody follows the game, in ns."""
    if calls == 0:
        return 0.0
    before_ns = target.process.cpu_ns()
    for _ in range(calls):
        provider.post(*game.shoot(shots))
        time.sleep(2 * SETTLE_S)
    game.wait()
    time.sleep(SETTLE_S)
    return (target.process.cpu_ns() - before_ns) / calls


def run(options: Options, *, cores: Cores, folder: Path) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    with (
        Target(folder=folder, cores=cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        game = Game(provider, GAME)
        game.begin()
        data_bytes = game.size_updates(target.port, options.data_bytes)
        call_ns = nobody(target, provider, game, calls=options.rounds, shots=1)
        burst_ns = nobody(target, provider, game, calls=options.bursts, shots=BURST)
        with _crowds(options, cores, folder) as (fans, yardstick, yard_fans, nchan, nchan_fans):
            bench = Bench(
                options=options,
                target=target,
                provider=provider,
                game=game,
                fans=fans,
                yardstick=yardstick,
                yard_fans=yard_fans,
                nchan=nchan,
                nchan_fans=nchan_fans,
                client_cores=len(cores.clients),
            )
            if yardstick is None:
                outcome.notes.append(NO_COMPILER)
            if options.nchan and nchan is None:
                outcome.notes.append(NO_NCHAN)
            _measure(bench, outcome, call_ns=call_ns, burst_ns=burst_ns)
            outcome.notes.append(
                f"An update is {data_bytes} bytes of JSON, {bench.frame_bytes} as a fan receives it."
            )
    return outcome


@contextmanager
def _crowds(
    options: Options, cores: Cores, folder: Path
) -> Iterator[tuple[LoadClients, Yardstick | None, LoadClients | None, Nchan | None, LoadClients | None]]:
    """The fans; the yardstick where there is a compiler, nchan where it is wanted, each with its own fans."""
    with ExitStack() as stack:
        fans = stack.enter_context(LoadClients(fans=options.fans, cores=cores.clients))
        yardstick = yard_fans = None
        binary = build(folder)
        if binary is not None:
            yardstick = stack.enter_context(Yardstick(binary, fans=options.fans, cores=cores.server))
            yard_fans = stack.enter_context(LoadClients(fans=options.fans, cores=cores.clients))
        nchan = nchan_fans = None
        module = nchan_module() if options.nchan and program() is not None else None
        if module is not None:
            beside = Nchan(folder=folder, cores=cores.server, module=module, fans=options.fans)
            nchan = stack.enter_context(beside)
            nchan_fans = stack.enter_context(LoadClients(fans=options.fans, cores=cores.clients))
        yield fans, yardstick, yard_fans, nchan, nchan_fans


def _measure(bench: Bench, outcome: Outcome, *, call_ns: float, burst_ns: float) -> None:
    options, process = bench.options, bench.target.process
    time.sleep(IDLE_S)
    empty_bytes = process.user_bytes()
    before_ns = process.cpu_ns()
    joined_s = bench.join()
    join_ns = process.cpu_ns() - before_ns
    time.sleep(IDLE_S)
    idle_bytes = process.user_bytes()
    node, yard, nchan, bursts = Rounds(), Rounds(), Rounds(), Rounds()
    try:
        warm = Rounds()
        for _ in range(WARM_ROUNDS):
            bench.node_round(warm)
            # A heartbeat may be among the bytes of a round; the fewest are without one.
            bench.frame_bytes = min(warm.bytes) // options.fans
            bench.yard_round(Rounds())
            bench.nchan_round(Rounds())
        for _ in range(options.rounds):
            bench.node_round(node)
            bench.yard_round(yard)
            bench.nchan_round(nchan)
        for _ in range(options.bursts):
            bench.node_round(bursts, BURST)
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
    outcome.figures += memory_figures(options, empty=empty_bytes, idle=idle_bytes, busy=busy_bytes)
    outcome.figures += [
        plain("joins", options.fans / joined_s, unit="/s", note="each with the game's full state"),
        plain("server CPU a join", join_ns / options.fans / 1000, unit="µs"),
    ]
    if bursts.at_s:
        outcome.figures += burst_figures(options, bursts, burst_ns)
    outcome.figures += load_figures(options, node, bench.client_cores)
    outcome.notes += doubts(options, node, call_ns, bench.client_cores)
