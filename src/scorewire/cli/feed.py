"""`scorewire feed`: gets the payloads of the feeds of a file and posts what they say to a node."""

import asyncio
import logging
import random
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from scorewire.clock import SystemClock
from scorewire.errors import ConfigError, ScorewireError
from scorewire.intake.feed import Feed
from scorewire.intake.feeds import Builder, FeedsFile, read_file
from scorewire.settings import environment


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="feeds.toml; see docs/feeds.md.")],
    *,
    only: Annotated[str, typer.Option(metavar="A,B", help="These feeds of the file; all by default.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Read the file and its secrets, and leave.")] = False,
) -> None:
    """Follow feeds until told to stop.

    It stops in order on SIGTERM and SIGINT (Ctrl+C): what was read is posted, and the node is told that the
    feeds are gone. Exit code 1 if the node does not take a feed's key.
    """
    # Libraries log URLs, and a URL may hold a key.
    for name in ("httpx", "httpcore", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
    feeds = _chosen(read_file(file), only)
    asyncio.run(_run(feeds, check=check))


def _chosen(feeds: FeedsFile, only: str) -> FeedsFile:
    names = [name for word in only.split(",") if (name := word.strip())]
    for name in names:
        if name not in feeds.feeds:
            raise ConfigError("--only", f"{name!r} is none of {', '.join(feeds.feeds)}")
    kept = {name: one for name, one in feeds.feeds.items() if not names or name in names}
    return FeedsFile(node=feeds.node, feeds=kept)


async def _run(feeds: FeedsFile, *, check: bool) -> None:
    builder = Builder(
        node_url=feeds.node.url,
        environ=environment(),
        clock=SystemClock(),
        rng=random.SystemRandom(),
    )
    async with AsyncExitStack() as stack:
        running: dict[str, Feed] = {}
        for name, settings in feeds.feeds.items():
            client = await stack.enter_async_context(builder.client(name, settings))
            running[name] = builder.feed(name, settings, client)
        if check:
            print(f"{len(running)} feeds: {', '.join(running)}")
            return
        await _follow(running)
    for name, feed in running.items():
        print(_told(name, feed), flush=True)


async def _follow(feeds: dict[str, Feed]) -> None:
    """Run them side by side until a signal, or until one of them cannot go on."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(feed.run(), name=f"feed {name}") for name, feed in feeds.items()]
            print(f"following {', '.join(feeds)}", flush=True)
            group.create_task(_cancel(stop, tasks), name="stop")
    except* ScorewireError as failed:
        raise failed.exceptions[0] from None


async def _cancel(stop: asyncio.Event, tasks: "list[asyncio.Task[None]]") -> None:
    await stop.wait()
    for task in tasks:
        task.cancel()


def _told(name: str, feed: Feed) -> str:
    report = feed.report
    refused = "".join(f", {count} refused as {rule}" for rule, count in report.refused.most_common())
    return (
        f"{name}: {report.payloads} payloads ({report.unreadable} unreadable), {report.posted} posted,"
        f" {report.accepted} accepted, {report.duplicates} duplicates{refused}, {report.losses} times lost."
    )
