"""What a page must know of who looks at it before it is made: how late it is to be, and where days begin.

The delay stands in the address (`?delay=30`), because caches and edges in front of a node pass no cookie on,
and no answer to one address is ever given to another. A browser that keeps a delay
leads there itself (static/theme.js). The time zone is a convenience: the address first, then the cookie `tz`,
which the page's own scripts set, else UTC, and the scripts put times right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scorewire.model.delay import DELAY_MAX_S, read_delay

ZONE_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: `delay_s` as `model.delay` reads it, `tz` a zone that is known."""

    delay_s: int = 0
    tz: str = "UTC"


def read_viewer(params: Mapping[str, str], cookies: Mapping[str, str]) -> Viewer:
    """Of a request; what cannot be read is as if it were not there, except that no delay becomes shorter.

    Args:
        params: of the query; a delay that is no step is taken as the longest one, which spoils nothing.
    """
    asked = params.get("delay", "")
    delay_s = read_delay((asked,)) if asked else 0
    return Viewer(
        delay_s=DELAY_MAX_S if delay_s is None else delay_s,
        tz=known_zone(params.get("tz", "")) or known_zone(cookies.get("tz", "")) or "UTC",
    )


def known_zone(text: str) -> str:
    """The zone's own name; empty for what is none."""
    try:
        return ZoneInfo(text).key if text and len(text) <= ZONE_CHARACTERS_MAX else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
