"""`scorewire topics` against a real Kafka: made once, put right, and left alone when right."""

import secrets

import pytest
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from scorewire.cli.app import build
from scorewire.log.kafka_topics import KafkaTopics, compare, wanted

pytestmark = pytest.mark.kafka


def topics(*arguments: str) -> tuple[int, str]:
    """Run the command; its exit code and what it printed, blanks made one."""
    words = ["topics", *arguments]
    ran = CliRunner().invoke(build(words), words)
    return ran.exit_code, " ".join(ran.output.split())


def test_topics_are_made_then_found_right_then_put_right(kafka_address: str) -> None:
    prefix = f"t{secrets.token_hex(4)}."
    asked = ["--brokers", kafka_address, "--prefix", prefix, "--partitions", "4", "--replicas", "1"]

    code, said = topics(*asked, "--check")
    assert code == 1
    assert said.count("would be put right") == 3
    assert KafkaTopics(kafka_address).find([f"{prefix}claims"]) == {}

    code, said = topics(*asked)
    assert (code, said.count("made")) == (0, 3)
    assert "murmur2" in said
    code, said = topics(*asked)
    assert (code, said.count("as it must be")) == (0, 3)

    code, said = topics(*asked, "--retention-days", "9")
    assert (code, said.count("777600000 set")) == (0, 3)
    assert topics(*asked, "--retention-days", "9", "--check")[0] == 0


def test_what_cannot_be_changed_is_told_and_left(kafka_address: str) -> None:
    prefix = f"t{secrets.token_hex(4)}."
    asked = ["--brokers", kafka_address, "--prefix", prefix, "--replicas", "1"]
    assert topics(*asked, "--partitions", "4")[0] == 0
    code, said = topics(*asked, "--partitions", "6")
    assert (code, said.count("4 6 left to you: games would move")) == (1, 2)
    found = KafkaTopics(kafka_address).find([f"{prefix}claims"])
    assert found[f"{prefix}claims"].partitions == 4


def test_what_brokers_refuse_is_an_error_in_words(kafka_address: str) -> None:
    prefix = f"t{secrets.token_hex(4)}."
    code, _ = topics("--brokers", kafka_address, "--prefix", prefix, "--replicas", "3")
    assert code != 0
    assert (
        AdminClient({"bootstrap.servers": kafka_address}).list_topics(timeout=5).topics.get(f"{prefix}claims")
        is None
    )


def test_settings_beyond_ours_are_left_alone(kafka_address: str) -> None:
    prefix = f"t{secrets.token_hex(4)}."
    mine = wanted(prefix=prefix, partitions=1, replicas=1, retention_days=1)
    kafka = KafkaTopics(kafka_address)
    kafka.repair(mine, compare(mine, {}))
    found = kafka.find([topic.name for topic in mine])
    assert compare(mine, found) == []
    assert found[f"{prefix}claims"].settings["segment.bytes"] == "16777216"
