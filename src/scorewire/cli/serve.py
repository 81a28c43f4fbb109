"""`scorewire serve`: a node until it is told to stop."""

import gc
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from scorewire.cli.options import ConfigOption, DataOption, configured
from scorewire.config import Config
from scorewire.errors import ConfigError

if TYPE_CHECKING:
    from scorewire.node.port import Ready


def command(
    *,
    config: ConfigOption = None,
    roles: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="What this process does; all by default.", show_default=False),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to bind.", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option(help="TCP port; 0 takes any free one.", show_default=False)
    ] = None,
    data: DataOption = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that hold fans; 0: one for all.", show_default=False)
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Be an edge of the node there.", show_default=False),
    ] = None,
) -> None:
    """Run a node.

    It stops in order on SIGTERM and SIGINT (Ctrl+C): what is acknowledged is on disk, fans are told to
    come back. With workers, SIGHUP restarts all of its processes one after another, and nobody misses an
    update.
    """
    chosen = tuple(role.strip() for role in roles.split(",") if role.strip()) if roles is not None else None
    settings = configured(
        config,
        data,
        server__host=host,
        server__port=port,
        server__roles=chosen,
        server__workers=workers,
        server__upstream=upstream,
    )
    # What is imported stays: to look through it again and again, as it grows, is a seventh of the start.
    gc.disable()
    check_profile(settings)
    told: Callable[[Ready], None] = partial(_told, settings.server.roles)
    if settings.server.upstream:
        from scorewire.node.edge import run

        told = _told_of_edge
    elif "relay" in settings.server.roles:
        from scorewire.node.relay import run
    elif settings.server.workers:
        from scorewire.node.supervisor import run
    else:
        from scorewire.node.single import run
    gc.freeze()
    gc.enable()
    run(settings, on_ready=told)


def check_profile(config: Config) -> None:
    """Refuse what no node can fulfil, whatever machine it runs on; nothing is opened or connected.

    What this release cannot do yet is refused too, rather than done less than was asked for in silence.

    Raises:
        ConfigError: names the key.
    """
    from scorewire.journal.dialect import locate
    from scorewire.node.edge_settings import check_edge
    from scorewire.node.gateway import link_token, trusted
    from scorewire.node.roles import check_roles
    from scorewire.providers import PROVIDERS

    trusted(config.server)
    link_token(config.server)
    check_edge(config)
    for name, provider in config.providers.items():
        if provider.format and provider.format not in PROVIDERS:
            known = ", ".join(sorted(PROVIDERS))
            raise ConfigError(f"providers.{name}.format", f"{provider.format!r} is none of {known}")
    locate(config.storage.journal_place())
    check_roles(config)
    if "relay" in config.server.roles:
        from scorewire.node.relay import check_relay

        check_relay(config)
    if config.scoreboard.url:
        # The driver takes a seventh of a second to import, which only those pay who use it.
        from scorewire.scoreboard.redis_servers import servers_at

        servers_at(config.scoreboard.url)


def _told(roles: tuple[str, ...], ready: "Ready") -> None:
    """What there is to open at the port, and what the process does if that is not everything."""
    print(f"Scorewire  {ready.url}/", flush=True)
    if not roles or "api" in roles:
        print(f"API        {ready.url}/v1/games   {ready.url}/openapi.json", flush=True)
    if roles:
        print(f"Roles      {', '.join(roles)}", flush=True)
    print(f"Data       {ready.data}", flush=True)


def _told_of_edge(ready: "Ready") -> None:
    print(f"Scorewire  {ready.url}/   an edge", flush=True)
