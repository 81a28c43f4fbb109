"""StatsBomb: its quirks on entries made here, and two real matches to the result."""

import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.format import UNDATED
from scorewire.providers.statsbomb import STATSBOMB, clock, decode
from unit.providers import recorded

HOME, AWAY = {"id": 1, "name": "Turkey"}, {"id": 2, "name": "Italy"}
STRIKER = {"id": 9, "name": "Ciro Immobile"}


def entry(kind: str, team: dict[str, Any] = HOME, **fields: Any) -> dict[str, Any]:
    return {
        "id": fields.pop("id", f"{kind}-{team['id']}"),
        "index": 0,
        "period": 1,
        "timestamp": "00:10:30.000",
        "minute": 10,
        "second": 30,
        "type": {"id": 0, "name": kind},
        "team": team,
        "possession_team": team,
        **fields,
    }


SHEETS = [
    entry(
        "Starting XI", HOME, tactics={"lineup": [{"player": {"id": 5, "name": "A|B"}, "jersey_number": 1}]}
    ),
    entry("Starting XI", AWAY, tactics={"lineup": [{"player": STRIKER, "jersey_number": 17}]}),
]


def file(*entries: dict[str, Any]) -> bytes:
    numbered = [{**one, "index": number} for number, one in enumerate([*SHEETS, *entries], 1)]
    return msgspec.json.encode(numbered)


def told(*entries: dict[str, Any]) -> list[ProviderEvent]:
    """What these entries make, without line-ups and the end."""
    return list(decode(file(*entries), "7_events.json").events[2:-2])


@pytest.mark.parametrize(
    ("period", "minute", "second", "shown"),
    [
        (1, 0, 0, "00:00"),
        (1, 45, 0, "45:00"),
        (1, 45, 1, "45+0:01"),
        (1, 47, 10, "45+2:10"),
        (2, 45, 0, "45:00"),
        (2, 93, 3, "90+3:03"),
        (3, 104, 59, "104:59"),
        (4, 121, 0, "120+1:00"),
        (5, 125, 0, None),
    ],
)
def test_clock(period: int, minute: int, second: int, shown: str | None) -> None:
    assert clock(period, minute, second) == shown


def test_a_goal_with_its_assist() -> None:
    events = told(
        entry("Pass", AWAY, id="p1", player={"id": 4, "name": "Spinazzola"}),
        entry(
            "Shot",
            AWAY,
            id="s1",
            player=STRIKER,
            location=[113.6, 36.1],
            shot={"outcome": {"name": "Goal"}, "type": {"name": "Open Play"}, "key_pass_id": "p1"},
        ),
    )
    goal = events[1]
    assert (goal.type, goal.team, goal.period, goal.clock) == ("GOAL", "away", 1, "10:30")
    assert goal.detail == {"assist": "Spinazzola", "assist_id": "statsbomb-4"}
    assert (goal.x, goal.y) == (0.9467, 0.4513)
    assert goal.player is not None
    assert goal.player.name == "Ciro Immobile"


def test_an_own_goal_counts_once_for_those_who_gain_it() -> None:
    pair = (
        entry("Own Goal Against", HOME, id="a", player={"id": 3, "name": "Demiral"}, related_events=["f"]),
        entry("Own Goal For", AWAY, id="f", related_events=["a"]),
    )
    touch, goal = told(*pair)
    assert touch.type == "TOUCH"
    assert (goal.type, goal.team, goal.detail) == ("GOAL", "away", {"own_goal": True})
    assert goal.player is not None
    assert goal.player.name == "Demiral"


@pytest.mark.parametrize(
    ("period", "kind", "outcome", "expected"),
    [
        (1, "Penalty", "Goal", ("GOAL", {"penalty": True})),
        (1, "Penalty", "Saved", ("PENALTY_MISSED", {"outcome": "saved"})),
        (1, "Open Play", "Wayward", ("SHOT", {"outcome": "off_target"})),
        (1, "Open Play", "Something new", ("SHOT", {})),
        (5, "Penalty", "Goal", ("SHOOTOUT_GOAL", {})),
        (5, "Penalty", "Post", ("SHOOTOUT_MISS", {})),
    ],
)
def test_shots(period: int, kind: str, outcome: str, expected: tuple[str, dict[str, object]]) -> None:
    (event,) = told(
        entry(
            "Shot", period=period, player=STRIKER, shot={"type": {"name": kind}, "outcome": {"name": outcome}}
        )
    )
    assert (event.type, event.detail) == expected


def test_a_foul_may_hold_a_card_and_a_penalty() -> None:
    events = told(
        entry(
            "Foul Committed",
            HOME,
            id="f",
            player={"id": 3, "name": "Demiral"},
            location=[4.0, 40.0],
            foul_committed={"card": {"name": "Second Yellow"}, "penalty": True},
        )
    )
    assert [(one.event, one.type, one.team) for one in events] == [
        ("f", "FOUL", "home"),
        ("f-penalty", "PENALTY_AWARDED", "away"),
        ("f-card", "SECOND_YELLOW_CARD", "home"),
    ]
    assert events[1].player is None
    assert events[1].x is None


def test_bad_behaviour_is_its_card() -> None:
    decoded = decode(
        file(
            entry("Bad Behaviour", id="b", bad_behaviour={"card": {"name": "Red Card"}}),
            entry("Bad Behaviour", id="c"),
        )
    )
    assert [one.event for one in decoded.events if one.type == "RED_CARD"] == ["b"]
    assert decoded.skipped == {"no_card": 1}


def test_each_half_starts_and_ends_once() -> None:
    halves = [entry(kind, team) for kind in ("Half Start", "Half End") for team in (HOME, AWAY)]
    decoded = decode(file(*halves))
    assert [one.type for one in decoded.events[2:]] == [
        "PERIOD_START",
        "PERIOD_END",
        "GAME_END",
        "GAME_FINAL",
    ]
    assert all(one.team is None for one in decoded.events[2:])
    assert decoded.skipped == {"twin": 2}


def test_passes_tell_corners_and_offsides() -> None:
    corner = entry("Pass", id="c", **{"pass": {"type": {"name": "Corner"}}})
    offside = entry("Pass", id="o", **{"pass": {"outcome": {"name": "Pass Offside"}}})
    assert [(one.event, one.type) for one in told(corner, offside)] == [
        ("c", "CORNER"),
        ("o", "PASS"),
        ("o-offside", "OFFSIDE"),
    ]


def test_a_save_is_the_goalkeepers() -> None:
    saved = entry("Goal Keeper", id="s", goalkeeper={"type": {"name": "Shot Saved"}})
    faced = entry("Goal Keeper", id="f", goalkeeper={"type": {"name": "Shot Faced"}})
    assert [one.type for one in told(saved, faced)] == ["SAVE", "GOALKEEPER"]


def test_what_it_does_not_know_is_skipped_and_leaves_no_gap() -> None:
    decoded = decode(file(entry("Hologram"), {"id": 3}, entry("Carry")))
    assert decoded.skipped == {"unknown_type": 1, "unreadable_entry": 1}
    recorded.assert_dense(decoded.events)
    assert decoded.events[2].type == "CARRY"


def test_index_is_the_order_whatever_the_file_does() -> None:
    entries = [{**entry("Carry", id=f"c{number}"), "index": 100 - number} for number in range(5)]
    body = msgspec.json.encode([*entries, *({**one, "index": number} for number, one in enumerate(SHEETS))])
    assert [one.event for one in decode(body).events[2:-2]] == ["c4", "c3", "c2", "c1", "c0"]


@pytest.mark.parametrize("body", [b"[]", b"[1]", msgspec.json.encode([entry("Carry")]), file()[:-40] + b"]"])
def test_refuses_what_is_no_match(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        decode(body)


@pytest.mark.parametrize(
    ("name", "game"),
    [
        ("3788741_events.json.gz", "3788741"),
        ("data/events/15986.json", "15986"),
        ("", "Starting"),
    ],
)
def test_the_match_is_named_by_its_file(name: str, game: str) -> None:
    decoded = decode(file(), name)
    assert decoded.game == game
    assert decoded.declaration is not None
    assert decoded.declaration.game_id == f"statsbomb-{game}"


def test_companions_give_names_a_bench_and_a_date() -> None:
    lineups = [
        {"team_id": 1, "lineup": [{"player_id": 5, "player_name": "Long Name", "player_nickname": "Short"}]},
        {"team_id": 2, "lineup": [{"player_id": 8, "player_name": "Jorginho", "jersey_number": 8}]},
    ]
    match = {
        "match_id": 42,
        "match_date": "2021-06-11",
        "kick_off": "21:00:00.000",
        "competition": {"competition_id": 55, "competition_name": "UEFA Euro"},
        "season": {"season_name": "2020"},
        "stadium": {"id": 1, "name": "Olimpico"},
    }
    decoded = decode(
        file(entry("Carry")),
        "7.json",
        {"lineups": msgspec.json.encode(lineups), "match": msgspec.json.encode(match)},
    )
    declared = decoded.declaration
    assert declared is not None
    assert (declared.game_id, declared.start, declared.season) == (
        "statsbomb-42",
        "2021-06-11T21:00:00Z",
        "2020",
    )
    assert (declared.league.name, declared.venue.name if declared.venue else "") == ("UEFA Euro", "Olimpico")
    assert decoded.events[0].detail == {"statsbomb-5": "1|Short||starter"}
    assert decoded.events[1].detail["statsbomb-8"] == "8|Jorginho||bench"
    assert decoded.events[2].time_ms - decoded.events[0].time_ms == 630_000


def test_without_companions_a_name_is_kept_in_its_column() -> None:
    decoded = decode(file())
    assert decoded.events[0].detail == {"statsbomb-5": "1|A B||starter"}
    assert decoded.declaration is not None
    assert decoded.declaration.start == UNDATED


@pytest.mark.data
@pytest.mark.parametrize("match", recorded.STATSBOMB)
class TestRealMatch:
    def test_comes_to_its_result(self, shared_data: Path, match: str) -> None:
        found = recorded.soccer(shared_data, match)
        decoded = found.decode()
        assert found.format is STATSBOMB
        assert recorded.points(decoded.events) == recorded.STATSBOMB[match]
        assert decoded.skipped == {"twin": 4}
        assert decoded.events[-1].type == "GAME_FINAL"
        recorded.assert_dense(decoded.events)

    def test_tells_every_entry_but_the_twins(self, shared_data: Path, match: str) -> None:
        body = gzip.decompress((shared_data / f"soccer/statsbomb/{match}_events.json.gz").read_bytes())
        entries = {one["id"]: one for one in msgspec.json.decode(body)}
        events = recorded.soccer(shared_data, match).decode().events
        own = [one for one in events if one.event in entries]
        assert len(own) == len(entries) - 4
        order = [entries[one.event]["index"] for one in own]
        assert order == sorted(order)
        cards = [one for one in events if one.type.endswith("_CARD")]
        assert len(cards) == body.count(b'"card"')

    def test_knows_sides_from_the_sheets(self, shared_data: Path, match: str) -> None:
        declared = recorded.soccer(shared_data, match).decode().declaration
        assert declared is not None
        teams = {"3788741": ("Turkey", "Italy"), "15986": ("Barcelona", "Girona")}
        assert (declared.home.name, declared.away.name) == teams[match]


@pytest.mark.data
def test_counts_of_a_real_match(shared_data: Path) -> None:
    events = recorded.soccer(shared_data, "3788741").decode().events
    count = Counter(event.type for event in events)
    assert (count["SUBSTITUTION"], count["GOAL"], count["YELLOW_CARD"], count["LINEUP"]) == (9, 3, 2, 2)
    assert (count["SHOT"] + count["GOAL"] - 1, count["PERIOD_START"], count["PERIOD_END"]) == (27, 2, 2)
    assert all(0 <= event.x <= 1 for event in events if event.x is not None)


def test_an_entry_of_a_third_team_is_nobodys() -> None:
    third = entry("Shot", {"id": 3, "name": "Else"}, shot={"outcome": {"name": "Goal"}})
    decoded = decode(file(third))
    assert decoded.skipped["unknown_team"] == 1
    assert "GOAL" not in [one.type for one in decoded.events]
