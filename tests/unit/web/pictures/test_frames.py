from dataclasses import dataclass, replace

import pytest

from scorewire.model.provider_event import Side
from scorewire.web.pictures.frames import FRAMES, spots, turned
from scorewire.web.pictures.grounds import COURT_NBA, PITCH, RINK_NHL, Ground

LINES = {
    # The front edge of the penalty area, its left edge, the spot, the goal area's edge and its left post.
    "statsbomb": (102 / 120, 18 / 80, 108 / 120, 114 / 120, 36 / 80),
    "wyscout": (0.84, 0.19, 0.90, 0.94, 0.45),
    "opta_f24": (0.83, 0.789, 0.885, 0.942, 0.548),
    "opta_ma3": (0.83, 0.789, 0.885, 0.942, 0.548),
}


@dataclass(frozen=True)
class Act:
    side: Side
    x: float
    y: float
    period: int = 1


@pytest.mark.parametrize("provider", LINES)
def test_lines_of_a_frame_lie_on_the_lines_of_the_pitch(provider: str) -> None:
    front, left, spot, goal_area, post = LINES[provider]
    (corner, penalty, six) = spots(
        provider, PITCH, [Act("home", front, left), Act("away", spot, 0.5), Act("home", goal_area, post)]
    )
    assert (corner.along, corner.across) == pytest.approx((88.5, 34 - 20.16))
    assert (penalty.along, penalty.across) == pytest.approx((94.0, 34.0))
    assert (six.along, six.across) == pytest.approx((99.5, 34 - 3.66))


@pytest.mark.parametrize("provider", [*FRAMES, "nba_cdn", "hockeytech", "somebody"])
@pytest.mark.parametrize("ground", [PITCH, COURT_NBA, RINK_NHL])
def test_every_frame_keeps_corners_and_middle(provider: str, ground: Ground) -> None:
    acts = [Act("home", x, y) for x, y in ((0.5, 0.5), (1.0, 0.0), (1.0, 1.0), (0.6, 0.5))]
    middle, left, right, _ = spots(provider, ground, acts)
    assert (middle.along, middle.across) == pytest.approx((ground.length / 2, ground.width / 2))
    assert {left.across, right.across} == {0.0, ground.width}
    assert left.along == right.along == ground.length


def test_a_frame_that_lies_still_is_turned_by_the_shots_of_each_period() -> None:
    first = [Act("home", 0.9, 0.4), Act("home", 0.3, 0.5), Act("away", 0.1, 0.2)]
    second = [replace(act, x=1 - act.x, y=1 - act.y, period=2) for act in first]
    there = turned(FRAMES["metrica"], first)
    back = turned(FRAMES["metrica"], second)
    assert there == [pytest.approx(pair) for pair in back]
    # One long shot does not decide, and the away side is turned to attack as the home side does.
    assert there == [(0.9, 0.4), (0.3, 0.5), pytest.approx((0.9, 0.8))]


def test_where_home_always_attacks_one_way_the_away_side_is_turned() -> None:
    acts = [Act("home", 0.92, 0.4), Act("away", 0.08, 0.4), Act("away", 0.08, 0.4, 2)]
    assert turned(FRAMES["sportradar_soccer"], acts) == [
        (0.92, 0.4),
        pytest.approx((0.92, 0.6)),
        pytest.approx((0.92, 0.6)),
    ]


def test_y_is_told_from_the_left() -> None:
    act = [Act("home", 0.9, 0.1)]
    assert turned(FRAMES["opta_f24"], act) == [(0.9, 0.9)]
    assert turned(FRAMES["statsbomb"], act) == [(0.9, 0.1)]
