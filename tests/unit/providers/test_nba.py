"""What the NBA feeds share."""

import pytest

from scorewire.model.provider_event import SideScore
from scorewire.providers import nba


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (720, "12:00"),
        (698, "11:38"),
        (60, "1:00"),
        (59.96, "1:00"),
        (59.9, "0:59.9"),
        (45.3, "0:45.3"),
        (5, "0:05.0"),
        (0, "0:00.0"),
    ],
)
def test_clock(seconds: float, shown: str) -> None:
    assert nba.clock(seconds) == shown


@pytest.mark.parametrize(
    ("game", "season"),
    [("0022000001", "2020-21"), ("0029900001", "1999-00"), ("0024600001", "1946-47"), ("7", "")],
)
def test_season(game: str, season: str) -> None:
    assert nba.season(game) == season


@pytest.mark.parametrize(
    ("period", "home", "away", "decided"),
    [(4, 99, 98, True), (4, 99, 99, False), (3, 99, 98, False), (5, 115, 126, True)],
)
def test_what_ends_a_game(period: int, home: int, away: int, decided: bool) -> None:
    assert nba.decided(period, SideScore(home=home, away=away)) is decided


def test_nothing_is_decided_without_a_score() -> None:
    assert not nba.decided(4, None)


@pytest.mark.parametrize(
    ("across", "along", "place"),
    [
        (0, 0, (0.9441, 0.5)),
        (-2, 220, (0.7101, 0.496)),
        (-225, 33, (0.909, 0.05)),
        (0, 9000, (0.0, 0.5)),
        (400, -100, (1.0, 1.0)),
    ],
)
def test_a_shot_in_feet(across: int, along: int, place: tuple[float, float]) -> None:
    assert nba.from_hoop(across, along) == place


def test_a_shot_in_percent_is_turned_to_the_attack() -> None:
    assert nba.from_percent(71.0, 49.6, leftwards=False) == (0.71, 0.496)
    assert nba.from_percent(29.0, 50.4, leftwards=True) == (0.71, 0.496)


def test_nominal_time_runs_on_through_breaks_and_overtime() -> None:
    assert nba.elapsed_ms(1, 720) == 0
    assert nba.elapsed_ms(1, 600) == 120_000
    assert nba.elapsed_ms(5, 300) == 4 * (720 + nba.BREAK_S) * 1000
    assert nba.elapsed_ms(1, 900) == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Loose Ball", {"kind": "loose_ball"}),
        ("out-of-bounds", {"kind": "out_of_bounds"}),
        (None, {}),
        (" ", {}),
    ],
)
def test_kind(text: str | None, kind: dict[str, str]) -> None:
    assert nba.kind(text) == kind


def test_a_game_is_framed_by_its_number() -> None:
    frame = nba.declare(
        provider="p",
        game="0041900406",
        home=nba.team("LAL", city="Los Angeles", nickname="Lakers"),
        away=nba.team("MIA"),
    )
    assert (frame.game_id, frame.season, frame.round) == ("nba-0041900406", "2019-20", "Playoffs")
    assert (frame.home.name, frame.away.name, frame.provider_ids) == (
        "Los Angeles Lakers",
        "MIA",
        {"p": "0041900406"},
    )


def test_nobody_is_number_nought() -> None:
    assert nba.player(0, "Team") is None
