"""What is asked of Redis: rows to take, games to read, places to compare, lists; each in few round trips.

    take     runs of rows ──► the script, one call a run, all in one pipeline ──► answers, in order
    read     games ──► state, and the rows since a seq, in one pipeline
    places   games ──► (epoch, seq) of each, in one pipeline
    indexes  a team, league or sport ──► its games

A pipeline is no transaction: each game is whole by the script, and across games there is no order. Many games
are asked in parts, so that neither server nor loop is held up by one of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

import msgspec
import structlog
from msgspec import Struct
from redis.exceptions import NoScriptError

from scorewire.errors import BackendError
from scorewire.model.score_state import EVENTS_KEPT, OVER, ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.redis_servers import Servers, as_ours, checked, translated

RUNS_AT_ONCE: Final = 200
"""Calls of the script in one pipeline: some 2 MB at most in quiet times."""
READS_AT_ONCE: Final = 200
PLACES_AT_ONCE: Final = 1000

SCRIPT: Final = files("scorewire.scoreboard").joinpath("redis_script.lua").read_text(encoding="utf-8")

_log = structlog.get_logger("scorewire.redis")

Mode = Literal["rows", "whole", "fill"]


class Run(Struct, frozen=True):
    """Rows of one game that are taken together; see `redis_wire.runs`.

    mode: `whole` replaces what is older; `fill` too, but never a state of another epoch.
    """

    mode: Mode
    updates: Sequence[Update]


class Answer(Struct, frozen=True):
    """What the script said of a run, and the seq that Redis holds now."""

    word: Literal["TAKEN", "HELD", "GAP"]
    seq: int


class Place(NamedTuple):
    """Where Redis is in a game."""

    epoch: str
    seq: int


class Stored(Struct, frozen=True):
    """A game as Redis has it, with the rows that were asked for, oldest first."""

    epoch: str
    seq: int
    corrected_seq: int
    state: ScoreState
    entries: Sequence[wire.Entry]


class Store:
    """See the module. Where a `place` may be named, all games are of that node, and what becomes of others
    does not hold them up. Nor does a game whose slot nobody serves hold up others of its node.

    Raises:
        BackendError: of every method; Redis does not answer. What was sent may have been taken all the same.
    """

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._sha = ""

    async def take(self, runs: Sequence[Run], place: str = "") -> list[Answer | BackendError]:
        """Offer runs, in order for each game; the answers stand in the same order.

        Returns:
            an error for each run that its node could not take now, though it answers.
        """
        answers: list[Answer | BackendError] = []
        for part in _parts(runs, RUNS_AT_ONCE):
            with translated():
                answers.extend(await self._offer(self._servers.at(place), part))
        return answers

    async def _offer(self, client: Any, runs: Sequence[Run]) -> list[Answer | BackendError]:
        found = await self._call(client, runs)
        if any(isinstance(one, NoScriptError) for one in found):
            # A node that has started since, or has come in: it is told the script, and everything again.
            self._sha = ""
            found = await self._call(client, runs)
        return [
            as_ours(one) if isinstance(one, Exception) else Answer(_text(one[0]), int(one[1]))
            for one in found
        ]

    async def _call(self, client: Any, runs: Sequence[Run]) -> Sequence[Any]:
        if not self._sha:
            self._sha = str(_text(await client.script_load(SCRIPT)))
        pipeline = client.pipeline(**self._plain)
        for run in runs:
            pipeline.execute_command("EVALSHA", self._sha, 2, *_arguments(run, self._servers.sharded))
        return checked(await pipeline.execute(raise_on_error=False))

    async def read(self, wanted: Mapping[str, int | None], place: str = "") -> dict[str, Stored | None]:
        """Games, each with the rows after a seq (None: without rows); None for one that is not there.

        One that its node cannot give now is left out.
        """
        found: dict[str, Stored | None] = {}
        for part in _parts(list(wanted), READS_AT_ONCE):
            pipeline = self._servers.at(place).pipeline(**self._plain)
            for game_id in part:
                # The state first: rows that come between belong to a later read, or to pub/sub.
                pipeline.hmget(wire.state_key(game_id), ["epoch", "seq", "corrected_seq", "state"])
                since = wanted[game_id]
                if since is not None:
                    pipeline.xrange(wire.events_key(game_id), f"({since}-0")
            with translated():
                answers = iter(checked(await pipeline.execute(raise_on_error=False)))
            for game_id in part:
                fields, rows = next(answers), [] if wanted[game_id] is None else next(answers)
                if isinstance(fields, Exception) or isinstance(rows, Exception):
                    _log.warning("a game cannot be read", game=game_id, detail=str(fields)[:200])
                else:
                    found[game_id] = _stored(fields, rows)
        return found

    async def places(self, game_ids: Sequence[str], place: str = "") -> dict[str, Place | None]:
        """Where games are; None for one that is not there. One of which its node cannot say is left out."""
        found: dict[str, Place | None] = {}
        for part in _parts(game_ids, PLACES_AT_ONCE):
            pipeline = self._servers.at(place).pipeline(**self._plain)
            for game_id in part:
                pipeline.hmget(wire.state_key(game_id), ["epoch", "seq"])
            with translated():
                answers = checked(await pipeline.execute(raise_on_error=False))
            for game_id, answer in zip(part, answers, strict=True):
                if not isinstance(answer, Exception):
                    epoch, seq = answer
                    found[game_id] = None if epoch is None else Place(_text(epoch), int(seq))
        return found

    def by_place(self, game_ids: Iterable[str]) -> dict[str, list[str]]:
        """Games by the node that holds them."""
        found: dict[str, list[str]] = {}
        for game_id in game_ids:
            found.setdefault(self.place_of(game_id), []).append(game_id)
        return found

    def place_of(self, game_id: str) -> str:
        """The node that holds a game; "" where there is one, or where that is not known."""
        try:
            return self._servers.place_of(wire.channel_of(game_id))
        except BackendError:
            return ""

    async def lives(self) -> tuple[str, ...]:
        """See `Servers.lives`."""
        with translated():
            return await self._servers.lives()

    async def enter(self, states: Iterable[ScoreState]) -> None:
        """Put games into the lists to which they belong, or take those that are over out of them."""
        for part in _parts(list(states), RUNS_AT_ONCE):
            pipeline = self._servers.commands.pipeline(**self._plain)
            for state in part:
                for key in wire.indexes(state):
                    if state.status in OVER:
                        pipeline.srem(key, state.game_id)
                    else:
                        # The empty name keeps the set, so that a team without games stays a known one.
                        pipeline.sadd(key, state.game_id, "")
            with translated():
                await pipeline.execute()

    async def lists(self, lists: Sequence[tuple[str, str]]) -> list[set[str]]:
        """The games that are entered for teams, leagues or sports, (kind, name) each."""
        found: list[set[str]] = []
        for part in _parts(lists, READS_AT_ONCE):
            pipeline = self._servers.commands.pipeline(**self._plain)
            for kind, name in part:
                pipeline.smembers(wire.index_key(kind, name))
            with translated():
                answers = await pipeline.execute()
            found += [{_text(one) for one in members if one} for members in answers]
        return found

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games of a team, league or sport that are not over, as they are known now."""
        (entered,) = await self.lists([(kind, name)])
        found: list[str] = []
        for part in _parts(sorted(entered), PLACES_AT_ONCE):
            pipeline = self._servers.commands.pipeline(**self._plain)
            for game_id in part:
                pipeline.hget(wire.state_key(game_id), "listed")
            with translated():
                answers = await pipeline.execute()
            # An entry may be older than what the game's own state says.
            found += [
                game_id
                for game_id, listed in zip(part, answers, strict=True)
                if listed is not None and wire.is_listed(_text(listed), kind, name)
            ]
        return tuple(found)

    async def known(self, kind: str, name: str) -> bool:
        """Whether a game of this team, league or sport has ever been shown here."""
        with translated():
            return bool(await self._servers.commands.exists(wire.index_key(kind, name)))

    @property
    def _plain(self) -> dict[str, Any]:
        return {} if self._servers.sharded else {"transaction": False}


def _arguments(run: Run, sharded: bool) -> Iterator[str | bytes | int]:
    first, last = run.updates[0], run.updates[-1]
    game_id, state = last.game_id, last.state
    yield wire.state_key(game_id)
    yield wire.events_key(game_id)
    yield last.epoch
    yield first.seq
    yield last.seq
    yield run.mode
    yield wire.encode_state(state)
    yield last.corrected_seq
    yield wire.listed(state)
    yield wire.KEPT_AFTER_FINAL_S if state.status in OVER else 0
    yield EVENTS_KEPT
    yield "SPUBLISH" if sharded else "PUBLISH"
    yield wire.channel_of(game_id)
    yield wire.FIXTURES
    for update in run.updates:
        yield wire.encode_row(wire.row_of(update))


def _stored(fields: Sequence[bytes | None], rows: Sequence[tuple[bytes, Any]]) -> Stored | None:
    epoch, seq, corrected_seq, state = fields
    if epoch is None or seq is None or corrected_seq is None or state is None:
        return None
    try:
        return Stored(
            epoch=epoch.decode(),
            seq=int(seq),
            corrected_seq=int(corrected_seq),
            state=wire.decode_state(state),
            entries=[_entry(values) for _, values in rows],
        )
    except (msgspec.DecodeError, ValueError) as error:
        _log.error("a game in Redis cannot be read", detail=str(error))
        return None


def _entry(values: Any) -> wire.Entry:
    named = values if isinstance(values, dict) else dict(values)
    state = named.get(b"state")
    return wire.decode_row(named[b"row"]), wire.decode_state(state) if state is not None else None


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _text(value: bytes | str) -> Any:
    return value.decode() if isinstance(value, bytes) else value
