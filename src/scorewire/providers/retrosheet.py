"""Retrosheet: event files of Major League Baseball, a season of a club's home games, every play of them.

Quirks that this file decides:
    - No score is in the file, nor outs, nor who is on base: all of it follows from the plays, whose
      grammar is read in retrosheet_play.py. A play that does not fit what went before it is told as it
      stands and counted (`inconsistent_play`).
    - There are neither ids nor revisions. A play is named by its half-inning and its number in it
      (`9b4`), what else comes of it by a word behind that (`9b4-runs`), a substitution by its number in
      the game.
    - Start times are the clock of the park, whose zone the file does not name; they are taken for UTC.
      Plays have no times: one is taken to last 45 s and a change of sides two minutes, so that a replay
      has a pace.
    - NP rows say nothing but where a substitution stands: skipped (`no_play`).
    - `radj` puts the runner of an extra inning on second. It stands before the first play of the
      half-inning, before or after its first NP row. `info,tiebreaker` says that there is this rule in the
      game; where it is absent there is none. `info,innings` has the length; `info,htbf` that the home
      side bats first.
    - A replay review is a comment,
      `replay,INNING,PLAYER,TEAM,UMPIRE,PARK,REASON,REVERSED,BY,CHALLENGER,TYPE`, after its play, which
      already says what stood in the end: what had been called first the file does not say. Hence
      REVIEW_STARTED and REVIEW_ENDED, and no cancelled play. Ejections are comments too.
    - Whoever is on the field already and gets another position is a POSITION_CHANGE.
    - A game called early has no mark but a comment; it is ended by GAME_END with what the comment names.
    - Hands of switch hitters (`badj`, `padj`), batting out of turn (`ladj`) and earned runs (`data`)
      change nothing here: skipped under these names. Other comments are prose: skipped (`comment`).
    - Pitch sequences make no claims: the older seasons do not have them.

Source: retrosheet.org, "Event File Description". The information used here was obtained free of charge
from and is copyrighted by Retrosheet. Interested parties may contact Retrosheet at www.retrosheet.org.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import Detail, GameDeclared, League, Player, ProviderEvent, Side, Team
from scorewire.providers import retrosheet_play
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    rfc3339,
)
from scorewire.providers.retrosheet_file import Game, read, whole
from scorewire.providers.retrosheet_play import Part, Play

PROVIDER = "retrosheet"
PLAY_MS = 45_000
SIDES_CHANGE_MS = 120_000
INNINGS_MAX = 49
"""As many as the numbers of periods allow."""
POSITIONS = ("", "P", "C", "1B", "2B", "3B", "SS", "LF", "CF", "RF", "DH", "PH", "PR")
PITCHER, PINCH_HITTER, PINCH_RUNNER = 1, 11, 12
SKIPPED = {
    "data": "earned_runs",
    "badj": "batting_hand",
    "padj": "pitching_hand",
    "ladj": "batting_out_of_turn",
}
ONE_OUT = frozenset({"STRIKEOUT", "OUT", "CAUGHT_STEALING", "PICKOFF", "RUNNER_OUT"})
"""Types that make an out where they do not say how many."""
AT_BAT = frozenset(
    {
        "STRIKEOUT",
        "OUT",
        *retrosheet_play.REACHES.values(),
        *(kind for kind, _ in retrosheet_play.HITS.values()),
    }
)

_CALLED = re.compile(r"game (?:was )?called (?:for|due to|because of|by|on account of) (\w{1,20})")
_COUNT = re.compile(r"[0-3][0-2]\Z")


@dataclass(slots=True)
class Reading:
    """A game while its rows are read in order.

    Attributes:
        clubs: the codes of the two.
        order: who stands in each place of the batting order; 0 is a pitcher who does not bat.
        fielders: who plays each position.
        placed: the runner of an extra inning, until its first play.
        half: the half-inning that is read: its period, whether the home side bats, plays and outs so far.
    """

    transcript: Transcript
    home_bats_first: bool
    now_ms: int
    clubs: dict[str, Side]
    names: dict[str, str] = field(default_factory=dict)
    side_of: dict[str, Side] = field(default_factory=dict)
    order: dict[Side, dict[str, str]] = field(default_factory=lambda: {"home": {}, "away": {}})
    fielders: dict[Side, dict[int, str]] = field(default_factory=lambda: {"home": {}, "away": {}})
    bases: dict[int, str] = field(default_factory=dict)
    placed: tuple[str, int] | None = None
    period: int = 0
    batting: Side = "away"
    plays: int = 0
    outs: int = 0
    reason: str = ""
    numbers: Counter[str] = field(default_factory=Counter)

    @property
    def fielding(self) -> Side:
        """The side that does not bat."""
        return "home" if self.batting == "away" else "away"

    def player(self, known: str) -> Player | None:
        """By the file's own id."""
        named = f"{PROVIDER}-{known}"
        return Player(id=named, name=self.names.get(known, "")) if known and is_id(named) else None

    def number(self, what: str) -> str:
        """`sub-1`, `sub-2` ..."""
        self.numbers[what] += 1
        return f"{what}-{self.numbers[what]}"

    def claim(
        self,
        event: str,
        kind: str,
        *,
        team: Side | None = None,
        who: str = "",
        detail: Detail | None = None,
        timeless: bool = False,
    ) -> None:
        """Write one claim down; `timeless` ones are about the game and name no half-inning."""
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id="",
                event=event,
                revision=1,
                type=kind,
                team=team,
                period=None if timeless or not self.period else self.period,
                player=self.player(who),
                detail=detail or {},
                time_ms=self.now_ms,
            )
        )


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    games, lost = read(body)
    skipped = Counter[str]({"unreadable_row": lost} if lost else {})
    found: list[Decoded] = []
    for game in games:
        visitors, home = game.info.get("visteam", ""), game.info.get("hometeam", "")
        if visitors and home and visitors != home:
            found.append(_game(game))
        else:
            skipped["teams_unknown"] += 1
    if not found:
        raise FeedError("unreadable_payload", "this is not a Retrosheet event file: no game names two teams")
    for one in found:
        skipped.update(one.skipped)
    return Decoded(
        found[0].game if len(found) == 1 else "",
        tuple(declared for one in found for declared in one.declarations),
        tuple(event for one in found for event in one.events),
        dict(skipped),
    )


def _game(game: Game) -> Decoded:
    reading = Reading(
        transcript=Transcript(provider=PROVIDER, game_id=f"{PROVIDER}-{game.id.lower()}"),
        home_bats_first=game.info.get("htbf") == "true",
        now_ms=game.start_ms or 0,
        clubs={game.info["visteam"]: "away", game.info["hometeam"]: "home"},
    )
    _lineups(reading, game)
    for row in game.rows:
        _row(reading, row)
    if reading.period:
        reading.claim("end", "GAME_END", detail={"reason": reading.reason} if reading.reason else {})
        reading.claim("final", "GAME_FINAL", timeless=True)
    return reading.transcript.decoded(game=game.id, declaration=_declaration(game))


def _side(text: str) -> Side:
    return "home" if text == "1" else "away"


def _lineups(reading: Reading, game: Game) -> None:
    sheets: dict[Side, Detail] = {"away": {}, "home": {}}
    for row in game.rows:
        if row[0] != "start":
            continue
        position = whole(row[5]) if len(row) > 5 else None
        if position is None:
            reading.transcript.skip("unreadable_row")
            continue
        side = _side(row[3])
        _comes_in(reading, side, row[1], row[2], slot=row[4], position=position)
        player = reading.player(row[1])
        if player is not None:
            sheets[side][player.id] = f"|{player.name.replace('|', ' ')}|{_position(position)}|starter"
    for side, sheet in sheets.items():
        if sheet:
            reading.claim(f"lineup-{side}", "LINEUP", team=side, detail=sheet)


def _position(number: int) -> str:
    return POSITIONS[number] if number < len(POSITIONS) else ""


def _comes_in(reading: Reading, side: Side, known: str, name: str, *, slot: str, position: int) -> None:
    reading.names[known] = name
    reading.side_of[known] = side
    reading.order[side][slot] = known
    if 1 <= position <= 9:
        reading.fielders[side][position] = known


def _row(reading: Reading, row: list[str]) -> None:
    kind = row[0]
    inning = whole(row[1]) if kind == "play" and len(row) > 6 else None
    position = whole(row[5]) if kind == "sub" and len(row) > 5 else None
    if inning is not None and 1 <= inning <= INNINGS_MAX:
        _play_row(reading, row, inning)
    elif position is not None:
        _substitution(reading, row, position)
    elif kind == "com" and len(row) > 1:
        _comment(reading, row[1])
    elif kind == "radj" and len(row) > 2 and row[2] in {"1", "2", "3"}:
        reading.placed = (row[1], int(row[2]))
    elif kind != "start":
        known = {"play", "sub", "com", "radj"}
        reading.transcript.skip("unreadable_row" if kind in known else SKIPPED.get(kind, "unknown_row"))


def _play_row(reading: Reading, row: list[str], inning: int) -> None:
    side = _side(row[2])
    period = inning * 2 - 1 + ((side == "home") != reading.home_bats_first)
    if period != reading.period:
        _half(reading, period, side)
    if row[6] == "NP":
        reading.transcript.skip("no_play")
        return
    if reading.placed is not None:
        who, base = reading.placed
        reading.placed = None
        reading.bases = {**reading.bases, base: who}
        reading.claim(
            f"{_half_name(reading)}-placed", "RUNNER_PLACED", team=side, who=who, detail=_bases(reading)
        )
    stood = {**reading.bases, retrosheet_play.BATTER: row[3]}
    play = retrosheet_play.read(row[6], row[3], reading.bases)
    if play is None:
        reading.transcript.skip("unknown_play")
        return
    reading.plays += 1
    reading.bases = play.bases
    reading.outs += play.outs
    if play.flaws and reading.outs < 3:
        reading.transcript.skip("inconsistent_play")
    _tell(reading, play, stood, count=row[4])
    reading.now_ms += PLAY_MS


def _half(reading: Reading, period: int, side: Side) -> None:
    if reading.period:
        reading.now_ms += SIDES_CHANGE_MS
    reading.period, reading.batting = period, side
    reading.plays = reading.outs = 0
    reading.bases = {}
    reading.claim(f"{_half_name(reading)}-start", "PERIOD_START", team=side)


def _half_name(reading: Reading) -> str:
    return f"{(reading.period + 1) // 2}{'t' if reading.period % 2 else 'b'}"


def _bases(reading: Reading) -> Detail:
    return {"bases": "".join(str(base) for base in sorted(reading.bases))}


def _tell(reading: Reading, play: Play, stood: dict[int, str], *, count: str) -> None:
    """Runs first, so that a run that ends the game and the third out after it come in this order."""
    event = f"{_half_name(reading)}{reading.plays}"
    first = play.parts[0] if play.parts else Part("")
    batter = stood[retrosheet_play.BATTER]
    if play.scored and first.kind != "HOME_RUN":
        at_bat = batter if first.kind in AT_BAT else ""
        what: Detail = {"kind": play.kind or first.kind.lower()} if first.kind else {}
        reading.claim(
            f"{event}-runs", "RUNS", team=reading.batting, who=at_bat, detail={**_runs(reading, play), **what}
        )
    for number, part in enumerate(play.parts[1:], 2):
        _tell_part(reading, part, f"{event}-{number}", stood, {})
    if first.kind:
        detail: Detail = {**_bases(reading), **_pitcher(reading)}
        if play.kind:
            detail["kind"] = play.kind
        if first.kind == "HOME_RUN":
            detail |= _runs(reading, play)
        if first.kind not in AT_BAT and _COUNT.match(count):
            detail |= {"balls": int(count[0]), "strikes": int(count[1])}
        _tell_part(reading, first, event, stood, detail)
    for number, position in enumerate(play.errors, 1):
        by = reading.fielders[reading.fielding].get(position, "")
        where: Detail = {"position": _position(position)}
        reading.claim(f"{event}-error-{number}", "ERROR", team=reading.fielding, who=by, detail=where)


def _runs(reading: Reading, play: Play) -> Detail:
    scorers = " ".join(player.id for one in play.scored if (player := reading.player(one)) is not None)
    # That none is unearned is told too: who hears nothing of it cannot count earned runs.
    return {"runs": len(play.scored), "rbi": play.batted_in, "scored": scorers, "unearned": play.unearned}


def _pitcher(reading: Reading) -> Detail:
    pitcher = reading.player(reading.fielders[reading.fielding].get(PITCHER, ""))
    return {"pitcher": pitcher.name, "pitcher_id": pitcher.id} if pitcher is not None else {}


def _tell_part(reading: Reading, part: Part, event: str, stood: dict[int, str], detail: Detail) -> None:
    kind = part.kind
    if kind == "PICKOFF" and not part.outs:
        kind, detail = "ADVANCE", {**detail, "kind": "error"}
    if part.outs != (kind in ONE_OUT):
        detail = {**detail, "outs": part.outs}
    reading.claim(event, kind, team=reading.batting, who=stood.get(part.runner, ""), detail=detail)


def _substitution(reading: Reading, row: list[str], position: int) -> None:
    side, known, slot = _side(row[3]), row[1], row[4]
    out = reading.order[side].get(slot, "")
    here = known in reading.order[side].values()
    if not here and known == out:
        reading.transcript.skip("unreadable_row")
        return
    _comes_in(reading, side, known, row[2], slot=slot, position=position)
    where: Detail = {"position": _position(position)}
    if here:
        reading.claim(reading.number("sub"), "POSITION_CHANGE", team=side, who=known, detail=where)
        return
    if position == PINCH_RUNNER:
        reading.bases = {base: known if who == out else who for base, who in reading.bases.items()}
    kinds = {PITCHER: "pitcher", PINCH_HITTER: "pinch_hitter", PINCH_RUNNER: "pinch_runner"}
    player = reading.player(known)
    into: Detail = {"in": row[2], "in_id": player.id} if player is not None else {"in": row[2]}
    detail: Detail = {**into, **where, "kind": kinds.get(position, "fielder")}
    reading.claim(reading.number("sub"), "SUBSTITUTION", team=side, who=out, detail=detail)


def _comment(reading: Reading, text: str) -> None:
    word, *fields = text.split(",")
    if word == "replay" and len(fields) > 8:
        _review(reading, fields)
        return
    if word == "ej" and fields:
        side = reading.side_of.get(fields[0])
        if side is not None:
            reading.claim(reading.number("ejection"), "EJECTION", team=side, who=fields[0])
            return
        # Managers and coaches are in no line-up, so nobody can tell whose they are.
        reading.transcript.skip("ejection_side_unknown")
        return
    called = _CALLED.search(text)
    if called is not None:
        reading.reason = called[1]
    reading.transcript.skip("comment")


def _review(reading: Reading, fields: list[str]) -> None:
    """`fields`: inning, player, his team, umpire, park, reason, whether reversed, by whom, challenger."""
    event = reading.number("review")
    decisions: dict[str, Detail] = {"Y": {"decision": "overturned"}, "N": {"decision": "upheld"}}
    decision = decisions.get(fields[6], {})
    side = reading.clubs.get(fields[8]) if fields[7] == "M" else None
    reading.claim(event, "REVIEW_STARTED", team=side, who=fields[1])
    reading.claim(f"{event}-decision", "REVIEW_ENDED", team=side, who=fields[1], detail=decision)


def _declaration(game: Game) -> GameDeclared:
    info = game.info
    rules: Detail = {"extra_runner": "tiebreaker" in info}
    innings = whole(info.get("innings", ""))
    if innings and innings != 9:
        rules["innings"] = innings
    if info.get("htbf") == "true":
        rules["home_bats_first"] = True
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"{PROVIDER}-{game.id.lower()}",
        event=f"{PROVIDER}-{game.id.lower()}",
        revision=1,
        sport="baseball",
        league=League(id="mlb", name="Major League Baseball"),
        season=info.get("date", "")[:4],
        start=UNDATED if game.start_ms is None else rfc3339(game.start_ms),
        home=_team(info["hometeam"]),
        away=_team(info["visteam"]),
        provider_ids={PROVIDER: game.id},
        rules=rules,
    )


def _team(code: str) -> Team:
    return Team(id=code.lower(), name=code, abbr=code)


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The id of a game in the first row, and rows that no other format has."""
    head = body[:4096].lstrip()
    return head.startswith(b"id,") and b"info,visteam" in head


RETROSHEET = Format(
    name=PROVIDER,
    sport="baseball",
    sequence="dense",
    recognise=recognise,
    decode=decode,
)
