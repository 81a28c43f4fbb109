import pytest

from scorewire.model.score_state import Tree
from scorewire.web.situation import look, situation
from scorewire.web.words import SPORTS, Words

NAMES = {"home": "Reds", "away": "Blues"}
KNOWN: Tree = {
    "down": 3,
    "outs": 1,
    "runs": 2,
    "batting": "away",
    "late": False,
    "power_play": {"team": "home", "until": "8:48"},
    "left": {"home": 0, "away": 4},
    "bins": {"home": {"p9": "80:02", "p12": "68:20"}},
    "innings": {"1": {"team": "home", "runs": 229, "closed": "all_out"}, "2": {"team": "away", "runs": 44}},
    "kind": "sacrifice_fly",
}


def told(entry: Words, side: str = "", *, over: bool = False) -> tuple[str, ...]:
    return situation([entry], KNOWN, side, NAMES, over=over)


@pytest.mark.parametrize(
    ("entry", "side", "shown"),
    [
        ({"text": "ball"}, "", ("ball",)),
        ({"text": "until {power_play.until}"}, "", ("until 8:48",)),
        ({"text": "{left.$} left"}, "away", ("4 left",)),
        ({"text": "{left.$} left"}, "home", ("0 left",)),
        ({"text": "{down} & {togo}"}, "", ()),
        ({"text": "{kind}"}, "", ("sacrifice fly",)),
        ({"text": "{power_play}"}, "", ()),
        ({"text": "{late}"}, "", ()),
        ({"text": "{outs|out|outs}, {runs|run|runs}"}, "", ("1 out, 2 runs",)),
        ({"text": "{@batting} bat"}, "", ("Blues bat",)),
        ({"text": "{@down} bat"}, "", ()),
        ({"text": "{down}", "values": {"down": {"3": "3rd"}}}, "", ("3rd",)),
        ({"text": "batting", "is": "batting"}, "away", ("batting",)),
        ({"text": "batting", "is": "batting"}, "home", ()),
        ({"text": "late", "if": "late"}, "", ()),
        ({"text": "early", "unless": "late"}, "", ("early",)),
        ({"text": "first", "unless": "innings.2.runs"}, "", ()),
        ({"by": "batting", "texts": {"away": "chasing", "": "setting"}}, "", ("chasing",)),
        ({"by": "power_play", "texts": {"": "whoever"}}, "", ("whoever",)),
        ({"by": "batting", "texts": {"home": "setting"}}, "", ()),
    ],
)
def test_entries(entry: Words, side: str, shown: tuple[str, ...]) -> None:
    assert told(entry, side) == shown


def test_items_of_a_tree_are_told_one_by_one_in_the_order_of_their_names() -> None:
    assert told({"each": "bins.$", "text": "until {value}"}, "home") == ("until 68:20", "until 80:02")
    assert told({"each": "bins.$", "text": "{key}"}, "home") == ("p12", "p9")
    assert told({"each": "bins.$", "text": "until {value}"}, "away") == ()


def test_an_item_belongs_to_its_own_side_and_its_values_come_first() -> None:
    entry: Words = {"each": "innings", "own": "team", "by": "closed"}
    entry["texts"] = {"all_out": "{runs}", "": "{runs}/{down}"}
    assert told(entry, "home") == ("229",)
    assert told(entry, "away") == ("44/3",)


def test_only_what_lasts_is_told_once_the_game_is_over() -> None:
    assert told({"text": "ball"}, over=True) == ()
    assert told({"text": "won", "over": True}, over=True) == ("won",)


def test_what_lies_below_no_tree_is_nothing() -> None:
    assert look(KNOWN, "down.deeper") is None
    assert look(None, "down") is None


@pytest.mark.parametrize("sport", SPORTS)
@pytest.mark.parametrize("value", [1, "x", True, {}, {"home": 1}, {"1": {"team": "home"}}])
def test_whatever_detail_holds_there_is_an_answer(sport: str, value: object) -> None:
    for place, side in (("at_side", "home"), ("at_side", "away"), ("in_game", "")):
        known = dict.fromkeys([*_names(SPORTS[sport][place]), "current"], value)
        for over in (False, True):
            shown = situation(SPORTS[sport][place], known, side, NAMES, over=over)
            assert all(text and "{" not in text for text in shown)


def _names(entries: list[Words]) -> set[str]:
    paths = [
        str(entry[key]) for entry in entries for key in ("is", "if", "unless", "by", "each") if key in entry
    ]
    paths += [part.partition("}")[0].lstrip("@") for entry in entries for part in str(entry).split("{")]
    return {path.partition(".")[0].partition("|")[0] for path in paths if path}
