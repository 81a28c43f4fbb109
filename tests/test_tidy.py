"""The house rules hold for the whole tree, and each rule has been seen to fail."""

from pathlib import Path

import pytest

from tidy import PURE, UNTESTED, banned_calls, impure_imports, lengths, misplaced

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "scorewire"


def python_files(folder: Path) -> list[tuple[str, str]]:
    return [
        (path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    ]


def test_files_and_functions_are_short() -> None:
    found = [
        sentence
        for folder in (PACKAGE, ROOT / "tests")
        for file in python_files(folder)
        for sentence in lengths(*file)
    ]
    assert not found, "\n".join(found)


def test_scripts_of_the_pages_are_short() -> None:
    scripts = [path for path in sorted(PACKAGE.rglob("*.js")) if len(path.read_text().splitlines()) > 500]
    assert not scripts, f"longer than 500 lines, split by the nouns in them: {scripts}"


def test_pure_rooms_let_the_world_out() -> None:
    found = [sentence for file in python_files(PACKAGE) for sentence in impure_imports(*file)]
    assert not found, "\n".join(found)


def test_what_is_called_pure_is_there() -> None:
    missing = [name for name in PURE if not (PACKAGE / name).exists()]
    assert not missing, f"renamed or gone, and so no longer held to be pure: {missing}"


def test_calls_stay_in_their_one_file() -> None:
    found = [sentence for file in python_files(PACKAGE) for sentence in banned_calls(*file)]
    assert not found, "\n".join(found)


def test_tests_mirror_the_source() -> None:
    found = list(
        misplaced(
            {path for path, _ in python_files(PACKAGE)},
            {path for path, _ in python_files(ROOT / "tests" / "unit")},
            UNTESTED,
        )
    )
    assert not found, "\n".join(found)


# The rules themselves.


def test_a_file_of_501_lines_is_too_long() -> None:
    assert not list(lengths("a.py", "x = 1\n" * 500))
    (sentence,) = lengths("a.py", "x = 1\n" * 501)
    assert "a.py: 501 lines" in sentence


def function(code: int) -> str:
    return 'def f():\n    """One.\n\n    Two.\n    """\n    # why\n\n' + "    x = 1\n" * (code - 1)


def test_a_function_of_71_code_lines_is_too_long() -> None:
    assert not list(lengths("a.py", function(70)))
    (sentence,) = lengths("a.py", function(71))
    assert "a.py:1: f has 71 code lines" in sentence


def test_docstrings_comments_and_blank_lines_are_not_code() -> None:
    padded = function(10) + "    # words\n\n" * 100
    assert not list(lengths("a.py", padded))


def test_a_string_over_many_lines_is_code() -> None:
    body = 'def f():\n    return """' + "word\n" * 80 + '"""\n'
    assert len(list(lengths("a.py", body))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import asyncio",
        "import time",
        "from random import choice",
        "import socket as s",
        "import sqlalchemy.ext.asyncio",
    ],
)
@pytest.mark.parametrize("path", ["model/ids.py", "sports/soccer.py", "games/engine.py"])
def test_a_pure_module_may_not_import_the_world(path: str, line: str) -> None:
    (sentence,) = impure_imports(path, f"def f():\n    {line}\n")
    assert f"{path}:2" in sentence
    assert "take the value as an argument" in sentence


def test_a_shell_may_import_the_world_and_a_pure_module_may_compute() -> None:
    assert not list(impure_imports("games/runner.py", "import asyncio"))
    assert not list(impure_imports("sports/soccer.py", "import re\nfrom datetime import datetime\n"))


@pytest.mark.parametrize(
    ("snippet", "hint"),
    [
        ("import asyncio\nasyncio.create_task(f())", "TaskGroup"),
        ("import asyncio as a\na.gather(f())", "TaskGroup"),
        ("from asyncio import ensure_future\nensure_future(f())", "TaskGroup"),
        ("loop.create_task(f())", "TaskGroup"),
        ("self.group.create_task(f())", "TaskGroup"),
        ("make().create_task(f())", "TaskGroup"),
        ("import time\ntime.time()", "now_ms"),
        ("from time import monotonic\nmonotonic()", "now_ms"),
        ("import time\nx = time.sleep", "now_ms"),
        ("from datetime import datetime\ndatetime.now(UTC)", "now_ms"),
        ("import datetime\ndatetime.datetime.now()", "now_ms"),
        ("import datetime as dt\ndt.date.today()", "now_ms"),
        ("import random\nrandom.randint(1, 2)", "random.Random"),
        ("from random import choice\nchoice([1])", "random.Random"),
        ("import os\nos.environ['A']", "settings.py"),
        ("import os\nos.environ.get('A')", "settings.py"),
        ("from os import getenv\ngetenv('A')", "settings.py"),
        ("def f():\n    import os\n    os.getenv('A')", "settings.py"),
        ("print('x')", "structlog"),
    ],
)
def test_a_banned_call_is_found_and_told_what_to_use(snippet: str, hint: str) -> None:
    sentences = list(banned_calls("games/runner.py", snippet))
    assert sentences
    assert all(hint in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "snippet",
    [
        "import random\nr = random.Random(7)\nr.choice([1])",
        "from datetime import datetime, UTC\ndatetime.fromtimestamp(0, UTC)",
        "import os\nos.fsync(3)",
        "clock.now_ms()\nself.clock.monotonic_s()",
        "pprint = 1\nconsole.print('x')",
        "import asyncio\nasyncio.sleep(1)",
        "def time(now_ms): ...\ntime(3)",
        "Board.random = 1\nself.time.now()",
    ],
)
def test_what_is_fine_is_left_alone(snippet: str) -> None:
    assert not list(banned_calls("games/runner.py", snippet))


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        ("node/single.py", "group.create_task(f())"),
        ("clock.py", "import time\ntime.time_ns()"),
        ("settings.py", "import os\nos.environ"),
        ("cli/watch.py", "print('x')"),
        ("bench/fanout.py", "import time\ntime.perf_counter()"),
    ],
)
def test_a_call_is_fine_in_its_own_file(path: str, snippet: str) -> None:
    assert not list(banned_calls(path, snippet))
    assert list(banned_calls("games/runner.py", snippet))


def test_a_module_without_tests_is_named() -> None:
    (sentence,) = misplaced({"games/engine.py", "games/__init__.py"}, {"games/__init__.py"}, {})
    assert "src/scorewire/games/engine.py has no tests/unit/games/test_engine.py" in sentence


def test_a_test_of_nothing_is_named() -> None:
    (sentence,) = misplaced({"clock.py"}, {"test_clock.py", "games/test_clock.py"}, {})
    assert "tests/unit/games/test_clock.py tests no src/scorewire/games/clock.py" in sentence


def test_an_excuse_needs_its_module() -> None:
    assert not list(misplaced({"a.py", "b/c.py"}, set(), {"a.py": "why", "b/": "why"}))
    (sentence,) = misplaced({"a.py"}, {"test_a.py"}, {"gone.py": "why"})
    assert "gone.py" in sentence
