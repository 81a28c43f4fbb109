"""The arithmetic, on numbers that can be checked by head."""

import msgspec
import pytest

from scorewire.planner.inputs import Given, Inputs, Wanted
from scorewire.planner.reading import reference
from scorewire.planner.sizing import Plan, plan

ROUND = msgspec.structs.replace(
    reference(),
    delivery_us=10,
    delivery_websocket_us=20,
    join_us=50,
    join_websocket_us=50,
    return_us=40,
    fan_kb=2,
    fan_websocket_kb=4,
    fan_kernel_kb=4,
    update_bytes=300,
    path_ms=10,
    path_p99_ms=100,
    owner_events_s=10_000,
    game_kb=20,
    reads_s=100_000,
    cdn_share=0.99,
)
EASY = Wanted(
    fans=1_000_000,
    games=100,
    live=10,
    hottest=1.0,
    followed=1,
    updates_minute=6,
    websocket=0,
    polling=0,
    regions=2,
    goal_s=1.1,
    busy=0.5,
    descriptors=50_000,
    arriving=2,
    arriving_s=60,
    cut=0.5,
    back_s=4,
)


def planned(**changed: float) -> Plan:
    wanted = msgspec.structs.replace(EASY, **changed)
    return plan(Inputs(wanted=wanted, measured=ROUND, given=Given(wire_bytes=100)))


def needs(one: Plan, tier: str) -> dict[str, int]:
    return {limit.name: limit.needs for limit in one.tier(tier).limits}


def test_gateways_by_each_limit() -> None:
    # 1 s is left after the path; 100,000 deliveries of 10 µs fit into it.
    assert needs(planned(), "gateway processes") == {
        "descriptors": 20,
        "a goal in time": 10,
        "steady updates": 2,
        "arrivals": 4,
        "coming back": 20,
    }


def test_the_tightest_limit_binds() -> None:
    assert planned().tier("gateway processes").binds.name == "descriptors"
    slow = planned(goal_s=0.2)
    assert slow.tier("gateway processes").binds.name == "a goal in time"
    assert slow.tier("gateway processes").count == 100
    assert planned(descriptors=20_000).tier("gateway processes").count == 50


def test_websockets_cost_their_share() -> None:
    assert needs(planned(websocket=0.5), "gateway processes")["a goal in time"] == 15
    assert planned(websocket=0.5).memory_fan_kb == 7


def test_of_a_goal() -> None:
    one = planned()
    # Three rows of 400 bytes to a million fans; the last of 50,000 waits 0.5 s after the path.
    assert one.goal_gb == pytest.approx(1.2)
    assert one.last_fan_s == pytest.approx(0.1 + 0.5)
    assert one.steady_gbit_s == pytest.approx(1_000_000 * 0.1 * 400 * 8 / 1e9)


def test_those_who_poll_hold_no_stream() -> None:
    assert needs(planned(polling=0.5), "gateway processes")["descriptors"] == 10
    # Five million polls a second and a page a minute, of which a hundredth gets past the CDN.
    polls = needs(planned(polling=0.5, fans=1e8), "api processes")
    assert polls["reads"] == 2
    assert needs(planned(polling=0, fans=1e8), "api processes")["reads"] == 1


def test_servers_behind_the_gateways() -> None:
    one = planned(games=20_000, live=10)
    # 200,000 games, 6 updates a minute: 20,000 events a second, of 5,000 a process at half a core.
    assert needs(one, "processes of owners")["events"] == 4
    assert one.tier("processes of owners").count == 5
    assert one.tier("partitions of Kafka").count == 20
    assert "4 servers" in planned().tier("Redis shards a region").notes[0]


def test_all_who_arrive_are_in_by_then_or_later() -> None:
    assert planned().arriving_s == 60
    assert planned(arriving=200, descriptors=1_000_000, busy=1.0, cut=0, goal_s=100).arriving_s > 59


def test_a_larger_site_never_needs_less() -> None:
    for name in ("fans", "games", "updates_minute", "arriving"):
        small, large = planned(), planned(**{name: getattr(EASY, name) * 3})
        for tier in small.tiers:
            assert large.tier(tier.name).count >= tier.count, (name, tier.name)
