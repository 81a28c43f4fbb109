"""The static files as they stand in the package, named by a hash of all of them.

One hash for the set, because the modules import each other by relative names: a page never mixes two
versions. words.js is not a file, it is written from words/; widget.js is several
modules joined (widget.py). Each is packed once, at the start: the words of
ten sports then take a fifth of their room on the way.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from scorewire.web.widget import light_style, widget_module, words_module
from scorewire.web.words import ALL

MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to be sent; `packed` is the body by gzip."""

    body: bytes
    packed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """All static files; `build` names their content, 12 hex digits."""

    build: str
    files: dict[str, StaticFile]

    def url(self, name: str) -> str:
        """Where a page finds a file: `/static/0a1b2c3d4e5f/style.css`."""
        assert name in self.files, name
        return f"/static/{self.build}/{name}"


@cache
def load_bundle() -> Bundle:
    """The package's static files, read once a process."""
    found = {
        entry.name: entry.read_bytes()
        for entry in files("scorewire.web").joinpath("static").iterdir()
        if _suffix(entry.name) in MEDIA_TYPES
    }
    found["words.js"] = b"export const words = " + msgspec.json.encode(ALL) + b";\n"
    style = found["live-score.css"].decode()
    found["live-score-words.js"] = words_module(style)
    found["widget.js"] = widget_module(found)
    found["embed-score.css"] = light_style(style)
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(name.encode() + b"\0" + found[name] + b"\0")
    ready = {
        name: StaticFile(
            body=body, packed=gzip.compress(body, mtime=0), media_type=MEDIA_TYPES[_suffix(name)]
        )
        for name, body in found.items()
    }
    return Bundle(build=digest.hexdigest()[:12], files=ready)


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2]
