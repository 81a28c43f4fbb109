"""A Kafka that two regions reach: home directly, and another over a link that can be cut."""

from types import TracebackType
from typing import Self

from services.kafka import KafkaServer
from services.link import Link
from services.ports import HOST, choose_port


class KafkaAcross:
    """Both start with the block.

    Attributes:
        server: at home.
        link: what the other region's clients pass through; they are told its address.
    """

    def __init__(self) -> None:
        far_port = choose_port()
        self.link = Link(far_port)
        self.server = KafkaServer()
        near, far = f"{HOST}:{self.server.port}", f"{HOST}:{far_port}"
        names = "PLAINTEXT:PLAINTEXT,AWAY:PLAINTEXT,CONTROLLER:PLAINTEXT"
        self.server._settings = {
            "listeners": f"PLAINTEXT://{near},AWAY://{far},CONTROLLER://{HOST}:{self.server._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{near},AWAY://{HOST}:{self.link.port}",
            "listener.security.protocol.map": names,
            "inter.broker.listener.name": "PLAINTEXT",
        }

    @property
    def far(self) -> str:
        """Where clients of the other region begin."""
        return f"{HOST}:{self.link.port}"

    def __enter__(self) -> Self:
        self.link.open()
        self.server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.__exit__(kind, error, trace)
        self.link.close()
