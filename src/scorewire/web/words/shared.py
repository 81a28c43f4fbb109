"""The words that all sports share: statuses, the life cycle, details, statistics."""

from typing import Any

Words = dict[str, Any]
"""JSON as msgspec writes it; the one place where a looser type than the domain's is right."""

KEY_WEIGHTS = ("score", "card", "period", "correction", "review", "key")

DEFAULTS: Words = {
    "clock": "",
    "clock_in": "",
    "minutes": False,
    "bases": {},
    "periods": {},
    "moments": {},
    "columns": {},
    "regular": 0,
    "quarters": False,
    "line_in_rows": False,
    "labels": {},
    "shorts": {},
    "shootout": {"period": "", "label": "", "column": ""},
    "totals": [["T", ""]],
    "figures": "",
    "turns": "",
    "points_by": "",
    "calls": {},
    "filter": "key",
    "winner": {"path": "", "by_score": True},
    "at_side": [],
    "in_game": [],
    "details": {},
}
"""What a sport's entry holds where it says nothing else; words/__init__.py says what each means."""

STATUSES: Words = {
    "scheduled": {"text": "Scheduled", "short": ""},
    "pre": {"text": "About to start", "short": ""},
    "live": {"text": "Live", "short": "Live"},
    "break": {"text": "Break", "short": "Break"},
    "interrupted": {"text": "Interrupted", "short": "Interr."},
    "suspended": {"text": "Suspended", "short": "Susp."},
    "delayed": {"text": "Delayed", "short": "Delayed"},
    "postponed": {"text": "Postponed", "short": "Postp."},
    "cancelled": {"text": "Cancelled", "short": "Canc."},
    "abandoned": {"text": "Abandoned", "short": "Aband."},
    "void": {"text": "Declared void", "short": "Void"},
    "walkover": {"text": "Walkover", "short": "W.O."},
    "forfeited": {"text": "Forfeited", "short": "Forf."},
    "awarded": {"text": "Awarded", "short": "Award."},
    "retired": {"text": "Retired", "short": "Ret."},
    "ended": {"text": "Ended", "short": "End"},
    "final": {"text": "Final", "short": "Final"},
    "corrected": {"text": "Final", "short": "Final"},
}

LIFECYCLE: Words = {
    "PRE_GAME": {"text": "Teams are out", "icon": "whistle", "weight": "play"},
    "PERIOD_START": {"text": "Start of {period}", "icon": "whistle", "weight": "period"},
    "PERIOD_END": {"text": "End of {period}", "icon": "whistle", "weight": "period"},
    "GAME_END": {"text": "It is over", "icon": "whistle", "weight": "period"},
    "GAME_FINAL": {"text": "Result confirmed", "icon": "flag", "weight": "period"},
    "GAME_DELAYED": {"text": "Start delayed", "icon": "pause", "weight": "key"},
    "GAME_INTERRUPTED": {"text": "Play interrupted", "icon": "pause", "weight": "key"},
    "GAME_SUSPENDED": {"text": "Game suspended", "icon": "pause", "weight": "key"},
    "GAME_RESUMED": {"text": "Play resumes", "icon": "whistle", "weight": "key"},
    "GAME_POSTPONED": {"text": "Postponed", "icon": "pause", "weight": "key"},
    "GAME_CANCELLED": {"text": "Cancelled", "icon": "cross", "weight": "key"},
    "GAME_ABANDONED": {"text": "Abandoned", "icon": "cross", "weight": "key"},
    "GAME_AWARDED": {"text": "Result awarded", "icon": "flag", "weight": "key"},
    "GAME_FORFEITED": {"text": "Forfeited", "icon": "flag", "weight": "key"},
    "GAME_WALKOVER": {"text": "Walkover", "icon": "flag", "weight": "key"},
    "GAME_VOID": {"text": "Declared void", "icon": "cross", "weight": "key"},
    "GAME_RETIRED": {"text": "Retired", "icon": "flag", "weight": "key"},
    "CLOCK_START": {"text": "Clock starts", "icon": "dot", "weight": "quiet"},
    "CLOCK_STOP": {"text": "Clock stops", "icon": "dot", "weight": "quiet"},
    "CLOCK_SET": {"text": "Clock set", "icon": "dot", "weight": "quiet"},
    "SCORE_SET": {"text": "Score stated", "icon": "flag", "weight": "score"},
    "PLAY_CANCELLED": {"text": "Does not count", "icon": "cross", "weight": "correction"},
    "PROVIDER_CHANGED": {"text": "Now told by another provider", "icon": "swap", "weight": "play"},
    "CONFLICT_SETTLED": {"text": "Providers agree again", "icon": "eye", "weight": "review"},
    "LINEUP": {"text": "Line-up announced", "icon": "list", "weight": "play", "plain": True},
    "GAME_SCHEDULED": {"text": "Game announced", "icon": "list", "weight": "play", "plain": True},
    "GAME_CHANGED": {"text": "Fixture changed", "icon": "list", "weight": "play", "plain": True},
    "RETRACT": {"text": "Taken back: {corrected}", "icon": "cross", "weight": "correction"},
    "AMEND": {"text": "Amended: {corrected}", "icon": "pencil", "weight": "correction"},
    "SCORE_CHECK_STARTED": {"text": "Score under check", "icon": "eye", "weight": "review"},
    "SCORE_CHECK_ENDED": {"text": "Score check over", "icon": "eye", "weight": "review"},
}

DETAILS: Words = {
    "penalty": {"true": "penalty", "false": ""},
    "own_goal": {"true": "own goal", "false": ""},
    "assist": "assist: {}",
    "in": "on: {}",
    "out": "off: {}",
    "minutes": "{} min",
    "outcome": "{}",
    "kind": "{}",
    "offence": "{}",
    "yards": "{} yards",
    "subject": "possible {}",
    "decision": "{}",
    "reason": "{}",
    "home": "",
    "away": "",
    "event": "",
    "type": "",
}
"""How a value of an event's detail reads; an empty text hides it, and so does a name that ends in `_id`."""

STATS: Words = {
    "shots": "Shots",
    "shots_on_target": "Shots on target",
    "possession": "Possession",
    "corners": "Corners",
    "fouls": "Fouls",
    "offsides": "Offsides",
    "saves": "Saves",
    "timeouts": "Time-outs left",
    "yellow": "Yellow cards",
    "suspensions": "Suspensions",
    "red": "Red cards",
    "blue": "Blue cards",
    "reviews": "Reviews left",
    "challenges": "Challenges left",
    "lineouts": "Lineouts",
    "knock_ons": "Knock-ons",
}

STRUCK: Words = {"AMEND": "amended", "RETRACT": "taken back", "": "cancelled"}
"""What stands beside a line that a later row of this type corrects; `` for the rest."""

REVIEW: Words = {
    "soccer": "VAR review",
    "rugby_union": "TMO review",
    "ice_hockey": "Video review",
    "handball": "Video review",
    "volleyball": "Video review",
    "american_football": "Replay review",
    "baseball": "Replay review",
    "cricket": "Umpire review",
    "": "Under review",
}
