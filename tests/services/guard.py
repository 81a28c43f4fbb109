"""Cleans up after tests that were killed: no server and no folder outlives the process that made it.

The guard is a process of its own that waits at a pipe. However the tests end, by SIGKILL too, the pipe
closes; then the guard kills who works in the folders that it was told of, and removes them.
(`PR_SET_PDEATHSIG` would be less: it acts when the *thread* that started a server ends, is lost when the user
changes, and leaves grandchildren.)
"""

import atexit
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from services.family import dwellers, end


class Guard:
    """The tests' end of the pipe; the process is started when there is something to watch.

    Usable from any thread.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def keep(self, folder: Path) -> None:
        """When we end, kill who works in this folder, with their families, and remove it."""
        self._tell(f"keep {folder}")

    def remove(self, folder: Path) -> None:
        """Remove it now, while we go on: on some disks that takes seconds."""
        self._tell(f"remove {folder}")

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                tests = Path(__file__).resolve().parent.parent
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "services.guard"],
                    stdin=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "PYTHONPATH": str(tests)},
                    start_new_session=True,
                )
                atexit.register(self._close, os.getpid())
            assert self._process.stdin is not None
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def _close(self, owner: int) -> None:
        # A forked child must not close the parent's.
        if self._process is None or os.getpid() != owner:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._process = None


GUARD = Guard()


def main() -> None:
    """The guard's own process."""
    folders: set[str] = set()
    for line in sys.stdin:
        what, _, name = line.rstrip("\n").partition(" ")
        if what == "keep":
            folders.add(name)
        else:
            shutil.rmtree(name, ignore_errors=True)
            folders.discard(name)
    for folder in folders:
        # By folder and not by number: so those are found too whose parent has died, and one that was started
        # in the moment of our death.
        for pid in dwellers(Path(folder)):
            end(pid)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
