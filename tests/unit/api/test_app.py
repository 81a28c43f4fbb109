"""The face put together: pages of others, hosts, methods, and what the import costs."""

import subprocess
import sys

from litestar import MediaType, get

from scorewire.api.app import build_app

from .conftest import World, client


@get("/", media_type=MediaType.HTML)
async def front() -> str:
    return "<!doctype html><title>Scores</title>"


async def test_pages_stand_beside_the_routes(world: World) -> None:
    async with client(build_app(world.rooms, pages=[front])) as http:
        page = await http.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["referrer-policy"]
        assert "access-control-allow-origin" not in page.headers
        assert (await http.head("/")).headers.raw == page.headers.raw
        assert (await http.get("/livez")).status_code == 200
        assert "/" not in (await http.get("/openapi.json")).json()["paths"]


async def test_a_slash_at_the_end_changes_nothing(world: World) -> None:
    await world.declare()
    assert (await world.http.get("/v1/games/g1/score/")).status_code == 200


async def test_two_nodes_in_one_process_do_not_share_routes(world: World) -> None:
    async with client(build_app(world.rooms)) as one, client(build_app(world.rooms)) as two:
        assert (await one.get("/livez")).status_code == (await two.get("/livez")).status_code == 200


def test_the_package_itself_does_not_load_the_framework() -> None:
    code = "import scorewire.api, sys; sys.exit('litestar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
