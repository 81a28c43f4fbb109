"""Where the cases of caching are run: a proxy before a real node, and the same before an origin that a test
writes."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx

from e2e.origin import Answer, Asked, Origin, Said
from node_process import NodeProcess, declare, event
from services.fronts import Front

MODERN_S = 2.5
"""Until a score is so old that it carries Last-Modified."""
FRESH_S = 1
"""`max-age` of what is said here: the shortest there is."""

_numbers = itertools.count(1)


@dataclass
class Page:
    """One path of the origin; `answer` may be replaced at any time, `asked` is what reached it."""

    path: str
    answer: Answer
    asked: list[Asked] = field(default_factory=list)


@dataclass
class Ground:
    """One kind of proxy, with what stands behind it.

    Attributes:
        kind: nginx or varnish.
        node, game: a node, and a game of it that nobody touches.
        before_node, before_origin: two proxies with the same configuration.
    """

    kind: str
    node: NodeProcess
    game: str
    before_node: Front
    before_origin: Front
    pages: dict[str, Page]

    # Of the node.

    @property
    def score(self) -> str:
        return f"/v1/games/{self.game}/score"

    def read(self, path: str = "", method: str = "GET", **headers: str) -> httpx.Response:
        """Ask the node through the proxy; `_` in a header's name is `-`."""
        return ask(self.before_node, path or self.score, method, headers)

    # Of the origin.

    def page(self, said: Said | Answer) -> Page:
        """A path of its own, which says this."""
        answer = (lambda _: said) if isinstance(said, Said) else said
        page = Page(f"/v1/games/page-{next(_numbers)}/score", answer)
        self.pages[page.path] = page
        return page

    def ask(self, page: Page, method: str = "GET", *, query: str = "", **headers: str) -> httpx.Response:
        """Ask the origin through the proxy."""
        return ask(self.before_origin, page.path + query, method, headers)


def ask(front: Front, path: str, method: str, headers: dict[str, str]) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, f"{front.url}{path}", headers=sent, timeout=10)


def kept(body: bytes = b"1", *, control: str = f"public, max-age={FRESH_S}", **headers: str) -> Said:
    """An answer that may be kept; both headers say the same unless `cdn_cache_control` says another thing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(body=body, headers={"cache-control": control, "cdn-cache-control": control, **named})


def counted(**headers: str) -> Callable[[Asked], Said]:
    """An answer that tells how often it was asked for."""
    times = itertools.count(1)
    return lambda _: kept(b"%d" % next(times), **headers)


def until(holds: Callable[[], bool], what: str, limit_s: float = 15.0) -> None:
    """Wait for something that must come about."""
    ends_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < ends_s, what
        time.sleep(0.05)


def _routed(pages: dict[str, Page]) -> Answer:
    def answer(asked: Asked) -> Said:
        page = pages.get(asked.target.partition("?")[0])
        if page is None:
            return Said(404, headers={"cache-control": "no-store"})
        page.asked.append(asked)
        return page.answer(asked)

    return answer


@contextmanager
def grounds(node: NodeProcess, kinds: list[str]) -> Iterator[dict[str, Ground]]:
    """One for each kind of proxy, before the same node and the same origin."""
    pages: dict[str, Page] = {}
    game = "cached-1"
    assert node.post("acme", [declare(game), event(game, 1, "PERIOD_START", period=1)]).status_code == 202
    node.settle(game, 2)
    with ExitStack() as stack:
        origin = stack.enter_context(Origin(_routed(pages)))
        made = {}
        for kind in kinds:
            fronts = [stack.enter_context(Front(kind, port)) for port in (node.port, origin.port)]
            made[kind] = Ground(kind, node, game, fronts[0], fronts[1], pages)
        for ground in made.values():
            for front in (ground.before_node, ground.before_origin):
                until(lambda front=front: ask(front, "/readyz", "GET", {}).status_code == 200, "no proxy")  # type: ignore[misc]
        time.sleep(MODERN_S)
        yield made
