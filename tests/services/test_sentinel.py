"""A Redis with Sentinel: found through those who watch it, and replaced when it dies."""

from collections.abc import Iterator

import pytest
import redis
from redis.sentinel import Sentinel

from services.sentinel import NAME, RedisWithSentinel

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def group() -> Iterator[RedisWithSentinel]:
    with RedisWithSentinel() as one:
        yield one


def client(group: RedisWithSentinel) -> redis.Redis:
    return Sentinel(group.addresses, socket_timeout=1).master_for(NAME)


def test_a_client_finds_the_primary_and_replicas_follow(group: RedisWithSentinel) -> None:
    assert client(group).set("goal", "1")
    assert client(group).wait(len(group.redis) - 1, 2_000) == 2
    assert group.primary is group.redis[0]


def test_a_primary_that_dies_is_replaced_and_may_come_back(group: RedisWithSentinel) -> None:
    old = group.primary
    client(group).set("goal", "2")
    client(group).wait(2, 2_000)
    old.kill()
    group.wait_for_another(old)
    assert client(group).get("goal") == b"2"
    group.start()
    assert group.primary is not old, "that it says so itself is not enough"


def test_a_failover_can_be_asked_for(group: RedisWithSentinel) -> None:
    old = group.primary
    group.fail_over()
    assert group.primary is not old
    assert client(group).set("goal", "3")


def test_a_primary_that_is_cut_off_is_replaced_while_it_lives() -> None:
    with RedisWithSentinel(linked=True) as group:
        old = group.primary
        client(group).set("goal", "1")
        assert client(group).wait(2, 2_000) == 2
        group.link_of(old).faults.held = True
        group.wait_for_another(old)
        assert client(group).get("goal") == b"1"
        assert redis.Redis(port=old.port).set("goal", "of nobody"), "it does not know"
