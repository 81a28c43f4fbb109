import pytest

from e2e.matchday import basketball_game, event, final_match, state
from scorewire.model.score_state import ScoreState
from scorewire.web.timeline import lines, minute, moment, notes, scorers, struck_lines


def test_newest_first_with_the_cancelled_goal_struck_and_its_cancellation_a_line_of_its_own() -> None:
    state = final_match()
    told = {line.seq: line for line in lines("soccer", state.events, 2, 0)}
    assert list(told) == sorted(told, reverse=True)
    assert told[12].struck == "cancelled"
    assert told[12].who == "Kylian Mbappé"
    assert told[14].title == "Goal cancelled"
    assert not told[14].struck
    assert told[5].notes == "penalty"
    assert told[13].notes == "possible goal"
    assert told[15].notes == "no goal"


def test_an_amendment_strikes_the_older_version_and_names_what_it_amends() -> None:
    state = final_match()
    told = {line.seq: line for line in lines("soccer", state.events, 2, 0)}
    assert told[6].struck == "amended"
    assert told[7].title == "Amended: goal"
    assert told[7].notes == "assist: Alexis Mac Allister"


def test_the_running_score_is_shown_where_the_count_meets_the_score() -> None:
    events = final_match().events
    told = {line.seq: line.score for line in lines("soccer", events, 2, 0)}
    assert (told[5], told[6], told[9], told[12]) == ("1–0", "2–0", "2–0", "")
    assert not any(line.score for line in lines("soccer", events, 3, 0))


def test_a_game_of_many_points_counts_them_by_side() -> None:
    state = basketball_game()
    told = lines("basketball", state.events, state.home.score, state.away.score)
    assert next(line.score for line in told if line.score) == f"{state.home.score}–{state.away.score}"


def test_a_correction_that_was_taken_back_strikes_nothing() -> None:
    events = [
        event(1, "GOAL", "home"),
        event(2, "GOAL_CANCELLED", "home", corrects=1),
        event(3, "RETRACT", corrects=2),
    ]
    assert struck_lines(events) == {2: "taken back"}
    told = lines("soccer", events, 1, 0)
    assert told[0].title == "Taken back: goal cancelled"
    assert told[2].score == "1–0"


def test_cancelling_the_newest_version_of_a_goal_cancels_every_version() -> None:
    events = [
        event(1, "GOAL", "home", "A"),
        event(2, "AMEND", "home", "B", corrects=1, detail={"type": "GOAL"}),
        event(3, "AMEND", "home", "C", corrects=2, detail={"type": "GOAL"}),
        event(4, "GOAL_CANCELLED", "home", corrects=3),
    ]
    assert struck_lines(events) == {1: "cancelled", 2: "cancelled", 3: "cancelled"}
    assert not scorers("soccer", events)


def test_a_three_that_was_a_two_counts_as_the_newest_version_says() -> None:
    events = [
        event(1, "FG3", "home", period=1),
        event(2, "FG2", "away", period=1),
        event(3, "AMEND", "home", corrects=1, detail={"type": "FG2"}),
    ]
    assert [line.score for line in lines("basketball", events, 2, 2)] == ["", "2–2", "2–0"]


def test_a_play_that_is_worth_what_its_detail_says() -> None:
    events = [
        event(1, "HOME_RUN", "away", period=1, detail={"runs": 4}),
        event(2, "RUNS", "home", period=2),
    ]
    assert [line.score for line in lines("baseball", events, 1, 4)] == ["1–4", "0–4"]


def test_a_stated_score_is_shown_as_it_was_stated() -> None:
    stated = event(1, "SCORE_SET", period=4, detail={"home": 26, "away": 24})
    assert [line.score for line in lines("american_football", [stated], 0, 0)] == ["26–24"]
    assert [line.score for line in lines("american_football", [event(1, "SCORE_SET")], 0, 0)] == [""]


def test_a_goal_after_a_stated_score_adds_to_it() -> None:
    events = [
        event(1, "GOAL", "home", period=1),
        event(2, "SCORE_SET", period=1, detail={"home": 0, "away": 1}),
        event(3, "GOAL", "home", period=1),
    ]
    assert [line.score for line in lines("soccer", events, 1, 1)] == ["1–1", "0–1", ""]
    assert [line.score for line in lines("soccer", events, 2, 1)] == ["", "0–1", ""]
    agreed = [events[0], event(2, "SCORE_SET", period=1, detail={"home": 1, "away": 0}), events[2]]
    assert [line.score for line in lines("soccer", agreed, 2, 0)] == ["2–0", "1–0", "1–0"]
    back = [*events, event(4, "PLAY_CANCELLED", corrects=2)]
    assert [line.score for line in lines("soccer", back, 2, 0)] == ["", "2–0", "0–1", "1–0"]


def test_a_ball_is_told_by_its_over_and_what_came_of_it() -> None:
    ball = event(1, "BALL", "away", "Tector", period=2, detail={"over": "32.4", "runs": 2, "noballs": 1})
    (line,) = lines("cricket", [ball], 0, 0)
    assert (line.when, line.notes) == ("2nd 32.4", "2 runs, no-ball")


def test_a_half_inning_begins_with_its_name() -> None:
    (line,) = lines("baseball", [event(1, "PERIOD_START", "home", period=2)], 0, 0)
    assert (line.title, line.key) == ("Bottom of the 1st", False)


def test_rows_that_only_move_the_clock_are_no_lines() -> None:
    assert not lines("basketball", [event(1, "CLOCK_STOP", clock="4:00")], 0, 0)


def test_line_ups_do_not_spill_their_names() -> None:
    (line,) = lines("soccer", [event(1, "LINEUP", "home", detail={"p10": "10|Lionel Messi"})], 0, 0)
    assert line.notes == ""


def test_scorers_are_gathered_by_player_with_marks() -> None:
    events = [*final_match().events, event(19, "GOAL", "home", "Lionel Messi", period=4, clock="107:30")]
    told = [(one.side, one.name, one.goals) for one in scorers("soccer", events)]
    assert told == [("home", "Lionel Messi", "23' (P), 108'"), ("home", "Ángel Di María", "36'")]
    assert not scorers("basketball", basketball_game().events)


@pytest.mark.parametrize(
    ("sport", "period", "clock", "shown"),
    [
        ("soccer", 1, "22:41", "23'"),
        ("soccer", 1, "45+2:10", "45+3'"),
        ("soccer", 1, "46:10", "45+2'"),
        ("soccer", 2, "45:00", "46'"),
        ("soccer", 2, "90+4", "90+4'"),
        ("soccer", 2, "67", "67'"),
        ("soccer", 5, None, "Pens"),
        ("soccer", 1, None, ""),
        ("soccer", None, None, ""),
        ("basketball", 3, "4:12", "Q3 4:12"),
        ("basketball", 5, "0:45.3", "OT 0:45.3"),
        ("basketball", 2, None, "Q2"),
        ("american_football", 5, "14:55", "OT 14:55"),
        ("ice_hockey", 2, "10:48", "P2 10:48"),
        ("ice_hockey", 5, None, "5"),
        ("baseball", 1, None, "T1"),
        ("baseball", 18, None, "B9"),
        ("cricket", 2, "32.3", "2nd 32.3"),
        ("tennis", 3, None, "S3"),
        ("rugby_union", 2, "62:15", "62:15"),
        ("handball", 7, None, "7 m"),
        ("curling", 4, "1:00", "4 1:00"),
        ("curling", None, None, ""),
    ],
)
def test_moments(sport: str, period: int | None, clock: str | None, shown: str) -> None:
    assert moment(sport, period, clock) == shown


def test_minutes_at_the_edge_of_a_period() -> None:
    assert minute(2699, 45) == "45'"
    assert minute(2700, 45) == "45+1'"


def test_details_that_nobody_named_are_shown_but_ids_are_not() -> None:
    assert notes(
        "soccer", {"in": "Marcus Thuram", "in_id": "p9", "lucky": True, "sad": False, "speed": 31.0}
    ) == ("on: Marcus Thuram, lucky, speed: 31")


def innings(periods: str) -> ScoreState:
    return state("t20", sport="cricket", linescore={name: {"home": 0, "away": 0} for name in periods})


def test_a_super_over_is_no_third_innings() -> None:
    begun = event(1, "PERIOD_START", period=3)
    ball = event(2, "BALL", period=3, detail={"over": "0.1", "runs": 4})
    titles = [(one.title, one.when) for one in lines("cricket", [begun, ball], 0, 0, innings("12"))]
    assert titles == [("Ball", "SO 0.1"), ("Start of super over", "SO")]
    test = [(one.title, one.when) for one in lines("cricket", [begun, ball], 0, 0, innings("3"))]
    assert test == [("Ball", "3rd 0.1"), ("Start of 3rd innings", "3rd")]
    assert lines("cricket", [begun], 0, 0)[0].title == "Start of 3rd innings"
