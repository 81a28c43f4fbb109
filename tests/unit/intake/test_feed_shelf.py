"""What a feed has told, from one run to the next."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scorewire.errors import BackendError
from scorewire.intake.feed_book import FollowedGame
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


async def test_a_folder_that_is_none_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shelf = FeedShelf(tmp_path / "file")
    with pytest.raises(BackendError, match="cannot be read"):
        shelf.load()
    with pytest.raises(BackendError, match="takes nothing"):
        await shelf.save([game("g")])
