import re
from importlib.resources import files
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


# The style sheet that pictures need.

CSS = files("scorewire.web").joinpath("static/pictures.css").read_text(encoding="utf-8")
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in files("scorewire.web.pictures").iterdir()
    if path.name.endswith(".py")
)


def test_every_class_of_a_mark_has_a_style() -> None:
    names = (
        "m goal fill step area bar ring floor lines frame blue red clay turf foul bag zone tick won drawn "
        "lost grid axis part word home away form"
    )
    for name in names.split():
        assert f".{name}" in CSS, name
        assert name in SOURCES, name


def _luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    text = colour.removeprefix("#")
    text = "".join(c * 2 for c in text) if len(text) == 3 else text
    parts = [int(text[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _variables(line: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", line))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ["", "pitch", "field", "court", "rink", "diamond"])
def test_marks_stand_out_from_the_ground_in_both_modes(kind: str, dark: bool) -> None:
    """WCAG 2.2 1.4.11: three to one for what has to be seen."""
    rules = [line for line in CSS.splitlines() if "--" in line and ('data-theme="dark"' in line) == dark]
    base = next(v for line in rules if "home" in (v := _variables(line)))
    own = next((_variables(line) for line in rules if f".picture.{kind}" in line), base) if kind else base
    grounds = [own["floor"], *([own["clay"]] if "clay" in own else [])]
    for side in (base["home"], base["away"]):
        for ground in grounds:
            low, high = sorted((_luminance(side), _luminance(ground)))
            assert (high + 0.05) / (low + 0.05) >= 3, (side, ground)


def test_dark_by_choice_and_dark_by_preference_are_the_same_colours() -> None:
    preferred = re.findall(r':root:not\(\[data-theme="light"\]\) (.*)', CSS)
    chosen = re.findall(r':root\[data-theme="dark"\] (.*)', CSS)
    assert preferred == chosen
