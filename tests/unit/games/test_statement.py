"""A score that was stated: what ours lacks of it, whatever comes late, is lost or is corrected afterwards."""

from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.statement import adds_up
from scorewire.model.provider_event import ProviderEvent, SideScore
from scorewire.sports import SPORTS

from .conftest import Referee


def stating(home: int, away: int) -> SideScore:
    return SideScore(home=home, away=away)


def lacking_a_goal() -> Referee:
    """Goal 3 is late; the newest goal states a score that holds it."""
    referee = Referee()
    for number in (1, 2, 4):
        score = stating(4, 0) if number == 4 else None
        goal(referee, number, score=score)
    assert referee.desk.shown.under_check
    assert referee.desk.book.statement.owed == (1, 0)
    return referee


def goal(referee: Referee, number: int, *, kind: str = "dense", **fields: object) -> None:
    fields = {"event": f"e{number}", "sequence": number, "revision": number, **fields}
    referee.claim("GOAL", kind=kind, **{"team": "home", "period": 1, **fields})


def test_a_late_goal_settles_what_was_stated_although_another_was_taken_back_meanwhile() -> None:
    referee = lacking_a_goal()
    referee.claim("GOAL", kind="dense", event="e1", revision=5, action="retract")
    assert referee.desk.shown.under_check
    goal(referee, 3)
    assert (referee.score, referee.desk.shown.under_check) == ((3, 0), False)


def test_a_late_goal_that_was_not_counted_starts_a_check_until_it_is_taken_back() -> None:
    """Its retraction was lost, or is later still: the score that was stated since knows nothing of it."""
    referee = Referee()
    goal(referee, 1)
    goal(referee, 3, revision=4, score=stating(2, 0))
    assert not referee.desk.shown.under_check
    goal(referee, 2)
    assert (referee.score, referee.desk.shown.under_check) == ((3, 0), True)
    referee.claim("GOAL", kind="dense", event="e2", revision=3, action="retract")
    assert (referee.score, referee.desk.shown.under_check) == ((2, 0), False)


def test_a_late_goal_starts_none_where_numbers_do_not_say_what_came_before() -> None:
    referee = Referee()
    goal(referee, 1, kind="sparse")
    goal(referee, 3, kind="sparse", revision=4, score=stating(2, 0))
    goal(referee, 2, kind="sparse")
    assert not referee.desk.shown.under_check


def test_what_was_said_after_it_makes_up_for_nothing() -> None:
    """A goal that a correction adds before the statement is none that the statement knew of."""
    referee = lacking_a_goal()
    goal(referee, 2, revision=6, team="away")
    goal(referee, 2, revision=7)
    goal(referee, 3, revision=8)  # what it was before we never heard, and it may have been anything
    assert referee.desk.book.statement.owed == (1, 0)


def test_an_older_statement_that_agrees_says_nothing_of_what_came_after_it() -> None:
    referee = Referee()
    goal(referee, 1, score=stating(1, 0))
    goal(referee, 3, score=stating(3, 0))
    assert referee.desk.shown.under_check
    referee.claim("GOAL", kind="dense", event="e3", revision=9, action="retract")
    assert referee.desk.shown.under_check
    goal(referee, 2)
    assert (referee.score, referee.desk.shown.under_check) == ((2, 0), False)


def test_where_numbers_do_not_say_what_came_before_it_the_score_itself_decides() -> None:
    referee = Referee()
    for number in (1, 2, 4):
        goal(referee, number, kind="sparse", score=stating(4, 0) if number == 4 else None)
    referee.claim("GOAL", kind="sparse", event="e1", revision=5, action="retract")
    goal(referee, 3, kind="sparse")
    assert referee.desk.shown.under_check


def test_the_desks_word_ends_the_count() -> None:
    referee = lacking_a_goal()
    referee.claim("GOAL", provider="desk", event="d", team="home", period=1, kind=None)
    assert referee.desk.book.statement is None


def test_it_lies_in_the_checkpoint() -> None:
    referee = lacking_a_goal()
    held = checkpoint.read(checkpoint.write(referee.desk.book), SPORTS)
    assert held.statement == referee.desk.book.statement
    assert held.statement is not None


def test_it_is_counted_only_where_points_add_up() -> None:
    assert {name for name, one in SPORTS.items() if not adds_up(one.events)} == {
        "cricket",
        "tennis",
        "volleyball",
    }


@dataclass
class Feed:
    """Messages in the order in which they are sent. Each play is worth a power of four: all sums differ."""

    sent: list[ProviderEvent] = field(default_factory=list)
    standing: dict[int, tuple[str, int]] = field(default_factory=dict)

    def play(self, team: str, *, states: bool) -> None:
        number = len({message.event for message in self.sent}) + 1
        self.standing[number] = (team, 4**number)
        self.say(number, team=team, score=stating(*self.score) if states else None)

    def correct(self, number: int, *, retract: bool) -> None:
        if number not in self.standing:
            return
        team, worth = self.standing[number]
        other = "away" if team == "home" else "home"
        if retract:
            del self.standing[number]
            self.say(number, action="retract", team=team)
        else:
            self.standing[number] = (other, worth)
            self.say(number, team=other)

    def say(self, number: int, **fields: object) -> None:
        base = {"provider": "acme", "game_id": "g1", "event": f"e{number}", "type": "RUNS", "period": 1}
        numbers = {"revision": len(self.sent) + 1, "sequence": number, "detail": {"runs": 4**number}}
        self.sent.append(ProviderEvent(**{**base, **numbers, **fields}))  # type: ignore[arg-type]

    @property
    def score(self) -> tuple[int, int]:
        home = sum(worth for team, worth in self.standing.values() if team == "home")
        return home, sum(worth for _, worth in self.standing.values()) - home


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["play", "play", "states", "retract", "reteam"]),
        st.sampled_from(["home", "away"]),
        st.integers(1, 8),  # which play is corrected
        st.integers(0, 5),  # by how many messages it is late
        st.integers(0, 9).map(lambda roll: roll == 0),  # lost
    ),
    min_size=3,
    max_size=16,
)


def heard(steps: list[tuple[str, str, int, int, bool]]) -> tuple[Feed, Book, list[int]]:
    """What comes of such a feed; and which messages were lost."""
    feed, delays, lost = Feed(), [], []
    for what, team, number, delay, is_lost in steps:
        before = len(feed.sent)
        if what in ("play", "states"):
            feed.play(team, states=what == "states")
        else:
            feed.correct(number, retract=what == "retract")
        if len(feed.sent) > before:
            delays.append(delay)
            lost += [before] if is_lost else []
    referee = Referee(sport="baseball")
    for at in sorted(range(len(feed.sent)), key=lambda at: (at + delays[at], at)):
        if at not in lost:
            referee.offer(feed.sent[at], "dense")
    return feed, referee.desk.book, lost


NOT_COUNTED = [
    *[("play", "home", 1, 4 * (number == 4), False) for number in range(1, 6)],
    ("retract", "home", 4, 0, True),
    ("states", "home", 1, 0, False),
]
"""A play is late, what takes it back is lost, and the score that is stated then knows nothing of it."""


@settings(max_examples=400, deadline=None)
@example(NOT_COUNTED)
@given(STEPS)
def test_a_score_that_is_not_under_check_is_right_where_nothing_was_lost_since_it_was_stated(
    steps: list[tuple[str, str, int, int, bool]],
) -> None:
    feed, book, lost = heard(steps)
    held = book.statement
    if held is None:
        return
    at = next(at for at, one in enumerate(feed.sent) if one.revision == held.revision)
    if any(each > at for each in lost) or book.under_check:
        return
    assert (book.board.home, book.board.away) == feed.score


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_where_nothing_is_lost_all_is_made_up_for_unless_something_overtook_the_statement(
    steps: list[tuple[str, str, int, int, bool]],
) -> None:
    whole = [(*step[:4], False) for step in steps]
    feed, book, _ = heard(whole)
    assert (book.board.home, book.board.away) == feed.score
    in_order = [(*step[:3], 0, False) for step in steps]
    assert not heard(in_order)[1].under_check
