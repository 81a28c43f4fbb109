"""One Apache Kafka broker, its own controller (KRaft), on free ports of the loopback.

No ZooKeeper, no Docker: the jars come from .ci/kafka, and Java 17 or later runs them. What it acknowledges
is in the kernel's hands and not on the disk, as on every Kafka: it survives a kill of the broker, and not of
the machine, for which there are replicas.
"""

import base64
import functools
import hashlib
import os
import uuid
from pathlib import Path

from services.ports import HOST, choose_port
from services.server import Server, found, version_of

ENVIRONMENT = "SCOREWIRE_TEST_KAFKA"
LIBRARIES = "SCOREWIRE_KAFKA_LIBS"
ROOT = Path(__file__).resolve().parents[2]
CHECKSUMS = ROOT / ".ci" / "kafka.sha256"
HEAP_MB = 320
JAVA_MIN = 17

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill the controller takes the broker's next life only when the session of the last has ended.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # A consumer that was killed is missed soon.
    "group.min.session.timeout.ms": "1000",
    "log.segment.bytes": "16777216",
    "num.network.threads": "2",
    "num.io.threads": "4",
}


class KafkaServer(Server):
    """See `Server` for starting, stopping and harming it.

    Args:
        port: of the loopback; 0 chooses one.
        settings: further lines of server.properties.
    """

    name = "kafka"
    # Java on a busy machine of two cores.
    start_s = 120.0
    stop_s = 30.0

    def __init__(self, *, port: int = 0, settings: dict[str, str] | None = None) -> None:
        super().__init__(port=port)
        self._controller_port = choose_port()
        self._cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "x")
        self._settings = settings or {}

    @property
    def url(self) -> str:
        """Where a client begins: `127.0.0.1:PORT`."""
        return f"{HOST}:{self.port}"

    @property
    def data(self) -> Path:
        """Its logs; a test may mount something over it before the first start."""
        return self.folder / "data"

    def prepare(self) -> None:
        listeners = f"PLAINTEXT://{self.url},CONTROLLER://{HOST}:{self._controller_port}"
        settings = {
            **SETTINGS,
            "listeners": listeners,
            "advertised.listeners": f"PLAINTEXT://{self.url}",
            "controller.quorum.bootstrap.servers": f"{HOST}:{self._controller_port}",
            "log.dirs": str(self.data),
            **self._settings,
        }
        lines = [f"{key}={value}\n" for key, value in settings.items()]
        self._properties.write_text("".join(lines))
        self.data.mkdir(exist_ok=True)
        options = ["-t", self._cluster, "--standalone", "-c", str(self._properties)]
        self.run([*java(64), "kafka.tools.StorageTool", "format", *options])

    def command(self) -> list[str]:
        return [*java(HEAP_MB), "kafka.Kafka", str(self._properties)]

    def answers(self) -> bool:
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        admin = AdminClient({"bootstrap.servers": self.url, "log_level": 0})
        try:
            described = admin.list_topics(timeout=0.5)
        except KafkaException:
            return False
        return described.cluster_id == self._cluster and bool(described.brokers)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"


def java(heap_mb: int) -> list[str]:
    """Java with Kafka's jars, for a small process that lives briefly: quick to start, and not at its best."""
    program = found("java")
    libraries = folder()
    assert program is not None, "no Java on this machine; a test that needs it carries @pytest.mark.kafka"
    assert libraries is not None, "no jars of Kafka: run .ci/kafka"
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dlog4j2.level=WARN"]
    return [str(program), f"-Xmx{heap_mb}m", *quick, "-cp", f"{libraries}/*"]


@functools.cache
def folder() -> Path | None:
    """The jars that .ci/kafka has fetched; None where they are missing, or are not those of the checksums."""
    place = Path(os.environ.get(LIBRARIES) or ROOT / ".kafka" / "libs")
    for line in CHECKSUMS.read_text().splitlines():
        digest, name = line.split()
        try:
            body = (place / name).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(body).hexdigest() != digest:
            return None
    return place


@functools.cache
def installed() -> str | None:
    """The version of Kafka that can be started on this machine, or None."""
    program = found("java")
    if program is None or folder() is None:
        return None
    version = version_of(program, "-version")
    if not version.split(".")[0].isdigit() or int(version.split(".")[0]) < JAVA_MIN:
        return None
    names = [line.split()[1] for line in CHECKSUMS.read_text().splitlines()]
    return next(name for name in names if name.startswith("kafka-server-4"))[
        len("kafka-server-") : -len(".jar")
    ]
