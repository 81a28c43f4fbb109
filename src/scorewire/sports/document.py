"""docs/events.md, written from the tables: what is said there cannot differ from what is done.

`python -m scorewire.sports.document > docs/events.md` writes the page again; a test compares the two.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import OVER
from scorewire.sports import SPORTS, lifecycle
from scorewire.sports.lifecycle import AS_IT_STOOD, LIFECYCLE, TRANSITIONS
from scorewire.sports.machine import AnyMachine, EventSpec
from scorewire.sports.rules import RuleTable

_INTRODUCTION = """\
# Events

Written by `python -m scorewire.sports.document` from the tables in `src/scorewire/sports/`. Do not edit it.

Every claim of a provider has one of these types. The *level* says what becomes of it: `key` changes score,
status or period, or is a card; `play` is shown in play-by-play; `touch` makes no row. A type marked *team*
must name the team. *Points* go to that team. *Taken back as* is the type of the row when the play is
retracted (otherwise RETRACT). *Negates* lists the types that an event takes back: the play that it names in
`detail.event`, else the newest of that team that stands. *Shown* are the keys of `detail` that fans receive.

A play whose `confirmation` is `tentative` counts, and `detail.tentative` of the score state says so."""


def page() -> str:
    """The whole of docs/events.md."""
    parts = [_INTRODUCTION, *_life_cycle()]
    for name, machine in SPORTS.items():
        parts += _sport(name, machine)
    return "\n\n".join(parts) + "\n"


_LIFE_CYCLE = """\
## Life cycle

The same in every sport. What leads to the end mark is over: only a correction leads back from there."""

_BESIDE_THE_DIAGRAM = """\
*stopped* is delayed, interrupted or suspended. GAME_RESUMED leads back to where the game stood: live inside a
period, break after one, pre before the first. PRE_GAME, GAME_POSTPONED and GAME_WALKOVER are refused once a
period has begun. Arrows that skip three steps or more are not drawn: they are allowed, because what a feed
did not say, or not yet, is implied. Nor are the rulings (GAME_AWARDED, GAME_FORFEITED, GAME_VOID): they may
come in every status but void, after final too. All of it:"""


def _life_cycle() -> Iterable[str]:
    yield _LIFE_CYCLE
    yield diagram()
    yield _BESIDE_THE_DIAGRAM
    yield _transitions()
    yield _events(LIFECYCLE)
    yield "### Refusals\n\nNames of the rules in answers and dead letters, in every sport."
    yield _table(("rule", "why"), ((f"`{rule}`", why) for rule, why in lifecycle.REFUSALS.items()))


_ROAD = ("scheduled", "pre", "live", "break", "ended", "final")
_STOPPED = ("delayed", "interrupted", "suspended")


def diagram() -> str:
    """The transition table as a Mermaid state diagram; rulings and long skips are left to the words."""
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for status, row in TRANSITIONS.items():
        for event, after in row.items():
            for target in _targets(after):
                source, drawn = _drawn(status), _drawn(target)
                if event not in TRANSITIONS["abandoned"] and source != drawn and not _skips(source, drawn):
                    arrows.setdefault((source, drawn), {})[event] = None
    lines = [f"    {source} --> {target}: {', '.join(events)}" for (source, target), events in arrows.items()]
    ends = [f"    {status} --> [*]" for status in TRANSITIONS if status in OVER and _reached(status, arrows)]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> scheduled", *lines, *ends, "```"])


def _targets(after: str) -> tuple[str, ...]:
    return ("pre", "live", "break") if after == AS_IT_STOOD else (after,)


def _drawn(status: str) -> str:
    return "stopped" if status in _STOPPED else status


def _skips(source: str, target: str) -> bool:
    return source in _ROAD and target in _ROAD and _ROAD.index(target) - _ROAD.index(source) >= 3


def _reached(status: str, arrows: Iterable[tuple[str, str]]) -> bool:
    return any(target == status for _, target in arrows)


def _transitions() -> str:
    events = [name for name in LIFECYCLE if any(name in row for row in TRANSITIONS.values())]
    rows = ((f"`{event}`", *(row.get(event, "") for row in TRANSITIONS.values())) for event in events)
    return _table(("event", *TRANSITIONS), rows)


def _sport(name: str, machine: AnyMachine) -> Iterable[str]:
    yield f"## {name.replace('_', ' ').capitalize()}"
    yield course(machine)
    own = {kind: spec for kind, spec in machine.events.items() if kind not in LIFECYCLE}
    yield _events({kind: spec for kind, spec in own.items() if spec.level != "touch"})
    touches = [f"`{kind}`" for kind, spec in own.items() if spec.level == "touch"]
    if touches:
        yield f"Touches, which make no row: {', '.join(touches)}."
    yield "### What `detail` of the score state may hold\n\nOnly what there is anything to say about."
    yield _table(("key", "meaning"), ((f"`{key}`", meaning) for key, meaning in machine.detail.items()))
    yield "### Rules of the competition\n\nWhat `rules` of a declaration may hold."
    yield _rules(machine.rules)
    yield "### Refusals"
    yield _table(("rule", "why"), ((f"`{rule}`", why) for rule, why in machine.refusals.items()))


COURSE_MAX: Final = 7
"""Periods that the diagram of a sport draws at most; what follows looks like the last ones."""


def course(machine: AnyMachine) -> str:
    """The way through the periods as a Mermaid state diagram, driven through the machine itself.

    Drawn are the labels that fans see while a period is played and after it, as PERIOD_START and PERIOD_END
    make them; which rules decide whether there is another period stands in the sport's own theory.
    """
    state = machine.begin({})
    names: list[str] = []
    lines: list[str] = []
    for period in range(1, COURSE_MAX + 1):
        for kind in ("PERIOD_START", "PERIOD_END"):
            claim = ProviderEvent(
                provider="document",
                game_id="g",
                event=f"{kind}-{period}",
                revision=1,
                type=kind,
                period=period,
            )
            if machine.check({}, claim) is not None or machine.decide(state, claim) is not None:
                return _drawn_course(names, lines, more=False)
            state = machine.evolve(state, claim, 0)
            board = machine.board(state)
            name = f"{board.status}: {board.period}" if board.period else board.status
            if names and names[-1] == name:
                continue
            lines.append(f"    {f's{len(names)}' if names else '[*]'} --> s{len(names) + 1}: {kind} {period}")
            names.append(name)
    return _drawn_course(names, lines, more=True)


def _drawn_course(names: list[str], lines: list[str], *, more: bool) -> str:
    states = [f'    state "{name}" as s{number}' for number, name in enumerate(names, 1)]
    end = f"    s{len(names)} --> {'more' if more else 'ended'}: {'PERIOD_START ...' if more else 'GAME_END'}"
    return "\n".join(["```mermaid", "stateDiagram-v2", *states, *lines, end, "```"])


def _rules(rules: RuleTable) -> str:
    rows = ((f"`{name}`", meaning, str(default).lower()) for name, (meaning, default) in rules.items())
    return _table(("rule", "meaning", "default"), rows)


def _events(events: Mapping[str, EventSpec]) -> str:
    rows = (
        (
            f"`{kind}`",
            spec.level,
            "yes" if spec.team else "",
            str(spec.points or ""),
            spec.correction and f"`{spec.correction}`",
            ", ".join(f"`{name}`" for name in spec.negates),
            ", ".join(f"`{name}`" for name in spec.shows),
            spec.meaning,
        )
        for kind, spec in events.items()
    )
    return _table(("type", "level", "team", "points", "taken back as", "negates", "shown", "meaning"), rows)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
