import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from e2e.matchday import final_match
from scorewire.web import game_parts
from scorewire.web.plays import Plays
from unit.web.played import FOUR_THREE_THREE, claim, eleven, plays

EVIL = "</script><img src=x onerror=alert(1)>"


def box(**given: Any) -> bytes:
    line = {
        "id": "h1",
        "name": "Ada",
        "number": "9",
        "position": "F",
        "starter": True,
        "played": True,
        "tables": {"box": {"MIN": 5400, "G": 2}},
    }
    side = {"id": "arg", "name": "Argentina", "totals": {"box": {"G": 2}}, "players": [line | given]}
    columns = {"box": [{"id": "MIN", "name": "Minutes played", "unit": "s"}, {"id": "G", "name": "Goals"}]}
    away = {"id": "fra", "name": "France", "totals": {"box": {"G": 1}}, "players": []}
    return msgspec.json.encode({"sport": "soccer", "columns": columns, "home": side, "away": away})


def told() -> Plays:
    return plays(
        claim("LINEUP", **eleven(*FOUR_THREE_THREE)),
        claim("LINEUP", "away", **eleven(*FOUR_THREE_THREE, letter="A")),
        claim("GOAL", who="H11", clock="22:10", x=0.9, y=0.5),
    )


def test_a_tab_is_there_where_it_has_something_to_show() -> None:
    state = final_match()
    assert game_parts.tabs(state, plays(), None) == ("", "replay")
    assert game_parts.tabs(state, told(), box()) == ("", "stats", "lineups", "pictures", "replay")
    assert game_parts.tabs(state, plays(), box(played=False, tables={})) == ("", "stats", "replay")
    assert game_parts.tabs(replace(state, status="scheduled"), plays(), None) == ("",)


def test_a_box_score_is_a_table_with_a_caption_scopes_and_full_names() -> None:
    html = game_parts.drawn("stats", final_match(), Plays(), box())
    assert '<abbr title="Minutes played">MIN</abbr>' in html
    assert '<td data-v="5400">90:00</td><td>2</td>' in html
    assert 'Players<span class="unseen"> of Argentina</span></caption>' in html
    assert html.count("<caption") == html.count("<table") == 1
    headings = re.findall(r"<th\b[^>]*>", html)
    assert headings
    assert all("scope=" in one for one in headings)
    assert 'role="region"' in html
    assert "<div><dt>MIN</dt><dd>Minutes played</dd></div>" in html
    assert '<a href="/player/h1">Ada</a>' in html
    assert "Goals</dt><dd>1</dd>" in html
    assert "Nothing has been counted" in game_parts.drawn("stats", final_match(), Plays(), None)


def test_line_ups_show_both_elevens_on_a_pitch_and_by_name() -> None:
    html = game_parts.drawn("lineups", final_match(), told(), None)
    assert "4-3-3" in html
    assert html.count("<li><span") == 22
    assert '<span class="unseen">goal </span>23\'' in html.replace("&#39;", "'")
    assert "Nobody has said" in game_parts.drawn("lineups", final_match(), plays(), None)


def test_pictures_are_drawn_and_the_foremost_leads() -> None:
    state = final_match()
    assert "<h3>Shots</h3>" in game_parts.drawn("pictures", state, told(), None)
    assert "<h3>Shots</h3>" in game_parts.lead(state, told())
    assert game_parts.lead(state, plays()) == ""
    assert "nothing to draw" in game_parts.drawn("pictures", state, plays(), None)


@pytest.mark.parametrize("tab", ["stats", "lineups", "pictures"])
def test_strangers_words_stay_text(tab: str) -> None:
    evil = plays(
        claim("LINEUP", **{EVIL: f"{EVIL}|{EVIL}|{EVIL}|starter"}),
        claim("SUBSTITUTION", who="H1", **{"in": EVIL, "in_id": EVIL}),
        claim("GOAL", who="Ada", clock="22:10", x=0.9, y=0.5),
    )
    html = game_parts.drawn(tab, final_match(), evil, box(name=EVIL, position=EVIL, id=EVIL))
    assert "<img" not in html
    assert " style=" not in html
    assert not re.findall(r'href="(?!/|#)[^"]*"', html)
