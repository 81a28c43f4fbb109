"""docs/reliability.md tells what the trials of tests/faults found, of every fault that there is."""

import pytest

from faults.harm import ALL_FAULTS
from faults.trial import Fault
from reliability_page import PAGE, kept, page


def test_the_page_is_that_of_the_results() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "make docs"


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.name)
def test_each_fault_was_tried_and_nothing_was_lost(fault: Fault) -> None:
    assert fault.name in kept(), "make faults"
    row = kept()[fault.name]
    assert row["title"] == fault.title
    assert row["acknowledged"] > 0
    assert (row["lost"], row["doubled"]) == (0, 0)


def test_names_are_given_once() -> None:
    names = [fault.name for fault in ALL_FAULTS]
    assert len(set(names)) == len(names)
    assert kept().keys() <= set(names), "results of faults that are no more"
