"""What one play of Sportradar's MLB feed says, and where the plays of a whole game lie.

Unverified, built from documentation and from the order of messages of a recorded stream.

Quirks that this file decides:
    - A pitch that ends the turn at bat is the result: one claim, so that a call that the umpires take back,
      or a hit that becomes an error, amends it. Runs are a claim of their own, `ID-runs`, and what a runner
      does on a pitch is `ID-runner`; a message of the stream takes them back where it does not tell them.
    - Every pitch lists all runners: bases, outs and runs are read from it. A batter who is out has no row,
      unless he is out on the bases.
    - Walks and strike-outs are the last ball or strike (`bB`, `kKS`) of a turn that is over.
    - `inning_half` T and B; a period is a half-inning. Inning 0 holds the line-ups before the game.
    - The last digits of an outcome say how far the batter came (`aSAD2`), or where he was out (`oST2`).
    - A throw to a base is a `steal` in which nobody moves (`CK`).
    - The line-up names who comes in and not who goes out: only pitchers and pinch hitters and runners are
      told. There is no event for a review: what was called instead comes under the same id.
    - Time is `created_at` and `updated_at`; the score after a play has come with it since 2025.

Source: developer.sportradar.com, MLB push events, play-by-play, FAQ, change log; message-order traces.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.provider_event import Detail, ProviderEvent, Side, SideScore
from scorewire.providers.format import Transcript, read_json, time_ms
from scorewire.providers.sportradar import Game, Person, Summary, place, player, revision, score, since
from scorewire.providers.sportradar import Side as TeamSide
from scorewire.providers.sportradar_scene import Scene, scene_of, tell

PARTS: Final = ("-runs", "-runner")
"""What a pitch can say beside what it is."""
RESULTS: Final[dict[str, tuple[str, str]]] = {
    "S": ("SINGLE", ""),
    "D": ("DOUBLE", ""),
    "T": ("TRIPLE", ""),
    "HR": ("HOME_RUN", ""),
    "HBP": ("HIT_BY_PITCH", ""),
    "CI": ("INTERFERENCE", "catcher"),
    "BB": ("WALK", ""),
    "IBB": ("WALK", "intentional"),
    "ROE": ("REACHED_ON_ERROR", ""),
    "FC": ("FIELDERS_CHOICE", ""),
    "KL": ("STRIKEOUT", ""),
    "KS": ("STRIKEOUT", ""),
    "SB": ("OUT", "sacrifice_bunt"),
    "SF": ("OUT", "sacrifice_fly"),
    "GO": ("OUT", "groundout"),
    "FO": ("OUT", "flyout"),
    "LO": ("OUT", "lineout"),
    "PO": ("OUT", "popout"),
    "BI": ("OUT", "interference"),
    "OBB": ("OUT", "out_of_box"),
    "OP": ("OUT", "appeal"),
    "BK": ("BALK", ""),
}
CALLS: Final[dict[str, str]] = {
    "kKL": "called_strike",
    "kKS": "swinging_strike",
    "kF": "foul",
    "kFT": "foul_tip",
    "kAKP": "called_strike",
    "kAKB": "called_strike",
}
RUNNERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("POCS", "CAUGHT_STEALING", ""),
    ("PO", "PICKOFF", ""),
    ("CS", "CAUGHT_STEALING", ""),
    ("SB", "STOLEN_BASE", ""),
    ("DI", "ADVANCE", "indifference"),
)
"""How outcomes of runners begin who move of their own."""
SCORED: Final = frozenset({"ERN", "eRN", "URN", "uRN"})
BATTED_IN: Final = frozenset({"ERN", "URN"})
NEWCOMERS: Final[dict[int, str]] = {1: "pitcher", 11: "pinch_hitter", 12: "pinch_runner"}
SILENT: Final = frozenset({"atbat", "warmup", "warming_up", "event_over"})
_OUTCOME = re.compile(r"([abko])([A-Z]+?)(?:AD[1-4]|T[1-4])?", re.ASCII)
_HOME_BASE = 4
_INNINGS_MAX = 49


class Runner(Struct, frozen=True):
    """Where a runner was and is; the batter begins at 0."""

    id: str = ""
    starting_base: int = 0
    ending_base: int = 0
    outcome_id: str = ""
    out: bool = False
    first_name: str = ""
    preferred_name: str = ""
    last_name: str = ""

    @property
    def person(self) -> Person:
        """Who it is."""
        return Person(
            id=self.id,
            first_name=self.first_name,
            preferred_name=self.preferred_name,
            last_name=self.last_name,
        )

    @property
    def scores(self) -> bool:
        """Whether this is a run."""
        return not self.out and (self.outcome_id in SCORED or self.ending_base == _HOME_BASE)


class Flags(Struct, frozen=True):
    """What the play is besides."""

    is_ab_over: bool = False
    is_wild_pitch: bool = False
    is_passed_ball: bool = False
    is_double_play: bool = False
    is_triple_play: bool = False


class Count(Struct, frozen=True):
    """After the pitch."""

    balls: int | None = None
    strikes: int | None = None


class Runs(Struct, frozen=True):
    """The score after the play."""

    home_team_runs: int | None = None
    away_team_runs: int | None = None


class Event(Struct, frozen=True):
    """`payload.event`, or a pitch, a steal or a line-up of a whole game."""

    id: str
    type: str
    inning: int | None = None
    inning_half: str = ""
    sequence_number: int | None = None
    sequence: int | None = None
    created_at: str = ""
    updated_at: str = ""
    description: str = ""
    outcome_id: str | None = ""
    flags: Flags = Flags()
    count: Count = Count()
    score: Runs = Runs()
    runners: list[Runner] = []
    hitter_id: str = ""
    hitter: Person | None = None
    pitcher: Person | None = None
    team_id: str = ""
    player_id: str = ""
    position: int | None = None
    first_name: str = ""
    preferred_name: str = ""
    last_name: str = ""


class Half(Struct, frozen=True):
    """The top or the bottom of an inning."""

    half: str = ""
    events: list[dict[str, Any]] = []


class Inning(Struct, frozen=True):
    """Both halves."""

    number: int = 0
    halfs: list[Half] = []


class WholeGame(Game, frozen=True):
    """A game with all its innings; older versions keep the teams in `scoring`."""

    home_team: str = ""
    away_team: str = ""
    scoring: Summary | None = None
    innings: list[Inning] | None = None

    @property
    def sides(self) -> tuple[TeamSide, TeamSide]:
        """Home and away, wherever this version keeps them."""
        held = self.scoring or Summary()
        return (
            self.home or held.home or TeamSide(id=self.home_team),
            self.away or held.away or TeamSide(id=self.away_team),
        )


class Document(Struct, frozen=True):
    """The answer of the play-by-play."""

    game: WholeGame


_EVENT = msgspec.json.Decoder(Event, strict=False)
_DOCUMENT = msgspec.json.Decoder(Document)


def rules(game: Game) -> Detail:
    """No runner is placed in extra innings of the post-season."""
    return {"extra_runner": False} if game.season is not None and game.season.type == "PST" else {}


def half_inning(inning: int | None, half: str) -> int:
    """half_inning(1, "T") == 1, half_inning(9, "B") == 18; 0 for what is no half of an inning."""
    if inning is None or not 0 < inning <= _INNINGS_MAX or half not in {"T", "B"}:
        return 0
    return 2 * inning - (half == "T")


def whole(body: bytes) -> tuple[Game, Iterator[tuple[Scene, Raw]]]:
    """The plays of a whole game.

    Raises:
        FeedError: `unreadable_payload`.
    """
    game = read_json(_DOCUMENT, body, "a game of Sportradar's").game
    if game.innings is None:
        raise FeedError("unreadable_payload", "this is no game of baseball: it has no innings")
    return game, _plays(game, game.innings)


def _plays(game: Game, innings: list[Inning]) -> Iterator[tuple[Scene, Raw]]:
    number = 0
    for inning in innings:
        for half in inning.halfs:
            scene = scene_of(game, half_inning(inning.number, half.half), fresh=True)
            for entry in half.events:
                for play in _entries(entry):
                    number += 1
                    play.setdefault("sequence_number", number)
                    play |= {"inning": inning.number, "inning_half": half.half}
                    yield scene, Raw(msgspec.json.encode(play))


def _entries(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A line-up or an event as it is; of a turn at bat what happened in it, with who bats."""
    for kind, held in entry.items():
        if not isinstance(held, dict):
            continue
        inner = held.get("events")
        if kind != "at_bat" or not isinstance(inner, list):
            yield {"type": "atbat" if kind == "at_bat" else kind, **held}
            continue
        around = {name: held[name] for name in ("hitter_id", "hitter", "sequence") if name in held}
        for play in inner:
            if isinstance(play, dict) and "type" in play:
                yield {**around, **play}


def read(raw: Raw, scene: Scene, transcript: Transcript) -> None:
    """See `Read`."""
    event = _EVENT.decode(raw)
    period = half_inning(event.inning, event.inning_half)
    at = revision(event.updated_at, event.created_at)
    if event.type in SILENT or (event.type == "lineup" and not _comes_in(event, period)):
        transcript.skip(event.type)
        return
    made = _claims(event, period, scene) if period or event.type == "lineup" else []
    if not made:
        transcript.skip("unknown_type" if period else "no_period")
    number = None
    if period and (event.sequence is not None or event.sequence_number is not None):
        moment = since(event.sequence or 0, scene.scheduled_ms)
        number = place(period, moment, (event.sequence_number or 0) * 4)
    common = ProviderEvent(
        provider="",
        game_id="",
        event=event.id,
        revision=at,
        period=period or None,
        text=event.description[:1000] or None,
        time_ms=time_ms(event.created_at) or 0,
    )
    tell(transcript, common, made, PARTS, number, fresh=scene.fresh)


def _comes_in(event: Event, period: int) -> bool:
    return period > 0 and event.position in NEWCOMERS


def _claims(event: Event, period: int, scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    """Fields of the claims, by the end of their id; the first is the play itself."""
    batting: Side = "away" if period % 2 else "home"
    match event.type:
        case "half_start":
            return [("", {"type": "PERIOD_START"})]
        case "half_over" | "half_end":
            return [("", {"type": "PERIOD_END"})]
        case "lineup":
            return [("", _newcomer(event, scene))]
        case "pitch":
            return _pitch(event, batting)
        case "steal":
            return _steal(event, batting)
    return []


def _newcomer(event: Event, scene: Scene) -> dict[str, Any]:
    name = " ".join(filter(None, (event.preferred_name or event.first_name, event.last_name)))
    into = player(Person(id=event.player_id, full_name=name))
    detail: Detail = {"kind": NEWCOMERS[event.position or 0]}
    if into is not None:
        detail = {**detail, "in": into.name or into.id, "in_id": into.id}
    return {"type": "SUBSTITUTION", "team": scene.side(event.team_id), "detail": detail}


def _steal(event: Event, batting: Side) -> list[tuple[str, dict[str, Any]]]:
    moved = _runner(event, batting)
    if moved is None:
        return [("", {"type": "", "reason": "pickoff_throw"})]
    return [("", _stated(event, moved)), *_runs(event, batting, moved["type"])]


def _pitch(event: Event, batting: Side) -> list[tuple[str, dict[str, Any]]]:
    type_, detail = _result(event)
    moved = _runner(event, batting)
    outs = sum(runner.out for runner in event.runners)
    if moved is not None:
        outs -= moved["detail"].get("outs", 0)
    if type_ not in {"PITCH", "BALK", "WILD_PITCH", "PASSED_BALL"}:
        outs += _batter_is_out(event, type_)
        detail = {**detail, "outs": outs} if type_ != "HOME_RUN" else detail
    if moved is None or type_ != "PITCH":
        detail = {**detail, "bases": _bases(event)}
    main: dict[str, Any] = {"type": type_, "team": batting, "player": _hitter(event), "detail": detail}
    runs = [] if type_ == "HOME_RUN" else _runs(event, batting, type_)
    if type_ == "HOME_RUN":
        scored = max(1, sum(runner.scores for runner in event.runners))
        main["detail"] = {**detail, "runs": scored, "rbi": scored}
    claims = [("", main if runs else _stated(event, main)), *runs]
    if moved is not None:
        claims.append(("-runner", moved))
    return claims


def _result(event: Event) -> tuple[str, Detail]:
    """What a pitch was: the end of the turn at bat, a pitch that got away, or a pitch."""
    outcome, flags, count = event.outcome_id or "", event.flags, event.count
    match = _OUTCOME.fullmatch(outcome)
    head, name = match.groups() if match else ("", "")
    if head in {"a", "o"} and name in RESULTS:
        type_, kind = RESULTS[name]
        if flags.is_double_play or flags.is_triple_play:
            kind = "triple_play" if flags.is_triple_play else "double_play"
        return type_, {"kind": kind} if kind else {}
    if flags.is_ab_over and outcome.startswith("b") and count.balls in {4, None}:
        return "WALK", {"kind": "intentional"} if outcome == "bIB" else {}
    if flags.is_ab_over and outcome.startswith("k") and count.strikes in {3, None}:
        return "STRIKEOUT", {"kind": "double_play"} if flags.is_double_play else {}
    if flags.is_wild_pitch or flags.is_passed_ball:
        return "WILD_PITCH" if flags.is_wild_pitch else "PASSED_BALL", {}
    call = "ball" if outcome.startswith("b") else CALLS.get(outcome, "")
    held: Detail = {"call": call} if call else {}
    if count.balls is not None and count.strikes is not None:
        held = {**held, "balls": count.balls, "strikes": count.strikes}
    return "PITCH", held


def _batter_is_out(event: Event, type_: str) -> int:
    """One out, where the batter is out and no row says so already."""
    if any(runner.starting_base == 0 for runner in event.runners):
        return 0
    outcome = event.outcome_id or ""
    return int(type_ == "STRIKEOUT" or (outcome.startswith("o") and outcome != "oFC"))


def _bases(event: Event) -> str:
    held = {runner.ending_base for runner in event.runners if not runner.out}
    return "".join(str(base) for base in (1, 2, 3) if base in held)


def _runner(event: Event, batting: Side) -> dict[str, Any] | None:
    """What the foremost runner did of his own; the bases are those after it."""
    found: list[tuple[Runner, str, str]] = []
    for runner in event.runners:
        for begin, type_, kind in RUNNERS:
            if runner.outcome_id.startswith(begin):
                found.append((runner, type_, kind))
                break
    if not found:
        return None
    foremost, type_, kind = max(found, key=lambda one: (one[0].out, one[0].starting_base))
    detail: Detail = {"bases": _bases(event)}
    if outs := sum(runner.out for runner, _, _ in found):
        detail = {**detail, "outs": outs}
    if kind:
        detail = {**detail, "kind": kind}
    return {"type": type_, "team": batting, "player": player(foremost.person), "detail": detail}


def _runs(event: Event, batting: Side, type_: str) -> list[tuple[str, dict[str, Any]]]:
    home = [runner for runner in event.runners if runner.scores]
    if not home:
        return []
    detail: Detail = {
        "runs": len(home),
        "rbi": sum(runner.outcome_id in BATTED_IN for runner in home),
        "kind": type_.lower(),
        "scored": " ".join(f"sr-{runner.id}" for runner in home),
    }
    runs: dict[str, Any] = {"type": "RUNS", "team": batting, "player": _hitter(event), "detail": detail}
    return [("-runs", _stated(event, runs))]


def _stated(event: Event, fields: dict[str, Any]) -> dict[str, Any]:
    after: SideScore | None = score(event.score.home_team_runs, event.score.away_team_runs)
    return {**fields, "score": after}


def _hitter(event: Event) -> Any:
    named = event.hitter
    if named is None or not named.id:
        batter = next((one for one in event.runners if one.starting_base == 0), None)
        same = batter is not None and batter.id == event.hitter_id
        named = batter.person if batter is not None and same else Person(id=event.hitter_id)
    return player(named)
