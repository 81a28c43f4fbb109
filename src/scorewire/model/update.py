"""What a fan receives for one row, and the RFC 7396 merge patch in it.

The rule that everything rests on: the full state at k with the updates after k applied equals the state
at the head, for every k. `difference` makes the patch and `apply_update` folds it, so the two stand here.
"""

from msgspec import UNSET, Struct, to_builtins

from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import EVENTS_KEPT, ScoreState, Tree

NOT_PATCHED = frozenset({"events", "seq", "updated_at"})
"""The client keeps these itself: it appends `event`, and sets seq and updated_at."""


class Update(Struct, frozen=True, kw_only=True):
    """One row, ready to be told.

    Attributes:
        correction: send the full state, never the patch.
        corrected_seq: the newest row at or before seq that was a correction, 0 if there is none; a reader
            whose cursor lies below it is given a full state with the reason `correction`.
        event: absent where the row shows nothing.
        patch: from the state at seq - 1 to the state at seq, without `events`, `seq`, `updated_at`.
        state: the state at seq.
    """

    game_id: str
    epoch: str
    seq: int
    ts: int
    correction: bool
    corrected_seq: int
    event: CompactEvent | None
    patch: Tree
    state: ScoreState


def difference(old: ScoreState, new: ScoreState) -> Tree:
    """The merge patch from `old` to `new`, without what the client keeps itself.

    Parts that the fold left alone are the same objects, so comparing them costs nothing.
    """
    patch: Tree = {}
    for name in ScoreState.__struct_fields__:
        if name in NOT_PATCHED:
            continue
        before, after = getattr(old, name), getattr(new, name)
        if before is after:
            continue
        _put(patch, name, before, after)
    if old.under_check and not new.under_check:
        patch["under_check"] = None  # false is written as absence, so a patch must remove it
    return patch


def _put(patch: Tree, name: str, before: object, after: object) -> None:
    if after is UNSET:
        if before is not UNSET:
            patch[name] = None
        return
    if isinstance(after, Struct):
        after = to_builtins(after)
    if isinstance(before, Struct):
        before = to_builtins(before)
    if isinstance(after, dict) and isinstance(before, dict):
        inner = merge_patch(before, after)
        if inner:
            patch[name] = inner
    elif _differ(before, after):
        patch[name] = after


def merge_patch(old: Tree, new: Tree) -> Tree:
    """The merge patch between two JSON objects that hold neither nulls nor arrays. Source: RFC 7396."""
    patch: Tree = {}
    for name, after in new.items():
        if name not in old:
            patch[name] = after
            continue
        before = old[name]
        if before is after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            inner = merge_patch(before, after)
            if inner:
                patch[name] = inner
        elif _differ(before, after):
            patch[name] = after
    for name in old:
        if name not in new:
            patch[name] = None
    return patch


def _differ(before: object, after: object) -> bool:
    """Whether two values are written differently; to Python true is 1, and 1.0 as well."""
    return before != after or type(before) is not type(after)


def apply_patch(target: Tree, patch: Tree) -> Tree:
    """RFC 7396 section 2, as a new object; `target` is left alone."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            held = result.get(name)
            result[name] = apply_patch(held if isinstance(held, dict) else {}, value)
        else:
            result[name] = value
    return result


def apply_update(state: Tree, update: Tree) -> Tree:
    """What a client does with a `score_update`: both are decoded JSON objects; returns the new state.

    Raises:
        ValueError: the update's seq is not the next one; the client must resync.
    """
    seq = update["seq"]
    if seq != state["seq"] + 1:  # type: ignore[operator]
        raise ValueError(f"update {seq} does not follow state {state['seq']}")
    patch = update.get("patch", {})
    assert isinstance(patch, dict)
    result = apply_patch(state, patch)
    event = update.get("event")
    events = state.get("events")
    if event is not None and isinstance(events, list):
        result["events"] = [*events, event][-EVENTS_KEPT:]
    elif event is not None:
        result["events"] = [event]
    result["seq"] = seq
    result["updated_at"] = update["ts"]
    return result
