"""A node with workers beside a node in one process, on the same data folder: nobody can tell them apart."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from node_process import NodeProcess, declare, event, sign, sse
from scorewire.metrics import METRICS

YOUNG_S = 5.2
"""Answers about what happened less than five seconds ago change by themselves: `delay=5`, Last-Modified."""

REQUESTS: dict[str, bytes] = {
    "front page": b"GET / HTTP/1.1\r\n",
    "game page": b"GET /game/g1 HTTP/1.1\r\n",
    "a script": b"GET /static/live.js HTTP/1.1\r\n",
    "no such page": b"GET /nowhere HTTP/1.1\r\n",
    "games": b"GET /v1/games HTTP/1.1\r\n",
    "games of a league": b"GET /v1/games?league=cup&limit=1 HTTP/1.1\r\n",
    "a bad parameter": b"GET /v1/games?limit=many HTTP/1.1\r\n",
    "games later": b"GET /v1/games?delay=5 HTTP/1.1\r\n",
    "HEAD of games": b"HEAD /v1/games HTTP/1.1\r\n",
    "score": b"GET /v1/games/g1/score HTTP/1.1\r\n",
    "score again, which is at hand": b"GET /v1/games/g1/score HTTP/1.1\r\n",
    "HEAD of a score": b"HEAD /v1/games/g1/score HTTP/1.1\r\n",
    "score unchanged": b"GET /v1/games/g1/score HTTP/1.1\r\nIf-None-Match: *\r\n",
    "score not by then": b'GET /v1/games/g1/score HTTP/1.1\r\nIf-None-Match: "g1-x-1"\r\n',
    "score at a row": b"GET /v1/games/g1/score?seq=2 HTTP/1.1\r\n",
    "score of an escaped name": b"GET /v1/games/g%31/score HTTP/1.1\r\n",
    "score of what is not": b"GET /v1/games/nowhere/score HTTP/1.1\r\n",
    "score of what cannot be": b"GET /v1/games/%2e%2e%2Fkeys/score HTTP/1.1\r\n",
    "state": b"GET /v1/games/g1/state HTTP/1.1\r\n",
    "state unchanged": b"GET /v1/games/g1/state HTTP/1.1\r\nIf-None-Match: *\r\n",
    "rows": b"GET /v1/games/g1/events?since_seq=1&level=key HTTP/1.1\r\n",
    "an empty query": b"GET /v1/games? HTTP/1.1\r\n",
    "OPTIONS": b"OPTIONS /v1/games HTTP/1.1\r\n",
    "preflight": b"OPTIONS /v1/games HTTP/1.1\r\nOrigin: https://a.example\r\n"
    b"Access-Control-Request-Method: GET\r\n",
    "a method that is not": b"DELETE /v1/games HTTP/1.1\r\n",
    "a method of nobody": b"BREW /v1/games HTTP/1.1\r\n",
    "HTTP/1.0": b"GET /v1/games HTTP/1.0\r\n",
    "OpenAPI": b"GET /openapi.json HTTP/1.1\r\n",
    "AsyncAPI": b"GET /asyncapi.json HTTP/1.1\r\n",
    "livez": b"GET /livez HTTP/1.1\r\n",
    "readyz": b"GET /readyz HTTP/1.1\r\n",
    "an administrator's without a token": b"GET /v1/admin/status HTTP/1.1\r\n",
    "HEAD of a stream": b"HEAD /v1/stream?game=g1 HTTP/1.1\r\n",
    "a stream by POST": b"POST /v1/stream?game=g1 HTTP/1.1\r\nContent-Length: 0\r\n",
    "a socket by PUT": b"PUT /v1/ws HTTP/1.1\r\nContent-Length: 0\r\n",
    "a stream of nothing": b"GET /v1/stream HTTP/1.1\r\n",
    "a stream of what is not": b"GET /v1/stream?game=nowhere HTTP/1.1\r\n",
    "a stream with a body": b"GET /v1/stream?game=g1 HTTP/1.1\r\nContent-Length: 2\r\n",
    "an unsigned call": b"POST /v1/ingest/acme HTTP/1.1\r\nContent-Type: application/cloudevents+json\r\n"
    b"Content-Length: 2\r\n",
    "a call in pieces": b"POST /v1/ingest/acme HTTP/1.1\r\nContent-Type: application/cloudevents+json\r\n"
    b"Transfer-Encoding: chunked\r\n",
    "a call of another kind": b"POST /v1/ingest/acme HTTP/1.1\r\nContent-Type: text/html\r\n"
    b"Content-Length: 2\r\n",
    "a call that says more than it may": b"POST /v1/ingest/acme HTTP/1.1\r\n"
    b"Content-Type: application/cloudevents+json\r\nContent-Length: 2000000\r\n",
    "a long call in pieces": b"POST /v1/ingest/acme HTTP/1.1\r\n"
    b"Content-Type: application/cloudevents+json\r\nTransfer-Encoding: chunked\r\n",
    "a header with an accent": b"GET /v1/games HTTP/1.1\r\nX-Name: Jos\xe9\r\n",
    "what is no request": b"GET /v1/games\r\n",
}
BODIES = {
    "a stream with a body": b"{}",
    "an unsigned call": b"{}",
    "a call in pieces": b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    "a long call in pieces": b"4000\r\n" + b"x" * 0x4000 + b"\r\n0\r\n\r\n",
    "a call of another kind": b"{}",
}


def ask(port: int, name: str) -> bytes:
    """The whole answer, byte by byte, but for the time of day and whether it was kept ready."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as sock:
        sock.sendall(REQUESTS[name] + b"Host: test\r\nConnection: close\r\n\r\n")
        sock.sendall(BODIES.get(name, b""))
        found = b""
        while some := sock.recv(65_536):
            found += some
    found = re.sub(rb"\r\n(?:date|cache-status): [^\r]*", b"", found)
    # A page shows the clock of a game that is played, as it is when the page is made.
    return re.sub(rb"\d+", b"0", found) if b"\r\ncontent-type: text/html" in found else found


@pytest.fixture
def played(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    """A folder in which a game was played, and what one process answers about it."""
    node = NodeProcess(tmp_path / "data", workers=0).start()
    try:
        node.key("acme")
        told = [event("g1", 1, "PERIOD_START", period=1), event("g1", 2, "GOAL", team="home", period=1)]
        node.post("acme", [declare("g1"), *told, declare("g2")])
        node.settle("g1", 3)
        node.settle("g2", 1)
        time.sleep(YOUNG_S)
        answers = {name: ask(node.port, name) for name in REQUESTS}
        assert node.stop() == 0
    finally:
        node.close()
    return node.data, answers


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path / "data", workers=2).start()
    one.key("acme")
    yield one
    one.close()


def test_every_answer_is_that_of_one_process(played: tuple[Path, dict[str, bytes]]) -> None:
    data, expected = played
    node = NodeProcess(data, workers=2).start()
    try:
        found = {name: ask(node.port, name) for name in REQUESTS}
        assert not {name: (found[name], expected[name]) for name in REQUESTS if found[name] != expected[name]}
    finally:
        node.close()


def test_a_goal_reaches_fans_of_every_worker_in_order(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    streams, fans = [], []
    for _ in range(8):
        stream = httpx.Client(timeout=10).stream("GET", f"{node.url}/v1/stream?game=g1")
        streams.append(stream)
        fans.append(sse(stream.__enter__()))
    assert all(json.loads(next(fan)["data"])["seq"] == 1 for fan in fans)
    node.post("acme", [event("g1", 1, "PERIOD_START", period=1), event("g1", 2, "GOAL", team="home")])
    for fan in fans:
        told = [json.loads(next(fan)["data"]) for _ in range(2)]
        assert [(one["type"], one["seq"]) for one in told] == [("score_update", 2), ("score_update", 3)]
    counted = wait_for(lambda: by_worker(node), lambda found: sum(found.values()) == 8)
    assert set(counted) == {"1", "2"}
    for stream in streams:
        stream.__exit__(None, None, None)


def test_a_fixture_that_appears_joins_a_stream_of_its_league(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    with httpx.stream("GET", f"{node.url}/v1/stream?league=cup", timeout=10) as response:
        fan = sse(response)
        assert json.loads(next(fan)["data"])["game_id"] == "g1"
        node.post("acme", declare("g2"))
        assert json.loads(next(fan)["data"])["game_id"] == "g2"


def test_sigterm_says_bye_and_leaves_nobody(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    family = children(node)
    assert len(family) == 3
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as response:
        fan = sse(response)
        next(fan)
        assert node.stop() == 0
        assert next(fan)["event"] == "bye"
    said = [json.loads(line) for line in node.log.read_text().splitlines() if '"role"' in line]
    began = {(line["role"], line.get("worker")) for line in said if line["event"] == "stopping"}
    assert began == {("supervisor", None), ("pipeline", None), ("worker", "1"), ("worker", "2")}
    assert {line["reason"] for line in said if line["event"] == "stopping"} == {"SIGTERM"}
    ended = [line for line in said if line["event"] == "stopped"]
    assert [line["role"] for line in ended] == ["worker", "worker", "pipeline", "supervisor"]
    assert sorted(line["byes"] for line in ended[:2]) == [0, 1]
    assert (ended[-1]["processes"], ended[-1]["killed"]) == (3, 0)
    assert all(0 <= line["took_s"] < 20 for line in ended)
    assert not [pid for pid in family if alive(pid)]
    assert not list(node.data.glob("*.sock"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", node.port), timeout=5)


def test_nobody_outlives_a_supervisor_that_is_killed(node: NodeProcess) -> None:
    family = children(node)
    node.kill()
    wait_for(lambda: [pid for pid in family if alive(pid)], lambda left: not left)
    node.start()  # the folder and the port are free


def test_what_cannot_start_says_why_and_leaves_nobody(node: NodeProcess) -> None:
    def start(*flags: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "scorewire", "serve", "--workers", "2", *flags]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return ended.returncode, ended.stderr.splitlines()[-1]

    code, said = start("--port", "0", "--data", str(node.data))
    assert code == 1
    assert "another" in said, said
    code, said = start("--port", str(node.port), "--data", str(node.data.with_name("other")))
    assert code == 2
    assert "scorewire: server.port: cannot listen" in said


def test_every_metric_is_fed(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    told = {line.split("{")[0].split(" ")[0] for line in node.get("/metrics").text.splitlines()}
    others = ("scorewire_edge", "scorewire_relay_", "scorewire_stats_", "scorewire_game_events_")
    mine = {name for name in METRICS if not name.startswith(others)}
    assert not {name for name in mine if name not in told and f"{name}_count" not in told}


def test_the_status_names_the_workers(node: NodeProcess) -> None:
    with httpx.stream("GET", f"{node.url}/v1/stream?sport=soccer", timeout=10) as response:
        parts = response.iter_bytes()  # kept, for the stream ends with it
        next(parts)
        transport = httpx.HTTPTransport(uds=str(node.data / "admin.sock"))
        with httpx.Client(transport=transport, base_url="http://admin") as client:
            status = wait_for(lambda: client.get("/v1/admin/status").json(), lambda found: found["fans"] == 1)
    workers = status["workers"]
    assert sorted(workers) == ["1", "2"]
    assert all(worker["connected"] for worker in workers.values())
    assert sorted(worker["fans"] for worker in workers.values()) == [0, 1]
    serving = next(line for line in node.log.read_text().splitlines() if '"serving"' in line)
    assert json.loads(serving)["descriptors_of_a_worker"] > 1000


def test_a_worker_that_is_away_is_named_and_the_node_is_ready_without_it(node: NodeProcess) -> None:
    transport = httpx.HTTPTransport(uds=str(node.data / "admin.sock"))
    with httpx.Client(transport=transport, base_url="http://admin") as client:

        def told() -> str:
            answer = client.get("/readyz?verbose")
            assert answer.status_code == 200
            return answer.text

        def measured(name: str) -> dict[str, float]:
            found = re.findall(
                rf'^scorewire_worker_{name}{{worker="(\d)"}} (\S+)', node.get("/metrics").text, re.M
            )
            return {worker: float(value) for worker, value in found}

        assert "\n[+]workers ok\n" in told()
        assert measured("up") == {"1": 1, "2": 1}
        assert measured("links_total") == {"1": 1, "2": 1}
        os.kill(worker_pid(node, "1"), signal.SIGKILL)
        wait_for(told, lambda text: "\n[!]workers: 1 of 2 away\n" in text)
        wait_for(told, lambda text: "\n[+]workers ok\n" in text)
    assert measured("up") == {"1": 1, "2": 1}
    assert measured("links_total") == {"1": 2, "2": 1}


@pytest.mark.parametrize("after_s", [0.1, 0.4, 0.8, 1.2])
def test_who_is_told_to_stop_while_it_starts_leaves_nobody(tmp_path: Path, after_s: float) -> None:
    command = [sys.executable, "-m", "scorewire", "serve", "--workers", "2", "--port", "0"]
    started = subprocess.Popen([*command, "--data", str(tmp_path / "data")], stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    family = children_of(started.pid)
    started.terminate()
    started.wait(60)
    wait_for(lambda: [pid for pid in family if alive(pid)], lambda left: not left)


def test_a_call_is_signed_and_counted_once(node: NodeProcess) -> None:
    body = json.dumps(declare("g1")).encode()
    headers = {
        "content-type": "application/cloudevents+json",
        **sign(node.secrets["acme"], body, "w-1"),
    }
    url = f"{node.url}/v1/ingest/acme"
    answers = [httpx.post(url, content=body, headers=headers, timeout=10) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert node.settle("g1", 1)["seq"] == 1


def by_worker(node: NodeProcess) -> dict[str, float]:
    """Fans by worker, as /metrics says."""
    text = node.get("/metrics").text
    found = re.findall(r'^scorewire_worker_sse_fans\{worker="(\d+)"\} (\S+)$', text, re.MULTILINE)
    total = re.search(r'^scorewire_fan_connections\{transport="sse"\} (\S+)$', text, re.MULTILINE)
    fans = {name: float(value) for name, value in found}
    assert total is not None
    assert float(total[1]) == sum(fans.values())
    return fans


def wait_for(look, fine, timeout_s: float = 30.0):
    deadline = time.monotonic() + timeout_s
    while not fine(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def children(node: NodeProcess) -> list[int]:
    assert node.process is not None
    return children_of(node.process.pid)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def worker_pid(node: NodeProcess, name: str) -> int:
    [found] = [
        pid
        for pid in children(node)
        if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(f"worker-{name}\0".encode())
    ]
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_pipeline_stays_until_the_last_fan_was_told(tmp_path: Path) -> None:
    node = NodeProcess(tmp_path / "data", workers=2, env={"SCOREWIRE__SERVER__DRAIN_S": "3"}).start()
    try:
        node.key("acme")
        node.post("acme", declare("g1"))
        node.settle("g1", 1)
        with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as response:
            fan = sse(response)  # kept, for the stream ends with it
            next(fan)
            assert node.process is not None
            node.process.terminate()
            time.sleep(1.5)
            with httpx.Client(transport=httpx.HTTPTransport(uds=str(node.data / "admin.sock"))) as client:
                status = client.get("http://admin/v1/admin/status").json()
            assert (status["fans"], status["stopping"]) == (1, False)
            assert next(fan)["event"] == "bye"
    finally:
        node.close()
