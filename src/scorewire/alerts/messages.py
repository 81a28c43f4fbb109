"""What each platform is sent for a moment: pure, but for encryption and tokens, which senders add.

    webpush   the declarative form, which Safari shows by itself and our service worker reads; encrypted later
    fcm       HTTP v1, one message a device; Android replaces what has the same tag
    apns      one notification a device; iOS replaces what has the same collapse id
    channel   one broadcast a game, for Live Activities of all who follow it (iOS 18 and later)

What two of them have in common is named from the moment's tag, hashed where a platform allows few characters:
the same tag replaces, on the way (an alert that waits for a sleeping phone) and on the screen. The id of a
moment goes along, so that a device that is given it twice shows it once.

Source: RFC 8030 5.2 to 5.4 (TTL, Urgency, Topic); webkit.org/blog/16535 (Declarative Web Push); Firebase,
"FCM HTTP v1 API, Message"; Apple, "Sending notification requests to APNs" and "Sending broadcast push
notification requests to APNs".
"""

import base64
import hashlib
import uuid
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.alerts.devices import LATE_MS, Device, wording
from scorewire.alerts.moments import Moment

TTL_S: Final = LATE_MS // 1000
"""A platform keeps an alert so long for a device that is away; a goal of an hour ago is no alert."""
DECLARATIVE: Final = 8030
WEBPUSH_BYTES_MAX: Final = 3993
"""Of what is encrypted, so that no push service refuses it. Source: RFC 8291 4, RFC 8030 7.2."""
_SPACE: Final = uuid.UUID("7d0c8a52-5c0f-4e5a-9a4e-6f1b4f0f9d11")

_encode = msgspec.json.Encoder().encode


class Message(Struct, frozen=True, kw_only=True):
    """What goes to a platform; `body` of a web push is not encrypted yet."""

    headers: dict[str, str]
    body: bytes


def topic(tag: str) -> str:
    """A tag in 32 letters that every platform takes. Source: RFC 8030 5.4, base64url, at most 32."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()


def message_id(device: Device, moment: Moment) -> str:
    """The same whenever the same moment is sent to the same device."""
    return str(uuid.uuid5(_SPACE, f"{device.id} {moment.id}"))


def page_of(moment: Moment, site: str) -> str:
    """The page that an alert opens; `site` without a slash at its end."""
    return f"{site}/game/{moment.game_id}"


def webpush(device: Device, moment: Moment, site: str) -> Message:
    """For a push service of a browser. Headers that need the service's name or a key are the sender's."""
    title, text = wording(device, moment)
    body = {
        "web_push": DECLARATIVE,
        "notification": {
            "title": title,
            "body": text,
            "navigate": page_of(moment, site),
            "tag": topic(moment.tag),
            # A correction is news; the same alert again is not.
            "renotify": True,
            "timestamp": moment.ts,
            "data": {"id": moment.id, "seq": moment.seq, "game": moment.game_id},
        },
    }
    headers = {
        "TTL": str(TTL_S),
        "Urgency": "high" if moment.level != "key" else "normal",
        "Topic": topic(moment.tag),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
    }
    return Message(headers=headers, body=_encode(body))


def fcm(device: Device, moment: Moment, site: str) -> Message:
    """For Firebase Cloud Messaging."""
    title, text = wording(device, moment)
    body = {
        "message": {
            "token": device.address,
            "notification": {"title": title, "body": text},
            "data": {
                "id": moment.id,
                "game": moment.game_id,
                "seq": str(moment.seq),
                "url": page_of(moment, site),
            },
            "android": {
                "collapse_key": topic(moment.tag),
                "priority": "HIGH" if moment.level != "key" else "NORMAL",
                "ttl": f"{TTL_S}s",
                "notification": {"tag": topic(moment.tag)},
            },
        }
    }
    return Message(headers={"Content-Type": "application/json"}, body=_encode(body))


def apns(device: Device, moment: Moment, site: str, *, bundle: str, now_ms: int) -> Message:
    """For the Apple Push Notification service; `bundle` is the app's."""
    title, text = wording(device, moment)
    body = {
        "aps": {
            "alert": {"title": title, "body": text},
            "sound": "default",
            "thread-id": moment.game_id,
            "interruption-level": "active",
        },
        "id": moment.id,
        "seq": moment.seq,
        "url": page_of(moment, site),
    }
    headers = {
        "apns-topic": bundle,
        "apns-push-type": "alert",
        "apns-priority": "10" if moment.level != "key" else "5",
        "apns-expiration": str(now_ms // 1000 + TTL_S),
        "apns-collapse-id": topic(moment.tag),
        "apns-id": message_id(device, moment),
    }
    return Message(headers=headers, body=_encode(body))


def channel(moment: Moment, channel_id: str, *, now_ms: int) -> Message:
    """One call for everybody whose Live Activity follows a game: its content, as the app itself reads it."""
    body = {
        "aps": {
            "timestamp": moment.ts // 1000,
            "event": "end" if moment.level == "end" else "update",
            "content-state": {"title": moment.title, "text": moment.text, "seq": moment.seq},
        }
    }
    headers = {
        "apns-channel-id": channel_id,
        "apns-push-type": "liveactivity",
        "apns-priority": "10",
        "apns-expiration": str(now_ms // 1000 + TTL_S),
    }
    return Message(headers=headers, body=_encode(body))
