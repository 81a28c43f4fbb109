"""Cricsheet: its quirks, on balls made here. Real matches are in tests/contract/test_cricket_season.py."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.cricsheet import decode, recognise, slug
from unit.providers import recorded
from unit.providers.folded import fold_one

HOME, AWAY = "Gujarat Titans", "England"


def ball(batter: str = "A One", *, runs: int = 0, **fields: Any) -> dict[str, Any]:
    extras = sum(fields.get("extras", {}).values())
    return {
        "batter": batter,
        "bowler": "Z Bowler",
        "non_striker": "B Two",
        "runs": {"batter": runs, "extras": extras, "total": runs + extras},
        **fields,
    }


def innings(team: str, *balls: Any, **fields: Any) -> dict[str, Any]:
    """One innings, all its balls in the first over."""
    return {"team": team, "overs": [{"over": 0, "deliveries": list(balls)}], **fields}


def file(*played: dict[str, Any], **info: Any) -> bytes:
    return msgspec.json.encode(
        {
            "meta": {"data_version": "1.1.0", "created": "2022-03-26", "revision": 3},
            "info": {
                "balls_per_over": 6,
                "dates": ["2022-03-26"],
                "event": {"name": "Made Cup", "match_number": 7},
                "match_type": "T20",
                "overs": 20,
                "players": {HOME: ["A One", "B Two"], AWAY: ["Z Bowler"]},
                "registry": {"people": {"A One": "aaaa0001"}},
                "season": "2021/22",
                "teams": [HOME, AWAY],
                "toss": {"winner": AWAY, "decision": "field"},
                "venue": "Eden Gardens",
                **info,
            },
            "innings": list(played),
        }
    )


def told(*balls: Any, **fields: Any) -> list[ProviderEvent]:
    """What these balls of the first innings make."""
    events = decode(file(innings(HOME, *balls, **fields)), "7.json").events
    return [one for one in events if one.period == 1 and one.type not in {"PERIOD_START", "PERIOD_END"}]


def kinds(events: list[ProviderEvent]) -> list[str]:
    return [one.type for one in events]


def test_the_frame_of_a_match() -> None:
    decoded = decode(file(), "data/7.json")
    declared = decoded.declaration
    assert declared is not None
    assert (decoded.game, declared.game_id, declared.sport) == ("7", "cricsheet-7", "cricket")
    assert (declared.league.id, declared.season, declared.round) == (
        "cricsheet-made-cup",
        "2021/22",
        "Match 7",
    )
    assert (declared.home.id, declared.home.abbr) == ("cricsheet-gujarat-titans", "GT")
    assert (declared.away.id, declared.away.abbr) == ("cricsheet-england", "ENG")
    assert (declared.start, declared.revision) == ("2022-03-26T12:00:00Z", 3)
    assert declared.rules == {"super_over": True, "overs": 20}
    lineup, other, toss = decoded.events
    assert lineup.detail == {"cricsheet-aaaa0001": "|A One||starter", "cricsheet-b-two": "|B Two||starter"}
    assert (lineup.team, other.team, lineup.period) == ("home", "away", None)
    assert (toss.type, toss.team, toss.detail) == ("TOSS", "away", {"decision": "field"})


@pytest.mark.parametrize(
    ("info", "rules"),
    [
        ({"match_type": "ODI", "overs": 50}, {"super_over": False, "overs": 50}),
        (
            {"match_type": "Test", "overs": None},
            {"super_over": False, "innings": 2, "overs": 0, "reviews": 3},
        ),
        ({"balls_per_over": 5}, {"super_over": True, "overs": 20, "balls_per_over": 5}),
        ({"outcome": {"result": "tie"}}, {"super_over": False, "overs": 20}),
        ({"outcome": {"result": "tie", "eliminator": HOME}}, {"super_over": True, "overs": 20}),
    ],
)
def test_the_rules_of_its_kind(info: dict[str, Any], rules: dict[str, Any]) -> None:
    given_ = {key: value for key, value in info.items() if value is not None}
    body = msgspec.json.decode(file(**given_))
    if info.get("overs", 1) is None:
        del body["info"]["overs"]
    declared = decode(msgspec.json.encode(body)).declaration
    assert declared is not None
    assert declared.rules == rules


@pytest.mark.parametrize(
    ("name", "dates", "game"),
    [
        ("1304047.json", ["2022-03-26"], "1304047"),
        ("", ["2022-03-26"], "2022-03-26-gujarat-titans-england"),
        ("", [], "gujarat-titans-england"),
    ],
)
def test_the_name_of_a_match(name: str, dates: list[str], game: str) -> None:
    decoded = decode(file(dates=dates), name)
    assert decoded.game == game
    assert decoded.declaration is not None
    assert decoded.declaration.start[:4] == ("2022" if dates else "1970")


@pytest.mark.parametrize(
    ("given_", "detail"),
    [
        (ball(), {}),
        (ball(runs=3), {"runs": 3}),
        (ball(runs=4), {"runs": 4, "boundary": 4}),
        (
            ball(runs=4) | {"runs": {"batter": 4, "extras": 0, "total": 4, "non_boundary": True}},
            {"runs": 4},
        ),
        (ball(extras={"wides": 5}), {"wides": 5}),
        (ball(runs=6, extras={"noballs": 1}), {"runs": 6, "noballs": 1, "boundary": 6}),
        (ball(extras={"noballs": 1, "byes": 2}), {"noballs": 1, "byes": 2}),
    ],
)
def test_runs_of_a_ball(given_: dict[str, Any], detail: dict[str, Any]) -> None:
    (event,) = told(given_)
    assert event.detail == {
        "over": "0.1",
        **detail,
        "bowler": "Z Bowler",
        "bowler_id": "cricsheet-z-bowler",
    }
    assert (event.event, event.team, event.revision) == ("1-0-1", "home", 3)
    assert event.player is not None
    assert (event.player.id, event.player.name) == ("cricsheet-aaaa0001", "A One")


def test_a_ball_that_is_bowled_again_keeps_its_number() -> None:
    events = told(ball(), ball(extras={"wides": 1}), ball(extras={"noballs": 1}), ball())
    assert [(one.event, one.detail["over"]) for one in events] == [
        ("1-0-1", "0.1"),
        ("1-0-2", "0.2"),
        ("1-0-3", "0.2"),
        ("1-0-4", "0.2"),
    ]


def test_wickets_name_who_did_it() -> None:
    events = told(
        ball(
            wickets=[
                {
                    "player_out": "A One",
                    "kind": "caught",
                    "fielders": [{"name": "Y Keeper"}, {"name": "X"}],
                },
                {"player_out": "B Two", "kind": "run out", "fielders": [{"substitute": True}]},
            ]
        )
    )
    assert [(one.event, one.type, one.player and one.player.name) for one in events[1:]] == [
        ("1-0-1-wicket", "WICKET", "A One"),
        ("1-0-1-wicket-2", "WICKET", "B Two"),
    ]
    assert events[1].detail == {
        "kind": "caught",
        "over": "0.1",
        "bowler": "Z Bowler",
        "bowler_id": "cricsheet-z-bowler",
        "fielder": "Y Keeper",
        "fielder_id": "cricsheet-y-keeper",
    }
    assert events[2].detail == {"kind": "run_out", "over": "0.1"}


OUT = [{"player_out": "A One", "kind": "lbw"}]


@pytest.mark.parametrize(
    ("review", "wickets", "expected"),
    [
        ((AWAY, "struck down"), [], ["BALL", "REVIEW_STARTED", "REVIEW_ENDED"]),
        ((AWAY, "upheld"), OUT, ["BALL", "REVIEW_STARTED", "REVIEW_ENDED", "WICKET"]),
        ((HOME, "struck down"), OUT, ["BALL", "WICKET", "REVIEW_STARTED", "REVIEW_ENDED"]),
        (
            (HOME, "upheld"),
            [],
            ["BALL", "WICKET", "REVIEW_STARTED", "REVIEW_ENDED", "WICKET_CANCELLED"],
        ),
    ],
)
def test_reviews_in_the_order_of_play(review: tuple[str, str], wickets: list, expected: list[str]) -> None:
    by, decision = review
    one = ball(review={"by": by, "batter": "A One", "decision": decision}, wickets=wickets)
    events = told(one)
    assert kinds(events) == expected
    shown = fold_one(decode(file(innings(HOME, one)))).state
    assert shown.detail["innings"]["1"]["wickets"] == len(wickets)
    assert "review" not in shown.detail


def test_a_review_of_anything_else_is_no_reprieve() -> None:
    review = {"by": HOME, "batter": "A One", "decision": "upheld", "type": "wide"}
    assert kinds(told(ball(review=review))) == ["BALL", "REVIEW_STARTED", "REVIEW_ENDED"]


def test_an_umpires_call_keeps_the_review() -> None:
    review = {"by": AWAY, "batter": "A One", "decision": "struck down", "umpires_call": True}
    assert told(ball(review=review))[-1].detail == {"decision": "struck_down", "umpires_call": True}
    kept = fold_one(decode(file(innings(HOME, ball(review=review))))).state
    lost = fold_one(decode(file(innings(HOME, ball(review={**review, "umpires_call": False}))))).state
    assert "reviews" not in kept.detail
    assert lost.detail["reviews"] == {"away": 1}


def test_who_retires_hurt_is_not_out_and_may_come_back() -> None:
    hurt = ball(wickets=[{"player_out": "A One", "kind": "retired hurt"}])
    events = told(hurt, ball("C Three"), ball("A One", runs=1), ball("A One"))
    assert kinds(events) == ["BALL", "BATTER_RETIRED", "BALL", "BATTER_RETURNED", "BALL", "BALL"]
    assert events[1].detail == {"kind": "hurt"}
    assert kinds(told(ball(wickets=[{"player_out": "A One", "kind": "retired out"}]))) == ["BALL", "WICKET"]


def test_changes_of_players() -> None:
    changed = {"match": [{"in": "New", "out": "A One", "team": HOME, "reason": "concussion_substitute"}]}
    events = told(ball(replacements={**changed, "role": [{"in": "X", "role": "bowler"}]}))
    assert [(one.type, one.detail.get("in")) for one in events] == [("SUBSTITUTION", "New"), ("BALL", None)]
    decoded = decode(file(innings(HOME, ball(replacements={"role": [{"in": "X", "role": "bowler"}]}))))
    assert decoded.skipped == {"role_replacement": 1}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"runs": 5, "overs": 20}, []),
        ({"runs": 3, "overs": 20}, [{"target": 3, "method": "D/L"}]),
        ({"runs": 3, "overs": 5}, [{"target": 3, "overs": 5, "method": "D/L"}]),
    ],
)
def test_a_target_is_told_where_it_is_not_what_the_runs_make_of_it(
    target: dict[str, int], expected: list
) -> None:
    played = (innings(HOME, ball(runs=4)), innings(AWAY, ball(runs=6), target=target))
    events = decode(file(*played, outcome={"winner": AWAY, "by": {"wickets": 10}, "method": "D/L"})).events
    assert [one.detail for one in events if one.type == "TARGET_SET"] == expected


def test_two_innings_a_side_with_all_that_can_end_one() -> None:
    played = (
        innings(HOME, *[ball(runs=6)] * 60, declared=True, penalty_runs={"pre": 0, "post": 5}),
        innings(AWAY, ball("Z Bowler", runs=1), absent_hurt=["Y Keeper"]),
        innings(AWAY, ball("Z Bowler", runs=2)),
    )
    outcome = {"winner": HOME, "by": {"innings": 1, "runs": 362}}
    body = msgspec.json.decode(file(*played, match_type="Test", outcome=outcome))
    del body["info"]["overs"]
    folded = fold_one(decode(msgspec.json.encode(body)))
    shown = folded.state
    assert folded.refused == []
    assert (folded.score, shown.status, shown.period) == ((365, 3), "final", "INN3 END")
    assert shown.detail["follow_on"] == "enforced"
    assert shown.detail["innings"]["1"]["closed"] == "declared"
    assert shown.detail["result"] == {"outcome": "won", "winner": "home", "by": "innings", "margin": 362}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"winner": HOME, "by": {"runs": 9}}, ("home", {"outcome": "won", "by": "runs", "margin": 9})),
        ({"result": "draw"}, (None, {"outcome": "draw"})),
        ({"result": "tie"}, (None, {"outcome": "tie"})),
        ({"result": "tie", "bowl_out": AWAY}, ("away", {"outcome": "tie", "by": "bowl_out"})),
        ({"winner": AWAY, "method": "Awarded"}, ("away", {"outcome": "won", "method": "Awarded"})),
    ],
)
def test_outcomes(outcome: dict[str, Any], expected: tuple[str | None, dict[str, Any]]) -> None:
    result, end, final = decode(file(outcome=outcome)).events[-3:]
    assert (result.team, result.detail) == expected
    assert (end.type, final.type) == ("GAME_END", "GAME_FINAL")


def test_a_file_without_an_outcome_is_of_a_match_that_goes_on() -> None:
    decoded = decode(file(innings(HOME, ball(runs=4))))
    assert fold_one(decoded).state.status == "live"


def test_what_makes_no_claim_is_counted() -> None:
    decoded = decode(
        file(
            innings(HOME, ball(), {"batter": 1}),
            innings("Nobody", ball()),
            {"team": 3},
            {"team": AWAY, "overs": [{"deliveries": []}]},
            innings(HOME, ball()),
            players={"Nobody": []},
        )
    )
    assert decoded.skipped == {
        "unreadable_ball": 1,
        "unknown_team": 2,
        "unreadable_innings": 1,
        "unreadable_over": 1,
        "innings_out_of_order": 1,
    }
    recorded.assert_dense(decoded.events)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"meta":{"data_version":"1"}}', b"\xff"])
def test_what_is_no_match_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


def test_a_match_has_two_teams() -> None:
    with pytest.raises(FeedError):
        decode(file(teams=[HOME, HOME]))


@given(st.integers(0, 600), st.binary(max_size=8))
def test_a_spoilt_file_gives_claims_or_blame(at: int, put: bytes) -> None:
    whole = file(innings(HOME, ball(runs=4), ball(wickets=OUT)), outcome={"winner": HOME, "by": {"runs": 4}})
    try:
        decoded = decode(whole[:at] + put + whole[at + len(put) :])
    except FeedError:
        return
    recorded.assert_dense(decoded.events)


def test_recognises_its_own() -> None:
    assert recognise(file(), "x.json")
    assert not recognise(b'{"data_version": 1}', "x.json")
    assert slug("Royal Challengers Bangalore") == "royal-challengers-bangalore"


def test_two_who_come_back_on_one_ball_are_two_claims() -> None:
    hurt = [{"kind": "retired hurt", "player_out": name} for name in ("A One", "B Two")]
    back = [one for one in told(ball(wickets=hurt), ball()) if one.type == "BATTER_RETURNED"]
    assert len({one.event for one in back}) == 2
    assert [one.player and one.player.name for one in back] == ["A One", "B Two"]
