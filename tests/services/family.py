"""A process with all that it has started: PostgreSQL and nginx are many, in sessions of their own.

Read from /proc, so for Linux; elsewhere a family is its head alone.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")
GONE_S = 10.0


def parents() -> dict[int, int]:
    """Who has started whom: pid to its parent's, of those that live. A zombie is dead, whoever buries it."""
    found: dict[int, int] = {}
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = _stat(entry)
            if state not in "ZX":
                found[int(entry.name)] = parent
    return found


def _stat(entry: Path) -> tuple[str, int]:
    """The state's letter and the parent."""
    # The name in brackets may hold blanks and brackets of its own.
    state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
    return state, int(parent)


def family(head: int) -> list[int]:
    """The process and all its descendants, each after its parent."""
    above = parents()
    members = [head]
    for member in members:
        members += [pid for pid, parent in above.items() if parent == member]
    return members


def dwellers(folder: Path) -> list[int]:
    """Who works in a folder: a server's processes, even those whose parent has died."""
    place = str(folder.resolve())
    living = parents()
    found = []
    for pid in living:
        with contextlib.suppress(OSError):
            inside = str((PROC / str(pid) / "cwd").readlink())
            if inside == place or inside.startswith((f"{place}/", f"{place} (")):
                found.append(pid)
    return found


def household(head: int, folder: Path) -> list[int]:
    """The family, and whoever else works in the folder."""
    members = family(head)
    return members + [pid for pid in dwellers(folder) if pid not in members]


def tell(members: list[int], number: signal.Signals) -> None:
    """Send a signal to each, in order; who has gone meanwhile is passed over."""
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def alive(members: list[int]) -> list[int]:
    """Those that have not ended."""
    if not PROC.exists():
        return []
    living = parents()
    return [pid for pid in members if pid in living]


def halt(head: int, folder: Path) -> None:
    """SIGSTOP for a household, the head first so that it starts no more; returns when none runs."""
    tell([head], signal.SIGSTOP)
    members = household(head, folder)
    tell(members, signal.SIGSTOP)
    deadline = time.monotonic() + GONE_S
    while any(_runs(pid) for pid in members):
        assert time.monotonic() < deadline, f"some of {members} do not stop"
        time.sleep(0.002)


def _runs(pid: int) -> bool:
    try:
        return _stat(PROC / str(pid))[0] not in "TtZX"
    except OSError:
        return False


def end(head: int) -> list[int]:
    """SIGKILL for all, the head halted first so that it starts no more; returns who is left."""
    tell([head], signal.SIGSTOP)
    members = family(head)
    tell(members, signal.SIGKILL)
    deadline = time.monotonic() + GONE_S
    while (left := alive(members)) and time.monotonic() < deadline:
        time.sleep(0.005)
    return left
