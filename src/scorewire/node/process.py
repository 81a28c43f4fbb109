"""What every process of a node begins with: its log, its loop, and which error is the news."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog


def run(main: Coroutine[Any, Any, None], *, thin: bool = False) -> None:
    """Run a process of a node to its end.

    Args:
        thin: it holds no sockets worth a faster loop than Python's own.

    Raises:
        Exception: what `main` raises; of a task group that failed, its first error.
    """
    log_to_stderr()
    try:
        with asyncio.Runner(loop_factory=None if thin else _loop_factory()) as runner:
            runner.run(main)
    except ExceptionGroup as group:
        # One task failed and ended the others: its error is the news, not the group that carried it.
        raise _first_of(group) from group


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def log_to_stderr() -> None:
    """One line an event: for people on a terminal, JSON for machines. Secrets are never put in."""
    people = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def catch_signals(stack: AsyncExitStack, stop: Callable[[str], None]) -> None:
    """Call `stop` with the signal's name at SIGTERM and SIGINT, until the stack is left.

    At SIGHUP too, which comes when a terminal closes; not where whoever started us ignores it, as nohup does.
    """
    loop = asyncio.get_running_loop()
    hang_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    for number in (signal.SIGTERM, signal.SIGINT, *hang_up):
        loop.add_signal_handler(number, stop, signal.Signals(number).name)
        stack.callback(loop.remove_signal_handler, number)


def leave_garbage_to_the_wheel() -> None:
    """No collection but those of `fanout.wheel.Collector`, and none ever of what starting made.

    Fans die by reference count. The wheel collects the rest when no broadcast is pending, so that no
    collection walks 50,000 fans in the middle of a goal.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
