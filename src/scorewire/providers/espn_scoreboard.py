"""ESPN's scoreboard: a snapshot of all games of a league on a day, said again with each poll.

Quirks that this file decides:
    - `status.type.state` is pre, in or post; post is not final. POSTPONED and CANCELED are post and not
      completed. So the name decides first, and a game is final only where it is `completed`.
    - Scores are text, and "0" before the start: a score is told once the game is on. It is stated (SCORE_SET
      under `score`, with the line score where that adds up) and amended as it grows.
    - A soccer match lists its goals and cards in `details`, without ids: they are told as plays, named by
      what they are, and the score is stated only where they do not add up to it.
    - What a snapshot says of the periods is the one that is played. All before it have been played, and so
      are told each time: nothing vanishes from one snapshot to the next.
    - Baseball counts innings; which half is in the detail, "Top 9th", "Middle", "Bottom", "End". `home` may
      have one inning fewer than `away`: it had no need of it.
    - In volleyball the score is sets, the line score points.
    - Clocks are written "90'+5'" and "0:48". Baseball and volleyball have none. Whether a clock runs is not
      said. The claim of the clock also states the score, so that ours is checked against it.
    - `situation` goes with the clock in American football (the next snap), with the score in baseball (outs,
      count, bases).
    - A delay or a postponement has an id that begins with `status-`; when it is over it is gone, which is for
      whoever reads the snapshots to see (intake/snapshot.py).
    - No revisions: every claim has revision 1. The times of plays are not told.
    - The sport is in `uid`, "s:20~l:28~e:401437650"; a game of a sport that is not here is skipped
      (`unknown_sport`).

Source: payloads of site.api.espn.com/apis/site/v2/sports/SPORT/LEAGUE/scoreboard of five leagues. Statuses
that were not in them (delays, forfeits, walkovers) are unverified, built from the list of status names.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

import msgspec

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
    Venue,
)
from scorewire.providers.espn_scoreboard_file import (
    EVENT,
    SCOREBOARD,
    Competitor,
    Event,
    LeagueOf,
    Play,
    Status,
)
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_json,
    rfc3339,
    time_ms,
)

PROVIDER = "espn_scoreboard"

SPORT_OF = {
    "1": "baseball",
    "20": "american_football",
    "40": "basketball",
    "70": "ice_hockey",
    "400": "volleyball",
    "600": "soccer",
}
"""The number of a sport in `uid`."""
RULES_OF: dict[str, Detail] = {
    "mens-college-basketball": {"periods": 2, "period_minutes": 20},
    "womens-college-basketball": {"period_minutes": 10},
    "wnba": {"period_minutes": 10},
}
STOPPED = {
    "STATUS_POSTPONED": ("status-postponed", "GAME_POSTPONED"),
    "STATUS_DELAYED": ("status-delayed", "GAME_DELAYED"),
    "STATUS_RAIN_DELAY": ("status-delayed", "GAME_DELAYED"),
    "STATUS_SUSPENDED": ("status-suspended", "GAME_SUSPENDED"),
    "STATUS_CANCELED": ("cancelled", "GAME_CANCELLED"),
}
LOSER_NAMED = {"STATUS_FORFEIT": "GAME_FORFEITED", "STATUS_RETIRED": "GAME_RETIRED"}
BREAKS = frozenset(
    {"STATUS_HALFTIME", "STATUS_END_PERIOD", "STATUS_END_OF_REGULATION", "STATUS_END_OF_EXTRATIME"}
)
PERIODS_MAX = 60
SOCCER_ENDS_MIN = (45, 90, 105, 120)
SHOOTOUT = 5

_INNING = re.compile(r"(Top|Mid(?:dle)?|Bot(?:tom)?|End)\b")
_AT = re.compile(r" at ([A-Z]{2,4} \d{1,2}|50)\Z", re.ASCII)
_UP = re.compile(r"(\d{1,3})'?(?:\s*\+\s*(\d{1,2})'?)?\Z", re.ASCII)
_DOWN = re.compile(r"\d{1,2}:[0-5]\d(?:\.\d)?\Z", re.ASCII)


class Game:
    """One game of the scoreboard, its sides found."""

    def __init__(self, event: Event, sport: str) -> None:
        (competition, *_) = event.competitions
        sides = {one.home_away: one for one in competition.competitors}
        self.event = event
        self.sport = sport
        self.competition = competition
        self.home: Competitor = sides["home"]
        self.away: Competitor = sides["away"]
        self.status: Status = competition.status or event.status or Status()
        self.under_way = self.status.type.state in {"in", "post"}

    @property
    def score(self) -> SideScore | None:
        """Of both sides; None where it cannot be read."""
        home, away = _points(self.home.score), _points(self.away.score)
        return SideScore(home=home, away=away) if home is not None and away is not None else None

    @property
    def loser(self) -> Side | None:
        """Who has not won, where one has."""
        if self.home.winner == self.away.winner:
            return None
        return "away" if self.home.winner else "home"

    def side_of(self, team: str) -> Side | None:
        """The side of a team's id."""
        return "home" if team == self.home.team.id else "away" if team == self.away.team.id else None


def _points(text: str | float | None) -> int | None:
    try:
        value = int(text) if text is not None else -1
    except (ValueError, OverflowError):
        return None
    return value if 0 <= value <= 10_000 else None


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. A scoreboard without games is one: nothing is played that day."""
    scoreboard = read_json(SCOREBOARD, body, "a scoreboard of ESPN")
    if not scoreboard.leagues:
        raise FeedError("unreadable_payload", "this scoreboard names no league")
    league = scoreboard.leagues[0]
    skipped = Counter[str]()
    told: dict[str, Decoded] = {}
    for raw in scoreboard.events:
        try:
            event = EVENT.decode(raw)
            sport = SPORT_OF[event.uid.partition("~")[0].removeprefix("s:")]
            game = Game(event, sport)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            skipped["unreadable_event"] += 1
        except KeyError as error:
            skipped["side_unknown" if error.args[0] in {"home", "away"} else "unknown_sport"] += 1
        except ValueError:
            skipped["no_competition"] += 1
        else:
            found = _transcript(game, league)
            skipped.update(found.skipped)
            if found.declarations:
                told.setdefault(found.game, found)
    return Decoded(
        next(iter(told)) if len(told) == 1 else "",
        tuple(declared for one in told.values() for declared in one.declarations),
        tuple(claim for one in told.values() for claim in one.events),
        dict(skipped),
    )


def _transcript(game: Game, league: LeagueOf) -> Decoded:
    own = f"espn-{game.event.id}"
    transcript = Transcript(provider=PROVIDER, game_id=own)
    if not is_id(own):
        transcript.skip("bad_id")
        return transcript.decoded(game=own, declaration=None)
    for claim in _claims(game, transcript.skipped):
        transcript.add(claim)
    return transcript.decoded(game=own, declaration=_declaration(game, league, own))


def _declaration(game: Game, league: LeagueOf, own: str) -> GameDeclared:
    event, venue = game.event, game.competition.venue
    at = time_ms(event.date)
    notes = [note.headline for note in game.competition.notes if note.headline]
    slug = league.slug if is_id(league.slug) else f"espn-{league.id}"
    return GameDeclared(
        provider=PROVIDER,
        game_id=own,
        event=own,
        revision=1,
        sport=game.sport,
        league=League(id=slug, name=league.name[:200]),
        season=str(event.season.year or ""),
        round=(notes[0] if notes else event.season.slug.replace("-", " "))[:200],
        start=UNDATED if at is None else rfc3339(at),
        venue=Venue(name=venue.full_name[:200]) if venue is not None and venue.full_name else None,
        home=_team(game.home, slug),
        away=_team(game.away, slug),
        provider_ids={PROVIDER: event.id},
        rules=RULES_OF.get(slug, {}),
        time_ms=at or 0,
    )


def _team(side: Competitor, league: str) -> Team:
    team = side.team
    return Team(
        id=f"{league}.{team.id}"[:64],
        name=team.display_name[:200],
        abbr=team.abbreviation[:8],
        logo=team.logo[:500],
        color=f"#{team.color[:6]}" if team.color else "",
    )


def _claims(game: Game, skipped: Counter[str]) -> Iterator[ProviderEvent]:
    """What the snapshot says of one game, in order of play."""
    status = game.status.type
    if game.under_way and status.name not in {"STATUS_POSTPONED", "STATUS_CANCELED"}:
        yield from _played(game, skipped)
    if status.name in STOPPED:
        event, kind = STOPPED[status.name]
        yield _claim(event, kind)
    elif status.state == "post":
        end = _end(game)
        if end is None:
            skipped["not_completed"] += 1
        else:
            yield end
    elif status.state not in {"pre", "in"}:
        skipped["unknown_status"] += 1


def _end(game: Game) -> ProviderEvent | None:
    name, loser = game.status.type.name, game.loser
    if name in LOSER_NAMED and loser is not None:
        return _claim("end", LOSER_NAMED[name], team=loser)
    if name == "STATUS_WALKOVER" and loser is not None:
        return _claim("end", "GAME_WALKOVER", team="home" if loser == "away" else "away")
    if name == "STATUS_ABANDONED":
        return _claim("end", "GAME_ABANDONED")
    return _claim("end", "GAME_FINAL", score=game.score) if game.status.type.completed else None


def _played(game: Game, skipped: Counter[str]) -> Iterator[ProviderEvent]:
    """Periods, plays of soccer, clock and score."""
    last, closed = period_of(game)
    if last > PERIODS_MAX:
        skipped["period_outside_limits"] += 1
        last = 0
    plays = list(_plays(game, skipped)) if game.sport == "soccer" else []
    for period in range(1, last + 1):
        yield _claim(f"period-{period}-start", "PERIOD_START", period=period)
        yield from (one for one in plays if one.period == period)
        if period < last:
            yield _claim(f"period-{period}-end", "PERIOD_END", period=period)
    clock = _clock(game)
    if last and clock is not None:
        snap = _next_snap(game) if game.sport == "american_football" else {}
        yield _claim("clock", "CLOCK_SET", period=last, clock=clock, detail=snap, score=game.score)
    yield from _stated(game, last, plays, skipped)
    if last and closed:
        yield _claim(f"period-{last}-end", "PERIOD_END", period=last)


def period_of(game: Game) -> tuple[int, bool]:
    """The newest period that has begun, and whether it has ended. In baseball every half counts."""
    status = game.status
    over = status.type.state == "post" or status.type.name in BREAKS
    if game.sport != "baseball":
        return max(status.period, 0), over
    found = _INNING.match(status.type.detail)
    if found is None:
        # The game is over: the last half was played if there is a line of it.
        return max(2 * len(game.away.linescores) - 1, 2 * len(game.home.linescores), 0), over
    half = found.group(1)
    top = half in {"Top", "Mid", "Middle"}
    return max(2 * status.period - top, 0), over or half in {"Mid", "Middle", "End"}


def _clock(game: Game) -> str | None:
    text = game.status.display_clock
    if game.sport in {"baseball", "volleyball"}:
        return None
    if game.sport != "soccer":
        return text if _DOWN.match(text) else None
    found = _UP.match(text)
    if found is None or game.status.period >= SHOOTOUT:
        return None
    minute, added = found.groups()
    return f"{minute}+{added}" if added else minute


def _stated(
    game: Game, last: int, plays: list[ProviderEvent], skipped: Counter[str]
) -> Iterator[ProviderEvent]:
    """SCORE_SET, but for a soccer match whose goals say as much."""
    score = game.score
    if score is None:
        skipped["no_score"] += 1
        return
    goals = Counter(one.team for one in plays if one.type == "GOAL")
    if game.sport == "soccer" and (goals["home"], goals["away"]) == (score.home, score.away):
        return
    detail: Detail = {"home": score.home, "away": score.away}
    if game.sport == "baseball":
        detail |= _at_bat(game)
    pairs = list(
        zip_longest(_values(game.home), _values(game.away), fillvalue=0),
    )
    if pairs and len(pairs) <= 40:
        sums = tuple(sum(side) for side in zip(*pairs, strict=True))
        if game.sport == "volleyball" or sums == (score.home, score.away):
            detail["lines"] = " ".join(f"{home}-{away}" for home, away in pairs)
        else:
            skipped["line_score_contradicts_score"] += 1
    yield _claim("score", "SCORE_SET", period=last or None, detail=detail, score=score)


def _at_bat(game: Game) -> Detail:
    """Outs, count and bases; `13` is first and third."""
    situation = game.competition.situation
    if situation is None or game.status.type.state != "in":
        return {}
    bases = (situation.on_first, situation.on_second, situation.on_third)
    told: Detail = {"bases": "".join(str(base) for base, taken in enumerate(bases, 1) if taken)}
    for name, value, most in (
        ("outs", situation.outs, 3),
        ("balls", situation.balls, 4),
        ("strikes", situation.strikes, 3),
    ):
        if value is not None and 0 <= value <= most:
            told[name] = value
    return told


def _next_snap(game: Game) -> Detail:
    """Down, distance, place and possession, where there is a next snap."""
    situation = game.competition.situation
    if situation is None or game.status.type.state != "in":
        return {}
    told: Detail = {}
    found = _AT.search(situation.down_distance_text)
    if 1 <= situation.down <= 4 and 1 <= situation.distance <= 99 and found is not None:
        told |= {"down": situation.down, "togo": situation.distance, "at": found.group(1)}
        if situation.is_red_zone:
            told["red_zone"] = True
    possession = game.side_of(situation.possession)
    if possession is not None:
        told["possession"] = possession
    return told


def _values(side: Competitor) -> list[int]:
    return [min(max(int(line.value), 0), 9999) for line in side.linescores if abs(line.value) < 1e9]


def _plays(game: Game, skipped: Counter[str]) -> Iterator[ProviderEvent]:
    """Goals, kicks of a shoot-out and cards of a soccer match, in the order of the list."""
    names = Counter[str]()
    for one in game.competition.details:
        side = game.side_of(one.team.id) if one.team is not None else None
        found = _UP.match(one.clock.display_value)
        if side is None or (found is None and not one.shootout):
            skipped["side_unknown" if side is None else "clock_unknown"] += 1
            continue
        kind = _kind(one)
        if kind is None:
            skipped["unknown_play"] += 1
            continue
        minute, added = found.groups() if found is not None else ("120", None)
        clock = f"{minute}+{added}" if added else minute
        who = next(iter(one.athletes or one.athletes_involved), None)
        name = f"{kind.lower()}-{side}-{clock}-{who.id if who is not None else ''}"[:120]
        names[name] += 1
        period = SHOOTOUT if one.shootout else 1 + sum(int(minute) > end for end in SOCCER_ENDS_MIN[:3])
        yield _claim(
            f"{name}-{names[name]}",
            kind,
            team=side,
            period=period,
            clock=None if one.shootout else clock,
            player=_player(who.id, who.display_name) if who is not None else None,
            detail=_of_goal(one) if kind == "GOAL" else {},
        )


def _kind(one: Play) -> str | None:
    if one.shootout:
        return "SHOOTOUT_GOAL" if one.scoring_play else "SHOOTOUT_MISS"
    if one.scoring_play:
        return "GOAL"
    if one.red_card:
        return "RED_CARD"
    return "YELLOW_CARD" if one.yellow_card else None


def _of_goal(one: Play) -> Detail:
    detail: Detail = {}
    if one.penalty_kick:
        detail["penalty"] = True
    if one.own_goal:
        detail["own_goal"] = True
    return detail


def _player(number: str, name: str) -> Player | None:
    own = f"espn-{number}"
    return Player(id=own, name=name[:200]) if is_id(own) else None


def _claim(
    event: str,
    kind: str,
    *,
    team: Side | None = None,
    period: int | None = None,
    clock: str | None = None,
    player: Player | None = None,
    detail: Detail | None = None,
    score: SideScore | None = None,
) -> ProviderEvent:
    return ProviderEvent(
        provider=PROVIDER,
        game_id="",
        event=event,
        revision=1,
        type=kind,
        team=team,
        period=period,
        clock=clock,
        player=player,
        detail=detail or {},
        score=score,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Leagues and events whose uids begin with the number of a sport."""
    head = body[:8192]
    return b'"leagues"' in head and b'"events"' in head and b'"s:' in head


ESPN_SCOREBOARD = Format(name=PROVIDER, sport="", sequence="dense", recognise=recognise, decode=decode)
