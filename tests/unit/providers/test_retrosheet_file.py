"""The rows of an event file, game by game."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.providers.retrosheet_file import Game, read


def test_games_and_their_rows() -> None:
    body = b'id,MIL201704030\r\nversion,2\r\ninfo,visteam,COL\r\ncom,"one, two"\r\n\r\nid,MIL201704040\r\n'
    first, second = read(body)[0]
    assert (first.id, first.info, first.rows) == ("MIL201704030", {"visteam": "COL"}, [["com", "one, two"]])
    assert (second.id, second.rows) == ("MIL201704040", [])


def test_rows_without_a_game_are_counted() -> None:
    games, lost = read(b"info,visteam,COL\nid,nonsense\nplay,1,0,x,00,,K\n")
    assert (games, lost) == ([], 3)


@pytest.mark.parametrize(
    ("date", "time", "hours"),
    [
        ("1970/01/02", "1:11PM", 24 + 13 + 11 / 60),
        ("1970/01/02", "12:05AM", 24 + 5 / 60),
        ("1970/01/02", "12:05PM", 24 + 12 + 5 / 60),
        ("1970/01/02", "0:00PM", 36),
        ("1970/01/02", "", 36),
    ],
)
def test_the_start_is_the_parks_clock(date: str, time: str, hours: float) -> None:
    assert Game("x", {"date": date, "starttime": time}).start_ms == round(hours * 3_600_000)


def test_no_start_without_a_date() -> None:
    assert Game("x", {"date": "soon"}).start_ms is None


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_lost(body: bytes) -> None:
    games, lost = read(b"id,MIL201704030\n" + body)
    assert len(games) >= 1
    assert lost >= 0
