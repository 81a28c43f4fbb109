"""NBA live data: its quirks on actions made here, and a real game against its box score."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import nba_cdn
from scorewire.providers.nba_cdn import clock, decode, grow
from unit.providers import recorded

TIP = "2020-12-23T00:06:19.0Z"


def action(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {
        "actionNumber": number,
        "orderNumber": number * 10,
        "actionType": kind,
        "period": 1,
        "clock": "PT11M38.00S",
        "timeActual": TIP,
        "edited": TIP,
        "teamTricode": "GSW",
        "personId": 30,
        "playerName": "Curry",
        "playerNameI": "S. Curry",
        "scoreHome": "2",
        "scoreAway": "0",
        **fields,
    }


BASKET = action("2pt", 1, shotResult="Made", teamTricode="BKN", subType="Layup")
OTHER = action("timeout", 2, subType="full", personId=0)


def file(*actions: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"game": {"gameId": "0022000001", "actions": [*actions]}})


def told(*actions: dict[str, Any]) -> list[ProviderEvent]:
    """What these actions make, after a basket and a time-out that tell the sides."""
    return list(decode(file(BASKET, OTHER, *actions)).events[2:])


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        ("PT11M38.00S", "11:38"),
        ("PT00M45.30S", "0:45.3"),
        ("PT00M00.00S", "0:00.0"),
        ("PT12M00S", "12:00"),
        ("11:38", None),
        ("", None),
    ],
)
def test_clock(duration: str, shown: str | None) -> None:
    assert clock(duration) == shown


def test_the_first_basket_tells_who_is_at_home() -> None:
    decoded = decode(file(action("rebound", 0), BASKET))
    assert [(one.type, one.team) for one in decoded.events] == [("REBOUND", "away"), ("FG2", "home")]
    assert decoded.declaration is not None
    assert (decoded.declaration.home.abbr, decoded.declaration.away.abbr) == ("BKN", "GSW")


def test_before_it_nothing_is_claimed() -> None:
    decoded = decode(file(OTHER))
    assert (decoded.game, decoded.events, decoded.declaration) == ("0022000001", (), None)
    assert decoded.skipped == {"side_unknown": 1}


def test_order_number_is_the_order_and_action_number_the_id() -> None:
    late = action("steal", 3, orderNumber=15)
    assert [(one.event, one.sequence) for one in decode(file(BASKET, OTHER, late)).events] == [
        ("1", 1),
        ("3", 2),
        ("2", 3),
    ]


def test_an_edit_is_the_revision() -> None:
    (event,) = told(action("steal", 3, edited="2020-12-23T00:07:19Z"))
    assert event.revision == event.time_ms + 60_000 == 1608682039000


def test_an_assist_is_part_of_its_basket() -> None:
    (event,) = told(
        action(
            "3pt",
            3,
            shotResult="Made",
            assistPersonId=23,
            assistPlayerNameInitial="D. Green",
            x=29.0,
            y=50.4,
            side="left",
        )
    )
    assert (event.type, event.detail) == ("FG3", {"assist": "D. Green", "assist_id": "nba-23"})
    assert (event.x, event.y) == (0.71, 0.496)
    assert event.player is not None
    assert event.player.name == "S. Curry"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (action("freethrow", 3, shotResult="Missed", subType="1 of 2"), ("FT_MISS", {"attempt": "1 of 2"})),
        (action("foul", 3, subType="personal", descriptor="loose ball"), ("FOUL", {"kind": "loose_ball"})),
        (action("foul", 3, subType="offensive", descriptor="charge"), ("FOUL", {"kind": "offensive"})),
        (action("rebound", 3, subType="offensive"), ("REBOUND", {"kind": "offensive"})),
        (
            action("rebound", 3, subType="offensive", qualifiers=["deadball", "team"]),
            ("REBOUND", {"kind": "deadball"}),
        ),
        (action("ejection", 3), ("EJECTION", {})),
    ],
)
def test_kinds(given: dict[str, Any], expected: tuple[str, dict[str, str]]) -> None:
    (event,) = told(given)
    assert (event.type, event.detail) == expected


def test_a_substitution_is_two_actions_and_one_claim() -> None:
    def change(way: str, number: int, person: int, **fields: Any) -> dict[str, Any]:
        return action(
            "substitution", number, subType=way, personId=person, playerNameI=f"P{person}", **fields
        )

    events = told(
        change("out", 3, 1),
        change("out", 4, 2),
        change("in", 5, 11, edited="2020-12-23T00:07:19Z"),
        change("in", 6, 12),
        change("in", 7, 13, clock="PT10M00.00S"),
        change("out", 8, 3, clock="PT09M00.00S"),
    )
    assert [(one.event, one.player and one.player.name, one.detail["in"]) for one in events] == [
        ("3", "P1", "P11"),
        ("4", "P2", "P12"),
    ]
    assert events[0].revision > events[1].revision
    lone = decode(file(BASKET, OTHER, change("out", 3, 1)))
    assert lone.skipped == {"substitution_unpaired": 1}


def test_a_review_is_begun_and_ended() -> None:
    assert [(one.event, one.type) for one in told(action("instantreplay", 3, subType="overturn"))] == [
        ("3-start", "REVIEW_STARTED"),
        ("3", "REVIEW_ENDED"),
    ]


def test_the_end_is_confirmed() -> None:
    assert [(one.event, one.type, one.team) for one in told(action("game", 3, subType="end"))] == [
        ("3", "GAME_END", None),
        ("3-final", "GAME_FINAL", None),
    ]


def test_what_makes_no_claim_is_counted() -> None:
    decoded = decode(
        file(
            BASKET,
            OTHER,
            action("stoppage", 3),
            action("hologram", 4),
            {"actionNumber": 5},
            action("steal", 6),
        )
    )
    assert decoded.skipped == {"stoppage": 1, "unknown_type": 1, "unreadable_action": 1}
    recorded.assert_dense(decoded.events)


@pytest.mark.parametrize("score", [None, "", "-1", "many", "9" * 20])
def test_a_score_that_cannot_be_read_is_none(score: str | None) -> None:
    (event,) = told(action("steal", 3, scoreHome=score))
    assert event.score is None


@pytest.mark.data
class TestRealGame:
    def test_comes_to_its_result_by_period_and_player(self, shared_data: Path) -> None:
        recording = recorded.cdn(shared_data)
        assert recording.format is nba_cdn.NBA_CDN
        decoded = recording.decode()
        box = msgspec.json.decode(recording.companions["boxscore"])["game"]
        home, away = box["homeTeam"], box["awayTeam"]
        assert recorded.points(decoded.events) == (home["score"], away["score"]) == (125, 99)
        assert recorded.by_period(decoded.events) == {
            one["period"]: (one["score"], other["score"])
            for one, other in zip(home["periods"], away["periods"], strict=True)
        }
        lines = {
            f"nba-{one['personId']}": one["statistics"] for team in (home, away) for one in team["players"]
        }
        for told_of, name in (
            (recorded.by_player(decoded.events), "points"),
            (recorded.assists(decoded.events), "assists"),
            (recorded.counted(decoded.events, "STEAL"), "steals"),
            (recorded.counted(decoded.events, "BLOCK"), "blocks"),
            (recorded.counted(decoded.events, "REBOUND"), "reboundsTotal"),
            (recorded.counted(decoded.events, "REBOUND", kind="offensive"), "reboundsOffensive"),
            (recorded.counted(decoded.events, "TURNOVER"), "turnovers"),
            (recorded.counted(decoded.events, "FG3", "FG3_MISS"), "threePointersAttempted"),
        ):
            assert told_of == {who: line[name] for who, line in lines.items() if line[name]}, name

    def test_agrees_with_the_feeds_own_score_after_every_action(self, shared_data: Path) -> None:
        events = recorded.cdn(shared_data).decode().events
        assert recorded.assert_checked_by_feed(events) == len(events) - 2  # all but the line-ups
        recorded.assert_dense(events)

    def test_skips_and_declares(self, shared_data: Path) -> None:
        decoded = recorded.cdn(shared_data).decode()
        assert decoded.skipped == {"stoppage": 7, "twin": 48}
        declared = decoded.declaration
        assert declared is not None
        assert (declared.start, declared.home.name, declared.away.name) == (
            "2020-12-23T00:00:00Z",
            "Brooklyn Nets",
            "Golden State Warriors",
        )

    def test_the_box_score_is_not_needed(self, shared_data: Path) -> None:
        body = recorded.cdn(shared_data).body
        bare = decode(body)
        assert recorded.points(bare.events) == (125, 99)
        assert bare.declaration is not None
        assert bare.declaration.home.abbr == "BKN"

    def test_as_it_grows_it_only_adds(self, shared_data: Path) -> None:
        body = recorded.cdn(shared_data).body
        held: tuple[ProviderEvent, ...] = ()
        for grown in grow(body, 40):
            events = decode(grown).events
            assert events[: len(held)] == held
            held = events
        assert held == decode(body).events
