import pytest
from markupsafe import Markup

from scorewire.web.pictures.scales import Course, Period, Scale, rules, ticks


@pytest.mark.parametrize(
    ("high", "values"),
    [
        (0, [0, 1]),
        (2, [0, 1, 2]),
        (6, [0, 2, 4, 6]),
        (27, [0, 10, 20, 30]),
        (125, [0, 25, 50, 75, 100, 125]),
        (229, [0, 50, 100, 150, 200, 250]),
    ],
)
def test_lines_lie_at_round_numbers(high: float, values: list[int]) -> None:
    assert ticks(high) == values


@pytest.mark.parametrize("high", [1, 3, 7, 11, 19, 99, 101, 999, 10_000])
def test_the_uppermost_line_is_above_everything_and_there_are_few(high: int) -> None:
    values = ticks(high)
    assert values[-1] >= high
    assert 2 <= len(values) <= 7


def test_a_scale_keeps_to_its_edges() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale.at(value) for value in (-5, 0, 5, 10, 50)] == [100, 100, 150, 200, 200]
    assert Scale(3, 3, 0, 10).at(3) == 5


def test_a_course_names_its_periods_and_parts_them() -> None:
    course = Course([Period(0, "1st half"), Period(45, "2nd half")], 90)
    drawn = course.drawn(Scale(0, 90, 0, 180), 0, 100)
    assert 'd="M90 0V100"' in drawn
    assert '<text x="45" y="112" text-anchor="middle">1st half</text>' in drawn
    assert isinstance(drawn, Markup)


def test_a_margin_is_told_without_its_sign() -> None:
    assert ">10<" in rules(Scale(-10, 10, 0, 10), [-10], 0, 10, unsigned=True)
    assert ">-10<" in rules(Scale(-10, 10, 0, 10), [-10], 0, 10)
