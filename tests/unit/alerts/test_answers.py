"""What platforms answer, and what follows for the device."""

import pytest

from scorewire.alerts.answers import WAIT_S_MAX, outcome
from scorewire.alerts.devices import Platform

UNREGISTERED = (
    b'{"error":{"code":404,"status":"NOT_FOUND","details":[{"@type":"x","errorCode":"UNREGISTERED"}]}}'
)
QUOTA = b'{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"errorCode":"QUOTA_EXCEEDED"}]}}'


@pytest.mark.parametrize(
    ("platform", "status", "body", "verdict", "reason"),
    [
        ("webpush", 201, b"", "sent", ""),
        ("webpush", 404, b"", "gone", "404"),
        ("webpush", 410, b"push subscription has unsubscribed", "gone", "410"),
        ("webpush", 429, b"", "later", "429"),
        ("webpush", 503, b"<html>", "later", "503"),
        ("webpush", 413, b"", "wrong", "413"),
        ("webpush", 403, b"", "wrong", "403"),
        ("fcm", 200, b"{}", "sent", ""),
        ("fcm", 404, UNREGISTERED, "gone", "UNREGISTERED"),
        ("fcm", 404, b"<html>no such path</html>", "wrong", "404"),
        ("fcm", 429, QUOTA, "later", "QUOTA_EXCEEDED"),
        ("fcm", 400, b'{"error":{"status":"INVALID_ARGUMENT"}}', "wrong", "INVALID_ARGUMENT"),
        ("apns", 200, b"", "sent", ""),
        ("apns", 410, b'{"reason":"Unregistered","timestamp":1}', "gone", "Unregistered"),
        ("apns", 400, b'{"reason":"BadDeviceToken"}', "gone", "BadDeviceToken"),
        ("apns", 400, b'{"reason":"BadTopic"}', "wrong", "BadTopic"),
        ("apns", 403, b'{"reason":"ExpiredProviderToken"}', "later", "ExpiredProviderToken"),
        ("apns", 429, b'{"reason":"TooManyRequests"}', "later", "TooManyRequests"),
        ("apns", 500, b"{", "later", "500"),
    ],
)
def test_answers(platform: Platform, status: int, body: bytes, verdict: str, reason: str) -> None:
    found = outcome(platform, status, {}, body)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_path_that_is_not_there_is_no_dead_device() -> None:
    assert outcome("fcm", 404, {}, b"").verdict == "wrong"


def test_how_long_to_wait_is_heard_within_limits() -> None:
    assert outcome("webpush", 429, {"retry-after": "20"}, b"").wait_s == 20
    assert outcome("webpush", 429, {"retry-after": "86400"}, b"").wait_s == WAIT_S_MAX
    assert outcome("webpush", 429, {"retry-after": "soon"}, b"").wait_s == 0


def test_a_key_at_fault_is_told_from_a_message_at_fault() -> None:
    assert outcome("webpush", 403, {}, b"").key
    assert outcome("apns", 403, {}, b'{"reason":"InvalidProviderToken"}').key
    assert not outcome("webpush", 400, {}, b"").key
