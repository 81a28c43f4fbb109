import pytest

from scorewire.web.pictures.formation import Starter, depth, formation, lateral, line_ups, rows, shares
from unit.web.pictures.drawn import HOSTILE, parsed, plates
from unit.web.played import FOUR_THREE_THREE

NAMES = {"home": "Argentina", "away": "France"}


def starters(*positions: str) -> list[Starter]:
    return [Starter(f"P{number}", str(number), position) for number, position in enumerate(positions, 1)]


@pytest.mark.parametrize(
    ("position", "far", "side"),
    [
        ("Goalkeeper", 0, None),
        ("GK", 0, None),
        ("Right Center Back", 1, 1),
        ("Left Wing Back", 1, -2),
        ("LB", 1, -2),
        ("RCB", 1, 1),
        ("Defender", 1, None),
        ("Center Defensive Midfield", 2, 0),
        ("Left Midfield", 3, -2),
        ("Midfielder", 3, None),
        ("CAM", 4, None),
        ("Right Wing", 4.4, 2),
        ("Center Forward", 5, 0),
        ("Striker", 5, None),
        ("Left Center Forward", 5, -1),
        ("PF", None, None),
        ("", None, None),
    ],
)
def test_a_position_says_how_far_up_and_on_which_side(
    position: str, far: float | None, side: float | None
) -> None:
    assert (depth(position), lateral(position)) == (far, side)


def test_formations_are_counted_as_people_count_them() -> None:
    assert formation(starters(*FOUR_THREE_THREE)) == "4-3-3"
    deep = ("Goalkeeper", *["Defender"] * 4, "Center Defensive Midfield", *["Midfielder"] * 4, "Forward")
    assert formation(starters(*deep)) == "4-1-4-1"
    assert formation(starters("G", *["D"] * 4, *["M"] * 4, "F", "F")) == "4-4-2"


def test_rows_run_from_left_to_right_and_wings_stand_wide() -> None:
    found = rows(starters(*FOUR_THREE_THREE))
    assert found is not None
    assert [one.position for one in found[1]] == [
        "Left Back", "Left Center Back", "Right Center Back", "Right Back",
    ]  # fmt: skip
    assert shares(found[4]) == [0.16, 0.84]
    assert shares(found[3]) == [0.36, 0.64]
    assert shares(found[1]) == [0.2, 0.4, 0.6, 0.8]


def test_there_is_a_picture_only_where_all_of_both_elevens_are_understood() -> None:
    whole = starters(*FOUR_THREE_THREE)
    for other in (whole[:10], [*whole[:10], Starter("X", "9", "somewhere")], [*whole[:10], whole[0]]):
        assert line_ups({"home": whole, "away": other}, NAMES, key="f") is None
    assert line_ups({"home": whole}, NAMES, key="f") is None


def test_the_picture_says_who_plays_where_and_strangers_names_stay_text() -> None:
    home = [Starter(HOSTILE, "10", "Goalkeeper", off=True, goals=2), *starters(*FOUR_THREE_THREE)[1:]]
    picture = line_ups({"home": home, "away": starters(*FOUR_THREE_THREE)}, NAMES, key="f")
    assert picture is not None
    (plate,) = plates(parsed(picture))
    said = plate[1].text or ""
    assert said.startswith("Argentina 4-3-3: ")
    assert "France 4-3-3: P1, P5, P4, P3, P2, P6, P8, P7, P10, P9 and P11." in said
    assert str(picture).count('class="ball"') == 1
