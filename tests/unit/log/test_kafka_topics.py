"""What differs between the topics that there are and those that there must be."""

from dataclasses import replace

from scorewire.log.kafka_topics import Topic, compare, wanted

TOPICS = wanted(prefix="s.", partitions=12, replicas=3, retention_days=7)


def there(*topics: Topic) -> dict[str, Topic]:
    return {topic.name: topic for topic in topics}


def test_claims_and_game_events_share_their_partitions_and_letters_have_one() -> None:
    assert [(topic.name, topic.partitions) for topic in TOPICS] == [
        ("s.claims", 12),
        ("s.game-events", 12),
        ("s.dead-letters", 1),
    ]


def test_all_replicas_but_one_must_have_what_is_acknowledged() -> None:
    for replicas, least in ((1, "1"), (2, "1"), (3, "2"), (5, "4")):
        for topic in wanted(prefix="", partitions=1, replicas=replicas, retention_days=1):
            assert topic.settings["min.insync.replicas"] == least
            assert topic.settings["retention.ms"] == "86400000"


def test_what_is_right_does_not_differ() -> None:
    more = replace(TOPICS[0], settings={**TOPICS[0].settings, "segment.bytes": "1"})
    assert compare(TOPICS, there(more, *TOPICS[1:])) == []


def test_a_missing_topic_is_one_difference() -> None:
    (found,) = compare(TOPICS, there(*TOPICS[:2]))
    assert (found.topic, found.what, found.found, found.reparable) == ("s.dead-letters", "topic", "", True)


def test_settings_can_be_put_right_and_sizes_cannot() -> None:
    odd = replace(
        TOPICS[0], partitions=6, replicas=1, settings={**TOPICS[0].settings, "cleanup.policy": "compact"}
    )
    found = compare(TOPICS, there(odd, *TOPICS[1:]))
    assert [(one.what, one.found, one.wanted, one.reparable) for one in found] == [
        ("partitions", "6", "12", False),
        ("replicas", "1", "3", False),
        ("cleanup.policy", "compact", "delete", True),
    ]
