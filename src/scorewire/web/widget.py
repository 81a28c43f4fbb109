"""The widget as one module: the client, what it needs of the words, its style, and static/live-score.js.

It carries only the words that it shows: the short status of a game and the titles of key events. A type of
event whose title all sports share is told once.
"""

import re
from collections.abc import Mapping

import msgspec

from scorewire.web.one_module import join
from scorewire.web.words import DEFAULTS, EVENTS, SPORTS, Words, humanise

MODULES = (
    "live-score-words.js",
    "live-score-says.js",
    "protocol.js",
    "live-score-hub.js",
    "live-score.js",
)
"""Each after those it needs; of such orders the one that packs best."""
TOLD = ("score", "card", "correction")
"""Weights of the events that the widget lists."""
RULES = (
    (r"^T(\d)", "Top $1"),
    (r"^M(\d)", "Mid $1"),
    (r"^B(\d)", "Bot $1"),
    (r"^E(\d)", "End $1"),
    (r"^S(\d).*", "Set $1"),
    (" END$", " end"),
)
"""How most labels are shortened, one after the other; the table of a sport has the others."""
_SPACE = re.compile(r"\s*([{};,>])\s*|(:)\s+|\s+")


def words_module(css: str) -> bytes:
    """The module live-score-words.js, made anew from words/ and live-score.css."""
    plain, titles = _titles()
    words = {
        "sports": {name: _short(entry) for name, entry in SPORTS.items()},
        "rules": RULES,
        "plain": f" {' '.join(plain)} ",
        "events": titles,
    }
    told = msgspec.json.encode(words)
    return b"export const words = %s;\nexport const css = %s;\n" % (told, msgspec.json.encode(_tight(css)))


def widget_module(files: Mapping[str, bytes]) -> bytes:
    """The one module that foreign pages load."""
    return join(files[name].decode() for name in MODULES).encode()


def light_style(css: str) -> bytes:
    """The widget's style for the same elements in a page of ours: `:host` is the element."""
    return re.sub(r":host(?:\(([^)]*)\))?", r"live-score\1", css).encode()


def _short(entry: Words) -> Words:
    """Of a sport what its short status and the moments of its events need."""
    kept: Words = {name: entry[name] for name in ("clock", "bases")}
    if not entry["minutes"]:
        del kept["bases"]
    kept["shorts"] = {label: short for label, short in entry["shorts"].items() if shorten(label) != short}
    kept["over"] = entry["over"]["short"].replace("Final", "")  # which is what is said where nothing is
    if "extra" in entry:
        kept["regular"] = entry["regular"]
        kept["extra"] = entry["extra"]["short"]
        # `#` is the number of the overtime, or of the last inning.
        if not entry["clock"]:
            kept["extra"] += " #"
        elif entry["columns"].get(str(entry["regular"] + 1)) == "OT":
            kept["extra"] += " #OT"
    shootout = entry["shootout"]
    if shootout["label"]:
        kept["shootout"] = [shootout["label"], f"{shootout['short']} {shootout.get('sub', '')}".strip()]
    kept["turn"] = _turn(entry["moments"])
    return {name: value for name, value in kept.items() if value and value != DEFAULTS.get(name)}


def shorten(label: str) -> str:
    """A label after the rules; static/live-score.js does the same."""
    for found, told in RULES:
        label = re.sub(found, told.replace("$1", r"\1"), label)
    return label


def _turn(moments: Mapping[str, str]) -> str:
    """`Q` where periods are Q1, Q2; empty where they are not so called."""
    one = moments.get("1", "")
    return one[0] if one[1:] == "1" and moments.get("2") == f"{one[0]}2" else ""


def _titles() -> tuple[list[str], Words]:
    """Types that are told by their name; sport -> type -> title of others, under `all` what sports share."""
    told = {
        sport: {name: str(entry["text"]) for name, entry in table.items() if entry["weight"] in TOLD}
        for sport, table in EVENTS.items()
    }
    shared: dict[str, str] = {}
    for table in told.values():
        for name, title in table.items():
            shared.setdefault(name, title.partition(": {")[0])
    own = {
        sport: {name: title for name, title in table.items() if sport and title != shared[name]}
        for sport, table in told.items()
    }
    plain = [name for name, title in shared.items() if title == humanise(name)]
    others = {name: title for name, title in shared.items() if name not in plain}
    return plain, {"all": others, **{sport: table for sport, table in own.items() if table}}


def _tight(css: str) -> str:
    """Without the space that nobody needs; a space before a colon may join selectors, so it stays."""
    return _SPACE.sub(lambda found: found[1] or found[2] or " ", css).replace(";}", "}").strip()
