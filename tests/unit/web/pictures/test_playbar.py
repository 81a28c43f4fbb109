"""The bar of a playback shows what has been played and nothing else, and its marks lead there."""

import re
from dataclasses import replace

import pytest

from scorewire.web.bundle import load_bundle
from scorewire.web.pictures import playbar as module
from scorewire.web.pictures.drawing import WIDTH, Teams
from scorewire.web.pictures.playbar import LANES, Beat, Mark, Playbar, playbar
from scorewire.web.pictures.scales import Course, Period

BAR = Playbar(
    teams=Teams("Argentina", "France", "ARG", "FRA"),
    course=Course([Period(0, "1st half"), Period(500, "2nd half")], 1000),
    beats=[Beat(100, 1, 0), Beat(400, 1, 1), Beat(600, 2, 1)],
    marks=[
        Mark(100, "home", "23' Goal, <Lionel> & co", "/game/g/replay?seq=3"),
        Mark(400, "away", "Goal", "/game/g/replay?seq=9"),
    ],
    marked=True,
    now=750,
)


def test_the_lines_end_where_one_is() -> None:
    drawn = playbar(BAR)
    across = 30 + (WIDTH - 30 - 26) * 0.75
    assert f'class="playhead" d="M{across:g} 4V120"' in drawn
    for side in LANES:
        (line,) = re.findall(rf'class="step {side}" d="([^"]+)"', drawn)
        assert line.endswith(f"H{across:g}")
    assert re.findall(r'class="(home|away) word">(\d)<', drawn) == [("home", "2"), ("away", "1")]
    assert "2nd half" in drawn


def test_marks_are_links_in_words() -> None:
    drawn = playbar(BAR)
    assert re.findall(r'<a href="([^"]+)"', drawn) == ["/game/g/replay?seq=3", "/game/g/replay?seq=9"]
    assert "<title>23&#39; Goal, &lt;Lionel&gt; &amp; co</title>" in drawn
    assert drawn.count('r="12"') == 2


@pytest.mark.parametrize(("home", "away"), [(0, 0), (3, 3), (1, 0), (0, 1), (99, 98)])
def test_the_two_scores_never_lie_on_each_other(home: int, away: int) -> None:
    drawn = playbar(replace(BAR, beats=[Beat(1, home, away)] if home or away else []))
    places = [float(y) for y in re.findall(r'y="([\d.]+)" class="(?:home|away) word">\d+<', drawn)]
    assert len(places) == 2
    assert abs(places[0] - places[1]) >= 8


def test_without_marks_there_are_no_lanes() -> None:
    drawn = playbar(replace(BAR, marked=False, marks=[]))
    assert "ARG" not in drawn
    assert 'viewBox="0 0 360 95"' in drawn


def test_before_the_game_there_is_a_bar() -> None:
    drawn = playbar(replace(BAR, course=Course([], 0), beats=[], marks=[], now=0))
    assert drawn.count("<path") >= 3


def test_the_browsers_twin_has_the_same_measures() -> None:
    script = load_bundle().files["playbar.js"].body.decode()
    numbers = re.findall(r"^const .*?= (.*);", script, re.M)
    assert numbers[:4] == [
        f"{WIDTH:g}",
        f"[{module.LEFT:g}, {module.RIGHT:g}]",
        f"{{ home: {LANES['home']:g}, away: {LANES['away']:g} }}",
        f"[{module.TOP:g}, {module.BARE:g}, {module.HIGH:g}, {module.REACH:g}]",
    ]
    style = load_bundle().files["replay.css"].body.decode()
    assert f"({WIDTH:g} - {module.LEFT:g} - {module.RIGHT:g}) / {WIDTH:g}" in style
