"""The benchmarks that run over Kafka, PostgreSQL and Redis, which somebody has started: `make services`."""

from typing import Annotated

import typer

from scorewire.bench.kept import Folder
from scorewire.bench.machine import raise_descriptors
from scorewire.bench.options import JsonFile, sizes_in
from scorewire.bench.running import measure

Brokers = Annotated[
    str, typer.Option(help="Kafka, host:port.", envvar="SCOREWIRE_BENCH_BROKERS", show_default=False)
]
Database = Annotated[
    str,
    typer.Option(
        help="URL of a PostgreSQL database whose user may make others.",
        envvar="SCOREWIRE_BENCH_JOURNAL",
        show_default=False,
    ),
]
Redis = Annotated[
    str, typer.Option(help="URL of a Redis.", envvar="SCOREWIRE_BENCH_REDIS", show_default=False)
]


def site(
    *,
    brokers: Brokers,
    journal: Database,
    redis: Redis,
    rounds: Annotated[int, typer.Option(help="Events, one after the other.", min=1, max=100_000)] = 300,
    events: Annotated[int, typer.Option(help="For each number of owners.", min=1, max=1_000_000)] = 12_000,
    owners: Annotated[str, typer.Option(metavar="N,N", help="Processes of owners, in turn.")] = "1,2,4",
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Through roles in processes of their own over Kafka, PostgreSQL and Redis: the way, and the rate.

    `make services` starts the servers for a trial.
    """
    from scorewire.bench.site import Options, run
    from scorewire.bench.site_target import Servers

    options = Options(rounds=rounds, events=events, owners=tuple(sizes_in(owners)))
    servers = Servers(brokers=brokers, journal=journal, redis=redis)
    measure(
        "site",
        lambda stage: run(options, servers, stage),
        {"rounds": rounds, "events": events, "owners": owners},
        json,
        folder,
    )


def tiers(
    *,
    brokers: Brokers,
    journal: Database,
    redis: Redis,
    regions: Annotated[
        str,
        typer.Option(
            metavar="URL,URL",
            help="Redis of the other regions.",
            envvar="SCOREWIRE_BENCH_REGIONS",
            show_default=False,
        ),
    ],
    fans: Annotated[int, typer.Option(help="Of each tier.", min=1, max=3000)] = 200,
    rounds: Annotated[int, typer.Option(help="Goals, one after the other.", min=1, max=10_000)] = 100,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Regions and two levels of edges on this machine: one goal, and when the last fan of each has it."""
    from scorewire.bench.site_target import Servers
    from scorewire.bench.tiers import run

    others = tuple(url.strip() for url in regions.split(",") if url.strip())
    raise_descriptors(fans * (len(others) + 3))
    servers = Servers(brokers=brokers, journal=journal, redis=redis)
    measure(
        "tiers",
        lambda stage: run(fans, rounds, servers, others, stage),
        {"fans": fans, "rounds": rounds},
        json,
        folder,
    )
