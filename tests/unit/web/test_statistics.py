import pytest

from scorewire.web.statistics import written


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2202, "s", "36:42"),
        (5_400_005, "s", "90,000:05"),
        (17, "outs", "5.2"),
        (23, "balls", "3.5"),
        (24, "balls", "4"),
        (0.4384, "share", ".438"),
        (1.0, "share", "1.000"),
        (3.456, "rate", "3.46"),
        (7, "signed", "+7"),
        (-7, "signed", "−7"),
        (0, "signed", "0"),
        (1204, "", "1,204"),
        (27.0, "", "27"),
        (27.125, "", "27.125"),
        (None, "s", "–"),
    ],
)
def test_figures_are_written_as_box_scores_write_them(value: float | None, unit: str, text: str) -> None:
    assert written(value, unit) == text
