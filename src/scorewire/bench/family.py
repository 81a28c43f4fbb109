"""A process and all that it has started: their CPU time, memory and open descriptors, as one."""

import os
import re
import time
from pathlib import Path

PROC = Path("/proc")

_PRIVATE = re.compile(r"^Private_(?:Clean|Dirty):\s+(\d+) kB$", re.MULTILINE)


class Family:
    """The tree of processes under one of them, as it is at each question.

    CPU time of a process that has left counts as it was when it was last asked for. A process that leaves
    while it is looked at is left out.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._spent_ns: dict[int, int] = {}

    def pids(self) -> list[int]:
        """The first process, if it lives, then the others in the order in which the kernel numbers them."""
        return descendants(self.pid, parents())

    def cpu_ns(self) -> int:
        """CPU time of all of them so far."""
        for pid in self.pids():
            try:
                self._spent_ns[pid] = cpu_ns(pid)
            except OSError:
                continue
        return sum(self._spent_ns.values())

    def user_bytes(self) -> int:
        """Memory that is their own: private pages, as a swapped or shared page costs nobody else."""
        return sum(private_bytes(_text(pid, "smaps_rollup")) for pid in self.pids())

    def resident_bytes(self) -> int:
        """Memory that they have in RAM; what two of them share counts twice."""
        pages = [int(text.split()[1]) for pid in self.pids() if (text := _text(pid, "statm"))]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> dict[int, int]:
        """How many files each has open."""
        held: dict[int, int] = {}
        for pid in self.pids():
            try:
                held[pid] = sum(1 for _ in (PROC / str(pid) / "fd").iterdir())
            except OSError:
                continue
        return held


def parents() -> dict[int, int]:
    """Every process of this machine that is not a zombie, with its parent."""
    found: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            # The name may hold blanks and brackets; what follows its last bracket is fixed.
            fields = _text(int(entry.name), "stat").rpartition(")")[2].split()
            if len(fields) > 1 and fields[0] not in "ZX":
                found[int(entry.name)] = int(fields[1])
    return found


def descendants(pid: int, by_parent: dict[int, int]) -> list[int]:
    """A process and those under it, out of a table of parents; pure."""
    if pid not in by_parent:
        return []
    found = [pid]
    for one in found:
        found += sorted(child for child, parent in by_parent.items() if parent == one)
    return found


def cpu_ns(pid: int) -> int:
    """CPU time of a process, threads that have ended included, in nanoseconds.

    The clock of another process is named by its inverted pid; /proc/PID/stat counts in steps of 10 ms, and
    /proc/PID/schedstat the first thread only.

    Source: clock_getcpuclockid(3); CPUCLOCK_SCHED in include/linux/posix-timers.h.
    """
    return time.clock_gettime_ns((~pid << 3) | 2)


def private_bytes(rollup: str) -> int:
    """Private_Clean + Private_Dirty of /proc/PID/smaps_rollup."""
    return sum(int(kilobytes) for kilobytes in _PRIVATE.findall(rollup)) * 1024


def _text(pid: int, name: str) -> str:
    try:
        return (PROC / str(pid) / name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
