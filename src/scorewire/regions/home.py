"""The home region as another one reads it: public REST of one of its nodes, or of what stands before them.

Nothing here is quick: a region asks only for what it has missed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import httpx
import msgspec
import structlog
from msgspec import Struct

from scorewire.errors import BackendError
from scorewire.model.score_state import OVER, ScoreState
from scorewire.model.update import Update, difference
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.base import Head

ANSWER_S: Final = 5.0
ROWS_S: Final = 5.0
"""For all rows of a game: who waits longer would rather have the newest state."""
ROWS_MAX: Final = 20
"""Rows that are asked for one after another, 100 ms away each."""
OLD_DAYS: Final = 30
"""A game that began longer ago is not looked for; its next row shows it."""
SHOWN_MS: Final = wire.KEPT_AFTER_FINAL_S * 1000
PAGE_GAMES: Final = 200

Answer = TypeVar("Answer")

_log = structlog.get_logger("scorewire.regions")


class _Page(Struct, frozen=True, kw_only=True):
    games: tuple[ScoreState, ...]
    next: str | None = None


_page = msgspec.json.Decoder(_Page)
_state = msgspec.json.Decoder(ScoreState)


class HomeRegion:
    """Made by `open`.

    Args:
        now_ms: wall time.
        page_games: games that one answer lists.

    Raises:
        BackendError: where nothing else is said; it does not answer, or not as it should. To be asked again.
    """

    def __init__(
        self, *, client: httpx.AsyncClient, now_ms: Callable[[], int], page_games: int = PAGE_GAMES
    ) -> None:
        self._client = client
        self._page_games = page_games
        self._now_ms = now_ms

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, now_ms: Callable[[], int]) -> AsyncIterator["HomeRegion"]:
        """Nothing is connected before the first question.

        Args:
            url: of a node, `https://scores.example.org`; no proxy of the environment is used.
        """
        # From node to node, as the link of an edge: a proxy of the environment is for the feeds outside. By
        # whom the certificate must be signed may still stand there (SSL_CERT_FILE).
        async with httpx.AsyncClient(
            base_url=url.rstrip("/"), timeout=ANSWER_S, verify=httpx.create_ssl_context(), trust_env=False
        ) as client:
            yield cls(client=client, now_ms=now_ms)

    async def epoch(self) -> str:
        """The epoch of its journal; "" while it has no games."""
        games = (await self._games({"limit": 1})).games
        return games[0].epoch if games else ""

    async def current(self) -> Sequence[ScoreState]:
        """The lines of the games that are to be shown: not over, or over for less than an hour."""
        now_ms = self._now_ms()
        oldest = (datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(days=OLD_DAYS)).isoformat()
        found: dict[str, ScoreState] = {}
        asked: dict[str, Any] = {"limit": self._page_games}
        while True:
            # Under way first, then by start, the newest first.
            page = await self._games(asked)
            for line in page.games:
                if line.status not in OVER or line.updated_at > now_ms - SHOWN_MS:
                    found[line.game_id] = line
            if page.next is None or not page.games or page.games[-1].start < oldest:
                return list(found.values())
            asked["cursor"] = page.next

    async def head(self, game_id: str) -> Head | None:
        """The newest state of a game; None if there is no such game.

        Which row was the last correction is not told, so the head says that it is one: whoever comes back
        with an older cursor is given the full state.
        """
        state = await self._at(game_id, {})
        return None if state is None else Head(state=state, corrected_seq=state.seq)

    async def rows(self, game_id: str, epoch: str, since_seq: int, upto_seq: int) -> Sequence[Update]:
        """The updates after `since_seq` and up to `upto_seq`, each from the states around it; else none.

        Never fails: where they are too many, not all there, or not at hand soon, there are none.
        """
        if not 0 < upto_seq - since_seq <= ROWS_MAX or not since_seq:
            return ()
        try:
            async with asyncio.timeout(ROWS_S):
                return await self._between(game_id, epoch, since_seq, upto_seq)
        except (BackendError, TimeoutError) as error:
            _log.warning("rows cannot be read at home", game=game_id, detail=str(error) or "it took too long")
            return ()

    async def _between(self, game_id: str, epoch: str, since_seq: int, upto_seq: int) -> Sequence[Update]:
        updates: list[Update] = []
        before: ScoreState | None = None
        for seq in range(since_seq, upto_seq + 1):
            after = await self._at(game_id, {"seq": seq, "epoch": epoch})
            if after is None:
                return ()
            if before is not None:
                corrected_seq = updates[-1].corrected_seq if updates else since_seq
                updates.append(update_between(before, after, corrected_seq))
            before = after
        return updates

    async def _at(self, game_id: str, asked: dict[str, Any]) -> ScoreState | None:
        body = await self._get(f"/v1/games/{game_id}/score", asked)
        return None if body is None else _decoded(_state, body)

    async def _games(self, asked: dict[str, Any]) -> _Page:
        body = await self._get("/v1/games", asked)
        if body is None:
            raise BackendError("the home region has no list of games; see region.home", retryable=True)
        return _decoded(_page, body)

    async def _get(self, path: str, asked: dict[str, Any]) -> bytes | None:
        """The body of an answer; None for 404."""
        try:
            answer = await self._client.get(path, params=asked)
        except httpx.HTTPError as error:
            detail = f"the home region: {type(error).__name__} {error}".rstrip()
            raise BackendError(detail, retryable=True) from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise BackendError(f"the home region answers {answer.status_code} to {path}", retryable=True)
        return answer.content


def update_between(before: ScoreState, after: ScoreState, corrected_seq: int) -> Update:
    """The update that leads from a state to the next: a row where fans were told one, else the state.

    A correction is known by what it corrects, by points that it takes away, and by the fold that fails.

    Args:
        corrected_seq: the newest row at or before `before` that may have been a correction.
    """
    event = after.events[-1] if isinstance(after.events, tuple) and after.events else None
    row = Update(
        game_id=after.game_id,
        epoch=after.epoch,
        seq=after.seq,
        ts=after.updated_at,
        correction=False,
        corrected_seq=corrected_seq,
        event=event if event is not None and event.seq == after.seq else None,
        patch=difference(before, after),
        state=after,
    )
    corrects = row.event is not None and row.event.corrects is not None
    takes_back = after.home.score < before.home.score or after.away.score < before.away.score
    if not corrects and not takes_back and wire.fold(before, wire.row_of(row)) == after:
        return row
    return msgspec.structs.replace(row, correction=True, corrected_seq=after.seq)


def _decoded(decoder: "msgspec.json.Decoder[Answer]", body: bytes) -> Answer:
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise BackendError(f"the home region answers what cannot be read: {error}", retryable=True) from error
