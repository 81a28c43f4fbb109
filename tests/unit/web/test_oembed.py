"""oEmbed for pages of games: only of this site, within the room there is, and with every name escaped."""

import json
import re
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from linkage import state
from scorewire.scoreboard.base import Head
from scorewire.web.oembed import HEIGHT, WIDTH, WIDTH_MAX, WIDTH_MIN, frame, game_of, oembed_pages

SITE = "https://scores.example"
GAME = state("cup-final", 5)


@pytest.mark.parametrize(
    ("url", "game"),
    [
        (f"{SITE}/game/cup-final", "cup-final"),
        (f"{SITE}/game/cup-final/stats", "cup-final"),
        (f"{SITE}/embed/cup-final?theme=dark", "cup-final"),
        ("http://scores.example/game/cup-final/", "cup-final"),
        ("https://SCORES.example/game/cup-final", "cup-final"),
        ("/game/cup-final", "cup-final"),
        (f"{SITE}/league/epl", None),
        (f"{SITE}/game/", None),
        (f"{SITE}/game/%3Cscript%3E", None),
        ("https://other.example/game/cup-final", None),
        ("https://scores.example.other/game/cup-final", None),
        ("javascript://scores.example/game/cup-final", None),
        ("//scores.example/game/cup-final", None),
        ("", None),
    ],
)
def test_only_pages_of_games_of_this_site(url: str, game: str | None) -> None:
    assert game_of(url, SITE) == game


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [
        (None, None, (WIDTH, HEIGHT)),
        (500, 100, (500, 100)),
        (10, 900, (WIDTH_MIN, HEIGHT)),
        (99_999, 0, (WIDTH_MAX, 1)),
    ],
)
def test_the_frame_has_the_room_that_there_is(
    width: int | None, height: int | None, found: tuple[int, int]
) -> None:
    told = frame(GAME, SITE, width=width, height=height)
    assert (told["width"], told["height"]) == found
    assert f'width="{found[0]}" height="{found[1]}"' in str(told["html"])


def test_names_are_strangers_words() -> None:
    evil = msgspec.structs.replace(GAME, home=msgspec.structs.replace(GAME.home, name='"><script>x</script>'))
    told = str(frame(evil, SITE, width=None, height=None)["html"])
    assert "<script" not in told
    assert re.fullmatch(r"<iframe [^<>]*></iframe>", told)


def asked(**params: str) -> Any:
    async def head(game_id: str) -> Head | None:
        return Head(state=GAME, corrected_seq=0) if game_id == GAME.game_id else None

    app = Litestar(oembed_pages(head=head, site=lambda _: SITE), openapi_config=None)
    with TestClient(app) as client:
        return client.get("/oembed", params=params)


def test_a_site_is_told() -> None:
    answer = asked(url=f"{SITE}/game/cup-final", maxwidth="400", format="json")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    told = json.loads(answer.content)
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 400)
    assert f'src="{SITE}/embed/cup-final"' in told["html"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"url": f"{SITE}/game/other"}, 404),
        ({"url": "https://other.example/game/cup-final"}, 404),
        ({}, 404),
        ({"url": f"{SITE}/game/cup-final", "format": "xml"}, 501),
        ({"url": f"{SITE}/game/cup-final", "maxwidth": "9" * 5000}, 200),
        ({"url": f"{SITE}/game/cup-final", "maxwidth": "wide"}, 200),
    ],
)
def test_what_is_asked_otherwise(params: dict[str, str], status: int) -> None:
    answer = asked(**params)
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["cache-control"] == "no-store"
