"""Keys count at once where they are made, within a second elsewhere, and tokens are never stored."""

import asyncio
import base64
import sqlite3
from dataclasses import dataclass

import pytest
from standardwebhooks import Webhook

from scorewire.errors import ConfigError
from scorewire.journal.keys import CACHED_S, Keys, kind_of


@dataclass(slots=True)
class Hands:
    """A clock that stands still until it is moved."""

    s: float = 1000.0

    def now_ms(self) -> int:
        return 1_671_375_600_000 + int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def keys(path, clock):
    opened = await Keys.open(path, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def beside(path, clock, keys):
    """Another process on the same file."""
    opened = await Keys.open(path, clock=clock)
    yield opened
    await opened.close()


async def test_a_new_secret_is_one_that_standard_webhooks_takes(keys):
    made = await keys.create("acme")
    assert await keys.secrets("acme") == (made.secret,)
    assert len(base64.b64decode(made.secret.removeprefix("whsec_"))) >= 24
    Webhook(made.secret)
    assert await keys.secrets("other") == ()


async def test_several_secrets_may_be_active_and_each_ends_alone(keys, clock):
    made = []
    for _ in range(3):
        made.append(await keys.create("acme"))
        clock.s += 0.001
    assert await keys.secrets("acme") == tuple(one.secret for one in made)
    assert await keys.revoke(made[1].id)
    assert await keys.secrets("acme") == (made[0].secret, made[2].secret)
    assert not await keys.revoke(made[1].id)
    assert not await keys.revoke("key_unknown")


async def test_what_another_process_does_counts_within_a_second(keys, beside, clock):
    first = await beside.create("acme")
    assert await keys.secrets("acme") == (first.secret,)
    clock.s += 0.001
    second = await beside.create("acme")
    token = await beside.create("ed", "reader")
    assert await keys.secrets("acme") == (first.secret,)
    assert await keys.secrets("acme", fresh=True) == (first.secret, second.secret)
    assert await keys.bearer(token.secret) == "reader"
    await beside.revoke(first.id)
    await beside.revoke(token.id)
    clock.s += CACHED_S
    assert await keys.secrets("acme") == (second.secret,)
    assert await keys.bearer(token.secret) is None


async def test_many_callers_share_one_reading(keys, clock):
    await keys.create("acme")
    clock.s += 1
    readings = 0
    read = keys._database.read

    async def counted(work, **how):
        nonlocal readings
        readings += 1
        clock.s += 0.001
        return await read(work, **how)

    keys._database.read = counted
    await asyncio.gather(*(keys.secrets("acme", fresh=True) for _ in range(50)))
    # The first may have begun before the others asked; the second began after all had.
    assert readings <= 2
    await asyncio.gather(*(keys.secrets(f"p{n}") for n in range(50)))
    assert readings <= 2


async def test_tokens_tell_their_role_and_are_not_stored(keys, path):
    reader, admin = await keys.create("ed", "reader"), await keys.create("ann", "admin")
    assert await keys.bearer(reader.secret) == "reader"
    assert await keys.bearer(admin.secret) == "admin"
    for wrong in ("", "swr_", reader.secret[:-1], admin.secret + "x", "é", "\udc80", reader.id):
        assert await keys.bearer(wrong) is None
    assert await keys.secrets("ed") == ()
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert reader.id in dump
    assert reader.secret not in dump
    assert admin.secret not in dump


async def test_a_webhook_secret_is_no_token(keys):
    made = await keys.create("acme")
    assert await keys.bearer(made.secret) is None


async def test_lists_show_no_secrets(keys, clock):
    secret = await keys.create("acme")
    clock.s += 1
    token = await keys.create("ed", "reader")
    clock.s += 1
    await keys.revoke(secret.id)
    listed = await keys.list()
    assert [(one.id, one.provider, one.kind) for one in listed] == [
        (secret.id, "acme", "webhook"),
        (token.id, "ed", "reader"),
    ]
    assert [one.created_ms for one in listed] == [clock.now_ms() - 2000, clock.now_ms() - 1000]
    assert [one.revoked_ms for one in listed] == [clock.now_ms(), None]
    assert secret.secret not in repr(listed)


async def test_a_provider_may_bring_its_own(keys):
    public = "whpk_" + base64.b64encode(bytes(range(32))).decode()
    shared = "whsec_" + base64.b64encode(bytes(24)).decode()
    assert (await keys.add("acme", public)).kind == "public"
    assert (await keys.add("acme", shared)).kind == "webhook"
    assert set(await keys.secrets("acme")) == {public, shared}


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_short",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + base64.b64encode(bytes(32)).decode()[:-2] + "!!",
        "whpk_" + base64.b64encode(bytes(31)).decode(),
        "whsk_" + base64.b64encode(bytes(32)).decode(),
        "whsec_é",
        base64.b64encode(bytes(32)).decode(),
    ],
)
def test_other_texts_are_refused_and_not_repeated(secret):
    with pytest.raises(ConfigError) as raised:
        kind_of(secret)
    assert len(secret) < 10 or secret not in str(raised.value)


async def test_impossible_names_and_kinds_are_refused(keys):
    for name in ("", "a b", "../x", "x" * 65):
        with pytest.raises(ConfigError):
            await keys.create(name)
    with pytest.raises(ConfigError, match="add it"):
        await keys.create("acme", "public")
    assert await keys.list() == ()


async def test_keys_lie_in_the_journals_file(journal, clock, path, world):
    own = journal.keys(clock=clock)
    beside = await Keys.open(path, clock=clock)
    made = await beside.create("acme")
    await beside.close()
    await journal.commit(world.append("a"))
    assert await own.secrets("acme") == (made.secret,)
