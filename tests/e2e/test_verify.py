"""`scorewire verify` against a node that plays, restarts, and lies."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.timeout(120)


def verify(url: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scorewire", "verify", url, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def play(node: NodeProcess, run: subprocess.Popen[str], each: Callable[[int], None] = lambda _: None) -> None:
    """Goals, and some taken back, in two games for as long as somebody looks."""
    number = 1
    while run.poll() is None:
        number += 1
        each(number)
        for game_id in ("g1", "g2"):
            if number % 7 == 0:
                detail = {"event": f"e{number - 1}"}
                node.post(
                    "acme", event(game_id, number, "GOAL_CANCELLED", team="home", period=1, detail=detail)
                )
            else:
                node.post("acme", event(game_id, number, "GOAL", team="home", period=1))


def begin(node: NodeProcess) -> None:
    for game_id in ("g1", "g2"):
        node.post("acme", [declare(game_id), event(game_id, 1, "PERIOD_START", period=1)])
        node.settle(game_id, 2)


def test_a_node_that_plays_is_found_true_over_every_transport(node: NodeProcess) -> None:
    begin(node)
    run = verify(node.url, "--minutes", "0.15", "--cut", "1.5", "--json")
    play(node, run)
    out, err = run.communicate()
    assert run.returncode == 0, out + err
    report = json.loads(out)
    assert report["faults"] == []
    assert set(report["games"]) == {"g1", "g2"}
    assert report["states_compared"] > 20
    for name in ("sse", "websocket"):
        one = report["readers"][name]
        assert one["updates"] > 10
        assert one["full_states"]["correction"] >= 1
        assert one["joins"] >= 3, "cut and resumed"
    assert report["readers"]["polling"]["states"] >= 2


def test_a_restart_in_the_middle_is_no_fault(node: NodeProcess) -> None:
    begin(node)
    run = verify(node.url, "--minutes", "0.2", "--cut", "0", "--game", "g1")

    def restart(number: int) -> None:
        if number == 12:
            node.stop()
            node.start()

    play(node, run, restart)
    out, err = run.communicate()
    assert run.returncode == 0, out + err
    assert "nothing was wrong" in out
    assert "connected 2 times" in out


def test_a_delayed_fan_is_told_the_truth_as_well(node: NodeProcess) -> None:
    begin(node)
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    while node.get("/v1/games/g1/score?delay=5").status_code != 200:
        pass
    run = verify(node.url, "--minutes", "0.15", "--delay", "5", "--cut", "3", "--game", "g1", "--json")
    play(node, run)
    out, err = run.communicate()
    assert run.returncode == 0, out + err
    report = json.loads(out)
    assert report["readers"]["sse"]["updates"] > 5
    assert report["readers"]["websocket"]["updates"] > 5


@pytest.fixture
def liar(node: NodeProcess):
    """A server in front of the node that tells one goal more to those who poll."""

    class Liar(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith(("/v1/stream", "/v1/ws")):
                self.close_connection = True
                return
            answer = httpx.get(f"{node.url}{self.path}")
            body = answer.content
            if "seq=" in self.path:
                body = body.replace(b'"score":0', b'"score":9')
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_node_that_lies_is_found_out(node: NodeProcess, liar: str) -> None:
    begin(node)
    run = verify(liar, "--minutes", "0.05")
    out, err = run.communicate()
    assert run.returncode == 1, out + err
    assert "FAULT difference: served, g1 at 2" in out
    assert "in away, home" in out


def test_no_node_and_no_games_are_said(node: NodeProcess) -> None:
    for url, said in ((node.url, "no games"), ("http://127.0.0.1:1", "does not answer")):
        run = verify(url, "--minutes", "0.01")
        _, err = run.communicate()
        assert (run.returncode, said in err) == (1, True), err
    run = verify(node.url, "--delay", "7")
    _, err = run.communicate()
    assert run.returncode == 2
    assert "to 180" in err


def test_a_game_that_is_not_there_is_said_before_anything_is_followed(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    for words, said in (
        (("--game", "g2"), "there is no game 'g2'\n"),
        (("--game", "g1", "--delay", "180"), "there is no game 'g1', as of 180 s ago\n"),
    ):
        run = verify(node.url, *words)
        out, err = run.communicate(timeout=30)
        assert (run.returncode, out) == (1, "")
        assert err.endswith(said)
