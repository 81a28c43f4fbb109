"""One question for a crowd, what is kept of the answer and for how long."""

import asyncio

import pytest

from scorewire.errors import RequestError
from scorewire.fanout.codes import refusal
from scorewire.node import shared_answers as module
from scorewire.node.shared_answers import Lifespan, Question, Reply, SharedAnswers, lifespan_of

GAMES = Question(b"GET", b"/v1/games", ())
KEPT = "public, max-age=1, stale-while-revalidate=1, stale-if-error=60"


def reply(body: bytes = b"{}", cache: str = KEPT, status: int = 200, **headers: str) -> Reply:
    given = {"cache-control": cache, **headers} if cache else headers
    return Reply(
        status,
        tuple((name.replace("_", "-").encode(), value.encode()) for name, value in given.items()),
        body,
    )


class Upstream:
    """Gives its answers in turn, the last one for ever, once `gate` is open; None is that it is away."""

    def __init__(self, *answers: Reply | None) -> None:
        self.answers = list(answers)
        self.asked: list[Question] = []
        self.now_s = 100.0
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, question: Question) -> Reply:
        self.asked.append(question)
        await self.gate.wait()
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if found is None:
            raise refusal("unavailable", "away", retry_after_s=2)
        return found

    def shared(self, bytes_max: int = 1 << 20) -> SharedAnswers:
        return SharedAnswers(self.fetch, now_s=lambda: self.now_s, bytes_max=bytes_max)


async def test_a_crowd_is_one_question() -> None:
    upstream = Upstream(reply(b"one"), reply(b"two"))
    upstream.gate.clear()
    answers = upstream.shared()
    asking = [asyncio.ensure_future(answers.ask(GAMES)) for _ in range(50)]
    await asyncio.sleep(0)
    upstream.gate.set()
    assert {found.body for found in await asyncio.gather(*asking)} == {b"one"}
    assert (await answers.ask(GAMES)).body == b"one"
    assert len(upstream.asked) == 1
    upstream.now_s += 1.0
    assert (await answers.ask(GAMES)).body == b"two"
    assert answers.counts == {"asked": 2, "shared": 49, "kept": 1, "stale": 0}


async def test_who_asks_something_else_is_told_something_else() -> None:
    upstream = Upstream(reply(b"one"), reply(b"two"), reply(b"three"))
    answers = upstream.shared()
    found = [
        (await answers.ask(question)).body
        for question in (GAMES, GAMES._replace(target=b"/v1/games?limit=1"),
                         GAMES._replace(headers=((b"accept", b"text/html"),)), GAMES)
    ]  # fmt: skip
    assert found == [b"one", b"two", b"three", b"one"]


async def test_a_failure_is_told_to_all_who_wait_and_not_kept() -> None:
    upstream = Upstream(None, reply(b"one"))
    upstream.gate.clear()
    answers = upstream.shared()
    asking = [asyncio.ensure_future(answers.ask(GAMES)) for _ in range(5)]
    await asyncio.sleep(0)
    upstream.gate.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(error, RequestError) and error.status == 503 for error in found)
    assert len(upstream.asked) == 1
    assert (await answers.ask(GAMES)).body == b"one"


async def test_what_is_kept_is_given_while_the_upstream_is_away_as_long_as_it_may_be() -> None:
    upstream = Upstream(reply(b"one"), None)
    answers = upstream.shared()
    await answers.ask(GAMES)
    upstream.now_s += 30
    found = await answers.ask(GAMES)
    assert (found.body, found.header(b"age")) == (b"one", "30")
    assert answers.counts["stale"] == 1
    upstream.now_s += 31
    with pytest.raises(RequestError):
        await answers.ask(GAMES)


async def test_one_who_leaves_does_not_take_the_answer_along() -> None:
    upstream = Upstream(reply(b"one"))
    upstream.gate.clear()
    answers = upstream.shared()
    first, second, third = [asyncio.ensure_future(answers.ask(GAMES)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0.01)
    upstream.gate.set()
    assert (await third).body == b"one"
    assert len(upstream.asked) in {2, 3}


async def test_an_age_goes_on_growing() -> None:
    upstream = Upstream(reply(cache="max-age=100", age="7"))
    answers = upstream.shared()
    assert (await answers.ask(GAMES)).header(b"age") == "7"
    upstream.now_s += 20.9
    assert (await answers.ask(GAMES)).header(b"age") == "27"
    upstream.now_s += 73
    await answers.ask(GAMES)
    assert answers.counts["asked"] == 2


async def test_so_many_bytes_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_BYTES_MAX", 10_000)
    upstream = Upstream(reply(b"x" * 3000, cache="max-age=1000"))
    answers = upstream.shared(bytes_max=10_000)
    questions = [GAMES._replace(target=b"/%d" % n) for n in range(4)]
    for question in questions:
        await answers.ask(question)
    for question in questions[2:]:
        await answers.ask(question)
    assert answers.counts == {"asked": 4, "shared": 0, "kept": 2, "stale": 0}
    await answers.ask(questions[0])
    assert answers.counts["asked"] == 5, "the oldest had to leave"
    upstream.answers = [reply(b"x" * 10_000, cache="max-age=1000")]
    for _ in range(2):
        await answers.ask(GAMES)
    assert answers.counts["asked"] == 7


@pytest.mark.parametrize(
    ("found", "lifespan"),
    [
        (reply(), Lifespan(1, 61)),
        (reply(cache="public, max-age=31536000, immutable"), Lifespan(31_536_000, 31_536_000)),
        (reply(cache="max-age=60, s-maxage=5"), Lifespan(5, 5)),
        (reply(cache="max-age=60", age="58"), Lifespan(2, 2)),
        (reply(cache="max-age=0, stale-if-error=9"), Lifespan(0, 9)),
        (reply(cache='max-age="3"'), Lifespan(3, 3)),
        (reply(cache=""), None),
        (reply(cache="no-store"), None),
        (reply(cache="private, max-age=60"), None),
        (reply(cache="max-age=60, no-cache"), None),
        (reply(cache="max-age=60", vary="*"), None),
        (reply(cache="max-age=60", vary="Accept-Encoding"), Lifespan(60, 60)),
        (reply(cache="max-age=60", set_cookie="a=b"), None),
        (reply(cache="x-max-age=60"), None),
        (reply(status=404), None),
    ],
)
def test_how_long_an_answer_is_kept(found: Reply, lifespan: Lifespan | None) -> None:
    assert lifespan_of(GAMES, found) == lifespan
    assert lifespan_of(GAMES._replace(method=b"OPTIONS"), found) is None


async def test_long_questions_count_as_long_answers_do() -> None:
    upstream = Upstream(reply())
    answers = upstream.shared(bytes_max=20_000)
    longs = [
        GAMES._replace(target=b"/v1/games?cursor=" + b"%04d" % number + 5_000 * b"x") for number in range(9)
    ]
    for long in longs:
        await answers.ask(long)
    await answers.ask(longs[-1])
    assert len(upstream.asked) == 9
    await answers.ask(longs[0])
    assert len(upstream.asked) == 10
