"""`scorewire bench storm`: every fan comes back at once, with a cursor, having missed some updates.

First all leave at once, updates happen, and all return: a wave. Beside it, a C program takes as many
connections and writes as many bytes to each (greeter.c). Then the node, with all of its processes, is killed
in the middle of a burst of updates and started again on what its disk holds; with several workers one of them
is killed before. Fans come back by themselves within the time that the node told them, and the provider makes
the call again that nobody answered. Everyone must be complete: no gap in what it was told, nothing twice and
nothing out of order, from the first update to the last.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scorewire.bench.arrivals import Came
from scorewire.bench.calls import update_marker
from scorewire.bench.figures import spread
from scorewire.bench.game import SHOWN_S, Game
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_least, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.target import Target
from scorewire.bench.ticker import Ticker
from scorewire.bench.turnout import Turnout
from scorewire.bench.watching import Watcher
from scorewire.bench.yardstick import Greeter, build

GAME = "storm-1"
UPDATE_BYTES = 300
MISSED = 10
"""Updates that happen while everybody is away."""
BURST_S = 1.0
"""For how long updates are told before somebody is killed, and after the node is back."""
BURST_DELIVERIES = 60_000
"""A second, about the most that one core can make; so more fans have fewer updates."""
BURST_RATES = (5.0, 50.0)
PATIENCE_S = 60.0
"""For how long the provider makes a call again that nobody answers."""
SETTLE_S = 1.0
RATIO_MIN, CORE_RATE_MIN = 0.4, 8000.0
NO_COMPILER = (
    "NO YARDSTICK: this machine has no C compiler (cc, gcc or clang), so there is no ratio. Install one."
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

_EPOCH = re.compile(rb'"epoch":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Wave:
    """Fans who came at once: what became of them, the server's CPU, and what the listen queue dropped."""

    came: Came
    server_ns: int
    drops: int

    @property
    def lasted_s(self) -> float:
        """From the first connection to the last fan that was where it should be."""
        return self.came.at_s[-1] - self.came.began_s


@dataclass(frozen=True, slots=True)
class Night:
    """Somebody was killed: what became of the fans, when it was, when there was a server for all again.

    Attributes:
        before, told: updates that were told before the kill, and in all.
    """

    came: Came
    killed_s: float
    up_s: float
    before: int
    told: int


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure: fans, how many are on their way in at a time, and whether the node is killed.

    Attributes:
        workers: processes that hold fans; 0 where the node's own does.
    """

    fans: int
    window: int
    kill: bool
    workers: int = 0

    @property
    def limit_s(self) -> float:
        """The longest that a wave may take."""
        return 30.0 + self.fans / 500

    @property
    def burst_rate(self) -> float:
        """Updates a second while somebody is killed."""
        least, most = BURST_RATES
        return min(max(BURST_DELIVERIES / self.fans, least), most)


@dataclass(slots=True)
class Storm:
    """The node, its game, and the fans."""

    options: Options
    target: Target
    provider: Provider
    game: Game
    turnout: Turnout
    epoch: str = ""

    @property
    def path(self) -> str:
        """What fans ask for."""
        return f"/v1/stream?game={self.game.id}"

    def arrive(self) -> Wave:
        """All fans come, for the first time."""
        wanted = {self.game.id: self.game.seq}
        return self._wave(
            lambda: self.turnout.come(
                port=self.target.port, path=self.path, wanted=wanted, limit_s=self.options.limit_s
            )
        )

    def leave_and_return(self) -> Wave:
        """All leave, some updates happen, all return with their cursors."""
        self.turnout.leave()
        time.sleep(SETTLE_S)
        for _ in range(MISSED):
            self.provider.post(*self.game.shoot())
        self.game.wait()
        time.sleep(SETTLE_S)
        wanted = {self.game.id: self.game.seq}
        return self._wave(
            lambda: self.turnout.come_back(
                port=self.target.port,
                path=self.path,
                epoch=self.epoch,
                wanted=wanted,
                limit_s=self.options.limit_s,
            )
        )

    def _wave(self, come: Callable[[], Came]) -> Wave:
        before_ns, drops = self.target.process.cpu_ns(), listen_drops(_netstat())
        came = come()
        return Wave(came, self.target.process.cpu_ns() - before_ns, listen_drops(_netstat()) - drops)

    def kill(self) -> Night:
        """Kill the node amid updates and start it again; what became of all."""
        return self._night(self._restart)

    def kill_worker(self) -> Night:
        """Kill one of the processes that hold fans, and leave it to the node to have another."""
        return self._night(self._lose_worker)

    def _night(self, kill: Callable[[], float]) -> Night:
        self.turnout.stay(self.epoch)
        told = 0
        patient = Provider(port=self.target.port, secret=self.target.secret, patience_s=PATIENCE_S)
        with patient as provider:

            def tell() -> None:
                nonlocal told
                provider.post(*self.game.shoot())
                told += 1

            with Ticker(tell, period_s=1 / self.options.burst_rate):
                time.sleep(BURST_S)
                killed_s, before = time.monotonic(), told
                up_s = kill()
                time.sleep(BURST_S)
            provider.until({self.game.id: self.game.seq}, limit_s=SHOWN_S)
        came = self.turnout.stayed({self.game.id: self.game.seq}, limit_s=self.options.limit_s)
        return Night(came, killed_s, up_s, before, told)

    def _restart(self) -> float:
        self.target.kill()
        return self.target.again()

    def _lose_worker(self) -> float:
        held = self.target.holders()
        os.kill(held[0], signal.SIGKILL)
        return self.target.replaced(held[:1])


def run(options: Options, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    cores = stage.cores
    with (
        Target(folder=stage.folder, cores=cores, workers=options.workers) as target,
        Provider(port=target.port, secret=target.secret, patience_s=PATIENCE_S) as provider,
        Turnout(fans=options.fans, cores=cores.clients, window=options.window) as turnout,
    ):
        game = Game(provider, GAME)
        game.begin()
        game.size_updates(target.port, UPDATE_BYTES)
        storm = Storm(options, target, provider, game, turnout, epoch_of(target.port, game))
        stage.tell(f"{options.fans} fans come")
        first = storm.arrive()
        stage.tell("they leave, and come back at once")
        back = storm.leave_and_return()
        outcome.failures += flaws(first.came, "came") + flaws(back.came, "came back")
        if not outcome.failures:
            greeted = _greeted(options, stage, turnout, back)
            if greeted is None:
                outcome.notes.append(NO_COMPILER)
            outcome.figures += storm_figures(options, first, back, greeted, len(cores.clients))
        if options.kill and not outcome.failures:
            _nights(storm, stage, outcome)
    return outcome


def _nights(storm: Storm, stage: Stage, outcome: Outcome) -> None:
    storm.turnout.leave()
    storm.arrive()
    nights: list[tuple[str, str, Callable[[], Night]]] = []
    if storm.options.workers:
        nights.append(("worker killed", "survived the end of a worker", storm.kill_worker))
    nights.append(("killed", "survived the node's end", storm.kill))
    for name, what, kill in nights:
        stage.tell(f"{name} in the middle of updates")
        night = kill()
        outcome.failures += flaws(night.came, what)
        if outcome.failures:
            return
        outcome.figures += night_figures(name, storm.options, night)


def epoch_of(port: int, game: Game) -> str:
    """The epoch that cursors carry, as a fan is told it."""
    with Watcher(port=port, game_id=game.id) as watcher:
        watcher.until(b'"type":"full_state"', limit_s=SHOWN_S)
        found = _EPOCH.search(watcher.text)
    assert found is not None
    return found[1].decode()


def _greeted(options: Options, stage: Stage, turnout: Turnout, back: Wave) -> Wave | None:
    """The same wave at a C program that writes as many bytes; None without a compiler."""
    binary = build(stage.folder, "greeter")
    if binary is None:
        return None
    stage.tell("the same at a C program")
    marker = b"data: {" + update_marker(GAME, 1)
    size = max(back.came.bytes // options.fans - len(HEAD) - len(marker), 0)
    turnout.leave()
    with Greeter(binary, cores=stage.cores.server) as greeter:
        greeting = HEAD + b":" + b"x" * size + b"\n" + marker + b"}\n\n"
        before_ns, drops = greeter.greet(greeting), listen_drops(_netstat())
        came = turnout.come(port=greeter.port, path="/", wanted={GAME: 1}, limit_s=options.limit_s)
        spent_ns = greeter.greet(greeting) - before_ns
    return Wave(came, spent_ns, listen_drops(_netstat()) - drops)


def flaws(came: Came, what: str) -> list[str]:
    """What makes the figures worth nothing."""
    made = []
    if came.behind:
        made.append(f"{came.behind} fans never {what}")
    if came.gaps:
        made.append(f"{came.gaps} updates were missed by fans who {what}")
    if came.disordered:
        made.append(f"{came.disordered} updates came twice or out of order to fans who {what}")
    return made


def listen_drops(netstat: str) -> int:
    """Connections that listen queues of this machine dropped, from /proc/net/netstat."""
    rows = [line.split() for line in netstat.splitlines() if line.startswith("TcpExt:")]
    if len(rows) < 2:
        return 0
    counted = dict(zip(rows[0], rows[1], strict=False))
    return int(counted.get("ListenDrops", 0))


def _netstat() -> str:
    return Path("/proc/net/netstat").read_text(encoding="ascii")


def storm_figures(
    options: Options, first: Wave, back: Wave, greeted: Wave | None, client_cores: int
) -> list[Figure]:
    """The returning wave against the C program's, and the joining one beside it."""
    fans = options.fans
    made = []
    if greeted is not None:
        made.append(
            at_least(
                "returning fans a server CPU second ÷ the C program's",
                greeted.server_ns / back.server_ns,
                RATIO_MIN,
                note="accepted and caught up; as many bytes each",
            )
        )
    made += [
        at_least("returning fans a core and second", fans / back.server_ns * 1e9, CORE_RATE_MIN, unit="/s"),
        plain("returning: all back after", back.lasted_s, unit="s", note=f"with {MISSED} updates missed"),
        plain("returning: a second, on the clock", fans / back.lasted_s, unit="/s"),
        plain("returning: server CPU a fan", back.server_ns / fans / 1000, unit="µs"),
        plain("returning: bytes a fan", back.came.bytes / fans, unit="B"),
        plain("joining: a second, on the clock", fans / first.lasted_s, unit="/s"),
        plain("joining: server CPU a fan", first.server_ns / fans / 1000, unit="µs"),
        plain("listen drops", first.drops + back.drops, note=f"{options.window} fans under way at a time"),
        plain("connections tried again", first.came.refused + back.came.refused),
        plain(
            "load client busy, returning",
            back.came.cpu_s / client_cores / back.lasted_s * 100,
            unit="%",
            note="where it is near 100, the clock is the client's",
        ),
        plain("fans that missed nothing", fans, note=f"of {fans}; each update, or a full state"),
    ]
    if greeted is not None:
        made += [
            plain("C program: a second, on the clock", fans / greeted.lasted_s, unit="/s"),
            plain("C program: CPU a fan", greeted.server_ns / fans / 1000, unit="µs"),
        ]
    return made


def night_figures(name: str, options: Options, night: Night) -> list[Figure]:
    """How long the night was."""
    came = night.came
    return [
        plain(
            f"{name}: replaced after",
            night.up_s - night.killed_s,
            unit="s",
            note="until a process is in its place" if "worker" in name else "until it names its port",
        ),
        *away_figures(f"{name}: ", came),
        plain(f"{name}: fans that were cut and came back", came.cut, note=f"of {options.fans}"),
        plain(f"{name}: connections tried again", came.refused),
        plain(f"{name}: updates told", night.told, note=f"{night.before} of them before the kill"),
        at_most(f"{name}: updates missed, twice or out of order", came.gaps + came.disordered, 0),
    ]


def away_figures(whose: str, came: Came) -> list[Figure]:
    """For how long fans were without a connection, and without news."""
    away = spread(came.away_s or [0.0])
    return [
        plain(
            f"{whose}longest away",
            away.last,
            unit="s",
            note="of all fans, until the next answer; they come back after 1 to 5 s, as they were told",
        ),
        plain(f"{whose}longest away, the middle fan", away.p50, unit="s"),
        plain(
            f"{whose}longest without news",
            spread(came.silent_s or [0.0]).last,
            unit="s",
            note="of all fans, until the first update after it",
        ),
    ]
