import msgspec
import pytest

from contract.log_suite import goal
from scorewire.errors import (
    BackendError,
    FeedError,
    RequestError,
    ScorewireError,
    Unauthenticated,
    WebhookConflict,
)
from scorewire.intake.offers import DETAIL_CHARACTERS_MAX, Offer, accepted, letters, refusal
from scorewire.providers.native import read_message


def test_the_caller_is_told_of_refusals_in_the_order_of_the_call() -> None:
    offer = Offer(3, "m-9", goal(1), b"raw")
    other = Offer(1, "m-7", goal(1), b"raw")
    body = accepted(2, 1, [offer.refuse("negative_score", "x"), other.refuse("bad_shape", "y")])
    assert msgspec.json.decode(body) == {
        "accepted": 2,
        "duplicates": 1,
        "rejected": [
            {"index": 1, "id": "m-7", "rule": "bad_shape", "detail": "y"},
            {"index": 3, "id": "m-9", "rule": "negative_score", "detail": "x"},
        ],
    }
    assert accepted(1, 0, []) == b'{"accepted":1,"duplicates":0,"rejected":[]}'


def test_a_letter_holds_the_bytes_that_were_refused() -> None:
    (letter,) = letters("acme", "w1", 5, [Offer(0, "m-1", goal(1), b"raw").refuse("bad", "x" * 10_000)])
    assert (letter.payload, letter.game_id, letter.rule, letter.ts) == (b"raw", "g1", "bad", 5)
    assert len(letter.detail) == DETAIL_CHARACTERS_MAX


def test_a_part_of_a_payload_is_kept_as_a_message_of_ours() -> None:
    refused = Offer(0, "m-1", goal(1), None).refuse("bad", "x")
    assert read_message(refused.payload) == goal(1)


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (Unauthenticated("bad_signature", "no"), 401, "bad_signature", None),
        (WebhookConflict("w1"), 409, "webhook_id_reused", None),
        (FeedError("unreadable_json", "no"), 422, "unreadable_json", None),
        (RequestError(413, "body_too_large", "no"), 413, "body_too_large", None),
        (RequestError(429, "too_many_calls", "no", retry_after_s=3), 429, "too_many_calls", "3"),
        (BackendError("disk /dev/x is full", retryable=True), 503, "unavailable", "2"),
        (BackendError("disk /dev/x is gone", retryable=False), 500, "internal", None),
    ],
)
def test_who_is_at_fault_decides_the_answer(
    error: ScorewireError, status: int, code: str, retry_after: str | None
) -> None:
    answer = refusal(error)
    body = msgspec.json.decode(answer.body)
    assert (answer.status, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:scorewire:problem:{code}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == retry_after
    assert b"/dev/x" not in answer.body
