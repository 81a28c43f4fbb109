"""Options that several benchmarks have."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scorewire.errors import ConfigError

JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write the result as JSON too.", show_default=False),
]
PlotFile = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw it, as SVG.", show_default=False),
]


Workers = Annotated[
    int, typer.Option(help="Processes that hold fans; 0: the node's own does.", min=0, max=64)
]


class Transport(StrEnum):
    """How fans are connected."""

    SSE = "sse"
    WEBSOCKET = "websocket"


class Purge(StrEnum):
    """What becomes of purges."""

    WORKS = "works"
    BROKEN = "broken"


class Origin(StrEnum):
    """What becomes of the node."""

    UP = "up"
    DOWN = "down"


class Versus(StrEnum):
    """What else is measured beside the node."""

    NCHAN = "nchan"


def sizes_in(text: str) -> list[int]:
    """Numbers of fans, `1000,2000`, in ascending order.

    Raises:
        ConfigError: something else is among them.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise ConfigError("--series", f"takes numbers of fans with commas between them, not {text!r}")
    return sorted({int(word) for word in words})
