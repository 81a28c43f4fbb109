"""The auditor's sheets, against scores worked out by hand."""

import pytest

from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.sim.counting import count


def play(kind: str, team: str | None = None, period: int | None = None, **detail: int) -> ProviderEvent:
    return ProviderEvent(
        provider="p",
        game_id="g",
        event="e",
        revision=1,
        type=kind,
        team=team,  # type: ignore[arg-type]
        period=period,
        detail=detail,
    )


def points(text: str) -> list[ProviderEvent]:
    """`H` a point of home, `A` one of away; blanks are for the reader."""
    return [play("POINT", "home" if one == "H" else "away") for one in text if one in "HA"]


TENNIS: Detail = {"best_of": 3, "set_games": 3, "tiebreak_at": 3, "tiebreak_points": 5}
GAME_HOME, GAME_AWAY = "HHHH ", "HAHAHAAA "


@pytest.mark.parametrize(
    ("text", "score", "lines", "over"),
    [
        ("HHH", (0, 0), {}, False),
        ("HHHAAA" + "HA" * 5 + "HH", (0, 0), {1: (1, 0)}, False),
        (GAME_HOME * 3, (1, 0), {1: (3, 0)}, False),
        (GAME_HOME * 2 + GAME_AWAY * 2 + GAME_HOME * 2, (1, 0), {1: (4, 2)}, False),
        ((GAME_HOME + GAME_AWAY) * 3 + "HHHHAAAA HH", (1, 0), {1: (4, 3)}, False),
        (GAME_HOME * 6 + GAME_AWAY * 3, (2, 0), {1: (3, 0), 2: (3, 0)}, True),
        (GAME_HOME * 3 + GAME_AWAY * 3 + GAME_AWAY, (1, 1), {1: (3, 0), 2: (0, 3), 3: (0, 1)}, False),
    ],
)
def test_tennis(text: str, score: tuple[int, int], lines: dict[int, tuple[int, int]], over: bool) -> None:
    sheet = count("tennis", points(text), TENNIS)
    assert (sheet.score, sheet.lines, sheet.over) == (score, lines, over)


def test_volleyball() -> None:
    rules: Detail = {"best_of": 3, "set_points": 4, "last_set_points": 2}
    sheet = count("volleyball", points("HHHH AAAHHHAA HAHH HHHHH"), rules)
    assert (sheet.score, sheet.lines, sheet.over) == ((2, 1), {1: (4, 0), 2: (3, 5), 3: (3, 1)}, True)


def test_sums() -> None:
    football = [play("TOUCHDOWN", "home", 1), play("EXTRA_POINT", "home", 1), play("SAFETY", "away", 2)]
    sheet = count("american_football", [*football, play("PLAY", None, 2)], {})
    assert (sheet.score, sheet.lines) == ((7, 2), {1: (7, 0), 2: (0, 2)})
    balls = [
        play("BALL", "away", 2, runs=4),
        play("BALL", "away", 2, runs=1, noballs=1),
        play("WICKET", "away", 2),
    ]
    assert count("cricket", balls, {}).score == (0, 6)
