"""docs/events.md says what the tables say."""

import re
from pathlib import Path

import pytest

from scorewire.model.score_state import OVER
from scorewire.sports import SPORTS, document
from scorewire.sports.lifecycle import TRANSITIONS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "events.md"


def test_the_committed_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == document.page(), (
        "run: python -m scorewire.sports.document > docs/events.md"
    )


def test_every_event_rule_and_refusal_is_on_the_page() -> None:
    page = document.page()
    for machine in SPORTS.values():
        for word in (*machine.events, *machine.rules, *machine.refusals):
            assert f"`{word}`" in page


def test_every_row_of_a_table_has_the_cells_of_its_head() -> None:
    cells = None
    for line in document.page().splitlines():
        if not line.startswith("|"):
            cells = None
            continue
        bars = len(re.findall(r"(?<!\\)\|", line))
        assert cells in (None, bars), line
        cells = bars


def test_every_arrow_of_the_diagram_is_in_the_table() -> None:
    arrows = re.findall(r"^    (\w+) --> (\w+): (.+)$", document.diagram(), re.MULTILINE)
    assert len(arrows) > 30
    stopped = ("delayed", "interrupted", "suspended")
    for source, target, events in arrows:
        sources = stopped if source == "stopped" else (source,)
        targets = {"as it stood", *stopped} if target == "stopped" else {"as it stood", target}
        for event in events.split(", "):
            assert any(TRANSITIONS[status].get(event) in targets for status in sources), (
                source,
                target,
                event,
            )


def test_no_arrow_of_the_diagram_leaves_what_is_over() -> None:
    for source in re.findall(r"^    (\w+) --> \w+:", document.diagram(), re.MULTILINE):
        assert source not in OVER


def test_a_cell_may_hold_a_bar() -> None:
    assert "`10\\|Name\\|Position\\|starter`" in document.page()


@pytest.mark.parametrize("name", sorted(SPORTS))
def test_the_course_of_a_sport_is_one_road_through_its_periods(name: str) -> None:
    drawn = document.course(SPORTS[name])
    states = re.findall(r'^    state "(live|break|ended)(?:: [\w ]+)?" as s(\d+)$', drawn, re.MULTILINE)
    assert len(states) >= 4
    assert [status for status, _ in states[:2]] == ["live", "break"]
    arrows = re.findall(r"^    (\S+) --> (\S+): ", drawn, re.MULTILINE)
    assert [source for source, _ in arrows] == ["[*]", *(f"s{number}" for _, number in states)]
    assert arrows[-1][1] in {"ended", "more"}
