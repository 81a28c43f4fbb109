"""What `scorewire event` and `scorewire correct` share: the editor's desk of a running node."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from scorewire.api.desk import DeskAnswer, EntriesShown
from scorewire.cli.operations import ask
from scorewire.config import Config
from scorewire.errors import BackendError, FeedError, RequestError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import Detail, Scalar

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who enters it; else the system's user.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the audit.")]
GameArgument = Annotated[str, typer.Argument(help="The game's id.")]

_ANSWER = msgspec.json.Decoder(DeskAnswer)
_ENTRIES = msgspec.json.Decoder(EntriesShown)


def person(by: str) -> str:
    """Who enters something: as told, else the user that runs the command."""
    return by or getpass.getuser()


def told(config: Config, game: str, path: str, body: object, *, entry: bool = True) -> None:
    """Post to the desk of a game, and print what became of it.

    Args:
        entry: whether this is something new that can be handed back, and no handing back itself.

    Raises:
        FeedError: the rules refused it; nothing has changed.
    """
    sent(config, game, f"/v1/admin/games/{game}/desk{path}", body, entry=entry)


def sent(config: Config, game: str, path: str, body: object, *, entry: bool = True) -> None:
    """Post what the desk says of a game to any route that answers as the desk does; see `told`.

    Raises:
        FeedError: the rules refused it; nothing has changed.
    """
    answer = _ANSWER.decode(_asked(config, "POST", game, path, msgspec.json.encode(body)))
    if answer.outcome == "refused":
        raise FeedError(answer.rule, answer.detail)
    if answer.outcome == "pending":
        print(f"{answer.event} is durable and not decided yet; see `scorewire correct list {game}`.")
        return
    print(f"{game} is {answer.score} at seq {answer.seq}.")
    if entry:
        print(f"To take it back: scorewire correct undo {game} {answer.event}")


def entries(config: Config, game: str) -> EntriesShown:
    """What the desk has entered for a game."""
    return _ENTRIES.decode(_asked(config, "GET", game, f"/v1/admin/games/{game}/desk", None))


def lines(shown: EntriesShown) -> list[str]:
    """Entries as lines, newest first."""
    if not shown.entries:
        return ["The desk has entered nothing."]
    found: list[str] = []
    for one in shown.entries:
        time = datetime.fromtimestamp(one.ts / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        state = "stands" if one.stands else f"handed back by {one.handed_back_by}"
        detail = " ".join(f"{name}={value}" for name, value in one.detail.items())
        found += [
            f"{one.seq:5d}  {time}  {one.type:16} {detail}",
            f"       {one.event}  {one.by}: {one.reason}  ({state})",
        ]
    return found


def detail_of(words: list[str]) -> Detail:
    """`minutes=4 penalty=true in=Di María` as a detail: whole numbers and yes or no become such.

    Raises:
        FeedError: `wrong_detail`, for a word without `=`.
    """
    found: Detail = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise FeedError("wrong_detail", f"{word!r} is not NAME=VALUE")
        found[name] = _scalar(value)
    return found


def _scalar(text: str) -> Scalar:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else text


def _asked(config: Config, method: str, game: str, path: str, body: bytes | None) -> bytes:
    if not is_id(game):
        raise RequestError(404, "unknown_game", f"There is no game {game!r}.")
    answer = ask(config, method, path, body=body)
    if answer is None:
        raise BackendError(
            f"no node runs on {config.storage.data}; the desk needs one, --data names its folder",
            retryable=True,
        )
    return answer
