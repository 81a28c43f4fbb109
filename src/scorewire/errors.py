"""One tree of errors; who is at fault decides what follows.

ScorewireError
├── FeedError            a provider is at fault: dead-letter it under `rule`, keep serving
│   ├── Unauthenticated  the caller is not who they say: 401, and the log sees nothing of it
│   └── WebhookConflict  a webhook-id came back with another body: 409
├── RequestError         a fan or client is at fault: 4xx or a close code
├── BackendError         a store, log or network is at fault; `retryable` says whether to try again
│   └── OutcomeUnknown   it failed while it was making something durable, which may be so or not
├── SequenceConflict     another owner has written this game's next row: reload, never overwrite
│   └── OwnerFenced      another owner has taken the whole partition over: stop
└── ConfigError          the operator is at fault: refuse to start, naming the key
"""


class ScorewireError(Exception):
    """Root of everything that Scorewire raises on purpose."""


class FeedError(ScorewireError):
    """What a provider sent cannot be used.

    Args:
        rule: the stable name of the rule, as in docs/protocol.md (`negative_score`).
        detail: one sentence for a person; never holds a secret.
    """

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule
        self.detail = detail


class Unauthenticated(FeedError):
    """The signature, its timestamp or the provider's name does not hold."""


class WebhookConflict(FeedError):
    """The same webhook-id was used for another body."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__("webhook_id_reused", f"webhook-id {webhook_id!r} was used for another body")


class RequestError(ScorewireError):
    """A reader's request cannot be answered.

    Args:
        status: the HTTP status, 400 to 499 or 503.
        code: the stable name of the problem, as in docs/protocol.md (`unknown_game`).
        detail: one sentence for a person.
        retry_after_s: seconds to wait before asking again, where that helps.
    """

    def __init__(self, status: int, code: str, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class BackendError(ScorewireError):
    """A part that we stand on failed.

    Args:
        detail: what failed, without credentials.
        retryable: whether the same call may succeed later.
    """

    def __init__(self, detail: str, *, retryable: bool) -> None:
        super().__init__(detail)
        self.retryable = retryable


class OutcomeUnknown(BackendError):
    """What was to become durable may have; whoever tries again must look first."""


class SequenceConflict(ScorewireError):
    """Another owner has moved this game's head; the loser reloads from the journal."""

    def __init__(self, game_id: str, expected_seq: int) -> None:
        super().__init__(f"game {game_id}: head is no longer at {expected_seq}")
        self.game_id = game_id
        self.expected_seq = expected_seq


class OwnerFenced(SequenceConflict):
    """Another owner has taken a partition of the log over; nothing more of it is ours to write."""

    def __init__(self, partition: int, expected_position: int) -> None:
        super().__init__(f"partition {partition}", expected_position)
        self.partition = partition


class ConfigError(ScorewireError):
    """A setting is wrong; `key` names it as in docs/configuration.md (`server.port`)."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(f"{key}: {detail}")
        self.key = key
        self.detail = detail
