"""A document that its feed keeps up to date by JSON Patch, instead of sending it whole; pure.

Such a feed answers "what is new since timecode T" with a list of patches, each of which moves the document to
a timecode of its own, or with the whole document where that is shorter. Lists overlap and have holes:

    a patch to a timecode that we have      a duplicate, left out
    a patch that names another beginning    a gap
    a patch that cannot be applied          a gap: it was made against a document that we do not have
    a patch that leads to no new timecode   a gap: nobody could say where the document stands

After a gap the document is forgotten, and the whole of it must be fetched. It is never half patched: a list
of patches is applied to a copy.

Source: RFC 6902 (JSON Patch), RFC 6901 (JSON Pointer); MLB Stats API `feed/live/diffPatch`, and
dword4/nhlapi issue 27 for what its lists look like.
"""

import copy
from typing import Any, Final

import jsonpatch
import msgspec
from jsonpointer import JsonPointer, JsonPointerException

from scorewire.errors import FeedError

DOCUMENT_BYTES_MAX: Final = 16_777_216
"""As intake allows of one payload; `copy` could make far more of a small patch."""
OPERATIONS_MAX: Final = 200_000
TIMECODE: Final = "/metaData/timeStamp"

_ENCODER = msgspec.json.Encoder()


class PatchedDocument:
    """The document as far as its patches lead.

    Args:
        timecode: JSON Pointer to the document's timecode, a string that grows.
        document_bytes_max: of the document in JSON.
    """

    __slots__ = ("_document", "_document_bytes_max", "_pointer", "_timecode", "duplicates")

    def __init__(self, *, timecode: str = TIMECODE, document_bytes_max: int = DOCUMENT_BYTES_MAX) -> None:
        self._pointer = JsonPointer(timecode)
        self._document_bytes_max = document_bytes_max
        self._document: Any = None
        self._timecode = ""
        self.duplicates = 0

    @property
    def timecode(self) -> str:
        """Since when to ask for patches; empty where the whole document is needed."""
        return self._timecode

    def forget(self) -> None:
        """The next answer must be the whole document."""
        self._document, self._timecode = None, ""

    def take(self, body: bytes) -> bytes | None:
        """Take an answer of the feed: a document or patches.

        Returns:
            The document as it is now; None where the answer brought nothing new.

        Raises:
            FeedError: `unreadable_payload`, `patch_gap`, `document_too_large`; the document is forgotten.
        """
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.forget()
            raise FeedError(
                "unreadable_payload", f"this is neither a document nor patches: {error}"
            ) from None
        if isinstance(said, dict):
            return self._replace(said, body)
        try:
            return self._patch(said, len(body))
        except FeedError:
            self.forget()
            raise
        except (jsonpatch.JsonPatchException, JsonPointerException, RecursionError) as error:
            self.forget()
            raise _gap(f"a patch does not fit the document: {error}") from None
        except (TypeError, KeyError, ValueError, IndexError, AttributeError) as error:
            # The library trusts the shape of a patch; what breaks inside it is a patch of another shape.
            self.forget()
            raise _gap(f"a patch cannot be applied: {type(error).__name__}") from None

    def _replace(self, document: dict[str, Any], body: bytes) -> bytes | None:
        timecode = self._timecode_of(document)
        if not timecode:
            self.forget()
            raise FeedError("unreadable_payload", f"the document says no timecode at {self._pointer.path}")
        if self._document is not None and _order(timecode) < _order(self._timecode):
            self.duplicates += 1  # an older copy from a cache
            return None
        news = document != self._document
        self._document, self._timecode = document, timecode
        return body if news else None

    def _patch(self, said: Any, size: int) -> bytes | None:
        if not isinstance(said, list):
            raise FeedError("unreadable_payload", "this is neither a document nor a list of patches")
        if not said:
            return None
        if self._document is None:
            raise _gap("there are patches, and no document to apply them to")
        document, timecode = copy.deepcopy(self._document), self._timecode
        patches = [said] if all(isinstance(one, dict) and "op" in one for one in said) else said
        if sum(len(_operations(patch)) for patch in patches) > OPERATIONS_MAX:
            raise FeedError("document_too_large", f"more than {OPERATIONS_MAX} operations at once")
        room = self._document_bytes_max - size
        for patch in patches:
            operations = _operations(patch)
            end = self._end(operations)
            if end is None:
                raise _gap("a patch says no timecode")
            if _order(end) <= _order(timecode):
                self.duplicates += 1
                continue
            begins = patch.get("startTimecode") if isinstance(patch, dict) else None
            if begins is not None and begins != timecode:
                raise _gap(f"a patch begins at {begins}, and the document stands at {timecode}")
            for operation in operations:
                if operation.get("op") == "copy":
                    room -= len(_ENCODER.encode(JsonPointer(operation["from"]).resolve(document)))
                    if room < 0:
                        raise FeedError("document_too_large", "copies would make the document too large")
                document = jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
            if self._timecode_of(document) != end:
                raise _gap("a patch does not lead to the timecode that it names")
            timecode = end
        if timecode == self._timecode:
            return None
        body = _ENCODER.encode(document)
        if len(body) > self._document_bytes_max:
            raise FeedError("document_too_large", f"the document has {len(body)} bytes")
        self._document, self._timecode = document, timecode
        return body

    def _end(self, operations: list[dict[str, Any]]) -> str | None:
        """To which timecode the operations lead."""
        for operation in reversed(operations):
            if operation.get("path") == self._pointer.path and operation.get("op") in {"add", "replace"}:
                value = operation.get("value")
                return value if isinstance(value, str) else None
        return None

    def _timecode_of(self, document: Any) -> str:
        try:
            value = self._pointer.resolve(document)
        except JsonPointerException:
            return ""
        return value if isinstance(value, str) else ""


def _operations(patch: Any) -> list[dict[str, Any]]:
    """Of `{"diff": [...]}`, or of a bare list."""
    operations = patch.get("diff") if isinstance(patch, dict) else patch
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise FeedError("unreadable_payload", "a patch is a list of operations, or has one as `diff`")
    return operations


def _order(timecode: str) -> tuple[int, str]:
    """Timecodes grow as text of the same length: `20240713_041919`."""
    return len(timecode), timecode


def _gap(detail: str) -> FeedError:
    return FeedError("patch_gap", detail)
