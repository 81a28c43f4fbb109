"""Conditional requests, as RFC 9110 has them."""

import pytest

from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.validators import (
    http_date,
    not_modified,
    read_http_date,
    score_response,
    validators,
)

TAG = '"g1-k3v9x2aa-31"'
AT = 784111777000  # Sun, 06 Nov 1994 08:49:37 GMT, the date in RFC 9110


def state(**changes: object) -> ScoreState:
    held = {
        "game_id": "g1",
        "epoch": "k3v9x2aa",
        "seq": 31,
        "sport": "soccer",
        "league": League(id="l1"),
        "start": "1994-11-06T08:00:00Z",
        "status": "live",
        "home": SideState(id="a", name="A", abbr="A", score=1),
        "away": SideState(id="b", name="B", abbr="B", score=0),
        "updated_at": AT + 321,
    }
    return ScoreState(**{**held, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (TAG, True),
        (f"W/{TAG}", True),
        ("*", True),
        (" * ", True),
        (f'"other", {TAG}', True),
        (f'"a,b",W/"c" ,{TAG}', True),
        ('"g1-k3v9x2aa-3"', False),
        ('"g1-k3v9x2aa-31', False),
        ("g1-k3v9x2aa-31", False),
        ('"*"', False),
        ("", False),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(asked: str, answer: bool) -> None:
    assert not_modified({"if-none-match": asked}, TAG, None) is answer


def test_if_none_match_decides_alone() -> None:
    headers = {"if-none-match": '"other"', "if-modified-since": http_date(AT)}
    assert not not_modified(headers, TAG, AT)


@pytest.mark.parametrize(
    ("since", "modified_ms", "answer"),
    [
        (http_date(AT), AT, True),
        (http_date(AT + 1000), AT, True),
        (http_date(AT - 1000), AT, False),
        (http_date(AT), None, False),
        ("yesterday", AT, False),
        ("", AT, False),
    ],
)
def test_if_modified_since(since: str, modified_ms: int | None, answer: bool) -> None:
    assert not_modified({"if-modified-since": since}, TAG, modified_ms) is answer


def test_last_modified_appears_when_the_second_is_over() -> None:
    assert validators(state(), AT + 321 + 1999) == (TAG, None)
    assert validators(state(), AT + 321 + 2000) == (TAG, AT)


@pytest.mark.parametrize(
    "text", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_all_three_forms_of_a_date_are_read(text: str) -> None:
    assert read_http_date(text) == AT


def test_a_date_is_written_in_the_preferred_form() -> None:
    assert http_date(AT + 999) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_a_304_carries_the_validators_and_no_body() -> None:
    fresh = score_response(state(), {}, AT + 5000)
    assert fresh.status == 200
    assert dict(fresh.headers)["content-length"] == str(len(fresh.body))
    again = score_response(state(), {"if-none-match": dict(fresh.headers)["etag"]}, AT + 5000)
    assert (again.status, again.body) == (304, b"")
    named = dict(again.headers)
    assert named["etag"] == TAG
    assert named["last-modified"] == http_date(AT)
    assert "content-length" not in named
