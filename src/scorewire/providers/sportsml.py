"""SportsML in NewsML-G2: the summary of a soccer match in the interchange format of the news agencies.

What it is: one `newsItem` with a `sports-event`: teams with their scores by period, players with statistics,
and the actions that matter. Issued again, whole, whenever something changed.

Quirks that this file decides:
    - Actions stand by team and kind, not by time: they are ordered by minute, `sequence-number`,
      then as they stand.
    - `minutes-elapsed` are whole minutes that were over, `92` in the second half is added time.
    - The team of an own goal is the one that gains it; its scorer plays for the other.
    - A card is an action of class `penalty`, its colour the last word of `penalty-level`.
    - `video-review` says that there was one, not what came of it: it begins and ends at once.
    - The score is stated by team; `sub-score` by period. They are what the goals are checked against.
    - Only soccer's actions are read.

Source: IPTC SportsML-G2 3.0 and its Soccer plug-in; IPTC sports concepts (spsocscore, spsocaction).
"""

import re
from dataclasses import dataclass, field

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    SideScore,
    Team,
    Venue,
)
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    rfc3339,
    time_ms,
)
from scorewire.providers.statsbomb import PERIOD_ENDS, clock
from scorewire.providers.xml import Element, read_xml

PROVIDER = "sportsml"
OVER = "post-event"
CARDS = {
    "yellow-card": "YELLOW_CARD",
    "second-yellow-card": "SECOND_YELLOW_CARD",
    "yellow-red-card": "SECOND_YELLOW_CARD",
    "red-card": "RED_CARD",
}
_NUMBER = re.compile(r"\d{1,3}\Z")


@dataclass(slots=True)
class Reading:
    """What is known while the actions are read."""

    transcript: Transcript
    sides: dict[str, Side]
    players: dict[str, str]
    teams: dict[Side, Element]
    periods: set[int] = field(default_factory=set)

    def player(self, reference: str | None) -> Player | None:
        """With the name that the line-up has."""
        if not reference or not is_id(reference):
            return None
        return Player(id=reference, name=self.players.get(reference, ""))

    @property
    def score(self) -> SideScore | None:
        """As the teams state it."""
        stated = [_count(_stats(self.teams[side]).get("score")) for side in ("home", "away")]
        return None if None in stated else SideScore(home=stated[0] or 0, away=stated[1] or 0)

    def claim(
        self,
        action: Element,
        type_: str,
        *,
        suffix: str = "",
        who: str = "",
        detail: Detail | None = None,
    ) -> None:
        """Write one claim down; `who` is the last word of a participant's role."""
        period = _count(action.get("period-value")) or None
        minute = _count(action.get("minutes-elapsed"))
        known = period in PERIOD_ENDS and minute is not None
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=action.get("id", "") + suffix,
                revision=1,
                type=type_,
                team=self.sides.get(action.get("team-idref", "")),
                period=period,
                clock=clock(period or 1, minute or 0, 0) if known else None,
                player=self.player(participant(action, who)),
                detail=detail or {},
                time_ms=time_ms(action.get("date-time", "")) or 0,
            )
        )

    def edge(self, type_: str, event: str, period: int | None, score: SideScore | None = None) -> None:
        """A claim about the game, which the summary implies."""
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=event,
                revision=1,
                type=type_,
                period=period,
                score=score,
            )
        )


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    root = read_xml(body, "a SportsML item")
    event = root if root.tag == "sports-event" else root.find(".//sports-event")
    metadata = event.find("event-metadata") if event is not None else None
    teams = _teams(event)
    if event is None or metadata is None or set(teams) != {"home", "away"}:
        raise FeedError("unreadable_payload", "this SportsML holds no event of two teams")
    game = metadata.get("key", "").rsplit(":", 1)[-1]
    transcript = Transcript(provider=PROVIDER, game_id=f"{PROVIDER}-{game}" if is_id(game) else PROVIDER)
    reading = Reading(
        transcript=transcript,
        sides={team.get("id", ""): side for side, team in teams.items()},
        players={
            one.get("id", ""): one.findtext("player-metadata/name", "").strip()
            for one in event.iter("player")
        },
        teams=teams,
    )
    _play(reading, event)
    if metadata.get("event-status", "").endswith(OVER):
        last = max(reading.periods, default=None)
        reading.edge("GAME_END", f"{game}-end", last, reading.score)
        reading.edge("GAME_FINAL", f"{game}-final", last, reading.score)
    return transcript.decoded(game=game, declaration=_declaration(reading, root, metadata, game))


def _play(reading: Reading, event: Element) -> None:
    """The periods that are known of, each with its actions."""
    actions = [one for one in event.iter("action") if one.get("id")]
    actions.sort(key=lambda one: (_count(one.get("minutes-elapsed")) or 0, one.get("sequence-number", "")))
    stated = [
        _count(one.get("period-value")) for team in reading.teams.values() for one in team.iter("sub-score")
    ]
    by_period: dict[int, list[Element]] = {period: [] for period in sorted({one for one in stated if one})}
    for action in actions:
        by_period.setdefault(_count(action.get("period-value")) or 0, []).append(action)
    reading.periods = {period for period in by_period if period}
    for period in sorted(by_period):
        if period:
            reading.edge("PERIOD_START", f"period-{period}-start", period)
        for action in by_period[period]:
            _read(reading, action)
        if period:
            reading.edge("PERIOD_END", f"period-{period}-end", period)


def _read(reading: Reading, action: Element) -> None:
    kind = _word(action.get("class"))
    if kind == "score":
        how = _word(action.get("score-attempt-type"))
        detail: Detail = (
            {"penalty": True} if how == "penalty" else {"own_goal": True} if how == "own-goal" else {}
        )
        reading.claim(action, "GOAL", who="scorer", detail=detail)
    elif kind == "substitution":
        on = reading.player(participant(action, "sub-on"))
        into: Detail = {"in": on.name or on.id, "in_id": on.id} if on is not None else {}
        reading.claim(action, "SUBSTITUTION", who="sub-off", detail=into)
    elif kind == "penalty" and _word(action.get("penalty-level")) in CARDS:
        reading.claim(action, CARDS[_word(action.get("penalty-level"))], who="infraction-by")
    elif kind == "play" and _word(action.get("type")) == "video-review":
        reading.claim(action, "VAR_STARTED")
        reading.claim(action, "VAR_ENDED", suffix="-over")
    else:
        reading.transcript.skip("unknown_action")


def participant(action: Element, role: str) -> str | None:
    """Who has this role in an action."""
    return next(
        (one.get("idref") for one in action.iter("participant") if _word(one.get("role")) == role), None
    )


def _word(code: str | None) -> str:
    """`penalty` of `spsocscore:penalty`."""
    return (code or "").rsplit(":", 1)[-1]


def _count(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.match(text) and text.isascii() else None


def _teams(event: Element | None) -> dict[Side, Element]:
    found: dict[Side, Element] = {}
    for team in event.iter("team") if event is not None else ():
        metadata = team.find("team-metadata")
        alignment = metadata.get("alignment") if metadata is not None else None
        if alignment == "home":
            found["home"] = team
        elif alignment == "away":
            found["away"] = team
    return found


def _stats(team: Element) -> dict[str, str]:
    stats = team.find("team-stats")
    return stats.attrib if stats is not None else {}


def _declaration(reading: Reading, root: Element, metadata: Element, game: str) -> GameDeclared:
    start = time_ms(metadata.get("start-date-time", ""))
    subjects = [one for one in root.iter("subject") if _word(one.get("type")) == "recurring-competition"]
    league = _word(subjects[0].get("qcode")) if subjects else ""
    site = metadata.findtext("site/site-metadata/name", "").strip()
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{game}-scheduled",
        revision=1,
        sport="soccer",
        league=League(
            id=league if is_id(league) else PROVIDER,
            name=subjects[0].findtext("name", "").strip() if subjects else "SportsML",
        ),
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=site) if site else None,
        home=_team(reading.teams["home"]),
        away=_team(reading.teams["away"]),
        provider_ids={PROVIDER: game},
        time_ms=start or 0,
    )


def _team(team: Element) -> Team:
    metadata = team.find("team-metadata")
    key = _word(metadata.get("key")) if metadata is not None else ""
    name = team.findtext("team-metadata/name", "").strip()
    letters = "".join(letter for letter in name if letter.isalpha())
    return Team(id=key if is_id(key) else "unknown", name=name, abbr=letters[:3].upper())


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """SportsML within NewsML-G2, about an event and not a table."""
    return b"<newsItem" in body[:4096] and b"<sports-event" in body and b"<event-metadata" in body


SPORTSML = Format(name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode)
