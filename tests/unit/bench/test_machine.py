"""Cores, descriptors, processor, file system, commit."""

import os
import re
import resource
from pathlib import Path

import pytest

from scorewire.bench.machine import (
    Cores,
    check_descriptors,
    commit,
    describe,
    file_system,
    on_cores,
    processor,
    share_cores,
    shared_cores,
)
from scorewire.errors import ConfigError

MOUNTS = """\
/dev/root / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/sdb /srv/live\\040data xfs rw 0 0
/dev/sdc /tmp/deep btrfs rw 0 0
overlay /tmp/deep overlay rw 0 0
"""


@pytest.mark.parametrize(
    ("allowed", "server", "clients"),
    [([0], (0,), (0,)), ([0, 1], (1,), (0,)), ([6, 2, 4], (6,), (2, 4))],
)
def test_the_server_has_the_last_core_alone(
    allowed: list[int], server: tuple[int, ...], clients: tuple[int, ...]
) -> None:
    assert share_cores(allowed) == Cores(server, clients)


@pytest.mark.parametrize(
    ("cores", "workers", "server", "clients"),
    [
        (1, 6, [0], [0]),
        (2, 6, [1], [0]),
        (8, 3, [5, 6, 7], [0, 1, 2, 3, 4]),
        (8, 9, [4, 5, 6, 7], [0, 1, 2, 3]),
    ],
)
def test_workers_have_a_core_each_as_far_as_half_of_them_go(
    cores: int, workers: int, server: list[int], clients: list[int]
) -> None:
    assert share_cores(range(cores), workers) == Cores(tuple(server), tuple(clients))


def test_cores_are_given_back() -> None:
    before = os.sched_getaffinity(0)
    with shared_cores() as cores:
        assert os.sched_getaffinity(0) == set(cores.clients)
        with on_cores(cores.server):
            assert os.sched_getaffinity(0) == set(cores.server)
        assert os.sched_getaffinity(0) == set(cores.clients)
    assert os.sched_getaffinity(0) == before


def test_too_many_fans_are_refused_with_what_would_fit() -> None:
    check_descriptors(700, 1000)
    check_descriptors(10**9, resource.RLIM_INFINITY)
    with pytest.raises(ConfigError, match="at most --fans 700"):
        check_descriptors(701, 1000)


def test_fans_are_spread_over_workers_with_room_to_spare() -> None:
    check_descriptors(1330, 1000, workers=2)
    with pytest.raises(ConfigError, match=r"1331 fans need 3 workers .* 2 hold 1330"):
        check_descriptors(1331, 1000, workers=2)


def test_the_processor_has_a_name_or_none() -> None:
    cpuinfo = "processor\t: 0\nmodel name\t: Some Processor 9 \nflags\t: a\nmodel name\t: Some Processor 9\n"
    assert processor(cpuinfo) == "Some Processor 9"
    assert processor("BogoMIPS : 50.00\n") == ""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/tmp/a", "tmpfs"),
        ("/tmpfile", "ext4"),
        ("/srv/live data/x", "xfs"),
        ("/tmp/deep/x", "overlay"),
    ],
)
def test_the_longest_and_latest_mount_decides(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_this_machine_is_described(tmp_path: Path) -> None:
    machine = describe(Cores((1,), (0,)), tmp_path)
    assert machine.cpu
    assert machine.cores == 2
    assert machine.memory_gib > 0
    assert machine.disk != "unknown"


def test_the_commit_is_this_repositorys_or_a_version() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}\+?|version \S+", commit())
