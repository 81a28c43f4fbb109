"""One server in a process of its own, which a test may kill, pause and start again.

    class Redis(Server): name, command(), answers()

A subclass says how it is started and how one sees that it answers; the rest is here. It listens on the
loopback alone, keeps port and folder from start to start, and is gone after `close`, whatever happened.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import ClassVar, Self

from services.family import dwellers, end, halt, household, tell
from services.guard import GUARD
from services.ports import HOST, choose_port, listening

TAIL_LINES = 25
LINGER_S = 2.0
"""So long children may take to end after their head, before they are killed."""


class DidNotStart(AssertionError):
    """A server did not come up; the message says which and holds the end of its log."""


class Server:
    """See the module. Use it as a context manager, or `start` it and `close` it.

    Attributes:
        name: what it is called in messages, folders and tables.
        start_s, stop_s: how long it may take.
        stop_signal: asks it to end in order.
        port: of the loopback; the same after every start.
        folder: all that it writes; removed by `close`.
        log: what it says, over all its starts.
    """

    name: str = "server"
    start_s: ClassVar[float] = 20.0
    stop_s: ClassVar[float] = 20.0
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, *, port: int = 0) -> None:
        self.port = port or choose_port()
        # Not pytest's own folder: that is closed to the user whom PostgreSQL wants when we are root.
        self.folder = Path(tempfile.mkdtemp(prefix=f"scorewire-{self.name}-"))
        GUARD.keep(self.folder)
        self.log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._paused = False

    # What a subclass says.

    def prepare(self) -> None:
        """Write what it needs into `folder`; called once, before the first start."""

    def command(self) -> list[str]:
        """The program and its arguments; it must stay in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Its environment."""
        return dict(os.environ)

    def answers(self) -> bool:
        """Whether it can be used now; False or OSError if not. It tells itself from another on the port."""
        raise NotImplementedError

    def owner(self) -> str | None:
        """The user to run as, where it is not ours."""
        return None

    # What a test does.

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """Of its head process, while it runs."""
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process lives, be it paused."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            DidNotStart: the port is taken, or it ended or stayed silent; with the end of its log.
        """
        assert not self.running, f"{self.name} runs already"
        if listening(self.port):
            raise DidNotStart(f"{self.name} did not start: port {self.port} is in use by another process")
        if not self._ready:
            self.own(self.folder)
            self.prepare()
            self._ready = True
        self._process = self._spawn(self.command())
        deadline = time.monotonic() + self.start_s
        while time.monotonic() < deadline:
            code = self._process.poll()
            if code is not None:
                self._end()
                raise DidNotStart(f"{self.name} ended with {code} before it answered\n{self.tail()}")
            if self._answers():
                return self
            time.sleep(0.01)
        self._end()
        raise DidNotStart(f"{self.name} did not answer within {self.start_s:g} s\n{self.tail()}")

    def stop(self) -> None:
        """Ask it to end and wait until nothing of it is left; `start` may follow."""
        if not self.running:
            self._end()
            return
        self.resume()
        tell([self.pid], self.stop_signal)
        try:
            assert self._process is not None
            self._process.wait(self.stop_s)
        except subprocess.TimeoutExpired:
            self._end()
            raise AssertionError(
                f"{self.name} did not stop within {self.stop_s:g} s\n{self.tail()}"
            ) from None
        deadline = time.monotonic() + LINGER_S
        while dwellers(self.folder) and time.monotonic() < deadline:
            time.sleep(0.005)
        self._end()

    def kill(self) -> None:
        """SIGKILL to it and all its children: nothing is flushed, nobody is told."""
        assert self.running, f"{self.name} does not run"
        self._end()

    def pause(self) -> None:
        """SIGSTOP: connections stay open and are accepted by the kernel, but nobody answers."""
        halt(self.pid, self.folder)
        self._paused = True

    def resume(self) -> None:
        """SIGCONT, after `pause`."""
        if self._paused:
            # Children first: the head must find them awake.
            tell(household(self.pid, self.folder)[::-1], signal.SIGCONT)
            self._paused = False

    def restart(self) -> Self:
        """Stop and start."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """End it, at once as nothing of it is kept, and have its folder removed; twice does no harm."""
        try:
            self._end()
        finally:
            GUARD.remove(self.folder)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    def tail(self) -> str:
        """The end of its log, for messages."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join([f"--- the end of its log, {self.log}:", *text.splitlines()[-TAIL_LINES:]])

    # How it is done.

    def run(self, command: list[str]) -> None:
        """Run a program to its end as the server's user, into its log."""
        process = self._spawn(command)
        if process.wait(60) != 0:
            raise DidNotStart(f"{self.name}: {command[0]} ended with {process.returncode}\n{self.tail()}")

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        owner = self.owner()
        as_user = None if owner is None else pwd.getpwnam(owner)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment(),
                # Ctrl-C at the terminal is for the tests, which then stop their servers in order.
                start_new_session=True,
                user=None if as_user is None else as_user.pw_uid,
                group=None if as_user is None else as_user.pw_gid,
                extra_groups=None if as_user is None else [],
            )

    def own(self, folder: Path) -> None:
        """Give a folder to the server's user."""
        owner = self.owner()
        if owner is not None:
            shutil.chown(folder, owner)

    def _answers(self) -> bool:
        try:
            return self.answers()
        except OSError:
            return False

    def _end(self) -> None:
        """Kill what is left of it, and wait until it is gone."""
        if self._process is None:
            return
        pid = self._process.pid
        # Once waited for, its number may be another's.
        left = end(pid) if self._process.poll() is None else []
        left += [survivor for child in dwellers(self.folder) for survivor in end(child)]
        self._process.wait()
        self._process, self._paused = None, False
        assert not left, f"{self.name} has left processes behind: {left}"


def found(name: str, *folders: str) -> Path | None:
    """A server's program; Debian keeps some where only root's PATH looks, and PostgreSQL's by version."""
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *folders]
    path = shutil.which(name, path=os.pathsep.join(places))
    return None if path is None else Path(path)


def at_least(version: str, major: int) -> bool:
    """Whether a version is new enough: `at_least("7.0.15", 7)`."""
    number = version.partition(".")[0]
    return number.isdigit() and int(number) >= major


def version_of(program: Path, *arguments: str) -> str:
    """The number in the first line of what `--version` says: 7.0.15."""
    said = subprocess.run(
        [program, *(arguments or ("--version",))], capture_output=True, text=True, check=True
    )
    words = (said.stdout + said.stderr).replace("=", " ").replace("-", " ").replace("/", " ").split()
    return next((word.strip("v,()") for word in words if word.strip("v")[:1].isdigit()), "unknown")
