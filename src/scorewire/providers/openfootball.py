"""openfootball: the results of a season or a tournament in one JSON file, many games, goals where known.

Quirks that this file decides:
    - Two layouts: `matches[]` with a `round` each (leagues, World Cups), and `rounds[].matches[]` (Euros).
    - `ft` is the score after 90 minutes, `et` after 120, `p` the shoot-out alone. The result is `et` where it
      is given, else `ft`; `p` never counts for it.
    - Goals are listed by scorer, not by time: they are sorted by minute; of two in one minute, home's first.
      A minute up to 45 is the first half, to 90 the second, to 105 and 120 extra time; `offset` is the minute
      of added time. Own goals are listed with the team that they count for.
    - Two games of the Euro 2024 have the score after extra time in `ft`, and no `et`. Where there are goals
      after 90 minutes that make it so, extra time was played (counted as `full_time_after_extra_time`).
      A goal of minute 121 is one of 120+1.
    - Goals are told only where they add up to the result (`goals_contradict_score` otherwise, and the score
      is stated). Where they do and the half-time score is another, the goals are believed and the half-time
      score is skipped (`half_time_contradicts_goals`): it is a slip in the file.
    - Without goals the score is stated: SCORE_SET, with `lines` where `ht` allows. After 90 minutes all of
      extra time stands in one line. Without `ht` all goals stand in the second half; 0-0 needs none.
    - A game is ended by the event `end`: GAME_FINAL; GAME_AWARDED for the status `awarded`, and for a result
      below the half-time score, which nobody can have played; GAME_ABANDONED. What was played before an
      award the file no longer says. The claim states the file's score, so that ours is checked against it.
    - `status` is written in any case, and vanishes: a game postponed is under `status-postponed`, one
      cancelled under `cancelled`. Whoever reads the file again finds them gone when it is back on
      (intake/snapshot.py makes GAME_RESUMED and a retraction of it).
    - A time has an offset in some files ("17:00 UTC-3"). In the others it is the clock of the place, which
      the file does not name; it is taken for UTC.
    - No ids, no revisions: events are named by what they are (`result`, `goal-home-45+2-1`), every claim has
      revision 1. Players are names, some of them surnames, and known within their team.

What becomes of results that are published again with another score: openfootball_revisions.py.

Source: files of openfootball/football.json, worldcup.json and euro.json.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec
from msgspec import Raw

from scorewire.errors import FeedError
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    SideScore,
    Venue,
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
)
from scorewire.providers.openfootball_file import (
    MATCH,
    SEASON,
    Goal,
    Match,
    Pair,
    Score,
    Season,
    competition,
    digest,
    game_id,
    kick_off_ms,
    slug,
    team,
)

PROVIDER = "openfootball"
STOPPED = {"postponed": "GAME_POSTPONED", "suspended": "GAME_SUSPENDED"}
CANCELLED = frozenset({"cancelled", "canceled"})
PERIOD_ENDS_MIN = (45, 90, 105, 120)
LAST_MINUTE = 130
SHOOTOUT = 5
BREAKS_MIN = (0, 0, 15, 20, 21, 25)
"""Minutes of break before each period, in all; a nominal time is good enough for the pace of a replay."""


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    season = read_json(SEASON, body, "an openfootball file")
    entries = list(_matches(season))
    if not entries:
        raise FeedError("unreadable_payload", "this is not an openfootball file: it holds no matches")
    league, year = competition(season.name)
    declarations: dict[str, GameDeclared] = {}
    events: list[ProviderEvent] = []
    skipped = Counter[str]()
    for round_name, raw in entries:
        try:
            match = MATCH.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            skipped["unreadable_match"] += 1
            continue
        match = msgspec.structs.replace(match, round=match.round or round_name)
        told = _transcript(match, league, year)
        if not told.declarations:
            skipped.update(told.skipped)
        elif told.game in declarations:
            skipped["game_listed_twice"] += 1
        else:
            declarations[told.game] = told.declarations[0]
            events += told.events
            skipped.update(told.skipped)
    if not declarations:
        raise FeedError(
            "unreadable_payload", f"no match of this openfootball file can be read ({dict(skipped)})"
        )
    only = next(iter(declarations)) if len(declarations) == 1 else ""
    return Decoded(only, tuple(declarations.values()), tuple(events), dict(skipped))


def _matches(season: Season) -> Iterator[tuple[str, Raw]]:
    for raw in season.matches or ():
        yield "", raw
    for one in season.rounds or ():
        for raw in one.matches:
            yield one.name, raw


def _transcript(match: Match, league: League, year: str) -> Decoded:
    declared = declaration(match, league, year)
    transcript = Transcript(provider=PROVIDER, game_id=declared.game_id)
    for claim in claims_of(match, transcript.skipped):
        transcript.add(claim)
    return transcript.decoded(game=declared.game_id, declaration=declared)


def declaration(match: Match, league: League, year: str, revision: int = 1) -> GameDeclared:
    """The frame of a match."""
    own = game_id(f"{league.id} {year}", match)
    at = kick_off_ms(match)
    return GameDeclared(
        provider=PROVIDER,
        game_id=own,
        event=own,
        revision=revision,
        sport="soccer",
        league=league,
        season=year,
        round=", ".join(filter(None, (match.group, match.round))),
        start=UNDATED if at is None else rfc3339(at),
        venue=Venue(name=match.ground) if match.ground else None,
        home=team(match.team1),
        away=team(match.team2),
        provider_ids={PROVIDER: own},
        time_ms=at or 0,
    )


def claims_of(match: Match, skipped: Counter[str]) -> list[ProviderEvent]:
    """What a match says now, in its order of play, not numbered yet.

    Args:
        skipped: counts what makes no claim, by reason.
    """
    status = (match.status or "").lower()
    score = match.score
    if score is None or score.ft is None:
        return _unplayed(match, status, skipped)
    if status and status not in {"awarded", "abandoned"}:
        skipped["status_beside_score"] += 1
    played = _by_goals(match, score, skipped) if not is_ruled(match) else None
    plays = list(_by_score(match, score)) if played is None else played
    return _in_time([*plays, _end(match, status, result(score))])


def _in_time(claims: Iterable[ProviderEvent]) -> list[ProviderEvent]:
    """None of them before the one that it follows: added time is longer than any guess."""
    told: list[ProviderEvent] = []
    for claim in claims:
        earliest = told[-1].time_ms if told else 0
        told.append(msgspec.structs.replace(claim, time_ms=max(claim.time_ms, earliest)))
    return told


def result(score: Score) -> Pair:
    """The score that counts: after extra time, if there was one."""
    return score.et or score.ft or (0, 0)


def is_ruled(match: Match) -> bool:
    """Whether the score is a ruling: the file says so, or it lies below that at half-time."""
    if (match.status or "").lower() == "awarded":
        return True
    score = match.score
    if score is None or score.ft is None or score.ht is None:
        return False
    return score.ft[0] < score.ht[0] or score.ft[1] < score.ht[1]


def _unplayed(match: Match, status: str, skipped: Counter[str]) -> list[ProviderEvent]:
    if not status:
        return []
    if status in STOPPED:
        return [_claim(match, f"status-{status}", STOPPED[status])]
    if status in CANCELLED:
        return [_claim(match, "cancelled", "GAME_CANCELLED")]
    if status == "abandoned":
        return [_claim(match, "end", "GAME_ABANDONED")]
    skipped["award_without_score" if status == "awarded" else "unknown_status"] += 1
    return []


def _end(match: Match, status: str, score: Pair) -> ProviderEvent:
    home, away = score
    kind, detail = "GAME_FINAL", Detail()
    if is_ruled(match):
        kind, detail = "GAME_AWARDED", {"home": home, "away": away}
    elif status == "abandoned":
        kind = "GAME_ABANDONED"
    return _claim(match, "end", kind, detail=detail, score=SideScore(home=home, away=away))


def _by_score(match: Match, score: Score) -> Iterator[ProviderEvent]:
    """A score and the whistle after it; no whistle for a ruling on a game that we know nothing of."""
    last = SHOOTOUT if score.p else 4 if score.et else 2
    detail = _stated(score, _lines(score))
    minute = PERIOD_ENDS_MIN[3] if score.et else PERIOD_ENDS_MIN[1]
    stands_in = 4 if score.et else 2  # never the shoot-out, in which no goals are scored
    yield _claim(match, "result", "SCORE_SET", period=stands_in, minute=minute, after=4, detail=detail)
    abandoned = (match.status or "").lower() == "abandoned"
    if not abandoned and (score.ht is not None or not is_ruled(match)):
        yield _claim(match, "whistle", "PERIOD_END", period=last, minute=minute, after=4)


def _stated(score: Score, lines: str) -> Detail:
    home, away = result(score)
    detail: Detail = {"home": home, "away": away}
    if lines:
        detail["lines"] = lines
    if score.p:
        detail |= {"shootout_home": score.p[0], "shootout_away": score.p[1]}
    return detail


def _lines(score: Score) -> str:
    """`1-0 0-2` by period, or nothing where the halves are not known or make no sense."""
    full = score.ft
    assert full is not None, "asked only where there is a score"
    half = score.ht or ((0, 0) if full == (0, 0) else None)
    if half is None:
        return ""
    marks = [(0, 0), half, full, *([score.et] if score.et else [])]
    pairs = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(marks)]
    return " ".join(f"{home}-{away}" for home, away in pairs) if min(map(min, pairs)) >= 0 else ""


def _by_goals(match: Match, score: Score, skipped: Counter[str]) -> list[ProviderEvent] | None:
    """Periods and goals; None where none are listed or they do not add up."""
    goals: list[tuple[Side, Goal]] = [("home", one) for one in match.goals1 or ()]
    goals += [("away", one) for one in match.goals2 or ()]
    if not goals:
        return None
    goals.sort(key=lambda one: (one[1].minute, one[1].offset))
    if score.et is None and _made(goals, 90) != score.ft == _made(goals, LAST_MINUTE):
        skipped["full_time_after_extra_time"] += 1
        score = msgspec.structs.replace(score, ft=_made(goals, 90), et=score.ft)
    full = _made(goals, 90) == score.ft and (score.et is None or _made(goals, LAST_MINUTE) == score.et)
    if not full or any(not 1 <= goal.minute <= LAST_MINUTE or goal.offset < 0 for _, goal in goals):
        skipped["goals_contradict_score"] += 1
        return None
    if score.ht is not None and _made(goals, 45) != score.ht:
        skipped["half_time_contradicts_goals"] += 1
    return list(_played(match, score, goals))


def _made(goals: Iterable[tuple[Side, Goal]], until: int) -> Pair:
    sides = Counter(side for side, goal in goals if goal.minute <= until)
    return sides["home"], sides["away"]


def _played(match: Match, score: Score, goals: list[tuple[Side, Goal]]) -> Iterator[ProviderEvent]:
    names = Counter[str]()
    ends = PERIOD_ENDS_MIN if score.et else PERIOD_ENDS_MIN[:2]
    lines: list[Pair] = []
    for period, end in enumerate(ends, 1):
        start = PERIOD_ENDS_MIN[period - 2] if period > 1 else 0
        here = [one for one in goals if start < one[1].minute <= (LAST_MINUTE if period == 4 else end)]
        lines.append(_made(here, LAST_MINUTE))
        yield _claim(match, f"period-{period}-start", "PERIOD_START", period=period, minute=start)
        for side, goal in here:
            yield _goal(match, side, goal, period, names)
        yield _claim(match, f"period-{period}-end", "PERIOD_END", period=period, minute=end, after=3)
    if score.p:
        detail = _stated(score, " ".join(f"{home}-{away}" for home, away in lines))
        yield _claim(match, "period-5-start", "PERIOD_START", period=SHOOTOUT, minute=ends[-1], after=4)
        yield _claim(match, "result", "SCORE_SET", minute=ends[-1], after=4, detail=detail)
        yield _claim(match, "period-5-end", "PERIOD_END", period=SHOOTOUT, minute=ends[-1], after=4)


def _goal(match: Match, side: Side, goal: Goal, period: int, names: Counter[str]) -> ProviderEvent:
    minute = min(goal.minute, PERIOD_ENDS_MIN[3])
    added = goal.offset + goal.minute - minute
    clock = f"{minute}+{added}" if added else str(minute)
    name = f"goal-{side}-{clock}"
    names[name] += 1
    scorer = team(match.team1 if (side == "home") != goal.owngoal else match.team2).id
    detail: Detail = {}
    if goal.penalty:
        detail["penalty"] = True
    if goal.owngoal:
        detail["own_goal"] = True
    return _claim(
        match,
        f"{name}-{names[name]}",
        "GOAL",
        team=side,
        period=period,
        clock=clock if len(clock) <= 16 else None,
        player=Player(id=_player_id(scorer, goal.name), name=goal.name[:200]),
        detail=detail,
        minute=minute,
        after=min(added, 15),
    )


def _player_id(of_team: str, name: str) -> str:
    return f"{slug(name, 30)}.{digest(of_team, name)}"


def _claim(
    match: Match,
    event: str,
    kind: str,
    *,
    minute: int = 0,
    after: int = 0,
    team: Side | None = None,
    period: int | None = None,
    clock: str | None = None,
    player: Player | None = None,
    detail: Detail | None = None,
    score: SideScore | None = None,
) -> ProviderEvent:
    """A claim at a nominal time: minutes played, minutes added, and the breaks before them."""
    at = kick_off_ms(match) or 0
    breaks = BREAKS_MIN[period or 0]
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
        time_ms=at + (minute + after + breaks) * 60_000 if at else 0,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Matches or rounds of them, of `team1` and `team2`; a file of revisions is not one."""
    head = body[:4096]
    listed = b'"matches"' in head or b'"rounds"' in head
    return listed and b'"team1"' in head and b'"team2"' in head and b'"published_at"' not in head


OPENFOOTBALL = Format(name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode)
