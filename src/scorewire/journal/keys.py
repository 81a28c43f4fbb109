"""Keys: who may push a feed, who may read, who may administer.

    webhook   `whsec_` + base64 of 24 bytes or more: both sides hold it, HMAC-SHA256 (`v1`)
    public    `whpk_` + base64 of an Ed25519 public key: the provider keeps the private half (`v1a`)
    reader    a bearer token, `swr_...`    } shown once, when it is made;
    direct    a bearer token, `swd_...`    } only its SHA-256 is stored; a direct reader's answers
    admin     a bearer token, `swa_...`    } come past every cache

A webhook secret must be readable to verify a signature, so it lies in the journal as it is: the file is
created with mode 0600, and whoever can read it can sign for the providers. Tokens are random enough that a
plain hash of one cannot be turned back. Several keys of one provider may be active, so they can be rotated.

Source: Standard Webhooks, "Signature scheme" and "Secrets".
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import math
import secrets as random_secrets
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from scorewire.clock import Clock
from scorewire.errors import BackendError, ConfigError
from scorewire.journal.database import Database
from scorewire.journal.schema import keys as table
from scorewire.model.ids import is_id

Kind = Literal["webhook", "public", "reader", "direct", "admin"]
Role = Literal["reader", "direct", "admin"]

CACHED_S = 1.0
"""For how long a key may be used after another process has revoked it."""

KEPT_S = 300.0
"""For how long keys may be used while the journal cannot be read: intake needs no more of it for games that
it knows, and no key can be revoked in a journal that is away."""

SECRET_BYTES = 32
SECRET_BYTES_MIN, SECRET_BYTES_MAX = 24, 64
"""Bounds of the specification for a symmetric secret."""

PUBLIC_KEY_BYTES = 32

_TOKEN_PREFIX: dict[Role, str] = {"reader": "swr_", "direct": "swd_", "admin": "swa_"}


class KeyCreated(Struct, frozen=True, kw_only=True):
    """A new key, and the only time that a token is seen: `{"id": "key_...", "secret": "swr_...", ...}`."""

    id: str
    provider: str
    kind: Kind
    secret: str


class KeyListed(Struct, frozen=True, kw_only=True):
    """A key as lists show it, without its secret; `revoked_ms` is None while it is active."""

    id: str
    provider: str
    kind: Kind
    created_ms: int
    revoked_ms: int | None


class Keys:
    """Makes, lists, revokes and checks keys.

    Guarantees: works beside other processes on the same file; what they create or revoke counts here
    within CACHED_S, and at once where `fresh` is asked for. What is made or revoked here counts at once.
    While the journal cannot be read, what was read last is used for KEPT_S.
    """

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reading = asyncio.Lock()
        self._read_s = -math.inf
        self._changed_s = -math.inf
        self._began_s = -math.inf
        self._failed_s = -math.inf
        self._secrets: dict[str, tuple[str, ...]] = {}
        self._digests: tuple[tuple[bytes, Role], ...] = ()

    @classmethod
    async def open(cls, path_or_url: str | Path, *, clock: Clock) -> "Keys":
        """Open the file beside whoever else has it open; `close` it again.

        Raises:
            BackendError, ConfigError: as Journal.open.
        """
        return cls(database=await Database.open(path_or_url), clock=clock)

    async def create(self, provider: str, kind: Kind = "webhook") -> KeyCreated:
        """Make a key; the names of readers and administrators are theirs to choose too.

        Raises:
            ConfigError: no such name is possible, or a public key was asked for, which only `add` takes.
        """
        if kind == "public":
            raise ConfigError("keys", "a public key is the provider's to make; add it")
        if kind == "webhook":
            secret = "whsec_" + base64.b64encode(random_secrets.token_bytes(SECRET_BYTES)).decode()
        else:
            secret = _TOKEN_PREFIX[kind] + random_secrets.token_urlsafe(SECRET_BYTES)
        return await self._store(provider, kind, secret)

    async def add(self, provider: str, secret: str) -> KeyCreated:
        """Take a provider's own `whsec_` secret or `whpk_` public key.

        Raises:
            ConfigError: it has neither form; the text does not repeat it.
        """
        return await self._store(provider, kind_of(secret), secret)

    async def revoke(self, key_id: str) -> bool:
        """End a key for good; False if there is none of that id, or it has ended already."""
        statement = (
            table.update()
            .where(table.c.id == key_id, table.c.revoked_ms.is_(None))
            .values(revoked_ms=self._clock.now_ms())
        )
        ended = await self._database.write(lambda connection: connection.execute(statement).rowcount)
        self._changed_s = self._clock.monotonic_s()
        return ended == 1

    async def list(self) -> tuple[KeyListed, ...]:
        """Every key that was ever made, oldest first, without secrets."""
        query = sa.select(
            table.c.id, table.c.provider, table.c.kind, table.c.created_ms, table.c.revoked_ms
        ).order_by(table.c.created_ms, table.c.id)
        found = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple(KeyListed(**one._mapping) for one in found)

    async def secrets(self, provider: str, *, fresh: bool = False) -> tuple[str, ...]:
        """The provider's active secrets and public keys, oldest first; empty for an unknown provider.

        Args:
            fresh: read the file now; for a signature that no remembered secret explains.
        """
        await self._remember(fresh=fresh)
        return self._secrets.get(provider, ())

    async def bearer(self, token: str) -> Role | None:
        """Whose token this is; None for an unknown or revoked one.

        Compared with every active token, each in constant time, so an answer's delay says nothing.
        """
        await self._remember(fresh=False)
        digest = _digest(token)
        role: Role | None = None
        for held, held_role in self._digests:
            if hmac.compare_digest(held, digest):
                role = held_role
        return role

    async def close(self) -> None:
        """Let go of the file, where `open` made this; a journal's keys end with the journal."""
        await self._database.close()

    async def _store(self, provider: str, kind: Kind, secret: str) -> KeyCreated:
        if not is_id(provider):
            raise ConfigError(
                "keys", f"{provider!r} cannot be a name: letters, digits and ._~:@-, at most 64"
            )
        made = KeyCreated(
            id="key_" + random_secrets.token_hex(6), provider=provider, kind=kind, secret=secret
        )
        hidden = kind in _TOKEN_PREFIX
        row = {
            "id": made.id,
            "provider": provider,
            "kind": kind,
            "secret": "" if hidden else secret,
            "digest": _digest(secret).hex() if hidden else "",
            "created_ms": self._clock.now_ms(),
        }
        await self._database.write(lambda connection: connection.execute(table.insert(), row))
        self._changed_s = self._clock.monotonic_s()
        return made

    async def _remember(self, *, fresh: bool) -> None:
        """Read all active keys unless that was done lately: few, so unknown names cost no memory."""
        asked_s = self._clock.monotonic_s()
        if self._is_read(asked_s, fresh=fresh):
            return
        # A server that is frozen answers nobody for many seconds; one caller waits for it, not all.
        slow = self._reading.locked() and self._began_s <= asked_s - CACHED_S
        if slow and not fresh and self._may_do(asked_s):
            return
        async with self._reading:
            # Callers that waited for the lock share the reading that began after they asked.
            if self._is_read(asked_s, fresh=fresh):
                return
            began_s = self._began_s = self._clock.monotonic_s()
            query = (
                sa.select(table).where(table.c.revoked_ms.is_(None)).order_by(table.c.created_ms, table.c.id)
            )
            # No call of a provider is let in before this is known.
            try:
                found = await self._database.read(
                    lambda connection: connection.execute(query).all(), lane="inner"
                )
            except BackendError:
                self._failed_s = self._clock.monotonic_s()
                if fresh or not self._may_do(began_s):
                    raise
                return
            held: dict[str, tuple[str, ...]] = {}
            for one in found:
                if one.secret:
                    held[one.provider] = (*held.get(one.provider, ()), one.secret)
            self._secrets = held
            self._digests = tuple((bytes.fromhex(one.digest), one.kind) for one in found if one.digest)
            self._read_s = began_s

    def _is_read(self, asked_s: float, *, fresh: bool) -> bool:
        if not fresh and self._failed_s > asked_s - CACHED_S and self._may_do(asked_s):
            return True
        recent = self._read_s >= asked_s if fresh else self._read_s > asked_s - CACHED_S
        # A reading that began before our own last change was durable may not have seen it.
        return recent and self._read_s > self._changed_s

    def _may_do(self, now_s: float) -> bool:
        """Whether what was read last may be used although it is old."""
        return self._read_s > now_s - KEPT_S and self._read_s > self._changed_s


def kind_of(secret: str) -> Kind:
    """Whether a text is a webhook secret or a public key.

    Raises:
        ConfigError: it is neither, or of the wrong length.
    """
    prefix, _, encoded = secret.partition("_")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if prefix == "whsec" and SECRET_BYTES_MIN <= len(raw) <= SECRET_BYTES_MAX:
        return "webhook"
    if prefix == "whpk" and len(raw) == PUBLIC_KEY_BYTES:
        return "public"
    raise ConfigError(
        "keys",
        f"a secret is whsec_ and base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, or whpk_ and"
        f" base64 of the {PUBLIC_KEY_BYTES} bytes of an Ed25519 public key",
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
