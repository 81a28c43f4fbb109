"""What this process measures, for Prometheus: one registry of our own, one table of names.

Names end in their unit or in `_total`; labels never hold a game, a fan or anything else that grows. Hot
paths count in plain integers of their own, which are read when somebody scrapes (`read`); the rest counts
here. A name that is not in METRICS cannot be used, so docs/metrics.md is complete.

Source: Prometheus, "Metric and label naming"; OpenMetrics 1.0.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

Kind = Literal["counter", "gauge", "histogram"]


class Named(NamedTuple):
    """One row of the table. `unit`: as a reader would say it; `labels`: with their possible values."""

    kind: Kind
    unit: str
    labels: dict[str, str]
    meaning: str


_TRANSPORT = {"transport": "sse, websocket"}
_WORKER = {"worker": "1, 2 ... of `serve --workers`"}

METRICS: dict[str, Named] = {
    "scorewire_build_info": Named("gauge", "1", {"version": "of this package"}, "always 1"),
    "scorewire_http_requests_total": Named(
        "counter",
        "requests",
        {"route": "path template, or none", "method": "GET, POST ...", "status": "200, 304 ..."},
        "answers of the framework; hot reads and streams are counted apart",
    ),
    "scorewire_http_request_duration_seconds": Named(
        "histogram",
        "seconds",
        {"route": "path template, or none"},
        "from the request's head to the answer's end",
    ),
    "scorewire_hot_reads_total": Named(
        "counter", "requests", {"status": "200, 304"}, "scores answered by the protocol layer"
    ),
    "scorewire_cdn_purges_total": Named(
        "counter",
        "keys",
        {"outcome": "sent, failed, coalesced, dropped"},
        "of answers that caches in front were to forget; those that failed or were dropped end by time",
    ),
    "scorewire_cache_answers_total": Named(
        "counter",
        "requests",
        {"outcome": "hit, joined, built, bypassed"},
        "of lists, rows and whole states: from memory, from a build under way, built, built past the memory",
    ),
    "scorewire_playbacks": Named("gauge", "playbacks", {}, "games that are played back now"),
    "scorewire_cache_bytes": Named("gauge", "bytes", {}, "of answers that are kept ready"),
    "scorewire_ingest_calls_total": Named(
        "counter",
        "calls",
        {"provider": "of the configuration or the keys, else unknown", "status": "202, 401 ..."},
        "calls of providers, by answer",
    ),
    "scorewire_ingest_events_total": Named(
        "counter", "events", {"outcome": "accepted, duplicate, rejected"}, "what was in the accepted calls"
    ),
    "scorewire_ingest_duration_seconds": Named(
        "histogram", "seconds", {}, "from the first byte of a call to its durable answer"
    ),
    "scorewire_log_commits_total": Named(
        "counter", "commits", {}, "of the provider log, each with one fsync; rounds, where it lies on Kafka"
    ),
    "scorewire_log_claims_total": Named(
        "counter", "claims", {}, "made durable on the provider log, by this process where several write it"
    ),
    "scorewire_log_lag_claims": Named("gauge", "claims", {}, "durable, but not yet applied by the owner"),
    "scorewire_games_rows_total": Named("counter", "rows", {}, "appended to the journal"),
    "scorewire_games_refused_total": Named("counter", "claims", {}, "refused by an owner: dead letters"),
    "scorewire_games_held_claims": Named("gauge", "claims", {}, "waiting behind a gap in a dense sequence"),
    "scorewire_games_partitions": Named(
        "gauge", "partitions", {}, "of the log, whose games are decided here"
    ),
    "scorewire_games_conflicts_total": Named(
        "counter", "conflicts", {}, "games or partitions that another owner had written or taken over"
    ),
    "scorewire_games_retries_total": Named(
        "counter",
        "retries",
        {},
        "of the log and the journal, which owners wait for; grows while either is away",
    ),
    "scorewire_games_books": Named("gauge", "games", {}, "whose plays are in memory"),
    "scorewire_games_stuck": Named(
        "gauge",
        "games",
        {},
        "of several providers in which what is due cannot be decided; see the node's log",
    ),
    "scorewire_scoreboard_games": Named("gauge", "games", {}, "whose state is in memory"),
    "scorewire_scoreboard_heard": Named(
        "gauge", "1", {}, "1 while what is decided elsewhere is heard of; 0 while Redis is away"
    ),
    "scorewire_scoreboard_waiting": Named(
        "gauge", "updates", {}, "not shown on Redis yet; grows while it is away, up to some 10,000"
    ),
    "scorewire_scoreboard_resent_total": Named(
        "counter", "updates", {}, "shown on Redis again, because it had lost them or never got them"
    ),
    "scorewire_fan_connections": Named("gauge", "fans", _TRANSPORT, "connected now"),
    "scorewire_fan_laggards": Named("gauge", "fans", {}, "whose network takes nothing now"),
    "scorewire_fan_deliveries_total": Named("counter", "frames", {}, "written to fans, one a fan and update"),
    "scorewire_fan_conflated_total": Named(
        "counter", "states", {}, "full states given to laggards in place of missed updates"
    ),
    "scorewire_fan_stalled_total": Named(
        "counter", "fans", {}, "closed because they took nothing for too long"
    ),
    "scorewire_fan_refused_total": Named("counter", "fans", {}, "told to come back later"),
    "scorewire_game_events_waiting": Named(
        "gauge", "updates", {}, "not announced on Kafka yet; grows while it is away, up to some 10,000"
    ),
    "scorewire_game_events_failed_total": Named(
        "counter", "updates", {}, "not acknowledged by Kafka; their game's newest state follows"
    ),
    "scorewire_relay_staleness_seconds": Named(
        "histogram", "seconds", {}, "from writing a row at home to showing it in this region"
    ),
    "scorewire_relay_behind_seconds": Named(
        "gauge",
        "seconds",
        {},
        "for how long this region may lack something; one or two while all is well, quiet or not",
    ),
    "scorewire_relay_lag_updates": Named("gauge", "updates", {}, "announced, and not read by this relay yet"),
    "scorewire_relay_partitions": Named("gauge", "partitions", {}, "that this relay carries"),
    "scorewire_relay_lost_total": Named(
        "counter", "updates", {}, "deleted by age, or unreadable, before they were carried; read from home"
    ),
    "scorewire_relay_skipped_total": Named(
        "counter", "updates", {}, "of an epoch that the home region has no more"
    ),
    "scorewire_lines_kept_total": Named("counter", "games", {}, "whose lines were counted anew and kept"),
    "scorewire_lines_waiting_games": Named(
        "gauge",
        "games",
        {},
        "with rows that the sums of their season have not seen: those that go on, mostly",
    ),
    "scorewire_tables_kept_total": Named("counter", "tables", {}, "of leagues, made anew and kept"),
    "scorewire_tables_waiting_games": Named(
        "gauge", "games", {}, "with a newer result than the table of their league has seen"
    ),
    "scorewire_stats_behind_seconds": Named(
        "gauge", "seconds", {}, "of the role stats: for how long tables may lack something"
    ),
    "scorewire_stats_lag_updates": Named(
        "gauge", "updates", {}, "announced, and not read by this process of the role stats yet"
    ),
    "scorewire_stats_partitions": Named(
        "gauge", "partitions", {}, "that this process of the role stats hears"
    ),
    "scorewire_edges_linked": Named("gauge", "edges", {}, "that follow this process over `/v1/link` now"),
    "scorewire_edges_games": Named("gauge", "games", {}, "that these edges follow"),
    "scorewire_edge_up": Named("gauge", "1", {}, "of an edge: 1 while it is linked to its upstream"),
    "scorewire_edge_away_seconds": Named("gauge", "seconds", {}, "of an edge: for which it has had no link"),
    "scorewire_edge_links_total": Named(
        "counter", "links", {}, "of an edge to its upstream; each beyond the first was a return"
    ),
    "scorewire_edge_games": Named("gauge", "games", {}, "of an edge: which it follows, for fans or readers"),
    "scorewire_edge_staleness_seconds": Named(
        "histogram", "seconds", {}, "of an edge: age of each update when it is applied, from its row on"
    ),
    "scorewire_edge_questions_total": Named(
        "counter",
        "questions",
        {"answer": "asked, shared, kept, stale"},
        "of an edge, for what it does not hold: asked of the upstream, answered with what another had asked"
        " at the same time, with what was kept, or with what was kept because the upstream failed",
    ),
    "scorewire_worker_up": Named(
        "gauge", "1", _WORKER, "1 while it is linked to the pipeline, 0 while it or its link is away"
    ),
    "scorewire_worker_links_total": Named(
        "counter", "links", _WORKER, "to the pipeline, since that started; each beyond the first was a return"
    ),
    "scorewire_worker_sse_fans": Named("gauge", "fans", _WORKER, "connected now over SSE"),
    "scorewire_worker_websocket_fans": Named("gauge", "fans", _WORKER, "connected now over WebSocket"),
    "scorewire_worker_laggards": Named("gauge", "fans", _WORKER, "whose network takes nothing now"),
    "scorewire_worker_games": Named("gauge", "games", _WORKER, "followed in this worker"),
    "scorewire_worker_deliveries_total": Named("counter", "frames", _WORKER, "written to fans"),
    "scorewire_worker_byes_total": Named("counter", "fans", _WORKER, "told to come back"),
    "scorewire_worker_repairs_total": Named(
        "counter", "games", _WORKER, "of which updates were lost on the way, and read back"
    ),
}

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Around the promises: 10 ms embedded, 50 ms through Kafka and Redis, 200 ms inside, 2 s to the screen."""

Source = Callable[[], float]


class Metrics:
    """The counters of one node.

    Args:
        version: of the package.
    """

    def __init__(self, *, version: str) -> None:
        self.registry = CollectorRegistry()
        self._sources = _Sources()
        self.registry.register(self._sources)
        ProcessCollector(registry=self.registry)
        build = Gauge("scorewire_build_info", "always 1", ["version"], registry=self.registry)
        build.labels(version).set(1)
        self.http_requests = self._counter("scorewire_http_requests_total")
        self.http_seconds = self._histogram("scorewire_http_request_duration_seconds")
        self.ingest_calls = self._counter("scorewire_ingest_calls_total")
        self.ingest_events = self._counter("scorewire_ingest_events_total")
        self.ingest_seconds = self._histogram("scorewire_ingest_duration_seconds")

    def read(self, name: str, source: Source, **labels: str) -> None:
        """Ask `source` for the value whenever somebody scrapes; it must be quick and must not raise.

        Args:
            name: a counter or gauge of METRICS.
            labels: exactly those that METRICS names.
        """
        row = METRICS[name]
        assert row.kind != "histogram", f"{name} is observed, not read"
        assert set(labels) == set(row.labels), f"{name} has the labels {sorted(row.labels)}"
        self._sources.add(name, row, labels, source)

    def histogram(self, name: str) -> Histogram:
        """One that only some processes have; it is there from now on."""
        return self._histogram(name)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The body of /metrics and its content type, in the format that `accept` prefers."""
        encoder, content_type = choose_encoder(accept)
        return encoder(self.registry), content_type

    def _counter(self, name: str) -> Counter:
        row = METRICS[name]
        return Counter(name.removesuffix("_total"), row.meaning, list(row.labels), registry=self.registry)

    def _histogram(self, name: str) -> Histogram:
        row = METRICS[name]
        return Histogram(name, row.meaning, list(row.labels), registry=self.registry, buckets=_BUCKETS_S)


class _Sources(Collector):
    """Values that live elsewhere, read at each scrape."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Named, list[tuple[dict[str, str], Source]]]] = {}

    def add(self, name: str, row: Named, labels: dict[str, str], source: Source) -> None:
        self._held.setdefault(name, (row, []))[1].append((labels, source))

    def collect(self) -> Iterator[Metric]:
        for name, (row, sources) in self._held.items():
            family: CounterMetricFamily | GaugeMetricFamily
            if row.kind == "counter":
                family = CounterMetricFamily(
                    name.removesuffix("_total"), row.meaning, labels=list(row.labels)
                )
            else:
                family = GaugeMetricFamily(name, row.meaning, labels=list(row.labels))
            for labels, source in sources:
                family.add_metric([labels[label] for label in row.labels], source())
            yield family


def page() -> str:
    """docs/metrics.md."""
    lines = [
        "# Metrics",
        "",
        "`GET /metrics`, in the Prometheus text format or OpenMetrics, as the Accept header prefers. No",
        "label holds a game or a fan. `process_*` is of the operating system. A line is absent where the",
        "node has no such part.",
        "",
        "| name | kind | unit | labels | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in METRICS.items():
        labels = "; ".join(f"`{label}`: {values}" for label, values in row.labels.items())
        lines.append(f"| `{name}` | {row.kind} | {row.unit} | {labels} | {row.meaning} |")
    return "\n".join([*lines, ""])
