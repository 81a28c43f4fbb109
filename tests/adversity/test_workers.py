"""Processes of a node with workers die, hang and are restarted under load: nobody misses an update."""

import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adversity.crowd import Crowd
from adversity.feed import Match, Provider, write
from adversity.supporters import SseSupporter, Supporter, WsSupporter
from node_process import NodeProcess

PAUSE_S = 0.02
"""Some 50 calls a second."""
DRAIN_S = 1.0
SILENCE_S = 3.0


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    env = {
        "SCOREWIRE__SERVER__DRAIN_S": str(DRAIN_S),
        "SCOREWIRE__SERVER__SILENCE_S": str(SILENCE_S),
        "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense",
    }
    one = NodeProcess(tmp_path / "data", env=env, workers=2).start()
    one.key("acme")
    yield one
    one.close()


@contextmanager
def posting(node: NodeProcess, calls: int) -> Iterator[tuple[Match, Provider]]:
    """A provider that posts a whole match; everything is acknowledged once, and right, when this is left."""
    match = write("g1", calls, random.Random(4))
    provider = Provider(node, match, pause_s=PAUSE_S)
    thread = threading.Thread(target=provider.run, daemon=True)
    thread.start()
    node.settle("g1", 2)
    try:
        yield match, provider
        thread.join(50)
        assert not thread.is_alive()
    finally:
        provider.gone = True
    assert not provider.wrong
    assert provider.answered == len(match.calls)


def process(node: NodeProcess, name: str) -> int:
    """The newest process of a name."""
    assert node.process is not None
    listed = Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text()
    return max((pid for pid in map(int, listed.split()) if name in named(pid)), default=0)


def named(pid: int) -> str:
    """How a process is listed; nothing if it has gone since."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_for(fine: Callable[[], object], timeout_s: float = 40.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not fine():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def come(node: NodeProcess, count: int) -> list[Supporter]:
    kinds = (SseSupporter, WsSupporter)
    fans: list[Supporter] = [kinds[n % 2](node.port, "g1").come() for n in range(count)]
    for fan in fans:
        fan.reach(2)
    return fans


def settle(node: NodeProcess, match: Match, fans: list[Supporter]) -> None:
    """Everything acknowledged is in the score, and every fan has it, without a gap or a step back."""
    score = node.settle("g1", len(match.versions) + 1)
    for fan in fans:
        assert fan.reach(score["seq"]) == score
        assert sum(reason == "join" for _, reason, _ in fan.copy.told) == 1, "it came back with its cursor"
        fan.leave()


def test_fans_of_a_worker_that_is_killed_go_on_elsewhere(node: NodeProcess) -> None:
    with posting(node, 150) as (match, provider):
        fans = come(node, 20)
        first = process(node, "worker-1")
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: process(node, "worker-1") not in {0, first})
        wait_for(lambda: provider.answered > 120)
    settle(node, match, fans)
    joins = sorted(fan.joins for fan in fans)
    assert joins[0] == 1, "fans of the other worker have noticed nothing"
    assert joins[-1] > 1, "nobody was with the worker that died"


def test_who_knocks_at_a_dead_worker_is_served_by_its_successor(node: NodeProcess) -> None:
    pids = [process(node, "worker-1"), process(node, "worker-2")]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    # Nobody listens now but the kernel, on sockets that the supervisor holds.
    assert node.get("/readyz").text == "ok\n"


def test_fans_stay_while_a_pipeline_that_is_killed_comes_back(node: NodeProcess) -> None:
    with posting(node, 200) as (match, provider):
        fans = come(node, 12)
        for n in (1, 2):
            first = process(node, "pipeline")
            wait_for(lambda n=n: provider.answered > 60 * n)  # type: ignore[misc]
            os.kill(first, signal.SIGKILL)
            wait_for(lambda first=first: process(node, "pipeline") not in {0, first})  # type: ignore[misc]
    settle(node, match, fans)
    assert [fan.joins for fan in fans] == [1] * len(fans), "somebody was cut off"
    assert provider.repeats < 20


def test_a_rolling_restart_under_load_loses_nobody_an_update(node: NodeProcess) -> None:
    with posting(node, 450) as (match, provider), Crowd(node.port, "g1", 200) as crowd:
        wait_for(lambda: not crowd.behind(3))
        assert node.process is not None
        before = {process(node, name) for name in ("worker-1", "worker-2", "pipeline")}
        node.process.send_signal(signal.SIGHUP)

        def restarted() -> bool:
            if provider.answered > len(match.calls) * 2 // 3:
                provider.pause_s = 0.5  # a slow machine restarts slowly, and there is to be load all the time
            return "rolling restart done" in node.log.read_text()

        wait_for(restarted)
        assert provider.answered < len(match.calls), "it was over before the restart was"
        provider.pause_s = PAUSE_S
        wait_for(lambda: provider.answered == len(match.calls))
        score = node.settle("g1", len(match.versions) + 1)
        wait_for(lambda: crowd.wrong or not crowd.behind(score["seq"]))
        assert not crowd.wrong
        after = {process(node, name) for name in ("worker-1", "worker-2", "pipeline")}
        assert not before & after
        assert all(fan.byes for fan in crowd.fans), "somebody was not told"
        assert {reason for fan in crowd.fans for reason, _ in fan.byes} == {"drain"}
        assert all(fan.joins == len(fan.byes) + 1 for fan in crowd.fans), "somebody was cut, and not told"
        assert all(set(fan.fulls) <= {"join", "rejoin", "correction"} for fan in crowd.fans)
        assert all(fan.fulls.count("join") == 1 for fan in crowd.fans)
        assert len({retry for fan in crowd.fans for _, retry in fan.byes}) > 150, "all at the same time"
    assert provider.repeats < 20, "calls wait for a pipeline that restarts"


def test_a_worker_that_hangs_misses_nothing(node: NodeProcess) -> None:
    with posting(node, 100) as (match, provider):
        fans = come(node, 8)
        hung = process(node, "worker-2")
        os.kill(hung, signal.SIGSTOP)
        time.sleep(1.0)
        os.kill(hung, signal.SIGCONT)
        wait_for(lambda: provider.answered > 80)
    settle(node, match, fans)
    assert [fan.joins for fan in fans] == [1] * len(fans)


def stop_for_good(pid: int) -> None:
    """It runs, holds its sockets and its fans, and does nothing any more."""
    os.kill(pid, signal.SIGSTOP)


def test_a_worker_that_hangs_for_good_is_replaced(node: NodeProcess) -> None:
    with posting(node, 150) as (match, provider):
        fans = come(node, 20)
        hung = process(node, "worker-2")
        stop_for_good(hung)
        wait_for(lambda: process(node, "worker-2") not in {0, hung})
        wait_for(lambda: provider.answered > 120)
    settle(node, match, fans)
    assert max(fan.joins for fan in fans) > 1, "nobody was with the worker that hung"
    assert "gives no sign of life" in node.log.read_text()
    assert not Path(f"/proc/{hung}").exists()


def test_a_pipeline_that_hangs_for_good_is_replaced(node: NodeProcess) -> None:
    with posting(node, 60) as (match, _):
        fans = come(node, 4)
        hung = process(node, "pipeline")
        stop_for_good(hung)
        assert node.get("/livez").text == "ok\n", "a worker lives without it"
        wait_for(lambda: process(node, "pipeline") not in {0, hung})
    settle(node, match, fans)
    assert [fan.joins for fan in fans] == [1] * len(fans), "somebody was cut off"


def test_nobody_is_killed_because_the_supervisor_stood_still(node: NodeProcess) -> None:
    assert node.process is not None
    before = {process(node, name) for name in ("worker-1", "worker-2", "pipeline")}
    os.kill(node.process.pid, signal.SIGSTOP)
    time.sleep(SILENCE_S + 1.5)
    os.kill(node.process.pid, signal.SIGCONT)
    time.sleep(2.0)
    assert {process(node, name) for name in ("worker-1", "worker-2", "pipeline")} == before
    assert "no sign of life" not in node.log.read_text()


@pytest.mark.parametrize("name", ["worker-1", "pipeline"])
def test_a_process_that_is_killed_while_it_starts_is_started_ever_slower(
    node: NodeProcess, name: str
) -> None:
    starts_s = []
    for n in range(5):
        pid = process(node, name)
        time.sleep(0.03 * n)  # before it has read its orders, while it imports, a moment before it serves
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: process(node, name) not in {0, pid})  # type: ignore[misc]
        starts_s.append(time.monotonic())
    assert starts_s[-1] - starts_s[-2] > 3 * (starts_s[1] - starts_s[0])
    wait_for(lambda: node.get("/readyz").status_code == 200)
    told = node.log.read_text()
    assert len(re.findall("another takes its place|cannot start", told)) >= 5
    assert "Traceback" not in told
    assert node.stop() == 0
