import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from scorewire.errors import Unauthenticated
from scorewire.intake.signature import SIGNATURES_MAX, sign, signed_headers, verify

NOW_S = 1_671_376_990
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four!").decode()
OTHER = "whsec_" + base64.b64encode(b"another of twenty-four!!").decode()
BODY = b'{"specversion":"1.0"}'

_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE = (
    "whsk_"
    + base64.b64encode(_PRIVATE.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())).decode()
)
PUBLIC = (
    "whpk_" + base64.b64encode(_PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
)


def headers(secret: str = SECRET, body: bytes = BODY, timestamp_s: int = NOW_S) -> dict[str, str]:
    return signed_headers(secret=secret, webhook_id="msg_1", timestamp_s=timestamp_s, body=body)


def check(given: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> str:
    return verify(given, body, secrets, now_ms=NOW_S * 1000, tolerance_s=300)


def rule_of(given: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> str:
    with pytest.raises(Unauthenticated) as caught:
        check(given, body, secrets)
    return caught.value.rule


def test_what_was_signed_is_believed() -> None:
    assert check(headers()) == "msg_1"


def test_the_librarys_signature_is_believed_and_ours_is_the_same() -> None:
    theirs = Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(NOW_S, UTC), BODY.decode())
    assert sign(secret=SECRET, webhook_id="msg_1", timestamp_s=NOW_S, body=BODY) == theirs


def test_the_example_of_the_specification() -> None:
    signature = sign(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_s=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_ed25519_is_believed() -> None:
    given = headers(PRIVATE)
    assert given["webhook-signature"].startswith("v1a,")
    assert check(given, secrets=(SECRET, PUBLIC)) == "msg_1"
    assert rule_of(given, BODY + b" ", (PUBLIC,)) == "bad_signature"
    assert rule_of(given, secrets=(SECRET,)) == "bad_signature"


def test_a_private_key_with_its_public_half_behind_it() -> None:
    raw = base64.b64decode(PRIVATE[5:]) + base64.b64decode(PUBLIC[5:])
    assert check(headers("whsk_" + base64.b64encode(raw).decode()), secrets=(PUBLIC,)) == "msg_1"


def test_secrets_rotate() -> None:
    assert check(headers(SECRET), secrets=(OTHER, SECRET)) == "msg_1"
    assert check(headers(OTHER), secrets=(OTHER, SECRET)) == "msg_1"
    both = headers(OTHER) | {
        "webhook-signature": f"{headers(SECRET)['webhook-signature']} {headers(OTHER)['webhook-signature']}"
    }
    assert check(both, secrets=(OTHER,)) == "msg_1"
    assert rule_of(headers(OTHER)) == "bad_signature"
    assert rule_of(headers(), secrets=()) == "bad_signature"


def test_bytes_that_are_no_text_can_be_signed() -> None:
    assert check(headers(body=b"\xff\x00\xfe"), b"\xff\x00\xfe") == "msg_1"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_is_needed_and_covered(name: str) -> None:
    given = headers()
    assert rule_of({key: value for key, value in given.items() if key != name}) == "signature_missing"
    assert rule_of({**given, name: ""}) == "signature_missing"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"webhook-id": "msg_2"}, "bad_signature"),
        ({"webhook-timestamp": str(NOW_S + 1)}, "bad_signature"),
        ({"webhook-id": "a b"}, "signature_malformed"),
        ({"webhook-id": "msg\n1"}, "signature_malformed"),
        ({"webhook-id": "mög"}, "signature_malformed"),
        ({"webhook-id": "m" * 257}, "signature_malformed"),
        ({"webhook-timestamp": "now"}, "signature_malformed"),
        ({"webhook-timestamp": "1e9"}, "signature_malformed"),
        ({"webhook-timestamp": "-1"}, "signature_malformed"),
        ({"webhook-timestamp": "nan"}, "signature_malformed"),
        ({"webhook-timestamp": "9" * 400}, "signature_malformed"),
        ({"webhook-timestamp": f"{NOW_S}\n"}, "signature_malformed"),
        ({"webhook-signature": "v1"}, "bad_signature"),
        ({"webhook-signature": "v1,"}, "bad_signature"),
        ({"webhook-signature": "v1,a,b"}, "bad_signature"),
        ({"webhook-signature": "v1,not base64"}, "bad_signature"),
        ({"webhook-signature": "v1,ä"}, "bad_signature"),
        ({"webhook-signature": "v1a,AAAA"}, "bad_signature"),
        ({"webhook-signature": "v2," + "A" * 44}, "bad_signature"),
        ({"webhook-signature": " , ,, "}, "bad_signature"),
    ],
)
def test_whatever_the_headers_hold_it_is_a_named_refusal(change: dict[str, str], rule: str) -> None:
    assert rule_of({**headers(), **change}, secrets=(SECRET, PUBLIC)) == rule


@given(st.dictionaries(st.sampled_from(sorted(headers())), st.text()), st.binary())
def test_no_header_and_no_body_raises_anything_else(change: dict[str, str], body: bytes) -> None:
    with pytest.raises(Unauthenticated):
        check({**headers(), **change}, b"x" + body, (SECRET, PUBLIC))


def test_no_more_signatures_are_tried_than_the_limit() -> None:
    good = headers()["webhook-signature"]
    wrong = "v1," + "A" * 43 + "="
    given = headers() | {"webhook-signature": " ".join([wrong] * (SIGNATURES_MAX - 1) + [good])}
    assert check(given) == "msg_1"
    given = headers() | {"webhook-signature": " ".join([wrong] * SIGNATURES_MAX + [good])}
    assert rule_of(given) == "bad_signature"


@pytest.mark.parametrize("apart_s", [-300, -1, 0, 1, 300])
def test_within_the_tolerance(apart_s: int) -> None:
    assert check(headers(timestamp_s=NOW_S + apart_s)) == "msg_1"


@pytest.mark.parametrize("apart_s", [-301, 301, -86_400])
def test_outside_the_tolerance_even_with_a_good_signature(apart_s: int) -> None:
    assert rule_of(headers(timestamp_s=NOW_S + apart_s)) == "stale_timestamp"


@pytest.mark.parametrize("secret", ["", "whsec_", "whpk_AAAA", "whsk_AAAA", "plain", "whsec_not base64"])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        headers(secret)
    assert rule_of(headers(), secrets=(secret,)) == "bad_signature"
