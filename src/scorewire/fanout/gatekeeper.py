"""Who may come in at the port: how many connections, how many requests at once, and pages of which origin.

A connection counts here until it ends or becomes a stream; streams are counted by the hub's own turnstile.

Source: RFC 6455 10.2 (origins), RFC 6454 6.2, 7 (the Origin header).
"""

from collections.abc import Iterable

from scorewire.fanout.turnstile import Turnstile

ALWAYS_HEARD = (b"/livez", b"/readyz", b"/metrics", b"/v1/ingest/")
"""Served however many requests are under way: a probe that fails would have a busy node killed, and what
providers send has limits of its own."""

_OWN_PORTS = {"http": ":80", "https": ":443"}


class Gatekeeper:
    """Counts and compares.

    Args:
        connections_max: connections in all, streams among them; a few descriptors below what there are.
        address_max: from one address, streams not among them; unknown addresses are not limited.
        requests_max: requests that the application may have under way.
        origins: of pages that may open streams beside our own; none named means all.

    Attributes:
        bodies: requests whose application runs and whose body is still on its way.
    """

    def __init__(
        self, *, connections_max: int, address_max: int, requests_max: int, origins: Iterable[str]
    ) -> None:
        self._connections_max = connections_max
        self._requests_max = requests_max
        self._origins = frozenset(map(_as_sent, origins))
        self.bodies = 0
        self._turnstile = Turnstile(fans_max=connections_max, address_max=address_max)

    def full(self, streams: int) -> bool:
        """Whether there is no descriptor to spare for one more connection, beside so many streams."""
        return self._turnstile.fans + streams >= self._connections_max

    def enter(self, address: str) -> bool:
        """Count a connection in; False if its address has too many."""
        return self._turnstile.enter(address)

    def leave(self, address: str) -> None:
        """Count out one that was counted in."""
        self._turnstile.leave(address)

    def hears(self, head: bytes, under_way: int) -> bool:
        """Whether a request may join so many that are under way."""
        if under_way < self._requests_max:
            return True
        return head.partition(b" ")[2].startswith(ALWAYS_HEARD)

    def welcomes(self, headers: dict[str, str]) -> bool:
        """Whether a stream may be opened from where the request says it comes from.

        A browser always says so, and cannot be made to lie; other clients say nothing, and may.
        """
        origin = headers.get("origin")
        if not self._origins or origin is None or origin.lower() in self._origins:
            return True
        return origin.lower().partition("://")[2] == headers.get("host", "").lower()


def _as_sent(origin: str) -> str:
    """An origin as browsers send it: in small letters, without the port that its scheme has anyway."""
    scheme, separator, host = origin.lower().rstrip("/").partition("://")
    return f"{scheme}{separator}{host.removesuffix(_OWN_PORTS.get(scheme, '/'))}"
