"""What a platform's answer means for a device and its alert. Pure.

    sent      taken; the platform does the rest
    gone      the device is there no more: it is removed, and nothing is sent to it again
    later     too many, or the platform is unwell: tried again after a while, as long as it is news
    wrong     refused for good: our message or our key is at fault, and trying again would not help

Source: RFC 8030 5, 8.3 (410 after an expired subscription; services answer 404 too); Apple, "Handling
notification responses from APNs"; Firebase, "FCM v1 error codes" (UNREGISTERED, QUOTA_EXCEEDED).
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec import Struct

from scorewire.alerts.devices import Platform

Verdict = Literal["sent", "gone", "later", "wrong"]

WAIT_S_MAX: Final = 300.0
REASON_CHARACTERS_MAX: Final = 100


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one message.

    Attributes:
        wait_s: how long the platform wants to be left alone; 0 where it did not say.
        reason: in the platform's words, without anything of the message.
        key: our key or token is at fault, and every other message would be refused as well.
    """

    verdict: Verdict
    wait_s: float = 0.0
    reason: str = ""
    key: bool = False


class _Apns(Struct, frozen=True):
    reason: str = ""


class _Detail(Struct, frozen=True):
    errorCode: str = ""  # noqa: N815, as Google writes it


class _Error(Struct, frozen=True):
    status: str = ""
    details: tuple[_Detail, ...] = ()


class _Fcm(Struct, frozen=True):
    error: _Error = _Error()


_APNS_GONE: Final = frozenset({"BadDeviceToken", "Unregistered", "ExpiredToken", "DeviceTokenNotForTopic"})
_APNS_KEY: Final = frozenset({"ExpiredProviderToken", "InvalidProviderToken", "MissingProviderToken"})
_FCM_GONE: Final = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})

_apns = msgspec.json.Decoder(_Apns).decode
_fcm = msgspec.json.Decoder(_Fcm).decode


def outcome(platform: Platform, status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Read an answer.

    Args:
        headers: names in lower case.
    """
    if 200 <= status < 300:
        return Outcome(verdict="sent")
    wait_s = _wait(headers.get("retry-after", ""))
    if status == 429 or status >= 500:
        return Outcome(verdict="later", wait_s=wait_s, reason=_reason(platform, status, body))
    reason = _reason(platform, status, body)
    if _gone(platform, status, reason):
        return Outcome(verdict="gone", reason=reason)
    if status in (401, 403):
        # A key can be renewed; until it is, no message is better than the others.
        return Outcome(verdict="later" if reason in _APNS_KEY else "wrong", reason=reason, key=True)
    return Outcome(verdict="wrong", reason=reason)


def _gone(platform: Platform, status: int, reason: str) -> bool:
    match platform:
        case "webpush":
            return status in (404, 410)
        case "apns":
            return status == 410 or reason in _APNS_GONE
        case "fcm":
            return reason in _FCM_GONE


def _reason(platform: Platform, status: int, body: bytes) -> str:
    found = ""
    try:
        if platform == "apns":
            found = _apns(body).reason
        elif platform == "fcm":
            error = _fcm(body).error
            found = next((one.errorCode for one in error.details if one.errorCode), error.status)
    except msgspec.DecodeError:
        pass  # a proxy in between says what it likes; the status stands
    return (found or str(status))[:REASON_CHARACTERS_MAX]


def _wait(text: str) -> float:
    # A date is allowed too; nobody is known to send one, and our own back-off does without.
    return min(float(text), WAIT_S_MAX) if text.isdecimal() else 0.0
