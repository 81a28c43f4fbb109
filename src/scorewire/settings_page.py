"""Writes docs/configuration.md from config.py, so that the page cannot fall behind."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from scorewire.config import Config, League, Provider
from scorewire.settings import PREFIX, meanings

HEAD = f"""# Configuration

*Generated from `src/scorewire/config.py` by `make docs`; edit the docstrings there.*

The embedded profile needs no configuration. What is set comes from four places, later ones winning:

1. the defaults below,
2. a TOML file: `scorewire serve --config scorewire.toml`,
3. the environment: `{PREFIX}SERVER__PORT=9000`; lists are written with commas,
4. flags of the command.

Any key may be given as `KEY_FILE` (`key_file` in TOML): the name of a file that holds the value, which keeps
secrets out of the environment and of the file under version control.

A key that does not exist, or a value that does not fit, is refused at the start, by name:
`scorewire: server.port: Expected ...`. `scorewire config check FILE` says so without starting anything,
`scorewire config show` prints what is in force, and `scorewire config schema` prints JSON Schema.

```toml
[server]
host = "0.0.0.0"
port = 8080
trusted_proxies = ["10.0.0.0/8"]

[providers.acme]
sequence = "dense"
```
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, kind in _hints(Config).items():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            parts.append(_section(name, name.upper(), kind))
    parts.append(_section("providers.NAME", "PROVIDERS__NAME", Provider))
    parts.append(_section("leagues.ID", "LEAGUES__ID", League))
    return "\n".join(parts)


def _section(key: str, variable: str, kind: type[msgspec.Struct]) -> str:
    lines = [f"## `[{key}]`", "", meanings()[kind.__name__], "", "| key | type | default | meaning |"]
    lines.append("|---|---|---|---|")
    hints = _hints(kind)
    for field in msgspec.structs.fields(kind):
        meaning = meanings().get(f"{kind.__name__}.{field.name}", "")
        cells = [f"`{field.name}`", _words(hints[field.name]), _default(field.default), meaning]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    example = next(iter(hints)).upper()
    return "\n".join([*lines, "", f"In the environment: `{PREFIX}{variable}__{example}` and so on.", ""])


def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def _default(value: object) -> str:
    if value is None:
        return "unset"
    if value == "":
        return "empty"
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value) or "none"
    return f"`{value}`"


def _words(kind: Any) -> str:
    """A type as an operator reads it: `integer, 0 to 65535`."""
    origin = get_origin(kind)
    if origin is Annotated:
        base, *notes = get_args(kind)
        return _words(base) + "".join(_bounds(note) for note in notes if isinstance(note, msgspec.Meta))
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    if origin is tuple:
        return f"list of {_words(get_args(kind)[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_words(choice) for choice in get_args(kind) if choice is not types.NoneType)
    names: dict[Any, str] = {int: "integer", float: "number", str: "text", bool: "true or false"}
    return names[kind]


def _bounds(meta: msgspec.Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f", {meta.ge} to {meta.le}"
    if meta.ge is not None:
        return f", at least {meta.ge}"
    return f", above {meta.gt}" if meta.gt is not None else ""
