"""What the three NBA feeds share: the game's number, teams, clocks, the court and the end of a game.

A game is numbered `00TYYNNNNN`: T is the kind of competition, YY the year in which the season began. The
same number stands in every feed, so the same game has the same slug in all of them.

Source: play-by-play payloads of cdn.nba.com, data.nba.com and stats.nba.com; NBA rule book, rules 1 and 5.
"""

import re

from scorewire.model.provider_event import Detail, GameDeclared, League, Player, SideScore, Team, Venue
from scorewire.providers.format import UNDATED, time_ms

SPORT = "basketball"
LEAGUE = League(id="nba", name="NBA")
ROUNDS = {
    "1": "Pre Season",
    "2": "Regular Season",
    "3": "All-Star",
    "4": "Playoffs",
    "5": "Play-In",
    "6": "NBA Cup Final",
}

COURT_FT = 94.0
COURT_WIDTH_FT = 50.0
HOOP_FT = 5.25
"""From the baseline to the middle of the hoop."""

QUARTERS = 4
QUARTER_S = 720
OVERTIME_S = 300
BREAK_S = 130
"""Nominal break between periods, for feeds that state no wall time."""

_GAME = re.compile(r"00(\d)(\d\d)\d{5}\Z")


def game_slug(game: str) -> str:
    """`nba-0022000001`."""
    return f"nba-{game}"


def season(game: str) -> str:
    """`2020-21`, from the game's number; empty if it is not one."""
    match = _GAME.match(game)
    if match is None:
        return ""
    begun = int(match[2])
    century = 1900 if begun >= 46 else 2000  # the league began in 1946
    return f"{century + begun}-{(begun + 1) % 100:02}"


def declare(
    *,
    provider: str,
    game: str,
    home: Team,
    away: Team,
    start: str = UNDATED,
    venue: Venue | None = None,
) -> GameDeclared:
    """The frame of an NBA game."""
    match = _GAME.match(game)
    return GameDeclared(
        provider=provider,
        game_id=game_slug(game),
        event=f"{game}-scheduled",
        revision=1,
        sport=SPORT,
        league=LEAGUE,
        season=season(game),
        round=ROUNDS.get(match[1], "") if match else "",
        start=start,
        venue=venue,
        home=home,
        away=away,
        provider_ids={provider: game},
        time_ms=time_ms(start) or 0,
    )


def team(tricode: str, *, city: str = "", nickname: str = "") -> Team:
    """`nba-okc`, Oklahoma City Thunder; the tricode alone where no more is known."""
    name = f"{city} {nickname}".strip() or tricode
    return Team(id=f"nba-{tricode.lower()}", name=name, abbr=tricode, city=city)


def player_id(number: int | str) -> str:
    """`nba-201939`."""
    return f"nba-{number}"


def player(number: int, name: str) -> Player | None:
    """Feeds write 0 where nobody is meant."""
    return Player(id=player_id(number), name=name) if number > 0 else None


def line(number: str, name: str, position: str, *, starter: bool) -> str:
    """One player of a LINEUP: `30|Stephen Curry|G|starter`."""
    role = "starter" if starter else "bench"
    return "|".join(part.strip().replace("|", " ") for part in (number, name, position, role))


def clock(seconds: float) -> str:
    """What the scoreboard shows with this time left: `11:38`, and tenths in the last minute, `0:45.3`."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    if minutes:
        return f"{minutes}:{rest // 10:02}"
    return f"0:{rest // 10:02}.{rest % 10}"


def elapsed_ms(period: int, left_s: float) -> int:
    """Nominal wall time since the tip-off, for feeds that state none: what was played, plus the breaks."""
    before = sum(_length_s(earlier) + BREAK_S for earlier in range(1, period))
    return round((before + max(0.0, _length_s(period) - left_s)) * 1000)


def _length_s(period: int) -> int:
    return QUARTER_S if period <= QUARTERS else OVERTIME_S


def decided(period: int, score: SideScore | None) -> bool:
    """Whether the end of this period ends the game: the fourth or later, and not level."""
    return period >= QUARTERS and score is not None and score.home != score.away


def from_hoop(across: float, along: float) -> tuple[float, float]:
    """A shot in tenths of feet from the hoop to fractions of the court in the direction of the attack.

    `across` grows to the attacker's right, `along` away from the baseline. Heaves from beyond the court's
    end and shots from behind the backboard are clamped to the court.
    """
    x = (COURT_FT - HOOP_FT - along / 10) / COURT_FT
    y = 0.5 + across / 10 / COURT_WIDTH_FT
    return _fraction(x), _fraction(y)


def from_percent(x: float, y: float, *, leftwards: bool) -> tuple[float, float]:
    """A place in percent of a court that is drawn once, turned so that the attack goes to x = 1."""
    if leftwards:
        x, y = 100 - x, 100 - y
    return _fraction(x / 100), _fraction(y / 100)


def _fraction(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)


def score(home: int | None, away: int | None) -> SideScore | None:
    """The provider's own score, where both halves of it are stated."""
    return None if home is None or away is None else SideScore(home=home, away=away)


def kind(text: str | None) -> Detail:
    """`{"kind": "loose_ball"}`, in lower snake case; nothing where the feed says nothing."""
    word = re.sub(r"[^a-z0-9]+", "_", (text or "").lower()).strip("_")
    return {"kind": word} if word else {}
