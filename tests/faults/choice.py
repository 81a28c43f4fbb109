"""Which faults are tried: each build tries some; `make faults` tries all, and writes down what it found."""

import os
from collections.abc import Sequence

import pytest

from faults.trial import Fault

ALL = os.environ.get("SCOREWIRE_FAULTS") == "all"


def chosen(faults: Sequence[Fault]) -> pytest.MarkDecorator:
    """The faults as parameters of a test, with the markers of what they need."""
    some = [
        pytest.param(fault, marks=[getattr(pytest.mark, need) for need in fault.needs], id=fault.name)
        for fault in faults
        if fault.often or ALL
    ]
    return pytest.mark.parametrize("fault", some)
