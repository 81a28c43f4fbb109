import asyncio
import resource
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from contract.log_suite import NOW_MS, StoppedClock
from scorewire.errors import RequestError, Unauthenticated
from scorewire.intake.cloudevents import BATCH, SINGLE
from scorewire.intake.webhook import FRESH_SECRETS_PER_S, OFF_LOOP_BYTES
from scorewire.log.base import Receipt, Submission
from scorewire.log.local import LocalLog
from scorewire.providers.format import Decoded

from .conftest import OTHER_SECRET, SECRET, House, event, rejected, scheduled, snapshot, told


async def test_a_call_is_answered_after_it_is_durable(house: House) -> None:
    before = house.log.commits
    answer = await house.post(scheduled(), event(1), event(1), event(2, score={"home": -1, "away": 0}))
    assert answer.status == 202
    assert answer.headers == {"content-type": "application/json"}
    body = told(answer)
    assert (body["accepted"], body["duplicates"]) == (2, 1)
    assert body["rejected"] == [
        {"index": 3, "id": "m-2", "rule": "negative_score", "detail": "score.home is -1"}
    ]
    assert house.log.commits == before + 1, "claims, answer and dead letter in one commit"
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1"]
    assert await house.rules() == ["negative_score"]


async def test_a_repeated_call_gets_its_first_answer_and_does_nothing(house: House) -> None:
    first = await house.post(scheduled(), event(1), event(9, type="TRY"), webhook_id="w1")
    again = await house.post(scheduled(), event(1), event(9, type="TRY"), webhook_id="w1")
    assert again == first
    assert len(await house.claims()) == 2
    assert len(await house.rules()) == 1


@pytest.mark.parametrize("size", [0, OFF_LOOP_BYTES])
async def test_a_repetition_is_known_that_is_not_in_memory_any_more(house: House, size: int) -> None:
    calls = [scheduled(), event(1), event(9, type="TRY"), event(2, player="x" * size)]
    first = await house.post(*calls, webhook_id="w1")
    house.log._answers.clear()
    assert await house.post(*calls, webhook_id="w1") == first
    assert len(await house.claims()) == told(first)["accepted"]
    house.log._answers.clear()
    other = await house.post(*calls, event(3), webhook_id="w1")
    assert (other.status, told(other)["code"]) == (409, "webhook_id_reused")


async def test_the_same_id_with_another_body_is_a_conflict(house: House) -> None:
    await house.post(scheduled(), webhook_id="w1")
    answer = await house.post(event(1), webhook_id="w1")
    assert (answer.status, told(answer)["code"]) == (409, "webhook_id_reused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(await house.claims()) == 1


async def test_the_same_call_twice_at_once_is_accepted_once(house: House) -> None:
    await house.post(scheduled())
    calls = [asyncio.create_task(house.post(event(1), webhook_id="w1")) for _ in range(10)]
    done, _ = await asyncio.wait(calls)
    assert {(call.result().status, call.result().body) for call in done} == {
        (202, b'{"accepted":1,"duplicates":0,"rejected":[]}')
    }
    assert len(await house.claims()) == 2


async def test_the_same_event_in_another_call_is_a_duplicate(house: House) -> None:
    await house.post(scheduled())
    await house.post(event(1))
    assert told(await house.post(event(1))) == {"accepted": 0, "duplicates": 1, "rejected": []}
    house.clock.now += 30_000
    assert told(await house.post(event(1)))["accepted"] == 1, "the owner decides what was long ago"


@pytest.mark.parametrize("body", [b"{", b"nonsense", b"[]", b"\xff", b"[" * 100_000])
async def test_a_body_that_cannot_be_read_is_kept_whole(house: House, body: bytes) -> None:
    answer = await house.send(body, webhook_id="w1")
    assert (answer.status, told(answer)["code"]) == (422, "unreadable_json")
    (letter,) = await house.log.dead_letters()
    assert (letter.rule, letter.payload, letter.provider) == ("unreadable_json", body, "acme")
    assert await house.send(body, webhook_id="w1") == answer, "its answer is remembered too"
    assert len(await house.log.dead_letters()) == 1
    assert (await house.post(scheduled())).status == 202, "and the node serves on"


async def unsigned(house: House, **changes: str) -> tuple[int, object]:
    """The answer to a good call whose headers were tampered with; the log must not see it."""
    body = msgspec.json.encode(scheduled())
    headers = house.headers(body) | {name.replace("_", "-"): value for name, value in changes.items()}
    commits = house.log.commits
    answer = await house.intake.receive("acme", headers, body, SINGLE, house.clock.now)
    assert house.log.commits == commits
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status, told(answer)["code"]


async def test_a_wrong_signature(house: House) -> None:
    assert await unsigned(house, webhook_signature="v1," + "A" * 43 + "=") == (401, "bad_signature")
    assert await unsigned(house, webhook_signature="") == (401, "signature_missing")
    assert await unsigned(house, webhook_id="a b") == (401, "signature_malformed")


@pytest.mark.parametrize("apart_s", [-301, 301])
async def test_a_stale_timestamp(house: House, apart_s: int) -> None:
    headers = house.headers(b"{}")
    house.clock.now += apart_s * 1000
    answer = await house.intake.receive("acme", headers, b"{}", SINGLE, house.clock.now)
    assert (answer.status, told(answer)["code"]) == (401, "stale_timestamp")
    assert house.log.commits == 0


@pytest.mark.parametrize("provider", ["nobody", "no id!", "", "x" * 65])
async def test_an_unknown_provider(house: House, provider: str) -> None:
    answer = await house.post(scheduled(), provider=provider)
    assert (answer.status, told(answer)["code"]) == (401, "unknown_provider")
    assert house.log.commits == 0


async def test_another_providers_secret(house: House) -> None:
    answer = await house.post(scheduled(), secret=OTHER_SECRET)
    assert (answer.status, told(answer)["code"]) == (401, "bad_signature")


async def test_a_key_made_beside_the_running_node_works_at_once(house: House) -> None:
    house.keys["newcomer"] = [SECRET]
    answer = await house.post({**scheduled(), "source": "newcomer"}, provider="newcomer")
    assert answer.status == 202
    house.keys["acme"].append(OTHER_SECRET)
    assert (await house.post(scheduled(), secret=OTHER_SECRET)).status == 202


async def test_a_flood_of_wrong_signatures_does_not_read_the_keys_each_time(house: House) -> None:
    for _ in range(3 * FRESH_SECRETS_PER_S):
        assert (await house.post(scheduled(), secret=OTHER_SECRET)).status == 401
    assert house.fresh_reads == FRESH_SECRETS_PER_S


async def test_a_good_signature_reads_no_key_anew(house: House) -> None:
    await house.post(scheduled())
    assert house.fresh_reads == 0


@pytest.mark.parametrize("size", [1_048_577, 3_000_000])
async def test_a_mebibyte_and_more(house: House, size: int) -> None:
    answer = await house.send(b" " * size)
    assert (answer.status, told(answer)["code"]) == (413, "body_too_large")
    assert house.log.commits == 0
    assert (await house.post(scheduled())).status == 202


async def test_a_mebibyte_exactly_is_read_off_the_loop(house: House) -> None:
    message = msgspec.json.encode(scheduled())
    body = message + b" " * (1_048_576 - len(message))
    assert len(body) > OFF_LOOP_BYTES
    assert told(await house.send(body))["accepted"] == 1


async def test_a_batch_of_too_many(house: House) -> None:
    body = msgspec.json.encode([event(n) for n in range(1001)])
    answer = await house.send(body, BATCH)
    assert (answer.status, told(answer)["code"]) == (413, "batch_too_large")


async def test_an_empty_batch_is_a_call_like_any_other(house: House) -> None:
    assert told(await house.send(b"[]", BATCH)) == {"accepted": 0, "duplicates": 0, "rejected": []}


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "application/cloudevents+xml"])
async def test_a_type_that_nobody_reads(house: House, kind: str) -> None:
    house.formats = {}
    house.start()
    answer = await house.send(msgspec.json.encode(scheduled()), kind)
    assert (answer.status, told(answer)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", [f"{SINGLE}; charset=utf-8", SINGLE.upper()])
async def test_a_types_parameters_and_case_do_not_matter(house: House, kind: str) -> None:
    assert (await house.send(msgspec.json.encode(scheduled()), kind)).status == 202


async def test_too_many_calls_are_told_when_to_come_back(house: House) -> None:
    house.limits = {"calls_per_s": 3}
    house.start()
    answers = [await house.post(scheduled(n)) for n in range(5)]
    assert [answer.status for answer in answers] == [202, 202, 202, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert told(answers[-1])["code"] == "too_many_calls"
    assert (
        await house.post({**scheduled(), "source": "backup"}, provider="backup", secret=OTHER_SECRET)
    ).status
    house.clock.now += 1000
    assert (await house.post(scheduled(9))).status == 202
    assert len(await house.claims()) == 4


async def test_an_unsigned_call_costs_a_provider_none_of_its_rate(house: House) -> None:
    house.limits = {"calls_per_s": 1}
    house.start()
    for _ in range(5):
        await house.post(scheduled(), secret=OTHER_SECRET)
    assert (await house.post(scheduled())).status == 202


async def test_a_full_disk_is_told_as_that_and_survived(house: House) -> None:
    await house.post(scheduled())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        answer = await house.post(event(1), webhook_id="w1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (answer.status, told(answer)["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert told(await house.post(event(1), webhook_id="w1")) == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [],
    }


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (event(1, game_id="g9"), "unknown_game"),
        (event(1, type="TRY"), "unknown_event_type"),
        (event(1, score={"home": -1, "away": 0}), "negative_score"),
        (event(1, period=1, clock="95:00"), "clock_outside_period"),
        (event(1, team="left"), "unknown_team"),
        ({**event(1), "source": "backup"}, "wrong_source"),
    ],
)
async def test_bad_input_has_a_named_rule_and_a_dead_letter(
    house: House, message: dict[str, object], rule: str
) -> None:
    await house.post(scheduled())
    answer = await house.post(event(7), message, event(8))
    assert answer.status == 202
    assert told(answer)["accepted"] == 2
    assert rejected(answer) == [rule]
    (letter,) = await house.log.dead_letters()
    assert letter.rule == rule
    assert msgspec.json.decode(letter.payload) == message
    assert (letter.ts, letter.provider) == (NOW_MS, "acme")


async def test_a_providers_own_payload_goes_to_the_game_that_a_declaration_maps(house: House) -> None:
    await house.post(
        scheduled(
            sport="basketball", provider_ids={"acme": "0022000001"}, home={"id": "bkn"}, away={"id": "gsw"}
        )
    )
    first = told(await house.send(snapshot((2, 0), (2, 3)), "application/json"))
    assert (first["accepted"], first["rejected"]) == (3, [])
    second = told(await house.send(snapshot((2, 0), (2, 3), (4, 3)), "application/json"))
    assert (second["accepted"], second["duplicates"]) == (1, 3), "what it said before, it says again"
    assert {(claim.provider, claim.game_id) for claim in await house.claims()} == {("acme", "g1")}


async def test_a_payload_of_a_game_that_nobody_mapped_is_one_dead_letter(house: House) -> None:
    answer = await house.send(snapshot((2, 0)), "application/json")
    assert (answer.status, rejected(answer)) == (202, ["unmapped_game"])
    (letter,) = await house.log.dead_letters()
    assert letter.payload == snapshot((2, 0))


async def test_a_payload_that_its_format_cannot_read_is_kept(house: House) -> None:
    answer = await house.send(b"<xml/>", "application/xml")
    assert (answer.status, told(answer)["code"]) == (422, "unreadable_payload")
    assert await house.rules() == ["unreadable_payload"]


async def test_a_providers_own_payload_may_be_larger(house: House) -> None:
    assert house.intake.admit("acme", "application/json") == 16_777_216
    assert house.intake.admit("acme", BATCH) == 1_048_576
    with pytest.raises(RequestError):
        house.intake.admit("backup", "application/json")


async def test_take_raises_what_receive_tells(house: House) -> None:
    body = msgspec.json.encode(scheduled())
    with pytest.raises(Unauthenticated):
        await house.intake.take("acme", {"content-type": SINGLE}, body)
    receipt = await house.intake.take("acme", house.headers(body) | {"content-type": SINGLE}, body)
    assert (receipt.status, receipt.repeated) == (202, False)


async def test_a_start_that_no_calendar_has_fails_alone(house: House) -> None:
    answer = await house.post(scheduled(1), scheduled(2, game_id="g9", start="9999-12-31T23:59:60Z"))
    assert (answer.status, rejected(answer)) == (202, ["bad_start"])
    assert await house.rules() == ["bad_start"]


async def test_an_event_that_nobody_foresaw_is_dead_lettered_and_the_rest_accepted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.post(scheduled())

    def slip(text: str) -> int:
        if text.startswith("2031"):
            raise ArithmeticError("nobody foresaw this")
        return 0

    monkeypatch.setattr("scorewire.intake.cloudevents.read_time", slip)
    bad = {**event(2), "time": "2031-01-01T00:00:00Z"}
    with capture_logs() as logs:
        answer = await house.post(event(1), bad, event(3))
    assert (answer.status, told(answer)["accepted"], rejected(answer)) == (202, 2, ["unreadable_event"])
    (letter,) = await house.log.dead_letters()
    assert (letter.rule, letter.payload) == ("unreadable_event", msgspec.json.encode(bad))
    assert b"nobody foresaw" not in answer.body
    assert [type(line["exc_info"]) for line in logs if line["event"] == "event_unreadable"] == [
        ArithmeticError
    ]


async def test_a_payload_that_its_decoder_did_not_foresee_is_dead_lettered(house: House) -> None:
    def slip(body: bytes, /) -> Decoded:
        raise KeyError("nobody foresaw this")

    house.formats = {"acme": slip}
    house.start()
    with capture_logs() as logs:
        answer = await house.send(b"{}", "application/json")
    assert (answer.status, told(answer)["code"]) == (422, "unreadable_event")
    assert await house.rules() == ["unreadable_event"]
    assert [line["event"] for line in logs] == ["payload_unreadable"]


class Noting(LocalLog):
    """A log that notes what it was given: this one does not keep traces, since they end in its process."""

    traces: list[str]

    async def append(self, submission: Submission) -> Receipt:
        self.traces.append(submission.traceparent)
        return await super().append(submission)


async def test_the_trace_of_a_call_goes_to_the_log_if_it_is_one(tmp_path: Path) -> None:
    clock = StoppedClock()
    log = await Noting.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=clock
    )
    assert isinstance(log, Noting)
    log.traces = []
    house = House(log, clock)
    sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for header in (sound, "nonsense", None):
        body = msgspec.json.encode(scheduled())
        headers = house.headers(body) | ({} if header is None else {"traceparent": header})
        await house.intake.receive("acme", headers, body, SINGLE, clock.now)
    assert log.traces == [sound, "", ""]
    await log.close()
