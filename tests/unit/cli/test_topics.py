"""The table of topics says what was, what must be, and what became of it."""

import pytest

from scorewire.cli.app import main
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


def test_without_a_broker_the_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["topics"])
    assert left.value.code == 2
    assert "scorewire: log.brokers: " in capsys.readouterr().err


def test_what_the_client_is_told_comes_from_the_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOREWIRE__LOG__BROKERS", "127.0.0.1:1")
    monkeypatch.setenv("SCOREWIRE__LOG__CLIENT", "security.protocol=carrier-pigeon")
    with pytest.raises(SystemExit) as left:
        main(["topics", "--check"])
    assert left.value.code == 2
    assert "scorewire: log.client: " in capsys.readouterr().err
