"""The claims that the codes of the two older NBA feeds make."""

import pytest

from scorewire.model.provider_event import Player, ProviderEvent, SideScore
from scorewire.providers import nba_codes
from scorewire.providers.format import Transcript
from scorewire.providers.nba_codes import Entry, Reader

WALL = Player(id="nba-1", name="John Wall")
OTHER = Player(id="nba-2", name="Steven Adams")


def entry(code: int, **fields: object) -> Entry:
    given = {"event": "7", "action": 0, "period": 1, "left_s": 600.0, "team": "away", "player": WALL}
    return Entry(code=code, **(given | fields))  # type: ignore[arg-type]


def read(*entries: Entry) -> list[ProviderEvent]:
    transcript = Transcript(provider="p", game_id="g")
    reader = Reader(transcript=transcript, start_ms=0)
    for one in entries:
        reader.read(one)
    return transcript.events


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"code": nba_codes.MADE, "made": True}, "FG2"),
        ({"code": nba_codes.MADE, "made": True, "three": True}, "FG3"),
        ({"code": nba_codes.MISSED, "three": True}, "FG3_MISS"),
        ({"code": nba_codes.MISSED}, "FG2_MISS"),
        ({"code": nba_codes.FREE_THROW, "made": True}, "FT"),
        ({"code": nba_codes.FREE_THROW}, "FT_MISS"),
        ({"code": nba_codes.JUMP_BALL}, "JUMP_BALL"),
        ({"code": nba_codes.EJECTION}, "EJECTION"),
    ],
)
def test_types(fields: dict[str, object], expected: str) -> None:
    (event,) = read(entry(**fields))  # type: ignore[arg-type]
    assert (event.type, event.team, event.clock) == (expected, "away", "10:00")


def test_a_basket_keeps_its_assist_and_its_place() -> None:
    (basket,) = read(entry(nba_codes.MADE, second=OTHER, place=(0.9, 0.5)))
    assert basket.detail == {"assist": "Steven Adams", "assist_id": "nba-2"}
    assert (basket.x, basket.y) == (0.9, 0.5)


@pytest.mark.parametrize(
    ("given", "types", "last"),
    [
        (entry(nba_codes.MISSED, blocker=OTHER), ["FG2_MISS", "BLOCK"], "7-block"),
        (entry(nba_codes.TURNOVER, second=OTHER, action=1), ["TURNOVER", "STEAL"], "7-steal"),
    ],
)
def test_blocks_and_steals_are_the_other_sides(given: Entry, types: list[str], last: str) -> None:
    first, second = read(given)
    assert [first.type, second.type] == types
    assert (second.event, second.team, second.player) == (last, "home", OTHER)


@pytest.mark.parametrize(
    ("miss", "rebound", "kind"),
    [
        (entry(nba_codes.MISSED), entry(nba_codes.REBOUND), "offensive"),
        (entry(nba_codes.MISSED), entry(nba_codes.REBOUND, team="home"), "defensive"),
        (entry(nba_codes.FREE_THROW, action=11), entry(nba_codes.REBOUND, player=None), "deadball"),
        (entry(nba_codes.FREE_THROW, action=12), entry(nba_codes.REBOUND, player=None), "offensive"),
    ],
)
def test_a_rebound_is_of_the_last_miss(miss: Entry, rebound: Entry, kind: str) -> None:
    assert read(miss, rebound)[1].detail == {"kind": kind}


def test_a_rebound_of_nothing_says_nothing() -> None:
    assert read(entry(nba_codes.REBOUND))[0].detail == {}


def test_a_substitution_names_both() -> None:
    (event,) = read(entry(nba_codes.SUBSTITUTION, second=OTHER))
    assert (event.player, event.detail) == (WALL, {"in": "Steven Adams", "in_id": "nba-2"})


def test_a_replay_is_begun_and_ended() -> None:
    assert [(one.event, one.type) for one in read(entry(nba_codes.REPLAY))] == [
        ("7-start", "REVIEW_STARTED"),
        ("7", "REVIEW_ENDED"),
    ]


@pytest.mark.parametrize(
    ("period", "home", "types"),
    [
        (4, 100, ["PERIOD_END", "GAME_END", "GAME_FINAL"]),
        (4, 99, ["PERIOD_END"]),
        (2, 100, ["PERIOD_END"]),
    ],
)
def test_the_end_of_a_period_may_end_the_game(period: int, home: int, types: list[str]) -> None:
    ended = entry(nba_codes.PERIOD_END, period=period, left_s=0.0, score=SideScore(home=home, away=99))
    assert [one.type for one in read(ended)] == types


def test_the_last_score_that_was_stated_decides() -> None:
    stated = entry(nba_codes.MADE, period=4, score=SideScore(home=1, away=0))
    assert [one.type for one in read(stated, entry(nba_codes.PERIOD_END, period=4, event="8"))][
        -1
    ] == "GAME_FINAL"


def test_unknown_codes_are_skipped() -> None:
    transcript = Transcript(provider="p", game_id="g")
    Reader(transcript=transcript, start_ms=0).read(entry(99))
    assert transcript.skipped == {"unknown_type": 1}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("11:38", 698.0),
        ("00:45.3", 45.3),
        ("0:00", 0.0),
        ("", None),
        ("a:b", None),
        ("5", None),
        ("1:nan", None),
    ],
)
def test_seconds(text: str, seconds: float | None) -> None:
    assert nba_codes.seconds(text) == seconds
