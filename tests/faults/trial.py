"""One fault on trial: goals fall, fans watch, something breaks and is mended, and then all is counted.

What is asserted of each, whatever was broken:

- every acknowledged claim is exactly one row of the journal: nothing lost, nothing applied twice;
- every fan was told of each game in order without a hole, and ends with the newest state;
- that state is what /score serves, what the journal folds to, and what the provider counts.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec
import psycopg

from faults.ground import PROVIDER, Ground, until
from faults.season import Season
from faults.terraces import Terraces
from scorewire.games.audit import Audit
from scorewire.games.history import History
from scorewire.journal.journal import Journal
from scorewire.sports import SPORTS

GAMES: Final = 10
CALM_S: Final = 1.5
"""Goals before the fault, and after it was mended."""
QUIET_S: Final = 60.0
"""For everybody to be complete again after the last goal; how long it took is in the table."""


@dataclass(frozen=True)
class Fault:
    """One row of the matrix.

    Attributes:
        name: of the test.
        title: in the table.
        act: breaks something and mends it; returns when it is mended, or supervised.
        new_epoch: whether the journal begins a new one, as after a restore.
        mend: called when all is complete: it is so in spite of the fault, which lasts.
        needs: markers of what it cannot do without.
        often: whether it is tried on each build, or only by `make faults`.
    """

    name: str
    title: str
    act: Callable[[Ground], None]
    new_epoch: bool = False
    mend: Callable[[Ground], None] | None = None
    needs: tuple[str, ...] = ()
    often: bool = False


@dataclass
class Row:
    """What one trial found; times in seconds.

    Attributes:
        broken_s: from breaking something until it was mended, or started again and ready.
        fans_waited_s: the longest time from a goal until a fan had seen it, of all goals and fans.
        provider_waited_s: the longest time between two acknowledgements.
        shown_again: updates that Redis had lost or never got.
    """

    fault: str
    title: str
    broken_s: float
    fans_waited_s: float
    provider_waited_s: float
    acknowledged: int
    lost: int
    doubled: int
    posted_again: int
    shown_again: int
    fans: int
    joins: int
    at: str = field(default_factory=lambda: time.strftime("%Y-%m-%d", time.gmtime()))


def put_on_trial(ground: Ground, fault: Fault) -> Row:
    """Run one fault and count.

    Raises:
        AssertionError: a promise did not hold.
    """
    ground.trials += 1
    until(lambda: all(map(ground.answers, ground.names)), "all processes are ready")
    ground.games = games = [f"{fault.name}-{n}" for n in range(GAMES)]
    season = Season(ground.intakes, games)
    season.declare()
    until(lambda: heads(ground, games) == dict.fromkeys(games, 2), "the games are declared")
    with Terraces([one.port for one in ground.gateways], games) as terraces:
        until(lambda: terraces.all_at(dict.fromkeys(games, 2)), "fans have come")
        repairs = ground.repairs()
        season.start()
        time.sleep(CALM_S)
        began_s = time.monotonic()
        try:
            fault.act(ground)
            broken_s = time.monotonic() - began_s
            time.sleep(CALM_S)
        finally:
            season.finish()
        wanted = {game: 2 + len(goals) for game, goals in season.goals.items()}
        await_shown(ground, wanted)
        deadline_s = time.monotonic() + QUIET_S
        while not terraces.all_at(wanted) and not terraces.broken and time.monotonic() < deadline_s:
            time.sleep(0.05)
        until(lambda: all(map(ground.answers, ground.names)), "all processes are ready again")
        shown_again = max(0, ground.repairs() - repairs)
        if fault.mend is not None:
            fault.mend(ground)
    assert not terraces.broken, terraces.broken[:5]
    check_fans(terraces, wanted, ground, fault)
    lost, doubled = count(ground.journal, games, season.told)
    asyncio.run(check_folds(ground, games))
    return Row(
        fault=fault.name,
        title=fault.title,
        broken_s=round(broken_s, 2),
        fans_waited_s=round(terraces.longest_wait_s(season.goals), 2),
        provider_waited_s=round(season.silence_s, 2),
        acknowledged=len(season.told),
        lost=lost,
        doubled=doubled,
        posted_again=season.repeats,
        shown_again=shown_again,
        fans=len(terraces.fans),
        joins=sum(fan.joins for fan in terraces.fans),
    )


def score(ground: Ground, game: str) -> dict[str, Any]:
    """What readers see; nothing while nobody answers."""
    try:
        answer = ground.api.get(f"/v1/games/{game}/score")
    except httpx.TransportError:
        return {}
    return answer.json() if answer.status_code == 200 else {}


def heads(ground: Ground, games: list[str]) -> dict[str, int]:
    """At which seq readers see each game."""
    return {game: score(ground, game).get("seq", 0) for game in games}


def await_shown(ground: Ground, wanted: dict[str, int]) -> None:
    """Wait until readers see what is wanted of each game.

    Raises:
        AssertionError: they did not in time; says which games, and where the journal and a stream have them.
    """
    deadline_s = time.monotonic() + QUIET_S
    while (seen := heads(ground, list(wanted))) != wanted:
        if time.monotonic() > deadline_s:
            amiss = {game: (seen[game], seq) for game, seq in wanted.items() if seen[game] != seq}
            with psycopg.connect(ground.journal) as connection:
                rows = connection.execute(
                    "SELECT game_id, max(seq) FROM events WHERE game_id = ANY(%s) GROUP BY game_id",
                    (list(amiss),),
                ).fetchall()
            raise AssertionError(f"within {QUIET_S:g} s: (seen, wanted) {amiss}; in the journal: {rows}")
        time.sleep(0.02)


def check_fans(terraces: Terraces, wanted: dict[str, int], ground: Ground, fault: Fault) -> None:
    """Everybody is complete, and holds what is served."""
    served = {game: score(ground, game) for game in wanted}
    for fan in terraces.fans:
        for game, copy in fan.copies.items():
            who = f"{type(fan).__name__} of {game}, joined {fan.joins}x"
            assert copy.seq == wanted[game], f"{who}: at {copy.seq}, not {wanted[game]}"
            assert copy.state == served[game], who
            assert copy.epochs == fault.new_epoch, who


def count(journal: str, games: list[str], told: set[tuple[str, str, int]]) -> tuple[int, int]:
    """How much of what was acknowledged is no row, and how much is several.

    Args:
        told: (game, event, revision).

    Raises:
        AssertionError: there is any; says which.
    """
    with psycopg.connect(journal) as connection:
        found = connection.execute(
            "SELECT game_id, event, revision FROM events WHERE provider = %s AND game_id = ANY(%s)"
            " AND type <> 'GAME_SCHEDULED'",
            (PROVIDER, games),
        ).fetchall()
    rows = Counter((game, name, revision) for game, name, revision in found)
    lost = told - rows.keys()
    doubled = [name for name, times in rows.items() if times > 1]
    assert not lost, f"{len(lost)} acknowledged and lost: {sorted(lost)[:5]}"
    assert not doubled, f"{len(doubled)} applied twice: {sorted(doubled)[:5]}"
    return len(lost), len(doubled)


async def check_folds(ground: Ground, games: list[str]) -> None:
    """The rows, folded from the first one without checkpoints, give what is stored and what is served."""
    journal = await Journal.open(ground.journal, shared=True)
    try:
        history = History(journal=journal, machines=SPORTS)
        audit = Audit(journal=journal, log=None, machines=SPORTS)  # type: ignore[arg-type]
        assert (await audit.rebuild(games)).differences == ()
        for game in games:
            head = await history.head(game)
            assert head is not None
            assert msgspec.json.decode(msgspec.json.encode(head.state)) == score(ground, game), game
    finally:
        await journal.close()
