"""A capture as this configuration decides its games, of a node that runs and of one that does not."""

from scorewire import __version__
from scorewire.config import Config
from scorewire.games import capture
from scorewire.games.audit import Audit
from scorewire.games.tellers import Terms
from scorewire.model.provider_event import SequenceKind
from scorewire.providers import PROVIDERS


def sequence_kind(config: Config, provider: str) -> SequenceKind | None:
    """As configured, else as the built-in decoder of that name declares, else unknown."""
    configured = config.providers.get(provider)
    if configured is not None and configured.sequence is not None:
        return configured.sequence
    name = configured.format if configured is not None and configured.format else provider
    return PROVIDERS[name].sequence if name in PROVIDERS else None


def terms(config: Config) -> Terms:
    """On which several providers of one game are heard."""
    return Terms(
        failover_ms=config.games.failover_s * 1000,
        steady_ms=config.games.steady_s * 1000,
        shadow=frozenset(name for name, one in config.providers.items() if one.shadow),
    )


async def take(config: Config, audit: Audit, *, game_id: str, epoch: str, now_ms: int) -> bytes | None:
    """The capture of a game as a file; None for an unknown game."""
    head = capture.CaptureHead(
        scorewire=__version__,
        game_id=game_id,
        epoch=epoch,
        captured_ms=now_ms,
        reorder_ms=config.games.reorder_ms,
        held_max=config.games.held_max,
        terms=terms(config),
    )
    taken = await audit.capture(head, lambda provider: sequence_kind(config, provider))
    return capture.write(taken) if taken is not None else None
