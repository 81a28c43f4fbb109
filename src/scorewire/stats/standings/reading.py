"""A Result read off what a scoreboard shows, for each sport. Pure; None where there is nothing to count yet.

What is taken as a result
    over and confirmed     its score, or what the sport says of the winner
    ended, unconfirmed     the same, provisional
    under way              as it stands, provisional, in sports whose score says who would win now; not in
                           those that are won by sets or innings, nor level in those that play on until
                           somebody leads
    awarded, forfeited, walkover, retired   the imposed score, kind `awarded` (retired: played)
    void                   kept, so that a page can show it; counts for nothing
    abandoned              no result in cricket, else nothing: the organiser replays or awards it
    postponed, cancelled   nothing

Source: ICC men's T20I playing conditions, 16.10 (net run rate); FIVB Volleyball Competition Regulations.
"""

import re
from datetime import UTC, datetime
from typing import Final, Literal

from msgspec import UNSET, UnsetType

from scorewire.model.score_state import UNDER_WAY, ScoreState, SideState
from scorewire.stats.standings.result import Decided, Figures, Kind, Outcome, Result

BY_SCORE: Final = frozenset(
    {"soccer", "basketball", "american_football", "ice_hockey", "baseball", "rugby_union", "handball"}
)
"""Sports in which the score of now says who would win now."""
PLAYS_ON: Final = frozenset({"basketball", "american_football", "baseball"})
"""Sports whose games are hardly ever level at the end, so that a level score of now says nothing."""
AWARDED: Final = frozenset({"awarded", "forfeited", "walkover"})
CONFIRMED: Final = frozenset({"final", "corrected", "retired", *AWARDED})
LATE_PERIODS: Final = re.compile(r"OT|\dOT|ET|AET|SD")
"""Labels of periods after the regular ones: OT, OT2 END, 2OT, ET1, ETHT, AET, SD."""
SHOOTOUT_PERIODS: Final = frozenset({"SO", "PEN", "KICKS"})
SETS_MAX: Final = {"volleyball": 5, "tennis": 5}
_GROUP: Final = re.compile(r"\bGroup\s+([A-Za-z0-9]{1,3})\b")

Which = Literal["home", "away"]


def result_of(state: ScoreState, *, second_yellows: tuple[int, int] = (0, 0)) -> Result | None:
    """What a table counts of a game, or None.

    Args:
        second_yellows: red cards, home and away, that were second yellows. The board holds red cards only,
            so who has the game's rows counts them, where the competition ranks by fair play.
    """
    kind, provisional = _standing(state)
    outcome = _outcome(state, kind)
    if kind is None or outcome is None:
        return None
    start_ms = _ms(state.start)
    ended_ms = _ms(state.end) if not isinstance(state.end, UnsetType) else 0
    round_name = _text(state.round)
    group = _GROUP.search(round_name)
    return Result(
        game_id=state.game_id,
        sport=state.sport,
        league=state.league.id,
        season=_text(state.season),
        round=round_name,
        group=group[1].upper() if group else "",
        start_ms=start_ms,
        at_ms=ended_ms or start_ms,
        home=_figures(state, "home", second_yellows[0]),
        away=_figures(state, "away", second_yellows[1]),
        outcome=outcome,
        decided=_decided(state),
        kind=kind,
        provisional=provisional,
        rated=state.sport == "cricket" and kind == "played" and outcome != "no_result",
    )


def _standing(state: ScoreState) -> tuple[Kind | None, bool]:
    """Which kind of result the status makes, and whether it may still change by itself."""
    status = state.status
    if status == "void":
        return "void", False
    if status in AWARDED:
        return "awarded", False
    if status in CONFIRMED:
        return "played", state.under_check
    if status == "ended":
        return "played", True
    if status in UNDER_WAY and state.sport in BY_SCORE and (state.period or status == "live"):
        return "played", True
    if status == "abandoned" and state.sport == "cricket":
        return "played", False
    return None, False


def _outcome(state: ScoreState, kind: Kind | None) -> Outcome | None:
    if kind == "void":
        return "no_result"
    home, away = state.home.score, state.away.score
    by_score: Outcome = "draw" if home == away else "home" if home > away else "away"
    if kind == "awarded":
        return by_score
    if state.sport == "cricket":
        return _cricket_outcome(state)
    if state.sport in BY_SCORE:
        if by_score == "draw" and state.sport in PLAYS_ON and state.status not in CONFIRMED | {"ended"}:
            return None
        return _side(_text(_at(state, "shootout", "winner"))) or by_score
    return _side(_text(_at(state, "winner"))) or (None if home == away else by_score)


def _cricket_outcome(state: ScoreState) -> Outcome | None:
    """A tie that a super over broke was won by it; one that nothing broke is a draw for the table."""
    said = _text(_at(state, "result", "outcome"))
    winner = _side(_text(_at(state, "result", "winner")))
    if winner is not None:
        return winner
    if said in {"tie", "draw"}:
        return "draw"
    return "no_result" if said == "no_result" or state.status == "abandoned" else None


def _decided(state: ScoreState) -> Decided:
    if state.sport == "cricket":
        return "overtime" if _at(state, "result", "by") == "super_over" else "regulation"
    if state.sport in SETS_MAX:
        lines = state.linescore
        sets = state.home.score + state.away.score
        played = len(lines) if not isinstance(lines, UnsetType) else 0
        last = max(state.home.score, state.away.score) * 2 - 1
        return "deciding_set" if sets == last > 1 and played >= last else "regulation"
    label = _text(state.period).removesuffix(" END")
    if label in SHOOTOUT_PERIODS or _at(state, "shootout", "winner") is not None:
        return "shootout"
    if state.sport == "baseball":
        return "regulation"  # no table gives anything else for extra innings
    return "overtime" if LATE_PERIODS.match(label) else "regulation"


def _figures(state: ScoreState, which: Which, second_yellows: int) -> Figures:
    side = _side_state(state, which)
    reds = _whole(_at(state, "cards", which, "red"))
    seconds = min(second_yellows, reds)
    if state.sport == "cricket":
        return _innings_of(state, which)
    rallies = 0
    if state.sport in SETS_MAX and not isinstance(state.linescore, UnsetType):
        rallies = sum(line.get(which, 0) for line in state.linescore.values())
    tries = _whole(_at(state, "tries", which))
    return Figures(
        id=side.id,
        score=side.score,
        tries=tries,
        rallies=rallies,
        yellow=_whole(_at(state, "cards", which, "yellow")),
        second_yellow=seconds,
        red=reds - seconds,
    )


def _innings_of(state: ScoreState, which: Which) -> Figures:
    """A side's innings as the net run rate has them.

    Where the target was revised, who batted first is charged with the overs that the other side could have,
    and credited with one run less than the target. Source: ICC T20I playing conditions, 16.10.3.
    """
    side = _side_state(state, which)
    innings = _at(state, "innings")
    own = [one for one in _entries(innings) if one.get("team") == which]
    if len(own) != 1 or len(_entries(innings)) > 2:
        return Figures(id=side.id, score=side.score)  # no rate where a side bats twice
    (mine,) = own
    quota = _whole(mine.get("quota")) * 6
    runs, balls = _whole(mine.get("runs")), _balls(_text(mine.get("overs")))
    chase = _at(state, "innings", "2")
    revised = _at(state, "result", "method") is not None or (isinstance(chase, dict) and "quota" in chase)
    if revised and _at(state, "innings", "1", "team") == which and isinstance(chase, dict):
        quota = _whole(chase.get("quota")) * 6 or quota
        target = _whole(_at(state, "target"))
        return Figures(
            id=side.id,
            score=side.score,
            runs=target - 1 if target else runs,
            balls=quota or balls,
            all_out=not quota and mine.get("closed") == "all_out",
            quota=quota,
        )
    return Figures(
        id=side.id,
        score=side.score,
        runs=runs,
        balls=balls,
        all_out=mine.get("closed") == "all_out",
        quota=quota,
    )


def _balls(overs: str) -> int:
    """`17.3` overs as balls that count: 105."""
    whole, _, rest = overs.partition(".")
    return (int(whole) if whole.isdigit() else 0) * 6 + (int(rest) if rest.isdigit() else 0)


def _entries(value: object) -> list[dict[str, object]]:
    return [one for one in value.values() if isinstance(one, dict)] if isinstance(value, dict) else []


def _at(state: ScoreState, *path: str) -> object:
    """The value at a path of the board's detail; None where there is none."""
    value: object = state.detail if state.detail is not UNSET else None
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _side_state(state: ScoreState, which: Which) -> SideState:
    return state.home if which == "home" else state.away


def _side(name: str) -> Which | None:
    return "home" if name == "home" else "away" if name == "away" else None


def _whole(value: object) -> int:
    return value if type(value) is int else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ms(moment: str) -> int:
    """RFC 3339 as ms since 1970; 0 for what is not one."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return 0
    read = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    return int(read.timestamp() * 1000)
