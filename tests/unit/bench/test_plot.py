"""Curves as SVG."""

import xml.etree.ElementTree as ET

import pytest

from scorewire.bench.plot import HEIGHT, WIDTH, Plot, svg, ticks

SVG = "{http://www.w3.org/2000/svg}"


def drawn(curves: dict[str, list[tuple[float, float]]]) -> ET.Element:
    return ET.fromstring(svg(Plot(title="A < B & C", across="fans", up="ms", curves=curves)))


@pytest.mark.parametrize(
    ("greatest", "wanted"),
    [
        (15_000, [0, 5000, 10_000, 15_000]),
        (10, [0, 2, 4, 6, 8, 10]),
        (0.37, [0, 0.1, 0.2, 0.3, 0.4]),
        (0, [0, 1]),
    ],
)
def test_axes_have_round_numbers(greatest: float, wanted: list[float]) -> None:
    assert ticks(greatest) == pytest.approx(wanted)


def test_a_plot_is_a_document_with_a_curve_for_each_name() -> None:
    root = drawn({"alone": [(100, 1), (200, 2)], "beside": [(100, 3), (200, 4)]})
    assert root.find(f"{SVG}title").text == "A < B & C"  # type: ignore[union-attr]
    assert len(root.findall(f"{SVG}polyline")) == 2
    assert len(root.findall(f"{SVG}circle")) == 4
    assert {"alone", "beside", "fans", "ms"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_every_point_lies_within_and_more_is_higher() -> None:
    circles = list(drawn({"a": [(0, 0), (15_000, 7), (30_000, 500)]}).iter(f"{SVG}circle"))
    places = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in circles]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)


def test_nothing_to_draw_is_an_empty_plot() -> None:
    assert not list(drawn({}).iter(f"{SVG}circle"))
