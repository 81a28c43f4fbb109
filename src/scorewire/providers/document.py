"""docs/providers.md, written from the decoders themselves: what each reads, and the quirks that it decides.

`python -m scorewire.providers.document > docs/providers.md` writes the page again; a test compares the two.
"""

import re
import sys
from collections.abc import Iterator

from scorewire.providers import PROVIDERS
from scorewire.providers.format import Format

_INTRODUCTION = """\
# Providers

Written by `python -m scorewire.providers.document` from the files in `src/scorewire/providers/`. Do not edit.

A format is named in three places: `format` of a provider's configuration, so that its own payloads can be
posted to `/v1/ingest/NAME`; `format` of a feed in `feeds.toml`, for what has to be fetched; and `--format` of
`scorewire replay`, which otherwise goes by the content. *Sequence* says what its numbers promise: `dense`
numbers have no gap, so a missing one is waited for; `sparse` ones only order; `none` says nothing. What lies
beside a recording under one of the names of *beside* is read with it.

Many of these formats publish the whole game again after every change, and take a goal back by leaving it
out. Posted to `/v1/ingest/NAME` as it is, such a document only says what it holds: nothing that has vanished
from it is taken back. Let `scorewire feed` follow it, which compares each document with the one before
([feeds.md](feeds.md)).

What each has read of real recordings stands in [coverage.md](coverage.md)."""


def page() -> str:
    """The whole of docs/providers.md."""
    parts = [_INTRODUCTION, _table()]
    for one in PROVIDERS.values():
        parts += _format(one)
    return "\n\n".join(parts) + "\n"


def _table() -> str:
    lines = ["| format | sport | sequence | beside |", "|---|---|---|---|"]
    for one in PROVIDERS.values():
        sport = one.sport.replace("_", " ") or "any"
        lines.append(
            f"| [`{one.name}`](#{one.name}) | {sport} | {one.sequence} | {', '.join(one.companions)} |"
        )
    return "\n".join(lines)


def _format(one: Format) -> Iterator[str]:
    yield f"## {one.name}"
    told = sys.modules[one.decode.__module__].__doc__ or ""
    yield _markdown(told)
    for shared in re.findall(r"\bsee (\w+)\.py", told):
        module = sys.modules.get(f"scorewire.providers.{shared}")
        if module is not None and module.__doc__:
            yield _markdown(module.__doc__)


def _markdown(docstring: str) -> str:
    """Lists in docstrings are indented by four, continued by two more; Markdown wants them at the margin."""
    return "\n".join(re.sub(r"^    (- |  )", r"\1", line) for line in docstring.strip().splitlines())


if __name__ == "__main__":
    sys.stdout.write(page())
