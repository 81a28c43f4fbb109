import asyncio
from pathlib import Path

import msgspec

from contract.log_suite import DECLARED, NOW_MS, StoppedClock, submission
from scorewire.intake.admission import reopen
from scorewire.log.base import DeadLetter, Receipt, Submission
from scorewire.log.local import LocalLog
from scorewire.model.provider_event import GameDeclared

from .conftest import OTHER_SECRET, House, event, rejected, scheduled, snapshot, told


async def test_events_of_an_undeclared_game_are_taken_up_when_it_is_declared(house: House) -> None:
    assert rejected(await house.post(event(1))) == ["unknown_game"]
    assert rejected(await house.post(event(2), event(3))) == ["unknown_game"] * 2
    await house.post(event(9, game_id="g2"))
    assert told(await house.post(scheduled()))["accepted"] == 1
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1", "prov-2", "prov-3"]
    assert [letter.game_id for letter in await house.log.dead_letters()] == ["g2"]
    assert len(await house.log.dead_letters(state="replayed")) == 3


async def test_they_are_taken_up_once(house: House) -> None:
    await house.post(event(1))
    await house.post(scheduled(1))
    await house.post(scheduled(2))
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1", "s-2"]


async def test_a_great_many_cost_no_commit_each(house: House) -> None:
    await house.post(*(event(number) for number in range(500)))
    before = house.log.commits
    await house.post(scheduled())
    assert house.log.commits - before <= 3
    assert len(await house.claims()) == 501
    assert await house.rules() == []


async def test_those_of_long_ago_are_left_to_the_operator(house: House) -> None:
    await house.post(event(1))
    house.clock.now += 601_000
    await house.post(event(2))
    await house.post(scheduled())
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-2"]
    assert await house.rules() == ["unknown_game"]


async def test_each_providers_events_stay_its_own(house: House) -> None:
    await house.post(event(1))
    await house.post({**event(2), "source": "backup"}, provider="backup", secret=OTHER_SECRET)
    await house.post(event(3))
    await house.post(scheduled(providers=["acme", "backup"]))
    claims = await house.claims()
    assert [(claim.provider, claim.event) for claim in claims[1:]] == [
        ("acme", "prov-1"),
        ("backup", "prov-2"),
        ("acme", "prov-3"),
    ]


async def test_what_is_taken_up_may_still_break_another_rule(house: House) -> None:
    await house.post(event(1, type="TRY"))
    await house.post({**event(2), "source": "backup"}, provider="backup", secret=OTHER_SECRET)
    await house.post(scheduled())
    assert [claim.event for claim in await house.claims()] == ["s-1"]
    assert sorted(await house.rules()) == ["provider_not_listed", "unknown_event_type"]


async def test_an_event_right_behind_its_declaration_is_never_lost(house: House) -> None:
    """However the two calls fall over each other: the event is accepted, or parked and taken up."""
    calls = [asyncio.create_task(house.post(scheduled(game_id=f"g{n}"))) for n in range(20)]
    calls += [asyncio.create_task(house.post(event(n, game_id=f"g{n}"))) for n in range(20)]
    await asyncio.wait(calls)
    assert sorted(claim.event for claim in await house.claims() if claim.event.startswith("prov")) == sorted(
        f"prov-{n}" for n in range(20)
    )
    assert await house.rules() == []


async def test_an_event_posted_after_the_answer_is_accepted_though_the_journal_is_behind(
    house: House,
) -> None:
    await house.post(scheduled())
    assert house.journal == {}
    assert told(await house.post(event(1)))["accepted"] == 1


async def test_a_restart_knows_what_lies_on_the_log_and_is_not_in_the_journal(house: House) -> None:
    await house.post(scheduled())
    house.start()
    await house.admission.resume(after={0: 0}, now_ms=house.clock.now)
    assert told(await house.post(event(1)))["accepted"] == 1


async def test_a_restart_takes_up_what_a_crash_left_waiting(house: House) -> None:
    await house.post(event(1))
    await house.post(scheduled(game_id="other"))
    declared = (await house.claims())[0]
    assert isinstance(declared, GameDeclared)
    house.start()
    await house.admission.resume(after={0: 0}, now_ms=house.clock.now)
    assert await house.rules() == ["unknown_game"], "it is still undeclared"
    house.start()
    house.journal["g1"] = GameDeclared(
        provider="acme",
        game_id="g1",
        event="s-1",
        revision=1,
        sport="soccer",
        league=declared.league,
        start=declared.start,
        home=declared.home,
        away=declared.away,
    )
    await house.admission.resume(after={0: 1}, now_ms=house.clock.now)
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1"]
    assert await house.rules() == []


def test_a_letter_that_nobody_can_read_stays_a_refusal() -> None:
    for position in ("", "0:7"):
        letter = DeadLetter(
            ts=NOW_MS, provider="acme", rule="x", detail="y", payload=b"nonsense", position=position
        )
        offers = reopen(letter)
        assert not offers.offered
        assert [one.rule for one in offers.refused] == ["unreadable_json"]


async def test_a_backups_declaration_does_not_silence_who_counts(house: House) -> None:
    await house.post(scheduled(1, providers=["acme", "backup"]))
    again = {**scheduled(2), "source": "backup"}
    assert told(await house.post(again, provider="backup", secret=OTHER_SECRET))["accepted"] == 1
    assert told(await house.post(event(1)))["accepted"] == 1
    both = [{**scheduled(3), "source": "backup"}, {**event(2), "source": "backup"}]
    assert told(await house.post(*both, provider="backup", secret=OTHER_SECRET))["accepted"] == 2
    held = (await house.known.resolve(["g1"]))["g1"]
    assert (held.provider, held.providers) == ("backup", ("acme", "backup"))


async def test_who_counts_outlives_a_restart_before_the_owner_has_read_on(house: House) -> None:
    await house.post(scheduled(1, providers=["acme", "backup"]))
    house.journal.update(await house.known.resolve(["g1"]))
    await house.post({**scheduled(2), "source": "backup"}, provider="backup", secret=OTHER_SECRET)
    house.start()
    await house.admission.resume(after={0: 1}, now_ms=house.clock.now)
    assert told(await house.post(event(1)))["accepted"] == 1


async def test_what_one_intake_has_answered_another_knows(house: House) -> None:
    other = house.neighbour()
    await house.post(scheduled())
    assert told(await other.post(event(1)))["accepted"] == 1
    # What it holds is older than what the other has heard since.
    backup = {**event(2), "source": "backup"}
    assert rejected(await other.post(backup, provider="backup", secret=OTHER_SECRET)) == [
        "provider_not_listed"
    ]
    await house.post(scheduled(2, providers=["acme", "backup"]))
    assert told(await other.post(backup, provider="backup", secret=OTHER_SECRET))["accepted"] == 1
    assert await house.rules() == ["provider_not_listed"]


async def test_what_the_journal_has_meanwhile_is_looked_up_before_anything_is_refused(house: House) -> None:
    other = house.neighbour()
    await house.post(scheduled())
    assert told(await other.post(event(1)))["accepted"] == 1
    (declared,) = (await house.known.resolve(["g1"])).values()
    house.journal["g1"] = msgspec.structs.replace(declared, revision=10**15, providers=("acme", "backup"))
    backup = {**event(2), "source": "backup"}
    assert told(await other.post(backup, provider="backup", secret=OTHER_SECRET))["accepted"] == 1


async def test_what_one_intake_parks_another_takes_up(house: House) -> None:
    other = house.neighbour()
    assert rejected(await other.post(event(1), event(2))) == ["unknown_game"] * 2
    await house.post(scheduled())
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1", "prov-2"]
    assert await house.rules() == []


async def test_however_two_intakes_fall_over_each_other_nothing_stays_parked(house: House) -> None:
    """The declaration is written while the other refuses for the want of it: one of them finds the other."""
    other = house.neighbour()
    calls = [asyncio.create_task(house.post(scheduled(game_id=f"g{n}"))) for n in range(30)]
    calls += [asyncio.create_task(other.post(event(n, game_id=f"g{n}"))) for n in range(30)]
    await asyncio.wait(calls)
    claims = {claim.event for claim in await house.claims()}
    assert {f"prov-{n}" for n in range(30)} < claims
    assert await house.rules() == []


async def test_a_refusal_that_is_written_last_finds_the_declaration(tmp_path: Path) -> None:
    """The other has read the letters before this one was there, and nobody else would ever look."""
    go, refusing = asyncio.Event(), asyncio.Event()

    class Slow(LocalLog):
        async def append(self, submission: Submission) -> Receipt:
            if submission.refused:
                refusing.set()
                await go.wait()
            return await super().append(submission)

    clock = StoppedClock()
    log = await Slow.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=clock
    )
    house = House(log, clock)
    other = house.neighbour()
    early = asyncio.create_task(other.post(event(1)))
    await refusing.wait()
    await house.post(scheduled())
    go.set()
    assert rejected(await early) == ["unknown_game"]
    assert [claim.event for claim in await house.claims()] == ["s-1", "prov-1"]
    assert await house.rules() == []
    await log.close()


async def test_what_one_intake_calls_a_game_the_other_does(house: House) -> None:
    other = house.neighbour()
    await other.admission.resume(after={0: 0}, now_ms=house.clock.now)
    teams = {"home": {"id": "bkn", "name": "Nets"}, "away": {"id": "gsw", "name": "Warriors"}}
    await house.post(scheduled(sport="basketball", provider_ids={"acme": "0022000001"}, **teams))
    answer = told(await other.send(snapshot((2, 0), (2, 3)), "application/json"))
    assert (answer["accepted"], answer["rejected"]) == (3, [])


async def test_an_intake_that_looks_after_what_waits_finds_what_a_dead_one_left(house: House) -> None:
    other = house.neighbour()
    await other.post(event(1))
    await house.log.append(submission("declared", DECLARED))  # and ended before it looked who waited
    await other.admission.look_after(house.clock.now)
    assert await house.rules() == []
    assert [claim.event for claim in await house.claims()][-1] == "prov-1"
