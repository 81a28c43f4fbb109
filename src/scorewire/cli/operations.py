"""Reaches a running node through its admin socket; where none runs, opens its data folder.

The socket's mode lets in only the user that the node runs as, so no token is asked for. A folder that no
node has open is opened here with the node's own adapters, which take its lock: the two never mix.
"""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scorewire.api.admin_socket import reachable
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import BackendError, ConfigError, RequestError

if TYPE_CHECKING:
    from scorewire.games.audit import Audit
    from scorewire.games.inquiry import Inquiry
    from scorewire.journal.journal import Journal
    from scorewire.log.local import LocalLog

ANSWER_S = 600.0
"""A rebuild of a long season takes its time."""


class _Problem(msgspec.Struct):
    code: str = "unknown"
    detail: str = ""


@dataclass(slots=True, frozen=True)
class Opened:
    """The stores of a data folder where no node runs."""

    journal: "Journal"
    log: "LocalLog"
    audit: "Audit"
    inquiry: "Inquiry"


def ask(
    config: Config,
    method: str,
    path: str,
    params: Mapping[str, str | int] | None = None,
    body: bytes | None = None,
) -> bytes | None:
    """Ask the running node.

    Args:
        body: JSON, for what takes one.

    Returns:
        The body of its answer; None if no node runs on this data folder.

    Raises:
        RequestError: it refused.
        BackendError: it failed, or does not speak.
    """
    place = Path(config.storage.data) / "admin.sock"
    if not _answers(place):
        return None
    # It takes a while to import, which only those pay who ask.
    import httpx

    try:
        with (
            reachable(place) as address,
            httpx.Client(
                transport=httpx.HTTPTransport(uds=address), base_url="http://node", timeout=ANSWER_S
            ) as client,
        ):
            answer = client.request(
                method,
                path,
                params=dict(params or {}),
                content=body,
                headers={"content-type": "application/json"} if body is not None else None,
            )
    except httpx.HTTPError as error:
        raise BackendError(f"the node at {place} does not answer: {error}", retryable=True) from error
    if answer.is_success:
        return answer.content
    problem = _problem(answer.content)
    if answer.status_code >= 500:
        raise BackendError(f"the node failed: {problem.detail}", retryable=True)
    raise RequestError(answer.status_code, problem.code, problem.detail)


def _answers(place: Path) -> bool:
    """Whether anyone listens; a killed node leaves its socket behind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(place))
        except OSError:
            return False
    return True


def _problem(body: bytes) -> _Problem:
    try:
        return msgspec.json.decode(body, type=_Problem)
    except msgspec.DecodeError:
        return _Problem(detail=body[:200].decode(errors="replace"))


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Opened]:
    """The stores of the data folder, where no node has them open.

    Raises:
        ConfigError: there is no such data, or its log is not in the folder.
        BackendError: it cannot be opened; a node that does not answer may still hold it.
    """
    folder = Path(config.storage.data)
    if config.log.brokers:
        raise ConfigError(
            "log.brokers",
            f"the log is on Kafka, which a running process with the role intake is asked for: none answers in"
            f" {folder}; name its folder with --data",
        )
    journal_absent = not config.storage.journal and not (folder / "journal.sqlite").is_file()
    if journal_absent or not (folder / "log.sqlite").is_file():
        raise ConfigError("storage.data", f"no node has run on {folder} yet; name its folder with --data")
    # The rooms take half a second to import, which those who ask a node need not wait for.
    from scorewire.games.audit import Audit
    from scorewire.games.inquiry import Inquiry
    from scorewire.journal.journal import Journal
    from scorewire.log.local import LocalLog
    from scorewire.sports import SPORTS

    log = await LocalLog.open(
        folder / "log.sqlite",
        queue_max=config.log.queue_max,
        webhook_ids_h=config.log.webhook_ids_h,
        retention_days=config.log.retention_days,
        clock=SystemClock(),
    )
    try:
        journal = await Journal.open(config.storage.journal_place())
        try:
            audit = Audit(journal=journal, log=log, machines=SPORTS)
            yield Opened(journal, log, audit, Inquiry(journal=journal, machines=SPORTS))
        finally:
            await journal.close()
    finally:
        await log.close()
