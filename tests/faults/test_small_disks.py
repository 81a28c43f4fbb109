"""Full disks of servers, under a whole site. See trial.py; `make faults` only."""

from collections.abc import Iterator

import pytest

from faults import harm
from faults.choice import chosen
from faults.ground import Ground, ground_at
from faults.record import note
from faults.trial import Fault, put_on_trial

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.postgres, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def on_small_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground_at(tmp_path_factory.mktemp("small"), small_disks=True) as one:
        yield one


@chosen(harm.ON_SMALL_DISKS)
def test_nothing_is_lost_on_a_full_disk(on_small_disks: Ground, fault: Fault) -> None:
    note(put_on_trial(on_small_disks, fault))
