"""A season that is corrected a thousand times at random, over whichever journal, and then made from nothing.

Games are decided by the rules, their rows go to the journal, and tables and lines are kept by those who keep
them in a node. What is corrected: scorers and assists, goals that are taken back, cancelled and given again,
rulings that come and go, games that end and go on, and the season that a game belongs to.
"""

import asyncio
import random
import time

import msgspec

from scorewire.journal.journal import Journal
from scorewire.model.provider_event import Player, ProviderEvent
from scorewire.model.score_state import ScoreState
from scorewire.stats.keeping import Tables, Terms, kept_result, made
from scorewire.stats.leaders import leaders, season
from scorewire.stats.lines import LINES
from scorewire.stats.lines.box import GameLines
from scorewire.stats.statistics import Statistics
from unit.stats.lines.plays import Game
from unit.stats.seasons import Running, Season, declared

TEAMS = ("ars", "che", "eve", "liv")
GAMES = [f"{home}-{away}" for home in TEAMS for away in TEAMS if home != away]
SEASONS = ("2026", "2027")
PLAYERS = 6
CORRECTIONS = 1000
COUNT_FOR_NOTHING = {"void", "abandoned"}
AT_ONCE = 5
"""Rows of so many corrections are in one commit, as those of an owner are."""


class CorrectedSeason:
    """The season; `play` makes it, `correct` one correction, `settle` waits for who keeps it."""

    def __init__(self, journal: Journal, seed: int) -> None:
        self.journal = journal
        self.dice = random.Random(seed)
        self.season = Season(journal)
        self.revisions = 10
        self.tables = Tables(
            competitions=journal.competitions,
            head=self.season.head,
            epoch=lambda: journal.epoch,
            terms=Terms(),
            now_s=time.monotonic,
        )

    async def play(self) -> None:
        """Every game, with a few goals."""
        for game_id in GAMES:
            played = self.season.game(game_id)
            for number in range(self.dice.randrange(1, 5)):
                self.score(played, f"goal-{number}")
            played.say("GAME_FINAL", event="end")
        await self.tell()

    def score(self, played: Game, event: str) -> None:
        """A goal that somebody helped with, mostly."""
        side = self.dice.choice(("home", "away"))
        home, away = played.desk.book.game_id.split("-")
        team = home if side == "home" else away
        detail = {"assist_id": self.who(team)} if self.dice.random() < 0.7 else {}
        claim = ProviderEvent(
            provider="acme",
            game_id=played.desk.book.game_id,
            event=event,
            revision=self.revision(),
            type="GOAL",
            team=side,  # type: ignore[arg-type]
            player=Player(id=self.who(team)),
            period=1,
            detail=detail,  # type: ignore[arg-type]
        )
        played.offer(claim)

    def who(self, team: str) -> str:
        return f"{team}-{self.dice.randrange(PLAYERS)}"

    def revision(self) -> int:
        self.revisions += 1
        return self.revisions

    def correct(self) -> None:
        """One correction of some game; the rules may refuse it."""
        played = self.season.games[self.dice.choice(GAMES)]
        goals = [play.claim for play in played.desk.book.order if play.claim.type == "GOAL"]
        match self.dice.randrange(8):
            case 0 | 1 if goals:
                goal = self.dice.choice(goals)
                assert goal.player is not None
                other = self.who(goal.player.id.partition("-")[0])
                self.again(played, goal, player=Player(id=other))
            case 2 if goals:
                self.again(played, self.dice.choice(goals), action="retract")
            case 3 if goals:
                named = self.dice.choice(goals).event
                self.say(played, "GOAL_CANCELLED", f"no-{named}", detail={"event": named})
            case 4:
                taken = [
                    play.claim for play in played.desk.book.order if play.claim.event[:3] in ("no-", "rul")
                ]
                if taken:
                    self.again(played, self.dice.choice(taken), action="retract")
            case 5:
                kind = self.dice.choice(("GAME_VOID", "GAME_ABANDONED", "GAME_AWARDED", "GAME_FINAL"))
                detail = {"home": 0, "away": 3} if kind == "GAME_AWARDED" else {}
                self.say(played, kind, f"rul-{self.revisions}", detail=detail)
            case 6:
                game_id, name = played.desk.book.game_id, self.dice.choice(SEASONS)
                told = declared(game_id, season=name, revision=self.revision(), event=f"m-{game_id}")
                played.offer(told)
            case _:
                self.score(played, f"goal-{self.revisions}")

    def again(self, played: Game, claim: ProviderEvent, **fields: object) -> None:
        played.offer(msgspec.structs.replace(claim, revision=self.revision(), **fields))

    def say(self, played: Game, kind: str, event: str, **fields: object) -> None:
        base: dict[str, object] = {"provider": "acme", "game_id": played.desk.book.game_id, "period": 1}
        named: dict[str, object] = {"event": event, "revision": self.revision(), "type": kind}
        played.offer(ProviderEvent(**{**base, **named, **fields}))  # type: ignore[arg-type]

    async def tell(self) -> None:
        """What is new goes to the journal, and is heard."""
        news = await self.season.store()
        self.tables.heard(news)
        self.season.book.heard(news)

    async def settle(self) -> None:
        async with asyncio.timeout(60):
            await self.tables.level()
            await self.season.book.finish()

    # What there should be, from nothing.

    def states(self) -> list[ScoreState]:
        shown = [played.desk.shown for played in self.season.games.values()]
        return [state for state in shown if state is not None]

    def lines(self, name: str) -> list[GameLines]:
        """Of a season's games that count, each counted from its first row, by id."""
        of_it = [state for state in self.states() if state.season == name]
        counted = [state.game_id for state in of_it if state.status not in COUNT_FOR_NOTHING]
        return [self.season.lines(game_id) for game_id in sorted(counted)]

    async def compare(self) -> None:
        """Tables, lines, leaders, players and teams equal what is made from nothing."""
        asked = self.season.asked()
        for name in SEASONS:
            competition = await self.journal.competitions.read("cup", name)
            bare = msgspec.structs.replace(competition, results=())
            own = [kept_result(state) for state in self.states() if state.season == name]
            assert await self.tables.read("cup", name) == made(bare, own, Terms())
            expected = self.lines(name)
            kept = await self.journal.lines.season("cup", name)
            assert [msgspec.json.decode(body, type=GameLines) for _, body in kept] == expected
            for stat in ("G", "A"):
                await compare_leaders(asked, name, stat, expected)
        for player in (f"{team}-{number}" for team in TEAMS for number in range(PLAYERS)):
            await self.compare_player(asked, player)

    async def compare_player(self, asked: Statistics, player: str) -> None:
        body = await asked.player(player)
        told = {} if body is None else {one["season"]: one for one in msgspec.json.decode(body)["seasons"]}
        for name in SEASONS:
            own = [
                line.tables["match"]
                for game in self.lines(name)
                for team in (game.home, game.away)
                for line in team.players
                if line.id == player and line.played
            ]
            assert (name in told) == bool(own)
            if own:
                assert told[name]["games"] == len(own)
                assert told[name]["totals"]["match"]["G"] == sum(cells["G"] for cells in own)


async def compare_leaders(asked: Statistics, name: str, stat: str, expected: list[GameLines]) -> None:
    """A board as it is told equals that of the lines that there should be."""
    body = await asked.leaders("cup", name, stat=stat)
    assert body is not None
    sport = LINES["soccer"]
    rows = leaders(sport, season(sport, expected), league="cup", table="match", column=stat, count=50)
    told = msgspec.json.decode(body)["boards"][0].get("leaders", [])
    assert told == msgspec.to_builtins([row for row in rows if row.value])


async def a_thousand_corrections(journal: Journal, seed: int = 6) -> None:
    """See the module."""
    one = CorrectedSeason(journal, seed)
    async with Running(one.tables.run, one.season.book.run):
        await one.play()
        for number in range(1, CORRECTIONS + 1):
            one.correct()
            if number % AT_ONCE == 0:
                await one.tell()
            if number % (CORRECTIONS // 4) == 0:
                await one.settle()
                await one.compare()
    assert {state.status for state in one.states()} > {"corrected", "void"}
    # And counted anew, as by another release, nothing changes.
    before = [await journal.lines.season("cup", name) for name in SEASONS]
    anew = one.season.scorebook("another release")
    async with Running(anew.run), asyncio.timeout(60):
        while anew.looks:  # noqa: ASYNC110 (nobody but a test waits for this)
            await asyncio.sleep(0.01)
    assert anew.kept == len(GAMES)
    assert [await journal.lines.season("cup", name) for name in SEASONS] == before
