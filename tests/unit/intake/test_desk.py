"""What an editor enters becomes a claim of the desk; who and why stay with the audit."""

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.intake.desk import (
    Cancellation,
    DeskEntry,
    HandBack,
    Settlement,
    cancelling,
    entered,
    handed_back,
    settling,
    shown_detail,
)
from scorewire.model.provider_event import ProviderEvent

ENTRY = DeskEntry(by="anna", reason="missed", type="GOAL", team="home", period=2, detail={"penalty": True})


def test_an_entry_is_a_claim_of_the_desk_with_its_person_and_reason() -> None:
    claim = entered(ENTRY, game_id="g1", event="desk-1", now_ms=7)
    assert (claim.provider, claim.event, claim.revision, claim.time_ms) == ("desk", "desk-1", 7, 7)
    assert (claim.type, claim.team, claim.period, claim.sequence) == ("GOAL", "home", 2, None)
    assert claim.detail == {"penalty": True, "by": "anna", "reason": "missed"}


def test_readers_never_see_who_and_why() -> None:
    claim = entered(ENTRY, game_id="g1", event="desk-1", now_ms=7)
    assert shown_detail(claim) == {"penalty": True}
    feed = ProviderEvent(provider="acme", game_id="g1", event="e", revision=1, detail={"reason": "rain"})
    assert shown_detail(feed) == {"reason": "rain"}


def test_an_entry_cannot_forge_the_audit() -> None:
    forged = msgspec.structs.replace(ENTRY, detail={"by": "bert"})
    with pytest.raises(FeedError, match="private_detail"):
        entered(forged, game_id="g1", event="desk-1", now_ms=7)


def test_handing_back_retracts_the_entry() -> None:
    claim = handed_back(HandBack(by="bert", reason="fine now"), game_id="g1", event="desk-1", now_ms=9)
    assert (claim.action, claim.event, claim.revision, claim.detail["by"]) == ("retract", "desk-1", 9, "bert")


def test_a_cancellation_names_the_play_and_its_provider() -> None:
    wanted = Cancellation(by="anna", reason="offside", seq=31)
    claim = cancelling(wanted, game_id="g1", provider="acme", target="e9", event="desk-2", now_ms=9)
    assert claim.type == "PLAY_CANCELLED"
    assert (claim.detail["event"], claim.detail["provider"]) == ("e9", "acme")


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"GOAL","reason":"x"}',
        b'{"by":"","reason":"x","type":"GOAL"}',
        b'{"by":"a","reason":"","type":"GOAL"}',
        b'{"by":"a","reason":"x","type":"GOAL","periode":1}',
        b'{"by":"a","reason":"x","type":"GOAL","period":0}',
    ],
)
def test_an_entry_without_person_or_reason_is_none(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=DeskEntry)


def test_the_desks_word_on_a_conflict_names_the_claim_and_whether_it_counts() -> None:
    wanted = Settlement(by="anna", reason="seen", provider="backup", event="b-7", adopt=True)
    claim = settling(wanted, game_id="g1", event="d1", now_ms=5)
    assert (claim.provider, claim.type, claim.revision) == ("desk", "CONFLICT_SETTLED", 5)
    assert shown_detail(claim) == {"provider": "backup", "event": "b-7", "adopt": True}
    assert (claim.detail["by"], claim.detail["reason"]) == ("anna", "seen")
