"""What a pipeline and its edges say to each other: one WebSocket, MessagePack, every message tagged. Pure.

An edge holds fans and has no store: a worker of the same machine, or a node elsewhere.

    edge      Hello ─► then Wanted... (each with an id of its own), Unfollowed, and Counts now and then
    pipeline  ◄─ Told (encoded once for all edges); Answer by id, in pieces where it is long;
              ◄─ Heads and then Compared, after each Hello: what the edge holds and what has become of it
              ◄─ TablesTold, to all edges: leagues whose tables may be others; who shows one asks for it

A worker is told every update. An edge elsewhere is selective: it says which games it follows, and is told
these, and once of every game that is new, or is listed by other names. Nothing else passes to it, but a ping
now and then.

Messages only grow within a VERSION, with defaults; another VERSION is refused at Hello.

Source: MessagePack; RFC 6455.
"""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.tables import Table

VERSION = 2
REFUSED = 4001
"""Close code: this edge cannot be served; the reason says why."""
PIECE_UPDATES = 50
"""Updates of one message, some 5 KB each."""
MESSAGE_BYTES_MAX = 64 << 20
"""One message from a pipeline; states have no stated limit, and a pipeline is ours."""
WANTED_BYTES_MAX = 16 << 20
"""One message from an edge: a Hello names every followed game, at some 50 bytes."""


class Place(Struct, frozen=True, array_like=True):
    """Where an edge stands in a game; seq 0 where it holds nothing of it yet."""

    game_id: str
    epoch: str
    seq: int


class Hello(Struct, frozen=True, kw_only=True, tag="hello"):
    """The first message of an edge.

    held: the games that its fans follow. heard_ms: the pipeline's time in the last message heard, 0 if none.
    selective: it is to be told of these games only, and of those that it follows later. tables: it reads
    TablesTold.
    """

    version: int
    name: str
    pid: int
    held: tuple[Place, ...]
    heard_ms: int
    selective: bool = False
    tables: bool = False


class FollowWanted(Struct, frozen=True, kw_only=True, tag="follow"):
    """A selective edge is to be told of a game from now on; the answer has its head, if that is elsewhere."""

    id: int
    place: Place


class Unfollowed(Struct, frozen=True, kw_only=True, tag="unfollow"):
    """A selective edge follows games no more."""

    games: tuple[str, ...]


class HeadWanted(Struct, frozen=True, kw_only=True, tag="head"):
    """`Scoreboard.head`."""

    id: int
    game_id: str


class GamesWanted(Struct, frozen=True, kw_only=True, tag="games"):
    """Games of a team, league or sport that are not over; with `cutoff_ms`, `Past.games_of`."""

    id: int
    kind: str
    name: str
    cutoff_ms: int = 0


class KnownWanted(Struct, frozen=True, kw_only=True, tag="known"):
    """Whether a team, league or sport exists."""

    id: int
    kind: str
    name: str


class SinceWanted(Struct, frozen=True, kw_only=True, tag="since"):
    """`Past.since`."""

    id: int
    game_id: str
    cutoff_ms: int


class UpdatesWanted(Struct, frozen=True, kw_only=True, tag="updates"):
    """`Past.updates`."""

    id: int
    game_id: str
    since_seq: int
    limit: int


class TableWanted(Struct, frozen=True, kw_only=True, tag="table"):
    """`Tables.newest`; asked only of a pipeline whose Compared says that it has tables."""

    id: int
    league_id: str


class Counts(Struct, frozen=True, kw_only=True, tag="counts"):
    """What an edge has counted: the first six are of now, the others since its start."""

    sse: int = 0
    websocket: int = 0
    laggards: int = 0
    games: int = 0
    heads: int = 0
    edges: int = 0
    deliveries: int = 0
    conflated: int = 0
    stalled: int = 0
    refused: int = 0
    byes: int = 0
    repairs: int = 0
    hot_200: int = 0
    hot_304: int = 0


class Told(Struct, frozen=True, kw_only=True, tag="told"):
    """Updates in order, as the pipeline's own scoreboard took them."""

    now_ms: int
    updates: tuple[Update, ...]


class Heads(Struct, frozen=True, kw_only=True, tag="heads"):
    """Games that are not where the edge says that it stands, or that changed while it was away."""

    heads: tuple[Head, ...]


class Compared(Struct, frozen=True, kw_only=True, tag="compared"):
    """Everything that the edge missed has been said. tables: it may ask for tables of leagues too."""

    now_ms: int
    tables: bool = False


class TablesTold(Struct, frozen=True, kw_only=True, tag="tables"):
    """Tables of leagues that may be others now."""

    leagues: tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True, tag="answer", omit_defaults=True):
    """To one Wanted; the fields that it asked for. more: another piece follows. fault: it failed."""

    id: int
    head: Head | None = None
    updates: tuple[Update, ...] = ()
    names: tuple[str, ...] = ()
    known: bool = False
    more: bool = False
    fault: str = ""
    table: Table | None = None


Wanted = FollowWanted | HeadWanted | GamesWanted | KnownWanted | SinceWanted | UpdatesWanted | TableWanted
FromEdge = Hello | Unfollowed | Wanted | Counts
FromPipeline = Told | Heads | Compared | TablesTold | Answer

encode: Callable[[FromEdge | FromPipeline], bytes] = msgspec.msgpack.Encoder().encode
decode_from_edge = msgspec.msgpack.Decoder(FromEdge).decode
decode_from_pipeline = msgspec.msgpack.Decoder(FromPipeline).decode
