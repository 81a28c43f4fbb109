"""A process and all that it has started, measured as one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from scorewire.bench.family import Family, cpu_ns, descendants, parents, private_bytes

ROLLUP = """\
55d7b716a000-7ffc991d2000 ---p 00000000 00:00 0                          [rollup]
Rss:                1764 kB
Pss:                 424 kB
Shared_Clean:       1560 kB
Private_Clean:        88 kB
Private_Dirty:       116 kB
Private_Hugetlb:    4096 kB
"""


SPINS = """
import subprocess, sys, time
def spin(seconds):
    ends = time.process_time() + seconds
    while time.process_time() < ends: pass
code = "import sys, time; ends = time.process_time() + 0.05\\nwhile time.process_time() < ends: pass\\n"
child = subprocess.Popen([sys.executable, "-c", code + "print(1, flush=True); sys.stdin.read()"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
spin(0.05)
print(child.pid, flush=True)
sys.stdin.readline()
child.kill()
child.wait()
print(0, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def spinner() -> Iterator[subprocess.Popen[bytes]]:
    """A process and one under it, each of which has spent 50 ms of CPU time."""
    command = [sys.executable, "-c", SPINS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as one:
        yield one
        one.kill()


def test_private_memory_is_clean_and_dirty() -> None:
    assert private_bytes(ROLLUP) == (88 + 116) * 1024


def test_a_tree_is_the_process_and_those_under_it() -> None:
    by_parent = {1: 0, 10: 1, 12: 10, 11: 10, 20: 12, 30: 1}
    assert descendants(10, by_parent) == [10, 11, 12, 20]
    assert descendants(30, by_parent) == [30]
    assert descendants(99, by_parent) == []
    assert parents()[os.getpid()] == os.getppid()


def test_two_processes_are_measured_as_one(spinner: subprocess.Popen[bytes]) -> None:
    assert spinner.stdin is not None
    assert spinner.stdout is not None
    family = Family(spinner.pid)
    below = int(spinner.stdout.readline())
    assert family.pids() == [spinner.pid, below]
    both_ns = family.cpu_ns()
    assert both_ns >= cpu_ns(spinner.pid) + 50_000_000
    assert family.resident_bytes() > Family(below).resident_bytes() > 1_000_000
    assert family.user_bytes() > Family(below).user_bytes() > 1_000_000
    assert set(family.descriptors()) == {spinner.pid, below}
    spinner.stdin.write(b"\n")
    assert spinner.stdout.readline() == b"0\n"
    assert family.pids() == [spinner.pid]
    assert family.cpu_ns() >= both_ns, "what a process that left has spent stays counted"


def test_files_that_are_open_are_counted() -> None:
    family = Family(os.getpid())
    before = family.descriptors()[os.getpid()]
    read, write = os.pipe()
    try:
        assert family.descriptors()[os.getpid()] == before + 2
    finally:
        os.close(read)
        os.close(write)


def test_our_own_cpu_time_is_the_same_by_its_other_name() -> None:
    before = time.process_time_ns()
    between = cpu_ns(os.getpid())
    assert before <= between <= time.process_time_ns()
