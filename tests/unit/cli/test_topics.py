"""The table of topics says what was, what must be, and what became of it."""

from scorewire.cli.topics import table
from scorewire.log.kafka_topics import Difference, wanted

TOPICS = wanted(prefix="s.", partitions=12, replicas=3, retention_days=7)
MISSING = Difference("s.claims", "topic", "", "12 partitions, 3 replicas", reparable=True)
COMPACTED = Difference("s.game-events", "cleanup.policy", "compact", "delete", reparable=True)
NARROW = Difference("s.game-events", "partitions", "6", "12", reparable=False)
ALL = [MISSING, NARROW, COMPACTED]


def words(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def test_what_was_put_right_and_what_is_left() -> None:
    assert words(table(TOPICS, ALL, [NARROW], checked=False)) == [
        "topic what is must be",
        "s.claims topic - 12 partitions, 3 replicas made",
        "s.game-events partitions 6 12 left to you: games would move to other partitions",
        "s.game-events cleanup.policy compact delete set",
        "s.dead-letters 1 partitions as it must be",
    ]


def test_a_check_promises_and_a_failure_is_told() -> None:
    checked = words(table(TOPICS, ALL, ALL, checked=True))
    assert checked[1].endswith("would be put right")
    failed = words(table(TOPICS, ALL, ALL, checked=False))
    assert failed[1].endswith("could not be put right")


def test_columns_are_equal() -> None:
    lines = table(TOPICS, ALL, ALL, checked=True)
    assert {line.index("delete") for line in lines if "delete" in line} == {lines[0].index("must be")}
