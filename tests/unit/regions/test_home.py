"""The home region over its own REST: lists, heads and rows as its fans were told them; and when it fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from backends.home_site import HomeSite, final, goal, site_at, taken_back
from scorewire.errors import BackendError
from scorewire.model.update import Update
from scorewire.regions.home import ROWS_MAX, SHOWN_MS, HomeRegion


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[HomeSite]:
    async with site_at(tmp_path) as one:
        yield one


@pytest.fixture
async def home(site: HomeSite) -> AsyncIterator[HomeRegion]:
    transport = httpx.ASGITransport(app=site.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://home") as client:
        yield HomeRegion(client=client, now_ms=site.clock.now_ms, page_games=2)


def rows_of(site: HomeSite, first: int, last: int) -> list[Update]:
    return [one for one in site.told if first <= one.seq <= last]


async def test_current_games_are_those_to_be_shown(site: HomeSite, home: HomeRegion) -> None:
    assert await home.epoch() == ""
    assert await home.current() == []
    games = [f"g{number}" for number in range(5)]
    await site.declare(*games)
    await site.say(goal("g1", 1), final("g2"))
    assert await home.epoch() == site.journal.epoch
    assert {line.game_id: line for line in await home.current()} == {
        game_id: site.state(game_id).line() for game_id in games
    }
    home._now_ms = lambda: site.clock.now_ms() + SHOWN_MS
    assert sorted(line.game_id for line in await home.current()) == ["g0", "g1", "g3", "g4"]


async def test_a_head_is_the_state_and_replaces(site: HomeSite, home: HomeRegion) -> None:
    assert await home.head("g1") is None
    await site.declare("g1")
    await site.say(goal("g1", 1))
    head = await home.head("g1")
    assert head is not None
    assert (head.state, head.corrected_seq) == (site.state("g1"), 2)


async def test_rows_are_what_fans_were_told(site: HomeSite, home: HomeRegion) -> None:
    await site.declare("g1")
    await site.say(*(goal("g1", number) for number in range(1, 9)))
    epoch = site.journal.epoch
    rows = await home.rows("g1", epoch, 3, 8)
    assert [one.corrected_seq for one in rows] == [3] * 5
    assert [msgspec.structs.replace(one, corrected_seq=0) for one in rows] == rows_of(site, 4, 8)
    for since, upto in ((3, 10), (3, 3), (4, 3), (0, 3)):
        assert await home.rows("g1", epoch, since, upto) == ()
    assert await home.rows("g1", "another1", 3, 8) == ()
    assert await home.rows("none", epoch, 3, 8) == ()


async def test_a_correction_among_the_rows_replaces(site: HomeSite, home: HomeRegion) -> None:
    await site.declare("g1")
    await site.say(*(goal("g1", number) for number in range(1, 4)))
    await site.say(taken_back("g1", 2))
    await site.say(goal("g1", 4))
    told = rows_of(site, 3, 6)
    assert [one.correction for one in told] == [False, False, True, False]
    rows = await home.rows("g1", site.journal.epoch, 2, 6)
    assert [one.correction for one in rows] == [False, False, True, False]
    assert [one.corrected_seq for one in rows] == [2, 2, 5, 5]
    assert [one.state for one in rows] == [one.state for one in told]


async def test_too_many_rows_are_none(site: HomeSite, home: HomeRegion) -> None:
    await site.declare("g1")
    await site.say(*(goal("g1", number) for number in range(1, ROWS_MAX + 5)))
    epoch = site.journal.epoch
    assert len(await home.rows("g1", epoch, 2, ROWS_MAX + 2)) == ROWS_MAX
    assert await home.rows("g1", epoch, 1, ROWS_MAX + 2) == ()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda _: httpx.Response(502), "answers 502"),
        (lambda _: httpx.Response(200, content=b'{"games":'), "cannot be read"),
        (lambda _: httpx.Response(404), "no list of games"),
    ],
)
async def test_what_is_no_answer_may_be_asked_for_again(
    answer: Callable[[httpx.Request], httpx.Response], why: str
) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://home") as client:
        home = HomeRegion(client=client, now_ms=lambda: 0)
        with pytest.raises(BackendError, match=why) as failed:
            await home.current()
        assert failed.value.retryable
        assert await home.rows("g1", "epoch", 1, 3) == ()


async def test_nobody_who_answers_is_an_error_too() -> None:
    async with HomeRegion.open("http://127.0.0.1:1/", now_ms=lambda: 0) as home:
        with pytest.raises(BackendError, match="ConnectError"):
            await home.head("g1")


async def test_home_is_reached_directly_whatever_proxy_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"games":[],"next":null}'
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with HomeRegion.open(f"http://{host}:{port}", now_ms=lambda: 0) as home:
            assert await home.epoch() == ""
