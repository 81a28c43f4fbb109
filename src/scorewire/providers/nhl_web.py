"""NHL web API: `/v1/gamecenter/GAME/play-by-play`, the whole game, rewritten as it grows.

Quirks that this file decides:
    - `sortOrder` is the order of play; `eventId` is the id and is not monotonic. `sequence` is the position
      among the claims made of the whole list, dense; whoever polls it live declares it `sparse`.
    - No play carries a wall time or a time of edit: the revision is 1, and `time_ms` is nominal: the start,
      the time played, and 18 minutes for each intermission.
    - The clock is given both ways; `timeRemaining` is what the boards show.
    - `situationCode` 1551 is away goalkeeper, away skaters, home skaters, home goalkeeper, before the play.
      It tells the strength of a goal, and that a goalkeeper left or came back (`EVENT-home-goalie`): no play
      says so. It travels as `situation` in detail where it is not 1551.
    - A team's challenge is a stoppage: `chlg-hm-goal-interference`, hm or vis. It failed if a penalty for an
      unsuccessful challenge follows at the same clock; a play that was overturned has simply vanished. The
      ruling (`EVENT-ruling`) stands before the next face-off. A league's review never says how it ended.
    - A team's time-out is a stoppage too: `home-timeout`, `visitor-timeout`, as reason or second reason.
    - A penalty against a bench names nobody; who serves it is in detail. A penalty shot is a penalty (PS).
    - Attempts in the shoot-out have the types of shots. The score of the header counts its winner.
    - An overtime is 5 minutes but in play-offs, which are full, and where its two clocks say otherwise.
    - x and y are feet from the middle of the rink; `homeTeamDefendingSide` tells the way of the attack.
    - The owner of a blocked shot is the shooter's team now and was the blocker's once: the roster tells.
    - Pre-game and post-game markers say nothing of the game (`marker`).

Source: payloads of api-web.nhle.com/v1/gamecenter; NHL Rules 2024-25 on what the words mean.
"""

import re
from collections.abc import Iterator

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
    slices,
    time_ms,
)
from scorewire.providers.nhl_web_file import GAME, PLAY, Facts, Game, Header, Play

PROVIDER = "nhl_web"
LEAGUE = League(id="nhl", name="NHL")

PLAIN = {
    "faceoff": "FACEOFF",
    "hit": "HIT",
    "giveaway": "GIVEAWAY",
    "takeaway": "TAKEAWAY",
    "shot-on-goal": "SHOT",
    "missed-shot": "SHOT_MISSED",
    "blocked-shot": "SHOT_BLOCKED",
    "failed-shot-attempt": "PENALTY_SHOT_MISSED",
    "delayed-penalty": "DELAYED_PENALTY",
    "goal": "GOAL",
    "penalty": "PENALTY",
    "period-start": "PERIOD_START",
    "period-end": "PERIOD_END",
    "game-end": "GAME_END",
}
ATTEMPTS = {"goal": "SHOOTOUT_GOAL"} | dict.fromkeys(
    ("shot-on-goal", "missed-shot", "blocked-shot", "failed-shot-attempt"), "SHOOTOUT_MISS"
)
MARKERS = frozenset(
    {"shootout-complete", "game-official", "early-intermission-start", "early-intermission-end"}
)
PENALTIES = {
    "MIN": "minor",
    "BEN": "bench_minor",
    "MAJ": "major",
    "MIS": "misconduct",
    "GAM": "game_misconduct",
    "MAT": "match",
    "PS": "penalty_shot",
}
TIMEOUTS: dict[str, Side] = {"home-timeout": "home", "visitor-timeout": "away"}
CHALLENGERS: dict[str, Side] = {"hm": "home", "vis": "away"}
SCHEDULE = {"PPD": "GAME_POSTPONED", "CNCL": "GAME_CANCELLED", "SUSP": "GAME_SUSPENDED"}
ROUNDS = {1: "Pre Season", 2: "Regular Season", 3: "Playoffs"}
PLAYOFFS = 3
FAILED = "unsuccessful-challenge"
CHALLENGE = "chlg-"
AFTER_REVIEWS = frozenset({"faceoff", "period-start", "period-end", "game-end"})
"""At the clock of the review itself, only these come after it."""

RINK_FT = 200.0
RINK_WIDTH_FT = 85.0
INTERMISSION_S = 1080
PERIOD_S = 1200
SHORT_MINUTES = 5

_TIME = re.compile(r"(\d{1,2}):([0-5]\d)\Z", re.ASCII)
_SITUATION = re.compile(r"[01][0-6][0-6][01]\Z", re.ASCII)


_ENCODER = msgspec.json.Encoder()


def decode(body: bytes, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. The payload needs no companion."""
    game = read_json(GAME, body, "an NHL play-by-play")
    transcript = Transcript(provider=PROVIDER, game_id=f"nhl-{game.id}")
    plays: list[Play] = []
    for raw in game.plays:
        try:
            plays.append(PLAY.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_play")
    Reading(game, transcript).tell(sorted(plays, key=lambda play: play.sort_order))
    return transcript.decoded(game=str(game.id), declaration=_declaration(game, _rules(game, plays)))


class Reading:
    """One payload being read: who plays where, which nets are empty, which challenge is open."""

    __slots__ = ("game", "names", "nets", "open", "sides", "start_ms", "teams", "transcript")

    def __init__(self, game: Game, transcript: Transcript) -> None:
        self.game = game
        self.transcript = transcript
        self.sides: dict[int, Side] = {game.away_team.id: "away", game.home_team.id: "home"}
        self.teams: dict[int, Side] = {}
        self.names: dict[int, str] = {}
        for one in game.roster_spots:
            self.names[one.player_id] = f"{one.first_name.default} {one.last_name.default}".strip()
            if one.team_id in self.sides:
                self.teams[one.player_id] = self.sides[one.team_id]
        self.nets: dict[Side, bool] = {"home": True, "away": True}
        self.open: Play | None = None
        self.start_ms = time_ms(game.start_time_utc) or 0

    def tell(self, plays: list[Play]) -> None:
        """Every claim that the payload makes, in order."""
        self._lineups()
        called_off = SCHEDULE.get(self.game.game_schedule_state)
        for play in plays:
            self._tell_play(play)
        if called_off is not None:
            self._add_frame(f"status-{self.game.game_schedule_state.lower()}", called_off, plays)
        elif self.game.game_state in {"FINAL", "OFF"} and plays:
            self._add_frame("final", "GAME_FINAL", plays)
        elif self.game.game_state == "PRE" and not plays:
            self._add_frame("status-pre", "PRE_GAME", plays)

    def _tell_play(self, play: Play) -> None:
        kind = play.type_desc_key
        if kind in MARKERS:
            self.transcript.skip("marker")
            return
        if kind == "stoppage":
            if self._goes_on(play) or CHALLENGE in f"{play.details.reason} {play.details.secondary_reason}":
                self._ruling(play)
            self._stoppage(play)
            return
        shootout = play.period_descriptor.period_type == "SO"
        type_ = ATTEMPTS.get(kind) if shootout and kind in ATTEMPTS else PLAIN.get(kind)
        if type_ is None:
            self.transcript.skip("unknown_type")
            return
        if self._goes_on(play):
            self._ruling(play)
        if not shootout and kind not in {"period-start", "period-end", "game-end"}:
            self._goalkeepers(play)
        self._tell(play, type_, shootout=shootout)
        if FAILED in play.details.desc_key and self.open is not None:
            self._ruling(play, decision="stands")

    def _tell(self, play: Play, type_: str, *, shootout: bool) -> None:
        facts, team = play.details, self._team(play)
        if type_ == "PENALTY" and facts.type_code == "PS":
            team, type_ = _other(team), "PENALTY_SHOT"
        score: SideScore | None = None
        if type_ == "GOAL" and facts.home_score is not None and facts.away_score is not None:
            score = SideScore(home=facts.home_score, away=facts.away_score)
        elif type_ == "GAME_END":
            home, away = self.game.home_team.score, self.game.away_team.score
            score = None if home is None or away is None else SideScore(home=home, away=away)
        x, y = _place(play, team)
        self.transcript.add(
            msgspec.structs.replace(
                self._claim(play, type_),
                clock=None if shootout else _clock(play.time_remaining),
                team=team,
                player=self._player(play, type_),
                detail=self._detail(play, type_, team),
                x=x,
                y=y,
                score=score,
            )
        )

    def _claim(self, play: Play, type_: str, *, suffix: str = "") -> ProviderEvent:
        return ProviderEvent(
            provider=PROVIDER,
            game_id="",
            event=f"{play.event_id}{suffix}",
            revision=1,
            type=type_,
            period=play.period_descriptor.number,
            clock=_clock(play.time_remaining),
            time_ms=self._time_ms(play),
        )

    def _team(self, play: Play) -> Side | None:
        facts = play.details
        if play.type_desc_key == "blocked-shot" and facts.shooting_player_id in self.teams:
            return self.teams[facts.shooting_player_id]
        return self.sides.get(facts.event_owner_team_id)

    def _player(self, play: Play, type_: str) -> Player | None:
        facts = play.details
        if type_ == "PENALTY_SHOT":
            return self._named(facts.drawn_by_player_id)
        return self._named(
            facts.scoring_player_id
            or facts.shooting_player_id
            or facts.committed_by_player_id
            or facts.winning_player_id
            or facts.hitting_player_id
            or facts.player_id
        )

    def _named(self, number: int) -> Player | None:
        return Player(id=f"nhl-{number}", name=self.names.get(number, "")) if number > 0 else None

    def _detail(self, play: Play, type_: str, team: Side | None) -> Detail:
        facts = play.details
        detail: Detail = {}
        if type_ == "GOAL":
            detail["strength"] = strength(play.situation_code, team)
            for key, number in (("assist", facts.assist1_player_id), ("assist2", facts.assist2_player_id)):
                if number:
                    detail |= {key: self.names.get(number, f"nhl-{number}"), f"{key}_id": f"nhl-{number}"}
        elif type_ == "PENALTY":
            detail["kind"] = _kind(facts)
            if facts.duration is not None:
                detail["minutes"] = facts.duration
            if facts.served_by_player_id:
                detail["served_by_id"] = f"nhl-{facts.served_by_player_id}"
        if type_ in {"PENALTY", "PENALTY_SHOT"} and facts.desc_key:
            detail["offence"] = _word(facts.desc_key)
        if facts.shot_type:
            detail["shot"] = _word(facts.shot_type)
        if type_ in {"GOAL", "SHOT"} and facts.goalie_in_net_id:
            detail["goalie_id"] = f"nhl-{facts.goalie_in_net_id}"
        if type_ == "FACEOFF" and facts.losing_player_id:
            detail["loser_id"] = f"nhl-{facts.losing_player_id}"
        if type_ == "SHOT_BLOCKED" and facts.blocking_player_id:
            detail["blocker_id"] = f"nhl-{facts.blocking_player_id}"
        if type_ == "SHOT_MISSED" and facts.reason:
            detail["reason"] = _word(facts.reason)
        if _SITUATION.match(play.situation_code) and play.situation_code != "1551":
            detail["situation"] = play.situation_code
        return detail

    def _stoppage(self, play: Play) -> None:
        facts = play.details
        reasons = [one for one in (facts.reason, facts.secondary_reason) if one]
        side = next((TIMEOUTS[one] for one in reasons if one in TIMEOUTS), None)
        challenge = next((one for one in reasons if one.startswith(CHALLENGE)), None)
        claim = self._claim(play, "STOPPAGE")
        if side is not None:
            claim = msgspec.structs.replace(claim, type="TIMEOUT", team=side)
        elif challenge is not None:
            _, who, *words = challenge.split("-")
            detail: Detail = {"subject": "_".join(words) or "play"}
            if who not in CHALLENGERS:
                detail["by"] = who
            claim = msgspec.structs.replace(claim, type="CHALLENGE", team=CHALLENGERS.get(who), detail=detail)
            self.open = play
        elif "video-review" in reasons:
            claim = msgspec.structs.replace(claim, type="REVIEW_STARTED", detail={"subject": "goal"})
            self.open = play
        else:
            claim = msgspec.structs.replace(claim, detail={"reason": _word(facts.reason)} if reasons else {})
        self.transcript.add(claim)

    def _goes_on(self, play: Play) -> bool:
        """Whether a play shows that the game has gone on after the open review."""
        return (
            self.open is None
            or play.type_desc_key in AFTER_REVIEWS
            or (play.period_descriptor.number, play.time_in_period)
            != (self.open.period_descriptor.number, self.open.time_in_period)
        )

    def _ruling(self, play: Play, *, decision: str = "") -> None:
        """Close the open review before `play`, which shows that the game has gone on."""
        was, self.open = self.open, None
        if was is None:
            return
        reason = f"{was.details.reason} {was.details.secondary_reason}"
        if not decision and any(f"{CHALLENGE}{who}-" in reason for who in CHALLENGERS):
            decision = "overturned"
        self.transcript.add(
            msgspec.structs.replace(
                self._claim(was, "REVIEW_ENDED", suffix="-ruling"),
                detail={"decision": decision} if decision else {},
                time_ms=self._time_ms(play),
            )
        )

    def _goalkeepers(self, play: Play) -> None:
        """A goalkeeper who left or came back between the last play and this one."""
        code = play.situation_code
        if not _SITUATION.match(code):
            return
        nets: dict[Side, bool] = {"away": code[0] == "1", "home": code[3] == "1"}
        for side, kept in nets.items():
            if kept == self.nets[side]:
                continue
            self.nets[side] = kept
            claim = self._claim(
                play, "GOALIE_RETURNED" if kept else "GOALIE_PULLED", suffix=f"-{side}-goalie"
            )
            self.transcript.add(msgspec.structs.replace(claim, team=side))

    def _lineups(self) -> None:
        for team, side in ((self.game.home_team, "home"), (self.game.away_team, "away")):
            detail: Detail = {
                f"nhl-{one.player_id}": "|".join(
                    part.replace("|", " ")
                    for part in (
                        str(one.sweater_number or ""),
                        self.names[one.player_id],
                        one.position_code,
                        "",
                    )
                )
                for one in self.game.roster_spots
                if one.team_id == team.id
            }
            if detail:
                claim = ProviderEvent(
                    provider=PROVIDER,
                    game_id="",
                    event=f"lineup-{side}",
                    revision=1,
                    type="LINEUP",
                    team="home" if side == "home" else "away",
                    detail=detail,
                    time_ms=self.start_ms,
                )
                self.transcript.add(claim)

    def _add_frame(self, event: str, type_: str, plays: list[Play]) -> None:
        at = self._time_ms(plays[-1]) if plays else self.start_ms
        self.transcript.add(
            ProviderEvent(provider=PROVIDER, game_id="", event=event, revision=1, type=type_, time_ms=at)
        )

    def _time_ms(self, play: Play) -> int:
        played = _seconds(play.time_in_period)
        period = max(1, min(play.period_descriptor.number, 99))
        return self.start_ms + ((period - 1) * (PERIOD_S + INTERMISSION_S) + played) * 1000


def strength(situation: str, team: Side | None) -> str:
    """`even`, `pp`, `sh`, `en` or `ps` of a goal of `team`, from the situation before it.

    strength("1541", "away") == "pp"; strength("1560", "away") == "en"; strength("0101", "away") == "ps".
    """
    if not _SITUATION.match(situation) or team is None:
        return "even"
    away_net, away, home, home_net = (int(digit) for digit in situation)
    own, other = (home, away) if team == "home" else (away, home)
    own_net, other_net = (home_net, away_net) if team == "home" else (away_net, home_net)
    if min(home, away) == 0:
        return "ps"
    if not other_net:
        return "en"
    own -= 1 - own_net  # the skater for the own goalkeeper is no power play
    return "pp" if own > other else "sh" if own < other else "even"


def _other(side: Side | None) -> Side | None:
    return None if side is None else "away" if side == "home" else "home"


def _kind(facts: Facts) -> str:
    kind = PENALTIES.get(facts.type_code, "minor")
    return "double_minor" if kind == "minor" and facts.duration == 4 else kind


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _seconds(text: str) -> int:
    match = _TIME.match(text)
    return int(match[1]) * 60 + int(match[2]) if match else 0


def _clock(text: str) -> str | None:
    match = _TIME.match(text)
    return f"{int(match[1])}:{match[2]}" if match else None


def _place(play: Play, team: Side | None) -> tuple[float | None, float | None]:
    """Feet from the middle of the rink to fractions of it in the direction of the attack."""
    facts = play.details
    if facts.x_coord is None or facts.y_coord is None or team is None:
        return None, None
    if play.home_team_defending_side not in {"left", "right"}:
        return None, None
    rightwards = (play.home_team_defending_side == "left") == (team == "home")
    way = 1 if rightwards else -1
    x = 0.5 + way * facts.x_coord / RINK_FT
    y = 0.5 + way * facts.y_coord / RINK_WIDTH_FT
    return round(min(1.0, max(0.0, x)), 4), round(min(1.0, max(0.0, y)), 4)


def _rules(game: Game, plays: list[Play]) -> Detail:
    """What the plays show of the overtime: two clocks add up to a length, a second one is full."""
    overtimes = [play for play in plays if play.period_descriptor.period_type == "OT"]
    if game.game_type == PLAYOFFS or len({play.period_descriptor.number for play in overtimes}) > 1:
        return {"overtime": "full"}
    lengths = {_seconds(play.time_in_period) + _seconds(play.time_remaining) for play in overtimes}
    minutes = max(lengths, default=0) // 60
    return {"overtime_minutes": minutes} if minutes not in {0, SHORT_MINUTES} else {}


def _declaration(game: Game, rules: Detail) -> GameDeclared:
    start = game.start_time_utc if time_ms(game.start_time_utc) is not None else UNDATED
    years = str(game.season)
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"nhl-{game.id}",
        event=f"{game.id}-scheduled",
        revision=1,
        sport="ice_hockey",
        league=LEAGUE,
        season=f"{years[:4]}-{years[6:]}" if len(years) == 8 else "",
        round=ROUNDS.get(game.game_type, ""),
        start=start,
        venue=Venue(name=game.venue.default) if game.venue.default else None,
        home=_named_team(game.home_team),
        away=_named_team(game.away_team),
        provider_ids={PROVIDER: str(game.id)},
        rules=rules,
        time_ms=time_ms(start) or 0,
    )


def _named_team(team: Header) -> Team:
    abbrev = team.abbrev or str(team.id)
    name = f"{team.place_name.default} {team.common_name.default}".strip() or abbrev
    return Team(id=f"nhl-{abbrev.lower()}", name=name, abbr=team.abbrev, city=team.place_name.default)


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the plays, in order of play; the game is live until the last."""
    game = read_json(GAME, body, "an NHL play-by-play")
    fields = read_json(msgspec.json.Decoder(dict[str, Raw]), body, "an NHL play-by-play")
    order: list[tuple[int, Raw]] = []
    for raw in game.plays:
        try:
            order.append((PLAY.decode(raw).sort_order, raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    order.sort(key=lambda pair: pair[0])
    for length in slices(len(order), steps):
        whole = length == len(order)
        shown = {"plays": [raw for _, raw in order[:length]]} | ({} if whole else {"gameState": "LIVE"})
        yield _ENCODER.encode({**fields, **shown})


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """A header with `gameScheduleState`, and plays with a side to defend or none yet."""
    return b'"gameScheduleState"' in body[:8192] and b'"plays"' in body and b'"startTimeUTC"' in body[:8192]


NHL_WEB = Format(
    name=PROVIDER,
    sport="ice_hockey",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    grow=grow,
)
