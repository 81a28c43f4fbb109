"""Baseball in words."""

from scorewire.web.words.shared import Words


def _nth(inning: int) -> str:
    return f"{inning}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(inning if inning < 20 else inning % 10, 'th') }"


_INNINGS = range(1, 21)
"""What lies beyond is shown by its label."""
_PARTS = (("T", "Top", "Top"), ("M", "Middle", "Mid"), ("B", "Bottom", "Bot"), ("E", "End", "End"))
_HALVES = tuple(
    (2 * inning - 1 + at, inning, mark, words)
    for inning in _INNINGS
    for at, (mark, words) in enumerate((("T", "top"), ("B", "bottom")))
)
_BASES: Words = {
    "1": "runner on 1st",
    "2": "runner on 2nd",
    "3": "runner on 3rd",
    "12": "runners on 1st and 2nd",
    "13": "runners on 1st and 3rd",
    "23": "runners on 2nd and 3rd",
    "123": "bases loaded",
}

SPORT: Words = {
    "name": "Baseball",
    "icon": "baseball",
    "clock": "",
    "minutes": False,
    "line_in_rows": False,
    "periods": {str(half): f"{words} of the {_nth(inning)}" for half, inning, _, words in _HALVES},
    "moments": {str(half): f"{mark}{inning}" for half, inning, mark, _ in _HALVES},
    "columns": {},
    "regular": 9,
    "over": {"text": "Final", "short": "Final"},
    "extra": {"text": "Final, after extra innings", "short": "Final"},
    "labels": {
        f"{mark}{inning}": f"{text} of the {_nth(inning)}" for inning in _INNINGS for mark, text, _ in _PARTS
    },
    "shorts": {f"{mark}{inning}": f"{short} {inning}" for inning in _INNINGS for mark, _, short in _PARTS},
    "totals": [["R", ""], ["H", "hits"], ["E", "errors"]],
    "in_game": [
        {"text": "{outs|out|outs}"},
        {"text": "count {count}"},
        {"text": "{bases}", "values": {"bases": _BASES}},
        {"text": "{batter} at bat"},
    ],
    "details": {
        "runs": {"1": "", "": "{} runs"},
        "rbi": "",
        "scored": "",
        "outs": {"": "{} out", "0": ""},
        "bases": "",
        "call": "{}",
        "balls": "",
        "strikes": "",
        "in": "in: {}",
        "position": "{}",
        "left": "{} left",
    },
}

EVENTS: Words = {
    "PERIOD_START": {"text": "{period}", "icon": "whistle", "weight": "play"},
    "PERIOD_END": {"text": "End of {period}", "icon": "whistle", "weight": "play"},
    "SINGLE": {"text": "Single", "icon": "dot", "weight": "play"},
    "DOUBLE": {"text": "Double", "icon": "dot", "weight": "play"},
    "TRIPLE": {"text": "Triple", "icon": "dot", "weight": "play"},
    "HOME_RUN": {"text": "Home run", "icon": "baseball", "weight": "score", "points": 1, "points_in": "runs"},
    "WALK": {"text": "Walk", "icon": "dot", "weight": "play"},
    "HIT_BY_PITCH": {"text": "Hit by pitch", "icon": "dot", "weight": "play"},
    "STRIKEOUT": {"text": "Strikeout", "icon": "miss", "weight": "play"},
    "OUT": {"text": "Out", "icon": "miss", "weight": "play"},
    "FIELDERS_CHOICE": {"text": "Fielder's choice", "icon": "dot", "weight": "play"},
    "REACHED_ON_ERROR": {"text": "Reached on an error", "icon": "dot", "weight": "play"},
    "INTERFERENCE": {"text": "Interference", "icon": "hand", "weight": "play"},
    "RUNS": {"text": "Run scored", "icon": "baseball", "weight": "score", "points": 1, "points_in": "runs"},
    "RUNS_CANCELLED": {"text": "Run taken back", "icon": "cross", "weight": "correction"},
    "STOLEN_BASE": {"text": "Stolen base", "icon": "dot", "weight": "play"},
    "CAUGHT_STEALING": {"text": "Caught stealing", "icon": "miss", "weight": "play"},
    "PICKOFF": {"text": "Picked off", "icon": "miss", "weight": "play"},
    "RUNNER_OUT": {"text": "Runner out", "icon": "miss", "weight": "play"},
    "ADVANCE": {"text": "Runners advance", "icon": "dot", "weight": "play"},
    "WILD_PITCH": {"text": "Wild pitch", "icon": "dot", "weight": "play"},
    "PASSED_BALL": {"text": "Passed ball", "icon": "dot", "weight": "play"},
    "BALK": {"text": "Balk", "icon": "dot", "weight": "play"},
    "RUNNER_PLACED": {"text": "Runner placed", "icon": "dot", "weight": "play"},
    "PITCH": {"text": "Pitch", "icon": "dot", "weight": "play"},
    "CALL_OVERTURNED": {"text": "Call overturned", "icon": "cross", "weight": "correction"},
    "ERROR": {"text": "Error", "icon": "dot", "weight": "play"},
    "SUBSTITUTION": {"text": "Substitution", "icon": "swap", "weight": "play", "who": "out: {}"},
    "POSITION_CHANGE": {"text": "New position", "icon": "swap", "weight": "play"},
    "MOUND_VISIT": {"text": "Mound visit", "icon": "dot", "weight": "play"},
    "EJECTION": {"text": "Ejection", "icon": "red", "weight": "card"},
    "REVIEW_STARTED": {"text": "Replay review", "icon": "screen", "weight": "review"},
    "REVIEW_ENDED": {"text": "Review over", "icon": "screen", "weight": "review"},
}
