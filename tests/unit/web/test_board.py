from typing import Any

import pytest
from msgspec.structs import replace

from e2e.matchday import NOW, basketball_game, final_match, matchday, side, state
from e2e.sportsday import sportsday
from scorewire.model.score_state import GameClock
from scorewire.web.board import HUES, board, clock_seconds, clock_text, group, hue
from scorewire.web.words import SPORTS


def running(seconds: int, ago_s: int, **given: Any) -> Any:
    clock = GameClock(display="x", seconds=seconds, running=True, at=NOW - ago_s * 1000)
    return state("g", clock=clock, **given)


def test_a_clock_that_counts_up_runs_on_and_stops_far_past_its_period() -> None:
    assert clock_text(running(3963, 8, period="2H"), NOW) == "66:11"
    assert clock_text(running(2690, 100, period="1H"), NOW) == "45+1:30"
    assert clock_seconds(running(2690, 86_400, period="1H"), NOW) == 2700 + 1200


def test_a_clock_that_counts_down_ends_at_zero() -> None:
    assert clock_text(running(252, 2, sport="basketball", period="Q3"), NOW) == "4:10"
    assert clock_text(running(5, 60, sport="basketball", period="Q3"), NOW) == "0:00"


def test_a_clock_set_in_the_future_does_not_run_back() -> None:
    assert clock_seconds(running(100, -30, period="1H"), NOW) == 100


def test_a_standing_clock_shows_what_the_provider_wrote() -> None:
    clock = GameClock(display="0:45.3", seconds=45, running=False)
    assert clock_text(state("g", sport="basketball", clock=clock), NOW) == "0:45.3"
    assert clock_text(state("g", status="break", clock=clock), NOW) == ""
    assert clock_text(state("g", status="final", clock=clock), NOW) == ""


def test_a_sport_without_words_shows_its_clock_as_it_was_set() -> None:
    shown = board(
        running(100, 50, sport="curling", period="E3", linescore={"3": {"home": 1, "away": 0}}), NOW
    )
    assert (shown.short, shown.clock, shown.columns) == ("E3", "x", ("3",))
    over = state("g", sport="curling", status="final", linescore={"9": {"home": 1, "away": 0}})
    assert (board(over, NOW).short, board(over, NOW).sub, board(over, NOW).status) == ("Final", "", "Final")


@pytest.mark.parametrize(
    ("given", "short", "sub", "full"),
    [
        ({"status": "scheduled"}, "", "", "Scheduled"),
        ({"status": "pre"}, "", "", "About to start"),
        ({"status": "live", "period": "PEN"}, "Pens", "", "Penalty shoot-out"),
        ({"status": "live", "period": "1H"}, "1H", "", "1st half"),
        ({"status": "live"}, "Live", "", "Live"),
        ({"status": "break", "period": "HT"}, "HT", "", "Half-time"),
        ({"status": "break", "period": "ETHT"}, "ET HT", "", "Half-time of extra time"),
        ({"status": "break"}, "Break", "", "Break"),
        ({"status": "ended", "period": "FT"}, "FT", "", "Full time, to be confirmed"),
        ({"status": "final", "period": "FT"}, "FT", "", "Full time"),
        ({"status": "corrected", "period": "FT"}, "FT", "", "Full time, corrected"),
        ({"status": "final", "period": "AET"}, "AET", "", "After extra time"),
        ({"status": "final", "linescore": {"4": {"home": 1, "away": 0}}}, "AET", "", "After extra time"),
        ({"status": "postponed"}, "Postp.", "", "Postponed"),
        ({"status": "suspended"}, "Susp.", "", "Suspended"),
        (
            {"status": "final", "sport": "basketball", "period": "OT1 END"},
            "Final",
            "OT",
            "Final, after overtime",
        ),
        ({"status": "final", "sport": "basketball", "period": "Q4 END"}, "Final", "", "Final"),
        ({"status": "break", "sport": "basketball", "period": "Q3 END"}, "Q3 end", "", "End of 3rd quarter"),
    ],
)
def test_statuses(given: dict[str, Any], short: str, sub: str, full: str) -> None:
    shown = board(state("g", **given), NOW)
    assert (shown.short, shown.sub, shown.status) == (short, sub, full)


def test_a_list_shows_wickets_overs_and_points() -> None:
    windies, ireland = side("West Indies", "WI", 229), side("Ireland", "IRE", 168)
    match = state(
        "odi",
        sport="cricket",
        period="INN2",
        home=replace(windies, note="229 (48)"),
        away=replace(ireland, note="60 & 108/5 (32.3)"),
    )
    shown = board(match, NOW)
    assert (shown.home.listed, shown.home.pens, shown.home.score) == ("229", "(48)", "229")
    assert (shown.away.listed, shown.away.pens) == ("60 & 108/5", "(32.3)")
    early = board(replace(match, status="scheduled"), NOW)
    assert (early.home.listed, early.home.pens) == ("", "")
    tennis = board(state("t", sport="tennis", period="S2", note="40-15"), NOW)
    assert (tennis.short, tennis.sub) == ("Set 2", "40–15")


def test_a_shoot_out_decides_without_touching_the_score() -> None:
    shown = board(next(one for one in matchday() if one.game_id == "wc-ned-arg"), NOW)
    assert shown.status == "3–4 on penalties"
    assert (shown.home.score, shown.away.score) == ("1", "1")
    assert (shown.home.lost, shown.away.won, shown.away.pens) == (True, True, "(4)")
    assert shown.columns == ("1st", "2nd", "ET1", "ET2", "Pens")
    assert shown.away_line == ("0", "1", "0", "0", "4")
    assert not shown.stats


def test_the_minute_of_a_live_match_and_the_quarter_of_a_live_game() -> None:
    soccer, basketball = board(final_match(), NOW), board(basketball_game(), NOW)
    assert (soccer.short, soccer.status, soccer.away.marks) == ("67'", "2nd half", 1)
    assert (basketball.short, basketball.sub, basketball.clock) == ("Q3", "4:10", "4:10")
    assert basketball.columns == ("1", "2", "3", "4")
    assert (basketball.home.notes, basketball.away.notes) == (("ball", "bonus"), ())


def test_statistics_with_their_shares() -> None:
    stats = {stat.label: (stat.home, stat.away, stat.share) for stat in board(final_match(), NOW).stats}
    assert stats["Shots"] == (9, 4, 69)
    assert stats["Red cards"] == (0, 1, 0)
    assert {stat.label for stat in board(basketball_game(), NOW).stats} == {"Fouls", "Time-outs left"}


def test_no_score_before_the_start() -> None:
    shown = board(state("g", status="scheduled"), NOW)
    assert (shown.home.score, shown.group) == ("", "next")


def test_a_review_says_what_it_looks_at() -> None:
    shown = board(replace(final_match(), detail={"review": "red_card"}), NOW)
    assert shown.review == "VAR review: possible red card"


SPORTSDAY = {one.game_id: one for one in sportsday()}


@pytest.mark.parametrize(
    ("game", "short", "status", "notes", "situation"),
    [
        ("nfl-live", "Q4 2:00", "4th quarter", "| ball", "3rd & 7; ball on SF 35"),
        ("nfl-tie", "Final OT", "Final, after overtime", "|", ""),
        ("nhl-live", "P2 10:19", "2nd period", "empty net | power play", "4v5; power play until 8:48"),
        ("nhl-shootout", "Final SO", "Final, 2–1 in the shoot-out", "|", ""),
        (
            "mlb-live",
            "Bot 5",
            "Bottom of the 5th",
            "|",
            "1 out; count 2-1; runners on 1st and 3rd; Elvis Andrus at bat",
        ),
        ("mlb-final", "Final 10", "Final, after extra innings", "|", ""),
        ("odi-live", "2nd inn", "2nd innings", "229 (48) | batting; 168/5 (32.3)", "Drinks; target 169"),
        ("odi-final", "Result", "Result", "229 (48) | 168/5 (32.3)", "Ireland won by 5 wickets; D/L"),
        (
            "t20-super-over",
            "Result",
            "Result",
            "super over 4/0 | super over 3/1",
            "Tied, England won the super over",
        ),
        ("ao-live", "Set 3 40–AD", "3rd set", "serving | break point", "40–AD"),
        ("ao-retired", "Ret.", "Retired", "|", ""),
        ("vnl-live", "Set 3", "3rd set", "serving |", "18–14"),
        ("vnl-polled", "Set 3", "3rd set", "|", "18–14"),
        (
            "six-live",
            "2H 62:15",
            "2nd half",
            "13 players; off until 68:20; off until 80:02 |",
            "conversion by France to come",
        ),
        ("ehf-live", "2H 44:20", "2nd half", "passive play | empty goal; back 46:05", "7v6"),
        ("ehf-shootout", "7 m", "4–5 on 7-metre throws", "|", ""),
    ],
)
def test_what_fans_of_each_sport_see_at_a_glance(
    game: str, short: str, status: str, notes: str, situation: str
) -> None:
    shown = board(SPORTSDAY[game], NOW)
    assert f"{shown.short} {shown.sub}".strip() == short
    assert shown.status == status
    assert f"{'; '.join(shown.home.notes)} | {'; '.join(shown.away.notes)}".strip() == notes
    assert "; ".join(shown.situation) == situation


@pytest.mark.parametrize(
    ("game", "columns", "home", "away"),
    [
        ("nfl-tie", "1 2 3 4 OT T", "6 6 6 6 0 24", "6 6 6 6 0 24"),
        ("nhl-live", "1 2 3 T", "1 0 - 1", "0 2 - 2"),
        ("nhl-shootout", "1 2 3 OT SO T", "1 0 1 0 2 3", "0 2 0 0 1 2"),
        ("mlb-live", "1 2 3 4 5 6 7 8 9 R H E", "1 0 1 0 1 - - - - 3 5 0", "0 0 0 0 0 - - - - 4 0 1"),
        ("odi-final", "1st 2nd T", "229 - 229", "- 168 168"),
        ("ao-live", "1 2 3 Sets", "6 6⁵ 2 1", "4 7⁷ 1 1"),
        ("vnl-live", "1 2 3 Sets", "25 19 18 1", "20 25 14 1"),
        ("ehf-shootout", "1st 2nd 7 m T", "9 10 4 19", "9 10 5 19"),
    ],
)
def test_the_line_score_of_each_sport(game: str, columns: str, home: str, away: str) -> None:
    shown = board(SPORTSDAY[game], NOW)
    assert " ".join([*shown.columns, *(total[0] for total in shown.totals)]) == columns
    for at, (cells, line) in enumerate(((home, shown.home_line), (away, shown.away_line)), 1):
        assert " ".join(cell or "-" for cell in (*line, *(total[at] for total in shown.totals))) == cells


@pytest.mark.parametrize(
    ("game", "winner"),
    [
        ("nfl-tie", ""),
        ("nhl-shootout", "home"),
        ("odi-final", "away"),
        ("t20-super-over", "home"),
        ("ao-retired", "away"),
        ("ehf-shootout", "away"),
    ],
)
def test_the_winner_is_whom_the_sport_says_not_who_has_more(game: str, winner: str) -> None:
    shown = board(SPORTSDAY[game], NOW)
    assert [shown.home.won, shown.away.won] == [winner == "home", winner == "away"]
    assert [shown.home.lost, shown.away.lost] == [winner == "away", winner == "home"]


@pytest.mark.parametrize("game", ["odi-final", "ao-retired"])
def test_where_a_list_cannot_know_the_winner_it_marks_nobody(game: str) -> None:
    shown = board(SPORTSDAY[game].line(), NOW)
    assert not any((shown.home.won, shown.home.lost, shown.away.won, shown.away.lost))


def test_statistics_of_a_game_stay_and_what_was_left_of_it_goes() -> None:
    assert [stat.label for stat in board(SPORTSDAY["nfl-tie"], NOW).stats] == ["Penalties"]
    assert [stat.label for stat in board(SPORTSDAY["six-live"], NOW).stats] == [
        "Conversions",
        "Yellow cards",
        "Red cards",
        "Tries",
    ]


def test_a_review_that_somebody_asked_for_names_him() -> None:
    assert board(SPORTSDAY["mlb-live"], NOW).review == "Replay review, asked for by Minnesota Twins"
    held = replace(SPORTSDAY["mlb-live"], detail={"review": "umpires"})
    assert board(held, NOW).review == "Replay review"


@pytest.mark.parametrize("sport", SPORTS)
@pytest.mark.parametrize("label", ["OT", "OT END", "OT2 END", "2OT", "SO", "XYZ", "1H", ""])
@pytest.mark.parametrize("status", ["live", "break", "ended", "final", "retired"])
def test_no_label_of_a_period_breaks_a_page(sport: str, label: str, status: str) -> None:
    shown = board(state("g", sport=sport, period=label, status=status), NOW)
    assert shown.short
    assert shown.status


def test_groups() -> None:
    assert [group(name) for name in ("live", "ended", "final", "postponed")] == [
        "live",
        "over",
        "over",
        "next",
    ]


def test_a_team_without_a_colour_keeps_one_of_ours_unless_the_other_side_has_it() -> None:
    assert hue("arg") == hue("arg")
    assert all(0 <= hue(name) < HUES for name in ("arg", "fra", "ö"))
    twins = board(state("g", home=side("A", "AAA"), away=replace(side("A", "AAA"))), NOW)
    assert twins.home.badge == f"h{hue('aaa')}" != twins.away.badge


@pytest.mark.parametrize(
    ("home", "away", "badges"),
    [
        ("#6CABDD", "#132257", [("pale", "#6cabdd"), ("deep", "#132257")]),
        ("#C8102E", "#DC052D", [("deep", "#c8102e"), ("h7", "")]),
        ("", "#FFFFFF", [(f"h{hue('a')}", ""), ("pale", "#ffffff")]),
        ("red", 'url("#x', [(f"h{hue('a')}", ""), (f"h{hue('b')}", "")]),
    ],
)
def test_a_declared_colour_is_the_badges_unless_the_two_are_alike_or_it_is_none(
    home: str, away: str, badges: list[tuple[str, str]]
) -> None:
    sides = (replace(side("A", "A"), color=home), replace(side("B", "B"), color=away))
    shown = board(state("g", home=sides[0], away=sides[1]), NOW)
    assert [(one.badge, one.paint) for one in (shown.home, shown.away)] == badges


@pytest.mark.parametrize(
    ("period", "periods", "columns"),
    [
        ("Q1", 1, "1 2 3 4"),
        ("HT", 2, "1 2 3 4"),
        ("OT1", 4, "1 2 3 4"),
        ("OT2", 6, "1 2 3 4 OT 2OT"),
        ("H1", 1, "1 2"),
        ("HT", 1, "1 2"),
        ("H2 END", 2, "1 2"),
        ("OT1", 2, "1 2"),
        ("OT1 END", 3, "1 2 OT"),
        ("OT2", 4, "1 2 OT 2OT"),
    ],
)
def test_a_sport_of_quarters_may_be_played_in_halves(period: str, periods: int, columns: str) -> None:
    lines = {str(n): {"home": 1, "away": 0} for n in range(1, periods + 1)}
    shown = board(state("g", sport="basketball", period=period, linescore=lines), NOW)
    assert " ".join(shown.columns) == columns


def test_a_team_without_an_abbreviation_gets_one() -> None:
    shown = board(state("g", home=side("Österreich", ""), away=side("", "TOOLONG")), NOW)
    assert (shown.home.abbr, shown.away.abbr, shown.away.name) == ("ÖST", "TOOL", "TOOLONG")
