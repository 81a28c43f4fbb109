"""What a Varnish is sent, and what becomes of its answers; a real one is purged in e2e/test_purging.py."""

import pytest

from e2e.origin import Origin, Said
from scorewire.api.caching.varnish import VarnishXkey
from scorewire.errors import BackendError


async def test_keys_and_token_are_sent_over_one_connection() -> None:
    with Origin(lambda _: Said(200, b"2\n")) as cache:
        async with VarnishXkey(url=f"http://127.0.0.1:{cache.port}/", token="secret") as varnish:
            await varnish.purge(["g:1", "games"])
    (asked,) = cache.asked
    assert (asked.method, asked.target) == ("PURGE", "/")
    assert asked.headers["surrogate-key"] == "g:1 games"
    assert asked.headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "retryable"), [(403, False), (405, False), (301, False), (503, True), (0, True)]
)
async def test_what_is_no_success_is_an_error(status: int, retryable: bool) -> None:
    with Origin(lambda _: Said(status)) as cache:
        async with VarnishXkey(url=f"http://127.0.0.1:{cache.port}/", token="secret") as varnish:
            with pytest.raises(BackendError) as caught:
                await varnish.purge(["g:1"])
    assert caught.value.retryable == retryable
    assert "secret" not in str(caught.value)


async def test_one_that_is_not_there_is_an_error_that_may_pass() -> None:
    with Origin(lambda _: Said()) as cache:
        port = cache.port
    async with VarnishXkey(url=f"http://127.0.0.1:{port}/", token="secret") as varnish:
        with pytest.raises(BackendError) as caught:
            await varnish.purge(["g:1"])
    assert caught.value.retryable
