"""Patches: what is written differently differs."""

import pytest

from scorewire.model.update import merge_patch


@pytest.mark.parametrize(("before", "after"), [(1, True), (True, 1), (0, False), (1, 1.0)])
def test_what_python_holds_equal_but_json_writes_differently_is_a_change(
    before: object, after: object
) -> None:
    assert merge_patch({"review": before}, {"review": after}) == {"review": after}
