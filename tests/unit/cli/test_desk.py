"""What `event` and `correct` print of an answer, and how details are written."""

import pytest

from scorewire.api.desk import EntriesShown, EntryShown
from scorewire.cli.desk import detail_of, lines, person
from scorewire.errors import FeedError


def test_details_become_numbers_yes_and_no_or_text() -> None:
    words = ["minutes=4", "penalty=true", "own_goal=false", "in=Di María", "note=a=b", "x=-2", "y="]
    assert detail_of(words) == {
        "minutes": 4,
        "penalty": True,
        "own_goal": False,
        "in": "Di María",
        "note": "a=b",
        "x": -2,
        "y": "",
    }


@pytest.mark.parametrize("word", ["minutes", "=4", ""])
def test_a_detail_without_a_name_or_value_is_refused(word: str) -> None:
    with pytest.raises(FeedError, match="wrong_detail"):
        detail_of([word])


def test_who_enters_is_the_user_unless_told() -> None:
    assert person("anna") == "anna"
    assert person("")


def test_the_list_names_who_and_why() -> None:
    assert lines(EntriesShown(entries=())) == ["The desk has entered nothing."]
    standing = EntryShown(event="d1", seq=3, ts=0, type="GOAL", by="anna", reason="missed", stands=True)
    back = EntryShown(
        event="d2",
        seq=2,
        ts=0,
        type="SCORE_SET",
        by="anna",
        reason="wrong",
        stands=False,
        handed_back_by="bert",
        detail={"home": 2, "away": 1},
    )
    shown = "\n".join(lines(EntriesShown(entries=(standing, back))))
    assert "anna: missed  (stands)" in shown
    assert "home=2 away=1" in shown
    assert "anna: wrong  (handed back by bert)" in shown
