"""GameCenter files made here: KC at NO, one drive, plays with the statistics that a test gives them."""

from typing import Any

import msgspec

GAME = "2012092305"
HOME, AWAY = "NO", "KC"


def stat(
    number: int, club: str = HOME, name: str = "A.Pass", yards: int = 0, **fields: Any
) -> dict[str, Any]:
    """One statistic of a player."""
    return {"statId": number, "clubcode": club, "playerName": name, "yards": yards, "sequence": 1, **fields}


def entry(desc: str, *stats: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An entry of New Orleans' drive in the first quarter."""
    players: dict[str, list[dict[str, Any]]] = {}
    for one in stats:
        players.setdefault(f"00-{one['playerName']}" if one["playerName"] else "0", []).append(one)
    return {
        "sp": 0,
        "qtr": 1,
        "down": 1,
        "time": "12:23",
        "yrdln": "NO 40",
        "ydstogo": 10,
        "posteam": HOME,
        "desc": desc,
        "note": None,
        "players": players,
        **fields,
    }


def said(desc: str, **fields: Any) -> dict[str, Any]:
    """An entry between plays."""
    return entry(desc, **{"posteam": "", "yrdln": "", "down": 0, "time": "", **fields})


def file(*entries: dict[str, Any], first: int = 36, **frame: Any) -> bytes:
    """A file whose entries have the ids 36, 37 ..."""
    plays = {str(number): one for number, one in enumerate(entries, first)}
    game = {
        "home": {"score": {"1": 7, "2": 3, "3": None, "4": 0, "5": 0, "T": 10}, "abbr": HOME},
        "away": {"score": {"1": 3, "2": 0, "3": 0, "4": 0, "5": 0, "T": 3}, "abbr": AWAY},
        "drives": {"1": {"plays": plays}, "crntdrv": 1},
        "qtr": "1",
        "clock": "12:00",
        **frame,
    }
    return msgspec.json.encode({GAME: game, "nextupdate": 420})
