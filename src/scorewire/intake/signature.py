"""Standard Webhooks: who sent these bytes, and when.

    webhook-id: msg_2KWPBgLlAfxdpx2AI54pPJ85f4W
    webhook-timestamp: 1674087231
    webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNV...

Signed is `ID.TIMESTAMP.BODY`. `v1` is HMAC-SHA256 with a `whsec_` secret, `v1a` Ed25519 with the private
half (`whsk_`) of a `whpk_` key. One valid signature of one active secret is enough, so secrets can rotate.

The package `standardwebhooks` is the oracle in this file's tests, and not used here: it reads the clock
itself with a fixed tolerance, knows no `v1a`, wants the body as text, and answers malformed headers with
whatever exception comes. What is left of it is one call of hmac.

An id that holds a full stop could be split elsewhere (`a.1` + `2` or `a` + `1.2`), but then the body would
begin with digits and a full stop, which no payload that we read does.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scorewire.errors import Unauthenticated

SIGNATURES_MAX = 16
"""Signatures of one call that are looked at: each active secret makes one, and few are active."""

PRIVATE_KEY_BYTES = PUBLIC_KEY_BYTES = 32
"""Of Ed25519."""

_ID = re.compile(r"[\x21-\x7e]{1,256}\Z")
_TIMESTAMP = re.compile(r"[0-9]{1,12}\Z")


@dataclass(frozen=True, slots=True)
class Signed:
    """The three headers, read: `v1` and `v1a` hold raw signatures."""

    webhook_id: str
    timestamp: str
    v1: tuple[bytes, ...]
    v1a: tuple[bytes, ...]


def read_headers(headers: Mapping[str, str]) -> Signed:
    """Read the headers, named in lower case.

    Raises:
        Unauthenticated: `signature_missing` or `signature_malformed`. A signature of a version that we do
            not know, or that is no base64, is passed over, since another may hold.
    """
    webhook_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (webhook_id and timestamp and signatures):
        raise Unauthenticated(
            "signature_missing", "webhook-id, webhook-timestamp and webhook-signature are all needed"
        )
    if _ID.match(webhook_id) is None:
        raise Unauthenticated("signature_malformed", "webhook-id is 1 to 256 printable ASCII characters")
    if _TIMESTAMP.match(timestamp) is None:
        raise Unauthenticated("signature_malformed", "webhook-timestamp is whole seconds since 1970")
    found: dict[str, list[bytes]] = {"v1": [], "v1a": []}
    for part in signatures.split(" ")[:SIGNATURES_MAX]:
        version, _, encoded = part.partition(",")
        raw = _unbase64(encoded)
        if version in found and raw:
            found[version].append(raw)
    return Signed(webhook_id, timestamp, tuple(found["v1"]), tuple(found["v1a"]))


def check_time(signed: Signed, *, now_ms: int, tolerance_s: int) -> None:
    """Refuse what was signed too long ago, or in the future: a recorded call must not work for ever.

    Raises:
        Unauthenticated: `stale_timestamp`.
    """
    apart_s = now_ms / 1000 - int(signed.timestamp)
    if abs(apart_s) > tolerance_s:
        when = "old" if apart_s > 0 else "far in the future"
        raise Unauthenticated(
            "stale_timestamp", f"webhook-timestamp is too {when}: at most {tolerance_s} s apart, check clocks"
        )


def matches(signed: Signed, body: bytes, secrets: Sequence[str]) -> bool:
    """Whether one of the signatures was made of this body with one of the secrets; in constant time."""
    content = b"%b.%b.%b" % (signed.webhook_id.encode(), signed.timestamp.encode(), body)
    return any(_explains(secret, signed, content) for secret in secrets)


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now_ms: int, tolerance_s: int
) -> str:
    """All three checks; returns the webhook-id.

    Args:
        headers: by lower-case name.
        secrets: active `whsec_` secrets and `whpk_` public keys of one provider.
    Raises:
        Unauthenticated: as read_headers and check_time, or `bad_signature`.
    """
    signed = read_headers(headers)
    check_time(signed, now_ms=now_ms, tolerance_s=tolerance_s)
    if not matches(signed, body, secrets):
        raise Unauthenticated("bad_signature", "no active secret of this provider explains the signature")
    return signed.webhook_id


def sign(*, secret: str, webhook_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` of a call, for those who post: replay, demo, benchmarks, tests.

    Args:
        secret: `whsec_...` for `v1`, or `whsk_...`, an Ed25519 private key, for `v1a`.
    Raises:
        ValueError: the secret is neither.
    """
    content = b"%b.%d.%b" % (webhook_id.encode(), timestamp_s, body)
    prefix, _, encoded = secret.partition("_")
    key = _unbase64(encoded)
    if prefix == "whsec" and key:
        return "v1," + base64.b64encode(_hmac(key, content)).decode()
    if prefix == "whsk" and len(key) >= PRIVATE_KEY_BYTES:
        # Some libraries write the private key with its public half behind it.
        private = Ed25519PrivateKey.from_private_bytes(key[:PRIVATE_KEY_BYTES])
        return "v1a," + base64.b64encode(private.sign(content)).decode()
    raise ValueError("a signing secret is whsec_ or whsk_ and base64")


def signed_headers(*, secret: str, webhook_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """All three headers of a call; see `sign`."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(secret=secret, webhook_id=webhook_id, timestamp_s=timestamp_s, body=body),
    }


def _explains(secret: str, signed: Signed, content: bytes) -> bool:
    prefix, _, encoded = secret.partition("_")
    key = _unbase64(encoded)
    if prefix == "whsec" and key and signed.v1:
        expected = _hmac(key, content)
        return any(hmac.compare_digest(expected, given) for given in signed.v1)
    if prefix == "whpk" and len(key) == PUBLIC_KEY_BYTES and signed.v1a:
        public = Ed25519PublicKey.from_public_bytes(key)
        return any(_verifies(public, given, content) for given in signed.v1a)
    return False


def _verifies(public: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        public.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def _unbase64(text: str) -> bytes:
    """Base64, padded or not; empty for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
