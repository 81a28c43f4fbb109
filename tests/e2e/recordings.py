"""The real recordings: how they ended, a command that plays one to a node, and what a node holds of it.

The facts are those of the box scores, not of our decoders.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node_process import NodeProcess

State = dict[str, Any]
PAGE = 200
PAIR = "basketball/nba_two_feeds_0021600270"
TOUCHES = frozenset(
    {
        "PASS", "CARRY", "PRESSURE", "DUEL", "DRIBBLE", "CLEARANCE", "INTERCEPTION", "BLOCK", "BALL_RECEIPT",
        "BALL_RECOVERY", "GOALKEEPER", "THROW_IN", "FREE_KICK", "GOAL_KICK", "TOUCH",
    }
)  # fmt: skip
"""Of soccer; basketball has none, and there a BLOCK is a play."""


@dataclass(frozen=True)
class Recording:
    """One file.

    Attributes:
        home, away: abbreviation and final score.
        lines: points by period number, home and away.
        period: what the scoreboard shows at the end.
        rows: of the game's log.
        posted: events that the file holds; those that make no row are touches.
    """

    name: str
    path: str
    home: tuple[str, int]
    away: tuple[str, int]
    lines: dict[str, tuple[int, int]]
    period: str
    rows: int
    posted: int


_OVERTIME = {"1": (32, 19), "2": (28, 34), "3": (24, 31), "4": (21, 21), "5": (21, 10)}
RECORDINGS = (
    Recording(
        "turkey-italy", "soccer/statsbomb/3788741_events.json.gz",
        ("TUR", 0), ("ITA", 3), {"1": (0, 0), "2": (0, 3)}, "FT", 96, 3808,
    ),
    Recording(
        "barcelona-girona", "soccer/statsbomb/15986_events.json.gz",
        ("BAR", 2), ("GIR", 2), {"1": (1, 1), "2": (1, 1)}, "FT", 104, 4034,
    ),
    Recording(
        "warriors-nets", "basketball/nba_cdn_live/0022000001_playbyplay.json.gz",
        ("BKN", 125), ("GSW", 99), {"1": (40, 25), "2": (23, 20), "3": (36, 26), "4": (26, 28)},
        "Q4 END", 559, 558,
    ),
    Recording(
        "wizards-thunder-data", f"{PAIR}/data_nba_com_pbp.json.gz",
        ("OKC", 126), ("WAS", 115), _OVERTIME, "OT1 END", 569, 568,
    ),
    Recording(
        "wizards-thunder-stats", f"{PAIR}/stats_nba_com_pbp.json.gz",
        ("OKC", 126), ("WAS", 115), _OVERTIME, "OT1 END", 573, 572,
    ),
)  # fmt: skip
BY_NAME = {one.name: one for one in RECORDINGS}


def replaying(node: NodeProcess, file: Path, game_id: str, *options: str) -> "subprocess.Popen[str]":
    """Start `scorewire replay` beside the node."""
    command = [sys.executable, "-m", "scorewire", "replay", str(file), "--game", game_id, *options]
    command += ["--url", node.url, "--data", str(node.data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=node.env)


def ended(process: "subprocess.Popen[str]") -> str:
    """Wait for a replay; returns what it said."""
    said, complaint = process.communicate(timeout=100)
    assert process.returncode == 0, complaint + said
    return said


def replay(node: NodeProcess, file: Path, game_id: str, *options: str) -> str:
    """Play a recording to its end; returns when it is decided too."""
    said = ended(replaying(node, file, game_id, *options))
    node.await_decided()
    return said


def final(node: NodeProcess, game_id: str) -> State:
    """The state once the result is confirmed."""
    deadline = time.monotonic() + 20
    while (state := node.score(game_id))["status"] != "final":
        assert time.monotonic() < deadline, {**state, "events": []}
        time.sleep(0.05)
    return state


def rows(node: NodeProcess, game_id: str) -> list[State]:
    """All rows of a game, page by page."""
    found: list[State] = []
    while True:
        since = found[-1]["seq"] if found else 0
        page = node.get(f"/v1/games/{game_id}/events?since_seq={since}&limit={PAGE}").json()["events"]
        if not page:
            return found
        found += page


def canonical(state: State) -> str:
    """A state of one telling, to be compared with another's: without the times at which we were told.

    The id differs because both tellings are games of one node.
    """
    kept = {name: value for name, value in state.items() if name not in {"game_id", "updated_at"}}
    if "clock" in kept:
        kept["clock"] = {name: value for name, value in kept["clock"].items() if name != "at"}
    return json.dumps(kept, sort_keys=True)


def canonical_rows(found: list[State]) -> str:
    """The rows of one telling, without the times at which we were told."""
    return json.dumps([{k: v for k, v in row.items() if k != "ts"} for row in found], sort_keys=True)
