from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from scorewire.web.pictures.drawing import Plate, Teams, count, cut, figure, label, listed, n, text
from unit.web.pictures.drawn import HOSTILE, parsed


@pytest.mark.parametrize(
    ("value", "told"), [(0, "0"), (-0.04, "0"), (3.0, "3"), (3.14, "3.1"), (-2.5, "-2.5"), (100, "100")]
)
def test_numbers_are_short(value: float, told: str) -> None:
    assert n(value) == told


def test_counts_are_words() -> None:
    assert [count(k, "shot") for k in (0, 1, 2)] == ["no shots", "1 shot", "2 shots"]
    assert count(2, "loss", "losses") == "2 losses"
    assert listed(["a"]) == "a"
    assert listed(["a", "", "b", "c"]) == "a, b and c"


def test_a_long_name_is_cut_and_a_short_one_is_not() -> None:
    assert cut("Borussia Mönchengladbach 1900", 12) == "Borussia Mö…"
    assert cut("Ajax", 12) == "Ajax"
    assert Teams("Borussia Mönchengladbach", "Ajax", home_short="BMG").short("home") == "BMG"


def test_a_strangers_name_stays_text() -> None:
    shown = Markup("<svg>{}{}</svg>").format(
        label(1, 2, HOSTILE), Markup('<g class="{}"/>').format(text(HOSTILE))
    )
    root = ElementTree.fromstring(shown)
    assert [element.tag for element in root.iter()] == ["svg", "text", "g"]
    assert root[1].keys() == ["class"]
    told = root[0].text or ""
    assert told.startswith("</text></svg><script>")
    assert "\x00" not in told
    assert "\u202e" not in told


def test_a_figure_holds_its_plates_with_words_of_their_own() -> None:
    plate = Plate(width=10, height=5, body=Markup(""), title=HOSTILE, desc=HOSTILE)
    root = parsed(
        figure(key="a-1", kind="shots", heading=HOSTILE, legend=[[], [text("x")]], plates=[plate, plate])
    )
    assert len(root.findall(".//svg")) == 2
    assert len(root.findall(".//ul")) == 1


@pytest.mark.parametrize("key", ["", "a b", "A", "-a", 'a"', "a" * 81])
def test_a_key_that_is_no_id_is_our_own_fault(key: str) -> None:
    with pytest.raises(AssertionError):
        figure(key=key, kind="shots", heading="x", legend=[], plates=[])
