"""NBA play-by-play of stats.nba.com (`playbyplayv2`): a table of rows under a list of headers.

Quirks that this file decides:
    - Columns are found by `resultSets[0].headers`, never by position.
    - The order is that of the rows; EVENTNUM is the id, with gaps, and not sorted. `sequence` is the position
      among the claims made, 1..N, dense.
    - The clock has whole seconds only, also in the last minute.
    - SCORE is "visitor - home", and stands only on rows that changed it and at the ends of periods.
    - The side of a row is PERSON1TYPE: 4 and 2 are a player and the team of the home side, 5 and 3 of the
      visitors. Nothing else says who is at home, and for a team's own row (time-out, team rebound) PLAYER1_ID
      is the team's number.
    - Whether a free throw missed, and whether a shot was for three, stand only in the sentence: "MISS ...",
      "... 3PT ...". PLAYER2 assisted, stole or came on; PLAYER3 blocked.
    - A replay's row names an official in PLAYER1, or nothing readable: it makes a claim about the game.
    - WCTIMESTRING is the minute on a wall in New York; the time of a play is nominal all the same, from the
      start, the clock and the breaks, so that it never steps back.
    - No edit is marked: every claim has revision 1, and of two the later received wins.
    - Locations come with the companions `shots_home` and `shots_away`, by GAME_EVENT_ID.

Source: payloads of stats.nba.com/stats/playbyplayv2, boxscoretraditionalv2, boxscoresummaryv2 and
shotchartdetail.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.provider_event import Detail, GameDeclared, Player, ProviderEvent, Side, SideScore, Team
from scorewire.providers import nba, nba_codes
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_companion,
    read_json,
    rfc3339,
    slices,
    time_ms,
)
from scorewire.providers.nba_codes import FREE_THROW, MADE, MISSED, REPLAY, Entry, Reader

T = TypeVar("T", bound=Struct)

PROVIDER = "stats_nba_com"
HOME_PERSONS = frozenset({2, 4})
VISITING_PERSONS = frozenset({3, 5})
PLAYERS = frozenset({4, 5})
NEW_YORK = "America/New_York"


class Table(Struct, frozen=True, rename="camel"):
    """One result set; rows stay raw until their columns are known."""

    name: str
    headers: list[str]
    row_set: list[Raw]


class Tables(Struct, frozen=True, rename="camel"):
    """The payload, and each companion."""

    result_sets: list[Table]
    resource: str = ""


class Row(Struct, frozen=True, rename="upper"):
    """One row of the play-by-play, by its headers."""

    game_id: str
    eventnum: int
    eventmsgtype: int
    period: int
    eventmsgactiontype: int = 0
    wctimestring: str | None = None
    pctimestring: str | None = None
    homedescription: str | None = None
    neutraldescription: str | None = None
    visitordescription: str | None = None
    score: str | None = None
    person1type: int | None = None
    player1_id: int | None = None
    player1_name: str | None = None
    player1_team_city: str | None = None
    player1_team_nickname: str | None = None
    player1_team_abbreviation: str | None = None
    player2_id: int | None = None
    player2_name: str | None = None
    player3_id: int | None = None
    player3_name: str | None = None


class BoxRow(Struct, frozen=True, rename="upper"):
    """One row of the companion `boxscore`."""

    team_abbreviation: str
    player_id: int
    player_name: str = ""
    start_position: str = ""


class ShotRow(Struct, frozen=True, rename="upper"):
    """One row of the companions `shots_home`, `shots_away`."""

    game_event_id: int
    loc_x: int
    loc_y: int


class SummaryRow(Struct, frozen=True, rename="upper"):
    """The row of the companion `summary`."""

    game_date_est: str


_TABLES = msgspec.json.Decoder(Tables)
_CELLS = msgspec.json.Decoder(list[str | int | float | bool | None])
_ENCODER = msgspec.json.Encoder()
_SCORE = re.compile(r"(\d{1,3}) - (\d{1,3})\Z")
_THREE = re.compile(r"\b3PT\b")


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Companions: `summary` (date), `boxscore` (line-ups), `shots_home`, `shots_away`."""
    tables = read_json(_TABLES, body, "a table of stats.nba.com")
    if not tables.result_sets or "EVENTMSGTYPE" not in tables.result_sets[0].headers:
        raise FeedError("unreadable_payload", "this is not a play-by-play of stats.nba.com: no EVENTMSGTYPE")
    table = tables.result_sets[0]
    rows = _rows(table, Row)
    if not rows:
        raise FeedError("unreadable_payload", "this is not a play-by-play of stats.nba.com: no readable row")
    game = rows[0].game_id
    transcript = Transcript(provider=PROVIDER, game_id=nba.game_slug(game))
    for _ in range(len(table.row_set) - len(rows)):
        transcript.skip("unreadable_row")
    start = _start(rows, companions)
    reader = Reader(transcript=transcript, start_ms=time_ms(start) or 0)
    teams = _teams(rows)
    _lineups(reader, teams, companions)
    places = _places(companions)
    for row in rows:
        reader.read(_entry(row, places))
    declaration: GameDeclared | None = None
    if len(teams) == 2:
        declaration = nba.declare(
            provider=PROVIDER, game=game, home=teams["home"], away=teams["away"], start=start
        )
    return transcript.decoded(game=game, declaration=declaration)


def _rows(table: Table, kind: type[T]) -> list[T]:
    """The rows that fit, each as a struct by the table's headers."""
    rows: list[T] = []
    for raw in table.row_set:
        try:
            cells = dict(zip(table.headers, _CELLS.decode(raw), strict=False))
            rows.append(msgspec.convert(cells, kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return rows


def _companion(companions: Companions, name: str, kind: type[T]) -> list[T]:
    tables = read_companion(_TABLES, companions, name)
    return _rows(tables.result_sets[0], kind) if tables and tables.result_sets else []


def _side(row: Row) -> Side | None:
    if row.person1type in HOME_PERSONS:
        return "home"
    return "away" if row.person1type in VISITING_PERSONS else None


def _entry(row: Row, places: dict[int, tuple[float, float]]) -> Entry:
    about_game = row.eventmsgtype == REPLAY
    text = row.homedescription or row.visitordescription or row.neutraldescription
    # A stolen or blocked ball puts its sentences on both sides; the one of the acting side tells of the shot.
    own = (row.visitordescription if _side(row) == "away" else row.homedescription) or text or ""
    shot = row.eventmsgtype in {MADE, MISSED}
    return Entry(
        event=str(row.eventnum),
        code=row.eventmsgtype,
        action=row.eventmsgactiontype,
        period=row.period,
        left_s=nba_codes.seconds(row.pctimestring or ""),
        team=None if about_game else _side(row),
        player=_player(row.player1_id, row.player1_name) if row.person1type in PLAYERS else None,
        second=None if row.eventmsgtype == MISSED else _player(row.player2_id, row.player2_name),
        blocker=_player(row.player3_id, row.player3_name) if row.eventmsgtype == MISSED else None,
        made=row.eventmsgtype == MADE or (row.eventmsgtype == FREE_THROW and not own.startswith("MISS")),
        three=shot and _THREE.search(own) is not None,
        place=places.get(row.eventnum) if shot else None,
        score=_score(row.score),
        text=own or None,
    )


def _player(number: int | None, name: str | None) -> Player | None:
    return nba.player(number, name) if number and name else None


def _score(text: str | None) -> SideScore | None:
    match = _SCORE.match(text or "")
    return nba.score(int(match[2]), int(match[1])) if match else None


def _teams(rows: list[Row]) -> dict[Side, Team]:
    teams: dict[Side, Team] = {}
    for row in rows:
        side = _side(row)
        if side and side not in teams and row.person1type in PLAYERS and row.player1_team_abbreviation:
            teams[side] = nba.team(
                row.player1_team_abbreviation,
                city=row.player1_team_city or "",
                nickname=row.player1_team_nickname or "",
            )
    return teams


def _lineups(reader: Reader, teams: dict[Side, Team], companions: Companions) -> None:
    box = _companion(companions, "boxscore", BoxRow)
    if not box:
        return
    for side, team in sorted(teams.items(), reverse=True):
        detail: Detail = {
            nba.player_id(one.player_id): nba.line(
                "", one.player_name, one.start_position, starter=bool(one.start_position)
            )
            for one in box
            if one.team_abbreviation == team.abbr
        }
        reader.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=reader.transcript.game_id,
                event=f"lineup-{side}",
                revision=1,
                type="LINEUP",
                team=side,
                detail=detail,
                time_ms=reader.start_ms,
            )
        )


def _places(companions: Companions) -> dict[int, tuple[float, float]]:
    shots = _companion(companions, "shots_home", ShotRow) + _companion(companions, "shots_away", ShotRow)
    return {shot.game_event_id: nba.from_hoop(shot.loc_x, shot.loc_y) for shot in shots}


def _start(rows: list[Row], companions: Companions) -> str:
    """The half hour before the first row's minute, on the date of the summary; undated without one."""
    summary = _companion(companions, "summary", SummaryRow)
    try:
        wall = datetime.strptime(rows[0].wctimestring or "", "%I:%M %p")  # noqa: DTZ007 the zone is set below
        date = datetime.fromisoformat(summary[0].game_date_est)
    except (ValueError, IndexError):
        return UNDATED
    local = date.replace(hour=wall.hour, minute=wall.minute // 30 * 30, tzinfo=ZoneInfo(NEW_YORK))
    return rfc3339(round(local.astimezone(UTC).timestamp() * 1000))


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the rows."""
    tables = read_json(_TABLES, body, "a table of stats.nba.com")
    if not tables.result_sets:
        raise FeedError("unreadable_payload", "this is not a play-by-play of stats.nba.com: no table")
    table = tables.result_sets[0]
    for length in slices(len(table.row_set), steps):
        shown = Table(name=table.name, headers=table.headers, row_set=table.row_set[:length])
        yield _ENCODER.encode(Tables(resource=tables.resource, result_sets=[shown]))


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """A table whose headers are those of a play-by-play."""
    head = body[:4096]
    return b'"resultSets"' in head and b'"EVENTMSGTYPE"' in head


STATS_NBA_COM = Format(
    name=PROVIDER,
    sport=nba.SPORT,
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("summary", "boxscore", "shots_home", "shots_away"),
    grow=grow,
)
