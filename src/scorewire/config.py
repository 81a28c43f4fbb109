"""Every setting, default and limit, each with its unit and its reason. Only cli and node read this.

Order: the defaults here, then a TOML file, then the environment (`SCOREWIRE__SERVER__PORT=8080`), then
flags. A secret may be given as `KEY_FILE`, which names a file that holds it. See settings.py.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from scorewire.model.ids import ID_CHARACTERS
from scorewire.model.provider_event import SequenceKind

PositiveInt = Annotated[int, msgspec.Meta(ge=1)]
WholeMs = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Workers = Annotated[int, msgspec.Meta(ge=0, le=256)]
GameMs = Annotated[
    str,
    msgspec.Meta(pattern=rf"^{ID_CHARACTERS}=\d{{1,5}}$", description="GAME=MS, such as `wc2022-final=250`"),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?/?|null)$",
        description="an origin as browsers send it, scheme and host without a path (`https://good.example`); "
        "no `*`, since an empty list is all",
    ),
]
RegionName = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9-]{0,40}$", description="lower case letters, digits and -: `eu-west`")
]
Taken = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^\S+ {ID_CHARACTERS} -?\d{{1,3}} \d{{4}}-\d\d-\d\d \S.{{0,199}}$",
        description="SEASON TEAM POINTS DAY REASON, such as `2023-24 everton 10 2023-11-17 breach of rules`",
    ),
]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Role = Literal["intake", "games", "gateway", "api", "stats", "alerts", "relay", "edge"]


class Server(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the node listens."""

    host: str = "127.0.0.1"
    """Address to bind; loopback until someone decides otherwise."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    """TCP port of REST, SSE, WebSocket and pages; 0 takes any free one."""
    origins: tuple[Origin, ...] = ()
    """Origins (`https://example.org`: no path, no `*`) of pages that may open streams, beside those of the
    node itself; empty is all, since scores are public and streams know no cookies. Clients that are no pages
    have no origin."""
    requests_max: PositiveInt = 1000
    """Requests that are worked on at once; more are answered 503 with `Retry-After`. Streams, the hot read
    of `/score`, probes and what providers send do not count. Workers divide it among them."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For is believed; nobody by default."""
    proxy_protocol: bool = False
    """Whether every connection of a trusted proxy begins with a header of the PROXY protocol, version 1 or 2,
    that names the client; one that does not is refused, and a header of anybody else is never believed."""
    head_bytes_max: PositiveInt = 16_384
    """A request's line and headers; nginx allows 32 KiB, Apache 8 KiB a line, uvicorn 64 KiB."""
    head_read_s: Seconds = 10.0
    """Time for a whole request head, from its first byte; a slow loris is closed then. A connection that has
    sent nothing yet is idle, and closed after 75 s: browsers open some ahead of their requests."""
    playbacks_max: PositiveInt = 100
    """Games that are played back at once by the process that reads the journal; more are told to come again.
    Each holds a connection and up to a page of rows, some 100 KB."""
    playbacks_per_address_max: PositiveInt = 20
    """The same of one client address (of IPv6: its /64)."""
    body_read_s: Seconds = 30.0
    """Time for a whole request body."""
    drain_s: Seconds = 10.0
    """Time over which fans are told `bye` at shutdown; Kubernetes gives 30 s in all."""
    roles: tuple[Role, ...] = ()
    """What this process does; empty is everything. A process without `intake` or `games` needs
    `storage.journal` and `scoreboard.url`; one with either alone, or with `stats` without `games`, needs
    `log.brokers` too."""
    workers: Workers = 0
    """Processes that hold fans, in front of one that does everything else; 0 is one process for all. As many
    as the machine has cores, less one for the pipeline."""
    silence_s: Seconds = 15.0
    """A process of a node with workers that runs, and gives no sign of life for this long, is killed and
    replaced. Each gives one every second, from the loop that does its work."""
    public_url: str = ""
    """How the outside reaches this node, for links; empty takes the request's own host."""
    link_token: str = ""
    """Secret with which edges follow this node, at `/v1/link` of its port: 32 characters or more, such as
    `openssl rand -hex 32` gives. Empty is no edges. Give it as `link_token_file`."""
    upstream: str = ""
    """The node that this process is an edge of: `https://scores.example`. It then holds fans and nothing
    else: no data folder, no log, no journal, no Redis. An edge may be the upstream of others. Empty is no
    edge."""
    upstream_token: str = ""
    """The upstream's `link_token`, which over `http` can be read on the way. Give it as
    `upstream_token_file`."""
    upstream_ca: str = ""
    """A file of certificates (PEM) that vouch for the upstream, beside those of the system."""


class Storage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a process keeps what it keeps."""

    data: str = "./scorewire-data"
    """Folder of log.sqlite, journal.sqlite and admin.sock."""
    journal: str = ""
    """URL of a PostgreSQL database, 15 or later, that holds the journal: `postgresql://user@host:5432/scorewire`.
    Empty is journal.sqlite in the data folder. A URL with a password is a secret: give it as `journal_file`,
    or leave the password to libpq's `.pgpass`."""
    checkpoint_rows: PositiveInt = 100
    """Rows between checkpoints of a game: opening one folds at most this many."""
    books_max: PositiveInt = 20_000
    """Games whose plays the owner keeps in memory; more are folded again when they are touched. Games that
    are over leave first."""
    plays_max: PositiveInt = 1_000_000
    """Plays of all these games, some 1 KB each; beyond, games leave in the same order."""
    heads_max: PositiveInt = 20_000
    """Games whose state and declaration are kept in memory, some 10 KB each; the design's number of games
    live at once."""

    def journal_place(self) -> str:
        """Where the journal lies: a URL, or the path of a file."""
        return self.journal or str(Path(self.data) / "journal.sqlite")


class Log(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider log."""

    brokers: str = ""
    """Kafka's `host:port`, several divided by commas, for a log that several processes share; needs
    `storage.journal` and `scoreboard.url`. Empty is log.sqlite in the data folder."""
    topics: str = "scorewire."
    """Prefix of the topics' names, as `scorewire topics` made them."""
    group: str = "scorewire-games"
    """Consumer group of the owners of games; every process with the role `games` has the same."""
    client: str = ""
    """Further settings of the client, one `key=value` a line: `security.protocol=SASL_SSL` and what belongs
    to it. Source: librdkafka, CONFIGURATION.md. Often a secret: give it as `client_file`."""
    queue_max: PositiveInt = 1000
    """Calls that wait for the disk; more make intake wait (policy: block the source)."""
    webhook_ids_h: PositiveInt = 24
    """Hours for which a webhook-id is remembered with its answer."""
    retention_days: PositiveInt = 30
    """Days for which consumed claims stay, for `explain` and audits."""


class Intake(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a provider may send."""

    tolerance_s: PositiveInt = 300
    """How far a webhook-timestamp may lie from our clock, either way. Source: Standard Webhooks."""
    body_bytes_max: PositiveInt = 1_048_576
    """Native CloudEvents, single or batch."""
    provider_body_bytes_max: PositiveInt = 16_777_216
    """A provider's own payload: whole-game snapshots are large."""
    batch_max: PositiveInt = 1000
    """Events in one batch."""
    calls_per_s: PositiveInt = 5000
    """Calls a second and provider before 429; a busy weekend is tens of events a second."""
    unknown_game_park_s: PositiveInt = 600
    """For how long events of an undeclared game wait for its declaration."""


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one provider: `[providers.acme]`."""

    sequence: SequenceKind | None = None
    """dense: numbers without a gap, so a missing one is waited for; sparse: they only order; none.
    Unset: as the built-in decoder of that name declares, else dense until three gaps stay unfilled."""
    format: str = ""
    """Decoder of its own payloads (`nba_cdn`); empty takes native CloudEvents only."""
    shadow: bool = False
    """Its games are followed and reported, and never shown: to judge a provider before it counts."""


class League(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the table of a league goes by; the name of the table is the league's id."""

    rules: str = ""
    """Rules by their name in docs/standings.md (`premier-league`); empty: those of this league's id, where we
    know it, else what is usual in its sport."""
    deductions: tuple[Taken, ...] = ()
    """Points that were taken from a team, each as `SEASON TEAM POINTS DAY REASON`, such as
    `2023-24 everton 10 2023-11-17 breach of the spending rules`; given back with fewer than none. A season
    that games do not name is `-`."""


class Games(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The owner of the games."""

    reorder_ms: PositiveInt = 500
    """Longest wait for a missing number of a dense sequence."""
    held_max: PositiveInt = 10_000
    """Claims of one game that wait behind a gap; more close the gap at once. A replay at full speed posts
    some 5,000 claims within the wait."""
    batch_max: PositiveInt = 500
    """Claims that share one commit of the journal."""
    failover_s: PositiveInt = 20
    """For how long a key event of another provider waits for the one that is shown; if that is silent for as
    long, the other takes its place."""
    steady_s: PositiveInt = 60
    """For how long a more preferred provider must keep up before it is shown again."""


class Scoreboard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where states and updates are shown beside this process."""

    url: str = ""
    """Redis 7 or later: `redis://HOST:6379/0`, `redis+sentinel://A:26379,B:26379/NAME`,
    `redis+cluster://A:6379,B:6379`; `rediss` for TLS, `//user:password@` before the hosts. Empty is nowhere.
    A URL with a password is a secret: give it as `url_file`."""


class Region(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A region beside the one where games are decided: what the role `relay` shows on its Redis."""

    name: RegionName = ""
    """Of this region; its relays share the consumer group `relay-NAME`. Needed by the role `relay`."""
    home: str = ""
    """URL of a node of the home region, `https://scores.example.org`: what Kafka no longer has, and what this
    region's Redis has lost, is read there. Needed by the role `relay`."""


class Fanout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Streams to fans."""

    ring_frames_max: PositiveInt = 256
    """Frames of one game kept for those who resume."""
    slice_writes: PositiveInt = 150
    """Fans written to before another game, or anybody else on the loop, gets a turn: 1 to 2 ms."""
    heartbeat_s: PositiveInt = 15
    """Comment or ping to each fan; nginx closes a silent upstream after 60 s."""
    stall_s: PositiveInt = 60
    """A fan whose network takes nothing for this long is closed."""
    write_buffer_bytes_max: PositiveInt = 32_768
    """User-space bytes waiting for one fan before it leaves the live list."""
    follows_max: PositiveInt = 100
    """Follows of one stream."""
    full_games_max: PositiveInt = 20
    """Games that a team, league or sport follow may bring with view=full."""
    connections_max: PositiveInt = 50_000
    """Fans of one process; the descriptor limit lowers it."""
    connections_per_address_max: PositiveInt = 20_000
    """Fans of one client address (of IPv6: its /64), and as many other connections; a proxy in front needs
    trusted_proxies for its clients to be told apart. Each worker counts for itself."""
    message_bytes_max: PositiveInt = 4096
    """One WebSocket message from a fan."""
    cursor_wait_s: Seconds = 5.0
    """How long a fan that is ahead of us waits for our head before `bye`."""
    delayed_updates_max: PositiveInt = 50_000
    """Updates that wait for the fans of one delay, some 2 KB each, apart from one for each game; beyond,
    those of one game that lie close together are joined, and reach these fans as one full state."""
    min_interval_ms: WholeMs = 0
    """Shortest time between two writes of one game to its fans; what comes in between is joined into one
    write. 0 writes at once, which is right for all but a game that millions follow."""
    min_intervals: tuple[GameMs, ...] = ()
    """The same for single games, as `GAME=MS`; these go before `min_interval_ms`."""


class Cdn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers to those who poll: kept by this process, and by caches in front that are told what has changed.
    Nothing depends on their being told; see docs/caching.md."""

    purge_urls: tuple[str, ...] = ()
    """Each Varnish with xkey, as the process that decides games reaches it, or in another region its relay:
    `http://10.0.0.7:80/`. Empty is none: answers then end by their time."""
    purge_token: str = ""
    """What these ask for, since anybody else who purges makes the node work. Needed by `purge_urls`. Give it
    as `purge_token_file`."""
    purge_interval_ms: Annotated[int, msgspec.Meta(ge=10, le=60_000)] = 250
    """Shortest time between two purges of a game; the first is sent at once, and once more after this."""
    kept_bytes_max: Annotated[int, msgspec.Meta(ge=0)] = 33_554_432
    """Lists, rows and whole states that this process keeps ready, 32 MiB; 0 builds each answer anew."""


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    server: Server = Server()
    storage: Storage = Storage()
    log: Log = Log()
    intake: Intake = Intake()
    games: Games = Games()
    scoreboard: Scoreboard = Scoreboard()
    region: Region = Region()
    fanout: Fanout = Fanout()
    cdn: Cdn = Cdn()
    providers: dict[str, Provider] = {}
    leagues: dict[str, League] = {}
