"""What one play of a Retrosheet event file did: its runs, outs, errors, and who is on which base after it.

The text is `play/modifier/modifier.advance;advance`, as in `S8/L+.3-H;2-3(E8)(NR)`. The play gives the
batter and whoever it puts out; advances say the rest. A few things are implied: where a hit, a walk or an
error takes the batter; that all score on a home run; that a walk forces; that a stolen base is the next
one.

An out in which a fielder erred is none (`2X3(5E4)`, `CS2(2E4)`, `6E3`): the runner is safe at that base,
but where the same advance goes on to name fielders who put him out (`BXH(E8)(92)`).

Source: retrosheet.org, "Event File Description".
"""

import re
from dataclasses import dataclass, field
from typing import Final

BATTER: Final = 0
HOME: Final = 4

HITS: Final = {"S": ("SINGLE", 1), "D": ("DOUBLE", 2), "T": ("TRIPLE", 3), "HR": ("HOME_RUN", 4)}
REACHES: Final = {
    "W": "WALK",
    "I": "WALK",
    "IW": "WALK",
    "HP": "HIT_BY_PITCH",
    "C": "INTERFERENCE",
    "E": "REACHED_ON_ERROR",
    "FC": "FIELDERS_CHOICE",
}
ON_BASES: Final = {
    "SB": "STOLEN_BASE",
    "CS": "CAUGHT_STEALING",
    "POCS": "CAUGHT_STEALING",
    "PO": "PICKOFF",
    "WP": "WILD_PITCH",
    "PB": "PASSED_BALL",
    "BK": "BALK",
    "DI": "ADVANCE",
    "OA": "ADVANCE",
}
FORCES: Final = frozenset({"WALK", "HIT_BY_PITCH", "INTERFERENCE"})
BATS_IN: Final = frozenset(
    {
        "SINGLE",
        "DOUBLE",
        "TRIPLE",
        "HOME_RUN",
        "OUT",
        "FIELDERS_CHOICE",
        "WALK",
        "HIT_BY_PITCH",
        "INTERFERENCE",
    }
)
"""A run that scores on these is batted in where nothing else is said. Source: OBR 9.04."""
NOT_BATTED_IN: Final = frozenset({"GDP", "BGDP", "NDP", "GTP"})
KINDS: Final = {
    "GTP": "triple_play",
    "LTP": "triple_play",
    "TP": "triple_play",
    "BGDP": "double_play",
    "BPDP": "double_play",
    "GDP": "double_play",
    "LDP": "double_play",
    "NDP": "double_play",
    "DP": "double_play",
    "SF": "sacrifice_fly",
    "SH": "sacrifice_bunt",
    "FO": "force_out",
    "BG": "groundout",
    "BP": "popout",
    "BL": "lineout",
    "G": "groundout",
    "F": "flyout",
    "L": "lineout",
    "P": "popout",
}
"""What an out was, from its modifiers; what says most comes first."""

_PLAY = re.compile(
    r"(?P<hit>DGR|HR|[SDTH])(?P<hit_by>\d*)\Z"
    r"|(?P<reach>IW|HP|FC|[WICE])(?P<reach_by>\d*)\Z"
    r"|K(?P<strikeout>\d*(?:E\d)?)\Z"
    r"|FLE(?P<foul>\d)\Z"
    r"|(?P<steal>SB|POCS|CS|PO)(?P<base>[123H])(?P<credit>(?:\([^()]*\))*)\Z"
    r"|(?P<moves>WP|PB|BK|DI|OA)\Z"
    r"|(?P<fielded>(?:[\dE]+(?:\([B123]\))?)+)\Z"
)
_GROUP = re.compile(r"([\dE]+)(?:\(([B123])\))?")
_ADVANCE = re.compile(r"([B123])([-X])([123H])((?:\([^()]*\))*)\Z")
_NOTE = re.compile(r"\(([^()]*)\)")
_ERROR = re.compile(r"\d*E(\d)")
_CREDITS = re.compile(r"\d+(?:/TH\w*)?\Z")
_WORD = re.compile(r"[A-Z]+")
_REMARKS = str.maketrans("", "", "!?#")
"""What a scorer adds to a play that was fine, uncertain or odd."""


@dataclass(slots=True)
class Part:
    """One thing that happened on a play: the batter's, or a runner's.

    Attributes:
        kind: a type of baseball's table; empty for an error that changes nothing else (a foul fly dropped).
        runner: the base on which the runner stood, BATTER for who bats.
        outs: that this part made.
    """

    kind: str
    runner: int = BATTER
    outs: int = 0


@dataclass(slots=True)
class Play:
    """A play, read.

    Attributes:
        parts: the batter's first, if it had one.
        kind: what an out was (KINDS), or `ground_rule`, `intentional`, `catcher`; empty where it is not said.
        bases: who is on which base afterwards.
        scored: who scored, in the order in which they ran.
        batted_in: how many of them count as batted in; unearned: how many the file marks so.
        errors: positions of the fielders who erred.
        outs: that the play made in all.
        flaws: what does not fit: a runner who was not there, two on one base, an advance that cannot be read.
    """

    parts: list[Part] = field(default_factory=list)
    kind: str = ""
    bases: dict[int, str] = field(default_factory=dict)
    scored: list[str] = field(default_factory=list)
    batted_in: int = 0
    unearned: int = 0
    errors: list[int] = field(default_factory=list)
    outs: int = 0
    flaws: int = 0


@dataclass(slots=True)
class _Moves:
    """Where everybody goes, while a play is read. `said` are the advances that the text spells out."""

    to: dict[int, int] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)
    notes: dict[int, list[str]] = field(default_factory=dict)
    said: set[int] = field(default_factory=set)


def read(text: str, batter: str, bases: dict[int, str]) -> Play | None:
    """A play as it is written; None where it is none that we know.

    Args:
        batter: who bats.
        bases: who is on which base before it; left as it is.
    """
    head, _, tail = text.translate(_REMARKS).partition(".")
    basic, *modifiers = _split(head, "/")
    words = [match[0] for one in modifiers if (match := _WORD.match(one))]
    play, moves = Play(), _Moves()
    advances = [one for one in tail.split(";") if one] if tail else []
    for one in advances:
        _advance(one, play, moves)
    for one in (each for plus in _split(basic, "+") for each in _split(plus, ";")):
        if not _part(one, play, moves, bases):
            return None
    play.errors += [int(one[1]) for one in modifiers if re.fullmatch(r"E\d", one)]
    _describe(play, words)
    _settle(play, moves, batter, bases, may_bat_in=not NOT_BATTED_IN & set(words))
    return play


def _split(text: str, mark: str) -> list[str]:
    """Parts of a text, but not within its brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == mark and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _base(letter: str) -> int:
    return {"B": BATTER, "H": HOME}[letter] if letter in "BH" else int(letter)


def _advance(text: str, play: Play, moves: _Moves) -> None:
    match = _ADVANCE.match(text.rstrip("+-"))
    if match is None:
        play.flaws += 1
        return
    runner, to = _base(match[1]), _base(match[3])
    notes = _NOTE.findall(match[4])
    errors = [int(found[1]) for note in notes if (found := _ERROR.match(note))]
    play.errors += errors
    moves.said.add(runner)
    moves.notes.setdefault(runner, []).extend(notes)
    if match[2] == "X" and (not errors or any(_CREDITS.match(note) for note in notes)):
        moves.out.add(runner)
        moves.to.pop(runner, None)
    elif runner not in moves.out:
        moves.to[runner] = max(to, moves.to.get(runner, 0))


def _part(text: str, play: Play, moves: _Moves, bases: dict[int, str]) -> bool:
    """Read one part of the play itself; False where it is unknown."""
    match = _PLAY.match(text)
    if match is None:
        return False
    if match["hit"]:
        letter = {"DGR": "D", "H": "HR"}.get(match["hit"], match["hit"])
        kind, to = HITS[letter]
        play.kind = "ground_rule" if match["hit"] == "DGR" else play.kind
        play.parts.append(Part(kind))
        _batter_to(to, moves)
        if kind == "HOME_RUN":
            for runner in bases:
                moves.to[runner] = HOME
    elif match["reach"]:
        kind = REACHES[match["reach"]]
        play.parts.append(Part(kind))
        play.kind = {"I": "intentional", "IW": "intentional", "C": "catcher"}.get(match["reach"], play.kind)
        play.errors += [int(match["reach_by"][0])] if kind == "REACHED_ON_ERROR" and match["reach_by"] else []
        _batter_to(1, moves)
        if kind in FORCES:
            _force(moves, bases)
    elif match["strikeout"] is not None:
        _strikeout(match["strikeout"], play, moves)
    elif match["foul"]:
        play.errors.append(int(match["foul"]))
        play.parts.append(Part(""))
    elif match["steal"]:
        _steal(match["steal"], match["base"], _NOTE.findall(match["credit"]), play, moves)
    elif match["moves"]:
        play.parts.append(Part(ON_BASES[match["moves"]], runner=-1))
    else:
        _fielded(match["fielded"], play, moves)
    return True


def _batter_to(base: int, moves: _Moves) -> None:
    if BATTER not in moves.said:
        moves.to[BATTER] = base


def _force(moves: _Moves, bases: dict[int, str]) -> None:
    for runner in (1, 2, 3):
        if runner not in bases:
            return
        if runner not in moves.said:
            moves.to[runner] = runner + 1


def _strikeout(fielders: str, play: Play, moves: _Moves) -> None:
    if "E" in fielders:
        play.errors.append(int(fielders[fielders.index("E") + 1]))
        _batter_to(1, moves)
    elif BATTER not in moves.said:
        moves.out.add(BATTER)
    play.parts.append(Part("STRIKEOUT", outs=int(BATTER in moves.out)))


def _steal(word: str, base: str, notes: list[str], play: Play, moves: _Moves) -> None:
    to = _base(base)
    runner = to if word == "PO" else to - 1
    errors = [int(found[1]) for note in notes if (found := _ERROR.match(note))]
    play.errors += errors
    part = Part(ON_BASES[word], runner=runner)
    play.parts.append(part)
    if word == "SB" or errors:
        if runner not in moves.said and word != "PO":
            moves.to[runner] = to
        moves.notes.setdefault(runner, []).extend(note for note in notes if word == "SB")
    else:
        part.outs = 1
        moves.out.add(runner)
        moves.to.pop(runner, None)


def _fielded(text: str, play: Play, moves: _Moves) -> None:
    """`64(1)3`: each group of fielders puts out who stands behind it in brackets, the last one the batter."""
    ended = False
    for fielders, who in _GROUP.findall(text):
        runner = _base(who) if who else BATTER
        if "E" in fielders:
            play.errors += [int(found) for found in re.findall(r"E(\d)", fielders)]
        else:
            moves.out.add(runner)
            moves.to.pop(runner, None)
            ended = ended or runner == BATTER
    if not ended:
        _batter_to(1, moves)
    play.parts.append(Part("OUT" if moves.out else "REACHED_ON_ERROR"))


def _describe(play: Play, words: list[str]) -> None:
    if play.parts and play.parts[0].kind == "OUT":
        play.kind = next((KINDS[word] for word in KINDS if word in words), "")
    elif play.parts and play.parts[0].kind == "HOME_RUN" and "IPHR" in words:
        play.kind = "inside_the_park"


def _settle(play: Play, moves: _Moves, batter: str, bases: dict[int, str], *, may_bat_in: bool) -> None:
    """Move everybody, the foremost first."""
    stood = {**bases, BATTER: batter}
    play.flaws += len((moves.to.keys() | moves.out) - stood.keys())
    batted = bool(play.parts) and play.parts[0].kind in BATS_IN and may_bat_in
    for runner in (3, 2, 1, BATTER):
        if runner not in stood or runner in moves.out:
            continue
        to = moves.to.get(runner, runner)
        if to == HOME:
            notes = moves.notes.get(runner, [])
            play.scored.append(stood[runner])
            play.unearned += "UR" in notes
            play.batted_in += "RBI" in notes or (batted and not {"NR", "NORBI"} & set(notes))
        elif to != BATTER:
            play.flaws += to in play.bases or to < runner
            play.bases[to] = stood[runner]
    play.outs = len(moves.out & stood.keys())
    if not play.parts:
        return
    first = play.parts[0]
    if first.kind == "ADVANCE" and play.outs:
        first.kind, first.runner = "RUNNER_OUT", max(moves.out & stood.keys())
    # What no other part made is the first one's: the batter's, or the runner's who went too far.
    first.outs += play.outs - sum(part.outs for part in play.parts)
