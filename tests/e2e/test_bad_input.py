"""What the world sends wrongly: a named rule, a dead letter where one is due, and the node serves on.

Every test ends with a good event that is posted and seen, by the fixture `game`.
"""

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from adversity.supporters import SseSupporter, WsSupporter
from node_process import NodeProcess, declare, event, sign, sse

State = dict[str, Any]
SINGLE = {"content-type": "application/cloudevents+json"}
MIB = 1_048_576
CURSOR_WAIT_S = 5.0
"""The default of fanout.cursor_wait_s, and what wire clients may rely on."""
GROWTH_BYTES_MAX = 32 * MIB
_numbers = itertools.count(1)


@dataclass
class Game:
    """One game that has kicked off; its log stands at 2."""

    node: NodeProcess
    id: str

    @property
    def ws(self) -> str:
        return self.node.url.replace("http", "ws") + "/v1/ws"

    @property
    def stream(self) -> str:
        return f"{self.node.url}/v1/stream?game={self.id}"

    def say(self, number: int, type_: str, **data: Any) -> State:
        return event(self.id, number, type_, **data)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path_factory.mktemp("bad") / "data").start()
    one.key("acme")
    yield one
    one.close()


@pytest.fixture
def game(node: NodeProcess) -> Iterator[Game]:
    """A game for one test; afterwards the node takes a goal of another one, and a stream tells of it."""
    number = next(_numbers)
    game_id, control = f"g{number}", f"control{number}"
    node.post("acme", [declare(game_id), event(game_id, 1, "PERIOD_START", period=1), declare(control)])
    node.settle(game_id, 2)
    node.settle(control, 1)
    yield Game(node, game_id)
    with httpx.stream("GET", f"{node.url}/v1/stream?game={control}", timeout=10) as response:
        told = sse(response)
        assert json.loads(next(told)["data"])["seq"] == 1
        kick_off, goal = event(control, 1, "PERIOD_START", period=1), event(control, 2, "GOAL", team="home")
        assert node.post("acme", [kick_off, goal]).json()["accepted"] == 2
        while (frame := json.loads(next(told)["data"]))["seq"] < 3:
            pass
    assert node.score(control)["home"]["score"] == 1
    assert frame["seq"] == 3


def letters(node: NodeProcess, *options: str) -> list[State]:
    """Dead letters as the command line lists them, newest first."""
    command = [sys.executable, "-m", "scorewire", "dead-letters", "list", "--data", str(node.data), "--json"]
    listed = subprocess.run([*command, *options], check=True, capture_output=True, text=True, env=node.env)
    found: list[State] = json.loads(listed.stdout)
    return found


def shown(node: NodeProcess, number: int) -> State:
    """One dead letter, with the bytes that were refused."""
    admin = httpx.HTTPTransport(uds=str(node.data / "admin.sock"))
    with httpx.Client(transport=admin, base_url="http://node") as client:
        found: State = client.get(f"/v1/admin/dead-letters/{number}").json()
    return found


def letter(node: NodeProcess, rule: str, timeout_s: float = 20.0, **wanted: object) -> State:
    """The dead letter of a rule; the owner's come a little after the answer."""
    deadline = time.monotonic() + timeout_s
    while True:
        for found in letters(node, "--rule", rule):
            if wanted.items() <= found.items():
                return found
        assert time.monotonic() < deadline, f"no dead letter {rule} with {wanted}"


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]


# What cannot be read.


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"specversion":"1.0",', b"\xff\xfe{}", b"[" * 100_000, b"null", b'"text"'],
    ids=["empty", "brace", "cut", "not-utf8", "deep", "null", "text"],
)
def test_broken_json(game: Game, body: bytes) -> None:
    node, webhook_id = game.node, f"broken-{game.id}"
    assert problem(node.post("acme", body, webhook_id=webhook_id)) == (422, "unreadable_json")
    found = letter(node, "unreadable_json", webhook_id=webhook_id)
    assert found["provider"] == "acme"
    # The same call again is the first answer again, and no second letter.
    assert problem(node.post("acme", body, webhook_id=webhook_id)) == (422, "unreadable_json")
    assert [one["webhook_id"] for one in letters(node)].count(webhook_id) == 1


# Who is not who they say: 401, and the log sees nothing of it.


def test_a_wrong_signature_a_stale_timestamp_and_an_unknown_provider(game: Game) -> None:
    node, before = game.node, letters(game.node)
    body = json.dumps(game.say(2, "GOAL", team="home")).encode()
    now = int(time.time())
    secret, other = node.secrets["acme"], "whsec_" + "QUJD" * 8
    good = sign(secret, body, f"w-{game.id}")
    calls = [
        ("acme", sign(other, body, f"w-{game.id}"), "bad_signature"),
        ("acme", sign(secret, body + b" ", f"w-{game.id}"), "bad_signature"),
        ("acme", {**good, "webhook-id": "another"}, "bad_signature"),
        ("acme", {**good, "webhook-signature": "v2," + good["webhook-signature"][3:]}, "bad_signature"),
        ("acme", {**good, "webhook-signature": "v1,?"}, "bad_signature"),
        ("acme", {**good, "webhook-timestamp": "today"}, "signature_malformed"),
        ("acme", {}, "signature_missing"),
        ("acme", sign(secret, body, f"w-{game.id}", now - 301), "stale_timestamp"),
        ("acme", sign(secret, body, f"w-{game.id}", now + 310), "stale_timestamp"),
        ("nobody", good, "unknown_provider"),
        ("no body", good, "unknown_provider"),
        ("a" * 65, good, "unknown_provider"),
    ]
    with httpx.Client(base_url=node.url, timeout=10) as client:
        for provider, headers, code in calls:
            answer = client.post(f"/v1/ingest/{provider}", content=body, headers={**SINGLE, **headers})
            assert problem(answer) == (401, code), (provider, headers)
        assert node.score(game.id)["seq"] == 2
        assert letters(node) == before
        # None of those calls has used up the webhook-id.
        answer = client.post("/v1/ingest/acme", content=body, headers={**SINGLE, **good})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert node.settle(game.id, 3)["home"]["score"] == 1


# What can never be true of the game: refused in the answer, and dead-lettered.

EARLY, LATE = {"period": 2, "clock": "44:59"}, {"period": 1, "clock": "90:01"}
REFUSED: dict[str, tuple[str, State, str]] = {
    "an unknown event type": ("WONDER_GOAL", {"team": "home"}, "unknown_event_type"),
    "a negative score": ("GOAL", {"team": "home", "score": {"home": -1, "away": 0}}, "negative_score"),
    "a negative award": ("GAME_AWARDED", {"detail": {"home": -3, "away": 0}}, "negative_score"),
    "a clock before its period": ("SHOT", {"team": "away", **EARLY}, "clock_outside_period"),
    "a clock after its period": ("SHOT", {"team": "away", **LATE}, "clock_outside_period"),
    "no clock": ("GOAL", {"team": "home", "clock": "noon"}, "unreadable_clock"),
    "no team": ("GOAL", {}, "team_missing"),
    "an unknown team": ("GOAL", {"team": "referee"}, "unknown_team"),
    "a period of another sport": ("PERIOD_START", {"period": 9}, "period_out_of_range"),
    "an unknown field": ("GOAL", {"team": "home", "colour": "red"}, "bad_shape"),
    "a score that is no number": ("GOAL", {"team": "home", "score": {"home": "1", "away": 0}}, "bad_shape"),
    "a place off the pitch": ("SHOT", {"team": "home", "x": 1.2, "y": 0.5}, "bad_shape"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_the_answer(game: Game, what: str) -> None:
    type_, data, rule = REFUSED[what]
    bad, webhook_id = game.say(2, type_, **data), f"refused-{game.id}"
    answer = game.node.post("acme", bad, webhook_id=webhook_id)
    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["duplicates"]) == (0, 0)
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["id"], rejected["rule"]) == (0, bad["id"], rule)
    found = letter(game.node, rule, webhook_id=webhook_id, game_id=game.id, provider="acme")
    assert (found["detail"], found["state"]) == (rejected["detail"], "open")
    assert json.loads(shown(game.node, found["number"])["payload"]) == bad
    # Its number is taken by the event as it should have been.
    game.node.post("acme", game.say(2, "GOAL", team="home", period=1))
    assert game.node.settle(game.id, 3)["home"]["score"] == 1


def test_an_unknown_game(game: Game) -> None:
    node, unknown = game.node, f"{game.id}-nowhere"
    answer = node.post("acme", event(unknown, 1, "PERIOD_START", period=1))
    assert [one["rule"] for one in answer.json()["rejected"]] == ["unknown_game"]
    letter(node, "unknown_game", game_id=unknown)
    for path in ("score", "state", "events"):
        assert problem(node.get(f"/v1/games/{unknown}/{path}")) == (404, "unknown_game")
    assert problem(node.get(f"/v1/stream?game={unknown}")) == (404, "unknown_game")
    # What was refused for that reason is taken up once the game is there.
    node.post("acme", declare(unknown))
    assert node.settle(unknown, 2)["status"] == "live"


def test_a_batch_with_one_bad_event(game: Game) -> None:
    good, goal = game.say(2, "SHOT", team="home", period=1), game.say(3, "GOAL", team="away", period=1)
    bad = [game.say(9, "GOAL", team="home", clock="late"), {"id": "x", "type": "y"}, 7, None]
    webhook_id = f"batch-{game.id}"
    answer = game.node.post("acme", [good, *bad[:2], goal, *bad[2:]], webhook_id=webhook_id)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert [(one["index"], one["rule"]) for one in answer.json()["rejected"]] == [
        (1, "unreadable_clock"),
        (2, "unknown_type"),
        (4, "bad_shape"),
        (5, "bad_shape"),
    ]
    score = game.node.settle(game.id, 4)
    assert (score["home"]["score"], score["away"]["score"]) == (0, 1)
    mine = [one for one in letters(game.node) if one.get("webhook_id") == webhook_id]
    assert sorted(one["rule"] for one in mine) == [
        "bad_shape",
        "bad_shape",
        "unknown_type",
        "unreadable_clock",
    ]


# What only the running state can tell: accepted, then a dead letter of the owner.


@pytest.mark.parametrize(
    ("type_", "data", "rule"),
    [
        ("PERIOD_START", {"period": 2}, "illegal_transition"),
        ("GAME_RESUMED", {}, "illegal_transition"),
        ("GOAL", {"team": "home", "period": 2}, "game_over"),
    ],
)
def test_from_final_back_to_live(game: Game, type_: str, data: State, rule: str) -> None:
    node = game.node
    goal = game.say(2, "GOAL", team="home", period=1)
    over = [game.say(3, "PERIOD_END", period=1), game.say(4, "GAME_END"), game.say(5, "GAME_FINAL")]
    node.post("acme", [goal, *over])
    final = node.settle(game.id, 6)
    assert final["status"] == "final"
    with httpx.stream("GET", game.stream, timeout=10) as response:
        told = sse(response)
        next(told)
        answer = node.post("acme", game.say(6, type_, **data))
        assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, [])
        found = letter(node, rule, game_id=game.id, provider="acme")
        assert found["position"], "an owner's letter says where on the log its cause lies"
        assert node.score(game.id) == final
        # The first thing that a fan hears after it is what may still come: a correction.
        taken_back = game.say(7, "GOAL", team="home", action="retract")
        taken_back["data"]["event"] = "e2"
        node.post("acme", taken_back)
        frame = json.loads(next(told)["data"])
    assert (frame["seq"], frame["reason"], frame["state"]["status"]) == (7, "correction", "corrected")
    assert frame["state"]["home"]["score"] == 0


# What is too much.


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [MIB + 1, 12 * MIB])
def test_a_mebibyte_and_more(game: Game, size: int, chunked: bool) -> None:
    node = game.node
    body = json.dumps(game.say(2, "GOAL", team="home")).encode()
    body += b" " * (size - len(body))
    headers = {**SINGLE, **sign(node.secrets["acme"], body, f"w-{game.id}")}
    pieces = (body[at : at + 65_536] for at in range(0, size, 65_536))
    answer = httpx.post(
        f"{node.url}/v1/ingest/acme", content=pieces if chunked else body, headers=headers, timeout=20
    )
    assert problem(answer) == (413, "body_too_large")
    assert node.score(game.id)["seq"] == 2


def test_just_a_mebibyte(game: Game) -> None:
    body = json.dumps(game.say(2, "GOAL", team="home")).encode()
    assert game.node.post("acme", body + b" " * (MIB - len(body))).json()["accepted"] == 1
    assert game.node.settle(game.id, 3)["home"]["score"] == 1


# Fans.


@pytest.mark.parametrize(
    ("message", "code"),
    [("x" * 4097, 1009), ("é" * 2049, 1009), ("x" * MIB, 1009), (b'{"action":"ping"}', 1003)],
    ids=["4097", "4098-of-utf8", "mebibyte", "binary"],
)
def test_a_frame_that_a_fan_must_not_send(game: Game, message: str | bytes, code: int) -> None:
    with connect(game.ws) as other, connect(game.ws) as link:
        for one in (other, link):
            one.send(json.dumps({"action": "subscribe", "game_id": game.id}))
            assert [json.loads(one.recv(timeout=9))["type"] for _ in range(2)] == ["subscribed", "full_state"]
        with contextlib.suppress(ConnectionClosed):
            link.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
        game.node.post("acme", game.say(2, "GOAL", team="home", period=1))
        assert json.loads(other.recv(timeout=20))["seq"] == 3


def test_the_largest_frame_is_read(game: Game) -> None:
    with connect(game.ws) as link:
        ping = '{"action":"ping"}'
        link.send(ping + " " * (4096 - len(ping)))
        assert json.loads(link.recv(timeout=20)) == {"type": "pong"}


@pytest.mark.parametrize(
    "head",
    [
        b"hello\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ],
    ids=["no request", "another protocol"],
)
def test_what_strangers_say_does_not_fill_the_log(game: Game, head: bytes) -> None:
    before = game.node.log.read_text()
    with socket.create_connection(("127.0.0.1", game.node.port), timeout=10) as sock:
        sock.sendall(head)
        assert sock.recv(65_536).startswith(b"HTTP/1.1 ")
    assert game.node.log.read_text() == before


def test_a_client_that_never_reads(game: Game) -> None:
    """Ten of them; those who read are told everything at once, and what waits for the others is bounded."""
    node = game.node
    deaf = []
    for _ in range(10):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.connect(("127.0.0.1", node.port))
        sock.sendall(f"GET /v1/stream?game={game.id} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        deaf.append(sock)
    fans = [SseSupporter(node.port, game.id).come(), WsSupporter(node.port, game.id).come()]
    for fan in fans:
        fan.reach(2)
    before = resident_bytes(node)
    number = 1
    for _ in range(40):
        # A cancelled goal is a full state of some 8 KB: soon more than all buffers hold.
        calls = [game.say(number + 1, "GOAL", team="home", period=1)]
        named = {"event": f"e{number + 1}"}
        calls.append(game.say(number + 2, "GOAL_CANCELLED", team="home", period=1, detail=named))
        number += 2
        assert node.post("acme", calls).json()["accepted"] == 2
        for fan in fans:
            fan.reach(number + 1)
    lagging = node.get("/metrics").text.partition("\nscorewire_fan_laggards ")[2].partition("\n")[0]
    assert float(lagging) == len(deaf), "nobody stalled: this proves nothing"
    assert resident_bytes(node) - before < GROWTH_BYTES_MAX
    for fan in fans:
        assert (fan.joins, fan.reach(number + 1)) == (1, node.score(game.id))
        fan.leave()
    for sock in deaf:
        sock.close()


def resident_bytes(node: NodeProcess) -> int:
    assert node.process is not None
    pages = Path(f"/proc/{node.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("by", ["last-event-id", "since"])
def test_a_cursor_from_nowhere_and_from_another_epoch(game: Game, by: str) -> None:
    epoch, score = game.node.score(game.id)["epoch"], game.node.score(game.id)
    mine = f"{epoch}!{game.id}"
    nowhere = ["nonsense", "!", "!!!", mine, f"{mine}!-1", f"{mine}!1e3", f"{mine}!" + "9" * 30, "x" * 3000]
    nowhere += [f"{epoch}!another!7", "0"]
    with httpx.Client(timeout=20) as client:
        for cursor, reasons in [
            *((one, {"join"}) for one in nowhere),
            (f"zzzzzzzz!{game.id}!2", {"resync", "rejoin", "join"}),
            (f"zzzzzzzz!{game.id}!900", {"resync", "rejoin", "join"}),
        ]:
            how: Any = {"headers": {by: cursor}} if by == "last-event-id" else {}
            url = game.stream if how else f"{game.stream}&since={cursor}"
            with client.stream("GET", url, **how) as response:
                assert response.status_code == 200, cursor
                frame = json.loads(next(sse(response))["data"])
            assert (frame["type"], frame["state"]) == ("full_state", score), cursor
            assert frame["reason"] in reasons, cursor


def test_a_since_seq_from_nowhere_and_from_another_epoch(game: Game) -> None:
    score = game.node.score(game.id)
    with connect(game.ws) as link:
        for since in (
            {"since_seq": 2, "epoch": "zzzzzzzz"},
            {"since_seq": 900, "epoch": "zzzzzzzz"},
            {"since_seq": -1, "epoch": score["epoch"]},
            {"since_seq": 2},
        ):
            link.send(json.dumps({"action": "subscribe", "game_id": game.id, **since}))
            assert json.loads(link.recv(timeout=20))["type"] == "subscribed"
            frame = json.loads(link.recv(timeout=20))
            assert (frame["type"], frame["state"]) == ("full_state", score)
            link.send(json.dumps({"action": "unsubscribe", "game_id": game.id}))
            assert json.loads(link.recv(timeout=20))["type"] == "unsubscribed"
        for since_seq in ("2", 1.5, [2], {}):
            wanted = {"action": "subscribe", "game_id": game.id, "since_seq": since_seq}
            link.send(json.dumps(wanted))
            assert json.loads(link.recv(timeout=20)).get("code") == "bad_message", since_seq


def test_a_cursor_ahead_of_the_head(game: Game) -> None:
    """Nothing for five seconds, then `bye` with the reason `lost`; those whom the head reaches are served."""
    epoch = game.node.score(game.id)["epoch"]
    ahead = f"{epoch}!{game.id}!900"
    several = f"{epoch}!{game.id}!900!control0!900"
    subscribe = {"action": "subscribe", "game_id": game.id, "epoch": epoch}
    asked = time.monotonic()
    with (
        httpx.stream("GET", game.stream, headers={"last-event-id": ahead}, timeout=30) as lost,
        httpx.stream("GET", f"{game.stream}&sport=soccer&since={several}", timeout=30) as lost_too,
        httpx.stream("GET", f"{game.stream}&since={epoch}!{game.id}!3", timeout=30) as caught_up,
        connect(game.ws) as link,
    ):
        began = time.monotonic()
        link.send(json.dumps({**subscribe, "since_seq": 900}))
        assert json.loads(link.recv(timeout=20))["type"] == "subscribed"
        game.node.post("acme", [game.say(n, "GOAL", team="home", period=1) for n in (2, 3)])
        told = json.loads(next(sse(caught_up))["data"])
        assert (told["type"], told["seq"]) == ("score_update", 4), "what it has must not come again"
        bye = next(sse(lost))
        assert time.monotonic() - asked > CURSOR_WAIT_S - 0.5
        assert time.monotonic() - began < CURSOR_WAIT_S + 15
        assert (bye["event"], json.loads(bye["data"])["reason"]) == ("bye", "lost")
        assert 1000 <= json.loads(bye["data"])["retry_ms"] <= 5000
        mine = [
            block["event"]
            for block in sse(lost_too)
            if json.loads(block["data"]).get("game_id") in {game.id, None}
        ]
        assert mine == ["bye"]
        said = json.loads(link.recv(timeout=20))
        assert (said["type"], said["reason"]) == ("bye", "lost")
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
