"""docs/plan.md: a plan with every number named, and its pictures; pure."""

from collections.abc import Iterable, Sequence

from scorewire.bench.bars import Panel
from scorewire.bench.bars import svg as bars
from scorewire.bench.plot import Plot
from scorewire.bench.plot import svg as curves
from scorewire.planner.checking import NEAR, Check
from scorewire.planner.inputs import Given, Inputs, Measured, Wanted, amount, rows
from scorewire.planner.sizing import Plan
from scorewire.planner.spread import Spread

SHARES = (0.5, 0.9, 0.99, 0.999, 1.0)
CURVE_SHARES = (*range(5, 100, 5), 99)
LIMITS, TIMES, CHECKED = "plan-limits.svg", "plan-times.svg", "plan-checked.svg"
"""Names of the pictures, in the folder images/ beside the page."""

_HEAD = """\
# A plan for {fans} fans

How large a site has to be is arithmetic on what one core does. This page is such a plan, written by
`scorewire plan`; another site's is one command away:

```sh
scorewire bench table results                                  # measure your own machine: 20 minutes
scorewire plan --fans 2e6 --games 40 --figures results         # its plan; --set changes any other input
scorewire plan --inputs                                        # every number that goes in
```

Without `--figures` it counts with what was measured on the machine of
[benchmarks](../benchmarks/README.md): two cores of a virtual machine. On other cores it is another plan.

## What it comes to
"""

_METHOD = """\
A gateway process uses one core. Each limit is worked out alone, as if there were no other; the one that
asks for the most processes binds. Nothing is rounded in the site's favour, and the most followed game is
taken to be spread evenly over all gateways.
"""

_TIMES_METHOD = """\
One goal goes through the tiers {goals} times, with 250 fans drawn of each tier. All fans of a goal wait
for the same commit; each of them for its gateway's turn in Redis, for its own turn among the fans of that
gateway, and for its own last mile. A delay of which p50 and p99 were measured is taken to be log-normal
through both; where only a median was measured, p99 is taken to be half as much again. The ocean and the
last mile are given, not measured.
"""

_CHECK_METHOD = """\
The same arithmetic for sizes that were really run here. What goes in comes from other runs than what is
predicted: the time of a delivery and the way to the first fan from the run with 19,000 fans in one
process, a fan's memory from `bench memory`. A prediction counts as right within {near:.0%}.
"""


def page(inputs: Inputs, plan: Plan, times: Sequence[Spread], held: Sequence[Check]) -> str:
    """The page as Markdown."""
    wanted = inputs.wanted
    parts = [
        _HEAD.format(fans=amount(wanted.fans)),
        _tiers(plan),
        f"\n![What each limit asks for](images/{LIMITS})\n",
        _METHOD,
        "\n## Of a goal\n",
        _goal(wanted, plan),
        "\n## When fans have it\n",
        _times(times),
        f"\n![When fans have it](images/{TIMES})\n",
        _TIMES_METHOD.format(goals=400),
    ]
    if held:
        parts += [
            "\n## Held against what really ran\n",
            _checked(held),
            f"\n![Predicted beside measured](images/{CHECKED})\n",
            _CHECK_METHOD.format(near=NEAR),
        ]
    parts += ["\n## What goes in\n"]
    for title, some in _parts(inputs):
        parts.append(f"\n### {title}\n\n" + _table(("input", "value", "meaning", "source"), rows(some)))
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _parts(inputs: Inputs) -> tuple[tuple[str, Wanted | Measured | Given], ...]:
    return ("Wanted", inputs.wanted), ("Measured", inputs.measured), ("Given", inputs.given)


def pictures(plan: Plan, times: Sequence[Spread], held: Sequence[Check]) -> dict[str, str]:
    """SVG by name."""
    gateways = plan.tier("gateway processes")
    machines = plan.tier("gateway machines")
    found = {
        LIMITS: bars(
            [
                Panel(
                    f"Gateway processes: {gateways.binds.name} binds",
                    {one.name: one.needs for one in gateways.limits},
                ),
                Panel(
                    f"Gateway machines: {machines.binds.name} binds",
                    {one.name: one.needs for one in machines.limits},
                ),
            ]
        ),
        TIMES: curves(
            Plot(
                title="Time from the provider's call, ms, by the share of fans who have it",
                across="% of fans",
                up="ms",
                curves={one.name: _curve(one) for one in times},
            )
        ),
    }
    if held:
        found[CHECKED] = bars(
            [
                Panel(
                    f"{one.what}, {one.run}, {one.unit}",
                    {"predicted": one.predicted, "measured": one.measured},
                )
                for one in held
            ]
        )
    return found


def _curve(spread: Spread) -> list[tuple[float, float]]:
    # The last percent is a tail that would make everything else a flat line.
    return [(n, spread.at(n / 100)) for n in CURVE_SHARES]


def _tiers(plan: Plan) -> str:
    found = []
    for tier in plan.tiers:
        others = ", ".join(f"{one.name} {one.needs:,}" for one in tier.limits[1:])
        found.append(
            (
                tier.name,
                f"**{tier.count:,}**",
                f"{tier.binds.name}: {tier.binds.says}",
                others or "–",
                "; ".join(tier.notes) or "–",
            )
        )
    return _table(("tier", "how many", "which limit binds", "what others ask for", "note"), found)


def _goal(wanted: Wanted, plan: Plan) -> str:
    return _table(
        ("what", "figure"),
        (
            ("written by all gateways for one goal of the most followed game", f"{plan.goal_gb:,.1f} GB"),
            ("while it is written", f"{plan.goal_gbit_s:,.0f} Gbit/s"),
            ("written when nothing special happens", f"{plan.steady_gbit_s:,.1f} Gbit/s"),
            ("until a gateway has written to its last fan", f"{plan.last_fan_s:.2f} s"),
            (f"until {amount(wanted.arrivals)} fans who arrive are in", f"{plan.arriving_s:,.0f} s"),
            (f"until those who were cut ({wanted.cut:.0%} of all) are back", f"{plan.back_s:,.1f} s"),
            ("memory of a fan, with the kernel's share", f"{plan.memory_fan_kb:.1f} KB"),
        ),
    )


def _times(times: Sequence[Spread]) -> str:
    names = [f"p{share * 100:g}" if share < 1 else "last drawn" for share in SHARES]
    return _table(
        ("when it is", *names),
        [(one.name, *(f"{one.at(share):,.0f} ms" for share in SHARES)) for one in times],
    )


def _checked(held: Sequence[Check]) -> str:
    return _table(
        ("run", "what", "predicted", "measured", "off by"),
        [
            (
                one.run,
                one.what,
                f"{one.predicted:,.3g} {one.unit}"
                if one.predicted < 1000
                else f"{one.predicted:,.0f} {one.unit}",
                f"{one.measured:,.3g} {one.unit}"
                if one.measured < 1000
                else f"{one.measured:,.0f} {one.unit}",
                f"{one.off:+.0%}" + ("" if one.near else " (too much)"),
            )
            for one in held
        ],
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = "|".join("---" for _ in head)
    return (
        "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in lines)])
        + "\n"
    )
