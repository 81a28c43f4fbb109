"""What `scorewire doctor` finds of the servers that the configuration names: PostgreSQL, Kafka, Redis.

Nothing is written or made there. Drivers are imported where a server is named.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scorewire.cli.finding import Finding, Verdict
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.config import Log as LogConfig
from scorewire.errors import ScorewireError

if TYPE_CHECKING:
    from scorewire.journal.checkup import Checkup as JournalCheckup
    from scorewire.log.kafka_topics import Topic
    from scorewire.scoreboard.redis_checkup import Checkup as RedisCheckup

ANSWER_S: Final = 5.0
"""How long brokers may take; PostgreSQL and Redis have limits of their own, no longer than this."""
APART_MS_MAX: Final = 1000
"""Delays, overlaps of relays and ages of locks count in seconds, by the clocks of several machines."""
FULL: Final = 0.9
EVICTING: Final = frozenset({"noeviction", "volatile-ttl"})
"""Under these a game that is not over stays; see docs/redis.md."""
LOSING: Final = frozenset({"cleanup.policy", "min.insync.replicas", "unclean.leader.election.enable"})
"""Settings of a topic by which something acknowledged may be lost."""


def servers(config: Config, clock: Clock) -> Iterator[Finding]:
    """Look at each that is named, in the order of a goal's way; one that is away is waited for shortly."""
    if config.log.brokers:
        yield from kafka_servers(config.log)
    if config.storage.journal:
        yield from journal_server(config.storage.journal, clock)
    if config.scoreboard.url:
        yield from redis_servers(config.scoreboard.url, clock)


# Kafka.


def kafka_servers(log: LogConfig) -> Iterator[Finding]:
    """Whether the brokers answer, and have the topics as nodes need them."""
    try:
        from scorewire.log.kafka_topics import KafkaTopics, names
        from scorewire.node.stores import client_settings

        wanted = names(log.topics)
        found = KafkaTopics(log.brokers, client_settings(log), answer_s=ANSWER_S).find(wanted)
    except ModuleNotFoundError as error:
        advice = "pip install 'scorewire[distributed]'"
        yield Finding("Kafka", "bad", f"its client cannot be used: {error.name} is missing", advice)
        return
    except ScorewireError as error:
        yield Finding("Kafka", "bad", str(error), "see log.brokers and log.client in docs/configuration.md")
        return
    yield Finding("Kafka", "fine", f"{log.brokers} answers")
    yield from topics_found(wanted, found)


def topics_found(names: Sequence[str], found: Mapping[str, "Topic"]) -> Iterator[Finding]:
    """One finding for each topic. Pure.

    Args:
        names: of claims, game events and dead letters, in this order.
    """
    from scorewire.log.kafka_topics import compare, wanted

    claims = found.get(names[0])
    size = claims.partitions if claims is not None else 0
    for number, name in enumerate(names):
        there = found.get(name)
        if there is None:
            yield Finding("topic", "bad", f"there is no {name}", "scorewire topics makes it: docs/kafka.md")
            continue
        # How long entries stay and how many replicas there are was chosen by whoever made the topics.
        must = wanted(prefix="", partitions=size, replicas=there.replicas, retention_days=1)[number]
        settings = {key: value for key, value in must.settings.items() if key != "retention.ms"}
        asked = replace(must, name=name, settings=settings)
        if number == 1 and claims is None:
            asked = replace(asked, partitions=there.partitions)
        yield _topic(there, [(one.what, one.found, one.wanted) for one in compare([asked], found)])


def _topic(there: "Topic", differences: Sequence[tuple[str, str, str]]) -> Finding:
    size = f"{there.name}: {there.partitions} partitions, {there.replicas} replicas"
    words = "; ".join(f"{what} is {found or 'unset'}, not {must}" for what, found, must in differences)
    what = {one for one, _, _ in differences}
    if "partitions" in what and there.name.endswith("dead-letters"):
        advice = "a letter's number is its offset, so there must be one partition: make the topic anew"
        return Finding("topic", "bad", f"{size}; {words}", advice)
    if "partitions" in what:
        advice = "owners announce a game on the partition of its claims: make the topic anew with as many"
        return Finding("topic", "bad", f"{size}; {words}", advice)
    if what:
        verdict: Verdict = "bad" if what & LOSING else "note"
        return Finding("topic", verdict, f"{size}; {words}", "scorewire topics sets it")
    if there.replicas < 2:
        advice = "who loses the broker's disk loses what was acknowledged: three replicas, in three zones"
        return Finding("topic", "note", size, advice)
    return Finding("topic", "fine", size)


# PostgreSQL.


def journal_server(url: str, clock: Clock) -> Iterator[Finding]:
    """Whether the journal's server answers, and keeps what it has acknowledged."""
    from scorewire.journal.checkup import look

    try:
        found = look(url, clock.now_ms)
    except ScorewireError as error:
        yield Finding("journal", "bad", str(error), "see storage.journal in docs/configuration.md")
        return
    yield _journal(found)
    yield clocks("PostgreSQL", found.ahead_ms)


def _journal(found: "JournalCheckup") -> Finding:
    shown = f"PostgreSQL {found.version}"
    if found.doubts:
        return Finding(
            "journal", "bad", f"{shown}: {'; '.join(found.doubts)}", "set them on in postgresql.conf"
        )
    if found.strays:
        advice = "scorewire journal upkeep; see Months in docs/journal.md"
        return Finding(
            "journal", "note", f"{shown}: {found.strays} rows lie in the default partition", advice
        )
    return Finding("journal", "fine", shown)


# Redis.


def redis_servers(url: str, clock: Clock) -> Iterator[Finding]:
    """Whether Redis answers, is new enough, takes writes and keeps what it is told."""
    try:
        from scorewire.scoreboard.redis_checkup import look

        found = asyncio.run(look(url, clock.now_ms))
    except ScorewireError as error:
        yield Finding("Redis", "bad", str(error), "see scoreboard.url in docs/configuration.md")
        return
    for number, one in enumerate(found, start=1):
        yield redis_server(one, "" if len(found) == 1 else f" ({number} of {len(found)})")
    furthest = max((one.ahead_ms for one in found), key=abs)
    yield clocks("Redis", furthest)


def redis_server(found: "RedisCheckup", which: str = "") -> Finding:
    """One server that takes writes."""
    shown = f"{found.version}{which}"
    if found.troubles:
        advice = "see the table of URLs in docs/redis.md"
        return Finding("Redis", "bad", f"{shown}: {'; '.join(found.troubles)}", advice)
    if not found.modern:
        return Finding("Redis", "bad", shown, "Redis 7 or later is needed")
    if not found.memory_max:
        return Finding("Redis", "fine", f"{shown}, no limit of memory of its own")
    part = found.memory / found.memory_max
    shown = f"{shown}, {part:.0%} of {found.memory_max / (1 << 20):.0f} MiB, {found.policy}"
    if found.policy not in EVICTING:
        advice = "maxmemory-policy noeviction: what is evicted comes back, but costs a read"
        return Finding("Redis", "note", shown, advice)
    if part > FULL:
        return Finding("Redis", "note", shown, "raise maxmemory: see What Redis needs in docs/redis.md")
    return Finding("Redis", "fine", shown)


def clocks(whose: str, ahead_ms: float) -> Finding:
    """Whether another machine's clock is where ours is."""
    found = f"{whose}'s is {abs(ahead_ms) / 1000:.1f} s {'ahead' if ahead_ms >= 0 else 'behind'}"
    if abs(ahead_ms) <= APART_MS_MAX:
        return Finding("clocks", "fine", found)
    return Finding("clocks", "note", found, "set both by the same source (chrony, timesyncd)")
