"""feeds.toml: what it may say, what it may not, and where secrets come from."""

import random
from pathlib import Path

import pytest

from feed_server import FeedServer, Talk
from scorewire.clock import SystemClock
from scorewire.errors import ConfigError
from scorewire.intake.feeds import Builder, FeedSettings, read_file
from scorewire.intake.poller import Poller
from scorewire.intake.push_stream import PushStream
from scorewire.intake.socket_feed import SocketFeed

from .conftest import SECRET

GOOD = f"""
[node]
url = "http://127.0.0.1:9"
[feeds.nba]
kind = "push"
url = "https://push.example/subscribe"
format = "sportradar_nba"
key = "{SECRET}"
recover = "https://api.example/games/{{game}}/pbp.json"
[feeds.nba.headers]
x-api-key = {{ env = "FEED_KEY" }}
[feeds.nba.resume]
redirect = "sessionId"
parameter = "resumeSessionId"
[feeds.nhl]
kind = "poll"
url = "https://api.example/pbp"
format = "nhl_web"
key = {{ file = "KEYFILE" }}
games = {{ "2019030415" = "final-5" }}
doubt = {{ polls_to_believe = 3 }}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.toml"
    path.write_text(text)
    return path


def builder(**environ: str) -> Builder:
    return Builder("http://127.0.0.1:9", environ, SystemClock(), random.Random(1))


def settings(**given: object) -> FeedSettings:
    wanted = {"kind": "push", "url": "http://x/", "format": "native", "key": SECRET, **given}
    return FeedSettings(**wanted)  # type: ignore[arg-type]


def test_a_file_with_everything_in_it(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{SECRET}\n")
    found = read_file(write(tmp_path, GOOD.replace("KEYFILE", str(key))))
    assert found.node.url == "http://127.0.0.1:9"
    assert found.feeds["nhl"].games == {"2019030415": "final-5"}
    assert found.feeds["nhl"].doubt.polls_to_believe == 3
    one = builder(FEED_KEY="k")
    for name, feed in found.feeds.items():
        client = one.client(name, feed)
        assert client.provider == feed.format
        one.feed(name, feed, client)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "push"', 'kind = "pull"', "Invalid enum value"),
        ('format = "nhl_web"', 'format = "nhl_wob"', "feeds.nhl.format"),
        ("https://push.example", "ftp://push.example", "feeds.nba.url"),
        ("/games/{game}/", "/games/", "feeds.nba.recover"),
        ('kind = "poll"', 'kind = "patch"', "feeds.nhl.patches"),
        ('kind = "poll"', 'kind = "socket"', "feeds.nhl.url"),
        ('parameter = "resumeSessionId"', "", "feeds.nba.resume.parameter"),
        ("polls_to_believe", "polls_to_beleive", "polls_to_beleive"),
        ("[feeds.nba]", "[feeds.nba", "is not TOML"),
        ('kind = "poll"', 'kind = "poll"\ninterval_s = 0', "interval_s"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(ConfigError, match=key.replace("[", r"\[")):
        read_file(write(tmp_path, GOOD.replace(old, new)))


def test_no_file_and_no_feeds(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_file(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="holds no feeds"):
        read_file(write(tmp_path, "[feeds]"))


def test_a_secret_that_is_not_where_it_should_be_is_named_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff")
    for value, why in (
        ({"env": "NOWHERE"}, "no NOWHERE"),
        ({"file": str(tmp_path / "none")}, "cannot be read"),
        ({"file": str(tmp_path / "binary")}, "is not text"),
        ({}, "either env or file"),
        ({"env": "A", "file": "B"}, "either env or file"),
    ):
        text = ", ".join(f'{name} = "{given}"' for name, given in value.items())
        found = read_file(write(tmp_path, GOOD.replace('{ env = "FEED_KEY" }', f"{{ {text} }}")))
        one = builder()
        with pytest.raises(ConfigError, match=why) as raised:
            one.feed("nba", found.feeds["nba"], one.client("nba", settings()))
        assert raised.value.key == "feeds.nba.headers.x-api-key"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"kind": "push"}, PushStream),
        ({"kind": "socket", "url": "ws://x/"}, SocketFeed),
        ({"kind": "poll"}, Poller),
        ({"kind": "patch", "patches": "http://x/?{timecode}"}, Poller),
    ],
)
def test_each_kind_has_its_source(given: dict[str, str], kind: type) -> None:
    assert isinstance(builder()._source("f", settings(**given)), kind)


async def test_whole_games_are_fetched_with_the_key_and_what_is_none_is_none() -> None:
    async def answer(talk: Talk) -> None:
        match talk.number:
            case 1:
                await talk.reply(200, b"{}")
            case 2:
                await talk.reply(404, b"{}")
            case 3:
                await talk.reply(200, b"x" * 100)
            case _:
                await talk.cut()

    async with FeedServer(answer) as server:
        given = settings(
            recover=f"{server.url}/games/{{game}}/pbp",
            headers={"x-api-key": "k"},
            query={"api_key": "a b"},
            body_bytes_max=50,
        )
        fetch = builder()._recover("f", given)
        assert [await fetch("a/b") for _ in range(4)] == [b"{}", None, None, None]
        assert server.talks[0].target == "/games/a%2Fb/pbp?api_key=a+b"
        assert server.talks[0].headers["x-api-key"] == "k"
