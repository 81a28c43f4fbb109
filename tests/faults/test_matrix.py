"""The fault matrix on one site: every fault in turn, the same promises after each. See trial.py.

Each build tries some; `make faults` tries all, and writes down what it found.
"""

from collections.abc import Iterator

import pytest

from faults import harm
from faults.choice import chosen
from faults.ground import Ground, ground_at
from faults.record import note
from faults.trial import Fault, put_on_trial

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.postgres, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground_at(tmp_path_factory.mktemp("site")) as one:
        yield one


@chosen(harm.FAULTS)
def test_nothing_is_lost_and_everybody_is_told(ground: Ground, fault: Fault) -> None:
    note(put_on_trial(ground, fault))
