"""The ready answer is the pure answer, at every moment."""

import pytest

from scorewire.fanout.hot import HotScores
from scorewire.fanout.request import HeadReader
from scorewire.model.validators import score_response
from terrace import EPOCH, Match, Terrace


def head_of(lines: str = "", *, method: str = "GET", path: str = "/v1/games/g1/score") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()


class Desk:
    """The hot read of one match, at a time that the test sets."""

    def __init__(self, terrace: Terrace, match: Match) -> None:
        self.now_ms = match.state.updated_at
        self.match = match
        self.hot = HotScores(scoreboard=terrace.board, now_ms=lambda: self.now_ms)
        self.heads = HeadReader()

    def ask(self, data: bytes) -> bytes | None:
        head = self.heads.read(data)
        assert head is not None
        lines = b"date: today\r\n"
        counted = dict(self.hot.answers)
        again = self.hot.again(data, lines)
        self.hot.answers.update(counted)
        found = self.hot.answer(head, lines, data)
        assert again in (None, found), "what is remembered is not what is true"
        return found


async def open_desk() -> tuple[Terrace, Desk]:
    match = Match()
    terrace = Terrace(match)
    await terrace.board.head("g1")
    return terrace, Desk(terrace, match)


@pytest.mark.parametrize("age_ms", [0, 1999, 2000, 60_000])
@pytest.mark.parametrize("asked", ["", f'"g1-{EPOCH}-1"', '"x"', "*"])
async def test_status_headers_and_body_are_those_of_the_pure_function(age_ms: int, asked: str) -> None:
    _, desk = await open_desk()
    desk.now_ms += age_ms
    lines = f"If-None-Match: {asked}\r\n" if asked else ""
    found = desk.ask(head_of(lines))
    assert found is not None
    headers = {"if-none-match": asked} if asked else {}
    answer = score_response(desk.match.state, headers, desk.now_ms)
    head, _, body = found.partition(b"\r\n\r\n")
    lines_found = head.decode().split("\r\n")
    assert lines_found[0].split(" ")[1] == str(answer.status)
    assert lines_found[1] == "date: today"
    assert lines_found[2:] == [f"{name}: {value}" for name, value in answer.headers]
    assert body == answer.body


async def test_last_modified_appears_in_a_ready_answer_when_its_time_has_come() -> None:
    _, desk = await open_desk()
    young = desk.ask(head_of())
    desk.now_ms += 2000
    old = desk.ask(head_of())
    assert young is not None
    assert old is not None
    assert b"last-modified" not in young
    assert b"last-modified" in old


async def test_a_change_is_shown_at_once() -> None:
    terrace, desk = await open_desk()
    desk.ask(head_of())
    await terrace.publish(desk.match.goal())
    found = desk.ask(head_of(f'If-None-Match: "g1-{EPOCH}-1"\r\n'))
    assert found is not None
    assert found.startswith(b"HTTP/1.1 200")
    assert b'"seq":2' in found


async def test_head_is_the_same_without_the_body() -> None:
    _, desk = await open_desk()
    get, head = desk.ask(head_of()), desk.ask(head_of(method="HEAD"))
    assert get is not None
    assert head is not None
    assert get.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" == head


@pytest.mark.parametrize(
    "data",
    [
        head_of(path="/v1/games/g1/score?seq=1"),
        head_of(path="/v1/games/nowhere/score"),
        head_of(path="/v1/games/g1/state"),
        head_of(path="/v1/games//score"),
        head_of("Authorization: Bearer x\r\n"),
        head_of("Connection: close\r\n"),
        head_of("Content-Length: 3\r\n"),
        head_of("Expect: 100-continue\r\n"),
    ],
)
async def test_anything_else_is_for_the_app(data: bytes) -> None:
    _, desk = await open_desk()
    assert desk.ask(data) is None
    assert desk.hot.answers == {200: 0, 304: 0}


async def test_answers_are_counted_by_status() -> None:
    _, desk = await open_desk()
    for lines in ("", "", "If-None-Match: *\r\n"):
        assert desk.ask(head_of(lines))
    assert desk.ask(head_of(method="HEAD"))
    assert desk.hot.answers == {200: 3, 304: 1}


async def test_an_answer_that_is_remembered_ends_with_its_second_and_with_its_state() -> None:
    terrace, desk = await open_desk()
    data = head_of()
    found = desk.ask(data)
    assert desk.hot.again(data, b"date: tomorrow\r\n") == (found or b"").replace(b"today", b"tomorrow")
    desk.now_ms += 2000
    assert desk.hot.again(data, b"date: today\r\n") is None
    assert b"last-modified" in (desk.ask(data) or b"")
    await terrace.publish(desk.match.goal())
    assert desk.hot.again(data, b"date: today\r\n") is None


async def test_answers_are_counted_each_time() -> None:
    _, desk = await open_desk()
    desk.ask(head_of())
    desk.ask(head_of("If-None-Match: *\r\n"))
    before = dict(desk.hot.answers)
    assert desk.hot.again(head_of(), b"") is not None
    assert desk.hot.again(head_of("If-None-Match: *\r\n"), b"") is not None
    assert desk.hot.answers == {status: count + 1 for status, count in before.items()}
