"""The page of a playback begins at the first row, and any row of the game has an address."""

import re

import httpx
import msgspec
import pytest
from litestar import Litestar

from e2e.matchday import event, matchday, row
from e2e.page_server import Board
from scorewire.model.question import question
from scorewire.model.score_state import ScoreState
from scorewire.web.bundle import load_bundle
from scorewire.web.pages import POLICY, packed, viewer_of
from scorewire.web.replay_pages import Make, replay_pages
from unit.web.test_game_parts import told

GAME = "wc2022-final"


class Past:
    """The game has no score before its newest row."""

    def __init__(self) -> None:
        self.made: dict[str, bytes] = {}

    async def at(self, state: ScoreState, seq: int) -> ScoreState:
        events = tuple(one for one in state.events or () if one.seq <= seq)
        if seq == state.seq:
            return state
        sides = {name: msgspec.structs.replace(getattr(state, name), score=0) for name in ("home", "away")}
        return msgspec.structs.replace(state, seq=seq, events=events, **sides)

    async def kept(self, name: str, make: Make) -> bytes:
        return self.made.setdefault(name, await make())

    async def moments(self, state: ScoreState) -> bytes:
        rows = [
            {
                "seq": one.seq,
                "at": one.seq * 1000,
                "type": one.type,
                "level": "key" if one.type in {"GOAL", "RED_CARD", "PERIOD_START"} else "play",
                "team": one.team,
                "player": one.player,
                "period": one.period,
                "clock": one.clock,
                "home": 0,
                "away": 0,
            }
            for one in state.events or ()
        ]
        return msgspec.json.encode(
            {"epoch": state.epoch, "seq": state.seq, "length": 18_000, "moments": rows}
        )


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
def client(past: Past) -> httpx.AsyncClient:
    board = Board(states={one.game_id: one for one in matchday()})
    # Made after the page's state was read: it is of the next page.
    board.rows_of[GAME] = [row(GAME, event(seq, "GOAL", "away", f"Row {seq}")) for seq in (17, 18, 19)]
    board.plays_of[GAME] = told()
    handlers = replay_pages(reads=board, past=past, bundle=load_bundle(), packed=packed, viewer_of=viewer_of)
    app = Litestar(handlers, openapi_config=None)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://node")  # type: ignore[arg-type]


async def test_it_begins_at_the_first_row_and_tells_nothing_of_the_rest(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/game/{GAME}/replay")
    assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)
    page, _, data = answer.text.partition('<script type="application/json" id="data">')
    assert 'data-seq="1"' in page
    assert "Messi" not in page
    assert "Messi" in data
    assert ("Row 18" in data, "Row 19" in data) == (True, False)
    assert re.search(r'<input type="range" id="seek"[^>]* aria-valuetext="Argentina 0, France 0"', page)
    assert 'data-move="before" role="link" aria-disabled="true"' in page
    assert f'href="/game/{GAME}/replay?seq=2" rel="next"' in page
    assert re.search(r'<div class="game[^>]* data-shown', page), "what one plays is never hidden"
    assert f'<a href="/game/{GAME}/replay" aria-current="page">Replay</a>' in page


async def test_any_row_has_an_address_with_those_that_matter_beside_it(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/game/{GAME}/replay?seq=7")).text.partition('<script type="application/json"')[
        0
    ]
    assert 'data-seq="7"' in page
    assert f'href="/game/{GAME}/replay?seq=6" rel="prev"' in page
    assert f'href="/game/{GAME}/replay?seq=10" rel="next"' in page
    assert "Lionel Messi" in page
    assert "Mbapp" not in page


@pytest.mark.parametrize(("asked", "shown"), [("0", 1), ("x", 1), ("", 1), ("-3", 1), ("99999999999999", 18)])
async def test_an_address_beyond_the_game_is_that_of_its_nearest_row(
    client: httpx.AsyncClient, asked: str, shown: int
) -> None:
    answer = await client.get(f"/game/{GAME}/replay?seq={asked}")
    assert answer.status_code == 200
    assert f'data-seq="{shown}"' in answer.text


async def test_the_page_of_the_first_row_is_kept_by_all_that_it_depends_on(
    client: httpx.AsyncClient, past: Past
) -> None:
    for query in ("", "?seq=1", "?seq=5", "?tz=Asia/Tokyo", "?delay=30"):
        await client.get(f"/game/{GAME}/replay{query}")
    assert list(past.made) == [
        question("replay", GAME, "k3v9x2aa", 18, 0, "UTC"),
        question("replay", GAME, "k3v9x2aa", 18, 0, "Asia/Tokyo"),
        question("replay", GAME, "k3v9x2aa", 18, 30, "UTC"),
    ]


async def test_an_unknown_game(client: httpx.AsyncClient) -> None:
    assert (await client.get("/game/nobody/replay")).status_code == 404


async def test_the_first_load_stays_small(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/game/{GAME}/replay")).text
    bundle = load_bundle()
    names = set(re.findall(rf"/static/{bundle.build}/([\w.-]+)", page))
    assert {"replay.js", "playbar.js", "replay.css"} <= names
    total = len(page.encode()) / 4 + sum(len(bundle.files[name].packed) for name in names)
    assert total < 100_000
