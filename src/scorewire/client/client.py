"""Follow games of a node from Python.

    async with Client("https://scores.example") as client:
        async for update in client.follow("cup-final"):
            print(update.state.home.score, update.state.away.score)

An update is a whole state and why it came; each has a higher seq of its game than the one before, or another
epoch. The loop goes on through lost connections, restarts of the node and networks without streams, and ends
when it is left, or with Refused. One task, no threads: who is slow is brought up to date by the node.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar, cast, overload
from urllib.parse import quote

import httpx
import msgspec

from scorewire.client.session import CONNECT_MS, SILENCE_MS, Effect, Link, News, Refused, Session
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import ScoreState, Tree

_TREE = msgspec.json.Decoder(Tree)
_STREAM = "/v1/stream"
_Query = list[tuple[str, str | int | float | bool | None]]


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a game.

    Attributes:
        kind: `update` for the next row, `poll` for a plain read, or the reason of a full state: `join`,
            `rejoin`, `resync`, `correction`. A `correction` may take back what was told.
        event: what happened, with an `update` that shows something.
    """

    kind: str
    game_id: str
    state: ScoreState
    event: CompactEvent | None


@dataclass(frozen=True, slots=True)
class Standings:
    """The table of a league as it stands now; it replaces the one before it.

    Attributes:
        season: the one with the newest game.
        version: grows as the table changes; None where it came by a plain read.
        table: as `GET /v1/leagues/{id}/standings` has it.
    """

    league_id: str
    season: str
    version: int | None
    table: Tree


Told = TypeVar("Told", bound=Update | Standings)


class Client:
    """A node, by its address; close it, or use it in `async with`.

    Args:
        http: for proxies, certificates or headers of your own; it stays yours to close.
        rng: for jitter; a seed repeats a run.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        *,
        http: httpx.AsyncClient | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._own = http is None
        self._http = http or httpx.AsyncClient(follow_redirects=True)
        self._rng = rng or random.SystemRandom()

    @overload
    def follow(
        self,
        *games: str,
        teams: Iterable[str] = ...,
        leagues: Iterable[str] = ...,
        sports: Iterable[str] = ...,
        view: Literal["full", "line"] | None = ...,
        delay_s: int = ...,
        standings: Literal[False] = ...,
        on_change: "Callable[[Following[Update]], None] | None" = ...,
    ) -> "Following[Update]": ...

    @overload
    def follow(
        self,
        *games: str,
        teams: Iterable[str] = ...,
        leagues: Iterable[str] = ...,
        sports: Iterable[str] = ...,
        view: Literal["full", "line"] | None = ...,
        delay_s: int = ...,
        standings: Literal[True],
        on_change: "Callable[[Following[Update | Standings]], None] | None" = ...,
    ) -> "Following[Update | Standings]": ...

    def follow(
        self,
        *games: str,
        teams: Iterable[str] = (),
        leagues: Iterable[str] = (),
        sports: Iterable[str] = (),
        view: Literal["full", "line"] | None = None,
        delay_s: int = 0,
        standings: bool = False,
        on_change: "Callable[[Following[Any]], None] | None" = None,
    ) -> "Following[Any]":
        """Updates of games, and of the games of teams, leagues and sports, those declared later too.

        Args:
            view: `line` leaves out events and detail; the node's default is `full` for games and teams.
            delay_s: 0, 5, 10, ... 180: as somebody who wants to know so much later.
            standings: the tables of the leagues too, each as a `Standings`: as it stands, and as it changes.
            on_change: called when `link` or `trouble` of the Following has changed.
        """
        scopes = {"game": games, "team": tuple(teams), "league": tuple(leagues), "sport": tuple(sports)}
        query = [(name, one) for name, ids in scopes.items() for one in ids]
        if view is not None:
            query.append(("view", view))
        if delay_s:
            query.append(("delay", str(delay_s)))
        if standings:
            query.append(("standings", "1"))
        return Following(http=self._http, url=self._url, query=query, rng=self._rng, on_change=on_change)

    def replay(
        self, game_id: str, *, speed: float | None = 1, from_seq: int = 1, real_gaps: bool = False
    ) -> "Following[Update]":
        """A game played back, at its own pace or faster: the updates that fans were given, to the end.

        Args:
            speed: times the pace of the game, 1 to 1000; None is as fast as it goes.
            from_seq: the first update is the full state there.
            real_gaps: what took longer than 30 s of the game is not cut to that.
        """
        query = [("speed", "max" if speed is None else f"{speed:g}"), ("from_seq", str(from_seq))]
        if real_gaps:
            query.append(("gaps", "real"))
        path = f"/v1/games/{quote(game_id)}/replay"
        return Following(
            http=self._http, url=self._url, path=path, query=query, rng=self._rng, on_change=None
        )

    async def score(self, game_id: str) -> ScoreState:
        """The state of a game now.

        Raises:
            Refused: the node does not know it.
            httpx.HTTPError: no answer, or none that can be used.
        """
        answer = await self._http.get(f"{self._url}/v1/games/{quote(game_id)}/score")
        if 400 <= answer.status_code < 500:
            raise Refused(answer.status_code, _detail(answer.content))
        return msgspec.convert(_TREE.decode(answer.raise_for_status().content), ScoreState)

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Following(Generic[Told]):
    """Updates, one after the other; made by `Client.follow`.

    Leaving the loop early keeps the connection until `aclose`, or until the client is closed.

    Attributes:
        trouble: why there is no live connection; "" while there is one.
    """

    def __init__(
        self,
        *,
        http: httpx.AsyncClient,
        url: str,
        query: list[tuple[str, str]],
        path: str = _STREAM,
        rng: random.Random,
        on_change: "Callable[[Following[Told]], None] | None",
    ) -> None:
        self.trouble = ""
        self._refused = False
        self._http = http
        self._url = url
        self._query = query
        self._path = path
        self._on_change = on_change
        self._session = Session(random=rng.random)
        self._effects: deque[Effect] = deque()
        self._updates: deque[Told] = deque()
        self._answer: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self._etags: dict[str, str] = {}

    @property
    def link(self) -> Link:
        """The state of the connection."""
        return self._session.link

    @property
    def wait_s(self) -> float:
        """How long until something is tried again."""
        due_ms = self._session.due_ms
        return 0.0 if due_ms is None else max(due_ms - _now_ms(), 0.0) / 1000

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Told:
        """The next update.

        Raises:
            Refused: the node will not answer this: an unknown game, a wrong parameter.
            msgspec.ValidationError: a state that this version cannot hold; the node is newer.
        Cancellation: safe; the next call goes on, over a new connection where one was being read.
        """
        if self._refused:
            raise StopAsyncIteration
        if self._session.link == "off":
            self._session.start(_now_ms())
        while not self._updates:
            if self._session.link == "ended" and not self._effects and not self._session.effects:
                raise StopAsyncIteration
            await self._advance()
        return self._updates.popleft()

    async def aclose(self) -> None:
        """Let go of the connection; a later `async for` goes on where this one was."""
        self._session.stop()
        self._effects.clear()
        await self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _advance(self) -> None:
        """One thing at a time: what the session wants, else bytes, else time."""
        self._effects += self._session.take()
        if self._effects:
            effect = self._effects.popleft()
            try:
                await self._do(effect)
            except asyncio.CancelledError:
                self._effects.appendleft(effect)  # whoever is called again does it again
                raise
        elif self._session.open:
            await self._listen()
        else:
            await asyncio.sleep(self.wait_s)
            self._session.tick(_now_ms())

    async def _do(self, effect: Effect) -> None:
        match effect:
            case ("connect", str(cursor)):
                await self._connect(cursor)
            case ("close",):
                await self._close()
                self._changed()
            case ("read", str(game_id)) if self._path != _STREAM:
                self._session.repaired(_now_ms(), game_id, None)  # what is true now is not of a playback
            case ("poll",) if self._path != _STREAM:
                self._session.polled(_now_ms(), None, {})
            case ("read", str(game_id)):
                await self._repair(game_id)
            case ("poll",):
                await self._poll()
            case ("update", News() as news):
                self._updates.append(cast(Told, _typed(news)))
            case ("standings", dict(table)):
                self._updates.append(cast(Told, _table(cast(Tree, table))))
            case ("link", link):
                self.trouble = "" if link == "live" else self.trouble
                self._changed()
            case ("refused", int(status)):
                self._refused = True
                raise Refused(status, self.trouble)

    async def _connect(self, cursor: str) -> None:
        await self._close()
        headers = {"accept": "text/event-stream"} | ({"last-event-id": cursor} if cursor else {})
        request = self._http.build_request(
            "GET",
            f"{self._url}{self._path}",
            params=cast(_Query, self._query),
            headers=headers,
            timeout=httpx.Timeout(CONNECT_MS / 1000, read=None),
        )
        try:
            async with asyncio.timeout(CONNECT_MS / 1000):
                self._answer = answer = await self._http.send(request, stream=True)
                if answer.status_code != 200:
                    self.trouble = _detail(await answer.aread()) or f"the node answers {answer.status_code}"
        except (httpx.HTTPError, TimeoutError) as error:
            self._lost(str(error) or "no answer")
            return
        self._chunks = answer.aiter_bytes()
        self._session.answered(_now_ms(), answer.status_code, answer.headers)

    async def _listen(self) -> None:
        assert self._chunks is not None, "an open session has an answer"
        try:
            # From now, not from the last byte: the time that the loop's body took says nothing of the line.
            async with asyncio.timeout(SILENCE_MS / 1000):
                chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._lost("the connection ended")
        except TimeoutError:
            self._lost("the line is silent")
        except (httpx.HTTPError, httpx.StreamError) as error:
            self._lost(str(error) or type(error).__name__)
        else:
            self._session.heard(_now_ms(), chunk)
            if not self._session.open:
                self.trouble = "the node closes"

    def _lost(self, why: str) -> None:
        self.trouble = why
        self._session.lost(_now_ms())

    async def _close(self) -> None:
        answer, self._answer, self._chunks = self._answer, None, None
        if answer is not None:
            await answer.aclose()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)

    async def _repair(self, game_id: str) -> None:
        state: Tree | None = None
        try:
            state = await self._score(game_id)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            self.trouble = str(error) or type(error).__name__
        self._session.repaired(_now_ms(), game_id, state)

    async def _poll(self) -> None:
        headers: Mapping[str, str] = {}
        states: list[Tree] | None = None
        try:
            states = await self._read_all()
            await self._read_tables()
        except httpx.HTTPStatusError as error:
            headers = error.response.headers
        except (httpx.HTTPError, msgspec.DecodeError):
            pass  # `trouble` says why there is no stream, which weighs more
        self._session.polled(_now_ms(), states, headers)

    async def _read_all(self) -> list[Tree]:
        """Each game by its own conditional read; of what is followed by name, the lists first."""
        named = {name for name, _ in self._query}
        line = ("view", "line") in self._query or not {"game", "team"} & named
        wanted = [one for name, one in self._query if name == "game"]
        listed: list[Tree] = []
        for name, one in self._query:
            if name in ("team", "league", "sport"):
                page = await self._get("/v1/games", {name: one, "limit": "200"})
                listed += cast(list[Tree], (page or {}).get("games", []))
        if not line:
            wanted += [str(state["game_id"]) for state in listed if self._is_news(state)]
            listed = []
        for game_id in dict.fromkeys(wanted):
            state = await self._score(game_id, only_news=True)
            if state is not None:
                listed.append(state)
        return listed

    async def _read_tables(self) -> None:
        """Tables as plain reads, which know no delay: who asked for one waits for a stream."""
        if ("standings", "1") not in self._query or any(name == "delay" for name, _ in self._query):
            return
        for league_id in [one for name, one in self._query if name == "league"]:
            try:
                body = await self._get(f"/v1/leagues/{quote(league_id)}/standings", {}, only_news=True)
            except httpx.HTTPStatusError as error:
                if error.response.status_code == 404:
                    continue  # a league may have no table yet
                raise
            if body is not None:
                named = {"league_id": league_id, "season": body["season"], "table": body["table"]}
                self._session.read_table(named)

    def _is_news(self, state: Tree) -> bool:
        game = self._session.games.get(str(state["game_id"]))
        held = None if game is None else game.state
        return held is None or (held["epoch"], held["seq"]) != (state["epoch"], state["seq"])

    async def _score(self, game_id: str, *, only_news: bool = False) -> Tree | None:
        state = await self._get(f"/v1/games/{quote(game_id)}/score", {}, only_news=only_news)
        if state is not None and ("view", "line") in self._query:
            return {name: value for name, value in state.items() if name not in ("events", "detail")}
        return state

    async def _get(self, path: str, query: dict[str, str], *, only_news: bool = False) -> Tree | None:
        """The answer, or None where nothing is new."""
        etag = self._etags.get(path) if only_news else None
        answer = await self._http.get(
            f"{self._url}{path}",
            params=query | {name: value for name, value in self._query if name == "delay"},
            headers={"if-none-match": etag} if etag else {},
            timeout=CONNECT_MS / 1000,
        )
        if answer.status_code == 304:
            return None
        answer.raise_for_status()
        if only_news and "etag" in answer.headers:
            self._etags[path] = answer.headers["etag"]
        return _TREE.decode(answer.content)


def _typed(news: News) -> Update:
    event = None if news.event is None else msgspec.convert(news.event, CompactEvent)
    return Update(news.kind, news.game_id, msgspec.convert(news.state, ScoreState), event)


def _table(told: Tree) -> Standings:
    version = told.get("version")
    return Standings(
        league_id=str(told["league_id"]),
        season=str(told["season"]),
        version=version if isinstance(version, int) else None,
        table=cast(Tree, told["table"]),
    )


def _now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


def _detail(body: bytes) -> str:
    """What a problem says in words."""
    try:
        return str(_TREE.decode(body).get("detail", ""))
    except msgspec.DecodeError:
        return ""
