"""Which benchmarks the table holds, at which sizes, and which of their figures; pure.

Each run has a full size, for a machine that does nothing else, and a quick one that only shows that it works.
Figures with a goal are always in the table; `shown` are the others.
"""

from dataclasses import dataclass

TIMES = (
    r"call sent to fan, p50",
    r"call sent to fan, p99",
    r"call sent to last fan",
    r"first to last fan",
)
DELIVERY = (r"server CPU a delivery", *TIMES, r"fans that got every update")


@dataclass(frozen=True, slots=True)
class Run:
    """One command of the programme.

    Attributes:
        name: of the file of its result.
        title: in the table; names in braces are settings of the run.
        full, quick: what follows `scorewire bench`.
        full_s: how long the full size takes on two cores, about; for the bar.
        plot: it draws one.
        shown: patterns of figures without a goal that are in the table.
        asked: only where it is asked for: it takes long, or needs servers that somebody has started.
    """

    name: str
    title: str
    full: str
    quick: str
    full_s: int
    plot: bool = False
    shown: tuple[str, ...] = ()
    asked: bool = False


PROGRAMME = (
    Run(
        name="fanout-sse-10000",
        title="{fans} fans, SSE",
        full="fanout --fans 10000 --vs nchan",
        quick="fanout --fans 50 --rounds 2 --bursts 1 --vs nchan",
        full_s=40,
        shown=(*DELIVERY, r"joins", r"burst of 10: call sent to last fan"),
    ),
    Run(
        name="fanout-websocket-10000",
        title="{fans} fans, WebSocket",
        full="fanout --fans 10000 --transport websocket --vs nchan",
        quick="fanout --fans 50 --rounds 2 --bursts 1 --transport websocket",
        full_s=40,
        shown=DELIVERY,
    ),
    Run(
        name="fanout-sse-19000",
        title="{fans} fans in one process",
        full="fanout --fans 19000",
        quick="fanout --fans 60 --rounds 2 --bursts 0",
        full_s=50,
        shown=DELIVERY,
    ),
    Run(
        name="fanout-sse-100000",
        title="{fans} fans over {workers} workers",
        full="fanout --fans 100000 --workers 6 --rounds 5 --bursts 0",
        quick="fanout --fans 90 --workers 2 --rounds 2 --bursts 0",
        full_s=70,
        shown=(*DELIVERY, r"joins", r"open files of the fullest worker"),
    ),
    Run(
        name="fanout-series",
        title="time to the last fan against fans",
        full="fanout --series 1000,2000,5000,10000,19000 --idle-games 10000",
        quick="fanout --series 20,40 --idle-games 30 --rounds 2",
        full_s=120,
        plot=True,
        shown=(r"\d+ fans: call sent to last fan",),
    ),
    Run(
        name="memory",
        title="{fans} fans, idle",
        full="memory --fans 10000",
        quick="memory --fans 20",
        full_s=60,
        shown=(r"\w+: kernel memory an end, one game",),
    ),
    Run(
        name="fair",
        title="a game of {small} fans beside one of {fans}",
        full="fair --fans 15000",
        quick="fair --fans 40 --updates 3 --points 1",
        full_s=90,
        plot=True,
        shown=(r"decision to last fan, (?:alone|beside)",),
    ),
    Run(
        name="slow",
        title="{fans} fans, a tenth not reading",
        full="slow --fans 15000",
        quick="slow --fans 40 --updates 3 --points 1",
        full_s=100,
        plot=True,
        shown=(r"server memory growth",),
    ),
    Run(
        name="storm",
        title="{fans} fans come back at once; the node killed",
        full="storm --fans 15000",
        quick="storm --fans 50 --window 20",
        full_s=60,
        shown=(
            r"returning: (?:all back after|server CPU a fan)",
            r"listen drops",
            r"killed: (?:replaced after|longest away|updates missed.*)",
        ),
    ),
    Run(
        name="storm-workers",
        title="{fans} fans, a worker of {workers} killed, then all",
        full="storm --fans 10000 --workers 2",
        quick="storm --fans 50 --window 20 --workers 2",
        full_s=60,
        shown=(r"(?:worker )?killed: (?:replaced after|longest away|fans that.*|updates missed.*)",),
    ),
    Run(
        name="restart",
        title="{fans} fans, {workers} workers replaced at {rate} updates a second",
        full="restart --fans 10000 --workers 2 --rate 50",
        quick="restart --fans 40 --workers 2 --games 5 --drain 0.5",
        full_s=50,
        shown=(
            r"updates missed.*",
            r"fans that had every update",
            r"longest away",
            r"longest without news",
            r"all processes replaced after",
            r"deliveries",
        ),
    ),
    Run(
        name="games",
        title="{games} live games",
        full="games --games 20000 --followed 1000",
        quick="games --games 120 --followed 60 --each 2 --seconds 2",
        full_s=110,
        shown=(r"events a second", r"user memory a live game", r"fsync, p50"),
    ),
    Run(
        name="path",
        title="from the call to the fan",
        full="path",
        quick="path --rounds 10",
        full_s=15,
        shown=(r"fsync, p50", r"call sent to 202, p50"),
    ),
    Run(
        name="ingest",
        title="the whole durable path",
        full="ingest",
        quick="ingest --games 5 --connections 3 --single 100 --batched 500",
        full_s=35,
    ),
    Run(
        name="pull",
        title="scores answered",
        full="pull",
        quick="pull --connections 5 --seconds 0.2 --turns 1",
        full_s=70,
        shown=(r"\d+: requests a CPU second", r"\d+: requests a second, on the clock"),
    ),
    Run(
        name="fold",
        title="plays folded in memory",
        full="fold",
        quick="fold --plays 500",
        full_s=40,
    ),
    Run(
        name="start",
        title="{games} games stored",
        full="start --games 10000",
        quick="start --games 30 --starts 1",
        full_s=70,
    ),
    Run(
        name="churn",
        title="{joins} joins and leaves",
        full="churn --joins 1000000",
        quick="churn --joins 500",
        full_s=200,
        plot=True,
        shown=(r"resident (?:after the warm-up|at the end)", r"joins a second"),
    ),
    Run(
        name="soak",
        title="{minutes} minutes of everything, {fans} fans",
        full="soak --minutes 20 --fans 3000",
        quick="soak --minutes 0.05 --fans 30 --games 10 --sample 0.7",
        full_s=1230,
        plot=True,
        shown=(
            r"resident memory, slope.*",
            r"resident memory a.*",
            r"call sent to fan, p99, .*",
            r"open files at.*",
            r"updates lost",
            r"deliveries",
        ),
        asked=True,
    ),
    Run(
        name="site",
        title="Roles over Kafka, PostgreSQL and Redis",
        full="site --rounds 300 --events 12000 --owners 1,2,4",
        quick="site --rounds 5 --events 2000 --owners 1",
        full_s=90,
        shown=(r".*",),
        asked=True,
    ),
    Run(
        name="tiers",
        title="Regions and edges, {fans} fans each",
        full="tiers --fans 200 --rounds 100",
        quick="tiers --fans 2 --rounds 3",
        full_s=60,
        shown=(r".*to last fan.*",),
        asked=True,
    ),
    *(
        Run(
            name=f"spike{name}",
            title=title,
            full=f"spike --polls 40{options}",
            quick=f"spike --polls 4{options}",
            full_s=20,
            shown=(r"requests to the node", r"answers that were behind", r"age, .*", r"behind, .*"),
            asked=True,
        )
        for name, title, options in (
            ("", "A goal through Varnish: 50 times the polls within 5 s", ""),
            ("-broken", "the same, and Varnish takes no purges", " --purge broken"),
            ("-down", "the same, and the node is killed at the goal", " --origin down"),
        )
    ),
)


BESIDE = (
    (r"(call sent) (to .*)", ("yardstick, told to send {2}",), ("nchan, told to send {2}",)),
    (r"(first) (to last fan)", ("yardstick, first {2}",), ("nchan, first {2}",)),
    (r"server CPU a delivery", ("yardstick CPU a delivery",), ("nchan, server CPU a delivery",)),
    (r"user memory a fan", (), ("nchan, user memory a fan",)),
    (r"(\d+ fans.*): call sent to last fan", ("{1}: yardstick, to last fan",), ()),
    (r"returning: server CPU a fan", ("C program: CPU a fan",), ()),
    (r"(\d+): requests a (CPU second|second, on the clock)", (), ("{1}: nginx, requests a {2}",)),
)
"""Patterns of figures of the node, and the names of those that were measured beside: of the C program, and of
nginx with or without nchan; numbers in braces are groups of the pattern."""


def named(names: str) -> list[Run]:
    """Runs by their names with commas between; for none, all but those that must be asked for.

    Raises:
        KeyError: there is no such run.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        return [run for run in PROGRAMME if not run.asked]
    by_name = {run.name: run for run in PROGRAMME}
    return [by_name[name] for name in wanted]
