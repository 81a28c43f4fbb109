import gzip
import re
from html import unescape

import msgspec
import pytest
from msgspec.structs import replace

from e2e.matchday import NOW, basketball_game, event, final_match, line, matchday, side, state
from scorewire.web.board import board
from scorewire.web.bundle import load_bundle
from scorewire.web.front import GAMES_MAX, Choice, sections
from scorewire.web.pages import PAGE_LEVEL
from scorewire.web.render import choose_featured, front_page, game_page, missing_page, sports_event, title

BUNDLE = load_bundle()


def text_of(html: str) -> str:
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def front(*, live: bool = False) -> str:
    games = [line(one) for one in matchday()]
    return front_page(
        bundle=BUNDLE,
        listed=sections(games, Choice(live=live), NOW),
        featured=final_match(),
        choice=Choice(live=live),
        whole=True,
        now_ms=NOW,
    )


def game(given: object = None) -> str:
    held = given or final_match()
    return game_page(bundle=BUNDLE, state=held, earlier=(), now_ms=NOW)  # type: ignore[arg-type]


def test_the_first_html_of_the_list_is_complete_without_a_script() -> None:
    text = text_of(front())
    assert re.search(r"67' [\d: ]*ARG Argentina 2 FRA France 1 red card 0", text)
    assert "TBD 22 Nov LIV Liverpool EVE Everton" in text
    assert "Final OT" in text
    assert "score under check" in text


def test_the_first_html_of_a_game_is_complete_without_a_script() -> None:
    text = text_of(game())
    for part in (
        "66:11",
        "2nd half",
        "Lionel Messi 23' (P)",
        "Lusail Stadium",
        "Goal cancelled",
        "cancelled",
    ):
        assert part in text
    assert '<meta http-equiv="refresh"' in game()


def test_a_page_stays_small() -> None:
    kinds = (final_match(), basketball_game())
    games = [replace(line(kinds[n % 2]), game_id=f"g{n}") for n in range(GAMES_MAX)]
    html = front_page(
        bundle=BUNDLE,
        listed=sections(games, Choice(), NOW),
        featured=final_match(),
        choice=Choice(),
        whole=True,
        now_ms=NOW,
    )
    assert len(gzip.compress(html.encode(), PAGE_LEVEL)) < 20_000
    long = [event(n, "FG2", "home", "Karl-Anthony Towns", period=1, clock="11:38") for n in range(1, 200)]
    html = game_page(bundle=BUNDLE, state=replace(basketball_game(), seq=250), earlier=long, now_ms=NOW)
    assert len(html.encode()) < 100_000


def test_nothing_in_a_page_asks_another_host_or_needs_inline_style_or_script() -> None:
    for html in (front(), game(), missing_page(bundle=BUNDLE)):
        assert not re.findall(r'(?:src|href|action)="(?!/|#)[^"]*"', html)
        assert " style=" not in html
        assert " on" not in re.sub(r">[^<]*<", "><", html).replace(" one", "")
        inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
        assert all("json" in attributes for attributes in inline)


def test_hostile_names_stay_text() -> None:
    evil = "</script><script>alert(1)</script>"
    held = replace(final_match(), home=side(evil, "X", 1), round=evil)
    html = game(held)
    assert "<script>alert" not in html
    assert "</script><script" not in html.replace("</script>\n<script", "")
    assert "&lt;script&gt;" in html


def test_the_page_carries_the_state_that_the_stream_goes_on_from() -> None:
    html = game()
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', html)
    assert held
    data = msgspec.json.decode(held[1])
    assert (data["state"]["seq"], data["state"]["epoch"], data["now"]) == (18, "k3v9x2aa", NOW)
    assert 'data-epoch="k3v9x2aa" data-seq="18"' in html


def test_earlier_events_come_before_those_of_the_state_and_none_twice() -> None:
    held = replace(final_match(), events=final_match().events[10:])
    html = game_page(bundle=BUNDLE, state=held, earlier=final_match().events, now_ms=NOW)
    shown = [int(seq) for seq in re.findall(r'data-seq="(\d+)" data-key', html)]
    assert shown == sorted(set(shown), reverse=True)
    assert min(shown) == 2
    data = re.search(r'id="data">(.*?)</script>', html)
    assert data
    assert [one["seq"] for one in msgspec.json.decode(data[1])["earlier"]] == list(range(1, 11))


def test_json_ld_describes_the_game() -> None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', game())
    assert found
    data = msgspec.json.decode(found[1])
    assert (data["@type"], data["startDate"]) == ("SportsEvent", "2026-11-21T12:30:00Z")
    assert data["homeTeam"]["name"] == "Argentina"
    assert data["location"]["name"] == "Lusail Stadium"


def test_a_name_with_the_score_carries_it_once_there_is_one() -> None:
    assert title(board(final_match(), NOW)) == "2–0 Argentina v France · 67'"
    assert title(board(state("g", status="scheduled"), NOW)) == "Argentina v France"


def test_what_is_shown_elsewhere_gives_no_result_away() -> None:
    """Titles and descriptions stand in tabs, searches and messages, where nobody asked for the score."""
    head = game().partition("</head>")[0]
    assert "<title>Argentina v France | Scorewire</title>" in head
    assert '<meta property="og:title" content="Argentina v France | Scorewire">' in head
    assert '<link rel="canonical" href="/game/wc2022-final">' in head
    told = re.sub(r'<(?:link|script)[^>]*>|"(?:startDate|endDate)":"[^"]*"', "", head)
    assert not re.search(r"\b2\s*[–-]\s*0\b", told)


@pytest.mark.parametrize(
    ("status", "said"),
    [("postponed", "EventPostponed"), ("cancelled", "EventCancelled"), ("void", "EventCancelled"),
     ("live", "EventScheduled"), ("final", "EventScheduled")],
)  # fmt: skip
def test_json_ld_says_whether_a_game_takes_place(status: str, said: str) -> None:
    told = sports_event(replace(final_match(), status=status))
    assert told["eventStatus"] == f"https://schema.org/{said}"
    assert told["organizer"] == {"@type": "SportsOrganization", "name": "World Cup"}


def test_the_featured_game_is_one_that_is_played() -> None:
    listed = sections([line(one) for one in matchday()], Choice(), NOW)
    assert choose_featured(listed) == "wc2022-final"
    assert choose_featured(()) is None


def test_an_empty_list_says_so() -> None:
    html = front_page(
        bundle=BUNDLE, listed=(), featured=None, choice=Choice(live=True), whole=True, now_ms=NOW
    )
    assert "Nothing is under way right now." in text_of(html)


def test_rows_without_news_show_no_empty_badges() -> None:
    html = game(replace(final_match(), detail={}, events=(), under_check=True))
    assert re.search(r'data-part="review" hidden', html)
    assert not re.search(r'data-part="check" hidden', html)
