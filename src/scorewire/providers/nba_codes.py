"""The codes of the two older NBA feeds, and the claim that one of their entries makes.

data.nba.com (`etype`, `mtype`) and stats.nba.com (EVENTMSGTYPE, EVENTMSGACTIONTYPE) write the same numbers.
Each feed reads its entries into `Entry`; `Reader` turns entries into claims, the same way for both.

Quirks that this file decides:
    - A made shot holds its assist; a missed one its block; a turnover its steal. Assists stay in the
      basket's detail; blocks and steals are claims of their own (`ID-block`, `ID-steal`).
    - A rebound does not say of which kind it is: it is offensive where the rebounding team missed last, and
      a team's rebound (nobody's) after a free throw that was not the last one is `deadball`.
    - A replay arrives as one entry with the ruling: REVIEW_STARTED (`ID-start`) and REVIEW_ENDED.
    - No entry ends the game: the end of the fourth or a later period that does not leave the score level
      does (`ID-end`, `ID-final`).

Source: payloads of both feeds for one game, compared line by line; NBA rule book 12 (kinds of fouls).
"""

from dataclasses import dataclass

from scorewire.model.provider_event import Detail, Player, ProviderEvent, Side, SideScore
from scorewire.providers import nba
from scorewire.providers.format import Transcript

MADE, MISSED, FREE_THROW, REBOUND, TURNOVER, FOUL = 1, 2, 3, 4, 5, 6
VIOLATION, SUBSTITUTION, TIMEOUT, JUMP_BALL, EJECTION = 7, 8, 9, 10, 11
PERIOD_START, PERIOD_END, REPLAY = 12, 13, 18

PLAIN = {
    REBOUND: "REBOUND",
    TURNOVER: "TURNOVER",
    FOUL: "FOUL",
    VIOLATION: "VIOLATION",
    SUBSTITUTION: "SUBSTITUTION",
    TIMEOUT: "TIMEOUT",
    JUMP_BALL: "JUMP_BALL",
    EJECTION: "EJECTION",
}
FOULS = {
    1: "personal",
    2: "shooting",
    3: "loose_ball",
    4: "offensive",
    5: "inbound",
    6: "away_from_play",
    8: "punch",
    9: "clear_path",
    10: "double",
    11: "technical",
    12: "technical",
    13: "technical",
    14: "flagrant_1",
    15: "flagrant_2",
    16: "technical",
    17: "technical",
    18: "technical",
    19: "technical",
    25: "technical",
    26: "offensive",
    27: "personal",
    28: "take",
    29: "shooting",
    30: "technical",
}
"""Charges are offensive; taunting, delay, hanging on the rim and defensive three seconds are technical."""
TURNOVERS = {
    1: "bad_pass",
    2: "lost_ball",
    4: "traveling",
    5: "offensive_foul",
    6: "double_dribble",
    7: "discontinued_dribble",
    8: "3_second_violation",
    9: "5_second_violation",
    10: "8_second_violation",
    11: "shot_clock",
    12: "inbound",
    13: "backcourt",
    15: "offensive_goaltending",
    17: "lane_violation",
    19: "kicked_ball",
    21: "palming",
    37: "offensive_foul",
    39: "out_of_bounds",
    40: "out_of_bounds",
    45: "out_of_bounds",
}
VIOLATIONS = {
    1: "delay_of_game",
    2: "defensive_goaltending",
    3: "lane",
    4: "jump_ball",
    5: "kicked_ball",
    6: "double_lane",
}
TIMEOUTS = {1: "full", 2: "short", 4: "official"}
KINDS = {FOUL: FOULS, TURNOVER: TURNOVERS, VIOLATION: VIOLATIONS, TIMEOUT: TIMEOUTS}
ATTEMPTS = {
    10: "1 of 1",
    11: "1 of 2",
    12: "2 of 2",
    13: "1 of 3",
    14: "2 of 3",
    15: "3 of 3",
    16: "technical",
    17: "clear path",
    18: "flagrant 1 of 2",
    19: "flagrant 2 of 2",
    20: "flagrant 1 of 1",
    21: "technical 1 of 2",
    22: "technical 2 of 2",
}
NOT_LAST = frozenset({11, 13, 14, 16, 17, 18, 21})
"""Free throws after which the ball is not in play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of either feed.

    Attributes:
        event: the feed's id of it.
        code, action: what happened, and of which kind.
        left_s: seconds on the clock; None where it cannot be read.
        second: who assisted, stole or comes on, by code.
        blocker: who blocked a missed shot.
        made, three: of shots.
    """

    event: str
    code: int
    action: int
    period: int
    left_s: float | None
    team: Side | None
    player: Player | None
    second: Player | None = None
    blocker: Player | None = None
    made: bool = False
    three: bool = False
    place: tuple[float, float] | None = None
    score: SideScore | None = None
    text: str | None = None


class Reader:
    """Writes entries down as claims, in order; remembers who missed last, and the newest score."""

    __slots__ = ("last_miss", "score", "start_ms", "transcript")

    def __init__(self, *, transcript: Transcript, start_ms: int) -> None:
        self.transcript = transcript
        self.start_ms = start_ms
        self.last_miss: Entry | None = None
        self.score: SideScore | None = None

    def read(self, entry: Entry) -> None:
        """Write one entry down, or skip it as `unknown_type`."""
        self.score = entry.score or self.score
        if entry.code == PERIOD_START:
            self._game(entry, "PERIOD_START")
        elif entry.code == PERIOD_END:
            self._game(entry, "PERIOD_END")
            if nba.decided(entry.period, self.score):
                self._game(entry, "GAME_END", suffix="-end")
                self._game(entry, "GAME_FINAL", suffix="-final")
        elif entry.code == REPLAY:
            self._game(entry, "REVIEW_STARTED", suffix="-start")
            self._game(entry, "REVIEW_ENDED")
        elif entry.code in {MADE, MISSED, FREE_THROW}:
            self._shot(entry)
        elif entry.code in PLAIN:
            self._plain(entry)
        else:
            self.transcript.skip("unknown_type")

    def _shot(self, entry: Entry) -> None:
        scored = entry.code == MADE or (entry.code == FREE_THROW and entry.made)
        base = "FT" if entry.code == FREE_THROW else "FG3" if entry.three else "FG2"
        detail: Detail = {}
        if entry.code == FREE_THROW and entry.action in ATTEMPTS:
            detail = {"attempt": ATTEMPTS[entry.action]}
        if entry.code == MADE and entry.second is not None:
            detail = named("assist", entry.second)
        self._claim(entry, base if scored else f"{base}_MISS", detail=detail)
        if not scored:
            self.last_miss = entry
        if entry.code == MISSED and entry.blocker is not None:
            self._claim(entry, "BLOCK", suffix="-block", team=other(entry.team), player=entry.blocker)

    def _plain(self, entry: Entry) -> None:
        kind = KINDS.get(entry.code, {}).get(entry.action)
        detail: Detail = {"kind": kind} if kind else {}
        if entry.code == REBOUND:
            detail = self._rebound(entry)
        elif entry.code == SUBSTITUTION and entry.second is not None:
            detail = named("in", entry.second)
        self._claim(entry, PLAIN[entry.code], detail=detail)
        if entry.code == TURNOVER and entry.second is not None:
            self._claim(entry, "STEAL", suffix="-steal", team=other(entry.team), player=entry.second)

    def _rebound(self, entry: Entry) -> Detail:
        miss = self.last_miss
        if miss is None:
            return {}
        if miss.code == FREE_THROW and miss.action in NOT_LAST and entry.player is None:
            return {"kind": "deadball"}
        return {"kind": "offensive" if miss.team == entry.team else "defensive"}

    def _claim(
        self,
        entry: Entry,
        type_: str,
        *,
        suffix: str = "",
        team: Side | None = None,
        player: Player | None = None,
        detail: Detail | None = None,
    ) -> None:
        x, y = (None, None) if suffix or entry.place is None else entry.place
        self.transcript.add(
            ProviderEvent(
                provider=self.transcript.provider,
                game_id=self.transcript.game_id,
                event=entry.event + suffix,
                revision=1,
                type=type_,
                team=team or entry.team,
                period=entry.period,
                clock=None if entry.left_s is None else nba.clock(entry.left_s),
                player=player or entry.player,
                detail=detail or {},
                x=x,
                y=y,
                score=entry.score,
                text=entry.text,
                time_ms=self.start_ms + nba.elapsed_ms(entry.period, entry.left_s or 0.0),
            )
        )

    def _game(self, entry: Entry, type_: str, *, suffix: str = "") -> None:
        """A claim about the game, which names nobody."""
        self.transcript.add(
            ProviderEvent(
                provider=self.transcript.provider,
                game_id=self.transcript.game_id,
                event=entry.event + suffix,
                revision=1,
                type=type_,
                period=entry.period,
                clock=None if entry.left_s is None else nba.clock(entry.left_s),
                score=entry.score,
                text=entry.text,
                time_ms=self.start_ms + nba.elapsed_ms(entry.period, entry.left_s or 0.0),
            )
        )


def named(role: str, who: Player) -> Detail:
    """`{"assist": "John Wall", "assist_id": "nba-202322"}`; the id alone where the feed gives no name."""
    return {role: who.name, f"{role}_id": who.id} if who.name else {f"{role}_id": who.id}


def other(side: Side | None) -> Side | None:
    """The opponent; nobody's is nobody."""
    return None if side is None else "away" if side == "home" else "home"


def seconds(text: str) -> float | None:
    """Time left as the feeds write it: `11:38`, `00:45.3`."""
    minutes, _, rest = text.partition(":")
    try:
        value = int(minutes) * 60 + float(rest)
    except ValueError:
        return None
    return value if 0 <= value < 6000 else None
