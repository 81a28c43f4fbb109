"""What owners have decided, as it lies on the topic `game-events`, and what of it waits to get there. Pure.

Example:
    key      fra-arg-2022
    headers  format: 1, complete-ms: 1671376990500, traceparent: 00-4bf92f35...-01
    value    {"game_id":"fra-arg-2022","epoch":"k3v9x2aa","seq":31,"ts":1671376990512,...,"state":{...}}

The value is the whole `Update`: the row, its patch, and the state after it, so that whoever missed what came
before can go on from here. `complete-ms` is a promise that makes a successor's start short: every row of the
partition that was written before that time lies on the topic. 0 promises nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.log.kafka_records import TRACEPARENT, Headers, Record, port_offset
from scorewire.model.update import Update

FORMAT: Final = "format"
VERSION: Final = "1"
"""Of the value; fields are added under the same version, meanings change under another."""
COMPLETE_MS: Final = "complete-ms"

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Update)


class Announced(Struct, frozen=True, kw_only=True):
    """An update as it lies on the topic; `offset` from 1, as the port of the log counts.

    Attributes:
        traceparent: of the call whose claim made the row, if its caller records it.
    """

    partition: int
    offset: int
    complete_ms: int
    update: Update
    traceparent: str = ""


def announcement(update: Update, complete_ms: int, traceparent: str = "") -> Record:
    """The record of an update."""
    headers: list[tuple[str, str | bytes | None]] = [
        (FORMAT, VERSION.encode()),
        (COMPLETE_MS, str(complete_ms).encode()),
    ]
    if traceparent:
        headers.append((TRACEPARENT, traceparent.encode()))
    return Record(update.game_id.encode(), _ENCODER.encode(update), headers)


def read_announcement(partition: int, offset: int, headers: Headers, value: bytes) -> Announced:
    """What was announced; `offset` is Kafka's.

    Raises:
        one of UNREADABLE: somebody else has written here, or a newer version.
    """
    held = {
        name: given.decode() if isinstance(given, bytes) else given for name, given in dict(headers).items()
    }
    if held[FORMAT] != VERSION:
        raise ValueError(f"format {held[FORMAT]!r} is not known")
    return Announced(
        partition=partition,
        offset=port_offset(offset),
        complete_ms=int(held[COMPLETE_MS] or 0),
        update=_DECODER.decode(value),
        traceparent=held.get(TRACEPARENT) or "",
    )


def as_whole(update: Update) -> Update:
    """The state of an update as one that replaces, for who does not have what came before."""
    return msgspec.structs.replace(update, ts=update.state.updated_at, correction=True, event=None, patch={})


@dataclass(slots=True)
class Waiting:
    """What waits of one game.

    Attributes:
        since_ms: when the oldest row was written that waits, or that a newer state stands for.
    """

    updates: list[Update]
    since_ms: int


class Backlog:
    """Updates that are not on the topic yet, by game and in order; beyond `updates_max` the newest states.

    Attributes:
        thinned: updates that were left out for a newer state of their game.
    """

    def __init__(self, updates_max: int) -> None:
        self.thinned = 0
        self._updates_max = updates_max
        self._games: dict[str, Waiting] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, updates: Sequence[Update]) -> None:
        """Put updates behind what waits."""
        for update in updates:
            self._put(update, update.ts)
        if self._size > self._updates_max:
            self._thin(list(self._games))

    def take(self) -> dict[str, Waiting]:
        """Everything that waits; it waits no longer."""
        games, self._games, self._size = self._games, {}, 0
        return games

    def give_back(self, games: dict[str, Waiting]) -> None:
        """What could not be announced goes before what has come since, each game's newest state for all."""
        for game_id, failed in games.items():
            come = self._games.pop(game_id, None)
            self._size -= len(come.updates) if come is not None else 0
            for update in (*failed.updates, *(come.updates if come is not None else ())):
                self._put(update, min(failed.since_ms, update.ts))
        self._thin(list(games))

    def _put(self, update: Update, since_ms: int) -> None:
        held = self._games.setdefault(update.game_id, Waiting([], since_ms))
        held.updates.append(update)
        held.since_ms = min(held.since_ms, since_ms)
        self._size += 1

    def _thin(self, game_ids: Sequence[str]) -> None:
        for game_id in game_ids:
            held = self._games[game_id]
            # Told a second time, a row may stand behind a newer one.
            newest = held.updates[0]
            for update in held.updates:
                if update.epoch != newest.epoch or update.seq >= newest.seq:
                    newest = update
            left_out = len(held.updates) - 1
            self._games[game_id] = Waiting([as_whole(newest)], held.since_ms)
            self._size -= left_out
            self.thinned += left_out


def complete_ms(games: dict[str, Waiting]) -> int:
    """Every row that was written before this time lies on the topic, once all before `games` does."""
    return min((waiting.since_ms for waiting in games.values()), default=0)
