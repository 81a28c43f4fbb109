"""Alive, ready, measured."""

import pytest

from .conftest import World


async def test_alive_whatever_else_is_broken(world: World) -> None:
    world.faults["journal"] = "the disk is full"
    answer = await world.http.get("/livez")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert (await world.http.head("/livez")).status_code == 200


async def test_ready_until_a_part_is_not(world: World) -> None:
    answer = await world.http.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    world.faults["draining"] = "the node stops"
    answer = await world.http.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "[-]draining: the node stops\nnot ready\n")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["verbose", "verbose=1"])
async def test_verbose_names_every_check(world: World, query: str) -> None:
    answer = await world.http.get(f"/readyz?{query}")
    assert answer.text == "[+]journal ok\n[+]draining ok\nok\n"


async def test_what_the_node_serves_without_is_told_of_and_fails_nothing(world: World) -> None:
    world.notes["workers"] = lambda: "2 of 3 away"
    world.notes["link"] = lambda: None
    answer = await world.http.get("/readyz?verbose")
    told = "[+]journal ok\n[+]draining ok\n[!]workers: 2 of 3 away\n[+]link ok\nok\n"
    assert (answer.status_code, answer.text) == (200, told)
    assert (await world.http.get("/readyz")).text == "ok\n"


async def test_the_unix_socket_has_health_too(world: World) -> None:
    assert (await world.admin.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("", "text/plain"), ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")],
)
async def test_metrics_in_the_form_that_is_asked_for(world: World, accept: str, wanted: str) -> None:
    answer = await world.http.get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(wanted)
    assert 'scorewire_build_info{version="0"} 1.0' in answer.text
