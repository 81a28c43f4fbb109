"""What a query may hold. Litestar checks types and bounds by these, and names what is wrong.

Unknown parameters are ignored, so that a page may add its own to break a cache. `delay` is not ignored:
who asks for a spoiler-free answer and gets the newest one has been told the score.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date
from typing import Annotated, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar.params import PathParameter, QueryParameter

from scorewire.api.problems import AnyRequest, bad_parameter, refuse
from scorewire.model.delay import DELAY_WORDS, read_delay
from scorewire.model.game_event import Level
from scorewire.model.ids import ID_CHARACTERS
from scorewire.model.score_state import Status

STATUSES: tuple[str, ...] = ("underway", *get_args(Status))
LEVELS: tuple[str, ...] = get_args(Level)

LIMIT_MAX = 200
SEQ_MAX = 2**53
CURSOR_CHARACTERS_MAX = 512

PathId = Annotated[str, PathParameter(description="An id: 1 to 64 letters, digits or `._~:@-`.")]

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="At most this many; 1 to 200.")]
SinceSeq = Annotated[
    int, QueryParameter(ge=0, le=SEQ_MAX, description="Only what lies after this seq; 0 is everything.")
]
Seq = Annotated[
    int | None,
    QueryParameter(ge=1, le=SEQ_MAX, description="The game as it was at this seq, not at its head."),
]
Epoch = Annotated[
    str | None,
    QueryParameter(max_length=64, description="The epoch in which `seq` was learnt; another one is a 404."),
]
LevelFilter = Annotated[
    str | None,
    QueryParameter(
        schema_extra={"enum": list(LEVELS)}, description="`key` gives key rows, `play` those and plays."
    ),
]
IdFilter = Annotated[str | None, QueryParameter(pattern=rf"^{ID_CHARACTERS}$", max_length=64)]
StatusFilter = Annotated[
    str | None,
    QueryParameter(
        schema_extra={"enum": list(STATUSES)},
        description="Only games of this status; `underway` is all that fans watch now.",
    ),
]
DateFilter = Annotated[
    str | None,
    QueryParameter(
        schema_extra={"format": "date"}, description="Only games that start on this day, as counted in `tz`."
    ),
]
ZoneName = Annotated[
    str, QueryParameter(max_length=64, description="IANA time zone by which `date` is meant; UTC if absent.")
]
Delay = Annotated[
    list[str] | None,
    QueryParameter(
        description="Seconds: 0, 5, 10 to 180. The answer is what was true so long ago, and nothing newer "
        "shows in it. Where it stands twice, the longer one holds.",
    ),
]
PageCursor = Annotated[
    str | None,
    QueryParameter(max_length=CURSOR_CHARACTERS_MAX, description="`next` of the page before; opaque."),
]


def known_zone(name: str) -> str:
    """The name itself, if the zone is known.

    Raises:
        RequestError: 400 `unknown_time_zone`, naming `tz`.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        detail = f"{name!r} is not an IANA time zone such as Europe/Berlin"
        raise bad_parameter("tz", detail, "unknown_time_zone") from error
    return name


def known_date(text: str, parameter: str = "date") -> str:
    """The day itself, if the calendar has it.

    Raises:
        RequestError: 400 `bad_date`, naming the parameter.
    """
    found: str | None = None
    with suppress(ValueError):
        found = date.fromisoformat(text).isoformat()
    if found != text:  # the calendar of the standard library also reads 20221218 and 2022-W50-7
        raise bad_parameter(parameter, f"{text[:40]!r} is not a day such as 2022-12-18", "bad_date")
    return text


def known_sport(name: str, sports: Collection[str]) -> str:
    """The sport itself, if games of it can be declared.

    Raises:
        RequestError: 404 `unknown_sport`, as the streams answer.
    """
    if name not in sports:
        raise bad_parameter("sport", _no_such(name, sorted(sports)), "unknown_sport")
    return name


def known_status(name: str) -> str:
    """The status itself, or `underway`.

    Raises:
        RequestError: 400, with all of them.
    """
    if name not in STATUSES:
        raise bad_parameter("status", _no_such(name, STATUSES))
    return name


def known_level(name: str) -> Level:
    """The level itself.

    Raises:
        RequestError: 400, with all of them.
    """
    for level in LEVELS:
        if name == level:
            return cast(Level, level)
    raise bad_parameter("level", _no_such(name, LEVELS))


def _no_such(name: str, known: Iterable[str]) -> str:
    return f"{name[:64]!r} is none of {', '.join(known)}"


def known_delay(asked: list[str] | None) -> int:
    """How many seconds late the answer is to be.

    Raises:
        RequestError: 400, naming `delay`.
    """
    delay_s = read_delay(asked or ())
    if delay_s is None:
        raise bad_parameter("delay", DELAY_WORDS.partition(": ")[2])
    return delay_s


async def refuse_delay(request: AnyRequest) -> None:
    """Before a read that is the same for all: a delay other than 0 is refused rather than ignored.

    Raises:
        RequestError: 400 `delay_unsupported`.
    """
    for value in request.query_params.getall("delay", []):
        if value != "0":
            raise refuse("delay_unsupported", f"delay={value[:20]}: this answer cannot be delayed")
