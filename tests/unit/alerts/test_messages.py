"""What each platform is sent: tags that replace, ids that repeat, lives of minutes, no more than it takes."""

import json
import re

import msgspec
import pytest

from scorewire.alerts.devices import Device, Settings
from scorewire.alerts.messages import (
    TTL_S,
    WEBPUSH_BYTES_MAX,
    apns,
    channel,
    fcm,
    message_id,
    topic,
    webpush,
)
from scorewire.alerts.moments import TEXT_MAX
from unit.alerts.test_devices import NOON, goal

SITE = "https://scores.example"
DEVICE = Device(id="d1", platform="fcm", address="token-1")


def test_a_topic_is_what_push_services_take() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", topic("g1/5"))
    assert topic("g1/5") != topic("g1/6")


def test_a_web_push_is_declarative() -> None:
    message = webpush(DEVICE, goal(), SITE)
    body = json.loads(message.body)
    assert body["web_push"] == 8030
    told = body["notification"]
    assert (told["title"], told["body"]) == ("Home 1–0 Away", "Goal")
    assert told["navigate"] == "https://scores.example/game/g1"
    assert told["data"]["id"] == "g1/e/5"
    assert message.headers["Topic"] == told["tag"] == topic("g1/5")
    assert message.headers["TTL"] == str(TTL_S)
    assert message.headers["Urgency"] == "high"


def test_the_longest_web_push_is_taken_by_every_service() -> None:
    long = goal(title="ä" * TEXT_MAX, text="ö" * TEXT_MAX, game_id="g" * 128, tag="t" * 140, id="i" * 160)
    assert len(webpush(DEVICE, long, SITE).body) <= WEBPUSH_BYTES_MAX


def test_who_hides_scores_is_sent_none_on_any_platform() -> None:
    hides = msgspec.structs.replace(DEVICE, settings=Settings(hide_scores=True))
    for message in (
        webpush(hides, goal(), SITE),
        fcm(hides, goal(), SITE),
        apns(hides, goal(), SITE, bundle="b", now_ms=NOON),
    ):
        assert "1–0" not in message.body.decode()
        assert "Home v Away" in message.body.decode()


def test_firebase() -> None:
    message = json.loads(fcm(DEVICE, goal(), SITE).body)["message"]
    assert message["token"] == "token-1"
    assert message["android"]["ttl"] == f"{TTL_S}s"
    assert message["android"]["notification"]["tag"] == topic("g1/5")
    assert all(isinstance(value, str) for value in message["data"].values()), "FCM takes nothing else"


def test_apple() -> None:
    message = apns(DEVICE, goal(), SITE, bundle="example.scores", now_ms=NOON)
    assert message.headers["apns-topic"] == "example.scores"
    assert message.headers["apns-collapse-id"] == topic("g1/5")
    assert len(message.headers["apns-collapse-id"].encode()) <= 64
    assert int(message.headers["apns-expiration"]) == NOON // 1000 + TTL_S
    assert json.loads(message.body)["aps"]["thread-id"] == "g1"


def test_the_same_moment_has_the_same_name_for_a_device() -> None:
    assert message_id(DEVICE, goal()) == message_id(DEVICE, goal())
    assert message_id(DEVICE, goal(6)) != message_id(DEVICE, goal())
    assert message_id(msgspec.structs.replace(DEVICE, id="d2"), goal()) != message_id(DEVICE, goal())


@pytest.mark.parametrize(("level", "event"), [("goal", "update"), ("end", "end")])
def test_one_broadcast_for_a_game(level: str, event: str) -> None:
    message = channel(goal(level=level), "dHN0LXNyY2gtY2hubA==", now_ms=NOON)
    assert message.headers["apns-push-type"] == "liveactivity"
    assert json.loads(message.body)["aps"]["event"] == event
