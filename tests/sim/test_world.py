"""A fixed set of seeds, and proof that the auditor sees what it should see."""

import msgspec
import pytest

from scorewire.games.book import Book
from scorewire.games.partition import Settlement
from scorewire.sim.options import Options
from scorewire.sim.world import Difference, Disk, World


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_node_and_fans_agree_with_the_auditor(first: int) -> None:
    for seed in range(first, first + 20):
        try:
            World(seed, Options()).run()
        except Difference as difference:
            pytest.fail(f"seed {seed}: {difference}")


def test_a_rougher_world_still_agrees() -> None:
    rough = Options(crash_p=0.1, drop_p=0.1, late_p=0.1, duplicate_p=0.5, correct_p=0.4, ring_frames=4)
    crashes = 0
    for seed in range(20):
        world = World(seed, rough)
        world.run()
        crashes += world.crashes
    assert crashes > 100


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
    rough = Options(crash_p=0.1, late_p=0.2, correct_p=0.5)
    found = 0
    for seed in range(40):
        world = World(seed, rough)
        world.disk = disk()
        try:
            world.run()
        except (Difference, AssertionError, KeyError):
            found += 1
    assert found > 0


def test_a_seed_is_a_world() -> None:
    one, other = World(7, Options()), World(7, Options())
    one.run()
    other.run()
    assert [row for rows in one.disk.rows.values() for row in rows] == [
        row for rows in other.disk.rows.values() for row in rows
    ]
