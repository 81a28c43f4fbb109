"""The grammar of Retrosheet's plays, one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.providers.retrosheet_play import BATTER, Part, Play, read

FULL = {1: "a", 2: "b", 3: "c"}


def play(text: str, **on: str) -> Play:
    """The play, with runners as `r1="a"`."""
    found = read(text, "bat", {int(name[1]): who for name, who in on.items()})
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "on", "expected"),
    [
        ("S8/L", {}, ("SINGLE", 0, {1: "bat"}, [], 0)),
        ("S9/L.3-H;2-H;1-3", FULL, ("SINGLE", 0, {1: "bat", 3: "a"}, ["c", "b"], 2)),
        ("D7/G+", {}, ("DOUBLE", 0, {2: "bat"}, [], 0)),
        ("DGR/9/L.1-3", {1: "a"}, ("DOUBLE", 0, {2: "bat", 3: "a"}, [], 0)),
        ("T8/F.1-H", {1: "a"}, ("TRIPLE", 0, {3: "bat"}, ["a"], 1)),
        ("HR/78/L.1-H", {1: "a"}, ("HOME_RUN", 0, {}, ["a", "bat"], 2)),
        ("HR/78/L", FULL, ("HOME_RUN", 0, {}, ["c", "b", "a", "bat"], 4)),
        ("H9/F", {}, ("HOME_RUN", 0, {}, ["bat"], 1)),
        ("W.1-2", {1: "a"}, ("WALK", 0, {1: "bat", 2: "a"}, [], 0)),
        ("W", {1: "a", 3: "c"}, ("WALK", 0, {1: "bat", 2: "a", 3: "c"}, [], 0)),
        ("IW", {2: "b"}, ("WALK", 0, {1: "bat", 2: "b"}, [], 0)),
        ("HP.3-H;2-3;1-2", FULL, ("HIT_BY_PITCH", 0, {1: "bat", 2: "a", 3: "b"}, ["c"], 1)),
        ("C/E2.1-2", {1: "a"}, ("INTERFERENCE", 0, {1: "bat", 2: "a"}, [], 0)),
        ("K", {1: "a"}, ("STRIKEOUT", 1, {1: "a"}, [], 0)),
        ("K23", {}, ("STRIKEOUT", 1, {}, [], 0)),
        ("K+WP.B-1", {}, ("STRIKEOUT", 0, {1: "bat"}, [], 0)),
        ("K.BX1(23)", {}, ("STRIKEOUT", 1, {}, [], 0)),
        ("63/G", {}, ("OUT", 1, {}, [], 0)),
        ("63/G.3-H", {3: "c"}, ("OUT", 1, {}, ["c"], 1)),
        ("64(1)3/GDP", {1: "a"}, ("OUT", 2, {}, [], 0)),
        ("64(1)3/GDP.3-H", {1: "a", 3: "c"}, ("OUT", 2, {}, ["c"], 0)),
        ("64(1)/FO/G", {1: "a"}, ("OUT", 1, {1: "bat"}, [], 0)),
        ("8(B)84(2)/LDP", {2: "b"}, ("OUT", 2, {}, [], 0)),
        ("1(B)16(2)63(1)/LTP", {1: "a", 2: "b"}, ("OUT", 3, {}, [], 0)),
        ("8/SF.3-H", {3: "c"}, ("OUT", 1, {}, ["c"], 1)),
        ("23/SH.1-2", {1: "a"}, ("OUT", 1, {2: "a"}, [], 0)),
        ("FC6/G.3XH(62)", {3: "c"}, ("FIELDERS_CHOICE", 1, {1: "bat"}, [], 0)),
        ("E6/TH.3-H(NR)(UR)", {3: "c"}, ("REACHED_ON_ERROR", 0, {1: "bat"}, ["c"], 0)),
        ("E6.3-H(RBI)", {3: "c"}, ("REACHED_ON_ERROR", 0, {1: "bat"}, ["c"], 1)),
        ("6E3/G", {}, ("REACHED_ON_ERROR", 0, {1: "bat"}, [], 0)),
        ("SB2", {1: "a"}, ("STOLEN_BASE", 0, {2: "a"}, [], 0)),
        ("SB2.1-3(E2/TH)", {1: "a"}, ("STOLEN_BASE", 0, {3: "a"}, [], 0)),
        ("SBH(UR)", {3: "c"}, ("STOLEN_BASE", 0, {}, ["c"], 0)),
        ("SB3;SB2", {1: "a", 2: "b"}, ("STOLEN_BASE", 0, {2: "a", 3: "b"}, [], 0)),
        ("CS2(26)", {1: "a"}, ("CAUGHT_STEALING", 1, {}, [], 0)),
        ("CS2(2E4).1-3", {1: "a"}, ("CAUGHT_STEALING", 0, {3: "a"}, [], 0)),
        ("POCS2(136)", {1: "a"}, ("CAUGHT_STEALING", 1, {}, [], 0)),
        ("PO1(13)", {1: "a"}, ("PICKOFF", 1, {}, [], 0)),
        ("PO1(E1).1-2", {1: "a"}, ("PICKOFF", 0, {2: "a"}, [], 0)),
        ("WP.3-H;1-2", {1: "a", 3: "c"}, ("WILD_PITCH", 0, {2: "a"}, ["c"], 0)),
        ("DI.1-2", {1: "a"}, ("ADVANCE", 0, {2: "a"}, [], 0)),
        ("OA.2X3(25)", {2: "b"}, ("RUNNER_OUT", 1, {}, [], 0)),
        ("FLE3", {1: "a"}, ("", 0, {1: "a"}, [], 0)),
    ],
)
def test_what_a_play_does(text: str, on: dict[int, str], expected: tuple) -> None:
    found = read(text, "bat", on)
    assert found is not None
    assert (found.parts[0].kind, found.outs, found.bases, found.scored, found.batted_in) == expected
    assert found.flaws == 0


@pytest.mark.parametrize(
    ("text", "outs", "bases", "errors"),
    [
        ("S8.1X3(8E5)", 0, {1: "bat", 3: "a"}, [5]),
        ("S8.1XH(E8)(92)", 1, {1: "bat"}, [8]),
        ("D7.1-H(E7/TH)(UR)(NR)", 0, {2: "bat"}, [7]),
        ("D7.BX3(75)", 1, {1: "a"}, []),
        ("S7.BX2(7E4)", 0, {1: "a", 2: "bat"}, [4]),
        ("E4.1-3", 0, {1: "bat", 3: "a"}, [4]),
        ("C/E2.1-2", 0, {1: "bat", 2: "a"}, [2]),
        ("K2E3.1-2", 0, {1: "bat", 2: "a"}, [3]),
    ],
)
def test_an_error_undoes_the_out_that_it_spoils(
    text: str, outs: int, bases: dict[int, str], errors: list[int]
) -> None:
    found = play(text, r1="a")
    assert (found.outs, found.errors) == (outs, errors)
    assert bases.items() <= found.bases.items()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("63/G56", "groundout"),
        ("8/F78XD+", "flyout"),
        ("64(1)3/GDP/G6", "double_play"),
        ("9/SF/L89.3-H", "sacrifice_fly"),
        ("14/SH/BG1", "sacrifice_bunt"),
        ("64(1)/FO/G", "force_out"),
        ("4/P", "popout"),
        ("6/L!", "lineout"),
        ("DGR/7/L", "ground_rule"),
        ("IW", "intentional"),
        ("HR9/F/IPHR", "inside_the_park"),
        ("S8/L", ""),
    ],
)
def test_the_kind_of_a_play(text: str, kind: str) -> None:
    assert play(text, r1="a", r3="c").kind == kind


def test_parts_share_the_outs() -> None:
    assert play("K+CS2(26)/DP", r1="a").parts == [
        Part("STRIKEOUT", BATTER, 1),
        Part("CAUGHT_STEALING", 1, 1),
    ]
    assert play("K+SB2", r1="a").parts == [Part("STRIKEOUT", BATTER, 1), Part("STOLEN_BASE", 1, 0)]
    assert play("S8.1XH(82)", r1="a").parts == [Part("SINGLE", BATTER, 1)]


def test_unearned_runs_are_counted() -> None:
    assert play("E6.3-H(UR);2-H(UR)(NR)", r2="b", r3="c").unearned == 2


@pytest.mark.parametrize("text", ["", "XYZ", "S8;;Q", "64(9)", "SB4"])
def test_what_is_no_play(text: str) -> None:
    assert read(text, "bat", {}) is None


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("S8.2-H", {}),
        ("SB2", {}),
        ("S8.1-3", {1: "a", 3: "c"}),
        ("S8.3-2", {3: "c"}),
        ("S8.what", {}),
    ],
)
def test_what_does_not_fit_is_flawed(text: str, on: dict[int, str]) -> None:
    found = read(text, "bat", on)
    assert found is not None
    assert found.flaws > 0


@given(st.text("0123456789SDTHRWKEFCPOBILGXU()/+-.;! ", max_size=25))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read(text, "bat", dict(FULL))
    if found is not None:
        assert 0 <= found.outs <= 4
        assert set(found.bases) <= {1, 2, 3}
