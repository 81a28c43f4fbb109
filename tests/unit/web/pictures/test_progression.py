import pytest

from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.progression import Progression, Step, lead_changes, progression, score_after
from scorewire.web.pictures.scales import Course, Period
from unit.web.pictures.drawn import HOSTILE, described, parsed

TEAMS = Teams("Reds", "Blues", "RED", "BLU")
QUARTERS = Course([Period(0, "Q1"), Period(12, "Q2")], 24)


def shown(*steps: Step, teams: Teams = TEAMS, margin: bool = True) -> Progression:
    return Progression(teams=teams, course=QUARTERS, steps=steps, until=24, margin=margin)


def test_the_words_tell_score_leads_and_periods() -> None:
    steps = [Step(1, 2, 0), Step(5, 2, 3), Step(12, 5, 3), Step(12, 5, 6, 2), Step(20, 9, 6, 2)]
    assert described(progression(shown(*steps), key="p")) == (
        "Reds 9, Blues 6. Largest lead of Reds: 3 points. Largest lead of Blues: 1 point. "
        "The lead changed hands 4 times. After Q1: 5–3."
    )


def test_a_score_at_the_very_end_of_a_period_belongs_to_it() -> None:
    steps = [Step(12, 3, 0, 1), Step(12, 3, 2, 2)]
    assert score_after(steps, 1) == steps[0]


@pytest.mark.parametrize(
    ("margins", "changes"),
    [([], 0), ([(1, 0)], 0), ([(1, 0), (1, 1), (2, 1)], 0), ([(1, 0), (1, 1), (1, 2)], 1)],
)
def test_a_lead_changes_hands_where_another_leads_than_led_last(
    margins: list[tuple[int, int]], changes: int
) -> None:
    assert lead_changes(Step(at, home, away) for at, (home, away) in enumerate(margins)) == changes


def test_a_line_steps_where_the_score_changes_and_ends_where_the_game_stands() -> None:
    root = parsed(progression(shown(Step(12, 1, 0), margin=False), key="p"))
    lines = {path.get("class"): path.get("d") for path in root.iter("path")}
    assert lines["step home"] == "M26 154H178V14H330"
    assert lines["step away"] == "M26 154H330"


def test_in_the_margin_home_leads_above_the_line() -> None:
    root = parsed(progression(shown(Step(6, 2, 0), Step(12, 2, 5)), key="p"))
    areas = {path.get("class"): path.get("d") or "" for path in root.iter("path")}
    home, away = areas["area home"], areas["area away"]
    zero = float(home.split(" ")[1].split("H")[0])
    assert float(home.split("V")[1].split("H")[0]) < zero
    assert float(away.split("V")[1].split("H")[0]) > zero


def test_a_lead_that_is_lost_comes_back_to_the_line() -> None:
    root = parsed(progression(shown(Step(6, 2, 0), Step(12, 2, 2)), key="p"))
    (area,) = (path.get("d") or "" for path in root.iter("path") if path.get("class") == "area home")
    zero = area.split(" ")[1].split("H")[0]
    # Up at the first score, down at the second; then along the line to the end.
    assert [part.split("H")[0].rstrip("z") for part in area.split("V")[1:]][1:] == [zero, zero]


def test_before_the_first_score_it_says_so() -> None:
    assert "nobody has scored" in described(progression(shown(), key="p"))


def test_hostile_names_stay_names() -> None:
    parsed(progression(shown(Step(1, 1, 0), teams=Teams(HOSTILE, HOSTILE, HOSTILE, HOSTILE)), key="p"))


def test_ten_thousand_steps_stay_small_and_end_at_the_last() -> None:
    steps = [Step(k / 500, k // 2, (k + 1) // 2) for k in range(10_000)]
    root = parsed(progression(shown(*steps), key="p"))
    assert "4999" in {text.text for text in root.iter("text")}
