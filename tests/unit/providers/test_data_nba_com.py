"""data.nba.com: its quirks on plays made here, and a real game with overtime against its details."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import data_nba_com
from scorewire.providers.data_nba_com import decode, grow
from unit.providers import recorded

OKC, WAS = 10, 20


def play(number: int, code: int, **fields: Any) -> dict[str, Any]:
    given = {"cl": "11:39", "de": "[WAS 2-0] Wall", "tid": WAS, "pid": 2, "hs": 0, "vs": 2}
    return {"evt": number, "etype": code, **given, **fields}


def file(*plays: dict[str, Any]) -> bytes:
    period = {"p": 1, "pla": [*plays]}
    return msgspec.json.encode({"g": {"gid": "0021600270", "gcode": "20161130/WASOKC", "pd": [period]}})


def test_sides_come_from_the_code_and_the_sentences() -> None:
    decoded = decode(file(play(1, 1, opt1=2), play(2, 4, tid=OKC, de="[OKC] Adams Rebound")))
    assert [(one.type, one.team) for one in decoded.events] == [("FG2", "away"), ("REBOUND", "home")]
    assert decoded.declaration is not None
    assert (decoded.declaration.home.abbr, decoded.declaration.away.abbr) == ("OKC", "WAS")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (play(1, 1, opt1=3), "FG3"),
        (play(1, 2, opt1=3), "FG3_MISS"),
        (play(1, 3, opt1=1, mtype=11), "FT"),
        (play(1, 3, opt1=2, mtype=11), "FT_MISS"),
    ],
)
def test_shots(given: dict[str, Any], expected: str) -> None:
    assert decode(file(given)).events[0].type == expected


def test_only_shots_have_a_place() -> None:
    shot, foul, nowhere = decode(
        file(
            play(1, 1, opt1=2, locX=-19, locY=120),
            play(2, 6, locX=48, locY=47),
            play(3, 2, opt1=2, locX=0, locY=-80),
        )
    ).events
    assert (shot.x, shot.y) == (0.8165, 0.462)
    assert foul.x is nowhere.x is None


def test_tenths_of_the_last_minute_are_kept() -> None:
    assert decode(file(play(1, 4, cl="00:51.4"))).events[0].clock == "0:51.4"


def test_an_unreadable_play_leaves_no_gap() -> None:
    decoded = decode(file({"evt": "x"}, play(2, 4)))
    assert decoded.skipped == {"unreadable_play": 1}
    recorded.assert_dense(decoded.events)


def test_names_are_empty_without_details() -> None:
    player = decode(file(play(1, 1, opt1=2, epid="5"))).events[0]
    assert player.player is not None
    assert (player.player.id, player.player.name) == ("nba-2", "")
    assert player.detail == {"assist_id": "nba-5"}


@pytest.mark.data
class TestRealGame:
    def test_comes_to_its_result_by_period_and_player(self, shared_data: Path) -> None:
        recording = recorded.pair(shared_data, "data_nba_com")
        assert recording.format is data_nba_com.DATA_NBA_COM
        decoded = recording.decode()
        details = msgspec.json.decode(recording.companions["details"])["g"]
        home, away = details["hls"], details["vls"]
        assert recorded.points(decoded.events) == (home["s"], away["s"]) == (126, 115)
        quarters = ["q1", "q2", "q3", "q4", "ot1"]
        assert recorded.by_period(decoded.events) == {
            number: (home[name], away[name]) for number, name in enumerate(quarters, 1)
        }
        lines = {f"nba-{one['pid']}": one for team in (home, away) for one in team["pstsg"]}
        for told_of, name in (
            (recorded.by_player(decoded.events), "pts"),
            (recorded.assists(decoded.events), "ast"),
            (recorded.counted(decoded.events, "STEAL"), "stl"),
            (recorded.counted(decoded.events, "BLOCK"), "blk"),
            (recorded.counted(decoded.events, "REBOUND"), "reb"),
            (recorded.counted(decoded.events, "REBOUND", kind="offensive"), "oreb"),
            (recorded.counted(decoded.events, "TURNOVER"), "tov"),
        ):
            assert told_of == {who: line[name] for who, line in lines.items() if line[name]}, name

    def test_agrees_with_the_feeds_own_score_after_every_play(self, shared_data: Path) -> None:
        events = recorded.pair(shared_data, "data_nba_com").decode().events
        assert recorded.assert_checked_by_feed(events) == len(events) - 2
        recorded.assert_dense(events)

    def test_knows_who_and_when(self, shared_data: Path) -> None:
        decoded = recorded.pair(shared_data, "data_nba_com").decode()
        assert decoded.skipped == {}
        declared = decoded.declaration
        assert declared is not None
        assert (declared.start, declared.home.name, declared.away.name) == (
            "2016-12-01T01:00:00Z",
            "Oklahoma City Thunder",
            "Washington Wizards",
        )
        assert decoded.events[-1].type == "GAME_FINAL"

    def test_as_it_grows_it_only_adds(self, shared_data: Path) -> None:
        body = recorded.pair(shared_data, "data_nba_com").body
        held: tuple[ProviderEvent, ...] = ()
        for grown in grow(body, 40):
            events = decode(grown).events
            assert events[: len(held)] == held
            held = events
        assert held == decode(body).events
