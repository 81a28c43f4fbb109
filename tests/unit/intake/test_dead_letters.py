import msgspec

from contract.log_suite import NOW_MS
from scorewire.log.base import DeadLetter
from scorewire.model.provider_event import ProviderEvent

from .conftest import House, event, scheduled, snapshot


async def letter_of(house: House) -> DeadLetter:
    (letter,) = await house.log.dead_letters()
    return letter


async def test_a_message_is_accepted_once_its_fault_is_mended(house: House) -> None:
    await house.post(event(1))
    letter = await letter_of(house)
    house.clock.now += 3_600_000
    await house.post(scheduled())
    answer = msgspec.json.decode(await house.dead_letters.replay(letter))
    assert answer == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1"]
    assert [one.number for one in await house.log.dead_letters(state="replayed")] == [letter.number]


async def test_what_is_refused_again_is_a_new_letter(house: House) -> None:
    await house.post(scheduled())
    await house.post(event(1, type="TRY"))
    letter = await letter_of(house)
    answer = msgspec.json.decode(await house.dead_letters.replay(letter))
    assert [one["rule"] for one in answer["rejected"]] == ["unknown_event_type"]
    assert (await letter_of(house)).number > letter.number


async def test_a_claim_that_the_owner_refused(house: House) -> None:
    await house.post(scheduled())
    await house.post(event(1))
    claim = (await house.claims())[-1]
    assert isinstance(claim, ProviderEvent)
    await house.log.bury(
        [
            DeadLetter(
                ts=NOW_MS,
                provider="acme",
                game_id="g1",
                rule="out_of_order",
                detail="too early",
                payload=msgspec.json.encode(claim),
                position="0:2",
            )
        ]
    )
    await house.dead_letters.replay(await letter_of(house))
    # It was heard a moment ago, and is no duplicate all the same: a person asked for it.
    assert (await house.claims())[-1] == claim
    assert len(await house.claims()) == 3


async def test_a_body_that_was_unreadable_still_is(house: House) -> None:
    await house.send(b"nonsense")
    answer = msgspec.json.decode(await house.dead_letters.replay(await letter_of(house)))
    assert [one["rule"] for one in answer["rejected"]] == ["unreadable_json"]


async def test_a_payload_of_the_providers_own_once_its_game_is_mapped(house: House) -> None:
    await house.send(snapshot((2, 0), (2, 3)), "application/json")
    letter = await letter_of(house)
    assert letter.rule == "unmapped_game"
    await house.post(scheduled(sport="basketball", provider_ids={"acme": "0022000001"}))
    await house.dead_letters.replay(letter)
    claims = (await house.claims())[1:]
    assert {(claim.provider, claim.game_id) for claim in claims} == {("acme", "g1")}
    types = [claim.type for claim in claims if isinstance(claim, ProviderEvent)]
    assert types == ["PERIOD_START", "FG2", "FG3"]
    assert await house.rules() == []
