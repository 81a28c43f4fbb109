"""Cricsheet: a finished match of cricket, every ball of it, as JSON.

Quirks that this file decides:
    - There are neither ids nor a clock. The id of a ball is its innings, over and place in the over, as in
      `2-17-3`; what else happened on it adds a word (`2-17-3-wicket`). All have the revision of `meta`.
    - Only days are known. The match is taken to start at noon UTC, a ball to take 40 s and an innings break
      20 minutes, so that a replay has a pace. Balls of a Test do not say on which day they were bowled.
    - Home is the first of `teams`.
    - Overs are counted from 0. A wide or a no-ball is one more entry of its over and has the number of the
      ball that is bowled again, as scorers write it.
    - `review.decision` is about the review: upheld changes the umpire's call, struck down leaves it. A side
      that bats asks only when the umpire has given somebody out. The file keeps what stood in the end, so a
      review of that side that is upheld makes a WICKET and the WICKET_CANCELLED that follows.
    - Retired hurt and not out are no wickets; who bats again later has returned. Retired out is a wicket.
    - Every chase has a `target`; it is told only where it is not what the first innings makes of it.
    - Runs of the match and of its super overs lie in one list of innings.
    - `no result` is a match abandoned on the way.
    - Who finishes another's over (`replacements.role`) changes no figure: skipped (`role_replacement`).

Source: cricsheet.org, JSON format 1.0.0 and 1.1.0.
"""

import re
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
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
from scorewire.providers.cricsheet_file import Delivery, Info, Innings, Match, Outcome, Over, Review, Wicket
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

PROVIDER = "cricsheet"
BALL_MS = 40_000
BREAK_MS = 20 * 60_000
LONG = frozenset({"Test", "MDM"})
"""Match types of two innings a side."""
SHORT = frozenset({"T20", "IT20"})
"""Match types whose ties are broken by super overs; of others, where the file has one."""
NOT_OUT = frozenset({"retired hurt", "retired not out"})

_MATCH = msgspec.json.Decoder(Match)
_INNINGS = msgspec.json.Decoder(Innings)
_OVER = msgspec.json.Decoder(Over)
_DELIVERY = msgspec.json.Decoder(Delivery)
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}(?=\.|\Z)")
_OTHER: dict[Side, Side] = {"home": "away", "away": "home"}


@dataclass(slots=True)
class Reading:
    """What is known while the innings are read in order.

    Attributes:
        now_ms: nominal time of the next claim.
        away: who has retired and not come back, in this innings.
        runs: what each side has made in the match.
    """

    transcript: Transcript
    info: Info
    revision: int
    now_ms: int
    period: int = 0
    away: set[str] = field(default_factory=set)
    runs: dict[Side, int] = field(default_factory=lambda: {"home": 0, "away": 0})

    def side(self, team: str) -> Side | None:
        """Home is the first of the teams."""
        sides: dict[str, Side] = {self.info.teams[1]: "away", self.info.teams[0]: "home"}
        return sides.get(team)

    def player(self, name: str) -> Player | None:
        """By the id that the file's registry has for the name, else by the name."""
        own = self.info.registry.people.get(name) or slug(name)
        known = f"{PROVIDER}-{own}"[:64]
        return Player(id=known, name=name) if own and is_id(known) else None

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
        """Write one claim down; `timeless` ones are about the match and name no innings."""
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id="",
                event=event,
                revision=self.revision,
                type=kind,
                team=team,
                period=None if timeless else self.period,
                player=self.player(who),
                detail=detail or {},
                time_ms=self.now_ms,
            )
        )


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. The file's name is the number of the match."""
    match = read_json(_MATCH, body, "a Cricsheet match")
    info = match.info
    if len(set(info.teams)) != 2:
        raise FeedError("unreadable_payload", "this is not a Cricsheet match: it does not name two teams")
    start = _start(info)
    game = _game(name, info)
    reading = Reading(
        transcript=Transcript(provider=PROVIDER, game_id=f"{PROVIDER}-{game}"),
        info=info,
        revision=max(1, match.meta.revision),
        now_ms=time_ms(start) or 0,
    )
    innings = _readable(reading, match.innings)
    _before(reading)
    mains = 0
    for number, one in enumerate(innings):
        mains += not one.super_over
        super_overs = number + 1 - mains
        reading.period = _last(info) + super_overs if one.super_over else mains
        if not one.super_over and (super_overs or mains > _last(info)):
            reading.transcript.skip("innings_out_of_order")
            continue
        again = one.team == innings[number - 1].team if number else False
        _innings(reading, one, follows_on=again and mains == 3, ends=_ends(info, number == len(innings) - 1))
    _finish(reading, game)
    return reading.transcript.decoded(
        game=game, declaration=_declaration(reading, game, start, any(one.super_over for one in innings))
    )


def _readable(reading: Reading, raws: list[Raw]) -> list[Innings]:
    innings: list[Innings] = []
    for raw in raws:
        try:
            one = _INNINGS.decode(raw)
        except _FAULTS:
            reading.transcript.skip("unreadable_innings")
            continue
        if reading.side(one.team) is None:
            reading.transcript.skip("unknown_team")
        else:
            innings.append(one)
    return innings


def _last(info: Info) -> int:
    return 4 if info.match_type in LONG else 2


def _ends(info: Info, last: bool) -> bool:
    """Whether the innings came to its end; the last one of a match without a result did not."""
    return not last or (info.outcome is not None and info.outcome.result not in {"no result", "draw"})


def _before(reading: Reading) -> None:
    """Line-ups and toss."""
    info = reading.info
    for team, names in info.players.items():
        side = reading.side(team)
        if side is None:
            reading.transcript.skip("unknown_team")
            continue
        sheet: Detail = {}
        for player in filter(None, map(reading.player, names)):
            sheet[player.id] = f"|{player.name.replace('|', ' ')}||starter"
        reading.claim(f"lineup-{side}", "LINEUP", team=side, detail=sheet, timeless=True)
    winner = reading.side(info.toss.winner)
    if winner is not None:
        decision: Detail = {"decision": info.toss.decision} if info.toss.decision in {"bat", "field"} else {}
        reading.claim("toss", "TOSS", team=winner, detail=decision, timeless=True)


def _innings(reading: Reading, one: Innings, *, follows_on: bool, ends: bool) -> None:
    side, period = reading.side(one.team), reading.period
    assert side is not None, "an innings of another team was left out"
    reading.away.clear()
    if follows_on:
        reading.claim(f"{period}-follow-on", "FOLLOW_ON", team=side, timeless=True)
    if not one.super_over:
        _target(reading, one, side)
    if one.forfeited:
        reading.claim(f"{period}-forfeited", "INNINGS_FORFEITED", team=side)
        return
    reading.claim(f"{period}-start", "PERIOD_START", team=side)
    _penalty(reading, one, side, "pre", one.penalty_runs.pre)
    for raw in one.overs:
        try:
            over = _OVER.decode(raw)
        except _FAULTS:
            reading.transcript.skip("unreadable_over")
            continue
        _over(reading, one, side, over)
    _penalty(reading, one, side, "post", one.penalty_runs.post)
    for number, name in enumerate(one.absent_hurt, 1):
        reading.claim(f"{period}-absent-{number}", "BATTER_ABSENT", team=side, who=name)
    if one.declared:
        reading.claim(f"{period}-declared", "DECLARED", team=side)
    if ends:
        reading.claim(f"{period}-end", "PERIOD_END")
        reading.now_ms += BREAK_MS


def _target(reading: Reading, one: Innings, side: Side) -> None:
    """Only where it is not what the runs make of it."""
    said, info = one.target, reading.info
    natural = reading.runs[_OTHER[side]] - reading.runs[side] + 1
    overs = int(said.overs)
    if reading.period != _last(info) or said.runs <= 0:
        return
    if said.runs == natural and overs in {0, info.overs}:
        return
    detail: Detail = {"target": said.runs}
    if overs and overs != info.overs:
        detail["overs"] = overs
    if info.outcome is not None and info.outcome.method:
        detail["method"] = info.outcome.method
    reading.claim(f"{reading.period}-target", "TARGET_SET", detail=detail)


def _penalty(reading: Reading, one: Innings, side: Side, when: str, runs: int) -> None:
    if runs > 0:
        reading.claim(f"{reading.period}-penalty-{when}", "PENALTY_RUNS", team=side, detail={"runs": runs})
        if not one.super_over:
            reading.runs[side] += runs


def _over(reading: Reading, one: Innings, side: Side, over: Over) -> None:
    counted = 0
    for number, raw in enumerate(over.deliveries, 1):
        try:
            ball = _DELIVERY.decode(raw)
        except _FAULTS:
            reading.transcript.skip("unreadable_ball")
            continue
        event = f"{reading.period}-{over.over}-{number}"
        _changes(reading, side, event, ball)
        _ball(reading, side, event, ball, f"{over.over}.{counted + 1}")
        counted += not (ball.extras.wides or ball.extras.noballs)
        if not one.super_over:
            reading.runs[side] += ball.runs.total
        reading.now_ms += BALL_MS


def _changes(reading: Reading, side: Side, event: str, ball: Delivery) -> None:
    """Who has come into the match, and who bats again, by this ball."""
    for number, one in enumerate(ball.replacements.match, 1):
        team, into = reading.side(one.team), reading.player(one.into)
        if team is None or into is None:
            reading.transcript.skip("unknown_team")
            continue
        detail: Detail = {"in": into.name, "in_id": into.id}
        reading.claim(f"{event}-in-{number}", "SUBSTITUTION", team=team, who=one.out, detail=detail)
    for _ in ball.replacements.role:
        reading.transcript.skip("role_replacement")
    back = [name for name in (ball.batter, ball.non_striker) if name in reading.away]
    for number, name in enumerate(back, 1):
        reading.away.discard(name)
        mark = f"{event}-back" if number == 1 else f"{event}-back-{number}"
        reading.claim(mark, "BATTER_RETURNED", team=side, who=name)


def _ball(reading: Reading, side: Side, event: str, ball: Delivery, over: str) -> None:
    detail: Detail = {"over": over}
    if ball.runs.batter:
        detail["runs"] = ball.runs.batter
    detail |= {kind: runs for kind, runs in msgspec.structs.asdict(ball.extras).items() if runs}
    if ball.runs.batter in {4, 6} and not ball.runs.non_boundary:
        detail["boundary"] = ball.runs.batter
    bowler = reading.player(ball.bowler)
    if bowler is not None:
        detail |= {"bowler": bowler.name, "bowler_id": bowler.id}
    reading.claim(event, "BALL", team=side, who=ball.batter, detail=detail)
    review, asked = ball.review, None
    if review is not None:
        asked = reading.side(review.by)
    if review is None:
        _wickets(reading, side, event, ball, over)
    elif asked == side:
        _wickets(reading, side, event, ball, over)
        _given_out(reading, side, event, review, over)
    else:
        _review(reading, event, review, asked)
        _wickets(reading, side, event, ball, over)


def _given_out(reading: Reading, side: Side, event: str, review: Review, over: str) -> None:
    """The batting side's review: of a wicket that is among the ball's, or that is none in the end."""
    reprieved = review.decision == "upheld" and review.type == "wicket"
    if reprieved:
        reading.claim(f"{event}-out", "WICKET", team=side, who=review.batter, detail={"over": over})
    _review(reading, event, review, side)
    if reprieved:
        detail: Detail = {"event": f"{event}-out"}
        reading.claim(f"{event}-stays", "WICKET_CANCELLED", team=side, who=review.batter, detail=detail)


def _review(reading: Reading, event: str, review: Review, asked: Side | None) -> None:
    decision = review.decision.replace(" ", "_")
    detail: Detail = {"decision": decision} if decision in {"upheld", "struck_down"} else {}
    if review.umpires_call:
        detail["umpires_call"] = True
    reading.claim(f"{event}-review", "REVIEW_STARTED", team=asked, who=review.batter)
    reading.claim(f"{event}-decision", "REVIEW_ENDED", team=asked, who=review.batter, detail=detail)


def _wickets(reading: Reading, side: Side, event: str, ball: Delivery, over: str) -> None:
    for number, one in enumerate(ball.wickets, 1):
        mark = f"{event}-wicket" if number == 1 else f"{event}-wicket-{number}"
        if one.kind in NOT_OUT:
            reading.away.add(one.player_out)
            kind: Detail = {"kind": one.kind.removeprefix("retired ").replace(" ", "_")}
            reading.claim(mark, "BATTER_RETIRED", team=side, who=one.player_out, detail=kind)
        else:
            reading.claim(
                mark, "WICKET", team=side, who=one.player_out, detail=_dismissal(reading, one, ball, over)
            )


_BOWLERS = frozenset({"bowled", "caught", "caught and bowled", "lbw", "stumped", "hit wicket"})
"""Kinds of wicket that go to the bowler."""


def _dismissal(reading: Reading, one: Wicket, ball: Delivery, over: str) -> Detail:
    detail: Detail = {"kind": one.kind.replace(" ", "_"), "over": over}
    bowler = reading.player(ball.bowler)
    if one.kind in _BOWLERS and bowler is not None:
        detail |= {"bowler": bowler.name, "bowler_id": bowler.id}
    fielder = reading.player(one.fielders[0].name) if one.fielders else None
    if fielder is not None:
        detail |= {"fielder": fielder.name, "fielder_id": fielder.id}
    return detail


def _finish(reading: Reading, game: str) -> None:
    """The result; a file without one is of a match that goes on."""
    outcome = reading.info.outcome
    if outcome is None:
        return
    detail, team = _result(reading, outcome)
    reading.claim(f"{game}-result", "RESULT", team=team, detail=detail, timeless=True)
    if detail["outcome"] == "no_result":
        reading.claim(f"{game}-end", "GAME_ABANDONED", timeless=True)
        return
    reading.claim(f"{game}-end", "GAME_END", timeless=True)
    reading.claim(f"{game}-final", "GAME_FINAL", timeless=True)


def _result(reading: Reading, outcome: Outcome) -> tuple[Detail, Side | None]:
    winner = reading.side(outcome.winner or outcome.eliminator or outcome.bowl_out)
    detail: Detail = {"outcome": "won" if outcome.winner and winner else "no_result"}
    if outcome.result in {"tie", "draw"}:
        detail["outcome"] = outcome.result
    by = outcome.by
    if outcome.eliminator:
        detail["by"] = "super_over"
    elif outcome.bowl_out:
        detail["by"] = "bowl_out"
    elif by.wickets is not None:
        detail |= {"by": "wickets", "margin": by.wickets}
    elif by.runs is not None:
        detail |= {"by": "innings" if by.innings else "runs", "margin": by.runs}
    if outcome.method:
        detail["method"] = outcome.method
    return detail, winner


def _game(name: str, info: Info) -> str:
    number = _NAME.match(name.rsplit("/", 1)[-1])
    if number:
        return number[0]
    return slug("-".join([*info.dates[:1], *info.teams]))[:48] or "match"


def _start(info: Info) -> str:
    moment = time_ms(f"{info.dates[0]}T12:00:00Z") if info.dates else None
    return UNDATED if moment is None else rfc3339(moment)


def _declaration(reading: Reading, game: str, start: str, super_over: bool) -> GameDeclared:
    info = reading.info
    event = info.event
    stage = str(event.stage) or (f"Match {event.match_number}" if event.match_number else "")
    rules: Detail = {"super_over": (info.match_type in SHORT and not _stays_tied(info)) or super_over}
    if info.match_type in LONG:
        rules |= {"innings": 2, "overs": 0, "reviews": 3}
    elif info.overs:
        rules["overs"] = info.overs
    if info.balls_per_over != 6:
        rules["balls_per_over"] = info.balls_per_over
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"{PROVIDER}-{game}",
        event=f"{game}-scheduled",
        revision=reading.revision,
        sport="cricket",
        league=League(id=f"{PROVIDER}-{slug(event.name)}"[:64], name=event.name)
        if slug(event.name)
        else League(id=PROVIDER, name="Cricsheet"),
        season=str(info.season),
        round=stage,
        start=start,
        venue=Venue(name=info.venue) if info.venue else None,
        home=_team(info.teams[0]),
        away=_team(info.teams[1]),
        provider_ids={PROVIDER: game},
        rules=rules,
        time_ms=time_ms(start) or 0,
    )


def _stays_tied(info: Info) -> bool:
    outcome = info.outcome
    return outcome is not None and outcome.result == "tie" and not outcome.eliminator


def _team(name: str) -> Team:
    words = [word for word in slug(name).split("-") if word]
    short = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    return Team(id=f"{PROVIDER}-{'-'.join(words)}"[:64], name=name, abbr=short.upper()[:8])


def slug(name: str) -> str:
    """slug("Royal Challengers Bangalore") == "royal-challengers-bangalore"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """`meta` with a data version, then `info`."""
    head = body[:4096]
    return head.lstrip()[:1] == b"{" and b'"data_version"' in head and b'"info"' in head


CRICSHEET = Format(name=PROVIDER, sport="cricket", sequence="dense", recognise=recognise, decode=decode)
