from pathlib import Path

import pytest

from scorewire.web.gallery import PICTURES, Story, foremost, pictures
from scorewire.web.pictures.grounds import COURT_FIBA, COURT_NBA
from scorewire.web.plays import Plays
from unit.providers.folded import fold_one
from unit.providers.recorded import recording
from unit.web.pictures.drawn import parsed
from unit.web.pictures.standing import stands
from unit.web.played import claim, declared, plays


def keys(story: Story) -> list[str]:
    return [one.key for one in pictures(story)]


def test_a_game_without_plays_has_no_pictures() -> None:
    for sport in (*PICTURES, "tennis"):
        story = Story(plays=plays(sport=sport), sport=sport)
        assert (keys(story), foremost(story)) == ([], None)


def test_a_picture_is_there_when_it_has_something_to_show() -> None:
    shot = claim("SHOT", x=0.9, y=0.5, clock="10:00")
    corners = [claim("CORNER", clock=f"{minute}:00") for minute in range(5)]
    assert keys(Story(plays=plays(shot), sport="soccer")) == ["shots"]
    assert keys(Story(plays=plays(shot, *corners), sport="soccer")) == ["momentum", "shots"]
    assert keys(Story(plays=plays(claim("SHOT", clock="1:00")), sport="soccer")) == []
    rallies = [claim("POINT", period=number) for number in (1, 1, 3)]
    story = Story(plays=plays(*rallies, sport="volleyball"), sport="volleyball")
    newest = foremost(story)
    assert keys(story) == ["set-1", "set-3"]
    assert newest is not None
    assert newest.key == "set-3"


def test_the_rules_of_a_competition_shape_its_pictures() -> None:
    assert Story(plays=plays(sport="basketball"), sport="basketball").ground is COURT_NBA
    fiba = Story(plays=plays(sport="basketball", period_minutes=10), sport="basketball")
    assert fiba.ground is COURT_FIBA
    assert fiba.times.course.length == 40
    over = claim("GOAL", period=4, clock="8:00")
    playoff = Story(plays=plays(over, sport="ice_hockey", overtime="full"), sport="ice_hockey")
    assert (playoff.times.at, playoff.times.course.length) == ([72.0], 80.0)
    overs = {"t20": {}, "odi": {"overs": 50}, "test": {"innings": 2}}
    found = {
        name: Story(plays=plays(sport="cricket", **rules), sport="cricket").overs
        for name, rules in overs.items()
    }
    assert found == {"t20": 20, "odi": 50, "test": 0}
    ball = claim("BALL", period=3, runs=4, over="0.1")
    assert Story(plays=plays(ball, sport="cricket"), sport="cricket").innings == []  # a super over
    assert len(Story(plays=plays(ball, sport="cricket", innings=2), sport="cricket").innings) == 1


@pytest.mark.data
@pytest.mark.parametrize(
    ("sport", "path", "found"),
    [
        ("soccer", "soccer/statsbomb/3788741_events.json.gz", ["momentum", "shots"]),
        (
            "basketball",
            "basketball/nba_cdn_live/0022000001_playbyplay.json.gz",
            ["score", "shots", "momentum"],
        ),
        ("ice_hockey", "ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz", ["momentum", "shots", "score"]),
        ("cricket", "cricket/cricsheet/odi_dls_1277086.json", ["worm", "manhattan"]),
        ("american_football", "american_football/nfl_gamecenter/2015020100.json", ["score", "drives"]),
        ("baseball", "baseball/mlb_statsapi_facts/718322_feed_live_facts.json.gz", ["score", "spray"]),
        ("volleyball", "volleyball/datavolley/example_data.dvw", ["set-1", "set-2", "set-3"]),
    ],
)
def test_a_recorded_game_has_its_pictures(shared_data: Path, sport: str, path: str, found: list[str]) -> None:
    claims, _ = stands(shared_data, path)
    frame = fold_one(recording(shared_data, path).decode()).desk.book.declared
    story = Story(plays=Plays(declared=frame or declared(sport), claims=claims), sport=sport)
    assert keys(story) == found
    for picture in pictures(story):
        parsed(picture.draw(story))
