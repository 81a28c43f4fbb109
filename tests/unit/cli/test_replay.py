"""`scorewire replay`: flags, keys, and what it tells; against a node that answers what a test says."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scorewire.cli.options import configured
from scorewire.cli.replay import _pages, _url
from scorewire.clock import SystemClock
from scorewire.config import Config, Server
from scorewire.intake.signature import verify
from scorewire.journal.keys import Keys
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers.native import decode, read_message, write_batch, write_message

Run = Callable[..., tuple[int, str, str]]

SECRET = "whsec_" + "YSBzZWNyZXQgb2YgdHdlbnR5LWZvdXIh"


def recording(path: Path, *types: str, start: str = "2022-12-18T15:00:00Z") -> str:
    """A native recording of one game."""
    at_ms = 1_671_375_600_000
    declared = {
        "specversion": "1.0",
        "id": "d",
        "source": "acme",
        "type": "scorewire.game.scheduled.v1",
        "subject": "final",
        "time": "2022-12-18T15:00:00Z",
        "data": {
            "sport": "soccer",
            "league": {"id": "wc"},
            "start": start,
            "home": {"id": "arg"},
            "away": {"id": "fra"},
        },
    }
    events = [
        ProviderEvent(
            provider="acme",
            game_id="final",
            event=f"e{number}",
            revision=1,
            sequence=number,
            type=type_,
            team="home",
            time_ms=at_ms + number * 1000,
        )
        for number, type_ in enumerate(types, 1)
    ]
    messages = [json.dumps(declared).encode(), *(write_message(one, message_id=one.event) for one in events)]
    path.write_bytes(write_batch(messages))
    return str(path)


class StubNode(ThreadingHTTPServer):
    """Takes every call, but for events of the types that it refuses; remembers them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.known: set[str] = set()
        self.refused: set[str] = set()
        self.calls: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def claims(self) -> list[ProviderEvent | GameDeclared]:
        """Everything that was posted natively, in order."""
        found: list[ProviderEvent | GameDeclared] = []
        for _, _, body in self.calls:
            decoded = decode(body)
            found += [*decoded.declarations, *decoded.events]
        return found


class _Handler(BaseHTTPRequestHandler):
    server: StubNode

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_HEAD(self) -> None:
        game_id = self.path.split("/")[3]
        self._answer(200 if game_id in self.server.known else 404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append((self.path, headers, body))
        messages = json.loads(body)
        messages = messages if isinstance(messages, list) else [messages]
        bad = [
            {"index": index, "id": one["id"], "rule": "unknown_event_type", "detail": "no such type"}
            for index, one in enumerate(messages)
            if one.get("data", {}).get("type") in self.server.refused
        ]
        answer = {"accepted": len(messages) - len(bad), "duplicates": 0, "rejected": bad}
        self._answer(202, json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def stub() -> Iterator[StubNode]:
    with StubNode() as node:
        thread = threading.Thread(target=node.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield node
        node.shutdown()
        thread.join()


def test_declares_and_posts_signed(run: Run, stub: StubNode, tmp_path: Path) -> None:
    file = recording(tmp_path / "x.json", "PERIOD_START", "GOAL")
    code, out, err = run("replay", file, "--url", stub.url, "--secret", SECRET)
    assert (code, out) == (
        0,
        "2 posted in 2 calls (0 of them twice): 3 accepted, 0 duplicates, 0 refused.\n",
    )
    assert "x.json: native, 2 events" in err
    assert f"{stub.url}/game/final\n" in err
    first, *events = stub.claims()
    assert isinstance(first, GameDeclared)
    assert [one.event for one in events] == ["e1", "e2"]
    for path, headers, body in stub.calls:
        assert path == "/v1/ingest/acme"
        verify(headers, body, [SECRET], now_ms=SystemClock().now_ms(), tolerance_s=300)


def test_a_game_that_is_there_is_not_declared_again(run: Run, stub: StubNode, tmp_path: Path) -> None:
    stub.known.add("final")
    run("replay", recording(tmp_path / "x.json", "GOAL"), "--url", stub.url, "--secret", SECRET)
    assert [type(one) for one in stub.claims()] == [ProviderEvent]


def test_a_refusal_is_exit_code_1_and_told(run: Run, stub: StubNode, tmp_path: Path) -> None:
    stub.refused.add("HOMERUN")
    file = recording(tmp_path / "x.json", "GOAL", "HOMERUN", "HOMERUN")
    code, out, err = run("replay", file, "--url", stub.url, "--secret", SECRET)
    assert (code, out.endswith("2 accepted, 0 duplicates, 2 refused.\n")) == (1, True)
    assert "refused, unknown_event_type (2): e2.1 no such type" in err


def test_the_key_comes_from_the_nodes_folder_and_is_made_there_once(
    run: Run, stub: StubNode, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file = recording(tmp_path / "x.json", "GOAL")
    for _ in range(2):
        assert run("replay", file, "--url", stub.url, "--data", str(folder))[0] == 0

    async def secrets() -> tuple[str, ...]:
        keys = await Keys.open(folder / "journal.sqlite", clock=SystemClock())
        held = await keys.secrets("acme")
        await keys.close()
        return held

    (secret,) = asyncio.run(secrets())
    for _, headers, body in stub.calls:
        verify(headers, body, [secret], now_ms=SystemClock().now_ms(), tolerance_s=300)


def test_names_start_and_providers_are_given(run: Run, stub: StubNode, tmp_path: Path) -> None:
    file = recording(tmp_path / "x.json", "GOAL")
    names = ["--game", "g2", "--provider", "backup", "--providers", "acme,backup"]
    start = ["--start", "2030-01-01T00:00:00Z"]
    assert run("replay", file, "--url", stub.url, "--secret", SECRET, *names, *start)[0] == 0
    game, event = stub.claims()
    assert isinstance(game, GameDeclared)
    assert (game.game_id, game.provider, game.providers) == ("g2", "backup", ("acme", "backup"))
    assert (game.start, game.revision) == ("2030-01-01T00:00:00Z", 1_893_456_000_000)
    assert (event.game_id, event.provider, event.time_ms) == ("g2", "backup", 1_893_456_001_000)


def test_two_files_are_two_providers_of_one_game(run: Run, stub: StubNode, tmp_path: Path) -> None:
    files = [recording(tmp_path / "a.json", "GOAL"), recording(tmp_path / "b.json", "GOAL")]
    assert run("replay", *files, "--url", stub.url, "--secret", SECRET, "--providers", "a,b")[0] == 0
    game, *events = stub.claims()
    assert isinstance(game, GameDeclared)
    assert game.providers == ("a", "b")
    assert {one.provider for one in events} == {"a", "b"}


def test_as_if_it_happened_now(run: Run, stub: StubNode, tmp_path: Path) -> None:
    before_ms = SystemClock().now_ms()
    file = recording(tmp_path / "x.json", "GOAL", "GOAL")
    run("replay", file, "--url", stub.url, "--secret", SECRET, "--now")
    game, *events = stub.claims()
    assert isinstance(game, GameDeclared)
    assert before_ms - 5000 < game.time_ms <= events[0].time_ms < events[1].time_ms
    assert before_ms <= events[1].time_ms <= SystemClock().now_ms()


def test_undated_recordings_are_named(run: Run, stub: StubNode, tmp_path: Path) -> None:
    file = recording(tmp_path / "x.json", "GOAL", start="1970-01-01T00:00:00Z")
    assert "holds no date" in run("replay", file, "--url", stub.url, "--secret", SECRET)[2]
    assert "holds no date" not in run("replay", file, "--url", stub.url, "--secret", SECRET, "--now")[2]


def test_shuffled_and_doubled_everything_arrives(run: Run, stub: StubNode, tmp_path: Path) -> None:
    file = recording(tmp_path / "x.json", *["CORNER"] * 120)
    wild = ["--shuffle", "3", "--duplicate", "0.3"]
    assert run("replay", file, "--url", stub.url, "--secret", SECRET, *wild)[0] == 0
    events = [one.event for one in stub.claims() if isinstance(one, ProviderEvent)]
    assert set(events) == {f"e{number}" for number in range(1, 121)}
    assert len(events) > 130
    assert events != sorted(events, key=lambda name: int(name[1:]))


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--speed", "fast"], 2, "--speed"),
        (["--speed", "0"], 2, "--speed"),
        (["--start", "noon"], 2, "--start"),
        (["--raw", "--shuffle", "1"], 2, "--raw"),
        (["--format", "opta"], 1, "unknown_format"),
        (["--game", "a b"], 1, "bad_id"),
        (["--data", "nowhere"], 2, "--secret"),
        (["--secret", "hunter2"], 1, "bad_secret"),
    ],
)
def test_bad_flags_are_named(run: Run, tmp_path: Path, flags: list[str], code: int, said: str) -> None:
    file = recording(tmp_path / "x.json", "GOAL")
    ended, out, err = run("replay", file, "--url", "http://127.0.0.1:1", *flags)
    assert (ended, out) == (code, "")
    assert said in err


def test_a_node_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        file = recording(tmp_path / "x.json", "GOAL")
        code, _, err = run("replay", file, "--url", url, "--secret", SECRET)
    assert code == 1
    assert f"cannot be reached at {url}" in err


def test_of_a_matchday_the_first_pages_are_named() -> None:
    assert _pages(["a"], "http://n/") == ["http://n/game/a"]
    assert _pages([f"g{number}" for number in range(7)], "http://n")[4:] == [
        "http://n/game/g4",
        "and 2 more: http://n/",
    ]


@pytest.mark.parametrize(
    ("server", "url"),
    [
        (Server(), "http://127.0.0.1:8080"),
        (Server(host="0.0.0.0", port=1), "http://127.0.0.1:1"),
        (Server(host="::1", port=1), "http://[::1]:1"),
        (Server(public_url="https://scores.example"), "https://scores.example"),
    ],
)
def test_where_the_node_is(server: Server, url: str) -> None:
    assert _url(Config(server=server)) == url


def test_the_settings_say_where_the_node_is() -> None:
    assert _url(configured(server__port=9000)) == "http://127.0.0.1:9000"


def test_read_back(tmp_path: Path) -> None:
    """The recording that these tests play is a good one."""
    body = Path(recording(tmp_path / "x.json", "GOAL")).read_bytes()
    assert decode(body).skipped == {}
    assert read_message(write_message(decode(body).events[0], message_id="m")) == decode(body).events[0]
