"""The HTTP face of a node, put together.

Import this only to serve: the framework takes a fifth of a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from scorewire.api import problems
from scorewire.api.admin import Office, admin_router, only_administrators
from scorewire.api.asyncapi import read_asyncapi
from scorewire.api.conflicts import Inquiry
from scorewire.api.desk import EditorsDesk
from scorewire.api.direct import Bearer
from scorewire.api.face import Face
from scorewire.api.games import games_router
from scorewire.api.health import Checks, health_router
from scorewire.api.how import HowItWorks, how_router
from scorewire.api.ingest import Door, IngestDoor, ingest_router
from scorewire.api.openapi import Description, read_openapi
from scorewire.api.playback import Booth
from scorewire.api.reads import Reads
from scorewire.api.record import record_router
from scorewire.api.replay import replay_router
from scorewire.api.search import search_router
from scorewire.api.shots import shots_router
from scorewire.api.standings import standings_router
from scorewire.api.statistics import box_scores_router, statistics_router
from scorewire.api.streams import streams_router
from scorewire.clock import Clock
from scorewire.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the routes are given; where a process does not have a room, it does not have its routes.

    Attributes:
        reads: for the public routes.
        how: for the page that shows how it works; with `reads`.
        booth: for games that are played back, where the journal is read.
        streams: whether the port has fans, and so answers what is left of their routes.
        door: for providers.
        office, desk: for operators and for editors; both or neither.
        inquiry: for all of them, of games that several providers tell.
        checks: of /readyz, by name.
        notes: what /readyz says besides, by name, and what a node is ready without.
        metrics: of /metrics.
        clock: for durations.
        bearer: knows the tokens of readers; see `api.direct`.
    """

    reads: Reads | None = None
    booth: Booth | None = None
    how: HowItWorks | None = None
    streams: bool = True
    door: Door | None = None
    office: Office | None = None
    desk: EditorsDesk | None = None
    inquiry: Inquiry | None = None
    checks: Checks
    notes: Checks = field(default_factory=dict)
    metrics: Metrics
    clock: Clock
    bearer: Bearer | None = None


def build_app(rooms: Rooms, *, pages: Sequence[ControllerRouterHandler] = ()) -> Face:
    """The application of the public port: REST, ingest, health, descriptions, the given pages.

    Args:
        rooms: see there.
        pages: the handlers of web/, which api does not know.
    """
    described = [read_openapi, read_asyncapi] if rooms.reads is not None else []
    app = _litestar(rooms, [*_routers(rooms), *described, *pages])
    ingest = IngestDoor(rooms.door) if rooms.door is not None else None
    return Face(app, metrics=rooms.metrics, clock=rooms.clock, ingest=ingest, bearer=rooms.bearer)


def build_admin_app(rooms: Rooms) -> Face:
    """The application of the Unix socket: the admin routes for whoever may open it, and health."""
    app = _litestar(rooms, [admin_router(guards=()), health_router()])
    return Face(app, metrics=rooms.metrics, clock=rooms.clock)


def _routers(rooms: Rooms) -> list[Router]:
    routers = [health_router()]
    if rooms.reads is not None:
        routers += [search_router(), games_router(), record_router(), standings_router()]
        routers += [box_scores_router(), statistics_router(), shots_router()]
    if rooms.booth is not None:
        routers.append(replay_router())
    if rooms.reads is not None and rooms.how is not None:
        routers.append(how_router())
    if rooms.streams:
        routers.append(streams_router())
    if rooms.door is not None:
        routers.append(ingest_router())
    if rooms.office is not None:
        routers.append(admin_router(guards=(only_administrators,)))
    return routers


def _litestar(rooms: Rooms, handlers: Sequence[ControllerRouterHandler]) -> Litestar:
    given = {
        "reads": rooms.reads,
        "booth": rooms.booth,
        "how": rooms.how,
        "door": rooms.door,
        "office": rooms.office,
        "desk": rooms.desk,
        "inquiry": rooms.inquiry,
        "checks": rooms.checks,
        "notes": rooms.notes,
        "metrics": rooms.metrics,
    }
    provided = {name: _provide(value) for name, value in given.items()}
    description = Description(make=partial(_routers, rooms), given=provided)
    return Litestar(
        route_handlers=list(handlers),
        dependencies={**provided, "description": _provide(description)},
        exception_handlers=problems.HANDLERS,
        state=State({"office": rooms.office}),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _provide(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)
