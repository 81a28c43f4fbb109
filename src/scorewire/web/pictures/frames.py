"""Each provider's frame of coordinates, and how a place in it comes into the one common frame.

A row's `x` and `y` are shares of the provider's own pitch. Three things differ between providers, and the
table FRAMES says them:

    ends    own: each side attacks towards x = 1, as the model asks for;
            home: the home side always does, whoever acts: what the away side does is turned round;
            play: the pitch lies still and the sides change ends: the shots of a period tell the way.
    left    whether y = 0 lies to the left of a side that attacks towards x = 1.
    along,  where lines that every pitch has lie in the frame, and where they lie on the ground in metres.
    across  StatsBomb's penalty area ends at 102 of 120, Opta's at 83 of 100, Wyscout's at 84, and all of them
            mean 16.5 m. Between the lines a place is moved in proportion.

The common frame of a sport is its ground in its own units: `along` from the acting side's own end, `across`
from its left as it attacks. Both sides are in it alike; a picture turns the away side round where it draws
both on one ground.

Source: StatsBomb Open Data specification (120 x 80, appendix 2); Wyscout and Opta event specifications as
read by mplsoccer and kloppy; Sportradar Soccer Extended change log (a shot of the away side at x 8); the
docstrings of scorewire/providers for what they make of each payload.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, Protocol

from scorewire.model.provider_event import Side
from scorewire.web.pictures.grounds import PITCH, Ground

Ends = Literal["own", "home", "play"]
Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """How one provider tells places; see above."""

    ends: Ends = "own"
    left: bool = True
    along: Knots = ()
    across: Knots = ()


class Placed(Protocol):
    """What has a place."""

    @property
    def side(self) -> Side:
        """Who acts."""
        ...

    @property
    def period(self) -> int:
        """From 1."""
        ...

    @property
    def x(self) -> float:
        """Share along, 0 to 1."""
        ...

    @property
    def y(self) -> float:
        """Share across, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the common frame, in units of the ground."""

    along: float
    across: float


def _pitch_along(goal_area: float, spot: float, area: float) -> Knots:
    """The lines of one end in shares of the frame, and of the other by symmetry."""
    length = PITCH.length
    near = ((0.0, 0.0), (goal_area, 5.5), (spot, 11.0), (area, 16.5), (0.5, length / 2))
    return near + tuple((1 - share, length - metres) for share, metres in reversed(near[:-1]))


def _pitch_across(area: float, goal_area: float, post: float) -> Knots:
    width = PITCH.width
    near = (
        (0.0, 0.0),
        (area, width / 2 - 20.16),
        (goal_area, width / 2 - 9.16),
        (post, width / 2 - 3.66),
        (0.5, width / 2),
    )
    return near + tuple((1 - share, width - metres) for share, metres in reversed(near[:-1]))


_OPTA: Final = Frame(
    left=False, along=_pitch_along(0.058, 0.115, 0.17), across=_pitch_across(0.211, 0.368, 0.452)
)

FRAMES: Final[Mapping[str, Frame]] = {
    "statsbomb": Frame(
        along=_pitch_along(6 / 120, 12 / 120, 18 / 120), across=_pitch_across(18 / 80, 30 / 80, 36 / 80)
    ),
    "wyscout": Frame(along=_pitch_along(0.06, 0.10, 0.16), across=_pitch_across(0.19, 0.37, 0.45)),
    "opta_f24": _OPTA,
    "opta_ma3": _OPTA,
    "metrica": Frame(ends="play"),
    "dfl_sportec": Frame(ends="play", left=False),
    "sportradar_soccer": Frame(ends="home"),
    "nhl_web": Frame(left=False),
}
"""By format; what is not here is in the frame that the model asks for: own ends, y from the left, no lines
to match. That holds for the NBA feeds (cdn: percent of the court, turned; data and stats: tenths of feet from
the hoop, to the attacker's right), HockeyTech (a picture of 600 x 300, turned), Sportradar NBA and NHL."""

PLAIN: Final = Frame()


def turned(frame: Frame, acts: Sequence[Placed]) -> list[tuple[float, float]]:
    """Each act's share along and across, from its side's own end and from its left.

    Guarantee: in a frame that lies still, all of one period are turned by one decision, so that a single
    shot from the own half is not put at the wrong end.
    """
    ways = _ways(acts) if frame.ends == "play" else {}
    places: list[tuple[float, float]] = []
    for act in acts:
        x, y = act.x, act.y
        home_way = ways.get(act.period, 1)
        round_ = frame.ends != "own" and (act.side == "home") != (home_way > 0)
        if round_:
            x, y = 1 - x, 1 - y
        places.append((x, y if frame.left else 1 - y))
    return places


def _ways(acts: Iterable[Placed]) -> dict[int, int]:
    """Period -> 1 if the home side attacks towards x = 1 in it: shots are taken near the goal."""
    leaning: defaultdict[int, float] = defaultdict(float)
    for act in acts:
        leaning[act.period] += (act.x - 0.5) * (1 if act.side == "home" else -1)
    return {period: 1 if lean >= 0 else -1 for period, lean in leaning.items()}


def spots(provider: str, ground: Ground, acts: Sequence[Placed]) -> list[Spot]:
    """The places of one game in the common frame, in the order of `acts`.

    Args:
        provider: the name of the format that told them; the events of two providers are two calls.
        acts: shots, all of the game that are known: the way of a period is found from them.
    """
    frame = FRAMES.get(provider, PLAIN)
    known = ground is PITCH
    along = frame.along if known and frame.along else ((0.0, 0.0), (1.0, ground.length))
    across = frame.across if known and frame.across else ((0.0, 0.0), (1.0, ground.width))
    return [Spot(_moved(x, along), _moved(y, across)) for x, y in turned(frame, acts)]


def _moved(share: float, knots: Knots) -> float:
    """The place between two lines of a frame, between the same two of the ground."""
    share = min(1.0, max(0.0, share))
    for (low, first), (high, last) in pairwise(knots):
        if share <= high:
            return first + (last - first) * (share - low) / (high - low)
    return knots[-1][1]
