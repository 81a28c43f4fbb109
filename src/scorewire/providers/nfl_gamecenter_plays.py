"""One entry of a GameCenter drive, as claims: what was played, ruled again, taken back, and who was hurt.

    ID              the play, as it counts; where a review took a touchdown away, the touchdown
    ID-td           the touchdown at the end of a return
    ID-safety, ID-return, ID-fumble, ID-downs
                    what else came of it
    ID-review, ID-cancelled, ID-reviewed
                    the review; the touchdown that it took away
    ID-final        the play as it counts, where ID is a touchdown taken away
    ID-penalty, ID-nullified, ID-injury, ID-timeout
                    more of one kind in one play have a number: ID-penalty-2

No recording holds a try for two, a try brought back, a one-point safety, a touchdown by a return or a fumble,
a fourth down that failed, a blocked kick or offsetting fouls: these are unverified, built from documentation.

Source: the league's numbers for statistics, as the payloads use them, checked against box scores; the list of
them in the documentation of the nflgame library.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from scorewire.model.provider_event import Detail, Player, ProviderEvent, Side
from scorewire.providers import nfl_gamecenter_text as words
from scorewire.providers.format import Transcript
from scorewire.providers.nfl_gamecenter_file import TOUCHDOWNS, Entry, Stat
from scorewire.providers.nfl_gamecenter_teams import abbreviation, side_of

PRIMARY: tuple[tuple[frozenset[int], str], ...] = (
    (frozenset({70}), "FIELD_GOAL"),
    (frozenset({69, 71}), "FIELD_GOAL_MISS"),
    (frozenset({72}), "EXTRA_POINT"),
    (frozenset({73, 74, 301}), "EXTRA_POINT_MISS"),
    (frozenset({75, 104, 77}), "TWO_POINT"),
    (frozenset({76, 105, 78}), "TWO_POINT_MISS"),
    (frozenset({29, 30, 31, 32, 2}), "PUNT"),
    (frozenset({41, 42, 43, 44, 410, 107, 108}), "KICKOFF"),
    (frozenset({25, 26}), "INTERCEPTION"),
    (frozenset({20}), "SACK"),
    (frozenset({14}), "PASS_INCOMPLETE"),
    (frozenset({15, 16, 17, 18}), "PASS"),
    (frozenset({10, 11, 12, 13}), "RUSH"),
)
"""The play that the first matching statistic makes it; its player is the play's."""
CAUGHT = frozenset({21, 22, 23, 24})
RETURNED = frozenset({26, 28, 34, 36, 46, 48, 64, 108})
FUMBLED = frozenset({52, 53, 54})
LOST = 106
DOWNS = 9
SAFETY = 89
ELSEWISE_LOST = frozenset({25, 26, LOST, SAFETY})
BROUGHT_BACK = frozenset({404, 406})
TRY_SAFETIES = frozenset({96, 99, 100})
SACKED_BY = frozenset({83, 84})
THREW_IT = frozenset({19})
KICK_RETURNED = frozenset({33, 34, 45, 46})

_CLOCK = re.compile(r"(\d{0,2}):([0-5]\d)\Z", re.ASCII)
_SPOT = re.compile(r"(?:([A-Z]{2,3}) )?(\d{1,2})\Z", re.ASCII)
_PLAIN = re.compile(r"[^A-Za-z0-9.]+")
_CANCELS = {"TOUCHDOWN": "TOUCHDOWN_CANCELLED"}
_POINTS = frozenset({"EXTRA_POINT", "TWO_POINT", "FIELD_GOAL", "SAFETY"})


class Done(NamedTuple):
    """A statistic and whose it is."""

    player: str
    stat: Stat


def clock(text: str | None) -> str | None:
    """clock("00:51") == "0:51"; None where there is none."""
    match = _CLOCK.match(text or "")
    return f"{int(match[1] or 0)}:{match[2]}" if match else None


def spot(text: str | None) -> str | None:
    """`KC 35` or `50`; None for anything else."""
    match = _SPOT.match(text or "")
    if match is None or int(match[2]) > 50:
        return None
    return f"{abbreviation(match[1])} {int(match[2])}" if match[1] else match[2]


def snake(text: str) -> str:
    """`runner_broke_the_plane`."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def situation(
    sides: Mapping[str, Side], posteam: str | None, down: int | None, togo: int | None, at: str | None
) -> Detail:
    """What is known before a snap; nothing before kick-offs and tries."""
    code = abbreviation(posteam or "")
    side, place = sides.get(code), spot(at)
    if side is None or place is None or not down or not 1 <= down <= 4:
        return {}
    detail: Detail = {"down": down, "at": place, "possession": side}
    if togo is not None and 0 <= togo < 100:
        detail["togo"] = togo
    club, _, yards = place.rpartition(" ")
    if club and club != code and int(yards) <= 20:
        detail["red_zone"] = True
    return detail


class Reader:
    """Turns entries into claims, in order of play; knows the names that it has met so far."""

    def __init__(self, sides: Mapping[str, Side], transcript: Transcript) -> None:
        self.sides = sides
        self.transcript = transcript
        self._ids: dict[tuple[str, str], str] = {}
        self._number = 0
        self._entry = Entry(qtr=1)
        self._time_ms = 0
        self._text: str | None = None

    def read(self, number: int, entry: Entry, after: Detail, time_ms: int) -> None:
        """One entry that is a play.

        Args:
            after: the situation that it leaves.
            time_ms: when it was, nominally.
        """
        self._begin(number, entry, time_ms)
        done = self._meet(entry)
        review = words.review(entry.desc)
        first = words.bare(review.first) if review is not None and review.reversed else ""
        final = words.bare(review.final if review is not None and review.reversed else entry.desc)
        fouls = words.fouls(entry.desc)
        taken_away = "TOUCHDOWN" in first and not any(one.stat.stat_id in TOUCHDOWNS for one in done)
        if taken_away:
            self._told(first, "")
        elif any(foul.no_play for foul in fouls):
            self._nullified(final)
        else:
            self._played(done, final, after, "")
        if review is not None:
            self._reviewed(review, taken_away=taken_away)
        if taken_away:
            self._played(done, final, after, "-final")
        self._beside(entry, fouls, after)

    def timeout(self, number: int, entry: Entry, time_ms: int) -> None:
        """A time-out that is an entry of its own; the official's has no team."""
        self._begin(number, entry, time_ms)
        told = words.timeout(entry.desc)
        if told is None:
            self._say("", "TIMEOUT", detail={"kind": "official"})
            return
        side = self.sides.get(abbreviation(told[1]))
        self._say("", "TIMEOUT", side, detail={"number": told[0]})

    def plain(self, number: int, entry: Entry, kind: str, time_ms: int) -> None:
        """An entry that is no more than its type."""
        self._begin(number, entry, time_ms)
        self._say("", kind)

    def _begin(self, number: int, entry: Entry, time_ms: int) -> None:
        self._number, self._entry, self._time_ms = number, entry, time_ms
        self._text = entry.desc[:1000] or None

    def _say(
        self,
        suffix: str,
        kind: str,
        team: Side | None = None,
        player: Player | None = None,
        detail: Detail | None = None,
    ) -> None:
        entry = self._entry
        text, self._text = self._text, None  # the sentence goes with the first claim of a play
        self.transcript.add(
            ProviderEvent(
                provider="",
                game_id="",
                event=f"{self._number}{suffix}",
                revision=1,
                type=kind,
                team=team,
                period=entry.qtr,
                clock=clock(entry.time),
                player=player,
                detail=detail or {},
                text=text,
                time_ms=self._time_ms,
            )
        )

    def _meet(self, entry: Entry) -> list[Done]:
        """The statistics of a play in their order, and the names in them."""
        done = [Done(player, stat) for player, stats in (entry.players or {}).items() for stat in stats]
        done.sort(key=lambda one: one.stat.sequence)
        for player, stat in done:
            if stat.player_name and stat.clubcode and player != "0":
                self._ids.setdefault((abbreviation(stat.clubcode), stat.player_name), f"nfl-{player}")
        return done

    def _of(self, one: Done | None) -> Player | None:
        if one is None or one.player == "0" or not one.stat.player_name:
            return None
        return Player(id=f"nfl-{one.player}", name=one.stat.player_name)

    def _named(self, name: str, club: str) -> Player | None:
        """A player whom only the sentence names; without a number of his own if he was not met before."""
        if not name:
            return None
        made = f"nfl-{club}-{_PLAIN.sub('-', name)}"[:64].strip("-.").lower()
        return Player(id=self._ids.get((club, name), made), name=name)

    def _club(self, side: Side | None) -> str:
        return next((code for code, one in self.sides.items() if one == side), "")

    def _side(self, one: Done | None) -> Side | None:
        code = one.stat.clubcode if one is not None else self._entry.posteam
        return self.sides.get(abbreviation(code or ""))

    @property
    def _posteam(self) -> Side | None:
        return self.sides.get(abbreviation(self._entry.posteam or ""))

    def _played(self, done: list[Done], text: str, after: Detail, suffix: str) -> None:
        """A play by its statistics; by its sentence where it has none that says what it was."""
        kind, by = _primary(done)
        kind = kind or words.kind(text)
        if kind is None:
            return  # a foul before the snap
        if by is None and kind == "TOUCHDOWN":
            kind = "PLAY"  # points are believed only from statistics
        scorer = next((one for one in done if one.stat.stat_id in TOUCHDOWNS), None)
        detail = self._detail(kind, by, done, text)
        if kind == "PASS_INCOMPLETE" and "spiked" in text:
            kind = "SPIKE"
        elif kind == "RUSH" and "kneels" in text:
            kind = "KNEEL"
        catch = next((one for one in done if one.stat.stat_id in CAUGHT), None)
        if scorer is not None and kind in {"RUSH", "PASS"} and self._side(scorer) == self._side(by):
            detail["kind"] = "pass" if kind == "PASS" else "rush"
            if kind == "PASS":
                detail |= _named("passer", by)
            self._say(suffix, "TOUCHDOWN", self._side(scorer), self._of(scorer), detail)
        else:
            if catch is not None and kind == "PASS" and catch.stat.player_name:
                detail["to"] = catch.stat.player_name
                detail["to_id"] = f"nfl-{catch.player}"
            team = self._side(by) or self._posteam
            self._say(suffix, kind, team, self._of(by), detail | after)
            if scorer is not None:
                how: Detail = {"kind": "return" if scorer.stat.stat_id in RETURNED else "fumble"}
                if scorer.stat.yards:
                    how["yards"] = scorer.stat.yards
                self._say(f"{suffix}-td", "TOUCHDOWN", self._side(scorer), self._of(scorer), how)
        self._came_of_it(done, suffix)

    def _detail(self, kind: str, by: Done | None, done: list[Done], text: str) -> Detail:
        detail: Detail = {}
        if by is not None:
            same = [one.stat.yards for one in done if one.player == by.player and _makes(one, kind)]
            yards = next((one for one in same if one), 0)
            if yards or kind in {"RUSH", "PASS", "SACK"}:
                detail["yards"] = yards
        if kind in {"RUSH", "PASS"} and words.out_of_bounds(text):
            detail["out_of_bounds"] = True
        if kind == "SACK":
            tackler = next((one for one in done if one.stat.stat_id in SACKED_BY), None)
            if tackler is not None and tackler.stat.player_name:
                detail |= _named("by", tackler)
            halves = [one for one in done if one.stat.stat_id in SACKED_BY]
            if len(halves) > 1:
                detail |= _named("by2", halves[1])
        if kind == "INTERCEPTION":
            detail |= _named("passer", next((one for one in done if one.stat.stat_id in THREW_IT), None))
        if kind in {"KICKOFF", "PUNT"}:
            returner = next((one for one in done if one.stat.stat_id in KICK_RETURNED), None)
            if returner is not None and (returned := _named("returner", returner)):
                detail |= {**returned, "return_yards": returner.stat.yards or 0}
        if kind == "TWO_POINT":
            detail["kind"] = "rush" if by is not None and by.stat.stat_id == 75 else "pass"
        if kind in {"FIELD_GOAL_MISS", "EXTRA_POINT_MISS"} and "BLOCKED" in text:
            detail["kind"] = "blocked"
        return detail

    def _came_of_it(self, done: list[Done], suffix: str) -> None:
        """Safety, a try brought back, fumbles, a fourth down that failed."""
        # One fumble may have two statistics: forced, and out of bounds.
        fumblers = {one.player: one for one in done if one.stat.stat_id in FUMBLED}
        for index, one in enumerate(fumblers.values()):
            lost = any(other.player == one.player and other.stat.stat_id == LOST for other in done)
            name = f"{suffix}-fumble{_nth(index)}"
            self._say(name, "FUMBLE", self._side(one), self._of(one), {"lost": lost})
        for name, ids, kind in (
            ("-safety", frozenset({SAFETY}), "SAFETY"),
            ("-return", BROUGHT_BACK, "DEFENSIVE_TWO_POINT"),
            ("-onepoint", TRY_SAFETIES, "ONE_POINT_SAFETY"),
        ):
            credited = next((one for one in done if one.stat.stat_id in ids), None)
            if credited is not None:
                self._say(f"{suffix}{name}", kind, self._side(credited), self._of(credited))
        if self._entry.note == "SAF" and not any(one.stat.stat_id == SAFETY for one in done):
            given: Side = "away" if self._posteam == "home" else "home"
            self._say(f"{suffix}-safety", "SAFETY", given)
        # A fourth down fails by an interception or a lost fumble too; those are told already.
        told = {one.stat.stat_id for one in done}
        if DOWNS in told and not told & ELSEWISE_LOST:
            self._say(f"{suffix}-downs", "TURNOVER_ON_DOWNS", self._posteam)

    def _told(self, text: str, suffix: str) -> None:
        """A touchdown that only the sentence tells of."""
        score = words.touchdown(text)
        side = self._posteam
        if score.returned and side is not None:
            side = "away" if side == "home" else "home"
        detail: Detail = {"kind": score.kind}
        if score.yards is not None:
            detail["yards"] = score.yards
        self._say(suffix, "TOUCHDOWN", side, self._named(score.player, self._club(side)), detail)

    def _nullified(self, text: str) -> None:
        """A play that a penalty took back, if anything was played before the whistle."""
        kind = words.kind(text)
        if kind is None:
            return
        if kind == "TOUCHDOWN":
            self._told(text, "")
        elif kind == "INTERCEPTION":
            side = self._posteam
            taker: Side | None = None if side is None else "away" if side == "home" else "home"
            self._say("", kind, taker)
        else:
            self._say("", kind, self._posteam, self._named(words.player(text), self._club(self._posteam)))
        cancels = _CANCELS.get(kind) or ("SCORE_CANCELLED" if kind in _POINTS else "PLAY_NULLIFIED")
        self._say("-nullified", cancels, detail={"event": str(self._number), "reason": "penalty"})

    def _reviewed(self, review: words.Review, *, taken_away: bool) -> None:
        who = side_of(review.who, self.sides)
        self._say("-review", "REVIEW_STARTED", who, detail={"subject": snake(review.subject)})
        if taken_away:
            detail: Detail = {"event": str(self._number), "reason": "review"}
            self._say("-cancelled", "TOUCHDOWN_CANCELLED", detail=detail)
        decision = "reversed" if review.reversed else "upheld"
        self._say("-reviewed", "REVIEW_ENDED", who, detail={"decision": decision})
        number = words.charged(self._entry.desc)
        if number is not None and who is not None and not review.reversed:
            self._say("-timeout", "TIMEOUT", who, detail={"number": number})

    def _beside(self, entry: Entry, fouls: list[words.Foul], after: Detail) -> None:
        """Penalties and injuries. The last penalty that counts says where the ball lies after it."""
        for index, foul in enumerate(fouls):
            club = abbreviation(foul.club)
            if club not in self.sides:
                self.transcript.skip("unknown_team")
                continue
            detail: Detail = {"kind": snake(foul.kind), "decision": foul.decision}
            if foul.decision == "accepted":
                detail["yards"] = foul.yards
            if foul.no_play:
                detail |= {"no_play": True, **after}
            player = self._named(foul.player, club)
            self._say(f"-penalty{_nth(index)}", "PENALTY", self.sides[club], player, detail)
        for index, (code, name) in enumerate(words.injuries(entry.desc)):
            club = abbreviation(code)
            if club in self.sides:
                player = self._named(name, club)
                self._say(f"-injury{_nth(index)}", "INJURY", self.sides[club], player)


def _primary(done: list[Done]) -> tuple[str | None, Done | None]:
    for ids, kind in PRIMARY:
        for one in done:
            if one.stat.stat_id in ids and one.stat.stat_id not in {77, 78}:
                return kind, one
        passed = next((one for one in done if one.stat.stat_id in ids), None)
        if passed is not None:
            return kind, passed
    return None, None


def _makes(one: Done, kind: str) -> bool:
    return any(one.stat.stat_id in ids for ids, name in PRIMARY if name == kind)


def _named(role: str, by: Done | None) -> Detail:
    """`{"passer": "D.Brees", "passer_id": "nfl-00-0020531"}`; nothing where nobody is named."""
    if by is None or by.player == "0" or not by.stat.player_name:
        return {}
    return {role: by.stat.player_name, f"{role}_id": f"nfl-{by.player}"}


def _nth(index: int) -> str:
    return f"-{index + 1}" if index else ""
