"""One game of tennis: calls, who has won it, who serves."""

import pytest

from scorewire.sports.tennis_game import after_game, after_point, called, opener, read_points, won


@pytest.mark.parametrize(
    ("points", "lost", "target", "margin", "is_won"),
    [(4, 2, 4, 2, True), (4, 3, 4, 2, False), (4, 3, 4, 1, True), (7, 6, 7, 2, False), (9, 7, 7, 2, True)],
)
def test_won(points: int, lost: int, target: int, margin: int, is_won: bool) -> None:
    assert won(points, lost, target, margin) is is_won


@pytest.mark.parametrize("text", ["0-0", "15-40", "40-40", "AD-40", "40-AD"])
def test_calls_are_read_as_they_are_written(text: str) -> None:
    points = read_points(text, tiebreak=False)
    assert points is not None
    assert "-".join(called(*points, tiebreak=False).values()) == text


@pytest.mark.parametrize("text", ["AD-30", "41-0", "", "15", 15, None, "15-15-15"])
def test_what_is_no_call_is_not_read(text: object) -> None:
    assert read_points(text, tiebreak=False) is None


def test_a_tie_break_is_counted() -> None:
    assert read_points("6-5", tiebreak=True) == (6, 5)
    assert called(6, 5, tiebreak=True) == {"home": "6", "away": "5"}


def test_the_service_of_a_tie_break() -> None:
    server = "home"
    served = [server]
    for number in range(1, 8):
        server = after_point(server, number, tiebreak=True)
        served.append(server)
    assert served == ["home", "away", "away", "home", "home", "away", "away", "home"]
    assert {opener(side, number) for number, side in enumerate(served, 1)} == {"home"}
    assert after_game("home", 8, tiebreak=True) == "away"
    assert after_game("away", 7, tiebreak=False) == "home"
    assert after_point(None, 1, tiebreak=True) is None
    assert after_game(None, 1, tiebreak=True) is None
