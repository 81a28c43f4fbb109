"""What really happened in a game, and the messages that a provider makes of it. Pure, from one Random."""

import random
from dataclasses import dataclass, field

import msgspec

from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Side, Team
from scorewire.sim.options import Options

SIDES: tuple[Side, Side] = ("home", "away")

PLAYS = {
    "soccer": ("GOAL", "GOAL", "SHOT", "FOUL", "CORNER", "YELLOW_CARD", "PASS", "OFFSIDE"),
    "basketball": ("FG2", "FG2", "FG3", "FT", "REBOUND", "FOUL", "TURNOVER", "FG2_MISS"),
}
POINTS = {"GOAL": 1, "FG2": 2, "FG3": 3, "FT": 1}
CANCELS = {"soccer": "GOAL_CANCELLED", "basketball": "BASKET_CANCELLED"}
PERIODS = {"soccer": 2, "basketball": 4}


@dataclass(slots=True)
class Script:
    """One game: its declaration, and the provider's messages in the order in which they are sent."""

    declared: GameDeclared
    messages: list[ProviderEvent] = field(default_factory=list)


def write(number: int, options: Options, rng: random.Random) -> Script:
    """A whole game with its corrections; every message could be true when it is sent."""
    sport = rng.choice(sorted(PLAYS))
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
    )
    return Script(declared, list(_Writer(declared, options, rng).game()))


class _Writer:
    def __init__(self, declared: GameDeclared, options: Options, rng: random.Random) -> None:
        self.declared = declared
        self.options = options
        self.rng = rng
        self.revision = 0
        self.sequence = 0
        self.made: list[ProviderEvent] = []
        self.corrected: set[str] = set()

    def game(self) -> list[ProviderEvent]:
        messages: list[ProviderEvent] = []
        sport = self.declared.sport
        for period in range(1, PERIODS[sport] + 1):
            messages.append(self.say("PERIOD_START", None, period))
            for _ in range(self.options.plays // PERIODS[sport]):
                play = self.say(self.rng.choice(PLAYS[sport]), self.rng.choice(SIDES), period)
                messages.append(play)
                self.made.append(play)
                if self.rng.random() < self.options.correct_p:
                    messages.append(self.correct(self.rng.choice(self.made), period))
            messages.append(self.say("PERIOD_END", None, period))
        messages.append(self.say("GAME_END", None, PERIODS[sport]))
        messages.append(self.say("GAME_FINAL", None, PERIODS[sport]))
        late = [self.correct(self.rng.choice(self.made), PERIODS[sport]) for _ in range(2)]
        return messages + [message for message in late if message.type not in CANCELS.values()]

    def say(self, type_: str, team: Side | None, period: int) -> ProviderEvent:
        self.revision += 1
        self.sequence += 1
        return ProviderEvent(
            provider="feed",
            game_id=self.declared.game_id,
            event=f"e{self.sequence}",
            revision=self.revision,
            sequence=self.sequence,
            type=type_,
            team=team,
            period=period,
        )

    def correct(self, play: ProviderEvent, period: int) -> ProviderEvent:
        """One of the ways in which a feed takes back what it said of `play`.

        A cancellation names a goal that stands and is its last word: one that comes while its target is
        something else is refused (`nothing_to_cancel`), which the auditor does not count.
        """
        self.revision += 1
        way = self.rng.choice(("retract", "retype", "reteam", "again", "cancel"))
        untouched = play.event not in self.corrected
        self.corrected.add(play.event)
        if way == "cancel" and play.type in POINTS and untouched:
            self.made.remove(play)
            cancel = self.say(CANCELS[self.declared.sport], play.team, period)
            return msgspec.structs.replace(cancel, detail={"event": play.event})
        if way == "retract":
            return msgspec.structs.replace(play, revision=self.revision, action="retract")
        if way == "retype":
            kind = self.rng.choice(PLAYS[self.declared.sport])
            return msgspec.structs.replace(play, revision=self.revision, type=kind)
        if way == "reteam":
            return msgspec.structs.replace(play, revision=self.revision, team=self.rng.choice(SIDES))
        return msgspec.structs.replace(play, revision=self.revision)
