"""What there is to tell of an update, in words: with the score, and without for who hides scores. Pure.

    Update(GOAL, 3-2)            -> Moment(tag "wc22/31", "Argentina 3–2 France", "Goal, Messi 108:04")
    Update(GOAL_CANCELLED, 2-2)  -> Moment(tag "wc22/31", "Argentina 2–2 France", "Goal cancelled, Argentina")

A moment has a tag: what it is about. A later one with the same tag replaces it on every device, so that an
alert which was wrong does not stay on the lock screen. A correction has the tag of the event that it
corrects, through however many corrections of corrections.

A moment is a function of one update alone: whoever reads the same updates again makes the same moments, with
the same ids, and a queue that delivers twice can be told from two goals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, Struct

from scorewire.alerts.levels import NO_RESULT, QUIET, SCORES, Level
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import OVER, ScoreState
from scorewire.model.update import Update

BEGINS: Final = frozenset({"live"})
BEFORE: Final = frozenset({"scheduled", "pre", "delayed"})
TEXT_MAX: Final = 120
"""Characters of a title or a text; names are strangers' words."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What things are called.

    Attributes:
        event: (sport, type) -> `Goal cancelled`.
        period: (sport, period) -> `Half-time`.
        status: status -> `Postponed`.
        key: (sport, type) -> whether it is a key event.
    """

    event: Callable[[str, str], str]
    period: Callable[[str, str], str]
    status: Callable[[str], str]
    key: Callable[[str, str], bool]


class Moment(Struct, frozen=True, kw_only=True):
    """One thing to tell.

    Attributes:
        id: `GAME/EPOCH/SEQ`, the same whenever it is made.
        tag: `GAME/SEQ` of what it is about.
        ts: when the row was made, ms; a fan with a delay hears it so much later.
        teams, league: whose followers hear it, besides the game's.
        correction: it replaces what was told before.
        title, text: with the score. hidden: the text for those who hide scores, under a title without any.
    """

    id: str
    tag: str
    game_id: str
    seq: int
    ts: int
    level: Level
    teams: tuple[str, str]
    league: str
    correction: bool
    title: str
    text: str
    hidden_title: str
    hidden: str


def moment(update: Update, words: Wording) -> Moment | None:
    """What there is to tell of an update; None for most of them."""
    state, event = update.state, update.event
    level = _level(update, words)
    if level is None:
        return None
    about = root(state, event) if event is not None else update.seq
    text = _text(update, level, words)
    teams = f"{state.home.name} v {state.away.name}"
    return Moment(
        id=f"{state.game_id}/{update.epoch}/{update.seq}",
        tag=f"{state.game_id}/{'status' if _changes_status(update) else about}",
        game_id=state.game_id,
        seq=update.seq,
        ts=update.ts,
        level=level,
        teams=(state.home.id, state.away.id),
        league=state.league.id,
        correction=update.correction,
        title=cut(title(state)),
        text=cut(text),
        hidden_title=cut(teams),
        hidden=cut(_hidden(update, level, words)),
    )


def title(state: ScoreState) -> str:
    """`Argentina 2–1 France`; without a score where there is none to tell."""
    if state.status in BEFORE | NO_RESULT:
        return f"{state.home.name} v {state.away.name}"
    return f"{state.home.name} {state.home.score}–{state.away.score} {state.away.name}"


def root(state: ScoreState, event: CompactEvent) -> int:
    """The seq of the event that this one is about in the end: what it corrects, and what that corrects."""
    held: Mapping[int, CompactEvent] = {
        one.seq: one for one in (state.events if state.events is not UNSET else ())
    }
    seen = event
    while seen.corrects is not None:
        # Rows only correct older ones, so this ends.
        if seen.corrects not in held:
            return seen.corrects
        seen = held[seen.corrects]
    return seen.seq


def cut(text: str) -> str:
    """At most TEXT_MAX characters, without what turns a line round or breaks it."""
    plain = "".join(one for one in text if one.isprintable())
    return plain if len(plain) <= TEXT_MAX else plain[: TEXT_MAX - 1] + "…"


def _level(update: Update, words: Wording) -> Level | None:
    status = update.patch.get("status")
    if update.correction:
        return _level_of_correction(update, words)
    if status in OVER or status == "ended" or status in NO_RESULT:
        return "end" if status != "final" or _scores(update) else _final(update)
    event = update.event
    if event is None:
        return None
    if status in BEGINS and event.type in ("PERIOD_START", "GAME_START") and event.period in (None, 1):
        return "start"
    sport = update.state.sport
    if event.type in SCORES.get(sport, ()):
        return "goal"
    if sport not in SCORES and "period" in update.patch and _is_between(update):
        return "goal"
    if event.type in QUIET.get(sport, ()) or not words.key(sport, event.type):
        return None
    return "key"


def _final(update: Update) -> Level | None:
    """A result that is confirmed after it was told as the end says nothing new."""
    events = update.state.events if update.state.events is not UNSET else ()
    ended = any(one.type == "GAME_END" and one.seq < update.seq for one in events)
    return None if ended else "end"


def _level_of_correction(update: Update, words: Wording) -> Level | None:
    event, sport = update.event, update.state.sport
    if event is None:
        return None
    if _changes_status(update):
        return "end"
    types = {event.type} | {
        one.type
        for one in (update.state.events if update.state.events is not UNSET else ())
        if one.seq == event.corrects
    }
    scoring = SCORES.get(sport, frozenset())
    if types & scoring or (scoring and _scores(update)):
        return "goal"
    if types & QUIET.get(sport, frozenset()):
        return None
    return "key" if any(words.key(sport, one) for one in types) or _scores(update) else None


def _is_between(update: Update) -> bool:
    """Whether a period has ended, which the next one's beginning tells in sports of sets."""
    event = update.event
    assert event is not None, "an update with a new period has an event"
    if event.type == "PERIOD_START":
        return update.state.sport in ("tennis", "volleyball") and (event.period or 1) > 1
    return True


def _changes_status(update: Update) -> bool:
    status = update.patch.get("status")
    return status in OVER or status == "ended" or status in NO_RESULT


def _scores(update: Update) -> bool:
    for side in ("home", "away"):
        held = update.patch.get(side)
        if isinstance(held, dict) and "score" in held:
            return True
    return False


def _text(update: Update, level: Level, words: Wording) -> str:
    state, event = update.state, update.event
    if level == "end":
        return words.status(state.status) if state.status in NO_RESULT else _over(state, words)
    if level == "start":
        return f"{state.league.name or state.league.id}: it begins"
    assert event is not None, "what is told of play has an event"
    if event.type in ("PERIOD_END", "PERIOD_START") and state.period:
        return words.period(state.sport, state.period)
    parts = [words.event(state.sport, event.type)]
    if event.player:
        parts.append(event.player)
    elif event.team is not None:
        parts.append((state.home if event.team == "home" else state.away).name)
    told = ", ".join(parts)
    return f"{told} {event.clock}" if event.clock else told


def _over(state: ScoreState, words: Wording) -> str:
    return words.period(state.sport, state.period) if state.period else words.status(state.status)


def _hidden(update: Update, level: Level, words: Wording) -> str:
    """Nothing that tells who is ahead, nor that something happened which only one side can have done."""
    if level == "start":
        return _text(update, level, words)
    if level == "end":
        status = update.state.status
        return words.status(status) if status in NO_RESULT else "It is over. Tap to see the result."
    return "Something has happened. Tap to see what."
