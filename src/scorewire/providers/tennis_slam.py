"""Grand Slam points (Sackmann): a CSV with a point a row, several matches in a file.

Quirks that this file decides:
    - Names of players come with the companion `matches`; without it they are player 1 and player 2.
    - The home side is player 1. A match number that begins with 1 is men's singles, best of five sets.
    - A point says its own score after it; `GameWinner` and `SetWinner` are 0 unless this point decided one.
    - The rule of the last set is that of the tournament and the year: without a tie-break, with one at 6-6 or
      12-12, or with one to ten.
    - `ElapsedTime` is from the first point, h:mm:ss; it is the clock, in minutes. No date but the year.
    - Many columns are empty in older files. A row without a winner (`PointWinner` 0) is no point:
      `no_point_winner`.
    - A match whose last row decides nothing is left open: it was not finished, or the file was cut.

Licence of the source: CC BY-NC-SA 4.0; nothing of it travels with this project.
Source: github.com/JeffSackmann/tennis_slam_pointbypoint, README; Grand Slam Rulebook (final sets by year).
"""

from collections import Counter

from scorewire.errors import FeedError
from scorewire.model.provider_event import Detail, League, Side
from scorewire.providers.format import NO_COMPANIONS, Companions, Decoded, Format
from scorewire.providers.tennis import Match, opened, read_rows, whole

PROVIDER = "tennis_slam"
WHAT = "a Grand Slam point file"
COLUMNS = frozenset({"match_id", "SetNo", "PointNumber", "PointWinner", "PointServer", "SetWinner"})
MATCHES = frozenset({"match_id", "player1", "player2"})
SIDES: dict[str, Side] = {"1": "home", "2": "away"}
NAMES = {
    "ausopen": "Australian Open",
    "frenchopen": "Roland-Garros",
    "usopen": "US Open",
    "wimbledon": "Wimbledon",
}
KINDS = (
    ("Ace", "ace"),
    ("DoubleFault", "double_fault"),
    ("Winner", "winner"),
    ("UnfErr", "unforced_error"),
    ("ForcedError", "forced_error"),
)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Companion: `matches`."""
    names = _names(companions.get("matches"))
    skipped: Counter[str] = Counter()
    by_match: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(body, COLUMNS, WHAT):
        by_match.setdefault(row.get("match_id", ""), []).append(row)
    found: list[Decoded] = []
    for game, rows in by_match.items():
        match = opened(PROVIDER, game)
        if match is None:
            skipped["unreadable_match"] += len(rows)
            continue
        found.append(_match(match, rows, names.get(game, ("Player 1", "Player 2"))))
        skipped.update(found[-1].skipped)
    if not found:
        raise FeedError("unreadable_payload", f"this is not {WHAT}: no match can be read")
    return Decoded(
        found[0].game if len(found) == 1 else "",
        tuple(one for match in found for one in match.declarations),
        tuple(event for match in found for event in match.events),
        dict(skipped),
    )


def _match(match: Match, rows: list[dict[str, str]], players: tuple[str, str]) -> Decoded:
    year, _, rest = match.game.partition("-")
    slam, _, number = rest.partition("-")
    best_of = 5 if number.startswith("1") else 3
    told = False
    for row in sorted(rows, key=lambda one: whole(one.get("PointNumber")) or 0):
        side, period = SIDES.get(row.get("PointWinner", "")), whole(row.get("SetNo"))
        if side is None or period is None:
            match.transcript.skip("no_point_winner")
            continue
        winner = SIDES.get(row.get("SetWinner", ""))
        if winner is not None:
            match.set_won(winner)
        seconds = _seconds(row.get("ElapsedTime", ""))
        match.point(
            f"p{row.get('PointNumber', '')}",
            side,
            period,
            _detail(row),
            clock=None if seconds is None else f"{seconds // 60}:{seconds % 60:02}",
            at_ms=(seconds or 0) * 1000,
            score=match.score(),
        )
        told = True
    if told:
        match.end(to_win=best_of // 2 + 1)
    declared = match.declare(
        players,
        league=League(id=slam or "slam", name=NAMES.get(slam, slam or "Grand Slam")),
        season=year,
        rules={"best_of": best_of, **last_set(slam, whole(year) or 0)},
    )
    return match.transcript.decoded(game=match.game, declaration=declared)


def last_set(slam: str, year: int) -> Detail:
    """How the last set was decided there then."""
    if year >= 2022 or (slam == "ausopen" and year >= 2019):
        return {"final_tiebreak_points": 10}
    if slam == "usopen":
        return {"final_tiebreak_points": 7}
    if slam == "wimbledon" and year >= 2019:
        return {"final_tiebreak_at": 12}
    return {"final_tiebreak_points": 0}


def _detail(row: dict[str, str]) -> Detail:
    detail: Detail = {}
    server = SIDES.get(row.get("PointServer", ""))
    if server is not None:
        detail["server"] = server
    kind = next((word for name, word in KINDS if "1" in (row.get(f"P1{name}"), row.get(f"P2{name}"))), "")
    return {**detail, "kind": kind} if kind else detail


def _seconds(text: str) -> int | None:
    parts = [whole(part) for part in text.split(":")]
    if len(parts) != 3 or None in parts:
        return None
    hours, minutes, seconds = (part or 0 for part in parts)
    total = hours * 3600 + minutes * 60 + seconds
    return total if total < 60_000 else None


def _names(body: bytes | None) -> dict[str, tuple[str, str]]:
    if body is None:
        return {}
    try:
        rows = read_rows(body, MATCHES, "a list of Grand Slam matches")
    except FeedError:
        return {}
    return {
        row["match_id"]: (row.get("player1", ""), row.get("player2", "")) for row in rows if "match_id" in row
    }


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The columns of the file, in its first line."""
    head = body[:2048].split(b"\n", 1)[0]
    return b"match_id" in head and b"PointWinner" in head and b"PointServer" in head


TENNIS_SLAM = Format(
    name=PROVIDER,
    sport="tennis",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("matches",),
)
