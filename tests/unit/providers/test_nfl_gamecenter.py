"""NFL GameCenter: the edges of a game, and four real games against the figures that stand in their files."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.intake.snapshot import GameSnapshot, Limits, compare
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import nfl_gamecenter
from scorewire.providers.format import Decoded
from scorewire.providers.nfl_gamecenter import decode, grow, recognise
from unit.providers import recorded
from unit.providers.folded import fold_one
from unit.providers.nfl_made import GAME, entry, file, said, stat

FOLDER = "american_football/nfl_gamecenter"
KC_NO, STL_SF, CAR_CIN, NE_SEA = "2012092305", "2012111110", "2014101202", "2015020100"
GAMES = {KC_NO: (24, 27), STL_SF: (24, 24), CAR_CIN: (37, 37), NE_SEA: (24, 28)}
POINTS = {"TOUCHDOWN": 6, "EXTRA_POINT": 1, "TWO_POINT": 2, "FIELD_GOAL": 3}
RUN = entry("A run.", stat(10))
CATCH = stat(22, name="B.End", yards=9)


def edges(*entries: dict[str, Any], **frame: Any) -> list[tuple[str, str, int | None]]:
    """What is said of the game itself, and a `.` for each play."""
    events = decode(file(*entries, **frame)).events
    named = ("PERIOD_START", "PERIOD_END", "PRE_GAME", "GAME_END", "GAME_FINAL", "GAME_SUSPENDED")
    return [(one.event, one.type, one.period) if one.type in named else (".", ".", None) for one in events]


def test_quarters_begin_with_their_first_play_and_end_before_the_next() -> None:
    assert edges(RUN, said("END QUARTER 1"), {**RUN, "qtr": 2}, {**RUN, "qtr": 3}) == [
        ("pregame", "PRE_GAME", None),
        ("q1-start", "PERIOD_START", 1),
        (".", ".", None),
        ("q1-end", "PERIOD_END", 1),
        ("q2-start", "PERIOD_START", 2),
        (".", ".", None),
        ("q2-end", "PERIOD_END", 2),
        ("q3-start", "PERIOD_START", 3),
        (".", ".", None),
    ]


def test_half_time_and_an_end_that_is_said_in_the_frame_alone() -> None:
    second = {**RUN, "qtr": 2}
    assert edges(second, qtr="Halftime")[-1] == ("q2-end", "PERIOD_END", 2)
    assert edges({**RUN, "qtr": 4}, qtr="Final")[-2:] == [
        ("end", "GAME_END", 4),
        ("final", "GAME_FINAL", None),
    ]
    over = said("END GAME", qtr=4, time="00:00")
    assert edges({**RUN, "qtr": 4}, over, qtr="final overtime")[-2:] == [
        ("end", "GAME_END", 4),
        ("final", "GAME_FINAL", None),
    ]
    assert edges(RUN, qtr="Suspended")[-1] == ("status-suspended", "GAME_SUSPENDED", 1)
    assert edges(qtr="Pregame") == [("pregame", "PRE_GAME", None)]
    assert edges() == []


def test_the_score_is_stated_at_the_ends() -> None:
    events = decode(file(RUN, {**RUN, "qtr": 2}, {**RUN, "qtr": 3}, {**RUN, "qtr": 4}, qtr="Final")).events
    stated = {one.event: (one.score.home, one.score.away) for one in events if one.score}
    assert stated == {"q1-end": (7, 3), "q2-end": (10, 3), "end": (10, 3), "final": (10, 3)}


def test_what_comes_after_a_play_stands_in_the_next_or_in_the_frame() -> None:
    frame = {"posteam": "NO", "down": 3, "togo": 2, "yl": "KC 18"}
    later = entry("Another.", stat(10), down=2, ydstogo=7, yrdln="NO 43")
    one, two = decode(file(RUN, said("Timeout at 09:47.", note="Timeout"), later, **frame)).events[2::2]
    assert (one.detail["down"], one.detail["togo"], one.detail["at"]) == (2, 7, "NO 43")
    assert (two.detail["down"], two.detail["at"], two.detail["red_zone"]) == (3, "KC 18", True)
    assert "down" not in decode(file(RUN, qtr="Final", **frame)).events[2].detail


def test_the_nominal_time_never_goes_back() -> None:
    events = decode(file(RUN, {**RUN, "time": "13:00"}, said("END QUARTER 1"), {**RUN, "qtr": 2})).events
    times = [one.time_ms for one in events]
    assert times == sorted(times)
    assert times[-1] > times[0] > 0


def test_what_makes_no_claim_is_counted() -> None:
    decoded = decode(
        file(
            RUN,
            said("Something else"),
            {**RUN, "qtr": 2},
            {**RUN, "qtr": 1},
            entry("", qtr=2),
            {"desc": "no quarter"},
        )
    )
    assert decoded.skipped == {
        "unknown_entry": 1,
        "quarter_went_back": 1,
        "nothing_told": 1,
        "unreadable_play": 1,
    }
    recorded.assert_dense(decoded.events)


def test_a_file_before_its_game_says_nothing() -> None:
    decoded = decode(b'{"2012092305": null, "nextupdate": 60}')
    assert (decoded.game, decoded.events, decoded.declarations) == (GAME, (), ())


def test_other_formats_are_not_recognised() -> None:
    assert recognise(file(RUN), "")
    assert not recognise(b'{"gameId": "0022000001", "actions": []}', "")
    with pytest.raises(FeedError, match="unreadable_payload"):
        decode(b"{}")


def test_a_touchdown_that_is_reversed_between_two_polls() -> None:
    scored = entry("A.Pass pass to B.End for 9 yards, TOUCHDOWN.", stat(16, yards=9), CATCH)
    reversed_ = entry(
        "A.Pass pass to B.End for 9 yards, TOUCHDOWN. Kansas City challenged the catch ruling, and the play"
        " was REVERSED. A.Pass pass incomplete.",
        stat(14),
        stat(115, name="B.End"),
    )
    first, second = decode(file(scored)), decode(file(reversed_, entry("Next.", stat(10), down=2)))
    before = compare(GameSnapshot(), first.events, now_ms=1_000, limits=Limits(), renumber=True)
    after = compare(before.after, second.events, now_ms=2_000, limits=Limits(), renumber=True)
    told = Decoded(GAME, first.declarations, before.claims, {})
    assert fold_one(told, "sparse").score == (6, 0)
    told = Decoded(GAME, first.declarations, (*before.claims, *after.claims), {})
    game = fold_one(told, "sparse")
    assert (game.score, game.refused) == ((0, 0), [])
    assert [one.event for one in after.claims] == [
        "36",
        "36-review",
        "36-cancelled",
        "36-reviewed",
        "36-final",
        "37",
    ]


class Kept:
    """One real file, decoded, with the claims that count."""

    def __init__(self, folder: Path, game: str) -> None:
        self.recording = recorded.recording(folder, f"{FOLDER}/{game}.json")
        self.box: dict[str, Any] = msgspec.json.decode(self.recording.body)[game]
        self.decoded: Decoded = self.recording.decode()
        negating = ("TOUCHDOWN_CANCELLED", "SCORE_CANCELLED", "PLAY_NULLIFIED")
        taken = {one.detail["event"] for one in self.decoded.events if one.type in negating}
        self.counting = [one for one in self.decoded.events if one.event not in taken]

    def of(self, side: str, *kinds: str) -> list[ProviderEvent]:
        return [one for one in self.counting if one.type in kinds and one.team == side]

    def yards(self, side: str, how: str, *kinds: str) -> int:
        downs = [one for one in self.of(side, "TOUCHDOWN") if one.detail["kind"] == how]
        return sum(int(one.detail.get("yards", 0)) for one in (*downs, *self.of(side, *kinds)))


@pytest.fixture(params=sorted(GAMES))
def kept(request: pytest.FixtureRequest, shared_data: Path) -> Kept:
    return Kept(shared_data, request.param)


@pytest.mark.data
class TestRealGames:
    def test_come_to_their_results_by_quarter(self, kept: Kept) -> None:
        assert kept.recording.format is nfl_gamecenter.NFL_GAMECENTER
        game = fold_one(kept.decoded)
        assert game.refused == []
        assert game.state.status == "final"
        assert not game.state.under_check
        assert game.score == GAMES[kept.decoded.game]
        home, away = (kept.box[side]["score"] for side in ("home", "away"))
        assert game.score == (home["T"], away["T"])
        for quarter, line in game.lines.items():
            assert line == (home[quarter], away[quarter])

    def test_points_by_player_are_those_of_the_box_score(self, kept: Kept) -> None:
        box = Counter[str]()
        for side in ("home", "away"):
            stats = kept.box[side]["stats"]
            for part in ("rushing", "receiving", "kickret", "puntret"):
                for player, line in stats.get(part, {}).items():
                    box[f"nfl-{player}"] += 6 * line["tds"] + 2 * line.get("twoptm", 0)
            for player, line in stats.get("kicking", {}).items():
                box[f"nfl-{player}"] += line["totpfg"] + line["xpmade"]
        counted = Counter[str]()
        for one in kept.counting:
            if one.type in POINTS:
                assert one.player is not None
                counted[one.player.id] += POINTS[one.type]
        assert counted == +box

    def test_yards_penalties_and_turnovers_are_those_of_the_box_score(self, kept: Kept) -> None:
        game = fold_one(kept.decoded).state
        assert isinstance(game.detail, dict)
        for side, other in (("home", "away"), ("away", "home")):
            team = kept.box[side]["stats"]["team"]
            assert kept.yards(side, "rush", "RUSH", "KNEEL") == team["ryds"]
            assert kept.yards(side, "pass", "PASS", "SACK") == team["pyds"]
            assert (len(kept.of(side, "PUNT")), kept.yards(side, "", "PUNT")) == (team["pt"], team["ptyds"])
            fouls = [one for one in kept.of(side, "PENALTY") if one.detail["decision"] == "accepted"]
            assert (len(fouls), sum(int(one.detail["yards"]) for one in fouls)) == (
                team["pen"],
                team["penyds"],
            )
            lost = [one for one in kept.of(side, "FUMBLE") if one.detail["lost"]]
            assert len(lost) + len(kept.of(other, "INTERCEPTION")) == team["trnovr"]
            assert game.detail["penalties"][side] == team["pen"]
            assert game.detail["turnovers"].get(side, 0) == team["trnovr"]

    def test_the_situation_before_each_play_is_what_the_board_showed(self, kept: Kept) -> None:
        """A play's down and place are those that the play before it has left."""
        before: dict[str, Any] = {}
        compared = 0
        plays = {
            key: play
            for drive in kept.box["drives"].values()
            if isinstance(drive, dict)
            for key, play in drive["plays"].items()
            if play["posteam"]
        }
        shown: dict[str, dict[str, Any]] = {}
        for one in kept.decoded.events:
            shown.setdefault(one.event.partition("-")[0], before)
            if "down" in one.detail:
                before = dict(one.detail)
            elif one.type in {"TOUCHDOWN", "FIELD_GOAL", "SAFETY"} or one.type == "KICKOFF":
                before = {}
        for key, play in plays.items():
            if play["down"] and shown[key]:
                compared += 1
                assert (shown[key]["down"], shown[key]["at"]) == (play["down"], play["yrdln"]), key
        assert compared > 100

    def test_nothing_is_skipped(self, kept: Kept) -> None:
        assert kept.decoded.skipped == {}
        recorded.assert_dense(kept.decoded.events)

    def test_as_it_grows_it_only_adds(self, kept: Kept) -> None:
        held: list[tuple[str, str]] = []
        for grown in grow(kept.recording.body, 25):
            events = [(one.event, one.type) for one in decode(grown).events]
            assert events[: len(held)] == held
            held = events
        assert held == [(one.event, one.type) for one in kept.decoded.events]

    def test_polled_as_it_grows_it_is_told_once(self, kept: Kept) -> None:
        """The newest play knows its situation from the frame; so nothing said is said otherwise later."""
        before, claims = GameSnapshot(), list[ProviderEvent]()
        for number, grown in enumerate(grow(kept.recording.body, 60)):
            events = decode(grown).events
            change = compare(before, events, now_ms=1_000 + number, limits=Limits(), renumber=True)
            assert change.held is None
            before = change.after
            claims += change.claims
        assert Counter(one.event for one in claims) == Counter(one.event for one in kept.decoded.events)


@pytest.mark.data
class TestWhatWasTakenBack:
    @pytest.mark.parametrize(
        ("game", "turned", "upheld", "no_plays"),
        [(KC_NO, 5, 2, 8), (STL_SF, 0, 2, 14), (CAR_CIN, 1, 3, 16), (NE_SEA, 0, 0, 5)],
    )
    def test_reviews_and_plays_that_never_were(
        self, shared_data: Path, game: str, turned: int, upheld: int, no_plays: int
    ) -> None:
        kept = Kept(shared_data, game)
        decisions = [one.detail["decision"] for one in kept.decoded.events if one.type == "REVIEW_ENDED"]
        assert decisions.count("reversed") == turned
        assert decisions.count("upheld") == upheld
        assert sum("no_play" in one.detail for one in kept.decoded.events) == no_plays

    def test_two_touchdowns_were_reversed(self, shared_data: Path) -> None:
        kept = Kept(shared_data, KC_NO)
        cancelled = [one for one in kept.decoded.events if one.type == "TOUCHDOWN_CANCELLED"]
        assert [one.detail for one in cancelled] == [
            {"event": "1778", "reason": "review"},
            {"event": "4768", "reason": "review"},
        ]
        by_name = {one.event: one for one in kept.decoded.events}
        assert [by_name[name].team for name in ("1778", "4768")] == ["home", "home"]
        assert [by_name[f"{name}-final"].type for name in ("1778", "4768")] == ["PASS_INCOMPLETE", "PASS"]

    def test_scores_that_penalties_took_back(self, shared_data: Path) -> None:
        kept = Kept(shared_data, CAR_CIN)
        taken = ("TOUCHDOWN_CANCELLED", "SCORE_CANCELLED")
        assert [(one.type, one.event) for one in kept.decoded.events if one.type in taken] == [
            ("SCORE_CANCELLED", "1256-nullified"),
            ("TOUCHDOWN_CANCELLED", "2866-nullified"),
            ("TOUCHDOWN_CANCELLED", "3861-nullified"),
        ]

    def test_the_safety_was_looked_at_and_stood(self, shared_data: Path) -> None:
        kept = Kept(shared_data, KC_NO)
        (safety,) = kept.of("away", "SAFETY")
        assert (safety.event, safety.period, safety.clock) == ("3934-safety", 4, "5:40")
        assert kept.of("home", "SAFETY") == []

    @pytest.mark.parametrize(("game", "over_by"), [(KC_NO, "5042"), (STL_SF, "end"), (CAR_CIN, "end")])
    def test_overtime_ends_where_the_rules_of_its_year_end_it(
        self, shared_data: Path, game: str, over_by: str
    ) -> None:
        decoded = Kept(shared_data, game).decoded
        until = next(place for place, one in enumerate(decoded.events, 1) if one.event == over_by)
        cut = Decoded(decoded.game, decoded.declarations, decoded.events[:until], {})
        before = Decoded(decoded.game, decoded.declarations, decoded.events[: until - 1], {})
        assert (fold_one(before).state.status, fold_one(cut).state.status) == ("live", "ended")

    def test_timeouts_left_are_those_of_the_file(self, shared_data: Path) -> None:
        kept = Kept(shared_data, KC_NO)
        detail = fold_one(kept.decoded).state.detail
        assert isinstance(detail, dict)
        assert detail["timeouts"] == {side: kept.box[side]["to"] for side in ("home", "away")}


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "qtr": st.integers(-1, 7),
                "desc": st.sampled_from(
                    [
                        "",
                        "END QUARTER 1",
                        "END GAME",
                        "Timeout #1 by KC at 1:00",
                        "A.B for 4 yards, TOUCHDOWN.",
                    ]
                ),
                "posteam": st.sampled_from(["", "NO", "KC", "XX"]),
                "time": st.sampled_from(["", "15:00", "99:99", "x"]),
                "down": st.integers(-1, 9),
                "players": st.dictionaries(
                    st.sampled_from(["0", "00-1", "a b", ""]),
                    st.lists(
                        st.fixed_dictionaries(
                            {"statId": st.integers(0, 120), "clubcode": st.sampled_from(["NO", "KC", ""])}
                        ),
                        max_size=3,
                    ),
                    max_size=2,
                ),
            }
        ),
        max_size=8,
    ),
    st.sampled_from(["Pregame", "1", "Halftime", "Suspended", "Final", ""]),
)
def test_any_plays_make_claims_within_limits(plays: list[dict[str, Any]], quarter: str) -> None:
    decoded = decode(file(*plays, qtr=quarter))
    recorded.assert_dense(decoded.events)
    for one in decoded.events:
        msgspec.convert(msgspec.to_builtins(one), ProviderEvent)
