"""The answers that a process keeps ready, as the configuration has it."""

import random
from functools import partial

from scorewire.api.caching.kept import KeptAnswers, Turns
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.metrics import Metrics


def keep_answers(
    config: Config, *, clock: Clock, metrics: Metrics, turns: Turns | None = None
) -> KeptAnswers:
    """Make room for them, and tell the metrics whom to ask.

    Args:
        turns: among processes that build the same.
    """
    kept = KeptAnswers(
        bytes_max=config.cdn.kept_bytes_max,
        clock=clock,
        rng=random.Random(),  # noqa: S311 (who builds ahead of time, not a secret)
        turns=turns,
    )
    for outcome in kept.counts:
        metrics.read(
            "scorewire_cache_answers_total", partial(kept.counts.__getitem__, outcome), outcome=outcome
        )
    metrics.read("scorewire_cache_bytes", lambda: kept.bytes)
    return kept
