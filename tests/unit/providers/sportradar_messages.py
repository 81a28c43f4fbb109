"""Push messages of Sportradar's as its documentation shows them, made of what a test says."""

import json
from datetime import UTC, datetime
from typing import Any

GAME = "0b5a1c2e-0000-4000-8000-000000000001"
START_MS = 1_735_700_400_000
HOME, AWAY = "home-id", "away-id"


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def game(**given: Any) -> dict[str, Any]:
    return {
        "id": GAME,
        "status": "inprogress",
        "coverage": "full",
        "scheduled": iso(START_MS),
        "home": {"id": HOME, "name": "Nets", "market": "Brooklyn", "alias": "BKN", "points": 99},
        "away": {"id": AWAY, "name": "Wizards", "market": "Washington", "alias": "WAS", "points": 98},
        **given,
    }


def play(
    event: str, event_type: str, *, second: int = 0, updated: int | None = None, **given: Any
) -> dict[str, Any]:
    """A play `second` seconds after the start, last edited `updated` seconds after it."""
    at = START_MS + second * 1000
    return {
        "id": event,
        "event_type": event_type,
        "number": second + 1,
        "sequence": at,
        "clock": "8:13",
        "clock_decimal": "8:13",
        "created": iso(at),
        "updated": iso(START_MS + (second if updated is None else updated) * 1000),
        "wall_clock": iso(at),
        "description": "somebody does something",
        "attribution": {"id": HOME, "name": "Nets", "team_basket": "left"},
        "period": {"id": "q", "number": 1, "sequence": 1, "type": "quarter"},
        **given,
    }  # fmt: skip


def message(
    event: dict[str, Any] | None, *, operation: str = "update", league: str = "NBA", **of_game: Any
) -> bytes:
    """One object of the stream."""
    payload = {"game": game(**of_game)} | ({} if event is None else {"event": event})
    told = {"payload": payload, "locale": "en", "metadata": {"league": league, "operation": operation}}
    return json.dumps(told).encode()


def made(stat: str, player: str) -> dict[str, Any]:
    return {"type": stat, "player": {"id": player, "full_name": player.upper()}}
