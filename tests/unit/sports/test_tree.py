"""Trees change along one path and share the rest."""

import pytest

from scorewire.sports import tree

STATS = {"home": {"shots": 2, "fouls": 1}, "away": {"shots": 0}}


def test_put_makes_the_path_and_shares_what_lies_off_it() -> None:
    changed = tree.put(STATS, 3, "home", "shots")
    assert changed == {"home": {"shots": 3, "fouls": 1}, "away": {"shots": 0}}
    assert changed["away"] is STATS["away"]
    assert STATS["home"]["shots"] == 2
    assert tree.put({}, "goal", "var", "subject") == {"var": {"subject": "goal"}}


def test_put_of_what_is_there_is_the_same_tree() -> None:
    assert tree.put(STATS, 2, "home", "shots") is STATS
    assert tree.put({"a": True}, 1, "a") == {"a": 1}
    assert type(tree.put({"a": True}, 1, "a")["a"]) is int


def test_put_over_a_leaf_makes_a_branch() -> None:
    assert tree.put({"a": 1}, 2, "a", "b") == {"a": {"b": 2}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("home", "shots"), {"home": {"shots": 7, "fouls": 1}, "away": {"shots": 0}}),
        (("away", "corners"), {"home": {"shots": 2, "fouls": 1}, "away": {"shots": 0, "corners": 5}}),
        (("bench",), {**STATS, "bench": 5}),
    ],
)
def test_add_counts_from_zero(path: tuple[str, ...], expected: object) -> None:
    before = {name: dict(inner) for name, inner in STATS.items()}
    assert tree.add(STATS, 5, *path) == expected
    assert before == STATS


def test_drop_of_nothing_is_the_same_tree() -> None:
    assert tree.drop(STATS, "var", "bench") is STATS
    assert tree.drop(STATS, "home", "bench") == {"away": {"shots": 0}}
    assert "home" in STATS
