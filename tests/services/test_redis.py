"""A Redis of the tests' own: there, itself, clean, and as hurt as asked."""

import pytest
import redis

from services.redis import RedisServer, ask

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_it_empty(redis_url: str, time: str) -> None:
    client = redis.Redis.from_url(redis_url)
    assert client.get("left") is None
    client.set("left", "1")


def test_a_kill_loses_what_is_only_in_memory_and_keeps_what_is_on_disk() -> None:
    for append_only in (False, True):
        with RedisServer(append_only=append_only) as server:
            redis.Redis.from_url(server.url).set("goal", "1")
            server.kill()
            with pytest.raises(OSError, match="refused"):
                ask(server.port, "PING")
            server.start()
            assert redis.Redis.from_url(server.url).get("goal") == (b"1" if append_only else None)


def test_paused_it_takes_connections_and_does_not_answer() -> None:
    with RedisServer() as server:
        server.pause()
        with pytest.raises(TimeoutError):
            ask(server.port, "PING", timeout_s=0.2)
        server.resume()
        assert ask(server.port, "PING") == "+PONG\r\n"
