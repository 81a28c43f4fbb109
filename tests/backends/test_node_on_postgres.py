"""A real node whose journal is on a real server: the same game as on a file, and a backup put back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from e2e.recordings import BY_NAME, canonical, canonical_rows, final, replay, rows
from node_process import NodeProcess, declare, event, sse
from services.postgres import Databases, PostgresServer, program

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def node(tmp_path: Path, postgres_url: str) -> Iterator[NodeProcess]:
    """A node on a server, with the provider `acme`."""
    yield from node_on(tmp_path, postgres_url)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server that a test may harm."""
    with PostgresServer() as one:
        yield one


@pytest.fixture
def node_beside(tmp_path: Path, server: PostgresServer) -> Iterator[NodeProcess]:
    """A node on the server that a test may harm."""
    yield from node_on(tmp_path, server.make_database())


def node_on(tmp_path: Path, url: str) -> Iterator[NodeProcess]:
    # As an operator should give it: in a file, not in the environment.
    secret = tmp_path / "journal.url"
    secret.write_text(url + "\n")
    env = {"SCOREWIRE__STORAGE__JOURNAL_FILE": str(secret)}
    one = NodeProcess(tmp_path / "data", env=env).start()
    one.key("acme")
    yield one
    one.close()


def told(node: NodeProcess, game_id: str) -> str:
    """The state of a game without what belongs to this telling: times and the epoch."""
    state = json.loads(canonical(final(node, game_id)))
    return json.dumps({name: value for name, value in state.items() if name != "epoch"}, sort_keys=True)


@pytest.mark.data
@pytest.mark.parametrize("name", ["warriors-nets", "turkey-italy"])
def test_a_recording_ends_as_it_does_on_a_file(
    node: NodeProcess, tmp_path: Path, shared_data: Path, name: str
) -> None:
    recording = BY_NAME[name]
    plain = NodeProcess(tmp_path / "plain").start()
    try:
        for one in (node, plain):
            replay(one, shared_data / recording.path, "g")
        assert told(node, "g") == told(plain, "g")
        assert canonical_rows(rows(node, "g")) == canonical_rows(rows(plain, "g"))
        assert len(rows(node, "g")) == recording.rows
        for path in ("/v1/games?limit=5", "/v1/leagues"):
            assert without_telling(node.get(path).json()) == without_telling(plain.get(path).json())
        assert not (node.data / "journal.sqlite").exists()
    finally:
        plain.close()


def without_telling(answer: Any) -> Any:
    """An answer without epochs and times."""
    if isinstance(answer, dict):
        gone = {"epoch", "updated_at", "at"}
        return {name: without_telling(value) for name, value in answer.items() if name not in gone}
    return [without_telling(one) for one in answer] if isinstance(answer, list) else answer


@pytest.mark.data
def test_a_node_that_is_killed_goes_on_where_it_was(node: NodeProcess, shared_data: Path) -> None:
    recording = BY_NAME["warriors-nets"]
    replay(node, shared_data / recording.path, "g")
    state, found = told(node, "g"), canonical_rows(rows(node, "g"))
    node.kill()
    node.start()
    assert told(node, "g") == state
    assert canonical_rows(rows(node, "g")) == found
    audited = scorewire(node, "rebuild", "--json")
    assert json.loads(audited)["differences"] == []
    assert json.loads(audited)["rows"] == recording.rows


def test_events_are_taken_while_the_server_is_away_and_fans_are_told_when_it_is_back(
    node_beside: NodeProcess, server: PostgresServer
) -> None:
    node = node_beside
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    number = 1
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=60) as response:
        fan = sse(response)
        seen = [json.loads(next(fan)["data"])["seq"]]
        for harm in (server.stop, server.kill, server.pause):
            harm()
            for _ in range(5):
                number += 1
                answer = node.post("acme", event("g1", number, "GOAL", team="home", period=1))
                assert answer.status_code == 202, answer.text
            assert node.score("g1")["seq"] == seen[-1]
            if server.running:
                server.resume()
            else:
                server.start()
            while seen[-1] < number + 1:
                seen.append(json.loads(next(fan)["data"])["seq"])
    assert seen == [*range(2, number + 2)]
    assert node.settle("g1", number + 1)["home"]["score"] == number - 1
    audited = json.loads(scorewire(node, "rebuild", "--json"))
    assert (audited["differences"], audited["rows"]) == ([], number + 1)


def scorewire(node: NodeProcess, *words: str) -> str:
    """Run a command beside the node, with the node's settings."""
    command = [sys.executable, "-m", "scorewire", *words, "--data", str(node.data)]
    done = subprocess.run(command, capture_output=True, text=True, env=node.env, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(*words: str, **environment: str) -> None:
    done = subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_dump_is_put_back_and_fans_start_again_from_full_states(
    node: NodeProcess, postgres_server: PostgresServer | Databases, postgres_url: str, tmp_path: Path
) -> None:
    """As docs/journal.md says it: pg_dump while the node runs, stop, restore, `journal restored`, start."""
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    dump = tmp_path / "scores.dump"
    run(program("pg_dump"), "--format=custom", f"--file={dump}", postgres_url)
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    newest = node.settle("g1", 3)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as response:
        cursor = next(sse(response))["id"]
    assert cursor.startswith(newest["epoch"])
    etag = node.get("/v1/games/g1/score").headers["etag"]
    node.stop()

    # Another machine's folder: the provider log of before is lost as well, so the goal is.
    (node.data / "log.sqlite").unlink()
    postgres_server.drop_database(postgres_url)
    again = postgres_server.make_database()
    Path(node.env["SCOREWIRE__STORAGE__JOURNAL_FILE"]).write_text(again)
    run(program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={again}", str(dump))
    renewed = json.loads(scorewire(node, "journal", "restored", "--json"))
    assert renewed["before"] == newest["epoch"]

    node.start()
    assert node.score("g1")["seq"] == 2
    # Another goal under the seq that the lost one had: nobody may take it for that.
    node.post("acme", event("g1", 2, "GOAL", team="away", period=1))
    state = node.settle("g1", 3)
    assert (state["epoch"], state["home"]["score"], state["away"]["score"]) == (renewed["epoch"], 0, 1)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1&since={cursor}", timeout=10) as response:
        first = json.loads(next(sse(response))["data"])
    assert first["type"] == "full_state"
    assert first["state"]["away"]["score"] == 1
    assert node.get("/v1/games/g1/score", headers={"if-none-match": etag}).status_code == 200
    assert urlsplit(again).scheme == "postgresql"
    assert json.loads(scorewire(node, "rebuild", "--json"))["differences"] == []


def test_months_are_made_ahead_while_a_node_runs(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    done = json.loads(scorewire(node, "journal", "upkeep", "--json"))
    assert done == {"made": [], "moved": 0, "strays": 0}
