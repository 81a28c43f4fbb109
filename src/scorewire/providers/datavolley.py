"""Data Volley scout files (.dvw): a volleyball match as its scout typed it, every contact a line.

Quirks that this file decides:
    - Sections in brackets, fields with semicolons. The text is UTF-8 in newer files and a Windows code page
      in older ones, and no line says which: UTF-8 is tried first, then the Central European page.
    - A line of `[3SCOUT]` begins with `*` for the home side and `a` for the visitors.
    - A point is a line of its own, `*p02:01`: who won the rally, and the points after it, home first. How it
      was won is in the last contacts before it: `#` by the winner (attack, block, ace), which an error of
      the loser may follow, or only `=` by the loser (an error).
    - The set is a field of every line; `**2set` says that the second is over. The match is over where the
      sets of the points come to those that `[3TEAMS]` states.
    - `ac03:08`: player 3 goes off, 8 comes on; `*T` is a time-out. Rotation and setter calls are skipped
      (`rotation`), and so is `$$&` (`point_without_contact`): the point has a line of its own. Contacts are
      touches.
    - Lines have no ids: the id is the number of the line within the section, which stays as the file grows.
    - `[3SET]` has the score of each set at 8, 16, 21 and the end: what tests compare with.
    - Times are local, without a zone; the date is month first where that can be.

Source: Data Volley 4 file format as documented by openvolley (datavolley, snippets on scouting codes).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    SideScore,
    Team,
)
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    rfc3339,
    time_ms,
)
from scorewire.providers.tennis import slug, whole

PROVIDER = "datavolley"
ENCODINGS = ("utf-8", "cp1250")
LINES_MAX = 100_000
SIDES: Mapping[str, Side] = {"*": "home", "a": "away"}
SQUADS: Mapping[Side, str] = {"home": "[3PLAYERS-H]", "away": "[3PLAYERS-V]"}
WINNERS = {"A": "attack", "B": "block", "S": "ace"}
SKILLS = frozenset("SRABDEF")
_SKIPPED = {"z": "rotation", "P": "rotation", "$": "point_without_contact"}
TIME, SET = 7, 8
"""Fields of a line of the scout."""
_POINT = re.compile(r"p(\d{2}):(\d{2})\Z")
_CHANGE = re.compile(r"c(\d{2}):(\d{2})\Z")
_CONTACT = re.compile(r"(\d{2})([SRABDEF])[A-Z]([#+!/=-])")
_SET_END = re.compile(r"\*\*(\d)set\Z")


@dataclass(slots=True)
class Contact:
    """One contact: `*06SM#` is a serve of player 6 that won the rally."""

    side: Side
    number: str
    skill: str
    grade: str


@dataclass(slots=True)
class Reading:
    """What is known while the lines are read in order."""

    transcript: Transcript
    players: dict[tuple[Side, str], Player]
    date: str
    server: Side | None = None
    contacts: list[Contact] = field(default_factory=list)
    period: int = 0
    points: dict[int, tuple[int, int]] = field(default_factory=dict)
    at_ms: int = 0

    def claim(
        self,
        event: str,
        type_: str,
        *,
        team: Side | None = None,
        player: Player | None = None,
        detail: Detail | None = None,
        score: SideScore | None = None,
    ) -> None:
        """Write one claim down, in the set and at the time that are being read."""
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=event,
                revision=1,
                type=type_,
                team=team,
                period=self.period or None,
                player=player,
                detail=detail or {},
                score=score,
                time_ms=self.at_ms,
            )
        )

    def sets(self) -> SideScore:
        """Sets won by either side, by the points."""
        won = [home > away for home, away in self.points.values()]
        return SideScore(home=sum(won), away=len(won) - sum(won))


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    sections = _sections(body)
    teams = [line.split(";") for line in sections.get("[3TEAMS]", ())]
    if "[3SCOUT]" not in sections or len(teams) < 2 or any(len(team) < 3 for team in teams):
        raise FeedError(
            "unreadable_payload", "this is not a Data Volley file: it lacks its teams or its scout"
        )
    match = [*sections.get("[3MATCH]", [""])[0].split(";"), "", "", "", ""]
    date = _date(match[0])
    game = slug(f"{date or 'undated'}-{teams[0][0]}-{teams[1][0]}")
    transcript = Transcript(provider=PROVIDER, game_id=f"{PROVIDER}-{game}"[:64])
    reading = Reading(transcript, _players(sections), date)
    for number, line in enumerate(sections["[3SCOUT]"], 1):
        _read(reading, f"line-{number}", line.split(";"))
    stated = SideScore(home=whole(teams[0][2]) or 0, away=whole(teams[1][2]) or 0)
    if max(stated.home, stated.away) > 0 and reading.sets() == stated:
        reading.claim("game-end", "GAME_END", score=stated)
        reading.claim("game-final", "GAME_FINAL", score=stated)
    declaration = _declaration(reading, game, (teams[0], teams[1]), match)
    return transcript.decoded(game=game, declaration=declaration)


def _sections(body: bytes) -> dict[str, list[str]]:
    text = ""
    for encoding in ENCODINGS:
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = body.decode("latin-1")
    sections: dict[str, list[str]] = {}
    held: list[str] = []
    for line in text.splitlines()[:LINES_MAX]:
        if line.startswith("[3"):
            held = sections.setdefault(line.strip(), [])
        elif line.strip():
            held.append(line)
    return sections


def _read(reading: Reading, event: str, fields: list[str]) -> None:
    code = fields[0]
    said = _SET_END.match(code)
    if said is not None:
        reading.period = int(said[1])
        reading.claim(event, "PERIOD_END")
        return
    side = SIDES.get(code[:1])
    if side is None:
        reading.transcript.skip("unknown_line")
        return
    period = whole(fields[SET]) if len(fields) > SET else None
    reading.at_ms = _clock_ms(reading.date, fields[TIME] if len(fields) > TIME else "") or reading.at_ms
    if period and period > reading.period:
        reading.period = period
        reading.claim(f"set-{period}", "PERIOD_START")
    _typed(reading, event, side, code[1:])


def _typed(reading: Reading, event: str, side: Side, code: str) -> None:
    point, change, contact = _POINT.match(code), _CHANGE.match(code), _CONTACT.match(code)
    if point is not None:
        _point(reading, event, side, (int(point[1]), int(point[2])))
    elif change is not None:
        into = reading.players.get((side, change[2]))
        detail: Detail = {"in": into.name, "in_id": into.id} if into is not None else {}
        off = reading.players.get((side, change[1]))
        reading.claim(event, "SUBSTITUTION", team=side, player=off, detail=detail)
    elif code.startswith("T"):
        reading.claim(event, "TIMEOUT", team=side)
    elif contact is not None:
        number, skill, grade = contact.groups()
        reading.contacts.append(Contact(side, number, skill, grade))
        if skill == "S":
            reading.server = side
        reading.claim(event, "CONTACT", team=side, player=reading.players.get((side, number)))
    else:
        reading.transcript.skip(_SKIPPED.get(code[:1], "unknown_code"))


def _point(reading: Reading, event: str, side: Side, points: tuple[int, int]) -> None:
    detail: Detail = {}
    player: Player | None = None
    if reading.server is not None:
        detail["server"] = reading.server
    *_, before, last = None, None, *reading.contacts
    lost = last is not None and last.side != side and last.grade == "="
    scored = before if lost else last
    if scored is not None and scored.side == side and scored.grade == "#" and scored.skill in WINNERS:
        detail["kind"] = WINNERS[scored.skill]
        player = reading.players.get((side, scored.number))
    elif lost:
        detail["kind"] = "opponent_error"
    reading.claim(event, "POINT", team=side, player=player, detail=detail)
    reading.points[reading.period] = points
    reading.contacts, reading.server = [], None


def _players(sections: dict[str, list[str]]) -> dict[tuple[Side, str], Player]:
    found: dict[tuple[Side, str], Player] = {}
    for side, section in SQUADS.items():
        for line in sections.get(section, ()):
            fields = line.split(";")
            number = whole(fields[1]) if len(fields) > 10 else None
            if number is None or number > 99:
                continue
            name = f"{fields[10].title()} {fields[9].title()}".strip()
            given = fields[8] if is_id(fields[8]) else f"{side}-{number}"
            found[(side, f"{number:02}")] = Player(id=f"{PROVIDER}-{given}"[:64], name=name)
    return found


def _date(text: str) -> str:
    """`01/25/2015` as 2015-01-25; empty if it is no date."""
    parts = [whole(part) or 0 for part in text.split("/")]
    if len(parts) != 3:
        return ""
    month, day, year = parts if parts[0] <= 12 else (parts[1], parts[0], parts[2])
    date = f"{year:04}-{month:02}-{day:02}"
    return date if time_ms(f"{date}T00:00:00Z") is not None else ""


def _clock_ms(date: str, text: str) -> int | None:
    return time_ms(f"{date}T{text.replace('.', ':')}Z") if date and text else None


def _declaration(
    reading: Reading, game: str, teams: tuple[list[str], list[str]], match: list[str]
) -> GameDeclared:
    start = _clock_ms(reading.date, match[1] or "12.00.00") or 0
    league = match[3] or "Data Volley"
    home, away = (
        Team(
            id=slug(team[0] or team[1]), name=team[1], abbr="".join(filter(str.isalnum, team[0]))[:4].upper()
        )
        for team in teams
    )
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{game}-scheduled",
        revision=1,
        sport="volleyball",
        league=League(id=slug(league), name=league),
        season=match[2],
        round=match[4],
        start=UNDATED if not start else rfc3339(start),
        home=home,
        away=away,
        provider_ids={PROVIDER: game},
        time_ms=start,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The first section of the file."""
    return body[:64].lstrip(b"\xef\xbb\xbf").startswith(b"[3DATAVOLLEYSCOUT]")


DATAVOLLEY = Format(name=PROVIDER, sport="volleyball", sequence="dense", recognise=recognise, decode=decode)
