"""Where the configuration comes from: defaults, then a TOML file, then the environment, then flags.

    load         all four, checked key by key, as one Config
    environment  the process's own, read nowhere else
    describe     every setting with its value, default and meaning
    schema       the same as JSON Schema, for editors and checks

A setting is named by its dotted key (`server.port`, `providers.acme.sequence`), and so is every error.
"""

import ast
import difflib
import inspect
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from scorewire import config as declarations
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.model.ids import is_id

PREFIX = "SCOREWIRE__"
FILE_SUFFIX = "_file"
FILE_BYTES_MAX = 65_536


@dataclass(frozen=True, slots=True)
class _Given:
    """One value that somebody gave; `text` if it came as words that still have to be read."""

    key: str
    value: object
    origin: str
    text: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, for people: `server.port`, 9000, 8080, "TCP port of ..."."""

    key: str
    value: object
    default: object
    meaning: str


def environment() -> Mapping[str, str]:
    """The environment of this process; the only place that reads it."""
    return os.environ


def load(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """Read the configuration; later sources win, key by key.

    Args:
        path: a TOML file; None for none.
        environ: as from `environment()`; `SCOREWIRE__SERVER__PORT=8080`, lists with commas.
        overrides: flags by dotted key; those that are None were not given.

    Raises:
        ConfigError: a key is unknown, a value does not fit, a file cannot be read; names the key.
    """
    held: dict[str, _Given] = {}
    sources = (_from_file(path), _from_environment(environ or {}), _from_flags(overrides or {}))
    for source in sources:
        seen: dict[str, _Given] = {}
        for given in source:
            resolved = _resolve_file(given)
            if resolved.key in seen:
                raise ConfigError(resolved.key, f"given twice: {seen[resolved.key].origin}, {given.origin}")
            seen[resolved.key] = resolved
        held.update(seen)
    tree: dict[str, Any] = {}
    for given in held.values():
        node = tree
        *sections, name = given.key.split(".")
        for section in sections:
            node = node.setdefault(section, {})
        node[name] = _convert(given)
    return msgspec.convert(tree, Config)


def _from_file(path: Path | None) -> Iterator[_Given]:
    if path is None:
        return
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error
    yield from _walk(content, "", f"in {path}")


def _walk(node: dict[str, object], key: str, origin: str) -> Iterator[_Given]:
    for name, value in node.items():
        inner = f"{key}.{name}" if key else name
        if isinstance(value, dict):
            if _kind(inner, origin) is not None:
                raise ConfigError(inner, f"is a value, not a table ({origin})")
            yield from _walk(value, inner, origin)
        else:
            yield _Given(inner, value, origin, text=False)


def _from_environment(environ: Mapping[str, str]) -> Iterator[_Given]:
    for name in sorted(environ):
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            yield _Given(key, environ[name], f"from {name}", text=True)


def _from_flags(overrides: Mapping[str, object]) -> Iterator[_Given]:
    for key, value in overrides.items():
        if value is not None:
            yield _Given(key, value, "from a flag", text=False)


def _resolve_file(given: _Given) -> _Given:
    """`KEY_FILE` names a file that holds the value of KEY: a secret need not stand in an environment."""
    *sections, name = given.key.split(".")
    if not name.endswith(FILE_SUFFIX):
        return given
    key = ".".join([*sections, name.removesuffix(FILE_SUFFIX)])
    path = Path(str(given.value))
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise ConfigError(given.key, f"{path} holds more than {FILE_BYTES_MAX} bytes")
        return _Given(key, content.decode().strip(), f"from {path}", text=True)
    except OSError as error:
        raise ConfigError(given.key, f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(given.key, f"{path} is not text") from error


def _convert(given: _Given) -> object:
    kind = _kind(given.key, given.origin)
    if kind is None:
        raise ConfigError(given.key, f"is a table, not a value ({given.origin})")
    value = given.value
    if given.text and get_origin(kind) is tuple:
        value = [part.strip() for part in str(value).split(",") if part.strip()]
    try:
        return msgspec.convert(value, kind, strict=not given.text)
    except msgspec.ValidationError as error:
        reason = str(error).removesuffix(" - at `$[...]`")
        if "matching regex" in reason:
            reason = f"Expected {_form(kind)}"
        raise ConfigError(given.key, f"{reason}: {value!r} ({given.origin})") from error


def _form(kind: Any) -> str:
    """What a text, or each text of a list, must look like: config.py says it in words beside the pattern."""
    text = get_args(kind)[0] if get_origin(kind) is tuple else kind
    (form,) = (note.description for note in get_args(text)[1:] if note.pattern)
    return str(form)


def _kind(key: str, origin: str) -> Any | None:
    """The type of a setting; None for a table.

    Raises:
        ConfigError: there is no such setting.
    """
    kind: Any = Config
    walked: list[str] = []
    for name in key.split("."):
        if get_origin(kind) is dict:
            if not is_id(name):
                raise ConfigError(key, f"{name!r} cannot be an id ({origin})")
            kind = get_args(kind)[1]
        else:
            names = _types(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else {}
            if name not in names:
                raise ConfigError(key, f"no such setting ({origin}){_guess(name, walked, names)}")
            kind = names[name]
        walked.append(name)
    table = get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))
    return None if table else kind


def _guess(name: str, walked: list[str], names: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {'.'.join([*walked, close[0]])}?" if close else ""


@cache
def _types(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@cache
def meanings() -> dict[str, str]:
    """What config.py says under each attribute, by `Class.attribute`; of a class by `Class`."""
    found: dict[str, str] = {}
    for node in ast.parse(inspect.getsource(declarations)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        found[node.name] = " ".join((ast.get_docstring(node) or "").split())
        for attribute, after in zip(node.body, node.body[1:], strict=False):
            match attribute, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[f"{node.name}.{name}"] = " ".join(text.split())
    return found


def describe(config: Config) -> tuple[Setting, ...]:
    """Every setting in the order of config.py, those of the named providers last."""
    return tuple(_describe(config, Config(), ""))


def _describe(now: msgspec.Struct, default: msgspec.Struct, prefix: str) -> Iterator[Setting]:
    for name in now.__struct_fields__:
        value, standard = getattr(now, name), getattr(default, name)
        key = f"{prefix}{name}"
        if isinstance(value, msgspec.Struct):
            yield from _describe(value, standard, f"{key}.")
        elif isinstance(value, dict):
            for inner, held in value.items():
                yield from _describe(held, type(held)(), f"{key}.{inner}.")
        else:
            yield Setting(key, value, standard, meanings().get(f"{type(now).__name__}.{name}", ""))


def schema() -> dict[str, Any]:
    """JSON Schema of the TOML file, with the meanings as descriptions."""
    document = msgspec.json.schema(Config)
    for name, definition in document["$defs"].items():
        for attribute, described in definition.get("properties", {}).items():
            meaning = meanings().get(f"{name}.{attribute}")
            if meaning:
                described["description"] = meaning
    return document
