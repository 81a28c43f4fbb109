"""Each benchmark, small: a real node, real load processes, and a report that can be believed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from scorewire.bench.calls import update_marker
from scorewire.bench.crowd import LoadClients
from scorewire.bench.machine import Cores
from scorewire.bench.nginx import nchan_module, program
from scorewire.bench.report import Figure, Report, read_report
from scorewire.bench.target import Target
from scorewire.bench.yardstick import COMPILERS, Yardstick, build, frame_like
from scorewire.cli.app import main
from scorewire.errors import BackendError

pytestmark = pytest.mark.slow

CORES = sorted(os.sched_getaffinity(0))
HAS_COMPILER = any(map(shutil.which, COMPILERS))
HAS_NGINX = program() is not None
Folders = pytest.TempPathFactory
NO_COMPILER = "no C compiler on this machine: the yardstick cannot be built"


WAITS = {
    "fanout.IDLE_S": 0.05,
    "memory.IDLE_S": 0.05,
    "slow.IDLE_S": 0.05,
    "games.IDLE_S": 0.05,
    "storm.SETTLE_S": 0.05,
    "churn.SETTLE_S": 0.05,
    "storm.BURST_S": 0.5,
    "restart.STEADY_S": 0.5,
    "fair.PERIOD_S": 0.1,
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of a few fans mean nothing: memory need not come to rest, and nobody needs a core alone."""
    for name, seconds in WAITS.items():
        monkeypatch.setattr(f"scorewire.bench.{name}", seconds)
    everybody = Cores(tuple(CORES), tuple(CORES))
    monkeypatch.setattr("scorewire.bench.machine.share_cores", lambda *_: everybody)


SHARERS = ("churn", "fair", "fanout", "ingest", "path", "pull")


@pytest.fixture(scope="module")
def node(tmp_path_factory: Folders) -> Iterator[Target]:
    """A node that runs."""
    everybody = Cores(tuple(CORES), tuple(CORES))
    with Target(folder=tmp_path_factory.mktemp("node") / "shared", cores=everybody) as running:
        yield running


@pytest.fixture
def _one_node(node: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some benchmarks find one node running: each has games of its own, and nodes are slow to start."""

    def target(*, folder: Path, cores: Cores, workers: int = 0) -> AbstractContextManager[Target]:
        return Target(folder=folder, cores=cores, workers=workers) if workers else nullcontext(node)

    for name in SHARERS:
        monkeypatch.setattr(f"scorewire.bench.{name}.Target", target)


def bench(folder: Path, *words: str) -> tuple[Report, dict[str, Figure]]:
    """Run a benchmark to its end; it leaves with 0 and nothing behind."""
    kept = folder / "result.json"
    with pytest.raises(SystemExit) as left:
        main(["bench", *words, "--json", str(kept), "--folder", str(folder)])
    assert not left.value.code
    report = read_report(kept.read_bytes())
    assert list(folder.iterdir()) == [kept]
    assert not report.failures
    figures = {figure.name: figure for figure in report.figures}
    assert len(figures) == len(report.figures), "each figure has a name of its own"
    return report, figures


@pytest.mark.usefixtures("_one_node")
@pytest.mark.parametrize(
    ("transport", "beside"), [("sse", ("--vs", "nchan")), ("websocket", ("--workers", "2"))]
)
def test_fanout_reaches_every_fan(transport: str, beside: tuple[str, str], tmp_path: Path) -> None:
    words = ("--fans", "50", "--rounds", "3", "--bursts", "1", "--transport", transport)
    report, figures = bench(tmp_path, "fanout", *words, *beside)
    assert report.command == f"scorewire bench fanout {' '.join(words)} --bytes 300 {' '.join(beside)}"
    has_nchan = transport == "sse" and HAS_NGINX and nchan_module() is not None
    assert ("nchan's p99 ÷ the node's" in figures) is has_nchan
    assert ("open files of the fullest worker" in figures) is (transport == "websocket")
    assert figures["fans that got every update"].value == 50
    assert ("server ÷ yardstick" in figures) is HAS_COMPILER
    assert any("NO YARDSTICK" in note for note in report.notes) is not HAS_COMPILER
    ordered = [f"call sent to {what}" for what in ("first fan", "fan, p50", "fan, p99")]
    times = [figures[name].value for name in ordered]
    assert times[0] > 0
    assert times[1] <= times[2]
    (size,) = [int(note.split()[3]) for note in report.notes if note.startswith("An update is ")]
    assert 297 <= size <= 303


def test_sizes_in_turn_are_drawn_with_idle_games_beside(tmp_path: Path, tmp_path_factory: Folders) -> None:
    plot = tmp_path_factory.mktemp("plots") / "plot.svg"
    words = ("--series", "10,30", "--idle-games", "10", "--rounds", "2", "--plot", str(plot))
    report, figures = bench(tmp_path, "fanout", *words)
    assert report.settings == {
        "series": "10,30",
        "rounds": 2,
        "transport": "sse",
        "bytes": 300,
        "idle-games": 10,
    }
    assert figures["10 fans: call sent to last fan"].value > 0
    assert figures["30 fans, 10 idle games: call sent to last fan"].value > 0
    assert plot.read_text().count("<polyline") == 2 + HAS_COMPILER


@pytest.mark.usefixtures("_one_node")
def test_path_holds_the_way_against_the_disk(tmp_path: Path) -> None:
    report, figures = bench(tmp_path, "path", "--rounds", "10")
    assert report.settings == {"rounds": 10}
    assert figures["call sent to 202, p50"].value > 0
    assert figures["fsync, p50"].value > 0
    worst = figures["call sent to fan, worst"].value
    assert 0 < figures["call sent to fan, p50"].value <= figures["call sent to fan, p99"].value <= worst


@pytest.mark.usefixtures("_one_node")
def test_ingest_counts_what_the_scores_show(tmp_path: Path) -> None:
    words = ("--games", "5", "--connections", "3", "--single", "100", "--batched", "500")
    _, figures = bench(tmp_path, "ingest", *words)
    for how, events in (("one a call", 100), ("batches of 50", 500)):
        rate = figures[f"{how}: events a second"]
        assert rate.value > 0
        assert rate.note.startswith(f"{events} events")
        assert figures[f"{how}: events a second until the last 202"].value >= rate.value


def test_memory_is_weighed_with_one_game_and_with_ten(tmp_path: Path) -> None:
    _, figures = bench(tmp_path, "memory", "--fans", "20", "--transport", "websocket")
    assert figures["fans that got every update"].value == 20
    weighed = figures["websocket: user memory a fan, one game"]
    assert (weighed.goal, weighed.met) == ("≤ 6", None)


@pytest.mark.usefixtures("_one_node")
@pytest.mark.parametrize("name", ["fair", "slow"])
def test_healthy_fans_are_timed_and_drawn(name: str, tmp_path: Path, tmp_path_factory: Folders) -> None:
    plot = tmp_path_factory.mktemp("plots") / "plot.svg"
    words = ("--fans", "40", "--updates", "3", "--points", "1", "--plot", str(plot))
    report, figures = bench(tmp_path, name, *words)
    assert "plot" not in report.command
    assert plot.read_text().count("<circle") == 2
    if name == "slow":
        assert figures["fans that did not read"].value == 4
        assert figures["fans that the node had set aside"].value == 4
    else:
        assert figures["fans that got every update"].value == 90


def test_a_storm_loses_nobody(tmp_path: Path) -> None:
    _, figures = bench(tmp_path, "storm", "--fans", "50", "--window", "20", "--workers", "2")
    assert figures["fans that missed nothing"].value == 50
    assert 0 < figures["worker killed: fans that were cut and came back"].value < 50
    assert figures["killed: fans that were cut and came back"].value >= 50
    for whose in ("worker killed", "killed"):
        assert figures[f"{whose}: updates missed, twice or out of order"].value == 0
        assert figures[f"{whose}: updates told"].value > 20
    ratio = "returning fans a server CPU second ÷ the C program's"
    assert (ratio in figures) is HAS_COMPILER


def test_a_rolling_restart_loses_nothing(tmp_path: Path) -> None:
    words = ("--fans", "60", "--workers", "2", "--rate", "50", "--games", "6", "--drain", "0.5")
    _, figures = bench(tmp_path, "restart", *words)
    assert figures["updates missed, twice or out of order"].value == 0
    assert figures["fans that had every update"].value == 60
    assert figures["connections that ended"].value >= 60
    assert 0.5 < figures["longest away"].value < 20


def test_a_soak_loses_nothing(tmp_path: Path, tmp_path_factory: Folders) -> None:
    plot = tmp_path_factory.mktemp("plots") / "plot.svg"
    words = ("--minutes", "0.05", "--fans", "30", "--games", "10", "--rate", "40", "--sample", "0.7")
    _, figures = bench(tmp_path, "soak", *words, "--plot", str(plot))
    assert figures["updates lost"].value == 0
    assert figures["fans that came and left"].value >= 20
    # Each event reaches the three fans of its game, and each fan is told of its game when it joins.
    assert figures["deliveries"].value == 3 * figures["events"].value + 30
    assert plot.read_text().count("<polyline") == 3


def test_many_games_have_their_events(tmp_path: Path) -> None:
    words = ("--games", "120", "--followed", "60", "--each", "2", "--seconds", "2")
    _, figures = bench(tmp_path, "games", *words)
    assert figures["fans that got every update"].value == 120
    assert figures["events a second"].value == pytest.approx(2, abs=1)
    assert figures["user memory a live game"].value > 0


@pytest.mark.usefixtures("_one_node")
def test_pull_is_held_against_nginx(tmp_path: Path) -> None:
    report, figures = bench(tmp_path, "pull", "--connections", "5", "--seconds", "0.2", "--turns", "1")
    for status in (200, 304):
        assert figures[f"{status}: requests a CPU second"].value > 0
        assert (f"{status}: requests a CPU second ÷ nginx's" in figures) is HAS_NGINX
    assert any("NO NGINX" in note for note in report.notes) is not HAS_NGINX


def test_starts_with_and_without_games(tmp_path: Path) -> None:
    report, _ = bench(tmp_path, "start", "--games", "30", "--starts", "1")
    assert [figure.value > 0 for figure in report.figures[:5]] == [True] * 5


@pytest.mark.usefixtures("_one_node")
def test_fans_come_and_go(tmp_path: Path) -> None:
    _, figures = bench(tmp_path, "churn", "--joins", "500")
    assert figures["joins and leaves"].value == 500


def test_the_table_is_made_of_the_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("table", str(tmp_path), "--quick", "--only", "path")
    with pytest.raises(SystemExit) as left:
        main(["bench", *words])
    assert not left.value.code
    told = capsys.readouterr().out
    assert "| **from the call to the fan** | call sent to fan, p50 |" in told
    assert "- fold: not run yet; `scorewire bench fold`" in told
    assert [file.name for file in tmp_path.iterdir()] == ["path.json"]


@pytest.fixture
def yardstick(tmp_path: Path) -> Iterator[Yardstick]:
    """A server of eight fans in three processes that sends what it is told."""
    binary = build(tmp_path)
    assert binary is not None
    with Yardstick(binary, fans=8, cores=CORES, each_max=3) as running:
        yield running


@pytest.fixture
def fans() -> Iterator[LoadClients]:
    """Eight fans in three processes."""
    with LoadClients(fans=8, cores=CORES, each_max=3) as clients:
        yield clients


@pytest.mark.skipif(not HAS_COMPILER, reason=NO_COMPILER)
def test_an_update_that_never_comes_is_seen(yardstick: Yardstick, fans: LoadClients) -> None:
    fans.join(ports=yardstick.ports, path="/")
    wanted = update_marker("g", 31)
    for sent, missed in ((32, 8), (31, 0), (3, 8)):
        fans.listen(wanted, timeout_s=0.3 if missed else 10)
        yardstick.send(frame_like(update_marker("g", sent), 355))
        assert yardstick.cpu_ns() > 0
        heard = fans.heard()
        assert (heard.missed, len(heard.at_s), heard.bytes) == (missed, 8 - missed, 8 * 355)


@pytest.mark.skipif(not HAS_COMPILER, reason=NO_COMPILER)
def test_fans_that_are_never_told_end_the_run(yardstick: Yardstick, fans: LoadClients) -> None:
    fans.join(ports=yardstick.ports, path="/")
    with pytest.raises(BackendError, match='8 fans never had "seq":1,'):
        fans.gather(b'"seq":1,', timeout_s=0.2)


def test_a_server_that_is_not_there_is_said(fans: LoadClients) -> None:
    with pytest.raises(BackendError, match="a load client has left"):
        fans.join(port=1, path="/")
