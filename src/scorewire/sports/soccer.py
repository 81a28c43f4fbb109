"""Soccer: two halves that count up, extra time, and a shoot-out that stands apart from the score.

Theory
======

Five periods. 1 and 2 are the halves (0 to 45, 45 to 90), 3 and 4 extra time (90 to 105, 105 to 120), 5 is
the shoot-out. The clock counts up and never stops for a dead ball; time lost is added at the end of a period
and written so: 45+2:10 is 47 min 10 s, still in the first half. The second half starts at 45:00 whatever
the first one lasted. So a period's start sets the clock, its end stops it, and what comes between sets it
again only if it matters (level key). A bare minute ("67") is too coarse to set a clock that runs.

FT is a place, not the end: at the break after period 2 extra time may follow, and only the status tells
(`break`, `ended`, `final`). The same goes for AET before a shoot-out.

A goal counts for `team`, the side that is credited. An own goal is credited to the side of the goal's
other end, so it needs no arithmetic: its player belongs to the other team, and it was no shot of theirs.

The shoot-out decides who goes on, not the score: kicks are counted in `detail.shootout`. Best of five each,
a side has won when the other can no longer catch up; then sudden death, kick against kick. A kick after the
decision is not refused: kicks are retaken, and corrections come. Only a kick outside period 5 cannot be.

VAR looks at four things: goal or no goal, penalty or no penalty, direct red card, mistaken identity (and, in
some competitions, a corner). VAR_STARTED opens `detail.review`, VAR_ENDED closes it. What the review changes
is a play of its own: GOAL_CANCELLED negates the goal, CARD_CANCELLED a card, a card of another player is an
amendment of the same event. A play that is negated is not folded at all, so a negating event changes nothing
here but the review that it answers.

A second yellow card counts as a red one; the first stays yellow. Whoever is off cannot be sent off again.

Source: IFAB Laws of the Game 2024/25: Law 3 (players), 7 (duration), 10 (outcome; penalties), 12 (cards),
14 (penalty kick), and the VAR protocol; FIFA Disciplinary Code on forfeits.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import rules, running_clock, tree
from scorewire.sports.game_clock import started, stopped
from scorewire.sports.lifecycle import (
    IMPOSING,
    LIFECYCLE,
    STATUS_EVENTS,
    Course,
    allows,
    begins,
    decide_play,
    decide_status,
    follow,
    implied,
    label_of,
)
from scorewire.sports.machine import Board, EventSpec, Machine, Refusal, clock_ms
from scorewire.sports.running_clock import CLOCK_EVENTS
from scorewire.sports.shape import Wanted, check_shape
from scorewire.sports.shootout import kicked
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

SHOOTOUT = 5

PERIODS: Mapping[int, tuple[str, str]] = {
    0: ("", ""),
    1: ("1H", "HT"),
    2: ("2H", "FT"),
    3: ("ET1", "ETHT"),
    4: ("ET2", "AET"),
    5: ("PEN", "PEN"),
}
"""Period -> its label while it is played, and once it has ended."""

_TOUCHES = (
    "PASS",
    "CARRY",
    "PRESSURE",
    "DUEL",
    "DRIBBLE",
    "CLEARANCE",
    "INTERCEPTION",
    "BLOCK",
    "BALL_RECEIPT",
    "BALL_RECOVERY",
    "GOALKEEPER",
    "THROW_IN",
    "FREE_KICK",
    "GOAL_KICK",
    "TOUCH",
)

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "GOAL": EventSpec(
        "key",
        "A goal for `team`, own goals included.",
        team=True,
        points=1,
        correction="GOAL_CANCELLED",
        shows=("penalty", "own_goal", "assist"),
    ),
    "GOAL_CANCELLED": EventSpec("key", "A goal does not stand.", negates=("GOAL",)),
    "GOAL_DISALLOWED": EventSpec("play", "The ball was in, and no goal was given.", team=True),
    "PENALTY_AWARDED": EventSpec(
        "key", "`team` has a penalty kick.", team=True, correction="PENALTY_CANCELLED"
    ),
    "PENALTY_CANCELLED": EventSpec("key", "The penalty kick is not given.", negates=("PENALTY_AWARDED",)),
    "PENALTY_MISSED": EventSpec("key", "`team` does not score from its penalty kick.", team=True),
    "YELLOW_CARD": EventSpec("key", "A caution.", team=True, correction="CARD_CANCELLED"),
    "SECOND_YELLOW_CARD": EventSpec(
        "key", "A second caution: the player is off.", team=True, correction="CARD_CANCELLED"
    ),
    "RED_CARD": EventSpec("key", "The player is sent off.", team=True, correction="CARD_CANCELLED"),
    "CARD_CANCELLED": EventSpec(
        "key", "A card is taken back.", negates=("YELLOW_CARD", "SECOND_YELLOW_CARD", "RED_CARD")
    ),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes off; `in` and `in_id` in detail come on.", team=True, shows=("in",)
    ),
    "SHOT": EventSpec(
        "play", "A shot that is no goal: saved, off_target, blocked or post.", team=True, shows=("outcome",)
    ),
    "CORNER": EventSpec("play", "A corner kick for `team`.", team=True),
    "OFFSIDE": EventSpec("play", "`team` is offside.", team=True),
    "FOUL": EventSpec("play", "A foul by `team`.", team=True),
    "SAVE": EventSpec("play", "A save by `team`.", team=True),
    "INJURY": EventSpec("play", "A player is hurt."),
    "ADDED_TIME": EventSpec("play", "Minutes that are added at least.", shows=("minutes",)),
    "VAR_STARTED": EventSpec("key", "The video referee looks at `subject`.", shows=("subject",)),
    "VAR_ENDED": EventSpec("key", "The review is over; `decision` says how.", shows=("decision",)),
    "SHOOTOUT_GOAL": EventSpec("key", "`team` scores in the shoot-out; the score stays.", team=True),
    "SHOOTOUT_MISS": EventSpec("key", "`team` does not score in the shoot-out.", team=True),
    **{name: EventSpec("touch", "A touch of the ball.") for name in _TOUCHES},
}

OPEN_PLAY = frozenset(
    {"GOAL", "PENALTY_AWARDED", "PENALTY_MISSED", "SHOT", "CORNER", "OFFSIDE", "FOUL", "SAVE"}
)
"""Can happen only while a period is played, so one of a later period implies that it has started. Cards,
substitutions and reviews also come in the break, where feeds stamp them with either period."""

KICKS = frozenset({"SHOOTOUT_GOAL", "SHOOTOUT_MISS"})

CARDS: Mapping[str, str] = {"YELLOW_CARD": "yellow", "SECOND_YELLOW_CARD": "red", "RED_CARD": "red"}
STATS: Mapping[str, str] = {
    "SHOT": "shots",
    "GOAL": "shots",
    "PENALTY_MISSED": "shots",
    "CORNER": "corners",
    "OFFSIDE": "offsides",
    "FOUL": "fouls",
}
ANSWERS: Mapping[str, frozenset[str]] = {
    "GOAL_CANCELLED": frozenset({"goal"}),
    "PENALTY_CANCELLED": frozenset({"penalty"}),
    "CARD_CANCELLED": frozenset({"red_card", "mistaken_identity"}),
}
"""A negating event -> the reviews that it answers; some feeds never close them otherwise."""

STATED_SHOOTOUT = ("shootout_home", "shootout_away")
"""What SCORE_SET may say besides the score, where a shoot-out is over."""

_SUBJECTS = frozenset({"goal", "penalty", "red_card", "mistaken_identity", "corner"})
WANTED: Wanted = {
    "GOAL": {"penalty": bool, "own_goal": bool},
    "SHOT": {"outcome": frozenset({"saved", "off_target", "blocked", "post"})},
    "ADDED_TIME": {"minutes": int},
    "VAR_STARTED": {"subject": _SUBJECTS},
    "VAR_ENDED": {"decision": _SUBJECTS | {f"no_{subject}" for subject in _SUBJECTS}},
}

RULES: rules.RuleTable = {
    "half_minutes": ("Minutes of a half.", 45),
    "extra_time": ("Whether extra time may be played.", True),
    "extra_time_minutes": ("Minutes of each half of extra time.", 15),
    "shootout": ("Whether a shoot-out may decide.", True),
    "shootout_kicks": ("Kicks a side before sudden death.", 5),
    "stoppage_minutes_max": ("A clock further past its period's end is refused.", 30),
    "forfeit_goals": ("Goals that a forfeit or walkover gives the other side.", 3),
}

DETAIL: Mapping[str, str] = {
    "cards": "`{home: {yellow, red}, away}`; a second yellow adds a red.",
    "stats": "`{home: {shots, corners, fouls, offsides}, away}`; a goal is a shot, an own goal is not.",
    "shootout": "`{home, away, taken: {home, away}, winner}`; `taken` of kicks, `winner` once it is decided.",
    "review": "What the video referee looks at now: goal, penalty, red_card, mistaken_identity, corner.",
    "added_time": "Minutes that are added to this period at least.",
    "tentative": "`{home, away}`: goals in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "goal_in_shootout": "Kicks of the shoot-out are SHOOTOUT_GOAL; they do not change the score.",
    "shootout_outside_period": "A kick of the shoot-out outside period 5.",
    "player_already_sent_off": "The player has been sent off before.",
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use; `starts_s` and `ends_s` are indexed by the period."""

    periods: frozenset[int]
    starts_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    stoppage_s: int
    shootout_kicks: int
    forfeit_goals: int


class SoccerState(Struct, frozen=True):
    """A match so far. Never changed in place; `detail` is shown as it is."""

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    sent_off: frozenset[str] = frozenset()


def begin(given: Detail) -> SoccerState:
    """The state before the first play."""
    return SoccerState(_rules(given))


def _rules(given: Detail) -> Rules:
    half = rules.whole(RULES, given, "half_minutes") * 60
    extra = rules.whole(RULES, given, "extra_time_minutes") * 60
    periods = {1, 2}
    if rules.flag(RULES, given, "extra_time"):
        periods |= {3, 4}
    if rules.flag(RULES, given, "shootout"):
        periods.add(SHOOTOUT)
    full = 2 * half
    return Rules(
        frozenset(periods),
        (0, 0, half, full, full + extra, full + 2 * extra),
        (0, half, full, full + extra, full + 2 * extra, full + 2 * extra),
        rules.whole(RULES, given, "stoppage_minutes_max") * 60,
        rules.whole(RULES, given, "shootout_kicks"),
        rules.whole(RULES, given, "forfeit_goals"),
    )


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the match. Source: Laws 7 and 10."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = _rules(given)
    kind, period = claim.type, claim.period
    if period is not None:
        if kind in KICKS and period != SHOOTOUT:
            return Refusal("shootout_outside_period", f"{kind} belongs to period {SHOOTOUT}, not {period}")
        if kind == "GOAL" and period == SHOOTOUT:
            return Refusal("goal_in_shootout", "a goal of the shoot-out is a SHOOTOUT_GOAL")
        if period not in held.periods:
            return Refusal("period_out_of_range", f"this competition has no period {period}")
    if kind == "ADDED_TIME" and "minutes" not in claim.detail:
        return Refusal("wrong_detail", "ADDED_TIME needs `minutes` in detail")
    if kind == "SCORE_SET" and any(not _is_count(claim.detail.get(name, 0)) for name in STATED_SHOOTOUT):
        return Refusal("wrong_detail", "the shoot-out of SCORE_SET is whole numbers, zero or more")
    return None if claim.clock is None else _check_clock(held, claim.clock, period)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _check_clock(held: Rules, text: str, period: int | None) -> Refusal | None:
    reading = clock_ms(text)
    assert reading is not None, "check_shape has read it"
    if period == SHOOTOUT:
        return None  # feeds let the clock stand, run on or start again
    first, last = (period, period) if period is not None else (1, max(held.periods - {SHOOTOUT}))
    base, plus, _ = text.partition("+")
    ends = held.ends_s[first : last + 1]
    within = held.starts_s[first] * 1000 <= reading <= (held.ends_s[last] + held.stoppage_s) * 1000
    if not within or (plus and int(base) * 60 not in ends):
        where = f"period {period}" if period is not None else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {text} in {where}")
    return None


def decide(state: SoccerState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the match so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    course = state.course
    if kind in STATUS_EVENTS:
        return decide_status(course, claim)
    refusal = decide_play(course, claim, open_play=kind in OPEN_PLAY | KICKS, scores=spec.points > 0)
    if refusal is not None:
        return refusal
    if kind in KICKS and claim.period is None and course.period != SHOOTOUT:
        return Refusal("shootout_outside_period", f"{kind} while period {course.period} is played")
    if kind == "GOAL" and claim.period is None and course.period == SHOOTOUT:
        return Refusal("goal_in_shootout", "a goal while the shoot-out is on names no period")
    if CARDS.get(kind) == "red" and claim.player is not None and claim.player.id in state.sent_off:
        return Refusal("player_already_sent_off", f"{claim.player.id} has been sent off before")
    return None


def evolve(state: SoccerState, claim: ProviderEvent, at: int) -> SoccerState:
    """The match after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None or spec.level == "touch":
        return state
    course, tally, clock, sent_off = state.course, state.tally, state.clock, state.sent_off
    if kind in OPEN_PLAY or kind in KICKS:
        course = implied(course, SHOOTOUT if kind in KICKS else claim.period)
        if course is not state.course:
            tally, clock = _start(state.rules, course, tally, clock, at)
    side = claim.team
    if side is not None:
        if spec.points:
            tally = scored(tally, side, spec.points, claim.period or course.period or 1)
        if claim.player is not None and CARDS.get(kind) == "red":
            sent_off = sent_off | {claim.player.id}
    if kind == "SCORE_SET":
        tally = stated(tally, claim, claim.period or course.period or 1)
    elif spec.level == "key" or kind in CLOCK_EVENTS:
        clock = running_clock.after(state.rules, course, clock, claim, at)
    detail = _detail_after(state, claim, course is not state.course)
    if (course, tally, clock, detail) == (state.course, state.tally, state.clock, state.detail):
        return state  # a sending-off always adds to the detail
    return SoccerState(state.rules, course, tally, clock, detail, sent_off)


def _evolve_status(state: SoccerState, claim: ProviderEvent, at: int) -> SoccerState:
    kind = claim.type
    course, tally, clock, detail = state.course, state.tally, state.clock, state.detail
    if kind in IMPOSING and allows(course, kind):
        tally = ruled(tally, claim, forfeit_points=state.rules.forfeit_goals, better_stands=True)
    course = follow(course, claim)
    if course is state.course:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    if kind == "PERIOD_START":
        if begins(state.course, course):
            tally, clock = _start(state.rules, course, tally, clock, at)
            clock = running_clock.after(state.rules, course, clock, claim, at)
            detail = _at_restart(detail, course.period)
    elif kind == "PERIOD_END":
        clock = running_clock.at_end(state.rules, course, clock, claim)
        detail = tree.drop(detail, "added_time")
    elif claim.clock is not None:
        clock = running_clock.after(state.rules, course, clock, claim, at)
    if course.status != "live":
        clock = stopped(clock)
        if course.status == "ended" or course.status in OVER:
            detail = tree.drop(detail, "added_time", "review")
    elif kind == "GAME_RESUMED" and course.period != SHOOTOUT:
        clock = started(clock, at)
    return SoccerState(state.rules, course, tally, clock, detail, state.sent_off)


def _start(
    held: Rules, course: Course, tally: Tally, clock: GameClock | None, at: int
) -> tuple[Tally, GameClock | None]:
    """Tally and clock when a period begins, announced or implied."""
    period = course.period
    clock = running_clock.at_start(held, period, clock, at)
    return (tally if period >= SHOOTOUT else opened(tally, period)), clock


def _at_restart(detail: Tree, period: int) -> Tree:
    detail = tree.drop(detail, "added_time", "review")  # no review outlives the restart of play
    if period == SHOOTOUT and "shootout" not in detail:
        return {**detail, "shootout": {"home": 0, "away": 0}}
    return detail


def _detail_after(state: SoccerState, claim: ProviderEvent, started_now: bool) -> Tree:
    """Cards, statistics, shoot-out, review and added time after a play."""
    detail, kind, side = state.detail, claim.type, claim.team
    if started_now:
        detail = _at_restart(detail, SHOOTOUT if kind in KICKS else claim.period or 0)
    if side is not None:
        if kind in CARDS:
            detail = tree.add(detail, 1, "cards", side, CARDS[kind])
        elif kind in KICKS:
            detail = kicked(detail, side, goal=kind == "SHOOTOUT_GOAL", best_of=state.rules.shootout_kicks)
        elif kind in STATS and claim.detail.get("own_goal") is not True:
            detail = tree.add(detail, 1, "stats", side, STATS[kind])
        if kind == "GOAL" and claim.confirmation == "tentative":
            detail = tree.add(detail, 1, "tentative", side)
    if kind == "VAR_STARTED":
        return tree.put(detail, claim.detail.get("subject", "incident"), "review")
    if kind == "VAR_ENDED" or (kind in ANSWERS and detail.get("review") in ANSWERS[kind]):
        return tree.drop(detail, "review")
    if kind == "ADDED_TIME" and "minutes" in claim.detail:
        return tree.put(detail, claim.detail["minutes"], "added_time")
    return _stated_shootout(detail, claim) if kind == "SCORE_SET" else detail


def _stated_shootout(detail: Tree, claim: ProviderEvent) -> Tree:
    """A shoot-out that a result list tells by its goals alone: who took how many kicks, nobody said."""
    home, away = (claim.detail.get(name) for name in STATED_SHOOTOUT)
    if type(home) is not int or type(away) is not int:
        return detail
    shootout: Tree = {"home": home, "away": away}
    if home != away:
        shootout["winner"] = "home" if home > away else "away"
    return tree.put(detail, shootout, "shootout")


def board(state: SoccerState) -> Board:
    """What the match shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    label = label_of(PERIODS, course, halves=4)
    return Board(course.status, label, state.clock, home, away, state.tally.linescore, state.detail)


SOCCER: Machine[SoccerState] = Machine(
    sport="soccer",
    events=EVENTS,
    rules=RULES,
    begin=begin,
    check=check,
    decide=decide,
    evolve=evolve,
    board=board,
    detail=DETAIL,
    refusals=REFUSALS,
)
