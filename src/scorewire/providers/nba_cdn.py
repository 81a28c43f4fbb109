"""NBA live data of cdn.nba.com: `playbyplay_GAME.json`, the whole list of actions, rewritten as it grows.

Quirks that this file decides:
    - `orderNumber` is the order of play; `actionNumber` is the id and is not monotonic. `sequence` is the
      position among the claims made of the whole list, 1..N, dense. A live list may gain an action between
      two others, which moves the positions behind it: whoever polls it live declares its sequence `sparse`.
    - An action is edited in place, up to more than an hour later. `edited` in milliseconds is its revision.
    - The clock is an ISO 8601 duration that counts down: PT11M38.00S is 11:38, PT00M45.30S is 0:45.3.
    - Scores are strings, and stated after every action. Home and away are not: the side whose basket moved
      `scoreHome` is home. Until the first basket nobody can tell, and no claim is made (`side_unknown`);
      the companion `boxscore` tells at once.
    - `x`, `y` are percent of the court as drawn; `side` is the basket that is attacked.
    - An assist is part of its basket; a steal and a block are actions of their own. A substitution is two
      actions, out and in, that nothing ties together: the first out of a team at a clock goes with its first
      in, and they make one claim under the id of the out. One without partner is skipped
      (`substitution_unpaired`): its partner may not be published yet.
    - Stoppages have no end and no meaning for the score: skipped (`stoppage`).
    - `description` is the feed's own sentence; it travels as `text`.
    - Instant Replay and Coach's Challenge arrive as one action with the ruling: REVIEW_STARTED and
      REVIEW_ENDED, the first with an id of its own (`ID-start`).

Source: payloads of cdn.nba.com/static/json/liveData/playbyplay and /boxscore.
"""

import re
from collections import deque
from collections.abc import Iterator

import msgspec
from msgspec import Raw, Struct

from scorewire.model.provider_event import Detail, GameDeclared, ProviderEvent, Side, Team, Venue
from scorewire.providers import nba
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_companion,
    read_json,
    rfc3339,
    slices,
    time_ms,
)

PROVIDER = "nba_cdn"

SHOTS = {
    ("2pt", "Made"): "FG2",
    ("3pt", "Made"): "FG3",
    ("freethrow", "Made"): "FT",
    ("2pt", "Missed"): "FG2_MISS",
    ("3pt", "Missed"): "FG3_MISS",
    ("freethrow", "Missed"): "FT_MISS",
}
PLAIN = {
    "rebound": "REBOUND",
    "steal": "STEAL",
    "block": "BLOCK",
    "turnover": "TURNOVER",
    "foul": "FOUL",
    "violation": "VIOLATION",
    "timeout": "TIMEOUT",
    "jumpball": "JUMP_BALL",
    "ejection": "EJECTION",
}
EDGES = {
    ("period", "start"): "PERIOD_START",
    ("period", "end"): "PERIOD_END",
    ("game", "end"): "GAME_END",
}
REVIEWS = {"instantreplay", "challenge", "coachchallenge"}


class Action(Struct, frozen=True, rename="camel"):
    """One action."""

    action_number: int
    order_number: int
    action_type: str
    period: int
    clock: str = ""
    time_actual: str = ""
    edited: str = ""
    sub_type: str | None = None
    qualifiers: list[str] = []
    descriptor: str | None = None
    team_tricode: str | None = None
    person_id: int = 0
    player_name: str | None = None
    player_name_i: str | None = None
    assist_person_id: int = 0
    assist_player_name_initial: str | None = None
    shot_result: str | None = None
    score_home: str | int | None = None
    score_away: str | int | None = None
    x: float | None = None
    y: float | None = None
    side: str | None = None
    description: str | None = None


class Actions(Struct, frozen=True, rename="camel"):
    """`game`."""

    game_id: str
    actions: list[Raw]


class PlayByPlay(Struct, frozen=True):
    """The payload."""

    game: Actions


class BoxPlayer(Struct, frozen=True, rename="camel"):
    """One player of the box score."""

    person_id: int
    name: str = ""
    jersey_num: str = ""
    position: str = ""
    starter: str = "0"
    status: str = "ACTIVE"


class BoxTeam(Struct, frozen=True, rename="camel"):
    """One team of the box score."""

    team_tricode: str
    team_name: str = ""
    team_city: str = ""
    players: list[BoxPlayer] = []


class Arena(Struct, frozen=True, rename="camel"):
    """Where it is played."""

    arena_name: str = ""
    arena_timezone: str = ""


class BoxGame(Struct, frozen=True):
    """`game` of the box score."""

    home: BoxTeam = msgspec.field(name="homeTeam")
    away: BoxTeam = msgspec.field(name="awayTeam")
    start: str = msgspec.field(name="gameTimeUTC", default=UNDATED)
    arena: Arena = Arena()


class BoxScore(Struct, frozen=True):
    """The companion `boxscore`."""

    game: BoxGame


_PAYLOAD = msgspec.json.Decoder(PlayByPlay)
_ACTION = msgspec.json.Decoder(Action)
_BOX = msgspec.json.Decoder(BoxScore)
_ENCODER = msgspec.json.Encoder()
_DURATION = re.compile(r"PT(\d{1,3})M(\d{1,2}(?:\.\d{1,3})?)S\Z")


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Companion: `boxscore` (sides, names, line-ups, start, venue)."""
    game = read_json(_PAYLOAD, body, "an NBA play-by-play").game
    box = read_companion(_BOX, companions, "boxscore")
    transcript = Transcript(provider=PROVIDER, game_id=nba.game_slug(game.game_id))
    actions = _actions(game.actions, transcript)
    sides = _sides(actions, box.game if box else None)
    if sides is None:
        transcript.skipped["side_unknown"] += len(actions)
        return transcript.decoded(game=game.game_id, declaration=None)
    names: dict[int, str] = {}
    if box:
        names = {one.person_id: one.name for side in (box.game.home, box.game.away) for one in side.players}
        _lineups(transcript, box.game, actions)
    substitutes = _substitutes(actions)
    for action in actions:
        if action.action_type == "substitution":
            _substitution(transcript, action, substitutes, sides, names)
        else:
            _read(transcript, action, sides, names)
    declaration = _declaration(game.game_id, sides, box.game if box else None)
    return transcript.decoded(game=game.game_id, declaration=declaration)


def _actions(raws: list[Raw], transcript: Transcript) -> list[Action]:
    actions: list[Action] = []
    for raw in raws:
        try:
            actions.append(_ACTION.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_action")
    return sorted(actions, key=lambda action: action.order_number)


def _sides(actions: list[Action], box: BoxGame | None) -> dict[str, Side] | None:
    """Which tricode is which side; None while no basket has told."""
    if box is not None:
        return {box.home.team_tricode: "home", box.away.team_tricode: "away"}
    tricodes = {action.team_tricode for action in actions if action.team_tricode}
    first = next((action for action in actions if action.shot_result == "Made" and action.team_tricode), None)
    if first is None or len(tricodes) != 2:
        return None
    scorer: Side = "home" if (_number(first.score_home) or 0) > (_number(first.score_away) or 0) else "away"
    other: Side = "away" if scorer == "home" else "home"
    return {tricode: scorer if tricode == first.team_tricode else other for tricode in tricodes}


def _read(transcript: Transcript, action: Action, sides: dict[str, Side], names: dict[int, str]) -> None:
    kind = action.action_type
    edge = EDGES.get((kind, action.sub_type or ""))
    if edge is not None:
        transcript.add(_claim(action, edge))
        if edge == "GAME_END":
            transcript.add(_claim(action, "GAME_FINAL", suffix="-final"))
        return
    if kind in REVIEWS:
        transcript.add(_claim(action, "REVIEW_STARTED", suffix="-start"))
        transcript.add(_claim(action, "REVIEW_ENDED", detail=nba.kind(action.sub_type)))
        return
    type_ = SHOTS.get((kind, action.shot_result or "")) or PLAIN.get(kind)
    if type_ is None:
        transcript.skip("stoppage" if kind == "stoppage" else "unknown_type")
        return
    claim = _claim(action, type_, detail=_detail(action, names))
    x, y = _place(action)
    transcript.add(
        msgspec.structs.replace(
            claim,
            team=sides.get(action.team_tricode or ""),
            player=nba.player(action.person_id, _name(action, names)),
            x=x,
            y=y,
        )
    )


def _name(action: Action, names: dict[int, str]) -> str:
    return names.get(action.person_id) or action.player_name_i or action.player_name or ""


def _substitutes(actions: list[Action]) -> dict[int, Action]:
    """The action by which somebody comes on, for the number of the one by which another goes off."""
    waiting: dict[tuple[str | None, int, str], tuple[deque[Action], deque[Action]]] = {}
    pairs: dict[int, Action] = {}
    for action in actions:
        if action.action_type != "substitution" or action.sub_type not in {"out", "in"}:
            continue
        place = (action.team_tricode, action.period, action.clock)
        outs, ins = waiting.setdefault(place, (deque(), deque()))
        (outs if action.sub_type == "out" else ins).append(action)
        if outs and ins:
            pairs[outs.popleft().action_number] = ins.popleft()
    return pairs


def _substitution(
    transcript: Transcript,
    action: Action,
    substitutes: dict[int, Action],
    sides: dict[str, Side],
    names: dict[int, str],
) -> None:
    into = substitutes.get(action.action_number)
    if into is None:
        paired = any(one.action_number == action.action_number for one in substitutes.values())
        transcript.skip("twin" if paired else "substitution_unpaired")
        return
    claim = _claim(action, "SUBSTITUTION")
    transcript.add(
        msgspec.structs.replace(
            claim,
            revision=max(claim.revision, _claim(into, "SUBSTITUTION").revision),
            team=sides.get(action.team_tricode or ""),
            player=nba.player(action.person_id, _name(action, names)),
            detail={"in": _name(into, names), "in_id": nba.player_id(into.person_id)},
        )
    )


def _claim(action: Action, type_: str, *, suffix: str = "", detail: Detail | None = None) -> ProviderEvent:
    """What every claim of an action has in common; a claim about the game needs no more."""
    return ProviderEvent(
        provider=PROVIDER,
        game_id="",
        event=f"{action.action_number}{suffix}",
        revision=time_ms(action.edited) or time_ms(action.time_actual) or 1,
        type=type_,
        period=action.period,
        clock=clock(action.clock),
        detail=detail or {},
        score=nba.score(_number(action.score_home), _number(action.score_away)),
        text=action.description,
        time_ms=time_ms(action.time_actual) or 0,
    )


def _detail(action: Action, names: dict[int, str]) -> Detail:
    if action.action_type in {"2pt", "3pt"}:
        if not action.assist_person_id:
            return {}
        name = names.get(action.assist_person_id) or action.assist_player_name_initial or ""
        return {"assist": name, "assist_id": nba.player_id(action.assist_person_id)}
    if action.action_type == "freethrow":
        return {"attempt": action.sub_type} if action.sub_type else {}
    if action.action_type == "rebound" and "deadball" in action.qualifiers:
        return {"kind": "deadball"}
    if action.action_type == "foul" and action.sub_type == "personal":
        return nba.kind(action.descriptor or "personal")
    return nba.kind(action.sub_type)


def _place(action: Action) -> tuple[float | None, float | None]:
    if action.x is None or action.y is None or action.side not in {"left", "right"}:
        return None, None
    return nba.from_percent(action.x, action.y, leftwards=action.side == "left")


def clock(duration: str) -> str | None:
    """clock("PT11M38.00S") == "11:38"; None where the feed's clock is not a duration."""
    match = _DURATION.match(duration)
    return nba.clock(int(match[1]) * 60 + float(match[2])) if match else None


def _number(text: str | int | None) -> int | None:
    if isinstance(text, int):
        return text
    return int(text) if text and text.isdecimal() and len(text) < 5 else None


def _lineups(transcript: Transcript, box: BoxGame, actions: list[Action]) -> None:
    sides: tuple[tuple[Side, BoxTeam], ...] = (("home", box.home), ("away", box.away))
    at = (time_ms(actions[0].time_actual) if actions else None) or time_ms(box.start) or 0
    for side, team in sides:
        detail: Detail = {
            nba.player_id(one.person_id): nba.line(
                one.jersey_num, one.name, one.position, starter=one.starter == "1"
            )
            for one in team.players
            if one.status == "ACTIVE"
        }
        transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id="",
                event=f"lineup-{side}",
                revision=1,
                type="LINEUP",
                team=side,
                detail=detail,
                time_ms=at,
            )
        )


def _declaration(game: str, sides: dict[str, Side], box: BoxGame | None) -> GameDeclared:
    if box is None:
        teams: dict[Side, Team] = {side: nba.team(tricode) for tricode, side in sides.items()}
        return nba.declare(provider=PROVIDER, game=game, home=teams["home"], away=teams["away"])
    start = time_ms(box.start)
    return nba.declare(
        provider=PROVIDER,
        game=game,
        home=nba.team(box.home.team_tricode, city=box.home.team_city, nickname=box.home.team_name),
        away=nba.team(box.away.team_tricode, city=box.away.team_city, nickname=box.away.team_name),
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=box.arena.arena_name, tz=box.arena.arena_timezone) if box.arena.arena_name else None,
    )


def grow(body: bytes, steps: int) -> Iterator[bytes]:
    """See `Format.grow`: prefixes of the actions, in order of play."""
    game = read_json(_PAYLOAD, body, "an NBA play-by-play").game
    order: list[tuple[int, Raw]] = []
    for raw in game.actions:
        try:
            order.append((_ACTION.decode(raw).order_number, raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    order.sort(key=lambda pair: pair[0])
    for length in slices(len(order), steps):
        shown = [raw for _, raw in order[:length]]
        yield _ENCODER.encode(PlayByPlay(game=Actions(game_id=game.game_id, actions=shown)))


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Actions with an order number, which no other feed has."""
    head = body[:8192]
    return b'"actions"' in head and b'"orderNumber"' in head and b'"gameId"' in head


NBA_CDN = Format(
    name=PROVIDER,
    sport=nba.SPORT,
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("boxscore",),
    grow=grow,
)
