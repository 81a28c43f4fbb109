"""Two providers on one game: whose account is shown, and that nobody undoes by lag what another told."""

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
import pytest

from scorewire.games import checkpoint, telling
from scorewire.games.arbitration import Arbiter, several
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.frame import score_state
from scorewire.games.tellers import Terms
from scorewire.games.writing import Desk
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import ProviderEvent
from scorewire.sports import SPORTS
from unit.providers import recorded

from .conftest import Panel, declaration


def test_one_provider_alone_needs_no_arbiter() -> None:
    book = Book(game_id="g1", machines=SPORTS)
    assert not several(book)
    book.declared = declaration(providers=("acme",))
    assert not several(book)
    book.declared = declaration(providers=("acme", "backup"))
    assert several(book)


@pytest.mark.parametrize("first", ["acme", "backup"])
def test_a_goal_that_both_tell_counts_once_whoever_is_first(panel: Panel, first: str) -> None:
    second = "backup" if first == "acme" else "acme"
    panel.say(first, "GOAL", at=10, team="home", clock="22:41")
    panel.say(second, "GOAL", at=15, team="home", clock="23")
    assert (panel.score, panel.active, panel.conflicts) == ((1, 0), "acme", [])
    (lead,) = [one.lead_ms for one in panel.desk.book.tellings.values() if one.claim.type == "GOAL"]
    assert lead == (5_000 if first == "backup" else -5_000)


def test_a_provider_that_nobody_listed_is_left_aside(panel: Panel) -> None:
    assert panel.say("stranger", "GOAL", team="home").outcome == "aside"


def failed_over() -> Panel:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, team="home", clock="10:00")
    panel.wait(30)
    assert panel.active == "backup"
    return panel


def test_what_the_primary_tells_late_is_what_was_shown_meanwhile() -> None:
    panel = failed_over()
    before = len(panel.desk.book.order)
    panel.say("acme", "GOAL", at=50, team="home", clock="10:00")
    assert (panel.score, len(panel.desk.book.order)) == ((1, 0), before)


def test_the_active_provider_amends_and_takes_back_what_another_told_first() -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b", team="home")
    panel.wait(30)
    panel.say("acme", "GOAL", at=40, event="a", team="home")
    panel.say("acme", "CORNER", at=101, team="home")
    assert panel.active == "acme"
    panel.say("acme", "GOAL", at=110, event="a", team="away")
    assert panel.score == (0, 1)
    panel.say("acme", "", at=120, event="a", action="retract")
    assert panel.score == (0, 0)
    panel.say("backup", "", at=121, event="b", action="retract")
    panel.wait(200)
    assert (panel.conflicts, panel.desk.shown.under_check) == ([], False)


def test_a_goal_that_the_primary_takes_back_is_disputed_while_the_other_stands_by_it(panel: Panel) -> None:
    panel.say("acme", "GOAL", at=10, event="a", team="home")
    panel.say("backup", "GOAL", at=11, event="b", team="home")
    panel.say("acme", "", at=20, event="a", action="retract")
    assert panel.score == (0, 0)
    panel.say("acme", "FOUL", at=39, team="home")
    panel.wait(40)
    assert panel.conflicts == [("b", "missing", "")]
    assert panel.desk.shown.under_check
    panel.say("backup", "", at=41, event="b", action="retract")
    assert panel.conflicts == [("b", "missing", "retracted")]
    assert not panel.desk.shown.under_check


def test_the_backup_amends_and_takes_back_only_what_it_alone_tells() -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b", team="home")
    panel.wait(30)
    panel.say("backup", "FOUL", at=31, event="f", team="away")
    panel.say("acme", "GOAL", at=40, event="a", team="home")
    panel.say("acme", "CORNER", at=101, team="home")
    assert panel.active == "acme"
    panel.say("backup", "", at=110, event="b", action="retract")
    panel.say("backup", "FOUL", at=111, event="f", team="home")
    assert panel.score == (1, 0)
    foul = panel.desk.book.plays[("backup", "f")]
    assert foul.claim.team == "home"
    panel.say("backup", "", at=112, event="f", action="retract")
    assert ("backup", "f") not in panel.desk.book.plays


def test_a_shadow_is_never_shown_and_disputes_nothing() -> None:
    panel = Panel(providers=("shade", "acme"), shadow=("shade",))
    assert panel.active == "acme"
    panel.say("shade", "GOAL", at=10, team="home")
    panel.wait(100)
    assert (panel.score, panel.active, panel.conflicts) == ((0, 0), "acme", [])
    panel.say("acme", "GOAL", at=101, event="a", team="home")
    told_by_shade = [one for one in panel.desk.book.tellings.values() if one.claim.type == "GOAL"]
    assert (panel.score, [one.play for one in told_by_shade]) == ((1, 0), [("acme", "a")])


def test_the_desk_cancels_by_either_providers_name_for_a_goal(panel: Panel) -> None:
    panel.say("acme", "GOAL", at=10, event="a", team="home")
    panel.say("backup", "GOAL", at=11, event="b", team="home")
    wanted = {"event": "b", "provider": "backup"}
    panel.say("desk", "PLAY_CANCELLED", at=12, detail=wanted, period=None)
    assert panel.score == (0, 0)


def test_a_declaration_that_adds_a_provider_is_heard(panel: Panel) -> None:
    claim = declaration(event="m-2", revision=2, providers=("acme", "backup", "third"))
    panel.arbiter.take(claim, now_ms=5_000, received_ms=5_000, log_offset=99)
    assert panel.say("third", "PERIOD_START", at=6).outcome == "followed"


# -- the two feeds of a real game


class Feeds:
    """Two recorded feeds as they would have come in: by their nominal times, one behind the other."""

    def __init__(self, folder: Path) -> None:
        first, second = (recorded.pair(folder, name).decode() for name in ("data_nba_com", "stats_nba_com"))
        assert first.declaration is not None
        self.declared = msgspec.structs.replace(
            first.declaration, provider="a", game_id="g", providers=("a", "b")
        )
        self.a = [msgspec.structs.replace(one, provider="a", game_id="g") for one in first.events]
        # Names must not match, only contents.
        self.b = [
            msgspec.structs.replace(one, provider="b", game_id="g", event=f"x{one.event}")
            for one in second.events
        ]
        self.start_ms = min(one.time_ms for one in self.a)

    def timed(self, events: list[ProviderEvent], lag_ms: int) -> list[tuple[int, ProviderEvent]]:
        """Each with when it is received; never back in time."""
        found: list[tuple[int, ProviderEvent]] = []
        last = 0
        for one in events:
            last = max(last, one.time_ms - self.start_ms + 10_000 + lag_ms)
            found.append((last, one))
        return found


class Shown:
    """What comes of claims, with a restart from what is durable after some of them."""

    def __init__(self, feeds: Feeds) -> None:
        self.desk = Desk(Book(game_id="g", machines=SPORTS), "epoch")
        self.rows: list[GameEvent] = list(decide(self.desk, feeds.declared, now_ms=0, log_offset=0).rows)
        self.arbiter = Arbiter(self.desk, terms=Terms(), kinds=lambda _: "dense")

    def play(
        self, claims: list[tuple[int, ProviderEvent]], restarts: frozenset[int] = frozenset()
    ) -> "Shown":
        for number, (ms, claim) in enumerate(claims, 1):
            if number in restarts:
                self.restart()
            verdict = self.arbiter.take(claim, now_ms=ms, received_ms=ms, log_offset=number)
            assert verdict.refusal is None, claim
            self.rows += verdict.rows
        self.rows += self.arbiter.tick(now_ms=claims[-1][0] + 60_000, log_ms=claims[-1][0] + 60_000).rows
        return self

    def restart(self) -> None:
        book = Book(game_id="g", machines=SPORTS)
        for row in self.rows:
            book.apply(row)
        held = self.desk.book
        assert checkpoint.write(book) == checkpoint.write(held)
        book.remembered = dict(held.remembered)
        book.tellings = {key: telling.read(telling.write(one)) for key, one in held.tellings.items()}
        self.desk = Desk(book, "epoch", score_state(book, "epoch", None))
        self.arbiter = Arbiter(self.desk, terms=Terms(), kinds=lambda _: "dense")

    @property
    def result(self) -> tuple[object, ...]:
        """Status, score and lines; points of each player; every play but the reviews, told by one alone."""
        book, plays, points = self.desk.book, Counter[object](), Counter[str]()
        for play in book.order:
            one = play.claim
            if book.stands(play) and not one.type.startswith("REVIEW"):
                plays[(one.type, one.team, one.period, one.player and one.player.id)] += 1
                if one.player is not None:
                    points[one.player.id] += recorded.POINTS.get(one.type, 0)
        board = book.board
        return (board.status, board.home, board.away, board.linescore, +points, plays)


@pytest.fixture(scope="module")
def feeds(shared_data: Path) -> Feeds:
    return Feeds(shared_data)


def in_order(*feeds: list[tuple[int, ProviderEvent]]) -> list[tuple[int, ProviderEvent]]:
    return sorted((one for feed in feeds for one in feed), key=lambda one: one[0])


@pytest.mark.data
@pytest.mark.parametrize("lag_ms", [-15_000, -2_000, 0, 2_000, 15_000])
def test_two_feeds_of_one_game_are_one_game(feeds: Feeds, lag_ms: int) -> None:
    claims = in_order(feeds.timed(feeds.a, 0), feeds.timed(feeds.b, lag_ms))
    shown = Shown(feeds).play(claims)
    board, book = shown.desk.book.board, shown.desk.book
    assert (board.status, board.home, board.away, board.period) == ("final", 126, 115, "OT1 END")
    assert {play.key[1] for play in book.order} == {one.event for one in feeds.a}
    names = {one.key[1]: one.play for one in book.tellings.values()}
    assert all(play == ("a", name[1:]) for name, play in names.items() if play is not None)
    alone = {name for name, play in names.items() if play is None}
    assert alone == {f"x{n}{end}" for n in (131, 362, 525) for end in ("", "-start")}
    assert not any(row.change == "note" for row in shown.rows)
    clocks = {play.key[1]: play.claim.clock for play in book.order}
    differ = [one for one in feeds.b if one.event[1:] in clocks and clocks[one.event[1:]] != one.clock]
    assert len(differ) == 59


@pytest.mark.data
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("late", [False, True], ids=["lost", "late"])
def test_a_primary_cut_at_ten_moments_and_brought_back_changes_nothing(
    feeds: Feeds, seed: int, late: bool
) -> None:
    """The cuts are seconds to minutes long, and three restarts fall among them."""
    rng = Random(seed)
    other = feeds.timed(feeds.b, rng.randint(-4_000, 4_000))
    whole = feeds.timed(feeds.a, 0)
    cuts = [(at, at + rng.randint(5_000, 400_000)) for at in rng.sample(range(whole[-1][0] - 600_000), 10)]
    received: list[tuple[int, ProviderEvent]] = []
    for ms, claim in whole:
        until = ms
        while over := [end for start, end in cuts if start <= until < end]:
            until = max(over)
        if until == ms or late:
            received.append((until, claim))
    claims = in_order(received, other)
    cut = Shown(feeds).play(claims, frozenset(rng.sample(range(1, len(claims)), 3)))
    uncut = Shown(feeds).play(in_order(whole, other))
    assert cut.result == uncut.result
    assert any(row.type == "PROVIDER_CHANGED" for row in cut.rows)
    assert not cut.desk.shown.under_check
