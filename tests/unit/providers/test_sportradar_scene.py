"""Whose id a team's id is, and how a play is told in parts."""

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.format import Transcript
from scorewire.providers.sportradar import Game, Side
from scorewire.providers.sportradar_scene import Made, Scene, scene_of, tell


def test_a_team_is_home_away_or_nobodys() -> None:
    scene = Scene(home="h", away="a", scheduled_ms=None)
    assert [scene.side(team) for team in ("h", "a", "x", "")] == ["home", "away", None, None]
    assert Scene(home="", away="", scheduled_ms=None).side("") is None


def test_a_team_is_known_by_its_abbreviation_too() -> None:
    scene = Scene(home="h", away="a", scheduled_ms=None, names=("NE", "SEA"))
    assert [scene.called(name) for name in ("NE", "SEA", "KC", "")] == ["home", "away", None, None]


def test_the_scene_of_a_game() -> None:
    game = Game(id="g", scheduled="1970-01-01T00:00:01Z", home=Side(id="h"), away=Side(id="a"))
    held = scene_of(game, 3, fresh=True)
    assert (held.home, held.away, held.scheduled_ms, held.period, held.fresh) == ("h", "a", 1000, 3, True)


def told(made: list[Made], *, fresh: bool) -> Transcript:
    transcript = Transcript(provider="p", game_id="g")
    common = ProviderEvent(provider="", game_id="", event="e", revision=7, period=2)
    tell(transcript, common, made, ("-runs", "-runner"), 40, fresh=fresh)
    return transcript


def test_parts_of_a_play_share_what_is_common_and_stand_one_behind_the_other() -> None:
    events = told([("", {"type": "SINGLE"}), ("-runs", {"type": "RUNS"})], fresh=True).events
    assert [(one.event, one.type, one.sequence) for one in events] == [
        ("e", "SINGLE", 40), ("e-runs", "RUNS", 41),
    ]  # fmt: skip
    assert {(one.period, one.revision) for one in events} == {(2, 7)}


def test_a_stream_takes_back_the_parts_that_a_play_does_not_tell() -> None:
    events = told([("", {"type": "SINGLE"})], fresh=False).events
    assert [(one.event, one.action, one.revision) for one in events] == [
        ("e", "assert", 7), ("e-runs", "retract", 7), ("e-runner", "retract", 7),
    ]  # fmt: skip


def test_what_has_no_type_is_skipped_under_its_reason() -> None:
    transcript = told([("", {"type": "", "reason": "pickoff_throw"})], fresh=True)
    assert (transcript.events, dict(transcript.skipped)) == ([], {"pickoff_throw": 1})
