"""stats.nba.com: its quirks on rows made here, and a real game with overtime against its box score."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import stats_nba_com
from scorewire.providers.stats_nba_com import decode, grow
from unit.providers import recorded

HEADERS = [
    "EVENTNUM",
    "GAME_ID",
    "EVENTMSGTYPE",
    "EVENTMSGACTIONTYPE",
    "PERIOD",
    "PCTIMESTRING",
    "WCTIMESTRING",
    "HOMEDESCRIPTION",
    "VISITORDESCRIPTION",
    "SCORE",
    "PERSON1TYPE",
    "PLAYER1_ID",
    "PLAYER1_NAME",
    "PLAYER1_TEAM_ABBREVIATION",
    "PLAYER2_ID",
    "PLAYER2_NAME",
    "PLAYER3_ID",
    "PLAYER3_NAME",
]


def row(number: int, code: int, **fields: Any) -> list[Any]:
    given = {
        "EVENTNUM": number,
        "GAME_ID": "0021600270",
        "EVENTMSGTYPE": code,
        "EVENTMSGACTIONTYPE": 1,
        "PERIOD": 1,
        "PCTIMESTRING": "11:39",
        "WCTIMESTRING": "8:11 PM",
        "PERSON1TYPE": 5,
        "PLAYER1_ID": 2,
        "PLAYER1_NAME": "John Wall",
        "PLAYER1_TEAM_ABBREVIATION": "WAS",
    } | fields
    return [given.get(name) for name in HEADERS]


def file(*rows: list[Any]) -> bytes:
    table = {"name": "PlayByPlay", "headers": HEADERS, "rowSet": [*rows]}
    return msgspec.json.encode({"resource": "playbyplay", "resultSets": [table]})


def test_score_is_visitor_first() -> None:
    (event,) = decode(file(row(1, 1, VISITORDESCRIPTION="Wall 2' Layup (2 PTS)", SCORE="2 - 0"))).events
    assert event.score is not None
    assert (event.type, event.team, event.score.home, event.score.away) == ("FG2", "away", 0, 2)


@pytest.mark.parametrize(
    ("code", "sentence", "expected"),
    [
        (1, "Wall 25' 3PT Jump Shot (3 PTS)", "FG3"),
        (2, "MISS Wall 25' 3PT Jump Shot", "FG3_MISS"),
        (2, "MISS Wall Layup", "FG2_MISS"),
        (3, "Wall Free Throw 1 of 2 (1 PTS)", "FT"),
        (3, "MISS Wall Free Throw 1 of 2", "FT_MISS"),
    ],
)
def test_the_sentence_tells_threes_and_misses(code: int, sentence: str, expected: str) -> None:
    assert decode(file(row(1, code, VISITORDESCRIPTION=sentence))).events[0].type == expected


def test_the_sentence_of_the_acting_side_counts() -> None:
    events = decode(
        file(
            row(
                1,
                2,
                HOMEDESCRIPTION="Adams BLOCK (1 BLK)",
                VISITORDESCRIPTION="MISS Wall 3PT",
                PLAYER3_ID=12,
                PLAYER3_NAME="Steven Adams",
            )
        )
    ).events
    assert [(one.type, one.team) for one in events] == [("FG3_MISS", "away"), ("BLOCK", "home")]


def test_a_teams_own_row_names_no_player() -> None:
    (event,) = decode(file(row(1, 9, PERSON1TYPE=2, PLAYER1_ID=1610612760, PLAYER1_NAME=None))).events
    assert (event.type, event.team, event.player) == ("TIMEOUT", "home", None)


def test_a_replays_official_is_nobody() -> None:
    events = decode(file(row(1, 18, PERSON1TYPE=None, PLAYER1_ID=356, PLAYER1_NAME="Chris Morris"))).events
    assert [(one.type, one.player) for one in events] == [("REVIEW_STARTED", None), ("REVIEW_ENDED", None)]


def test_columns_are_found_by_name_and_unreadable_rows_leave_no_gap() -> None:
    table = msgspec.json.decode(file(row(1, 4), row(2, 5)))["resultSets"][0]
    turned = {
        "name": "PlayByPlay",
        "headers": table["headers"][::-1],
        "rowSet": [table["rowSet"][0][::-1], ["short"], 3, table["rowSet"][1][::-1]],
    }
    decoded = decode(msgspec.json.encode({"resultSets": [turned]}))
    assert [one.type for one in decoded.events] == ["REBOUND", "TURNOVER"]
    assert decoded.skipped == {"unreadable_row": 2}
    recorded.assert_dense(decoded.events)


def test_without_both_teams_nothing_is_declared() -> None:
    assert decode(file(row(1, 4))).declaration is None


@pytest.mark.parametrize("body", [b'{"resultSets":[]}', file(), file(["short"])])
def test_refuses_what_has_no_rows(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        decode(body)


@pytest.mark.data
class TestRealGame:
    def test_comes_to_its_result_by_period_and_player(self, shared_data: Path) -> None:
        recording = recorded.pair(shared_data, "stats_nba_com")
        assert recording.format is stats_nba_com.STATS_NBA_COM
        decoded = recording.decode()
        tables = msgspec.json.decode(recording.companions["boxscore"])["resultSets"]
        headers = tables[0]["headers"]
        lines = [dict(zip(headers, cells, strict=True)) for cells in tables[0]["rowSet"]]
        assert recorded.points(decoded.events) == (126, 115)
        for told_of, name in (
            (recorded.by_player(decoded.events), "PTS"),
            (recorded.assists(decoded.events), "AST"),
            (recorded.counted(decoded.events, "STEAL"), "STL"),
            (recorded.counted(decoded.events, "BLOCK"), "BLK"),
            (recorded.counted(decoded.events, "REBOUND"), "REB"),
            (recorded.counted(decoded.events, "REBOUND", kind="offensive"), "OREB"),
            (recorded.counted(decoded.events, "TURNOVER"), "TO"),
        ):
            assert told_of == {f"nba-{one['PLAYER_ID']}": one[name] for one in lines if one[name]}, name
        summary = msgspec.json.decode(recording.companions["summary"])["resultSets"]
        score = next(one for one in summary if one["name"] == "LineScore")
        home, away = (dict(zip(score["headers"], cells, strict=True)) for cells in score["rowSet"])
        names = ["PTS_QTR1", "PTS_QTR2", "PTS_QTR3", "PTS_QTR4", "PTS_OT1"]
        assert recorded.by_period(decoded.events) == {
            number: (home[name], away[name]) for number, name in enumerate(names, 1)
        }

    def test_agrees_with_the_feeds_own_score_where_it_is_stated(self, shared_data: Path) -> None:
        events = recorded.pair(shared_data, "stats_nba_com").decode().events
        assert recorded.assert_checked_by_feed(events) == 129 + 9 + 2
        recorded.assert_dense(events)

    def test_tells_the_same_game_as_the_other_feed(self, shared_data: Path) -> None:
        mine = recorded.pair(shared_data, "stats_nba_com").decode()
        other = recorded.pair(shared_data, "data_nba_com").decode()
        assert mine.declaration is not None
        assert other.declaration is not None
        for name in ("game_id", "start", "home", "away", "league", "season", "round"):
            assert getattr(mine.declaration, name) == getattr(other.declaration, name), name

        def plays(events: tuple[ProviderEvent, ...]) -> list[tuple[object, ...]]:
            return [
                (one.event, one.type, one.team, one.period, one.player and one.player.id)
                for one in events
                if not one.type.startswith(("REVIEW", "LINEUP"))
            ]

        assert plays(mine.events) == plays(other.events)

    def test_places_shots_from_the_charts(self, shared_data: Path) -> None:
        mine = recorded.pair(shared_data, "stats_nba_com").decode().events
        other = recorded.pair(shared_data, "data_nba_com").decode().events
        places = {one.event: (one.x, one.y) for one in mine if one.x is not None}
        assert len(places) == 193
        assert places == {one.event: (one.x, one.y) for one in other if one.x is not None}

    def test_as_it_grows_it_only_adds(self, shared_data: Path) -> None:
        body = recorded.pair(shared_data, "stats_nba_com").body
        held: tuple[ProviderEvent, ...] = ()
        for grown in grow(body, 40):
            events = decode(grown).events
            assert events[: len(held)] == held
            held = events
        assert held == decode(body).events
