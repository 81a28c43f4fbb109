"""Every fan of this process, and what they follow: the scoreboard's listener.

    offer(updates) ─┬─ rings advance ── turns: slices of fans, round-robin over games ── transport.write
                    └─ backlogs of delayed showings, N seconds later the same

A fan is entries in dictionaries: no task, queue or timer of its own. Nothing here awaits a fan. Fans that
leave are freed by reference count alone, so `leave` cuts every tie.
"""

import random
from collections.abc import Callable, Sequence

import structlog

from scorewire.fanout.audience import Audience, FanLike, Tally, by_game, seat
from scorewire.fanout.blocks import Blocks, own_cursor
from scorewire.fanout.follow import Arrival, Follow, Key
from scorewire.fanout.frames import SEVERAL, SINGLE, WEBSOCKET, ByeReason, id_block
from scorewire.fanout.goodbye import any_retry_ms, say_goodbye
from scorewire.fanout.interests import gives_up, leave_out
from scorewire.fanout.league_tables import Source
from scorewire.fanout.loading import GamesOf, Known, Spawn
from scorewire.fanout.pace import Later, Pace
from scorewire.fanout.showing import Past, Showing
from scorewire.fanout.showings import Showings
from scorewire.fanout.turns import Each, Lag, Soon, Turn, Turns
from scorewire.fanout.turnstile import Turnstile
from scorewire.fanout.wheel import Wheel
from scorewire.model.ids import read_cursor
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Scoreboard

_log = structlog.get_logger("scorewire.fanout")


class Hub:
    """See the module. All methods are called from the loop's thread; none blocks.

    Args:
        scoreboard: heads and updates; the hub becomes its listener.
        spawn, games_of, known: see `Loading`.
        past: what delayed fans are shown, and what returning ones missed.
        tables: of leagues; None where there are none.
        call_soon, call_later: `loop.call_soon`, `loop.call_later`.
        now_ms, now_s: wall and monotonic time.
        rng: for reconnect times.
        The rest: see `config.Fanout`.
    """

    def __init__(
        self,
        *,
        scoreboard: Scoreboard,
        spawn: Spawn,
        games_of: GamesOf,
        known: Known,
        past: Past,
        tables: Source | None = None,
        call_soon: Soon,
        call_later: Later,
        now_ms: Callable[[], int],
        now_s: Callable[[], float],
        rng: random.Random,
        ring_frames_max: int,
        slice_writes: int,
        heartbeat_s: float,
        stall_s: float,
        full_games_max: int,
        connections_max: int,
        connections_per_address_max: int,
        cursor_wait_s: float,
        delayed_updates_max: int,
        interval_of: Callable[[str], float],
    ) -> None:
        self.tally = Tally()
        self.rng = rng
        self.wheel = Wheel(heartbeat_s=heartbeat_s, skip=self.lags)
        self.counts = [0, 0, 0]
        self.draining = False
        self._stall_s = stall_s
        self._full_games_max = full_games_max
        self._turnstile = Turnstile(fans_max=connections_max, address_max=connections_per_address_max)
        self._cursor_wait_s = cursor_wait_s
        self._laggards: dict[FanLike, Lag] = {}
        self._ahead: dict[FanLike, float] = {}
        self._blocks = Blocks(lag_of=self._laggards.get)
        self._turns = Turns(call_soon=call_soon, slice_writes=slice_writes, failed=self._turn_failed)
        self._pace = Pace(turns=self._turns, call_later=call_later)
        self._showings = Showings(
            scoreboard=scoreboard,
            past=past,
            tables=tables,
            lags=self.lags,
            turn=self._turns.add,
            spawn=spawn,
            games_of=games_of,
            known=known,
            now_ms=now_ms,
            now_s=now_s,
            tally=self.tally,
            ready=self._later,
            queue=self._pace.queue,
            touched=self._blocks.touch,
            frames_max=ring_frames_max,
            full_games_max=full_games_max,
            delayed_updates_max=delayed_updates_max,
            interval_of=interval_of,
        )
        self._live = self._showings.live
        self._tables = self._showings.tables
        self.wheel.every(0.1, self._tables.round)
        self.wheel.every(0.1, self._show_delayed)
        self.wheel.every(2.0, self._live.compare)
        self.wheel.every(0.5, self._send_blocks)
        self.wheel.every(1.0, self._sweep)
        scoreboard.listen(self.offer)

    # What happens in games.

    def offer(self, updates: Sequence[Update]) -> None:
        """Take updates from the scoreboard; they are written in the turns that follow."""
        for update in updates:
            self._show(self._live, update)
        self._showings.hear(updates)

    def _show(self, showing: Showing, update: Update) -> None:
        fans = showing.offer(update, self.wheel.now_s)
        if fans:
            self._appear(showing, update, fans)

    def _show_delayed(self, _now_s: float) -> None:
        for showing, update in self._showings.due():
            self._show(showing, update)

    def compare(self) -> None:
        """Look now for what was lost while the scoreboard heard nothing."""
        self._showings.compare(self.wheel.now_s)

    def idle(self) -> bool:
        """Whether no broadcast is pending."""
        return self._turns.idle()

    def lags(self, fan: FanLike) -> bool:
        """Whether the fan's transport has asked to pause."""
        return fan in self._laggards

    @property
    def laggards(self) -> int:
        """Fans whose transport has asked to pause."""
        return len(self._laggards)

    @property
    def fans(self) -> int:
        """Fans of this process."""
        return self._turnstile.fans

    @property
    def games(self) -> int:
        """Games held in one view or both."""
        return self._showings.games

    def _appear(self, showing: Showing, update: Update, fans: list[tuple[FanLike, bool]]) -> None:
        """A fixture that appears later joins by itself."""
        game_id = update.game_id
        appeared = Head(state=update.state, corrected_seq=update.corrected_seq)
        if not showing.stands.has(game_id):
            showing.install(appeared)
            showing.loading.keep(game_id)

        def bring(entry: tuple[FanLike, bool]) -> None:
            fan, line = entry
            finished = gives_up(fan)
            if fan.slot < 0 or finished is None:
                return
            self._exit(fan, finished)
            if not showing.stands.has(game_id):
                # This turn came so late that the sweep let the game go.
                showing.install(showing.held(game_id) or appeared)
                showing.loading.keep(game_id)
            line = line or self._full_games(fan) >= self._full_games_max
            held = by_game(fan)
            data = self._enter(fan, held, game_id, line=line, arrival=None, showing=showing)
            seat(fan, held.values())
            if data:
                fan.write(data)
                if fan.form == SEVERAL:
                    self._blocks.touch((fan,))

        self._turns.add(Each(fans, bring, lambda entry: entry[0]))

    def _turn_failed(self, turn: Turn, error: Exception, fans: list[FanLike]) -> None:
        """Those concerned come back; an audience that has lost all its fans makes room for a fresh one."""
        self.tally.failures += 1
        _log.error("turn_failed", fans=len(fans), exc_info=error)
        if isinstance(turn, Audience) and not turn.more():
            fans = [*fans, *(fan for fan, lag in self._laggards.items() if turn in lag.places)]
            self._showings.of(turn.delay_s).stands.discard(turn)
        self._turns.add(Each(fans, self._lose, lambda fan: fan))

    def _lose(self, fan: FanLike) -> None:
        if fan.slot < 0:
            return
        try:
            self.say_bye(fan, "lost")
        except Exception as error:
            # The very fan, perhaps, whose transport made the turn fail.
            _log.error("bye_failed", exc_info=error)
            fan.abort()

    # Coming and going.

    def admit(self, fan: FanLike) -> ByeReason | None:
        """Count a fan in; the reason if there is no place for it, and then it must not be served."""
        if self.draining:
            return "drain"
        if not self._turnstile.enter(fan.address):
            self.tally.overloads += 1
            return "overload"
        self.counts[fan.form] += 1
        self.wheel.enrol(fan)
        return None

    def greet(self, arrival: Arrival) -> None:
        """Serve a fan that has just come in: in few steps if it follows one game, and that is at hand."""
        fan, audience, seq = arrival.fan, None, 0
        if fan.form == SINGLE and not arrival.delay_s and fan not in self._laggards:
            follow = arrival.follows[0]
            seq = arrival.seqs.get(follow.id, 0)
            audience = self._live.at_hand(follow.id, arrival.epoch, seq, line=follow.line)
        if audience is None:
            self.arrive(arrival)
            return
        opening = fan.open(arrival, [audience.channel.game_id])
        seat(fan, (audience,))
        data = self._place(fan, audience, arrival.epoch, seq)
        self.tally.bytes += len(opening) + len(data)
        fan.transport.writelines((opening, data))

    def arrive(self, arrival: Arrival) -> None:
        """Serve what a fan asks for: at once if it is at hand, else as soon as it is loaded."""
        fan = arrival.fan
        if fan.slot < 0 or arrival.cancelled:
            return
        showing = self._showings.of(arrival.delay_s)
        wanted: dict[str, bool] = {}
        if arrival.error is None:
            showing.refuse_unknown(arrival)
        if arrival.error is None:
            wanted = showing.games_for(arrival)
        if arrival.error is not None:
            showing.loading.withdraw(arrival)
            self.tally.refusals += 1
            fan.refuse(arrival, arrival.error)
        elif not arrival.missing:
            showing.loading.withdraw(arrival)
            self._serve(arrival, wanted, showing)

    def pending(self, fan: FanLike) -> tuple[Arrival, ...]:
        """What a fan has asked for that is neither served nor refused yet."""
        return self._showings.pending(fan)

    def cancel(self, fan: FanLike, key: Key) -> Follow | None:
        """Take back a subscription that is pending; None if there is none."""
        for arrival in self._showings.pending(fan):
            if arrival.follows[0].key == key:
                arrival.cancelled = True
                self._showings.of(arrival.delay_s).loading.withdraw(arrival)
                return arrival.follows[0]
        return None

    def _later(self, arrivals: list[Arrival]) -> None:
        self._turns.add(Each(arrivals, self.arrive, lambda arrival: arrival.fan))

    def _serve(self, arrival: Arrival, wanted: dict[str, bool], showing: Showing) -> None:
        fan = arrival.fan
        for follow in arrival.follows:
            if follow.kind != "game":
                showing.interests.join(fan, follow)
        if fan.form == WEBSOCKET or any(follow.kind != "game" for follow in arrival.follows):
            fan.follows = (*fan.follows, *(one for one in arrival.follows if one not in fan.follows))
        held = by_game(fan)
        leave_out(wanted, held, arrival.follows)
        parts = [fan.open(arrival, list(wanted))]
        try:
            for game_id, line in wanted.items():
                parts.append(self._enter(fan, held, game_id, line=line, arrival=arrival, showing=showing))
        finally:
            seat(fan, held.values())  # once, since a fan may have a thousand
        if fan.form == SEVERAL:
            parts.append(id_block(own_cursor(fan, self._laggards.get(fan))))
        parts.append(self._tables.enter(fan, arrival.follows))
        self.tally.bytes += sum(map(len, parts))
        fan.transport.writelines(parts)

    def _enter(
        self,
        fan: FanLike,
        held: dict[str, Audience],
        game_id: str,
        *,
        line: bool,
        arrival: Arrival | None,
        showing: Showing,
    ) -> bytes:
        """Put a fan into a game's audience; a game comes once, in the fuller of the views asked for.

        Where two follows of different delays bring it, it comes with the longer one, which spoils nothing.

        Args:
            held: the fan's audiences by game; the caller seats the fan in what they have become.
        """
        epoch, seq = "", None
        before = held.get(game_id)
        if before is not None:
            again = arrival is not None and arrival.fresh
            if before.delay_s > showing.delay_s:
                if before.channel.line <= line:
                    return b""
                showing = self._showings.of(before.delay_s)  # in full, and no sooner than before
            elif before.delay_s == showing.delay_s and not again and before.channel.line <= line:
                return b""
            if before.delay_s < showing.delay_s:
                epoch, seq = before.channel.epoch, before.seq_of(fan)  # it waits, and is not sent back
                line = line and before.channel.line
            self._part(fan, before)
            del held[game_id]
        audience = held[game_id] = showing.stands.view(game_id, line=line, now_s=self.wheel.now_s)
        if arrival is not None and arrival.epoch:
            epoch, seq = arrival.epoch, arrival.seqs.get(game_id)
        lag = self._laggards.get(fan)
        if lag is not None:
            self.tally.joins += 1
            audience.lagging += 1
            lag.places[audience] = (epoch, seq)
            return b""
        return self._place(fan, audience, epoch, seq)

    def _place(self, fan: FanLike, audience: Audience, epoch: str, seq: int | None) -> bytes:
        """Let a fan into an audience; who claims to be ahead of us is given some time to be right."""
        self.tally.joins += 1
        data = audience.enter(fan, epoch, seq)
        if fan in audience.waiting:
            due_s = self.wheel.now_s + self._cursor_wait_s + audience.delay_s
            self._ahead[fan] = max(self._ahead.get(fan, 0.0), due_s)
        return data

    def _full_games(self, fan: FanLike) -> int:
        return sum(not audience.channel.line for audience in fan.audiences)

    def unfollow(self, fan: FanLike, key: Key) -> Follow | None:
        """End one follow; games that another follow brings stay. None if there was no such follow."""
        cancelled = self.cancel(fan, key)
        ended = next((follow for follow in fan.follows if follow.key == key), None)
        if ended is None:
            return cancelled
        fan.follows = tuple(follow for follow in fan.follows if follow.key != key)
        self._lose_interest(fan, ended)
        showing = self._showings.of(ended.delay_s)
        kept = showing.interests.wanted(showing.of(fan))
        self._exit(fan, [one for one in showing.seats(fan) if one.channel.game_id not in kept])
        return ended

    def places(self, fan: FanLike) -> tuple[str, dict[str, int]]:
        """What the fan has of each of its games, as a cursor would say it."""
        return read_cursor(own_cursor(fan, self._laggards.get(fan))) or ("", {})

    def leave(self, fan: FanLike) -> None:
        """Cut every tie with a fan; harmless if it has left. The caller clears `transport`."""
        if fan.slot < 0:
            return
        self.wheel.strike(fan)
        self.counts[fan.form] -= 1
        self._turnstile.leave(fan.address)
        for arrival in self._showings.pending(fan):
            self._showings.of(arrival.delay_s).loading.withdraw(arrival)
        for audience in fan.audiences:
            self._part(fan, audience)
        for follow in fan.follows:
            self._lose_interest(fan, follow)
        fan.audiences = fan.follows = ()
        self._laggards.pop(fan, None)
        self._ahead.pop(fan, None)
        self._blocks.forget(fan)

    def _exit(self, fan: FanLike, audiences: list[Audience]) -> None:
        for audience in audiences:
            self._part(fan, audience)
        gone = set(audiences)
        if gone:
            seat(fan, [audience for audience in fan.audiences if audience not in gone])

    def _part(self, fan: FanLike, audience: Audience) -> None:
        """Leave one audience; the caller seats the fan in the rest."""
        lag = self._laggards.get(fan)
        if lag is not None and lag.places.pop(audience, None) is not None:
            audience.lagging -= 1
        audience.leave(fan)
        self._showings.of(audience.delay_s).stands.left(audience, self.wheel.now_s)

    def _lose_interest(self, fan: FanLike, follow: Follow) -> None:
        if follow.kind != "game":
            interests = self._showings.of(follow.delay_s).interests
            interests.leave(fan, follow.key, self.wheel.now_s)
            self._tables.leave(fan, follow)

    # Laggards.

    def pause(self, fan: FanLike) -> None:
        """The fan's transport holds enough: its place is noted, and broadcasts pass it by."""
        if fan in self._laggards or fan.slot < 0:
            return
        lag = self._laggards[fan] = Lag(self.wheel.now_s)
        self.tally.lags += 1
        for audience in fan.audiences:
            lag.places[audience] = (audience.channel.epoch, audience.leave(fan))
            audience.lagging += 1

    def resume(self, fan: FanLike) -> None:
        """The fan has drained: one write brings it to the head of each of its games."""
        lag = self._laggards.pop(fan, None)
        if lag is None:
            return
        self.tally.resumes += 1
        parts = []
        for audience, (epoch, seq) in lag.places.items():
            audience.lagging -= 1
            parts.append(audience.enter(fan, epoch, seq, "resync"))
        parts.append(self._tables.catch_up(fan))
        data = b"".join(parts)
        if data:
            self.tally.bytes += len(data)
            fan.write(data)
            if fan.form == SEVERAL:
                self._blocks.touch((fan,))

    # Rounds of the wheel.

    def _send_blocks(self, _now_s: float) -> None:
        turn = self._blocks.turn(self._ahead)
        if turn is not None:
            self._turns.add(turn)

    def _sweep(self, now_s: float) -> None:
        for fan, lag in list(self._laggards.items()):
            if now_s - lag.since_s >= self._stall_s:
                self.tally.stalls += 1
                fan.abort()
        for fan, due_s in list(self._ahead.items()):
            if not any(fan in audience.waiting for audience in fan.audiences):
                del self._ahead[fan]
            elif due_s <= now_s:
                self.say_bye(fan, "lost")
        for showing in self._showings.sweep(now_s):
            self._retire(showing, now_s)

    def _retire(self, showing: Showing, now_s: float) -> None:
        """Games that finished a while ago leave those who did not ask for them by name."""
        games, fans = showing.interests.retire(now_s)

        def part(fan: FanLike) -> None:
            gone = [one for one in showing.seats(fan) if one.channel.game_id in games]
            # Who names the game, with whatever delay, goes on to be told here.
            brings = showing.interests.brings
            self._exit(fan, [one for one in gone if not brings(fan.follows, one.channel.game_id)])

        if fans:
            self._turns.add(Each(fans, part, lambda fan: fan))

    # Goodbye.

    def say_bye(self, fan: FanLike, reason: ByeReason, retry_ms: int | None = None) -> None:
        """Tell a fan to come back later, and close it."""
        block = (
            id_block(own_cursor(fan, self._laggards.get(fan)))
            if fan.form == SEVERAL and fan.audiences
            else b""
        )
        self.tally.byes += 1
        self.leave(fan)
        fan.farewell(reason, self.retry_ms() if retry_ms is None else retry_ms, block)

    async def drain(self, over_s: float) -> int:
        """Tell every fan `bye`, spread evenly over `over_s`, each with a time of its own to come back.

        Returns how many were told; others had left. New streams are turned away from now on.
        Cancellation: those who were not told yet stay; they see the connection close.
        """
        self.draining = True
        return await say_goodbye(self.wheel.fans(), self.say_bye, over_s, self.rng)

    def retry_ms(self) -> int:
        """A random time to reconnect after."""
        return any_retry_ms(self.rng)
