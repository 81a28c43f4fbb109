"""One process of a node with workers, started by its supervisor: `python -m scorewire.node.child FD NAME`.

FD is this end of a pair of sockets, NAME is for whoever lists processes. One line of JSON comes in, the
Orders; one goes out, the Report, when this process serves or has failed. From then on an empty line goes out
every BEAT_S, from the loop that does the work, so that the supervisor hears whether it turns. Nothing more
comes in: the pair ends when the other side does, and whoever has lost its supervisor does not stay.
"""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError, ScorewireError
from scorewire.node import process

PR_SET_PDEATHSIG = 1
"""Source: prctl(2), linux/prctl.h."""
BEAT_S: Final = 1.0
"""Between two signs of life."""


class Orders(Struct, frozen=True, kw_only=True):
    """What a process is to be.

    name: `pipeline`, or the worker's number. listener: the descriptor of its socket; -1 for the pipeline.
    workers: the names of all. parent: the supervisor's pid.
    """

    role: Literal["pipeline", "worker"]
    name: str
    config: Config
    listener: int
    workers: tuple[str, ...]
    parent: int


class Report(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How starting went. key: of the setting that is at fault. descriptors: that it may have open."""

    ready: bool
    key: str = ""
    detail: str = ""
    descriptors: int = 0


read_orders = msgspec.json.Decoder(Orders).decode
read_report = msgspec.json.Decoder(Report).decode
write = msgspec.json.Encoder().encode


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop; the exit code is 0 after an orderly stop."""
    with socket.socket(fileno=int(arguments[0])) as control:
        with control.makefile("rb") as lines:
            orders = read_orders(lines.readline())
        _end_with(orders.parent)

        def report(told: Report) -> None:
            control.sendall(write(told) + b"\n")

        try:
            process.run(_serve(orders, control, report))
        except ConfigError as error:
            report(Report(ready=False, key=error.key, detail=error.detail))
            return 2
        except ScorewireError as error:
            report(Report(ready=False, detail=str(error)))
            return 1
    return 0


def _end_with(parent: int) -> None:
    """Be killed when the supervisor is, as if it all were one process: its successor finds a free folder."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it was quicker


async def _serve(orders: Orders, control: socket.socket, report: Callable[[Report], None]) -> None:
    clock = SystemClock()
    serving: Coroutine[Any, Any, None]
    heart = Heart(control)

    def serves(descriptors: int = 0) -> None:
        report(Report(ready=True, descriptors=descriptors))
        heart.beat()

    # As in cli/serve.py: what is imported stays.
    gc.disable()
    if orders.role == "pipeline":
        from scorewire.node.backroom import Backroom

        gc.freeze()
        gc.enable()
        backroom = Backroom(orders.config, clock=clock, workers=orders.workers)
        stop = backroom.stop
        serving = backroom.serve(serves)
    else:
        from scorewire.node.worker import Worker

        gc.freeze()
        gc.enable()
        worker = Worker(orders.config, clock=clock, name=orders.name)
        stop = worker.stop
        listener = socket.socket(fileno=orders.listener)
        listener.setblocking(False)
        serving = worker.serve(listener, lambda: serves(worker.descriptors))
    # Where the kernel does not kill us with the supervisor, the pair of sockets ends with it.
    loop = asyncio.get_running_loop()

    def lost() -> None:
        loop.remove_reader(control)
        stop("the supervisor has gone")

    loop.add_reader(control, lost)
    try:
        await serving
    finally:
        heart.stop()
        loop.remove_reader(control)


class Heart:
    """Beats while the loop turns, once `beat` was called, until `stop`."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._next: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        """Give a sign of life, and go on doing so."""
        with suppress(OSError):  # a supervisor that is stopped reads nothing: it is not waited for
            self._control.send(b"\n", socket.MSG_DONTWAIT)
        self._next = asyncio.get_running_loop().call_later(BEAT_S, self.beat)

    def stop(self) -> None:
        """Beat no more."""
        if self._next is not None:
            self._next.cancel()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
