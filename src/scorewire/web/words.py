"""Every word that a page shows for what the vocabulary names; served to browsers as words.js.

The tables are plain JSON (dict, list, str, int), so that Python and JavaScript read the same ones: what a
live line says can never differ from what the server would have said. A type that is not here is shown
under its own name, humanised: `CORNER_WON` reads "Corner won".

An entry of EVENTS:
    text    the title of the line
    icon    a symbol of templates/icons.html
    weight  score, card, period, correction, review, key: shown by the key filter; play: shown by "all";
            quiet: a row that says nothing to a person (a clock was set)
    points  what it adds to the side it names, for the running score beside the line
    who     how the player is written, where not by name alone
"""

from typing import Any

Words = dict[str, Any]
"""JSON as msgspec writes it; the one place where a looser type than the domain's is right."""

KEY_WEIGHTS = ("score", "card", "period", "correction", "review", "key")

SPORTS: Words = {
    "soccer": {
        "name": "Soccer",
        "icon": "soccer",
        "clock": "up",
        "minutes": True,
        "bases": {"1H": 45, "2H": 90, "ET1": 105, "ET2": 120},
        "period_bases": {"1": 45, "2": 90, "3": 105, "4": 120},
        "periods": {
            "1": "1st half",
            "2": "2nd half",
            "3": "extra time",
            "4": "extra time, 2nd half",
            "5": "penalties",
        },
        "columns": {"1": "1st", "2": "2nd", "3": "ET1", "4": "ET2", "5": "Pens"},
        "regular": 2,
        "over": {"text": "Full time", "short": "FT"},
        "extra": {"text": "After extra time", "short": "AET"},
        "labels": {
            "1H": "1st half",
            "HT": "Half-time",
            "2H": "2nd half",
            "FT": "Full time",
            "ET1": "Extra time, 1st half",
            "ETHT": "Half-time of extra time",
            "ET2": "Extra time, 2nd half",
            "AET": "After extra time",
            "PEN": "Penalty shoot-out",
        },
        "shorts": {"ETHT": "ET HT", "PEN": "Pens"},
    },
    "basketball": {
        "name": "Basketball",
        "icon": "basketball",
        "clock": "down",
        "minutes": False,
        "quarters": True,
        "line_in_rows": True,
        "periods": {
            "1": "1st quarter",
            "2": "2nd quarter",
            "3": "3rd quarter",
            "4": "4th quarter",
            "5": "overtime",
        },
        "columns": {"1": "1", "2": "2", "3": "3", "4": "4", "5": "OT", "6": "2OT", "7": "3OT", "8": "4OT"},
        "regular": 4,
        "over": {"text": "Final", "short": "Final"},
        "extra": {"text": "Final, after overtime", "short": "Final"},
        "labels": {
            "Q1": "1st quarter",
            "Q2": "2nd quarter",
            "Q3": "3rd quarter",
            "Q4": "4th quarter",
            "Q1 END": "End of 1st quarter",
            "HT": "Half-time",
            "Q3 END": "End of 3rd quarter",
            "Q4 END": "End of 4th quarter",
            "H1": "1st half",
            "H2": "2nd half",
            "H2 END": "End of 2nd half",
            "OT1": "Overtime",
            "OT1 END": "End of overtime",
            "OT2 END": "End of 2nd overtime",
            "OT2": "2nd overtime",
            "OT3": "3rd overtime",
        },
        "shorts": {"Q1 END": "Q1 end", "Q3 END": "Q3 end", "Q4 END": "Q4 end", "OT1 END": "OT end"},
    },
}

SPORT_NAMES: Words = {
    "american_football": "American football",
    "ice_hockey": "Ice hockey",
    "baseball": "Baseball",
    "cricket": "Cricket",
    "tennis": "Tennis",
    "rugby_union": "Rugby union",
    "volleyball": "Volleyball",
    "handball": "Handball",
}

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
    "LINEUP": {"text": "Line-up announced", "icon": "list", "weight": "play", "plain": True},
    "GAME_SCHEDULED": {"text": "Game announced", "icon": "list", "weight": "play", "plain": True},
    "GAME_CHANGED": {"text": "Fixture changed", "icon": "list", "weight": "play", "plain": True},
    "RETRACT": {"text": "Taken back: {corrected}", "icon": "cross", "weight": "correction"},
    "AMEND": {"text": "Amended: {corrected}", "icon": "pencil", "weight": "correction"},
    "SCORE_CHECK_STARTED": {"text": "Score under check", "icon": "eye", "weight": "review"},
    "SCORE_CHECK_ENDED": {"text": "Score check over", "icon": "eye", "weight": "review"},
}

SOCCER: Words = {
    "GOAL": {"text": "Goal", "icon": "soccer", "weight": "score", "points": 1},
    "GOAL_CANCELLED": {"text": "Goal cancelled", "icon": "cross", "weight": "correction"},
    "GOAL_DISALLOWED": {"text": "No goal given", "icon": "cross", "weight": "play"},
    "PENALTY_AWARDED": {"text": "Penalty awarded", "icon": "target", "weight": "key"},
    "PENALTY_CANCELLED": {"text": "Penalty cancelled", "icon": "cross", "weight": "correction"},
    "PENALTY_MISSED": {"text": "Penalty missed", "icon": "miss", "weight": "key"},
    "YELLOW_CARD": {"text": "Yellow card", "icon": "yellow", "weight": "card"},
    "SECOND_YELLOW_CARD": {"text": "Second yellow card", "icon": "second-yellow", "weight": "card"},
    "RED_CARD": {"text": "Red card", "icon": "red", "weight": "card"},
    "CARD_CANCELLED": {"text": "Card cancelled", "icon": "cross", "weight": "correction"},
    "SUBSTITUTION": {"text": "Substitution", "icon": "swap", "weight": "play", "who": "off: {}"},
    "SHOT": {"text": "Shot", "icon": "target", "weight": "play"},
    "CORNER": {"text": "Corner", "icon": "corner", "weight": "play"},
    "OFFSIDE": {"text": "Offside", "icon": "corner", "weight": "play"},
    "FOUL": {"text": "Foul", "icon": "hand", "weight": "play"},
    "SAVE": {"text": "Save", "icon": "hand", "weight": "play"},
    "INJURY": {"text": "Injury", "icon": "plus", "weight": "play"},
    "ADDED_TIME": {"text": "Added time", "icon": "clock", "weight": "play"},
    "VAR_STARTED": {"text": "VAR review", "icon": "screen", "weight": "review"},
    "VAR_ENDED": {"text": "VAR decision", "icon": "screen", "weight": "review"},
    "SHOOTOUT_GOAL": {"text": "Penalty scored", "icon": "soccer", "weight": "score"},
    "SHOOTOUT_MISS": {"text": "Penalty missed", "icon": "miss", "weight": "key"},
    "GAME_END": {"text": "Final whistle", "icon": "whistle", "weight": "period"},
    "FREE_KICK": {"text": "Free kick", "icon": "dot", "weight": "play"},
}

BASKETBALL: Words = {
    "FG2": {"text": "Two points", "icon": "two", "weight": "score", "points": 2},
    "FG3": {"text": "Three points", "icon": "three", "weight": "score", "points": 3},
    "FT": {"text": "Free throw", "icon": "one", "weight": "score", "points": 1},
    "FG2_MISS": {"text": "Two-pointer missed", "icon": "miss", "weight": "play"},
    "FG3_MISS": {"text": "Three-pointer missed", "icon": "miss", "weight": "play"},
    "FT_MISS": {"text": "Free throw missed", "icon": "miss", "weight": "play"},
    "BASKET_CANCELLED": {"text": "Basket cancelled", "icon": "cross", "weight": "correction"},
    "REBOUND": {"text": "Rebound", "icon": "hand", "weight": "play"},
    "ASSIST": {"text": "Assist", "icon": "dot", "weight": "play"},
    "TURNOVER": {"text": "Turnover", "icon": "swap", "weight": "play"},
    "STEAL": {"text": "Steal", "icon": "swap", "weight": "play"},
    "BLOCK": {"text": "Block", "icon": "hand", "weight": "play"},
    "FOUL": {"text": "Foul", "icon": "hand", "weight": "play"},
    "VIOLATION": {"text": "Violation", "icon": "hand", "weight": "play"},
    "TIMEOUT": {"text": "Time-out", "icon": "clock", "weight": "play"},
    "SUBSTITUTION": {"text": "Substitution", "icon": "swap", "weight": "play", "who": "off: {}"},
    "JUMP_BALL": {"text": "Jump ball", "icon": "basketball", "weight": "play"},
    "EJECTION": {"text": "Ejection", "icon": "red", "weight": "card"},
    "GAME_END": {"text": "Final buzzer", "icon": "whistle", "weight": "period"},
    "REVIEW_STARTED": {"text": "Review", "icon": "screen", "weight": "review"},
    "REVIEW_ENDED": {"text": "Review over", "icon": "screen", "weight": "review"},
}

EVENTS: Words = {"": LIFECYCLE, "soccer": SOCCER, "basketball": BASKETBALL}

DETAILS: Words = {
    "penalty": {"true": "penalty", "false": ""},
    "own_goal": {"true": "own goal", "false": ""},
    "assist": "assist: {}",
    "in": "on: {}",
    "out": "off: {}",
    "minutes": "{} min",
    "outcome": "{}",
    "kind": "{}",
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
    "red": "Red cards",
}

STRUCK: Words = {"AMEND": "amended", "RETRACT": "taken back", "": "cancelled"}
"""What stands beside a line that a later row of this type corrects; `` for the rest."""

REVIEW: Words = {"soccer": "VAR review", "": "Under review"}

ALL: Words = {
    "key_weights": list(KEY_WEIGHTS),
    "sports": SPORTS,
    "sport_names": SPORT_NAMES,
    "statuses": STATUSES,
    "events": EVENTS,
    "details": DETAILS,
    "stats": STATS,
    "struck": STRUCK,
    "review": REVIEW,
}
"""What words.js exports."""


def humanise(name: str) -> str:
    """`FREE_KICK_WON` reads "Free kick won"."""
    text = name.replace("_", " ").strip().lower()
    return text[:1].upper() + text[1:]


def event_words(sport: str, event_type: str) -> Words:
    """The entry of an event type, made up from its name where no table has it."""
    entry = EVENTS.get(sport, {}).get(event_type) or LIFECYCLE.get(event_type)
    if entry is not None:
        found: Words = entry
        return found
    weight = "correction" if event_type.endswith("_CANCELLED") else "play"
    return {"text": humanise(event_type), "icon": "dot", "weight": weight}


def sport_name(sport: str) -> str:
    """What people call a sport."""
    known = SPORTS.get(sport)
    return str(known["name"] if known else SPORT_NAMES.get(sport) or humanise(sport))
