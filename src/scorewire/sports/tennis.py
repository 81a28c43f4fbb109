"""Tennis: points make games, games make sets, sets make the match; the server goes round with the games.

Theory
======

A game is won by four points and two more than the opponent (0, 15, 30, 40, deuce, advantage), or, where
`no_ad` holds, by the next point at deuce. A set is won by `set_games` games and two more; at `tiebreak_at`
games all a tie-break game decides it: `tiebreak_points` and two more (`tiebreak_margin`: one in the short
tie-break), counted 1, 2, 3. The set is then 7-6, and `detail.tiebreaks` keeps the points for the little
figures beside it. The match is won by two of three sets, or three of five.

The deciding set may have rules of its own: `final_tiebreak_points` is 10 as at the Grand Slams, or 0 for an
advantage set without a tie-break; `final_tiebreak_at` is 12 where it came at 12-12. With
`match_tiebreak_points` a tie-break is played instead of that set, and counts as a set of 1-0.

A period is a set. Everything else is derived from the points: `team` is who won the point, whoever played
the stroke. A point overruled in favour of the other side is an amendment of the same event; one that is
played again is POINT_CANCELLED; either way the fold is made again and later games come out right. The
umpire's corrected score is SCORE_SET, with `line` (games of the set that is played), `points`,
`tiebreaks` and `server`.

Service alternates with the games. In a tie-break the side whose turn it is serves the first point, then the
sides two each, and who served first there receives first in the next set. The side is known once a feed has
named it (`server` of a point, or SERVER_SET); a wrong server found out is a SERVER_SET, the points played
stand. In doubles the side is told, not which of the pair.

A retirement, and a default for misconduct, keep the score as it stood, with the set that was not finished:
`detail.winner` says who goes on. A walkover has no score at all. There is no clock; a claim may carry the
time elapsed, which is shown with the point and sets nothing.

Source: ITF Rules of Tennis 2024: rules 5 (game, tie-break), 6 (set), 7 (match), 14 (order of service), 23
(let), 27 (correcting errors), 29 (continuous play, medical time), Appendix VI (no-ad, short sets, match
tie-break, short tie-break); Grand Slam Rulebook on final sets since 2022, defaults, code violations.
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
from scorewire.sports.tally import read_lines, ruled
from scorewire.sports.tennis_game import (
    LOVE_ALL,
    STANDARD_POINTS,
    after_game,
    after_point,
    called,
    read_points,
)
from scorewire.sports.tennis_game import won as wins_game

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "POINT": EventSpec(
        "play",
        "`team` wins the point. `kind`: ace, double_fault, winner, forced_error, unforced_error, penalty;"
        " `server`: the side that served.",
        team=True,
        correction="POINT_CANCELLED",
        shows=("kind",),
        scores=True,
    ),
    "POINT_CANCELLED": EventSpec("play", "A point does not count: it is played again.", negates=("POINT",)),
    "GAME_PENALTY": EventSpec(
        "play", "`team` is given a game for a code violation of the other.", team=True, scores=True
    ),
    "SERVER_SET": EventSpec(
        "play", "`team` serves now: the toss, or a wrong server has been found out.", team=True
    ),
    "CHALLENGE": EventSpec(
        "play",
        "`team` asks for a call to be reviewed; `decision`: stands or overruled; `left`: how many it may"
        " still get wrong.",
        team=True,
        shows=("decision",),
    ),
    "OVERRULE": EventSpec("play", "The umpire overrules a call."),
    "LET": EventSpec("play", "A point is played again before it was given to anybody."),
    "MEDICAL_TIMEOUT": EventSpec("play", "A medical time-out for `team`.", team=True),
    "TOILET_BREAK": EventSpec("play", "`team` leaves the court.", team=True),
    "COACHING": EventSpec("play", "`team` is coached.", team=True),
    "CODE_VIOLATION": EventSpec(
        "play",
        "`team` has broken the code; `penalty`: warning, point, game, default.",
        team=True,
        shows=("penalty",),
    ),
    "TIME_VIOLATION": EventSpec("play", "`team` took too long; `penalty`: warning, fault, point.", team=True),
    "FAULT": EventSpec("touch", "A first service fault."),
    "STROKE": EventSpec("touch", "A stroke of the rally."),
}

KINDS = frozenset({"ace", "double_fault", "winner", "forced_error", "unforced_error", "penalty"})
_SIDES = frozenset({"home", "away"})
WANTED: Wanted = {
    "POINT": {"kind": KINDS, "server": _SIDES},
    "CHALLENGE": {"left": int, "decision": frozenset({"stands", "overruled"})},
    "CODE_VIOLATION": {"penalty": frozenset({"warning", "point", "game", "default"})},
    "TIME_VIOLATION": {"penalty": frozenset({"warning", "fault", "point"})},
}

RULES: rules.RuleTable = {
    "best_of": ("Sets at most: 3, or 5 for men at the Grand Slams.", 3),
    "set_games": ("Games that win a set, by two (short sets: 4).", 6),
    "tiebreak_at": ("Games all at which a tie-break decides a set; 0: at `set_games` all.", 0),
    "tiebreak_points": ("Points that win a tie-break; 0: none is played.", 7),
    "tiebreak_margin": ("By how many points a tie-break is won (short tie-break: 1).", 2),
    "final_tiebreak_at": ("Games all at which a tie-break decides the last set; 0: as in the others.", 0),
    "final_tiebreak_points": (
        "Points that win it: Grand Slams 10; 0: an advantage set. Where it is not said: as in the others.",
        7,
    ),
    "match_tiebreak_points": ("Points of a tie-break played instead of the last set; 0: it is a set.", 0),
    "no_ad": ("At deuce the next point wins the game.", False),
}

DETAIL: Mapping[str, str] = {
    "points": "`{home, away}` of this game: 0, 15, 30, 40, AD; in a tie-break 0, 1, 2 ...",
    "server": "Who serves, once a feed has named it.",
    "tiebreak": "The points that win the tie-break that is played.",
    "tiebreaks": "`{set: {home, away}}`: points of the tie-breaks that decided sets.",
    "chance": "`{home: match}`: what the next point would win home: break, set or match.",
    "stats": "`{home: {aces, double_faults, breaks}, away}`.",
    "challenges": "`{home, away}`: challenges left, where a feed says so.",
    "winner": "Who has won the match.",
    "tentative": "`{home, away}`: points that the provider has not confirmed.",
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use."""

    to_win: int
    games: int
    tiebreak_at: int
    tiebreak_points: int
    margin: int
    final_at: int
    final_points: int
    match_points: int
    game_margin: int

    @property
    def last(self) -> int:
        """The number of the deciding set."""
        return 2 * self.to_win - 1

    def tiebreak(self, period: int, home: int, away: int) -> int:
        """Points that win the game that follows at `home`-`away` in games; 0 unless it is a tie-break."""
        if period < self.last:
            at, points = self.tiebreak_at, self.tiebreak_points
        elif self.match_points:
            return self.match_points
        else:
            at, points = self.final_at, self.final_points
        return points if home == away == at else 0

    def wins_set(self, games: int, lost: int, *, tiebreak: bool) -> bool:
        """Whether `games` to `lost` after a game has won the set."""
        return tiebreak or (games >= self.games and games - lost >= 2)


class TennisState(Struct, frozen=True):
    """A match so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        home, away: points in the game that is played.
        tiebreak: the points that win that game if it is a tie-break; 0 if it is not.
        server: who serves its next point.
        playing: the set that `home`, `away` and `tiebreak` are of.
    """

    rules: Rules
    match: Sets = Sets()
    home: int = 0
    away: int = 0
    tiebreak: int = 0
    server: Side | None = None
    playing: int = 0
    detail: Tree = {}

    def target(self) -> tuple[int, int]:
        """Points that win the game that is played, and by how many."""
        if self.tiebreak:
            return self.tiebreak, self.rules.margin
        return STANDARD_POINTS, self.rules.game_margin


def begin(given: Detail) -> TennisState:
    """The state before the first play."""
    return TennisState(_rules(given))


def _rules(given: Detail) -> Rules:
    games = max(1, rules.whole(RULES, given, "set_games"))
    tiebreak_at = rules.whole(RULES, given, "tiebreak_at") or games
    # The deciding set is like the others: a pro set has no other rules because it is the last as well.
    final = "final_tiebreak_points" if "final_tiebreak_points" in given else "tiebreak_points"
    return Rules(
        to_win=rules.whole(RULES, given, "best_of") // 2 + 1,
        games=games,
        tiebreak_at=tiebreak_at,
        tiebreak_points=rules.whole(RULES, given, "tiebreak_points"),
        margin=max(1, rules.whole(RULES, given, "tiebreak_margin")),
        final_at=rules.whole(RULES, given, "final_tiebreak_at") or tiebreak_at,
        final_points=rules.whole(RULES, given, final),
        match_points=rules.whole(RULES, given, "match_tiebreak_points"),
        game_margin=1 if rules.flag(RULES, given, "no_ad") else 2,
    )


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the match. Source: rules 5 to 7."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = _rules(given)
    if claim.period is not None and claim.period > held.last:
        return Refusal("period_out_of_range", f"this match has no set {claim.period}")
    if claim.type != "SCORE_SET":
        return None
    return sets.check_stated(claim, held.to_win) or _check_stated(claim)


def _check_stated(claim: ProviderEvent) -> Refusal | None:
    detail = claim.detail
    if "line" in detail and sets.read_pair(detail["line"]) is None:
        return Refusal("wrong_detail", "`line` of SCORE_SET is the games of the set, such as `4-3`")
    points = detail.get("points")
    if points is not None and not any(read_points(points, tiebreak=one) for one in (False, True)):
        return Refusal("wrong_detail", "`points` of SCORE_SET are such as `30-40`, `AD-40` or `6-5`")
    if "tiebreaks" in detail and read_lines(detail["tiebreaks"]) is None:
        return Refusal("wrong_detail", "`tiebreaks` of SCORE_SET are pairs by set, such as `0-0 7-4`")
    if detail.get("server", "home") not in _SIDES:
        return Refusal("wrong_detail", "`server` of SCORE_SET is home or away")
    return None


def decide(state: TennisState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the match so far, at the claim's place in play order."""
    spec = EVENTS.get(claim.type)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    return sets.decide(state.match, claim, point=claim.type in {"POINT", "GAME_PENALTY"})


def evolve(state: TennisState, claim: ProviderEvent, at: int) -> TennisState:  # noqa: ARG001 there is no clock
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
    if side is None:
        return state
    if kind == "GAME_PENALTY":
        return _penalty(state, claim, side)
    if kind == "SERVER_SET":
        detail = tree.put(state.detail, side, "server")
        changed = detail is not state.detail or side != state.server
        return structs.replace(state, server=side, detail=detail) if changed else state
    left = claim.detail.get("left")
    if kind == "CHALLENGE" and type(left) is int:
        detail = tree.put(state.detail, left, "challenges", side)
        return state if detail is state.detail else structs.replace(state, detail=detail)
    return state


def _point(state: TennisState, claim: ProviderEvent, side: Side) -> TennisState:
    held, match, detail = state.rules, state.match, state.detail
    period = sets.set_of(match, claim)
    if not sets.counts(match, claim, period):
        return state
    if period != state.playing:
        match = sets.entered(match, period)
        home, away, tiebreak = 0, 0, held.tiebreak(period, *sets.line(match, period))
    else:
        home, away, tiebreak = state.home, state.away, state.tiebreak
    if side == "home":
        home += 1
        points, lost = home, away
    else:
        away += 1
        points, lost = away, home
    said = claim.detail
    server = state.server
    if said:
        server = _server(said, server)
        detail = _counted(detail, said.get("kind"), side)
    if claim.confirmation == "tentative":
        detail = tree.add(detail, 1, "tentative", side)
    target, margin = (tiebreak, held.margin) if tiebreak else (STANDARD_POINTS, held.game_margin)
    if wins_game(points, lost, target, margin):
        if not tiebreak and server == other(side):
            detail = tree.add(detail, 1, "stats", side, "breaks")
        played = TennisState(held, match, home, away, tiebreak, server, period, detail)
        return _game_won(played, side, home + away)
    server = after_point(server, home + away, tiebreak=tiebreak > 0)
    detail = {**detail, "points": called(home, away, tiebreak=tiebreak > 0)}
    if server is not None and detail.get("server") != server:
        detail["server"] = server
    if tiebreak and "tiebreak" not in detail:
        detail["tiebreak"] = tiebreak
    after = TennisState(held, match, home, away, tiebreak, server, period, detail)
    if points + 1 >= target or lost + 1 >= target or "chance" in detail:
        return _with_chance(after, target, margin)
    return after


def _server(said: Detail, server: Side | None) -> Side | None:
    """Who served a point: as the feed has it, else as it follows."""
    match said.get("server"):
        case "home":
            return "home"
        case "away":
            return "away"
    return server


def _counted(detail: Tree, kind: object, side: Side) -> Tree:
    if kind == "ace":
        return tree.add(detail, 1, "stats", side, "aces")
    if kind == "double_fault":
        return tree.add(detail, 1, "stats", other(side), "double_faults")
    return detail


def _with_chance(state: TennisState, target: int, margin: int) -> TennisState:
    """Say what the next point would win, if it is a break, the set or the match."""
    chances: dict[str, str] = {}
    home_games, away_games = sets.line(state.match, state.playing)
    for side, points, lost, games, others in (
        ("home", state.home, state.away, home_games, away_games),
        ("away", state.away, state.home, away_games, home_games),
    ):
        if not wins_game(points + 1, lost, target, margin):
            continue
        if state.rules.wins_set(games + 1, others, tiebreak=state.tiebreak > 0):
            tally = state.match.tally
            has = tally.home if side == "home" else tally.away
            chances[side] = "match" if has + 1 >= state.rules.to_win else "set"
        elif state.server not in {None, side}:
            chances[side] = "break"
    if state.detail.get("chance", {}) == chances:
        return state
    detail = {**state.detail, "chance": chances} if chances else tree.drop(state.detail, "chance")
    return structs.replace(state, detail=detail)


def _game_won(state: TennisState, side: Side, number: int) -> TennisState:
    """The match after `side` won the game that is played, and what that decides.

    Args:
        number: of the point of it that `state.server` serves.
    """
    held, match, period = state.rules, state.match, state.playing
    home, away = sets.line(match, period)
    home, away = (home + 1, away) if side == "home" else (home, away + 1)
    match = sets.lined(match, period, home, away)
    server = after_game(state.server, number, tiebreak=state.tiebreak > 0)
    detail = tree.drop(state.detail, "chance", "tiebreak")
    if state.tiebreak:
        detail = tree.put(detail, {"home": state.home, "away": state.away}, "tiebreaks", str(period))
    games, lost = (home, away) if side == "home" else (away, home)
    if held.wins_set(games, lost, tiebreak=state.tiebreak > 0):
        match = sets.won(match, side, period, held.to_win)
        return _settled(TennisState(held, match, server=server, detail=detail))
    tiebreak = held.tiebreak(period, home, away)
    return _opened(TennisState(held, match, 0, 0, tiebreak, server, period, detail))


def _opened(state: TennisState) -> TennisState:
    """Show a game at love all, and who serves it."""
    detail = {**state.detail, "points": LOVE_ALL}
    if state.server is not None:
        detail["server"] = state.server
    if state.tiebreak:
        detail["tiebreak"] = state.tiebreak
    return structs.replace(state, detail=detail)


def _settled(state: TennisState) -> TennisState:
    """Take off the board what a set, or the match, leaves behind when it is over; and say who has won."""
    course, detail = state.match.course, state.detail
    if course.closed or course.status in OVER:
        detail = tree.drop(detail, "points", "chance", "tiebreak")
    if course.status == "ended" or course.status in OVER:
        detail = tree.drop(detail, "server")
    elif state.server is not None:
        detail = tree.put(detail, state.server, "server")
    winner = state.match.winner
    detail = tree.drop(detail, "winner") if winner is None else tree.put(detail, winner, "winner")
    return state if detail is state.detail else structs.replace(state, detail=detail)


def _penalty(state: TennisState, claim: ProviderEvent, side: Side) -> TennisState:
    match, period = state.match, sets.set_of(state.match, claim)
    if not sets.counts(match, claim, period):
        return state
    if period != state.playing:
        match = sets.entered(match, period)
        tiebreak = state.rules.tiebreak(period, *sets.line(match, period))
        state = TennisState(state.rules, match, 0, 0, tiebreak, state.server, period, state.detail)
    return _game_won(state, side, state.home + state.away + 1)


def _evolve_status(state: TennisState, claim: ProviderEvent) -> TennisState:
    held, match, detail = state.rules, state.match, claim.detail
    kind = claim.type
    if (
        kind in IMPOSING
        and allows(match.course, kind)
        and (kind == "GAME_VOID" or {"home", "away"} <= {*detail})
    ):
        # Without a score of its own a ruling leaves what was played: a default is no 6-0 6-0.
        match = structs.replace(match, tally=ruled(match.tally, claim, forfeit_points=0, better_stands=False))
    match = sets.followed(match, claim, held.to_win)
    if match is state.match:
        return state
    period = match.course.period
    after = structs.replace(state, match=match)
    if match.course.status in OVER and state.tiebreak and (state.home or state.away):
        points: Tree = {"home": state.home, "away": state.away}  # who gives up in a tie-break leaves it so
        after = structs.replace(after, detail=tree.put(state.detail, points, "tiebreaks", str(state.playing)))
    if kind == "PERIOD_START" and period > match.decided and period != state.playing:
        tiebreak = held.tiebreak(period, *sets.line(match, period))
        after = _opened(TennisState(held, match, 0, 0, tiebreak, state.server, period, state.detail))
    return _settled(after)


def _stated(state: TennisState, claim: ProviderEvent) -> TennisState:
    """The match after SCORE_SET; points that it does not state are as they were, or at love in a new game."""
    held, said = state.rules, claim.detail
    match = sets.stated(state.match, claim, held.to_win)
    if match is state.match:
        return state
    server, detail = _server(said, state.server), state.detail
    for name, pair in (read_lines(said.get("tiebreaks")) or {}).items():
        if pair["home"] or pair["away"]:
            detail = tree.put(detail, pair, "tiebreaks", name)
    period = match.course.period
    if period <= match.decided or match.course.status in OVER:
        return _settled(TennisState(held, match, server=server, detail=detail))
    line = sets.line(match, period)
    tiebreak = held.tiebreak(period, *line)
    points = read_points(said.get("points"), tiebreak=tiebreak > 0)
    if points is None:
        same = period == state.playing and line == sets.line(state.match, period)
        points = (state.home, state.away) if same else (0, 0)
    home, away = points
    detail = tree.put(
        tree.drop(detail, "chance", "tiebreak"), called(home, away, tiebreak=tiebreak > 0), "points"
    )
    if tiebreak:
        detail = tree.put(detail, tiebreak, "tiebreak")
    after = _settled(TennisState(held, match, home, away, tiebreak, server, period, detail))
    return _with_chance(after, *after.target())


def board(state: TennisState) -> Board:
    """What the match shows. Sub-dicts are the state's own: treat them as immutable."""
    match = state.match
    home, away = match.tally.shown()
    period = sets.label(match.course)
    points = state.detail.get("points")
    note = f"{points['home']}-{points['away']}" if isinstance(points, dict) else ""
    return Board(match.course.status, period, None, home, away, match.tally.linescore, state.detail, note)


TENNIS: Machine[TennisState] = Machine(
    sport="tennis",
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
