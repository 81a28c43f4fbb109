"""Each examination says what is wrong and what to do, on values that the test chooses."""

import resource
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scorewire.cli import doctor
from scorewire.cli.app import main
from scorewire.cli.doctor import examine
from scorewire.cli.finding import Finding
from scorewire.clock import SystemClock
from scorewire.config import Config, Server, Storage


def test_this_machine_is_examined_whole(tmp_path: Path) -> None:
    findings = list(
        examine(Config(server=Server(port=0), storage=Storage(data=str(tmp_path))), SystemClock())
    )
    about = [finding.about for finding in findings]
    for name in (
        "descriptors",
        "SQLite",
        "port",
        "data folder",
        "fsync",
        "clock",
        "log and clock",
        "event loop",
    ):
        assert name in about
    assert all(finding.advice for finding in findings if finding.verdict != "fine")
    assert not [finding for finding in findings if finding.verdict == "bad"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("finding", "verdict", "advice"),
    [
        (doctor.descriptors(60_000, 60_000, 50_000), "fine", ""),
        (doctor.descriptors(resource.RLIM_INFINITY, resource.RLIM_INFINITY, 50_000), "fine", ""),
        (doctor.descriptors(1024, 100_000, 50_000), "note", "ulimit -n 50256"),
        (doctor.descriptors(1024, 4096, 50_000), "note", "connections_max"),
        (doctor.event_loop(True), "fine", ""),
        (doctor.event_loop(False), "note", "pip install uvloop"),
        (doctor.sqlite((3, 45, 1)), "fine", ""),
        (doctor.sqlite((3, 31, 0)), "bad", "3.35.0"),
        (doctor.sync_time(2.0), "fine", ""),
        (doctor.sync_time(50.0), "note", "faster disk"),
        (doctor.sync_time(0.001), "note", "memory"),
        (doctor.socket_path(Path("/srv/admin.sock")), "fine", ""),
        (
            doctor.socket_path(Path("/srv/" + "x" * 100 + "/admin.sock")),
            "note" if sys.platform == "linux" else "bad",
            "shorter",
        ),
        (doctor.clock_step(3.0), "fine", ""),
        (doctor.clock_step(-2000.0), "note", "chrony"),
    ],
)
def test_verdicts(finding: Finding, verdict: str, advice: str) -> None:
    assert finding.verdict == verdict
    assert advice in finding.advice
    assert bool(finding.advice) == (verdict != "fine")


def test_a_small_backlog_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "somaxconn"
    path.write_text("128\n")
    assert doctor.backlog(path).verdict == "note"
    path.write_text("4096\n")
    assert doctor.backlog(path).verdict == "fine"
    assert doctor.backlog(tmp_path / "absent").verdict == "fine"


def test_a_taken_port_is_bad_unless_the_node_has_it() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert doctor.port_free("127.0.0.1", port, running=False).verdict == "bad"
        assert doctor.port_free("127.0.0.1", port, running=True).verdict == "fine"
    assert doctor.port_free("127.0.0.1", port, running=False).verdict == "fine"


def test_a_data_folder_that_is_a_file_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    (finding,) = doctor.data_folder(path)
    assert finding.verdict == "bad"


def test_an_open_data_folder_is_noted(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "chmod 700" in next(one.advice for one in doctor.data_folder(tmp_path) if one.about == "secrecy")


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n/dev/b /srv/fast xfs rw 0 0\n")
    assert doctor.file_system(Path("/srv/data"), mounts) == "nfs4"
    assert doctor.file_system(Path("/srv/fast/data"), mounts) == "xfs"
    assert doctor.file_system(Path("/srvx"), mounts) == "ext4"
    assert doctor.file_system(Path("/"), tmp_path / "absent") == ""


def test_a_clock_before_the_newest_claim_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    assert doctor.newest_claim(path, 0).verdict == "fine"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE claims (received_ms INTEGER)")
        connection.execute("INSERT INTO claims VALUES (500000)")
        connection.commit()
    assert doctor.newest_claim(path, 500_500).verdict == "fine"
    assert "440 s ahead" in doctor.newest_claim(path, 60_000).found
    path.write_bytes(b"no database at all, but long enough to be read as one" * 20)
    assert doctor.newest_claim(path, 0).verdict == "bad"


def test_the_command_prints_and_fails_where_something_is_bad(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--port", "0", "--data", str(tmp_path)])
    assert not left.value.code
    assert "fsync" in capsys.readouterr().out
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--port", "0", "--data", str(blocked), "--json"])
    assert left.value.code == 1
    assert '"verdict":"bad"' in capsys.readouterr().out
