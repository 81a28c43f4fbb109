"""What an answer that is kept is an answer to: a name for a question, which no other question has. Pure.

Parts of addresses are strangers' words, with spaces and quotes as they please. Joined by hand they could be
made to name another question, whose answer would then be given, or spoilt; so a name is made here and
nowhere else, and the type holds callers to it.
"""

from typing import Final, NewType

Question = NewType("Question", str)


def question(*parts: object) -> Question:
    """The name: `question("team", "fra")` is `('team', 'fra')`.

    Args:
        parts: values with a repr of their own: text, numbers, None, tuples, dataclasses and structs of these.
    """
    return Question(repr(parts))


NOT_KEPT: Final = Question("")
"""Of a question whose answer is not kept."""
