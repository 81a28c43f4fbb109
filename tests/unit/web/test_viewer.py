import pytest

from scorewire.web.viewer import Viewer, known_zone, read_viewer


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("", 0), ("0", 0), ("30", 30), ("180", 180), ("31", 180), ("999", 180), ("soon", 180)],
)
def test_a_delay_that_cannot_be_read_never_shows_what_is_younger(asked: str, seconds: int) -> None:
    assert read_viewer({"delay": asked}, {}) == Viewer(delay_s=seconds)


def test_the_zone_is_the_address_s_then_the_cookie_s() -> None:
    assert read_viewer({"tz": "Asia/Tokyo"}, {"tz": "Europe/Berlin"}).tz == "Asia/Tokyo"
    assert read_viewer({"tz": "Mars/Olympus"}, {"tz": "Europe/Berlin"}).tz == "Europe/Berlin"
    assert read_viewer({}, {"tz": "../../etc/passwd"}).tz == "UTC"
    assert known_zone("Europe/" + "B" * 70) == ""
