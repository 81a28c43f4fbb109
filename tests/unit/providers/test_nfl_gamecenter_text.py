"""Sentences as statistics crews write them, made up here, and what is read out of them."""

import pytest

from scorewire.providers.nfl_gamecenter_text import (
    Foul,
    Review,
    Score,
    bare,
    charged,
    fouls,
    injuries,
    kind,
    out_of_bounds,
    player,
    review,
    timeout,
    touchdown,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "(8:55) A.Back right guard to NO 42 for 8 yards. PENALTY on KC-B.Line, Offensive Holding,"
            " 10 yards, enforced at 50 - No Play.",
            [Foul("KC", "B.Line", "Offensive Holding", 10, "accepted", True)],
        ),
        (
            "PENALTY on NO, Defensive Delay of Game, 1 yard, enforced at NO 2 - No Play.",
            [Foul("NO", "", "Defensive Delay of Game", 1, "accepted", True)],
        ),
        (
            "A.Pass sacked. Penalty on KC-B.Line, Offensive Holding, declined. PENALTY on SF-C.End, Roughing"
            " the Passer, 6 yards, enforced at SF 13 - No Play.",
            [
                Foul("KC", "B.Line", "Offensive Holding", 0, "declined", False),
                Foul("SF", "C.End", "Roughing the Passer", 6, "accepted", True),
            ],
        ),
        (
            "PENALTY on SF-C.End, Face Mask (15 Yards), offsetting, enforced at KC 9 - No Play.",
            [Foul("SF", "C.End", "Face Mask (15 Yards)", 0, "offsetting", True)],
        ),
        ("No penalty here.", []),
        ("PENALTY on KC-B.Line", []),
    ],
)
def test_fouls(text: str, expected: list[Foul]) -> None:
    assert fouls(text) == expected


def test_a_review_that_reversed() -> None:
    text = "A.Pass to B.End for 9 yards, TOUCHDOWN. The Replay Assistant challenged the pass completion"
    text += " ruling, and the play was REVERSED. A.Pass pass incomplete."
    assert review(text) == Review(
        "The Replay Assistant",
        "pass completion",
        True,
        "A.Pass to B.End for 9 yards, TOUCHDOWN. ",
        "A.Pass pass incomplete.",
    )


@pytest.mark.parametrize(("who"), ["Kansas City", "St. Louis", "New England"])
def test_a_challenge_that_was_lost(who: str) -> None:
    text = f"A.Pass to B.End (C.T). {who} challenged the spot ruling, and the play was Upheld. (Timeout #2.)"
    found = review(text)
    assert found is not None
    assert (found.who, found.reversed, charged(text)) == (who, False, 2)


def test_no_review() -> None:
    assert review("A.Pass to B.End.") is None
    assert charged("A.Pass to B.End.") is None


def test_injuries() -> None:
    text = "A run. CIN-R.Mid was injured during the play. CIN-C.De La Rosa was injured during the play."
    assert injuries(text) == [("CIN", "R.Mid"), ("CIN", "C.De La Rosa")]


def test_timeouts() -> None:
    assert timeout("Timeout #1 by KC at 00:52.") == (1, "KC")
    assert timeout("Timeout at 09:47.") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(:51) (Shotgun) A.Pass pass short left to B.End to KC 4 (C.T; D.T) [E.R].", "PASS"),
        ("(8:55) A.Back right guard to NO 42 for 8 yards.", "RUSH"),
        ("(8:55) A.Pass pass incomplete deep right.", "PASS_INCOMPLETE"),
        ("A.Pass pass deep INTERCEPTED by B.Safe.", "INTERCEPTION"),
        ("A.Pass sacked at KC 4 for -7 yards", "SACK"),
        ("A.Foot punts 40 yards", "PUNT"),
        ("A.Foot kicks 70 yards", "KICKOFF"),
        ("A.Foot 43 yard field goal is GOOD, NULLIFIED by Penalty", "FIELD_GOAL"),
        ("A.Foot 43 yard field goal is No Good", "FIELD_GOAL_MISS"),
        ("A.Foot extra point is GOOD", "EXTRA_POINT"),
        ("A.Foot extra point is Blocked", "EXTRA_POINT_MISS"),
        ("TWO-POINT CONVERSION ATTEMPT. A.Pass rushes. ATTEMPT SUCCEEDS.", "TWO_POINT"),
        ("TWO-POINT CONVERSION ATTEMPT. A.Pass rushes. ATTEMPT FAILS.", "TWO_POINT_MISS"),
        ("A.Pass kneels to KC 4", "KNEEL"),
        ("A.Pass spiked the ball", "SPIKE"),
        ("A.Back for 4 yards, TOUCHDOWN NULLIFIED by Penalty.", "TOUCHDOWN"),
        ("(6:48) (Shotgun) PENALTY on KC-B.Line, False Start, 5 yards, enforced at KC 29 - No Play.", None),
        ("(9:21) NO-W.End was injured during the play. ", None),
    ],
)
def test_what_a_sentence_tells_of(text: str, expected: str | None) -> None:
    assert kind(bare(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "A.Pass pass deep left to K.Wide for 17 yards, TOUCHDOWN NULLIFIED",
            Score("K.Wide", 17, "pass", False),
        ),
        ("A.Back up the middle for 21 yards, TOUCHDOWN.", Score("A.Back", 21, "rush", False)),
        (
            "A.Pass pass to B.End. FUMBLES, RECOVERED by NO-R.Safe at NO 43. R.Safe for 55 yards, TOUCHDOWN.",
            Score("R.Safe", 55, "fumble", True),
        ),
        (
            "A.Pass pass INTERCEPTED by B.Safe at KC 9. B.Safe for 9 yards, TOUCHDOWN.",
            Score("B.Safe", 9, "return", True),
        ),
        ("TOUCHDOWN", Score("", None, "rush", False)),
    ],
)
def test_touchdowns(text: str, expected: Score) -> None:
    assert touchdown(text) == expected


def test_names_and_bounds() -> None:
    assert player("Direct snap to Ty.O'Neil-Smith. left end") == "Ty.O'Neil-Smith"
    assert player("nobody") == ""
    assert out_of_bounds("A.Back ran ob at KC 4")
    assert not out_of_bounds("A.Back to KC 4")


def test_brackets_within_brackets() -> None:
    assert bare("(a (b) c) A.Back  right") == "A.Back right"
    assert bare("(((") == "((("
