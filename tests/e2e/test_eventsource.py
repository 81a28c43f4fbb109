"""The WHATWG event-stream grammar: what Chromium's own EventSource makes of every kind of frame that we send.

The page is the node's own, so that no browser's rule stands between. What the browser dispatches is compared
with what is on the wire, read by the letter of HTML 9.2.6 in `grammar`, and with our clients' parser.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from node_process import NodeProcess, declare, event
from scorewire.client.sse import EventReader

pytestmark = pytest.mark.browser

LISTEN = """([url, names]) => {
  window.heard = []; window.states = [];
  const source = window.source = new EventSource(url);
  source.onopen = () => states.push("open");
  source.onerror = () => states.push(source.readyState === 2 ? "closed" : "connecting");
  for (const name of names)
    source.addEventListener(name, told => heard.push([told.type, told.data, told.lastEventId]));
}"""
NAMES = ["message", "full_state", "score_update", "standings_update", "bye"]
Told = list[tuple[str, str, str]]
"""(type, data, last event id) of each event."""


def grammar(raw: bytes) -> Told:
    """HTML 9.2.6, step by step."""
    told: Told = []
    name, data, last = "", [], ""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for line in text.split("\n")[:-1]:
        if not line:
            if data:
                told.append((name or "message", "\n".join(data), last))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last = value
    return told


class Wire:
    """The bytes of a stream, taken beside the browser."""

    def __init__(self, port: int, path: str) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._sock.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        self._raw = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while data := self._sock.recv(65_536):
            self._raw += data

    @property
    def body(self) -> bytes:
        return self._raw.partition(b"\r\n\r\n")[2]

    def close(self) -> None:
        if self._thread.is_alive():
            self._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._sock.close()


@pytest.fixture
def page(browser: Browser, node: NodeProcess) -> Iterator[Page]:
    for game in ("g1", "g2"):
        node.post("acme", [declare(game), event(game, 1, "PERIOD_START", period=1)])
        node.settle(game, 2)
    made = browser.new_page()
    made.goto(f"{node.url}/livez")
    yield made
    made.close()


def heard(page: Page, enough: int, timeout_s: float = 30.0) -> Told:
    deadline = time.monotonic() + timeout_s
    while True:
        told = [tuple(one) for one in page.evaluate("heard")]
        if len(told) >= enough:
            return told
        assert time.monotonic() < deadline, f"{len(told)} of {enough}: {page.evaluate('states')}"
        page.wait_for_timeout(50)


def play(node: NodeProcess) -> None:
    """A goal with a name that is not ASCII, its cancellation, and one in the other game."""
    name = "Gó\u2028al \u00e9\U0001f3df \\n : data: x"
    goal = event("g1", 2, "GOAL", team="home", period=1, player={"id": "p", "name": name})
    node.post("acme", goal)
    node.settle("g1", 3)
    node.post("acme", event("g1", 3, "GOAL_CANCELLED", team="home", period=1, detail={"event": "e2"}))
    node.settle("g1", 4)
    node.post("acme", event("g2", 2, "GOAL", team="away", period=1))
    node.settle("g2", 3)
    node.post("acme", event("g1", 4, "YELLOW_CARD", team="away", period=1))
    node.settle("g1", 5)


@pytest.mark.parametrize(
    ("query", "events"),
    [("game=g1", 4), ("game=g1&game=g2", 6), ("league=cup", 6), ("league=cup&view=full", 6)],
)
def test_chromium_reads_what_is_on_the_wire(page: Page, node: NodeProcess, query: str, events: int) -> None:
    url = f"/v1/stream?{query}"
    wire = Wire(node.port, url)
    page.evaluate(LISTEN, [url, NAMES])
    joined = 1 if query == "game=g1" else 2
    heard(page, joined)
    play(node)
    heard(page, events)
    page.wait_for_timeout(1500)  # id-only blocks, which dispatch nothing
    assert node.stop() == 0
    told = heard(page, events + 1)
    deadline = time.monotonic() + 5
    while b"event: bye" not in wire.body and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    wire.close()
    page.evaluate("source.close()")
    read = grammar(wire.body)
    ours = EventReader()
    parsed = [(one.event, one.data) for n in range(len(wire.body)) for one in ours.feed(wire.body[n : n + 1])]
    assert len(told) == len(read) == events + 1
    # Each has a bye, and so a retry, of its own; the order of joining may differ between two games.
    assert sorted(one[:2] for one in told[:-1]) == sorted(one[:2] for one in read[:-1])
    assert [one[:2] for one in told[joined:-1]] == [one[:2] for one in read[joined:-1]]
    assert parsed == [one[:2] for one in read]
    assert told[-1][0] == read[-1][0] == "bye"
    assert json.loads(told[-1][1])["reason"] == "drain"
    assert told[-1][2] == read[-1][2] == ours.last_id, "the cursor that it comes back with"
    kinds = {one[0] for one in told}
    assert kinds == {"full_state", "score_update", "bye"}
    if query == "game=g1":
        assert [one[2] for one in told] == [one[2] for one in read], "an id in each frame"
    assert b"retry: " in wire.body
    assert ours.retry_ms == json.loads(read[-1][1])["retry_ms"]


@pytest.mark.parametrize("query", ["game=g1", "league=cup&view=full"])
@pytest.mark.parametrize("end", ["drain", "kill"])
def test_chromium_comes_back_with_its_last_event_id(
    page: Page, node: NodeProcess, query: str, end: str
) -> None:
    page.evaluate(LISTEN, [f"/v1/stream?{query}", NAMES])
    joined = 1 if query == "game=g1" else 2
    heard(page, joined)
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    heard(page, joined + 1)
    page.wait_for_timeout(1200)  # for the id-only block
    begun = time.monotonic()
    if end == "drain":
        assert node.stop() == 0
        bye = heard(page, joined + 2)[-1]
        assert bye[0] == "bye"
    else:
        node.kill()
    before = len(page.evaluate("heard"))
    node.start()
    node.post("acme", event("g1", 3, "GOAL", team="away", period=1))
    node.settle("g1", 4)
    told = heard(page, before + 1)
    while not any('"seq":4,' in one[1] for one in told[before:]):
        told = heard(page, len(told) + 1)
    if end == "drain":
        assert time.monotonic() - begun >= json.loads(bye[1])["retry_ms"] / 1000, "sooner than it was told"
    frames = [json.loads(one[1]) for one in told if one[0] != "bye"]
    missed = [frame for frame in frames if frame["game_id"] == "g1"][2:]
    assert missed[0]["type"] == "score_update" or missed[0]["reason"] == "rejoin", "a join: no id was sent"
    assert missed[-1]["seq"] == 4
    assert page.evaluate("states")[-2:] == ["connecting", "open"]
    page.evaluate("source.close()")


def test_a_full_node_does_not_end_an_eventsource_for_good(browser: Browser, node: NodeProcess) -> None:
    """200 and `bye`: on a 503 it would close for ever; and what is unknown closes it, as it should."""
    node.close()
    node.env |= {"SCOREWIRE__FANOUT__CONNECTIONS_MAX": "1"}
    node.workers = min(node.workers, 1)  # each has a limit of its own
    node.start()
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    wire = Wire(node.port, "/v1/stream?game=g1")
    page = browser.new_page()
    page.goto(f"{node.url}/livez")
    page.evaluate(LISTEN, ["/v1/stream?game=g1", NAMES])
    told = heard(page, 1)
    assert (told[0][0], json.loads(told[0][1])["reason"]) == ("bye", "overload")
    page.wait_for_timeout(300)
    assert page.evaluate("source.readyState") == 0, "it is not going to come back"
    wire.close()
    frames = heard(page, 2)
    while frames[-1][0] == "bye":
        frames = heard(page, len(frames) + 1)
    assert json.loads(frames[-1][1])["reason"] == "join"
    page.evaluate("source.close()")
    page.evaluate(LISTEN, ["/v1/stream?game=nowhere", NAMES])
    page.wait_for_function("states.length > 0")
    assert page.evaluate("states") == ["closed"]
    page.close()
