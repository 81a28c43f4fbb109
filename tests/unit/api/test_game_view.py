"""What stands after rows: amended, retracted, annulled, and back again."""

import pytest

from scorewire.api.game_view import _lineup_player, event_row, standing
from scorewire.model.game_event import Cause, Change, CompactEvent, GameEvent
from scorewire.model.provider_event import ProviderEvent


def row(seq: int, change: Change, event: str, type_: str = "GOAL", **fields: object) -> GameEvent:
    claim = ProviderEvent(provider="acme", game_id="g1", event=event, revision=seq, type=type_, team="home")
    base: dict[str, object] = {
        "game_id": "g1",
        "seq": seq,
        "ts": seq,
        "type": type_,
        "level": "key",
        "change": change,
        "cause": Cause(provider="acme", event=event, revision=seq),
        "claim": claim,
        "compact": CompactEvent(seq=seq, type=type_, team="home"),
    }
    return GameEvent(**{**base, **fields})  # type: ignore[arg-type]


GOAL = row(1, "assert", "goal")
CANCELLED = row(2, "assert", "var", "GOAL_CANCELLED", annuls=("acme", "goal"))


@pytest.mark.parametrize(
    ("rows", "types"),
    [
        ([GOAL], ["GOAL"]),
        ([GOAL, CANCELLED], ["GOAL_CANCELLED"]),
        ([GOAL, CANCELLED, row(3, "retract", "var")], ["GOAL"]),
        ([GOAL, CANCELLED, row(3, "amend", "var", "GOAL_CANCELLED")], ["GOAL", "GOAL_CANCELLED"]),
        ([GOAL, row(2, "amend", "goal", "CORNER")], ["CORNER"]),
        ([GOAL, row(2, "retract", "goal")], []),
        ([GOAL, row(2, "retract", "goal"), row(3, "assert", "goal")], ["GOAL"]),
        ([GOAL, row(2, "note", "check", "SCORE_CHECK_STARTED", claim=None)], ["GOAL"]),
    ],
)
def test_what_stands(rows: list[GameEvent], types: list[str]) -> None:
    assert [claim.type for claim in standing(rows)] == types


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("10|Lionel Messi|Right Wing|starter", ("10", "Lionel Messi", "Right Wing", "starter")),
        ("10|Messi", ("10", "Messi", "", "")),
        ("", ("", "", "", "")),
        ("1|a|b|c|d", ("1", "a", "b", "c|d")),
    ],
)
def test_a_line_of_a_lineup(text: str, wanted: tuple[str, str, str, str]) -> None:
    player = _lineup_player("p", text)
    assert (player.number, player.name, player.position, player.role) == wanted


def test_a_row_of_our_own_shows_only_what_it_has() -> None:
    shown = event_row(row(4, "note", "check", "SCORE_CHECK_STARTED", claim=None))
    assert (shown.seq, shown.cause.event) == (4, "check")
