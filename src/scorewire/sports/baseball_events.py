"""What happens in a game of baseball, as tables: the types, what each does, what takes it back."""

from collections.abc import Mapping

from scorewire.sports.lifecycle import LIFECYCLE
from scorewire.sports.machine import EventSpec
from scorewire.sports.shape import Wanted

_OVERTURNED = "CALL_OVERTURNED"


def _play(meaning: str, *shows: str) -> EventSpec:
    """A row of the batting side."""
    return EventSpec("play", meaning, team=True, correction=_OVERTURNED, shows=shows)


AT_BATS: Mapping[str, EventSpec] = {
    "SINGLE": _play("`player` reaches first base on a hit.", "outs", "bases"),
    "DOUBLE": _play("`player` reaches second base on a hit; `kind` ground_rule.", "outs", "bases"),
    "TRIPLE": _play("`player` reaches third base on a hit.", "outs", "bases"),
    "HOME_RUN": EventSpec(
        "key",
        "`player` and all on the bases score: `runs` 1 to 4; `rbi`, `scored` as in RUNS.",
        team=True,
        points=1,
        correction="RUNS_CANCELLED",
        shows=("runs", "kind"),
    ),
    "WALK": _play("Four balls; `kind` intentional.", "kind", "bases"),
    "HIT_BY_PITCH": _play("The pitch hits `player`, who goes to first.", "bases"),
    "STRIKEOUT": _play("Three strikes; `outs` 0 where `player` reaches first all the same.", "outs", "bases"),
    "OUT": _play(
        "`player` hits into an out, or `outs` of them; `kind` groundout, flyout, lineout, popout, force_out,"
        " double_play, sacrifice_fly, sacrifice_bunt ...",
        "kind",
        "outs",
        "bases",
    ),
    "FIELDERS_CHOICE": _play("`player` reaches base while the fielders try for another.", "outs", "bases"),
    "REACHED_ON_ERROR": _play(
        "`player` reaches base by an error, which is an ERROR of its own.", "outs", "bases"
    ),
    "INTERFERENCE": _play("`player` is awarded first base; `kind` catcher.", "kind", "bases"),
}
"""What ends a turn at bat."""

ON_THE_BASES: Mapping[str, EventSpec] = {
    "STOLEN_BASE": _play("`player` steals a base.", "outs", "bases"),
    "CAUGHT_STEALING": _play("`player` is put out stealing.", "outs", "bases"),
    "PICKOFF": _play("`player` is picked off a base.", "outs", "bases"),
    "RUNNER_OUT": _play("`player` is put out on the bases otherwise.", "outs", "bases"),
    "ADVANCE": _play("Runners advance otherwise: `kind` indifference, error ...", "kind", "outs", "bases"),
    "WILD_PITCH": _play("Runners advance on a wild pitch.", "outs", "bases"),
    "PASSED_BALL": _play("Runners advance on a passed ball.", "outs", "bases"),
    "BALK": _play("Runners advance on a balk.", "outs", "bases"),
    "RUNNER_PLACED": _play("`player` begins an extra inning on base.", "bases"),
}

PITCHES: Mapping[str, EventSpec] = {
    "PITCH": EventSpec(
        "play",
        "A pitch to `player`: `call` ball, called_strike, swinging_strike, foul, foul_tip, in_play,"
        " hit_by_pitch ...; `balls` and `strikes` after it.",
        team=True,
        shows=("call",),
    ),
}

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    **AT_BATS,
    "RUNS": EventSpec(
        "key",
        "`runs` score, 1 where it does not say, by a play other than a home run, `kind` of which is its type;"
        " `rbi` of them are batted in by `player`; `scored` has the ids of those who scored, by spaces.",
        team=True,
        points=1,
        correction="RUNS_CANCELLED",
        shows=("runs", "rbi", "kind"),
    ),
    "RUNS_CANCELLED": EventSpec("key", "Runs do not count.", negates=("HOME_RUN", "RUNS")),
    **ON_THE_BASES,
    **PITCHES,
    _OVERTURNED: EventSpec(
        "play",
        "The umpires take a call back; what they call instead is a play of its own.",
        negates=tuple(kind for kind in (*AT_BATS, *ON_THE_BASES, *PITCHES) if kind != "HOME_RUN"),
    ),
    "ERROR": EventSpec("play", "An error of `team`, which is in the field, by `player`.", team=True),
    "SUBSTITUTION": EventSpec(
        "play",
        "`player` goes out; `in` and `in_id` come in, `kind` pitcher, pinch_hitter, pinch_runner or fielder.",
        team=True,
        shows=("in", "kind"),
    ),
    "POSITION_CHANGE": EventSpec("play", "`player` goes to another `position`.", team=True),
    "MOUND_VISIT": EventSpec("play", "`team` visits its pitcher; `left` in detail where known."),
    "EJECTION": EventSpec("key", "The umpire sends `player` or a coach off.", team=True),
    "REVIEW_STARTED": EventSpec(
        "play", "A call is looked at on replay; `team` challenged it, or nobody but the umpires."
    ),
    "REVIEW_ENDED": EventSpec(
        "play", "The review is over; `decision` upheld or overturned.", shows=("decision",)
    ),
}

BATTING: frozenset[str] = frozenset((*AT_BATS, *ON_THE_BASES, *PITCHES, "RUNS"))
"""Done by the side at bat while a half-inning is played: one of a later half implies that it has begun."""

HITS: frozenset[str] = frozenset({"SINGLE", "DOUBLE", "TRIPLE", "HOME_RUN"})
ENDS_AT_BAT: frozenset[str] = frozenset(AT_BATS)

OUTS: Mapping[str, int] = {
    "STRIKEOUT": 1,
    "OUT": 1,
    "CAUGHT_STEALING": 1,
    "PICKOFF": 1,
    "RUNNER_OUT": 1,
}
"""Outs that a play makes where it does not say."""

BASES: Mapping[str, frozenset[str]] = {
    "bases": frozenset({"", "1", "2", "3", "12", "13", "23", "123"}),
}

WANTED: Wanted = {
    **{kind: {"outs": int, **BASES} for kind in (*AT_BATS, *ON_THE_BASES)},
    "HOME_RUN": {"runs": int, "rbi": int, **BASES},
    "RUNS": {"runs": int, "rbi": int},
    "PITCH": {"balls": int, "strikes": int},
    "MOUND_VISIT": {"left": int},
    "REVIEW_ENDED": {"decision": frozenset({"upheld", "overturned"})},
}
