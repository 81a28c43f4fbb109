"""What a replay posts and when: laid out by a seed, held back within bounds, each once."""

import random
from collections import Counter
from collections.abc import Sequence

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.intake.feed_client import FeedClient
from scorewire.intake.replay import (
    BATCH_MAX,
    HELD_MAX,
    HOLD_MAX_MESSAGES,
    SHUFFLE_MAX_S,
    Outbox,
    Posting,
    Replay,
    Report,
    calls,
    interleave,
    lay_out,
    lay_out_payloads,
    message_id,
    nominal_times,
    snapshots,
)
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.native import read_message

from .conftest import OTHER_SECRET, SECRET


def events(count: int, *, apart_ms: int = 1000, provider: str = "acme") -> list[ProviderEvent]:
    return [
        ProviderEvent(
            provider=provider,
            game_id="g1",
            event=f"e{number}",
            revision=1,
            sequence=number,
            type="FT",
            time_ms=1_000_000 + number * apart_ms,
        )
        for number in range(1, count + 1)
    ]


def names(postings: Sequence[Posting]) -> list[str]:
    found = [read_message(posting.body) for posting in postings]
    return [one.event for one in found]


def drain(postings: Sequence[Posting], call_s: Sequence[float]) -> list[tuple[float, Posting]]:
    """Post everything as the shell does, each call taking its time; and when each was handed out."""
    outbox = Outbox(postings)
    now_s, before_s, number = 0.0, 0.0, 0
    out: list[tuple[float, Posting]] = []
    while True:
        batch = outbox.take(now_s, call_s=before_s)
        if not batch:
            wait_s = outbox.wait_s(now_s)
            if wait_s is None:
                return out
            now_s += wait_s
            continue
        out += [(now_s, posting) for posting in batch]
        before_s = call_s[number % len(call_s)]
        number += 1
        now_s += before_s


class TestNominalTimes:
    def test_keeps_gaps_and_shortens_breaks(self) -> None:
        assert nominal_times([5_000, 6_500, 66_500, 1_000_000]) == [0.0, 1.5, 61.5, 66.5]

    def test_never_steps_back(self) -> None:
        assert nominal_times([5_000, 4_000, 5_500]) == [0.0, 0.0, 0.5]

    def test_of_nothing(self) -> None:
        assert nominal_times([]) == []


class TestLayOut:
    def test_divides_by_the_speed(self) -> None:
        plan = lay_out(events(3), speed=2.0)
        assert [one.due_s for one in plan] == [0.0, 0.5, 1.0]
        assert names(plan) == ["e1", "e2", "e3"]

    def test_at_full_speed_everything_is_due(self) -> None:
        assert {one.due_s for one in lay_out(events(3), speed=None)} == {0.0}

    def test_is_repeated_by_its_seed(self) -> None:
        wild = {"speed": 10.0, "duplicate_p": 0.5}
        first = lay_out(events(50), shuffle_seed=7, **wild)  # type: ignore[arg-type]
        assert first == lay_out(events(50), shuffle_seed=7, **wild)  # type: ignore[arg-type]
        assert first != lay_out(events(50), shuffle_seed=8, **wild)  # type: ignore[arg-type]

    def test_holds_within_bounds(self) -> None:
        paced = lay_out(events(500), speed=1.0, shuffle_seed=1)
        assert 0 < max(one.hold_s for one in paced) < SHUFFLE_MAX_S
        assert all(one.hold_messages == 0 for one in paced)
        full = lay_out(events(500), speed=None, shuffle_seed=1)
        assert 0 < max(one.hold_messages for one in full) <= HOLD_MAX_MESSAGES
        assert all(one.hold_s == 0 for one in full)

    def test_duplicates_are_the_same_message(self) -> None:
        plan = lay_out(events(1000), speed=None, duplicate_p=0.2)
        again = [one for one in plan if one.again]
        assert 150 < len(again) < 250
        bodies = Counter(one.body for one in plan)
        assert all(bodies[one.body] == 2 for one in again)

    @pytest.mark.parametrize(("p", "count"), [(0.0, 10), (1.0, 20)])
    def test_certain_probabilities(self, p: float, count: int) -> None:
        assert len(lay_out(events(10), speed=None, duplicate_p=p)) == count

    def test_the_recordings_times_are_kept(self) -> None:
        claim = read_message(lay_out(events(1), speed=1.0)[0].body)
        assert claim == events(1)[0]

    @pytest.mark.parametrize(
        ("speed", "times"),
        [(2.0, [9_000_000, 9_000_500, 9_001_000]), (None, [8_998_000, 8_999_000, 9_000_000])],
    )
    def test_the_present(self, speed: float | None, times: list[int]) -> None:
        plan = lay_out(events(3), speed=speed, now_ms=9_000_000)
        assert [read_message(one.body).time_ms for one in plan] == times

    def test_message_ids_tell_versions_apart_and_fit(self) -> None:
        one = events(1)[0]
        assert message_id(one) == "e1.1"
        assert len(message_id(msgspec.structs.replace(one, event="e" * 128))) == 128


def test_payloads_are_spread_over_the_game() -> None:
    plan = lay_out_payloads("acme", [b"1", b"2"], length_s=100.0, speed=10.0)
    assert [(one.due_s, one.body, one.payload) for one in plan] == [(5.0, b"1", True), (10.0, b"2", True)]


def test_snapshots_that_say_the_same_are_one() -> None:
    assert snapshots(iter([b"1", b"1", b"2"])) == [b"1", b"2"]


def test_recordings_are_played_side_by_side() -> None:
    mine = lay_out(events(2), speed=None)
    other = lay_out(events(2, apart_ms=500, provider="backup"), speed=None)
    assert [(one.provider, one.nominal_s) for one in interleave([mine, other])] == [
        ("acme", 0.0),
        ("backup", 0.0),
        ("backup", 0.5),
        ("acme", 1.0),
    ]


class TestOutbox:
    def test_keeps_the_order_and_the_limit(self) -> None:
        outbox = Outbox(lay_out(events(120), speed=None))
        sizes = [len(outbox.take(0.0)) for _ in range(4)]
        assert sizes == [BATCH_MAX, BATCH_MAX, 20, 0]
        assert outbox.wait_s(0.0) is None

    def test_nothing_goes_out_before_it_is_due(self) -> None:
        outbox = Outbox(lay_out(events(3), speed=1.0))
        assert names(outbox.take(0.9)) == ["e1"]
        assert outbox.wait_s(0.9) == pytest.approx(0.1)
        assert names(outbox.take(5.0)) == ["e2", "e3"]

    def test_the_held_go_out_in_the_order_of_their_release(self) -> None:
        first, second, third = events(3)
        plan = [
            Posting(provider="acme", body=lay_out([one], speed=None)[0].body, hold_messages=hold)
            for one, hold in ((first, 2), (second, 0), (third, 0))
        ]
        assert names(Outbox(plan).take(0.0)) == ["e2", "e3", "e1"]

    def test_a_shuffle_moves_things(self) -> None:
        plan = lay_out(events(500), speed=None, shuffle_seed=3)
        out = names([posting for _, posting in drain(plan, [0.01])])
        assert out != sorted(out, key=lambda name: int(name[1:]))
        moved = [abs(int(name[1:]) - 1 - place) for place, name in enumerate(out)]
        assert max(moved) <= HOLD_MAX_MESSAGES
        assert sum(moved) / len(moved) > 5

    @given(
        count=st.integers(1, 300),
        speed=st.sampled_from([None, 1.0, 50.0, 5000.0]),
        seed=st.integers(0, 1000),
        duplicate_p=st.sampled_from([0.0, 0.2]),
        call_s=st.floats(0.0005, 0.39),
    )
    def test_all_goes_out_once_and_never_too_late(
        self, count: int, speed: float | None, seed: int, duplicate_p: float, call_s: float
    ) -> None:
        plan = lay_out(events(count, apart_ms=700), speed=speed, shuffle_seed=seed, duplicate_p=duplicate_p)
        out = drain(plan, [call_s])
        assert Counter(id(posting) for _, posting in out) == Counter(id(one) for one in plan)
        # Its turn: when the earliest of those behind it in the plan, or itself, went out.
        place = {id(posting): number for number, posting in enumerate(plan)}
        at_s = sorted((place[id(posting)], when_s) for when_s, posting in out)
        earliest_s = float("inf")
        for _, when_s in reversed(at_s):
            earliest_s = min(earliest_s, when_s)
            assert when_s - earliest_s <= SHUFFLE_MAX_S + 1e-9
        assert all(when_s >= posting.due_s for when_s, posting in out)


def test_no_more_is_held_than_an_owner_can_hold() -> None:
    outbox = Outbox(lay_out(events(1000), speed=1e6, shuffle_seed=1))
    assert outbox.take(1.0, call_s=0.0) == []
    assert len(outbox.take(1.5)) == HELD_MAX


def test_a_call_has_one_provider_and_a_payload_is_alone() -> None:
    mine, other = Posting(provider="a", body=b"1"), Posting(provider="b", body=b"2")
    whole = Posting(provider="a", body=b"3", payload=True)
    assert calls([mine, other, whole, mine]) == [[mine, mine], [other], [whole]]


class Node:
    """Answers as a node does, and remembers what it was sent."""

    def __init__(self, refuse: str = "") -> None:
        self.refuse = refuse
        self.asked: list[httpx.Request] = []
        self.slept_s = 0.0

    def now_ms(self) -> int:
        return 1_700_000_000_000

    def monotonic_s(self) -> float:
        return self.slept_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        body = msgspec.json.decode(request.content)
        sent = body if isinstance(body, list) else [body]
        bad = [
            {"index": index, "id": one["id"], "rule": "negative_score", "detail": "no"}
            for index, one in enumerate(sent)
            if self.refuse and one["id"].startswith(self.refuse)
        ]
        return httpx.Response(202, json={"accepted": len(sent) - len(bad), "duplicates": 0, "rejected": bad})

    def client(self, provider: str, secret: str) -> FeedClient:
        return FeedClient(
            url="http://node",
            provider=provider,
            secret=secret,
            clock=self,
            rng=random.Random(1),
            sleep=self.sleep,
            transport=httpx.MockTransport(self.handle),
        )

    async def play(self, postings: list[Posting], *, duplicate_p: float = 0.0) -> tuple[Report, list[int]]:
        report, told = Report(), list[int]()
        async with self.client("acme", SECRET) as acme, self.client("backup", OTHER_SECRET) as backup:
            replay = Replay(
                clients={"acme": acme, "backup": backup},
                clock=self,
                sleep=self.sleep,
                rng=random.Random(1),
                duplicate_p=duplicate_p,
                told=told.append,
            )
            await replay.run(postings, report)
        return report, told


class TestReplay:
    async def test_posts_in_batches(self) -> None:
        node = Node()
        report, told = await node.play(lay_out(events(120), speed=None))
        assert (report.posted, report.calls, report.accepted, report.refused) == (120, 3, 120, 0)
        assert told == [50, 50, 20]

    async def test_waits_for_what_is_due(self) -> None:
        node = Node()
        report, _ = await node.play(lay_out(events(5), speed=0.5))
        assert (report.calls, node.slept_s) == (5, 8.0)

    async def test_each_provider_posts_its_own(self) -> None:
        node = Node()
        plan = interleave([lay_out(events(2), speed=None), lay_out(events(2, provider="backup"), speed=None)])
        await node.play(plan)
        assert Counter(one.url.path for one in node.asked) == {"/v1/ingest/acme": 1, "/v1/ingest/backup": 1}

    async def test_counts_what_is_refused(self) -> None:
        report, _ = await Node(refuse="e2.").play(lay_out(events(3), speed=None))
        assert (report.accepted, report.refused) == (2, 1)
        assert [one.rule for one in report.rejections] == ["negative_score"]

    async def test_a_doubled_call_is_the_same_call(self) -> None:
        node = Node()
        report, _ = await node.play(lay_out(events(3), speed=1.0), duplicate_p=1.0)
        assert (report.calls, report.repeated_calls, report.accepted) == (3, 3, 3)
        first, second = node.asked[:2]
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.content == second.content
        assert len({one.headers["webhook-id"] for one in node.asked}) == 3

    async def test_payloads_go_as_they_are(self) -> None:
        node = Node()
        await node.play(lay_out_payloads("acme", [b'{"id":"x"}'], length_s=0.0, speed=None))
        assert node.asked[0].headers["content-type"] == "application/json"
        assert node.asked[0].content == b'{"id":"x"}'
