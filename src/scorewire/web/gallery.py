"""Which pictures a game has, and how each is made of what stands of it. Pure.

PICTURES says for each sport what there is, what tells most first: that one stands on the overview. Whether a
game has it is asked without drawing it.

    Plays ──reading, timing, overs, possession──► structs ──shots, momentum ...──► Markup
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from markupsafe import Markup

from scorewire.model.provider_event import Team
from scorewire.web.pictures import (
    drives,
    innings,
    momentum,
    overs,
    places,
    possession,
    progression,
    shots,
    timing,
)
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.grounds import Ground
from scorewire.web.pictures.places import Taken
from scorewire.web.pictures.reading import SHOTS, batted
from scorewire.web.pictures.spray import Batted, spray_chart
from scorewire.web.plays import Plays

UNITS: Final[Mapping[str, str]] = {"baseball": "run", "ice_hockey": "goal", "handball": "goal"}
"""What a score counts, where it is not points."""

NO_MARGIN: Final = frozenset({"ice_hockey"})
"""Scores that change too seldom for a picture of the margin."""

ACTS_MIN: Final = 5
"""Events that press somebody, before there is a momentum to see."""

FIBA_MINUTES: Final = 10
"""Of a period, where the court has the lines of FIBA."""
PLAYOFF_MINUTES: Final = 20
"""Of an overtime of ice hockey that is played in full."""
T20_OVERS: Final = 20
SETS: Final = 5


@dataclass(frozen=True)
class Story:
    """A game as the pictures need it: read once, when a picture first asks for it."""

    plays: Plays
    sport: str

    @cached_property
    def teams(self) -> Teams:
        """Who plays."""
        declared = self.plays.declared
        home, away = (declared.home, declared.away) if declared else (Team(id="home"), Team(id="away"))
        return Teams(home.name or home.id, away.name or away.id, home.abbr, away.abbr)

    @cached_property
    def times(self) -> timing.Timed:
        """The course of the game."""
        regular = self.rule("period_minutes") or self.rule("half_minutes")
        return timing.timed(
            self.sport, self.plays.claims, minutes=regular or None, extra=self._overtime() or None
        )

    @cached_property
    def steps(self) -> list[progression.Step]:
        """Each change of the score."""
        return timing.steps(self.sport, self.plays.claims, self.times)

    @cached_property
    def acts(self) -> list[momentum.Act]:
        """What presses."""
        return timing.acts(self.sport, self.plays.claims, self.times)

    @cached_property
    def taken(self) -> list[Taken]:
        """The shots, in the frame of the ground."""
        if self.ground is None:
            return []
        return places.taken(self.sport, self.plays.claims, self.ground, self.plays.format_of)

    @cached_property
    def ground(self) -> Ground | None:
        """The ground that shots are drawn on; None for a sport without such."""
        if self.sport not in SHOTS:
            return None
        return shots.ground_for(self.sport, international=self.international)  # type: ignore[arg-type]

    @property
    def international(self) -> bool:
        """Whether the lines of a basketball court are FIBA's: it plays ten minutes a period."""
        return self.sport == "basketball" and self.rule("period_minutes") == FIBA_MINUTES

    @cached_property
    def innings(self) -> list[innings.Innings]:
        """Of a cricket match, without a super over."""
        apart = frozenset(range(2 * max(1, self.rule("innings")) + 1, timing.PERIODS_MAX))
        return overs.innings(self.plays.claims, self.teams, target=self._target(), apart=apart)

    @cached_property
    def drives(self) -> list[drives.Drive]:
        """Of an american football game."""
        return possession.drives(self.plays.claims, self.teams)

    @cached_property
    def batted(self) -> list[Batted]:
        """Balls that came down somewhere."""
        return batted(self.plays.claims)

    def rule(self, name: str) -> int:
        """A rule of the competition that is a whole number; 0 where none is declared."""
        value = self.plays.declared.rules.get(name) if self.plays.declared else None
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def _overtime(self) -> int:
        """Minutes of an overtime, where the competition has its own."""
        told = self.rule("overtime_minutes") or self.rule("extra_time_minutes")
        rules = self.plays.declared.rules if self.plays.declared else {}
        full = self.sport == "ice_hockey" and rules.get("overtime") == "full"
        return told or (PLAYOFF_MINUTES if full else 0)

    @property
    def overs(self) -> int:
        """Of an innings of cricket; 0 where it has no limit."""
        rules = self.plays.declared.rules if self.plays.declared else {}
        return self.rule("overs") if "overs" in rules else 0 if self.rule("innings") > 1 else T20_OVERS

    def _target(self) -> int:
        """What the side that bats last has to reach, where rain has changed it."""
        found = [claim.detail.get("target") for claim in self.plays.claims if claim.type == "TARGET_SET"]
        return found[-1] if found and isinstance(found[-1], int) else 0


@dataclass(frozen=True, slots=True)
class Picture:
    """One kind: whether a game has it, and how it is drawn."""

    key: str
    name: str
    has: Callable[[Story], bool]
    draw: Callable[[Story], Markup]


def _shots(story: Story) -> Markup:
    assert story.ground is not None
    chart = shots.Chart(
        sport=story.sport,  # type: ignore[arg-type]
        teams=story.teams,
        provider="",
        shots=[places.shared(one, story.ground) for one in story.taken],
        international=story.international,
    )
    return shots.shot_chart(chart, key="shots")


def _progression(story: Story) -> Markup:
    shown = progression.Progression(
        teams=story.teams,
        course=story.times.course,
        steps=story.steps,
        until=story.times.until,
        unit=UNITS.get(story.sport, "point"),
        margin=story.sport not in NO_MARGIN,
    )
    return progression.progression(shown, key="score")


def _momentum(story: Story) -> Markup:
    shown = momentum.Momentum(
        teams=story.teams,
        course=story.times.course,
        acts=story.acts,
        until=story.times.until,
        goals=story.sport in ("soccer", "ice_hockey"),
    )
    return momentum.momentum(shown, key="momentum")


def _set(number: int) -> Picture:
    def draw(story: Story) -> Markup:
        course, steps = timing.points_of_set(story.plays.claims, number)
        shown = progression.Progression(
            teams=story.teams, course=course, steps=steps, until=len(steps), heading=f"Set {number}"
        )
        return progression.progression(shown, key=f"set-{number}")

    def has(story: Story) -> bool:
        return any(claim.type == "POINT" and claim.period == number for claim in story.plays.claims)

    return Picture(f"set-{number}", f"Set {number}", has, draw)


def _worm(story: Story) -> Markup:
    return innings.worm(story.innings, overs=story.overs, key="worm")


def _manhattan(story: Story) -> Markup:
    return innings.manhattan(story.innings, overs=story.overs, key="manhattan")


SHOT_CHART: Final = Picture("shots", "Shots", lambda story: bool(story.taken), _shots)
PROGRESSION: Final = Picture("score", "Score by time", lambda story: bool(story.steps), _progression)
MOMENTUM: Final = Picture("momentum", "Momentum", lambda story: len(story.acts) >= ACTS_MIN, _momentum)

PICTURES: Final[Mapping[str, tuple[Picture, ...]]] = {
    "soccer": (MOMENTUM, SHOT_CHART),
    "ice_hockey": (MOMENTUM, SHOT_CHART, PROGRESSION),
    "basketball": (PROGRESSION, SHOT_CHART, MOMENTUM),
    "handball": (PROGRESSION, MOMENTUM),
    "rugby_union": (PROGRESSION,),
    "american_football": (
        PROGRESSION,
        Picture(
            "drives",
            "Drives",
            lambda story: bool(story.drives),
            lambda story: drives.drive_chart(story.drives, teams=story.teams, key="drives"),
        ),
    ),
    "baseball": (
        PROGRESSION,
        Picture(
            "spray",
            "Batted balls",
            lambda story: bool(story.batted),
            lambda story: spray_chart(story.batted, teams=story.teams, key="spray"),
        ),
    ),
    "cricket": (
        Picture("worm", "Runs", lambda story: bool(story.innings), _worm),
        Picture("manhattan", "Runs by over", lambda story: bool(story.innings), _manhattan),
    ),
    "volleyball": tuple(_set(number) for number in range(1, SETS + 1)),
}
"""By sport, what there is; the first that a game has says most."""


def pictures(story: Story) -> list[Picture]:
    """Those that the game has now, in order."""
    return [one for one in PICTURES.get(story.sport, ()) if one.has(story)]


def foremost(story: Story) -> Picture | None:
    """The one for the overview: the first, or of sets the newest."""
    found = pictures(story)
    if not found:
        return None
    return found[-1] if story.sport == "volleyball" else found[0]
