"""For how long an answer may be kept, by what it is: one table, for browsers and for caches in between.

A score that moves is a second old at the most in a browser and ten in a CDN. A CDN that is purged (see
docs/caching.md) shows a goal at once; one that is not shows it when its time is over: purging is never what
makes an answer right. What is over may still be corrected, so only a URL with epoch and seq is for ever.

Source: RFC 9111 5.2.2 (max-age, public, no-store); RFC 9213 (CDN-Cache-Control); RFC 5861 (stale-while-
revalidate, stale-if-error); RFC 8246 (immutable).
"""

from typing import Final, Literal, NamedTuple

from scorewire.model.score_state import OVER, Status

Kept = Literal["moving", "scheduled", "over", "list", "rows", "names", "sums", "calendars", "for ever"]


class Span(NamedTuple):
    """Seconds: fresh, stale while a newer one is fetched, stale while the node does not answer."""

    max_age_s: int
    while_revalidate_s: int
    if_error_s: int

    def directives(self) -> str:
        """As Cache-Control says it."""
        return (
            f"public, max-age={self.max_age_s}, stale-while-revalidate={self.while_revalidate_s},"
            f" stale-if-error={self.if_error_s}"
        )


class Lifetime(NamedTuple):
    """One row of the table."""

    browser: Span
    cdn: Span
    what: str


LIFETIMES: Final[dict[Kept, Lifetime]] = {
    "moving": Lifetime(Span(1, 1, 60), Span(10, 2, 600), "`/score`, `/state` of a game that is played"),
    "scheduled": Lifetime(Span(2, 2, 60), Span(30, 2, 600), "the same before it begins"),
    "over": Lifetime(Span(60, 60, 60), Span(300, 60, 600), "the same once it is over: it may be corrected"),
    "list": Lifetime(Span(1, 1, 60), Span(5, 1, 600), "`/games`, `/leagues`, `/teams/{id}`"),
    "rows": Lifetime(Span(1, 1, 60), Span(5, 1, 600), "`/events`: the next second may bring a row"),
    "names": Lifetime(Span(60, 60, 600), Span(300, 60, 600), "`/players/{id}` and the descriptions"),
    "sums": Lifetime(Span(30, 30, 600), Span(30, 30, 600), "leaders, and what players and teams have done"),
    "calendars": Lifetime(Span(600, 600, 86_400), Span(600, 600, 86_400), "`/league/{id}.ics` and its like"),
    "for ever": Lifetime(
        Span(31_536_000, 0, 0), Span(31_536_000, 0, 0), "`?seq=N&epoch=E`: never means other bytes"
    ),
}
"""What a problem answers is kept by nobody (`no-store`), and a stream is no answer that ends."""

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""Cache-Control of a URL that is for ever; it needs no leave to be stale."""
NOBODY: Final = "private, no-store"
"""Cache-Control of what was asked for past all caches."""

_SCHEDULED: frozenset[str] = frozenset({"scheduled", "postponed"})


def kept(status: Status) -> Kept:
    """The row of a game's newest state."""
    if status in OVER:
        return "over"
    return "scheduled" if status in _SCHEDULED else "moving"


def _written(what: Kept) -> tuple[str, str]:
    if what == "for ever":
        return IMMUTABLE, IMMUTABLE
    row = LIFETIMES[what]
    return row.browser.directives(), row.cdn.directives()


_WRITTEN: Final = {what: _written(what) for what in LIFETIMES}


def cache_headers(what: Kept) -> tuple[tuple[str, str], tuple[str, str]]:
    """Cache-Control and CDN-Cache-Control of one row."""
    browser, cdn = _WRITTEN[what]
    return ("cache-control", browser), ("cdn-cache-control", cdn)


def page_rows() -> str:
    """The table of docs/caching.md."""
    lines = [
        "| answer | browser: fresh / revalidating / error | CDN: fresh / revalidating / error |",
        "| --- | --- | --- |",
    ]
    for what, row in LIFETIMES.items():
        if what == "for ever":
            lines.append(f"| {row.what} | a year, `immutable` | a year, `immutable` |")
            continue
        browser, cdn = (" / ".join(f"{seconds} s" for seconds in span) for span in (row.browser, row.cdn))
        lines.append(f"| {row.what} | {browser} | {cdn} |")
    return "\n".join([*lines, ""])
