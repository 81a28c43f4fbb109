"""The page names every number, and the committed one is what the results say."""

from pathlib import Path
from xml.etree import ElementTree

from scorewire.planner.command import going_in, made_of
from scorewire.planner.inputs import WORDS
from scorewire.planner.page import page, pictures
from scorewire.planner.reading import read_reports

ROOT = Path(__file__).parents[3]
RESULTS = ROOT / "benchmarks" / "results"


def test_the_committed_page_and_its_pictures_are_of_these_results() -> None:
    reports = read_reports(RESULTS)
    inputs = going_in({}, reports)
    made, times, held = made_of(inputs, reports)
    assert (ROOT / "docs" / "plan.md").read_text() == page(inputs, made, times, held), "run `make docs`"
    for name, svg in pictures(made, times, held).items():
        assert (ROOT / "docs" / "images" / name).read_text() == svg, "run `make docs`"


def test_every_input_stands_on_the_page() -> None:
    text = page(going_in({}, {}), *made_of(going_in({}, {}), {}))
    for name in WORDS:
        assert f"| {name} |" in text
    assert "Held against" not in text, "without reports there is nothing to hold it against"


def test_pictures_are_drawn() -> None:
    made, times, held = made_of(going_in({}, {}), read_reports(RESULTS))
    drawn = pictures(made, times, held)
    assert len(drawn) == 3
    for svg in drawn.values():
        ElementTree.fromstring(svg)
