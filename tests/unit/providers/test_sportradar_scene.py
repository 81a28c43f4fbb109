"""Whose id a team's id is."""

from scorewire.providers.sportradar_scene import Scene


def test_a_team_is_home_away_or_nobodys() -> None:
    scene = Scene(home="h", away="a", scheduled_ms=None)
    assert [scene.side(team) for team in ("h", "a", "x", "")] == ["home", "away", None, None]
    assert Scene(home="", away="", scheduled_ms=None).side("") is None
