"""A running node is asked through its socket; a folder without one is opened, or refused by name."""

import asyncio
import socket
from pathlib import Path

import msgspec
import pytest

from scorewire.cli.operations import ask, opened
from scorewire.config import Config, Log, Storage
from scorewire.errors import BackendError, ConfigError, RequestError


def config(folder: Path) -> Config:
    return Config(storage=Storage(data=str(folder)))


def test_the_running_node_answers(node) -> None:
    node.answers["GET /v1/admin/status?a=1"] = (200, b"{}")
    assert ask(config(node.folder), "GET", "/v1/admin/status", {"a": 1}) == b"{}"


def test_no_node_is_none(tmp_path: Path) -> None:
    assert ask(config(tmp_path), "GET", "/v1/admin/status") is None


def test_a_killed_node_leaves_a_socket_that_counts_for_nothing(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "admin.sock"))
    assert ask(config(tmp_path), "GET", "/v1/admin/status") is None


def test_refusals_and_failures_are_told_apart(node) -> None:
    with pytest.raises(RequestError, match="unknown_route: No such route"):
        ask(config(node.folder), "GET", "/v1/admin/nothing")
    node.answers["GET /broken"] = (500, b"<html>")
    with pytest.raises(BackendError, match="<html>"):
        ask(config(node.folder), "GET", "/broken")


def test_a_folder_without_data_is_refused_and_left_alone(tmp_path: Path) -> None:
    async def open_it() -> None:
        async with opened(config(tmp_path)):
            pass

    with pytest.raises(ConfigError, match=r"storage\.data: no node has run"):
        asyncio.run(open_it())
    assert list(tmp_path.iterdir()) == []


def test_a_log_on_kafka_is_not_looked_for_in_a_folder(tmp_path: Path) -> None:
    async def open_it() -> None:
        async with opened(msgspec.structs.replace(config(tmp_path), log=Log(brokers="localhost:9092"))):
            pass

    with pytest.raises(ConfigError, match=r"log\.brokers: .* role intake .* --data"):
        asyncio.run(open_it())


def test_stores_are_opened_and_closed_again(left_behind: Path) -> None:
    async def twice() -> list[int]:
        seqs = []
        for _ in range(2):
            async with opened(config(left_behind)) as stores:
                seqs.append(await stores.journal.head_seq("spurs-1"))
        return seqs

    first, second = asyncio.run(twice())
    assert first == second > 20
