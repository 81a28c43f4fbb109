"""URLs name one server, a Sentinel's master or a Cluster; what names nothing is refused by its setting."""

import subprocess
import sys

import pytest
from redis.exceptions import ConnectionError as Refused
from redis.exceptions import RedisClusterException

from scorewire.errors import BackendError, ConfigError
from scorewire.scoreboard.redis_servers import Clustered, Single, servers_at, translated


async def test_one_server_by_its_host_and_database() -> None:
    servers = servers_at("redis://user:p%40ss@one.example:7000/3")
    assert isinstance(servers, Single)
    assert not servers.sharded
    settings = servers.commands.connection_pool.connection_kwargs
    assert (settings["host"], settings["port"], settings["db"]) == ("one.example", 7000, 3)
    assert (settings["username"], settings["password"]) == ("user", "p@ss")
    assert (settings["protocol"], settings["legacy_responses"]) == (3, False)
    assert settings["socket_timeout"] > 0
    await servers.close()


async def test_a_master_by_its_sentinels_and_name() -> None:
    servers = servers_at("redis+sentinel://:secret@a.example:1,b.example/main/2")
    assert isinstance(servers, Single)
    pool = servers.commands.connection_pool
    assert pool.service_name == "main"
    asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert [(one["host"], one["port"]) for one in asked] == [("a.example", 1), ("b.example", 26379)]
    assert (pool.connection_kwargs["db"], pool.connection_kwargs["password"]) == (2, "secret")
    await servers.close()


async def test_a_cluster_by_some_of_its_nodes() -> None:
    servers = servers_at("redis+cluster://a.example:7000,[::1]:7001,b.example")
    assert isinstance(servers, Clustered)
    assert servers.sharded
    names = sorted(servers.commands.nodes_manager.startup_nodes)
    assert names == ["::1:7001", "a.example:7000", "b.example:6379"]
    await servers.close()


async def test_tls_by_the_schemes_second_s() -> None:
    servers = servers_at("rediss://one.example")
    assert servers.commands.connection_pool.connection_class.__name__ == "SSLConnection"
    await servers.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://one.example",
        "redis://",
        "redis://a,b",
        "redis://one.example:port",
        "redis://one.example/zero",
        "redis+sentinel://one.example",
        "redis+cluster://",
        "one.example:6379",
        "",
    ],
)
def test_what_names_no_server_is_refused_by_its_key(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        servers_at(url)
    assert refused.value.key == "scoreboard.url"


@pytest.mark.parametrize("error", [Refused("no"), RedisClusterException("no"), TimeoutError(), OSError("no")])
def test_a_drivers_errors_become_ours(error: Exception) -> None:
    with pytest.raises(BackendError) as raised, translated():
        raise error
    assert raised.value.retryable


def test_what_a_driver_trips_over_ends_no_node() -> None:
    with pytest.raises(BackendError) as raised, translated():
        raise AttributeError("'NoneType' object has no attribute 'name'")
    assert raised.value.retryable


def test_our_own_word_passes_as_it_is() -> None:
    ours = BackendError("redis: a node forgets the script", retryable=True)
    with pytest.raises(BackendError) as raised, translated():
        raise ours
    assert raised.value is ours


def test_without_the_driver_the_setting_says_what_to_install() -> None:
    code = "import sys; sys.modules['redis'] = None; import scorewire.scoreboard.redis"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ConfigError: scoreboard.url: needs redis" in ended.stderr
    assert "scorewire[distributed]" in ended.stderr
