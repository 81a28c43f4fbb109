"""Names of metrics: by convention, complete, of few labels, and on a page."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scorewire.metrics import METRICS, Metrics, page

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", METRICS)
def test_names_follow_the_convention(name: str) -> None:
    row = METRICS[name]
    assert name.startswith("scorewire_")
    assert name.endswith("_total") == (row.kind == "counter")
    if row.unit in {"seconds", "bytes"}:
        assert name.endswith(f"_{row.unit}")
    assert not {"game", "game_id", "path", "fan", "address", "team"} & set(row.labels)


def test_a_value_is_read_when_somebody_scrapes() -> None:
    metrics = Metrics(version="1.2.3")
    fans = {"sse": 3, "websocket": 1}
    for transport in fans:
        metrics.read("scorewire_fan_connections", lambda kind=transport: fans[kind], transport=transport)
    metrics.read("scorewire_log_commits_total", lambda: 7)
    fans["sse"] = 5
    body, content_type = metrics.exposition("")
    assert content_type.startswith("text/plain")
    found = {
        (sample.name, sample.labels.get("transport")): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
    assert found["scorewire_fan_connections", "sse"] == 5
    assert found["scorewire_fan_connections", "websocket"] == 1
    assert found["scorewire_log_commits_total", None] == 7


def test_only_named_metrics_with_their_labels() -> None:
    metrics = Metrics(version="0")
    with pytest.raises(KeyError):
        metrics.read("scorewire_unheard_of", lambda: 0)
    with pytest.raises(AssertionError):
        metrics.read("scorewire_fan_connections", lambda: 0)
    with pytest.raises(AssertionError):
        metrics.read("scorewire_ingest_duration_seconds", lambda: 0)


def test_two_nodes_in_one_process_do_not_meet() -> None:
    one, two = Metrics(version="1"), Metrics(version="2")
    one.ingest_events.labels("accepted").inc()
    assert two.registry.get_sample_value("scorewire_ingest_events_total", {"outcome": "accepted"}) is None


def test_every_metric_that_a_page_names_is_there() -> None:
    """An alert on a name that nothing has would never ring."""
    named = {
        (page.name, name)
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"\bscorewire_[a-z_]+[a-z]\b", page.read_text(encoding="utf-8"))
    }
    assert {name for page, name in named if page == "deployment.md"} & METRICS.keys(), "is it read?"
    assert not {(page, name) for page, name in named if name not in METRICS}


def test_the_page_is_the_table() -> None:
    assert (DOCS / "metrics.md").read_text() == page(), "run `make docs` and commit docs/metrics.md"
