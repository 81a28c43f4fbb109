"""Panels of bars as SVG."""

import xml.etree.ElementTree as ET

import pytest

from scorewire.bench.bars import WIDTH, Panel, shown, svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*panels: Panel) -> ET.Element:
    return ET.fromstring(svg(panels))


def bars(root: ET.Element) -> list[ET.Element]:
    """Without the page's own rectangle."""
    return root.findall(f"{SVG}rect")[1:]


def texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_a_longer_bar_is_a_greater_value() -> None:
    made = bars(drawn(Panel("A < B", {"one": 1.0, "four": 4.0, "two": 2.0})))
    widths = [float(bar.attrib["width"]) for bar in made]
    assert widths[1] == 2 * widths[2] == 4 * widths[0] > 0
    assert len({bar.attrib["y"] for bar in made}) == 3


def test_what_was_not_measured_has_words_and_no_bar() -> None:
    root = drawn(Panel("A", {"one": None, "two": 2.0}, "stands still"))
    assert len(bars(root)) == 1
    assert texts(root) == ["A", "one", "stands still", "two", "2"]


def test_panels_stand_two_in_a_row_and_none_upon_another() -> None:
    made = bars(drawn(*[Panel(name, {"a": 1.0, "b": 2.0}) for name in "ABC"]))
    places = [(float(bar.attrib["x"]), float(bar.attrib["y"])) for bar in made]
    assert len(set(places)) == 6
    assert places[0][1] == places[2][1] < places[4][1]
    assert places[0][0] < WIDTH / 2 < places[2][0]
    assert all(float(bar.attrib["x"]) + float(bar.attrib["width"]) < WIDTH for bar in made)


def test_nothing_but_zeros_can_be_drawn() -> None:
    assert [bar.attrib["width"] for bar in bars(drawn(Panel("A", {"a": 0.0})))] == ["0.0"]


@pytest.mark.parametrize(
    ("value", "wanted"), [(0, "0"), (1.254, "1.25"), (20.06, "20.1"), (99.94, "99.9"), (1234.4, "1,234")]
)
def test_numbers_have_three_digits(value: float, wanted: str) -> None:
    assert shown(value) == wanted
