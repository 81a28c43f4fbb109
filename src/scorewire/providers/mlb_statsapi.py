"""MLB Stats API: `feed/live`, the whole game in one JSON document that is made anew after every pitch.

Quirks that this file decides:
    - An entry of `allPlays` is a turn at bat; what happened in it, pitch by pitch, lies in its
      `playEvents`, and who went where in `runners`, each row with the entry (`playIndex`) on which it
      was. Rows of an action (a steal, a wild pitch) belong to it, all others to the result of the turn.
    - A runner has one row for every base, and one more when he scores or is out: his last row counts.
      Runs are rows that end in `score`, outs are runners with a row that says so.
    - A turn may end without a result for the batter: `other_out`, `caught_stealing_2b`.
    - `count.outs` of an action stands after it, of a pitch before what it led to.
    - Everything is edited in place: an overturned call, and a hit that the scorer makes an error the next
      day, are amendments of the same event. `metaData.timeStamp` is the revision of all that the document
      says, so an older document that a cache serves late loses.
    - Automatic balls and strikes, of walks too, are `no_pitch` entries: a PITCH of kind automatic.
    - The incoming player of a substitution is `player`; who goes out is in some documents only. Where
      `base` is absent, a substitute who bats in this turn is a pinch hitter.
    - `hitData.coordinates` is a picture of 250 pixels: `x` and `y` are shares of it, from its left and top.
    - A person is a number in some documents and an object in others.
    - Fielding errors are among the `credits` of a row. A document that has none of these states them by
      inning in its line score only: they are told at the start of the half-inning (`9t-error-1`), of nobody.
    - Throws to a base, step-offs, time-outs and advisories make no claim: skipped under their names.
    - `detailedState` holds the state and, behind a colon, the reason: `Completed Early: Rain`.
    - No description is read: the sentences are the league's own.

Read of two real games from which names, prose and credits had been removed. Forfeits, delays, suspensions,
box scores, credits and runners placed in extra innings: unverified, built from documentation.

Source: statsapi.mlb.com, feed/live; the eventTypes and gameStatus lists of the same API.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

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
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_json,
    rfc3339,
    slices,
    time_ms,
)
from scorewire.providers.mlb_statsapi_codes import (
    CALLS,
    OUT_KINDS,
    RESULTS,
    SILENT,
    STATES,
    SUBSTITUTIONS,
    on_bases,
)
from scorewire.providers.mlb_statsapi_file import (
    FEED,
    PLAY,
    Feed,
    Person,
    Play,
    PlayEvent,
    Review,
    Runner,
    Who,
    errors_by_inning,
    number,
)
from scorewire.providers.mlb_statsapi_file import (
    Team as FeedTeam,
)

PROVIDER = "mlb_statsapi"
ONE_OUT = frozenset({"STRIKEOUT", "OUT", "CAUGHT_STEALING", "PICKOFF", "RUNNER_OUT"})
"""Types that make an out where they do not say how many."""
STILL = SILENT | SUBSTITUTIONS.keys() | {"defensive_switch", "mound_visit"}
"""Actions on which nobody moves."""
_AT_BATS = frozenset(type_ for type_, _ in RESULTS.values())
_HOME = frozenset({"score", "4B"})
POST_SEASON = frozenset("FDLW")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\Z", re.ASCII)
_OTHER: dict[Side, Side] = {"home": "away", "away": "home"}


@dataclass(slots=True)
class Reading:
    """A document while its plays are read in order.

    Attributes:
        names: of players, by number.
        errors: of home and away by inning, where no row credits anybody with one.
        bases: where each runner stands, by number.
        at_ms: wall time of what is read now.
    """

    transcript: Transcript
    feed: Feed
    revision: int
    names: dict[int, str]
    sides: dict[int, Side]
    errors: dict[int, tuple[int, int]] = field(default_factory=dict)
    bases: dict[int, str] = field(default_factory=dict)
    period: int = 0
    at_ms: int = 0

    @property
    def batting(self) -> Side:
        """The visitors bat in the top."""
        return "away" if self.period % 2 else "home"

    def player(self, who: Who) -> Player | None:
        """With the name that the document has for him anywhere."""
        known = number(who)
        return Player(id=f"mlb-{known}", name=self.names.get(known, "")) if known > 0 else None

    def claim(
        self,
        event: str,
        kind: str,
        *,
        team: Side | None = None,
        who: Who = None,
        detail: Detail | None = None,
        score: SideScore | None = None,
        place: tuple[float, float] | None = None,
        timeless: bool = False,
    ) -> None:
        """Write one claim down; `timeless` ones are about the game and name no half-inning."""
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id="",
                event=event,
                revision=self.revision,
                type=kind,
                team=team,
                period=None if timeless or not self.period else self.period,
                player=self.player(who),
                detail=detail or {},
                score=score,
                x=place and place[0],
                y=place and place[1],
                time_ms=self.at_ms,
            )
        )

    def at(self, text: str) -> None:
        """Wall time, where the feed has one."""
        self.at_ms = time_ms(text) or self.at_ms


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    feed = read_json(FEED, body, "a live feed of the MLB Stats API")
    teams = feed.game_data.teams
    transcript = Transcript(provider=PROVIDER, game_id=f"mlb-{feed.game_pk}")
    plays = _plays(feed.live_data.plays.all_plays, transcript)
    reading = Reading(
        transcript=transcript,
        feed=feed,
        revision=stamp_ms(feed.meta_data.time_stamp) or 1,
        names=_names(feed, plays),
        sides={teams.away.id: "away", teams.home.id: "home"},
        errors=errors_by_inning(feed, plays),
        at_ms=time_ms(feed.game_data.datetime.date_time) or 0,
    )
    _lineups(reading)
    for play in plays:
        _play(reading, play)
    _status(reading)
    return transcript.decoded(game=str(feed.game_pk), declaration=_declaration(feed))


def stamp_ms(text: str) -> int | None:
    """stamp_ms("19700101_000001") == 1000."""
    match = _STAMP.match(text)
    return time_ms("{}-{}-{}T{}:{}:{}Z".format(*match.groups())) if match else None


def _plays(raws: list[Raw], transcript: Transcript) -> list[Play]:
    plays: list[Play] = []
    for raw in raws:
        try:
            play = PLAY.decode(raw)
        except _FAULTS:
            transcript.skip("unreadable_play")
            continue
        if 1 <= play.about.inning <= 49:
            plays.append(play)
        else:
            transcript.skip("unreadable_play")
    return sorted(plays, key=lambda play: play.about.at_bat_index)


def _names(feed: Feed, plays: list[Play]) -> dict[int, str]:
    people: list[Who] = list(feed.game_data.players.values())
    for play in plays:
        people += [play.matchup.batter, play.matchup.pitcher, *(row.details.runner for row in play.runners)]
    return {one.id: one.full_name for one in people if isinstance(one, Person) and one.full_name}


def _lineups(reading: Reading) -> None:
    teams = reading.feed.live_data.boxscore.teams
    both: tuple[tuple[Side, Detail], ...] = (("away", {}), ("home", {}))
    for side, sheet in both:
        for one in (teams.home if side == "home" else teams.away).players.values():
            starts = "starter" if one.batting_order.endswith("00") else ""
            name = one.person.full_name.replace("|", " ")
            sheet[f"mlb-{one.person.id}"] = f"{one.jersey_number}|{name}|{one.position.abbreviation}|{starts}"
        if sheet:
            reading.claim(f"lineup-{side}", "LINEUP", team=side, detail=sheet, timeless=True)


def _play(reading: Reading, play: Play) -> None:
    about = play.about
    period = about.inning * 2 - about.is_top_inning
    reading.at(about.start_time)
    if period != reading.period:
        reading.period = period
        reading.bases = {}
        half = f"{about.inning}{'t' if about.is_top_inning else 'b'}"
        reading.claim(f"{half}-start", "PERIOD_START", team=reading.batting)
        by_home, by_away = reading.errors.get(about.inning, (0, 0))
        for place in range(1, 1 + (by_home if about.is_top_inning else by_away)):
            reading.claim(f"{half}-error-{place}", "ERROR", team=_OTHER[reading.batting])
    rows: dict[int, list[Runner]] = {}
    for row in play.runners:
        rows.setdefault(row.details.play_index, []).append(row)
    for entry in play.play_events:
        reading.at(entry.end_time)
        if not _is_result(play, entry):
            moves = entry.type == "action" and entry.details.event_type not in STILL
            _entry(reading, play, entry, rows.pop(entry.index, []) if moves else [])
        _review(reading, f"{about.at_bat_index}-{entry.index}", entry.review_details)
    reading.at(about.end_time)
    _review(reading, f"{about.at_bat_index}", play.review_details)
    if about.is_complete:
        _result(reading, play, [row for group in rows.values() for row in group])


def _is_result(play: Play, entry: PlayEvent) -> bool:
    """Whether an action is what the turn ended with; it is told as the result, once."""
    return (
        play.about.is_complete
        and entry.type == "action"
        and entry.index == play.play_events[-1].index
        and entry.details.event_type == play.result.event_type
    )


def _entry(reading: Reading, play: Play, entry: PlayEvent, rows: list[Runner]) -> None:
    """One entry of `playEvents`."""
    kind, event = entry.details.event_type, f"{play.about.at_bat_index}-{entry.index}"
    if entry.is_pitch or entry.type == "no_pitch":
        _pitch(reading, play, entry, event)
    elif entry.type != "action":
        reading.transcript.skip(f"{entry.type or 'unnamed'}_entry"[:40])
    elif kind in SUBSTITUTIONS:
        _substitution(reading, play, entry, event)
    elif kind == "defensive_switch":
        where: Detail = {"position": entry.position.abbreviation} if entry.position.abbreviation else {}
        fielding = _OTHER[reading.batting]
        reading.claim(event, "POSITION_CHANGE", team=fielding, who=entry.player, detail=where)
    elif kind == "mound_visit":
        reading.claim(event, "MOUND_VISIT", team=_OTHER[reading.batting])
    elif kind in SILENT:
        reading.transcript.skip(kind)
    elif rows or on_bases(kind) is not None:
        type_, what = on_bases(kind) or ("ADVANCE", "")
        if rows or type_ != "RUNNER_OUT":
            score = _score(entry.details.home_score, entry.details.away_score)
            _moves(reading, play, event, type_=type_, kind=what, rows=rows, score=score)
    else:
        reading.transcript.skip("unknown_action")


def _pitch(reading: Reading, play: Play, entry: PlayEvent, event: str) -> None:
    code, count = entry.details.code, entry.count
    detail: Detail = {"balls": count.balls, "strikes": count.strikes, **_pitcher(reading, play)}
    if code in CALLS:
        detail["call"] = CALLS[code]
    if not entry.is_pitch:
        detail["kind"] = "automatic"
    if entry.pitch_data.start_speed is not None:
        detail["mph"] = entry.pitch_data.start_speed
    reading.claim(event, "PITCH", team=reading.batting, who=play.matchup.batter, detail=detail)


def _pitcher(reading: Reading, play: Play) -> Detail:
    pitcher = reading.player(play.matchup.pitcher)
    return {"pitcher": pitcher.name, "pitcher_id": pitcher.id} if pitcher is not None else {}


def _substitution(reading: Reading, play: Play, entry: PlayEvent, event: str) -> None:
    kind = SUBSTITUTIONS[entry.details.event_type]
    side = reading.batting if kind == "pinch_hitter" else _OTHER[reading.batting]
    into = reading.player(entry.player)
    if into is None:
        reading.transcript.skip("substitute_unknown")
        return
    if kind == "pinch_hitter" and (entry.base or number(entry.player) != play.matchup.batter.id):
        kind = "pinch_runner"
    detail: Detail = {"in": into.name, "in_id": into.id, "kind": kind}
    if entry.position.abbreviation:
        detail["position"] = entry.position.abbreviation
    reading.claim(event, "SUBSTITUTION", team=side, who=entry.replaced_player, detail=detail)


def _review(reading: Reading, event: str, review: Review | None) -> None:
    if review is None:
        return
    side = reading.sides.get(review.challenge_team_id)
    reading.claim(f"{event}-review", "REVIEW_STARTED", team=side)
    if not review.in_progress:
        decision: Detail = {"decision": "overturned" if review.is_overturned else "upheld"}
        reading.claim(f"{event}-decision", "REVIEW_ENDED", team=side, detail=decision)


def _result(reading: Reading, play: Play, rows: list[Runner]) -> None:
    """What the turn at bat ended with."""
    said = play.result
    type_, kind = RESULTS.get(said.event_type) or on_bases(said.event_type) or ("", "")
    if not type_:
        reading.transcript.skip("unknown_result")
        type_ = "OUT" if any(row.movement.is_out for row in rows) else "ADVANCE"
    if type_ == "OUT" and not kind:
        kind = OUT_KINDS.get(said.event, "")
    score = _score(said.home_score, said.away_score)
    _moves(reading, play, f"{play.about.at_bat_index}", type_=type_, kind=kind, rows=rows, score=score)


def _moves(
    reading: Reading,
    play: Play,
    event: str,
    *,
    type_: str,
    kind: str,
    rows: list[Runner],
    score: SideScore | None,
) -> None:
    """A play with its movements: runs first, the play itself, then errors."""
    at_bat = type_ in _AT_BATS
    batter = play.matchup.batter if at_bat else None
    scored, outs = _run(reading, rows)
    runs: Detail = {}
    if scored:
        batted_in = sum(row.details.rbi and row.movement.end in _HOME for row in rows)
        ids = " ".join(f"mlb-{number(row.details.runner)}" for row in scored)
        runs = {"runs": len(scored), "rbi": batted_in, "scored": ids}
        runs["unearned"] = sum(not row.details.earned for row in scored)
    if scored and type_ != "HOME_RUN":
        what: Detail = {**runs, "kind": kind or type_.lower()}
        reading.claim(f"{event}-runs", "RUNS", team=reading.batting, who=batter, detail=what, score=score)
    detail: Detail = {"bases": "".join(sorted(base[0] for base in set(reading.bases.values())))}
    if at_bat:
        detail |= _pitcher(reading, play)
    if type_ == "HOME_RUN":
        detail |= runs or {"runs": 1, "rbi": 1}
    if kind:
        detail["kind"] = kind
    if outs != (type_ in ONE_OUT):
        detail["outs"] = outs
    who = batter if at_bat else rows[0].details.runner if rows else None
    came_down = play.came_down if at_bat else None
    reading.claim(event, type_, team=reading.batting, who=who, detail=detail, score=score, place=came_down)
    errors = [one for row in rows for one in row.credits if one.credit.endswith("_error")]
    for place, error in enumerate({number(one.player): one for one in errors}.values(), 1):
        reading.claim(f"{event}-error-{place}", "ERROR", team=_OTHER[reading.batting], who=error.player)


def _run(reading: Reading, rows: list[Runner]) -> tuple[list[Runner], int]:
    """Move the runners; who scored, and how many are out."""
    scored: list[Runner] = []
    out: set[int] = set()
    home: set[int] = set()
    movers = {number(row.details.runner) for row in rows}
    for row in rows:
        who, start, end = number(row.details.runner), row.movement.start, row.movement.end
        if start is not None and who not in reading.bases:
            # A pinch runner stands where another stood, who does not move any more.
            reading.bases = {
                one: base for one, base in reading.bases.items() if base != start or one in movers
            }
        if row.movement.is_out:
            out.add(who)
        elif end in _HOME:
            if who <= 0 or who not in home:
                scored.append(row)
            home.add(who)
        elif end in {"1B", "2B", "3B"}:
            reading.bases[who] = end
            continue
        reading.bases.pop(who, None)
    return scored, len(out)


def _score(home: int | None, away: int | None) -> SideScore | None:
    return None if home is None or away is None or min(home, away) < 0 else SideScore(home=home, away=away)


def _status(reading: Reading) -> None:
    """What the state of the game says; `Final` says that it has ended as well."""
    state, _, reason = reading.feed.game_data.status.detailed_state.partition(": ")
    event, kind = STATES.get(state, ("", ""))
    detail: Detail = {"reason": reason.lower()} if reason else {}
    totals = reading.feed.live_data.linescore.teams
    score = _score(totals.home.runs, totals.away.runs)
    if kind == "GAME_FINAL":
        reading.claim("end", "GAME_END", detail=detail)
        reading.claim(event, kind, score=score, timeless=True)
    elif kind == "GAME_AWARDED":
        if score is None:
            reading.transcript.skip("forfeit_score_unknown")
        else:
            award: Detail = {"home": score.home, "away": score.away}
            reading.claim(event, kind, detail=award, timeless=True)
    elif kind == "GAME_END":
        reading.claim(event, kind, detail=detail)
    elif kind and not (kind in {"PRE_GAME", "GAME_POSTPONED"} and reading.period):
        reading.claim(event, kind, detail=detail, timeless=True)


def _declaration(feed: Feed) -> GameDeclared:
    data = feed.game_data
    innings = feed.live_data.linescore.scheduled_innings
    rules: Detail = {}
    if innings is not None and innings != 9 and innings > 0:
        rules["innings"] = innings
    if data.game.type in POST_SEASON or "" < (data.game.season or data.datetime.date_time)[:4] < "2020":
        rules["extra_runner"] = False
    start = time_ms(data.datetime.date_time)
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"mlb-{feed.game_pk}",
        event=f"mlb-{feed.game_pk}",
        revision=stamp_ms(feed.meta_data.time_stamp) or 1,
        sport="baseball",
        league=League(id="mlb", name="Major League Baseball"),
        season=data.game.season,
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=data.venue.name, tz=str(data.venue.time_zone.id)) if data.venue.name else None,
        home=_team(data.teams.home),
        away=_team(data.teams.away),
        provider_ids={PROVIDER: str(feed.game_pk)},
        rules=rules,
    )


def _team(team: FeedTeam) -> Team:
    return Team(id=f"mlb-{team.id}", name=team.name, abbr=team.abbreviation)


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the plays; all but the whole are of a game in progress."""
    feed = read_json(FEED, body, "a live feed of the MLB Stats API")
    raws = feed.live_data.plays.all_plays
    for length in slices(len(raws), steps):
        if length == len(raws):
            yield body
            continue
        live = msgspec.structs.replace(feed.game_data.status, detailed_state="In Progress")
        plays = msgspec.structs.replace(feed.live_data.plays, all_plays=raws[:length])
        part = msgspec.structs.replace(
            feed,
            game_data=msgspec.structs.replace(feed.game_data, status=live),
            live_data=msgspec.structs.replace(feed.live_data, plays=plays),
        )
        yield msgspec.json.encode(part)


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The key of a game, and what only this feed calls so."""
    head = body[:65536]
    return b'"gamePk"' in head and b'"gameData"' in head and b'"liveData"' in body


MLB_STATSAPI = Format(
    name=PROVIDER,
    sport="baseball",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    grow=grow,
)
