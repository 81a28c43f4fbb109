"""What fans ask beside the score: whose ball, which down, how many out, how long the power play.

Each sport says it in its words, `at_side` (beside a team) and `in_game` (under the score), as entries over
the state's detail; static/situation.js does the same in a browser, and a test holds the two equal.

An entry:
    text        `{down} & {togo}`: names in braces stand for values of detail; a text with a value that is
                not there is not shown. `{power_play.until}` goes into a tree, `$` is the side,
                `{outs|out|outs}` counts, `{@result.winner}` is the name of a side
    by, texts   one text of several, by a value; `` for the rest
    is          only at the side that this value names
    if, unless  only where this value is there and not false, or is not
    each        a tree: the text once for each of its items, whose own values (or `key` and `value`) come
                first; `own` names the side that an item belongs to
    values      words for values: {"down": {"1": "1st"}}
    over        shown once the game is over, too
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from scorewire.model.score_state import Tree
from scorewire.web.words import Words

_NAME = re.compile(r"\{(@?)([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}")


def situation(
    entries: Iterable[Words], known: Tree, side: str, names: Mapping[str, str], *, over: bool
) -> tuple[str, ...]:
    """The texts that there is something to say in.

    Args:
        known: detail, and what else may be named.
        side: `home` or `away`; empty for what is shown once.
        names: of the sides.
    """
    wanted = (entry for entry in entries if not over or entry.get("over"))
    told = (_line(entry, item, side, names) for entry in wanted for item in _items(entry, known, side))
    return tuple(text for text in told if text)


def look(known: object, path: str, side: str = "") -> object:
    """The value at `a.b.$` of a tree; None where there is none."""
    for part in path.replace("$", side).split("."):
        known = known.get(part) if isinstance(known, dict) else None
    return known


def _items(entry: Words, known: Tree, side: str) -> Iterator[Tree]:
    """What the names of an entry are looked up in: all that is known, or that with each item in turn."""
    if "each" not in entry:
        yield known
        return
    held = look(known, entry["each"], side)
    for key, value in sorted(held.items()) if isinstance(held, dict) else ():
        item = value if isinstance(value, dict) else {"key": key, "value": value}
        if "own" not in entry or item.get(entry["own"]) == side:
            yield {**known, **item}


def _line(entry: Words, known: Tree, side: str, names: Mapping[str, str]) -> str:
    if "is" in entry and look(known, entry["is"], side) != side:
        return ""
    if "if" in entry and not look(known, entry["if"], side):
        return ""
    if "unless" in entry and look(known, entry["unless"], side):
        return ""
    text = entry.get("text", "")
    if "by" in entry:
        kind = look(known, entry["by"], side)
        texts = entry["texts"]
        text = texts.get(kind if isinstance(kind, str) else "", texts.get("", ""))
    complete = True

    def fill(found: re.Match[str]) -> str:
        nonlocal complete
        value = _word(found, look(known, found[2], side), entry.get("values", {}), names)
        complete = complete and bool(value)
        return value

    filled = _NAME.sub(fill, text)
    return filled if complete else ""


def _word(found: re.Match[str], value: object, values: Words, names: Mapping[str, str]) -> str:
    """One value as a word; empty where there is none to show."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if found[1]:
        return names.get(str(value), "")
    if found[3] is not None:
        return f"{value} {found[3] if value == 1 else found[4]}"
    return str(values.get(found[2], {}).get(str(value), str(value).replace("_", " ")))
