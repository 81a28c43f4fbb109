"""A device and what its owner asked for: who hears a moment, when, and in which words. Pure.

quiet hours   what would come then is not told later: an alert of last night's goal helps nobody
an hour's cap the most alerts in an hour; corrections of what was told and ends are told beyond it
delay         everything so many seconds later, as on streams, so that no alert runs ahead of the picture
hidden scores other words, see moments.py
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from scorewire.alerts.moments import Moment

Platform = Literal["webpush", "fcm", "apns"]

HOUR_MS: Final = 3_600_000
LATE_MS: Final = 600_000
"""So long after it happened a moment is told; what a queue brings later is old news."""
DELAY_S_MAX: Final = 180


class QuietHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `begins` to `ends`, wall time in `tz`; over midnight where it ends before it begins.

    `{"begins": "22:30", "ends": "07:00", "tz": "Europe/Berlin"}`
    """

    begins: time
    ends: time
    tz: str

    def holds(self, at_ms: int) -> bool:
        """Whether it is quiet then."""
        now = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.tz)).time()
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the owner of a device asked for."""

    hide_scores: bool = False
    delay_s: Annotated[int, Meta(ge=0, le=DELAY_S_MAX)] = 0
    an_hour: Annotated[int, Meta(ge=1, le=60)] = 20
    quiet: QuietHours | None = None


class Told(Struct, frozen=True, kw_only=True, array_like=True):
    """One alert that a device was given: which, about what, when."""

    id: str
    tag: str
    at_ms: int


class Device(Struct, frozen=True, kw_only=True):
    """One device.

    Attributes:
        address: where its platform reaches it: a subscription as JSON, or a token. A secret: never logged.
        told: its newest alerts, oldest first.
    """

    id: str
    platform: Platform
    address: str
    settings: Settings = Settings()
    told: tuple[Told, ...] = ()


Refused = Literal["told", "late", "quiet", "cap", "unheard"]
"""Why a device does not hear a moment: it has heard it; it is old; it is night; it is too much; it is the
correction of something that this device never heard."""


def due_ms(device: Device, moment: Moment) -> int:
    """From when on the device may hear it."""
    return moment.ts + device.settings.delay_s * 1000


def refused(device: Device, moment: Moment, now_ms: int) -> Refused | None:
    """Why it does not hear a moment that is due; None where it does.

    A device hears each moment once however often it is asked, as long as the moment is among `told`.
    """
    if any(one.id == moment.id for one in device.told):
        return "told"
    if now_ms - due_ms(device, moment) > LATE_MS:
        return "late"
    heard = any(one.tag == moment.tag for one in device.told)
    if moment.correction and not heard:
        return "unheard"
    if device.settings.quiet is not None and device.settings.quiet.holds(now_ms):
        return "quiet"
    if moment.correction or moment.level == "end":
        return None
    lately = sum(now_ms - one.at_ms < HOUR_MS for one in device.told)
    return "cap" if lately >= device.settings.an_hour else None


def with_told(told: Sequence[Told], moment: Moment, now_ms: int) -> tuple[Told, ...]:
    """What a device has heard, with one more; what is older than an hour and late is let go."""
    kept = [one for one in told if now_ms - one.at_ms < HOUR_MS + LATE_MS]
    return (*kept, Told(id=moment.id, tag=moment.tag, at_ms=now_ms))


def wording(device: Device, moment: Moment) -> tuple[str, str]:
    """Title and text, as the device's owner wants them."""
    if device.settings.hide_scores:
        return moment.hidden_title, moment.hidden
    return moment.title, moment.text
