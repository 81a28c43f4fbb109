"""`scorewire bench`: measures this machine; a figure is a ratio, or stands beside one."""

from pathlib import Path
from typing import Annotated

import typer

from scorewire.bench.commands_of_sites import site, tiers
from scorewire.bench.kept import Folder, show, table
from scorewire.bench.machine import raise_descriptors
from scorewire.bench.options import JsonFile, Origin, PlotFile, Purge, Transport, Versus, Workers, sizes_in
from scorewire.bench.report import Outcome
from scorewire.bench.running import Stage, measure

app = typer.Typer(no_args_is_help=True)
app.command()(site)
app.command()(tiers)


@app.command("fanout")
def fanout_command(
    *,
    fans: Annotated[int, typer.Option(help="Fans of one game.", min=1)] = 2000,
    rounds: Annotated[int, typer.Option(help="Updates, one after the other.", min=1, max=10_000)] = 10,
    bursts: Annotated[int, typer.Option(help="Calls with ten events each.", min=0, max=1000)] = 3,
    transport: Annotated[Transport, typer.Option(help="How fans are connected.")] = Transport.SSE,
    data_bytes: Annotated[
        int, typer.Option("--bytes", help="Size of an update's JSON.", min=250, max=420)
    ] = 300,
    versus: Annotated[
        Versus | None,
        typer.Option("--vs", help="Another server beside it, turn by turn.", show_default=False),
    ] = None,
    workers: Workers = 0,
    series: Annotated[
        str,
        typer.Option(metavar="N,N", help="Sizes one after the other, instead of --fans.", show_default=False),
    ] = "",
    idle_games: Annotated[int, typer.Option(help="With --series: games beside.", min=0, max=20_000)] = 0,
    plot: PlotFile = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """CPU a delivery against a C program that only sends; time to the last fan; memory a fan.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench import fanout
    from scorewire.bench import series as sizes_in_turn
    from scorewire.bench.rounds import Options

    sizes = sizes_in(series)
    raise_descriptors(max(sizes, default=fans), workers)
    options = Options(
        fans=fans,
        rounds=rounds,
        bursts=bursts,
        transport="sse" if transport is Transport.SSE else "websocket",
        data_bytes=data_bytes,
        nchan=versus is Versus.NCHAN,
        workers=workers,
    )
    settings: dict[str, str | int] = {"series": series} if sizes else {"fans": fans}
    settings |= {"rounds": rounds, "bursts": bursts, "transport": transport.value, "bytes": data_bytes}
    if versus is not None:
        settings["vs"] = versus.value
    if workers:
        settings["workers"] = workers
    if sizes:
        settings |= {"idle-games": idle_games}
        del settings["bursts"]

    def bench(stage: Stage) -> Outcome:
        if sizes:
            return sizes_in_turn.run(options, sizes, idle_games, stage, plot)
        return fanout.run(options, cores=stage.cores, folder=stage.folder)

    measure("fanout", bench, settings, json, folder, workers=workers)


@app.command()
def path(
    *,
    rounds: Annotated[int, typer.Option(help="Events, one after the other.", min=1, max=100_000)] = 300,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """From the call to the fan on an idle node, against two fsyncs of the same disk."""
    from scorewire.bench.path import run

    measure(
        "path",
        lambda stage: run(rounds, cores=stage.cores, folder=stage.folder),
        {"rounds": rounds},
        json,
        folder,
    )


@app.command()
def ingest(
    *,
    games: Annotated[int, typer.Option(help="Games under way.", min=1, max=5000)] = 50,
    connections: Annotated[int, typer.Option(help="Each with one call under way.", min=1, max=1000)] = 32,
    single: Annotated[int, typer.Option(help="Events, one a call.", min=1, max=500_000)] = 10_000,
    batched: Annotated[int, typer.Option(help="Events, 50 a call.", min=1, max=2_000_000)] = 50_000,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Events a second through the whole durable path: one a call, and batches of 50."""
    from scorewire.bench.ingest import Options, run

    raise_descriptors(connections)
    options = Options(games=games, connections=connections, single=single, batched=batched)
    measure(
        "ingest",
        lambda stage: run(options, cores=stage.cores, folder=stage.folder),
        {"games": games, "connections": connections, "single": single, "batched": batched},
        json,
        folder,
    )


@app.command()
def fold(
    *,
    plays: Annotated[
        int, typer.Option(help="Plays of each sport in a round.", min=100, max=1_000_000)
    ] = 20_000,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Plays folded a second, sport by sport, against a bare call; claims decided a second."""
    from scorewire.bench.fold import run

    measure("fold", lambda _stage: run(plays), {"plays": plays}, json, folder)


@app.command()
def memory(
    *,
    fans: Annotated[int, typer.Option(help="Fans of each case.", min=1)] = 2000,
    transport: Annotated[
        Transport | None, typer.Option(help="One of them only; both by default.", show_default=False)
    ] = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Memory a fan, idle, following one game and ten; SSE and WebSocket, a node for each."""
    from scorewire.bench.memory import TRANSPORTS, run

    raise_descriptors(fans)
    chosen: dict[str, str | int] = {} if transport is None else {"transport": transport.value}
    only = TRANSPORTS if transport is None else (transport.value,)
    measure("memory", lambda stage: run(fans, stage, only), {"fans": fans} | chosen, json, folder)


@app.command()
def fair(
    *,
    fans: Annotated[int, typer.Option(help="Fans of the game that bursts, at the most.", min=1)] = 5000,
    small: Annotated[int, typer.Option(help="Fans of the game beside it.", min=1)] = 50,
    rate: Annotated[float, typer.Option(help="Updates a second of the one that bursts.", min=0.1)] = 10,
    updates: Annotated[int, typer.Option(help="Of the small game, in each phase.", min=1)] = 40,
    points: Annotated[int, typer.Option(help="Sizes up to --fans.", min=1, max=50)] = 3,
    plot: PlotFile = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """A game of 50 fans while one of thousands bursts beside it.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.fair import Options, run

    raise_descriptors(fans + small)
    options = Options(fans=fans, small=small, rate=rate, updates=updates, points=points)
    settings: dict[str, str | int] = {
        "fans": fans,
        "small": small,
        "rate": f"{rate:g}",
        "updates": updates,
        "points": points,
    }
    measure("fair", lambda stage: run(options, stage, plot), settings, json, folder)


@app.command()
def slow(
    *,
    fans: Annotated[int, typer.Option(help="Fans at the most; a tenth will not read.", min=2)] = 5000,
    updates: Annotated[int, typer.Option(help="In each phase.", min=1)] = 40,
    points: Annotated[int, typer.Option(help="Sizes up to --fans.", min=1, max=50)] = 3,
    plot: PlotFile = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Healthy fans while one of ten does not read; what that one costs.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.slow import Options, run

    raise_descriptors(fans)
    options = Options(fans=fans, updates=updates, points=points)
    settings = {"fans": fans, "updates": updates, "points": points}
    measure("slow", lambda stage: run(options, stage, plot), settings, json, folder)


@app.command()
def storm(
    *,
    fans: Annotated[int, typer.Option(help="Fans who come back at once.", min=1)] = 5000,
    window: Annotated[int, typer.Option(help="Of them on their way in at a time.", min=1)] = 2000,
    kill: Annotated[bool, typer.Option(help="Kill the node amid a burst, too.")] = True,
    workers: Workers = 0,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Fans who come back at once with a cursor, against a C program; then the node is killed.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.storm import Options, run

    raise_descriptors(fans, workers)
    options = Options(fans=fans, window=window, kill=kill, workers=workers)
    settings: dict[str, str | int] = {"fans": fans, "window": window, "workers": workers}
    if not kill:
        settings["no-kill"] = ""
    measure("storm", lambda stage: run(options, stage), settings, json, folder, workers=workers)


@app.command()
def restart(
    *,
    fans: Annotated[int, typer.Option(help="Fans, shared out among the games.", min=1)] = 5000,
    workers: Annotated[int, typer.Option(help="Processes that hold fans.", min=1, max=64)] = 2,
    rate: Annotated[float, typer.Option(help="Updates a second, of all games together.", min=0.1)] = 50,
    games: Annotated[int, typer.Option(help="Games under way.", min=1, max=5000)] = 50,
    drain: Annotated[float, typer.Option(help="Seconds in which a worker's fans are sent away.", min=0)] = 5,
    times: Annotated[int, typer.Option(help="How often all workers are replaced.", min=1)] = 1,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """All workers restarted one after the other (SIGHUP) under a steady rate of updates.

    Exit code 1 if a fan missed an update, or had one twice or out of order.
    """
    from scorewire.bench.restart import Options, run

    # While a worker is being replaced the others hold its fans too.
    raise_descriptors(fans, max(workers - 1, 1))
    options = Options(fans=fans, workers=workers, rate=rate, games=games, drain_s=drain, times=times)
    settings: dict[str, str | int] = {"fans": fans, "workers": workers, "rate": f"{rate:g}"}
    settings |= {"games": games, "drain": f"{drain:g}", "times": times}
    measure("restart", lambda stage: run(options, stage), settings, json, folder, workers=workers)


@app.command()
def soak(
    *,
    minutes: Annotated[float, typer.Option(help="For how long.", min=0.01)] = 20,
    fans: Annotated[int, typer.Option(help="Who stay; others come and go beside them.", min=1)] = 3000,
    games: Annotated[int, typer.Option(help="Games under way.", min=1, max=5000)] = 20,
    rate: Annotated[float, typer.Option(help="Events a second, of all games together.", min=0.1)] = 20,
    sample: Annotated[float, typer.Option(help="Seconds between two readings.", min=0.1)] = 10,
    workers: Workers = 0,
    plot: PlotFile = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Everything at once, for long: memory, latency and open files over time.

    Exit code 1 if a fan missed an update, or had one twice or out of order.
    """
    from scorewire.bench.soak import Options, run

    raise_descriptors(fans, workers)
    options = Options(
        seconds=minutes * 60, fans=fans, games=games, rate=rate, sample_s=sample, workers=workers
    )
    settings: dict[str, str | int] = {"minutes": f"{minutes:g}", "fans": fans, "games": games}
    settings |= {"rate": f"{rate:g}", "sample": f"{sample:g}", "workers": workers}
    measure("soak", lambda stage: run(options, stage, plot), settings, json, folder, workers=workers)


@app.command()
def games(
    *,
    live: Annotated[int, typer.Option("--games", help="Games live at once.", min=1, max=20_000)] = 2000,
    followed: Annotated[int, typer.Option(help="Of them with fans; all at the most.", min=1)] = 100,
    each: Annotated[int, typer.Option(help="Fans of each of those.", min=1)] = 10,
    seconds: Annotated[int, typer.Option(help="For how long events are told.", min=1)] = 60,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Thousands of games at once, an event a minute each; the way to the fan, and memory a game.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.games import Options, run

    options = Options(games=live, followed=min(followed, live), each=each, seconds=seconds)
    raise_descriptors(options.fans)
    settings = {"games": live, "followed": options.followed, "each": each, "seconds": seconds}
    measure("games", lambda stage: run(options, stage), settings, json, folder)


@app.command()
def pull(
    *,
    connections: Annotated[int, typer.Option(help="Each with one request under way.", min=1, max=5000)] = 50,
    seconds: Annotated[float, typer.Option(help="Of each turn.", min=0.1)] = 3,
    turns: Annotated[int, typer.Option(help="Of each server and status.", min=1, max=1000)] = 5,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Scores answered by a core in a second, 200 and 304, against nginx with the same bytes."""
    from scorewire.bench.pull import Options, run

    raise_descriptors(connections)
    options = Options(connections=connections, seconds=seconds, turns=turns)
    settings: dict[str, str | int] = {"connections": connections, "seconds": f"{seconds:g}", "turns": turns}
    measure("pull", lambda stage: run(options, stage), settings, json, folder)


@app.command()
def spike(
    *,
    polls: Annotated[float, typer.Option(help="A second, before the goal.", min=1, max=1000)] = 40,
    calm: Annotated[float, typer.Option(help="Seconds before the goal.", min=0.5)] = 3,
    hold: Annotated[float, typer.Option(help="Seconds at fifty times the polls.", min=0.5)] = 4,
    purge: Annotated[Purge, typer.Option(help="Whether Varnish takes purges.")] = Purge.WORKS,
    origin: Annotated[Origin, typer.Option(help="Whether the node is killed at the goal.")] = Origin.UP,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """A goal, and fifty times the polls within 5 s, through the Varnish of deploy/.

    Exit code 1 if a poll failed.
    """
    from scorewire.bench.spike import Options, run

    raise_descriptors(2000)
    options = Options(
        rate=polls, calm_s=calm, hold_s=hold, purged=purge is Purge.WORKS, killed=origin is Origin.DOWN
    )
    settings: dict[str, str | int] = {"polls": f"{polls:g}", "calm": f"{calm:g}", "hold": f"{hold:g}"}
    settings |= {"purge": purge.value, "origin": origin.value}
    measure("spike", lambda stage: run(options, stage), settings, json, folder)


@app.command()
def start(
    *,
    stored: Annotated[int, typer.Option("--games", help="Games stored.", min=1, max=1_000_000)] = 1000,
    starts: Annotated[int, typer.Option(help="With games, and as many without.", min=1, max=100)] = 5,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """From the start of the process to its first answer, with games stored and without."""
    from scorewire.bench.start import run

    settings = {"games": stored, "starts": starts}
    measure("start", lambda stage: run(stored, starts, stage), settings, json, folder)


@app.command()
def churn(
    *,
    joins: Annotated[int, typer.Option(help="Fans who come and leave.", min=100)] = 50_000,
    plot: PlotFile = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Resident memory while fans come and go.

    Exit code 1 if a fan was not given the state.
    """
    from scorewire.bench.churn import run

    measure("churn", lambda stage: run(joins, stage, plot), {"joins": joins}, json, folder)


@app.command()
def steps(
    *,
    fans: Annotated[int, typer.Option(help="Fans of the big game.", min=10)] = 5000,
    small: Annotated[int, typer.Option(help="Fans of the game told behind it.", min=1)] = 50,
    rounds: Annotated[int, typer.Option(help="Updates of each, one after the other.", min=1)] = 10,
    updates: Annotated[int, typer.Option(help="Beside fans who do not read.", min=1)] = 20,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw it, as SVG.", show_default=False)
    ] = None,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """The design step by step: from a naive loop to Scorewire, each beside a C program that only sends.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.steps.measure import run
    from scorewire.bench.steps.result import Options

    raise_descriptors(fans + small + max(fans // 10, 10))
    options = Options(fans=fans, small=small, rounds=rounds, updates=updates)
    settings: dict[str, str | int] = {"fans": fans, "small": small, "rounds": rounds, "updates": updates}
    measure("steps", lambda stage: run(options, stage, plot), settings, json, folder)


app.command()(table)
app.command()(show)
