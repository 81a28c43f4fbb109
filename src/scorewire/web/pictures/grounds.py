"""Pitch, courts and rinks as lines, in the units and with the dimensions of the laws.

Each ground lies with its length along x, the goal at the right end being attacked by the home side, and y
growing downwards: to the right of a side that attacks to the right. The lines of one end are written once,
for the left, and drawn again turned round.

Source: IFAB Laws of the Game, Law 1 (pitch of 105 x 68 m as UEFA and FIFA ask for); NBA rule book, rule 1;
FIBA Official Basketball Rules, art. 2; NHL rules, section 1 (1.2 rink, 1.5 to 1.9 lines, circles, crease and
trapezoid); IIHF rule book, section 1, with the rink of 60 x 30 m.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from markupsafe import Markup

from scorewire.web.pictures.drawing import n, path


@dataclass(frozen=True, slots=True)
class Ground:
    """One kind of ground.

    Attributes:
        name: also the class of its colours.
        length, width: in `unit`.
        corner: radius of its corners.
        whole: path commands of what lies in the middle.
        end: path commands of the left end, with (0, 0) in the left end's upper corner.
        goal: of the left end, the goal, the hoop and what is drawn stronger.
        hoop: from the end line to the hoop or the goal line, where distances are measured from.
    """

    name: str
    unit: str
    length: float
    width: float
    corner: float
    whole: str
    end: str
    goal: str
    hoop: float
    colour: str = ""


def circle(x: float, y: float, r: float) -> str:
    """Path commands of a full circle."""
    return f"M{_p(x - r)} {_p(y)}a{_p(r)} {_p(r)} 0 1 0 {_p(2 * r)} 0a{_p(r)} {_p(r)} 0 1 0 {_p(-2 * r)} 0z"


def _p(value: float) -> str:
    """To the centimetre: laws are more exact than pixels."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _pitch() -> Ground:
    middle = 34.0
    # The arc is what of the circle round the spot lies outside the area.
    half_chord = sqrt(9.15**2 - 5.5**2)
    return Ground(
        name="pitch",
        unit="m",
        length=105.0,
        width=68.0,
        corner=0.0,
        whole=f"M52.5 0V68{circle(52.5, middle, 9.15)}{circle(52.5, middle, 0.3)}",
        end=(
            f"M0 {_p(middle - 20.16)}H16.5V{_p(middle + 20.16)}H0"
            f"M0 {_p(middle - 9.16)}H5.5V{_p(middle + 9.16)}H0"
            f"M16.5 {_p(middle - half_chord)}A9.15 9.15 0 0 1 16.5 {_p(middle + half_chord)}"
            f"{circle(11, middle, 0.3)}M0 1A1 1 0 0 0 1 0M0 67A1 1 0 0 1 1 68"
        ),
        goal=f"M0 {_p(middle - 3.66)}H-2V{_p(middle + 3.66)}H0",
        hoop=0.0,
    )


def _court(
    *,
    name: str,
    unit: str,
    length: float,
    width: float,
    lane: float,
    line: float,
    hoop: float,
    arc: float,
    corner: float,
    circle_r: float,
    restricted: float,
    board: float,
    board_wide: float,
    rim: float,
) -> Ground:
    """A court from the numbers of its rules: `line` to the free-throw line, `corner` from the side line."""
    middle = width / 2
    straight = hoop + sqrt(arc**2 - (middle - corner) ** 2)
    return Ground(
        name=name,
        unit=unit,
        length=length,
        width=width,
        corner=0.0,
        whole=f"M{_p(length / 2)} 0V{_p(width)}{circle(length / 2, middle, circle_r)}",
        end=(
            f"M0 {_p(middle - lane / 2)}H{_p(line)}V{_p(middle + lane / 2)}H0"
            f"{circle(line, middle, circle_r)}"
            f"M0 {_p(corner)}H{_p(straight)}A{_p(arc)} {_p(arc)} 0 0 1 {_p(straight)} {_p(width - corner)}H0"
            f"M{_p(hoop)} {_p(middle - restricted)}"
            f"A{_p(restricted)} {_p(restricted)} 0 0 1 {_p(hoop)} {_p(middle + restricted)}"
        ),
        goal=f"M{_p(board)} {_p(middle - board_wide / 2)}v{_p(board_wide)}{circle(hoop, middle, rim)}",
        hoop=hoop,
    )


def _rink(
    *,
    name: str,
    unit: str,
    length: float,
    width: float,
    corner: float,
    goal_line: float,
    blue_line: float,
    circle_r: float,
    spot: tuple[float, float],
    neutral: float,
    goal: tuple[float, float],
    crease: float,
) -> Ground:
    """A rink: `spot` from goal line and middle, `goal` wide and deep, `neutral` off the blue line."""
    middle = width / 2
    # Where the goal line meets the rounded corner.
    edge = corner - sqrt(corner**2 - (corner - goal_line) ** 2)
    out, off = goal_line + spot[0], spot[1]
    wide, deep = goal
    return Ground(
        name=name,
        unit=unit,
        length=length,
        width=width,
        corner=corner,
        whole=circle(length / 2, middle, circle_r),
        end=(
            f"{circle(out, middle - off, circle_r)}{circle(out, middle + off, circle_r)}"
            f"{circle(out, middle - off, circle_r / 15)}{circle(out, middle + off, circle_r / 15)}"
            f"{circle(blue_line + neutral, middle - off, circle_r / 15)}"
            f"{circle(blue_line + neutral, middle + off, circle_r / 15)}"
            f"M{_p(goal_line)} {_p(edge)}V{_p(width - edge)}"
        ),
        goal=(
            f"M{_p(goal_line)} {_p(middle - wide / 2)}h{_p(-deep)}v{_p(wide)}h{_p(deep)}"
            f"M{_p(goal_line)} {_p(middle - crease)}A{_p(crease)} {_p(crease)} 0 0 1 "
            f"{_p(goal_line)} {_p(middle + crease)}"
        ),
        hoop=goal_line,
        colour=f"M{_p(blue_line)} 0V{_p(width)}",
    )


PITCH: Final = _pitch()

COURT_NBA: Final = _court(
    name="court", unit="ft", length=94, width=50, lane=16, line=19, hoop=5.25, arc=23.75, corner=3,
    circle_r=6, restricted=4, board=4, board_wide=6, rim=0.75,
)  # fmt: skip

COURT_FIBA: Final = _court(
    name="court", unit="m", length=28, width=15, lane=4.9, line=5.8, hoop=1.575, arc=6.75, corner=0.9,
    circle_r=1.8, restricted=1.25, board=1.2, board_wide=1.8, rim=0.225,
)  # fmt: skip

RINK_NHL: Final = _rink(
    name="rink", unit="ft", length=200, width=85, corner=28, goal_line=11, blue_line=75, circle_r=15,
    spot=(20, 22), neutral=5, goal=(6, 3.33), crease=6,
)  # fmt: skip

RINK_IIHF: Final = _rink(
    name="rink", unit="m", length=60, width=30, corner=8.5, goal_line=4, blue_line=22.86, circle_r=4.5,
    spot=(6, 7), neutral=1.5, goal=(1.83, 1.12), crease=1.83,
)  # fmt: skip


def floor(ground: Ground) -> Markup:
    """The whole ground in its own units, to be put into a group that scales it."""
    rim = Markup('<rect class="floor" width="{}" height="{}" rx="{}"/>').format(
        n(ground.length), n(ground.width), n(ground.corner)
    )
    middle = path(ground.whole, "lines")
    if ground.colour:
        middle += path(f"M{n(ground.length / 2)} 0V{n(ground.width)}", "red")
    turned = Markup('<g transform="rotate(180 {} {})">{}</g>').format(
        _p(ground.length / 2), _p(ground.width / 2), end(ground)
    )
    return rim + middle + end(ground) + turned


def end(ground: Ground) -> Markup:
    """The lines of the left end."""
    drawn = path(ground.end, "lines") + path(ground.goal, "frame")
    return drawn + path(ground.colour, "blue") if ground.colour else drawn
