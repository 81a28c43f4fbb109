"""The table of commands. `--help` imports none of them, and a command only itself."""

import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import typer

from scorewire import __version__
from scorewire.errors import ConfigError, ScorewireError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("scorewire.cli.demo", "A node with a matchday of real games, in your browser in a moment."),
    "serve": ("scorewire.cli.serve", "A node; the embedded profile needs no configuration."),
    "keys": ("scorewire.cli.keys", "Secrets of providers, tokens of readers and administrators."),
    "feed": ("scorewire.cli.feed", "Live feeds, pushed or polled, through the signed webhook."),
    "replay": ("scorewire.cli.replay", "A recorded feed through the signed webhook."),
    "event": ("scorewire.cli.event", "An event entered by hand, as the editor's desk."),
    "correct": ("scorewire.cli.correct", "A wrong score put right by hand, and handed back to the feeds."),
    "conflicts": ("scorewire.cli.conflicts", "What two providers of a game do not agree on: list, settle."),
    "providers": ("scorewire.cli.providers", "How each provider does: lead, misses, retractions, failovers."),
    "watch": ("scorewire.cli.watch", "A live scoreboard in the terminal."),
    "verify": ("scorewire.cli.verify", "A running node held to its protocol, over every transport at once."),
    "explain": ("scorewire.cli.explain", "From the score shown to the messages that caused it."),
    "capture": ("scorewire.cli.capture", "One game taken along, and decided again elsewhere."),
    "dead-letters": ("scorewire.cli.dead_letters", "What was refused, and why: list, show, replay, drop."),
    "journal": ("scorewire.cli.journal", "The record's database: copies, a new epoch, upkeep, a move."),
    "rebuild": ("scorewire.cli.rebuild", "Fold the journal again and report any difference."),
    "doctor": ("scorewire.cli.doctor", "What of limits, disk, clock and ports is fine, and what to do."),
    "topics": ("scorewire.cli.topics", "Kafka's topics: made, put right, or only compared."),
    "config": ("scorewire.cli.config", "The settings: show, check, schema."),
    "bench": ("scorewire.bench.command", "Measure this machine."),
    "plan": ("scorewire.planner.command", "How large a site has to be, from what was measured."),
    "sim": ("scorewire.sim.command", "A seeded world of providers, links and fans, with an auditor."),
}
"""Name -> module and one line. A module has `app`, a typer.Typer, or else the function `command`."""

EXIT_CONFIG = 2
EXIT_ERROR = 1


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments: the command that they name is whole, the others are lines."""
    chosen = next((word for word in arguments if not word.startswith("-")), "")
    app = typer.Typer(
        name="scorewire",
        help="Live sports scores, derived from an append-only log and told to every fan in order.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name, (module, line) in COMMANDS.items():
        if name == chosen:
            _add(app, name, module, line)
        elif _present(module):
            app.command(name, help=line)(_never)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"scorewire {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", is_eager=True, callback=_print_version
    ),
) -> None:
    pass


def _never() -> None:
    raise AssertionError("a command that was not asked for cannot run")


def _present(module: str) -> bool:
    return find_spec(module) is not None


def _add(app: typer.Typer, name: str, module: str, line: str) -> None:
    if not _present(module):
        raise ConfigError(name, "is not part of this installation")
    loaded = importlib.import_module(module)
    group: typer.Typer | None = getattr(loaded, "app", None)
    if group is not None:
        app.add_typer(group, name=name, help=line)
        return
    command: Callable[..., None] = loaded.command
    app.command(name, help=f"{line}\n\n{_rest(command.__doc__)}")(command)


def _rest(docstring: str | None) -> str:
    """What a docstring says after its first sentence; the table has said the first."""
    _, _, rest = (docstring or "").partition("\n\n")
    return rest


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process.

    Exit codes: 0 done, 1 failed or refused, 2 wrong settings or flags.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        build(words)(args=words)
    except ConfigError as error:
        _say(str(error), EXIT_CONFIG)
    except ScorewireError as error:
        _say(str(error), EXIT_ERROR)
    except BrokenPipeError:
        # The reader (`| head`) has enough; what is buffered has nowhere to go.
        sys.stderr.close()
        sys.exit(EXIT_ERROR)


def _say(message: str, code: int) -> None:
    print(f"scorewire: {message}", file=sys.stderr)
    sys.exit(code)
