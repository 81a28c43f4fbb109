"""`scorewire bench steps`, small: every step is a real server that tells everybody everything."""

import asyncio
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorewire.bench.crowd import LoadClients
from scorewire.bench.machine import Cores
from scorewire.bench.report import read_report
from scorewire.bench.steps.message import score_update, sse, to_json
from scorewire.bench.steps.result import (
    BESIDE_COLUMNS,
    COLLECTION,
    COLUMNS,
    RATIO,
    SERVED,
    STALLED,
    STEPS,
    value_of,
)
from scorewire.bench.steps.server import SERVERS
from scorewire.bench.steps.slow import FILL, FILL_EVENTS, Crowd, measure_slow
from scorewire.bench.steps.subject import SLOW, StepServer
from scorewire.cli.app import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

CORES = Cores(tuple(sorted(os.sched_getaffinity(0))), tuple(sorted(os.sched_getaffinity(0))))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of a few fans mean nothing, so memory need not come to rest before it is read."""
    for name in ("measure.IDLE_S", "slow.IDLE_S"):
        monkeypatch.setattr(f"scorewire.bench.steps.{name}", 0.05)


def test_every_step_is_measured_and_drawn(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept, plot = tmp_path / "result.json", tmp_path_factory.mktemp("plots") / "plot.svg"
    words = ("--fans", "40", "--small", "5", "--rounds", "2", "--updates", "2")
    with pytest.raises(SystemExit) as left:
        main(["bench", "steps", *words, "--json", str(kept), "--folder", str(tmp_path), "--plot", str(plot)])
    assert not left.value.code
    assert list(tmp_path.iterdir()) == [kept]
    report = read_report(kept.read_bytes())
    assert report.command == f"scorewire bench steps {' '.join(words)}"
    names = [name for name, _, _ in (*COLUMNS, *BESIDE_COLUMNS)]
    for step in STEPS:
        missing = [name for name in names if value_of(report.figures, step, name) is None]
        wanted = {"naive": [STALLED], "scorewire": [COLLECTION]}.get(step.name, [])
        assert [name for name in missing if name != RATIO] == wanted, step.title
        served = value_of(report.figures, step, SERVED)
        assert served == (0 if step.name == "naive" else 9), step.title
    assert len(ET.fromstring(plot.read_text()).findall(".//{*}rect")) > 5 * len(STEPS)


@pytest.fixture(params=SERVERS)
def subject(request: pytest.FixtureRequest) -> Iterator[StepServer]:
    """Each step in turn."""
    with StepServer(request.param, cores=CORES) as made:
        yield made


def test_fans_who_do_not_read_get_everything_once_they_do(subject: StepServer) -> None:
    name = subject.process.name.rpartition(" ")[2]
    with (
        LoadClients(fans=4, cores=CORES.clients) as readers,
        LoadClients(fans=2, cores=CORES.clients) as others,
    ):
        for crowd in (readers, others):
            crowd.join(port=subject.port, path=f"/v1/stream?game={SLOW}", receive_bytes=4096)
        slow = measure_slow(Crowd(subject, readers, others), 2, every=name != "cursor")
    assert slow.missed == 0
    assert (slow.beside is None) is (name == "naive")
    assert slow.served == (0 if name == "naive" else 4)
    assert (slow.healthy, slow.stalled) == (4, 2)
    told_bytes = (FILL * FILL_EVENTS + 2) * len(sse(score_update(SLOW, 1000)))
    if name == "cursor":
        assert slow.given_bytes < told_bytes / 2
    else:
        assert slow.given_bytes > told_bytes * 0.9


def test_an_update_that_a_step_keeps_to_itself_is_counted(subject: StepServer) -> None:
    with (
        LoadClients(fans=3, cores=CORES.clients) as readers,
        LoadClients(fans=1, cores=CORES.clients) as others,
    ):
        for crowd in (readers, others):
            crowd.join(port=subject.port, path=f"/v1/stream?game={SLOW}")
        made = Crowd(subject, readers, others)
        made.during(lambda: [subject.tell(SLOW) for _ in range(3)], 10.0)
        assert made.short(range(2, 5)) == 0
        subject.seqs[SLOW] += 1  # it is said to have been told
        record = made.during(lambda: None, 0.3)
        assert record.missed == 3
        assert made.short(range(2, 6)) == 3


def test_a_fan_who_joins_amid_a_broadcast_ends_at_the_head(subject: StepServer) -> None:
    async def join_amid() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", subject.port)
        writer.write(f"GET /v1/stream?game={SLOW} HTTP/1.1\r\n\r\n".encode())
        for _ in range(3):
            subject.tell(*[SLOW] * 10)
        wanted = to_json(score_update(SLOW, 31)).encode()
        data = b""
        async with asyncio.timeout(10):
            while wanted not in data and b'"seq":31,"state"' not in data:
                data += await reader.read(65536)
        writer.close()
        return data

    data = asyncio.run(join_amid())
    assert data.startswith(b"HTTP/1.1 200 OK")
    assert b"full_state" in data
