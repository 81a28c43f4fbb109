"""Commits that only a bug of ours can make are named."""

import msgspec
import pytest

from scorewire.journal.records import Commit, flaw


def test_sound_commits_have_no_flaw(world):
    assert flaw(Commit()) is None
    assert flaw(world.append("final", 3)) is None
    assert flaw(world.append("final", 1)) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: {"heads": ()}, "game final has rows but no head"),
        (lambda c: {"heads": c.heads * 2}, "a game has two heads"),
        (lambda c: {"rows": c.rows[1:]}, "game final: row 2 follows 0"),
        (lambda c: {"rows": c.rows[:-1]}, "game final: rows end at 2, the head at 3"),
        (lambda c: {"rows": c.rows[::-1]}, "game final: row 3 follows 0"),
    ],
)
def test_flaws_are_named(world, change, says):
    commit = world.append("final", 3)
    assert flaw(msgspec.structs.replace(commit, **change(commit))) == says


def test_a_head_at_nothing_is_a_flaw(world):
    head = msgspec.structs.replace(world.append("final", 1).heads[0], to_seq=0)
    assert flaw(Commit(heads=(head,))) == "game final: rows end at 0, the head at 0"
