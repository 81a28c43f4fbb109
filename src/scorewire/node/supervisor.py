"""`serve --workers N`: starts the pipeline and N workers, replaces who dies, and restarts all in turn.

    supervisor ─┬─ pipeline   (pipeline.sock, link.sock)
                ├─ worker 1 ──┐
                └─ worker 2 ──┴─ one port, SO_REUSEPORT

The workers' sockets are bound here and passed on, so that the connections which wait for a worker that has
died are served by the one that takes its place. Who runs and yet gives no sign of life for `silence_s` is
killed, and so replaced. There is nothing else in this process: it can hardly fail.

    SIGTERM, SIGINT   workers say bye over `drain_s`, then the pipeline stops
    SIGHUP            a new worker beside each old one on its socket, the old one says bye; then the pipeline
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

import structlog

from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.errors import BackendError, ConfigError, ScorewireError
from scorewire.node import process
from scorewire.node.child import BEAT_S, Orders, Report, read_report, write
from scorewire.node.port import Ready, listen_shared, ready
from scorewire.node.stop_order import StopOrder

START_S: Final = 120.0
"""For a process to be ready; a pipeline takes up what lies on its log first."""
STOP_S: Final = 20.0
"""For a process to end, beside `drain_s`; then it is killed."""
STEADY_S: Final = 10.0
"""Who dies sooner is started again after a pause, which doubles up to PAUSE_MAX_S."""
PAUSE_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0

_log = structlog.get_logger("scorewire.supervisor")


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Run a node with workers until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting cannot be fulfilled; names the key.
        BackendError: a part could not start.
    """

    async def serve() -> None:
        await Supervisor(config, clock=SystemClock()).serve(on_ready)

    process.run(serve(), thin=True)


@dataclass(slots=True, eq=False)
class Child:
    """A process that was started.

    Attributes:
        unheard: turns of BEAT_S since its last sign of life.
    """

    name: str
    process: asyncio.subprocess.Process
    control: socket.socket
    started_s: float
    unheard: int = 0

    async def ready(self) -> Report:
        """Wait until it serves.

        Raises:
            ConfigError, BackendError: it cannot.
        """
        loop = asyncio.get_running_loop()
        line = b""
        try:
            async with asyncio.timeout(START_S):
                while not line.endswith(b"\n"):
                    try:
                        some = await loop.sock_recv(self.control, 65_536)
                    except ConnectionError:
                        some = b""  # it was killed before it had read its orders
                    if not some:
                        code = await self.process.wait()
                        raise BackendError(f"{self.name} has left with {code}", retryable=True)
                    line += some
        except TimeoutError:
            raise BackendError(f"{self.name} is not ready after {START_S:g} s", retryable=True) from None
        report = read_report(line)
        if report.key:
            raise ConfigError(report.key, report.detail)
        if not report.ready:
            raise BackendError(report.detail, retryable=True)
        return report

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None

    async def ended(self, silence_s: float) -> int:
        """Wait until it has ended, and see to it once it says nothing; its exit code.

        Silence is counted in turns of our own, not by the clock: where this whole machine stood still, or we
        did, everybody has said nothing, and nobody is to be killed for it.
        """
        loop = asyncio.get_running_loop()
        turns = max(1, round(silence_s / BEAT_S))

        timer: asyncio.TimerHandle

        def turn() -> None:
            nonlocal timer
            self.unheard += 1
            if self.unheard == turns and self.runs:
                _log.error("a process gives no sign of life; it is killed", child=self.name)
                self.process.kill()
            timer = loop.call_later(BEAT_S, turn)

        loop.add_reader(self.control, self._hear)
        timer = loop.call_later(BEAT_S, turn)
        try:
            return await self.process.wait()
        finally:
            timer.cancel()
            self._close(keep=self.runs)

    def _hear(self) -> None:
        try:
            some = self.control.recv(65_536)
        except OSError:
            some = b""
        if some:
            self.unheard = 0
        else:
            asyncio.get_running_loop().remove_reader(self.control)  # its end is near

    def _close(self, *, keep: bool = False) -> None:
        """Listen no more; keep the pair for a process that runs: its end would tell it to stop."""
        if self.control.fileno() != -1:
            asyncio.get_running_loop().remove_reader(self.control)
            if not keep:
                self.control.close()

    def terminate(self) -> None:
        """Ask it to stop in order."""
        if self.runs:
            self.process.terminate()

    async def end(self, within_s: float) -> bool:
        """Wait for its end, and see to it; returns whether it ended by itself."""
        by_itself = True
        try:
            async with asyncio.timeout(within_s):
                await self.process.wait()
        except TimeoutError:
            _log.warning("a process does not stop; it is killed", child=self.name)
            by_itself = False
            self.kill()
            await self.process.wait()
        self._close()
        return by_itself

    def kill(self) -> None:
        """End it at once."""
        if self.runs:
            self.process.kill()
        self._close()


@dataclass(slots=True, eq=False)
class Slot:
    """A place for one process; `leaving` are those that were in it before and have not ended.

    Attributes:
        listener: of a worker; None for the pipeline.
        pause_s: before the next start.
    """

    name: str
    listener: socket.socket | None
    child: Child | None = None
    leaving: list[Child] = field(default_factory=list)
    pause_s: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def children(self) -> list[Child]:
        """Everybody who is, or was and has not ended."""
        return [*self.leaving, *([self.child] if self.child is not None else [])]


class Supervisor:
    """See the module."""

    def __init__(self, config: Config, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._order = StopOrder("supervisor", clock=clock)
        self._roll_wanted = asyncio.Event()
        self._terminal = sys.stdin is not None and sys.stdin.isatty()
        self._pipeline = Slot("pipeline", None)
        self._workers: list[Slot] = []

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start everything, keep it running until a signal, stop it in order.

        Raises:
            ConfigError, BackendError: it could not start.
        """
        server = self._config.server
        listeners = listen_shared(server.host, server.port, server.workers)
        port: int = listeners[0].getsockname()[1]
        self._workers = [Slot(str(n), listener) for n, listener in enumerate(listeners, 1)]
        async with AsyncExitStack() as stack:
            for listener in listeners:
                stack.callback(listener.close)
            stack.callback(self._kill_all)
            process.catch_signals(stack, self._order.give)
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                keeping = tasks.create_task(self._keep(port, on_ready), name="keep")
                stopping = tasks.create_task(self._order.given.wait(), name="stopping")
                await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                keeping.cancel()
                await asyncio.wait({keeping})
            for listener in listeners:
                listener.close()
            ended = await self._stop()
        self._order.carried_out(**ended)

    async def _keep(self, port: int, on_ready: Callable[[Ready], None] | None) -> None:
        async with asyncio.TaskGroup() as keepers:
            self._keepers = keepers
            await self._fill(self._pipeline)
            async with asyncio.TaskGroup() as starting:
                started = [starting.create_task(self._fill(slot)) for slot in self._workers]
            _log.info(
                "serving",
                port=port,
                workers=len(self._workers),
                descriptors_of_a_worker=min(one.result().descriptors for one in started),
            )
            if on_ready is not None:
                on_ready(ready(self._config, port))
            while True:
                await self._roll_wanted.wait()
                self._roll_wanted.clear()
                await self._roll()

    # One process.

    async def _fill(self, slot: Slot) -> Report:
        """Start a process for a slot; who was in it before is among the leaving."""
        child = await self._launch(slot)
        served = False
        try:
            report = await child.ready()
            served = True
        finally:
            if not served:
                child.kill()
        if slot.child is not None:
            slot.leaving.append(slot.child)
        slot.child = child
        self._keepers.create_task(self._watch(slot, child), name=f"watch {slot.name}")
        return report

    async def _launch(self, slot: Slot) -> Child:
        try:
            return await self._run(slot)
        except OSError as error:
            raise BackendError(f"{slot.name} cannot be started: {error}", retryable=True) from error

    async def _run(self, slot: Slot) -> Child:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        passed = [theirs.fileno()]
        if slot.listener is not None:
            passed.append(slot.listener.fileno())
        orders = Orders(
            role="pipeline" if slot.listener is None else "worker",
            name=slot.name,
            config=self._config,
            listener=-1 if slot.listener is None else slot.listener.fileno(),
            workers=tuple(one.name for one in self._workers),
            parent=os.getpid(),
        )
        with theirs:
            started = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "scorewire.node.child",
                str(theirs.fileno()),
                "pipeline" if slot.listener is None else f"worker-{slot.name}",
                stdin=subprocess.DEVNULL,
                pass_fds=passed,
                start_new_session=True,  # Ctrl+C is for us; we stop the others in order
            )
        child = Child(slot.name, started, ours, self._clock.monotonic_s())
        try:
            await asyncio.get_running_loop().sock_sendall(ours, write(orders) + b"\n")
        except BaseException:
            child.kill()
            raise
        return child

    async def _watch(self, slot: Slot, child: Child) -> None:
        code = await child.ended(self._config.server.silence_s)
        async with slot.lock:
            if child in slot.leaving:
                slot.leaving.remove(child)
            elif slot.child is child:
                _log.error("a process has died; another takes its place", child=slot.name, code=code)
                await self._replace(slot, child)

    async def _replace(self, slot: Slot, dead: Child) -> None:
        lived_s = self._clock.monotonic_s() - dead.started_s
        slot.pause_s = 0.0 if lived_s >= STEADY_S else _longer(slot.pause_s)
        slot.child = None
        while True:
            await asyncio.sleep(slot.pause_s)
            try:
                await self._fill(slot)
                return
            except ScorewireError as error:
                slot.pause_s = _longer(slot.pause_s)
                _log.error("a process cannot start", child=slot.name, detail=str(error))

    # All of them.

    def _hang_up(self) -> None:
        if self._terminal and not sys.stdin.isatty():
            self._order.give("SIGHUP")  # the terminal has gone, and nobody asked for a restart
        else:
            self._roll_wanted.set()

    async def _roll(self) -> None:
        """Restart every worker beside its successor, and then the pipeline, whose fans wait for it."""
        _log.info("rolling restart")
        for slot in self._workers:
            async with slot.lock:
                old = slot.child
                if old is None:
                    continue
                try:
                    await self._fill(slot)
                except ScorewireError as error:
                    _log.error("the rolling restart ends here", child=slot.name, detail=str(error))
                    return
            old.terminate()
            await old.end(self._config.server.drain_s + STOP_S)
        async with self._pipeline.lock:
            old = self._pipeline.child
            if old is not None:
                self._pipeline.leaving.append(old)
                self._pipeline.child = None
                old.terminate()
                await old.end(STOP_S)
                await self._replace(self._pipeline, old)
        _log.info("rolling restart done")

    async def _stop(self) -> dict[str, int]:
        """Stop everybody; returns how many there were, and how many had to be killed."""
        drain_s = self._config.server.drain_s
        ends: list[asyncio.Task[bool]] = []
        for children, within_s in (
            ([child for slot in self._workers for child in slot.children], drain_s + STOP_S),
            (self._pipeline.children, STOP_S),
        ):
            for child in children:
                child.terminate()
            async with asyncio.TaskGroup() as ending:
                ends += [ending.create_task(child.end(within_s)) for child in children]
        return {"processes": len(ends), "killed": sum(not end.result() for end in ends)}

    def _kill_all(self) -> None:
        for slot in (*self._workers, self._pipeline):
            for child in slot.children:
                child.kill()


def _longer(pause_s: float) -> float:
    return min(max(2 * pause_s, PAUSE_S), PAUSE_MAX_S)
