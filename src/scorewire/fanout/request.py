"""Reading a request's head, the query of a stream, and the client's address behind proxies.

Limits stand in front: a head is parsed when it is whole and within its size, so nothing here waits.

Source: RFC 9112 2.2 (leading line ends), RFC 9110 5.3 (repeated headers), RFC 7239 (Forwarded).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import parse_qsl

import httptools

from scorewire.fanout.codes import refusal
from scorewire.fanout.follow import LINE_BY_DEFAULT, Follow, Kind
from scorewire.model.delay import DELAY_WORDS, read_delay
from scorewire.model.ids import is_id, read_cursor

HEADS_KEPT = 1024
HEAD_KEPT_BYTES = 1024
"""Heads that a keep-alive client repeats byte for byte are parsed once; no more than 1 MiB of them."""

PEERS_KEPT = 4096
"""Addresses that are read once; at about 200 bytes each."""

FOLLOWS_KEPT = 4096
"""Follows that are shared by all who ask for them; at about 200 bytes each."""

TABLES_MAX = 20
"""Leagues whose tables one fan follows: on a Saturday afternoon each may send 8 KB a second."""

_KINDS: dict[str, Kind] = {"game": "game", "team": "team", "league": "league", "sport": "sport"}
_FORWARDED_FOR = re.compile(r'for="?\[?([^\]",;\s]+)', re.IGNORECASE)
_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+\Z")


class Head(NamedTuple):
    """A request's head.

    headers: by lower-case name, repeated ones joined with a comma.
    keep: whether the connection may serve another request.
    plain: neither body nor expectation, so another request may follow at once.
    """

    method: bytes
    path: bytes
    query: bytes
    headers: dict[str, str]
    version: str
    keep: bool
    plain: bool


class HeadReader:
    """Parses whole heads; one serves all connections, since no head is left half-read."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Head | None] = {}
        self._url = b""
        self._headers: dict[str, str] = {}
        self._parser: httptools.HttpRequestParser | None = None
        self._keep = False

    def read(self, data: bytes) -> Head | None:
        """The head that `data` is, including its empty line; None if it is none that httptools accepts."""
        try:
            return self._kept[data]
        except KeyError:
            pass
        head = self._parse(data)
        if len(data) <= HEAD_KEPT_BYTES:
            if len(self._kept) >= HEADS_KEPT:
                self._kept.clear()
            self._kept[data] = head
        return head

    def on_url(self, url: bytes) -> None:
        """Called by httptools."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by httptools."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """Called by httptools, which forgets what the head said of the connection once the message ends."""
        assert self._parser is not None
        self._keep = self._parser.should_keep_alive()

    def _parse(self, data: bytes) -> Head | None:
        self._url, self._headers = b"", {}
        parser = self._parser = httptools.HttpRequestParser(self)
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass
        except httptools.HttpParserError:
            return None
        finally:
            self._parser = None
        try:
            url = httptools.parse_url(self._url)
        except httptools.HttpParserError:
            return None
        headers = self._headers
        if url.host:
            # RFC 9112 3.2.2: of the absolute form, the host in it counts, whatever the Host header says.
            headers["host"] = self._url.partition(b"://")[2].partition(b"/")[0].decode("latin-1")
        version = parser.get_http_version()
        return Head(
            method=parser.get_method(),
            path=url.path or b"",
            query=url.query or b"",
            headers=headers,
            version=version,
            keep=version == "1.1" and self._keep,
            plain="content-length" not in headers
            and "transfer-encoding" not in headers
            and "expect" not in headers
            and "upgrade" not in headers,
        )


class StreamQuery(NamedTuple):
    """What `/v1/stream?...` asks for; epoch and seqs are of its cursor, empty for a join."""

    follows: tuple[Follow, ...]
    epoch: str
    seqs: dict[str, int]


def read_stream_query(query: bytes, last_event_id: str | None, *, follows_max: int) -> StreamQuery:
    """Read a stream's query.

    Args:
        last_event_id: the header, which wins over `since`: a browser sends the old URL with the new id.

    Raises:
        RequestError: 400 for what cannot be served, 404 for an id that nothing can have.
    """
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=2 * follows_max)
    except UnicodeDecodeError:
        raise refusal("bad_parameter", "The query holds bytes that are not ASCII.") from None
    except ValueError:
        raise refusal("too_many_follows", f"At most {follows_max} follows a stream.") from None
    view: str | None = None
    since: str | None = None
    delays: list[str] = []
    tables = False
    asked: dict[tuple[Kind, str], None] = {}
    for name, value in pairs:
        if name in _KINDS:
            asked[_KINDS[name], value] = None
        elif name == "view":
            view = value
        elif name == "since":
            since = value
        elif name == "delay":
            delays.append(value)
        elif name == "standings":
            tables = _known_switch(value)
    delay_s = known_delay(delays)
    follows = tuple(make_follow(kind, id_, view, delay_s, tables and kind == "league") for kind, id_ in asked)
    if not follows:
        raise refusal("bad_parameter", "Name at least one game, team, league or sport.")
    if len(follows) > follows_max:
        raise refusal("too_many_follows", f"At most {follows_max} follows a stream.")
    check_tables(sum(follow.table for follow in follows), wanted=tables)
    place = since if last_event_id is None else last_event_id
    cursor = read_cursor(place) if place else None
    epoch, seqs = cursor if cursor is not None else ("", {})
    return StreamQuery(follows, epoch, seqs)


@lru_cache(maxsize=FOLLOWS_KEPT)
def make_follow(kind: Kind, id_: str, view: str | None, delay_s: int = 0, table: bool = False) -> Follow:
    """One follow in the view asked for; fans who ask for the same share it, to save memory.

    Raises:
        RequestError: 400 for the view, 404 for an id that nothing can have.
    """
    if view not in (None, "full", "line"):
        raise refusal("bad_parameter", "view: full or line.")
    if not is_id(id_):
        raise refusal(f"unknown_{kind}", f"There is no {kind} {id_[:64]!r}.")
    return Follow(kind, id_, kind in LINE_BY_DEFAULT if view is None else view == "line", delay_s, table)


def check_tables(leagues: int, *, wanted: bool) -> None:
    """Refuse tables of nothing, or of too many leagues.

    Args:
        leagues: whose tables a fan would follow.

    Raises:
        RequestError: 400.
    """
    if wanted and not leagues:
        raise refusal("bad_parameter", "standings: goes with a league.")
    if leagues > TABLES_MAX:
        raise refusal("too_many_follows", f"At most {TABLES_MAX} leagues with their tables a stream.")


def _known_switch(value: str) -> bool:
    if value not in ("0", "1"):
        raise refusal("bad_parameter", "standings: 0 or 1.")
    return value == "1"


def known_delay(values: Sequence[str]) -> int:
    """How many seconds later than the others this fan wants to know.

    Raises:
        RequestError: 400 for anything but 0, 5, ... 180.
    """
    delay_s = read_delay(values)
    if delay_s is None:
        raise refusal("bad_parameter", DELAY_WORDS)
    return delay_s


class Proxies:
    """Whose word about a client's address is believed.

    Args:
        trusted: addresses and networks, as in `server.trusted_proxies`.

    Raises:
        ValueError: one of them is neither.
    """

    def __init__(self, trusted: Iterable[str]) -> None:
        self._networks: Sequence[IPv4Network | IPv6Network] = [
            ip_network(one, strict=False) for one in trusted
        ]
        self._peers: dict[str, tuple[str, bool]] = {}

    def client(self, peer: str | None, headers: dict[str, str]) -> str:
        """The client's address; empty where it is unknown, and then no limit by address holds.

        The nearest address that is not a trusted proxy counts: what stands before it is the client's own
        claim.
        """
        if not peer:
            return ""
        household, trusted = self._known(peer)
        if not trusted:
            return household
        named = headers.get("x-forwarded-for")
        if named is not None:
            chain = [part.strip() for part in named.split(",")]
        else:
            chain = _FORWARDED_FOR.findall(headers.get("forwarded", ""))
        for hop in reversed(chain):
            address = _PORT.sub(r"\1", hop).strip("[]")
            if _read_address(address) is None:
                return ""
            if not self._trusts(address):
                return _household(address)
        return ""

    def peer(self, peer: str | None) -> str:
        """Who holds a connection that has not asked yet; empty for a trusted proxy, which holds many."""
        if not peer:
            return ""
        household, trusted = self._known(peer)
        return "" if trusted else household

    def trusts(self, peer: str | None) -> bool:
        """Whether the other end of a connection is a trusted proxy."""
        return peer is not None and self._known(peer)[1]

    def _known(self, peer: str) -> tuple[str, bool]:
        """What limits count, and whether it is a proxy that is trusted."""
        found = self._peers.get(peer)
        if found is None:
            if len(self._peers) >= PEERS_KEPT:
                self._peers.clear()
            found = self._peers[peer] = (_household(peer), self._trusts(peer))
        return found

    def _trusts(self, address: str) -> bool:
        read = _read_address(address)
        return read is not None and any(read in network for network in self._networks)


def _household(address: str) -> str:
    """What limits count: an IPv4 address, or the 64 bits of an IPv6 address that one customer is given.

    Source: RFC 6177 2; whoever holds a /64 can come from 2^64 addresses.
    """
    if ":" not in address:
        return address
    read = _read_address(address.partition("%")[0])
    if read is None or read.version == 4:
        return address if read is None else str(read)
    return f"{IPv6Address(int(read) >> 64 << 64)}/64"


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
