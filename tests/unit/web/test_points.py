from dataclasses import replace
from pathlib import Path

import pytest

from decoded import decoded
from e2e.matchday import event
from e2e.matches import games, matches, played, rallies, state_of
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.score_state import ScoreState
from scorewire.providers import PROVIDERS
from scorewire.sports import SPORTS
from scorewire.web.points import stretches
from scorewire.web.timeline import Line, lines, standing, struck_lines


def told(state: ScoreState) -> list[Line]:
    """Its lines, with plain dashes and spaces between the points."""
    shown = lines(state.sport, state.events or (), state.home.score, state.away.score, state)
    return [replace(one, notes=one.notes.replace("\u2060", "").replace("\u00a0", " ")) for one in shown]


def count(state: ScoreState) -> dict[int, str]:
    """The called score after each point that is told."""
    events = state.events or ()
    found, _ = stretches(state, standing(events, struck_lines(events)))
    return {point.seq: text for stretch in found.values() for point, text in stretch.points}


@pytest.mark.parametrize("rules", [{}, {"no_ad": True}, {"set_games": 4, "tiebreak_points": 5}])
def test_every_point_of_tennis_is_called_as_the_rules_call_it(rules: dict[str, int]) -> None:
    said = list(rallies(7, 160))
    whole = count(played("tennis", said, rules=rules))
    for number in whole:
        held = played("tennis", said[:number], rules=rules).detail
        points = held.get("points", {"home": "0", "away": "0"})
        shown = f"{points['home']}–{points['away']}"
        assert whole[number] in (shown, ""), number
    assert len(whole) == len(played("tennis", said, rules=rules).events)


def test_a_game_is_one_line_with_its_points_and_the_games_of_the_set() -> None:
    points = [*games("ha"), *({"type": "POINT", "team": one} for one in ("home", "away", "home"))]
    points[1] = points[1] | {"detail": {"kind": "ace"}}
    newest, second, first = told(played("tennis", points))
    assert (newest.title, newest.notes, newest.score) == ("In play", "15–0 · 15–15 · 30–15", "30–15")
    assert (second.title, second.who, second.side, second.score) == (
        "Game",
        "Aryna Sabalenka",
        "away",
        "1–1",
    )
    assert (first.when, first.notes, first.score) == ("S1", "15–0 · 30–0 ace · 40–0", "1–0")


def test_sets_and_the_match_are_called_and_count_as_key_moments() -> None:
    whole = told(played("tennis", games("hhhhhhhhhhhh")))
    assert [(line.title, line.score) for line in whole if line.key] == [
        ("Game, set and match", "6–0"),
        ("Game and set", "6–0"),
    ]


def test_a_tie_break_is_counted_in_ones_and_one_that_is_given_up_is_called_unfinished() -> None:
    level = [*games("hahahahahaha"), *({"type": "POINT", "team": one} for one in ("home", "away", "home"))]
    assert told(played("tennis", level))[0].notes == "1–0 · 1–1 · 2–1"
    line = told(played("tennis", [*level, {"type": "GAME_RETIRED", "team": "away"}]))[1]
    assert (line.title, line.score) == ("Unfinished game", "2–1")
    won = told(played("tennis", [*level, *games("h"), {"type": "POINT", "team": "home"}]))[0]
    assert (won.title, won.score) == ("Game and set", "7–6")


def test_a_point_taken_back_or_amended_changes_every_game_after_it() -> None:
    held = played("tennis", games("hh"))
    fewer = played("tennis", games("hh")[1:])
    back = event(9, "POINT_CANCELLED", "home", corrects=1)
    after = told(state_of(fewer, (*held.events, back)))
    assert [(line.title, line.score) for line in after] == [
        ("Point replayed", ""),
        ("In play", "40–0"),
        ("Game", "1–0"),
        ("Point", ""),
    ]
    assert after[-1].struck == "cancelled"
    other = played("tennis", [{"type": "POINT", "team": "away"}, *games("hh")[1:]])
    amended = event(9, "AMEND", "away", corrects=1, detail={"type": "POINT"})
    assert told(state_of(other, (*held.events, amended)))[-1].notes == "0–15 · 15–15 · 30–15 · 40–15"


def test_a_game_given_as_a_penalty_ends_the_game() -> None:
    newest, *_ = told(played("tennis", [*games("h")[:2], {"type": "GAME_PENALTY", "team": "away"}]))
    assert (newest.title, newest.score, newest.side) == ("Game", "0–1", "away")


def test_rallies_have_the_score_of_their_set_and_say_which_one_won_it() -> None:
    held = played("volleyball", [{"type": "POINT", "team": "home"}] * 26)
    shown = told(held)
    assert [(line.title, line.score) for line in shown[:3]] == [
        ("Point", "1–0"),
        ("Point and set", "25–0"),
        ("Point", "24–0"),
    ]
    assert shown[1].key


def test_a_set_whose_points_are_not_all_known_has_no_numbers() -> None:
    first = [one | {"period": 1} for one in games("hhhhhh")]
    held = played("tennis", [*first, *(one | {"period": 2} for one in games("ha"))])
    assert isinstance(held.events, tuple)
    part = told(state_of(held, held.events[2:]))
    assert [line.score for line in part[:3]] == ["1–1", "1–0", ""]
    assert not any(line.score for line in told(state_of(held, held.events[-3:])))


def test_all_of_every_match_is_told() -> None:
    for state in matches()[:-2]:
        assert len(count(state)) >= len(state.events or ()) - 1, state.game_id


RECORDED = (
    ("datavolley", "volleyball/datavolley/example_data.dvw"),
    ("tennis_slam", "tennis/slam_pointbypoint/2012_usopen_selected_points.csv"),
    ("tennis_pointbypoint", "tennis/pointbypoint/atp_main_sample.csv"),
)


@pytest.mark.data
@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_every_point_of_real_matches_is_told(name: str, path: str, shared_data: Path) -> None:
    recording = decoded(PROVIDERS[name], (shared_data / path).read_bytes(), path)
    assert recording is not None
    for declared in recording.declarations[:12]:
        desk = Desk(Book(game_id=declared.game_id, machines=SPORTS), "epoch")
        said = [one for one in recording.events if one.game_id == declared.game_id]
        rows = [
            row.compact
            for number, claim in enumerate((declared, *said), 1)
            for row in decide(desk, claim, now_ms=number, log_offset=number, kind="sparse").rows
        ]
        points = [one.seq for one in rows if one.type == "POINT"]
        assert points
        assert desk.shown is not None
        assert sorted(count(state_of(desk.shown, rows))) == points
