"""An edge whose link is cut, refused, overrun or slow; both ends are real, over a Unix socket."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve

from linkage import Edge, Pipeline, linked, state, until, update
from scorewire.errors import BackendError
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Head, whole
from scorewire.scoreboard.upstream import UpstreamScoreboard


async def test_what_fans_ask_is_answered(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        rows = [update("g1", n) for n in range(1, 131)]
        await pipeline.write(*rows)
        assert await edge.games_of("league", "l1") == ("league l1",)
        assert await edge.known("team", "a")
        assert not await edge.known("team", "b")
        assert await edge.past.games_of("league", "l1", 7) == ("league l1 at 7",)
        assert await edge.past.updates("g1", 100, 64) == rows[100:]
        # Longer than one message.
        assert await edge.past.since("g1", 1001) == (Head(state=rows[0].state, corrected_seq=0), rows[1:])
        assert await edge.past.updates("g1", 130, 64) == []


async def test_a_call_that_fails_there_fails_here_and_the_link_stays(tmp_path: Path) -> None:
    async with linked(tmp_path) as (_, edge):
        with pytest.raises(BackendError, match="the disk is gone"):
            await edge.games_of("broken", "l1")
        assert edge.synced.is_set()
        assert edge.compares == 1


async def test_what_was_missed_of_a_followed_game_is_at_hand_when_it_compares(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1))
        await edge.follow("g1")
        await until(lambda: len(edge.heard) == 1)
        seen: list[int] = []
        edge.on_compare = lambda: seen.append(edge.at("g1"))
        await pipeline.write(update("g1", 2), update("g1", 3), tell=False)
        await pipeline.board.publish([update("g1", 2), update("g1", 3)])
        edge.link.transport.abort()
        await until(lambda: seen == [3])
        # The rows themselves are the hub's to read back; it is not told that seq 3 follows 1.
        assert [one.seq for one in edge.heard] in ([1], [1, 2, 3])


async def test_a_pipeline_that_was_killed_comes_back_with_what_it_had_not_told(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 1), update("g2", 1))
        await edge.follow("g1")
        await until(lambda: len(edge.heard) == 2)
        await pipeline.stop()
        await until(lambda: not edge.synced.is_set())
        assert edge.held("g1") is not None, "what is at hand is shown"
        assert edge.held("g2") is not None
        await pipeline.write(update("g1", 2), update("g3", 1), tell=False)
        await pipeline.start()
        await until(edge.synced.is_set)
        assert edge.at("g1") == 2
        # A game that is new to fans is told whole; nobody follows g2, so it may have changed unseen.
        told = {one.game_id: one for one in edge.heard[2:]}
        assert told["g3"].correction
        assert told["g3"].state == state("g3", 1)
        assert "g1" not in told
        assert edge.held("g2") is None


async def test_another_epoch_replaces(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        await pipeline.write(update("g1", 7))
        await edge.follow("g1")
        await until(lambda: len(edge.heard) == 1)
        await pipeline.stop()
        pipeline.stored["g1"] = [update("g1", 2, epoch="other")]
        await pipeline.start()
        await until(lambda: len(edge.heard) == 2)
        assert edge.heard[1] == whole(Head(state=state("g1", 2, epoch="other"), corrected_seq=0))


async def test_a_call_waits_for_the_link_and_is_asked_again(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        pipeline.gate.clear()
        await pipeline.write(update("g1", 4), tell=False)
        asking = asyncio.ensure_future(edge.head("g1"))
        await until(lambda: pipeline.asked == ["g1"])
        edge.link.transport.abort()
        await until(lambda: not edge.synced.is_set())
        pipeline.gate.set()
        found = await asking
        assert found is not None
        assert found.state.seq == 4


async def test_a_link_that_is_cut_before_it_was_of_use_fails_no_call(tmp_path: Path) -> None:
    async def serve(connection: ServerConnection) -> None:
        async for data in connection:
            wanted = link.decode_from_edge(data if isinstance(data, bytes) else data.encode())
            if isinstance(wanted, link.KnownWanted):
                await connection.send(link.encode(link.Answer(id=wanted.id, known=True)))

    place = tmp_path / "link.sock"
    connects = 0

    async def connect() -> ClientConnection:
        nonlocal connects
        connects += 1
        connection = await unix_connect(str(place), compression=None)
        if connects == 1:
            await connection.close()
        return connection

    edge = UpstreamScoreboard(connect=connect, name="1", heads_max=100, call_s=5.0)
    async with unix_serve(serve, str(place), compression=None), asyncio.timeout(10):
        call = asyncio.ensure_future(edge.known("team", "a"))
        await asyncio.sleep(0)
        running = asyncio.ensure_future(edge.run())
        assert await call
        running.cancel()
    assert connects == 2


async def test_what_is_heard_before_all_is_compared_does_not_count_as_heard(tmp_path: Path) -> None:
    heard: list[int] = []

    async def serve(connection: ServerConnection) -> None:
        hello = link.decode_from_edge(await connection.recv(decode=False))
        assert isinstance(hello, link.Hello)
        heard.append(hello.heard_ms)
        if len(heard) == 1:
            await connection.send(link.encode(link.Compared(now_ms=1_000)))
            await connection.send(link.encode(link.Told(now_ms=2_000, updates=())))
        else:
            await connection.send(link.encode(link.Told(now_ms=900_000, updates=(update("g1", 2),))))
        if len(heard) < 3:
            await connection.close()
        await connection.wait_closed()

    place = tmp_path / "link.sock"
    edge = Edge(place)
    async with unix_serve(serve, str(place), compression=None), asyncio.timeout(10):
        running = asyncio.ensure_future(edge.run())
        await until(lambda: len(heard) == 3)
        running.cancel()
    assert heard == [0, 2_000, 2_000]


async def test_a_call_without_a_pipeline_fails_in_time(tmp_path: Path) -> None:
    async with linked(tmp_path, call_s=0.2) as (pipeline, edge):
        await pipeline.stop()
        with pytest.raises(BackendError, match="does not answer") as caught:
            await edge.head("g1")
        assert caught.value.retryable
        await pipeline.start()


async def test_an_answer_never_overtakes_an_update(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, _):
        raw = await unix_connect(str(pipeline.place), compression=None)
        await raw.send(link.encode(link.Hello(version=link.VERSION, name="2", pid=1, held=(), heard_ms=0)))
        assert isinstance(link.decode_from_pipeline(await raw.recv(decode=False)), link.Compared)
        pipeline.gate.clear()
        await raw.send(link.encode(link.HeadWanted(id=1, game_id="g1")))
        await until(lambda: pipeline.asked == ["g1"])
        pipeline.gate.set()
        await pipeline.write(update("g2", 1))  # before the answer, though it is told in the loop's next turn
        said = [link.decode_from_pipeline(await raw.recv(decode=False)) for _ in range(2)]
        assert [type(message) for message in said] == [link.Told, link.Answer]
        raw.transport.abort()
        await raw.wait_closed()


async def test_what_is_held_is_not_told_again(tmp_path: Path) -> None:
    async def repeat(connection: ServerConnection) -> None:
        await connection.recv()
        for numbers in ((1, 2), (2, 3), (1,)):
            told = link.Told(now_ms=0, updates=tuple(update("g1", n) for n in numbers))
            await connection.send(link.encode(told))
        await connection.send(link.encode(link.Compared(now_ms=0)))
        await connection.wait_closed()

    place = tmp_path / "link.sock"
    async with unix_serve(repeat, str(place), compression=None), asyncio.TaskGroup() as tasks:
        edge = Edge(place)
        running = tasks.create_task(edge.run())
        await until(edge.synced.is_set)
        assert [one.seq for one in edge.heard] == [1, 2, 3]
        assert edge.at("g1") == 3
        running.cancel()


async def test_who_does_not_read_is_cut_off_and_others_are_told(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        await pipeline.stop()
        await pipeline.start(buffer_bytes_max=100_000)
        await until(edge.synced.is_set)
        stuck = await unix_connect(str(pipeline.place), compression=None, max_queue=1)
        hello = link.Hello(version=link.VERSION, name="2", pid=1, held=(), heard_ms=0)
        await stuck.send(link.encode(hello))
        await until(lambda: pipeline.edges.names == ("1", "2"))
        for n in range(1, 200):
            await pipeline.write(update("g1", n, name="x" * 20_000))
            await asyncio.sleep(0)
            if pipeline.edges.names == ("1",):
                break
        assert pipeline.edges.names == ("1",)
        await until(lambda: [one.seq for one in edge.heard] == list(range(1, n + 1)))
        stuck.transport.abort()
        await stuck.wait_closed()


async def test_another_version_is_refused_by_name(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, _):
        newer = await unix_connect(str(pipeline.place), compression=None)
        hello = link.Hello(version=link.VERSION + 1, name="2", pid=1, held=(), heard_ms=0)
        await newer.send(link.encode(hello))
        await newer.wait_closed()
        assert (newer.close_code, newer.close_reason) == (
            link.REFUSED,
            f"this pipeline speaks version {link.VERSION} of the link",
        )


async def test_what_no_edge_says_ends_the_connection(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        for words in (b"\xc1", b"\x80"):
            other = await unix_connect(str(pipeline.place), compression=None)
            await other.send(words)
            await other.wait_closed()
            assert other.close_code == link.REFUSED
        assert edge.synced.is_set()


async def test_an_edge_goes_on_after_a_pipeline_that_talks_nonsense(tmp_path: Path) -> None:
    async def nonsense(connection: ServerConnection) -> None:
        await connection.send(b"\xc1")
        await connection.wait_closed()

    place = tmp_path / "link.sock"
    async with asyncio.TaskGroup() as tasks:
        edge = Edge(place)
        async with unix_serve(nonsense, str(place), compression=None):
            running = tasks.create_task(edge.run())
            await asyncio.sleep(0.1)
            assert not running.done()
        pipeline = Pipeline(place, tasks)
        await pipeline.start()
        await until(edge.synced.is_set)
        running.cancel()
        await pipeline.stop()


async def test_counts_stay_when_a_worker_is_replaced(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, _):
        for pid, sse, deliveries in ((1, 3, 10), (2, 1, 4), (3, 0, 0)):
            hello = link.Hello(version=link.VERSION, name="2", pid=pid, held=(), heard_ms=0)
            async with unix_connect(str(pipeline.place), compression=None) as raw:
                await raw.send(link.encode(hello))
                await raw.send(link.encode(link.Counts(sse=sse, deliveries=deliveries)))
                await until(lambda sse=sse: pipeline.edges.count("2", "sse") == sse)  # type: ignore[misc]
            await until(lambda: pipeline.edges.names == ("1",))
        assert pipeline.edges.count("2", "deliveries") == 14
        assert pipeline.edges.count(None, "deliveries") == 14
        assert pipeline.edges.count("1", "deliveries") == 0
        assert pipeline.edges.count("2", "sse") == 0


async def test_what_a_worker_has_counted_is_not_added_to_itself_when_its_link_was_cut(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        for told in (10, 14, 15):
            edge.report(link.Counts(sse=3, deliveries=told))
            await until(lambda told=told: pipeline.edges.count("1", "deliveries") == told)  # type: ignore[misc]
            await edge.again()
            assert pipeline.edges.count("1", "deliveries") == told, "before it has told anything again"
            assert pipeline.edges.count("1", "sse") == 0
        assert pipeline.edges.count(None, "deliveries") == 15


async def version(edge: Edge, league_id: str = "epl") -> int | None:
    table = await edge.tables.newest(league_id)
    return None if table is None else table.version


async def test_a_table_is_asked_for_once_and_again_after_a_word(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        words: list[str] = []
        edge.tables.listen(words.extend)
        assert await version(edge) is None
        pipeline.change("epl")
        await until(lambda: words == ["epl"])
        assert await version(edge) == await version(edge) == 1
        assert pipeline.asked == ["table epl", "table epl"]
        table = await edge.tables.newest("epl")
        assert table is not None
        assert table.since_ms == 7, "as old as the pipeline says"


async def test_a_word_that_came_while_the_link_was_cut_is_made_good(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        pipeline.versions["epl"] = 1
        assert await version(edge) == 1
        await pipeline.stop()
        edge.link.transport.abort()
        await until(lambda: not edge.synced.is_set())
        pipeline.change("epl")
        assert await version(edge) == 1, "what is held is shown"
        with pytest.raises(BackendError):
            await version(edge, "serie-a")
        words: list[str] = []
        edge.tables.listen(words.extend)
        await pipeline.start()
        await until(lambda: "epl" in words)
        assert await version(edge) == 2


async def test_a_table_that_cannot_be_read_there_fails_here(tmp_path: Path) -> None:
    async with linked(tmp_path) as (_, edge):
        with pytest.raises(BackendError, match="the disk is gone"):
            await version(edge, "broken")


async def test_a_pipeline_of_before_there_were_tables_is_asked_for_none(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge):
        await pipeline.stop()
        pipeline.tables = None
        await pipeline.start()
        await edge.again()
        assert await version(edge) is None
        assert pipeline.asked == []


async def test_an_edge_of_before_there_were_tables_is_told_no_words(tmp_path: Path) -> None:
    async with linked(tmp_path) as (pipeline, edge), unix_connect(str(pipeline.place)) as old:
        hello = {"type": "hello", "version": link.VERSION, "name": "2", "pid": 1, "held": [], "heard_ms": 0}
        await old.send(msgspec.msgpack.encode(hello))
        await until(lambda: pipeline.edges.names == ("1", "2"))
        pipeline.change("epl")
        await pipeline.write(update("g1", 1))
        await until(lambda: edge.at("g1") == 1)
        told = [link.decode_from_pipeline(await old.recv(decode=False)) for _ in range(2)]
        assert not any(isinstance(one, link.TablesTold) for one in told)
