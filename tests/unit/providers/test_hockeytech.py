"""HockeyTech: its quirks on rows made here, and a real PWHL game against its summary."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import hockeytech
from scorewire.providers.hockeytech import decode, recognise
from scorewire.sports.ice_hockey import ICE_HOCKEY
from scorewire.sports.machine import Board
from unit.games.conftest import Referee
from unit.providers import recorded

MTL, BOS = 3, 1
RECORDING = "ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz"
SUMMARY = "ice_hockey/pwhl_hockeytech/pwhl_game_summary_42.json.gz"


def person(number: int) -> dict[str, Any]:
    return {"id": number, "firstName": "P.", "lastName": str(number)}


def row(event: str, time: str = "3:51", period: str = "1", **details: Any) -> dict[str, Any]:
    return {
        "event": event,
        "details": {"period": {"id": period, "longName": period}, "time": time, **details},
    }


def shot(
    number: int, time: str = "3:51", period: str = "1", *, goal: bool = False, **details: Any
) -> dict[str, Any]:
    team = str(MTL if number >= 30 else BOS)
    return row("shot", time, period, shooter=person(number), shooterTeamId=team, isGoal=goal, **details)


def goal(number: int, time: str = "3:51", period: str = "1", **details: Any) -> dict[str, Any]:
    team = {"id": MTL if number >= 30 else BOS, "abbreviation": "MTL" if number >= 30 else "BOS"}
    return row("goal", time, period, game_goal_id=str(number), team=team, scoredBy=person(number), **details)


def penalty(description: str, minutes: str, **details: Any) -> dict[str, Any]:
    return row("penalty", againstTeam={"id": BOS, "abbreviation": "BOS"}, takenBy=person(1),
               description=description, minutes=minutes, **details)  # fmt: skip


OPENING = [
    row("faceoff", "0:00", homePlayer=person(31), visitingPlayer=person(7), homeWin="1"),
    shot(31, "0:10"),
    shot(7, "0:20"),
]
"""Tells who is at home, and makes a start and three claims."""

CENTRE: dict[str, Any] = {
    "meta": {"id": "42", "started": "1", "final": "0", "home_goal_count": "1", "visiting_goal_count": "0"},
    "home": {"id": str(MTL), "code": "MTL", "name": "PWHL Montreal", "city": "Montreal"},
    "visitor": {"id": str(BOS), "code": "BOS"},
}


def centre(**meta: Any) -> bytes:
    """A summary; `meta` is added to its own."""
    fields = {**CENTRE, "meta": {**CENTRE["meta"], **meta.pop("meta", {})}, **meta}
    return msgspec.json.encode({"GC": {"Parameters": {"client_code": "pwhl"}, "Gamesummary": fields}})


def told(*rows: dict[str, Any], summary: bytes | None = None) -> list[ProviderEvent]:
    """What these rows make after the opening."""
    companions = {"game_summary": summary} if summary is not None else {}
    return list(decode(msgspec.json.encode([*OPENING, *rows]), "pwhl_pbp_42.json", companions).events[4:])


def test_who_is_at_home_is_told_by_a_face_off() -> None:
    decoded = decode(msgspec.json.encode([*OPENING, goal(31), penalty("Tripping", "2.00")]))
    declared = decoded.declaration
    assert declared is not None
    assert (declared.home.id, declared.home.abbr) == ("hockeytech-3", "MTL")
    assert (declared.away.id, declared.away.abbr) == ("hockeytech-1", "BOS")
    assert [(one.type, one.team) for one in decoded.events[:4]] == [
        ("PERIOD_START", None),
        ("FACEOFF", "home"),
        ("SHOT", "home"),
        ("SHOT", "away"),
    ]


def test_before_it_nothing_is_claimed() -> None:
    decoded = decode(msgspec.json.encode(OPENING[:2]))
    assert (decoded.events, decoded.declaration, decoded.skipped) == ((), None, {"side_unknown": 2})


def test_the_summary_tells_at_once() -> None:
    decoded = decode(msgspec.json.encode(OPENING[1:2]), "", {"game_summary": centre()})
    assert [one.team for one in decoded.events] == [None, "home"]
    assert decoded.game == "42"


def test_a_goal_is_also_a_shot_and_counts_once() -> None:
    events = told(shot(31, goal=True), goal(31, assists=[person(32), person(33)]))
    assert [(one.event, one.type) for one in events] == [("goal-31", "GOAL")]
    assert events[0].detail == {
        "strength": "even",
        "assist": "P. 32",
        "assist_id": "hockeytech-32",
        "assist2": "P. 33",
        "assist2_id": "hockeytech-33",
    }


def test_a_goal_whose_row_has_not_come_yet_is_waited_for() -> None:
    assert told(shot(31, goal=True)) == []
    assert told(shot(31, goal=True), summary=centre()) == []


def test_a_scorer_who_was_put_right_leaves_no_second_goal() -> None:
    final = centre(meta={"final": "1"})
    kinds = [one.type for one in told(shot(31, goal=True), goal(32), summary=final)]
    assert kinds.count("GOAL") == 1


def test_a_face_off_that_names_no_winner_is_won_by_nobody() -> None:
    (one,) = told(row("faceoff", homePlayer=person(31), visitingPlayer=person(7)))
    assert (one.type, one.team, one.player) == ("FACEOFF", None, None)


def test_who_else_has_a_share_in_a_play_is_in_its_detail() -> None:
    events = told(
        shot(31, "4:00", goalie=person(1)),
        row("faceoff", homePlayer=person(31), visitingPlayer=person(7), homeWin="0"),
        goal(31, plus_players=[person(31), person(32)], minus_players=[person(7), {"id": None}]),
    )
    assert [one.detail for one in events] == [
        {"goalie_id": "hockeytech-1"},
        {"loser_id": "hockeytech-31"},
        {"strength": "even", "plus_ids": "hockeytech-31 hockeytech-32", "minus_ids": "hockeytech-7"},
    ]


def test_but_not_for_ever() -> None:
    decoded = decode(
        msgspec.json.encode([*OPENING, shot(31, "5:00", goal=True)]),
        "",
        {"game_summary": centre(meta={"final": "1"})},
    )
    assert [(one.event, one.type) for one in decoded.events[4:]] == [
        ("goal-1-5:00-31", "GOAL"),
        ("period-1-end", "PERIOD_END"),
        ("end", "GAME_END"),
        ("final", "GAME_FINAL"),
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"isPowerPlay": "1"}, "pp"),
        ({"isShortHanded": "1"}, "sh"),
        ({"isPowerPlay": "1", "isEmptyNet": "1"}, "en"),
        ({"isPenaltyShot": "1"}, "ps"),
        ({"isPowerPlay": "0"}, "even"),
    ],
)
def test_the_strength_of_a_goal(properties: dict[str, str], expected: str) -> None:
    (event,) = told(goal(31, properties=properties))
    assert event.detail["strength"] == expected


def test_ids_are_made_of_what_a_row_is() -> None:
    events = told(shot(31), shot(31), shot(31, period="2"), shot(7))
    assert [one.event for one in events if one.type == "SHOT"] == [
        "shot-1-3:51-31",
        "shot-1-3:51-31-2",
        "shot-2-3:51-31",
        "shot-1-3:51-7",
    ]


@pytest.mark.parametrize(
    ("description", "minutes", "details", "expected"),
    [
        ("Tripping", "2.00", {}, {"kind": "minor", "minutes": 2, "offence": "tripping"}),
        ("High-sticking", "4.00", {}, {"kind": "double_minor", "minutes": 4, "offence": "high_sticking"}),
        ("Fighting", "5.00", {}, {"kind": "major", "minutes": 5, "offence": "fighting"}),
        ("Misconduct", "10.00", {}, {"kind": "misconduct", "minutes": 10, "offence": "misconduct"}),
        ("Game Misconduct", 10, {}, {"kind": "game_misconduct", "minutes": 10, "offence": "game_misconduct"}),
        ("Too many", "2.00", {"isBench": True}, {"kind": "bench_minor", "minutes": 2, "offence": "too_many"}),
        ("", "?", {"servedBy": {"id": 9}}, {"kind": "minor", "served_by_id": "hockeytech-9"}),
    ],
)
def test_penalties(description: str, minutes: Any, details: dict[str, Any], expected: dict[str, Any]) -> None:
    (event,) = told(penalty(description, minutes, **details))
    assert (event.type, event.team, event.detail) == ("PENALTY", "away", expected)
    assert ICE_HOCKEY.check({}, event) is None


def test_goalkeepers() -> None:
    def change(into: int | None, out: int | None, time: str) -> dict[str, Any]:
        return row("goalie_change", time, goalieComingIn=person(into) if into else None,
                   goalieGoingOut=person(out) if out else None, team_id=str(MTL))  # fmt: skip

    body = msgspec.json.encode(
        [
            *OPENING,
            change(85, None, "0:00"),
            change(None, 85, "4:18"),
            change(85, None, "4:34"),
            change(35, 85, "9:00"),
        ]
    )
    decoded = decode(body)
    assert decoded.skipped == {"starting_goalie": 1}
    assert [(one.type, one.player and one.player.name, one.detail) for one in decoded.events[4:]] == [
        ("GOALIE_PULLED", "P. 85", {}),
        ("GOALIE_RETURNED", "P. 85", {}),
        ("GOALIE_CHANGED", "P. 85", {"in": "P. 35", "in_id": "hockeytech-35"}),
    ]


def test_places_are_turned_to_the_attack() -> None:
    home, away = told(shot(31, xLocation=90, yLocation=120), shot(7, "4:00", xLocation=450, yLocation=90))
    assert (home.x, home.y, away.x, away.y) == (0.85, 0.6, 0.75, 0.3)


class TestPeriods:
    def test_begin_with_their_first_row_and_end_with_the_next(self) -> None:
        events = told(shot(31, period="2"), shot(31, period="3"))
        assert [(one.type, one.period) for one in events if one.type != "SHOT"] == [
            ("PERIOD_END", 1),
            ("PERIOD_START", 2),
            ("PERIOD_END", 2),
            ("PERIOD_START", 3),
        ]

    @pytest.mark.parametrize(
        ("rows", "clock", "rules"),
        [
            ([shot(31, "1:00", "4")], "4:00", {}),
            ([shot(31, "1:00", "OT1")], "4:00", {}),
            ([shot(31, "1:00", "4"), shot(31, "6:00", "4")], "19:00", {"overtime": "full"}),
            ([shot(31, "1:00", "4"), shot(31, "1:00", "OT2")], "19:00", {"overtime": "full"}),
        ],
    )
    def test_how_long_an_overtime_is(self, rows: list[Any], clock: str, rules: dict[str, Any]) -> None:
        decoded = decode(msgspec.json.encode([*OPENING, *rows]))
        assert next(one.clock for one in decoded.events if one.period == 4 and one.type == "SHOT") == clock
        assert decoded.declaration is not None
        assert decoded.declaration.rules == rules

    def test_the_summary_says_how_long(self) -> None:
        periods = {str(number): {"length": "1200"} for number in range(1, 5)}
        events = told(shot(31, "1:00", "4"), summary=centre(periods=periods))
        assert events[-1].clock == "19:00"

    def test_the_shootout_is_the_fifth(self) -> None:
        rows = [
            row("shootout", "0:00", "SO", shooter=person(number), shooterTeamId=team, isGoal=goal)
            for number, team, goal in ((31, "3", True), (7, "1", False))
        ]
        events = told(*rows)
        assert [(one.type, one.team, one.period, one.clock) for one in events[-2:]] == [
            ("SHOOTOUT_GOAL", "home", 5, None),
            ("SHOOTOUT_MISS", "away", 5, None),
        ]


@pytest.mark.parametrize(("made", "types"), [(True, []), (False, ["PENALTY_SHOT_MISSED"])])
def test_a_penalty_shot_that_is_a_goal_has_a_row_of_its_own(made: bool, types: list[str]) -> None:
    events = told(row("penaltyshot", shooter=person(31), shooterTeamId="3", isGoal=made))
    assert [one.type for one in events] == types


def test_a_body_may_be_wrapped() -> None:
    body = msgspec.json.encode(OPENING)
    assert decode(b"angular.callbacks._8(" + body + b")") == decode(body)


def test_what_makes_no_claim_is_counted() -> None:
    decoded = decode(
        msgspec.json.encode([*OPENING, row("hologram"), {"event": "shot"}, shot(31, "9" * 99 + ":00")])
    )
    assert decoded.skipped == {"unknown_type": 1, "unreadable_row": 1}
    recorded.assert_dense(decoded.events)
    assert decoded.events[-1].clock is None


class TestSummaryAlone:
    def test_is_a_snapshot_of_the_score(self) -> None:
        body = centre(
            meta={"last_modified": "2024-03-02 23:52:49"},
            goalsByPeriod={"home": {"1": 1}, "visitor": {"1": "0"}},
        )
        (event,) = decode(body).events
        assert (event.type, event.detail, event.revision) == (
            "SCORE_SET",
            {"home": 1, "away": 0, "lines": "1-0"},
            1709423569000,
        )

    def test_lines_that_do_not_add_up_are_left_out(self) -> None:
        (event,) = decode(centre(goalsByPeriod={"home": {"1": 0}, "visitor": {"1": 0}})).events
        assert event.detail == {"home": 1, "away": 0}

    @pytest.mark.parametrize(
        ("meta", "types"),
        [
            ({"started": "0"}, []),
            ({"started": "0", "final": "1", "forfeit": "1"}, ["SCORE_SET", "GAME_AWARDED"]),
            ({"final": "1"}, ["SCORE_SET", "GAME_END", "GAME_FINAL"]),
        ],
    )
    def test_says_how_far_the_game_is(self, meta: dict[str, str], types: list[str]) -> None:
        decoded = decode(centre(meta=meta))
        assert [one.type for one in decoded.events] == types
        folded(decoded)

    def test_declares_the_game(self) -> None:
        declared = decode(centre(game_date_iso_8601="2024-03-02T16:00:00-05:00", venue="Verdun")).declaration
        assert declared is not None
        assert (declared.game_id, declared.season, declared.start, declared.league.name) == (
            "pwhl-42",
            "2023-24",
            "2024-03-02T21:00:00Z",
            "PWHL",
        )


def test_is_recognised() -> None:
    assert recognise(msgspec.json.encode(OPENING), "x")
    assert recognise(centre(), "x")
    assert not recognise(b'[{"event": "shot", "details": {}}]', "x")


@given(st.binary(max_size=60), st.integers(0, 4000), st.integers(0, 60), st.booleans())
@settings(max_examples=200)
def test_a_damaged_payload_gives_claims_or_blame(noise: bytes, at: int, cut: int, alone: bool) -> None:
    body = centre() if alone else msgspec.json.encode([*OPENING, goal(31), penalty("Tripping", "2.00")])
    damaged = body[: at % len(body)] + noise + body[at % len(body) + cut :]
    try:
        decoded = decode(damaged)
    except FeedError as error:
        assert "unreadable_payload" in str(error)  # noqa: PT017
    else:
        assert [one.sequence for one in decoded.events] == list(range(1, len(decoded.events) + 1))


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


def real(folder: Path, *, companion: bool = True) -> Any:
    body = recorded.unpacked(folder / RECORDING)
    companions = {"game_summary": recorded.unpacked(folder / SUMMARY)} if companion else {}
    return decode(body, "pwhl_pbp_42.json.gz", companions)


def summary_of(folder: Path) -> dict[str, Any]:
    centre_: dict[str, Any] = msgspec.json.decode(recorded.unpacked(folder / SUMMARY))
    return centre_["GC"]["Gamesummary"]


@pytest.mark.data
class TestRealGame:
    @given(st.integers(0, 140_000), st.binary(max_size=3), st.integers(0, 40))
    @settings(max_examples=30, deadline=None)
    def test_any_damage_gives_claims_or_blame(
        self, shared_data: Path, at: int, noise: bytes, cut: int
    ) -> None:
        body = recorded.unpacked(shared_data / RECORDING)
        try:
            decoded = decode(body[:at] + noise + body[at + cut :], "pwhl_pbp_42.json")
        except FeedError:
            return
        recorded.assert_dense(decoded.events)

    def test_comes_to_its_result_by_period(self, shared_data: Path) -> None:
        assert recorded.recording(shared_data, RECORDING).format is hockeytech.HOCKEYTECH
        shown, said = folded(real(shared_data)), summary_of(shared_data)
        assert (shown.home, shown.away, shown.status) == (3, 1, "final")
        goals = said["goalsByPeriod"]
        assert shown.linescore == {
            period: {"home": goals["home"][period], "away": goals["visitor"][period]}
            for period in ("1", "2", "3")
        }
        assert shown.detail == {
            "shots": {"home": said["totalShots"]["home"], "away": said["totalShots"]["visitor"]}
        }

    def test_figures_of_every_player_are_those_of_the_summary(self, shared_data: Path) -> None:
        events, said = real(shared_data).events, summary_of(shared_data)
        players = [one for side in ("home", "visitor") for one in said[f"{side}_team_lineup"]["players"]]
        assists = Counter(
            str(one.detail[key]) for one in events for key in ("assist_id", "assist2_id") if key in one.detail
        )
        for counted, name in (
            (recorded.counted(events, "GOAL"), "goals"),
            (dict(assists), "assists"),
            (recorded.counted(events, "SHOT", "GOAL"), "shots"),
            (recorded.counted(events, "HIT"), "hits"),
            (recorded.counted(events, "FACEOFF"), "faceoff_wins"),
        ):
            lines = {f"pwhl-{one['player_id']}": int(one[name]) for one in players}
            assert counted == {who: number for who, number in lines.items() if number}, name
        assert recorded.by_player(events) == {"pwhl-31": 1, "pwhl-168": 1, "pwhl-13": 1, "pwhl-83": 1}

    def test_shots_and_power_plays_by_side(self, shared_data: Path) -> None:
        decoded, said = real(shared_data), summary_of(shared_data)
        by_period = Counter(
            (one.team, str(one.period)) for one in decoded.events if one.type in {"SHOT", "GOAL"}
        )
        for side, name in (("home", "home"), ("away", "visitor")):
            assert {period: by_period[side, period] for period in "123"} == said["shotsByPeriod"][name]
        # One side's power plays are the other's penalties here: none were coincident.
        against = Counter(one.team for one in decoded.events if one.type == "PENALTY")
        assert {"home": against["away"], "visitor": against["home"]} == said["powerPlayCount"]

    def test_skips_and_declares(self, shared_data: Path) -> None:
        decoded = real(shared_data)
        assert decoded.skipped == {"starting_goalie": 2, "goal_twin": 4}
        assert decoded.declaration is not None
        assert (decoded.declaration.home.name, decoded.declaration.away.name) == (
            "PWHL Montreal",
            "PWHL Boston",
        )
        recorded.assert_dense(decoded.events)

    def test_the_summary_is_not_needed(self, shared_data: Path) -> None:
        bare = real(shared_data, companion=False)
        shown = folded(bare)
        assert (shown.home, shown.away, shown.status) == (3, 1, "live")
        assert (bare.game, bare.declaration.game_id, bare.declaration.home.abbr) == ("42", "pwhl-42", "MTL")

    def test_the_summary_by_itself_comes_to_the_same_score(self, shared_data: Path) -> None:
        recording = recorded.recording(shared_data, SUMMARY)
        assert recording.format is hockeytech.HOCKEYTECH
        shown = folded(recording.decode())
        assert (shown.home, shown.away, shown.status) == (3, 1, "final")
        assert shown.linescore == folded(real(shared_data)).linescore

    def test_the_games_owner_takes_every_claim(self, shared_data: Path) -> None:
        decoded = real(shared_data)
        referee = Referee(sport="ice_hockey", rules=dict(decoded.declaration.rules))
        for one in decoded.events:
            verdict = referee.offer(msgspec.structs.replace(one, provider="acme", game_id="g1"), "dense")
            assert verdict.outcome == "applied", (one, verdict.refusal)
        assert referee.score == (3, 1)

    def test_a_shorter_list_says_nothing_that_the_whole_does_not(self, shared_data: Path) -> None:
        rows = msgspec.json.decode(recorded.unpacked(shared_data / RECORDING))
        whole = {one.event: one for one in real(shared_data, companion=False).events}
        for length in range(40, len(rows), 20):
            for one in decode(msgspec.json.encode(rows[:length]), "pwhl_pbp_42.json").events:
                assert whole[one.event] == one
