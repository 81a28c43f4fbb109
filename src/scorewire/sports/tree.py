"""Changes to a JSON tree that leave everything off their path the same object.

Boards share structure from play to play: patches compare by identity first, and so cost what changed.
Trees are treated as immutable; nothing here changes its argument.
"""

from scorewire.model.score_state import Tree


def put(tree: Tree, value: object, *path: str) -> Tree:
    """The tree with `value` at `path`; the same tree if it holds just that already."""
    name, rest = path[0], path[1:]
    held = tree.get(name)
    if not rest:
        return tree if held == value and type(held) is type(value) else {**tree, name: value}
    inner = held if isinstance(held, dict) else {}
    changed = put(inner, value, *rest)
    return tree if changed is held else {**tree, name: changed}


def add(tree: Tree, amount: int, *path: str) -> Tree:
    """The tree with the whole number at `path` (0 where absent) raised by `amount`."""
    name, rest = path[0], path[1:]
    held = tree.get(name)
    if rest:
        return {**tree, name: add(held if isinstance(held, dict) else {}, amount, *rest)}
    return {**tree, name: (held if isinstance(held, int) else 0) + amount}


def drop(tree: Tree, *names: str) -> Tree:
    """The tree without `names`; the same tree if it has none of them."""
    if not any(name in tree for name in names):
        return tree
    return {name: value for name, value in tree.items() if name not in names}
