"""On what a benchmark runs, and what the machine allows: cores, descriptors, the commit that is measured."""

import importlib.util
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scorewire import __version__
from scorewire.bench.report import Machine
from scorewire.errors import ConfigError

PACKAGE = Path(__file__).resolve().parent.parent
GIT_S = 10.0
SPARE_DESCRIPTORS = 300
"""What a process opens besides its fans; the node keeps 200 back by itself."""
SHARE_EVENNESS = 0.95
"""How full workers may be on average, so that none is full before the others."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Who runs where: the node and the yardstick on one core, all load on the others."""

    server: tuple[int, ...]
    clients: tuple[int, ...]


def share_cores(allowed: Sequence[int], workers: int = 0) -> Cores:
    """Give the last core to the server, since interrupts like the first; a single core is shared.

    Args:
        workers: processes that hold fans; each has a core as long as the clients keep half of all.
    """
    ordered = tuple(sorted(allowed))
    if len(ordered) == 1:
        return Cores(ordered, ordered)
    server = max(min(workers, len(ordered) // 2), 1)
    return Cores(ordered[-server:], ordered[:-server])


@contextmanager
def shared_cores(workers: int = 0) -> Iterator[Cores]:
    """Share out the cores that this process may use, and stay on those of the clients meanwhile.

    Args:
        workers: processes of the server that hold fans.

    Raises:
        ConfigError: this is not Linux; there is no /proc to read and no core to choose.
    """
    if not sys.platform.startswith("linux"):
        raise ConfigError("bench", "reads /proc and chooses cores, so it runs on Linux only")
    cores = share_cores(sorted(os.sched_getaffinity(0)), workers)
    with on_cores(cores.clients):
        yield cores


@contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """A process that is started in here runs on these cores from its first instruction."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_descriptors(fans: int, workers: int = 0) -> None:
    """Allow this process, and those it starts, as many open files as `fans` need.

    Args:
        workers: processes that hold the fans.

    Raises:
        ConfigError: says how many fans would fit.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    check_descriptors(fans, hard, workers)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def check_descriptors(fans: int, hard: int, workers: int = 0) -> None:
    """Whether a server may hold so many fans under this limit.

    Raises:
        ConfigError: says how many would fit.
    """
    if hard == resource.RLIM_INFINITY:
        return
    room = max(hard - SPARE_DESCRIPTORS, 0)
    if workers <= 1:
        if fans > room:
            raise ConfigError(
                "--fans",
                f"{fans} fans need {fans + SPARE_DESCRIPTORS} open files and the hard limit is {hard}:"
                f" at most --fans {room}, or raise the limit as root",
            )
        return
    # The kernel spreads connections by a hash of their addresses, so no worker has exactly its share.
    fit = int(room * workers * SHARE_EVENNESS)
    if fans > fit:
        needed = -(-fans // max(int(room * SHARE_EVENNESS), 1))
        raise ConfigError(
            "--workers",
            f"{fans} fans need {needed} workers where each may open {hard} files; {workers} hold {fit}",
        )


def describe(cores: Cores, folder: Path) -> Machine:
    """This machine; `folder` is where the node keeps its data."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        cpu=processor(_text("/proc/cpuinfo")) or platform.machine(),
        cores=len(set(cores.server) | set(cores.clients)),
        server_cores=cores.server,
        client_cores=cores.clients,
        memory_gib=round(pages / (1 << 30), 1),
        kernel=platform.release(),
        python=f"{platform.python_version()} {platform.python_implementation()}",
        loop="uvloop" if importlib.util.find_spec("uvloop") else "asyncio",
        disk=file_system(folder.resolve(), _text("/proc/mounts")),
    )


def processor(cpuinfo: str) -> str:
    """The model's name from /proc/cpuinfo; empty where it has none."""
    found = re.search(r"^model name\s*:\s*(.+?)\s*$", cpuinfo, re.MULTILINE)
    return found[1] if found else ""


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that a path lies on, from /proc/mounts: the longest place that holds it."""
    best, kind = "", "unknown"
    for line in mounts.splitlines():
        _, place, found, *_ = line.split(" ")
        place = place.replace("\\040", " ")
        # A later line with the same place was mounted over the earlier one.
        if path.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, found
    return kind


def commit() -> str:
    """The commit of the code that is measured, with `+` if it was changed since; else its version."""
    if _git("ls-files", "--error-unmatch", "errors.py") is None:
        return f"version {__version__}"  # installed, or no git here: a commit would be someone else's
    head = _git("rev-parse", "--short=12", "HEAD")
    if head is None:
        return f"version {__version__}"
    return head + ("+" if _git("status", "--porcelain", "--untracked-files=no", ".") else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE), *arguments], capture_output=True, timeout=GIT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode().strip()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
