"""`scorewire doctor`: what of machine and servers is fine, and what to do about the rest."""

import importlib.util
import os
import resource
import socket
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scorewire.cli.doctor_servers import servers
from scorewire.cli.finding import Finding, Verdict
from scorewire.cli.operations import ask
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.errors import ScorewireError

SPARE_DESCRIPTORS = 256
"""Files, sockets of the feeds, the database: what a node opens besides its fans."""
SQLITE_MIN = (3, 35, 0)
"""RETURNING; source: sqlite.org/changes.html."""
FSYNC_SLOW_MS = 20.0
FSYNC_UNLIKELY_MS = 0.05
FSYNCS = 20
STEP_MS_MAX = 50
SOCKET_PATH_BYTES_MAX = 100
FREE_BYTES_MIN = 1 << 30
BACKLOG_MIN = 1024
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "glusterfs", "ceph"})


def command(
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    port: Annotated[int | None, typer.Option(help="TCP port to try.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Examine this machine, and the servers that the configuration names.

    Exit code 1 if anything would keep a node from doing its job.
    """
    settings = configured(config, data, server__port=port)
    findings = list(examine(settings, SystemClock()))
    if as_json:
        print(msgspec.json.encode(findings).decode())
    else:
        signs: dict[Verdict, str] = {"fine": "  fine", "note": "  note", "bad": "   BAD"}
        for finding in findings:
            print(f"{signs[finding.verdict]}  {finding.about:16} {finding.found}")
            if finding.advice:
                print(f"{'':24} -> {finding.advice}")
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


def examine(config: Config, clock: Clock) -> Iterator[Finding]:
    """Look at everything; takes about a second on a slow disk, and leaves nothing behind.

    A server that is named and away takes some seconds more.
    """
    began_ms, began_s = clock.now_ms(), clock.monotonic_s()
    folder = Path(config.storage.data)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield descriptors(soft, hard, config.fanout.connections_max)
    yield backlog(Path("/proc/sys/net/core/somaxconn"))
    yield event_loop(importlib.util.find_spec("uvloop") is not None)
    yield sqlite(sqlite3.sqlite_version_info)
    running = _running(config)
    yield port_free(config.server.host, config.server.port, running=running)
    yield from data_folder(folder)
    yield from servers(config, clock)
    yield socket_path(folder / "admin.sock")
    yield newest_claim(folder / "log.sqlite", clock.now_ms())
    stepped_ms = (clock.now_ms() - began_ms) - (clock.monotonic_s() - began_s) * 1000
    yield clock_step(stepped_ms)


def _running(config: Config) -> bool:
    try:
        return ask(config, "GET", "/v1/admin/status") is not None
    except ScorewireError:
        return True


def descriptors(soft: int, hard: int, connections: int) -> Finding:
    """Whether as many fans as configured can hold a socket each."""
    needed = connections + SPARE_DESCRIPTORS
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return Finding("descriptors", "fine", f"{soft} open files allowed, {needed} wanted")
    if hard == resource.RLIM_INFINITY or hard >= needed:
        advice = f"ulimit -n {needed}, or LimitNOFILE={needed} in the unit"
    else:
        advice = f"the hard limit is {hard}: raise it as root, or set fanout.connections_max lower"
    found = f"{soft} open files allowed: at most {max(soft - SPARE_DESCRIPTORS, 0)} of {connections} fans"
    return Finding("descriptors", "note", found, advice)


def backlog(path: Path) -> Finding:
    """Whether the kernel keeps enough half-accepted connections when everyone comes back at once."""
    try:
        allowed = int(path.read_text())
    except (OSError, ValueError):
        return Finding("listen backlog", "fine", "not known on this system")
    if allowed >= BACKLOG_MIN:
        return Finding("listen backlog", "fine", f"somaxconn {allowed}")
    return Finding("listen backlog", "note", f"somaxconn {allowed}", "sysctl -w net.core.somaxconn=4096")


def event_loop(present: bool) -> Finding:
    """Whether the quicker loop is there."""
    if present:
        return Finding("event loop", "fine", "uvloop")
    return Finding("event loop", "note", "asyncio's own; uvloop is not installed", "pip install uvloop")


def sqlite(version: tuple[int, ...]) -> Finding:
    """Whether this Python's SQLite can do what the stores ask of it."""
    text = ".".join(map(str, version))
    if version >= SQLITE_MIN:
        return Finding("SQLite", "fine", text)
    wanted = ".".join(map(str, SQLITE_MIN))
    return Finding("SQLite", "bad", text, f"at least {wanted} is needed: use a newer Python build")


def port_free(host: str, port: int, *, running: bool) -> Finding:
    """Whether the port can be bound; one that the running node holds is as it should be."""
    if port == 0:
        return Finding("port", "fine", "any free one")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if running:
                return Finding("port", "fine", f"{host}:{port} is held by the running node")
            reason = error.strerror or str(error)
            return Finding("port", "bad", f"{host}:{port}: {reason}", "stop who holds it, or --port N")
    return Finding("port", "fine", f"{host}:{port} is free")


def data_folder(folder: Path) -> Iterator[Finding]:
    """Whether the folder can be written, is ours, lies on a local disk with room, and how fast it syncs."""
    there = folder
    while not there.exists():
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield Finding("data folder", "bad", f"{folder} cannot be written", "choose another with --data")
        return
    yield Finding("data folder", "fine", f"{folder}{'' if there == folder else ' (will be made)'}")
    if there == folder and folder.stat().st_mode & 0o077:
        yield Finding("secrecy", "note", "others can look into the data folder", f"chmod 700 {folder}")
    kind = file_system(there.resolve(), Path("/proc/mounts"))
    if kind in NETWORK_FILE_SYSTEMS:
        yield Finding("file system", "bad", kind, "SQLite's WAL needs a local disk: move the folder")
    elif kind:
        yield Finding("file system", "fine", kind)
    stat = os.statvfs(there)
    free = stat.f_bavail * stat.f_frsize
    verdict: Verdict = "fine" if free >= FREE_BYTES_MIN else "note"
    yield Finding(
        "room", verdict, f"{free / (1 << 30):.1f} GiB free", "" if verdict == "fine" else "make room"
    )
    yield sync_time(_fsync_ms(there, SystemClock()))


def file_system(path: Path, mounts: Path) -> str:
    """The kind of file system that a path lies on; empty where that is not known."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for entry in lines:
        _, place, found, *_rest = entry.split(" ")
        if path.is_relative_to(place) and len(place) > len(best):
            best, kind = place, found
    return kind


def _fsync_ms(folder: Path, clock: Clock) -> float:
    taken: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FSYNCS):
            file.write(bytes(4096))
            file.flush()
            began_s = clock.monotonic_s()
            os.fsync(file.fileno())
            taken.append((clock.monotonic_s() - began_s) * 1000)
    return statistics.median(taken)


def sync_time(ms: float) -> Finding:
    """What an fsync costs: every acknowledgement waits for one."""
    found = f"{ms:.2f} ms (median of {FSYNCS})"
    if ms > FSYNC_SLOW_MS:
        return Finding("fsync", "note", found, "every acknowledged call waits for this: use a faster disk")
    if ms < FSYNC_UNLIKELY_MS:
        return Finding(
            "fsync", "note", found, "hardly a disk: is this memory, or does it only say it has synced?"
        )
    return Finding("fsync", "fine", found)


def socket_path(path: Path) -> Finding:
    """Whether the admin socket's path is short enough for the operating system."""
    length = len(os.fsencode(path))
    if length <= SOCKET_PATH_BYTES_MAX:
        return Finding("admin socket", "fine", str(path))
    # Linux reaches it through the folder's descriptor; other systems have no such way.
    verdict: Verdict = "note" if sys.platform == "linux" else "bad"
    advice = "choose a data folder with a shorter path if other tools open it"
    return Finding("admin socket", verdict, f"{length} bytes of path", advice)


def newest_claim(path: Path, now_ms: int) -> Finding:
    """Whether the clock stands before what the log has already recorded: then it was set back."""
    if not path.is_file():
        return Finding("log and clock", "fine", "nothing recorded yet")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (newest,) = connection.execute("SELECT max(received_ms) FROM claims").fetchone()
    except sqlite3.Error as error:
        return Finding("log and clock", "bad", f"{path} cannot be read: {error}", "restore it from a backup")
    ahead_s = ((newest or 0) - now_ms) / 1000
    if ahead_s > 1:
        advice = "set the clock right (chrony, timesyncd) before the node starts"
        return Finding(
            "log and clock", "bad", f"the newest claim lies {ahead_s:.0f} s ahead of the clock", advice
        )
    return Finding("log and clock", "fine", "the clock is past all that was recorded")


def clock_step(stepped_ms: float) -> Finding:
    """Whether wall time and steady time ran alike while we looked."""
    if abs(stepped_ms) <= STEP_MS_MAX:
        return Finding("clock", "fine", f"steady ({stepped_ms:+.0f} ms)")
    advice = "let chrony or timesyncd slew it; signatures allow 5 minutes either way"
    return Finding("clock", "note", f"stepped by {stepped_ms:+.0f} ms meanwhile", advice)
