"""DFL event data (Sportec): a Bundesliga match as XML, one Event an entry, with wall-clock times only.

What it is: `PutDataRequest` with `Event` children, sent while the match is on and again, whole, after it.
Teams and players are ids; their names, the venue and the date come with a companion `matchinfo`.

Quirks that this file decides:
    - No match clock: it is EventTime less the EventTime of the KickOff that opened the GameSection.
    - Live files are not promised to be sorted: entries are ordered by EventTime, then EventId.
    - A KickOff without GameSection restarts after a goal, and is skipped (`restart`).
    - A goal is a ShotAtGoal with SuccessfulShot, or OwnGoal: for TeamOwnGoalCountsFor.
    - GoalDisallowed never was a goal of this feed: it is shown, and takes nothing back.
    - CurrentResult, the score after a goal, is the provider's own: a disagreement puts ours under check.
    - FinalWhistle states FinalResult. Of a finished match (`DataStatus="postmatch"`) it is the last word:
      where the goals do not come to it, the statement holds, as SCORE_SET.
    - What FinalResult is after a shoot-out, no recording tells: no score is stated then.
    - The last period's FinalWhistle ends a finished match, and makes it final.
    - Positions are metres on a pitch of 105 x 68 unless the companion says otherwise, in a frame that does
      not turn with the teams; they are told as shares of it.
    - Delete and VideoAssistantAction exist in the specification, and in no recording at hand: skipped.

Source: DFL Definitionskatalog Offizielle Spieldaten; Bassek et al. 2025 (open Bundesliga data), kloppy.
"""

from collections.abc import Mapping
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
from scorewire.providers.xml import Element, number, read_xml

PROVIDER = "dfl_sportec"
SECTIONS = {
    "firstHalf": 1,
    "secondHalf": 2,
    "firstHalfExtra": 3,
    "secondHalfExtra": 4,
    "penaltyShootout": 5,
}
BASES = {1: 0, 2: 45, 3: 90, 4: 105, 5: 120}
"""The minute that a period begins with."""
SHOTS = {
    "SavedShot": "saved",
    "BlockedShot": "blocked",
    "ShotWide": "off_target",
    "ShotWoodWork": "post",
    "OtherShot": "",
}
PLAIN = {
    "Offside": "OFFSIDE",
    "ThrowIn": "THROW_IN",
    "GoalKick": "GOAL_KICK",
    "FreeKick": "FREE_KICK",
    "CornerKick": "CORNER",
}
TOUCHES = {
    "Play": "PASS",
    "TacklingGame": "DUEL",
    "OtherBallAction": "TOUCH",
    "BallClaiming": "BALL_RECOVERY",
    "Nutmeg": "DRIBBLE",
    "ChanceWithoutShot": "TOUCH",
    "Run": "CARRY",
    "RefereeBall": "TOUCH",
    "BallDeflection": "TOUCH",
}
CARDS = {"yellow": "YELLOW_CARD", "yellowRed": "SECOND_YELLOW_CARD", "red": "RED_CARD"}


@dataclass(slots=True)
class Info:
    """The companion `matchinfo`, or nothing."""

    general: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    teams: dict[str, Element] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What is known while the entries are read in order."""

    transcript: Transcript
    info: Info
    home: str
    away: str
    postmatch: bool
    kicked_off_ms: dict[int, int] = field(default_factory=dict)
    period: int = 0
    goals: list[tuple[int, Side]] = field(default_factory=list)

    def side(self, team: str | None) -> Side | None:
        """None for a play of neither team. Without a companion the guests are the first other team."""
        if not team:
            return None
        if team == self.home:
            return "home"
        self.away = self.away or team
        return "away" if team == self.away else None

    def player(self, person: str | None) -> Player | None:
        """With the name that the companion has."""
        if not person or not is_id(person):
            return None
        return Player(id=person, name=self.info.names.get(person, ""))

    def score(self, result: str | None) -> SideScore | None:
        """`1:0`, home first."""
        home, colon, away = (result or "").partition(":")
        if not colon or not home.isdecimal() or not away.isdecimal() or len(result or "") > 7:
            return None
        return SideScore(home=int(home), away=int(away))

    def claim(
        self,
        entry: Element,
        type_: str,
        *,
        suffix: str = "",
        team: str | None = None,
        who: str | None = None,
        score: SideScore | None = None,
        detail: Detail | None = None,
    ) -> None:
        """Write one claim down, at the entry's time and place."""
        at_ms = time_ms(entry.get("EventTime", "")) or 0
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=entry.get("EventId", "") + suffix,
                revision=1,
                type=type_,
                team=self.side(team),
                period=self.period or None,
                clock=self._clock(at_ms),
                player=self.player(who),
                score=score,
                detail=detail or {},
                x=_share(entry.get("X-Position"), self.info.environment.get("PitchX"), 105),
                y=_share(entry.get("Y-Position"), self.info.environment.get("PitchY"), 68),
                time_ms=at_ms,
            )
        )

    def _clock(self, at_ms: int) -> str | None:
        began = self.kicked_off_ms.get(self.period)
        if began is None or at_ms < began or self.period not in PERIOD_ENDS:
            return None
        minute, second = divmod((at_ms - began) // 1000, 60)
        return clock(self.period, BASES[self.period] + minute, second)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Companion: `matchinfo`."""
    root = read_xml(body, "a DFL event file")
    entries = [one for one in root if one.tag == "Event" and one.get("EventId")]
    if root.tag != "PutDataRequest" or not entries:
        raise FeedError("unreadable_payload", "this is not a DFL event file: it holds no Event")
    entries.sort(key=lambda one: (time_ms(one.get("EventTime", "")) or 0, one.get("EventId", "")))
    match = entries[0].get("MatchId", "")
    transcript = Transcript(provider=PROVIDER, game_id=match if is_id(match) else "dfl")
    info = _info(companions.get("matchinfo"))
    home, away = _teams(info, entries)
    reading = Reading(
        transcript=transcript,
        info=info,
        home=home,
        away=away,
        postmatch=root.get("DataStatus") == "postmatch",
    )
    last = max((SECTIONS.get(one[0].get("GameSection", ""), 0) for one in entries if len(one)), default=0)
    for entry in entries:
        if entry.get("MatchId", "") != match:
            transcript.skip("another_match")
        elif not len(entry):
            transcript.skip("empty_event")
        else:
            _read(reading, entry, entry[0], last)
    return transcript.decoded(game=match, declaration=_declaration(reading, match))


def _read(reading: Reading, entry: Element, what: Element, last: int) -> None:
    tag = what.tag
    team, who = what.get("Team"), what.get("Player")
    if tag == "KickOff":
        _kick_off(reading, entry, what)
    elif tag == "FinalWhistle":
        _whistle(reading, entry, what, last)
    elif tag == "ShotAtGoal":
        _shot(reading, entry, what)
    elif tag == "Penalty":
        if reading.period != SECTIONS["penaltyShootout"]:
            reading.claim(entry, "PENALTY_AWARDED", team=team)
        for shot in what.iter("ShotAtGoal"):
            _shot(reading, entry, shot, suffix="-shot", penalty=True)
    elif tag == "OwnGoal":
        _goal(reading, entry, what, team=what.get("TeamOwnGoalCountsFor"), detail={"own_goal": True})
    elif tag == "GoalDisallowed":
        reading.claim(entry, "GOAL_DISALLOWED", team=team, who=who)
    elif tag == "Foul":
        reading.claim(entry, "FOUL", team=what.get("TeamFouler"), who=what.get("Fouler"))
    elif tag == "Caution" and what.get("CardColor", "") in CARDS:
        reading.claim(entry, CARDS[what.get("CardColor", "")], team=team, who=who)
    elif tag == "Substitution":
        on = reading.player(what.get("PlayerIn"))
        detail: Detail = {"in": on.name or on.id, "in_id": on.id} if on is not None else {}
        reading.claim(entry, "SUBSTITUTION", team=team, who=what.get("PlayerOut"), detail=detail)
    elif tag in PLAIN:
        reading.claim(entry, PLAIN[tag], team=team, who=who)
        for shot in what.iter("ShotAtGoal"):
            _shot(reading, entry, shot, suffix="-shot")
    elif tag in TOUCHES:
        reading.claim(entry, TOUCHES[tag], team=team or what.get("WinnerTeam"), who=who or what.get("Winner"))
    else:
        reading.transcript.skip("unknown_type")


def _kick_off(reading: Reading, entry: Element, what: Element) -> None:
    period = SECTIONS.get(what.get("GameSection", ""))
    if period is None:
        reading.transcript.skip("restart")
        return
    reading.period = period
    reading.kicked_off_ms[period] = time_ms(entry.get("EventTime", "")) or 0
    reading.claim(entry, "PERIOD_START")


def _whistle(reading: Reading, entry: Element, what: Element, last: int) -> None:
    period = SECTIONS.get(what.get("GameSection", ""))
    if period is None:
        reading.transcript.skip("unknown_section")
        return
    reading.claim(entry, "PERIOD_END")
    if period < last or period < SECTIONS["secondHalf"] or not reading.postmatch:
        return
    # Whether the result of a shoot-out holds its goals nobody has said: then it states no score.
    shootout = period == SECTIONS["penaltyShootout"]
    score = None if shootout else reading.score(what.get("FinalResult"))
    if score is not None and (score.home, score.away) != _tally(reading.goals):
        lines = " ".join(f"{home}-{away}" for home, away in _lines(reading, score))
        stated: Detail = {"home": score.home, "away": score.away, **({"lines": lines} if lines else {})}
        reading.claim(entry, "SCORE_SET", suffix="-score", detail=stated)
    reading.claim(entry, "GAME_END", suffix="-end", score=score)
    reading.claim(entry, "GAME_FINAL", suffix="-final", score=score)


def _lines(reading: Reading, score: SideScore) -> list[tuple[int, int]]:
    """The periods as the goals have them, the last one making up the rest; none where that cannot be."""
    done = [_tally([one for one in reading.goals if one[0] == period]) for period in range(1, reading.period)]
    rest = (score.home - sum(one[0] for one in done), score.away - sum(one[1] for one in done))
    return [*done, rest] if min(rest) >= 0 else []


def _tally(goals: list[tuple[int, Side]]) -> tuple[int, int]:
    home = sum(side == "home" for _, side in goals)
    return home, len(goals) - home


def _shot(
    reading: Reading, entry: Element, what: Element, *, suffix: str = "", penalty: bool = False
) -> None:
    outcome = next((one for one in what if one.tag == "SuccessfulShot" or one.tag in SHOTS), None)
    team, who = what.get("Team"), what.get("Player")
    if reading.period == SECTIONS["penaltyShootout"]:
        scored = outcome is not None and outcome.tag == "SuccessfulShot"
        reading.claim(
            entry, "SHOOTOUT_GOAL" if scored else "SHOOTOUT_MISS", suffix=suffix, team=team, who=who
        )
    elif outcome is not None and outcome.tag == "SuccessfulShot":
        detail: Detail = {"penalty": True} if penalty else {}
        helper = reading.player(outcome.get("Assist"))
        if helper is not None:
            detail |= {"assist": helper.name or helper.id, "assist_id": helper.id}
        _goal(
            reading, entry, what, team=team, detail=detail, result=outcome.get("CurrentResult"), suffix=suffix
        )
    else:
        how = SHOTS.get(outcome.tag, "") if outcome is not None else ""
        kind = "PENALTY_MISSED" if penalty else "SHOT"
        reading.claim(entry, kind, suffix=suffix, team=team, who=who, detail={"outcome": how} if how else {})


def _goal(
    reading: Reading,
    entry: Element,
    what: Element,
    *,
    team: str | None,
    detail: Detail,
    result: str | None = None,
    suffix: str = "",
) -> None:
    score = reading.score(result or what.get("CurrentResult"))
    side = reading.side(team)
    if side is not None:
        reading.goals.append((reading.period, side))
    reading.claim(entry, "GOAL", suffix=suffix, team=team, who=what.get("Player"), score=score, detail=detail)


def _share(metres: str | None, length: str | None, usual: int) -> float | None:
    place = number(metres)
    if place is None:
        return None
    return round(min(max(place / (number(length) or usual), 0.0), 1.0), 4)


def _teams(info: Info, entries: list[Element]) -> tuple[str, str]:
    """Without a companion the side that begins on the left is called home: somebody must be."""
    ends = [(one[0].get("TeamLeft", ""), one[0].get("TeamRight", "")) for one in entries if len(one)]
    left, right = next((pair for pair in ends if pair[0]), ("home", ""))
    home = info.general.get("HomeTeamId") or left
    return home, info.general.get("GuestTeamId") or (left if home == right else right)


def _info(body: bytes | None) -> Info:
    if body is None:
        return Info()
    try:
        root = read_xml(body, "a DFL match information")
    except FeedError:
        return Info()
    general, environment = root.find(".//General"), root.find(".//Environment")
    info = Info(
        general=general.attrib if general is not None else {},
        environment=environment.attrib if environment is not None else {},
    )
    for team in root.iter("Team"):
        info.teams[team.get("TeamId", "")] = team
        for person in team.iter("Player"):
            name = person.get("Shortname") or person.get("LastName") or ""
            info.names[person.get("PersonId", "")] = name
    return info


def _declaration(reading: Reading, match: str) -> GameDeclared | None:
    general = reading.info.general
    venue = reading.info.environment.get("StadiumName")
    other = reading.away or "away"
    start = time_ms(general.get("PlannedKickoffTime", "")) or reading.kicked_off_ms.get(1)
    competition = general.get("CompetitionId", "")
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{match}-scheduled",
        revision=1,
        sport="soccer",
        league=League(
            id=competition if is_id(competition) else PROVIDER, name=general.get("CompetitionName", "DFL")
        ),
        season=general.get("Season", ""),
        round=general.get("MatchDay", ""),
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=venue) if venue else None,
        home=_team(reading, reading.home, general.get("HomeTeamName", "")),
        away=_team(reading, other, general.get("GuestTeamName", "")),
        provider_ids={PROVIDER: match},
        time_ms=start or 0,
    )


def _team(reading: Reading, team: str, name: str) -> Team:
    sheet = reading.info.teams.get(team)
    color = sheet.get("PlayerShirtMainColor", "") if sheet is not None else ""
    letters = "".join(letter for letter in name if letter.isalpha())
    return Team(id=team if is_id(team) else "unknown", name=name, abbr=letters[:3].upper(), color=color)


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """A PutDataRequest with events of a match."""
    head = body[:4096]
    return b"<PutDataRequest" in head and b"<Event " in head and b"MatchId=" in head


DFL_SPORTEC = Format(
    name=PROVIDER,
    sport="soccer",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("matchinfo",),
)
