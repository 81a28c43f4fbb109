"""Flags that several commands share, and the configuration that comes of them."""

from pathlib import Path
from typing import Annotated

import typer

from scorewire.config import Config
from scorewire.settings import environment, load

DataOption = Annotated[
    str | None, typer.Option("--data", metavar="DIR", help="The node's data folder.", show_default=False)
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="A TOML file of settings.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
UrlOption = Annotated[str, typer.Option("--url", help="The node.")]

DEFAULT_URL = "http://127.0.0.1:8080"


def configured(config: Path | None = None, data: str | None = None, **flags: object) -> Config:
    """The configuration of a command: defaults, file, environment, then its flags.

    Args:
        flags: by key with `__` for the dot, `server__port=8080`; None was not given.

    Raises:
        ConfigError: names the key.
    """
    overrides = {name.replace("__", "."): value for name, value in flags.items()}
    return load(config, environment(), {"storage.data": data, **overrides})
