"""What a scoreboard shows of a ScoreState: status, clock, line score, statistics; static/board.js does the
same in a browser, and a test holds the two equal.

Pure: `now_ms` is an argument. The state's clock never ticks; a page runs it on from where it was set.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import UNSET

from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState, SideState, Tree
from scorewire.web.situation import look, situation
from scorewire.web.timeline import minute
from scorewire.web.words import DEFAULTS, REVIEW, SPORTS, STATS, STATUSES, Words, humanise

HUES = 8
"""Colours of the badges of teams that declare none, `.h0` to `.h7` in the style sheet."""
ALIKE = 120
"""Two colours nearer than this, their three channels added, are told apart by nobody."""
NEUTRAL = "h7"
"""The badge of an away side whose own colour is taken."""
PALE = 150_000
"""Brightness from which letters on a colour are dark. Source: W3C AERT 2.2."""
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_HALF = re.compile(r"H\d")
_OVERTIME = re.compile(r"OT(\d*)")
_EXTRA = re.compile(r"OT|\dOT|A?ET|SD")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CLOCKED = ("live", "interrupted", "suspended", "delayed")
"""Statuses in which the clock says more than the status itself."""
UNCOUNTED = ("shootout", "bonus", "tentative", "points", "players")
"""Pairs in detail that are no statistics."""
PASSING = ("timeouts", "fouls", "reviews", "challenges")
"""Pairs that count a period, or what is left of a game: they tell nothing once it is over."""
CARDS = ("yellow", "suspensions", "red", "blue")
OVERRUN_S = 1200
"""How far past its period a clock that counts up may run without news: no half has 20 added minutes."""


@dataclass(frozen=True, slots=True)
class SideBoard:
    """One side; `lost` greys it once the game is over, `marks` counts red cards.

    listed: the score as a list shows it, `182/4`. pens: what stands before it there, smaller: kicks of a
        shoot-out `(4)`, overs `(18.2)`.
    notes: what is to be said of it now: `ball`, `power play`, `154/6 (17.3 ov)`.
    badge: the class of its badge: one of the colours of the style sheet, or `deep` or `pale` over `paint`.
    paint: the team's own colour, `#6cabdd`; empty where it has none, or too nearly that of its opponent.
    """

    id: str
    name: str
    abbr: str
    badge: str
    paint: str
    score: str
    won: bool
    lost: bool
    marks: int
    listed: str
    pens: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stat:
    """A statistic of both sides; `share` is the home side's, 0 to 100."""

    label: str
    home: int
    away: int
    share: int


@dataclass(frozen=True, slots=True)
class ScoreBoard:
    """Everything that rows and the hero show.

    Attributes:
        group: `live`, `over` or `next`: the order of lists.
        short: what stands in a row's narrow column, and under it `sub`; both empty before the start.
        status: the same in full words.
        clock: running or stopped time in the game; empty where there is none.
        columns, home_line, away_line: the line score; `totals` stand after it, the score first.
        situation: what is to be said of the game now: `2nd & 7`, `ball on NE 35`.
    """

    game_id: str
    group: str
    short: str
    sub: str
    status: str
    clock: str
    running: bool
    home: SideBoard
    away: SideBoard
    columns: tuple[str, ...]
    home_line: tuple[str, ...]
    away_line: tuple[str, ...]
    totals: tuple[tuple[str, str, str], ...]
    situation: tuple[str, ...]
    stats: tuple[Stat, ...]
    review: str
    check: bool


def board(state: ScoreState, now_ms: int) -> ScoreBoard:
    """Lay out a state as it stands at `now_ms`."""
    detail = state.detail if state.detail is not UNSET else {}
    columns, home_line, away_line = line_score(state)
    short, sub = short_status(state, now_ms)
    home, away = (_side(state, name, detail) for name in ("home", "away"))
    return ScoreBoard(
        game_id=state.game_id,
        group=group(state.status),
        short=short,
        sub=sub,
        status=full_status(state),
        clock=clock_text(state, now_ms),
        running=_runs(state),
        home=home,
        away=away,
        columns=columns,
        home_line=home_line,
        away_line=away_line,
        totals=_totals(state, detail, home.score, away.score),
        situation=_situation(state, "in_game", "", detail),
        stats=statistics(detail, over=state.status in OVER),
        review=_review(state, detail),
        check=state.under_check,
    )


def group(status: str) -> str:
    """Where a list puts a game. One that has ended is over for whoever looks, confirmed or not."""
    if status == "ended" or status in OVER:
        return "over"
    return "live" if status in UNDER_WAY else "next"


def hue(team_id: str) -> int:
    """A colour that a team keeps everywhere. Source: FNV-1a, 32 bits."""
    value = 0x811C9DC5
    for byte in team_id.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value % HUES


def clock_seconds(state: ScoreState, now_ms: int) -> int | None:
    """The game's time now, run on from where it was set; never below zero, never far past its period."""
    clock = state.clock
    if clock is UNSET:
        return None
    if not _runs(state) or clock.at is UNSET:
        return clock.seconds
    elapsed = max(0, (now_ms - clock.at) // 1000)
    words = _sport(state)
    if words["clock"] == "down":
        return max(0, clock.seconds - elapsed)
    base = _base(state)
    limit = base * 60 + OVERRUN_S if base else clock.seconds + OVERRUN_S
    return min(clock.seconds + elapsed, max(limit, clock.seconds))


def clock_text(state: ScoreState, now_ms: int) -> str:
    """`67:12`, `90+4:10`, `4:12`; as the provider wrote it while it stands, because tenths live there."""
    seconds = clock_seconds(state, now_ms)
    if seconds is None or state.clock is UNSET or state.status not in CLOCKED:
        return ""
    if not _runs(state):
        return state.clock.display
    base = _base(state)
    if base and seconds >= base * 60:
        over = seconds - base * 60
        return f"{base}+{over // 60}:{over % 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}"


def short_status(state: ScoreState, now_ms: int) -> tuple[str, str]:
    """The narrow column of a list: `67'`, `HT`, `Q3` over `4:12`, `Set 2` over `40–15`, `FT`, `AET`."""
    words = _sport(state)
    label = _period(state)
    if state.status in ("final", "corrected", "ended"):
        return _over(state, words)
    if state.status == "break":
        return str(words["shorts"].get(label, label)) or "Break", ""
    if state.status != "live":
        return str(STATUSES[state.status]["short"]), ""
    if words["minutes"] and label in words["bases"]:
        seconds = clock_seconds(state, now_ms)
        return (minute(seconds, _base(state)) if seconds is not None else label), ""
    short = str(words["shorts"].get(label, label)) or "Live"
    if state.note is not UNSET:
        return short, state.note.replace("-", "–")
    return short, "" if words["minutes"] else clock_text(state, now_ms)


def full_status(state: ScoreState) -> str:
    """The status as words: `2nd half`, `Half-time`, `4–2 on penalties`, `Final, after overtime`."""
    words = _sport(state)
    label = _period(state)
    if state.status in ("final", "corrected", "ended"):
        text = _over_text(state, words)
        note = {"ended": ", to be confirmed", "corrected": ", corrected"}.get(state.status, "")
        return text + note
    if state.status in ("live", "break") and label:
        text = str(words["labels"].get(label, label))
        shootout = _shootout(state)
        return f"{text}, {shootout[0]}–{shootout[1]}" if shootout else text
    return str(STATUSES[state.status]["text"])


def line_score(state: ScoreState) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Columns of the line score with each side's cells; empty before there is one."""
    words = _sport(state)
    held = dict(state.linescore) if state.linescore is not UNSET else {}
    held.pop(words["shootout"]["period"], None)  # its column comes from the sides
    if not held:
        return (), (), ()
    regular = _regular(state, words)
    names = {int(name) for name in held}
    names |= set(range(1, (max(names) if state.status in OVER else regular) + 1))
    columns = [_column(words, name, regular) for name in sorted(names)]
    home, away = (
        [_cell(state, words, held, name, side) for name in sorted(names)] for side in ("home", "away")
    )
    shootout = _shootout(state)
    if shootout:
        columns.append(str(words["shootout"]["column"]))
        home.append(str(shootout[0]))
        away.append(str(shootout[1]))
    return tuple(columns), tuple(home), tuple(away)


def _cell(
    state: ScoreState, words: Words, held: Mapping[str, Mapping[str, int]], name: int, side: str
) -> str:
    """`7`, or `6⁵` where a little figure tells of the points that decided a set; empty where it had none."""
    count = str(held.get(str(name), {}).get(side, ""))
    detail = state.detail if state.detail is not UNSET else {}
    if look(detail, f"{words['turns']}.{name}.team") not in (None, side):
        return ""
    figure = look(detail, f"{words['figures']}.{name}.{side}")
    return f"{count}{str(figure).translate(_RAISED)}" if count and _is_count(figure) else count


def _totals(state: ScoreState, detail: Tree, home: str, away: str) -> tuple[tuple[str, str, str], ...]:
    """The last columns of the line score, each a title with both sides' counts."""
    (title, _), *more = _sport(state)["totals"]
    pairs = [(str(title), detail.get(name)) for title, name in more]
    counted = [(title, str(look(pair, "home") or 0), str(look(pair, "away") or 0)) for title, pair in pairs]
    return (str(title), home, away), *(counted if detail else ())


def statistics(detail: Tree, *, over: bool) -> tuple[Stat, ...]:
    """Whatever detail counts for both sides: `stats`, kicks, cards, and pairs such as fouls or time-outs."""
    made: list[Stat] = []
    for tree in ("stats", "kicks"):
        home, away = _sides(detail.get(tree))
        made += [_stat(name, home.get(name, 0), away.get(name, 0)) for name in {**home, **away}]
    home, away = _sides(detail.get("cards"))
    made += [
        _stat(name, home.get(name, 0), away.get(name, 0)) for name in CARDS if name in home or name in away
    ]
    for name, value in detail.items():
        pair = _pair(value)
        if pair and name not in UNCOUNTED and not (over and name in PASSING):
            made.append(_stat(name, *pair))
    return tuple(made)


def _side(state: ScoreState, name: str, detail: Tree) -> SideBoard:
    own, other = (state.home, state.away) if name == "home" else (state.away, state.home)
    badge, paint = _badge(own, other, name)
    winner = _winner(state, detail)
    score = "" if group(state.status) == "next" else str(own.score)
    listed, _, aside = own.note.partition(" (") if score else ("", "", "")
    pens = "" if own.shootout is UNSET else f"({own.shootout})"
    return SideBoard(
        id=own.id,
        name=_name(own),
        abbr=(own.abbr or own.name or own.id)[:4].upper() if own.abbr else (own.name or own.id)[:3].upper(),
        badge=badge,
        paint=paint,
        score=score,
        won=winner == name,
        lost=winner not in ("", name),
        marks=own.red,
        listed=listed or score,
        pens=f"({aside}" if aside else pens,
        notes=_situation(state, "at_side", name, detail),
    )


def _situation(state: ScoreState, place: str, side: str, detail: Tree) -> tuple[str, ...]:
    """Texts of one place; `current` is the line of the period that is played."""
    if not detail and not state.linescore:
        return ()
    names = {"home": _name(state.home), "away": _name(state.away)}
    lines = state.linescore if state.linescore is not UNSET else {}
    known = {**detail, "current": lines.get(str(_last(state)), {})}
    over = state.status in OVER or state.status == "ended"
    return situation(_sport(state)[place], known, side, names, over=over)


def _name(side: SideState) -> str:
    return side.name or side.abbr or side.id


def _badge(own: SideState, other: SideState, name: str) -> tuple[str, str]:
    """Class and colour of a badge; the home side keeps its colour where the two are alike."""
    paint, theirs = _paint(own), _paint(other)
    if paint and theirs and name == "away" and _distance(paint, theirs) < ALIKE:
        return NEUTRAL, ""
    if not paint and name == "away" and hue(own.id) == hue(other.id):
        return f"h{(hue(own.id) + 3) % HUES}", ""
    return badge(own.id, own.color)


def badge(team_id: str, color: str) -> tuple[str, str]:
    """Class and colour of the badge of a team that stands alone, as in a table."""
    if not _HEX.match(color):
        return f"h{hue(team_id)}", ""
    paint = color.lower()
    red, green, blue = _rgb(paint)
    return ("pale" if 299 * red + 587 * green + 114 * blue > PALE else "deep"), paint


def _paint(side: SideState) -> str:
    return side.color.lower() if _HEX.match(side.color) else ""


def _rgb(paint: str) -> tuple[int, int, int]:
    return int(paint[1:3], 16), int(paint[3:5], 16), int(paint[5:7], 16)


def _distance(one: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(_rgb(one), _rgb(other), strict=True))


def _winner(state: ScoreState, detail: Tree) -> str:
    """`home`, `away`, or empty: by detail where the sport says it there, else by score and shoot-out.

    A chase that rain has shortened is won with fewer runs, and a player who retires may have been ahead:
    where detail does not tell and the score cannot, nobody is marked.
    """
    told = _sport(state)["winner"]
    if state.status not in OVER:
        return ""
    winner = look(detail, told["path"])
    if winner in ("home", "away"):
        return str(winner)
    if not told["by_score"] or state.status == "retired":
        return ""
    mine, theirs = state.home.score, state.away.score
    shootout = _shootout(state)
    if mine == theirs and shootout:
        mine, theirs = shootout
    return "home" if mine > theirs else "away" if mine < theirs else ""


def _over(state: ScoreState, words: Words) -> tuple[str, str]:
    kind = _ending(state, words)
    entry = words["over" if kind == "regular" else kind]
    sub = _extra_name(state, words) if kind == "extra" and not words["minutes"] else entry.get("sub", "")
    return str(entry["short"]), str(sub)


def _over_text(state: ScoreState, words: Words) -> str:
    kind, shootout = _ending(state, words), _shootout(state)
    if kind == "shootout" and shootout:
        text = str(words["shootout"]["text"])
        return text.replace("{home}", str(shootout[0])).replace("{away}", str(shootout[1]))
    return str(words["over" if kind == "regular" else "extra"]["text"])


def _ending(state: ScoreState, words: Words) -> str:
    """`regular`, `extra` or `shootout`; sports without an entry for extra time have none."""
    label = _period(state)
    if _shootout(state) or (label and label == words["shootout"]["label"]):
        return "shootout"
    extra = 0 < _regular(state, words) < _last(state) or bool(_EXTRA.match(label))
    return "extra" if extra and "extra" in words else "regular"


def _extra_name(state: ScoreState, words: Words) -> str:
    regular, last = _regular(state, words), _last(state)
    return _column(words, last, regular) if last > regular else "OT"


def _regular(state: ScoreState, words: Words) -> int:
    """Periods of regulation: a sport of quarters may be played in two halves, as its labels tell."""
    label, last = _period(state), _last(state)
    halves = bool(_HALF.match(label)) or (label == "HT" and last < 2)
    overtime = _OVERTIME.match(label)
    if overtime:
        # Each overtime adds a period to two halves or to four quarters.
        halves = last <= 2 + int(overtime[1] or 1)
    return 2 if halves and words["quarters"] else int(words["regular"])


def _last(state: ScoreState) -> int:
    return max((int(name) for name in state.linescore), default=0) if state.linescore is not UNSET else 0


def _column(words: Words, period: int, regular: int) -> str:
    known = period if period <= regular else period - regular + int(words["regular"])
    return str(words["columns"].get(str(known), period))


def _review(state: ScoreState, detail: Tree) -> str:
    """What is looked at; in sports where detail tells who has asked for it, who that is."""
    subject = detail.get("review")
    if not subject:
        return ""
    title = str(REVIEW.get(state.sport, REVIEW[""]))
    if not isinstance(subject, str) or subject in ("umpire", "umpires"):
        return title
    if subject in ("home", "away"):
        return f"{title}, asked for by {_name(state.home if subject == 'home' else state.away)}"
    return f"{title}: possible {subject.replace('_', ' ')}"


def _sport(state: ScoreState) -> Words:
    words: Words = SPORTS.get(state.sport, UNKNOWN_SPORT)
    return words


UNKNOWN_SPORT: Words = {**DEFAULTS, "over": {"text": "Final", "short": "Final"}}
"""For a sport without words yet: its labels are shown as they come, and its clock is not run on."""


def _runs(state: ScoreState) -> bool:
    clock = state.clock
    return clock is not UNSET and clock.running and state.status == "live" and bool(_sport(state)["clock"])


def _base(state: ScoreState) -> int:
    return int(_sport(state)["bases"].get(_period(state), 0)) if _sport(state)["minutes"] else 0


def _period(state: ScoreState) -> str:
    return state.period if state.period is not UNSET else ""


def _stat(name: str, home: int, away: int) -> Stat:
    total = home + away
    share = (home * 200 + total) // (2 * total) if total else 50
    return Stat(label=str(STATS.get(name) or humanise(name)), home=home, away=away, share=share)


def _shootout(state: ScoreState) -> tuple[int, int] | None:
    home, away = state.home.shootout, state.away.shootout
    return (home, away) if home is not UNSET and away is not UNSET else None


def _pair(value: object) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    home, away = value.get("home", 0), value.get("away", 0)
    known = value.keys() <= {"home", "away"} and value
    return (home, away) if known and _is_count(home) and _is_count(away) else None


def _sides(value: object) -> tuple[Mapping[str, int], Mapping[str, int]]:
    found: list[Mapping[str, int]] = []
    for name in ("home", "away"):
        side = value.get(name) if isinstance(value, dict) else None
        found.append({k: v for k, v in side.items() if _is_count(v)} if isinstance(side, dict) else {})
    return found[0], found[1]


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
