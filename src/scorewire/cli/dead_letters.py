"""`scorewire dead-letters`: what was refused, with its reason; seen, sent through intake again, put away."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.config import Config
from scorewire.errors import BackendError, RequestError
from scorewire.log.base import DeadLetter

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="As `dead-letters list` shows it.", min=1)]


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dead letter as the admin routes show it."""

    number: int
    ts: int
    provider: str
    game_id: str = ""
    rule: str
    detail: str
    webhook_id: str = ""
    position: str = ""
    state: str
    payload: str = ""
    payload_base64: str = ""


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    dead_letters: tuple[Letter, ...]


_LETTER = msgspec.json.Decoder(Letter)
_LETTERS = msgspec.json.Decoder(Letters)


@app.command("list")
def list_letters(
    *,
    state: Annotated[str, typer.Option(help="open, replayed, dropped or all.")] = "open",
    game: Annotated[str, typer.Option(help="Of one game.", show_default=False)] = "",
    rule: Annotated[str, typer.Option(help="Refused by one rule.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was refused, newest first."""
    settings = configured(config, data)
    params: dict[str, str | int] = {"state": state, "limit": limit}
    params |= {name: value for name, value in (("game", game), ("rule", rule)) if value}
    body = ask(settings, "GET", "/v1/admin/dead-letters", params)
    letters = (
        _LETTERS.decode(body).dead_letters
        if body is not None
        else asyncio.run(_read_list(settings, "" if state == "all" else state, game, rule, limit))
    )
    if as_json:
        print(msgspec.json.encode(letters).decode())
        return
    if not letters:
        print("Nothing was refused." if state == "open" else "None.")
    for letter in letters:
        time = datetime.fromtimestamp(letter.ts / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        print(f"{letter.number:5d}  {time}  {letter.provider:16} {letter.game_id or '-':24} {letter.rule}")
        print(f"       {letter.detail}")


@app.command()
def show(
    number: Number, *, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """One dead letter, with the bytes that were refused."""
    settings = configured(config, data)
    body = ask(settings, "GET", f"/v1/admin/dead-letters/{number}")
    letter = _LETTER.decode(body) if body is not None else asyncio.run(_read_one(settings, number))
    if as_json:
        print(msgspec.json.encode(letter).decode())
        return
    for name in ("number", "provider", "game_id", "rule", "detail", "webhook_id", "position", "state"):
        print(f"{name:11}{getattr(letter, name) or '-'}")
    print(f"\n{letter.payload or 'base64: ' + letter.payload_base64}")


@app.command()
def replay(number: Number, *, data: DataOption = None, config: ConfigOption = None) -> None:
    """Put one through intake again, as after a rule or a mapping was mended; needs the running node."""
    print(_told_to_node(configured(config, data), number, "replay").decode())


@app.command()
def drop(number: Number, *, data: DataOption = None, config: ConfigOption = None) -> None:
    """Put one away; it stays listed under --state dropped. Needs the running node."""
    _told_to_node(configured(config, data), number, "drop")
    print(f"{number} is dropped.")


def _told_to_node(config: Config, number: int, what: str) -> bytes:
    body = ask(config, "POST", f"/v1/admin/dead-letters/{number}/{what}")
    if body is None:
        raise BackendError(f"no node runs on {config.storage.data}; {what} needs one", retryable=True)
    return body


async def _read_list(config: Config, state: str, game: str, rule: str, limit: int) -> tuple[Letter, ...]:
    async with opened(config) as stores:
        letters = await stores.log.dead_letters(state=state, game_id=game, rule=rule, limit=limit)
    return tuple(_shown(letter) for letter in letters)


async def _read_one(config: Config, number: int) -> Letter:
    async with opened(config) as stores:
        letter = await stores.log.dead_letter(number)
    if letter is None:
        raise RequestError(404, "unknown_dead_letter", f"There is no dead letter {number}.")
    return _shown(letter)


def _shown(letter: DeadLetter) -> Letter:
    fields = {
        name: getattr(letter, name)
        for name in Letter.__struct_fields__
        if name not in {"payload", "payload_base64"}
    }
    try:
        return Letter(**fields, payload=letter.payload.decode())
    except UnicodeDecodeError:
        return Letter(**fields, payload_base64=msgspec.to_builtins(letter.payload))
