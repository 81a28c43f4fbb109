"""/livez, /readyz, /metrics: for machines that watch. Liveness asks nothing of anybody.

Source: Kubernetes, "API health endpoints" (`?verbose`, `[+]name ok`).
"""

from collections.abc import Callable, Mapping
from typing import Annotated

from litestar import Litestar, MediaType, Router, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api.answers import plain
from scorewire.api.problems import HANDLERS, AnyRequest
from scorewire.metrics import Metrics

Check = Callable[[], str | None]
"""None while a part is fine, else one sentence on what is not; quick, and never raises."""
Checks = Mapping[str, Check]

_TEXT = "text/plain; charset=utf-8"
_OK = {200: ResponseSpec(str, description="ok", media_type=MediaType.TEXT, generate_examples=False)}


@get("/livez", summary="Whether the process runs", responses=_OK)
async def livez() -> ASGIResponse:
    """Never touches anything else, so that a broken disk does not restart the node in a circle."""
    return plain(b"ok\n", _TEXT)


@get("/readyz", summary="Whether the node can serve", responses=_OK)
async def readyz(
    checks: NamedDependency[SkipValidation[Checks]],
    notes: NamedDependency[SkipValidation[Checks]],
    verbose: Annotated[str | None, QueryParameter(description="Present: one line for each check.")] = None,
) -> ASGIResponse:
    """503 while a check fails or the node drains; what it serves without is told of, and fails nothing."""
    found = {name: check() for name, check in checks.items()}
    ready = all(fault is None for fault in found.values())
    lines = []
    for name, fault in found.items():
        if fault is not None:
            lines.append(f"[-]{name}: {fault}")
        elif verbose is not None:
            lines.append(f"[+]{name} ok")
    if verbose is not None:
        told = {name: note() for name, note in notes.items()}
        lines += [f"[+]{name} ok" if lacks is None else f"[!]{name}: {lacks}" for name, lacks in told.items()]
    lines.append("ok" if ready else "not ready")
    return plain("\n".join([*lines, ""]).encode(), _TEXT, status=200 if ready else 503)


@get("/metrics", summary="Counters for Prometheus", responses=_OK)
async def read_metrics(
    request: AnyRequest, metrics: NamedDependency[SkipValidation[Metrics]]
) -> ASGIResponse:
    """See docs/metrics.md."""
    body, content_type = metrics.exposition(request.headers.get("accept", ""))
    return plain(body, content_type)


def build_health_app(*, checks: Checks, notes: Checks, metrics: Metrics) -> Litestar:
    """The application of a process that nobody asks for anything else."""
    given = {"checks": checks, "notes": notes, "metrics": metrics}
    return Litestar(
        route_handlers=[health_router()],
        dependencies={name: _provide(value) for name, value in given.items()},
        exception_handlers=HANDLERS,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _provide(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def health_router() -> Router:
    """The routes of this file, at the root."""
    return Router("/", route_handlers=[livez, readyz, read_metrics], tags=["operations"])
