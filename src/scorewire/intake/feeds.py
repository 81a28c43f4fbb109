"""Which feeds there are: the tables of `feeds.toml`, checked key by key, and each one built.

    [node]                     url = "http://127.0.0.1:8080"
    [feeds.NAME]               kind = "push" | "socket" | "poll" | "patch", url, format, key ...
    [feeds.NAME.headers]       x-api-key = { env = "NAME" }, { file = "PATH" } or "text"

A secret is named by where it lies. None is ever logged: errors name the key of a setting, not its value.
"""

import asyncio
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Meta, Struct

from scorewire.clock import Clock
from scorewire.errors import ConfigError
from scorewire.intake.connection import CONNECT_S, SILENCE_S, USER_AGENT, BackOff, Resume, Source
from scorewire.intake.feed import LOST_AFTER_S, Feed, Fetch
from scorewire.intake.feed_book import FeedBook
from scorewire.intake.feed_client import FeedClient
from scorewire.intake.feed_shelf import BYTES_MAX, DAYS_KEPT, FeedShelf
from scorewire.intake.json_patch import TIMECODE, PatchedDocument
from scorewire.intake.json_stream import OBJECT_BYTES_MAX
from scorewire.intake.poller import BODY_BYTES_MAX, Poller
from scorewire.intake.push_stream import PushStream
from scorewire.intake.snapshot import Limits
from scorewire.intake.socket_feed import SocketFeed
from scorewire.model.ids import Id
from scorewire.providers import PROVIDERS

FILE_BYTES_MAX = 1_048_576
SECRET_BYTES_MAX = 65_536

Positive = Annotated[float, Meta(gt=0, le=86_400)]
Bytes = Annotated[int, Meta(gt=0, le=1_073_741_824)]


class Secret(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a value lies: in a variable of the environment, or in a file."""

    env: str = ""
    file: str = ""


Value = str | Secret


class NodeAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[node]`: to whom is told."""

    url: str = "http://127.0.0.1:8080"


class FeedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[feeds.NAME]`: one feed."""

    kind: Literal["push", "socket", "poll", "patch"]
    """push: an endless answer over HTTP; socket: WebSocket; poll: a document; patch: one kept by patches."""
    url: str
    """Where it is; no secret belongs in it (see `query`)."""
    format: str
    """Which decoder reads it (`sportradar_nba`)."""
    key: Value
    """The provider's key at the node, `whsec_...`."""
    provider: Id = ""
    """Under which name it is posted; else that of the format."""
    headers: dict[str, Value] = {}
    """For the feed's own server alone; none travels to where it redirects."""
    query: dict[str, Value] = {}
    """Parameters added to every URL of this feed."""
    recover: str = ""
    """push, socket: the URL of a whole game, with `{game}`, to fill gaps from."""
    patches: str = ""
    """patch: the URL of the patches, with `{timecode}`."""
    timecode: str = TIMECODE
    """patch: where the document says its timecode; a JSON Pointer."""
    hello: str = ""
    """socket: what to send first; `{last}` is the id of the last message."""
    resume: Resume = Resume()
    """push, socket: from where it goes on after a break."""
    interval_s: Positive = 10.0
    """poll, patch: from one answer to the next question, at least."""
    silence_s: Positive = SILENCE_S
    """push, socket: a connection without a message or heartbeat for so long is closed."""
    lost_after_s: Positive = LOST_AFTER_S
    """How long a feed is away before its games are told."""
    object_bytes_max: Bytes = OBJECT_BYTES_MAX
    """push, socket: of one message."""
    body_bytes_max: Bytes = BODY_BYTES_MAX
    """poll, patch, recover: of one document."""
    games: dict[str, Id] = {}
    """Our ids of games that others declare, by what this provider calls them."""
    doubt: Limits = Limits()
    """When a snapshot is held instead of believed."""
    state: str = ""
    """Folder for what was told, so that it outlives the process; empty: forgotten."""
    state_days: Positive = DAYS_KEPT
    """How long a game is kept there of which the feed says nothing while it tells of others."""
    state_bytes_max: Bytes = BYTES_MAX
    """Of that folder; the games of which nothing was said for longest go first."""


class FeedsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    node: NodeAddress = NodeAddress()
    feeds: dict[Id, FeedSettings]


def read_file(path: Path) -> FeedsFile:
    """Read `feeds.toml`.

    Raises:
        ConfigError: names the file, or the setting that is wrong.
    """
    try:
        content = path.read_bytes()
        if len(content) > FILE_BYTES_MAX:
            raise ConfigError(str(path), f"holds more than {FILE_BYTES_MAX} bytes")
        tree = tomllib.loads(content.decode())
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error
    try:
        found = msgspec.convert(tree, FeedsFile)
    except msgspec.ValidationError as error:
        raise ConfigError(str(path), str(error)) from error
    if not found.feeds:
        raise ConfigError(str(path), "holds no feeds")
    for name, settings in found.feeds.items():
        for key, fault in faults(settings):
            raise ConfigError(f"feeds.{name}.{key}", fault)
    return found


def faults(settings: FeedSettings) -> Iterator[tuple[str, str]]:
    """What does not fit together, by setting."""
    if settings.format not in PROVIDERS:
        yield "format", f"{settings.format!r} is none of {', '.join(PROVIDERS)}"
    schemes = {"ws", "wss"} if settings.kind == "socket" else {"http", "https"}
    for key, url in (("url", settings.url), ("recover", settings.recover), ("patches", settings.patches)):
        wanted = schemes if key == "url" else {"http", "https"}
        if (url or key == "url") and url.partition("://")[0] not in wanted:
            yield key, f"must begin with {' or '.join(sorted(wanted))}://"
    if settings.kind == "patch" and "{timecode}" not in settings.patches:
        yield "patches", "needs {timecode}"
    if settings.recover and "{game}" not in settings.recover:
        yield "recover", "needs {game}"
    if (settings.resume.redirect or settings.resume.field) and not settings.resume.parameter:
        yield "resume.parameter", "is needed with redirect or field"


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds feeds; what they share.

    Attributes:
        environ: where `{ env = ... }` is looked up.
    """

    node_url: str
    environ: Mapping[str, str]
    clock: Clock
    rng: random.Random

    def client(self, name: str, settings: FeedSettings) -> FeedClient:
        """The way to the node. Raises as FeedClient, and ConfigError."""
        return FeedClient(
            url=self.node_url,
            provider=settings.provider or settings.format,
            secret=self._value(f"feeds.{name}.key", settings.key),
            clock=self.clock,
            rng=self.rng,
        )

    def feed(self, name: str, settings: FeedSettings, client: FeedClient) -> Feed:
        """One feed, ready to run.

        Raises:
            ConfigError: a secret is not where the file says.
            BackendError: its state cannot be read.
        """
        format_ = PROVIDERS[settings.format]
        whole = settings.kind in {"poll", "patch"}
        shelf = None
        if settings.state:
            bytes_max = settings.state_bytes_max
            shelf = FeedShelf(Path(settings.state), days=settings.state_days, bytes_max=bytes_max)
        book = FeedBook(
            provider=client.provider,
            names=settings.games,
            limits=settings.doubt,
            # Whoever counts the entries of each document moves them all when one is put between.
            renumber=whole and format_.sequence == "dense",
            known=shelf.load() if shelf is not None else (),
        )
        return Feed(
            name=name,
            source=self._source(name, settings),
            format_=format_,
            book=book,
            client=client,
            clock=self.clock,
            back_off=BackOff(rng=self.rng),
            whole=whole,
            recover=self._recover(name, settings) if settings.recover else None,
            shelf=shelf,
            lost_after_s=settings.lost_after_s,
        )

    def _source(self, name: str, settings: FeedSettings) -> Source:
        url = self._url(name, settings, settings.url)
        headers = self._values(f"feeds.{name}.headers", settings.headers)
        match settings.kind:
            case "push":
                return PushStream(
                    url=url,
                    headers=headers,
                    clock=self.clock,
                    rng=self.rng,
                    resume=settings.resume,
                    silence_s=settings.silence_s,
                    object_bytes_max=settings.object_bytes_max,
                )
            case "socket":
                return SocketFeed(
                    url=url,
                    headers=headers,
                    clock=self.clock,
                    rng=self.rng,
                    hello=settings.hello,
                    resume=settings.resume,
                    silence_s=settings.silence_s,
                    object_bytes_max=settings.object_bytes_max,
                )
            case "poll" | "patch":
                patched = settings.kind == "patch"
                document = PatchedDocument(
                    timecode=settings.timecode, document_bytes_max=settings.body_bytes_max
                )
                return Poller(
                    url=url,
                    headers=headers,
                    clock=self.clock,
                    rng=self.rng,
                    interval_s=settings.interval_s,
                    patches=self._url(name, settings, settings.patches) if patched else "",
                    document=document if patched else None,
                    body_bytes_max=settings.body_bytes_max,
                )

    def _recover(self, name: str, settings: FeedSettings) -> Fetch:
        headers = httpx.Headers({"user-agent": USER_AGENT})
        headers.update(self._values(f"feeds.{name}.headers", settings.headers))

        async def fetch(game: str) -> bytes | None:
            url = self._url(name, settings, settings.recover.replace("{game}", quote(game, safe="")))
            try:
                async with (
                    asyncio.timeout(CONNECT_S),
                    httpx.AsyncClient(headers=headers) as http,
                    http.stream("GET", url) as answer,
                ):
                    body = bytearray()
                    async for chunk in answer.aiter_bytes():
                        body += chunk
                        if len(body) > settings.body_bytes_max:
                            return None
                    return bytes(body) if answer.status_code == 200 else None
            except (httpx.HTTPError, TimeoutError):
                return None

        return fetch

    def _url(self, name: str, settings: FeedSettings, url: str) -> str:
        """With the parameters; `{timecode}` stays what it is."""
        given = self._values(f"feeds.{name}.query", settings.query)
        if not given:
            return url
        joint = "&" if "?" in url else "?"
        return f"{url}{joint}{httpx.QueryParams(given)}"

    def _values(self, key: str, values: Mapping[str, Value]) -> dict[str, str]:
        return {name: self._value(f"{key}.{name}", value) for name, value in values.items()}

    def _value(self, key: str, value: Value) -> str:
        if isinstance(value, str):
            return value
        if bool(value.env) == bool(value.file):
            raise ConfigError(key, "names either env or file")
        if value.env:
            if value.env not in self.environ:
                raise ConfigError(key, f"there is no {value.env} in the environment")
            return self.environ[value.env]
        try:
            content = Path(value.file).read_bytes()[:SECRET_BYTES_MAX]
            return content.decode().strip()
        except OSError as error:
            raise ConfigError(key, f"{value.file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(key, f"{value.file} is not text") from error
