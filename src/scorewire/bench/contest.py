"""One game's fans at the node, and as many beside it: at the C yardstick, and at nchan; turn by turn.

A round is one event, and lasts until the last fan has it.
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
from scorewire.bench.nginx import Nchan, nchan_module, program
from scorewire.bench.posts import Provider
from scorewire.bench.rounds import Options, Rounds
from scorewire.bench.target import Target
from scorewire.bench.yardstick import Yardstick, build, frame_like

SETTLE_S = 0.03
"""After a round, for what the node still has to do once the last fan has been told."""


class MissedError(Exception):
    """Some fans never had an update."""


@dataclass(slots=True)
class Contest:
    """The node with its fans, and the yardstick with as many.

    Attributes:
        frame_bytes: of an update as a fan of the node receives it; 0 until that is known.
    """

    options: Options
    target: Target
    provider: Provider
    game: Game
    fans: LoadClients
    yardstick: Yardstick | None = None
    yard_fans: LoadClients | None = None
    nchan: Nchan | None = None
    nchan_fans: LoadClients | None = None
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
            self.yard_fans.join(ports=self.yardstick.ports, path="/")
        if self.nchan_fans is not None and self.nchan is not None:
            self.nchan_fans.join(port=self.nchan.port, path=self.nchan.path, upgrade=websocket)
        return joined_s

    def warm(self, rounds: int) -> None:
        """Rounds that nobody counts; they tell how long a frame is."""
        for _ in range(rounds):
            kept = Rounds()
            self.node_round(kept)
            # A heartbeat may be among the bytes of a round; the fewest are without one.
            size = min(kept.bytes) // self.options.fans
            self.frame_bytes = min(size, self.frame_bytes or size)
            self.yard_round(Rounds())
            self.nchan_round(Rounds())

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


@contextmanager
def contest(
    options: Options, cores: Cores, folder: Path, *, target: Target, provider: Provider, game: Game
) -> Iterator[Contest]:
    """The fans; the yardstick where there is a compiler, nchan where it is wanted, each with its own fans.

    Nobody has joined yet.
    """
    with ExitStack() as stack:

        def crowd() -> LoadClients:
            return stack.enter_context(LoadClients(fans=options.fans, cores=cores.clients))

        made = Contest(options, target, provider, game, crowd())
        binary = build(folder)
        if binary is not None:
            made.yardstick = stack.enter_context(Yardstick(binary, fans=options.fans, cores=cores.server))
            made.yard_fans = crowd()
        module = nchan_module() if options.nchan and program() is not None else None
        if module is not None:
            beside = Nchan(folder=folder, cores=cores.server, module=module, fans=options.fans)
            made.nchan = stack.enter_context(beside)
            made.nchan_fans = crowd()
        yield made


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
