"""Connections to a pipeline that is scripted byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scorewire.node.courier import Courier, Couriers, Lost, over_unix

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted(tmp_path: Path, script: Script) -> AsyncIterator[Couriers]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    path = str(tmp_path / "pipeline.sock")
    server = await asyncio.start_unix_server(serve, path)
    couriers = Couriers(dial=over_unix(path), count_max=2)
    async with asyncio.timeout(10):
        yield couriers
    couriers.close()
    await asyncio.sleep(0.01)  # what has just connected must be accepted before the server may close
    server.close()


async def body_of(courier: Courier) -> bytes:
    return b"".join([part async for part in courier.body()])


async def test_one_connection_carries_one_request_after_another(tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (
            b"HTTP/1.1 200 OK\r\nX-Name: one\r\nContent-Length: 3\r\n\r\none",
            b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n",  # of a HEAD
            b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n1\r\n!\r\n0\r\n\r\n",
        ):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            for n in range(len(answer)):
                writer.write(answer[n : n + 1])
                await asyncio.sleep(0)

    async with scripted(tmp_path, script) as couriers:
        found = []
        for method in (b"GET", b"HEAD", b"GET", b"GET"):
            courier = await couriers.take()
            courier.ask(method, b"/a%2Fb?c", [(b"host", b"h"), (b"x", b"Jos\xe9")], has_body=False)
            await courier.headed
            found.append((courier.status, courier.headers, await body_of(courier)))
            couriers.give_back(courier)
        assert [(status, body) for status, _, body in found] == [
            (200, b"one"),
            (200, b""),
            (304, b""),
            (200, b"two!"),
        ]
        assert found[0][1] == [(b"x-name", b"one"), (b"content-length", b"3")]
    assert heads == [b"%b /a%%2Fb?c HTTP/1.1\r\nhost: h\r\nx: Jos\xe9\r\n\r\n" % m for m in
                     (b"GET", b"HEAD", b"GET", b"GET")]  # fmt: skip


async def test_bodies_go_with_their_length_or_in_chunks(tmp_path: Path) -> None:
    found: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for size in (5, len(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")):
            await reader.readuntil(b"\r\n\r\n")
            found.append(await reader.readexactly(size))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with scripted(tmp_path, script) as couriers:
        for chunked in (False, True):
            courier = await couriers.take()
            courier.ask(b"POST", b"/", [(b"host", b"h")], has_body=True)
            for part in (b"abc", b"de"):
                await courier.send(part, chunked=chunked)
            courier.finish(chunked=chunked)
            await courier.headed
            assert courier.reusable
            couriers.give_back(courier)
    assert found == [b"abcde", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"]


async def test_an_answer_before_the_body_is_whole_ends_the_connection_after_it(tmp_path: Path) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await reader.read()

    async with scripted(tmp_path, script) as couriers:
        courier = await couriers.take()
        courier.ask(b"POST", b"/", [(b"content-length", b"9")], has_body=True)
        await courier.send(b"abc", chunked=False)
        await courier.headed
        assert (courier.status, await body_of(courier)) == (413, b"no")
        assert not courier.reusable
        couriers.give_back(courier)
        another = await couriers.take()
        assert another is not courier
        couriers.give_back(another)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 banana\r\n\r\n"]
)
async def test_a_connection_that_ends_before_the_head_is_lost(tmp_path: Path, answer: bytes) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with scripted(tmp_path, script) as couriers:
        courier = await couriers.take()
        courier.ask(b"GET", b"/", [(b"host", b"h")], has_body=False)
        with pytest.raises(Lost):
            await courier.headed
        couriers.give_back(courier)


async def test_a_connection_that_ends_within_the_body_is_lost(tmp_path: Path) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    async with scripted(tmp_path, script) as couriers:
        courier = await couriers.take()
        courier.ask(b"GET", b"/", [(b"host", b"h")], has_body=False)
        await courier.headed
        with pytest.raises(Lost):
            await body_of(courier)
        couriers.give_back(courier)


async def test_a_long_answer_waits_for_whoever_reads_it(tmp_path: Path) -> None:
    size = 20_000_000
    sent = 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 100_000):
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 100_000

    async with scripted(tmp_path, script) as couriers:
        courier = await couriers.take()
        courier.ask(b"GET", b"/", [(b"host", b"h")], has_body=False)
        await courier.headed
        before = -1
        while before != sent:
            before = sent
            await asyncio.sleep(0.05)
        assert sent < size / 4, "it all lies in memory"
        assert len(await body_of(courier)) == size
        couriers.give_back(courier)


async def test_no_more_connections_than_allowed(tmp_path: Path) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with scripted(tmp_path, script) as couriers:
        first, second = await couriers.take(), await couriers.take()
        waiting = asyncio.ensure_future(couriers.take())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        couriers.give_back(first)
        third = await waiting
        assert third is not first, "nothing was asked of it, so it may not be at rest"
        couriers.give_back(second)
        couriers.give_back(third)


async def test_nobody_listens(tmp_path: Path) -> None:
    couriers = Couriers(dial=over_unix(str(tmp_path / "absent.sock")), count_max=1)
    for _ in range(3):
        with pytest.raises(FileNotFoundError):
            await couriers.take()


async def test_an_answer_that_nobody_asked_for_is_nobodys(tmp_path: Path) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"
            b"HTTP/1.1 404 Not Found\r\nX-Of: two\r\nContent-Length: 3\r\n\r\ntwo"
        )
        await writer.drain()
        await reader.read()

    async with scripted(tmp_path, script) as couriers:
        courier = await couriers.take()
        courier.ask(b"GET", b"/", [(b"host", b"h")], has_body=False)
        await courier.headed
        assert (courier.status, courier.headers) == (200, [(b"content-length", b"3")])
        assert await body_of(courier) == b"one"
        assert not courier.reusable
        couriers.give_back(courier)
