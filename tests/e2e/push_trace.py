"""Recorded orders of messages of real push streams, made into messages again; and what they must come to.

A trace holds no prose and no names: ids are numbers, times are seconds from its begin. Its messages are built
in the documented shape, with the digest of the recorded content as description, so that two messages are the
same here exactly where they were. What they come to is reckoned here by hand: the newest `updated` of each
id wins, the later message where two are level.
"""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

BEGIN_MS = 1_735_700_400_000
BEAT = b'{"heartbeat":{"interval":5000}}'

Row = dict[str, str]


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Trace:
    """One recorded stream."""

    league: str
    rows: tuple[Row, ...]

    @property
    def payloads(self) -> list[Row]:
        return [row for row in self.rows if row["kind"] == "payload"]

    @property
    def games(self) -> list[str]:
        return sorted({row["game"] for row in self.payloads})

    @property
    def beats(self) -> int:
        return len(self.rows) - len(self.payloads)

    def body(self) -> bytes:
        """The whole stream as it lay on the wire."""
        return b"\n".join(
            message(row, self.league) if row["kind"] == "payload" else BEAT for row in self.rows
        )

    def sent(self, game: str) -> dict[str, list[Row]]:
        """All versions of each event, in the order of their arrival."""
        versions: dict[str, list[Row]] = defaultdict(list)
        for row in self.payloads:
            if row["game"] == game:
                versions[row["event"]].append(row)
        return versions

    def newest(self, game: str) -> dict[str, Row]:
        """The version of each event that holds at the end."""
        return {event: max(versions, key=_age) for event, versions in self.sent(game).items()}

    def resent(self) -> int:
        return sum(len(one) - 1 for game in self.games for one in self.sent(game).values())

    def repeated(self) -> int:
        """Messages that say just what the last one about their event said."""
        return sum(
            _content(before) == _content(after)
            for game in self.games
            for versions in self.sent(game).values()
            for before, after in pairwise(versions)
        )

    def returned(self) -> int:
        """Messages whose content is older than that of the message before, and was there already."""
        return sum(
            row["content_hash"] != versions[at - 1]["content_hash"]
            and row["content_hash"] in {one["content_hash"] for one in versions[: at - 1]}
            for game in self.games
            for versions in self.sent(game).values()
            for at, row in enumerate(versions)
            if at
        )

    def backward(self) -> int:
        """Messages whose play stands before one of their game that came earlier."""
        count, furthest = 0, dict[str, tuple[int, int]]()
        for row in self.payloads:
            if row["sequence"]:
                place = (int(row["period_seq"]), int(row["sequence"]))
                count += place < furthest.get(row["game"], place)
                furthest[row["game"]] = max(place, furthest.get(row["game"], place))
        return count


def _content(row: Row) -> tuple[str, str]:
    return row["content_hash"], row["updated_s"]


def _age(row: Row) -> tuple[int, int]:
    return int(row["updated_s"] or -1), int(row["recv_no"])


def read(folder: Path, league: str) -> Trace:
    path = folder / "shape_traces" / f"sportradar_{league.lower()}_push" / "trace_a.csv"
    with path.open() as file:
        return Trace(league, tuple(csv.DictReader(file)))


def game_id(game: str) -> str:
    return f"trace-{game}"


def message(row: Row, league: str) -> bytes:
    """One message of the trace, in the documented shape."""
    game = {
        "id": game_id(row["game"]),
        "status": "inprogress",
        "scheduled": iso(BEGIN_MS - 3_600_000),
        "home": {"id": "H", "name": "Home", "points": _number(row["game_home_pts"])},
        "away": {"id": "A", "name": "Away", "points": _number(row["game_away_pts"])},
    }
    event = _deleted(row) if row["operation"] == "delete" else _play(row, league)
    told = {
        "payload": {"game": game, "event": event},
        "locale": "en",
        "metadata": {"league": league, "operation": row["operation"], "players": "sd:player:,"},
    }
    return json.dumps(told).encode()


def event_id(row: Row) -> str:
    return f"event-{row['game']}-{row['event']}"


def _deleted(row: Row) -> dict[str, Any]:
    return {
        "id": event_id(row),
        "event_type": row["event_type"],
        "clock": row["clock"],
        "deleted": iso(BEGIN_MS + int(row["updated_s"]) * 1000),
    }


def _play(row: Row, league: str) -> dict[str, Any]:
    times = {
        name: iso(BEGIN_MS + int(row[f"{name}_s"]) * 1000)
        for name in ("created", "updated", "wall_clock")
        if row[f"{name}_s"]
    }
    event: dict[str, Any] = {
        "id": event_id(row),
        "sequence": BEGIN_MS + int(row["sequence"]),
        "description": row["content_hash"],
        **times,
    }
    if league == "MLB":
        half = row["period_type"]
        return {
            **{name.replace("created", "created_at").replace("updated", "updated_at"): value
               for name, value in event.items()},
            "type": row["event_type"],
            "inning": int(row["period_seq"]),
            "inning_half": half,
            "sequence_number": int(row["number"]),
            "status": "official",
        }  # fmt: skip
    return {
        **event,
        "event_type": row["event_type"],
        "number": int(row["number"]),
        "clock": row["clock"],
        "period": {
            "id": "q",
            "number": int(row["period_no"]),
            "sequence": int(row["period_seq"]),
            "type": row["period_type"],
        },
        "home_points": int(row["event_home_pts"]),
        "away_points": int(row["event_away_pts"]),
        **({"attribution": {"id": row["team"]}} if row["team"] else {}),
        **({"location": {"coord_x": int(row["x"]), "coord_y": int(row["y"])}} if row["x"] else {}),
    }


def _number(text: str) -> int | None:
    return int(text) if text else None
