"""A full disk: intake says 503 and means it, reads and streams go on, and all is well when space is back."""

import errno
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from adversity.supporters import SseSupporter, WsSupporter
from node_process import NodeProcess, declare, event

FOLDER_BYTES = 8 * 1024 * 1024


class Disk(Protocol):
    """A disk that can be filled."""

    folder: Path

    def fill(self, node: NodeProcess) -> None: ...

    def free(self, node: NodeProcess) -> None: ...


class SmallDisk:
    """A file system of its own in memory, filled to the last byte: ENOSPC."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, node: NodeProcess) -> None:
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (65_536, 4096, 1):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError as error:
                    assert error.errno == errno.ENOSPC  # noqa: PT017

    def free(self, node: NodeProcess) -> None:
        (self.folder / "ballast").unlink()


class ShortFiles:
    """No file of the node may grow: EFBIG, which any user can arrange."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, node: NodeProcess) -> None:
        assert node.process is not None
        # Less than the write-ahead files hold already.
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

    def free(self, node: NodeProcess) -> None:
        assert node.process is not None
        whole = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, whole)


@pytest.fixture(params=[pytest.param("small", marks=pytest.mark.mount), "short"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "data"
    folder.mkdir()
    if request.param == "short":
        yield ShortFiles(folder)
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FOLDER_BYTES}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def node(disk: Disk) -> Iterator[NodeProcess]:
    one = NodeProcess(disk.folder).start()
    one.key("acme")
    yield one
    one.close()


def test_a_full_disk_refuses_and_recovers(disk: Disk, node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    before = node.settle("g1", 2)
    fans = (SseSupporter(node.port, "g1").come(), WsSupporter(node.port, "g1").come())
    for fan in fans:
        fan.reach(2)
    calls = [[event("g1", n, "GOAL", team="home", period=1)] for n in range(2, 12)]
    disk.fill(node)
    answers = [node.post("acme", call, webhook_id=f"full-{n}") for n, call in enumerate(calls)]
    refused = [n for n, answer in enumerate(answers) if answer.status_code == 503]
    taken = [n for n, answer in enumerate(answers) if answer.status_code == 202]
    assert len(refused) + len(taken) == len(calls), [answer.text for answer in answers]
    assert len(refused) >= len(calls) / 2, "the disk was not full"
    for n in refused:
        assert answers[n].headers["content-type"] == "application/problem+json"
        assert int(answers[n].headers["retry-after"]) >= 1
    assert node.post("acme", b"{broken").status_code == 503, "a dead letter that cannot be kept is no answer"
    _serves_on(node, before)
    disk.free(node)
    deadline = time.monotonic() + 10
    for n, call in enumerate(calls):
        while (answer := node.post("acme", call, webhook_id=f"full-{n}")).status_code == 503:
            assert time.monotonic() < deadline, f"no recovery: {answer.text}"
            time.sleep(0.1)
        assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    score = node.settle("g1", 12)
    assert (score["seq"], score["home"]["score"]) == (12, 10)
    assert node.get("/readyz").status_code == 200
    for fan in fans:
        assert fan.reach(12) == score
        assert fan.joins == 1, "a stream broke"
        fan.leave()


def test_a_disk_that_fills_behind_the_answer_blocks_the_owner_and_loses_nothing(
    disk: Disk, node: NodeProcess
) -> None:
    """The log could still take a call and the journal cannot take its row: it waits, over a restart too."""
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    accepted = []
    for n in range(2, 100):
        if n == 60:
            disk.fill(node)
        answer = node.post("acme", event("g1", n, "SHOT", team="home", period=1), webhook_id=f"w-{n}")
        assert answer.status_code in {202, 503}, answer.text
        if answer.status_code == 202:
            accepted.append(n)
        elif n > 70:
            break
    assert len(accepted) >= 58
    node.kill()
    if isinstance(disk, SmallDisk):
        disk.free(node)  # the limit of ShortFiles died with its process
    node.start()
    score = node.settle("g1", len(accepted) + 2)
    assert score["seq"] == len(accepted) + 2
    rows = node.get("/v1/games/g1/events?limit=200").json()["events"]
    assert [row["cause"]["event"] for row in rows[2:]] == [f"e{n}" for n in accepted]


def _serves_on(node: NodeProcess, state: dict) -> None:
    """Reads from memory and from the journal, and a new fan."""
    assert node.score("g1")["home"] == state["home"] or node.score("g1")["seq"] > state["seq"]
    assert node.get("/v1/games").json()["games"][0]["game_id"] == "g1"
    assert len(node.get("/v1/games/g1/events").json()["events"]) >= 2
    assert node.get("/livez").status_code == 200
    assert httpx.get(f"{node.url}/metrics").status_code == 200
    late = SseSupporter(node.port, "g1").come()
    late.reach(2)
    late.leave()
