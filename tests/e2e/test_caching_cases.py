"""The cases of caching_cases.py through the real Varnish and nginx of deploy/, and their table in docs/."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.caching_cases import CASES, Case, table
from e2e.caching_ground import Ground, grounds
from node_process import NodeProcess
from scorewire.model.lifetimes import page_rows

KINDS = ("varnish", "nginx")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path_factory.mktemp("caching") / "data")
    try:
        one.start()
        one.key("acme")
        yield one
    finally:
        one.close()


@pytest.fixture(
    scope="module", params=[pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in KINDS]
)
def ground(request: pytest.FixtureRequest, node: NodeProcess) -> Iterator[Ground]:
    with ExitStack() as stack:
        yield stack.enter_context(grounds(node, [request.param]))[request.param]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(ground: Ground, case: Case) -> None:
    why = case.departs.get(ground.kind)
    if why is None:
        case.check(ground)
        return
    with pytest.raises((AssertionError, KeyError)):
        case.check(ground)


def test_the_docs_have_the_tables() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "caching.md").read_text()
    assert table() in page, "docs/caching.md: put the table of caching_cases.table() in"
    assert page_rows() in page, "docs/caching.md: put the table of model/lifetimes.page_rows() in"
