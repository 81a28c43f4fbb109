"""Backups are put back: the files of a node that ran, and a base backup of a server in the middle of appends.

A dump of a server is put back in test_node_on_postgres.py. As docs/journal.md says it.
"""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from contract.journal_world import World
from node_process import NodeProcess, declare, event, sse
from scorewire.journal.journal import Journal
from scorewire.journal.records import Consumed
from services.postgres import PostgresServer, program

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path / "data").start()
    one.key("acme")
    yield one
    one.close()


def scorewire(node: NodeProcess, *words: str) -> str:
    """Run a command on the node's folder."""
    command = [sys.executable, "-m", "scorewire", *words, "--data", str(node.data)]
    done = subprocess.run(command, capture_output=True, text=True, env=node.env, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def put_back(kept: Path, data: Path, *names: str) -> None:
    """Put copies in the place of files, whose companions belong to the old ones."""
    for name in names:
        for old in data.glob(f"{name}*"):
            old.unlink()
        shutil.copy(kept / name, data / name)


def first_frame(node: NodeProcess, query: str) -> dict[str, object]:
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1{query}", timeout=10) as response:
        block = next(sse(response))
    return {**json.loads(block["data"]), "cursor": block["id"]}


def test_an_older_journal_is_brought_up_to_date_by_the_log_that_stayed(node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    kept = node.data.parent / "kept"
    scorewire(node, "journal", "backup", str(kept))
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    before = node.settle("g1", 3)
    cursor = first_frame(node, "")["cursor"]
    node.stop()

    put_back(kept, node.data, "journal.sqlite")
    renewed = json.loads(scorewire(node, "journal", "restored", "--json"))
    assert renewed["before"] == before["epoch"]
    node.start()
    after = node.settle("g1", 3)
    assert after["epoch"] == renewed["epoch"] != before["epoch"]
    assert after["home"]["score"] == 1
    woken = first_frame(node, f"&since={cursor}")
    assert (woken["type"], woken["seq"]) == ("full_state", 3)
    assert json.loads(scorewire(node, "rebuild", "--json"))["differences"] == []


def test_an_older_folder_goes_on_as_what_it_was(node: NodeProcess) -> None:
    """What came after the copies is lost, and its names are given to other rows: under another epoch."""
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    kept = node.data.parent / "kept"
    scorewire(node, "journal", "backup", str(kept))
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    before = node.settle("g1", 3)
    cursor = first_frame(node, "")["cursor"]
    etag = node.get("/v1/games/g1/score").headers["etag"]
    node.kill()

    put_back(kept, node.data, "journal.sqlite", "log.sqlite")
    scorewire(node, "journal", "restored")
    node.start()
    assert node.score("g1")["seq"] == 2
    node.post("acme", event("g1", 2, "GOAL", team="away", period=1))
    after = node.settle("g1", 3)
    assert after["epoch"] != before["epoch"]
    assert (after["home"]["score"], after["away"]["score"]) == (0, 1)
    woken = first_frame(node, f"&since={cursor}")
    assert woken["type"] == "full_state"
    answer = node.get("/v1/games/g1/score", headers={"if-none-match": etag})
    assert (answer.status_code, answer.json()["away"]["score"]) == (200, 1)


class FromBaseBackup(PostgresServer):
    """A server that begins as a base backup of another that runs."""

    def __init__(self, source: PostgresServer) -> None:
        super().__init__()
        self._source = source

    def prepare(self) -> None:
        options = ["--wal-method=stream", "--checkpoint=fast", f"--pgdata={self.data}"]
        self.run([program("pg_basebackup"), f"--dbname={self._source.url}", *options])


@pytest.mark.postgres
async def test_a_base_backup_holds_every_commit_before_it_and_none_by_half() -> None:
    with PostgresServer() as server:
        url = server.make_database()
        journal = await Journal.open(url)
        world, done = World(), asyncio.Event()
        written = 0

        async def write() -> None:
            nonlocal written
            while not done.is_set():
                commit = world.append("a", 3)
                position = Consumed(partition=0, position=written + 1)
                await journal.commit(msgspec.structs.replace(commit, consumed=position))
                written += 1

        writing = asyncio.create_task(write())
        while written < 50:  # noqa: ASYNC110 (an event for one number would be no clearer)
            await asyncio.sleep(0.01)
        before = written
        other = FromBaseBackup(server)
        try:
            await asyncio.to_thread(other.start)
            done.set()
            await writing
            restored = await Journal.open(url.replace(f":{server.port}/", f":{other.port}/"))
            position = (await restored.applied(0)).position
            assert before <= position <= written
            assert [row.seq for row in await restored.rows("a", 0, 100_000)] == [*range(1, 3 * position + 1)]
            assert restored.epoch == journal.epoch
            assert await restored.renew_epoch() != journal.epoch
            await restored.close()
        finally:
            other.close()
            await journal.close()
