"""A Redis Cluster: three primaries share the slots, a slot moves, a node comes back as itself."""

from collections.abc import Iterator

import pytest
import redis
from redis.cluster import RedisCluster as Client

from services.cluster import RedisCluster

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def cluster() -> Iterator[RedisCluster]:
    with RedisCluster() as one:
        yield one


@pytest.fixture
def client(cluster: RedisCluster) -> Iterator[Client]:
    one = Client(host="127.0.0.1", port=cluster.primaries[0].port)
    yield one
    one.close()


def test_keys_are_spread_over_all(cluster: RedisCluster, client: Client) -> None:
    for number in range(60):
        client.set(f"game:{number}", "0")
    owners = {cluster.owner_of(client.keyslot(f"game:{number}")).port for number in range(60)}
    assert owners == {server.port for server in cluster.primaries}


def test_a_slot_moves_with_its_keys_and_clients_follow(cluster: RedisCluster, client: Client) -> None:
    slot = client.keyslot("{game}:1")
    for number in range(5):
        client.set(f"{{game}}:{number}", str(number))
    owner = cluster.owner_of(slot)
    to = next(server for server in cluster.primaries if server is not owner)
    assert cluster.move(slot, to) == 5
    assert cluster.owner_of(slot) is to
    assert client.get("{game}:3") == b"3"


def test_in_mid_move_keys_are_found_on_either_side(cluster: RedisCluster, client: Client) -> None:
    slot = client.keyslot("{half}:1")
    client.set("{half}:1", "old")
    to = next(server for server in cluster.primaries if server is not cluster.owner_of(slot))
    owner = cluster.begin_move(slot, to)
    client.set("{half}:2", "new")
    assert (client.get("{half}:1"), client.get("{half}:2")) == (b"old", b"new")
    cluster.move_keys(slot, owner, to)
    cluster.end_move(slot, to)
    assert (client.get("{half}:1"), client.get("{half}:2")) == (b"old", b"new")


def test_a_message_to_a_shard_reaches_who_listens_there(cluster: RedisCluster, client: Client) -> None:
    listener = client.pubsub()
    listener.ssubscribe("game:1")
    assert listener.get_sharded_message(timeout=5)["type"] == "ssubscribe"
    assert client.spublish("game:1", "goal") == 1
    assert listener.get_sharded_message(timeout=5)["data"] == b"goal"
    listener.close()


def test_a_node_that_was_killed_comes_back_as_itself(cluster: RedisCluster) -> None:
    lost = cluster.primaries[2]
    lost.kill()
    cluster.wait("the others miss it", lambda: not cluster.agrees(cluster.primaries[0]))
    cluster.start()
    assert cluster.owner_of(16_383) is lost


def test_with_a_replica_a_primary_that_dies_is_replaced() -> None:
    with RedisCluster(replicas=1) as cluster:
        lost = cluster.owner_of(0)
        lost.kill()
        survivors = [server for server in cluster.servers if server.running]
        cluster.wait("somebody serves instead", lambda: cluster.owner_of(0) is not lost)
        assert cluster.owner_of(0) in cluster.replicas
        cluster.wait("all have heard", lambda: all(map(cluster.agrees, survivors)))


def test_clients_come_through_links_and_nodes_do_not() -> None:
    with RedisCluster(linked=True) as cluster:
        client = Client.from_url(
            cluster.url.replace("redis+cluster", "redis").partition(",")[0], socket_timeout=0.5
        )
        for number in range(30):
            client.set(f"game:{number}", "0")
        assert all(cluster.link_of(server).passed for server in cluster.primaries)
        away = cluster.owner_of(client.keyslot("game:1"))
        cluster.link_of(away).refuse()
        with pytest.raises((redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)):
            client.get("game:1")
        assert all(map(cluster.agrees, cluster.primaries)), "the nodes reach each other"
        cluster.link_of(away).admit()
        assert client.get("game:1") == b"0"
        client.close()
