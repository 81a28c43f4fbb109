"""The recordings, decoded with what lies beside them; and points summed without any machine."""

import gzip
from collections import Counter
from pathlib import Path

from scorewire.intake.recording import Recording, read
from scorewire.model.provider_event import ProviderEvent

STATSBOMB = {"3788741": (0, 3), "15986": (2, 2)}
POINTS = {"GOAL": 1, "FG2": 2, "FG3": 3, "FT": 1}


def recording(folder: Path, path: str) -> Recording:
    """One recording below the data folder."""
    (found,) = read(folder / path)
    return found


def soccer(folder: Path, match: str) -> Recording:
    return recording(folder, f"soccer/statsbomb/{match}_events.json.gz")


def cdn(folder: Path) -> Recording:
    return recording(folder, "basketball/nba_cdn_live/0022000001_playbyplay.json.gz")


def pair(folder: Path, feed: str) -> Recording:
    return recording(folder, f"basketball/nba_two_feeds_0021600270/{feed}_pbp.json.gz")


def unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def points(events: tuple[ProviderEvent, ...]) -> tuple[int, int]:
    """Home and away."""
    total = Counter[str | None]()
    for event in events:
        total[event.team] += POINTS.get(event.type, 0)
    return total["home"], total["away"]


def by_period(events: tuple[ProviderEvent, ...]) -> dict[int, tuple[int, int]]:
    periods = sorted({event.period for event in events if event.period})
    return {one: points(tuple(event for event in events if event.period == one)) for one in periods}


def by_player(events: tuple[ProviderEvent, ...]) -> dict[str, int]:
    """Points of each player who has any."""
    total = Counter[str]()
    for event in events:
        if event.player is not None and event.type in POINTS:
            total[event.player.id] += POINTS[event.type]
    return dict(total)


def counted(events: tuple[ProviderEvent, ...], *types: str, kind: str = "") -> dict[str, int]:
    """How many events of these types each player has."""
    total = Counter[str]()
    for event in events:
        if event.player and event.type in types and (not kind or event.detail.get("kind") == kind):
            total[event.player.id] += 1
    return dict(total)


def assists(events: tuple[ProviderEvent, ...]) -> dict[str, int]:
    return dict(Counter(str(event.detail["assist_id"]) for event in events if "assist_id" in event.detail))


def assert_checked_by_feed(events: tuple[ProviderEvent, ...]) -> int:
    """Wherever the feed states its score, the points up to there come to it; returns how often it does."""
    home = away = stated = 0
    for event in events:
        gained = POINTS.get(event.type, 0)
        home += gained if event.team == "home" else 0
        away += gained if event.team == "away" else 0
        if event.score is not None:
            stated += 1
            assert (event.score.home, event.score.away) == (home, away), event
    return stated


def assert_dense(events: tuple[ProviderEvent, ...]) -> None:
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert len({event.event for event in events}) == len(events)
