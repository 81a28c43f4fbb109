"""NBA play-by-play of data.nba.com: `GAME_full_pbp.json`, used by its mobile applications until 2023.

Quirks that this file decides:
    - The order is that of the lists, period by period; `evt` is the id, with gaps. `sequence` is the position
      among the claims made, 1..N, dense.
    - The clock keeps tenths in the last minute of a period: `00:51.4`.
    - `hs`, `vs` are the score after the entry, home and visitor. `gcode` names the visitor first
      (`20161130/WASOKC`: Washington at Oklahoma City); which number is which team is read off the
      descriptions (`[OKC 4-2] ...`) or the companion `details`.
    - Players are numbers; their names come with `details`, and are empty without it.
    - `opt1` is 2 or 3 for field goals, and for free throws 1 if made and 2 if missed. `opid` is who stole or
      blocked, `epid` who assisted or came on.
    - `locX`, `locY` are tenths of feet from the hoop; 0, -80 stands for no place. Fouls have a place too, but
      in nobody's direction: only shots keep theirs.
    - No time of the play is stated: it is nominal, from the start, the clock and the breaks.
    - No edit is marked either: every claim has revision 1, and of two the later received wins.

Source: payloads of data.nba.com/data/v2015/json/mobile_teams/nba.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Raw, Struct

from scorewire.model.provider_event import Detail, GameDeclared, Player, ProviderEvent, Side, Venue
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
from scorewire.providers.nba_codes import FREE_THROW, MADE, MISSED, TURNOVER, Entry, Reader

PROVIDER = "data_nba_com"
NOWHERE = (0, -80)


class Play(Struct, frozen=True):
    """One entry."""

    evt: int
    etype: int
    cl: str = ""
    de: str = ""
    mtype: int = 0
    opt1: int = 0
    loc_x: int = msgspec.field(name="locX", default=0)
    loc_y: int = msgspec.field(name="locY", default=-80)
    tid: int = 0
    pid: int = 0
    opid: str = ""
    epid: str = ""
    hs: int | None = None
    vs: int | None = None


class Period(Struct, frozen=True):
    """One period."""

    p: int
    pla: list[Raw]


class Plays(Struct, frozen=True):
    """`g`."""

    gid: str
    gcode: str
    pd: list[Period]


class PlayByPlay(Struct, frozen=True):
    """The payload."""

    g: Plays


class DetailPlayer(Struct, frozen=True):
    """One player of the details."""

    pid: int
    fn: str = ""
    ln: str = ""
    num: str = ""
    pos: str = ""
    status: str = "A"


class DetailTeam(Struct, frozen=True):
    """One team of the details."""

    tid: int
    ta: str
    tn: str = ""
    tc: str = ""
    pstsg: list[DetailPlayer] = []


class Details(Struct, frozen=True):
    """`g` of the details."""

    hls: DetailTeam
    vls: DetailTeam
    gdtutc: str = ""
    utctm: str = ""
    an: str = ""


class GameDetail(Struct, frozen=True):
    """The companion `details`."""

    g: Details


_PAYLOAD = msgspec.json.Decoder(PlayByPlay)
_PLAY = msgspec.json.Decoder(Play)
_DETAILS = msgspec.json.Decoder(GameDetail)
_ENCODER = msgspec.json.Encoder()
_CODE = re.compile(r"\d{8}/([A-Z]{3})([A-Z]{3})\Z")
_OF_TEAM = re.compile(r"\[([A-Z]{3})[\] ]")


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Companion: `details` (names, line-ups, start, venue)."""
    game = read_json(_PAYLOAD, body, "a play-by-play of data.nba.com").g
    found = read_companion(_DETAILS, companions, "details")
    details = found.g if found else None
    transcript = Transcript(provider=PROVIDER, game_id=nba.game_slug(game.gid))
    plays = _plays(game, transcript)
    start = _start(details)
    reader = Reader(transcript=transcript, start_ms=time_ms(start) or 0)
    if details:
        _lineups(reader, details)
    names = _names(details)
    teams = _teams(game, plays, details)
    for period, play in plays:
        reader.read(_entry(period, play, teams, names))
    return transcript.decoded(game=game.gid, declaration=_declaration(game, details, start))


def _plays(game: Plays, transcript: Transcript) -> list[tuple[int, Play]]:
    plays: list[tuple[int, Play]] = []
    for period in game.pd:
        for raw in period.pla:
            try:
                plays.append((period.p, _PLAY.decode(raw)))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                transcript.skip("unreadable_play")
    return plays


def _tricodes(game: Plays, details: Details | None) -> dict[str, Side]:
    if details:
        return {details.hls.ta: "home", details.vls.ta: "away"}
    match = _CODE.match(game.gcode)
    return {match[2]: "home", match[1]: "away"} if match else {}


def _teams(game: Plays, plays: list[tuple[int, Play]], details: Details | None) -> dict[int, Side]:
    """The side of each team's number."""
    if details:
        return {details.hls.tid: "home", details.vls.tid: "away"}
    tricodes = _tricodes(game, None)
    teams: dict[int, Side] = {}
    for _, play in plays:
        match = _OF_TEAM.match(play.de)
        if match and play.tid and match[1] in tricodes:
            teams.setdefault(play.tid, tricodes[match[1]])
    return teams


def _names(details: Details | None) -> dict[int, str]:
    if details is None:
        return {}
    return {
        one.pid: f"{one.fn} {one.ln}".strip() for team in (details.hls, details.vls) for one in team.pstsg
    }


def _entry(period: int, play: Play, teams: dict[int, Side], names: dict[int, str]) -> Entry:
    thief_or_blocker = _player(play.opid, names)
    shot = play.etype in {MADE, MISSED}
    placed = shot and (play.loc_x, play.loc_y) != NOWHERE
    return Entry(
        event=str(play.evt),
        code=play.etype,
        action=play.mtype,
        period=period,
        left_s=nba_codes.seconds(play.cl),
        team=teams.get(play.tid),
        player=nba.player(play.pid, names.get(play.pid, "")),
        second=thief_or_blocker if play.etype == TURNOVER else _player(play.epid, names),
        blocker=thief_or_blocker if play.etype == MISSED else None,
        made=play.etype == MADE or (play.etype == FREE_THROW and play.opt1 == 1),
        three=shot and play.opt1 == 3,
        place=nba.from_hoop(play.loc_x, play.loc_y) if placed else None,
        score=nba.score(play.hs, play.vs),
        text=play.de or None,
    )


def _player(number: str, names: dict[int, str]) -> Player | None:
    if not number.isdecimal() or len(number) > 12:
        return None
    return nba.player(int(number), names.get(int(number), ""))


def _lineups(reader: Reader, details: Details) -> None:
    sides: tuple[tuple[Side, DetailTeam], ...] = (("home", details.hls), ("away", details.vls))
    for side, team in sides:
        lineup: Detail = {
            nba.player_id(one.pid): nba.line(one.num, f"{one.fn} {one.ln}", one.pos, starter=bool(one.pos))
            for one in team.pstsg
            if one.status == "A"
        }
        reader.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=reader.transcript.game_id,
                event=f"lineup-{side}",
                revision=1,
                type="LINEUP",
                team=side,
                detail=lineup,
                time_ms=reader.start_ms,
            )
        )


def _start(details: Details | None) -> str:
    moment = time_ms(f"{details.gdtutc}T{details.utctm}:00Z") if details else None
    return UNDATED if moment is None else rfc3339(moment)


def _declaration(game: Plays, details: Details | None, start: str) -> GameDeclared | None:
    if details is None:
        sides: dict[Side, str] = {side: tricode for tricode, side in _tricodes(game, None).items()}
        if len(sides) != 2:
            return None
        home, away = nba.team(sides["home"]), nba.team(sides["away"])
    else:
        home = nba.team(details.hls.ta, city=details.hls.tc, nickname=details.hls.tn)
        away = nba.team(details.vls.ta, city=details.vls.tc, nickname=details.vls.tn)
    venue = Venue(name=details.an) if details and details.an else None
    return nba.declare(provider=PROVIDER, game=game.gid, home=home, away=away, start=start, venue=venue)


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the plays, across the periods."""
    game = read_json(_PAYLOAD, body, "a play-by-play of data.nba.com").g
    for length in slices(sum(len(period.pla) for period in game.pd), steps):
        left = length
        periods: list[Period] = []
        for period in game.pd:
            if left > 0:
                periods.append(Period(p=period.p, pla=period.pla[:left]))
            left -= len(period.pla)
        yield _ENCODER.encode(PlayByPlay(g=Plays(gid=game.gid, gcode=game.gcode, pd=periods)))


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Periods of plays with an `evt`."""
    head = body[:4096]
    return b'"gid"' in head and b'"pla"' in head and b'"evt"' in head


DATA_NBA_COM = Format(
    name=PROVIDER,
    sport=nba.SPORT,
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("details",),
    grow=grow,
)
