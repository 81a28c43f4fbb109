"""What lies in the files of a node, read with sqlite3 alone: who was acknowledged, and what was applied."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from adversity.feed import Match


def rows(path: Path, query: str, *values: object) -> list[tuple]:
    """The answer of one query."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()


def claims_by_call(data: Path) -> dict[str, int]:
    """webhook-id -> claims on the provider log."""
    return dict(rows(data / "log.sqlite", "SELECT webhook_id, count(*) FROM claims GROUP BY 1"))


def versions_applied(data: Path, game_id: str) -> Counter[tuple[str, int]]:
    """(event, revision) of the provider -> rows of the journal."""
    found = rows(
        data / "journal.sqlite",
        "SELECT event, revision, count(*) FROM events WHERE game_id = ? AND provider = 'acme' GROUP BY 1, 2",
        game_id,
    )
    return Counter({(name, revision): count for name, revision, count in found})


def check_exactly_once(
    data: Path, match: Match, *, acknowledged: Iterable[int], prefix: str = "call"
) -> None:
    """Each acknowledged call lies on the log whole and once; each of its claims was applied once."""
    on_log = claims_by_call(data)
    for n in acknowledged:
        assert on_log.get(f"{prefix}-{n}") == len(match.calls[n]), (
            f"call {n} lies {on_log.get(f'{prefix}-{n}')}x"
        )
    applied = versions_applied(data, match.game_id)
    for number in [n for n, count in applied.items() if count != 1]:
        raise AssertionError(f"{number} was applied {applied[number]} times")
    told = {
        (message["data"]["event"], message["data"]["revision"])
        for n in acknowledged
        for message in match.calls[n]
        if "event" in message["data"]
    }
    remembered = {
        name
        for (name,) in rows(
            data / "journal.sqlite", "SELECT event FROM ledger WHERE game_id = ?", match.game_id
        )
    }
    lost = {
        (name, revision)
        for name, revision in told
        if (name, revision) not in applied and name not in remembered
    }
    assert not lost, f"acknowledged, and neither a row nor remembered: {sorted(lost)[:5]}"
    seqs = [
        seq
        for (seq,) in rows(
            data / "journal.sqlite", "SELECT seq FROM events WHERE game_id = ? ORDER BY 1", match.game_id
        )
    ]
    assert seqs == list(range(1, len(seqs) + 1)), "seq has gaps"
