"""A data folder as a node leaves it, and a node's admin socket that answers what a test says."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from typing import ClassVar

import pytest

from ownership import decided, owner_of
from scorewire.cli.app import main
from scorewire.clock import SystemClock
from scorewire.demo.loop import bundled
from scorewire.journal.journal import Journal
from scorewire.log.base import DeadLetter, Submission
from scorewire.log.local import LocalLog

Run = Callable[..., tuple[int, str, str]]

GAME = "city-spurs-2019"
NOW_MS = 1_700_000_000_000


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line; returns exit code, standard output, standard error."""

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return command


async def _fill(folder: Path) -> None:
    clock = SystemClock()
    log = await LocalLog.open(
        folder / "log.sqlite", queue_max=10, webhook_ids_h=24, retention_days=30, clock=clock
    )
    journal = await Journal.open(folder / "journal.sqlite")
    game = next(game for game in bundled() if game.id == GAME)
    claims = [game.declared("spurs-1", start="2019-04-17T19:00:00Z", now_ms=NOW_MS)]
    claims += [game.event(index, "spurs-1", now_ms=NOW_MS + index) for index in range(len(game.plays))]
    letter = DeadLetter(
        ts=NOW_MS, provider="acme", rule="unknown_game", detail="Never heard.", payload=b"\xff"
    )
    await log.append(
        Submission(
            provider="matchday",
            webhook_id="msg_1",
            digest=b"d",
            received_ms=NOW_MS,
            claims=tuple(claims),
            status=202,
            answer=b"{}",
            refused=(letter,),
        )
    )
    await decided(owner_of(log, journal, clock=clock, checkpoint_rows=100))
    await journal.close()
    await log.close()


@pytest.fixture
def left_behind(tmp_path: Path) -> Path:
    """The data folder of a node that has stopped: one game, one dead letter."""
    folder = tmp_path / "data"
    folder.mkdir()
    asyncio.run(_fill(folder))
    return folder


class _Answers(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}
    asked: ClassVar[list[str]] = []

    def _answer(self) -> None:
        line = f"{self.command} {self.path}"
        self.asked.append(line)
        status, body = self.answers.get(line, (404, b'{"code":"unknown_route","detail":"No such route."}'))
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = _answer  # noqa: N815 (the server's own names)
    do_POST = _answer  # noqa: N815

    def address_string(self) -> str:
        return "socket"  # the peer of a Unix socket has no address

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class AdminSocket:
    """What a running node's socket answers, by `METHOD /path`, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        handler = type("Handler", (_Answers,), {"answers": self.answers, "asked": self.asked})
        self.server = UnixStreamServer(str(folder / "admin.sock"), handler)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[AdminSocket]:
    """A data folder with a live admin socket."""
    folder = tmp_path / "running"
    folder.mkdir()
    socket = AdminSocket(folder)
    thread = threading.Thread(target=socket.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield socket
    socket.server.shutdown()
    socket.server.server_close()
    thread.join()
