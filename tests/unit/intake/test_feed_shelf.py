"""What a feed has told, from one run to the next."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scorewire.errors import BackendError
from scorewire.intake.feed_book import FollowedGame, save
from scorewire.intake.feed_shelf import SUFFIX, FeedShelf


def game(game_id: str, heard_ms: int = 1) -> FollowedGame:
    return FollowedGame(game_id=game_id, own=game_id, heard_ms=heard_ms)


async def test_what_is_saved_is_there_in_the_next_run_the_longest_silent_first(tmp_path: Path) -> None:
    shelf = FeedShelf(tmp_path / "new" / "folder")
    assert shelf.load() == []
    await shelf.save([game("a:1", 5), game("A:1", 3), game("b", 9)])
    await shelf.save([game("b", 1)])
    assert [one.game_id for one in FeedShelf(tmp_path / "new" / "folder").load()] == ["b", "A:1", "a:1"]


async def test_a_file_that_nobody_can_read_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / f"x{SUFFIX}").write_bytes(b"{")
    with capture_logs() as logs:
        assert FeedShelf(tmp_path).load() == []
    assert [one["file"] for one in logs] == [f"x{SUFFIX}"]


DAY_S = 86_400
HOUR_MS = 3_600_000


def silent_for(folder: Path, days: float, game_id: str) -> None:
    """Make a saved game as old as that."""
    (path,) = (one for one in folder.glob(f"*{SUFFIX}") if f'"game_id":"{game_id}"' in one.read_text())
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - days * DAY_S))


def kept(folder: Path) -> set[str]:
    return {path.read_text().split('"')[3] for path in folder.iterdir()}


async def test_a_game_of_which_nothing_was_said_for_a_month_is_forgotten(tmp_path: Path) -> None:
    shelf = FeedShelf(tmp_path)
    await shelf.save([game("old"), game("late"), game("now")])
    silent_for(tmp_path, 30.1, "old")
    silent_for(tmp_path, 29.9, "late")
    assert {one.game_id for one in FeedShelf(tmp_path).load()} == {"late", "now"}


async def test_a_feed_that_was_away_itself_forgets_nothing(tmp_path: Path) -> None:
    await FeedShelf(tmp_path).save([game("a"), game("b")])
    for each in ("a", "b"):
        silent_for(tmp_path, 400, each)
    assert len(FeedShelf(tmp_path).load()) == 2


async def test_the_folder_holds_so_much_and_no_more_and_is_cleared_while_the_feed_runs(
    tmp_path: Path,
) -> None:
    (tmp_path / "half.feed.new").write_text("{")
    one = len(save(game("g0", HOUR_MS)))
    shelf = FeedShelf(tmp_path, bytes_max=3 * one)
    await shelf.save([game(f"g{number}", HOUR_MS) for number in range(3)])
    silent_for(tmp_path, 1, "g1")
    await shelf.save([game("g3", HOUR_MS)])
    assert len(kept(tmp_path)) == 4, "not with every payload"
    await shelf.save([game("g4", 2 * HOUR_MS)])
    assert len(kept(tmp_path)) == 3
    assert "g1" not in kept(tmp_path)
    assert "g4" in kept(tmp_path)


async def test_a_folder_that_is_none_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shelf = FeedShelf(tmp_path / "file")
    with pytest.raises(BackendError, match="cannot be read"):
        shelf.load()
    with pytest.raises(BackendError, match="takes nothing"):
        await shelf.save([game("g")])
