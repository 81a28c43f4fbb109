"""Several modules as one, without comments and needless space: how /widget.js is made.

There is no build step, and none is needed for this: the modules are joined in the order in which they need
each other, so imports between them say nothing any more. Names stay as they are written, but for constants
that are numbers (`SILENCE_MS`), which stand as numbers where they are used. That no two modules use one name
at their top is held by a test, and a browser would refuse the module outright.

Source: ECMA-262 12 (tokens; where a `/` begins a regular expression), 12.10 (what a line's end means).
"""

import re
from collections.abc import Iterable, Iterator

_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./[\w-]+\.js";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function|let)\b)", re.M)
_CONSTANT = re.compile(r"\bconst ([A-Z]+_[A-Z_]+)=([\d_]+);")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<word>[\w$\#]+)
    |(?P<sign>.)""",
    re.X | re.S,
)
_EXPRESSION = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_VALUE_ENDS = re.compile(r"""[\w$)\]}"'`]\Z""")
_BEFORE_EXPRESSION = frozenset({"return", "typeof", "case", "of", "in"})
_ENDS_LINE = frozenset("{}[(;,")
_BEGINS_LINE = frozenset("}])")


def join(sources: Iterable[str]) -> str:
    """One module of several, each after those it imports from; it exports nothing.

    Args:
        sources: modules that import nothing but each other, by `import { ... } from "./name.js";`.
    """
    joined = "".join(squeeze(_EXPORT.sub("", _IMPORT.sub("", source))) for source in sources)
    for name, number in _CONSTANT.findall(joined):
        joined = re.sub(
            rf"\b{name}\b", number.replace("_", ""), joined.replace(f"const {name}={number};", "")
        )
    return joined


def squeeze(source: str) -> str:
    """The same program without comments and space that means nothing.

    Args:
        source: every statement in it ends with a semicolon, one that ends with a brace too (`f = () => {};`).
    """
    made: list[str] = []
    last, space = "", ""
    for kind, text in _tokens(source):
        if kind in ("space", "comment"):
            space = "\n" if "\n" in text or space == "\n" else " "
            continue
        if space and last:
            made.append(_between(last, text, line=space == "\n"))
        made.append(text)
        last, space = text, ""
    return "".join(made) + "\n"


def _between(last: str, following: str, *, line: bool) -> str:
    """What must stand between two tokens that something stood between."""
    if line:
        return "" if last in _ENDS_LINE or following in _BEGINS_LINE else "\n"
    before, after = last[-1], following[0]
    worded = _is_wordy(before) and _is_wordy(after)
    return " " if worded or (before == after and before in "+-") else ""


def _is_wordy(character: str) -> bool:
    return character.isalnum() or character in "_$#"


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at, last = 0, ""
    while at < len(source):
        if source[at] == "`":
            end = _template_end(source, at)
            kind, text = "template", source[at:end]
        else:
            found = _TOKEN.match(source, at)
            assert found is not None
            assert found.lastgroup is not None
            kind, text = found.lastgroup, found[0]
            if text == "/" and (not _VALUE_ENDS.search(last) or last in _BEFORE_EXPRESSION):
                expression = _EXPRESSION.match(source, at)
                kind, text = ("expression", expression[0]) if expression else (kind, text)
        yield kind, text
        at += len(text)
        if kind not in ("space", "comment"):
            last = text


def _template_end(source: str, start: int) -> int:
    """Where the template literal that begins at `start` is over; templates may stand in its expressions."""
    at = start + 1
    while source[at] != "`":
        if source[at] == "\\":
            at += 2
        elif source.startswith("${", at):
            at = _substitution_end(source, at + 2)
        else:
            at += 1
    return at + 1


def _substitution_end(source: str, start: int) -> int:
    depth, at = 1, start
    while depth:
        if source[at] == "`":
            at = _template_end(source, at)
            continue
        found = _TOKEN.match(source, at)
        assert found is not None
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        at = found.end()
    return at
