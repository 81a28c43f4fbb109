"""Box scores of games at any seq: those of all rows up to it, whatever was asked before."""

import asyncio
from collections.abc import Sequence
from itertools import count

import msgspec
import pytest

from scorewire.errors import BackendError
from scorewire.model.game_event import GameEvent
from scorewire.sports import SPORTS
from scorewire.stats import box_scores
from scorewire.stats.answers import BoxScore, encode
from scorewire.stats.box_scores import BoxScores
from scorewire.stats.lines import LINES
from unit.stats.lines.plays import Game, game, lines_of


class Kept:
    """The rows of games, as the journal gives them, and what was read."""

    def __init__(self, *games: Game, epoch: str = "epoch1") -> None:
        self.games = {played.desk.book.game_id: played for played in games}
        self.epoch = epoch
        self.reads: list[tuple[int, int]] = []
        self.gate: asyncio.Event | None = None
        ticks = count()
        self.scores = BoxScores(
            rows=self.rows,
            epoch=lambda: self.epoch,
            machines=SPORTS,
            sports=LINES,
            now_s=lambda: float(next(ticks)),
        )

    async def rows(self, game_id: str, since: int, limit: int) -> Sequence[GameEvent]:
        self.reads.append((since, limit))
        if self.gate is not None:
            await self.gate.wait()
        if game_id not in self.games:
            return ()
        return [row for row in self.games[game_id].rows if row.seq > since][:limit]


def baskets(number: int = 8) -> Game:
    played = game("basketball")
    for n in range(number):
        played.say("FG2", "home", f"p{n % 3}", period=1)
    return played


async def test_at_every_seq_they_are_those_of_the_rows_up_to_it() -> None:
    played = baskets()
    kept = Kept(played)
    for seq in (9, 3, 9, 1, 5):
        assert await kept.scores.lines("g1", seq) == lines_of(played.rows[:seq])


async def test_a_game_that_goes_on_is_read_from_where_its_book_is() -> None:
    played = baskets()
    kept = Kept(played)
    await kept.scores.lines("g1", 9)
    played.say("FG3", "away", "q1", period=1)
    lines = await kept.scores.lines("g1", 10)
    assert lines == lines_of(played.rows)
    assert kept.reads == [(0, 9), (9, 1)]
    assert kept.scores.spent_s == 4 + len(played.rows) * box_scores.ROW_S


async def test_what_is_told_is_the_lines_their_epoch_and_the_columns() -> None:
    played = baskets()
    told = await Kept(played).scores.box_score("g1", 9)
    assert told is not None
    body = encode(told)
    answer = msgspec.json.decode(body, type=BoxScore)
    assert (answer.epoch, answer.seq, answer.home) == ("epoch1", 9, lines_of(played.rows).home)
    assert [one.id for one in answer.columns["box"]] == ["FGM", "3PM", "FTM", "PTS"]
    assert b"null" not in body


async def test_no_game_and_no_sport_have_no_lines() -> None:
    kept = Kept(baskets())
    assert await kept.scores.lines("g2", 1) is None
    bare = BoxScores(rows=kept.rows, epoch=lambda: "e", machines=SPORTS, sports={}, now_s=lambda: 0.0)
    assert await bare.box_score("g1", 3) is None


async def test_a_row_that_the_journal_does_not_have_yet_is_no_answer() -> None:
    kept = Kept(baskets())
    with pytest.raises(BackendError) as refused:
        await kept.scores.lines("g1", 12)
    assert refused.value.retryable
    assert await kept.scores.lines("g1", 9) is not None


async def test_another_epoch_is_another_book() -> None:
    played = baskets()
    kept = Kept(played)
    await kept.scores.lines("g1", 9)
    kept.epoch, kept.games["g1"] = "epoch2", baskets(2)
    assert await kept.scores.lines("g1", 3) == lines_of(baskets(2).rows)


async def test_who_is_cancelled_spoils_nothing_for_who_waits() -> None:
    kept = Kept(baskets())
    kept.gate = asyncio.Event()
    first = asyncio.create_task(kept.scores.lines("g1", 9))
    second = asyncio.create_task(kept.scores.lines("g1", 9))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    kept.gate.set()
    assert await second == lines_of(baskets().rows)
    assert len(kept.reads) == 2


async def test_only_so_many_books_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_scores, "BOOKS_MAX", 1)
    kept = Kept(baskets())
    await kept.scores.lines("g1", 9)
    await kept.scores.lines("g2", 9)
    await kept.scores.lines("g1", 9)
    assert kept.reads == [(0, 9), (0, 9), (0, 9)]
