"""Volleyball: rallies make sets, sets make the match; whoever wins a rally scores and serves.

Theory
======

Rally-point scoring: every rally is a point, whoever served. A set is won by `set_points` points and two more
than the opponent (25, and on past 24-24 without a cap), the deciding set by `last_set_points` (15); the match
by three of five sets. A period is a set. Ends of sets and of the match follow from the points, so nobody need
say them. In beach volleyball a set goes to 21, the match is two of three, and time-outs are one a set.
A golden set, which decides a tie of two legs, is no set of either match: it is declared as a game of its own,
`best_of` 1 with `last_set_points` 15.

The side that wins a rally serves next; in the first rally of a set it is whoever a feed names (`server` of a
point, or SERVE), and the service alternates between the sets except for the deciding one, for which a new
toss is held. The server is shown once it is known.

A rally that is replayed is no point (REPLAY). A point that was given and is taken back, by the referee's
correction or a video challenge, is POINT_CANCELLED, or an amendment where it goes to the other side; the fold
is made again and later sets come out right. A red card gives the opponent a point and the service: that point
is a POINT of kind `penalty`, so that a feed which sends only the point is complete. Cards count for a player
or the team: yellow is a warning without a point, red a penalty, both together expulsion for the set or, shown
apart, disqualification.

Two technical time-outs at 8 and 16 points belonged to older competitions; they are time-outs of no team. A
side that does not appear loses 0-3 with 0-25 in each set (GAME_WALKOVER, or GAME_FORFEITED before the start).
A team that becomes incomplete keeps the sets and points it has won, and the opponent is given what it needs
(GAME_FORFEITED); a match that its winner forfeits afterwards is lost to nil. One that refuses to play on
loses all of it: `home`, `away` and `lines` then say so. There is no clock.

Source: FIVB Official Volleyball Rules 2021-2024: 6 (to score a point, to win a set and the match, default and
incomplete team), 12 (service), 15 (interruptions), 21 (misconduct), 23 and Challenge System Regulations; FIVB
Official Beach Volleyball Rules 2021-2024: 6.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, Tree
from scorewire.sports import rules, sets, tree
from scorewire.sports.lifecycle import IMPOSING, LIFECYCLE, STATUS_EVENTS, allows
from scorewire.sports.machine import Board, EventSpec, Machine, Refusal
from scorewire.sports.sets import Sets, other
from scorewire.sports.shape import Wanted, check_shape
from scorewire.sports.tally import Linescore, Tally, read_lines

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "POINT": EventSpec(
        "play",
        "`team` wins the rally. `kind`: attack, block, ace, opponent_error, penalty; `server`: the side that"
        " served; `player` who scored.",
        team=True,
        correction="POINT_CANCELLED",
        shows=("kind",),
        scores=True,
    ),
    "POINT_CANCELLED": EventSpec("play", "A point does not count.", negates=("POINT",)),
    "REPLAY": EventSpec("play", "The rally is played again; nobody has a point."),
    "SERVE": EventSpec("play", "`team` serves, `player` of it.", team=True),
    "TIMEOUT": EventSpec(
        "play", "`team` takes a time-out; without a team it is a technical one. `left`: how many it has."
    ),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes off; `in` and `in_id` in detail come on.", team=True, shows=("in",)
    ),
    "LIBERO": EventSpec("touch", "The libero goes in or out."),
    "CHALLENGE": EventSpec(
        "play",
        "`team` asks for the video; `decision`: stands or overruled; `left`: how many it may still lose.",
        team=True,
        shows=("decision",),
    ),
    "REVIEW_STARTED": EventSpec("play", "The referees look at the video.", shows=("subject",)),
    "REVIEW_ENDED": EventSpec("play", "The review is over; `decision` says how.", shows=("decision",)),
    "YELLOW_CARD": EventSpec("key", "A warning for misconduct.", team=True, correction="CARD_CANCELLED"),
    "RED_CARD": EventSpec(
        "key", "A penalty: the opponent's point comes as a POINT.", team=True, correction="CARD_CANCELLED"
    ),
    "EXPULSION": EventSpec(
        "key", "Both cards together: `player` is out for the set.", team=True, correction="CARD_CANCELLED"
    ),
    "DISQUALIFICATION": EventSpec(
        "key", "Both cards apart: `player` is out for the match.", team=True, correction="CARD_CANCELLED"
    ),
    "CARD_CANCELLED": EventSpec(
        "key",
        "A card is taken back.",
        negates=("YELLOW_CARD", "RED_CARD", "EXPULSION", "DISQUALIFICATION"),
    ),
    "DELAY_WARNING": EventSpec("play", "`team` delays the game; the second one costs a point.", team=True),
    "INJURY": EventSpec("play", "A player is hurt."),
    "CONTACT": EventSpec("touch", "A contact with the ball: serve, reception, set, attack, block, dig."),
}

KINDS = frozenset({"attack", "block", "ace", "opponent_error", "penalty"})
_SIDES = frozenset({"home", "away"})
WANTED: Wanted = {
    "POINT": {"kind": KINDS, "server": _SIDES},
    "TIMEOUT": {"left": int},
    "CHALLENGE": {"left": int, "decision": frozenset({"stands", "overruled"})},
}
CARDS: Mapping[str, str] = {"YELLOW_CARD": "yellow", "RED_CARD": "red"}

RULES: rules.RuleTable = {
    "best_of": ("Sets at most: 5 indoors, 3 on the beach.", 5),
    "set_points": ("Points that win a set, by two: 25 indoors, 21 on the beach.", 25),
    "last_set_points": ("Points that win the deciding set.", 15),
    "margin": ("By how many points a set is won.", 2),
    "timeouts": ("Time-outs a side has in a set; 0: not counted.", 2),
}

DETAIL: Mapping[str, str] = {
    "points": "`{home, away}` of the set that is played.",
    "server": "Who serves, once it is known.",
    "chance": "`{home: match}`: what the next point would win home: set or match.",
    "timeouts": "`{home, away}`: time-outs left in this set, once one was taken.",
    "challenges": "`{home, away}`: challenges left, where a feed says so.",
    "cards": "`{home: {yellow, red}, away}`.",
    "stats": "`{home: {aces, blocks}, away}`.",
    "review": "What the referees look at now.",
    "winner": "Who has won the match.",
    "tentative": "`{home, away}`: points that the provider has not confirmed.",
}
TO_WIN_MAX = 20
"""More sets than any competition plays; a default writes a line for each."""
STATS: Mapping[str, str] = {"ace": "aces", "block": "blocks"}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use."""

    to_win: int
    points: int
    last_points: int
    margin: int
    timeouts: int

    def target(self, period: int) -> int:
        """Points that win set `period`."""
        return self.last_points if period >= 2 * self.to_win - 1 else self.points


class VolleyballState(Struct, frozen=True):
    """A match so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        server: who serves the next rally.
        opened_by: who served the first rally of the newest set.
    """

    rules: Rules
    match: Sets = Sets()
    server: Side | None = None
    opened_by: Side | None = None
    detail: Tree = {}


def begin(given: Detail) -> VolleyballState:
    """The state before the first play."""
    return VolleyballState(_rules(given))


def _rules(given: Detail) -> Rules:
    return Rules(
        to_win=min(TO_WIN_MAX, rules.whole(RULES, given, "best_of") // 2 + 1),
        points=max(1, rules.whole(RULES, given, "set_points")),
        last_points=max(1, rules.whole(RULES, given, "last_set_points")),
        margin=max(1, rules.whole(RULES, given, "margin")),
        timeouts=rules.whole(RULES, given, "timeouts"),
    )


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the match. Source: rule 6."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    to_win = _rules(given).to_win
    last = 2 * to_win - 1
    if claim.period is not None and claim.period > last:
        return Refusal("period_out_of_range", f"this match has no set {claim.period}")
    return _check_stated(claim, to_win) if claim.type == "SCORE_SET" else None


def _check_stated(claim: ProviderEvent, to_win: int) -> Refusal | None:
    detail = claim.detail
    if "line" in detail and sets.read_pair(detail["line"]) is None:
        return Refusal("wrong_detail", "`line` of SCORE_SET is the points of the set, such as `21-19`")
    if detail.get("server", "home") not in _SIDES:
        return Refusal("wrong_detail", "`server` of SCORE_SET is home or away")
    return sets.check_stated(claim, to_win)


def decide(state: VolleyballState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the match so far, at the claim's place in play order."""
    spec = EVENTS.get(claim.type)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    return sets.decide(state.match, claim, point=claim.type == "POINT")


def evolve(state: VolleyballState, claim: ProviderEvent, at: int) -> VolleyballState:  # noqa: ARG001 no clock
    """The match after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind, side = claim.type, claim.team
    if kind == "POINT":
        return state if side is None else _point(state, claim, side)
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim)
    if kind == "SCORE_SET":
        return _stated(state, claim)
    detail, server, opened_by = state.detail, state.server, state.opened_by
    if kind == "REVIEW_STARTED":
        detail = tree.put(detail, claim.detail.get("subject", "point"), "review")
    elif kind == "REVIEW_ENDED":
        detail = tree.drop(detail, "review")
    elif side is None:
        return state
    elif kind == "SERVE":
        opened_by = side if sets.line(state.match, state.match.course.period) == (0, 0) else opened_by
        server, detail = side, tree.put(detail, side, "server")
    elif kind == "TIMEOUT" and state.rules.timeouts:
        detail = _timed_out(state.rules, detail, claim, side)
    elif kind == "CHALLENGE" and type(claim.detail.get("left")) is int:
        detail = tree.put(detail, claim.detail["left"], "challenges", side)
    elif kind in CARDS:
        detail = tree.add(detail, 1, "cards", side, CARDS[kind])
    if (detail, server, opened_by) == (state.detail, state.server, state.opened_by):
        return state
    return VolleyballState(state.rules, state.match, server, opened_by, detail)


def _timed_out(held: Rules, detail: Tree, claim: ProviderEvent, side: Side) -> Tree:
    left = detail.get("timeouts")
    had = left if isinstance(left, dict) else {"home": held.timeouts, "away": held.timeouts}
    said = claim.detail.get("left")
    return {**detail, "timeouts": {**had, side: said if type(said) is int else max(0, had[side] - 1)}}


def _point(state: VolleyballState, claim: ProviderEvent, side: Side) -> VolleyballState:
    held, match, detail = state.rules, state.match, state.detail
    period = sets.set_of(match, claim)
    if not sets.counts(match, claim, period):
        return state
    opened_by = state.opened_by
    if period != match.course.period or match.course.closed:
        match = sets.entered(match, period)
        detail, opened_by = _new_set(held, detail, period, opened_by)
    home, away = sets.line(match, period)
    first = (home, away) == (0, 0)
    home, away = (home + 1, away) if side == "home" else (home, away + 1)
    match = sets.lined(match, period, home, away)
    served = claim.detail.get("server")
    if first and served in _SIDES:
        opened_by = "home" if served == "home" else "away"
    if claim.detail:
        stat = STATS.get(str(claim.detail.get("kind", "")))
        detail = tree.add(detail, 1, "stats", side, stat) if stat else detail
    if claim.confirmation == "tentative":
        detail = tree.add(detail, 1, "tentative", side)
    points, lost = (home, away) if side == "home" else (away, home)
    if points >= held.target(period) and points - lost >= held.margin:
        match = sets.won(match, side, period, held.to_win)
        server = None if match.winner is not None else _opens(held, period + 1, opened_by)
        return _settled(VolleyballState(held, match, server, opened_by, detail))
    detail = {**detail, "points": {"home": home, "away": away}, "server": side}
    return _with_chance(VolleyballState(held, match, side, opened_by, detail), period)


def _opens(held: Rules, period: int, opened_by: Side | None) -> Side | None:
    """Who serves first in set `period`, after `opened_by` did in the one before; a toss says for the last."""
    if opened_by is None or period >= 2 * held.to_win - 1:
        return None
    return other(opened_by)


def _new_set(held: Rules, detail: Tree, period: int, opened_by: Side | None) -> tuple[Tree, Side | None]:
    """What a new set wipes: time-outs; and who serves first in it."""
    return tree.drop(detail, "timeouts", "chance", "review"), _opens(held, period, opened_by)


def _with_chance(state: VolleyballState, period: int) -> VolleyballState:
    """Say what the next point would win, if it is the set or the match."""
    held = state.rules
    home, away = sets.line(state.match, period)
    chances: dict[str, str] = {}
    tally = state.match.tally
    for side, points, lost, has in (("home", home, away, tally.home), ("away", away, home, tally.away)):
        if points + 1 >= held.target(period) and points + 1 - lost >= held.margin:
            chances[side] = "match" if has + 1 >= held.to_win else "set"
    if state.detail.get("chance", {}) == chances:
        return state
    detail = {**state.detail, "chance": chances} if chances else tree.drop(state.detail, "chance")
    return structs.replace(state, detail=detail)


def _settled(state: VolleyballState) -> VolleyballState:
    """Take off the board what a set, or the match, leaves behind when it is over; and say who has won."""
    course, detail = state.match.course, state.detail
    if course.closed or course.status in OVER:
        detail = tree.drop(detail, "points", "chance", "timeouts", "review")
    if state.server is None or course.status == "ended" or course.status in OVER:
        detail = tree.drop(detail, "server")
    else:
        detail = tree.put(detail, state.server, "server")
    winner = state.match.winner
    detail = tree.drop(detail, "winner") if winner is None else tree.put(detail, winner, "winner")
    return state if detail is state.detail else structs.replace(state, detail=detail)


def _evolve_status(state: VolleyballState, claim: ProviderEvent) -> VolleyballState:
    held, match, detail, opened_by = state.rules, state.match, state.detail, state.opened_by
    if claim.type in IMPOSING and allows(match.course, claim.type):
        tally = _ruled(held, match, claim)
        match = match if tally == match.tally else structs.replace(match, tally=tally)
    match = sets.followed(match, claim, held.to_win)
    if match is state.match:
        return state
    period = match.course.period
    if claim.type == "PERIOD_START" and period > max(match.decided, state.match.course.period):
        detail, opened_by = _new_set(held, detail, period, opened_by)
        detail = {**detail, "points": {"home": 0, "away": 0}}
    return _settled(VolleyballState(held, match, state.server, opened_by, detail))


def _ruled(held: Rules, match: Sets, claim: ProviderEvent) -> Tally:
    """What a ruling sets: as stated, or all that is left to play to the other side.

    Source: FIVB rule 6.4.
    """
    tally = match.tally
    if claim.type == "GAME_VOID":
        return Tally(tally.home, tally.away, tally.linescore)
    lines = read_lines(claim.detail.get("lines"))
    home, away = claim.detail.get("home"), claim.detail.get("away")
    if type(home) is int and type(away) is int:
        return Tally(tally.home, tally.away, tally.linescore if lines is None else lines, (home, away))
    if claim.team is None or claim.type == "GAME_AWARDED":
        return tally
    home_wins = (claim.team == "home") == (claim.type == "GAME_WALKOVER")
    kept = tally.away if home_wins else tally.home
    if kept >= held.to_win:
        kept, match = 0, Sets()  # the winner is at fault: nothing of what it has won stands
    imposed = (held.to_win, kept) if home_wins else (kept, held.to_win)
    if lines is None:
        lines = _played_out(held, match, "home" if home_wins else "away")
    return Tally(tally.home, tally.away, lines, imposed)


def _played_out(held: Rules, match: Sets, side: Side) -> Linescore:
    """The lines with the points that `side` lacks for the match; the other side keeps its own."""
    lines = dict(match.tally.linescore)
    lacking = held.to_win - (match.tally.home if side == "home" else match.tally.away)
    for period in range(match.decided + 1, match.decided + 1 + max(0, lacking)):
        home, away = sets.line(match, period)
        if side == "home":
            home = max(home, held.target(period), away + held.margin)
        else:
            away = max(away, held.target(period), home + held.margin)
        lines[str(period)] = {"home": home, "away": away}
    return lines


def _stated(state: VolleyballState, claim: ProviderEvent) -> VolleyballState:
    """The match after SCORE_SET; the server is as stated, or as it was."""
    held, said = state.rules, claim.detail
    match = sets.stated(state.match, claim, held.to_win)
    if match is state.match and "server" not in said:
        return state
    server: Side | None = state.server
    if said.get("server") in _SIDES:
        server = "home" if said["server"] == "home" else "away"
    after = VolleyballState(held, match, server, state.opened_by, state.detail)
    period = match.course.period
    if period <= match.decided or match.course.status in OVER or not period:
        return _settled(after)
    home, away = sets.line(match, period)
    detail = {**tree.drop(state.detail, "chance"), "points": {"home": home, "away": away}}
    return _with_chance(_settled(structs.replace(after, detail=detail)), period)


def board(state: VolleyballState) -> Board:
    """What the match shows. Sub-dicts are the state's own: treat them as immutable."""
    match = state.match
    home, away = match.tally.shown()
    period = sets.label(match.course)
    return Board(match.course.status, period, None, home, away, match.tally.linescore, state.detail)


VOLLEYBALL: Machine[VolleyballState] = Machine(
    sport="volleyball",
    events=EVENTS,
    rules=RULES,
    begin=begin,
    check=check,
    decide=decide,
    evolve=evolve,
    board=board,
    detail=DETAIL,
    refusals={},
)
