"""openfootball: its quirks on matches made here, and every match of the recorded files to its own score."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.openfootball import OPENFOOTBALL, decode
from scorewire.sports import SPORTS
from unit.providers import recorded
from unit.providers.folded import Folded, fold, fold_one

FILES = {
    "2017-18_uefa.cl": (125, {}),
    "2018-19_uefa.cl": (125, {}),
    "2023-24_en.1": (380, {}),
    "2024-25_en.1": (380, {}),
    "euro_2024": (51, {"full_time_after_extra_time": 2}),
    "worldcup_2014": (64, {}),
    "worldcup_2022": (64, {"half_time_contradicts_goals": 3}),
}
"""File -> games in it, and what made no claim."""


def match(**fields: Any) -> dict[str, Any]:
    return {"round": "Final", "date": "2024-05-01", "time": "20:00", "team1": "A", "team2": "B", **fields}


def file(*matches: dict[str, Any], name: str = "Some Cup 2024") -> bytes:
    return msgspec.json.encode({"name": name, "matches": matches})


def told(**fields: Any) -> list[ProviderEvent]:
    return list(decode(file(match(**fields))).events)


def shown(**fields: Any) -> Folded:
    return fold_one(decode(file(match(**fields))))


def goals(*listed: tuple[int, int], **fields: Any) -> list[dict[str, Any]]:
    return [{"name": f"P{minute}", "minute": minute, "offset": offset, **fields} for minute, offset in listed]


class TestScores:
    @pytest.mark.parametrize(
        ("score", "lines", "period", "final"),
        [
            ({"ft": [3, 1], "ht": [1, 1]}, "1-1 2-0", "FT", (3, 1)),
            ({"ft": [0, 0]}, "0-0 0-0", "FT", (0, 0)),
            ({"ft": [2, 1]}, None, "FT", (2, 1)),
            ({"ft": [2, 1], "ht": [1, 1], "et": [3, 1]}, "1-1 1-0 1-0", "AET", (3, 1)),
            ({"ft": [1, 1], "ht": [0, 1], "et": [1, 1], "p": [4, 2]}, "0-1 1-0 0-0", "PEN", (1, 1)),
            ({"ft": [1, 1], "ht": [0, 1], "p": [4, 2]}, "0-1 1-0", "PEN", (1, 1)),
        ],
    )
    def test_without_goals_the_score_is_stated(
        self, score: dict[str, Any], lines: str | None, period: str, final: tuple[int, int]
    ) -> None:
        stated, *_ = told(score=score)
        assert (stated.event, stated.type, stated.detail.get("lines")) == ("result", "SCORE_SET", lines)
        game = shown(score=score)
        assert (game.state.status, game.state.period, game.score) == ("final", period, final)
        assert not game.state.under_check
        assert sum(home for home, _ in game.lines.values()) == final[0]

    def test_a_shoot_out_stands_apart(self) -> None:
        game = shown(score={"ft": [1, 1], "ht": [0, 1], "et": [1, 1], "p": [4, 2]})
        assert game.state.detail == {"shootout": {"home": 4, "away": 2, "winner": "home"}}
        assert (game.state.home.shootout, game.state.away.shootout) == (4, 2)

    def test_without_halves_all_goals_stand_in_the_second(self) -> None:
        assert shown(score={"ft": [2, 1]}).lines == {"2": (2, 1)}


class TestGoals:
    def test_they_come_in_the_order_of_play_with_their_periods(self) -> None:
        events = told(
            score={"ft": [2, 2], "ht": [1, 1], "et": [3, 2]},
            goals1=goals((45, 2), (80, 0), (121, 0)),
            goals2=goals((45, 1), (90, 3)),
        )
        assert [(one.type, one.team, one.period, one.clock) for one in events if one.type == "GOAL"] == [
            ("GOAL", "away", 1, "45+1"),
            ("GOAL", "home", 1, "45+2"),
            ("GOAL", "home", 2, "80"),
            ("GOAL", "away", 2, "90+3"),
            ("GOAL", "home", 4, "120+1"),
        ]
        recorded.assert_dense(tuple(events))
        assert [one.time_ms for one in events] == sorted(one.time_ms for one in events)

    def test_own_goals_and_penalties(self) -> None:
        own = {"name": "X", "minute": 11, "owngoal": True}
        penalty = {"name": "X", "minute": 29, "penalty": True}
        first, second = (
            one
            for one in told(score={"ft": [1, 1], "ht": [1, 1]}, goals1=[penalty], goals2=[own])
            if one.type == "GOAL"
        )
        assert (first.team, first.detail) == ("away", {"own_goal": True})
        assert (second.team, second.detail) == ("home", {"penalty": True})
        assert first.player == second.player, "he scored for one side and into his own net"

    def test_ids_stay_when_another_goal_is_put_in(self) -> None:
        before = told(score={"ft": [1, 0]}, goals1=goals((80, 0)))
        after = told(score={"ft": [2, 0]}, goals1=goals((10, 0), (80, 0)))
        assert {one.event for one in after} - {one.event for one in before} == {"goal-home-10-1"}

    def test_two_in_one_minute(self) -> None:
        events = told(score={"ft": [2, 0]}, goals1=goals((10, 0), (10, 0)))
        assert [one.event for one in events if one.type == "GOAL"] == ["goal-home-10-1", "goal-home-10-2"]

    @pytest.mark.parametrize(
        ("fields", "reason", "score"),
        [
            ({"score": {"ft": [2, 0]}, "goals1": goals((10, 0))}, "goals_contradict_score", (2, 0)),
            ({"score": {"ft": [1, 0]}, "goals1": goals((0, 0))}, "goals_contradict_score", (1, 0)),
            ({"score": {"ft": [1, 0]}, "goals1": goals((140, 0))}, "goals_contradict_score", (1, 0)),
            (
                {"score": {"ft": [1, 0], "ht": [0, 0]}, "goals1": goals((10, 0))},
                "half_time_contradicts_goals",
                (1, 0),
            ),
            (
                {"score": {"ft": [2, 0]}, "goals1": goals((10, 0), (91, 0))},
                "full_time_after_extra_time",
                (2, 0),
            ),
        ],
    )
    def test_what_contradicts_is_counted(self, fields: dict, reason: str, score: tuple[int, int]) -> None:
        decoded = decode(file(match(**fields)))
        assert decoded.skipped == {reason: 1}
        assert fold_one(decoded).score == score


class TestStatus:
    @pytest.mark.parametrize(
        ("fields", "status", "score"),
        [
            ({}, "scheduled", (0, 0)),
            ({"status": "postponed"}, "postponed", (0, 0)),
            ({"status": "POSTPONED"}, "postponed", (0, 0)),
            ({"status": "suspended"}, "suspended", (0, 0)),
            ({"status": "CANCELLED"}, "cancelled", (0, 0)),
            ({"status": "abandoned"}, "abandoned", (0, 0)),
            ({"status": "abandoned", "score": {"ft": [1, 0], "ht": [1, 0]}}, "abandoned", (1, 0)),
            ({"status": "AWARDED", "score": {"ft": [3, 0]}}, "awarded", (3, 0)),
            ({"status": "awarded", "score": {"ft": [0, 2], "ht": [1, 1]}}, "awarded", (0, 2)),
            ({"score": {"ft": [0, 2], "ht": [1, 1]}}, "awarded", (0, 2)),
            ({"score": {}}, "scheduled", (0, 0)),
        ],
    )
    def test_whatever_its_case(self, fields: dict, status: str, score: tuple[int, int]) -> None:
        game = shown(**fields)
        assert (game.state.status, game.score, game.refused) == (status, score, [])
        assert not game.state.under_check

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"status": "eaten"}, "unknown_status"),
            ({"status": "awarded"}, "award_without_score"),
            ({"status": "postponed", "score": {"ft": [1, 0]}}, "status_beside_score"),
        ],
    )
    def test_what_makes_no_sense_is_counted(self, fields: dict, reason: str) -> None:
        assert decode(file(match(**fields))).skipped == {reason: 1}


class TestFiles:
    def test_rounds_name_their_matches(self) -> None:
        teams = {"team1": {"name": "Germany", "code": "GER"}, "team2": {"name": "Scotland", "code": "SCO"}}
        body = msgspec.json.encode(
            {
                "name": "Euro 2024",
                "rounds": [{"name": "Matchday 1", "matches": [{**teams, "group": "Group A"}]}],
            }
        )
        (declared,) = decode(body).declarations
        assert (declared.round, declared.season, declared.league.id) == (
            "Group A, Matchday 1",
            "2024",
            "euro",
        )
        assert (declared.home.abbr, declared.start) == ("GER", "1970-01-01T00:00:00Z")
        assert OPENFOOTBALL.recognise(body, "x.json")

    def test_one_broken_match_spoils_no_other(self) -> None:
        decoded = decode(file(match(), {"team1": "C"}, match(), match(round="Semi-final")))
        assert len(decoded.declarations) == 2
        assert decoded.skipped == {"unreadable_match": 1, "game_listed_twice": 1}

    @pytest.mark.parametrize("body", [b"{}", b'{"matches": []}', b'{"matches": [{}]}', b"[]", b"\xff"])
    def test_what_is_none_of_it_is_refused(self, body: bytes) -> None:
        with pytest.raises(FeedError, match="unreadable_payload"):
            decode(body)


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(FILES))
class TestRealFiles:
    def test_every_match_comes_to_its_own_score(self, shared_data: Path, name: str) -> None:
        recording = recorded.recording(shared_data, f"soccer/openfootball/{name}.json")
        assert recording.format is OPENFOOTBALL
        decoded = recording.decode()
        whole = msgspec.json.decode(recording.body)
        entries = whole.get("matches") or [one for each in whole["rounds"] for one in each["matches"]]
        count, skipped = FILES[name]
        games = list(fold(decoded).values())
        assert (len(games), decoded.skipped) == (count, skipped)
        for entry, game in zip(entries, games, strict=True):
            assert_is_as_listed(entry, game)

    def test_every_claim_is_well_formed(self, shared_data: Path, name: str) -> None:
        decoded = recorded.recording(shared_data, f"soccer/openfootball/{name}.json").decode()
        assert [one for one in decoded.events if SPORTS["soccer"].check({}, one) is not None] == []


def assert_is_as_listed(entry: dict[str, Any], game: Folded) -> None:
    """The game's score, halves, shoot-out and scorers are those of the file."""
    score, state = entry["score"], game.state
    scorers = [one for key in ("goals1", "goals2") for one in entry.get(key) or ()]
    assert (state.status, state.under_check, game.refused) == ("final", False, []), entry
    assert game.score == tuple(score.get("et") or score["ft"]), entry
    made = [row for row in game.desk.book.plays.values() if row.claim.type == "GOAL"]
    assert len(made) == len(scorers), entry
    assert sorted(one["name"] for one in scorers) == sorted(row.claim.player.name for row in made)
    in_first_half = [one for one in scorers if one["minute"] <= 45]
    if "ht" in score and (not scorers or len(in_first_half) == sum(score["ht"])):
        half = tuple(
            sum(one in (entry.get(key) or ()) for one in in_first_half) for key in ("goals1", "goals2")
        )
        assert game.lines["1"] == (half if scorers else tuple(score["ht"])), entry
    kicks = {"home": state.home.shootout, "away": state.away.shootout}
    if "p" in score:
        assert (state.period, kicks) == ("PEN", dict(zip(kicks, score["p"], strict=True)))
    elif "et" in score:
        assert state.period == "AET"
    assert {int(period) for period in game.lines} <= {1, 2, 3, 4}
