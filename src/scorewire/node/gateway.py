"""What holds fans in a process, built from the configuration: the hub, the hot reads, the port's protocol.

A node has it beside its pipeline; a worker has it in front of a pipeline that is elsewhere. Neither hub nor
gateway can tell: they are given a scoreboard and a past.
"""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scorewire.clock import Clock
from scorewire.config import Config, Server
from scorewire.errors import ConfigError
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.hub import Hub
from scorewire.fanout.loading import GamesOf, Known, Spawn
from scorewire.fanout.pace import intervals
from scorewire.fanout.protocol import Gateway
from scorewire.fanout.request import Proxies
from scorewire.fanout.showing import Past
from scorewire.fanout.wheel import Collector
from scorewire.node.link_door import LinkDoor
from scorewire.node.port import raise_descriptor_limit
from scorewire.node.roles import roles_of
from scorewire.scoreboard.base import Scoreboard
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.shared import Shared
from scorewire.scoreboard.tables import Tables

DESCRIPTORS_KEPT: Final = 200
"""For files, requests and sockets that are not fans."""
LINK_TOKEN_MIN: Final = 32
"""Characters: 128 bits where they are hexadecimal, whatever the rate at which somebody tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanSide:
    """Everything in a process that has to do with fans.

    Attributes:
        descriptors: files and sockets that this process may have open.
        protocol: what uvicorn makes of each connection.
        edges: those elsewhere that follow this process; None where there is no link.
    """

    hub: Hub
    hot: HotScores
    gateway: Gateway
    descriptors: int
    protocol: Callable[..., asyncio.Protocol]
    edges: Edges | None

    def compare(self) -> None:
        """The scoreboard has heard nothing for a while, and is up to date again: look for what was missed."""
        self.hub.compare()
        if self.edges is not None:
            self.edges.compare()


def trusted(server: Server) -> Proxies:
    """The proxies that a node believes.

    Raises:
        ConfigError: one of them is no address, or there is none that could speak the PROXY protocol.
    """
    try:
        proxies = Proxies(server.trusted_proxies)
    except ValueError as error:
        raise ConfigError("server.trusted_proxies", str(error)) from error
    if server.proxy_protocol and not server.trusted_proxies:
        raise ConfigError("server.proxy_protocol", "needs server.trusted_proxies: nobody else is believed")
    return proxies


def link_token(server: Server) -> str:
    """The secret that edges of this process show; empty where there is no link.

    Raises:
        ConfigError: it is too easily guessed, or cannot stand in a header.
    """
    token = server.link_token
    if token and (
        len(token) < LINK_TOKEN_MIN or not token.isascii() or not token.isprintable() or " " in token
    ):
        # What it is, is not repeated here.
        needed = f"needs {LINK_TOKEN_MIN} characters of ASCII or more, without spaces"
        raise ConfigError("server.link_token", needed)
    return token


def build_fan_side(
    config: Config,
    *,
    clock: Clock,
    scoreboard: Scoreboard,
    past: Past,
    tables: Tables | None = None,
    games_of: GamesOf,
    known: Known,
    spawn: Spawn,
    linked: Callable[[], bool] = lambda: True,
) -> FanSide:
    """Build the rooms of fans, and of edges where there is a link; the caller runs the hub's wheel.

    Args:
        past, tables, games_of, known, spawn: see `Hub`.
        linked: whether the scoreboard is up to date, so that edges may follow it.

    Raises:
        ConfigError: a setting cannot be fulfilled; names the key.
    """
    server, fanout = config.server, config.fanout
    descriptors = raise_descriptor_limit()
    loop = asyncio.get_running_loop()
    token = link_token(server)
    shared = Shared(scoreboard) if token else None
    hub = Hub(
        scoreboard=shared.share() if shared is not None else scoreboard,
        spawn=spawn,
        games_of=games_of,
        past=past,
        tables=tables,
        known=known,
        call_soon=loop.call_soon,
        call_later=loop.call_later,
        now_ms=clock.now_ms,
        now_s=clock.monotonic_s,
        rng=random.Random(),  # noqa: S311 (jitter, not a secret)
        ring_frames_max=fanout.ring_frames_max,
        slice_writes=fanout.slice_writes,
        heartbeat_s=fanout.heartbeat_s,
        stall_s=fanout.stall_s,
        full_games_max=fanout.full_games_max,
        connections_max=min(fanout.connections_max, descriptors - DESCRIPTORS_KEPT),
        connections_per_address_max=fanout.connections_per_address_max,
        cursor_wait_s=fanout.cursor_wait_s,
        delayed_updates_max=fanout.delayed_updates_max,
        interval_of=intervals(fanout.min_interval_ms, fanout.min_intervals),
    )
    hot = HotScores(scoreboard=scoreboard, now_ms=clock.now_ms)
    gatekeeper = Gatekeeper(
        connections_max=descriptors - DESCRIPTORS_KEPT // 2,
        address_max=fanout.connections_per_address_max,
        requests_max=server.requests_max,
        origins=server.origins,
    )
    edges = _edges(shared, past, tables, games_of, known, spawn=spawn, now_ms=clock.now_ms)
    gateway = Gateway(
        hub=hub,
        hot=hot,
        # An edge is a gateway too, of another node's games.
        streams=bool(roles_of(config) & {"gateway", "edge"}),
        proxies=trusted(server),
        gatekeeper=gatekeeper,
        head_bytes_max=server.head_bytes_max,
        head_read_s=server.head_read_s,
        body_read_s=server.body_read_s,
        write_buffer_bytes_max=fanout.write_buffer_bytes_max,
        stall_s=fanout.stall_s,
        follows_max=fanout.follows_max,
        message_bytes_max=fanout.message_bytes_max,
        silent_beats_max=max(2, math.ceil(fanout.stall_s / fanout.heartbeat_s)),
        link=None
        if edges is None
        else LinkDoor(edges.serve, token=token, gatekeeper=gatekeeper, open_=linked),
    )
    hub.wheel.every(1.0, Collector(idle=hub.idle).round)
    protocol = gateway.protocol_behind_proxies if server.proxy_protocol else gateway.protocol
    return FanSide(hub=hub, hot=hot, gateway=gateway, descriptors=descriptors, protocol=protocol, edges=edges)


def _edges(
    shared: Shared | None,
    past: Past,
    tables: Tables | None,
    games_of: GamesOf,
    known: Known,
    *,
    spawn: Spawn,
    now_ms: Callable[[], int],
) -> Edges | None:
    """Those who follow this process over the link, beside its fans, on a share of their own; None without."""
    if shared is None:
        return None
    return Edges(
        scoreboard=shared.share(),
        past=past,
        tables=tables,
        games_of=games_of,
        known=known,
        spawn=spawn,
        call_soon=asyncio.get_running_loop().call_soon,
        now_ms=now_ms,
    )
