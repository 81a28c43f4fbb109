"""The live feed of the MLB Stats API: small documents by hand, and two real games."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.intake.recording import read
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import mlb_statsapi
from scorewire.providers.format import Decoded
from scorewire.providers.mlb_statsapi import ONE_OUT, decode, grow, recognise, stamp_ms
from unit.providers import recorded
from unit.providers.folded import Folded, fold_one


def person(number: int) -> dict[str, Any]:
    return {"id": number, "fullName": f"P{number}"}


def row(runner: int, start: str | None, end: str | None, index: int = 0, **details: Any) -> dict[str, Any]:
    out = details.pop("out", False)
    credits_ = details.pop("credits", [])
    return {
        "movement": {"start": start, "end": end, "isOut": out},
        "details": {"runner": runner, "playIndex": index, **details},
        "credits": credits_,
    }


def entry(index: int, kind: str, **more: Any) -> dict[str, Any]:
    details = {"eventType": kind, **more.pop("details", {})}
    return {"index": index, "isPitch": False, "type": "action", "details": details, **more}


def pitch(index: int, code: str, balls: int = 0, strikes: int = 0, **more: Any) -> dict[str, Any]:
    counted = {"balls": balls, "strikes": strikes}
    return {
        "index": index,
        "isPitch": True,
        "type": "pitch",
        "details": {"code": code},
        "count": counted,
        **more,
    }


def turn(event_type: str, *rows: dict, events: tuple = (), top: bool = True, **more: Any) -> dict[str, Any]:
    """A turn at bat of P1 against P2."""
    about = {"inning": 1, "isTopInning": top, "isComplete": True, **more.pop("about", {})}
    return {
        "about": about,
        "matchup": {"batter": person(1), "pitcher": person(2)},
        "result": {"eventType": event_type, **more.pop("result", {})},
        "runners": list(rows),
        "playEvents": list(events),
        **more,
    }


def file(*turns: dict[str, Any], state: str = "In Progress", **live: Any) -> bytes:
    plays = [{**one, "about": {"atBatIndex": index, **one["about"]}} for index, one in enumerate(turns)]
    teams = {"home": {"id": 100, "name": "Home", "abbreviation": "HOM"}, "away": {"id": 200, "name": "Away"}}
    return json.dumps(
        {
            "gamePk": 7,
            "metaData": {"timeStamp": "20240713_041909"},
            "gameData": {
                "teams": teams,
                "status": {"detailedState": state},
                "datetime": {"dateTime": "2024-07-13T01:40:00Z"},
                **live.pop("data", {}),
            },
            "liveData": {"plays": {"allPlays": plays}, **live},
        }
    ).encode()


def told(*turns: dict[str, Any], **more: Any) -> list[ProviderEvent]:
    return [one for one in decode(file(*turns, **more)).events if one.type != "PERIOD_START"]


def kinds(events: list[ProviderEvent]) -> list[str]:
    return [one.type for one in events]


def test_a_hit_that_scores_is_runs_and_a_hit() -> None:
    single = turn("single", row(1, None, "1B"))
    double = turn(
        "double",
        row(1, "1B", "3B"),
        row(1, "3B", "score", rbi=True, earned=False),
        row(9, None, "2B"),
        result={"homeScore": 0, "awayScore": 1},
    )
    _, runs, hit = told(single, double)
    assert (runs.event, runs.type, runs.period) == ("1-runs", "RUNS", 1)
    assert runs.detail == {"runs": 1, "rbi": 1, "scored": "mlb-1", "unearned": 1, "kind": "double"}
    assert runs.score is not None
    assert (runs.score.home, runs.score.away) == (0, 1)
    assert hit.detail == {"bases": "2", "pitcher": "P2", "pitcher_id": "mlb-2"}
    assert hit.revision == stamp_ms("20240713_041909")


def test_a_home_run_is_one_claim() -> None:
    shot = turn("home_run", row(1, None, "score", rbi=True), row(3, "2B", "score", rbi=True))
    (one,) = told(shot)
    assert (one.type, one.detail["runs"], one.detail["rbi"], one.detail["bases"]) == ("HOME_RUN", 2, 2, "")
    assert fold_one(decode(file(shot))).score == (0, 2)


def test_what_happens_within_a_turn_belongs_to_its_entry() -> None:
    one = turn(
        "strikeout",
        row(3, "1B", "2B", 1),
        row(1, None, None, 3, out=True),
        events=(pitch(0, "B", 1), entry(1, "wild_pitch"), pitch(2, "C", 1, 1), pitch(3, "S", 1, 3)),
    )
    events = told(one)
    assert [(each.event, each.type) for each in events] == [
        ("0-0", "PITCH"),
        ("0-1", "WILD_PITCH"),
        ("0-2", "PITCH"),
        ("0-3", "PITCH"),
        ("0", "STRIKEOUT"),
    ]
    assert events[1].player is not None
    assert (events[1].player.id, events[1].detail) == ("mlb-3", {"bases": "2"})
    assert events[2].detail["call"] == "called_strike"


def test_a_turn_that_ends_on_the_bases_is_told_once() -> None:
    caught = turn(
        "caught_stealing_2b",
        row(3, "1B", None, 1, out=True),
        events=(pitch(0, "C"), entry(1, "caught_stealing_2b")),
    )
    assert kinds(told(caught)) == ["PITCH", "CAUGHT_STEALING"]


def test_a_turn_that_goes_on_has_no_result_yet() -> None:
    open_ = turn("", events=(pitch(0, "B", 1),), about={"isComplete": False})
    assert kinds(told(open_)) == ["PITCH"]
    shown = fold_one(decode(file(open_))).state
    assert (shown.status, shown.detail) == ("live", {"count": "1-0", "batter": "P1", "pitcher": "P2"})


def test_a_strikeout_that_is_no_out() -> None:
    assert told(turn("strikeout", row(1, None, "1B")))[0].detail["outs"] == 0


@pytest.mark.parametrize(
    ("event_type", "event", "type_", "kind"),
    [
        ("field_out", "Flyout", "OUT", "flyout"),
        ("field_out", "Bunt Groundout", "OUT", "groundout"),
        ("sac_fly", "Sac Fly", "OUT", "sacrifice_fly"),
        ("intent_walk", "Intent Walk", "WALK", "intentional"),
        ("other_out", "Runner Out", "RUNNER_OUT", None),
    ],
)
def test_results(event_type: str, event: str, type_: str, kind: str | None) -> None:
    (one,) = told(turn(event_type, row(1, None, None, out=True), result={"event": event}))
    assert (one.type, one.detail.get("kind")) == (type_, kind)


def test_errors_are_credits() -> None:
    error = {"credit": "f_throwing_error", "player": {"id": 6}}
    reached, one = told(turn("field_error", row(1, None, "1B", credits=[error, error])))
    assert reached.type == "REACHED_ON_ERROR"
    assert (one.type, one.team, one.event, one.player and one.player.id) == (
        "ERROR",
        "home",
        "0-error-1",
        "mlb-6",
    )


def test_substitutions_and_other_actions() -> None:
    events = (
        entry(0, "pitching_substitution", player=2, replacedPlayer={"id": 5}, position={"abbreviation": "P"}),
        entry(1, "offensive_substitution", player=1),
        entry(2, "offensive_substitution", player=8),
        entry(3, "defensive_switch", player=9),
        entry(4, "mound_visit"),
        entry(5, "batter_timeout"),
        entry(6, "surprise"),
        entry(7, "defensive_substitution"),
        {"index": 8, "type": "pickoff"},
        {"index": 9, "type": "no_pitch", "details": {"code": "VB"}, "count": {"balls": 1}},
    )
    found = decode(file(turn("walk", row(1, None, "1B"), events=events)))
    pitcher, hitter, runner, moved, visit, automatic, walk = found.events[1:]
    assert pitcher.detail == {"in": "P2", "in_id": "mlb-2", "kind": "pitcher", "position": "P"}
    assert pitcher.player is not None
    assert (pitcher.team, pitcher.player.id) == ("home", "mlb-5")
    assert (hitter.team, hitter.detail["kind"], runner.detail["kind"]) == (
        "away",
        "pinch_hitter",
        "pinch_runner",
    )
    assert (moved.type, visit.type, walk.type) == ("POSITION_CHANGE", "MOUND_VISIT", "WALK")
    assert (automatic.detail["kind"], automatic.detail["call"]) == ("automatic", "ball")
    assert found.skipped == {
        "batter_timeout": 1,
        "unknown_action": 1,
        "substitute_unknown": 1,
        "pickoff_entry": 1,
    }


def test_a_pinch_runner_stands_where_another_stood() -> None:
    events = (entry(0, "offensive_substitution", player=8, base=1),)
    single = turn("single", row(1, None, "1B"))
    *_, walk = told(single, turn("walk", row(8, "1B", "2B"), row(7, None, "1B"), events=events))
    assert walk.detail["bases"] == "12"


@pytest.mark.parametrize(("overturned", "decision"), [(False, "upheld"), (True, "overturned")])
def test_reviews(overturned: bool, decision: str) -> None:
    details = {"isOverturned": overturned, "inProgress": False, "challengeTeamId": 100}
    started, ended, _ = told(turn("walk", row(1, None, "1B"), reviewDetails=details))
    assert (started.type, started.team) == ("REVIEW_STARTED", "home")
    assert (ended.type, ended.detail) == ("REVIEW_ENDED", {"decision": decision})
    (running,) = told(turn("", about={"isComplete": False}, reviewDetails={"inProgress": True}))
    assert (running.type, running.team) == ("REVIEW_STARTED", None)


def test_a_call_that_was_overturned_is_the_same_event_anew() -> None:
    """Out at first in the document of one moment, safe in the next: an amendment, no second play."""
    before = decode(file(turn("field_out", row(1, None, None, out=True))))
    after = decode(file(turn("single", row(1, None, "1B"))).replace(b"041909", b"041955"))
    events = (*before.events, *after.events)
    folded = fold_one(Decoded(before.game, before.declarations, events, {}))
    assert folded.refused == []
    assert folded.state.detail == {"hits": {"away": 1}, "bases": "1", "pitcher": "P2"}


@pytest.mark.parametrize(
    ("state", "expected", "status"),
    [
        ("Scheduled", [], "scheduled"),
        ("Warmup", [("status-pre", "PRE_GAME", {})], "pre"),
        ("Delayed Start: Rain", [("status-delayed", "GAME_DELAYED", {"reason": "rain"})], "delayed"),
        ("Postponed: Cold", [("status-postponed", "GAME_POSTPONED", {"reason": "cold"})], "postponed"),
        ("Suspended: Rain", [("status-suspended", "GAME_SUSPENDED", {"reason": "rain"})], "suspended"),
        ("Cancelled", [("cancelled", "GAME_CANCELLED", {})], "cancelled"),
        ("Game Over", [("end", "GAME_END", {})], "ended"),
        ("Final", [("end", "GAME_END", {}), ("final", "GAME_FINAL", {})], "final"),
        (
            "Completed Early: Rain",
            [("end", "GAME_END", {"reason": "rain"}), ("final", "GAME_FINAL", {})],
            "final",
        ),
        ("Forfeit: Ineligible Player", [("forfeit", "GAME_AWARDED", {"home": 9, "away": 0})], "awarded"),
    ],
)
def test_states(state: str, expected: list, status: str) -> None:
    line = {"teams": {"home": {"runs": 9}, "away": {"runs": 0}}} if state.startswith("Forfeit") else {}
    decoded = decode(file(state=state, linescore=line))
    assert [(one.event, one.type, one.detail) for one in decoded.events] == expected
    assert fold_one(decoded).state.status == status


def test_a_forfeit_without_a_score_is_left_out() -> None:
    assert decode(file(state="Forfeit")).skipped == {"forfeit_score_unknown": 1}


def test_the_declaration() -> None:
    data = {
        "game": {"type": "W", "season": "2024"},
        "venue": {"name": "Field", "timeZone": {"id": "America/Phoenix"}},
    }
    declared = decode(file(data=data, linescore={"scheduledInnings": 7})).declaration
    assert declared is not None
    assert declared.rules == {"innings": 7, "extra_runner": False}
    assert (declared.game_id, declared.season, declared.start) == ("mlb-7", "2024", "2024-07-13T01:40:00Z")
    assert declared.venue is not None
    assert (declared.venue.tz, declared.home.abbr) == ("America/Phoenix", "HOM")


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        ({}, {}),
        ({"game": {"type": "R", "season": "2019"}}, {"extra_runner": False}),
        ({"datetime": {"dateTime": "2015-04-13T19:05:00Z"}}, {"extra_runner": False}),
        ({"game": {"type": "R", "season": "2020"}}, {}),
    ],
)
def test_extra_innings_have_a_runner_since_2020(data: dict[str, Any], rules: dict[str, Any]) -> None:
    declared = decode(file(data=data)).declaration
    assert declared is not None
    assert declared.rules == rules


def test_line_ups_of_the_box_score() -> None:
    starter = {
        "person": person(1),
        "jerseyNumber": "27",
        "position": {"abbreviation": "CF"},
        "battingOrder": "100",
    }
    bench = {"person": person(3), "battingOrder": ""}
    box = {"teams": {"home": {"players": {"ID1": starter, "ID3": bench}}}}
    (lineup,) = decode(file(boxscore=box)).events
    assert (lineup.type, lineup.team) == ("LINEUP", "home")
    assert lineup.detail == {"mlb-1": "27|P1|CF|starter", "mlb-3": "|P3||"}


def test_what_cannot_be_read_is_counted() -> None:
    decoded = decode(
        file(turn("mystery", row(1, None, None, out=True)), {"about": {}}, turn("walk", about={"inning": 77}))
    )
    assert decoded.skipped == {"unreadable_play": 2, "unknown_result": 1}
    assert [one.type for one in decoded.events] == ["PERIOD_START", "OUT"]


@pytest.mark.parametrize("text", ["", "20240713", "20249999_000000"])
def test_what_is_no_time_stamp(text: str) -> None:
    assert stamp_ms(text) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"gamePk": 1}'])
def test_what_is_no_live_feed_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


@given(st.integers(0, 1200), st.binary(max_size=8))
def test_a_spoilt_document_gives_claims_or_blame(at: int, put: bytes) -> None:
    whole = file(
        turn("single", row(1, None, "1B"), events=(pitch(0, "X"),)), turn("home_run", row(1, None, "score"))
    )
    try:
        decoded = decode(whole[:at] + put + whole[at + len(put) :])
    except FeedError:
        return
    recorded.assert_dense(decoded.events)


def test_recognises_its_own() -> None:
    assert recognise(file(), "x.json")
    assert not recognise(b'{"gamePk": 1}', "x.json")


GAMES = {"718322": (6, 4), "747175": (5, 4)}


@pytest.fixture(scope="module", params=sorted(GAMES))
def game(request: pytest.FixtureRequest, shared_data: Path) -> tuple[str, dict[str, Any], Decoded, Folded]:
    """A real game: its number, the document, its claims, and what they come to."""
    (recording,) = read(shared_data / f"baseball/mlb_statsapi_facts/{request.param}_feed_live_facts.json.gz")
    assert recording.format is mlb_statsapi.MLB_STATSAPI
    decoded = recording.decode()
    return request.param, json.loads(recording.body), decoded, fold_one(decoded)


def outs(one: ProviderEvent) -> int:
    return int(one.detail.get("outs", one.type in ONE_OUT))


@pytest.mark.data
class TestRealGames:
    def test_it_comes_to_its_score_and_to_the_feeds_own_line(self, game: tuple) -> None:
        number, document, decoded, folded = game
        assert folded.refused == []
        assert (folded.score, folded.state.status, folded.state.under_check) == (
            GAMES[number],
            "final",
            False,
        )
        line = document["liveData"]["linescore"]
        expected = {
            str(one["num"]): (one["home"].get("runs") or 0, one["away"].get("runs") or 0)
            for one in line["innings"]
        }
        assert folded.lines == expected
        sides = ("home", "away")
        hits, errors = folded.state.detail["hits"], folded.state.detail.get("errors", {})
        assert hits == {side: line["teams"][side]["hits"] for side in sides}
        assert [errors.get(side, 0) for side in sides] == [line["teams"][side]["errors"] for side in sides]
        recorded.assert_dense(decoded.events)

    def test_balls_in_play_have_a_place(self, game: tuple) -> None:
        _, _, decoded, _ = game
        hits = [one for one in decoded.events if one.type in {"SINGLE", "DOUBLE", "TRIPLE"}]
        assert hits
        assert all(one.x is not None and one.y is not None for one in hits)
        assert all(one.x is None for one in decoded.events if one.type in {"STRIKEOUT", "WALK", "PITCH"})

    def test_it_ends_by_itself(self, game: tuple) -> None:
        number, _, decoded, _ = game
        events = tuple(one for one in decoded.events if one.type not in {"GAME_END", "GAME_FINAL"})
        shown = fold_one(Decoded(decoded.game, decoded.declarations, events, {})).state
        walk_off = number == "747175"
        assert (shown.status, shown.period) == ("ended", "B9" if walk_off else "M9")

    def test_outs_and_bases_are_what_the_feed_says(self, game: tuple) -> None:
        """Outs after every turn at bat; runners left on base in every half-inning."""
        _, document, decoded, _ = game
        made, left = Counter[int](), {}
        after = {}
        for one in decoded.events:
            made[one.period or 0] += outs(one)
            if "bases" in one.detail:
                left[one.period] = len(str(one.detail["bases"]))
            after[one.event] = made[one.period or 0]
        plays = document["liveData"]["plays"]["allPlays"]
        for play in plays:
            assert after[str(play["about"]["atBatIndex"])] == play["count"]["outs"]
        for inning in document["liveData"]["linescore"]["innings"]:
            for side, period in (("away", inning["num"] * 2 - 1), ("home", inning["num"] * 2)):
                if period in left:
                    assert left[period] == inning[side]["leftOnBase"]

    def test_runs_batted_in_by_player(self, game: tuple) -> None:
        _, document, decoded, _ = game
        expected, found = Counter[str](), Counter[str]()
        for play in document["liveData"]["plays"]["allPlays"]:
            expected[f"mlb-{play['matchup']['batter']['id']}"] += play["result"]["rbi"]
        for one in decoded.events:
            if one.type in {"RUNS", "HOME_RUN"} and one.player:
                found[one.player.id] += int(one.detail["rbi"])
        assert +found == +expected

    def test_every_entry_is_told_or_counted(self, game: tuple) -> None:
        _, document, decoded, _ = game
        plays = document["liveData"]["plays"]["allPlays"]
        pitches = sum(one["type"] in {"pitch", "no_pitch"} for play in plays for one in play["playEvents"])
        entries = sum(len(play["playEvents"]) for play in plays)
        claims = [one for one in decoded.events if one.event[0].isdigit() and "-" in one.event]
        own = [one for one in claims if one.event.split("-")[1].isdigit()]
        assert sum(one.type == "PITCH" for one in decoded.events) == pitches
        assert len(own) + sum(decoded.skipped.values()) == entries
        assert decoded.skipped.keys() <= {
            "game_advisory",
            "batter_timeout",
            "pickoff_entry",
            "stepoff_entry",
            "injury",
        }

    def test_the_review_is_shown(self, game: tuple) -> None:
        number, _, decoded, _ = game
        reviews = [
            (one.type, one.team, one.detail) for one in decoded.events if one.type.startswith("REVIEW")
        ]
        upheld = [("REVIEW_STARTED", "away", {}), ("REVIEW_ENDED", "away", {"decision": "upheld"})]
        assert reviews == (upheld if number == "718322" else [])

    def test_it_grows_turn_by_turn(self, game: tuple, shared_data: Path) -> None:
        _, document, decoded, _ = game
        snapshots = [decode(body) for body in grow(json.dumps(document).encode(), 6)]
        assert [len(one.events) for one in snapshots] == sorted(len(one.events) for one in snapshots)
        names = [{event.event for event in one.events} for one in snapshots]
        assert all(before <= after for before, after in pairwise(names))
        assert [one.type for one in snapshots[0].events if one.type in {"GAME_END", "GAME_FINAL"}] == []
        assert snapshots[-1].events == decoded.events


@pytest.mark.data
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_spoilt_recording_gives_claims_or_blame(shared_data: Path, data: st.DataObject) -> None:
    (recording,) = read(shared_data / "baseball/mlb_statsapi_facts/718322_feed_live_facts.json.gz")
    at = data.draw(st.integers(0, len(recording.body)))
    put = data.draw(st.binary(min_size=1, max_size=6))
    try:
        decoded = decode(recording.body[:at] + put + recording.body[at + len(put) :])
    except FeedError:
        return
    recorded.assert_dense(decoded.events)


def test_errors_of_a_document_without_credits_are_those_of_the_line_score() -> None:
    line = {"innings": [{"num": 1, "home": {"errors": 2}, "away": {"errors": 1}}]}
    turns = turn("single", row(1, None, "1B")), turn("single", row(3, None, "1B"), top=False)
    events = [one for one in told(*turns, linescore=line) if one.type == "ERROR"]
    assert [(one.event, one.team, one.period) for one in events] == [
        ("1t-error-1", "home", 1),
        ("1t-error-2", "home", 1),
        ("1b-error-1", "away", 2),
    ]
    credited = [{"credit": "f_throwing_error", "player": {"id": 6}}]
    named = turn("field_error", row(1, None, "1B", credits=credited))
    assert [one.event for one in told(named, linescore=line) if one.type == "ERROR"] == ["0-error-1"]


def test_a_run_that_is_told_twice_is_one() -> None:
    rows = row(1, "3B", "score", rbi=True), row(1, "3B", "score"), row(9, None, "1B")
    runs = told(turn("single", *rows))[0]
    assert (runs.type, runs.detail["runs"], runs.detail["scored"]) == ("RUNS", 1, "mlb-1")
