"""Handball: two halves that count up, two extra times, a 7-metre shoot-out apart from the score.

Theory
======

Seven periods. 1 and 2 are the halves (0 to 30, 30 to 60), 3 and 4 the first extra time (60 to 65, 65 to 70),
5 and 6 the second (70 to 75, 75 to 80), 7 the shoot-out from the 7-metre line. There is no golden goal: an
extra time is played to its end. The clock counts up and stands at every time-out, so no time is added: it
never goes past the period's end. Which of the periods a competition knows is in its rules: a league game ends
level after the second.

A goal counts one, from the 7-metre line too (`seven_metre`). A 7-metre throw that is missed is
SEVEN_METRE_MISSED. The shoot-out decides who goes on and leaves the score alone: best of five, then throw
against throw; when it is decided the game is `ended`, which is derived.

Time-outs are ordered with suspensions and cards, and by the referees: they find the clock standing. A play at
another time than the clock shows tells that it has run. A bare minute ("23") is too coarse to set a clock
that runs.

A suspension leaves its side with one player fewer for two minutes, and so does a disqualification (red card;
blue card: with a report); handball_suspensions.py counts them by the clock. A third suspension of a player is
a red card, which is derived: when the feed says it as well it does not count twice.

Forewarning of passive play is shown against a side until it shoots or loses the ball.

The video replay (IHF VR) opens and closes `review`; what it changes is a play of its own: GOAL_CANCELLED,
CARD_CANCELLED, SUSPENSION_CANCELLED negate. A negated play is not folded, so nothing here undoes anything.

A forfeit is 10-0.

Source: IHF Rules of the Game, Indoor Handball 2022: 2 (playing time, extra time, 7-metre throwing, team
time-out), 4 (the team), 7:11-12 (passive play), 9 (scoring), 14 (7-metre throw), 16 (punishments); IHF
Regulations for Competitions (forfeit 10-0; three team time-outs); IHF video replay instructions.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import handball_rules, tree
from scorewire.sports import handball_suspensions as bench
from scorewire.sports.game_clock import set_to, started, stopped, up
from scorewire.sports.handball_rules import PERIODS, RULES, SHOOTOUT, Rules
from scorewire.sports.handball_suspensions import Punished
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
from scorewire.sports.shape import Wanted, check_shape
from scorewire.sports.shootout import kicked
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "GOAL": EventSpec(
        "key",
        "A goal; `seven_metre` for one from the 7-metre line.",
        team=True,
        points=1,
        correction="GOAL_CANCELLED",
        shows=("seven_metre", "assist"),
    ),
    "GOAL_CANCELLED": EventSpec("key", "A goal does not stand.", negates=("GOAL",)),
    "SEVEN_METRE_AWARDED": EventSpec("play", "`team` has a 7-metre throw.", team=True),
    "SEVEN_METRE_MISSED": EventSpec("key", "`team` does not score from the 7-metre line.", team=True),
    "SHOT": EventSpec(
        "play",
        "A shot that is no goal; `outcome`: saved, off_target, blocked, post.",
        team=True,
        shows=("outcome",),
    ),
    "SAVE": EventSpec("play", "A save by `team`'s goalkeeper.", team=True),
    "TURNOVER": EventSpec("play", "`team` loses the ball.", team=True),
    "STEAL": EventSpec("play", "`team` takes the ball.", team=True),
    "FOUL": EventSpec("play", "A foul by `team`.", team=True),
    "PASSIVE_PLAY": EventSpec("play", "`team` is warned of passive play.", team=True),
    "YELLOW_CARD": EventSpec("key", "A warning.", team=True, correction="CARD_CANCELLED"),
    "SUSPENSION": EventSpec(
        "key",
        "Two minutes; `minutes` 4 for 2+2.",
        team=True,
        correction="SUSPENSION_CANCELLED",
        shows=("minutes",),
    ),
    "SUSPENSION_CANCELLED": EventSpec("key", "A suspension does not stand.", negates=("SUSPENSION",)),
    "RED_CARD": EventSpec("key", "A disqualification.", team=True, correction="CARD_CANCELLED"),
    "BLUE_CARD": EventSpec(
        "key", "A disqualification with a written report.", team=True, correction="CARD_CANCELLED"
    ),
    "CARD_CANCELLED": EventSpec(
        "key", "A card does not stand.", negates=("YELLOW_CARD", "RED_CARD", "BLUE_CARD")
    ),
    "TIMEOUT": EventSpec("play", "A time-out, of `team` or the referees'; `left` in detail where known."),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes off; `in` and `in_id` in detail come on.", team=True, shows=("in",)
    ),
    "GOALIE_PULLED": EventSpec("play", "`team` plays seven on the field and an empty goal.", team=True),
    "GOALIE_RETURNED": EventSpec("play", "The goalkeeper of `team` is back.", team=True),
    "REVIEW_STARTED": EventSpec(
        "key", "The referees look at a replay; `subject`: goal, card, seven_metre ...", shows=("subject",)
    ),
    "REVIEW_ENDED": EventSpec("key", "The review is over; `decision` says how.", shows=("decision",)),
    "SHOOTOUT_GOAL": EventSpec("key", "A goal in the shoot-out; the score stays.", team=True),
    "SHOOTOUT_MISS": EventSpec("key", "`team` does not score in the shoot-out.", team=True),
}

OPEN_PLAY = frozenset(
    {
        "GOAL",
        "SEVEN_METRE_AWARDED",
        "SEVEN_METRE_MISSED",
        "SHOT",
        "SAVE",
        "TURNOVER",
        "STEAL",
        "FOUL",
        "PASSIVE_PLAY",
    }
)
"""Can happen only while a period is played, so one of a later period implies that it has started. Cards and
suspensions are also given in the break."""

KICKS = frozenset({"SHOOTOUT_GOAL", "SHOOTOUT_MISS"})
SHOTS = frozenset({"GOAL", "SHOT", "SEVEN_METRE_MISSED"})
STANDS = frozenset({"TIMEOUT", "SUSPENSION", "RED_CARD", "BLUE_CARD", "REVIEW_STARTED", "CLOCK_STOP"})
"""Finds or makes the clock stand."""
ENDS_ATTACK = frozenset({"GOAL", "SHOT", "SEVEN_METRE_AWARDED", "SEVEN_METRE_MISSED", "TURNOVER", "STEAL"})
"""Ends the forewarning of passive play."""
ANSWERS = frozenset({"REVIEW_ENDED", "GOAL_CANCELLED", "CARD_CANCELLED", "SUSPENSION_CANCELLED"})

WANTED: Wanted = {
    "GOAL": {"seven_metre": bool},
    "SHOT": {"outcome": frozenset({"saved", "off_target", "blocked", "post"})},
    "SUSPENSION": {"minutes": int},
    "TIMEOUT": {"left": int},
}

DETAIL: Mapping[str, str] = {
    "cards": "`{home: {yellow, suspensions, red, blue}, away}`; a third suspension of a player adds a red.",
    "players": "`6v7`: players on the court, goalkeepers too, home first, where not seven against seven.",
    "back": "`{home: 24:10}`: the clock at which the next of the missing may come back.",
    "shots": "`{home, away}`: goals and shots.",
    "empty_net": "`{home: true}`: home plays without a goalkeeper.",
    "passive": "Who is warned of passive play.",
    "timeouts": "`{home, away}`: team time-outs left, once one was taken.",
    "shootout": "`{home, away, taken: {home, away}, winner}`; `winner` once it is decided.",
    "review": "What the referees look at now.",
    "tentative": "`{home, away}`: goals in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "goal_in_shootout": "Throws of the shoot-out are SHOOTOUT_GOAL; they do not change the score.",
    "shootout_outside_period": "A throw of the shoot-out outside period 7.",
    "player_already_sent_off": "The player has had a red card before.",
}


class HandballState(Struct, frozen=True):
    """A game so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        played: seconds on the clock, as far as plays have told; suspensions are served up to there.
    """

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    punished: Punished = Punished()
    played: int = 0


def begin(given: Detail) -> HandballState:
    """The state before the first play."""
    return HandballState(handball_rules.read(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the game. Source: IHF Rule 2."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = handball_rules.read(given)
    kind, period = claim.type, claim.period
    if period is not None:
        if kind in KICKS and period != SHOOTOUT:
            return Refusal("shootout_outside_period", f"{kind} belongs to period {SHOOTOUT}, not {period}")
        if kind == "GOAL" and period == SHOOTOUT:
            return Refusal("goal_in_shootout", "a goal of the shoot-out is a SHOOTOUT_GOAL")
        if period not in held.periods:
            return Refusal("period_out_of_range", f"this competition has no period {period}")
    return None if claim.clock is None else _check_clock(held, claim.clock, period)


def _check_clock(held: Rules, text: str, period: int | None) -> Refusal | None:
    if "+" in text:
        return Refusal("unreadable_clock", f"{text!r}: this clock knows no added time")
    reading = clock_ms(text)
    assert reading is not None, "check_shape has read it"
    if period == SHOOTOUT:
        return None  # feeds let the clock stand as they please
    first, last = (period, period) if period is not None else (1, max(held.periods - {SHOOTOUT}))
    if not held.starts_s[first] * 1000 <= reading <= held.ends_s[last] * 1000:
        where = f"period {period}" if period is not None else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {text} in {where}")
    return None


def decide(state: HandballState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the game so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates:
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
    if kind == "RED_CARD" and claim.player is not None and claim.player.id in state.punished.sent_off:
        return Refusal("player_already_sent_off", f"{claim.player.id} has had a red card before")
    return None


def evolve(state: HandballState, claim: ProviderEvent, at: int) -> HandballState:
    """The game after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None or spec.level == "touch":
        return state
    held, course, tally, clock = state.rules, state.course, state.tally, state.clock
    detail, punished, played = state.detail, state.punished, state.played
    if kind in OPEN_PLAY or kind in KICKS:
        course = implied(course, SHOOTOUT if kind in KICKS else claim.period)
        if course is not state.course:
            tally, clock = _start(held, course, tally, clock, at)
            detail = _at_restart(detail, course.period)
    played = _played(held, course, claim, played)
    punished = bench.served(punished, played)
    clock = _clock_after(held, course, clock, claim, at)
    side = claim.team
    if side is not None and spec.points:
        tally = scored(tally, side, spec.points, claim.period or course.period or 1)
        if claim.confirmation == "tentative":
            detail = tree.add(detail, 1, "tentative", side)
    if kind == "SCORE_SET":
        tally = stated(tally, claim, claim.period or course.period or 1)
    if side is not None and kind in _PUNISHMENTS:
        absent = punished.absences
        detail, punished = _punish(claim, side, detail, punished, played)
        if claim.clock is None and played == held.starts_s[min(course.period, SHOOTOUT)]:
            punished = structs.replace(punished, absences=absent)  # without any clock nobody knows until when
    detail = _detail_after(held, claim, detail)
    if punished is not state.punished:
        detail = bench.show(punished, detail)
    if kind in KICKS:
        course = _decided(course, detail)
    if (
        clock is state.clock
        and detail is state.detail
        and played == state.played
        and tally is state.tally
        and course is state.course
        and punished is state.punished
    ):
        return state
    return HandballState(held, course, tally, clock, detail, punished, played)


def _evolve_status(state: HandballState, claim: ProviderEvent, at: int) -> HandballState:
    held, kind = state.rules, claim.type
    course, tally, clock = state.course, state.tally, state.clock
    detail, punished, played = state.detail, state.punished, state.played
    if kind in IMPOSING and allows(course, kind):
        tally = ruled(tally, claim, forfeit_points=held.forfeit_goals, better_stands=False)
    course = follow(course, claim)
    if course is state.course:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    now = min(course.period, SHOOTOUT)
    if kind == "PERIOD_START":
        if begins(state.course, course):
            tally, clock = _start(held, course, tally, clock, at)
            clock = _clock_after(held, course, clock, claim, at)
            detail = _at_restart(detail, course.period)
        played = max(played, held.starts_s[now])
    elif kind == "PERIOD_END" and 0 < now < SHOOTOUT:
        played = max(played, held.ends_s[now])
        clock = set_to(clock, *up(held.ends_s[now] * 1000, held.ends_s[now]), running=False, at=at)
    elif claim.clock is not None:
        clock = _clock_after(held, course, clock, claim, at)
    punished = bench.served(punished, played)
    if course.status != "live":
        clock = stopped(clock)
    elif kind == "GAME_RESUMED" and now != SHOOTOUT:
        clock = started(clock, at)
    detail = bench.show(punished, detail)
    if course.status == "ended" or course.status in OVER:
        detail = tree.drop(detail, "review", "passive", "players", "back", "empty_net")
    return HandballState(held, course, tally, clock, detail, punished, played)


def _start(
    held: Rules, course: Course, tally: Tally, clock: GameClock | None, at: int
) -> tuple[Tally, GameClock | None]:
    """Tally and clock when a period begins, announced or implied."""
    period = course.period
    if period >= SHOOTOUT:
        return tally, stopped(clock)
    display, seconds = up(held.starts_s[period] * 1000, held.ends_s[period])
    return opened(tally, period), set_to(clock, display, seconds, running=True, at=at)


def _at_restart(detail: Tree, period: int) -> Tree:
    detail = tree.drop(detail, "review", "passive", "empty_net")
    if period == SHOOTOUT and "shootout" not in detail:
        return {**detail, "shootout": {"home": 0, "away": 0}}
    return detail


def _played(held: Rules, course: Course, claim: ProviderEvent, played: int) -> int:
    """Seconds on the clock by the claim, if it tells; time never runs back."""
    period = course.period
    if claim.clock is None or not 0 < period < SHOOTOUT or claim.period not in {None, period}:
        return played
    reading = clock_ms(claim.clock)
    return played if reading is None else max(played, min(reading // 1000, held.ends_s[period]))


_CLOCK_EVENTS = frozenset({"CLOCK_START", "CLOCK_STOP", "CLOCK_SET"})


def _clock_after(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, at: int
) -> GameClock | None:
    """The clock after a play; one of another period, or after the end of this one, leaves it alone."""
    kind, text, period = claim.type, claim.clock, min(course.period, SHOOTOUT)
    ruling = kind in _CLOCK_EVENTS
    if not ruling and (
        course.closed or not 0 < period < SHOOTOUT or claim.period not in {None, course.period}
    ):
        return clock
    running = clock is not None and clock.running
    reading = clock_ms(text) if text is not None else None
    coarse = running and kind not in STANDS and not ruling and text is not None and ":" not in text
    if reading is not None and not coarse:
        shown = up(reading, held.ends_s[period] or reading // 1000)
    elif clock is not None:
        shown = clock.display, clock.seconds
    elif kind == "CLOCK_START":
        shown = up(held.starts_s[period] * 1000, held.ends_s[period])
    else:
        return None
    if kind in STANDS or (0 < period < SHOOTOUT and shown[1] >= held.ends_s[period]):
        running = False
    elif kind == "CLOCK_SET":
        said = claim.detail.get("running")
        running = said if isinstance(said, bool) else running
    else:  # a clock that shows another time than before has run
        moved = clock is None or clock.display != shown[0]
        running = (course.status == "live" or ruling) and (running or moved or kind == "CLOCK_START")
    return set_to(clock, *shown, running=running, at=at)


_PUNISHMENTS = frozenset({"YELLOW_CARD", "SUSPENSION", "RED_CARD", "BLUE_CARD"})


def _punish(
    claim: ProviderEvent, side: Side, detail: Tree, punished: Punished, played: int
) -> tuple[Tree, Punished]:
    kind, player = claim.type, claim.player.id if claim.player is not None else ""
    if kind == "YELLOW_CARD":
        return tree.add(detail, 1, "cards", side, "yellow"), punished
    if kind == "SUSPENSION":
        twice = claim.detail.get("minutes") == 4
        seconds = bench.SUSPENSION_S * (2 if twice else 1)
        punished, out = bench.suspended(punished, side, player, played, seconds=seconds)
        detail = tree.add(detail, 2 if twice else 1, "cards", side, "suspensions")
    else:
        punished, out = bench.disqualified(punished, side, player, played, red=kind == "RED_CARD")
        if kind == "BLUE_CARD":
            detail = tree.add(detail, 1, "cards", side, "blue")
    return (tree.add(detail, 1, "cards", side, "red") if out else detail), punished


def _detail_after(held: Rules, claim: ProviderEvent, detail: Tree) -> Tree:
    """Shots, shoot-out, review, time-outs and passive play after a play."""
    kind, side = claim.type, claim.team
    if kind == "REVIEW_STARTED":
        return tree.put(detail, claim.detail.get("subject", "play"), "review")
    if kind in ANSWERS:
        return tree.drop(detail, "review")
    if kind in ENDS_ATTACK:
        detail = tree.drop(detail, "passive")
    if side is None:
        return detail
    if kind in SHOTS:
        return tree.add(detail, 1, "shots", side)
    if kind in KICKS:
        return kicked(detail, side, goal=kind == "SHOOTOUT_GOAL", best_of=held.throws)
    if kind == "PASSIVE_PLAY":
        return tree.put(detail, side, "passive")
    if kind == "GOALIE_PULLED":
        return tree.put(detail, True, "empty_net", side)
    if kind == "GOALIE_RETURNED":
        empty = detail.get("empty_net")
        left = tree.drop(empty, side) if isinstance(empty, dict) else {}
        return {**detail, "empty_net": left} if left else tree.drop(detail, "empty_net")
    if kind == "TIMEOUT" and held.timeouts:
        return _timed_out(held, claim, detail, side)
    return detail


def _timed_out(held: Rules, claim: ProviderEvent, detail: Tree, side: Side) -> Tree:
    left, said = detail.get("timeouts"), claim.detail.get("left")
    had = left if isinstance(left, dict) else {"home": held.timeouts, "away": held.timeouts}
    return {**detail, "timeouts": {**had, side: said if type(said) is int else max(0, had[side] - 1)}}


def _decided(course: Course, detail: Tree) -> Course:
    """The course after a throw of the shoot-out: who can no longer be caught up with has ended it."""
    shootout = detail.get("shootout")
    if course.status in OVER or not isinstance(shootout, dict) or "winner" not in shootout:
        return course
    return course if course.status == "ended" else Course("ended", course.period, True, course.announced)


def board(state: HandballState) -> Board:
    """What the game shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    label = label_of(PERIODS, course, halves=6)
    return Board(course.status, label, state.clock, home, away, state.tally.linescore, state.detail)


HANDBALL: Machine[HandballState] = Machine(
    sport="handball",
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
