from math import hypot
from xml.etree import ElementTree

import pytest

from scorewire.web.pictures.grounds import (
    COURT_FIBA,
    COURT_NBA,
    PITCH,
    RINK_IIHF,
    RINK_NHL,
    Ground,
    circle,
    floor,
)

GROUNDS = (PITCH, COURT_NBA, COURT_FIBA, RINK_NHL, RINK_IIHF)


@pytest.mark.parametrize(
    ("ground", "length", "width", "marks"),
    [
        # Law 1: areas 16.5 and 5.5 deep, 40.32 and 18.32 wide; goal 7.32; circle 9.15.
        (PITCH, 105, 68, ("H16.5V54.16", "M0 13.84", "H5.5V43.16", "M0 24.84", circle(11, 34, 0.3))),
        # Rule 1: lane 16 ft wide, line 19 ft from the baseline, arc 23 ft 9 in, 3 ft from the side line.
        (COURT_NBA, 94, 50, ("M0 17H19V33H0", "A23.75 23.75", "M0 3H14.2", "M5.25 21A4 4")),
        # Art. 2: arc 6.75 m, 0.9 m from the side line, lane 4.9 by 5.8 m.
        (COURT_FIBA, 28, 15, ("M0 5.05H5.8V9.95H0", "A6.75 6.75", "M0 0.9H2.99")),
        # Rule 1: goal line 11 ft, spots 20 ft from it and 22 ft from the middle, circles of 15 ft.
        (RINK_NHL, 200, 85, (circle(31, 20.5, 15), circle(31, 64.5, 15), "M11 ", circle(80, 20.5, 1))),
        (RINK_IIHF, 60, 30, (circle(10, 8, 4.5), circle(10, 22, 4.5), "M4 ")),
    ],
)
def test_the_laws_lines_are_where_the_laws_put_them(
    ground: Ground, length: float, width: float, marks: tuple[str, ...]
) -> None:
    assert (ground.length, ground.width) == (length, width)
    for commands in marks:
        assert commands in ground.end


def test_the_penalty_arc_meets_the_area_9_15_metres_from_the_spot() -> None:
    top = float(PITCH.end.split("M16.5 ")[1].split("A")[0])
    assert hypot(16.5 - 11, 34 - top) == pytest.approx(9.15, abs=0.01)


def test_the_three_point_line_is_one_line() -> None:
    """Its straight part ends where the arc begins: as far from the hoop as the arc is."""
    for ground, arc, corner in ((COURT_NBA, 23.75, 3), (COURT_FIBA, 6.75, 0.9)):
        straight = float(ground.end.split(f"M0 {corner:g}H")[1].split("A")[0])
        assert hypot(straight - ground.hoop, ground.width / 2 - corner) == pytest.approx(arc, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_floor_is_well_formed_and_has_two_ends(ground: Ground) -> None:
    root = ElementTree.fromstring(f"<svg>{floor(ground)}</svg>")
    assert sum(ground.end == path.get("d") for path in root.iter("path")) == 2
    assert root[0].get("class") == "floor"
