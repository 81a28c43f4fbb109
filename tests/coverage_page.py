"""docs/coverage.md: every file of the shared recordings, what was read of it, and what it came to.

`python tests/coverage_page.py > docs/coverage.md` writes the page again; tests/contract/test_coverage.py
holds it to what the recordings give now, and to the results that the world knows.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scorewire.errors import FeedError
from scorewire.intake.recording import read
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Format
from unit.providers.folded import Folded, fold

COMPANIONS = {
    "basketball/nba_cdn_live/0022000001_boxscore.json.gz": "beside the play-by-play: names",
    "basketball/nba_two_feeds_0021600270/data_nba_com_details.json": "beside feed A: names",
    "basketball/nba_two_feeds_0021600270/stats_nba_com_boxscore.json": "beside feed B: what tests count by",
    "basketball/nba_two_feeds_0021600270/stats_nba_com_shots_away.json": "shot chart, no events of its own",
    "basketball/nba_two_feeds_0021600270/stats_nba_com_shots_home.json": "shot chart, no events of its own",
    "basketball/nba_two_feeds_0021600270/stats_nba_com_summary.json": "beside feed B: teams and date",
    "ice_hockey/pwhl_hockeytech/pwhl_game_summary_42.json.gz": "beside the play-by-play: names",
    "shape_traces/sportradar_mlb_push/trace_a.csv": "order of messages only: drives the push client",
    "shape_traces/sportradar_nba_push/trace_a.csv": "order of messages only: drives the push client",
    "soccer/dfl_sportec/003BN1_matchinfo.xml": "beside the events: names, venue, date",
    "soccer/international/shootouts.csv": "winners of shoot-outs, no events",
    "soccer/iptc_sportsml/soccer-standings.xml": "a table, no events",
    "soccer/openfootball/worldcup_2014_official_standings.json": "a table, no events",
    "soccer/openfootball/worldcup_2022_groups.json": "groups, no events",
    "soccer/statsbomb/15986_lineups.json": "beside the events: names and benches",
    "soccer/statsbomb/3788741_lineups.json": "beside the events: names and benches",
    "tennis/slam_pointbypoint/2012_usopen_selected_matches.csv": "beside the points: who played",
}
"""Files that are no recording by themselves, and what they are for; `standings/` is tables as a whole."""

RESULTS = {
    "american_football/nfl_gamecenter/2012092305.json": (24, 27),
    "american_football/nfl_gamecenter/2012111110.json": (24, 24),
    "american_football/nfl_gamecenter/2014101202.json": (37, 37),
    "american_football/nfl_gamecenter/2015020100.json": (24, 28),
    "baseball/mlb_statsapi_facts/718322_feed_live_facts.json.gz": (6, 4),
    "baseball/mlb_statsapi_facts/747175_feed_live_facts.json.gz": (5, 4),
    "basketball/nba_cdn_live/0022000001_playbyplay.json.gz": (125, 99),
    "basketball/nba_two_feeds_0021600270/data_nba_com_pbp.json.gz": (126, 115),
    "basketball/nba_two_feeds_0021600270/stats_nba_com_pbp.json.gz": (126, 115),
    "ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz": (2, 6),
    "soccer/dfl_sportec/003BN1_events_excerpt.xml": (1, 0),
    "soccer/iptc_sportsml/soccer-match-03.xml": (2, 2),
    "soccer/metrica/sample_game_1_events.csv": (3, 1),
    "soccer/metrica/sample_game_3_events.json.gz": (0, 2),
    "soccer/statsbomb/15986_events.json.gz": (2, 2),
    "soccer/statsbomb/3788741_events.json.gz": (0, 3),
    "soccer/wyscout/2499773_events_v2.json.gz": (3, 2),
}
"""What the world knows of the games that lie alone in a file: home and away. Typed from public results."""

INTRODUCTION = """# What the decoders have read

Generated from the recordings by `tests/coverage_page.py`, and held to them by a test. The recordings do not
travel with this project; `SCOREWIRE_TEST_DATA` names the folder where they lie.

Every claim of a file was decided as a node decides it. `claims` are what the decoder made, `refused` those
that a sport's rules turned down, `skipped` are entries that made no claim, by reason. The decoders' own tests
hold each game to its period scores, its players' points and its reviews where the source has them.
"""


UNREAD = """\
No real payload of these was at hand: they are held to payloads made after the documentation, and to the
message order of real push streams. Look twice at their dead letters. Of these others, some parts are
built from documentation too, as they say themselves in [providers.md](providers.md):""".splitlines()


@dataclass(slots=True)
class Read:
    """What became of one file."""

    path: str
    format: str
    games: dict[str, Folded] = field(default_factory=dict)
    claims: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def came_to(self) -> str:
        """The score of a game, or how many games ended how."""
        if len(self.games) == 1:
            (game,) = self.games.values()
            check = ", under check" if game.state.under_check else ""
            return f"{game.score[0]}-{game.score[1]} {game.state.status}{check}"
        ended = Counter(game.state.status for game in self.games.values())
        return f"{len(self.games)} games: " + ", ".join(
            f"{count} {word}" for word, count in sorted(ended.items())
        )


def files(folder: Path) -> Iterator[str]:
    """Every file, as a path below the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "README.md":
            yield path.relative_to(folder).as_posix()


def companion(path: str) -> str | None:
    """Why a file is not read by itself; None where it must be."""
    return "tables and results of a season" if path.startswith("standings/") else COMPANIONS.get(path)


def take(folder: Path, path: str) -> Read | None:
    """Decode and fold one file; None if no decoder knows it."""
    try:
        recordings = read(folder / path)
    except FeedError:
        return None
    found = Read(path, recordings[0].format.name)
    for recording in recordings:
        decoded = recording.decode()
        found.claims += len(decoded.events)
        found.skipped.update(decoded.skipped)
        found.games.update(fold(decoded, recording.format.sequence))
    return found


def says_unverified(one: Format) -> bool:
    """Whether a format says of itself, or of a part of it, that no real payload was at hand."""
    words = " ".join((sys.modules[one.decode.__module__].__doc__ or "").lower().split())
    return "unverified, built from" in words


def page(folder: Path) -> str:
    """The page as Markdown."""
    lines = [
        INTRODUCTION,
        "| file | decoder | claims | refused | skipped | came to |",
        "|---|---|---:|---|---|---|",
    ]
    beside, read_by = [], {"native"}
    for path in files(folder):
        why = companion(path)
        if why is not None:
            beside.append(f"| {path} | {why} |")
            continue
        found = take(folder, path)
        if found is None:
            lines.append(f"| {path} | none | | | | not read |")
            continue
        read_by.add(found.format)
        refused = Counter(rule for game in found.games.values() for rule in game.refused)
        cells = (
            path,
            found.format,
            str(found.claims),
            _counts(refused),
            _counts(found.skipped),
            found.came_to,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Not read by themselves", "", "| file | what it is |", "|---|---|", *beside]
    unread = [name for name in PROVIDERS if name not in read_by]
    partly = [name for name, one in PROVIDERS.items() if name in read_by and says_unverified(one)]
    lines += ["", "## Unverified, built from documentation", ""]
    lines += [f"- `{name}`" for name in unread]
    lines += ["", *UNREAD, "", *(f"- `{name}`" for name in partly)]
    return "\n".join(lines) + "\n"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


if __name__ == "__main__":
    data = Path(
        os.environ.get("SCOREWIRE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    )
    if not (data / "README.md").is_file():
        sys.exit(f"There are no recordings in {data}: docs/coverage.md stays as it is.")
    print(page(data), end="")
