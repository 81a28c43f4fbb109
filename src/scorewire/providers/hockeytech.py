"""HockeyTech (PWHL, AHL, ECHL, CHL): the play-by-play list of a game, and its summary.

Quirks that this file decides:
    - A list of rows in order of play, rewritten as it grows. Goals and penalties have ids (`goal-253`); other
      rows have none, so theirs are made of what they are: `shot-1-3:12-16` is the shot of player 16 at 3:12
      of period 1, with `-2` behind the second of that name. They are the same whenever the list is read.
    - EVERY GOAL IS ALSO A SHOT at the same clock, with `isGoal`: skipped (`goal_twin`). The goal's row may
      come a little later; a goal that still has none when the game is final is told by its shot.
    - Nothing says that a period begins or ends: it begins with its first row, and ends where the next begins
      or the summary says that the game is final.
    - `time` is what was played of the period; boards show what is left, so it is turned round. An overtime
      is 5 minutes, or 20 in play-offs: the summary tells, or a clock past 5:00, or a second overtime.
    - Home and away are not said: the home player of a face-off is of the home team. Until that is known no
      claim is made (`side_unknown`); the companion `game_summary` tells at once.
    - Who was on the ice for a goal stands in its row: `plus_ids` and `minus_ids` of its detail.
    - The first goalkeepers come in at 0:00 for nobody (`starting_goalie`). One that goes out for nobody has
      been pulled, one that comes in for nobody is back.
    - x and y are in a picture of 600 by 300, in which the home team always attacks to the left.
    - Shoot-out rows (`shootout`) and missed penalty shots (`penaltyshot`) are unverified, built from
      documentation: no recording of ours holds one.
    - Bodies may be wrapped as JSONP. No row has a wall time: `time_ms` is nominal.

A summary by itself is a snapshot: the line-ups, and the score as SCORE_SET, by period where it adds up.

Source: payloads of lscluster.hockeytech.com, feeds statviewfeed (gameCenterPlayByPlay) and gc (gamesummary);
sportsdataverse-py#368 on the twin of each goal.
"""

import re
from collections import Counter

import msgspec

from scorewire.errors import FeedError
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    Team,
    Venue,
)
from scorewire.providers import hockeytech_rows as row_facts
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
    time_ms,
)
from scorewire.providers.hockeytech_file import (
    GAME_CENTRE,
    ROW,
    ROWS,
    Contents,
    Facts,
    Lineup,
    Number,
    Person,
    Row,
    Summary,
    whole,
)

PROVIDER = "hockeytech"
LEAGUES = {"pwhl": "PWHL", "ahl": "AHL", "echl": "ECHL", "ohl": "OHL", "whl": "WHL", "lhjmq": "QMJHL"}
ROUNDS = {"pwhl": 5, "ahl": 5}
"""Shots a side in the shoot-out, where it is not three."""

PLAIN = {
    "shot": "SHOT",
    "blocked_shot": "SHOT_BLOCKED",
    "hit": "HIT",
    "faceoff": "FACEOFF",
    "goal": "GOAL",
    "penalty": "PENALTY",
    "penaltyshot": "PENALTY_SHOT_MISSED",
}
STRENGTHS = (
    ("is_penalty_shot", "ps"),
    ("is_empty_net", "en"),
    ("is_power_play", "pp"),
    ("is_short_handed", "sh"),
)

REGULATION = 3
PERIOD_S = 1200
SHORT_S = 300
INTERMISSION_S = 1080

_OVERTIME = re.compile(r"OT(\d{0,2})\Z", re.ASCII)
_NUMBER = re.compile(r"(\d+)\D*\Z", re.ASCII)
_PICTURES = re.compile(rb"leaguestat\.com/([a-z]{2,8})/")


def decode(body: bytes, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:
    """See `Decode`. Companions: `game_summary` (teams, line-ups, the end)."""
    body = _unwrapped(body)
    if body.lstrip()[:1] == b"{":
        alone = read_json(GAME_CENTRE, body, "a HockeyTech game summary").contents
        return Reading(alone, "", _league(alone, body)).snapshot()
    raws = read_json(ROWS, body, "a HockeyTech play-by-play")
    wrapped = companions.get("game_summary")
    summary = {} if wrapped is None else {"game_summary": _unwrapped(wrapped)}
    centre = read_companion(GAME_CENTRE, summary, "game_summary")
    contents = centre.contents if centre is not None else None
    rows: list[Row] = []
    unreadable = 0
    for raw in raws:
        try:
            rows.append(ROW.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            unreadable += 1
    if not rows:
        raise FeedError("unreadable_payload", "this is not a HockeyTech play-by-play: no row can be read")
    number = _NUMBER.search(name.partition(".")[0])
    reading = Reading(contents, number[1] if number else "", _league(contents, body))
    reading.transcript.skipped.update({"unreadable_row": unreadable} if unreadable else {})
    return reading.tell(rows)


class Reading:
    """One game being read: which team is at home, how long its overtimes are, which ids were given."""

    __slots__ = (
        "clubs",
        "full",
        "game",
        "given",
        "home",
        "league",
        "pulled",
        "start_ms",
        "summary",
        "transcript",
    )

    def __init__(self, contents: Contents | None, number: str, league: str) -> None:
        self.summary: Summary | None = contents.summary if contents is not None else None
        meta = self.summary.meta if self.summary is not None else None
        self.game = str(whole(meta.id)) if meta is not None and whole(meta.id) is not None else number
        self.league = league
        self.transcript = Transcript(provider=PROVIDER, game_id=f"{league}-{self.game or 'game'}")
        self.home: dict[int, Side] = {}
        self.clubs: dict[int, str] = {}
        self.given: Counter[str] = Counter()
        self.pulled: set[Side] = set()
        self.full = False
        self.start_ms = 0
        if self.summary is not None:
            self.start_ms = time_ms(self.summary.game_date) or 0
            teams: tuple[tuple[Side, Number], ...] = (
                ("home", self.summary.home.id),
                ("away", self.summary.visitor.id),
            )
            self.home = {known: side for side, one in teams if (known := whole(one)) is not None}

    def snapshot(self) -> Decoded:
        """The summary by itself: line-ups, score and end."""
        summary = self.summary
        assert summary is not None, "a snapshot is made of one"
        self._lineups(summary)
        if row_facts.yes(summary.meta.started) or row_facts.yes(summary.meta.final):
            self._score(summary)
        if row_facts.yes(summary.meta.final):
            self._final(summary)
        return self.transcript.decoded(game=self.game, declaration=self._declaration())

    def tell(self, rows: list[Row]) -> Decoded:
        """The play-by-play, with what the summary adds."""
        self.clubs = row_facts.clubs(rows)
        self.home = self.home or row_facts.sides(rows)
        if not self.home:
            self.transcript.skipped["side_unknown"] += len(rows)
            return self.transcript.decoded(game=self.game, declaration=None)
        self.full = self._is_full(rows)
        final = self.summary is not None and row_facts.yes(self.summary.meta.final)
        goals = {row_facts.moment(row.details) for row in rows if row.event == "goal"}
        if self.summary is not None:
            self._lineups(self.summary)
        period = 0
        for row in rows:
            now = self._period(row)
            if now > period:
                if period:
                    self._edge("PERIOD_END", period)
                self._edge("PERIOD_START", now)
                period = now
            twin = row.event == "shot" and row_facts.yes(row.details.is_goal)
            if twin and (row_facts.moment(row.details) in goals or not final):
                self.transcript.skip("goal_twin")
                continue
            self._tell_row(row, "goal" if twin else row.event, now)
        if final and self.summary is not None:
            self._edge("PERIOD_END", period)
            self._final(self.summary)
        return self.transcript.decoded(game=self.game, declaration=self._declaration())

    def _tell_row(self, row: Row, event: str, period: int) -> None:
        facts = row.details
        if event == "goalie_change":
            self._goalkeeper(facts, period)
            return
        type_ = PLAIN.get(event)
        if event == "shootout":
            type_ = "SHOOTOUT_GOAL" if row_facts.yes(facts.is_goal) else "SHOOTOUT_MISS"
        if type_ is None:
            self.transcript.skip("unknown_type")
            return
        if event == "penaltyshot" and row_facts.yes(facts.is_goal):
            self.transcript.skip("goal_twin")
            return
        person = facts.scored_by or facts.taken_by or facts.shooter or facts.player or row_facts.winner(facts)
        team = self._team(facts, event)
        claim = self._claim(type_, self._id(event, facts, person, period), period, facts)
        x, y = row_facts.place(facts, team)
        self.transcript.add(
            msgspec.structs.replace(
                claim,
                team=team,
                player=self._player(person),
                detail=self._detail(type_, facts),
                x=x,
                y=y,
            )
        )

    def _goalkeeper(self, facts: Facts, period: int) -> None:
        into, out, side = facts.goalie_coming_in, facts.goalie_going_out, self._side(facts.team_id)
        if side is None:
            self.transcript.skip("side_unknown")
            return
        if into is not None and out is None and side not in self.pulled:
            self.transcript.skip("starting_goalie")
            return
        type_ = "GOALIE_CHANGED" if into and out else "GOALIE_PULLED" if out else "GOALIE_RETURNED"
        self.pulled = self.pulled | {side} if type_ == "GOALIE_PULLED" else self.pulled - {side}
        claim = self._claim(type_, self._id("goalie", facts, out or into, period), period, facts)
        detail: Detail = {"in": row_facts.name(into), "in_id": self._player_id(into)} if into and out else {}
        self.transcript.add(
            msgspec.structs.replace(claim, team=side, player=self._player(out or into), detail=detail)
        )

    def _claim(self, type_: str, event: str, period: int, facts: Facts | None = None) -> ProviderEvent:
        played = row_facts.seconds(facts) if facts is not None else None
        clock = None
        if played is not None and type_ not in {"SHOOTOUT_GOAL", "SHOOTOUT_MISS"}:
            left = max(0, self._length_s(period) - played)
            clock = f"{left // 60}:{left % 60:02}"
        ends = self._length_s(period) if type_ in {"PERIOD_END", "GAME_END", "GAME_FINAL"} else 0
        gone = (max(period, 1) - 1) * (PERIOD_S + INTERMISSION_S) + (ends if played is None else played)
        return ProviderEvent(
            provider=PROVIDER,
            game_id="",
            event=event,
            revision=1,
            type=type_,
            period=period or None,
            clock=clock,
            time_ms=self.start_ms + gone * 1000,
        )

    def _edge(self, type_: str, period: int) -> None:
        word = "start" if type_ == "PERIOD_START" else "end"
        self.transcript.add(self._claim(type_, f"period-{period}-{word}", period))

    def _id(self, event: str, facts: Facts, person: Person | None, period: int) -> str:
        if event == "goal" and facts.game_goal_id is not None:
            return f"goal-{facts.game_goal_id}"
        if event == "penalty" and facts.game_penalty_id is not None:
            return f"penalty-{facts.game_penalty_id}"
        number = whole(person.id) if person is not None else None
        base = f"{event}-{period}-{facts.time}-{number if number is not None else 'nobody'}"
        self.given[base] += 1
        times = self.given[base]
        return base if times == 1 else f"{base}-{times}"

    def _side(self, team: Number) -> Side | None:
        number = whole(team)
        return None if number is None else self.home.get(number)

    def _team(self, facts: Facts, event: str) -> Side | None:
        if event == "faceoff":
            return None if facts.home_win is None else "home" if row_facts.yes(facts.home_win) else "away"
        for club in (facts.team, facts.against_team):
            if club is not None:
                return self._side(club.id)
        numbers = (facts.shooter_team_id, facts.hitting_team, facts.team_id)
        return next((side for one in numbers if (side := self._side(one)) is not None), None)

    def _player_id(self, person: Person | None) -> str:
        number = whole(person.id) if person is not None else None
        return f"{self.league}-{number}" if number is not None else ""

    def _player(self, person: Person | None) -> Player | None:
        known = self._player_id(person)
        return Player(id=known, name=row_facts.name(person)) if known else None

    def _detail(self, type_: str, facts: Facts) -> Detail:
        detail: Detail = {}
        if type_ == "GOAL":
            said = (word for name, word in STRENGTHS if row_facts.yes(getattr(facts.properties, name)))
            detail["strength"] = next(said, "even")
            for key, one in zip(("assist", "assist2"), facts.assists, strict=False):
                detail |= {key: row_facts.name(one), f"{key}_id": self._player_id(one)}
            for key, several in (("plus_ids", facts.plus_players), ("minus_ids", facts.minus_players)):
                if known := [number for one in several if (number := self._player_id(one))]:
                    detail[key] = " ".join(known)
        elif type_ == "PENALTY":
            detail = row_facts.penalty(facts)
            if facts.served_by is not None and facts.served_by != facts.taken_by:
                detail["served_by_id"] = self._player_id(facts.served_by)
        elif type_ == "SHOT_BLOCKED" and facts.blocker is not None:
            detail["blocker_id"] = self._player_id(facts.blocker)
        elif type_ == "SHOT" and (keeper := self._player_id(facts.goalie)):
            detail["goalie_id"] = keeper
        elif type_ == "FACEOFF" and (lost := self._player_id(row_facts.loser(facts))):
            detail["loser_id"] = lost
        if facts.shot_type:
            detail["shot"] = row_facts.word(facts.shot_type)
        return detail

    def _period(self, row: Row) -> int:
        said = row.details.period.id if row.details.period is not None else None
        if row.event == "shootout" or said == "SO":
            return REGULATION + 2
        overtime = _OVERTIME.match(said) if isinstance(said, str) else None
        if overtime is not None:
            return REGULATION + int(overtime[1] or 1)
        return max(1, min(whole(said) or 1, 99))

    def _is_full(self, rows: list[Row]) -> bool:
        """Whether overtimes are full periods: the summary says how long, or a row is too late for less."""
        periods = self.summary.periods if self.summary is not None else {}
        lengths = periods.values() if isinstance(periods, dict) else periods
        if any((whole(one.length) or 0) >= PERIOD_S for one in list(lengths)[REGULATION:]):
            return True
        return any(
            self._period(row) > REGULATION
            and (self._period(row) > REGULATION + 1 or (row_facts.seconds(row.details) or 0) > SHORT_S)
            for row in rows
            if row.event != "shootout" and (row.details.period is None or row.details.period.id != "SO")
        )

    def _length_s(self, period: int) -> int:
        return PERIOD_S if period <= REGULATION or self.full else SHORT_S

    def _lineups(self, summary: Summary) -> None:
        lineups: tuple[tuple[Side, Lineup], ...] = (
            ("home", summary.home_lineup),
            ("away", summary.visitor_lineup),
        )
        for side, lineup in lineups:
            detail: Detail = {}
            for one in (*lineup.goalies, *lineup.players):
                number = whole(one.player_id)
                if number is None:
                    continue
                role = "starter" if row_facts.yes(one.start) else "bench"
                parts = (
                    str(one.jersey_number or ""),
                    f"{one.first_name} {one.last_name}",
                    one.position_str,
                    role,
                )
                detail[f"{self.league}-{number}"] = "|".join(part.strip().replace("|", " ") for part in parts)
            if detail:
                claim = self._claim("LINEUP", f"lineup-{side}", 0)
                self.transcript.add(msgspec.structs.replace(claim, team=side, detail=detail))

    def _score(self, summary: Summary) -> None:
        stated = row_facts.stated(summary)
        if stated is None:
            return
        detail: Detail = {"home": stated.home, "away": stated.away}
        lines = row_facts.lines(summary, stated)
        if lines:
            detail["lines"] = lines
        claim = self._claim("SCORE_SET", "summary-score", 0)
        revision = time_ms(summary.meta.last_modified) or 1
        self.transcript.add(msgspec.structs.replace(claim, revision=revision, detail=detail))

    def _final(self, summary: Summary) -> None:
        stated = row_facts.stated(summary)
        if row_facts.yes(summary.meta.forfeit) and stated is not None:
            claim = self._claim("GAME_AWARDED", "awarded", 0)
            detail: Detail = {"home": stated.home, "away": stated.away}
            self.transcript.add(msgspec.structs.replace(claim, detail=detail))
            return
        last = self.transcript.events[-1].period or REGULATION if self.transcript.events else REGULATION
        end = self._claim("GAME_END", "end", last)
        self.transcript.add(msgspec.structs.replace(end, period=None, score=stated))
        self.transcript.add(msgspec.structs.replace(self._claim("GAME_FINAL", "final", last), period=None))

    def _declaration(self) -> GameDeclared | None:
        teams = {side: number for number, side in self.home.items()}
        if set(teams) != {"home", "away"}:
            return None
        summary = self.summary
        start = time_ms(summary.game_date) if summary is not None else None
        rules: Detail = {}
        if self.full:
            rules["overtime"] = "full"
        elif self.league in ROUNDS:
            rules["shootout_rounds"] = ROUNDS[self.league]
        return GameDeclared(
            provider=PROVIDER,
            game_id=self.transcript.game_id,
            event=f"{self.game or 'game'}-scheduled",
            revision=1,
            sport="ice_hockey",
            league=League(id=self.league, name=LEAGUES.get(self.league, "")),
            season=row_facts.season(summary.game_date) if summary is not None else "",
            start=UNDATED if start is None else rfc3339(start),
            venue=Venue(name=summary.venue) if summary is not None and summary.venue else None,
            home=self._named_team("home", teams["home"]),
            away=self._named_team("away", teams["away"]),
            provider_ids={PROVIDER: self.game} if self.game else {},
            rules=rules,
            time_ms=start or 0,
        )

    def _named_team(self, side: Side, number: int) -> Team:
        said = None
        if self.summary is not None:
            said = self.summary.home if side == "home" else self.summary.visitor
        abbr = (said.code if said is not None else "") or self.clubs.get(number, "")
        name = (said.name if said is not None else "") or abbr or str(number)
        return Team(
            id=f"{self.league}-{number}", name=name, abbr=abbr, city=said.city if said is not None else ""
        )


def _unwrapped(body: bytes) -> bytes:
    """The JSON in a JSONP body; any other body as it is."""
    head = body[:200].lstrip()
    if head[:1] in {b"[", b"{", b""} or b"(" not in head:
        return body
    return body[body.index(b"(") + 1 : max(body.rfind(b")"), 0)]


def _league(contents: Contents | None, body: bytes) -> str:
    """`pwhl`: as the summary was asked for, else from the address of a player's picture."""
    code = contents.parameters.client_code if contents is not None else ""
    if re.fullmatch("[a-z]{2,8}", code):
        return code
    found = _PICTURES.search(body)
    return found[1].decode() if found else PROVIDER


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Rows with an event, details and a period that has a long name; or a game summary."""
    head = body[:8192]
    if b'"Gamesummary"' in head:
        return True
    return b'"event"' in head and b'"details"' in head and b'"longName"' in head


HOCKEYTECH = Format(
    name=PROVIDER,
    sport="ice_hockey",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("game_summary",),
)
