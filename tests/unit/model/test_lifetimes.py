"""The table of lifetimes: what the words in the headers promise."""

import re
from typing import cast, get_args

import pytest

from scorewire.model.lifetimes import IMMUTABLE, LIFETIMES, Kept, cache_headers, kept, page_rows
from scorewire.model.score_state import OVER, Status


def test_a_moving_score_is_a_second_old_and_one_that_is_over_a_minute() -> None:
    (_, browser), (_, cdn) = cache_headers(kept("live"))
    assert browser == "public, max-age=1, stale-while-revalidate=1, stale-if-error=60"
    assert cdn == "public, max-age=10, stale-while-revalidate=2, stale-if-error=600"
    for status in OVER:
        (_, browser), (_, cdn) = cache_headers(kept(cast("Status", status)))
        assert browser.startswith("public, max-age=60,")
        assert cdn.startswith("public, max-age=300,")


def test_only_a_url_that_names_its_bytes_is_for_ever() -> None:
    assert [value for _, value in cache_headers("for ever")] == [IMMUTABLE, IMMUTABLE]
    for what in get_args(Kept):
        values = [value for _, value in cache_headers(what)]
        assert (what == "for ever") == all("immutable" in value for value in values)


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_a_row(status: Status) -> None:
    assert kept(status) in LIFETIMES
    assert (kept(status) == "over") == (status in OVER)


@pytest.mark.parametrize("what", get_args(Kept))
def test_a_browser_never_keeps_longer_than_a_cache_that_can_be_purged(what: Kept) -> None:
    row = LIFETIMES[what]
    assert row.browser.max_age_s <= row.cdn.max_age_s
    assert row.browser.if_error_s <= row.cdn.if_error_s
    for _, value in cache_headers(what):
        assert re.fullmatch(r"public(, [a-z-]+(=\d+)?)+", value)


def test_the_page_has_a_line_for_each_row() -> None:
    assert len(page_rows().splitlines()) == len(LIFETIMES) + 2
