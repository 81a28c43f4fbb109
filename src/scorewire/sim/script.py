"""What really happened in a game, and the messages that a provider makes of it. Pure, from one Random."""

import random
from dataclasses import dataclass, field

import msgspec

from scorewire.model.provider_event import (
    Confirmation,
    Detail,
    GameDeclared,
    League,
    ProviderEvent,
    Side,
    SideScore,
    Team,
)
from scorewire.sim import backup, counting
from scorewire.sim.auditor import standing
from scorewire.sim.backup import Backup
from scorewire.sim.options import Options
from scorewire.sim.plays import PLAYED
from scorewire.sports import SPORTS

STATES_SCORE = frozenset({"PERIOD_END", "GAME_END", "GAME_FINAL"})
POINTS_MAX = 400
"""A match of sets that nobody can win is given up."""


@dataclass(slots=True)
class Script:
    """One game: its declaration, and the provider's messages in the order in which they are sent.

    Attributes:
        backup: a second provider, where there is one.
    """

    declared: GameDeclared
    messages: list[ProviderEvent] = field(default_factory=list)
    backup: Backup | None = None


def write(number: int, options: Options, rng: random.Random) -> Script:
    """A whole game with its corrections; every message could be true when it is sent."""
    sport = rng.choice(sorted(PLAYED.keys() & SPORTS.keys()))
    declared = GameDeclared(
        provider="feed",
        game_id=f"game-{number}",
        event=f"declared-{number}",
        revision=1,
        sport=sport,
        league=League(id="league"),
        start="2026-11-21T15:00:00Z",
        home=Team(id=f"home-{number}"),
        away=Team(id=f"away-{number}"),
        rules=PLAYED[sport].rules or {},
    )
    messages = list(_Writer(declared, options, rng).game())
    if rng.random() >= options.backup_p:
        return Script(declared, messages)
    declared = msgspec.structs.replace(declared, providers=("feed", backup.BACKUP))
    return Script(declared, messages, backup.write(sport, messages, options, rng))


class _Writer:
    def __init__(self, declared: GameDeclared, options: Options, rng: random.Random) -> None:
        self.declared = declared
        self.sport = PLAYED[declared.sport]
        self.options = options
        self.rng = rng
        self.revision = 0
        self.sequence = 0
        self.messages: list[ProviderEvent] = []
        self.made: list[ProviderEvent] = []
        self.corrected: set[str] = set()
        self.stated = SideScore(home=0, away=0)

    def game(self) -> list[ProviderEvent]:
        periods = [1] if self.sport.sets else list(range(1, self.sport.periods + 1))
        for period in periods:
            self.say("PERIOD_START", None, period)
            for number in range(POINTS_MAX):
                if self.is_over() if self.sport.sets else number >= self.options.plays // len(periods):
                    break
                self.play(period)
                if self.rng.random() < self.options.correct_p:
                    self.correct(self.rng.choice(self.made), period)
            if not self.sport.sets:
                self.say("PERIOD_END", None, period)
        for kind in ("GAME_END", "GAME_FINAL"):
            self.say(kind, None, None)
        for _ in range(2):
            self.correct(self.rng.choice(self.made), periods[-1], after_final=True)
        return self.messages

    def is_over(self) -> bool:
        """Whether the match of sets is won, by what the provider itself holds for true now."""
        return counting.count(self.declared.sport, standing(self.messages), self.declared.rules).over

    def play(self, period: int) -> None:
        kind = self.rng.choice(self.sport.kinds)
        side = self.sport.side(self.rng, period)
        named = None if self.sport.sets else period
        tentative = self.rng.random() < self.options.tentative_p
        self.made.append(
            self.say(
                kind,
                side,
                named,
                detail=self.sport.detail(self.rng, kind),
                confirmation="tentative" if tentative else "confirmed",
            )
        )

    def say(
        self,
        type_: str,
        team: Side | None,
        period: int | None,
        *,
        detail: Detail | None = None,
        confirmation: Confirmation = "confirmed",
    ) -> ProviderEvent:
        """A new event, sent now."""
        self.revision += 1
        self.sequence += 1
        message = ProviderEvent(
            provider="feed",
            game_id=self.declared.game_id,
            event=f"e{self.sequence}",
            revision=self.revision,
            sequence=self.sequence,
            type=type_,
            team=team,
            period=period,
            detail=detail or {},
            confirmation=confirmation,
        )
        self.messages.append(message)
        score = self.score()
        if score != self.stated or type_ in STATES_SCORE:
            message = self.messages[-1] = msgspec.structs.replace(message, score=score)
            self.stated = score
        return message

    def score(self) -> SideScore:
        """The provider's own score now, as feeds state it with what changes it."""
        sheet = counting.count(self.declared.sport, standing(self.messages), self.declared.rules)
        return SideScore(home=sheet.home, away=sheet.away)

    def correct(self, play: ProviderEvent, period: int, *, after_final: bool = False) -> None:
        """Send one of the ways in which a feed takes back what it said of `play`.

        A cancellation names a play that stands and is its last word: one that comes while its target is
        something else is refused (`nothing_to_cancel`), which the auditor does not count.
        """
        way = self.rng.choice(
            ("retract", "retype", "reteam", "again", "cancel", "confirm", "disown", "ghost")
        )
        untouched = play.event not in self.corrected
        self.corrected.add(play.event)
        sport = self.sport
        if way == "cancel":
            if play.type in sport.scoring and untouched and not after_final:
                self.made.remove(play)
                named = None if sport.sets else period
                self.say(sport.cancelled, play.team, named, detail={"event": play.event})
            return
        if way == "ghost":
            play = msgspec.structs.replace(play, event=f"ghost-{self.revision}")
        self.revision += 1
        # The score that the play stated was of its own moment, and is not said again.
        changed = msgspec.structs.replace(play, revision=self.revision, score=None)
        if way in {"retract", "ghost"}:
            changed = msgspec.structs.replace(changed, action="retract")
        elif way == "retype":
            kind = self.rng.choice(sport.kinds)
            changed = msgspec.structs.replace(changed, type=kind, detail=sport.detail(self.rng, kind))
        elif way == "reteam":
            changed = msgspec.structs.replace(changed, team=sport.side(self.rng, play.period or 1))
        elif way in {"confirm", "disown"}:
            word: Confirmation = "confirmed" if way == "confirm" else "cancelled"
            changed = msgspec.structs.replace(changed, confirmation=word)
        self.messages.append(changed)
