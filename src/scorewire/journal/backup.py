"""A copy of a SQLite file that a node goes on writing.

`cp` of a live file and its `-wal` may catch them a moment apart. SQLite's own backup reads one snapshot, and
in WAL mode neither the writer nor the readers wait for it. Source: sqlite.org/backup.html.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from scorewire.errors import BackendError


def copy_file(source: Path, target: Path) -> None:
    """Copy `source` as it is at this moment to `target`, which stands alone: no `-wal` belongs to it.

    Readable by its owner alone, since it holds the providers' secrets; checked from end to end and on disk
    when this returns. What fails leaves no target.

    Raises:
        BackendError: there is no source, the target exists, the disk is full, or the copy is not sound.
    """
    try:
        # Before any byte is in it, and never over a copy that somebody may need.
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise BackendError(f"backup {target}: {error.strerror}", retryable=False) from error
    try:
        _copy(source, target)
    except sqlite3.Error as error:
        target.unlink()
        raise BackendError(f"backup of {source}: {error}", retryable=False) from error
    except BaseException:
        target.unlink()
        raise


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as held,
        closing(sqlite3.connect(target)) as made,
    ):
        held.backup(made)
        # The copied header says WAL; a file that travels is better alone.
        made.execute("PRAGMA journal_mode=DELETE")
        (found,) = made.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackendError(f"backup of {source}: the copy is not sound: {found}", retryable=False)
    with target.open("rb") as file:
        os.fsync(file.fileno())
