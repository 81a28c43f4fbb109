"""What one play of Sportradar's NFL feed says, and where the plays of a whole game lie.

Unverified, built from documentation and from what the push streams of its sister feeds do.

Quirks that this file decides:
    - `play_type` is what was meant, `statistics` what came of it: a pass is complete, incomplete, intercepted
      or a sack. `made` or `complete` say whether a kick or a try was good; older versions only say that it
      was `missed`, `blocked` or `aborted`.
    - A touchdown from scrimmage is the play; one of a return or a fumble stands beside it (`ID-score`), as
      does a safety. `ID-turnover` is a fumble that is lost, or downs that are used up; `ID-penalty` and
      `ID-review` what they say. A message of the stream takes back those that it does not tell.
    - `official: false` is a play under review: its statistics are nullified until there is a ruling. They are
      told as they were, tentative, and a review is open. What the ruling was stands in the text only.
    - Statistics that are nullified otherwise mean that the play does not count: a PLAY `no_play`.
    - The two-minute warning can be a time-out; whose time-out it is, and which, stands in the text.
    - `quarter.sequence` goes on in overtime. `season.type` PST makes overtimes of 15 minutes that go on;
      a stream of the play-offs without it has to be declared by hand with `overtime_periods` = 0.
    - `sequence` is milliseconds, or in older versions a small number; both can be written `37.0`.
    - `game_over` ends the game: statuses need not come with a stream.

Source: developer.sportradar.com, NFL push events, play-by-play, change log.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.providers.format import Transcript, read_json, time_ms
from scorewire.providers.sportradar import Game, Period, Person, place, player, revision, score, since
from scorewire.providers.sportradar_scene import Made, Scene, scene_of, tell

PARTS: Final = ("-score", "-turnover", "-penalty", "-review")
EVENTS: Final[dict[str, str]] = {
    "timeout": "TIMEOUT",
    "tv_timeout": "TIMEOUT",
    "two_minute_warning": "TWO_MINUTE_WARNING",
    "period_end": "PERIOD_END",
    "game_over": "GAME_END",
}
SILENT: Final = frozenset({"setup", "comment", "drive"})
PLAYS: Final[dict[str, str]] = {
    "kickoff": "KICKOFF",
    "free_kick": "KICKOFF",
    "punt": "PUNT",
    "rush": "RUSH",
    "pass": "PASS",
    "field_goal": "FIELD_GOAL",
    "extra_point": "EXTRA_POINT",
    "conversion": "TWO_POINT",
    "penalty": "PENALTY",
    "faircatch_kick": "FIELD_GOAL",
}
TRIES: Final = frozenset({"extra_point", "conversion"})
MAIN: Final[dict[str, str]] = {
    "KICKOFF": "kick",
    "PUNT": "punt",
    "RUSH": "rush",
    "PASS": "pass",
    "PASS_INCOMPLETE": "pass",
    "SACK": "pass",
    "SPIKE": "pass",
    "KNEEL": "rush",
    "FIELD_GOAL": "field_goal",
    "FIELD_GOAL_MISS": "field_goal",
    "EXTRA_POINT": "extra_point",
    "EXTRA_POINT_MISS": "extra_point",
    "TWO_POINT": "conversion",
    "TWO_POINT_MISS": "conversion",
    "PENALTY": "penalty",
}
"""The statistic that names who did it."""
OTHER: Final[dict[Side, Side]] = {"home": "away", "away": "home"}

_PERIODS = 4
_CLOCK = re.compile(r"(\d{0,2}):([0-5]\d)", re.ASCII)
_TIMEOUT = re.compile(r"Time-?out #(\d) by ([A-Z]{2,3})\b", re.IGNORECASE)
_RULING = re.compile(r"\b(?:play|ruling|call) was (upheld|reversed|overturned)\b", re.IGNORECASE)
_FOUL = re.compile(r"PENALTY on [^,]{1,60}, ([^,.]{1,60}), (?:\d+ yards?|declined|offsetting)")
_PLAIN = re.compile(r"[^a-z0-9]+")
_YARDS = 99


class TeamOf(Struct, frozen=True):
    """A team."""

    id: str = ""


class Spot(Struct, frozen=True):
    """A yard line of a side's half."""

    alias: str = ""
    yardline: int | None = None


class Situation(Struct, frozen=True):
    """Before or after a play."""

    down: int | None = None
    yfd: int | None = None
    possession: TeamOf | None = None
    location: Spot | None = None


class Statistic(Struct, frozen=True):
    """What a player or a team is credited with; flags are 1 where they hold."""

    stat_type: str = ""
    category: str = ""
    nullified: bool = False
    player: Person | None = None
    team: TeamOf | None = None
    yards: float | None = None
    attempt: int = 0
    complete: int | None = None
    made: int | None = None
    missed: int = 0
    blocked: int = 0
    aborted: int = 0
    interception: int = 0
    sack: int = 0
    spike: int = 0
    kneel_down: int = 0
    lost: int = 0
    safety: int = 0
    touchdown: int = 0
    int_touchdown: int = 0
    own_rec_td: int = 0
    opp_rec_td: int = 0
    ez_rec_td: int = 0

    @property
    def scores(self) -> bool:
        """Whether this is a touchdown."""
        found = self.touchdown, self.int_touchdown, self.own_rec_td, self.opp_rec_td, self.ez_rec_td
        return any(found)


class Event(Struct, frozen=True):
    """`payload.event`, or an entry of a drive."""

    id: str
    type: str
    event_type: str = ""
    play_type: str = ""
    sequence: float | None = None
    clock: str = ""
    created_at: str = ""
    updated_at: str = ""
    updated: str = ""
    wall_clock: str = ""
    description: str = ""
    official: bool = True
    home_points: int | None = None
    away_points: int | None = None
    quarter: Period | None = None
    period: Period | None = None
    start_situation: Situation = Situation()
    end_situation: Situation = Situation()
    statistics: list[Statistic] = []

    @property
    def counted(self) -> list[Statistic]:
        """The statistics that hold, and those that hold unless the review says otherwise."""
        return [one for one in self.statistics if not (one.nullified and self.official)]


class Entry(Struct, frozen=True):
    """A drive with its plays, or an event between drives."""

    type: str = ""
    events: list[Raw] | None = None
    plays: list[Raw] | None = None


class Quarter(Struct, frozen=True):
    """A period of a whole game."""

    number: int = 0
    sequence: int = 0
    period_type: str = ""
    pbp: list[Raw] = []


class WholeGame(Game, frozen=True):
    """A whole game in periods of drives."""

    periods: list[Quarter] | None = None


_EVENT = msgspec.json.Decoder(Event, strict=False)
_ENTRY = msgspec.json.Decoder(Entry)
_GAME = msgspec.json.Decoder(WholeGame)


def rules(game: Game) -> Detail:
    """Overtimes of play-offs go on until they decide."""
    season = game.season or (game.summary.season if game.summary is not None else None)
    if season is None or season.type != "PST":
        return {}
    return {"overtime_periods": 0, "overtime_minutes": 15, "overtime_timeouts": 3}


def whole(body: bytes) -> tuple[Game, Iterator[tuple[Scene, Raw]]]:
    """The plays of a whole game.

    Raises:
        FeedError: `unreadable_payload`.
    """
    game = read_json(_GAME, body, "a game of Sportradar's")
    if game.periods is None:
        raise FeedError("unreadable_payload", "this is no game of Sportradar's: it has no periods")
    return game, _plays(game, game.periods)


def _plays(game: Game, quarters: list[Quarter]) -> Iterator[tuple[Scene, Raw]]:
    for quarter in quarters:
        part = Period(number=quarter.number, sequence=quarter.sequence, type=quarter.period_type)
        scene = scene_of(game, _period(part), fresh=True)
        for raw in quarter.pbp:
            try:
                entry = _ENTRY.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                yield scene, raw
                continue
            if entry.type != "drive":
                yield scene, raw
            for held in (*(entry.events or ()), *(entry.plays or ())):
                yield scene, held


def _period(period: Period | None) -> int:
    if period is None:
        return 0
    restarted = period.type == "overtime" and period.number <= _PERIODS
    return period.sequence or (period.number + _PERIODS * restarted if period.number else 0)


def read(raw: Raw, scene: Scene, transcript: Transcript) -> None:
    """See `Read`."""
    event = _EVENT.decode(raw)
    kind = event.event_type if event.type == "event" else event.type
    if kind in SILENT:
        transcript.skip(kind)
        return
    made = _claims(event, scene)
    if not made:
        transcript.skip("unknown_type")
    period = _period(event.quarter) or _period(event.period) or scene.period
    common = ProviderEvent(
        provider="",
        game_id="",
        event=event.id,
        revision=revision(event.updated_at, event.updated, event.created_at),
        period=period or None,
        clock=_clock(event.clock),
        confirmation="confirmed" if event.official else "tentative",
        text=event.description[:1000] or None,
        time_ms=time_ms(event.wall_clock) or time_ms(event.created_at) or 0,
    )
    number = None
    if period and event.sequence is not None:
        number = place(period, since(int(event.sequence), scene.scheduled_ms), 0)
    parts = PARTS if event.type == "play" or not made else ()
    tell(transcript, common, made, parts, number, fresh=scene.fresh)


def _clock(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    return f"{int(match[1] or 0)}:{match[2]}" if match else None


def _claims(event: Event, scene: Scene) -> list[Made]:
    if event.type == "event":
        type_ = EVENTS.get(event.event_type, "")
        if type_ == "TIMEOUT":
            return [("", _timeout(event, scene))]
        return [("", {"type": type_})] if type_ else []
    if event.type != "play":
        return []
    return _play(event, scene)


def _timeout(event: Event, scene: Scene) -> dict[str, Any]:
    if "two-minute warning" in event.description.lower():
        return {"type": "TWO_MINUTE_WARNING"}
    if event.event_type == "tv_timeout":
        return {"type": "TIMEOUT", "detail": {"kind": "tv"}}
    named = _TIMEOUT.search(event.description)
    if named is None:
        return {"type": "TIMEOUT"}
    side = scene.called(named[2].upper())
    return {"type": "TIMEOUT", "team": side, "detail": {"number": int(named[1])}}


def _play(event: Event, scene: Scene) -> list[Made]:
    counted = event.counted
    type_ = "PLAY" if _is_void(event, counted) else _type(event, counted)
    credited = next((one for one in counted if one.stat_type == MAIN.get(type_)), None)
    team = _side(credited, scene) or _possession(event.start_situation, scene)
    main: dict[str, Any] = {
        "type": type_,
        "team": team,
        "player": player(credited.player) if credited is not None else None,
        "detail": {**_yards(credited), **_situation(event.end_situation, scene)},
    }
    if type_ == "PLAY" and event.play_type in PLAYS:
        main["detail"] |= {"kind": "no_play"}
    if type_ == "PENALTY":
        main["detail"] = {**_foul(event, credited), **_situation(event.end_situation, scene)}
    if type_ == "INTERCEPTION":
        passer = next((one for one in counted if one.interception and one.stat_type == "pass"), None)
        by = _side(passer, scene) or team
        taker = next((one for one in counted if one.interception and one.stat_type == "defense"), None)
        main["team"] = OTHER[by] if by is not None else None
        main["player"] = player(taker.player) if taker is not None else None
    made: list[Made] = [("", main)]
    _with_scores(made, event, counted, scene)
    _with_turnover(made, event, counted, scene)
    flag = next((one for one in counted if one.stat_type == "penalty"), None)
    if flag is not None and type_ != "PENALTY":
        foul = {"type": "PENALTY", "team": _side(flag, scene), "player": player(flag.player)}
        no_play: Detail = {"no_play": True} if type_ == "PLAY" else {}
        made.append(("-penalty", {**foul, "detail": {**_foul(event, flag), **no_play}}))
    after = score(event.home_points, event.away_points) if event.official else None
    place_of = next((at for at, (end, _) in enumerate(made) if end == "-score"), 0)
    made[place_of][1]["score"] = after
    return _with_review(event, made)


def _is_void(event: Event, counted: list[Statistic]) -> bool:
    """Whether a play does not count: what it was meant to be is nullified, and nothing of that kind holds."""
    wanted = MAIN.get(PLAYS.get(event.play_type, ""))
    taken = any(one.stat_type == wanted for one in event.statistics)
    return taken and not any(one.stat_type == wanted for one in counted)


def _type(event: Event, counted: list[Statistic]) -> str:
    type_ = PLAYS.get(event.play_type, "PLAY")
    main = next((one for one in counted if one.stat_type == MAIN.get(type_)), Statistic())
    match type_:
        case "PASS":
            if main.interception:
                return "INTERCEPTION"
            if main.sack:
                return "SACK"
            if main.spike:
                return "SPIKE"
            return "PASS" if main.complete or not main.attempt else "PASS_INCOMPLETE"
        case "RUSH" if main.kneel_down:
            return "KNEEL"
        case "FIELD_GOAL" | "EXTRA_POINT":
            good = main.made if main.made is not None else not (main.missed or main.blocked or main.aborted)
            return type_ if main.attempt and good else f"{type_}_MISS"
        case "TWO_POINT":
            tries = [one for one in counted if one.stat_type == "conversion"]
            return type_ if any(one.complete for one in tries) else "TWO_POINT_MISS"
    return type_


def _with_scores(made: list[Made], event: Event, counted: list[Statistic], scene: Scene) -> None:
    """A touchdown that is the play, or what else was scored, beside it."""
    main = made[0][1]
    scorer = next((one for one in counted if one.scores and one.stat_type != "receive"), None)
    side = _side(scorer, scene)
    if scorer is not None and side is not None:
        if main["type"] in {"PASS", "RUSH"} and scorer.stat_type == main["type"].lower():
            main["detail"] = {**_yards(scorer), "kind": scorer.stat_type}
            main["type"] = "TOUCHDOWN"
            catcher = next((one for one in counted if one.scores and one.stat_type == "receive"), None)
            if catcher is not None and (person := player(catcher.player)) is not None:
                main["detail"] |= {"to": person.name, "to_id": person.id}
            return
        kind = "fumble" if scorer.stat_type == "fumble" else "return"
        fields = {"type": "TOUCHDOWN", "team": side, "player": player(scorer.player)}
        made.append(("-score", {**fields, "detail": {**_yards(scorer), "kind": kind}}))
        return
    caught = [one for one in counted if one.safety]
    defence = next((one for one in caught if one.stat_type == "defense"), None)
    if caught and (by := _side(defence or caught[0], scene)) is not None:
        kind = "ONE_POINT_SAFETY" if event.play_type in TRIES else "SAFETY"
        made.append(("-score", {"type": kind, "team": by if defence is not None else OTHER[by]}))
        return
    back = next((one for one in counted if one.stat_type == "defense_conversion" and one.complete), None)
    if back is not None and (by := _side(back, scene)) is not None:
        fields = {"type": "DEFENSIVE_TWO_POINT", "team": by, "player": player(back.player)}
        made.append(("-score", fields))


def _with_turnover(made: list[Made], event: Event, counted: list[Statistic], scene: Scene) -> None:
    main = made[0][1]
    fumble = next((one for one in counted if one.stat_type == "fumble" and one.lost), None)
    if fumble is not None and (side := _side(fumble, scene)) is not None:
        fields = {"type": "FUMBLE", "team": side, "player": player(fumble.player), "detail": {"lost": True}}
        made.append(("-turnover", fields))
        return
    before, after = (_possession(one, scene) for one in (event.start_situation, event.end_situation))
    ordinary = main["type"] in {"RUSH", "PASS", "PASS_INCOMPLETE", "SACK", "KNEEL"} and len(made) == 1
    if ordinary and event.start_situation.down == _PERIODS and before is not None and after == OTHER[before]:
        made.append(("-turnover", {"type": "TURNOVER_ON_DOWNS", "team": before}))


def _with_review(event: Event, made: list[Made]) -> list[Made]:
    ruling = _RULING.search(event.description)
    if not event.official:
        made.append(("-review", {"type": "REVIEW_STARTED", "confirmation": "confirmed"}))
    elif ruling is not None:
        decision = "upheld" if ruling[1].lower() == "upheld" else "reversed"
        made.append(("-review", {"type": "REVIEW_ENDED", "detail": {"decision": decision}}))
    return made


def _side(statistic: Statistic | None, scene: Scene) -> Side | None:
    held = statistic.team if statistic is not None else None
    return scene.side(held.id) if held is not None else None


def _possession(situation: Situation, scene: Scene) -> Side | None:
    return scene.side(situation.possession.id) if situation.possession is not None else None


def _yards(statistic: Statistic | None) -> Detail:
    if statistic is None or statistic.yards is None or abs(statistic.yards) > _YARDS:
        return {}
    return {"yards": int(statistic.yards)}


def _situation(after: Situation, scene: Scene) -> Detail:
    """Where the next snap is taken; nothing before kick-offs and tries."""
    side = _possession(after, scene)
    if side is None or after.down is None or not 1 <= after.down <= _PERIODS:
        return {}
    detail: Detail = {"possession": side, "down": after.down}
    if after.yfd is not None and 0 < after.yfd <= _YARDS:
        detail = {**detail, "togo": after.yfd}
    at = after.location
    if at is not None and at.yardline is not None and 0 < at.yardline <= 50:
        spot = "50" if at.yardline == 50 else f"{at.alias} {at.yardline}"
        if spot == "50" or re.fullmatch(r"[A-Z]{2,3} \d{1,2}", spot):
            detail = {**detail, "at": spot}
    return detail


def _foul(event: Event, statistic: Statistic | None) -> Detail:
    named = _FOUL.search(event.description)
    detail: Detail = {"kind": _PLAIN.sub("_", named[1].lower()).strip("_")} if named else {}
    if statistic is not None and statistic.yards is not None and 0 <= statistic.yards <= _YARDS:
        detail = {**detail, "yards": int(statistic.yards)}
    return {**detail, "decision": "accepted"}
