"""The way of a goal is drawn to scale and said in words; what was not timed says why."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from scorewire.model.journey import Journey, Journeys
from scorewire.model.provider_event import SideScore
from scorewire.web.bundle import load_bundle
from scorewire.web.how import TIERS, WIDTH, ago, how_page, ms, seconds, way

GOAL = Journey(
    game_id="g1",
    seq=31,
    sport="soccer",
    type="GOAL",
    home="Argentina",
    away="France <b>",
    score=SideScore(home=1, away=0),
    row_ms=1_671_376_990_000,
    provider_ms=1_671_376_989_000,
    durable=2.0,
    answered=2.4,
    decided=2.5,
    journal=7.5,
    scoreboard=8.0,
    fans=10.0,
    told=3,
)
HERE = Journeys(now_ms=GOAL.row_ms + 12_000, decides=True, fans_here=True, races=True, journeys=(GOAL,))


def test_a_way_is_drawn_to_scale() -> None:
    shown = way(GOAL, HERE)
    assert [(leg.x, leg.width, leg.took, leg.at) for leg in shown.legs] == [
        (0, 200, "2.0 ms", "2.0 ms"),
        (200, 50, "0.50 ms", "2.5 ms"),
        (250, 500, "5.0 ms", "7.5 ms"),
        (750, 50, "0.50 ms", "8.0 ms"),
        (800, 200, "2.0 ms", "10.0 ms"),
    ]
    assert (shown.title, shown.score, shown.total, shown.ago) == ("Goal", "1–0", "10.0 ms", "12 s ago")
    halved = way(GOAL, HERE, scale=20.0)
    assert [leg.x for leg in halved.legs] == [0, 100, 125, 375, 400]


def test_nothing_is_drawn_outside() -> None:
    shown = way(replace(GOAL, fans=8.0001), HERE)
    assert all(leg.x + leg.width <= WIDTH for leg in shown.legs)
    assert all(leg.width > 0 for leg in shown.legs)


@pytest.mark.parametrize(
    ("given", "tier", "lacks"),
    [
        ({"durable": UNSET, "answered": UNSET}, "log", "the desk"),
        ({"fans": UNSET, "told": 0}, "fanout", "nobody here"),
        ({"scoreboard": UNSET, "fans": UNSET}, "scoreboard", "other processes"),
    ],
)
def test_what_was_not_timed_says_why(given: dict[str, object], tier: str, lacks: str) -> None:
    shown = way(replace(GOAL, **given), HERE)
    (leg,) = [leg for leg in shown.legs if leg.tier.key == tier]
    assert lacks in leg.lacks
    assert leg.took == leg.at == ""


def test_fans_of_other_processes_are_not_called_nobody() -> None:
    shown = way(replace(GOAL, fans=UNSET), replace(HERE, fans_here=False))
    assert "other processes" in shown.legs[-1].lacks


def test_a_provider_may_be_late_ahead_or_a_recording() -> None:
    def notes(provider_ms: int) -> str:
        return way(replace(GOAL, provider_ms=provider_ms), HERE).notes[0]

    assert "1.0 s before it was decided" in notes(GOAL.row_ms - 1000)
    assert "its clock is ahead" in notes(GOAL.row_ms + 500)
    assert "18 December 2022" in notes(GOAL.row_ms - 86_400_000 // 12)
    assert way(GOAL, HERE).notes[1] == "The provider had its answer, 202, after 2.4 ms."


def test_an_event_that_needs_more_to_be_said_is_called_by_its_type() -> None:
    assert way(replace(GOAL, type="PERIOD_START"), HERE).title == "Period start"


def test_the_page_is_whole_without_scripts_and_escapes() -> None:
    page = how_page(bundle=load_bundle(), journeys=replace(HERE, journeys=(GOAL, GOAL)))
    assert all(tier.says.split(";")[0].replace("'", "&#39;") in page for tier in TIERS)
    assert "Argentina v France &lt;b&gt;" in page
    assert "France <b>" not in page
    assert "The race needs scripts" in page
    assert page.count('href="/game/g1"') == 3
    assert "style=" not in page


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "No goal yet since this process started"),
        ({"decides": False}, "This process decides no games"),
        ({"races": False}, "It cannot be run here"),
    ],
)
def test_an_empty_page_says_what_it_waits_for(given: dict[str, object], says: str) -> None:
    assert says in how_page(bundle=load_bundle(), journeys=replace(HERE, journeys=(), **given))


def test_times_are_said_as_exactly_as_they_are_known() -> None:
    assert [ms(one) for one in (0.126, 5.66, 99.94, 120.4)] == ["0.13 ms", "5.7 ms", "99.9 ms", "120 ms"]
    assert [seconds(one) for one in (400, 12_000, 180_000)] == ["0.4 s", "12 s", "3 min"]
    told = [ago(one) for one in (0, 5000, 300_000, 7_200_000)]
    assert told == ["just now", "5 s ago", "5 min ago", "2 h ago"]
