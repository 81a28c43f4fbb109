import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.log_suite import DECLARED, goal
from scorewire.errors import FeedError, RequestError
from scorewire.intake.acceptance import accept
from scorewire.intake.cloudevents import EventData, ScheduledData, envelope, read, write_batch
from scorewire.intake.offers import Offers
from scorewire.intake.recent import Recent
from scorewire.model.provider_event import Claim, GameDeclared, ProviderEvent
from scorewire.sports import SPORTS

from .conftest import Message, event, scheduled

TIME_MS = 1_671_376_990_000


def read_all(*messages: object) -> Offers:
    return read(msgspec.json.encode(messages), provider="acme", batch=True, batch_max=100)


def one(message: object) -> Claim:
    offers = read(msgspec.json.encode(message), provider="acme", batch=False, batch_max=100)
    assert not offers.refused, offers.refused
    return offers.offered[0].claim


def rule_of(message: object) -> str:
    offers = read_all(message)
    assert not offers.offered
    return offers.refused[0].rule


def changed(message: Message, **envelope: Any) -> Message:
    """With other attributes; those that are None are left out."""
    return {name: value for name, value in {**message, **envelope}.items() if value is not None}


def test_a_whole_event() -> None:
    data = {
        "event": "prov-124", "revision": 7, "sequence": 31, "action": "assert", "type": "GOAL",
        "team": "home", "period": 1, "clock": "22:41", "player": {"id": "p10", "name": "Lionel Messi"},
        "detail": {"penalty": True, "assist": "p7"}, "x": 0.885, "y": 0.5, "score": {"home": 1, "away": 0},
        "confirmation": "tentative", "text": "...",
    }  # fmt: skip
    claim = one(event(2) | {"data": data})
    assert isinstance(claim, ProviderEvent)
    assert (claim.provider, claim.game_id, claim.event, claim.revision) == ("acme", "g1", "prov-124", 7)
    assert claim.time_ms == TIME_MS
    built: dict[str, object] = msgspec.to_builtins(claim)
    assert {name: built.get(name) for name in data if name != "action"} == {
        name: value for name, value in data.items() if name != "action"
    }


def test_event_and_revision_default_to_the_message() -> None:
    claim = one(event(2, event=None, revision=None))
    assert (claim.event, claim.revision) == ("m-2", TIME_MS)


def test_a_declaration() -> None:
    claim = one(
        scheduled(
            start="2022-12-18T18:00:00+03:00",
            providers=["acme", "backup"],
            provider_ids={"acme": "123"},
            venue={"name": "Lusail Stadium", "tz": "Asia/Qatar"},
            rules={"extra_time": True},
        )
    )
    assert isinstance(claim, GameDeclared)
    assert (claim.event, claim.revision) == ("s-1", 1_671_375_601_000)
    assert claim.start == "2022-12-18T15:00:00Z", "whatever the offset, kept in UTC"
    assert claim.providers == ("acme", "backup")
    assert claim.provider_ids == {"acme": "123"}


def test_extensions_of_the_envelope_are_ignored() -> None:
    extended = event(1) | {"datacontenttype": "application/json", "traceparent": "00-ab", "shard": 7}
    assert one(extended) == one(event(1))


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (changed(event(1), type="com.example.created"), "unknown_type"),
        (changed(event(1), type=None), "unknown_type"),
        (changed(event(1), type=7), "unknown_type"),
        (changed(event(1), specversion="0.3"), "bad_shape"),
        (changed(event(1), id=None), "bad_shape"),
        (changed(event(1), id=""), "bad_shape"),
        (changed(event(1), source="backup"), "wrong_source"),
        (changed(event(1), subject="no id!"), "bad_game_id"),
        (changed(event(1), subject="g1\n"), "bad_game_id"),
        (changed(event(1), subject=None), "bad_shape"),
        (changed(event(1), time="yesterday"), "bad_time"),
        (changed(event(1), time=None), "revision_missing"),
        (changed(event(1), data=None), "bad_shape"),
        (changed(event(1), data="text"), "bad_shape"),
        (event(1, colour="red"), "bad_shape"),
        (event(1, revision=-1), "bad_shape"),
        (event(1, revision=1.5), "bad_shape"),
        (event(1, sequence="31"), "bad_shape"),
        (event(1, action="undo"), "bad_shape"),
        (event(1, team="left"), "unknown_team"),
        (event(1, team={"id": "arg"}), "unknown_team"),
        (event(1, period=0), "bad_shape"),
        (event(1, clock="9" * 17), "bad_shape"),
        (event(1, player={"id": "p 10"}), "bad_shape"),
        (event(1, detail={"list": [1]}), "bad_shape"),
        (event(1, detail={"nothing": None}), "bad_shape"),
        (event(1, detail={"big": 2**60}), "bad_shape"),
        (event(1, detail={"long": "x" * 501}), "bad_shape"),
        (event(1, detail={str(n): n for n in range(101)}), "bad_shape"),
        (event(1, x=1.01), "bad_shape"),
        (event(1, score={"home": -1, "away": 0}), "negative_score"),
        (event(1, score={"home": 0, "away": -3}), "negative_score"),
        (event(1, score={"home": 1}), "bad_shape"),
        (event(1, text="x" * 1001), "bad_shape"),
        (changed(scheduled(), time=None), "revision_missing"),
        (scheduled(start="18.12.2022"), "bad_start"),
        (scheduled(start="9999-12-31T23:59:60Z"), "bad_start"),
        (scheduled(start="9999-12-31T23:59:59-23:00"), "bad_start"),
        (changed(event(1), time="9999-12-31T23:59:60Z"), "bad_time"),
        (scheduled(home={"name": "without id"}), "bad_shape"),
        (scheduled(colour="red"), "bad_shape"),
        (scheduled(providers=["p"] * 21), "bad_shape"),
        ("text", "bad_shape"),
        (None, "bad_shape"),
        ([], "bad_shape"),
    ],
)
def test_what_a_message_breaks_has_a_name(message: object, rule: str) -> None:
    assert rule_of(message) == rule


def test_one_bad_message_is_refused_and_the_rest_is_read() -> None:
    bad = event(2, score={"home": -1, "away": 0})
    offers = read_all(event(1), bad, event(3))
    assert [(offer.index, offer.claim.event) for offer in offers.offered] == [(0, "prov-1"), (2, "prov-3")]
    (refused,) = offers.refused
    assert (refused.index, refused.message_id, refused.game_id) == (1, "m-2", "g1")
    assert refused.rule == "negative_score"
    assert msgspec.json.decode(refused.payload) == bad


def test_a_message_with_bytes_that_are_no_text_fails_alone() -> None:
    good = msgspec.json.encode(event(1))
    body = b"[" + good + b"," + good.replace(b"22:41", b"\xff\xfe") + b"]"
    offers = read(body, provider="acme", batch=True, batch_max=10)
    assert len(offers.offered) == 1
    assert [one.rule for one in offers.refused] == ["unreadable_json"]


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"7", b"null", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe",
        b"\xef\xbb\xbf{}", b'[{"a":1}', b'{"a":1} {"a":2}', b'{"id":"\\ud800',
    ],
)  # fmt: skip
def test_a_body_that_is_not_json_of_its_kind_is_refused_whole(body: bytes, batch: bool) -> None:
    with pytest.raises(FeedError) as caught:
        read(body, provider="acme", batch=batch, batch_max=10)
    assert caught.value.rule == "unreadable_json"


def test_one_is_not_many() -> None:
    message = msgspec.json.encode(event(1))
    with pytest.raises(FeedError):
        read(message, provider="acme", batch=True, batch_max=10)
    with pytest.raises(FeedError):
        read(b"[" + message + b"]", provider="acme", batch=False, batch_max=10)


def test_a_batch_is_bounded() -> None:
    body = msgspec.json.encode([event(n) for n in range(11)])
    with pytest.raises(RequestError) as caught:
        read(body, provider="acme", batch=True, batch_max=10)
    assert (caught.value.status, caught.value.code) == (413, "batch_too_large")


def test_an_empty_batch_is_one() -> None:
    assert read(b"[]", provider="acme", batch=True, batch_max=10) == Offers([], [])


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_give_offers_or_a_named_refusal(body: bytes, batch: bool) -> None:
    with contextlib.suppress(FeedError):
        read(body, provider="acme", batch=batch, batch_max=10)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


_times = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}".format,
    st.sampled_from([0, 1, 1969, 1970, 2022, 9999]),
    st.sampled_from([1, 2, 12, 13]),
    st.sampled_from([1, 29, 31]),
    st.sampled_from([0, 23, 24]),
    st.sampled_from([0, 59]),
    st.sampled_from([0, 59, 60]),
    st.sampled_from(["Z", "+23:59", "-23:59", "+24:00"]),
)
_places = {
    "scorewire.game.event.v1": sorted(EventData.__struct_fields__),
    "scorewire.game.scheduled.v1": sorted(ScheduledData.__struct_fields__),
}


@st.composite
def _messages(draw: st.DrawFn) -> Message:
    """A good message with anything in some of its places."""
    whole = draw(st.sampled_from([event(1), scheduled()]))
    anything = _json | _times
    data = whole["data"]
    assert isinstance(data, dict)
    outer = draw(st.dictionaries(st.sampled_from(sorted(whole)), anything, max_size=1))
    inner = draw(st.dictionaries(st.sampled_from(_places[str(whole["type"])]), anything, max_size=3))
    return {**whole, "data": {**data, **inner}} | outer


@given(_messages())
def test_any_json_in_any_place_gives_an_offer_or_a_named_refusal(message: Message) -> None:
    try:
        body = msgspec.json.encode([scheduled(), message])
    except UnicodeEncodeError:
        return  # a lone surrogate has no bytes
    offers = read(body, provider="acme", batch=True, batch_max=10)
    assert len(offers.offered) + len(offers.refused) == 2
    verdict = accept(
        offers.offered, games={}, sports=SPORTS, recent=Recent(entries_max=9, age_ms=1), now_ms=0
    )
    refused = offers.refused + verdict.refused
    assert len(verdict.accepted) + verdict.duplicates + len(refused) == 2
    # The guard of last resort has nothing to do.
    assert [one.cause for one in refused if one.cause is not None] == []


@pytest.mark.parametrize("number", ["1" + "0" * 5000, "1e999", "1e-5000", "NaN", '"\\ud800"', "[" * 5000])
@pytest.mark.parametrize("place", ["time", "id", "data"])
def test_what_json_stretches_to_is_refused_by_name(place: str, number: str) -> None:
    whole = {**event(1), place: "HERE"}
    body = b"[" + msgspec.json.encode(whole).replace(b'"HERE"', number.encode()) + b"]"
    with contextlib.suppress(FeedError):
        offers = read(body, provider="acme", batch=True, batch_max=10)
        assert [one.cause for one in offers.refused] == [None]


@pytest.mark.parametrize("claim", [goal(1), msgspec.structs.replace(DECLARED, time_ms=1)])
def test_what_is_written_is_read_as_it_was(claim: Claim) -> None:
    assert one(msgspec.json.decode(envelope(claim))) == msgspec.structs.replace(
        claim, event=claim.event if isinstance(claim, ProviderEvent) else "m-1.1"
    )
    assert one(msgspec.json.decode(envelope(claim, message_id="m-1"))) == claim


def test_a_written_batch_is_read() -> None:
    body = write_batch([envelope(goal(n)) for n in range(3)])
    offers = read(body, provider="acme", batch=True, batch_max=10)
    assert [offer.claim for offer in offers.offered] == [goal(n) for n in range(3)]
