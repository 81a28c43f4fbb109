"""What lies in Redis and travels through it: names of keys and channels, rows, and the fold of a row. Pure.

    {game:ID}:state     hash    epoch, seq, corrected_seq, state (a ScoreState as JSON), listed
    {game:ID}:events    stream  id SEQ-0, the last 50 rows: `row`, and `state` where the row is a correction
    {game:ID}:updates   channel `Told`: one or more rows, and the state where rows alone do not lead to it
    fixtures            channel `Listed`: a game is new, or what lists know it by has changed
    team:ID:games, league:ID:games, sport:ID:games   sets of game ids, and "" so that the set stays

A row travels without its state: whoever holds the state before it folds it (`fold`). 300 bytes for each
gateway and goal, where the state has 5,000. A correction replaces and so is told whole.

Source: design's wire page, "Redis names"; RFC 7396.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct

from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import EVENTS_KEPT, OVER, ScoreState, Tree
from scorewire.model.update import Update, apply_patch

FIXTURES: Final = "fixtures"
TABLES: Final = "tables"
"""Channels of all games and all leagues; each other one is of one game."""
KINDS: Final = ("team", "league", "sport")
KEPT_AFTER_FINAL_S: Final = 3600
"""How long a game that is over stays; a correction after that brings it back whole."""


def state_key(game_id: str) -> str:
    """The hash of a game; the braces keep a game's keys and channel in one slot of a cluster."""
    return f"{{game:{game_id}}}:state"


def events_key(game_id: str) -> str:
    """The stream of a game."""
    return f"{{game:{game_id}}}:events"


def channel_of(game_id: str) -> str:
    """The channel on which a game is told."""
    return f"{{game:{game_id}}}:updates"


def game_of(channel: str) -> str:
    """The game that is told on a channel of `channel_of`."""
    return channel.removeprefix("{game:").removesuffix("}:updates")


def index_key(kind: str, name: str) -> str:
    """The set of games of a team, league or sport."""
    return f"{kind}:{name}:games"


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An update without what the channel or the state before it say."""

    seq: int
    ts: int
    correction: bool = False
    corrected_seq: int = 0
    event: CompactEvent | None = None
    patch: Tree = {}


class Told(Struct, frozen=True, kw_only=True):
    """What a game's channel carries.

    Attributes:
        rows: in order, without a gap between them.
        state: that of the last row, where the rows replace what was before: a correction, a game that the
            scoreboard did not hold, another epoch.
    """

    epoch: str
    rows: tuple[Row, ...]
    state: ScoreState | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """What the channel `fixtures` carries."""

    corrected_seq: int
    state: ScoreState


encode_row = msgspec.json.Encoder().encode
encode_state = msgspec.json.Encoder().encode
decode_row = msgspec.json.Decoder(Row).decode
decode_state = msgspec.json.Decoder(ScoreState).decode
decode_told = msgspec.json.Decoder(Told).decode
decode_listed = msgspec.json.Decoder(Listed).decode


def row_of(update: Update) -> Row:
    """The row that is told for an update."""
    return Row(
        seq=update.seq,
        ts=update.ts,
        correction=update.correction,
        corrected_seq=update.corrected_seq,
        event=update.event,
        patch={} if update.correction else update.patch,
    )


def runs(updates: Sequence[Update]) -> list[list[Update]]:
    """Updates of one game in order, cut so that each part is all taken or not at all.

    A correction stands alone, because it replaces, and so does the first row, which has nothing before it;
    other parts have one epoch and no gap.
    """
    parts: list[list[Update]] = []
    for update in updates:
        last = parts[-1][-1] if parts else None
        if (
            last is None
            or update.correction
            or last.correction
            or last.seq == 1
            or update.epoch != last.epoch
            or update.seq != last.seq + 1
        ):
            parts.append([update])
        else:
            parts[-1].append(update)
    return parts


def listed(state: ScoreState) -> str:
    """Everything by which lists know a game; when it changes, everybody is told on `fixtures`."""
    phase = "over" if state.status in OVER else "open"
    return "|".join((phase, state.sport, state.league.id, state.home.id, state.away.id, state.start))


def is_listed(text: str, kind: str, name: str) -> bool:
    """Whether a game that is listed so belongs to a team, league or sport, and is not over."""
    phase, sport, league, home, away, _ = text.split("|", 5)
    names = {"team": (home, away), "league": (league,), "sport": (sport,)}[kind]
    return phase == "open" and name in names


def indexes(state: ScoreState) -> tuple[str, ...]:
    """The keys of the sets to which a game belongs."""
    teams = dict.fromkeys((state.home.id, state.away.id))
    return (
        *(index_key("team", name) for name in teams),
        index_key("league", state.league.id),
        index_key("sport", state.sport),
    )


# The fold.

_TYPES: Final[dict[str, Any]] = {field.name: field.type for field in msgspec.structs.fields(ScoreState)}
_ABSENT: Final[dict[str, object]] = {
    field.name: field.default
    for field in msgspec.structs.fields(ScoreState)
    if field.default is not msgspec.NODEFAULT
}


def fold(state: ScoreState, row: Row) -> ScoreState:
    """The state after a row that follows it: `apply_update`, without taking the state apart.

    Only what the patch names is made anew; the rest are the same objects as before.
    """
    assert row.seq == state.seq + 1
    assert not row.correction
    changes: dict[str, Any] = {"seq": row.seq, "updated_at": row.ts}
    for name, value in row.patch.items():
        if name not in _TYPES:
            continue  # of a later version, which we do not show
        if value is None:
            changes[name] = _ABSENT[name]
            continue
        held = getattr(state, name)
        if isinstance(value, dict):
            tree = msgspec.to_builtins(held) if isinstance(held, Struct | dict) else {}
            value = apply_patch(tree, value)  # noqa: PLW2901 (the same value, whole)
        changes[name] = msgspec.convert(value, _TYPES[name])
    if row.event is not None:
        events = state.events if state.events is not UNSET else ()
        changes["events"] = (*events, row.event)[-EVENTS_KEPT:]
    return msgspec.structs.replace(state, **changes)


Entry = tuple[Row, ScoreState | None]
"""A row, and the state after it where that is at hand."""


def catch_up(held: ScoreState | None, epoch: str, entries: Iterable[Entry]) -> tuple[list[Update], bool]:
    """The updates that lead on from what is held; and whether they lead to the last entry.

    A row is folded where it follows, else its state is taken where it has one. After a hole without either,
    nothing is told until a state closes it.
    """
    updates: list[Update] = []
    state = held if held is not None and held.epoch == epoch else None
    torn = False
    for row, given in entries:
        if state is not None and row.seq <= state.seq:
            continue
        if given is not None and (row.correction or torn or not _follows(state, row)):
            after = given
        elif state is not None and not torn and _follows(state, row):
            after = fold(state, row)
        else:
            torn = True
            continue
        torn = False
        updates.append(update_of(row, after))
        state = after
    return updates, not torn


def _follows(state: ScoreState | None, row: Row) -> bool:
    return state is not None and row.seq == state.seq + 1 and not row.correction


def update_of(row: Row, state: ScoreState) -> Update:
    """The update of a row whose state is known."""
    return Update(
        game_id=state.game_id,
        epoch=state.epoch,
        seq=row.seq,
        ts=row.ts,
        correction=row.correction,
        corrected_seq=row.corrected_seq,
        event=row.event,
        patch=row.patch,
        state=state,
    )
