import pytest

from scorewire.web.pictures.innings import OVERS_MAX, Innings, Over, manhattan, worm
from unit.web.pictures.drawn import HOSTILE, described, parsed, plates

FIRST = Innings("home", "Reds", [Over(6), Over(11, 1), Over(3, 2)])
SECOND = Innings("away", "Blues", [Over(8, 1), Over(4)], balls=3, target=21)


def test_the_words_tell_totals_wickets_and_the_chase() -> None:
    assert described(worm([FIRST, SECOND], overs=20, key="w")) == (
        "Reds: 20 for 3 wickets in 3 overs. Wickets: 1 in over 2, 2 in over 3 and 3 in over 3. "
        "Blues: 12 for 1 wicket in 1.3 overs, chasing 21. Wickets: 1 in over 1."
    )


def test_ten_wickets_are_all_out_and_nobody_has_batted_before_the_first_ball() -> None:
    assert "50 all out in 1 overs" in described(
        worm([Innings("home", "Reds", [Over(50, 10)])], overs=20, key="w")
    )
    assert described(worm([], overs=20, key="w")) == "Nobody has batted."


def test_a_worm_goes_through_each_overs_total_and_rings_each_wicket() -> None:
    root = parsed(worm([FIRST, SECOND], overs=3, key="w"))
    (plate,) = plates(root)
    lines = {path.get("class"): path.get("d") or "" for path in plate.iter("path")}
    assert lines["step home"].count("L") == 3
    # Three balls of the second over: half of it.
    assert float(lines["step away"].rsplit("L", 1)[1].split(" ")[0]) == 30 + (360 - 64) * 1.5 / 3
    assert lines["ring home"].count("M") == 3
    assert lines["ring away"].count("M") == 1


def test_a_manhattan_has_a_plate_for_each_innings_to_one_scale() -> None:
    root = parsed(manhattan([FIRST, SECOND], overs=3, key="m"))
    home, away = plates(root)
    scales = [[text.text for text in plate.iter("text")][:4] for plate in (home, away)]
    assert scales[0] == scales[1] == ["0", "5", "10", "15"]
    (bars,) = (path.get("d") or "" for path in home.iter("path") if path.get("class") == "bar home")
    assert bars.count("z") == 3
    assert "Reds: 20 for 3 wickets in 3 overs. Most: 11 in over 2, 6 in over 1 and 3 in over 3." in (
        home[1].text or ""
    )


def test_two_wickets_of_an_over_stand_above_each_other() -> None:
    root = parsed(manhattan([Innings("home", "Reds", [Over(3, 2)])], overs=1, key="m"))
    (rings,) = (
        path.get("d") or "" for path in root.iterfind(".//div//path") if path.get("class") == "ring home"
    )
    first, second = (one.split("a")[0].split(" ") for one in rings.split("M")[1:])
    assert first[0] == second[0]
    assert float(first[1]) - float(second[1]) == pytest.approx(7)


def test_days_of_cricket_stay_small() -> None:
    long = [
        Innings("home" if k % 2 else "away", HOSTILE, [Over(k % 7, k % 25 == 0) for k in range(250)])
        for k in range(6)
    ]
    root = parsed(manhattan(long, overs=0, key="m"))
    parsed(worm(long, overs=0, key="w"))
    bars = [path.get("d") or "" for path in root.iter("path") if (path.get("class") or "").startswith("bar")]
    assert max(bar.count("z") for bar in bars) <= OVERS_MAX
    assert root.findtext(".//h3") == "Runs by 4 overs"
    assert "250" in {text.text for text in root.iter("text")}
