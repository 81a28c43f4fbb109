"""Edges elsewhere: told what they follow, also where one stands behind another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve

from linkage import Edge, Pipeline, linked, until, update
from scorewire.errors import BackendError
from scorewire.scoreboard import link, upstream
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.shared import Shared


@asynccontextmanager
async def followed(tmp_path: Path, *, call_s: float = 5.0) -> AsyncIterator[tuple[Pipeline, Edge]]:
    """A pipeline and one selective edge of it."""
    async with asyncio.TaskGroup() as tasks:
        pipeline = Pipeline(tmp_path / "link.sock", tasks)
        await pipeline.start()
        edge = Edge(
            pipeline.place, call_s=call_s, spawn=lambda work, name: tasks.create_task(work, name=name)
        )
        running = tasks.create_task(edge.run())
        async with asyncio.timeout(5):
            await edge.synced.wait()
        yield pipeline, edge
        running.cancel()
        edge.end()
        await pipeline.stop()


def told(edge: Edge) -> list[tuple[str, int]]:
    return [(one.game_id, one.seq) for one in edge.heard]


async def test_an_edge_is_told_what_it_follows_and_of_games_that_are_new(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        games = [f"g{n}" for n in range(20)]
        await pipeline.write(*(update(game_id, 1) for game_id in games))
        await edge.follow("g7")
        assert edge.at("g7") == 1
        for seq in (2, 3):
            await pipeline.write(*(update(game_id, seq) for game_id in games))
        await until(lambda: edge.at("g7") == 3)
        assert told(edge) == [*((game_id, 1) for game_id in games), ("g7", 2), ("g7", 3)]
        await edge.unfollow("g7")
        await until(lambda: pipeline.edges.followed == 0)
        await pipeline.write(update("g7", 4))
        assert not await edge.known("team", "nobody"), "an answer comes behind what was told before it"
        assert told(edge)[-1] == ("g7", 3)


async def test_what_nobody_follows_holds_for_a_moment_and_is_asked_again(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1))
        await until(lambda: edge.at("g1") == 1)
        await pipeline.write(update("g1", 2))
        await until(lambda: edge.at("g1") == 0)
        head = await edge.head("g1")
        assert head is not None
        assert head.state.seq == 2
        assert edge.at("g1") == 2


async def test_what_nobody_follows_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "FRESH_S", 0.05)
    async with followed(tmp_path) as (pipeline, edge):
        await pipeline.write(*(update(f"g{n}", 1) for n in range(50)))
        await edge.follow("g7")
        await asyncio.sleep(0.1)
        await pipeline.write(update("other", 1))
        await until(lambda: edge.at("other") == 1)
        assert edge.size == 2
        assert edge.at("g7") == 1


async def test_what_was_missed_is_at_hand_when_the_link_is_back(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1), update("g2", 1))
        for game_id in ("g1", "g2"):
            await edge.follow(game_id)
        await pipeline.stop()
        await until(lambda: not edge.synced.is_set())
        await pipeline.write(update("g1", 2), tell=False)
        assert edge.at("g1") == 1
        await pipeline.start()
        seen: list[int] = []
        edge.on_compare = lambda: seen.append(edge.at("g1"))
        await until(edge.synced.is_set)
        assert seen == [2]
        assert pipeline.edges.followed == 2
        await pipeline.write(update("g1", 3))
        await until(lambda: told(edge)[-1] == ("g1", 3))


async def test_a_game_that_came_into_a_list_meanwhile_is_told_as_new(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        assert await edge.games_of("league", "l1") == ("league l1",)
        await pipeline.stop()
        await pipeline.write(update("fresh", 4), tell=False)

        async def names(kind: str, name: str) -> tuple[str, ...]:
            return (f"{kind} {name}", "fresh", "nowhere")

        pipeline.names = names  # type: ignore[method-assign]
        await pipeline.start()
        await until(lambda: told(edge) == [("fresh", 4)])
        assert edge.heard[0].correction


async def test_one_that_is_followed_while_the_link_is_away_is_told_when_it_is_back(tmp_path: Path) -> None:
    async with followed(tmp_path, call_s=0.1) as (pipeline, edge):
        await pipeline.write(update("g1", 1), update("g1", 2))
        await until(lambda: bool(edge.heard))
        await pipeline.stop()
        await until(lambda: not edge.synced.is_set())
        await edge.follow("g1")
        await pipeline.start()
        await until(lambda: edge.at("g1") == 2)
        await pipeline.write(update("g1", 3))
        await until(lambda: edge.at("g1") == 3)


async def test_who_follows_second_is_not_shown_what_was_before(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1), update("g1", 2))
        await until(lambda: edge.at("g1") == 1)  # it was told of a new game, and not of what came next
        seen: list[int] = []

        async def look() -> None:
            await edge.follow("g1")
            seen.append(edge.at("g1"))

        async with asyncio.TaskGroup() as fans:
            for _ in range(3):
                fans.create_task(look())
        assert seen == [2, 2, 2]


async def test_one_who_gives_up_a_follow_leaves_nothing_stale(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1), update("g1", 2))
        await until(lambda: edge.at("g1") == 1)
        following = asyncio.ensure_future(edge.follow("g1"))
        await asyncio.sleep(0)
        following.cancel()
        await asyncio.sleep(0)
        assert edge.at("g1") == 0
        head = await edge.head("g1")
        assert head is not None
        assert head.state.seq == 2
        await pipeline.write(update("g1", 3))
        await until(lambda: edge.at("g1") == 3)


async def test_a_link_that_is_long_away_is_not_waited_for(tmp_path: Path) -> None:
    async with followed(tmp_path, call_s=0.3) as (pipeline, edge):
        await pipeline.stop()
        with pytest.raises(BackendError, match="does not answer"):
            await edge.games_of("league", "l1")
        await asyncio.sleep(0.1)
        with pytest.raises(BackendError, match="is away"):
            await edge.games_of("league", "l1")
        await pipeline.start()
        await until(edge.synced.is_set)
        assert await edge.games_of("league", "l1")


async def test_who_waits_is_told_when_the_process_stops(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, edge):
        pipeline.gate.clear()
        await pipeline.write(update("g1", 1), tell=False)
        asking = asyncio.ensure_future(edge.head("g1"))
        await until(lambda: pipeline.asked == ["g1"])
        edge.end()
        with pytest.raises(BackendError, match="stops"):
            await asking
        pipeline.gate.set()


async def test_a_worker_is_told_everything_beside_edges(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, worker), asyncio.TaskGroup() as tasks:
        edge = Edge(pipeline.place, spawn=lambda work, name: tasks.create_task(work, name=name))
        running = tasks.create_task(edge.run())
        await until(edge.synced.is_set)
        for seq in range(1, 5):
            await pipeline.write(update("g1", seq))
        await until(lambda: told(worker) == [("g1", seq) for seq in range(1, 5)])
        assert told(edge) == [("g1", 1)]
        assert pipeline.edges.names == ("1",), "only workers are known by name"
        assert pipeline.edges.elsewhere == 1
        running.cancel()
        edge.end()


async def test_an_edge_of_an_edge_is_told_what_that_one_missed(tmp_path: Path) -> None:
    async with followed(tmp_path) as (pipeline, middle), asyncio.TaskGroup() as tasks:
        shared = Shared(middle)
        edges = Edges(
            scoreboard=shared.share(),
            past=middle.past,
            games_of=middle.games_of,
            known=middle.known,
            spawn=lambda work, name: tasks.create_task(work, name=name),
            call_soon=asyncio.get_running_loop().call_soon,
            now_ms=lambda: 0,
        )
        middle.on_compare = edges.compare
        async with unix_serve(edges.serve, str(tmp_path / "far.sock"), compression=None):
            far = Edge(tmp_path / "far.sock", spawn=lambda work, name: tasks.create_task(work, name=name))
            running = tasks.create_task(far.run())
            await until(far.synced.is_set)
            await pipeline.write(update("g1", 1))
            await far.follow("g1")
            await pipeline.write(update("g1", 2))
            await until(lambda: told(far) == [("g1", 1), ("g1", 2)])
            compares = far.compares
            await pipeline.stop()
            await until(lambda: not middle.synced.is_set())
            await pipeline.write(update("g1", 3), tell=False)
            await pipeline.start()
            await until(lambda: far.at("g1") == 3)
            await until(lambda: far.compares > compares)
            assert await far.past.updates("g1", 2, 64) == [update("g1", 3)]
            await pipeline.write(update("g1", 4))
            await until(lambda: told(far)[-1] == ("g1", 4))
            await far.unfollow("g1")
            await until(lambda: pipeline.edges.followed == 0)
            # What the middle one was told of a new game is old a moment later, and not given on as of now.
            await pipeline.write(update("g2", 1), update("g2", 2))
            await until(lambda: ("g2", 1) in told(far))
            await far.follow("g2")
            assert far.at("g2") == 2
            running.cancel()
            far.end()


async def test_who_wants_everything_is_refused_where_only_edges_are_served(tmp_path: Path) -> None:
    async with followed(tmp_path) as (_, middle), asyncio.TaskGroup() as tasks:
        edges = Edges(
            scoreboard=Shared(middle).share(),
            past=middle.past,
            games_of=middle.games_of,
            known=middle.known,
            spawn=lambda work, name: tasks.create_task(work, name=name),
            call_soon=asyncio.get_running_loop().call_soon,
            now_ms=lambda: 0,
        )
        async with unix_serve(edges.serve, str(tmp_path / "far.sock"), compression=None):
            worker = await unix_connect(str(tmp_path / "far.sock"), compression=None)
            await worker.send(
                link.encode(link.Hello(version=link.VERSION, name="2", pid=1, held=(), heard_ms=0))
            )
            await worker.wait_closed()
            assert worker.close_code == link.REFUSED


async def test_an_edge_that_is_refused_knows_why_until_it_is_served(tmp_path: Path) -> None:
    reason = "this pipeline speaks version 9 of the link"

    async def refuse(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(link.REFUSED, reason)

    place = tmp_path / "link.sock"
    async with asyncio.TaskGroup() as tasks:
        edge = Edge(place, spawn=lambda work, name: tasks.create_task(work, name=name))
        async with unix_serve(refuse, str(place), compression=None):
            running = tasks.create_task(edge.run())
            await until(lambda: edge.refused == reason)
            since = edge.away_s
            await asyncio.sleep(0.2)  # it knocks again
            assert edge.away_s > since
            assert edge.links == 0
        pipeline = Pipeline(place, tasks)
        await pipeline.start()
        await until(edge.synced.is_set)
        assert (edge.refused, edge.away_s, edge.links) == ("", 0.0, 1)
        running.cancel()
        edge.end()
        await pipeline.stop()
