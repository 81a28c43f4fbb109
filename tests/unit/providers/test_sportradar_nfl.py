"""What one play of Sportradar's NFL feed says, on the stream and in a whole game."""

import json
from typing import Any

import pytest
from msgspec import UnsetType

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import recognise
from scorewire.providers.format import Decoded
from scorewire.providers.sportradar_us import SPORTRADAR_NFL
from scorewire.sports import SPORTS

from .folded import fold_one
from .sportradar_messages import AWAY, GAME, HOME, START_MS, game, iso, message


def stat(kind: str, team: str = HOME, who: str = "p1", **given: Any) -> dict[str, Any]:
    return {"stat_type": kind, "team": {"id": team}, "player": {"id": who, "name": who.upper()}, **given}


def situation(team: str, down: int, **given: Any) -> dict[str, Any]:
    return {"possession": {"id": team}, "down": down, **given}


def play(
    event: str, kind: str, *statistics: dict[str, Any], second: int = 0, updated: int = 0, **given: Any
) -> dict[str, Any]:
    return {
        "type": "play",
        "id": event,
        "play_type": kind,
        "sequence": float(START_MS + second * 1000),
        "clock": "08:13",
        "created_at": iso(START_MS + second * 1000),
        "updated_at": iso(START_MS + max(second, updated) * 1000),
        "wall_clock": iso(START_MS + second * 1000),
        "description": "somebody does something",
        "official": True,
        "quarter": {"id": "q", "number": 1, "sequence": 1},
        "start_situation": situation(HOME, 1),
        "statistics": list(statistics),
        **given,
    }  # fmt: skip


def event(name: str, kind: str, **given: Any) -> dict[str, Any]:
    return {**play(name, "", **given), "type": "event", "event_type": kind}


def told(body: dict[str, Any]) -> dict[str, ProviderEvent]:
    decoded = SPORTRADAR_NFL.decode(message(body, league="NFL"))
    claims = {one.event: one for one in decoded.events if one.action == "assert"}
    assert all(SPORTS["american_football"].check({}, one) is None for one in claims.values())
    return claims


def only(body: dict[str, Any]) -> ProviderEvent:
    (claim,) = told(body).values()
    return claim


@pytest.mark.parametrize(
    ("kind", "statistic", "type_"),
    [
        ("kickoff", stat("kick"), "KICKOFF"),
        ("punt", stat("punt"), "PUNT"),
        ("rush", stat("rush"), "RUSH"),
        ("rush", stat("rush", kneel_down=1), "KNEEL"),
        ("pass", stat("pass", attempt=1, complete=1), "PASS"),
        ("pass", stat("pass", attempt=1, complete=0), "PASS_INCOMPLETE"),
        ("pass", stat("pass", attempt=1, spike=1), "SPIKE"),
        ("pass", stat("pass", sack=1), "SACK"),
        ("field_goal", stat("field_goal", attempt=1, made=1), "FIELD_GOAL"),
        ("field_goal", stat("field_goal", attempt=1, missed=0), "FIELD_GOAL"),
        ("field_goal", stat("field_goal", attempt=1, missed=1), "FIELD_GOAL_MISS"),
        ("field_goal", stat("field_goal", attempt=1, made=0), "FIELD_GOAL_MISS"),
        ("extra_point", stat("extra_point", attempt=1), "EXTRA_POINT"),
        ("extra_point", stat("extra_point", attempt=1, blocked=1), "EXTRA_POINT_MISS"),
        ("conversion", stat("conversion", attempt=1, complete=1), "TWO_POINT"),
        ("conversion", stat("conversion", attempt=1, complete=0), "TWO_POINT_MISS"),
        ("lateral_waltz", stat("rush"), "PLAY"),
    ],
)
def test_plays(kind: str, statistic: dict[str, Any], type_: str) -> None:
    claim = only(play("e", kind, statistic))
    assert (claim.type, claim.team, claim.period, claim.clock) == (type_, "home", 1, "8:13")


def test_a_play_says_where_the_next_snap_is_taken_and_what_the_score_is() -> None:
    after = situation(AWAY, 2, yfd=7, location={"alias": "NE", "yardline": 35})
    rush = play("e", "rush", stat("rush", AWAY, yards=3), end_situation=after, home_points=0, away_points=3)
    claim = only(rush)
    assert claim.detail == {"yards": 3, "possession": "away", "down": 2, "togo": 7, "at": "NE 35"}
    assert claim.score is not None
    assert (claim.score.home, claim.score.away) == (0, 3)


def test_a_touchdown_from_scrimmage_is_the_play() -> None:
    thrown = (
        stat("pass", attempt=1, complete=1, touchdown=1, yards=12),
        stat("receive", who="p2", touchdown=1, yards=12),
    )
    claim = only(play("e", "pass", *thrown, home_points=6, away_points=0))
    assert (claim.type, claim.team) == ("TOUCHDOWN", "home")
    assert claim.detail == {"yards": 12, "kind": "pass", "to": "P2", "to_id": "sr-p2"}
    assert only(play("e", "rush", stat("rush", touchdown=1))).detail == {"kind": "rush"}


def test_a_touchdown_of_a_return_stands_beside_the_play_and_has_its_score() -> None:
    taken = (
        stat("pass", attempt=1, interception=1),
        stat("defense", AWAY, "p2", interception=1),
        stat("int_return", AWAY, "p2", touchdown=1, yards=40),
    )
    claims = told(play("e", "pass", *taken, home_points=0, away_points=6))
    assert (claims["e"].type, claims["e"].team, claims["e"].score) == ("INTERCEPTION", "away", None)
    assert claims["e"].player is not None
    assert claims["e"].player.id == "sr-p2"
    scored = claims["e-score"]
    assert (scored.type, scored.team, scored.detail) == ("TOUCHDOWN", "away", {"yards": 40, "kind": "return"})
    assert scored.score is not None


def test_safeties_and_tries_that_are_brought_back() -> None:
    safety = told(play("e", "pass", stat("pass", sack=1), stat("defense", AWAY, safety=1)))
    assert (safety["e"].type, safety["e-score"].type, safety["e-score"].team) == ("SACK", "SAFETY", "away")
    unnamed = told(play("e", "rush", stat("rush", safety=1)))
    assert unnamed["e-score"].team == "away"
    during_a_try = told(play("e", "extra_point", stat("extra_point", attempt=1, blocked=1, safety=1)))
    assert (during_a_try["e-score"].type, during_a_try["e-score"].team) == ("ONE_POINT_SAFETY", "away")
    back = told(
        play("e", "conversion", stat("conversion", complete=0), stat("defense_conversion", AWAY, complete=1))
    )
    assert (back["e"].type, back["e-score"].type) == ("TWO_POINT_MISS", "DEFENSIVE_TWO_POINT")


def test_the_ball_is_lost_by_a_fumble_or_on_downs() -> None:
    fumble = told(play("e", "rush", stat("rush"), stat("fumble", who="p2", fumble=1, lost=1)))
    assert (fumble["e-turnover"].type, fumble["e-turnover"].team) == ("FUMBLE", "home")
    kept = told(play("e", "rush", stat("rush"), stat("fumble", fumble=1, own_rec=1)))
    assert kept.keys() == {"e"}
    around: dict[str, Any] = {"start_situation": situation(HOME, 4), "end_situation": situation(AWAY, 1)}
    downs = told(play("e", "pass", stat("pass", attempt=1), **around))
    assert (downs["e-turnover"].type, downs["e-turnover"].team) == ("TURNOVER_ON_DOWNS", "home")
    taken = told(play("e", "pass", stat("pass", attempt=1, interception=1), **around))
    assert taken.keys() == {"e"}


def test_a_penalty_that_takes_the_play_back() -> None:
    said = "PENALTY on SEA-31-A.Person, Defensive Holding, 5 yards, enforced at NE 10 - No Play."
    statistics = (stat("rush", nullified=True, touchdown=1), stat("penalty", AWAY, "p2", yards=5))
    claims = told(play("e", "rush", *statistics, description=said))
    assert (claims["e"].type, claims["e"].detail) == ("PLAY", {"kind": "no_play"})
    foul = claims["e-penalty"]
    assert (foul.type, foul.team) == ("PENALTY", "away")
    assert foul.detail == {"kind": "defensive_holding", "yards": 5, "decision": "accepted", "no_play": True}
    alone = only(play("e", "penalty", stat("penalty", AWAY, yards=5), description=said))
    assert (alone.type, alone.team) == ("PENALTY", "away")


@pytest.mark.parametrize(
    ("kind", "text", "type_", "team", "detail"),
    [
        ("timeout", "Timeout #2 by BKN at 00:41.", "TIMEOUT", "home", {"number": 2}),
        ("timeout", "Two-Minute Warning", "TWO_MINUTE_WARNING", None, {}),
        ("two_minute_warning", "", "TWO_MINUTE_WARNING", None, {}),
        ("tv_timeout", "", "TIMEOUT", None, {"kind": "tv"}),
        ("timeout", "Timeout", "TIMEOUT", None, {}),
        ("period_end", "", "PERIOD_END", None, {}),
        ("game_over", "", "GAME_END", None, {}),
    ],
)
def test_events(kind: str, text: str, type_: str, team: str | None, detail: dict[str, object]) -> None:
    claim = only(event("e", kind, description=text))
    assert (claim.type, claim.team, claim.detail) == (type_, team, detail)


def test_what_says_nothing_is_skipped() -> None:
    for kind in ("setup", "comment"):
        assert SPORTRADAR_NFL.decode(message(event("e", kind), league="NFL")).skipped == {kind: 1}
    unknown = SPORTRADAR_NFL.decode(message(event("e", "parade"), league="NFL"))
    assert unknown.skipped == {"unknown_type": 1}
    assert {one.action for one in unknown.events} == {"retract"}


def fold(*bodies: bytes) -> Any:
    read = [SPORTRADAR_NFL.decode(body) for body in bodies]
    events = tuple(claim for one in read for claim in one.events)
    return fold_one(Decoded(GAME, read[0].declarations, events, {}), "sparse")


def test_a_touchdown_under_review_is_tentative_and_then_stands_or_is_none() -> None:
    nullified = stat("rush", touchdown=1, nullified=True)
    pending = message(play("e", "rush", nullified, updated=5, official=False), league="NFL")
    upheld = message(
        play("e", "rush", stat("rush", touchdown=1), updated=60, description="The play was Upheld."),
        league="NFL",
    )
    undone = message(
        play("e", "rush", stat("rush", yards=2), updated=60, description="and the play was REVERSED."),
        league="NFL",
    )
    claims = told(json.loads(pending)["payload"]["event"])
    assert (claims["e"].type, claims["e"].confirmation) == ("TOUCHDOWN", "tentative")
    assert claims["e-review"].type == "REVIEW_STARTED"
    under = fold(pending)
    assert under.score == (6, 0)
    assert under.state.detail["tentative"] == {"home": 6}
    assert "review" in under.state.detail
    for ruled, score in ((upheld, (6, 0)), (undone, (0, 0))):
        for told_in in ((pending, ruled), (pending, ruled, pending), (ruled, pending)):
            folded = fold(*told_in)
            assert (folded.score, folded.refused) == (score, [])
            detail = {} if isinstance(folded.state.detail, UnsetType) else folded.state.detail
            assert not {"review", "tentative"} & detail.keys()


def test_a_deletion_takes_back_all_that_a_play_said() -> None:
    scored = stat("return", AWAY, touchdown=1)
    punt = message(play("e", "punt", stat("punt"), scored, second=5), league="NFL")
    gone = message({"id": "e", "deleted": iso(START_MS + 90_000)}, league="NFL", operation="delete")
    assert fold(punt).score == (0, 6)
    for bodies in ((punt, gone), (punt, gone, punt), (punt, gone, gone)):
        assert fold(*bodies).score == (0, 0)


def whole(*quarters: list[dict[str, Any]], **given: Any) -> bytes:
    """A game of quarters, each of which is one drive."""
    frame = game(**given)
    sides = {name: frame.pop(name) for name in ("home", "away")}
    periods = [
        {
            "period_type": "quarter" if number <= 4 else "overtime",
            "number": number if number <= 4 else 1,
            "sequence": number,
            "pbp": [
                {"type": "event", "id": f"setup{number}", "event_type": "setup"},
                {
                    "type": "drive", "id": f"d{number}",
                    "events": [
                        {key: value for key, value in one.items() if key != "quarter"} for one in plays
                    ],
                },
            ],
        }
        for number, plays in enumerate(quarters, 1)
    ]  # fmt: skip
    summary = {**sides, "season": given.get("season", {"type": "REG"})}
    return json.dumps({**frame, "summary": summary, "periods": periods}).encode()


QUARTERS = (
    [
        play("a1", "kickoff", stat("kick", AWAY)),
        play("a2", "rush", stat("rush", touchdown=1), second=60, home_points=6, away_points=0),
        play("a3", "extra_point", stat("extra_point", attempt=1), second=90, home_points=7, away_points=0),
        event("a4", "period_end", second=900),
    ],
    [event("b1", "period_end", second=1900)],
    [
        play("c1", "field_goal", stat("field_goal", AWAY, attempt=1, made=1), second=2900, home_points=7,
             away_points=3),
        event("c2", "period_end", second=3900),
    ],
    [
        play("d1", "pass", stat("pass", AWAY, attempt=1, complete=1, touchdown=1), second=4000, home_points=7,
             away_points=9),
        play("d2", "conversion", stat("conversion", AWAY, complete=0), second=4010, home_points=7,
             away_points=9),
        play("d3", "pass", stat("pass", AWAY, sack=1), stat("defense", HOME, safety=1), second=4020,
             home_points=9, away_points=9),
        event("d4", "period_end", second=4900),
    ],
    [
        play("o1", "rush", stat("rush"), second=5000, home_points=9, away_points=9),
        play("o2", "rush", stat("rush", touchdown=1), second=5100, home_points=15, away_points=9),
        event("o3", "game_over", second=5200),
    ],
)  # fmt: skip


def test_a_whole_game_folds_to_its_score_by_quarters() -> None:
    body = whole(*QUARTERS, status="closed")
    assert recognise(body) is SPORTRADAR_NFL
    decoded = SPORTRADAR_NFL.decode(body)
    assert decoded.skipped == {"setup": 5}
    folded = fold_one(decoded, "sparse")
    assert folded.refused == []
    assert folded.score == (15, 9)
    assert {name: line for name, line in folded.lines.items() if line != (0, 0)} == {
        "1": (7, 0), "3": (0, 3), "4": (2, 6), "5": (6, 0),
    }  # fmt: skip
    assert (folded.state.status, folded.state.under_check) == ("final", False)


def test_overtimes_of_play_offs_go_on() -> None:
    finals = SPORTRADAR_NFL.decode(whole([], season={"type": "PST"})).declaration
    assert finals is not None
    assert finals.rules["overtime_periods"] == 0
    plain = SPORTRADAR_NFL.decode(whole([])).declaration
    assert plain is not None
    assert plain.rules == {}


def test_a_message_is_recognised() -> None:
    assert recognise(message(play("e", "rush"), league="NFL")) is SPORTRADAR_NFL
