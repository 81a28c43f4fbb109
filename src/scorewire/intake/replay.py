"""Plays recordings again: what is posted when (`lay_out`, `Outbox`, both pure), and the shell that posts it.

Time. The gaps between the events of a recording are kept, but for those longer than GAP_MAX_S (breaks,
time-outs), which become BREAK_S, and are divided by the speed. At the speed `max` everything is due at once.

Shuffle. An event whose turn has come is held back at random: for up to HOLD_MAX_S where things are paced, for
up to HOLD_MAX_MESSAGES messages where they are not. Never is it posted later than SHUFFLE_MAX_S of wall time
after its turn, which the Outbox sees to by letting go early when calls take long. So a node that waits 500
ms for a missing number finds them all, if its answers take no more than what is left of the 500.

Duplicates. With the probability given, an event is posted a second time in another call (another webhook-id),
and a call a second time as it was (the same webhook-id).
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from scorewire.clock import Clock
from scorewire.intake.feed_client import PAYLOAD, Answer, FeedClient, Rejection, Sleep, new_webhook_id
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.native import write_message

GAP_MAX_S = 60.0
BREAK_S = 5.0
SHUFFLE_MAX_S = 0.4
"""Furthest that a shuffle moves an event, in wall time between its turn and its posting."""
HOLD_MAX_S = 0.3
HOLD_MAX_MESSAGES = 100
"""Far below the claims of one game that an owner holds behind a gap (`games.held_max`)."""
BATCH_MAX = 50
HELD_MAX = 200
"""Held back at the same time; more turns wait. What is overdue may make a call larger by so many."""
REJECTIONS_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One thing to post.

    Attributes:
        due_s: when its turn comes, in seconds of posting from the start.
        nominal_s: when it happened, in seconds of the recording with its breaks shortened.
        hold_s, hold_messages: how long it is held back; at most one of them is not 0.
        payload: `body` is the provider's own payload, which goes alone, and no CloudEvent.
        again: a duplicate of an earlier one.
    """

    provider: str
    body: bytes
    due_s: float = 0.0
    nominal_s: float = 0.0
    hold_s: float = 0.0
    hold_messages: int = 0
    payload: bool = False
    again: bool = False


def nominal_times(times_ms: Iterable[int]) -> list[float]:
    """Seconds from the first event, never stepping back, long gaps shortened."""
    out: list[float] = []
    at_s, newest_ms = 0.0, None
    for time_ms in times_ms:
        if newest_ms is not None and time_ms > newest_ms:
            gap_s = (time_ms - newest_ms) / 1000
            at_s += gap_s if gap_s <= GAP_MAX_S else BREAK_S
        newest_ms = time_ms if newest_ms is None else max(newest_ms, time_ms)
        out.append(at_s)
    return out


def lay_out(
    events: Sequence[ProviderEvent],
    *,
    speed: float | None,
    shuffle_seed: int | None = None,
    duplicate_p: float = 0.0,
    now_ms: int | None = None,
) -> list[Posting]:
    """What to post when, in the order of the turns; the same for the same arguments.

    Args:
        speed: times the pace of the recording; None is as fast as it goes.
        shuffle_seed: holds events back at random; None keeps the order.
        duplicate_p: probability that an event is posted twice, 0 to 1.
        now_ms: gives the events the present for their time: paced, the time at which they are due; at full
            speed the last of them has just happened. None keeps the recording's.
    """
    rng = random.Random(shuffle_seed or 0)  # noqa: S311 a shuffle that can be repeated is no secret
    nominal = nominal_times(event.time_ms for event in events)
    end_s = nominal[-1] if nominal else 0.0
    postings: list[Posting] = []
    for event, at_s in zip(events, nominal, strict=True):
        due_s = at_s / speed if speed is not None else 0.0
        told = event
        if now_ms is not None:
            shown_s = due_s if speed is not None else at_s - end_s
            told = msgspec.structs.replace(event, time_ms=max(0, now_ms + round(shown_s * 1000)))
        body = write_message(told, message_id=message_id(event))
        for again in (False, True):
            if again and not (duplicate_p and rng.random() < duplicate_p):
                break
            hold = _hold(rng, paced=speed is not None) if shuffle_seed is not None else (0.0, 0)
            postings.append(
                Posting(
                    provider=event.provider,
                    body=body,
                    due_s=due_s,
                    nominal_s=at_s,
                    hold_s=hold[0],
                    hold_messages=hold[1],
                    again=again,
                )
            )
    return postings


def _hold(rng: random.Random, *, paced: bool) -> tuple[float, int]:
    if paced:
        return rng.uniform(0.0, HOLD_MAX_S), 0
    return 0.0, rng.randint(0, HOLD_MAX_MESSAGES)


def message_id(event: ProviderEvent) -> str:
    """A CloudEvents id: one for each version of an event, at most 128 characters."""
    return f"{event.event}.{event.revision}"[-128:]


def lay_out_payloads(
    provider: str, bodies: Sequence[bytes], *, length_s: float, speed: float | None
) -> list[Posting]:
    """Snapshots of a feed, spread evenly over the length of its recording; the last one at its end."""
    postings: list[Posting] = []
    for number, body in enumerate(bodies, 1):
        at_s = length_s * number / len(bodies)
        due_s = at_s / speed if speed is not None else 0.0
        postings.append(Posting(provider=provider, body=body, due_s=due_s, nominal_s=at_s, payload=True))
    return postings


def interleave(plans: Iterable[Sequence[Posting]]) -> list[Posting]:
    """Several recordings played side by side."""
    return list(heapq.merge(*plans, key=lambda posting: posting.nominal_s))


@dataclass(order=True, slots=True)
class _Held:
    release: float
    order: int
    turn_s: float = field(compare=False)
    posting: Posting = field(compare=False)
    gone: bool = field(compare=False, default=False)


class Outbox:
    """Says what goes out now. It never waits; the shell does.

    Guarantees: everything goes out once; without holds in the order given; nothing later than SHUFFLE_MAX_S
    after its turn, as long as a call takes no longer than the one before it.
    """

    __slots__ = ("_by_time", "_by_turns", "_coming", "_held", "_holding", "_turns")

    def __init__(self, postings: Iterable[Posting]) -> None:
        self._coming = deque(postings)
        self._by_time: list[_Held] = []
        self._by_turns: list[_Held] = []
        self._held: deque[_Held] = deque()  # in the order of their turns, so the one due longest is first
        self._holding = 0
        self._turns = 0

    def take(self, now_s: float, *, limit: int = BATCH_MAX, call_s: float = 0.0) -> list[Posting]:
        """What to post now, in order, at most `limit` of it and what is overdue besides.

        Args:
            now_s: seconds since the start.
            call_s: how long the next call may take.
        """
        taken: list[Posting] = []
        while True:
            held = self._overdue(now_s, call_s)
            if held is None and len(taken) < limit:
                held = self._released(now_s)
            if held is not None:
                held.gone = True
                self._holding -= 1
                taken.append(held.posting)
                continue
            if len(taken) >= limit or not self._turn_now(now_s):
                break
            posting = self._coming.popleft()
            self._turns += 1
            if posting.hold_s or posting.hold_messages:
                self._hold(posting, now_s)
            else:
                taken.append(posting)
        return taken

    def wait_s(self, now_s: float) -> float | None:
        """How long until something goes out; None when all has gone."""
        _drop_gone(self._by_time)
        moments = [self._coming[0].due_s] if self._coming and self._holding < HELD_MAX else []
        moments += [self._by_time[0].release] if self._by_time else []
        return max(0.0, min(moments) - now_s) if moments else None

    def _hold(self, posting: Posting, now_s: float) -> None:
        if posting.hold_messages:
            heap, release = self._by_turns, float(self._turns + posting.hold_messages)
        else:
            heap, release = self._by_time, now_s + posting.hold_s
        held = _Held(release, self._turns, now_s, posting)
        heapq.heappush(heap, held)
        self._held.append(held)
        self._holding += 1

    def _turn_now(self, now_s: float) -> bool:
        return bool(self._coming) and self._coming[0].due_s <= now_s and self._holding < HELD_MAX

    def _overdue(self, now_s: float, call_s: float) -> _Held | None:
        """The one held longest, if by the next call it would be held too long."""
        while self._held and self._held[0].gone:
            self._held.popleft()
        late = self._held and now_s + call_s - self._held[0].turn_s >= SHUFFLE_MAX_S
        return self._held[0] if late else None

    def _released(self, now_s: float) -> _Held | None:
        """The held posting that goes next of itself."""
        _drop_gone(self._by_time)
        if self._by_time and self._by_time[0].release <= now_s:
            return self._by_time[0]
        _drop_gone(self._by_turns)
        # When no turn will come now, those who wait for turns go in their order.
        if self._by_turns and (not self._turn_now(now_s) or self._by_turns[0].release <= self._turns):
            return self._by_turns[0]
        return None


def _drop_gone(heap: list[_Held]) -> None:
    while heap and heap[0].gone:
        heapq.heappop(heap)


@dataclass(slots=True)
class Report:
    """What a replay came to; `rejections` keeps the first REJECTIONS_KEPT of `refused`."""

    posted: int = 0
    calls: int = 0
    repeated_calls: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def count(self, answer: Answer) -> None:
        """Add an answer."""
        self.calls += 1
        self.accepted += answer.accepted
        self.duplicates += answer.duplicates
        self.refused += len(answer.rejected)
        room = REJECTIONS_KEPT - len(self.rejections)
        self.rejections.extend(answer.rejected[:room])


class Replay:
    """Posts an outbox until it is empty, one call at a time.

    Args:
        clients: by provider.
        duplicate_p: probability that a call is made a second time under its own webhook-id.
        rng: decides which.
        told: called after each call with how many postings it held.
    """

    def __init__(
        self,
        *,
        clients: Mapping[str, FeedClient],
        clock: Clock,
        sleep: Sleep,
        rng: random.Random,
        duplicate_p: float = 0.0,
        told: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._duplicate_p = duplicate_p
        self._told = told

    async def run(self, postings: Iterable[Posting], report: Report) -> None:
        """Post everything, and count it in `report`.

        Raises:
            Unauthenticated, BackendError: as FeedClient.post; what was posted stays posted.
        Cancellation: the running call may have been stored.
        """
        outbox = Outbox(postings)
        began_s = self._clock.monotonic_s()
        call_s = 0.0
        while True:
            now_s = self._clock.monotonic_s() - began_s
            batch = outbox.take(now_s, call_s=call_s)
            if not batch:
                wait_s = outbox.wait_s(now_s)
                if wait_s is None:
                    return
                await self._sleep(wait_s)
                continue
            for call in calls(batch):
                await self._call(call, report)
            call_s = self._clock.monotonic_s() - began_s - now_s
            self._told(len(batch))

    async def _call(self, call: list[Posting], report: Report) -> None:
        client = self._clients[call[0].provider]
        webhook_id = new_webhook_id()
        answer = await _post(client, call, webhook_id)
        report.posted += len(call)
        report.count(answer)
        if self._duplicate_p and self._rng.random() < self._duplicate_p:
            # The first answer comes again, so it is not counted again.
            await _post(client, call, webhook_id)
            report.repeated_calls += 1


def calls(batch: Iterable[Posting]) -> list[list[Posting]]:
    """Divide a batch into calls: one for each provider's events, one for each payload."""
    found: list[list[Posting]] = []
    events: dict[str, list[Posting]] = {}
    for posting in batch:
        if posting.payload:
            found.append([posting])
        elif posting.provider in events:
            events[posting.provider].append(posting)
        else:
            events[posting.provider] = [posting]
            found.append(events[posting.provider])
    return found


async def _post(client: FeedClient, batch: list[Posting], webhook_id: str) -> Answer:
    if batch[0].payload:
        return await client.post(batch[0].body, content_type=PAYLOAD, webhook_id=webhook_id)
    return await client.post_events([posting.body for posting in batch], webhook_id=webhook_id)


def snapshots(grown: Iterator[bytes]) -> list[bytes]:
    """The states of a growing payload that differ from the one before."""
    kept: list[bytes] = []
    for body in grown:
        if not kept or kept[-1] != body:
            kept.append(body)
    return kept
