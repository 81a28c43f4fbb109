"""`scorewire bench site` measures a real site, small; its figures are no figures here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.redis import RedisServer

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(180)]


def test_it_measures_the_way_and_the_owners(
    tmp_path: Path, kafka_address: str, postgres_url: str, redis_url: str
) -> None:
    result = tmp_path / "site.json"
    command = [sys.executable, "-m", "scorewire", "bench", "site", "--rounds", "5", "--events", "2000"]
    command += ["--owners", "2", "--json", str(result), "--folder", str(tmp_path)]
    servers = {
        "SCOREWIRE_BENCH_BROKERS": kafka_address,
        "SCOREWIRE_BENCH_JOURNAL": postgres_url,
        "SCOREWIRE_BENCH_REDIS": redis_url,
    }
    env = {**os.environ, **servers}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {one["name"]: one["value"] for one in json.loads(result.read_bytes())["figures"]}
    assert figures["call sent to 202, p50"] < figures["call sent to fan, p50"]
    assert figures["2 processes of owners: events decided a second"] > 0
    assert figures["Kafka: 300 bytes, acks=all, p50"] > 0


def test_it_measures_regions_and_edges_of_edges(
    tmp_path: Path, kafka_address: str, postgres_url: str, redis_url: str
) -> None:
    result = tmp_path / "tiers.json"
    command = [sys.executable, "-m", "scorewire", "bench", "tiers", "--fans", "2", "--rounds", "3"]
    command += ["--json", str(result), "--folder", str(tmp_path)]
    with RedisServer() as other:
        servers = {
            "SCOREWIRE_BENCH_BROKERS": kafka_address,
            "SCOREWIRE_BENCH_JOURNAL": postgres_url,
            "SCOREWIRE_BENCH_REDIS": redis_url,
            "SCOREWIRE_BENCH_REGIONS": other.url,
        }
        env = {**os.environ, **servers}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = [one["name"] for one in json.loads(result.read_bytes())["figures"]]
    tiers = ["home region", "region 2", "edge", "edge of the edge"]
    assert names[::2] == [f"{tier}: call sent to last fan, p50" for tier in tiers]
