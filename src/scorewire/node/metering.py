"""Where the metrics are read from: the plain counters of the rooms, whenever somebody scrapes."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from scorewire.fanout.frames import SEVERAL, SINGLE, WEBSOCKET
from scorewire.fanout.hot import HotScores
from scorewire.fanout.hub import Hub
from scorewire.games.owner import GamesOwner
from scorewire.games.shift import Shift
from scorewire.log.local import LocalLog
from scorewire.metrics import Metrics
from scorewire.node.shared_answers import SharedAnswers
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.upstream import UpstreamScoreboard

if TYPE_CHECKING:
    from scorewire.log.kafka import KafkaLog


def connect_log(metrics: Metrics, *, log: "LocalLog | KafkaLog") -> None:
    """Tell the metrics whom to ask about what was made durable."""
    if isinstance(log, LocalLog):
        metrics.read("scorewire_log_commits_total", lambda: log.commits)
        metrics.read("scorewire_log_claims_total", lambda: log.last_offset)
    else:
        metrics.read("scorewire_log_commits_total", lambda: log.batches)
        metrics.read("scorewire_log_claims_total", lambda: log.claims)


def connect_games(metrics: Metrics, *, owner: GamesOwner | Shift) -> None:
    """Tell the metrics whom to ask about what is decided here."""
    metrics.read("scorewire_games_rows_total", lambda: owner.tally.rows)
    metrics.read("scorewire_games_refused_total", lambda: owner.tally.outcomes.get("refused", 0))
    metrics.read("scorewire_games_held_claims", lambda: owner.held)
    metrics.read("scorewire_games_partitions", lambda: len(owner.partitions))
    metrics.read("scorewire_games_conflicts_total", lambda: owner.conflicts)
    metrics.read("scorewire_games_retries_total", lambda: owner.retries)
    metrics.read("scorewire_games_books", lambda: owner.books)
    metrics.read("scorewire_games_stuck", lambda: owner.stuck)


def connect_fans(metrics: Metrics, *, hub: Hub, hot: HotScores) -> None:
    """Tell the metrics whom to ask about the fans of this process."""
    tally = hub.tally
    metrics.read(
        "scorewire_fan_connections", lambda: hub.counts[SINGLE] + hub.counts[SEVERAL], transport="sse"
    )
    metrics.read("scorewire_fan_connections", lambda: hub.counts[WEBSOCKET], transport="websocket")
    metrics.read("scorewire_fan_laggards", lambda: hub.laggards)
    metrics.read("scorewire_fan_deliveries_total", lambda: tally.deliveries)
    metrics.read("scorewire_fan_conflated_total", lambda: tally.resyncs)
    metrics.read("scorewire_fan_stalled_total", lambda: tally.stalls)
    metrics.read("scorewire_fan_refused_total", lambda: tally.overloads)
    metrics.read("scorewire_hot_reads_total", lambda: hot.answers[200], status="200")
    metrics.read("scorewire_hot_reads_total", lambda: hot.answers[304], status="304")


def connect_edges(metrics: Metrics, *, edges: Edges) -> None:
    """Tell the metrics whom to ask about the edges that follow this process."""
    metrics.read("scorewire_edges_linked", lambda: edges.elsewhere)
    metrics.read("scorewire_edges_games", lambda: edges.followed)


def connect_upstream(metrics: Metrics, *, upstream: UpstreamScoreboard, answers: SharedAnswers) -> None:
    """Tell the metrics of an edge whom to ask about its upstream."""
    metrics.read("scorewire_edge_up", upstream.synced.is_set)
    metrics.read("scorewire_edge_away_seconds", lambda: upstream.away_s)
    metrics.read("scorewire_edge_links_total", lambda: upstream.links)
    metrics.read("scorewire_edge_games", lambda: upstream.followed)
    for how in answers.counts:
        metrics.read("scorewire_edge_questions_total", partial(answers.counts.__getitem__, how), answer=how)


def connect_workers(metrics: Metrics, *, edges: Edges, workers: Sequence[str]) -> None:
    """Tell the metrics whom to ask about the fans of workers: the sums under the names that one process has,
    and the rest by worker."""
    for name, field, labels in _OF_FANS:
        metrics.read(name, partial(edges.count, None, field), **labels)
    for worker in workers:
        metrics.read("scorewire_worker_up", partial(_up, edges, worker), worker=worker)
        metrics.read("scorewire_worker_links_total", partial(edges.links, worker), worker=worker)
        for name, field in _BY_WORKER:
            metrics.read(name, partial(edges.count, worker, field), worker=worker)


def _up(edges: Edges, worker: str) -> bool:
    return worker in edges.names


_OF_FANS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("scorewire_fan_connections", "sse", {"transport": "sse"}),
    ("scorewire_fan_connections", "websocket", {"transport": "websocket"}),
    ("scorewire_fan_laggards", "laggards", {}),
    ("scorewire_fan_deliveries_total", "deliveries", {}),
    ("scorewire_fan_conflated_total", "conflated", {}),
    ("scorewire_fan_stalled_total", "stalled", {}),
    ("scorewire_fan_refused_total", "refused", {}),
    ("scorewire_hot_reads_total", "hot_200", {"status": "200"}),
    ("scorewire_hot_reads_total", "hot_304", {"status": "304"}),
    ("scorewire_edges_linked", "edges", {}),
)
_BY_WORKER = (
    ("scorewire_worker_sse_fans", "sse"),
    ("scorewire_worker_websocket_fans", "websocket"),
    ("scorewire_worker_laggards", "laggards"),
    ("scorewire_worker_games", "games"),
    ("scorewire_worker_deliveries_total", "deliveries"),
    ("scorewire_worker_byes_total", "byes"),
    ("scorewire_worker_repairs_total", "repairs"),
)
