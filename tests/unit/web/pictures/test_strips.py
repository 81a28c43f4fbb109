from xml.etree import ElementTree

from scorewire.web.pictures.strips import FORM_MAX, Outcome, Result, form, season, streak
from unit.web.pictures.drawn import BYTES_MAX, HOSTILE, described, parsed


def results(letters: str) -> list[Result]:
    words: dict[str, Outcome] = {"W": "won", "D": "drawn", "L": "lost"}
    return [Result(words[letter], "2–1", "Blues") for letter in letters]


def test_a_form_has_the_newest_last_with_letters() -> None:
    root = ElementTree.fromstring(form(results("LLLLWWDL"), team="Reds", key="f"))
    assert [text.text for text in root.iter("text")] == list("LLLLWWDL")
    assert root[1].text == "Oldest first: lost, lost, lost, lost, won, won, drawn, lost."
    tips = [title.text for title in root.iter("title")]
    assert tips[-1] == "Lost 2–1 against Blues"


def test_a_long_form_is_cut_and_an_empty_one_says_so() -> None:
    assert form(results("W" * 30), team="Reds", key="f").count("<rect") == FORM_MAX
    assert "No games yet." in form([], team="Reds", key="f")


def test_a_sport_may_have_letters_of_its_own() -> None:
    assert ">OT</text>" in form([Result("lost", letter="OT")], team="Reds", key="f")


def test_a_season_tells_results_by_their_place() -> None:
    root = parsed(season(results("WDL"), team="Reds", key="s"))
    ticks = {path.get("class"): path.get("d") or "" for path in root.iterfind(".//div//path")}
    tops = {
        name: float(d.split("V")[1].split("H")[0]) for name, d in ticks.items() if name and "tick" in name
    }
    assert tops["tick won"] < tops["tick drawn"] < tops["tick lost"]


def test_the_words_tell_the_tally_and_the_streak() -> None:
    told = described(season(results("LWDWWW"), team="Reds", key="s"))
    assert told == "Reds: 6 games, 4 won, 1 drawn, 1 lost. The last 3 in a row were won."
    assert described(season([], team="Reds", key="s")) == "Reds: no games yet."
    assert streak([]) is None
    assert streak(results("LLW")) == ("won", 1)


def test_hostile_names_stay_names_and_seasons_stay_small() -> None:
    hostile = [Result("won", HOSTILE, HOSTILE, HOSTILE)] * 300
    parsed(season(hostile, team=HOSTILE, key="s"))
    shown = form(hostile, team=HOSTILE, key="f")
    ElementTree.fromstring(shown)
    assert len(shown.encode()) < BYTES_MAX
