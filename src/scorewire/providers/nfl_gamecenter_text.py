"""What only the sentence of a GameCenter play says: penalties, reviews, injuries, and plays taken back.

The statistics of a play are those that count. A play that a penalty took back has none, and one that a review
reversed has only those of the final ruling; what was ruled before stands in the sentence alone.

Source: play descriptions of the NFL's statistics crews, as printed in its game books.
"""

import re
from typing import Final, Literal, NamedTuple

Decision = Literal["accepted", "declined", "offsetting"]

_PENALTY = re.compile(r"P(?:ENALTY|enalty) on ([A-Z]{2,3})(?:-([^,]+))?, ([^,]+), ([^.]*)(?:\.|$)")
_YARDS = re.compile(r"(\d{1,3}) yards?\b")
_INJURY = re.compile(r"([A-Z]{2,3})-([A-Z][A-Za-z]*\.[A-Za-z.' -]+?) was injured during the play")
_REVIEW = re.compile(
    r"((?:St\. )?[A-Z][A-Za-z0-9 ]*?) challenged the (.{1,80}?) ruling, and the play was (REVERSED|Upheld)"
)
_TIMEOUT = re.compile(r"Timeout #(\d) by ([A-Z]{2,3}) at")
_CHARGED = re.compile(r"\(Timeout #(\d)\.?\)")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_NAME = re.compile(r"[A-Z][A-Za-z]*\.[A-Za-z][A-Za-z'.-]*[A-Za-z]")
_TO_FOR = re.compile(rf"(?:to|for) ({_NAME.pattern}) for (-?\d+) yards?, TOUCHDOWN")
_FOR = re.compile(r"for (-?\d+) yards?, TOUCHDOWN")

_WORDS: Final = (
    (" pass incomplete", "PASS_INCOMPLETE"),
    (" spiked ", "SPIKE"),
    (" INTERCEPTED ", "INTERCEPTION"),
    (" sacked ", "SACK"),
    (" pass ", "PASS"),
    (" punts ", "PUNT"),
    (" kicks ", "KICKOFF"),
    ("field goal is GOOD", "FIELD_GOAL"),
    ("field goal is", "FIELD_GOAL_MISS"),
    ("extra point is GOOD", "EXTRA_POINT"),
    ("extra point is", "EXTRA_POINT_MISS"),
    ("ATTEMPT SUCCEEDS", "TWO_POINT"),
    ("ATTEMPT FAILS", "TWO_POINT_MISS"),
    (" kneels", "KNEEL"),
)


class Foul(NamedTuple):
    """One penalty of a play."""

    club: str
    player: str
    kind: str
    yards: int
    decision: Decision
    no_play: bool


class Review(NamedTuple):
    """A replay review: who asked for it, what was looked at, and the sentences before and after."""

    who: str
    subject: str
    reversed: bool
    first: str
    final: str


class Score(NamedTuple):
    """A touchdown as a sentence tells it. `returned`: not by the side that had the ball."""

    player: str
    yards: int | None
    kind: str
    returned: bool


def fouls(text: str) -> list[Foul]:
    """The penalties of a play, in the order of its sentence."""
    found = []
    for club, player, kind, rest in _PENALTY.findall(text):
        words = rest.lower()
        yards = _YARDS.search(rest)
        decision: Decision = (
            "declined" if "declined" in words else "offsetting" if "offset" in words else "accepted"
        )
        found.append(
            Foul(club, player.strip(), kind, int(yards[1]) if yards else 0, decision, "No Play" in rest)
        )
    return found


def review(text: str) -> Review | None:
    """The review of a play, if there was one."""
    match = _REVIEW.search(text)
    if match is None:
        return None
    final = text[match.end() :].lstrip(". ")
    return Review(match[1], match[2], match[3] == "REVERSED", text[: match.start()], final)


def injuries(text: str) -> list[tuple[str, str]]:
    """Club and player of each injury."""
    return _INJURY.findall(text)


def timeout(text: str) -> tuple[int, str] | None:
    """Number and club of a side's time-out that is an entry of its own."""
    match = _TIMEOUT.match(text)
    return (int(match[1]), match[2]) if match else None


def charged(text: str) -> int | None:
    """The number of the time-out that a lost challenge cost."""
    match = _CHARGED.search(text)
    return int(match[1]) if match else None


def bare(text: str) -> str:
    """The sentence without clock, formation, tacklers, penalties and injuries."""
    text = _INJURY.sub("", _PENALTY.sub("", text))
    while _ASIDE.search(text):
        text = _ASIDE.sub("", text)
    return " ".join(text.split())


def kind(text: str) -> str | None:
    """What a bare sentence tells of: an event type; None if nothing was played."""
    if "TOUCHDOWN" in text:
        return "TOUCHDOWN"
    padded = f" {text} "
    for words, type_ in _WORDS:
        if words in padded:
            return type_
    return "RUSH" if player(text) else None


def player(text: str) -> str:
    """The first name in a sentence: who threw, ran or kicked."""
    match = _NAME.search(text)
    return match[0] if match else ""


def touchdown(text: str) -> Score:
    """Who a bare sentence with TOUCHDOWN in it says has scored."""
    before, _, _ = text.partition("TOUCHDOWN")
    told = before.rpartition(". ")[2] + "TOUCHDOWN"
    returned = any(word in before for word in ("INTERCEPTED", "RECOVERED", "punts", "kicks"))
    catch = _TO_FOR.search(told)
    if catch is not None and " pass " in told and not returned:
        return Score(catch[1], int(catch[2]), "pass", False)
    yards = _FOR.search(told)
    how = ("fumble" if "RECOVERED" in before else "return") if returned else "rush"
    return Score(player(told), int(yards[1]) if yards else None, how, returned)


def out_of_bounds(text: str) -> bool:
    """Whether the runner left the field."""
    return " ob at " in text or "out of bounds" in text
