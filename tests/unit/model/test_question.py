"""No two questions have one name, whatever strangers write into an address."""

from hypothesis import given
from hypothesis import strategies as st

from scorewire.model.question import NOT_KEPT, question

PARTS = st.lists(
    st.one_of(st.text(alphabet="a '\",()\\N", max_size=6), st.none(), st.integers(0, 3)), max_size=4
)


@given(PARTS, PARTS)
def test_different_parts_are_different_questions(one: list[object], other: list[object]) -> None:
    assert (question(*one) == question(*other)) == (one == other)


def test_every_question_has_a_name() -> None:
    assert question() != NOT_KEPT
    assert question("season", None) != question("season", "None")
    assert question("team", "a b") != question("team", "a", "b")
    assert question("late", 60, question("team", "a")) != question("team", "a")
