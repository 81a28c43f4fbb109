"""Calendars, read back by a parser that is not ours."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from e2e.matchday import matchday, side, state
from scorewire.model.provider_event import Venue
from scorewire.model.score_state import ScoreState
from scorewire.web.calendars import calendar, escaped, folded, summary

SITE = "https://scores.example"


def read(*games: ScoreState, scores: bool = False) -> list[icalendar.Event]:
    text = calendar("A league; of two, words", games, site=SITE, scores=scores)
    held = icalendar.Calendar.from_ical(text)
    assert held["NAME"].to_ical() == b"A league\\; of two\\, words"
    assert not any(held.errors), held.errors
    return [one for one in held.walk("VEVENT") if not one.errors]


def test_a_game_is_an_event_at_its_time_in_utc() -> None:
    (found,) = read(state("g", status="scheduled", start="2026-11-21T20:00:00+01:00", seq=7))
    assert found["UID"] == "g@scorewire"
    assert found["SEQUENCE"] == 7
    assert found["SUMMARY"] == "Argentina v France"
    assert found["DTSTART"].dt == datetime(2026, 11, 21, 19, tzinfo=UTC)
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(hours=2)
    assert found["URL"] == f"{SITE}/game/g"
    assert not found.walk("VALARM")


def test_a_game_without_a_time_is_a_day() -> None:
    (found,) = read(state("g", status="scheduled", start="2026-11-22"))
    assert found["DTSTART"].dt == date(2026, 11, 22)
    assert "DTEND" not in found


def test_a_new_date_moves_the_event_and_does_not_add_one() -> None:
    first = state("g", status="scheduled", start="2026-11-21T20:00:00Z", seq=1)
    later = replace(first, status="postponed", seq=2)
    again = replace(first, status="scheduled", start="2026-12-01T20:00:00Z", seq=3)
    told = [read(one)[0] for one in (first, later, again)]
    assert {one["UID"] for one in told} == {"g@scorewire"}
    assert [one["SEQUENCE"] for one in told] == [1, 2, 3]
    assert [one["STATUS"] for one in told] == ["CONFIRMED", "TENTATIVE", "CONFIRMED"]
    assert told[1]["SUMMARY"] == "Postponed: Argentina v France"
    assert told[2]["DTSTART"].dt == datetime(2026, 12, 1, 20, tzinfo=UTC)


def test_a_cancelled_game_says_so_in_its_status() -> None:
    (found,) = read(state("g", status="cancelled"))
    assert (found["STATUS"], found["SUMMARY"]) == ("CANCELLED", "Cancelled: Argentina v France")


@pytest.mark.parametrize("status", ["final", "corrected", "live", "ended", "scheduled"])
def test_a_result_stands_there_only_when_it_is_over_and_asked_for(status: str) -> None:
    game = replace(state("g", status=status), home=side("Argentina", "ARG", 2))  # type: ignore[arg-type]
    plain, told = summary(game, scores=False), summary(game, scores=True)
    assert plain == "Argentina v France"
    assert (told != plain) == (status in ("final", "corrected"))
    assert told.startswith("Argentina 2–") == (status in ("final", "corrected"))


def test_kicks_of_a_shoot_out_are_beside_the_score() -> None:
    game = next(one for one in matchday() if one.home.shootout)
    assert "(3–4)" in summary(game, scores=True)


def test_every_game_of_a_day_can_be_read() -> None:
    games = matchday()
    assert [one["UID"] for one in read(*games, scores=True)] == [f"{one.game_id}@scorewire" for one in games]


def test_hostile_text_stays_text() -> None:
    name = 'A\r\nBEGIN:VALARM\r\nEND:VALARM; "B", C\\n\x00 \u2028' + "é" * 100
    game = replace(state("g"), home=side(name, "A", 0), venue=Venue(name="Stade;,\\\n"))
    (found,) = read(game)
    assert not found.walk("VALARM")
    assert found["SUMMARY"] == name.replace("\r\n", "\n").replace("\x00", "") + " v France"
    assert found["LOCATION"] == "Stade;,\\\n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=80, max_size=400))
def test_lines_are_cut_by_octets_and_put_together_again(text: str) -> None:
    parts = list(folded(text))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == text


def test_escaping_is_that_of_the_standard() -> None:
    assert escaped("a,b;c\\d\ne\tf") == "a\\,b\\;c\\\\d\\nef"
