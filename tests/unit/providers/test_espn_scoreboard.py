"""ESPN's scoreboard: its quirks on games made here, poll after poll, and the real ones of five leagues."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from scorewire.errors import FeedError
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.intake.snapshot import GameSnapshot, Limits, compare
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.espn_scoreboard import ESPN_SCOREBOARD, PROVIDER, SPORT_OF, decode
from scorewire.providers.format import Decoded
from scorewire.sports import SPORTS
from unit.providers import recorded
from unit.providers.folded import fold, fold_one

NUMBER_OF = {sport: number for number, sport in SPORT_OF.items()}
FILES = {"mlb": (17, "baseball"), "mls": (11, "soccer"), "ncaavbw": (6, "volleyball")}
FILES |= {"nfl": (16, "american_football"), "nhl": (10, "ice_hockey")}
STATUSES = {
    "STATUS_SCHEDULED": "scheduled",
    "STATUS_IN_PROGRESS": "live",
    "STATUS_FIRST_HALF": "live",
    "STATUS_SECOND_HALF": "live",
    "STATUS_FINAL": "final",
    "STATUS_FULL_TIME": "final",
}


def side(which: str, score: object, *lines: int, winner: bool | None = None) -> dict[str, Any]:
    return {
        "homeAway": which,
        "score": score,
        "winner": winner,
        "linescores": [{"value": value} for value in lines],
        "team": {"id": "1" if which == "home" else "2", "displayName": which, "abbreviation": which[:3]},
    }


def event(
    name: str = "IN_PROGRESS",
    state: str = "in",
    *,
    sport: str = "american_football",
    period: int = 2,
    clock: str = "7:45",
    home: dict[str, Any] | None = None,
    away: dict[str, Any] | None = None,
    detail: str = "",
    **fields: Any,
) -> dict[str, Any]:
    kind = {"name": f"STATUS_{name}", "state": state, "completed": name in {"FINAL", "FULL_TIME"}}
    status = {"period": period, "displayClock": clock, "type": {**kind, "detail": detail}}
    sides = [home or side("home", "10", 3, 7), away or side("away", "7", 0, 7)]
    return {
        "id": "401",
        "uid": f"s:{NUMBER_OF.get(sport, '999')}~l:28~e:401",
        "date": "2022-09-11T17:00Z",
        "season": {"year": 2022, "slug": "regular-season"},
        "competitions": [{"status": status, "competitors": sides, **fields}],
    }


def board(*events: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"leagues": [{"id": "28", "name": "NFL", "slug": "nfl"}], "events": events})


def told(**fields: Any) -> list[ProviderEvent]:
    return list(decode(board(event(**fields))).events)


def kinds(**fields: Any) -> list[tuple[str, int | None]]:
    return [(one.type, one.period) for one in told(**fields)]


def goal(minute: str, team: str = "1", **fields: Any) -> dict[str, Any]:
    return {
        "clock": {"displayValue": minute},
        "scoringPlay": True,
        "team": {"id": team},
        "athletes": [{"id": "9", "displayName": "Nine"}],
        **fields,
    }


class TestStatus:
    def test_before_the_start_nothing_is_told(self) -> None:
        assert told(name="SCHEDULED", state="pre", period=1, clock="15:00") == []

    def test_in_play(self) -> None:
        assert kinds() == [
            ("PERIOD_START", 1),
            ("PERIOD_END", 1),
            ("PERIOD_START", 2),
            ("CLOCK_SET", 2),
            ("SCORE_SET", 2),
        ]

    @pytest.mark.parametrize("name", ["HALFTIME", "END_PERIOD"])
    def test_at_the_break(self, name: str) -> None:
        assert kinds(name=name)[-1] == ("PERIOD_END", 2)

    def test_at_the_end(self) -> None:
        events = told(name="FINAL", state="post")
        assert [(one.type, one.event) for one in events[-2:]] == [
            ("PERIOD_END", "period-2-end"),
            ("GAME_FINAL", "end"),
        ]

    @pytest.mark.parametrize(
        ("name", "state", "status"),
        [
            ("POSTPONED", "post", "postponed"),
            ("CANCELED", "post", "cancelled"),
            ("DELAYED", "pre", "delayed"),
            ("RAIN_DELAY", "in", "delayed"),
            ("SUSPENDED", "in", "suspended"),
            ("ABANDONED", "post", "abandoned"),
        ],
    )
    def test_post_is_not_final(self, name: str, state: str, status: str) -> None:
        game = fold_one(decode(board(event(name, state))))
        assert (game.state.status, game.refused) == (status, [])

    @pytest.mark.parametrize(
        ("name", "status", "score"),
        [("FORFEIT", "forfeited", (2, 0)), ("WALKOVER", "walkover", (2, 0)), ("RETIRED", "retired", (0, 0))],
    )
    def test_who_lost_says_who_gave_up(self, name: str, status: str, score: tuple[int, int]) -> None:
        sides = {"home": side("home", "0", winner=True), "away": side("away", "0", winner=False)}
        game = fold_one(decode(board(event(name, "post", period=0, **sides))))
        assert (game.state.status, game.score) == (status, score)

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"name": "EATEN", "state": "post"}, "not_completed"),
            ({"name": "FORFEIT", "state": "post"}, "not_completed"),
            ({"name": "", "state": ""}, "unknown_status"),
            ({"period": 10**9}, "period_outside_limits"),
            ({"home": side("home", "many")}, "no_score"),
            ({"home": side("home", None)}, "no_score"),
            ({"home": side("home", "11", 3, 7)}, "line_score_contradicts_score"),
        ],
    )
    def test_what_cannot_be_told_is_counted(self, fields: dict[str, Any], reason: str) -> None:
        assert decode(board(event(**fields))).skipped == {reason: 1}


class TestPeriodsAndClocks:
    @pytest.mark.parametrize(
        ("detail", "inning", "period", "ended"),
        [
            ("Top 9th", 9, 17, False),
            ("Middle 9th", 9, 17, True),
            ("Mid 1st", 1, 1, True),
            ("Bottom 5th", 5, 10, False),
            ("Bot 5th", 5, 10, False),
            ("End 5th", 5, 10, True),
        ],
    )
    def test_innings_have_halves(self, detail: str, inning: int, period: int, ended: bool) -> None:
        found = kinds(sport="baseball", detail=detail, period=inning)
        assert max(number or 0 for _, number in found) == period
        assert (("PERIOD_END", period) in found) is ended
        assert not [one for one, _ in found if one == "CLOCK_SET"]

    @pytest.mark.parametrize(("home", "away", "period"), [((0, 1), (0, 0, 2), 5), ((0, 1, 0), (0, 0, 2), 6)])
    def test_a_last_half_that_was_not_needed(
        self, home: tuple[int, ...], away: tuple[int, ...], period: int
    ) -> None:
        sides = {"home": side("home", str(sum(home)), *home), "away": side("away", str(sum(away)), *away)}
        events = told(sport="baseball", name="FINAL", state="post", detail="Final", period=3, **sides)
        assert max(one.period or 0 for one in events) == period

    @pytest.mark.parametrize(
        ("sport", "shown", "clock"),
        [
            ("soccer", "45'+2'", "45+2"),
            ("soccer", "58'", "58"),
            ("soccer", "HT", None),
            ("american_football", "0:48", "0:48"),
            ("ice_hockey", "45.3", None),
            ("volleyball", "0:00", None),
        ],
    )
    def test_clocks(self, sport: str, shown: str, clock: str | None) -> None:
        found = [one.clock for one in told(sport=sport, clock=shown) if one.type == "CLOCK_SET"]
        assert found == ([clock] if clock else [])

    def test_the_clock_states_the_score_for_the_check(self) -> None:
        (one,) = (one for one in told() if one.type == "CLOCK_SET")
        assert one.score is not None
        assert (one.score.home, one.score.away) == (10, 7)


class TestSituations:
    def test_the_next_snap(self) -> None:
        text = "3rd & 4 at DET 34"
        said = {"down": 3, "distance": 4, "possession": "2", "isRedZone": True, "downDistanceText": text}
        game = fold_one(decode(board(event(situation=said))))
        assert game.state.detail == {
            "down": 3,
            "togo": 4,
            "at": "DET 34",
            "red_zone": True,
            "possession": "away",
        }
        assert fold_one(decode(board(event(situation={"down": -1, "distance": 0})))).state.detail is UNSET

    def test_at_bat(self) -> None:
        said = {"balls": 1, "strikes": 2, "outs": 2, "onFirst": True, "onSecond": False, "onThird": True}
        sides = {"home": side("home", "0", 0), "away": side("away", "1", 1)}
        fields = {"sport": "baseball", "detail": "Bottom 1st", "period": 1, **sides}
        game = fold_one(decode(board(event(situation=said, **fields))))
        assert game.state.detail == {"outs": 2, "count": "1-2", "bases": "13"}
        (stated,) = (one for one in told(situation={"outs": 99}, **fields) if one.type == "SCORE_SET")
        assert stated.detail == {"home": 0, "away": 1, "bases": "", "lines": "0-1"}


class TestSoccer:
    def test_goals_and_cards_are_plays_and_the_score_follows(self) -> None:
        card = goal("46'", "2", scoringPlay=False, yellowCard=True)
        plays = [goal("45'+2'"), card, goal("80'", "2", penaltyKick=True), goal("88'", ownGoal=True)]
        fields = {"sport": "soccer", "clock": "90'", "details": plays}
        sides = {"home": side("home", "2"), "away": side("away", "1")}
        found = told(**fields, **sides)
        assert [(one.event, one.period) for one in found if one.team] == [
            ("goal-home-45+2-9-1", 1),
            ("yellow_card-away-46-9-1", 2),
            ("goal-away-80-9-1", 2),
            ("goal-home-88-9-1", 2),
        ]
        assert "SCORE_SET" not in {one.type for one in found}
        game = fold_one(decode(board(event(**fields, **sides))))
        assert (game.score, game.lines, game.state.under_check) == ((2, 1), {"1": (1, 0), "2": (1, 1)}, False)

    def test_where_they_do_not_add_up_the_score_is_stated(self) -> None:
        sides = {"home": side("home", "3"), "away": side("away", "0")}
        game = fold_one(decode(board(event(sport="soccer", clock="70'", details=[goal("10'")], **sides))))
        assert (game.score, game.state.under_check) == ((3, 0), False)

    def test_kicks_of_a_shoot_out(self) -> None:
        kicks = [goal("120'", shootout=True), goal("", "2", shootout=True, scoringPlay=False)]
        sides = {"home": side("home", "0"), "away": side("away", "0")}
        fields = {"sport": "soccer", "clock": "120'", "period": 5}
        game = fold_one(decode(board(event(details=kicks, **fields, **sides))))
        assert (game.score, game.state.home.shootout, game.refused) == ((0, 0), 1, [])

    def test_entries_that_make_no_claim(self) -> None:
        sides = {"home": side("home", "0"), "away": side("away", "0")}
        plays = [goal("10'", "7"), goal("soon"), goal("12'", scoringPlay=False)]
        skipped = decode(board(event(sport="soccer", clock="70'", details=plays, **sides))).skipped
        assert skipped == {"side_unknown": 1, "clock_unknown": 1, "unknown_play": 1}


class TestPayload:
    def test_declares_each_game(self) -> None:
        (declared,) = decode(board(event(notes=[{"headline": "Game 1"}]))).declarations
        assert (declared.game_id, declared.league.id, declared.round) == ("espn-401", "nfl", "Game 1")
        assert (declared.home.id, declared.away.abbr, declared.season) == ("nfl.1", "awa", "2022")
        assert (declared.start, declared.provider_ids) == (
            "2022-09-11T17:00:00Z",
            {"espn_scoreboard": "401"},
        )

    def test_games_that_cannot_be_told_spoil_no_other(self) -> None:
        no_sides = event()
        no_sides["competitions"][0]["competitors"] = []
        bad = [{}, {**event(), "competitions": []}, event(sport="chess"), no_sides, {**event(), "id": "4 1"}]
        decoded = decode(board(*bad, event()))
        assert len(decoded.declarations) == 1
        assert decoded.skipped == {
            "unreadable_event": 1,
            "no_competition": 1,
            "unknown_sport": 1,
            "side_unknown": 1,
            "bad_id": 1,
        }

    def test_a_day_without_games(self) -> None:
        assert decode(board()).declarations == ()

    @pytest.mark.parametrize("body", [b"{}", b'{"events": []}', b"[]", b"\xff"])
    def test_what_is_none_of_it_is_refused(self, body: bytes) -> None:
        with pytest.raises(FeedError, match="unreadable_payload"):
            decode(body)


class Poller:
    """Polls one game, snapshot after snapshot, through the differ to the desk."""

    def __init__(self) -> None:
        self.snapshot = GameSnapshot()
        self.desk = Desk(Book(game_id="espn-401", machines=SPORTS), "epoch")
        self.now_ms = 1_700_000_000_000

    def poll(self, **fields: Any) -> list[str]:
        """The types that were posted, and `-` before what was taken back."""
        self.now_ms += 15_000
        decoded: Decoded = decode(board(event(**fields)))
        decide(self.desk, decoded.declarations[0], now_ms=self.now_ms, log_offset=1)
        change = compare(self.snapshot, decoded.events, now_ms=self.now_ms, limits=Limits(), renumber=True)
        self.snapshot = change.after
        for claim in change.claims:
            named = msgspec.structs.replace(claim, provider=PROVIDER, game_id="espn-401")
            verdict = decide(self.desk, named, now_ms=self.now_ms, log_offset=1, kind="sparse")
            assert verdict.refusal is None, (verdict.refusal, claim)
        return [one.type or f"-{one.event}" for one in change.claims]

    @property
    def shown(self) -> tuple[str, str, int, int, bool]:
        state = self.desk.shown
        assert state is not None
        period = "" if state.period is UNSET else str(state.period)
        return state.status, period, state.home.score, state.away.score, state.under_check


class TestSnapshots:
    def test_the_same_again_says_nothing(self) -> None:
        poller = Poller()
        assert poller.poll()
        assert poller.poll() == []

    def test_a_touchdown_and_the_clock(self) -> None:
        poller = Poller()
        poller.poll()
        assert poller.poll(clock="7:02", home=side("home", "17", 3, 14)) == ["CLOCK_SET", "SCORE_SET"]
        assert poller.shown == ("live", "Q2", 17, 7, False)

    def test_half_time_the_second_half_and_the_end(self) -> None:
        poller = Poller()
        poller.poll()
        poller.poll(name="HALFTIME", clock="0:00")
        assert poller.shown[:2] == ("break", "HT")
        sides = {"home": side("home", "10", 3, 7, 0), "away": side("away", "14", 0, 7, 7)}
        assert "PERIOD_START" in poller.poll(period=3, clock="9:00", **sides)
        assert poller.shown == ("live", "Q3", 10, 14, False)
        poller.poll(name="FINAL", state="post", period=4, clock="0:00", **sides)
        assert poller.shown == ("final", "Q4 END", 10, 14, False)

    def test_a_delay_that_is_over(self) -> None:
        poller = Poller()
        poller.poll()
        assert poller.poll(name="DELAYED") == ["GAME_DELAYED"]
        assert poller.shown[0] == "delayed"
        assert poller.poll() == ["GAME_RESUMED"]
        assert poller.shown[0] == "live"
        assert poller.poll(name="DELAYED") == ["GAME_DELAYED"]

    def test_a_goal_that_is_gone(self) -> None:
        poller = Poller()
        fields = {"sport": "soccer", "clock": "70'", "away": side("away", "0")}
        poller.poll(home=side("home", "0"), **fields)
        assert poller.poll(home=side("home", "1"), details=[goal("10'")], **fields) == ["GOAL", "CLOCK_SET"]
        assert poller.shown == ("live", "2H", 1, 0, False)
        assert "-goal-home-10-9-1" in poller.poll(home=side("home", "0"), **fields)
        assert poller.shown == ("live", "2H", 0, 0, False)

    def test_a_live_game_shown_as_scheduled_for_one_poll_is_held(self) -> None:
        poller = Poller()
        poller.poll()
        assert poller.poll(name="SCHEDULED", state="pre", period=0) == []
        assert poller.poll() == []
        assert poller.shown == ("live", "Q2", 10, 7, False)


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(FILES))
class TestRealScoreboards:
    def test_every_game_has_the_files_score_lines_and_status(self, shared_data: Path, name: str) -> None:
        recording = recorded.recording(shared_data, f"multi_sport/espn_scoreboard_facts/{name}.json.gz")
        assert recording.format is ESPN_SCOREBOARD
        decoded = recording.decode()
        count, sport = FILES[name]
        assert ([one.sport for one in decoded.declarations], decoded.skipped) == ([sport] * count, {})
        events = {f"espn-{one['id']}": one for one in msgspec.json.decode(recording.body)["events"]}
        games = fold(decoded) if sport in SPORTS else {}
        for own, listed in events.items():
            claims = [one for one in decoded.events if one.game_id == own]
            assert_claims_are_as_listed(listed, claims, sport)
            if sport in SPORTS:
                game = games[own]
                assert (game.refused, game.state.under_check) == ([], False)
                assert game.state.status == STATUSES[listed["status"]["type"]["name"]]
                assert game.score == points(listed)
                lines = line_score(listed)
                if claims and lines and sport != "soccer":
                    assert list(game.lines.values())[: len(lines)] == lines

    def test_every_claim_is_well_formed(self, shared_data: Path, name: str) -> None:
        decoded = recorded.recording(
            shared_data, f"multi_sport/espn_scoreboard_facts/{name}.json.gz"
        ).decode()
        machine = SPORTS.get(FILES[name][1])
        rules = decoded.declarations[0].rules
        assert machine is None or not [one for one in decoded.events if machine.check(rules, one) is not None]


def sides_of(listed: dict[str, Any]) -> list[dict[str, Any]]:
    found = {one["homeAway"]: one for one in listed["competitions"][0]["competitors"]}
    return [found["home"], found["away"]]


def points(listed: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(one["score"]) for one in sides_of(listed))


def line_score(listed: dict[str, Any]) -> list[tuple[int, int]]:
    home, away = ([int(line["value"]) for line in one.get("linescores", ())] for one in sides_of(listed))
    longest = max(len(home), len(away))
    return list(zip(home + [0] * (longest - len(home)), away + [0] * (longest - len(away)), strict=True))


def assert_claims_are_as_listed(listed: dict[str, Any], claims: list[ProviderEvent], sport: str) -> None:
    """Status, score and line score stand in the claims, whether or not the sport can be folded."""
    status = listed["status"]["type"]
    types = {one.type for one in claims}
    assert ("GAME_FINAL" in types) is status["completed"]
    assert bool(claims) is (status["state"] != "pre")
    stated = [one for one in claims if one.type == "SCORE_SET"]
    if claims and sport != "soccer":
        (one,) = stated
        assert (one.detail["home"], one.detail["away"]) == points(listed)
        assert one.detail["lines"] == " ".join(f"{home}-{away}" for home, away in line_score(listed))
    goals = [one.team for one in claims if one.type == "GOAL"]
    if sport == "soccer":
        assert (goals.count("home"), goals.count("away"), stated) == (*points(listed), [])
