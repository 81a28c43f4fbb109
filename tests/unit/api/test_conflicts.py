"""Conflicts over HTTP: both sides, the desk's word, and the report."""

from scorewire.games import telling
from scorewire.games.telling import Conflict, Telling
from scorewire.journal.records import Commit, LedgerEntry
from scorewire.model.provider_event import ProviderEvent

from .conftest import World

CONFLICTS = "/v1/admin/games/g1/conflicts"
WORD = {"by": "anna", "reason": "seen", "provider": "backup", "event": "b1", "adopt": True}


async def disputed(world: World) -> None:
    """A goal that the backup tells and the primary does not."""
    await world.declare(providers=("acme", "backup"))
    await world.claim("PERIOD_START")
    claim = ProviderEvent(provider="backup", game_id="g1", event="b1", revision=1, type="GOAL", team="home")
    conflict = Conflict(since_ms=5, why="missing", against=(claim,))
    body = telling.write(Telling(claim=claim, received_ms=1, conflict=conflict))
    entry = LedgerEntry(game_id="g1", provider="backup", event="b1", revision=1, what="told", body=body)
    await world.journal.commit(Commit(ledger=(entry,)))


async def test_conflicts_are_listed_with_both_sides(world: World) -> None:
    await disputed(world)
    (one,) = (await world.admin.get(CONFLICTS)).json()["conflicts"]
    assert (one["provider"], one["event"], one["why"], one["claim"]["type"]) == (
        "backup",
        "b1",
        "missing",
        "GOAL",
    )
    assert len(one["against"]) == 1
    assert len((await world.admin.get(f"{CONFLICTS}?state=all")).json()["conflicts"]) == 1
    assert (await world.admin.get("/v1/admin/games/g9/conflicts")).json()["code"] == "unknown_game"


async def test_the_desk_settles_one_and_is_in_the_audit(world: World) -> None:
    await disputed(world)
    answer = (await world.admin.post(CONFLICTS, json=WORD)).json()
    assert answer["outcome"] == "applied"
    (entry,) = (await world.admin.get("/v1/admin/games/g1/desk")).json()["entries"]
    assert (entry["type"], entry["by"], entry["detail"]["adopt"]) == ("CONFLICT_SETTLED", "anna", True)


async def test_what_is_no_open_conflict_cannot_be_settled(world: World) -> None:
    await disputed(world)
    answer = await world.admin.post(CONFLICTS, json={**WORD, "event": "b2"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_conflict")
    answer = await world.admin.post(CONFLICTS, json={"provider": "backup"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


async def test_the_report_tells_of_each_provider(world: World) -> None:
    await disputed(world)
    for query in ("", "?game=g1"):
        report = (await world.admin.get(f"/v1/admin/providers/report{query}")).json()["providers"]
        assert [(one["provider"], one["conflicts"]) for one in report] == [("acme", 0), ("backup", 1)]
