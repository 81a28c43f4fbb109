"""NHL web API: its quirks on plays made here, and a real play-off game against the feed's own figures."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import nhl_web
from scorewire.providers.nhl_web import decode, grow, recognise, strength
from scorewire.sports.ice_hockey import ICE_HOCKEY
from scorewire.sports.machine import Board
from unit.games.conftest import Referee
from unit.providers import recorded

FLA, TBL = 13, 14
RECORDING = "ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz"


def play(kind: str, number: int, period: int = 1, left: str = "10:00", **fields: Any) -> dict[str, Any]:
    """A play of Tampa Bay, at home; `details` are added to its owner."""
    details = {"eventOwnerTeamId": TBL, **fields.pop("details", {})}
    return {
        "eventId": number,
        "sortOrder": number * 10,
        "typeDescKey": kind,
        "periodDescriptor": {"number": period, "periodType": fields.pop("periodType", "REG")},
        "timeInPeriod": "10:00",
        "timeRemaining": left,
        "situationCode": "1551",
        "homeTeamDefendingSide": "left",
        "details": details,
        **fields,
    }


def file(*plays: Any, **fields: Any) -> bytes:
    header = {
        "id": 2024020001,
        "season": 20242025,
        "gameType": 2,
        "startTimeUTC": "2024-10-10T23:00:00Z",
        "gameState": "LIVE",
        "gameScheduleState": "OK",
        "homeTeam": {"id": TBL, "abbrev": "TBL", "commonName": {"default": "Lightning"}, "score": 1},
        "awayTeam": {"id": FLA, "abbrev": "FLA", "placeName": {"default": "Florida"}, "score": 0},
        "rosterSpots": [
            {
                "teamId": FLA,
                "playerId": 63,
                "firstName": {"default": "Brad"},
                "lastName": {"default": "Marchand"},
                "sweaterNumber": 63,
                "positionCode": "L",
            }
        ],
        "plays": plays,
    }
    return msgspec.json.encode(header | fields)


def told(*plays: dict[str, Any], **fields: Any) -> list[ProviderEvent]:
    """What these plays make, without the line-ups."""
    return [one for one in decode(file(*plays, **fields)).events if one.type != "LINEUP"]


def stoppage(number: int, reason: str, second: str = "", **fields: Any) -> dict[str, Any]:
    return play("stoppage", number, details={"reason": reason, "secondaryReason": second}, **fields)


@pytest.mark.parametrize(
    ("situation", "team", "expected"),
    [
        ("1551", "home", "even"),
        ("1541", "away", "pp"),
        ("1541", "home", "sh"),
        ("1451", "home", "pp"),
        ("1441", "home", "even"),
        ("1560", "home", "even"),
        ("1560", "away", "en"),
        ("1460", "home", "pp"),
        ("0651", "home", "en"),
        ("0101", "away", "ps"),
        ("1010", "home", "ps"),
        ("", "home", "even"),
        ("1551", None, "even"),
    ],
)
def test_the_strength_of_a_goal(situation: str, team: Any, expected: str) -> None:
    assert strength(situation, team) == expected


def test_sort_order_is_the_order_and_event_id_the_id() -> None:
    events = told(play("hit", 9), play("giveaway", 30, sortOrder=1), play("takeaway", 2))
    assert [one.event for one in events] == ["30", "2", "9"]


def test_the_clock_is_what_is_left_and_the_time_is_nominal() -> None:
    (event,) = told(play("hit", 1, period=2, left="09:05", timeInPeriod="10:55"))
    assert event.clock == "9:05"
    assert event.time_ms == 1728601200000 + (1200 + 1080 + 655) * 1000


def test_places_are_turned_to_the_attack() -> None:
    at = {"xCoord": 86, "yCoord": -17}
    home, away, turned, unknown = told(
        play("hit", 1, details=at),
        play("hit", 2, details=at | {"eventOwnerTeamId": FLA}),
        play("hit", 3, details=at, homeTeamDefendingSide="right"),
        play("hit", 4, details=at, homeTeamDefendingSide=""),
    )
    assert (home.x, home.y) == (0.93, 0.3)
    assert (away.x, away.y) == (turned.x, turned.y) == (0.07, 0.7)
    assert (unknown.x, unknown.y) == (None, None)


def test_a_blocked_shot_is_the_shooters() -> None:
    (event,) = told(play("blocked-shot", 1, details={"shootingPlayerId": 63, "blockingPlayerId": 7}))
    assert (event.type, event.team, event.detail) == ("SHOT_BLOCKED", "away", {"blocker_id": "nhl-7"})
    assert event.player is not None
    assert event.player.name == "Brad Marchand"


def test_who_was_shot_at_and_who_lost_the_face_off_is_in_the_detail() -> None:
    shot, lost = told(
        play("shot-on-goal", 1, details={"shootingPlayerId": 63, "goalieInNetId": 7}),
        play("faceoff", 2, details={"winningPlayerId": 63, "losingPlayerId": 7}),
    )
    assert (shot.detail, lost.detail) == ({"goalie_id": "nhl-7"}, {"loser_id": "nhl-7"})


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"typeCode": "MIN", "duration": 2}, ("PENALTY", "home", {"kind": "minor", "minutes": 2})),
        ({"typeCode": "MIN", "duration": 4}, ("PENALTY", "home", {"kind": "double_minor", "minutes": 4})),
        ({"typeCode": "MAJ", "duration": 5}, ("PENALTY", "home", {"kind": "major", "minutes": 5})),
        ({"typeCode": "MAT", "duration": 5}, ("PENALTY", "home", {"kind": "match", "minutes": 5})),
        ({"typeCode": "BEN"}, ("PENALTY", "home", {"kind": "bench_minor"})),
        ({"typeCode": "MIS", "servedByPlayerId": 8}, ("PENALTY", "home",
         {"kind": "misconduct", "served_by_id": "nhl-8"})),
        ({"typeCode": "GAM"}, ("PENALTY", "home", {"kind": "game_misconduct"})),
        ({"typeCode": "PS", "descKey": "ps-hooking"}, ("PENALTY_SHOT", "away", {"offence": "ps_hooking"})),
    ],
)  # fmt: skip
def test_penalties(details: dict[str, Any], expected: tuple[str, str, dict[str, Any]]) -> None:
    (event,) = told(play("penalty", 1, details=details))
    assert (event.type, event.team, event.detail) == expected
    assert ICE_HOCKEY.check({}, event) is None


class TestGoalkeepers:
    def test_leave_and_come_back_between_plays(self) -> None:
        events = told(
            play("hit", 1),
            play("hit", 2, situationCode="0651"),
            play("hit", 3, situationCode="0651"),
            play("hit", 4),
        )
        assert [(one.event, one.type, one.team) for one in events if "goalie" in one.event] == [
            ("2-away-goalie", "GOALIE_PULLED", "away"),
            ("4-away-goalie", "GOALIE_RETURNED", "away"),
        ]

    @pytest.mark.parametrize("code", ["", "unknown", "9999"])
    def test_are_left_alone_by_a_code_that_says_nothing(self, code: str) -> None:
        assert len(told(play("hit", 1, situationCode=code))) == 1


class TestChallenges:
    GOAL = play("goal", 1, details={"eventOwnerTeamId": FLA, "homeScore": 0, "awayScore": 1})
    ASKED = stoppage(2, "referee-or-linesman", "chlg-hm-goal-interference")
    FAILED = play(
        "penalty", 3, details={"typeCode": "BEN", "descKey": "delaying-game-unsuccessful-challenge"}
    )
    AGAIN = play("faceoff", 4)

    def of(self, *plays: dict[str, Any]) -> list[tuple[str, Any, dict[str, Any]]]:
        return [
            (one.type, one.team, one.detail)
            for one in told(*plays)
            if one.type in {"CHALLENGE", "REVIEW_STARTED", "REVIEW_ENDED"}
        ]

    def test_is_open_at_first(self) -> None:
        assert self.of(self.GOAL, self.ASKED) == [("CHALLENGE", "home", {"subject": "goal_interference"})]

    def test_has_failed_where_a_penalty_says_so(self) -> None:
        assert self.of(self.GOAL, self.ASKED, self.FAILED, self.AGAIN)[1:] == [
            ("REVIEW_ENDED", None, {"decision": "stands"})
        ]

    def test_was_right_where_none_does(self) -> None:
        assert self.of(self.ASKED, self.AGAIN)[1:] == [("REVIEW_ENDED", None, {"decision": "overturned"})]

    def test_any_other_penalty_at_that_clock_decides_nothing(self) -> None:
        other = play("penalty", 3, details={"typeCode": "MIN", "descKey": "tripping"})
        assert len(self.of(self.ASKED, other)) == 1

    def test_another_stoppage_at_that_clock_decides_nothing_either(self) -> None:
        other = stoppage(25, "tv-timeout", sortOrder=25)
        assert self.of(self.GOAL, self.ASKED, other, self.FAILED)[1:] == [
            ("REVIEW_ENDED", None, {"decision": "stands"})
        ]

    def test_the_next_challenge_ends_the_last(self) -> None:
        again = stoppage(3, "chlg-vis-off-side")
        assert [kind for kind, _, _ in self.of(self.ASKED, again)] == [
            "CHALLENGE",
            "REVIEW_ENDED",
            "CHALLENGE",
        ]

    def test_of_the_league_never_says_how_it_ended(self) -> None:
        asked = stoppage(2, "chlg-league-off-side")
        assert self.of(asked, self.AGAIN) == [
            ("CHALLENGE", None, {"subject": "off_side", "by": "league"}),
            ("REVIEW_ENDED", None, {}),
        ]

    def test_a_review_neither(self) -> None:
        assert self.of(stoppage(2, "video-review"), self.AGAIN) == [
            ("REVIEW_STARTED", None, {"subject": "goal"}),
            ("REVIEW_ENDED", None, {}),
        ]

    def test_a_goal_that_vanished_is_a_snapshot_without_it(self) -> None:
        before = {one.event for one in told(self.GOAL, self.ASKED)}
        after = {one.event for one in told(self.ASKED, self.AGAIN)}
        assert before - after == {"1"}


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (("icing", ""), ("STOPPAGE", None, {"reason": "icing"})),
        (("puck-frozen", "tv-timeout"), ("STOPPAGE", None, {"reason": "puck_frozen"})),
        (("home-timeout", ""), ("TIMEOUT", "home", {})),
        (("offside", "visitor-timeout"), ("TIMEOUT", "away", {})),
        (("", ""), ("STOPPAGE", None, {})),
    ],
)
def test_stoppages(reasons: tuple[str, str], expected: tuple[str, Any, dict[str, Any]]) -> None:
    (event,) = told(stoppage(1, *reasons))
    assert (event.type, event.team, event.detail) == expected


def test_a_shootout() -> None:
    def attempt(kind: str, number: int, team: int) -> dict[str, Any]:
        return play(kind, number, 5, "00:00", periodType="SO", situationCode="1010",
                    details={"eventOwnerTeamId": team, "homeScore": 0, "awayScore": 0})  # fmt: skip

    body = file(
        play("period-start", 1),
        play("period-start", 2, 4, "05:00", periodType="OT"),
        play("period-end", 3, 4, "00:00", periodType="OT"),
        play("period-start", 4, 5, "00:00", periodType="SO"),
        attempt("goal", 5, TBL),
        attempt("failed-shot-attempt", 6, FLA),
        attempt("goal", 7, TBL),
        attempt("shot-on-goal", 8, FLA),
        play("shootout-complete", 9, 5, "00:00", periodType="SO"),
        play("period-end", 10, 5, "00:00", periodType="SO"),
        play("game-end", 11, 5, "00:00", periodType="SO"),
        gameState="FINAL",
    )
    decoded = decode(body)
    assert decoded.skipped == {"marker": 1}
    shown = folded(decoded)
    assert (shown.status, shown.period, shown.home, shown.away) == ("final", "SO", 1, 0)
    assert shown.detail["shootout"] == {"home": 2, "taken": {"home": 2, "away": 2}, "winner": "home"}
    assert decoded.events[-2].score is not None
    assert (decoded.events[-2].score.home, decoded.events[-2].score.away) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"gameScheduleState": "PPD"}, [("status-ppd", "GAME_POSTPONED")]),
        ({"gameScheduleState": "CNCL"}, [("status-cncl", "GAME_CANCELLED")]),
        ({"gameState": "PRE"}, [("status-pre", "PRE_GAME")]),
        ({"gameState": "FUT"}, []),
        ({"gameState": "OFF"}, []),
    ],
)
def test_a_game_without_plays(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(one.event, one.type) for one in told(**fields)] == expected


def test_a_suspended_game() -> None:
    assert [one.type for one in told(play("hit", 1), gameScheduleState="SUSP")] == ["HIT", "GAME_SUSPENDED"]


def test_only_what_is_final_is_final() -> None:
    assert [one.type for one in told(play("game-end", 1), gameState="OVER")] == ["GAME_END"]


def test_what_makes_no_claim_is_counted() -> None:
    decoded = decode(file(play("hologram", 1), {"eventId": 2}, play("hit", 3), play("hit", 4, period=0)))
    assert decoded.skipped == {"unknown_type": 1, "unreadable_play": 1, "outside_limits": 1}
    recorded.assert_dense(decoded.events)


def test_the_declaration() -> None:
    declared = decode(file()).declaration
    assert declared is not None
    assert (declared.game_id, declared.season, declared.round, declared.rules) == (
        "nhl-2024020001",
        "2024-25",
        "Regular Season",
        {},
    )
    assert (declared.home.name, declared.away.id) == ("Lightning", "nhl-fla")
    undated = decode(file(startTimeUTC="soon", gameType=3)).declaration
    assert undated is not None
    assert (undated.start, undated.rules) == ("1970-01-01T00:00:00Z", {"overtime": "full"})


@pytest.mark.parametrize(
    ("plays", "game_type", "rules"),
    [
        ([play("hit", 1, 4, "03:00", periodType="OT", timeInPeriod="02:00")], 2, {}),
        ([play("hit", 1, 4, "08:00", periodType="OT", timeInPeriod="02:00")], 19, {"overtime_minutes": 10}),
        ([play("hit", 1, 4, "", periodType="OT", timeInPeriod="")], 2, {}),
        (
            [play("hit", number, number, "18:00", periodType="OT") for number in (4, 5)],
            19,
            {"overtime": "full"},
        ),
        ([], 3, {"overtime": "full"}),
    ],
)
def test_how_long_an_overtime_is(plays: list[Any], game_type: int, rules: dict[str, Any]) -> None:
    decoded = decode(file(*plays, gameType=game_type))
    assert decoded.declaration is not None
    assert decoded.declaration.rules == rules
    for one in decoded.events:
        assert ICE_HOCKEY.check(rules, one) is None


def test_is_recognised() -> None:
    assert recognise(file(), "x")
    assert not recognise(b'{"plays": []}', "x")


@given(st.binary(max_size=60), st.integers(0, 4000), st.integers(0, 60))
@settings(max_examples=200)
def test_a_damaged_payload_gives_claims_or_blame(noise: bytes, at: int, cut: int) -> None:
    body = file(play("goal", 1), stoppage(2, "chlg-hm-off-side"), play("penalty", 3), play("faceoff", 4))
    damaged = body[: at % len(body)] + noise + body[at % len(body) + cut :]
    try:
        decoded = decode(damaged)
    except FeedError as error:
        assert "unreadable_payload" in str(error)  # noqa: PT017
    else:
        recorded_ids = [one.event for one in decoded.events]
        assert [one.sequence for one in decoded.events] == list(range(1, len(recorded_ids) + 1))


def folded(decoded: Any) -> Board:
    """The board after every claim, each of which the sport accepts."""
    rules = decoded.declaration.rules
    state = ICE_HOCKEY.begin(rules)
    for one in decoded.events:
        refusal = ICE_HOCKEY.check(rules, one) or ICE_HOCKEY.decide(state, one)
        assert refusal is None, (one, refusal)
        state = ICE_HOCKEY.evolve(state, one, one.time_ms)
        if one.score is not None:
            shown = ICE_HOCKEY.board(state)
            assert (one.score.home, one.score.away) == (shown.home, shown.away), one
    return ICE_HOCKEY.board(state)


@pytest.mark.data
class TestRealGame:
    @given(st.integers(0, 210_000), st.binary(max_size=3), st.integers(0, 40))
    @settings(max_examples=30, deadline=None)
    def test_any_damage_gives_claims_or_blame(
        self, shared_data: Path, at: int, noise: bytes, cut: int
    ) -> None:
        body = recorded.recording(shared_data, RECORDING).body
        try:
            decoded = decode(body[:at] + noise + body[at + cut :])
        except FeedError:
            return
        recorded.assert_dense(decoded.events)

    def test_a_goal_that_is_taken_back_leaves_the_power_play_that_it_had_ended(
        self, shared_data: Path
    ) -> None:
        decoded = recorded.recording(shared_data, RECORDING).decode()
        referee = Referee(sport="ice_hockey", rules={"overtime": "full"})
        until = next(place for place, one in enumerate(decoded.events) if one.event == "232")
        for one in decoded.events[: until + 1]:
            referee.offer(msgspec.structs.replace(one, provider="acme", game_id="g1"), "dense")
        assert referee.score == (1, 1)
        goal = decoded.events[until]
        taken = ProviderEvent(provider="acme", game_id="g1", event=goal.event, revision=2, action="retract")
        (row,) = referee.offer(taken, "dense").rows
        assert (row.type, row.correction, referee.score) == ("GOAL_CANCELLED", True, (0, 1))
        assert referee.desk.shown is not None
        assert referee.desk.shown.detail["power_play"] == {"team": "home", "until": "7:35"}

    def test_comes_to_its_result_by_period(self, shared_data: Path) -> None:
        recording = recorded.recording(shared_data, RECORDING)
        assert recording.format is nhl_web.NHL_WEB
        shown = folded(recording.decode())
        header = msgspec.json.decode(recording.body)
        assert (
            (shown.home, shown.away) == (2, 6) == (header["homeTeam"]["score"], header["awayTeam"]["score"])
        )
        assert shown.detail["shots"] == {side: header[f"{side}Team"]["sog"] for side in ("home", "away")}
        assert shown.linescore == {
            "1": {"home": 1, "away": 2},
            "2": {"home": 1, "away": 3},
            "3": {"home": 0, "away": 1},
        }
        assert (shown.status, shown.period) == ("final", "P3 END")

    def test_goals_and_assists_come_to_the_totals_that_the_feed_states(self, shared_data: Path) -> None:
        recording = recorded.recording(shared_data, RECORDING)
        goals, assists = Counter[str](), Counter[str]()
        said = {one["eventId"]: one["details"] for one in msgspec.json.decode(recording.body)["plays"]
                if one["typeDescKey"] == "goal"}  # fmt: skip
        for one in recording.decode().events:
            if one.type != "GOAL":
                continue
            assert one.player is not None
            goals[one.player.id] += 1
            # The first game of the play-offs: totals of the season to date are totals of the game.
            assert goals[one.player.id] == said[int(one.event)]["scoringPlayerTotal"]
            for number in ("1", "2"):
                key = "assist_id" if number == "1" else "assist2_id"
                if key in one.detail:
                    assists[str(one.detail[key])] += 1
                    assert assists[str(one.detail[key])] == said[int(one.event)][f"assist{number}PlayerTotal"]
        assert sum(goals.values()) == 8
        assert dict(goals.most_common(2)) == {"nhl-8479314": 2, "nhl-8477220": 2}

    def test_the_failed_challenge_is_shown(self, shared_data: Path) -> None:
        events = recorded.recording(shared_data, RECORDING).decode().events
        state = ICE_HOCKEY.begin({"overtime": "full"})
        reviews: list[Any] = []
        for one in events:
            state = ICE_HOCKEY.evolve(state, one, 1)
            if (one.period, one.clock) == (2, "15:19"):
                shown = ICE_HOCKEY.board(state)
                reviews.append((one.type, shown.home, shown.away, shown.detail.get("review")))
        assert reviews[:4] == [
            ("GOAL", 1, 3, None),
            ("CHALLENGE", 1, 3, "goal_interference"),
            ("PENALTY", 1, 3, "goal_interference"),
            ("REVIEW_ENDED", 1, 3, None),
        ]
        ruling = next(one for one in events if one.event == "307-ruling")
        assert ruling.detail == {"decision": "stands"}

    def test_skaters_from_the_penalties_are_those_of_the_feed(self, shared_data: Path) -> None:
        recording = recorded.recording(shared_data, RECORDING)
        codes = {one["eventId"]: one["situationCode"] for one in msgspec.json.decode(recording.body)["plays"]}
        state = ICE_HOCKEY.begin({"overtime": "full"})
        short = 0
        for one in recording.decode().events:
            state = ICE_HOCKEY.evolve(state, one, 1)
            if one.type == "FACEOFF":
                _, away, home, _ = codes[int(one.event)]
                assert ICE_HOCKEY.board(state).detail.get("skaters", "5v5") == f"{home}v{away}", one
                short += home != away
        assert short == 10

    def test_the_games_owner_takes_every_claim(self, shared_data: Path) -> None:
        decoded = recorded.recording(shared_data, RECORDING).decode()
        assert decoded.declaration is not None
        referee = Referee(sport="ice_hockey", rules=dict(decoded.declaration.rules))
        for one in decoded.events:
            verdict = referee.offer(msgspec.structs.replace(one, provider="acme", game_id="g1"), "dense")
            assert verdict.outcome == "applied", (one, verdict.refusal)
        assert referee.score == (2, 6)
        assert referee.desk.shown is not None
        assert not referee.desk.shown.under_check

    def test_nothing_is_skipped(self, shared_data: Path) -> None:
        decoded = recorded.recording(shared_data, RECORDING).decode()
        assert decoded.skipped == {}
        assert Counter(one.type for one in decoded.events)["FACEOFF"] == 60
        recorded.assert_dense(decoded.events)

    def test_as_it_grows_it_only_adds(self, shared_data: Path) -> None:
        body = recorded.recording(shared_data, RECORDING).body
        held: set[str] = set()
        for grown in grow(body, 40):
            events = {one.event for one in decode(grown).events}
            assert events >= held
            held = events
        assert held == {one.event for one in decode(body).events}
