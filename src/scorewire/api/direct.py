"""Keys that ask past every cache: the answer is built for them, and nobody keeps it.

A reader sends `Authorization: Bearer swd_...`. Proxies pass such a request on (deploy/), the node builds the
answer anew and marks it `private, no-store`. A bearer token that no key explains is refused, so that nobody
takes what is cached for what is true now. Without a token all is public, as ever.

Source: RFC 9111 3.5 (a shared cache and Authorization); RFC 6750 2.1, 3 (Bearer).
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from scorewire.api.problems import refuse
from scorewire.journal.keys import Role
from scorewire.model.lifetimes import NOBODY

Bearer = Callable[[str], Awaitable[Role | None]]
"""Whose token this is; see `journal.keys.Keys.bearer`, which compares in constant time."""

Scope = MutableMapping[str, Any]

_MARK: Final = "scorewire.direct"
_SHARED: Final = frozenset({b"cache-control", b"cdn-cache-control", b"surrogate-key"})


def is_direct(scope: Mapping[str, object]) -> bool:
    """Whether a request is answered past all caches; `admit` has said so."""
    return bool(scope.get(_MARK))


async def admit(scope: Scope, bearer: Bearer) -> None:
    """Look at the token of a public read, if it has one.

    Raises:
        RequestError: 401 `unauthenticated`, no key explains it.
    """
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if not values:
        return
    scheme, _, token = values[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return  # of a proxy in front, perhaps; it means nothing here
    role = await bearer(token.strip())
    if role is None or len(values) > 1:
        raise refuse("unauthenticated", "No key explains this token.")
    scope[_MARK] = role == "direct"


def nobody_keeps(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers of an answer that is one reader's alone."""
    others = [pair for pair in headers if pair[0].lower() not in _SHARED]
    return [*others, (b"cache-control", NOBODY.encode())]
