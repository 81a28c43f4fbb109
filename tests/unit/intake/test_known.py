from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.log_suite import DECLARED, StoppedClock
from scorewire.intake.known import KnownGames
from scorewire.intake.unapplied import Unapplied
from scorewire.log.local import LocalLog
from scorewire.model.provider_event import GameDeclared


class Journal:
    """What a look-up finds, and how often it was asked."""

    def __init__(self, *games: GameDeclared) -> None:
        self.games = {game.game_id: game for game in games}
        self.asked: list[str] = []

    async def declared(self, game_id: str) -> GameDeclared | None:
        self.asked.append(game_id)
        return self.games.get(game_id)

    async def find_game(self, provider: str, name: str) -> str | None:
        self.asked.append(name)
        return next(
            (one.game_id for one in self.games.values() if one.provider_ids.get(provider) == name), None
        )

    def known(self, games_max: int = 10, **shared: Any) -> KnownGames:
        return KnownGames(lookup=self.declared, find_game=self.find_game, games_max=games_max, **shared)


def game(game_id: str = "g1", revision: int = 1, **provider_ids: str) -> GameDeclared:
    return msgspec.structs.replace(
        DECLARED,
        game_id=game_id,
        revision=revision,
        provider_ids=provider_ids,
        providers=(DECLARED.provider,),
    )


async def test_a_game_is_looked_up_once() -> None:
    journal = Journal(game())
    known = journal.known()
    assert await known.resolve(["g1"]) == {"g1": game()}
    assert await known.resolve(["g1"]) == {"g1": game()}
    assert journal.asked == ["g1"]


async def test_an_unknown_game_is_asked_for_again() -> None:
    journal = Journal()
    known = journal.known()
    assert await known.resolve(["g1"]) == {}
    journal.games["g1"] = game()
    assert await known.resolve(["g1"]) == {"g1": game()}


async def test_what_was_learnt_needs_no_journal() -> None:
    journal = Journal()
    known = journal.known()
    assert not known.holds("g1")
    known.learn(game(acme="123"))
    assert known.holds("g1")
    assert await known.resolve(["g1"]) == {"g1": game(acme="123")}
    assert await known.game_of("acme", "123") == "g1"
    assert journal.asked == []


async def test_the_newest_declaration_stays() -> None:
    known = Journal().known()
    known.learn(game(revision=2))
    assert known.learn(game(revision=1)) == game(revision=2)
    assert await known.resolve(["g1"]) == {"g1": game(revision=2)}


async def test_a_declaration_does_not_change_who_counts() -> None:
    known = Journal().known()
    known.learn(msgspec.structs.replace(game(), providers=("acme", "backup")))
    newer = msgspec.structs.replace(game(revision=2), provider="backup", providers=())
    assert known.learn(newer).providers == ("acme", "backup")
    assert (await known.resolve(["g1"]))["g1"].revision == 2
    known.learn(msgspec.structs.replace(game(revision=3), provider="backup", providers=("backup",)))
    assert (await known.resolve(["g1"]))["g1"].providers == ("acme", "backup")


async def test_what_is_learnt_while_the_journal_is_asked_is_kept() -> None:
    journal = Journal()
    known = journal.known()

    async def slow(game_id: str) -> GameDeclared | None:
        known.learn(game(revision=5))
        return game(revision=1) if game_id == "g1" else None

    known._lookup = slow
    assert await known.resolve(["g1"]) == {"g1": game(revision=5)}


async def test_memory_is_bounded_by_use() -> None:
    journal = Journal(*(game(f"g{n}", acme=f"{n}") for n in range(4)))
    known = journal.known(games_max=2)
    await known.resolve(["g0", "g1", "g0", "g2", "g0"])
    assert journal.asked == ["g0", "g1", "g2"]
    assert known.holds("g0")
    assert not known.holds("g1")


async def test_a_providers_name_is_looked_up_and_remembered() -> None:
    journal = Journal(game(acme="123"))
    known = journal.known()
    assert await known.game_of("acme", "123") == "g1"
    assert await known.game_of("acme", "123") == "g1"
    assert journal.asked == ["123"]
    assert await known.game_of("backup", "123") is None


@pytest.fixture
async def unapplied(tmp_path: Path) -> AsyncIterator[Unapplied]:
    log = await LocalLog.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )
    yield Unapplied(log=log)
    await log.close()


async def test_what_another_intake_may_have_changed_is_looked_up_again(unapplied: Unapplied) -> None:
    journal = Journal(game())
    alone, young, old = (
        journal.known(),
        journal.known(unapplied=unapplied),
        journal.known(unapplied=unapplied, age_s=-1),
    )
    for known in (alone, young, old):
        await known.resolve(["g1"])
        await known.resolve(["g1"])
    journal.games["g1"] = game(revision=2)
    found = [(await known.resolve(["g1"]))["g1"].revision for known in (alone, young, old)]
    assert found == [1, 1, 2]


async def test_a_refresh_says_whether_it_tells_more(unapplied: Unapplied) -> None:
    journal = Journal(game())
    known = journal.known(unapplied=unapplied)
    assert await known.refresh(["g1"])
    assert not await known.refresh(["g1"])
    journal.games["g1"] = game(revision=2)
    assert await known.refresh(["g1", "g2"])
    assert not await known.refresh(["g2"])
    assert not await journal.known().refresh(["g1"])
