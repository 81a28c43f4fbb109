"""Recorded feeds from disk: .json, .json.gz, .zip, known by their content and not by their name.

What lies beside a recording and belongs to it is found by its name: for `0022000001_playbyplay.json.gz`
that is `0022000001_boxscore.json` or `.json.gz`, for `playbyplay_0022000001.json` it is
`boxscore_0022000001.json`, and for StatsBomb's `events/15986.json` it is `lineups/15986.json`, in the folder
of folders or in the same archive.

Nothing that unpacks to more than the limits is held in memory: a zip bomb is a FeedError like any other.
"""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from scorewire.errors import FeedError
from scorewire.providers import PROVIDERS, Companions, Decoded, Format, recognise

RECORDING_BYTES_MAX = 64 * 1024 * 1024
"""One recording, unpacked; a soccer match with every touch is 4 MB."""
ARCHIVE_BYTES_MAX = 256 * 1024 * 1024
"""All that is unpacked of one archive."""
MEMBERS_MAX = 1000
"""Files in one archive."""
AUTO = "auto"

Find = Callable[[str], bytes | None]
"""The unpacked content of the file of that path beside the recording, if there is one."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded payload with what belongs to it, unpacked, its format known."""

    name: str
    format: Format
    body: bytes
    companions: Companions

    def decode(self) -> Decoded:
        """The claims in it.

        Raises:
            FeedError: `unreadable_payload`.
        """
        return self.format.decode(self.body, self.name, self.companions)


def read(path: Path, *, format_name: str = AUTO) -> list[Recording]:
    """Read a file: one recording, or those in an archive, in the archive's order.

    Args:
        format_name: a name of PROVIDERS, or `auto` to go by the content.

    Raises:
        FeedError: `unreadable_recording` (no such file, not what its packing says), `recording_too_large`,
            `unknown_format` (nobody knows the content, or no format has that name).
    """
    wanted = _wanted(format_name)
    try:
        with path.open("rb") as file:
            packed = file.read(ARCHIVE_BYTES_MAX + 1)
    except OSError as error:
        raise FeedError("unreadable_recording", f"{path}: {error.strerror or error}") from None
    if len(packed) > ARCHIVE_BYTES_MAX:
        raise FeedError("recording_too_large", f"{path} is larger than {ARCHIVE_BYTES_MAX} bytes")
    if packed[:4] == b"PK\x03\x04":
        return _from_archive(path, packed, wanted)
    body = _unpack(str(path), packed)
    found = wanted or recognise(body, path.name)
    if found is None:
        raise FeedError("unknown_format", f"{path} is in none of the formats {', '.join(PROVIDERS)}")
    return [_recording(path.name, body, found, _beside(path))]


def _wanted(name: str) -> Format | None:
    if name == AUTO:
        return None
    if name not in PROVIDERS:
        raise FeedError("unknown_format", f"{name!r} is none of auto, {', '.join(PROVIDERS)}")
    return PROVIDERS[name]


def _recording(name: str, body: bytes, found: Format, find: Find) -> Recording:
    companions: dict[str, bytes] = {}
    for wanted in found.companions:
        for place in companion_places(name, wanted):
            content = find(place)
            if content is not None:
                companions[wanted] = content
                break
    return Recording(name=name, format=found, body=body, companions=companions)


def companion_places(name: str, companion: str) -> Iterator[str]:
    """Where a companion may lie, relative to the recording's folder, likeliest first."""
    path = PurePosixPath(PurePosixPath(name).name.removesuffix(".gz"))
    stem, kinds = path.stem, dict.fromkeys((path.suffix, ".json"))
    head, _, _ = stem.rpartition("_")
    first, _, tail = stem.partition("_")
    stems = [f"{head}_{companion}", f"{first}_{companion}"] if head else []
    stems += [f"{companion}_{tail}"] if tail else []
    stems += [f"{first}_{companion}_{stem.rpartition('_')[2]}"] if head else []
    stems.append(f"../{companion}/{stem}")
    for one in dict.fromkeys(stems):
        for kind in kinds:
            yield f"{one}{kind}"
            yield f"{one}{kind}.gz"


def _beside(path: Path) -> Find:
    def find(place: str) -> bytes | None:
        try:
            with (path.parent / place).open("rb") as file:
                return _unpack(place, file.read(RECORDING_BYTES_MAX + 1))
        except (OSError, FeedError):
            return None  # a companion makes a recording better; it is never needed

    return find


def _unpack(name: str, packed: bytes) -> bytes:
    """Undo gzip, if it is gzip."""
    body = packed
    if packed[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=BytesIO(packed)) as file:
                body = file.read(RECORDING_BYTES_MAX + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FeedError("unreadable_recording", f"{name} cannot be unpacked: {error}") from None
    if len(body) > RECORDING_BYTES_MAX:
        raise FeedError("recording_too_large", f"{name} unpacks to more than {RECORDING_BYTES_MAX} bytes")
    return body


def _from_archive(path: Path, packed: bytes, wanted: Format | None) -> list[Recording]:
    files = _members(path, packed)
    recordings: list[Recording] = []
    for name, body in files.items():
        found = recognise(body, name)
        if found is None or (wanted is not None and found is not wanted):
            continue
        folder = PurePosixPath(name).parent

        def find(place: str, folder: PurePosixPath = folder) -> bytes | None:
            parts: list[str] = []
            for part in (folder / place).parts:
                if part == ".." and parts:
                    parts.pop()
                else:
                    parts.append(part)
            return files.get("/".join(parts))

        recordings.append(_recording(name, body, found, find))
    if not recordings:
        raise FeedError("unknown_format", f"{path} holds nothing in the formats {', '.join(PROVIDERS)}")
    return recordings


def _members(path: Path, packed: bytes) -> dict[str, bytes]:
    """Every file of the archive, unpacked, within the limits on their number and sum."""
    files: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MEMBERS_MAX:
                raise FeedError("recording_too_large", f"{path} holds more than {MEMBERS_MAX} files")
            for member in members:
                with archive.open(member) as file:
                    content = _unpack(member.filename, file.read(RECORDING_BYTES_MAX + 1))
                total += len(content)
                if total > ARCHIVE_BYTES_MAX:
                    raise FeedError(
                        "recording_too_large", f"{path} unpacks to more than {ARCHIVE_BYTES_MAX} bytes"
                    )
                files[member.filename] = content
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise FeedError("unreadable_recording", f"{path} cannot be unpacked: {error}") from None
    return files
