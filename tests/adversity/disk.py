"""What a disk holds after a power cut, from the record that disk_recorder.c made.

The model is that of an ordinary journalling file system on a disk that loses its cache: a file's data is
sure up to its last sync; each later call survives or not, by chance, in any order, and one may be torn. Names
are metadata, which is written in order: a sync of any file carries all earlier removals with it, and of later
ones the first so many survive. A name that was removed and made again is another file.

What SQLite keeps in memory that processes share (`-shm`) is left out: after a power cut it is worth nothing,
and SQLite makes it again from the write-ahead file before anything is read.

Source: sqlite.org/atomiccommit.html 2 and 9, sqlite.org/walformat.html 2.
"""

import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_recorder.c")
SURVIVES_P = 0.5


@dataclass(frozen=True)
class Record:
    """One call. `end` is the length of the log after it: a cut at byte N sees the records with end <= N."""

    kind: str
    path: str
    offset: int
    data: bytes
    end: int


@dataclass
class _File:
    """One file of a name; `removal` counts the removals up to its own, 0 while it stands."""

    calls: list[Record] = field(default_factory=list)
    sure: int = 0
    removal: int = 0


def build(folder: Path, source: Path = SOURCE) -> Path:
    """Compile a library for LD_PRELOAD; the caller has made sure that there is a compiler."""
    library = folder / f"{source.stem}.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(source), "-ldl", "-lpthread"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def read(log: Path) -> list[Record]:
    """All whole records of the log."""
    body = log.read_bytes()
    records: list[Record] = []
    at = 0
    while (line_end := body.find(b"\n", at)) >= 0:
        kind, offset, length, path = body[at:line_end].decode().split(" ", 3)
        end = line_end + 1 + int(length)
        if end > len(body):
            break
        records.append(Record(kind, path, int(offset), body[line_end + 1 : end], end))
        at = end
    return records


def after_cut(records: list[Record], cut: int, into: Path, rng: random.Random) -> None:
    """Write into `into` what a disk may hold if the power fails when the log is `cut` bytes long."""
    files: dict[str, list[_File]] = {}
    removals = sure_removals = 0
    for record in records:
        if record.end > cut:
            break
        made = files.setdefault(record.path, [])
        if not made or (made[-1].removal and record.kind != "unlink"):
            made.append(_File())
        if record.kind == "unlink":
            removals += 1
            made[-1].removal = removals
        elif record.kind == "sync":
            made[-1].sure = sum(call.end <= record.offset for call in made[-1].calls)
            sure_removals = removals
        else:
            made[-1].calls.append(record)
    removed = rng.randint(sure_removals, removals)
    for path, made in files.items():
        stands = next((one for one in made if not one.removal or one.removal > removed), None)
        if stands is None or path.endswith(("-shm", " (deleted)")):
            continue
        content = _content(stands, rng)
        if content is not None:
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _content(file: _File, rng: random.Random) -> bytes | None:
    """What survived of one file; None if not even its name did."""
    later = [call for call in file.calls[file.sure :] if rng.random() < SURVIVES_P]
    kept = file.calls[: file.sure] + later
    if not kept:
        return None
    content = bytearray()
    for n, record in enumerate(kept):
        if record.kind == "truncate":
            del content[record.offset :]
            content.extend(bytes(record.offset - len(content)))
            continue
        data = record.data
        if later and n == len(kept) - 1:
            data = data[: rng.randrange(len(data) + 1)]
        content.extend(bytes(max(0, record.offset - len(content))))
        content[record.offset : record.offset + len(data)] = data
    return bytes(content)
