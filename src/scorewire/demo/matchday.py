"""Reads the bundled games: text in, timed plays out; pure.

A game file has a head of `name: value` lines, a blank line, and then plays in the order in which they
happened. `#` starts a comment line.

    game: wc2022-final                       id; each lap of the demo adds its number
    sport: soccer
    league: fifa-wc | World Cup              id | name
    season: 2022
    round: Final
    venue: Lusail Stadium | Asia/Qatar       name | time zone (may be left out)
    home: arg | Argentina | ARG | #6CACE4    id | name | abbreviation | colour
    away: fra | France | FRA | #002395
    final: 3-3                               checked by a test, never sent
    shootout: 4-2                            the same
    rule extra_time: false                   one of the sport's rules (sports/soccer.py, RULES)

    period 1
    23 GOAL home Lionel Messi ; penalty=true
    41 SUBSTITUTION away Olivier Giroud ; in=Marcus Thuram
    end 45+7

A play is `CLOCK TYPE [home|away] [PLAYER] [; name=value ...]`; the clock is `-` where there is none. In
soccer it is the minute as the public record has it: the 23rd minute runs from 22:00 to 22:59, and the
seconds within it are spread evenly over the plays of that minute, which is our choice and no fact, as are
the added minutes of the older games, which no record gives. In basketball it is what the clock showed.
Start, end and confirmation of a game are added to what is written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Scalar,
    Side,
    Team,
    Venue,
)

PROVIDER = "matchday"
BREAK_S = 180.0
"""A break between periods; shorter than the real one, for nobody comes to a demo to watch a break."""
KICK_S = 45.0
"""To a play without a clock: the next kick of a shoot-out, what a review decides."""
STOPPED_CLOCK = 1.4
"""Seconds that pass for a second on basketball's clock, stops included; in an arena it is nearer 3."""
CLOCK_SET_MIN = 5
"""Minutes of soccer after which the clock is set again, so that it runs true at the demo's speed."""

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "æ": "ae", "ß": "ss"})  # no accents to strip off
_MINUTE = re.compile(r"(\d{1,3})(?:\+(\d{1,2}))?\Z")
_COUNTDOWN = re.compile(r"(\d{1,2}):(\d\d)(?:\.(\d))?\Z")
_TYPE = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_SOCCER_STARTS = {1: 0, 2: 45, 3: 90, 4: 105, 5: 120}


@dataclass(frozen=True, slots=True)
class Play:
    """One play, `at_s` seconds after the start of the game at its real pace."""

    at_s: float
    type: str
    period: int | None = None
    clock: str | None = None
    team: Side | None = None
    player: str = ""
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Game:
    """One game of the matchday."""

    id: str
    sport: str
    league: League
    season: str
    round: str
    venue: Venue | None
    home: Team
    away: Team
    final: tuple[int, int]
    shootout: tuple[int, int] | None
    rules: Detail
    plays: tuple[Play, ...]

    @property
    def length_s(self) -> float:
        """From the start to the confirmed result, at the real pace."""
        return self.plays[-1].at_s

    def declared(self, game_id: str, *, start: str, now_ms: int) -> GameDeclared:
        """The declaration of this game under an id of its own."""
        return GameDeclared(
            provider=PROVIDER,
            game_id=game_id,
            event=f"{game_id}:declared",
            revision=now_ms,
            sport=self.sport,
            league=self.league,
            season=self.season,
            round=self.round,
            start=start,
            venue=self.venue,
            home=self.home,
            away=self.away,
            rules=self.rules,
            time_ms=now_ms,
        )

    def event(self, index: int, game_id: str, *, now_ms: int) -> ProviderEvent:
        """Play `index` as the provider tells it at `now_ms`."""
        play = self.plays[index]
        return ProviderEvent(
            provider=PROVIDER,
            game_id=game_id,
            event=f"{game_id}:{index + 1}",
            revision=now_ms,
            sequence=index + 1,
            type=play.type,
            team=play.team,
            period=play.period,
            clock=play.clock,
            player=Player(id=player_id(play.player), name=play.player) if play.player else None,
            detail=play.detail,
            time_ms=now_ms,
        )


def player_id(name: str) -> str:
    """`Ángel Di María` is `angel-di-maria`."""
    plain = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def read_game(text: str) -> Game:
    """Read one game file.

    Raises:
        ValueError: a line cannot be read; names it.
    """
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("#")]
    cut = lines.index("")
    head: dict[str, str] = {}
    for line in lines[:cut]:
        name, colon, value = line.partition(": ")
        if not colon:
            raise ValueError(f"not `name: value`: {line!r}")
        head[name] = value.strip()
    course = _Course(sport=head["sport"])
    for line in filter(None, lines[cut:]):
        try:
            course.read(line)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{head['game']}: {line!r}: {error}") from error
    return Game(
        id=head["game"],
        sport=head["sport"],
        league=_named(head["league"]),
        season=head.get("season", ""),
        round=head.get("round", ""),
        venue=_venue(head.get("venue", "")),
        home=_team(head["home"]),
        away=_team(head["away"]),
        final=_score(head["final"]),
        shootout=_score(head["shootout"]) if "shootout" in head else None,
        rules={
            name.removeprefix("rule "): _scalar(value)
            for name, value in head.items()
            if name.startswith("rule ")
        },
        plays=tuple(course.finished()),
    )


def _named(value: str) -> League:
    id, _, name = (part.strip() for part in value.partition("|"))  # noqa: A001
    return League(id=id, name=name)


def _venue(value: str) -> Venue | None:
    name, _, zone = (part.strip() for part in value.partition("|"))
    return Venue(name=name, tz=zone) if name else None


def _team(value: str) -> Team:
    id, name, abbr, color = (part.strip() for part in value.split("|"))  # noqa: A001
    return Team(id=id, name=name, abbr=abbr, color=color)


def _score(value: str) -> tuple[int, int]:
    home, _, away = value.partition("-")
    return int(home), int(away)


def _scalar(text: str) -> Scalar:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdigit() else text


@dataclass(slots=True)
class _Course:
    """Reads the plays of one game and lays them out in time."""

    sport: str
    period: int = 0
    opened_s: float = 0.0
    now_s: float = 0.0
    plays: list[Play] = field(default_factory=list)

    def read(self, line: str) -> None:
        body, _, rest = (part.strip() for part in line.partition(";"))
        first, *words = body.split()
        if first == "period":
            self._open(int(words[0]))
        elif first == "end":
            self._close(words[0] if words else None)
        else:
            self._play(first, words, rest)

    def _open(self, period: int) -> None:
        self.now_s = self.opened_s = self.now_s + (BREAK_S if period > 1 else 0.0)
        self.period = period
        self.plays.append(Play(self.now_s, "PERIOD_START", period=period))

    def _close(self, clock: str | None) -> None:
        if self.sport == "basketball":
            clock = "0:00"
        shown = self._place(clock) if clock is not None else None
        self.plays.append(Play(self.now_s, "PERIOD_END", period=self.period, clock=shown))

    def _play(self, clock: str, words: list[str], rest: str) -> None:
        kind, *named = words
        if not _TYPE.match(kind):
            raise ValueError(f"{kind!r} is not a type")
        team: Side | None = None
        if named and named[0] in {"home", "away"}:
            team = "home" if named.pop(0) == "home" else "away"
        detail: Detail = {}
        for pair in filter(None, (pair.strip() for pair in rest.split(";"))):
            name, equals, value = pair.partition("=")
            if not equals:
                raise ValueError(f"{pair!r} is not name=value")
            detail[name.strip()] = _scalar(value.strip())
        if "in" in detail:
            detail["in_id"] = player_id(str(detail["in"]))
        shown = None if clock == "-" else self._place(clock)
        if clock == "-":
            self.now_s += KICK_S
        self.plays.append(
            Play(self.now_s, kind, self.period or None, shown, team, player=" ".join(named), detail=detail)
        )

    def _place(self, clock: str) -> str | None:
        """Move on to where the clock stands; returns it as the sport writes it."""
        if self.sport == "basketball":
            match = _COUNTDOWN.match(clock)
            if match is None:
                raise ValueError(f"{clock!r} is not a clock")
            left_s = int(match[1]) * 60 + int(match[2]) + int(match[3] or 0) / 10
            length_s = 720 if self.period <= 4 else 300
            self.now_s = max(self.now_s + 1.0, self.opened_s + (length_s - left_s) * STOPPED_CLOCK)
            return clock
        match = _MINUTE.match(clock)
        if match is None:
            raise ValueError(f"{clock!r} is not a minute")
        base, added = int(match[1]), int(match[2] or 0)
        minutes = base + added - _SOCCER_STARTS[self.period] - 1
        self.now_s = max(self.now_s, self.opened_s + minutes * 60.0)
        return clock

    def finished(self) -> Iterator[Play]:
        """All plays, the ends of the game added, minutes turned into clocks."""
        if self.sport == "soccer":
            self.plays = list(_soccer_clocks(self.plays))
        yield Play(-300.0, "PRE_GAME")
        end_s = -1.0
        for play in self.plays:
            end_s = max(end_s + 1.0, play.at_s)
            yield replace(play, at_s=end_s)
        yield Play(end_s + 20.0, "GAME_END")
        yield Play(end_s + 140.0, "GAME_FINAL")


def _soccer_clocks(plays: list[Play]) -> Iterator[Play]:
    """Give each play its second within the minute, and set the clock now and then in between."""
    opened_s, minute_set = 0.0, 0
    for index, play in enumerate(plays):
        if play.type == "PERIOD_START":
            opened_s, minute_set = play.at_s, _SOCCER_STARTS[play.period or 1]
        if play.clock is None:
            yield play
            continue
        base, _, added = play.clock.partition("+")
        last_min = int(base) - (0 if added else 1)
        first_min = (minute_set // CLOCK_SET_MIN + 1) * CLOCK_SET_MIN
        for minute in range(first_min, last_min, CLOCK_SET_MIN):
            at_s = opened_s + (minute - _SOCCER_STARTS[play.period or 1]) * 60.0
            yield Play(at_s, "CLOCK_SET", period=play.period, clock=f"{minute}:00")
            minute_set = minute
        same = [
            n for n, other in enumerate(plays) if (other.clock, other.period) == (play.clock, play.period)
        ]
        second = 60 * (same.index(index) + 1) // (len(same) + 1)
        shown = f"{base}+{int(added) - 1}:{second:02}" if added else f"{int(base) - 1}:{second:02}"
        minute_set = max(minute_set, last_min)
        yield replace(play, clock=shown, at_s=play.at_s + second)
