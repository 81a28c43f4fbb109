"""What RFC 9110, 9111, 5861, 9211, 9213 and 8246 ask of a cache before a node, each as one case.

A case is a function that is given a Ground and asserts. `departs` names the proxies that do otherwise, and
why that does no harm; the table in docs/caching.md is made of all this.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from e2e.caching_ground import FRESH_S, Ground, Page, counted, kept, until
from e2e.origin import Asked, Said
from node_process import declare, event

ENDED_S = FRESH_S + 0.3
"""After this an answer of FRESH_S is stale."""
SECONDS_S = 1.1
"""nginx counts whole seconds, so all that ends may end so much later there."""
LONG = "public, max-age=60, immutable"
"""The Varnish of deploy/ keeps nothing else for more than a second."""
MANY = 20


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    rfc: str
    words: str
    check: Callable[[Ground], None]
    departs: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.check.__name__


# RFC 9110: what a node says, and what a proxy makes of conditions.


def strong_validators(ground: Ground) -> None:
    first, second = ground.read(), ground.read()
    tag = first.headers["etag"]
    assert tag == second.headers["etag"] == ground.node.get(ground.score).headers["etag"]
    assert tag.startswith(f'"{ground.game}-')


def none_match(ground: Ground) -> None:
    tag = ground.read().headers["etag"]
    answer = ground.read(If_None_Match=tag)
    assert (answer.status_code, answer.content) == (304, b"")


def none_match_weakly(ground: Ground) -> None:
    tag = ground.read().headers["etag"]
    assert ground.read(If_None_Match=f"W/{tag}").status_code == 304


def none_match_list(ground: Ground) -> None:
    tag = ground.read().headers["etag"]
    assert ground.read(If_None_Match=f'"other", {tag}').status_code == 304
    assert ground.read(If_None_Match='"other", "another"').status_code == 200


def none_match_any(ground: Ground) -> None:
    ground.read()
    assert ground.read(If_None_Match="*").status_code == 304


def a_304_leaves_the_connection_as_it_was(ground: Ground) -> None:
    with httpx.Client(base_url=ground.before_node.url) as client:
        whole = client.get(ground.score)
        for asked in (f'"other", {whole.headers["etag"]}', "*"):
            same = client.get(ground.score, headers={"If-None-Match": asked})
            assert (same.status_code, same.content) == (304, b"")
            assert client.get(ground.score).content == whole.content


def modified_since(ground: Ground) -> None:
    last = ground.read().headers["last-modified"]
    assert ground.read(If_Modified_Since=last).status_code == 304
    assert ground.read(If_Modified_Since="Sun, 06 Nov 1994 08:49:37 GMT").status_code == 200


def none_match_goes_first(ground: Ground) -> None:
    last = ground.read().headers["last-modified"]
    assert ground.read(If_None_Match='"other"', If_Modified_Since=last).status_code == 200


def unchanged_says_the_same(ground: Ground) -> None:
    whole = ground.read()
    same = ground.read(If_None_Match=whole.headers["etag"])
    for name in ("etag", "cache-control", "cdn-cache-control", "last-modified"):
        assert same.headers[name] == whole.headers[name], name
    assert "date" in same.headers
    assert "vary" not in whole.headers


def head_is_get_without_content(ground: Ground) -> None:
    whole, head = ground.read(), ground.read(method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "cache-control", "content-type", "content-length"):
        assert head.headers[name] == whole.headers[name], name


def head_from_what_get_left(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    ground.ask(page)
    head = ground.ask(page, "HEAD")
    assert (head.status_code, head.headers["content-length"], len(page.asked)) == (200, "1", 1)


def a_range_is_right_or_ignored(ground: Ground) -> None:
    whole = ground.read()
    part = ground.read(Range="bytes=1-9")
    assert (part.status_code, part.content) in ((206, whole.content[1:10]), (200, whole.content))
    if part.status_code == 206:
        assert part.headers["content-range"] == f"bytes 1-9/{len(whole.content)}"
    assert ground.node.get(ground.score, headers={"Range": "bytes=1-9"}).status_code == 200


def a_range_of_something_else(ground: Ground) -> None:
    whole = ground.read()
    part = ground.read(Range="bytes=1-9", If_Range='"other"')
    assert (part.status_code, part.content) == (200, whole.content)


def a_preflight_reaches_the_node(ground: Ground) -> None:
    asked = {"Origin": "https://a.example", "Access_Control_Request_Method": "GET"}
    for _ in range(2):
        answer = ground.read(method="OPTIONS", **asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
    assert ground.read(Origin="https://a.example").headers["access-control-allow-origin"] == "*"


# RFC 9111: what may be stored, and for how long.


def fresh_is_not_asked_for(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    assert [ground.ask(page).text for _ in range(3)] == ["1"] * 3


def stale_is_asked_for(ground: Ground) -> None:
    page = ground.page(counted())
    assert ground.ask(page).text == "1"
    time.sleep(ENDED_S)
    until(lambda: ground.ask(page).text != "1", "the old one is given for ever")


def validation_names_what_is_stored(ground: Ground) -> None:
    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"a"':
            return Said(304, headers={"etag": '"a"', "cache-control": f"public, max-age={FRESH_S}"})
        return kept(b"whole", etag='"a"')

    page = ground.page(answer)
    assert ground.ask(page).text == "whole"
    time.sleep(ENDED_S)
    until(lambda: ground.ask(page).text == "whole" and len(page.asked) > 1, "it never asked again")
    assert page.asked[1].headers["if-none-match"] == '"a"'


def a_304_freshens_what_is_stored(ground: Ground) -> None:
    def answer(asked: Asked) -> Said:
        control = f"public, max-age={FRESH_S}"
        told = {"etag": '"a"', "cache-control": control, "cdn-cache-control": control}
        if "if-none-match" in asked.headers:
            return Said(304, headers={**told, "x-told": "second"})
        return Said(body=b"whole", headers={**told, "x-told": "first"})

    page = ground.page(answer)
    assert ground.ask(page).headers["x-told"] == "first"
    time.sleep(ENDED_S)
    until(lambda: len(page.asked) > 1 or not ground.ask(page), "it never asked again")
    seen = ground.ask(page)
    assert (seen.text, seen.headers["x-told"]) == ("whole", "second")


def age_is_told(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    ground.ask(page)
    time.sleep(1.1)
    assert int(ground.ask(page).headers["age"]) >= 1


def an_age_that_comes_along_counts(ground: Ground) -> None:
    page = ground.page(counted(control=LONG, age="60"))
    first = ground.ask(page).text
    assert ground.ask(page).text != first


def no_store_is_not_stored(ground: Ground) -> None:
    page = ground.page(counted(control="no-store"))
    assert [ground.ask(page).text for _ in range(3)] == ["1", "2", "3"]


def private_is_not_stored(ground: Ground) -> None:
    page = ground.page(counted(control="private, max-age=60"))
    assert [ground.ask(page).text for _ in range(3)] == ["1", "2", "3"]


def no_cache_is_validated_each_time(ground: Ground) -> None:
    page = ground.page(counted(control="no-cache"))
    assert [ground.ask(page).text for _ in range(3)] == ["1", "2", "3"]


def no_problem_is_kept(ground: Ground) -> None:
    game = f"later-{ground.kind}"
    assert ground.read(f"/v1/games/{game}/score").status_code == 404
    assert ground.node.post("acme", declare(game)).status_code == 202
    ground.node.settle(game, 1)
    assert ground.read(f"/v1/games/{game}/score").status_code == 200
    above = ground.read(f"/v1/games/{game}/score?seq=2")
    assert (above.status_code, above.headers["cache-control"]) == (404, "no-store")
    assert ground.node.post("acme", event(game, 1, "PERIOD_START", period=1)).status_code == 202
    ground.node.settle(game, 2)
    assert ground.read(f"/v1/games/{game}/score?seq=2").status_code == 200


def a_token_is_never_answered_from_the_store(ground: Ground) -> None:
    page = ground.page(lambda asked: kept(asked.headers.get("authorization", "anyone").encode()))
    assert ground.ask(page, Authorization="Bearer mine").text == "Bearer mine"
    assert ground.ask(page).text == "anyone"
    assert ground.ask(page, Authorization="Bearer yours").text == "Bearer yours"
    assert ground.ask(page).text == "anyone"


def a_cookie_changes_nothing(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    assert [ground.ask(page, Cookie=f"a={n}").text for n in range(3)] == ["1"] * 3


def variants_are_kept_apart(ground: Ground) -> None:
    page = ground.page(lambda asked: kept(asked.headers["x-tongue"].encode(), vary="X-Tongue"))
    for _ in range(2):
        for tongue in ("de", "fr"):
            assert ground.ask(page, X_Tongue=tongue).text == tongue


def vary_on_everything_is_never_reused(ground: Ground) -> None:
    page = ground.page(counted(control=LONG, vary="*"))
    assert [ground.ask(page).text for _ in range(3)] == ["1", "2", "3"]


def what_does_not_vary_is_one_answer(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    asked = [{"Accept": "text/html"}, {"Accept_Language": "de"}, {"User_Agent": "other"}]
    assert [ground.ask(page, **headers).text for headers in asked] == ["1"] * 3


def a_query_is_part_of_the_name(ground: Ground) -> None:
    page = ground.page(lambda asked: kept(asked.target.partition("?")[2].encode()))
    for _ in range(2):
        assert [ground.ask(page, query=f"?limit={n}").text for n in (1, 2)] == ["limit=1", "limit=2"]


def what_is_refused_invalidates_nothing(ground: Ground) -> None:
    before = ground.read().headers["etag"]
    assert ground.read(method="POST").status_code == 405
    assert ground.read(method="DELETE").status_code == 405
    assert ground.read().headers["etag"] == before


def an_unsafe_method_invalidates(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    first = ground.ask(page).text
    assert ground.ask(page, "POST").status_code == 200
    assert ground.ask(page).text != first


def many_who_wait_are_one_request(ground: Ground) -> None:
    def slowly(_: Asked) -> Said:
        time.sleep(0.5)
        return kept(b"1", control=LONG)

    page = ground.page(slowly)
    told = at_once(lambda: ground.ask(page))
    assert ([answer.text for answer in told], len(page.asked)) == (["1"] * MANY, 1)


def a_reload_reaches_nobody(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    asked = [{}, {"Cache_Control": "no-cache"}, {"Cache_Control": "max-age=0"}, {"Pragma": "no-cache"}]
    assert [ground.ask(page, **headers).text for headers in asked] == ["1"] * len(asked)


# RFC 5861: what may be given although it is old.

STALE = f"public, max-age={FRESH_S}, stale-while-revalidate=1, stale-if-error=60"


def stale_while_revalidate(ground: Ground) -> None:
    page = ground.page(counted(control=STALE))
    assert ground.ask(page).text == "1"
    again = page.answer

    def slowly(asked: Asked) -> Said:
        time.sleep(0.7)
        return again(asked)

    page.answer = slowly
    time.sleep(ENDED_S)
    begun = time.monotonic()
    told = ground.ask(page).text
    took = time.monotonic() - begun
    if begun - took < FRESH_S + 1:
        assert told == "1"
        assert took < 0.7, "it waited for the new one"
    until(lambda: ground.ask(page).text != "1", "the new one never came")


def no_longer_than_allowed_while_revalidating(ground: Ground) -> None:
    page = ground.page(counted(control=STALE))
    assert ground.ask(page).text == "1"
    time.sleep(FRESH_S + 1 + SECONDS_S)
    assert ground.ask(page).text == "2", "who comes first after a lull is given what was true before it"


def stale_if_error(ground: Ground) -> None:
    page = ground.page(counted(control=STALE))
    assert ground.ask(page).text == "1"
    for status in (500, 502, 503, 504):
        fail(ground, page, status, wait_s=FRESH_S + 1 + SECONDS_S if status == 500 else 0)
    recover(ground, page)


def stale_if_gone(ground: Ground) -> None:
    page = ground.page(counted(control=STALE))
    assert ground.ask(page).text == "1"
    fail(ground, page, 0, wait_s=FRESH_S + 1 + SECONDS_S)
    fail(ground, page, 0, wait_s=0)
    recover(ground, page)


def fail(ground: Ground, page: Page, status: int, *, wait_s: float) -> None:
    page.answer = lambda _: Said(status, b"broken")
    time.sleep(wait_s)
    told = ground.ask(page)
    assert (told.status_code, told.text) == (200, "1"), status


def recover(ground: Ground, page: Page) -> None:
    page.answer = lambda _: kept(b"2", control=STALE)
    until(lambda: ground.ask(page).text == "2", "it does not recover")


def no_longer_than_allowed_on_error(ground: Ground) -> None:
    control = f"public, max-age={FRESH_S}, stale-while-revalidate=0, stale-if-error=1"
    page = ground.page(counted(control=control))
    assert ground.ask(page).text == "1"
    page.answer = lambda _: Said(500, b"broken")
    time.sleep(FRESH_S + 1 + SECONDS_S)
    assert ground.ask(page).status_code >= 500


def never_on_error_unless_allowed(ground: Ground) -> None:
    page = ground.page(counted(control=f"public, max-age={FRESH_S}, must-revalidate"))
    assert ground.ask(page).text == "1"
    page.answer = lambda _: Said(500, b"broken")
    time.sleep(ENDED_S)
    until(lambda: ground.ask(page).status_code >= 500, "it is given although it must be validated", 3)


def an_error_is_passed_where_there_is_nothing(ground: Ground) -> None:
    page = ground.page(Said(503, b"broken", {"retry-after": "7", "cache-control": "no-store"}))
    answer = ground.ask(page)
    assert (answer.status_code, answer.headers["retry-after"], answer.text) == (503, "7", "broken")


# RFC 9213, 8246, 9211.


def a_cdn_has_a_lifetime_of_its_own(ground: Ground) -> None:
    page = ground.page(counted(control="no-store", cdn_cache_control=LONG))
    answer = ground.ask(page)
    assert answer.headers["cache-control"] == "no-store"
    page = ground.page(counted(control=LONG, cdn_cache_control="no-store"))
    assert [ground.ask(page).text for _ in range(3)] == ["1", "2", "3"]


def a_named_answer_is_for_ever(ground: Ground) -> None:
    epoch = json.loads(ground.read().content)["epoch"]
    path = f"{ground.score}?seq=1&epoch={epoch}"
    first = ground.read(path)
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    time.sleep(ENDED_S + 1)
    again = ground.read(path)
    assert again.content == first.content
    assert again.headers["x-cache"] == "HIT"
    gone = ground.read(f"{ground.score}?seq=1&epoch=another")
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store")


def cache_status_says_what_was_done(ground: Ground) -> None:
    page = ground.page(counted(control=LONG))
    first, second = ground.ask(page), ground.ask(page)
    assert f"{ground.kind}; fwd=" in first.headers["cache-status"]
    assert f"{ground.kind}; hit" in second.headers["cache-status"]
    token = ground.ask(page, Authorization="Bearer mine")
    assert f"{ground.kind}; fwd=bypass" in token.headers["cache-status"]


def at_once(ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The same question by MANY at the same time."""
    told: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: told.append(ask())) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


_NEVER = dict.fromkeys(("varnish", "nginx"), "not built in; no address of a node takes both reads and writes")
_NO_AGE = {"nginx": "sends none; it passes Date on, from which a browser reckons the same"}
_AGE_UNREAD = {"nginx": "reads none; a node sends none, so put it before nodes and not before caches"}
_NOT_FRESHENED = {"nginx": "keeps the first headers; with the same ETag a node sends the same"}
_PASSED_ON = {"nginx": "passes on what a node says that lives; its only setting for them knows no end"}
_ONE_HEADER = {"nginx": "reads Cache-Control alone, whose times are the shorter ones"}

CASES = (
    Case("9110 8.8.3", "a strong ETag, the node's own", strong_validators),
    Case("9110 13.1.2", "If-None-Match that holds: 304 without content", none_match),
    Case("9110 13.1.2", "compared weakly", none_match_weakly),
    Case("9110 13.1.2", "a list of tags", none_match_list),
    Case("9110 13.1.2", "`*`", none_match_any),
    Case("9112 6.3", "a 304 leaves the connection as it was", a_304_leaves_the_connection_as_it_was),
    Case("9110 13.1.3", "If-Modified-Since", modified_since),
    Case("9110 13.2.2", "If-None-Match decides alone", none_match_goes_first),
    Case("9110 15.4.5", "a 304 carries what the 200 does; no Vary", unchanged_says_the_same),
    Case("9110 9.3.2", "HEAD is GET without content", head_is_get_without_content),
    Case("9110 9.3.2", "HEAD is answered from what GET left", head_from_what_get_left),
    Case("9110 14.2", "a range is right, or ignored", a_range_is_right_or_ignored),
    Case("9110 13.1.5", "If-Range of something else: all of it", a_range_of_something_else),
    Case("9110 9.3.7", "a preflight reaches the node", a_preflight_reaches_the_node),
    Case("9111 4.2", "what is fresh is not asked for", fresh_is_not_asked_for),
    Case("9111 4.2.4", "what is stale is asked for", stale_is_asked_for),
    Case("9111 4.3.1", "validation names what is stored", validation_names_what_is_stored),
    Case("9111 4.3.4", "a 304 freshens the stored headers", a_304_freshens_what_is_stored, _NOT_FRESHENED),
    Case("9111 5.1", "Age is told", age_is_told, _NO_AGE),
    Case("9111 4.2.3", "an Age that comes along counts", an_age_that_comes_along_counts, _AGE_UNREAD),
    Case("9111 5.2.2.5", "no-store is not stored", no_store_is_not_stored),
    Case("9111 5.2.2.7", "private is not stored", private_is_not_stored),
    Case("9111 5.2.2.4", "no-cache is validated each time", no_cache_is_validated_each_time),
    Case("9111 3", "no problem is kept: a game, a seq that comes later is seen", no_problem_is_kept),
    Case("9111 3.5", "what a token asked for is nobody else's", a_token_is_never_answered_from_the_store),
    Case("9111 4", "a cookie changes nothing", a_cookie_changes_nothing),
    Case("9111 4.1", "variants are kept apart", variants_are_kept_apart),
    Case("9111 4.1", "`Vary: *` is never reused", vary_on_everything_is_never_reused),
    Case("9111 4.1", "what does not vary is one answer for all", what_does_not_vary_is_one_answer),
    Case("9111 4", "the query is part of the name", a_query_is_part_of_the_name),
    Case(
        "9111 4.4",
        "an unsafe method that is refused invalidates nothing",
        what_is_refused_invalidates_nothing,
    ),
    Case("9111 4.4", "one that succeeds invalidates", an_unsafe_method_invalidates, _NEVER),
    Case("9111 4", "many who wait for one answer are one request", many_who_wait_are_one_request),
    Case(
        "9111 5.2.1",
        "a reload reaches nobody: what a request asks of caches is advice",
        a_reload_reaches_nobody,
    ),
    Case("9111 5.2.2.2", "must-revalidate: never stale on an error", never_on_error_unless_allowed),
    Case("5861 3", "stale at once while a newer one is fetched", stale_while_revalidate),
    Case("5861 3", "and no longer than is allowed", no_longer_than_allowed_while_revalidating),
    Case("5861 4", "stale on 500, 502, 503, 504", stale_if_error, _PASSED_ON),
    Case("5861 4", "stale when the node is gone", stale_if_gone),
    Case("5861 4", "and no longer than is allowed", no_longer_than_allowed_on_error),
    Case(
        "9110 15.6.4",
        "an error is passed on where nothing is stored",
        an_error_is_passed_where_there_is_nothing,
    ),
    Case("9213 2.1", "CDN-Cache-Control goes first", a_cdn_has_a_lifetime_of_its_own, _ONE_HEADER),
    Case("8246 2", "a URL with seq and epoch is for ever", a_named_answer_is_for_ever),
    Case("9211 2", "Cache-Status says what was done", cache_status_says_what_was_done),
)


def table() -> str:
    """For docs/caching.md."""
    lines = ["| RFC | what | Varnish | nginx |", "| --- | --- | --- | --- |"]
    for case in CASES:
        told = (case.departs.get(kind) for kind in ("varnish", "nginx"))
        shown = " | ".join("yes" if why is None else f"no: {why}" for why in told)
        lines.append(f"| {case.rfc} | {case.words} | {shown} |")
    return "\n".join([*lines, ""])
