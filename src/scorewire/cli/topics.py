"""`scorewire topics`: Kafka's topics as Scorewire needs them."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from scorewire.cli.options import ConfigOption, configured
from scorewire.errors import ConfigError

if TYPE_CHECKING:
    from scorewire.log.kafka_topics import Difference, Topic

LOOKS = 50
LOOK_EVERY_S = 0.2
"""Ten seconds for brokers to tell each other what was changed."""
_HEADS = ("topic", "what", "is", "must be", "")


def command(
    *,
    config: ConfigOption = None,
    brokers: Annotated[
        str | None,
        typer.Option(help="host:port, several divided by commas; else log.brokers.", show_default=False),
    ] = None,
    partitions: Annotated[
        int, typer.Option(min=1, max=10_000, help="Of claims and game events; chosen once.")
    ] = 12,
    replicas: Annotated[int, typer.Option(min=1, max=9, help="Of each partition.")] = 3,
    retention_days: Annotated[int, typer.Option(min=1, max=3650, help="How long entries stay.")] = 7,
    prefix: Annotated[
        str | None, typer.Option(help="Of the topics' names; else log.topics.", show_default=False)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing.")] = False,
) -> None:
    """Kafka's topics: made where they are missing, put right where they differ.

    Run it before the first node, and again whenever you like: what is right is left alone. What cannot be
    changed without harm, the number of partitions and of replicas, is shown and left to you; the exit code
    is then 1. With --check nothing is changed, and the exit code is 1 if anything differs. TLS and SASL are
    those of log.client, as of every process.
    """
    from scorewire.log.kafka_topics import PARTITIONER, KafkaTopics, compare, wanted
    from scorewire.node.stores import client_settings

    log = configured(config, log__brokers=brokers, log__topics=prefix).log
    if not log.brokers:
        raise ConfigError("log.brokers", "names no broker: give --brokers HOST:PORT, or the setting")
    topics = wanted(
        prefix=log.topics, partitions=partitions, replicas=replicas, retention_days=retention_days
    )
    kafka = KafkaTopics(log.brokers, client_settings(log))
    names = [topic.name for topic in topics]
    differences = compare(topics, kafka.find(names))
    left = differences
    if not check and any(one.reparable for one in differences):
        kafka.repair(topics, differences)
        # As the brokers say now, and not as we believe; they tell each other of it first.
        left = compare(topics, kafka.find(names))
        for _ in range(LOOKS):
            if not any(one.reparable for one in left):
                break
            threading.Event().wait(LOOK_EVERY_S)
            left = compare(topics, kafka.find(names))
    print("\n".join(table(topics, differences, left, checked=check)))
    print(f"\nPartitioner of every producer: {PARTITIONER}.")
    if left:
        raise typer.Exit(1)


def table(
    topics: "Sequence[Topic]",
    differences: "Sequence[Difference]",
    left: "Sequence[Difference]",
    *,
    checked: bool,
) -> list[str]:
    """One line for each topic that is right, and for each thing that was not.

    Args:
        differences: found at first; `left`: found after the repair.
    """
    still = {(one.topic, one.what) for one in left}
    rows = [_HEADS]
    for topic in topics:
        own = [one for one in differences if one.topic == topic.name]
        if not own:
            rows.append((topic.name, f"{topic.partitions} partitions", "as it must be", "", ""))
        rows += [
            (one.topic, one.what, one.found or "-", one.wanted, _fate(one, still, checked=checked))
            for one in own
        ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _fate(one: "Difference", still: set[tuple[str, str]], *, checked: bool) -> str:
    if (one.topic, one.what) not in still:
        return "made" if one.what == "topic" else "set"
    if not one.reparable:
        return "left to you: " + (
            "games would move to other partitions"
            if one.what == "partitions"
            else "replicas must be reassigned"
        )
    return "would be put right" if checked else "could not be put right"
