"""A fixed set of seeds, and proof that the auditor sees what it should see."""

import msgspec
import pytest

from scorewire.games.book import Book
from scorewire.games.settlement import Settlement
from scorewire.sim.backup import TROUBLES
from scorewire.sim.options import Options
from scorewire.sim.world import Difference, Disk, World
from scorewire.sports import SPORTS


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_node_and_fans_agree_with_the_auditor(first: int) -> None:
    for seed in range(first, first + 20):
        try:
            World(seed, Options()).run()
        except Difference as difference:
            pytest.fail(f"seed {seed}: {difference}")


@pytest.mark.parametrize("seed", [20307])
def test_a_seed_that_once_differed(seed: int) -> None:
    World(seed, Options()).run()


def test_a_rougher_world_still_agrees() -> None:
    rough = Options(crash_p=0.1, drop_p=0.1, late_p=0.1, duplicate_p=0.5, correct_p=0.4, ring_frames=4)
    crashes = 0
    for seed in range(6):
        world = World(seed, rough)
        world.run()
        crashes += world.crashes
    assert crashes > 60


def test_the_fixed_worlds_hold_every_sport_and_every_trouble_of_two_providers() -> None:
    scripts = [one for seed in range(60) for one in World(seed, Options()).scripts]
    assert {one.declared.sport for one in scripts} == set(SPORTS)
    troubles = {one.backup.trouble for one in scripts if one.backup is not None}
    assert troubles == set(TROUBLES)


class _ForgetfulDisk(Disk):
    """Loses the ledger, as a node without promise 8 would."""

    def book(self, game_id: str) -> Book | None:
        book = super().book(game_id)
        if book is not None:
            book.remembered.clear()
        return book


class _CarelessDisk(Disk):
    """Takes what waits behind a gap for applied, so that a crash loses it."""

    def commit(self, settlement: Settlement) -> None:
        super().commit(settlement)
        self.consumed = msgspec.structs.replace(self.consumed, held=())


@pytest.mark.parametrize("disk", [_ForgetfulDisk, _CarelessDisk])
def test_a_node_that_forgets_is_found_out(disk: type[Disk]) -> None:
    """The simulation must be able to fail: each sabotage is seen by some seed."""
    rough = Options(crash_p=0.1, late_p=0.2, correct_p=0.5, backup_p=0.0)
    assert any(_is_found_out(seed, rough, disk) for seed in range(40))


def _is_found_out(seed: int, options: Options, disk: type[Disk]) -> bool:
    world = World(seed, options)
    world.disk = disk()
    try:
        world.run()
    except (Difference, AssertionError, KeyError):
        return True
    return False


def test_a_seed_is_a_world() -> None:
    one, other = World(7, Options()), World(7, Options())
    one.run()
    other.run()
    assert [row for rows in one.disk.rows.values() for row in rows] == [
        row for rows in other.disk.rows.values() for row in rows
    ]
