"""The games as they are shown with one delay: who follows them, what is loaded, what waits for its hour.

    live       updates ─────────────────────────► audiences
    delayed    updates ──► backlog ── N s later ─► audiences of its own

A delayed showing is a whole one: its games, fixtures that appear, games that finish and leave, unknown ids
are those of N seconds ago, so nothing newer can be seen through any of them. The live showing has no backlog
and pays nothing for the others.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from scorewire.fanout.audience import Audience, FanLike, Tally
from scorewire.fanout.backlog import Backlog
from scorewire.fanout.channel import RECALLED_MAX
from scorewire.fanout.codes import refusal
from scorewire.fanout.follow import Arrival, Follow, Key, interests_of
from scorewire.fanout.interests import Interests
from scorewire.fanout.loading import GamesOf, Known, Loading, Recall, Spawn
from scorewire.fanout.stands import Stands
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Scoreboard, whole

_log = structlog.get_logger("scorewire.fanout")


class Past(Protocol):
    """What was true a while ago, and what has become of it since."""

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        """The game at its newest row of `cutoff_ms` or before (None: there was none), and all rows after."""
        ...

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        """Games that were not over at `cutoff_ms`; some may not have been declared yet."""
        ...

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        """At most `limit` rows after `since_seq`, as fans were told them."""
        ...


class Delayed:
    """A scoreboard's head as it was `delay_s` ago; what has happened since goes to the backlog.

    Args:
        now_ms: wall time.
    """

    def __init__(
        self,
        *,
        delay_s: int,
        scoreboard: Scoreboard,
        past: Past,
        backlog: Backlog,
        now_ms: Callable[[], int],
        now_s: Callable[[], float],
    ) -> None:
        self._delay_ms = delay_s * 1000
        self._scoreboard = scoreboard
        self._past = past
        self._backlog = backlog
        self._now_ms = now_ms
        self._now_s = now_s

    async def head(self, game_id: str) -> Head | None:
        """See the class."""
        held = self.held(game_id)
        if held is not None:
            return held
        cutoff_ms = self._now_ms() - self._delay_ms
        head, since = await self._past.since(game_id, cutoff_ms)
        newest = self._scoreboard.held(game_id)
        told_seq = since[-1].seq if since else head.state.seq if head is not None else 0
        if newest is not None and newest.state.seq > told_seq:
            since = [*since, whole(newest)]  # more rows than are read back at once
        self._backlog.recall(since, self._now_s())
        return head

    def held(self, game_id: str) -> Head | None:
        """The head, if it is at hand and old enough."""
        held = self._scoreboard.held(game_id)
        return held if held and held.state.updated_at <= self._now_ms() - self._delay_ms else None

    async def games_of(self, kind: str, id: str) -> tuple[str, ...]:  # noqa: A002
        """See `Past.games_of`."""
        return await self._past.games_of(kind, id, self._now_ms() - self._delay_ms)


class Showing:
    """See the module.

    Args:
        delay_s: 0 for the live one.
        backlog: None for the live one.
        held: the head of a game that is at hand without waiting.
        head, follow, unfollow, games_of, known, recall, spawn: see `Loading`.
        ready: told the arrivals whose last load has ended.
        queue: an audience has something to broadcast.
        now_s: what time it is, until the first sweep says so.
        The rest: see `Stands` and `Interests`.
    """

    def __init__(
        self,
        *,
        delay_s: int,
        backlog: Backlog | None,
        tally: Tally,
        head: Callable[[str], Awaitable[Head | None]],
        held: Callable[[str], Head | None],
        follow: Callable[[str], Awaitable[None]],
        unfollow: Callable[[str], Awaitable[None]],
        games_of: GamesOf,
        known: Known,
        recall: Recall,
        spawn: Spawn,
        ready: Callable[[list[Arrival]], None],
        queue: Callable[[Audience], None],
        touched: Callable[[Sequence[FanLike]], None],
        frames_max: int,
        full_games_max: int,
        interval_of: Callable[[str], float],
        now_s: float,
    ) -> None:
        self.delay_s = delay_s
        self.backlog = backlog
        self.held = held
        self._tally = tally
        self._queue = queue
        self._spawn = spawn
        self._recall = recall
        self._repairs: dict[str, list[Update]] = {}
        self._now_s = now_s
        self.loading = Loading(
            head=head,
            follow=follow,
            unfollow=unfollow,
            spawn=spawn,
            games_of=games_of,
            known=known,
            recall=recall,
            install=self.install,
            fill=self._fill,
            ready=ready,
        )
        self.stands = Stands(
            delay_s=delay_s,
            tally=tally,
            touched=touched,
            frames_max=frames_max,
            interval_of=interval_of,
            gone=self.loading.drop,
        )
        self.interests = Interests(full_games_max=full_games_max, state_of=self.stands.state_of)

    def busy(self) -> bool:
        """Whether anybody follows anything here, or has a moment ago."""
        return self.stands.games > 0 or self.interests.any() or self.loading.busy()

    def hear(self, updates: Sequence[Update], now_s: float) -> None:
        """Something happens now; what concerns this showing is kept until its time has come."""
        assert self.backlog is not None, "the live showing is offered what happens"
        for update in updates:
            game_id = update.game_id
            if (
                self.stands.has(game_id)
                or self.loading.loads(("game", game_id))
                or (self.interests.any() and self.interests.concern(interests_of(update.state)))
            ):
                self.backlog.put(update, now_s)

    def offer(self, update: Update, now_s: float) -> list[tuple[FanLike, bool]]:
        """Show an update; returns the fans to whom its game is new, with the view that they asked for."""
        keys = interests_of(update.state)
        self.loading.hear(update, keys)
        self.interests.note(update.state, now_s)
        audiences = self.stands.of(update.game_id)
        if self._repairs and update.game_id in self._repairs:
            self._repairs[update.game_id].append(update)
        elif audiences and self.backlog is None and audiences[0].channel.skipped(update):
            self._repair(update, audiences[0].channel.seq)
        else:
            self._advance(audiences, update)
        if not self.interests.any():
            return []
        return self.interests.add(update.game_id, keys)

    def _advance(self, audiences: Sequence[Audience], update: Update) -> None:
        for audience in audiences:
            epoch = audience.channel.epoch
            if audience.channel.advance(update):
                if update.epoch != epoch:
                    audience.forget_copies()
                self._queue(audience)

    def compare(self, _now_s: float) -> None:
        """Find what was lost on its way by the scoreboard's heads, the last update of a burst too."""
        for game_id in self.stands.ids():
            channel, head = self.stands.of(game_id)[0].channel, self.held(game_id)
            if head is None or game_id in self._repairs or head.state.epoch != channel.epoch:
                continue
            if head.state.seq > channel.seq:
                self._repair(whole(head), channel.seq)

    def _repair(self, update: Update, since_seq: int) -> None:
        """What lies between is read back once for all fans; until then the game's news wait."""
        self._tally.repairs += 1
        self._repairs[update.game_id] = [update]
        self._spawn(self._mend(update.game_id, since_seq), f"fanout repair {update.game_id}")

    async def _mend(self, game_id: str, since_seq: int) -> None:
        lost: Sequence[Update] = ()
        try:
            lost = await self._recall(game_id, since_seq)
        except Exception as error:
            # The boundary of a repair: without it the gap is closed by a full state.
            _log.error("repair_failed", game=game_id, exc_info=error)
        waiting = self._repairs.pop(game_id)
        audiences = self.stands.of(game_id)
        for update in (*(one for one in lost if one.seq <= waiting[0].seq), *waiting):
            self._advance(audiences, update)

    def look_back(self, held: Callable[[str], Head | None], now_s: float) -> None:
        """Of a delayed showing: what may never have come to the backlog is read back into it.

        Args:
            held: the scoreboard's head of now.
        """
        for game_id in self.stands.ids():
            channel, head = self.stands.of(game_id)[0].channel, held(game_id)
            if head is not None and head.state.epoch == channel.epoch and head.state.seq > channel.seq:
                self._spawn(self._remember(head, channel.seq, now_s), f"fanout look back {game_id}")

    async def _remember(self, head: Head, since_seq: int, now_s: float) -> None:
        assert self.backlog is not None
        game_id = head.state.game_id
        rows: Sequence[Update] = ()
        try:
            rows = await self._recall(game_id, since_seq)
        except Exception as error:
            # The boundary of a repair: without it the gap is closed by a full state.
            _log.error("repair_failed", game=game_id, exc_info=error)
        if not rows or rows[-1].seq < head.state.seq:
            rows = [*rows, whole(head)]
        self.backlog.recall(rows, now_s)

    def install(self, head: Head) -> None:
        """Put a game at hand, unless it is."""
        self.stands.install(head, self._now_s)
        self.interests.note(head.state, self._now_s)

    def _fill(self, game_id: str, updates: Sequence[Update]) -> None:
        for audience in self.stands.of(game_id):
            audience.channel.fill(updates)

    def refuse_unknown(self, arrival: Arrival) -> None:
        """Give the arrival its error if it follows what does not exist."""
        for follow in arrival.follows:
            if follow.key in arrival.unknown or self.loading.is_unknown(follow.key):
                arrival.error = refusal(f"unknown_{follow.kind}", f"There is no {follow.kind} {follow.id!r}.")
                if follow.kind != "game":
                    self.interests.drop(follow.key)
                return

    def at_hand(self, game_id: str, epoch: str, seq: int, *, line: bool) -> Audience | None:
        """The audience for a fan of one game who has `seq`; None if something must be loaded first."""
        if not self.stands.has(game_id):
            return None
        audience = self.stands.seen(game_id, line=line, now_s=self._now_s)
        if epoch and seq > 0 and audience.channel.lacks(epoch, seq):
            return None
        return self.stands.view(game_id, line=line, now_s=self._now_s)

    def games_for(self, arrival: Arrival) -> dict[str, bool]:
        """The games that the arrival is to be served; it waits for what is not at hand."""
        waits: list[Key] = [
            follow.key
            for follow in arrival.follows
            if follow.kind != "game" and not self.interests.loaded(follow.key)
        ]
        wanted = self.interests.wanted(arrival.follows)
        for game_id in list(wanted):
            key: Key = ("game", game_id)
            if self.stands.has(game_id):
                if arrival.epoch and self._lacks(arrival, game_id, line=wanted[game_id]):
                    waits.append(("ring", game_id))
                continue
            if key in arrival.unknown or self.loading.is_unknown(key):
                del wanted[game_id]  # a list named it, but it is gone, or is not yet
                self.interests.forget(game_id)
            else:
                waits.append(key)
        self._wait(arrival, waits)
        return wanted

    def _wait(self, arrival: Arrival, keys: Sequence[Key]) -> None:
        for key in keys:
            if self.loading.full(key):
                self._tally.overloads += 1
                arrival.error = refusal("unavailable", "Too many loads at once.", retry_after_s=2)
                return
            interest, since_seq = None, 0
            if key[0] == "ring":
                since_seq = max(self.stands.of(key[1])[0].channel.seq - RECALLED_MAX, 0)
            elif key[0] != "game":
                interest = self.interests.open(key, self._now_s)
            self.loading.wait_for(arrival, key, interest, since_seq)

    def _lacks(self, arrival: Arrival, game_id: str, *, line: bool) -> bool:
        """Whether the journal may have frames that this fan missed and the ring here does not hold."""
        seq = arrival.seqs.get(game_id, 0)
        if seq <= 0:
            return False
        audience = self.stands.seen(game_id, line=line, now_s=self._now_s)
        return audience.channel.lacks(arrival.epoch, seq)

    def sweep(self, now_s: float) -> None:
        """Forget what nobody needs any more."""
        self._now_s = now_s
        self.loading.sweep(now_s)
        self.stands.let_go(now_s)
        self.interests.let_go(now_s, self.loading.loads)

    def of(self, fan: FanLike) -> tuple[Follow, ...]:
        """The follows of a fan that are of this showing."""
        return tuple(follow for follow in fan.follows if follow.delay_s == self.delay_s)

    def seats(self, fan: FanLike) -> list[Audience]:
        """The audiences of a fan that are of this showing."""
        return [audience for audience in fan.audiences if audience.delay_s == self.delay_s]
