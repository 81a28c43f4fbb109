"""For operators: dead letters, keys, rebuild, explain, status.

The same routes answer on the Unix socket, to whoever may open it (its mode is 0600), and on the main port
to an administrator's bearer token. A key's secret is shown once, in the answer that makes it.
"""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse
from litestar.types import Guard
from msgspec import Struct

from scorewire.api import conflicts, desk
from scorewire.api.answers import plain
from scorewire.api.parameters import IdFilter, Limit, PathId
from scorewire.api.problems import AnyRequest, bad_parameter, refuse
from scorewire.errors import ConfigError
from scorewire.journal.keys import KeyListed, Keys
from scorewire.log.base import DeadLetter, ProviderLog
from scorewire.model.ids import Id, is_id

_ENCODER = msgspec.json.Encoder()
_BODY_BYTES_MAX = 10_000
NUMBER_MAX = 2**53

Rebuild = Callable[[str | None], Awaitable[object]]
"""(game or None for all) -> a report that msgspec can encode."""
Explain = Callable[[str, int | None], Awaitable[object]]
"""(game, seq or None for the head) -> a report that msgspec can encode; None for an unknown game."""
Take = Callable[[str], Awaitable[bytes | None]]
"""(game) -> a capture of it as JSON lines; None for an unknown game."""
Status = Callable[[], Awaitable[object]]
"""What the node says of itself; anything that msgspec can encode."""
Replay = Callable[[DeadLetter], Awaitable[bytes]]
"""Puts a dead letter through intake again and settles it; the answer is that of an ingest call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the operators' routes are given; the callables come from games/, intake/ and the node."""

    log: ProviderLog
    keys: Keys
    replay: Replay
    rebuild: Rebuild
    explain: Explain
    capture: Take
    status: Status


class LetterShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dead letter as it is listed; `payload` only where one letter is asked for.

    `payload` is text where the bytes are UTF-8, else `payload_base64` holds them.
    """

    number: int
    ts: int
    provider: str
    game_id: str = ""
    rule: str
    detail: str
    webhook_id: str = ""
    position: str = ""
    state: str
    bytes: int
    payload: str = ""
    payload_base64: str = ""


class LettersShown(Struct, frozen=True, kw_only=True):
    """Newest first."""

    dead_letters: tuple[LetterShown, ...]


class KeysShown(Struct, frozen=True, kw_only=True):
    """Oldest first, without secrets."""

    keys: tuple[KeyListed, ...]


class KeyWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{"provider": "acme", "kind": "webhook"}`."""

    provider: Id
    kind: Literal["webhook", "reader", "direct", "admin"] = "webhook"


_KEY_WANTED = msgspec.json.Decoder(KeyWanted)

_Office = NamedDependency[SkipValidation[Office]]
_Number = Annotated[int, QueryParameter(ge=0, le=NUMBER_MAX)]
_StateFilter = Annotated[Literal["open", "replayed", "dropped", "all"], QueryParameter(name="state")]
_Rule = Annotated[str, QueryParameter(max_length=64)]


async def only_administrators(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """The guard of the main port.

    Raises:
        RequestError: 401 without a token that holds, 403 for a reader's.
    """
    scheme, _sep, token = connection.headers.get("authorization", "").partition(" ")
    office: Office = connection.app.state.office
    role = await office.keys.bearer(token.strip()) if scheme.lower() == "bearer" and token else None
    if role is None:
        raise refuse("unauthenticated", "An administrator's bearer token is needed.")
    if role != "admin":
        raise refuse("forbidden", "This token may read, not administer.")


@get("/status", summary="What the node says of itself")
async def read_status(office: _Office) -> ASGIResponse:
    """Roles, heads, lag, connections."""
    return _json(await office.status())


@get("/dead-letters", summary="What was refused, newest first")
async def list_dead_letters(
    *,
    office: _Office,
    in_state: _StateFilter = "open",
    game: IdFilter = None,
    rule: _Rule = "",
    since_ms: _Number = 0,
    limit: Limit = 100,
) -> ASGIResponse:
    """Without payloads; ask for one by its number."""
    letters = await office.log.dead_letters(
        state="" if in_state == "all" else in_state,
        game_id=game or "",
        rule=rule,
        since_ms=since_ms,
        limit=limit,
    )
    return _json(LettersShown(dead_letters=tuple(_shown(letter, whole=False) for letter in letters)))


@get("/dead-letters/{number:int}", summary="One dead letter, whole")
async def read_dead_letter(office: _Office, number: FromPath[int]) -> ASGIResponse:
    """With the bytes that were refused."""
    return _json(_shown(await _letter(office, number), whole=True))


@post("/dead-letters/{number:int}/replay", summary="Put a dead letter through intake again", status_code=200)
async def replay_dead_letter(office: _Office, number: FromPath[int]) -> ASGIResponse:
    """It is settled as replayed, whatever intake says; what is refused again is a new dead letter."""
    letter = await _open_letter(office, number)
    return plain(await office.replay(letter), "application/json")


@post("/dead-letters/{number:int}/drop", summary="Put a dead letter away", status_code=200)
async def drop_dead_letter(office: _Office, number: FromPath[int]) -> ASGIResponse:
    """It stays listed under `state=dropped`."""
    letter = await _open_letter(office, number)
    await office.log.settle([number], "dropped")
    return _json(_shown(msgspec.structs.replace(letter, state="dropped"), whole=False))


@get("/keys", summary="All keys, without secrets")
async def list_keys(office: _Office) -> ASGIResponse:
    """Revoked ones too."""
    return _json(KeysShown(keys=await office.keys.list()))


@post("/keys", summary="Make a key", status_code=201, request_max_body_size=_BODY_BYTES_MAX)
async def create_key(request: AnyRequest, office: _Office) -> ASGIResponse:
    """The body names provider and kind; the answer is the only one that ever holds the secret."""
    try:
        wanted = _KEY_WANTED.decode(await request.body())
        made = await office.keys.create(wanted.provider, wanted.kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refuse("bad_request", f"The body must be like {KeyWanted.__doc__} {error}") from error
    except ConfigError as error:
        raise bad_parameter("provider", error.detail) from error
    return _json(made, status=201)


@delete("/keys/{key_id:str}", summary="Revoke a key", status_code=204)
async def revoke_key(office: _Office, key_id: PathId) -> None:
    """It ends at once here, and within a second in other processes on the same folder."""
    if not await office.keys.revoke(key_id):
        raise refuse("unknown_key", f"There is no active key {key_id[:64]!r}.")


@post("/rebuild", summary="Fold the journal again and report any difference", status_code=200)
async def rebuild_games(office: _Office, game: IdFilter = None) -> ASGIResponse:
    """One game, or all. It changes nothing: what it reports is for a person to decide."""
    return _json(await office.rebuild(game))


@get("/games/{game_id:str}/explain", summary="From the score to the messages that caused it")
async def explain_game(
    office: _Office,
    game_id: PathId,
    seq: Annotated[int | None, QueryParameter(ge=1, le=NUMBER_MAX)] = None,
) -> ASGIResponse:
    """Every row up to `seq` with the score after it, its cause, and when and how that came in."""
    report = await office.explain(game_id, seq) if is_id(game_id) else None
    if report is None:
        raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
    return _json(report)


@get("/games/{game_id:str}/capture", summary="All claims and rows of a game, to reproduce it elsewhere")
async def capture_game(office: _Office, game_id: PathId) -> ASGIResponse:
    """JSON lines; `scorewire capture check` decides them again."""
    taken = await office.capture(game_id) if is_id(game_id) else None
    if taken is None:
        raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
    return plain(taken, "application/jsonl")


def admin_router(*, guards: Sequence[Guard]) -> Router:
    """The routes of this file, under /v1/admin; without guards only where the socket itself guards."""
    return Router(
        "/v1/admin",
        route_handlers=[
            read_status,
            list_dead_letters,
            read_dead_letter,
            replay_dead_letter,
            drop_dead_letter,
            list_keys,
            create_key,
            revoke_key,
            rebuild_games,
            explain_game,
            capture_game,
            *desk.HANDLERS,
            *conflicts.HANDLERS,
        ],
        guards=guards,
        tags=["admin"],
        security=[{"administrator": []}] if guards else [],
    )


async def _letter(office: Office, number: int) -> DeadLetter:
    letter = await office.log.dead_letter(number) if 0 < number <= NUMBER_MAX else None
    if letter is None:
        raise refuse("unknown_dead_letter", f"There is no dead letter {number}.")
    return letter


async def _open_letter(office: Office, number: int) -> DeadLetter:
    letter = await _letter(office, number)
    if letter.state != "open":
        raise refuse("already_settled", f"Dead letter {number} was {letter.state} before.")
    return letter


def _shown(letter: DeadLetter, *, whole: bool) -> LetterShown:
    text, encoded = "", ""
    if whole:
        try:
            text = letter.payload.decode()
        except UnicodeDecodeError:
            encoded = base64.b64encode(letter.payload).decode()
    return LetterShown(
        number=letter.number,
        ts=letter.ts,
        provider=letter.provider,
        game_id=letter.game_id,
        rule=letter.rule,
        detail=letter.detail,
        webhook_id=letter.webhook_id,
        position=letter.position,
        state=letter.state,
        bytes=len(letter.payload),
        payload=text,
        payload_base64=encoded,
    )


def _json(value: object, *, status: int = 200) -> ASGIResponse:
    return plain(_ENCODER.encode(value), "application/json", status=status)
