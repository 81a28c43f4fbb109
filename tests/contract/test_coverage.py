"""docs/coverage.md is what the recordings give now, every file is accounted for, known results are met."""

from pathlib import Path

import pytest

import coverage_page
from scorewire.providers import PROVIDERS

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


@pytest.fixture(scope="module")
def written() -> str:
    return PAGE.read_text()


@pytest.mark.data
def test_the_page_is_what_the_recordings_give(shared_data: Path, written: str) -> None:
    assert written == coverage_page.page(shared_data), "run: make docs"


@pytest.mark.data
def test_every_file_is_read_or_has_a_reason(shared_data: Path, written: str) -> None:
    assert "not read" not in written.replace("## Not read by themselves", "")
    here = set(coverage_page.files(shared_data))
    assert set(coverage_page.COMPANIONS) <= here
    assert set(coverage_page.RESULTS) <= here


@pytest.mark.data
@pytest.mark.parametrize("path", sorted(coverage_page.RESULTS))
def test_a_game_comes_to_the_result_that_the_world_knows(shared_data: Path, path: str) -> None:
    found = coverage_page.take(shared_data, path)
    assert found is not None
    (game,) = found.games.values()
    assert game.score == coverage_page.RESULTS[path]
    assert game.state.status == "final"
    assert not game.state.under_check


@pytest.mark.data
def test_what_read_no_real_payload_says_so_itself(shared_data: Path) -> None:
    found = [coverage_page.take(shared_data, path) for path in coverage_page.files(shared_data)]
    read_by = {one.format for one in found if one is not None}
    for name, one in PROVIDERS.items():
        assert name in read_by or name == "native" or coverage_page.says_unverified(one), name
