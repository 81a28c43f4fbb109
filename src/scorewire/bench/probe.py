"""What one fsync costs, on the disk of the node's data folder, in the same run."""

import os
import time
from pathlib import Path
from types import TracebackType

RECORD_BYTES = 300
"""About one claim."""


class Probe:
    """Appends a record and waits for the disk, as often as asked. Use it as `with`."""

    def __init__(self, folder: Path) -> None:
        self.taken_s: list[float] = []
        self._fd = os.open(folder / "probe", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def __enter__(self) -> "Probe":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def once(self) -> None:
        """Append, fdatasync, and note how long that took."""
        began_s = time.monotonic()
        os.write(self._fd, bytes(RECORD_BYTES))
        os.fdatasync(self._fd)
        self.taken_s.append(time.monotonic() - began_s)
