"""The scoreboard on Redis: what owners show there, and what the fans of many processes hear of it.

    publish ──► store ── script ──► Redis ──► pub/sub ──► listening ──► heads ──► listener
                                      ▲                                   │
                                      └── read, once for all who ask ◄────┴── a gap, a lost message,
                                                                              a new or returned connection

Subscriptions follow local interest: what nobody here follows costs this process nothing. Pub/sub may lose
messages, the last of a burst too, so the heads of followed games are compared every COMPARE_S in one
pipelined read, and each game again when its subscription holds anew. What was missed is read once for the
process, and told in order; where the rows are gone, by a full state.

While Redis is away what is held is shown, and what is not held is loaded from the store behind (`load`). A
game that Redis has lost is given back to it by whoever holds or loads it; Redis takes nothing older than it
has.

Source: architecture.md, promises 3, 6, 7 and 9.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
import structlog

from scorewire.errors import BackendError
from scorewire.model.score_state import OVER, ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.base import Head, Listener, Scoreboard, whole
from scorewire.scoreboard.heads import Heads, Load
from scorewire.scoreboard.redis_listening import Listening, Spawn
from scorewire.scoreboard.redis_lists import Lists
from scorewire.scoreboard.redis_reading import Reading, is_behind
from scorewire.scoreboard.redis_servers import Servers, told_to_end
from scorewire.scoreboard.redis_store import Place, Run, Store, Stored

COMPARE_S: Final = 2.0
"""Promise 3: with the read that follows, a lost message is made good within three seconds."""
LINGER_S: Final = 10.0
"""How long a game stays subscribed when the last fan has left: on a quiet game fans come and go."""
FRESH_S: Final = 0.25
"""How long a head that nobody follows is shown from memory: who polls an api is this far behind a stream."""
GIVEN_BACK_MAX: Final = 50
"""Games that one process gives back to Redis in a round: others hold them too, and the owner all of them."""

_log = structlog.get_logger("scorewire.redis")


class Shown(NamedTuple):
    """What became of updates.

    Attributes:
        gaps: see `Scoreboard.publish`.
        refused: games of which a node that answers could not take all now, as while their slot moves; theirs
            may be sent again.
    """

    gaps: dict[str, int]
    refused: dict[str, BackendError]


async def nowhere(_game_id: str) -> Head | None:
    """There is no store behind."""
    return None


class RedisScoreboard(Scoreboard):
    """See the module, and `scoreboard/base.py` for what is guaranteed; start `run` in a task.

    Args:
        servers: see `redis_servers.servers_at`; closed by whoever opened them.
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        now_s: monotonic time.
        load: the head of a game from the store behind, for what Redis does not have.
        heads_max: see `Heads`.
    """

    def __init__(
        self,
        *,
        servers: Servers,
        spawn: Spawn,
        now_s: Callable[[], float],
        load: Load = nowhere,
        heads_max: int,
        compare_s: float = COMPARE_S,
        linger_s: float = LINGER_S,
    ) -> None:
        self._spawn = spawn
        self._now_s = now_s
        self._behind = load
        self._compare_s = compare_s
        self._linger_s = linger_s
        self._store = Store(servers)
        self._lists = Lists(store=self._store, now_s=now_s)
        self._heads = Heads(load=self._load, heads_max=heads_max)
        self._reading = Reading(store=self._store, spawn=spawn, held=self._heads.at, arrived=self._follow_on)
        self._listening = Listening(servers=servers, spawn=spawn, heard=self._hear, confirmed=self._confirm)
        self._listener: Listener | None = None
        self._read_s: dict[str, float] = {}
        self._leaving: dict[str, float] = {}
        self._comparing: dict[str, asyncio.Task[None]] = {}

    @property
    def size(self) -> int:
        """Games whose state is in memory."""
        return len(self._heads)

    @property
    def subscriptions(self) -> int:
        """Channels that are heard: one for each followed game, and `fixtures`."""
        return self._listening.size

    @property
    def ready(self) -> bool:
        """Whether new games are heard of."""
        return self._listening.holds(wire.FIXTURES)

    @property
    def repairs(self) -> int:
        """Games that were read again because something was missed."""
        return self._reading.repairs

    @property
    def losses(self) -> int:
        """Connections for pub/sub that were lost."""
        return self._listening.losses

    async def run(self) -> None:
        """Listen and compare, for ever.

        Cancellation: subscriptions are let go.
        """
        listening = self._spawn(self._listening.run(), "redis listening")
        fixtures = self._spawn(self._want_fixtures(), "redis fixtures")
        try:
            while not told_to_end():
                await asyncio.sleep(self._compare_s)
                try:
                    self._let_go()
                    await self.compare()
                    for listed in await self._lists.unheard(self._heads.followed):
                        self._hear_listed(listed)
                except BackendError as error:
                    _log.warning("lists cannot be looked at", detail=str(error))
        finally:
            for task in (listening, fixtures, *self._comparing.values()):
                task.cancel()

    # The port.

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """See `Scoreboard.publish`: each game's rows all or nothing, many games in one round trip.

        Raises:
            BackendError: Redis did not answer; some may have been taken, and all may be sent again.
        """
        shown = await self.show(updates, place="")
        for error in shown.refused.values():
            raise error
        return shown.gaps

    async def show(self, updates: Sequence[Update], *, place: str) -> Shown:
        """Publish updates of games that one node holds; other nodes' faults are not theirs.

        Args:
            place: see `place_of`; "" for games of any.

        Raises:
            BackendError: as `publish`, where it is not one game's fault.
        """
        by_game: dict[str, list[Update]] = {}
        for update in updates:
            by_game.setdefault(update.game_id, []).append(update)
        runs = [
            Run("whole" if part[0].correction else "rows", part)
            for of_game in by_game.values()
            for part in wire.runs(of_game)
        ]
        # Before anybody is told, so that nobody who looks at a list then misses a game.
        await self._lists.enter_soon(of_game[-1].state for of_game in by_game.values())
        shown = Shown(gaps={}, refused={})
        for run, answer in zip(runs, await self._store.take(runs, place), strict=True):
            game_id = run.updates[-1].game_id
            shown.gaps.pop(game_id, None)
            if isinstance(answer, BackendError):
                shown.refused.setdefault(game_id, answer)
            elif answer.word == "GAP" and game_id not in shown.refused:
                shown.gaps[game_id] = answer.seq
        return shown

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`; many who wait for one game cause one read.

        Raises:
            BackendError: neither Redis nor the store behind could be read.
        """
        if self.held(game_id) is None:
            self._heads.forget(game_id)
        return await self._heads.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`: that of a followed game, or one that was read a moment ago."""
        return self._heads.held(game_id) if self._is_current(game_id) else None

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`; when it returns, the subscription holds and the head is of after that.

        While Redis is away the game is followed all the same: its head comes from the store behind then, and
        what was missed is told when the subscription holds.
        """
        self._leaving.pop(game_id, None)
        self._heads.followed.add(game_id)
        try:
            await self._listening.want(wire.channel_of(game_id))
        except BackendError as error:
            _log.warning("a game is followed before it is heard", game=game_id, detail=str(error))
        await self._reading.settled(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`; the subscription ends a while later."""
        if game_id in self._heads.followed:
            self._leaving[game_id] = self._now_s() + self._linger_s

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._listener = listener

    # What else is asked.

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games of a team, league or sport that are not over; from then on it is looked at now and then."""
        return await self._lists.games_of(kind, name)

    async def known(self, kind: str, name: str) -> bool:
        """Whether a game of this team, league or sport has ever been shown here."""
        return await self._store.known(kind, name)

    async def beat(self) -> None:
        """Everything that was told before this call has been heard when it returns."""
        await self._listening.beat()

    async def compare(self) -> None:
        """Compare the heads of followed games with Redis's, and have those read that are elsewhere.

        Each node of a Cluster is asked on its own; one that does not answer holds up no game of another.
        """
        for place, game_ids in self._store.by_place(self._heads.followed).items():
            if place not in self._comparing:
                self._comparing[place] = self._spawn(self._compare(place, game_ids), f"redis compare {place}")
        if self._comparing:
            await asyncio.wait(self._comparing.values(), timeout=self._compare_s)

    async def _compare(self, place: str, game_ids: Sequence[str]) -> None:
        lost: list[Head] = []
        try:
            for game_id, found in (await self._store.places(game_ids, place)).items():
                held = self._heads.at(game_id)
                if held is not None and found is None:
                    lost.append(held)
                elif held is not None and found is not None and is_behind(held, found):
                    self._reading.want(game_id, found)
        except BackendError as error:
            _log.warning("heads cannot be compared", place=place, detail=str(error))
        finally:
            del self._comparing[place]
        # A set of names has another order in each process, so each gives back other games first.
        await self._give_back([head for head in lost if head.state.status not in OVER][:GIVEN_BACK_MAX])

    # What a writer asks.

    def place_of(self, game_id: str) -> str:
        """The node that holds a game; "" where there is one, or where that is not known."""
        return self._store.place_of(game_id)

    async def lives(self) -> tuple[str, ...]:
        """One word for each server that takes writes; another word means that it may have lost some.

        Raises:
            BackendError: Redis does not answer.
        """
        return await self._store.lives()

    async def behind(self, states: Sequence[ScoreState]) -> dict[str, Place | None]:
        """Where Redis is in those of these games in which it is behind, or of another epoch, or nowhere.

        A game of which its node says nothing now counts as one that is nowhere.

        Raises:
            BackendError: Redis does not answer.
        """
        places = await self._store.places([state.game_id for state in states])
        return {
            state.game_id: place
            for state in states
            if (place := places.get(state.game_id)) is None
            or place.epoch != state.epoch
            or place.seq < state.seq
        }

    async def enter(self, states: Sequence[ScoreState]) -> None:
        """Put games into the lists to which they belong, whatever is remembered of that.

        Raises:
            BackendError: Redis does not answer.
        """
        await self._lists.enter(states, anew=True)

    # What is told.

    def _hear(self, channel: str, data: bytes) -> None:
        try:
            if channel == wire.FIXTURES:
                self._hear_listed(wire.decode_listed(data))
            else:
                self._hear_told(wire.game_of(channel), wire.decode_told(data))
        except msgspec.DecodeError as error:
            _log.error("what was told cannot be read", channel=channel, detail=str(error))

    def _hear_told(self, game_id: str, told: wire.Told) -> None:
        if game_id not in self._heads.followed:
            return
        entries: list[wire.Entry] = [(row, None) for row in told.rows]
        if told.state is not None:
            entries[-1] = (told.rows[-1], told.state)
        held = self._heads.at(game_id)
        updates, complete = wire.catch_up(held.state if held else None, told.epoch, entries)
        self._show(updates)
        if not complete:
            # Something before it was lost, or the head is on its way and may be older than this.
            self._reading.want(game_id, Place(told.epoch, told.rows[-1].seq))

    def _hear_listed(self, listed: wire.Listed) -> None:
        """A game is new, or is listed by other names: whoever follows those may not follow it yet."""
        head = Head(state=listed.state, corrected_seq=listed.corrected_seq)
        if head.state.game_id in self._heads.followed:
            return  # it comes on its own channel
        self._keep(head)
        if self._listener is not None:
            self._listener([whole(head)])

    def _show(self, updates: Sequence[Update]) -> None:
        """What follows on what is held: kept, then told to the listener."""
        if not updates:
            return
        last = updates[-1]
        self._keep(Head(state=last.state, corrected_seq=last.corrected_seq))
        if self._listener is not None:
            self._listener(updates)

    def _is_current(self, game_id: str) -> bool:
        if game_id in self._heads.followed:
            return True
        read_s = self._read_s.get(game_id)
        return read_s is not None and self._now_s() - read_s < FRESH_S

    def _keep(self, head: Head) -> None:
        game_id = head.state.game_id
        held = self._heads.at(game_id)
        if held is not None and held.state.epoch == head.state.epoch and held.state.seq > head.state.seq:
            return
        self._heads.keep(head)
        if game_id not in self._heads.followed:
            self._read_s[game_id] = self._now_s()

    # What is read.

    def _confirm(self, channel: str) -> None:
        """A subscription holds from now on: what came before it is read."""
        if channel == wire.FIXTURES:
            self._lists.look_soon()
        else:
            self._reading.want(wire.game_of(channel))

    def _follow_on(self, game_id: str, stored: Stored) -> None:
        """Bring what is held to what Redis has: by rows where they are there, else by the whole state."""
        held = self._heads.at(game_id)
        head = Head(state=stored.state, corrected_seq=stored.corrected_seq)
        if held is None:
            self._keep(head)
            return
        if held.state.epoch == stored.epoch:
            self._show(wire.catch_up(held.state, stored.epoch, stored.entries)[0])
            held = self._heads.at(game_id)
        if held is None or held.state.epoch != stored.epoch or held.state.seq < stored.seq:
            self._show([whole(head)])

    async def _load(self, game_id: str) -> Head | None:
        """What is not held: from Redis, else from the store behind."""
        try:
            found = await self._store.read({game_id: None}, self.place_of(game_id))
            if game_id not in found:
                raise BackendError("redis: its node cannot give this game", retryable=True)
            stored = found[game_id]
        except BackendError:
            head = await self._behind(game_id)
            if head is None:
                raise
        else:
            if stored is not None:
                head = Head(state=stored.state, corrected_seq=stored.corrected_seq)
            else:
                head = await self._behind(game_id)
                # One that is over has had its hour.
                if head is not None and head.state.status not in OVER:
                    await self._give_back([head])
        self._read_s[game_id] = self._now_s()
        return head

    async def _give_back(self, heads: Sequence[Head]) -> None:
        """Redis has lost these games."""
        try:
            if heads:
                await self._lists.enter((head.state for head in heads), anew=True)
                await self._store.take([Run("fill", [whole(head)]) for head in heads])
        except BackendError as error:
            _log.warning("what Redis has lost cannot be given back", games=len(heads), detail=str(error))

    # What changes by time.

    async def _want_fixtures(self) -> None:
        while True:
            try:
                return await self._listening.want(wire.FIXTURES)
            except BackendError as error:
                _log.warning("fixtures are not heard yet", detail=str(error))

    def _let_go(self) -> None:
        """End the subscriptions of games that nobody has followed for a while, and forget old heads."""
        now_s = self._now_s()
        gone = [game_id for game_id, due_s in self._leaving.items() if due_s <= now_s]
        for game_id in gone:
            del self._leaving[game_id]
            self._heads.followed.discard(game_id)
            self._reading.forget(game_id)
            self._heads.forget(game_id)
        self._listening.leave(wire.channel_of(game_id) for game_id in gone)
        for game_id in [one for one, read_s in self._read_s.items() if now_s - read_s >= FRESH_S]:
            del self._read_s[game_id]
            if game_id not in self._heads.followed:
                self._heads.forget(game_id)
