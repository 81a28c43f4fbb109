"""Games as an iCalendar, for the calendars of phones and desktops that subscribe to a team or a league.

An event keeps its UID for good, so that a new date moves it rather than adding another; SEQUENCE is the
game's seq, which grows with whatever changes. A game without a time of day is a day, never midnight. Results
stand in the summary only where they are asked for, because a calendar shows them unasked. There is no alarm.

Source: RFC 5545 3.1 (lines of 75 octets, CRLF), 3.3.11 (escaping), 3.8.1.11 (STATUS), 3.8.7.4 (SEQUENCE);
RFC 7986 5.1 (NAME), 5.7 (REFRESH-INTERVAL).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import UNSET

from scorewire.model.score_state import OVER, ScoreState
from scorewire.web.board import board
from scorewire.web.words import sport_name

LINE_OCTETS_MAX = 75
REFRESH = "PT1H"

USUAL_MINUTES = {
    "soccer": 120,
    "basketball": 150,
    "american_football": 195,
    "ice_hockey": 150,
    "baseball": 180,
    "cricket": 240,
    "tennis": 150,
    "rugby_union": 115,
    "volleyball": 120,
    "handball": 100,
}
"""How long a game is put down for, from start to whistle, until its end is known: what broadcasters plan."""
OTHERWISE_MINUTES = 120

_STATUSES = {
    "cancelled": "CANCELLED",
    "void": "CANCELLED",
    "postponed": "TENTATIVE",
    "suspended": "TENTATIVE",
}
_SAID = {
    "postponed": "Postponed",
    "cancelled": "Cancelled",
    "void": "Void",
    "abandoned": "Abandoned",
    "suspended": "Suspended",
    "walkover": "Walkover",
    "forfeited": "Forfeited",
    "delayed": "Delayed",
}
"""What stands before the teams, because it decides whether anybody goes there. None of it is a result."""
_NO_RESULT = frozenset({"cancelled", "void", "postponed", "abandoned", "walkover"})


def calendar(name: str, games: Iterable[ScoreState], *, site: str, scores: bool = False) -> str:
    """A calendar of games, in their order.

    Args:
        name: as calendars list it.
        site: where the pages of games are, `https://scores.example`.
        scores: results stand in the summaries of games that are over.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Scorewire//Scores//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for state in games:
        lines += _event(state, site, scores=scores)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(state: ScoreState, site: str, *, scores: bool) -> list[str]:
    told = [state.league.name or state.league.id]
    told += [text for text in (state.round, state.season) if text is not UNSET]
    changed = datetime.fromtimestamp(state.updated_at / 1000, UTC)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{state.game_id}@scorewire",
        f"DTSTAMP:{_moment(changed)}",
        f"LAST-MODIFIED:{_moment(changed)}",
        f"SEQUENCE:{state.seq}",
        *_time(state, scores=scores),
        f"SUMMARY:{escaped(summary(state, scores=scores))}",
        f"DESCRIPTION:{escaped(', '.join(told))}",
        f"CATEGORIES:{escaped(sport_name(state.sport))}",
        f"STATUS:{_STATUSES.get(state.status, 'CONFIRMED')}",
        f"URL:{site}/game/{state.game_id}",
        "TRANSP:TRANSPARENT",
    ]
    if state.venue is not UNSET:
        lines.append(f"LOCATION:{escaped(state.venue.name)}")
    lines.append("END:VEVENT")
    return lines


def summary(state: ScoreState, *, scores: bool) -> str:
    """`Argentina v France`, `Postponed: ...`, and with scores `Argentina 3–3 (4–2) France`."""
    home, away = (side.name or side.abbr or side.id for side in (state.home, state.away))
    said = f"{_SAID[state.status]}: " if state.status in _SAID else ""
    if not scores or state.status not in OVER or state.status in _NO_RESULT:
        return f"{said}{home} v {away}"
    shown = board(state, 0)
    kicks = ""
    if state.home.shootout is not UNSET and state.away.shootout is not UNSET:
        kicks = f" ({state.home.shootout}–{state.away.shootout})"
    return f"{said}{home} {shown.home.listed}–{shown.away.listed}{kicks} {away}"


def _time(state: ScoreState, *, scores: bool) -> list[str]:
    if "T" not in state.start:
        return [f"DTSTART;VALUE=DATE:{state.start.replace('-', '')}"]
    start = _read(state.start)
    end = start + timedelta(minutes=USUAL_MINUTES.get(state.sport, OTHERWISE_MINUTES))
    # How long a game was tells of extra time, or of a fifth set.
    if scores and state.end is not UNSET and "T" in state.end and _read(state.end) > start:
        end = _read(state.end)
    return [f"DTSTART:{_moment(start)}", f"DTEND:{_moment(end)}"]


def _read(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks escaped, other controls left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(one for one in text if one >= " " and one != "\x7f")


def folded(line: str) -> Iterator[str]:
    """A content line in pieces of 75 octets at most, cut between characters.

    Those after the first begin with a space, which counts.
    """
    piece, size = "", 0
    for one in line:
        octets = len(one.encode())
        if size + octets > LINE_OCTETS_MAX:
            yield piece
            piece, size = " ", 1
        piece += one
        size += octets
    yield piece
