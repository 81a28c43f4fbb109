"""The page `/how`: one goal on its way through the tiers, as this node timed it, and a race of readers.

The way is drawn here, from what `/v1/how` answers; static/way.js asks for the page again when there is a
newer goal. The race needs a browser that reads by itself (static/race.js); its rules stand here without one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import UNSET

from scorewire.model.journey import Journey, Journeys
from scorewire.web.bundle import Bundle
from scorewire.web.pages import packed
from scorewire.web.render import template
from scorewire.web.words import event_words, humanise

WIDTH: Final = 1000
"""Of a drawn bar, in its own units."""
LISTED_MAX: Final = 12
SLIVER: Final = 4
"""The least that can be seen of one."""
RECORDED_MS: Final = 3_600_000
"""A provider's time that lies further back is that of a recording, which is told as a date."""
_DECODER: Final = msgspec.json.Decoder(Journeys)


@dataclass(frozen=True, slots=True)
class Tier:
    """`key` names it in styles and as a place on the page; `end` is the field that says when it was done."""

    key: str
    name: str
    end: str
    says: str


TIERS: Final = (
    Tier(
        "log",
        "Intake and log",
        "durable",
        "The call's signature is checked and its claims are read; then they are appended to the log, and the"
        " provider is answered once the disk has them. Whatever happens now, the claim is not lost.",
    ),
    Tier(
        "games",
        "Games",
        "decided",
        "The one owner of the game puts the claim in its place and decides it by the rules of the sport."
        " A play taken back is played again without it: scores are never added up.",
    ),
    Tier(
        "journal",
        "Journal",
        "journal",
        "The row, and how far the log has been read, are written in one transaction. This waits for the disk"
        " once more, and no fan is told what is not written down.",
    ),
    Tier(
        "scoreboard",
        "Scoreboard",
        "scoreboard",
        "The new state replaces the old one, and whoever asks from now on is answered with it.",
    ),
    Tier(
        "fanout",
        "Fan-out",
        "fans",
        "The change is encoded once, and the same bytes are written to every fan who follows the game, five"
        " hundred at a time. Nobody waits for a fan whose network is slow.",
    ),
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One tier of one way: `x` and `width` draw it, `took` and `at` say it; empty if it was not timed."""

    tier: Tier
    x: float
    width: float
    took: str
    at: str
    lacks: str


@dataclass(frozen=True, slots=True)
class Way:
    """One key event, ready to be shown."""

    journey: Journey
    title: str
    score: str
    when: str
    ago: str
    total: str
    legs: tuple[Leg, ...]
    notes: tuple[str, ...]


def how_pages(*, journeys: Callable[[], bytes], bundle: Bundle) -> list[HTTPRouteHandler]:
    """The handler.

    Args:
        journeys: `Journeys` as JSON; the page is made anew when they are.
    """
    made: tuple[bytes, str] = (b"", "")

    @get("/how", include_in_schema=False)
    async def how(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        nonlocal made
        body = journeys()
        if body is not made[0]:
            made = (body, how_page(bundle=bundle, journeys=_DECODER.decode(body)))
        return packed(request, made[1])

    return [how]


def how_page(*, bundle: Bundle, journeys: Journeys) -> str:
    """The page.

    Args:
        journeys: the newest first.
    """
    listed = journeys.journeys[:LISTED_MAX]
    longest = max((_end(one) for one in listed), default=0.0)
    return template("how.html").render(
        bundle=bundle,
        tiers=TIERS,
        decides=journeys.decides,
        races=journeys.races,
        newest=way(journeys.journeys[0], journeys) if journeys.journeys else None,
        ways=[way(one, journeys, scale=longest) for one in listed],
    )


def way(journey: Journey, of: Journeys, *, scale: float = 0.0) -> Way:
    """One way.

    Args:
        scale: milliseconds that a whole bar stands for; by default those of this way.
    """
    scale = scale or _end(journey) or 1.0
    text = str(event_words(journey.sport, journey.type)["text"])
    when = datetime.fromtimestamp(journey.row_ms / 1000, UTC)
    return Way(
        journey=journey,
        # What needs the rest of the event to be said is called by its type.
        title=humanise(journey.type) if "{" in text else text,
        score=f"{journey.score.home}–{journey.score.away}",
        when=when.isoformat(timespec="seconds").replace("+00:00", "Z"),
        ago=ago(of.now_ms - journey.row_ms),
        total=ms(_end(journey)),
        legs=tuple(_legs(journey, of, scale)),
        notes=tuple(_notes(journey)),
    )


def _legs(journey: Journey, of: Journeys, scale: float) -> list[Leg]:
    legs: list[Leg] = []
    before = 0.0
    for tier in TIERS:
        end = getattr(journey, tier.end)
        if end is UNSET:
            legs.append(Leg(tier, 0, 0, "", "", _lacking(tier, of)))
            continue
        end = max(end, before)
        x, width = before / scale * WIDTH, (end - before) / scale * WIDTH
        width = max(width, SLIVER)
        legs.append(
            Leg(tier, round(min(x, WIDTH - width), 1), round(width, 1), ms(end - before), ms(end), "")
        )
        before = end
    return legs


def _lacking(tier: Tier, of: Journeys) -> str:
    match tier.key:
        case "log":
            return "not timed: it came from the desk, or through another process"
        case "fanout":
            here = "nobody here followed the game"
            return here if of.fans_here else "fans are held by other processes, which do not tell"
        case _:
            return "not timed here: other processes show it"


def _notes(journey: Journey) -> list[str]:
    notes = []
    if journey.provider_ms is not UNSET:
        before_ms = journey.row_ms - journey.provider_ms
        then = datetime.fromtimestamp(journey.provider_ms / 1000, UTC)
        if abs(before_ms) > RECORDED_MS:
            notes.append(
                f"Its provider dates the play {then:%d %B %Y, %H:%M} UTC: a recording, or a late word."
            )
        else:
            told = "before it was decided" if before_ms >= 0 else "after it was decided: its clock is ahead"
            notes.append(f"By its provider's own clock the play was {seconds(abs(before_ms))} {told}.")
    if journey.answered is not UNSET:
        notes.append(f"The provider had its answer, 202, after {ms(journey.answered)}.")
    return notes


def _end(journey: Journey) -> float:
    """When the last tier that was timed had it."""
    times = [getattr(journey, tier.end) for tier in TIERS]
    return max((one for one in times if one is not UNSET), default=0.0)


def ms(value: float) -> str:
    """`0.12 ms`, `5.7 ms`, `120 ms`."""
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def seconds(value_ms: int) -> str:
    """`0.4 s`, `12 s`, `3 min`."""
    if value_ms < 10_000:
        return f"{value_ms / 1000:.1f} s"
    return f"{value_ms // 1000} s" if value_ms < 120_000 else f"{value_ms // 60_000} min"


def ago(value_ms: int) -> str:
    """`just now`, `12 s ago`, `3 min ago`, `2 h ago`."""
    if value_ms < 2000:
        return "just now"
    if value_ms < 120_000:
        return f"{value_ms // 1000} s ago"
    return f"{value_ms // 60_000} min ago" if value_ms < 7_200_000 else f"{value_ms // 3_600_000} h ago"
