"""The lines of a game's timeline, from its compact events; static/timeline.js says the same in a browser.

A correction is a line of its own, and the line that it corrects stays, struck through. What is struck is
found from the newest event back, so that a correction which was itself taken back strikes nothing.

The running score beside a line is counted from the events, and shown only where the count ends at the
score that the state holds: a number that might be wrong is left out. The points of tennis and volleyball are
counted by points.py; a game of tennis is one line, with its points in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import Scalar
from scorewire.model.score_state import ScoreState
from scorewire.web.points import Stretch, stretches
from scorewire.web.words import DETAILS, KEY_WEIGHTS, SPORTS, STRUCK, Words, event_words, humanise

_DASH = "\N{WORD JOINER}–\N{WORD JOINER}"
"""Between the points of a list of them: a line breaks after a dash, and never here."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, ready to be shown; `struck` says why it no longer counts, empty if it does."""

    seq: int
    when: str
    icon: str
    weight: str
    key: bool
    side: str
    title: str
    who: str
    notes: str
    score: str
    struck: str


@dataclass(frozen=True, slots=True)
class Scorer:
    """Goals of one player, in the order in which they fell: `Lionel Messi 23' (P), 108'`."""

    side: str
    name: str
    goals: str


def lines(
    sport: str, events: Sequence[CompactEvent], home: int, away: int, state: ScoreState | None = None
) -> list[Line]:
    """The lines of `events` (oldest first), newest first; rows that say nothing to a person are left out.

    Args:
        state: the one that holds the newest of them: for the points of sets, and for a period that its line
            score leaves out, which may be one apart, as a super over is.
    """
    struck = struck_lines(events)
    story = _Story(
        sport=sport,
        by_seq={event.seq: event for event in events},
        struck=struck,
        scores=running_scores(sport, events, struck, home, away),
        state=state,
    )
    told, within = stretches(state, standing(events, struck)) if state is not None else ({}, frozenset())
    made: list[Line] = []
    for event in reversed(events):
        if event.seq in within:
            continue
        stretch = told.get(event.seq)
        words = event_words(sport, event.type)
        if stretch is not None and not (len(stretch.points) == 1 and event.seq in struck):
            made.append(_stretch_line(story, event, stretch))
        elif words["weight"] != "quiet":
            made.append(_line(story, event, words))
    return made


@dataclass(frozen=True, slots=True)
class _Story:
    """What a line needs to know of the others."""

    sport: str
    by_seq: Mapping[int, CompactEvent]
    struck: Mapping[int, str]
    scores: Mapping[int, str]
    state: ScoreState | None

    def period(self, event: CompactEvent) -> int | str | None:
        """Under what the event's period is found among the words."""
        line = self.state.linescore if self.state is not None else UNSET
        return period_key(self.sport, event.period, line if line is not UNSET else None)


def _line(story: _Story, event: CompactEvent, words: Words) -> Line:
    sport, period = story.sport, story.period(event)
    return Line(
        seq=event.seq,
        when=moment(sport, period, event.clock or _clock(sport, event)),
        icon=words["icon"],
        weight=words["weight"],
        key=words["weight"] in KEY_WEIGHTS,
        side=event.team or "",
        title=_title(sport, event, words, story.by_seq, period),
        who=str(words.get("who", "{}")).replace("{}", event.player) if event.player else "",
        notes="" if words.get("plain") else notes(sport, event.detail),
        score=(event.type == "SCORE_SET" and _stated(event.detail)) or story.scores.get(event.seq, ""),
        struck=story.struck.get(event.seq, ""),
    )


def _stretch_line(story: _Story, event: CompactEvent, stretch: Stretch) -> Line:
    """A game of tennis with its points, or a rally with the score of its set after it."""
    sport = story.sport
    words = event_words(sport, "POINT")
    alone = SPORTS[sport]["points_by"] == "set"
    weight = "key" if stretch.call in ("set", "match") else str(words["weight"])
    points = ((text.replace("–", _DASH), notes(sport, point.detail)) for point, text in stretch.points)
    told = "\N{NO-BREAK SPACE}· ".join(
        "\N{NO-BREAK SPACE}".join(filter(None, one)) for one in points if any(one)
    )
    side = getattr(story.state, stretch.side).name if stretch.side else ""
    return Line(
        seq=event.seq,
        when=moment(sport, stretch.period, None if len(stretch.points) > 1 else event.clock),
        icon=words["icon"],
        weight=weight,
        key=weight in KEY_WEIGHTS,
        side=stretch.side,
        title=str(SPORTS[sport]["calls"][stretch.call]),
        who=event.player if alone else side,
        notes=notes(sport, stretch.points[-1][0].detail) if alone else told,
        score=stretch.score,
        struck="",
    )


def struck_lines(events: Sequence[CompactEvent]) -> dict[int, str]:
    """seq -> the word beside it, for each event that a later, standing one corrects.

    Versions of one play share their fate: what cancels the newest cancels them all.
    """
    struck: dict[int, str] = {}
    for event in reversed(events):
        if event.corrects is None:
            continue
        if event.seq in struck:
            if event.type == "AMEND":
                struck[event.corrects] = struck[event.seq]
        elif event.corrects not in struck:
            struck[event.corrects] = str(STRUCK.get(event.type, STRUCK[""]))
        elif event.type == "AMEND":
            struck[event.seq] = struck[event.corrects]
    return struck


def standing(
    events: Sequence[CompactEvent], struck: Mapping[int, str]
) -> Iterator[tuple[int, str, CompactEvent]]:
    """What still counts: the seq at which it was first told, its type, and its newest version."""
    roots: dict[int, int] = {}
    newest: dict[int, CompactEvent] = {}
    for event in events:
        if event.type == "AMEND" and event.corrects is not None:
            roots[event.seq] = roots.get(event.corrects, event.corrects)
            newest[roots[event.seq]] = event
    for event in events:
        if event.type != "AMEND" and struck.get(event.seq, STRUCK["AMEND"]) == STRUCK["AMEND"]:
            version = newest.get(event.seq, event)
            yield event.seq, str(version.detail.get("type", event.type)), version


def running_scores(
    sport: str, events: Sequence[CompactEvent], struck: Mapping[int, str], home: int, away: int
) -> dict[int, str]:
    """seq -> `2–1` for scores and ends of periods; empty unless the count ends at the score that is held.

    It goes on from a score that was stated; what was counted before one that differs may be wrong.
    """
    sides = {"home": 0, "away": 0}
    scores: dict[int, str] = {}
    for seq, event_type, event in standing(events, struck):
        if event_type == "SCORE_SET" and _stated(event.detail):
            said = {side: int(event.detail[side]) for side in sides}
            if said != sides:
                sides, scores = said, {}
            continue
        words = event_words(sport, event_type)
        points = int(words.get("points", 0))
        told = event.detail.get(words.get("points_in", ""))
        if points and event.team is not None:
            sides[event.team] += told if isinstance(told, int) else points
        elif event_type not in ("PERIOD_END", "GAME_END"):
            continue
        scores[seq] = f"{sides['home']}–{sides['away']}"
    return scores if sides == {"home": home, "away": away} else {}


def _stated(detail: Mapping[str, Scalar]) -> str:
    """The score that a feed states without saying how it came about."""
    home, away = detail.get("home"), detail.get("away")
    return f"{home}–{away}" if isinstance(home, int) and isinstance(away, int) else ""


def scorers(sport: str, events: Sequence[CompactEvent]) -> list[Scorer]:
    """Who scored the goals that stand; only where a goal is rare enough to be told one by one."""
    if not SPORTS.get(sport, {}).get("minutes"):
        return []
    goals: dict[tuple[str, str], list[str]] = {}
    for _, event_type, event in standing(events, struck_lines(events)):
        if event_type != "GOAL" or event.team is None or not event.player:
            continue
        mark = " (P)" if event.detail.get("penalty") else " (OG)" if event.detail.get("own_goal") else ""
        when = moment(sport, event.period, event.clock)
        goals.setdefault((event.team, event.player), []).append(f"{when}{mark}".strip())
    return [
        Scorer(side=side, name=name, goals=", ".join(one for one in told if one))
        for (side, name), told in goals.items()
    ]


def period_key(sport: str, period: int | None, linescore: Mapping[str, object] | None) -> int | str | None:
    """Under what a period is found among the words: `3+` for one that stands apart from the line score."""
    apart = f"{period}+"
    known = SPORTS.get(sport, {}).get("periods", {})
    return apart if linescore is not None and str(period) not in linescore and apart in known else period


def moment(sport: str, period: int | str | None, clock: str | None) -> str:
    """When a line happened, as followers of the sport say it: `45+2'`, `Q3 4:12`."""
    words = SPORTS.get(sport, {})
    if words.get("minutes"):
        if str(period) not in words["period_bases"]:
            return "Pens" if period == len(words["period_bases"]) + 1 else ""
        return _minute(clock, int(words["period_bases"][str(period)]))
    label = words.get("moments", {}).get(str(period), str(period or ""))
    return f"{label} {clock or ''}".strip()


def _clock(sport: str, event: CompactEvent) -> str | None:
    """Where in its period a line is, in sports that count something else than time: the over."""
    told = event.detail.get(SPORTS.get(sport, {}).get("clock_in", ""))
    return None if told is None else _text(told)


def minute(seconds: int, base: int) -> str:
    """`23'` for 22:41, `45+2'` for what lies beyond the period's `base` minutes."""
    if base and seconds >= base * 60:
        return f"{base}+{(seconds - base * 60) // 60 + 1}'"
    return f"{seconds // 60 + 1}'"


def notes(sport: str, detail: Mapping[str, Scalar]) -> str:
    """What an event's detail adds to its line: `penalty, assist: Ángel Di María`."""
    own = SPORTS.get(sport, {}).get("details", {})
    told: list[str] = []
    for name, value in detail.items():
        words = own.get(name, DETAILS.get(name))
        if words is None:
            text = "" if name.endswith("_id") or value is False else _unknown(name, value)
        elif isinstance(words, dict):
            text = str(words.get(_text(value), words.get("", "")))
        else:
            text = str(words)
        text = text.replace("{}", _text(value).replace("_", " "))
        if text:
            told.append(text)
    return ", ".join(told)


def _unknown(name: str, value: Scalar) -> str:
    label = humanise(name).lower()
    return label if value is True else f"{label}: {{}}"


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _title(
    sport: str,
    event: CompactEvent,
    words: Words,
    by_seq: Mapping[int, CompactEvent],
    period: int | str | None,
) -> str:
    text = str(words["text"])
    if "{period}" in text:
        periods = SPORTS.get(sport, {}).get("periods", {})
        name = str(periods.get(str(period), f"period {period or ''}"))
        told = text.replace("{period}", name).strip()
        return told[:1].upper() + told[1:]
    if "{corrected}" in text:
        target = by_seq.get(event.corrects or 0)
        known = event.detail.get("type") or (target.detail.get("type", target.type) if target else "")
        what = event_words(sport, str(known))["text"] if known else "an earlier event"
        return text.replace("{corrected}", str(what).replace(" {period}", " period").lower())
    return text


def _minute(clock: str | None, base: int) -> str:
    if clock is None:
        return ""
    whole, _, added = clock.partition("+")
    if added:
        shown = added.partition(":")[0]
        return f"{whole}+{int(shown) + (1 if ':' in added else 0)}'"
    minutes, _, seconds = clock.partition(":")
    if not seconds:
        return f"{minutes}'"
    return minute(int(minutes) * 60 + int(seconds.partition(".")[0]), base)
