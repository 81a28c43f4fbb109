"""The suite of log_suite.py over every adapter of the log."""

from pathlib import Path

import pytest

from contract.log_suite import LogSuite, StoppedClock
from scorewire.log.base import ProviderLog
from scorewire.log.local import LocalLog


class TestLocalLog(LogSuite):
    """The embedded profile's log in a file of its own for each test."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "log.sqlite"

    async def start(self) -> ProviderLog:
        return await LocalLog.open(
            self.path, queue_max=1000, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
        )
