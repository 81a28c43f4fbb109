"""`scorewire demo`: a node, and a provider beside it that plays a matchday through the signed webhook."""

import asyncio
import errno
import os
import random
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scorewire.cli.keys import make_key
from scorewire.cli.options import DataOption, configured
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.demo.loop import bundled, schedule
from scorewire.demo.matchday import PROVIDER
from scorewire.demo.runner import Runner
from scorewire.errors import ConfigError, ScorewireError
from scorewire.intake.feed_client import Answer, FeedClient
from scorewire.model.provider_event import Claim, GameDeclared
from scorewire.providers.native import write_message

if TYPE_CHECKING:
    from scorewire.node.port import Ready

PORTS_TRIED = 50
JOIN_S = 2.0
SHOWN = "bkn-gsw-2020"
"""The game of the curl line: basketball scores every few seconds."""


def command(
    *,
    port: Annotated[int, typer.Option(help="The next free one if it is taken.", min=0, max=65535)] = 8080,
    speed: Annotated[float, typer.Option(help="Times the real pace.", min=0.5, max=600)] = 12,
    data: DataOption = None,
) -> None:
    """Play a matchday of real games.

    Sixteen games, typed from public facts, come round on a loop: some live, some over, some yet to come.
    Everything goes the way of a real feed: signed calls, the log on disk, the rules, the journal, the fans.
    """
    with ExitStack() as stack:
        folder = data or stack.enter_context(tempfile.TemporaryDirectory(prefix="scorewire-demo-"))
        settings = configured(
            data=folder,
            server__port=free_port("127.0.0.1", port),
            server__host="127.0.0.1",
            providers__matchday__sequence="dense",
        )
        if port not in {settings.server.port, 0}:
            print(f"Port {port} is taken; using {settings.server.port}.", flush=True)
        feed = Feed(config=settings, speed=speed, kept=data is not None)
        from scorewire.node.single import run

        try:
            run(settings, on_ready=feed.start)
        except KeyboardInterrupt:
            pass  # Ctrl+C before the node had taken the signal over
        finally:
            feed.stop()
        if feed.failure:
            raise typer.Exit(1)


def free_port(host: str, port: int) -> int:
    """`port`, or the next one that nobody listens on; 0 stays 0.

    Raises:
        ConfigError: none of PORTS_TRIED is free.
    """
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            # As the server will: a port whose last owner has just left is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                    continue
                raise
            return candidate
    raise ConfigError("server.port", f"none of {PORTS_TRIED} ports from {port} on is free")


def _greet(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@dataclass(slots=True)
class Feed:
    """The provider, in a thread and a loop of its own, so that it meets the node only by HTTP.

    Attributes:
        kept: the data folder outlives the demo, so its games need ids that no earlier demo has used.
        greet: tells the person, once everything that is past has been accepted.
        end: stops the node when the provider cannot go on.
        failure: why it could not.
    """

    config: Config
    speed: float
    kept: bool
    greet: Callable[[list[str]], object] = _greet
    end: Callable[[], object] = _interrupt
    failure: str = ""
    _stopped: threading.Event | None = None
    _thread: threading.Thread | None = None

    def start(self, ready: "Ready") -> None:
        """Called by the node once it listens; returns at once."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="demo-feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the provider finish its call."""
        if self._stopped is not None and self._thread is not None:
            self._stopped.set()
            self._thread.join(JOIN_S)

    def _run(self, ready: "Ready") -> None:
        assert self._stopped is not None
        try:
            asyncio.run(self._play(ready, self._stopped))
        except ScorewireError as error:
            self.failure = str(error)
        except BaseException:
            self.failure = "it has a bug, shown above"
            raise
        finally:
            if self._stopped.is_set():
                self.failure = ""  # the node has left first, or the person has
            else:
                _say(f"scorewire: the demo's provider cannot go on: {self.failure}")
                self.end()

    async def _play(self, ready: "Ready", stopped: threading.Event) -> None:
        clock = SystemClock()
        run = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).strftime("%m%d%H%M%S-") if self.kept else ""
        games = bundled()
        key = await make_key(self.config, PROVIDER, "webhook")
        async with FeedClient(
            url=ready.url, provider=PROVIDER, secret=key.secret, clock=clock, rng=random.SystemRandom()
        ) as client:

            async def post(claims: Sequence[Claim]) -> Answer:
                messages = [write_message(one, message_id=_message_id(one)) for one in claims]
                answer = await client.post_events(messages)
                for refused in answer.rejected:
                    _say(f"refused: {refused.id} {refused.rule}: {refused.detail}")
                return answer

            runner = Runner(
                due=schedule(games, run=run), post=post, clock=clock, speed=self.speed, stopped=stopped.is_set
            )
            await runner.catch_up()
            shown = f"{SHOWN}-{run}1"
            lines = greeting(ready.url, ready.data, len(games), self.speed, shown, kept=self.kept)
            self.greet(lines)
            await runner.play()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _message_id(claim: Claim) -> str:
    return claim.event if isinstance(claim, GameDeclared) else f"{claim.event}:{claim.revision}"


def greeting(url: str, data: str | Path, games: int, speed: float, game_id: str, *, kept: bool) -> list[str]:
    """What a person needs to see the demo; URLs end in a space or a line, for terminals that open them."""
    place = str(data)
    return [
        "",
        f"Scorewire demo: {games} real games at {speed:g} times their pace.",
        "",
        f"  Front page      {url}/",
        f"  API             {url}/v1/games",
        f"  API docs        {url}/openapi.json",
        f"  Operator        scorewire dead-letters list --data {place}",
        f"  Editor's desk   {url}/desk?game={game_id}",
        f"                  with a token: scorewire keys create NAME --admin --data {place}",
        f"  Data            {place}{'' if kept else '   (removed at exit)'}",
        "",
        "  Every change of one game, in another terminal:",
        f"    curl -N '{url}/v1/stream?game={game_id}'",
        "",
        "  In the first two minutes: Manchester City against Tottenham, and a goal that VAR takes back.",
        "  Ctrl+C stops.",
        "",
    ]
