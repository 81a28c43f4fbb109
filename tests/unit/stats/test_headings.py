"""Columns are headed where there is a figure, in the sport's order."""

from scorewire.stats.answers import Heading
from scorewire.stats.headings import headings
from scorewire.stats.lines import LINES


def test_only_what_has_a_figure_is_headed_and_in_the_sports_order() -> None:
    figures = [{"pitching": {"IP": 27}}, {"batting": {"H": 1, "AVG": 0.25}}, {"pitching": {}}]
    assert headings(LINES["baseball"], figures) == {  # type: ignore[arg-type]
        "batting": (Heading(id="H", name="Hits"), Heading(id="AVG", name="Batting average", unit="share")),
        "pitching": (Heading(id="IP", name="Innings pitched", unit="outs"),),
    }


def test_a_table_without_figures_has_no_heading() -> None:
    assert headings(LINES["soccer"], [{"match": {}}]) == {}
