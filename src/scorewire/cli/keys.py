"""`scorewire keys`: secrets of providers, tokens of readers; works beside a running node."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from scorewire.cli.operations import ask
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError, RequestError
from scorewire.journal.keys import KeyCreated, KeyListed, Keys, Kind

app = typer.Typer(no_args_is_help=True)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """`{"id": "key_...", "provider": "acme", "secret": "whsec_..."}`."""

    id: str
    provider: str
    secret: str


class _Listed(msgspec.Struct):
    keys: tuple[KeyListed, ...]


@asynccontextmanager
async def opened_keys(config: Config) -> AsyncIterator[Keys]:
    """The keys of a journal; a data folder is made if it is not there yet."""
    folder = Path(config.storage.data)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    keys = await Keys.open(config.storage.journal_place(), clock=SystemClock())
    try:
        yield keys
    finally:
        await keys.close()


async def make_key(config: Config, provider: str, kind: Kind) -> KeyCreated:
    """Make a key in the journal that the configuration names."""
    async with opened_keys(config) as keys:
        return await keys.create(provider, kind)


def _ask(config: Config, method: str, path: str, body: bytes | None = None) -> bytes | None:
    """What the node of the folder answers, which knows where its journal is; None if we were told that."""
    return None if config.storage.journal else ask(config, method, path, body=body)


@app.command()
def create(
    provider: Annotated[str, typer.Argument(help="The provider's name, or whose token it is.")],
    *,
    reader: Annotated[bool, typer.Option("--reader", help="A reader's bearer token.")] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="The token of a reader who is answered past all caches.")
    ] = False,
    admin: Annotated[bool, typer.Option("--admin", help="An administrator's bearer token.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key: a webhook secret, or a token. It is shown this once."""
    if reader + direct + admin > 1:
        raise ConfigError("--reader", "--direct and --admin exclude each other")
    kind: Kind = "reader" if reader else "direct" if direct else "admin" if admin else "webhook"
    settings = configured(config, data)
    body = msgspec.json.encode({"provider": provider, "kind": kind})
    answer = _ask(settings, "POST", "/v1/admin/keys", body)
    if answer is not None:
        made = msgspec.json.decode(answer, type=KeyCreated)
    else:
        made = asyncio.run(make_key(settings, provider, kind))
    if as_json:
        print(msgspec.json.encode(Shown(id=made.id, provider=made.provider, secret=made.secret)).decode())
        return
    print(made.secret)
    typer.echo(f"{made.id} of {made.provider}: keep it safe, it is not shown again.", err=True)


@app.command("list")
def list_keys(*, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """All keys that were ever made, without their secrets."""
    settings = configured(config, data)
    answer = _ask(settings, "GET", "/v1/admin/keys")
    listed = msgspec.json.decode(answer, type=_Listed).keys if answer else asyncio.run(_list(settings))
    if as_json:
        print(msgspec.json.encode(listed).decode())
        return
    if not listed:
        print("No keys yet: scorewire keys create PROVIDER")
    for key in listed:
        state = "active" if key.revoked_ms is None else f"revoked {_day(key.revoked_ms)}"
        print(f"{key.id}  {key.kind:8} {key.provider:24} made {_day(key.created_ms)}  {state}")


async def _list(config: Config) -> tuple[KeyListed, ...]:
    async with opened_keys(config) as keys:
        return await keys.list()


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    *,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """End a key; a running node heeds it within a second."""
    settings = configured(config, data)
    if not asyncio.run(_revoke(settings, key)):
        typer.echo(f"scorewire: there is no active key {key}", err=True)
        raise typer.Exit(1)
    print(f"{key} is revoked.")


async def _revoke(config: Config, key: str) -> bool:
    try:
        if _ask(config, "DELETE", f"/v1/admin/keys/{quote(key, safe='')}") is not None:
            return True
    except RequestError as error:
        if error.code != "unknown_key":
            raise
        return False
    async with opened_keys(config) as keys:
        return await keys.revoke(key)
