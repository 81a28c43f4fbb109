"""What is true of a game at its head and at a seq."""

import pytest

from scorewire.api import reads
from scorewire.errors import RequestError
from scorewire.scoreboard.base import Head

from .conftest import World


async def test_a_view_says_whether_it_may_be_kept(world: World) -> None:
    state = await world.started()
    views = {
        (None, None): (3, False),
        (None, state.epoch): (3, False),
        (3, None): (3, False),
        (3, state.epoch): (3, True),
        (1, state.epoch): (1, True),
    }
    for (seq, epoch), (shown, immutable) in views.items():
        view = await world.rooms.reads.view("g1", seq, epoch)
        assert (view.head.state.seq, view.immutable) == (shown, immutable)


async def test_a_past_state_is_folded_once_while_it_is_remembered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.started()
    for _ in range(3):
        await world.claim("CORNER", team="home")
    state_at, folded = world.rooms.reads._state_at, []

    async def counted(game_id: str, seq: int) -> Head | None:
        folded.append(seq)
        return await state_at(game_id, seq)

    monkeypatch.setattr(world.rooms.reads, "_state_at", counted)
    monkeypatch.setattr(reads, "FOLDED_MAX", 2)
    for seq in (1, 2, 1, 2, 3, 2, 1, 3):
        view = await world.rooms.reads.view("g1", seq, None)
        assert (view.head.state.seq, view.is_head) == (seq, False)
        assert view.head == await state_at("g1", seq)
    assert folded == [1, 2, 3, 1, 3]
    assert len(world.rooms.reads._folded) == 2


async def test_a_renewed_epoch_ends_old_names(world: World) -> None:
    state = await world.started()
    await world.journal.renew_epoch()
    world.scoreboard._heads.clear()  # as after a restart
    with pytest.raises(RequestError) as caught:
        await world.rooms.reads.view("g1", 2, state.epoch)
    assert caught.value.code == "other_epoch"
    assert (await world.rooms.reads.view("g1", 2, world.journal.epoch)).immutable


async def test_rows_come_in_any_number_of_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.started()
    monkeypatch.setattr(reads, "ROWS_A_READ", 2)
    for upto in (1, 2, 3):
        found = await world.rooms.reads.rows("g1", upto)
        assert [row.seq for row in found] == list(range(1, upto + 1))


async def test_a_game_of_too_many_rows_is_paged(world: World) -> None:
    with pytest.raises(RequestError) as caught:
        await world.rooms.reads.rows("g1", reads.ROWS_OF_GAME_MAX + 1)
    assert (caught.value.status, caught.value.code) == (422, "too_many_rows")
