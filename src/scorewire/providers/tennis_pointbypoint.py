"""Tennis point by point (Sackmann): a CSV with a match a row, all of its points in one string.

Quirks that this file decides:
    - In `pbp` S and R are points of the server and the receiver, A an ace, D a double fault; `;` ends a game,
      `.` a set, and `/` is a change of server within a tie-break. The first to serve is `server1`.
    - Service goes on by the rules: it changes with the game; after a tie-break serves who received
      first in it.
    - `score` is from the winner's side; the points make the result, and it says that the match was finished.
    - How many sets it is best of is read off the result: the winner of three sets won a match of five. So is
      an advantage set: a last set that went past 7-6 had no tie-break.
    - The home side is `server1`. A row has a date and no times: a point is taken to last 40 s.
    - A row whose score is none of a finished match (a retirement) is left open.
    - `adf_flag` says whether aces and double faults are marked; without it they are points like others.

Licence of the source: CC BY-NC-SA 4.0; nothing of it travels with this project.
Source: github.com/JeffSackmann/tennis_pointbypoint, README.
"""

import re

from scorewire.errors import FeedError
from scorewire.model.provider_event import Detail, League, Side
from scorewire.providers.format import NO_COMPANIONS, Companions, Decoded, Format, time_ms
from scorewire.providers.tennis import POINT_MS, Match, opened, read_rows, slug, whole

PROVIDER = "tennis_pointbypoint"
WHAT = "a point-by-point file"
COLUMNS = frozenset({"pbp_id", "server1", "server2", "winner", "pbp", "score"})
KINDS = {"A": "ace", "D": "double_fault"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_POINTS = re.compile(r"[SRAD;./]{1,5000}\Z")
_SET = re.compile(r"(\d{1,2})-(\d{1,2})(?:\(\d+\))?\Z")


OTHER: dict[Side, Side] = {"home": "away", "away": "home"}


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    decoded = [_match(row) for row in read_rows(body, COLUMNS, WHAT)]
    matches = [one for one in decoded if isinstance(one, Decoded)]
    skipped = {"unreadable_match": len(decoded) - len(matches)} if len(matches) < len(decoded) else {}
    for one in matches:
        for reason, count in one.skipped.items():
            skipped[reason] = skipped.get(reason, 0) + count
    if not matches:
        raise FeedError("unreadable_payload", f"this is not {WHAT}: no match can be read")
    return Decoded(
        matches[0].game if len(matches) == 1 else "",
        tuple(one for match in matches for one in match.declarations),
        tuple(event for match in matches for event in match.events),
        skipped,
    )


def _match(row: dict[str, str]) -> Decoded | None:
    points, game = row.get("pbp", ""), row.get("pbp_id", "")
    match = opened(PROVIDER, game)
    if match is None or not _POINTS.match(points) or not row.get("server1") or not row.get("server2"):
        return None
    match.start_ms = _date_ms(row.get("date", ""))
    _play(match, points)
    to_win = _sets_won(row.get("score", ""))
    if to_win:
        match.end(to_win=to_win)
    name = row.get("tny_name", "")
    declared = match.declare(
        (row["server1"], row["server2"]),
        league=League(id=slug(name), name=name),
        season=row.get("date", "")[-2:].rjust(2, "0"),
        rules=_rules(row.get("score", ""), to_win),
    )
    return match.transcript.decoded(game=game, declaration=declared)


def _sets_won(score: str) -> int:
    """How many sets the winner took; 0 where the score is not one of a match that was finished."""
    sets = [_SET.match(one) for one in score.split()]
    if not all(sets):
        return 0
    return sum(int(one[1]) > int(one[2]) for one in sets if one is not None)


def _play(match: Match, points: str) -> None:
    server: Side = "home"
    tiebreak_opened_by: Side | None = None
    number, at_ms = 0, match.start_ms
    for index, sets in enumerate(points.split("."), 1):
        winner: Side = "home"
        games = sets.split(";")
        for game in games:
            if "/" in game:
                tiebreak_opened_by = server
            for turn in game.split("/"):
                for stroke in turn:
                    winner = server if stroke in "SA" else OTHER[server]
                    number, at_ms = number + 1, at_ms + POINT_MS
                    detail: Detail = {"server": server}
                    if stroke in KINDS:
                        detail["kind"] = KINDS[stroke]
                    match.point(f"p{number}", winner, index, detail, at_ms=at_ms)
                if turn is not game:
                    server = OTHER[server]
            # After a tie-break serves who received its first point; otherwise service goes round.
            server = OTHER[tiebreak_opened_by] if tiebreak_opened_by is not None else OTHER[server]
            tiebreak_opened_by = None
        if sets:
            match.set_won(winner)


def _rules(score: str, to_win: int) -> Detail:
    """What the result says of the rules."""
    best_of = 2 * max(to_win, 2) - 1
    rules: Detail = {"best_of": best_of}
    sets = score.split()
    last = _SET.match(sets[-1]) if len(sets) == best_of else None
    if last is not None and max(int(last[1]), int(last[2])) > 7:
        rules["final_tiebreak_points"] = 0
    return rules


def _date_ms(text: str) -> int:
    """`01 Jan 17` as its noon; 0 if it is not such a date."""
    parts = text.split()
    if len(parts) != 3 or parts[1].lower() not in _MONTHS:
        return 0
    day, year = whole(parts[0]), whole(parts[2])
    if day is None or year is None or year > 99:
        return 0
    month = _MONTHS.index(parts[1].lower()) + 1
    return time_ms(f"20{year:02}-{month:02}-{day:02}T12:00:00Z") or 0


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The columns of the file, in its first line."""
    head = body[:1024].split(b"\n", 1)[0]
    return b"pbp_id" in head and b"server1" in head and b"pbp" in head


TENNIS_POINTBYPOINT = Format(
    name=PROVIDER, sport="tennis", sequence="dense", recognise=recognise, decode=decode
)
