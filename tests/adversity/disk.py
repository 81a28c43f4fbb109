"""What a disk holds after a power cut, from the record that disk_recorder.c made."""

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_recorder.c")


@dataclass(frozen=True)
class Record:
    """One call. `end` is the length of the log after it: a cut at byte N sees the records with end <= N."""

    kind: str
    path: str
    offset: int
    data: bytes
    end: int


def build(folder: Path) -> Path:
    """Compile the recorder; the caller has made sure that there is a compiler."""
    library = folder / "disk_recorder.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def has_compiler() -> bool:
    """Whether `cc` is there."""
    return shutil.which("cc") is not None


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
    """Write into `into` what a disk may hold if the power fails when the log is `cut` bytes long.

    What was synced is there. Of each file's later calls, each survives or not by chance, and the last
    that survives may be torn: the worst that a disk without a battery does to a file.
    """
    calls: dict[str, list[Record]] = {}
    synced: dict[str, int] = {}
    for record in records:
        if record.end > cut:
            break
        if record.kind == "sync":
            synced[record.path] = len(calls.setdefault(record.path, []))
            # A journalling file system writes its metadata in order: a sync of any file carries every
            # earlier removal with it.
            synced.update((path, len(made)) for path, made in calls.items() if made and made[-1].kind == "unlink")
        else:
            calls.setdefault(record.path, []).append(record)
    for path, made in calls.items():
        sure = synced.get(path, 0)
        kept = made[:sure] + [record for record in made[sure:] if rng.random() < 0.5]
        content = _content(kept, torn=len(kept) > sure, rng=rng)
        if content is not None and not path.endswith("-shm"):
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _content(calls: list[Record], *, torn: bool, rng: random.Random) -> bytes | None:
    content: bytearray | None = None
    for n, record in enumerate(calls):
        if record.kind == "unlink":
            content = None
            continue
        if content is None:
            content = bytearray()
        if record.kind == "truncate":
            del content[record.offset :]
            content.extend(bytes(record.offset - len(content)))
            continue
        data = record.data
        if torn and n == len(calls) - 1:
            data = data[: rng.randrange(len(data) + 1)]
        if len(content) < record.offset:
            content.extend(bytes(record.offset - len(content)))
        content[record.offset : record.offset + len(data)] = data
    return None if content is None else bytes(content)
