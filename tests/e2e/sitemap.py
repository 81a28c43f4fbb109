"""The addresses of all pages of a node, for tests and tools that open every one."""

from typing import Any

import httpx

UNKNOWN = "/game/no-such-game"
"""Which every node answers 404."""

PAGES = (
    "/",
    "/?sport={sport}",
    "/search",
    "/search?q={word}",
    "/schedule",
    "/how",
    "/desk",
    "/leagues",
    "/league/{league}",
    "/league/{league}/games",
    "/league/{league}/leaders",
    "/team/{team}",
    "/team/{team}/games",
    "/player/{player}",
    "/game/{game}",
    "/game/{game}/stats",
    "/game/{game}/lineups",
    "/game/{game}/pictures",
    "/game/{game}/replay",
    "/game/{scheduled}",
    "/embed/{game}",
    UNKNOWN,
)
"""Each kind of page, and each of its tabs."""


def known(url: str, games: list[dict[str, Any]], beginning: str = "") -> dict[str, str]:
    """Names that stand in addresses, of a game that people are known to have played in.

    Args:
        games: as `/v1/games` lists them.
        beginning: of the game's id; by default any game will do.
    """
    for game in games:
        if not game["game_id"].startswith(beginning) or game["status"] in (
            "scheduled",
            "postponed",
            "cancelled",
        ):
            continue
        lines = httpx.get(f"{url}/v1/games/{game['game_id']}/stats", timeout=20).json()
        players = [one["id"] for side in ("home", "away") for one in lines.get(side, {}).get("players", [])]
        if players:
            scheduled = [one["game_id"] for one in games if one["status"] == "scheduled"]
            return {
                "sport": game["sport"],
                "word": game["home"]["name"][:3].lower(),
                "game": game["game_id"],
                "scheduled": (scheduled or [game["game_id"]])[0],
                "league": game["league"]["id"],
                "team": game["home"]["id"],
                "player": players[0],
            }
    raise LookupError(f"none of {len(games)} games of {url} names its players")


def paths(url: str, games: list[dict[str, Any]]) -> list[str]:
    """The addresses of every kind of page, and the first page of one game of each sport."""
    names = known(url, games)
    by_sport = {one["sport"]: one["game_id"] for one in games if one["status"] != "scheduled"}
    more = [f"/game/{game_id}" for sport, game_id in by_sport.items() if sport != names["sport"]]
    return [*(page.format(**names) for page in PAGES), *more]
