"""Rugby union: two halves that count up, scores of 7, 5, 3 and 2, and cards that empty the pitch for minutes.

Theory
======

Six periods. 1 and 2 are the halves (0 to 40, 40 to 80), 3 and 4 extra time (80 to 90, 90 to 100), 5 is
sudden death (100 to 110) and 6 the kicking competition. The clock counts up. It stands while the referee has
stopped time (CLOCK_STOP), and runs past the end of a half until the ball is dead, which may take minutes;
what is past the end is written 80+2:10. As in soccer, a period's start sets the clock and FT is a place, not
the end.

A try is 5 points, and gives the kick at goal that converts it (2). A penalty try is 7 and is not converted.
Penalty goals and drop goals are 3. Older values are rules of the competition: a try was 4 points until 1992,
and a penalty try 5 and converted until 2017. Tables give bonus points for tries, so `detail.tries` counts
them by side, penalty tries included; `detail.kicks` the kicks that went over. `detail.conversion` names the
side whose conversion is still to come.

Whoever scores first in sudden death has won: the game has ended, whether a provider says so or not. A score
after it is not refused, because the first may yet be taken away, and does not count until it is.

The kicking competition decides who goes on, not the score: kicks are counted in `detail.shootout`, five
a side, then kick against kick.

The television match official looks at a try, a kick, or foul play. REVIEW_STARTED opens `detail.review`,
REVIEW_ENDED closes it. What is changed is a play of its own: TRY_CANCELLED negates the try, up to the moment
when the conversion is struck; KICK_CANCELLED a kick; CARD_CANCELLED a card. Foul play may also be looked at
off the pitch while the player sits in the bin (`bunker` of a yellow card); if it becomes a red card, that is
a RED_CARD with `upgraded`, which turns the yellow card into a red one, or an amendment of the same event.

Cards and how long they last: rugby_union_bins.py. Sevens and tens are the same game with other `rules`.

Source: World Rugby Laws of the Game 2025: Law 3 (team; temporary replacements), 5 (time), 8 (scoring), 9
(foul play; cards); Rugby World Cup rules on extra time (10 minutes each way, 10 of sudden death, five kickers
each); World Rugby's TMO protocol and foul play review. Forfeits: 28-0, four converted
tries, as in the Autumn Nations Cup 2020 (France and Fiji) and other competitions under World Rugby.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import running_clock, tree
from scorewire.sports.game_clock import started, stopped
from scorewire.sports.lifecycle import (
    IMPOSING,
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
from scorewire.sports.machine import Board, Machine, Refusal, clock_ms
from scorewire.sports.rugby_union_bins import (
    NOBODY,
    Suspensions,
    carded,
    carried_over,
    returned,
    served,
    shown,
)
from scorewire.sports.rugby_union_events import (
    AFTER_A_TRY,
    ANSWERS,
    CARDS,
    COUNTED_KICKS,
    EVENTS,
    OPEN_PLAY,
    SHOOTOUT_KICKS,
    STATS,
    TRIES,
    WANTED,
)
from scorewire.sports.rugby_union_rules import (
    KICKING,
    POINT_RULES,
    RULES,
    SUDDEN_DEATH,
    Rules,
    rules_of,
)
from scorewire.sports.running_clock import CLOCK_EVENTS
from scorewire.sports.shape import check_shape
from scorewire.sports.shootout import kicked
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

PERIODS: Mapping[int, tuple[str, str]] = {
    0: ("", ""),
    1: ("1H", "HT"),
    2: ("2H", "FT"),
    3: ("ET1", "ETHT"),
    4: ("ET2", "AET"),
    5: ("SD", "SD END"),
    6: ("KICKS", "KICKS"),
}
"""Period -> its label while it is played, and once it has ended."""

DETAIL: Mapping[str, str] = {
    "tries": "`{home, away}`: tries, penalty tries included; what bonus points are given for.",
    "kicks": "`{home: {conversions, penalty_goals, drop_goals}, away}`: kicks that went over.",
    "conversion": "The side whose conversion is still to come.",
    "cards": "`{home: {yellow, red}, away}`; a second yellow adds a red, an upgraded one becomes red.",
    "bins": "`{home: {player: until}}`: who is off, and what the clock shows when that is over.",
    "players": "`{home, away}`: players on the pitch, while there are fewer than at the start.",
    "replaced": "`{home: {player: kind}}`: who is off for a while: head, blood, front_row.",
    "stats": "`{home: {penalties, free_kicks, scrums, lineouts, turnovers, knock_ons}, away}`.",
    "shootout": "The kicking competition: `{home, away, taken: {home, away}, winner}`.",
    "review": "What the TMO looks at now: try, kick, foul_play, identity, or incident.",
    "tentative": "`{home, away}`: points in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "points_in_kicking_competition": "Its kicks are SHOOTOUT_GOAL; they do not change the score.",
    "shootout_outside_period": "A kick of the kicking competition outside period 6.",
    "player_already_sent_off": "The player has been sent off before.",
}


class RugbyState(Struct, frozen=True):
    """A match so far. Never changed in place; `detail` is shown as it is."""

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    off: Suspensions = NOBODY
    sent_off: frozenset[str] = frozenset()


def begin(given: Detail) -> RugbyState:
    """The state before the first play."""
    return RugbyState(rules_of(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the match. Source: Laws 5 and 8."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = rules_of(given)
    kind, period = claim.type, claim.period
    if period is not None:
        if kind in SHOOTOUT_KICKS and period != KICKING:
            return Refusal("shootout_outside_period", f"{kind} belongs to period {KICKING}, not {period}")
        if period == KICKING and kind in POINT_RULES:
            return Refusal("points_in_kicking_competition", f"{kind} in the kicking competition")
        if period not in held.periods:
            return Refusal("period_out_of_range", f"this competition has no period {period}")
    if kind == "SCORE_SET":
        for name in _STATED_TRIES.values():
            value = claim.detail.get(name, 0)
            if type(value) is not int or value < 0:
                return Refusal("wrong_detail", f"{name} of SCORE_SET must be a whole number, zero or more")
    return None if claim.clock is None else _check_clock(held, claim.clock, period)


def _check_clock(held: Rules, text: str, period: int | None) -> Refusal | None:
    reading = clock_ms(text)
    assert reading is not None, "check_shape has read it"
    if period == KICKING:
        return None
    first, last = (period, period) if period is not None else (1, max(held.periods - {KICKING}))
    base, plus, _ = text.partition("+")
    ends = held.ends_s[first : last + 1]
    within = held.starts_s[first] * 1000 <= reading <= (held.ends_s[last] + held.overrun_s) * 1000
    if not within or (plus and int(base) * 60 not in ends):
        where = f"period {period}" if period is not None else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {text} in {where}")
    return None


def decide(state: RugbyState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the match so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    course = state.course
    if kind in STATUS_EVENTS:
        return decide_status(course, claim)
    # The score that ended sudden death may yet be cancelled, and then the next one counts.
    scores = spec.points > 0 and course.period != SUDDEN_DEATH
    refusal = decide_play(course, claim, open_play=kind in OPEN_PLAY | SHOOTOUT_KICKS, scores=scores)
    if refusal is not None:
        return refusal
    if kind in SHOOTOUT_KICKS and claim.period is None and course.period != KICKING:
        return Refusal("shootout_outside_period", f"{kind} while period {course.period} is played")
    if kind in POINT_RULES and claim.period is None and course.period == KICKING:
        return Refusal("points_in_kicking_competition", f"{kind} in the kicking competition")
    if CARDS.get(kind) == "red" and claim.player is not None and claim.player.id in state.sent_off:
        return Refusal("player_already_sent_off", f"{claim.player.id} has been sent off before")
    return None


def evolve(state: RugbyState, claim: ProviderEvent, at: int) -> RugbyState:
    """The match after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None or spec.level == "touch":
        return state
    course, tally, clock, off, detail = state.course, state.tally, state.clock, state.off, state.detail
    over = course.status == "ended" and any(tally.linescore.get(str(SUDDEN_DEATH), {}).values())
    if over and _in_sudden_death(course, claim):
        return state
    if kind in OPEN_PLAY or kind in SHOOTOUT_KICKS:
        course = implied(course, KICKING if kind in SHOOTOUT_KICKS else claim.period)
        if course is not state.course:
            tally, clock, off, detail = _start(state, course, at)
    side = claim.team
    if side is not None and spec.points:
        points = state.rules.points[kind]
        tally = scored(tally, side, points, claim.period or course.period or 1)
        if claim.confirmation == "tentative":
            detail = tree.add(detail, points, "tentative", side)
    if kind == "SCORE_SET":
        tally = stated(tally, claim, claim.period or course.period or 1)
    elif spec.level == "key" or kind in CLOCK_EVENTS:
        clock = running_clock.after(state.rules, course, clock, claim, at)
    if _in_sudden_death(course, claim) and side is not None and course.status == "live":
        course = Course("ended", course.period, True, course.announced)
    detail = _detail_after(state.rules, detail, claim)
    sent_off = state.sent_off
    if side is not None and (kind in CARDS or kind == "BIN_OVER"):
        off = _off_after(state.rules, off, claim, side, _reading_s(claim, clock))
        if CARDS.get(kind) == "red" and claim.player is not None:
            sent_off = sent_off | {claim.player.id}
    if off.bins and claim.clock is not None and claim.period in {None, course.period}:
        off = served(off, _reading_s(claim, clock))
    if off is not state.off:
        detail = shown(detail, off, state.rules.players)
    if course.status == "ended":
        clock, detail = stopped(clock), tree.drop(detail, "conversion")
    if (course, tally, clock, detail) == (state.course, state.tally, state.clock, state.detail):
        return state  # whatever changes who is off also changes the detail
    return RugbyState(state.rules, course, tally, clock, detail, off, sent_off)


def _in_sudden_death(course: Course, claim: ProviderEvent) -> bool:
    """Whether a play is points made in sudden death; a kick of extra time heard late is not."""
    return (
        claim.type in POINT_RULES and course.period == SUDDEN_DEATH and claim.period in {None, SUDDEN_DEATH}
    )


def _reading_s(claim: ProviderEvent, clock: GameClock | None) -> int:
    """The time of the game at a play: its own, else where the clock was last set."""
    reading = clock_ms(claim.clock) if claim.clock is not None else None
    if reading is not None:
        return reading // 1000
    return clock.seconds if clock is not None else 0


def _off_after(held: Rules, off: Suspensions, claim: ProviderEvent, side: Side, now_s: int) -> Suspensions:
    if claim.type == "BIN_OVER":
        return returned(off, claim, side)
    if claim.type == "YELLOW_CARD":
        return carded(off, claim, side, now_s, held.yellow_minutes) if held.yellow_minutes else off
    minutes = 0 if claim.detail.get("permanent") is True else held.red_minutes
    return carded(off, claim, side, now_s, minutes)


def _evolve_status(state: RugbyState, claim: ProviderEvent, at: int) -> RugbyState:
    kind = claim.type
    course, tally, clock, off, detail = state.course, state.tally, state.clock, state.off, state.detail
    if kind in IMPOSING and allows(course, kind):
        tally = ruled(tally, claim, forfeit_points=state.rules.forfeit_points, better_stands=False)
    course = follow(course, claim)
    if course is state.course:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    if kind == "PERIOD_START":
        if begins(state.course, course):
            tally, clock, off, detail = _start(state, course, at)
            clock = running_clock.after(state.rules, course, clock, claim, at)
    elif kind == "PERIOD_END":
        clock = running_clock.at_end(state.rules, course, clock, claim)
        detail = tree.drop(detail, "conversion")
        off = served(off, clock.seconds) if clock is not None else off
    elif claim.clock is not None:
        clock = running_clock.after(state.rules, course, clock, claim, at)
    if course.status != "live":
        clock = stopped(clock)
        if course.status == "ended" or course.status in OVER:
            detail = tree.drop(detail, "conversion", "review", "replaced")
        if course.status in OVER:
            off = NOBODY  # nothing is shown of a pitch that is empty
    elif kind == "GAME_RESUMED" and course.period != KICKING:
        clock = started(clock, at)
    if off is not state.off:
        detail = shown(detail, off, state.rules.players)
    return RugbyState(state.rules, course, tally, clock, detail, off, state.sent_off)


def _start(state: RugbyState, course: Course, at: int) -> tuple[Tally, GameClock | None, Suspensions, Tree]:
    """Score, clock, bins and detail when a period begins, announced or implied."""
    held, period, before = state.rules, course.period, state.course.period
    detail = tree.drop(state.detail, "conversion", "review")
    if period >= KICKING:
        if "shootout" not in detail:
            detail = {**detail, "shootout": {"home": 0, "away": 0}}
        return state.tally, stopped(state.clock), state.off, detail
    off = state.off
    if 0 < before == period - 1:
        stood = state.clock.seconds if state.clock is not None else 0
        off = carried_over(off, max(stood, held.ends_s[before]), held.starts_s[period])
    off = served(off, held.starts_s[period])
    if off is not state.off:
        detail = shown(detail, off, held.players)
    clock = running_clock.at_start(held, period, state.clock, at)
    return opened(state.tally, period), clock, off, detail


def _detail_after(held: Rules, detail: Tree, claim: ProviderEvent) -> Tree:
    """Tries, kicks, cards, statistics, replacements, the kicking competition and the review after a play."""
    kind, side = claim.type, claim.team
    if kind in AFTER_A_TRY or kind in OPEN_PLAY:
        detail = tree.drop(detail, "conversion")
    if side is not None:
        detail = _of_side(held, detail, claim, side)
    if kind == "REVIEW_STARTED":
        return tree.put(detail, claim.detail.get("subject", "incident"), "review")
    if kind == "REVIEW_ENDED" or (kind in ANSWERS and detail.get("review") in ANSWERS[kind]):
        return tree.drop(detail, "review")
    if kind == "SCORE_SET":
        for stated_side, name in _STATED_TRIES.items():
            value = claim.detail.get(name)
            if type(value) is int:
                detail = tree.put(detail, value, "tries", stated_side)
    return detail


_STATED_TRIES: Mapping[Side, str] = {"home": "home_tries", "away": "away_tries"}
"""What SCORE_SET may say besides the score, for feeds that list results with tries."""


def _of_side(held: Rules, detail: Tree, claim: ProviderEvent, side: Side) -> Tree:
    kind = claim.type
    if kind in TRIES:
        detail = tree.add(detail, 1, "tries", side)
        if kind == "TRY" or held.points["PENALTY_TRY"] == held.points["TRY"]:
            detail = tree.put(detail, side, "conversion")
    elif kind in COUNTED_KICKS:
        detail = tree.add(detail, 1, "kicks", side, COUNTED_KICKS[kind])
    elif kind in STATS:
        detail = tree.add(detail, 1, "stats", side, STATS[kind])
    elif kind in CARDS:
        detail = tree.add(detail, 1, "cards", side, CARDS[kind])
        if claim.detail.get("upgraded") is True and kind == "RED_CARD":
            detail = _without_a_yellow(detail, side)
    elif kind in SHOOTOUT_KICKS:
        detail = kicked(detail, side, goal=kind == "SHOOTOUT_GOAL", best_of=held.kicks)
    elif kind == "TEMPORARY_REPLACEMENT" and claim.player is not None:
        detail = tree.put(detail, claim.detail.get("kind", "head"), "replaced", side, claim.player.id)
    elif kind == "TEMPORARY_REPLACEMENT_OVER" and claim.player is not None:
        detail = _no_longer_replaced(detail, side, claim.player.id)
    return detail


def _without_a_yellow(detail: Tree, side: Side) -> Tree:
    """An upgraded card was counted as a yellow one before; unless that was not heard yet."""
    cards = detail["cards"]
    assert isinstance(cards, dict)
    yellow = cards[side].get("yellow", 0)
    return tree.put(detail, yellow - 1, "cards", side, "yellow") if yellow else detail


def _no_longer_replaced(detail: Tree, side: Side, player: str) -> Tree:
    replaced = detail.get("replaced")
    if not isinstance(replaced, dict) or player not in replaced.get(side, {}):
        return detail
    left = {**replaced, side: tree.drop(replaced[side], player)}
    left = {name: players for name, players in left.items() if players}
    return {**detail, "replaced": left} if left else tree.drop(detail, "replaced")


def board(state: RugbyState) -> Board:
    """What the match shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    label = label_of(PERIODS, course, halves=4)
    return Board(course.status, label, state.clock, home, away, state.tally.linescore, state.detail)


RUGBY_UNION: Machine[RugbyState] = Machine(
    sport="rugby_union",
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
