"""What a process keeps or reaches: the journal, the log, and what is read back from the journal."""

import asyncio
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.config import Log as LogConfig
from scorewire.errors import ConfigError
from scorewire.games.history import History
from scorewire.games.past import Past
from scorewire.journal.dialect import locate
from scorewire.journal.journal import Journal
from scorewire.journal.libpq import conninfo
from scorewire.journal.positions import LOCAL, MOVED
from scorewire.log.local import LocalLog
from scorewire.node.roles import reads_redis, roles_of
from scorewire.sports import SPORTS

if TYPE_CHECKING:
    from scorewire.log.kafka import KafkaLog

HOLD_S: Final = 15.0
"""How long an intake may be at one call before another takes it over."""

KAFKA: Final = "kafka:"
"""Before the prefix of the topics, in the name by which a journal knows its log."""


class Stores:
    """Opened by `open`, and closed by the stack that it is given.

    Attributes:
        journal: always there.
        log: None in a process that neither writes nor reads claims.
        history, past: what is read back from the journal.
    """

    def __init__(self, *, journal: Journal, log: "LocalLog | KafkaLog | None") -> None:
        self.journal = journal
        self.log = log
        self.history = History(journal=journal, machines=SPORTS)
        self.past = Past(journal=journal, machines=SPORTS)

    @classmethod
    async def open(cls, config: Config, *, clock: Clock, stack: AsyncExitStack) -> "Stores":
        """Open what the process's roles need.

        Raises:
            ConfigError, BackendError: a store cannot be used.
        """
        folder = data_folder(config.storage.data)
        journal = await Journal.open(config.storage.journal_place(), shared=reads_redis(config))
        stack.push_async_callback(journal.close)
        if not roles_of(config) & {"intake", "games"}:
            return cls(journal=journal, log=None)
        await _follow(journal, config)
        if config.log.brokers:
            shared = await _kafka(config)
            stack.push_async_callback(shared.close)
            return cls(journal=journal, log=shared)
        log = await LocalLog.open(
            folder / "log.sqlite",
            queue_max=config.log.queue_max,
            webhook_ids_h=config.log.webhook_ids_h,
            retention_days=config.log.retention_days,
            clock=clock,
            offsets_above=(await journal.applied(0)).position,
        )
        stack.push_async_callback(log.close)
        return cls(journal=journal, log=log)

    @property
    def partitions(self) -> range:
        """Those of the log; none without one."""
        if self.log is None:
            return range(0)
        return range(1 if isinstance(self.log, LocalLog) else self.log.partitions)


async def _follow(journal: Journal, config: Config) -> None:
    """See that the journal's games are decided from the log that is configured.

    Raises:
        ConfigError: they were decided from another, whose claims the journal has counted.
    """
    log = f"{KAFKA}{config.log.topics}" if config.log.brokers else LOCAL
    held = await journal.follow(log)
    if held == log:
        return
    if held == MOVED:
        raise ConfigError(
            "storage.data",
            "the games of this journal were moved to a server and go on there; to go on here as another"
            " history: scorewire journal restored",
        )
    if held == LOCAL:
        raise ConfigError(
            "log.brokers",
            "the games of storage.journal were decided from a log.sqlite, and Kafka's claims are not those"
            " that were counted; scorewire journal move copies a journal.sqlite into an empty database",
        )
    topics = held.removeprefix(KAFKA)
    key = "log.topics" if config.log.brokers else "log.brokers"
    raise ConfigError(key, f"the games of storage.journal are decided from the topics {topics}* of a Kafka")


async def _kafka(config: Config) -> "KafkaLog":
    # The drivers take a fifth of a second to import, which only those pay who use them.
    from confluent_kafka import KafkaException

    from scorewire.log.kafka import KafkaLog
    from scorewire.log.kafka_group import KafkaGroup
    from scorewire.log.kafka_ledger import PostgresLedger

    log, security = config.log, client_settings(config.log)
    claims = f"{log.topics}claims"
    ledger = PostgresLedger(
        conninfo(locate(config.storage.journal_place())),
        holder=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
        hold_s=HOLD_S,
        webhook_ids_h=log.webhook_ids_h,
    )
    await asyncio.to_thread(ledger.prepare)
    group = None
    if "games" in roles_of(config):
        try:
            group = KafkaGroup(brokers=log.brokers, security=security, topic=claims, group=log.group)
        except KafkaException as error:  # settings that the client will not have
            ledger.close()
            raise ConfigError("log.client", str(error.args[0].str())) from error
    return await KafkaLog.open(
        brokers=log.brokers,
        claims_topic=claims,
        letters_topic=f"{log.topics}dead-letters",
        ledger=ledger,
        queue_max=log.queue_max,
        security=security,
        group=group,
    )


def client_settings(log: LogConfig) -> Mapping[str, str]:
    """What `log.client` says, by name.

    Raises:
        ConfigError: a line is not `key=value`; never repeats it, for it may hold a password.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(log.client.splitlines(), start=1):
        if line.strip():
            name, equals, value = line.partition("=")
            if not equals:
                raise ConfigError("log.client", f"line {number} is not key=value")
            found[name.strip()] = value.strip()
    return found


def data_folder(data: str) -> Path:
    """The folder of a process's own files, made if it is not there.

    Raises:
        ConfigError: it cannot be made.
    """
    folder = Path(data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("storage.data", f"cannot make {folder}: {error.strerror}") from error
    return folder
