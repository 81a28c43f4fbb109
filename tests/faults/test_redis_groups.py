"""Faults of a Redis that is several servers, each kind on a smaller site. See trial.py."""

from collections.abc import Iterator

import pytest

from faults import harm
from faults.choice import chosen
from faults.ground import Ground, smaller_ground_at
from faults.record import note
from faults.trial import Fault, put_on_trial
from services import postgres
from services.cluster import RedisCluster
from services.sentinel import RedisWithSentinel

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.postgres, pytest.mark.timeout(400)]

Databases = postgres.PostgresServer | postgres.Databases


@pytest.fixture(scope="module")
def on_sentinel(
    tmp_path_factory: pytest.TempPathFactory, kafka_address: str, postgres_server: Databases
) -> Iterator[Ground]:
    folder, url = tmp_path_factory.mktemp("site"), postgres_server.make_database()
    with smaller_ground_at(folder, group=RedisWithSentinel(), kafka=kafka_address, postgres=url) as one:
        yield one


@pytest.fixture(scope="module")
def on_cluster(
    tmp_path_factory: pytest.TempPathFactory, kafka_address: str, postgres_server: Databases
) -> Iterator[Ground]:
    folder, url = tmp_path_factory.mktemp("site"), postgres_server.make_database()
    with smaller_ground_at(folder, group=RedisCluster(), kafka=kafka_address, postgres=url) as one:
        yield one


@chosen(harm.ON_SENTINEL)
def test_sentinel(on_sentinel: Ground, fault: Fault) -> None:
    note(put_on_trial(on_sentinel, fault))


@chosen(harm.ON_CLUSTER)
def test_cluster(on_cluster: Ground, fault: Fault) -> None:
    note(put_on_trial(on_cluster, fault))
