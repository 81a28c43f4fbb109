"""Start servers for trials and hold them until Ctrl-C: make services SERVICES="redis kafka"."""

import argparse
import signal
import sys
import threading
from types import FrameType

from rich.console import Console
from rich.live import Live

from services.board import KINDS, Row, board

REFRESH_S = 1.0


def main() -> int:
    """0 when all that was asked for ran until it was stopped, else 1."""
    parser = argparse.ArgumentParser(prog="make services", description=__doc__)
    parser.add_argument(
        "name", nargs="*", choices=[*KINDS, []], help="which ones; all of them without a name"
    )
    names = parser.parse_args().name or list(KINDS)
    rows = [Row(name, KINDS[name]) for name in names]
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    console = Console()
    try:
        with Live(
            board(rows), console=console, auto_refresh=False, transient=not console.is_terminal
        ) as live:
            for row in rows:
                if not over.is_set():
                    row.start()
                    live.update(board(rows), refresh=True)
            while console.is_terminal and not over.wait(REFRESH_S):
                live.update(board(rows), refresh=True)
        if not console.is_terminal:
            console.print(board(rows))
            over.wait()
    finally:
        for row in reversed(rows):
            if row.one is not None:
                row.one.close()
    troubles = [f"{row.name}: {row.trouble}" for row in rows if row.trouble]
    print(*troubles, sep="\n", file=sys.stderr, end="\n" if troubles else "")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
