"""`scorewire config`: what is in force, whether a file holds, what there is to set."""

import re
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.cli.serve import check_profile
from scorewire.settings import describe, load, schema

app = typer.Typer(no_args_is_help=True)

_PASSWORD = re.compile(
    r"(//[^:/@\s\"]*:)[^@\s\"]*(?=@)|([?&.]password=)[^&\s\"\\]*"
    r"|(^\s*\"?\w*token\"?\s*[=:]\s*\")(?:[^\"\\]|\\.)+",
    re.MULTILINE,
)
"""In a URL: `//user:secret@host`, `?password=secret`; in what Kafka's client is told: `sasl.password=`; every
setting that is a token."""


@app.command()
def show(*, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """What is in force here: defaults, file and environment together."""
    settings = configured(config, data)
    if as_json:
        print(_hidden(msgspec.json.format(msgspec.json.encode(settings), indent=2).decode()))
        return
    section = ""
    for setting in describe(settings):
        here, _, name = setting.key.rpartition(".")
        if here != section:
            print(f"{chr(10) if section else ''}[{here}]")
            section = here
        if setting.value is None:
            print(f"# {name} is unset")
            continue
        changed = "" if setting.value == setting.default else f"   # default {_toml(setting.default)}"
        print(_hidden(f"{name} = {_toml(setting.value)}{changed}"))


def _toml(value: object) -> str:
    """A value as TOML; JSON's form of text, numbers, lists and booleans is TOML's too."""
    return "unset" if value is None else msgspec.json.encode(value).decode()


def _hidden(text: str) -> str:
    """The text without passwords: what is shown here is pasted into tickets."""
    return _PASSWORD.sub(r"\1\2\3***", text)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A TOML file of settings.")],
) -> None:
    """Whether a file holds, without starting anything; exit code 2 and the key if it does not."""
    check_profile(load(file))
    print(f"{file} is fine.")


@app.command("schema")
def print_schema() -> None:
    """JSON Schema of the file, for editors."""
    print(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())


@app.command(hidden=True)
def page() -> None:
    """docs/configuration.md."""
    from scorewire.settings_page import page as written

    print(written(), end="")
