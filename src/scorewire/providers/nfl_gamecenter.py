"""NFL GameCenter: `GAME_gtd.json`, the whole game by drives, written again after every play (2009 to 2019).

Quirks that this file and its neighbours decide:
    - Drives are keyed `1` to `n`, beside `crntdrv`, the number of the drive under way. Plays are keyed by
      their id, and their order is that of the ids as numbers. The ids stay; so do the ids of the claims
      (nfl_gamecenter_plays.py). `sequence` is the position among the claims, 1..N, dense; whoever polls the
      file live declares it `sparse`.
    - There is no time of an edit: every claim has revision 1, and of two the later received wins.
    - The score is stated by quarter under `1` to `5` (all overtimes together) and in all under `T`, never
      with a play. So the end of a quarter and the end of the game carry it, and nothing else does.
    - Points are believed from the statistics of a play, and never from its sentence, but for those that were
      taken away: a touchdown reversed by a review, or nullified by a penalty, stands in the sentence alone.
    - Quarters have no start, and their ends are now and then missing: both follow from the plays. The end of
      the game is an entry, or the quarter `Final` of the frame, or both.
    - `down`, `togo` and `yrdln` are those before a play; our claims say what comes after it, so they are
      taken from the next play, and for the newest from the frame.
    - A play's `time` is the clock at its snap; ends of quarters have none.
    - `JAC` and `JAX` are one team.
    - The number of the game holds its date and no time; the time of a play is nominal, from the clock.

Source: payloads of nfl.com/liveupdate/game-center.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    ProviderEvent,
    Side,
    SideScore,
    Venue,
)
from scorewire.providers import nfl_gamecenter_teams as teams
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    slices,
    time_ms,
)
from scorewire.providers.nfl_gamecenter_file import Entry, Game, entries, read
from scorewire.providers.nfl_gamecenter_plays import Reader, clock, situation

PROVIDER = "nfl_gamecenter"
SPORT = "american_football"
LEAGUE = League(id="nfl", name="NFL")
QUARTER_S: Final = 900
BREAK_S: Final = 120
PACE: Final = 3
"""Wall seconds in one second of the clock, nominally: a game of 60 minutes takes three hours."""

_END_QUARTER = re.compile(r"END QUARTER (\d)", re.ASCII)
_STOPPED = {"suspended": "GAME_SUSPENDED", "delayed": "GAME_DELAYED", "postponed": "GAME_POSTPONED"}


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    number, game = read(body)
    transcript = Transcript(provider=PROVIDER, game_id=f"nfl-{number}")
    if game is None:
        return transcript.decoded(game=number, declaration=None)
    sides: dict[str, Side] = {
        teams.abbreviation(game.home.abbr): "home",
        teams.abbreviation(game.away.abbr): "away",
    }
    _Story(number, game, sides, transcript).tell(entries(game, transcript.skipped))
    return transcript.decoded(game=number, declaration=_declaration(number, game))


def _is_play(entry: Entry) -> bool:
    """Whether anything was played, rather than said between plays."""
    return bool(entry.posteam)


class _Story:
    """The game from start to end: the edges of its quarters between its plays."""

    def __init__(self, number: str, game: Game, sides: dict[str, Side], transcript: Transcript) -> None:
        self.game = game
        self.sides = sides
        self.transcript = transcript
        self.state = str(game.qtr or "").strip().lower()
        self.start_ms = self.now_ms = time_ms(_start(number)) or 0
        self.quarter = 0
        self.closed = True
        self.over = False

    def tell(self, found: dict[int, Entry]) -> None:
        """Every claim, in order of play."""
        reader = Reader(self.sides, self.transcript)
        if found or self.state == "pregame":
            self._edge("pregame", "PRE_GAME", None)
        numbers = list(found)
        for index, number in enumerate(numbers):
            self._entry(reader, number, found[number], self._after(found, numbers[index + 1 :]))
        if self.state == "halftime" and self.quarter == 2:
            self._close()
        if self.state in _STOPPED:
            self._edge(f"status-{self.state}", _STOPPED[self.state], self.quarter or None)
        if self.state.startswith("final"):
            self._end(clock(self.game.clock))
            self._edge("final", "GAME_FINAL", None, score=self._total())

    def _entry(self, reader: Reader, number: int, entry: Entry, after: Detail) -> None:
        ended = _END_QUARTER.match(entry.desc)
        if entry.qtr < self.quarter and not ended:
            self.transcript.skip("quarter_went_back")
            return
        if not ended:
            self._open(entry.qtr)
        self._pass_time(entry)
        if ended:
            if int(ended[1]) == self.quarter:
                self._close()
        elif entry.desc.startswith("END GAME"):
            self._end(clock(entry.time))
        elif entry.desc.startswith("Two-Minute Warning"):
            reader.plain(number, entry, "TWO_MINUTE_WARNING", self.now_ms)
        elif entry.desc.startswith("Timeout") and not entry.posteam:
            reader.timeout(number, entry, self.now_ms)
        elif _is_play(entry):
            before = len(self.transcript.events)
            reader.read(number, entry, after, self.now_ms)
            if len(self.transcript.events) == before:
                self.transcript.skip("nothing_told")
        else:
            self.transcript.skip("unknown_entry")

    def _after(self, found: dict[int, Entry], later: Sequence[int]) -> Detail:
        """The situation that a play leaves: that of the next one, or of the frame."""
        following = next((found[number] for number in later if _is_play(found[number])), None)
        if following is not None:
            return situation(
                self.sides, following.posteam, following.down, following.ydstogo, following.yrdln
            )
        if self.state.startswith("final"):
            return {}
        frame = self.game
        return situation(self.sides, frame.posteam, frame.down, frame.togo, frame.yl)

    def _open(self, quarter: int) -> None:
        """The start of a quarter, and what must have ended before it."""
        if quarter <= self.quarter:
            return
        if not self.closed:
            self._close()
        self.quarter, self.closed = quarter, False
        self._edge(f"q{quarter}-start", "PERIOD_START", quarter)

    def _close(self) -> None:
        if not self.closed:
            self.closed = True
            self._edge(f"q{self.quarter}-end", "PERIOD_END", self.quarter, score=self._so_far(self.quarter))

    def _end(self, shown: str | None) -> None:
        if not self.over:
            self.over = True
            self._edge("end", "GAME_END", self.quarter or None, shown=shown, score=self._total())

    def _pass_time(self, entry: Entry) -> None:
        """The nominal time goes with the clock, and never back."""
        shown = clock(entry.time)
        if shown is None:
            return
        minutes, _, seconds = shown.partition(":")
        left_s = min(int(minutes) * 60 + int(seconds), QUARTER_S)
        played_s = (entry.qtr - 1) * (QUARTER_S * PACE + BREAK_S) + (QUARTER_S - left_s) * PACE
        self.now_ms = max(self.now_ms, self.start_ms + played_s * 1000)

    def _so_far(self, quarter: int) -> SideScore | None:
        """The score at the end of a quarter, where the feed states every quarter up to it."""
        if quarter > 4:
            return self._total()
        names = [str(one) for one in range(1, quarter + 1)]
        lines = [(self.game.home.score.get(name), self.game.away.score.get(name)) for name in names]
        if any(home is None or away is None for home, away in lines):
            return None
        return _score(sum(home or 0 for home, _ in lines), sum(away or 0 for _, away in lines))

    def _total(self) -> SideScore | None:
        return _score(self.game.home.score.get("T"), self.game.away.score.get("T"))

    def _edge(
        self,
        event: str,
        kind: str,
        period: int | None,
        *,
        shown: str | None = None,
        score: SideScore | None = None,
    ) -> None:
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id="",
                event=event,
                revision=1,
                type=kind,
                period=period,
                clock=shown,
                score=score,
                time_ms=self.now_ms,
            )
        )


def _score(home: int | None, away: int | None) -> SideScore | None:
    if home is None or away is None or home < 0 or away < 0:
        return None
    return SideScore(home=home, away=away)


def _start(number: str) -> str:
    """Midnight of the day of the game: the feed knows no time."""
    day = teams.date(number)
    return UNDATED if day is None else f"{day[0]:04}-{day[1]:02}-{day[2]:02}T00:00:00Z"


def _declaration(number: str, game: Game) -> GameDeclared:
    start, year = _start(number), teams.season(number)
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"nfl-{number}",
        event=f"{number}-scheduled",
        revision=1,
        sport=SPORT,
        league=LEAGUE,
        season=str(year) if year else "",
        round="Playoffs" if teams.is_playoff(number) else "",
        start=start,
        venue=Venue(name=game.stadium[:200]) if game.stadium else None,
        home=teams.team(game.home.abbr),
        away=teams.team(game.away.abbr),
        provider_ids={PROVIDER: number},
        rules=teams.rules(number),
        time_ms=time_ms(start) or 0,
    )


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the plays, the frame as it was after the last of them."""
    number, game = read(body)
    found = entries(game, Transcript(provider=PROVIDER, game_id="").skipped) if game is not None else {}
    payload: dict[str, Any] = msgspec.json.decode(body)
    numbers = list(found)
    for length in slices(len(numbers), steps):
        yield body if length == len(numbers) else _cut(payload, number, found, length)


def _cut(payload: dict[str, Any], number: str, found: dict[int, Entry], length: int) -> bytes:
    """The file as it was when the first `length` entries had been written."""
    numbers = list(found)
    kept, last = {str(one) for one in numbers[:length]}, found[numbers[length - 1]]
    following = next((found[one] for one in numbers[length:] if _is_play(found[one])), None)
    game = payload[number]
    drives: dict[str, Any] = {}
    for name, drive in game["drives"].items():
        if isinstance(drive, dict) and isinstance(drive.get("plays"), dict):
            plays = {key: play for key, play in drive["plays"].items() if key in kept}
            if plays:
                drives[name] = {**drive, "plays": plays}
    drives["crntdrv"] = len(drives)
    frame = {
        **game,
        "drives": drives,
        "qtr": str(last.qtr),
        "clock": last.time,
        "down": following.down if following else 0,
        "togo": following.ydstogo if following else 0,
        "yl": following.yrdln if following else "",
        "posteam": following.posteam if following else "",
    }
    return msgspec.json.encode({**payload, number: frame})


_HEAD = re.compile(rb'"\d{10}"\s*:\s*\{\s*"(?:home|away)"\s*:\s*\{')


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """A game's number, and in it a team's score by quarter."""
    head = body[:4096]
    return _HEAD.search(head) is not None and b'"score"' in head and b'"T"' in head


NFL_GAMECENTER = Format(
    name=PROVIDER,
    sport=SPORT,
    sequence="dense",
    recognise=recognise,
    decode=decode,
    grow=grow,
)
