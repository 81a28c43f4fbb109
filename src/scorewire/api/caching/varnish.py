"""A Varnish with xkey as deploy/varnish has it: `PURGE /` with the keys in Surrogate-Key and a bearer token.

Source: varnish-modules, vmod_xkey (softpurge).
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Final

import httpx

from scorewire.errors import BackendError

ANSWER_S: Final = 2.0
"""For one purge; the answer that it is about has ended by then."""


class VarnishXkey:
    """One Varnish. Use it as `async with`.

    Args:
        url: of it, as nodes reach it.
        token: that its configuration asks for.
    """

    def __init__(self, *, url: str, token: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            timeout=ANSWER_S,
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
            limits=httpx.Limits(max_connections=1),
        )

    async def __aenter__(self) -> "VarnishXkey":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def purge(self, keys: Sequence[str]) -> None:
        """See `purger.Purge`.

        Raises:
            BackendError: it does not answer, or refuses (not retryable: it will refuse again).
        """
        try:
            answer = await self._client.request("PURGE", self._url, headers={"surrogate-key": " ".join(keys)})
        except httpx.HTTPError as error:
            raise BackendError(f"{type(error).__name__} {error}".strip(), retryable=True) from error
        if answer.status_code != httpx.codes.OK:
            raise BackendError(f"it answers {answer.status_code}", retryable=answer.status_code >= 500)
