"""What a relay cannot be without is named; the rest needs real servers (tests/backends/test_relay.py)."""

import msgspec
import pytest

from scorewire.config import Config, Log, Region, Scoreboard
from scorewire.errors import ConfigError
from scorewire.node.relay import check_relay

WHOLE = Config(
    log=Log(brokers="kafka:9092"),
    scoreboard=Scoreboard(url="redis://redis/0"),
    region=Region(name="eu-west", home="https://scores.example"),
)


def test_a_relay_needs_a_kafka_a_redis_a_region_and_a_home() -> None:
    check_relay(WHOLE)


@pytest.mark.parametrize(
    ("key", "without"),
    [
        ("log.brokers", {"log": Log()}),
        ("scoreboard.url", {"scoreboard": Scoreboard()}),
        ("region.name", {"region": Region(home="https://scores.example")}),
        ("region.home", {"region": Region(name="eu-west")}),
        ("region.home", {"region": Region(name="eu-west", home="scores.example")}),
    ],
)
def test_what_is_missing_is_named(key: str, without: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as refused:
        check_relay(msgspec.structs.replace(WHOLE, **without))
    assert refused.value.key == key
