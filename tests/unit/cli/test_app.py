"""The table of commands: quick, complete, and errors that name the key."""

import subprocess
import sys

import pytest

from scorewire import __version__
from scorewire.cli.app import COMMANDS, main

PRINT_MODULES = (
    "import sys\nfrom scorewire.cli.app import main\n"
    "try: main(['--help'])\nfinally: print(*sorted(sys.modules))"
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_help_imports_no_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES], capture_output=True, text=True, check=False, timeout=30
    ).stdout
    loaded = set(shown.splitlines()[-1].split())
    assert "scorewire.cli.app" in loaded
    assert not loaded & {"litestar", "sqlalchemy", "httpx", "uvicorn", "msgspec", "asyncio"}
    assert not loaded & {module for module, _ in COMMANDS.values()}


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name in ("demo", "serve", "keys", "watch", "explain", "dead-letters", "rebuild", "doctor", "config"):
        assert name in out


@pytest.mark.parametrize("name", ["demo", "serve", "watch", "explain", "rebuild", "doctor"])
def test_each_command_has_help_of_its_own(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert COMMANDS[name][1].split(",")[0][:30] in " ".join(out.split())


@pytest.mark.parametrize(
    ("group", "command"), [("keys", "revoke"), ("config", "schema"), ("dead-letters", "show")]
)
def test_each_group_lists_its_own(capsys: pytest.CaptureFixture[str], group: str, command: str) -> None:
    code, out, _ = run(capsys, group, "--help")
    assert code == 0
    assert command in out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"scorewire {__version__}\n", "")


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "sreve")
    assert code == 2
    assert "sreve" in err


def test_what_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "absent", ("scorewire.absent", "Plans."))
    code, _, err = run(capsys, "absent")
    assert code == 2
    assert "absent: is not part of this installation" in err


def test_a_bad_key_is_named_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOREWIRE__SERVER__PROT", "1")
    code, _, err = run(capsys, "serve")
    assert code == 2
    assert err.startswith("scorewire: server.prot: no such setting")
