"""The house rules that a machine can hold: lengths, pure rooms, banned calls, and tests where they belong.

    lengths         R2: 500 lines a file, 70 code lines a function
    impure_imports  what a pure module imports and must not
    banned_calls    what may be called in one file only, and what to use instead
    misplaced       src without tests, tests without src

Every function takes text or sets of paths and returns sentences, so that it can be tested on a snippet.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

PURE = (
    "model/",
    "sports/",
    "providers/",
    "alerts/",
    "api/game_view.py",
    "bench/calls.py",
    "bench/figures.py",
    "bench/logbook.py",
    "bench/overview.py",
    "bench/plot.py",
    "bench/programme.py",
    "bench/report.py",
    "bench/rounds.py",
    "bench/spreading.py",
    "cli/verified.py",
    "client/session.py",
    "client/sse.py",
    "demo/loop.py",
    "demo/matchday.py",
    "fanout/backlog.py",
    "fanout/channel.py",
    "fanout/frames.py",
    "fanout/proxy_header.py",
    "games/account.py",
    "games/agreement.py",
    "games/arbitration.py",
    "games/book.py",
    "games/capture.py",
    "games/checkpoint.py",
    "games/conflicts.py",
    "games/deadlines.py",
    "games/engine.py",
    "games/frame.py",
    "games/matching.py",
    "games/ordering.py",
    "games/partition.py",
    "games/report.py",
    "games/settlement.py",
    "games/statement.py",
    "games/succession.py",
    "games/tellers.py",
    "games/telling.py",
    "games/timetable.py",
    "games/writing.py",
    "intake/acceptance.py",
    "intake/casting.py",
    "intake/cloudevents.py",
    "intake/json_patch.py",
    "intake/json_stream.py",
    "intake/desk.py",
    "intake/feed_book.py",
    "intake/offers.py",
    "intake/rate.py",
    "intake/recent.py",
    "intake/signature.py",
    "intake/snapshot.py",
    "intake/times.py",
    "journal/lately.py",
    "log/kafka_game_events.py",
    "log/kafka_letters.py",
    "log/kafka_records.py",
    "log/kafka_run.py",
    "log/tail.py",
    "planner/checking.py",
    "planner/inputs.py",
    "planner/page.py",
    "planner/sizing.py",
    "scoreboard/link.py",
    "scoreboard/redis_wire.py",
    "stats/boards.py",
    "stats/careers.py",
    "stats/headings.py",
    "stats/leaders.py",
    "stats/lines/",
    "stats/standings/",
    "web/board.py",
    "web/front.py",
    "web/leaders.py",
    "web/leagues.py",
    "web/pictures/",
    "web/calendars.py",
    "web/one_module.py",
    "web/points.py",
    "web/schedule.py",
    "web/rounds.py",
    "web/stat_tables.py",
    "web/statistics.py",
    "web/table_views.py",
    "web/team_games.py",
    "web/timeline.py",
    "web/widget.py",
)
"""Rooms and files that are given `now`, bytes and values, and so can be tested and replayed exactly."""

SHELL_MODULES = frozenset(
    {
        "asyncio",
        "aiosqlite",
        "concurrent",
        "httpx",
        "litestar",
        "multiprocessing",
        "os",
        "queue",
        "random",
        "sched",
        "secrets",
        "select",
        "selectors",
        "signal",
        "socket",
        "sqlalchemy",
        "sqlite3",
        "ssl",
        "subprocess",
        "threading",
        "time",
        "uvicorn",
        "uvloop",
    }
)
"""Imports by which the world gets into a module."""


@dataclass(frozen=True, slots=True)
class Ban:
    """Calls that belong in one place.

    Attributes:
        names: dotted names after aliases are resolved; `.name` bans any method of that name; a trailing `.*`
            bans everything below.
        allowed: files and folders (ending in /) below src/scorewire that may.
        instead: what to use.
        except_: names that a `.*` leaves alone.
    """

    names: tuple[str, ...]
    allowed: tuple[str, ...]
    instead: str
    except_: tuple[str, ...] = ()


BANS = (
    Ban(
        names=(".create_task", ".ensure_future", ".gather", "asyncio.create_task", "asyncio.ensure_future",
               "asyncio.gather", "asyncio.TaskGroup"),
        allowed=(
            "node/single.py", "node/relay.py", "node/outpost.py", "node/backroom.py", "node/supervisor.py",
            "bench/", "cli/feed.py",
        ),
        instead="let node/ start it by name in its TaskGroup (R12); never a task for a fan",
    ),
    Ban(
        names=("time.*", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
               "datetime.date.today"),
        allowed=("clock.py", "bench/"),
        instead="take `now_ms` as an argument, or a scorewire.clock.Clock in a shell",
        except_=("time.gmtime", "time.struct_time"),
    ),
    Ban(
        names=("random.*",),
        allowed=(),
        instead="take a random.Random, so that a seed repeats the run",
        except_=("random.Random", "random.SystemRandom"),
    ),
    Ban(
        names=("os.environ", "os.getenv", "os.environb"),
        allowed=("settings.py",),
        instead="take the value as an argument; settings.py reads the environment once",
    ),
    Ban(
        names=("print",),
        allowed=("cli/", "bench/"),
        instead="log with structlog; only the command line talks to a person",
    ),
)  # fmt: skip


def within(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path below src/scorewire is one of the files, or lies in one of the folders (ending in /)."""
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def code_lines(source: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function that hold code: neither blank, nor comment, nor its docstring."""
    held: set[int] = set()
    ignored = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in ignored:
            held.update(range(token.start[0], token.end[0] + 1))
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        held.difference_update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(function.lineno <= line <= (function.end_lineno or 0) for line in held)


def lengths(path: str, source: str) -> Iterator[str]:
    """R2, for one Python file."""
    count = len(source.splitlines())
    if count > FILE_LINES_MAX:
        yield f"{path}: {count} lines; at most {FILE_LINES_MAX}: split it by the nouns in it"
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        # Only a function that might be too long is worth the tokens.
        if (node.end_lineno or 0) - node.lineno < FUNCTION_LINES_MAX:
            continue
        inside = code_lines(source, node)
        if inside > FUNCTION_LINES_MAX:
            yield (
                f"{path}:{node.lineno}: {node.name} has {inside} code lines; at most {FUNCTION_LINES_MAX}:"
                " pull its decisions out"
            )


def impure_imports(path: str, source: str) -> Iterator[str]:
    """What a pure module (path below src/scorewire) imports and must not."""
    if not within(path, PURE):
        return
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in SHELL_MODULES:
                yield (
                    f"{path}:{node.lineno}: imports {name} in a pure room; take the value as an argument and"
                    " leave the world to the shell"
                )


class _Names(ast.NodeVisitor):
    """Collects (line, dotted name) of everything that is called or read, with import aliases resolved."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.used: list[tuple[int, str]] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.split(".")[0]
            self.aliases[bound] = alias.name if alias.asname else bound

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_Attribute(self, node: ast.Attribute) -> None:
        parts = [node.attr]
        inner: ast.expr = node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self.aliases:
            self.used.append((node.lineno, ".".join([self.aliases[inner.id], *reversed(parts)])))
        else:
            self.used.append((node.lineno, f".{node.attr}"))
            self.visit(inner)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.used.append((node.lineno, self.aliases.get(node.id, node.id)))


def _matches(name: str, ban: Ban) -> bool:
    if any(name == spared or name.startswith(spared + ".") for spared in ban.except_):
        return False
    for banned in ban.names:
        if banned.endswith(".*"):
            if name.startswith(banned[:-1]):
                return True
            continue
        if name == banned or name.startswith(banned + "."):
            return True
        if banned.startswith(".") and name.endswith(banned):
            return True
    return False


def banned_calls(path: str, source: str, bans: tuple[Ban, ...] = BANS) -> Iterator[str]:
    """Uses of what belongs in one file only; `path` is below src/scorewire."""
    names = _Names()
    tree = ast.parse(source)
    # Imports first: a function may import what a line above it seems to use.
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.visit(node)
    names.visit(tree)
    for ban in bans:
        if within(path, ban.allowed):
            continue
        for line, name in names.used:
            if _matches(name, ban):
                yield f"{path}:{line}: {name.lstrip('.')} is not for here: {ban.instead}"


UNTESTED: dict[str, str] = {
    "cli/finding.py": "data; what doctor.py and doctor_servers.py find is tested by their names",
    "cli/moving.py": "needs a server; tests/backends/test_journal_move.py, refusals in test_journal.py",
    "cli/verify.py": "tests/e2e/test_verify.py runs it against nodes that play, restart and lie",
    "cli/witnesses.py": "threads over real sockets; tests/e2e/test_verify.py",
    "config.py": "declarations only; tests/unit/test_settings.py reads every one of them",
    "errors.py": "declarations only; every raise is tested where it happens",
    "log/base.py": "a port; tests/contract runs one suite over every adapter",
    "log/kafka.py": "tests/backends/test_log_kafka.py runs it on a real Kafka",
    "log/kafka_announcing.py": "tests/backends/test_game_events.py runs it on a real Kafka",
    "log/kafka_ends.py": "tests/backends/test_log_kafka.py and test_intakes.py run it on a real Kafka",
    "log/kafka_fetching.py": "tests/backends/test_log_kafka.py runs it on a real Kafka",
    "log/kafka_group.py": "tests/backends/test_log_kafka_group.py runs it on a real Kafka",
    "log/kafka_ledger.py": "tests/backends/test_log_kafka_ledger.py runs it on a real PostgreSQL",
    "log/kafka_places.py": "tests/backends/test_game_events.py and _relay.py run it on a real Kafka",
    "log/kafka_reader.py": "tests/backends/test_log_kafka.py runs it on a real Kafka",
    "log/kafka_writer.py": "tests/backends/test_log_kafka.py runs it on a real Kafka",
    "scoreboard/base.py": "a port; tests/contract runs one suite over every adapter",
    "journal/lines.py": "tests/contract runs one suite over every database",
    "journal/names.py": "tests/contract runs one suite over every database",
    "journal/folds.py": "tests/contract runs one suite over every database",
    "journal/competitions.py": "tests/contract runs one suite over every database",
    "journal/moving.py": "needs a server; tests/backends/test_journal_move.py",
    "journal/migrations/": "tests/unit/journal runs them against a fresh and an old file",
    "bench/": "measures; tests/e2e runs each bench small",
    "model/game_event.py": "declarations only; tests/vectors holds a stored sample of each",
    "model/journey.py": "declarations only; tests/unit/node/test_journeys.py and test_practice.py make all",
    "model/score_state.py": "declarations only; tests/unit/games/test_frame.py makes every one of them",
    "stats/answers.py": "declarations only; tests/unit/stats makes every one of them",
    "stats/lines/box.py": "declarations only; tests/unit/stats/lines makes every one of them",
    "planner/reference.py": "writes a file that test_reading.py holds to the results",
    "sim/command.py": "prints what tests/sim asserts",
    "sim/options.py": "declarations only",
    "sim/plays.py": "declarations only; tests/sim plays every one of them",
    "sim/script.py": "tests/sim plays every script against the auditor",
    "web/league_render.py": "tests/unit/web/test_league_pages.py reads every page that it makes",
    "web/record_reads.py": "a port and its answers; tests/unit/web/test_league_pages.py, test_team_pages.py",
    "web/team_render.py": "tests/unit/web/test_team_pages.py reads every page that it makes",
    "web/season_list.py": "tests/unit/web/test_league_pages.py reads seasons through it",
    "node/record_reads.py": "over a real journal; tests/e2e/test_record_pages.py",
    "web/words/": "tables; tests/contract/test_words.py holds them to the sports' own",
    "sim/world.py": "tests/sim runs it, and shows that it can fail",
    "node/metering.py": "connects real rooms; tests/e2e/test_node.py finds every metric fed",
    "node/single.py": "builds real processes and sockets; tests/e2e",
    "node/deciding.py": "builds real rooms; tests/e2e, and tests/backends/test_site.py over real servers",
    "node/showing_how.py": "builds real rooms; tests/e2e/test_how.py",
    "web/schedule_pages.py": "over a real node; tests/e2e/test_visiting.py",
    "web/search_pages.py": "over a real node; tests/e2e/test_visiting.py",
    "web/visitor_reads.py": "a port of a page; tests/e2e/test_visiting.py",
    "node/visitor_reads.py": "over a real node; tests/e2e/test_visiting.py",
    "node/faces.py": "builds real rooms; tests/e2e, and tests/backends/test_site.py over real servers",
    "node/intake_side.py": "builds real rooms; tests/e2e, and tests/backends/test_site.py over real servers",
    "node/shown.py": "builds real rooms; tests/e2e, and tests/backends/test_site.py over real servers",
    "node/table_words.py": "a real Redis; tests/backends/test_stats.py, and every node of tests/e2e",
    "scoreboard/redis_tables.py": "a real Redis; tests/backends/test_tables_on_redis.py",
    "node/carrying.py": "a real Kafka; tests/backends/test_relay.py, test_site_recordings.py",
    "node/stores.py": "builds real rooms; tests/e2e, and tests/backends/test_site.py over real servers",
    "node/backroom.py": "a pipeline in a process of its own; tests/e2e and adversity, test_workers.py",
    "node/child.py": "starts what a supervisor asks for; tests/e2e and adversity, test_workers.py",
    "node/supervisor.py": "real processes and signals; tests/e2e and adversity, test_workers.py",
    "node/worker.py": "a real process on a real port; tests/e2e and adversity, test_workers.py",
    "scoreboard/redis.py": "a real Redis; tests/backends runs the port's suite and does harm to it",
    "scoreboard/redis_checkup.py": "a real Redis; tests/backends/test_checkup.py",
    "scoreboard/redis_listening.py": "a real Redis; tests/backends/test_scoreboard_redis_faults.py",
    "scoreboard/redis_lists.py": "a real Redis; tests/backends/test_scoreboard_redis_script.py, _faults.py",
    "scoreboard/redis_reading.py": "a real Redis; tests/backends/test_scoreboard_redis_faults.py",
    "scoreboard/redis_outbox.py": "a real Redis; tests/backends/test_scoreboard_redis_outbox.py",
    "scoreboard/redis_standings.py": "a real Redis; tests/backends/test_stats.py, test_site_recordings.py",
    "scoreboard/redis_store.py": "a real Redis; tests/backends/test_scoreboard_redis_script.py",
    "scoreboard/redis_turns.py": "a real Redis; tests/backends/test_scoreboard_redis_turns.py",
    "node/outward.py": "a real node and a real Redis; tests/backends/test_node_on_redis.py",
    "node/pipeline.py": "builds real rooms on a real folder; tests/e2e runs it in every node",
    "node/gateway.py": "builds the rooms of fans; tests/e2e runs it in every node and worker",
    "node/keeping.py": "connects real rooms; tests/e2e/test_node.py finds its metrics fed",
    "node/purging.py": "a real node and a real Varnish; tests/e2e/test_purging.py",
    "node/relay.py": "a real process between a Kafka and a Redis; tests/backends/test_relay.py",
    "regions/relay.py": "a real Kafka and a real Redis; tests/backends/test_relay.py",
    "node/outpost.py": "what workers and edges are; tests/e2e/test_workers.py, tests/e2e/test_edges.py",
    "node/edge.py": "a real process between real processes; tests/e2e/test_edges.py",
    "node/process.py": "loop, log and signals of a real process; tests/e2e runs it in every node",
    "node/server.py": "uvicorn as every node runs it; tests/e2e, tests/adversity/test_drain.py",
}
"""Modules of src without a unit test of the same name, each with where it is tested instead."""


def misplaced(sources: set[str], tests: set[str], untested: dict[str, str]) -> Iterator[str]:
    """Where src/scorewire and tests/unit do not mirror each other.

    Args:
        sources: paths below src/scorewire, `games/engine.py`.
        tests: paths below tests/unit, `games/test_engine.py`.
        untested: modules (or folders ending in /) excused, with the reason.
    """
    excused = tuple(untested)
    modules = {path for path in sources if PurePosixPath(path).name not in {"__init__.py", "__main__.py"}}
    for path in sorted(modules):
        place = PurePosixPath(path)
        wanted = str(place.with_name(f"test_{place.name}"))
        if wanted not in tests and not within(path, excused):
            yield (
                f"src/scorewire/{path} has no tests/unit/{wanted};"
                " write it, or give a reason in tidy.UNTESTED"
            )
    for path in sorted(tests):
        place = PurePosixPath(path)
        if not place.name.startswith("test_"):
            continue
        tested = str(place.with_name(place.name.removeprefix("test_")))
        if tested not in modules:
            yield f"tests/unit/{path} tests no src/scorewire/{tested}; name it after the module that it tests"
    for path in sorted(excused):
        if not path.endswith("/") and path not in sources:
            yield f"tidy.UNTESTED names {path}, which is not there; remove the line"
