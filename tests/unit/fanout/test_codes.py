"""One table for what can go wrong on a stream."""

import json
from pathlib import Path

from scorewire.fanout.codes import CLOSES, CODES, error_frame, page, problem_body, refusal


def test_every_row_makes_a_problem_or_an_error_object() -> None:
    for code, row in CODES.items():
        error = refusal(code, "why")
        assert error.status == row.status
        assert row.status == 0 or 400 <= row.status <= 503
        found = json.loads(problem_body(error))
        assert found["type"] == f"urn:scorewire:problem:{code}"
        assert (found["title"], found["detail"]) == (row.title, "why")
        assert json.loads(error_frame(error)[2:])["code"] == code
        assert row.close == 0 or row.close in CLOSES


def test_an_error_names_its_game_only_if_there_is_one() -> None:
    assert b"game_id" not in error_frame(refusal("bad_message", "x"))
    assert b'"game_id":"g1"' in error_frame(refusal("unknown_game", "x"), game_id="g1")


def test_the_page_shows_every_row() -> None:
    shown = page()
    assert all(f"`{code}`" in shown for code in CODES)
    assert all(f"| {code} |" in shown for code in CLOSES)


def test_refusals_in_the_source_are_in_the_table() -> None:
    folder = Path(__file__).resolve().parents[3] / "src" / "scorewire" / "fanout"
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    used = {part.partition('"')[0] for part in source.split('refusal("')[1:]}
    assert used <= set(CODES)


def test_the_published_page_is_the_table() -> None:
    root = Path(__file__).resolve().parents[3]
    published = (root / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert published.partition("<!-- codes -->")[2].partition("<!-- /codes -->")[0].strip() == page().strip()
