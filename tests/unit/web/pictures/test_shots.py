from pathlib import Path

import msgspec
import pytest

from scorewire.web.pictures import frames, reading
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.grounds import COURT_NBA, PITCH, RINK_NHL
from scorewire.web.pictures.shots import Chart, Shot, distance, shot_chart
from unit.providers.recorded import recording
from unit.web.pictures.drawn import HOSTILE, described, parsed, plates, starts

TEAMS = Teams("Reds", "Blues")


def shot(**fields: object) -> Shot:
    return Shot(**{"side": "home", "period": 1, "x": 0.9, "y": 0.5, "outcome": "goal"} | fields)  # type: ignore[arg-type]


def soccer(*shots: Shot, provider: str = "statsbomb", teams: Teams = TEAMS) -> Chart:
    return Chart(sport="soccer", teams=teams, provider=provider, shots=shots)


def test_a_chart_says_what_it_shows() -> None:
    shown = described(
        shot_chart(
            soccer(
                shot(player="Ada", when="23'"),
                shot(outcome="saved"),
                shot(outcome="missed"),
                shot(side="away", outcome="blocked"),
            ),
            key="shots",
        )
    )
    assert "Reds attack to the right, Blues to the left" in shown
    assert "Reds: 3 shots, 2 on target, 1 off target, 1 goal: Ada 23'." in shown
    assert "Blues: 1 shot, 0 on target, 1 blocked, no goals." in shown


def test_home_is_drawn_to_the_right_and_away_turned_round() -> None:
    root = parsed(shot_chart(soccer(shot(y=0.2), shot(side="away", y=0.2)), key="shots"))
    ((home_x, home_y),) = starts(root, "m home goal")
    ((away_x, away_y),) = starts(root, "m away goal")
    assert home_x > 300
    assert away_x < 60
    assert home_y < away_y


def test_a_game_without_shots_is_an_empty_ground_that_says_so() -> None:
    shown = shot_chart(soccer(), key="shots")
    assert "Reds: no shots. Blues: no shots." in described(shown)


def test_hostile_names_stay_names() -> None:
    chart = soccer(
        shot(player=HOSTILE, when=HOSTILE), provider=HOSTILE, teams=Teams(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    )
    parsed(shot_chart(chart, key="shots"))


def test_a_basketball_game_has_a_half_court_for_each_side() -> None:
    taken = [
        shot(points=3, x=0.7, player="Ada"),
        shot(points=2, outcome="missed"),
        shot(points=3, outcome="missed", x=0.1),
        shot(side="away", points=2, outcome="goal", x=0.94),
    ]
    shown = shot_chart(Chart(sport="basketball", teams=TEAMS, provider="nba_cdn", shots=taken), key="shots")
    home, away = plates(parsed(shown))
    assert "Reds made 1 of 3 shots, 1 of 2 from three points. Most baskets: Ada 1." in (home[1].text or "")
    assert "1 shot from beyond the picture lies on its edge." in (home[1].text or "")
    assert "Blues made 1 of 1 shot." in (away[1].text or "")


@pytest.mark.parametrize("international", [False, True])
@pytest.mark.parametrize("sport", ["soccer", "basketball", "ice_hockey"])
def test_three_hundred_shots_with_long_names_stay_small(sport: str, international: bool) -> None:
    scored = (1, 2, 4, 7) if sport == "basketball" else (1,)
    taken = [
        shot(
            side="home" if k % 2 else "away",
            outcome="goal" if k % 9 in scored else "missed",
            x=0.7 + k / 1100,
            y=(k * 37 % 100) / 100,
            player=f"Giannis Antetokounmpo {k}",
            when="Q4 11:59",
        )
        for k in range(300)
    ]
    chart = Chart(
        sport=sport,  # type: ignore[arg-type]
        teams=TEAMS,
        provider="nba_cdn",
        shots=taken,
        international=international,
    )
    parsed(shot_chart(chart, key="shots"))


# Against recordings: shots lie where they were taken.


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "goals"),
    [
        ("soccer/statsbomb/15986_events.json.gz", 4),
        ("soccer/statsbomb/3788741_events.json.gz", 2),
        ("soccer/wyscout/2499773_events_v2.json.gz", 5),
        ("soccer/metrica/sample_game_1_events.csv", 3),
        ("soccer/metrica/sample_game_3_events.json.gz", 2),
        ("soccer/dfl_sportec/003BN1_events_excerpt.xml", 1),
    ],
)
def test_goals_of_soccer_are_scored_near_the_goal(shared_data: Path, path: str, goals: int) -> None:
    found = recording(shared_data, path)
    shots = reading.shots("soccer", found.decode().events)
    places = frames.spots(found.format.name, PITCH, shots)
    near = [distance(PITCH, spot) for one, spot in zip(shots, places, strict=True) if one.outcome == "goal"]
    assert len(near) == goals
    assert max(near) < 31
    assert max(distance(PITCH, spot) for spot in places) < 45


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "threes"),
    [
        ("basketball/nba_cdn_live/0022000001_playbyplay.json.gz", 68),
        ("basketball/nba_two_feeds_0021600270/data_nba_com_pbp.json.gz", 58),
        ("basketball/nba_two_feeds_0021600270/stats_nba_com_pbp.json.gz", 58),
    ],
)
def test_three_pointers_are_beyond_the_arc_and_no_others(shared_data: Path, path: str, threes: int) -> None:
    found = recording(shared_data, path)
    shots = reading.shots("basketball", found.decode().events)
    places = frames.spots(found.format.name, COURT_NBA, shots)
    beyond = [_beyond(spot) for spot in places]
    assert sum(one.points == 3 for one in shots) == threes
    # Feeds round to a tenth of a foot or a percent, and whoever writes them down sees a toe on the line.
    wrong = [one for one, out in zip(shots, beyond, strict=True) if (one.points == 3) != out]
    assert len(wrong) <= len(shots) * 0.03


def _beyond(spot: frames.Spot) -> bool:
    """Over the arc of 23 ft 9 in, or over the straight part 22 ft from the middle."""
    out = abs(spot.across - 25.0)
    return out > 21.9 if spot.along > 94 - 14.2 else distance(COURT_NBA, spot) > 23.65


@pytest.mark.data
def test_corner_threes_lie_on_the_side_that_the_feed_names(shared_data: Path) -> None:
    """stats.nba.com names the zones; its positive LOC_X is the right side."""
    found = recording(shared_data, "basketball/nba_two_feeds_0021600270/stats_nba_com_pbp.json.gz")
    shots = reading.shots("basketball", found.decode().events)
    places = frames.spots("stats_nba_com", COURT_NBA, shots)
    listed = msgspec.json.decode(found.companions["shots_home"])["resultSets"][0]
    at = {name: listed["headers"].index(name) for name in ("SHOT_ZONE_BASIC", "PERIOD", "PLAYER_NAME")}
    corners = {
        (row[at["PLAYER_NAME"]], row[at["PERIOD"]]): row[at["SHOT_ZONE_BASIC"]]
        for row in listed["rowSet"]
        if "Corner 3" in row[at["SHOT_ZONE_BASIC"]]
    }
    checked = 0
    for one, spot in zip(shots, places, strict=True):
        zone = corners.get((one.player, one.period))
        if zone and one.points == 3 and spot.along > 94 - 14.2:
            assert (spot.across > 25) == zone.startswith("Right")
            checked += 1
    assert checked >= 3


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "goals"),
    [
        ("ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz", 8),
        ("ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz", 4),
    ],
)
def test_goals_of_ice_hockey_are_scored_in_the_zone_of_attack(
    shared_data: Path, path: str, goals: int
) -> None:
    found = recording(shared_data, path)
    shots = reading.shots("ice_hockey", found.decode().events)
    places = frames.spots(found.format.name, RINK_NHL, shots)
    scored = [spot for one, spot in zip(shots, places, strict=True) if one.outcome == "goal"]
    assert len(scored) == goals
    assert sum(spot.along > 125 for spot in scored) == goals
    assert sum(spot.along > 125 for spot in places) > len(places) * 0.9
