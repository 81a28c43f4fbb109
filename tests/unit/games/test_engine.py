"""Decisions: news, stale, doubled, late, taken back, cancelled, refused; and what fans are told of each."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.games.book import Book
from scorewire.games.frame import score_state
from scorewire.model.update import apply_update
from scorewire.sports import SPORTS

from .conftest import Referee


def refold(referee: Referee, upto: int | None = None) -> object:
    book = Book(game_id="g1", machines=SPORTS)
    for row in referee.rows:
        if upto is None or row.seq <= upto:
            book.apply(row)
    return score_state(book, "epoch", None)


def test_the_declaration_is_row_one() -> None:
    rows = Referee().rows
    assert [(row.seq, row.type, row.cause.event) for row in rows] == [(1, "GAME_SCHEDULED", "m-1")]


def test_the_same_declaration_again_is_a_duplicate_and_another_start_is_a_row(referee: Referee) -> None:
    assert referee.declare(event="m-2", revision=2).outcome == "duplicate"
    moved = referee.declare(event="m-3", revision=3, start="2026-11-22T15:00:00Z")
    assert moved.rows[0].type == "GAME_CHANGED"
    assert moved.updates[0].patch == {"start": "2026-11-22T15:00:00Z"}
    assert referee.declare(event="m-0", revision=0, start="2026-12-24T15:00:00Z").outcome == "stale"


def test_what_lists_show_of_a_side_does_not_hide_in_detail(referee: Referee) -> None:
    sent_off = referee.claim("RED_CARD", team="away", period=1, clock="22:41").updates[0]
    assert sent_off.patch["away"] == {"red": 1}
    back = referee.claim("CARD_CANCELLED", team="away", period=1, clock="23:41").updates[0]
    assert back.patch["away"] == {"red": None}
    kick = referee.claim("SHOOTOUT_GOAL", team="home", period=5).updates[-1]
    assert (kick.state.home.shootout, kick.state.away.shootout) == (1, 0)
    assert (kick.state.home.score, kick.state.line().home.shootout) == (0, 1)


def test_a_goal_is_one_row_and_a_small_patch(referee: Referee) -> None:
    update = referee.claim("GOAL", team="home", period=1, clock="22:41", sequence=2).updates[0]
    assert update.patch["home"] == {"score": 1}
    assert not update.correction
    assert referee.score == (1, 0)


def test_a_duplicate_is_known_by_content_not_by_message(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=5, sequence=2)
    again = referee.claim("GOAL", team="home", period=1, event="goal", revision=5, sequence=2)
    assert (again.outcome, referee.score) == ("duplicate", (1, 0))


def test_a_lower_revision_that_comes_later_is_stale_even_after_equal_content(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=5, sequence=2)
    assert (
        referee.claim("GOAL", team="home", period=1, event="goal", revision=9, sequence=2).outcome
        == "duplicate"
    )
    assert (
        referee.claim("GOAL", team="away", period=1, event="goal", revision=7, sequence=2).outcome == "stale"
    )
    assert referee.score == (1, 0)


def test_a_feed_that_counts_its_entries_anew_amends_nothing_unless_its_numbers_are_places(
    referee: Referee,
) -> None:
    referee.claim("GOAL", kind="dense", team="home", period=1, event="goal", revision=5, sequence=2)
    counted = referee.claim("GOAL", kind="dense", team="home", period=1, event="goal", revision=5, sequence=3)
    assert counted.outcome == "duplicate"
    moved = referee.claim("GOAL", kind="sparse", team="home", period=1, event="goal", revision=5, sequence=3)
    assert moved.rows[0].place[0] == 3


def test_a_then_b_then_a_again_is_two_amendments(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=1, sequence=2)
    referee.claim("GOAL", team="away", period=1, event="goal", revision=2, sequence=2)
    assert referee.score == (0, 1)
    last = referee.claim("GOAL", team="home", period=1, event="goal", revision=3, sequence=2)
    assert [row.type for row in referee.rows[-2:]] == ["AMEND", "AMEND"]
    assert last.rows[0].corrects == 3
    assert last.updates[0].correction
    assert referee.score == (1, 0)


def test_of_equal_revisions_the_later_received_wins(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=1, sequence=2)
    referee.claim("GOAL", team="away", period=1, event="goal", revision=1, sequence=2)
    assert referee.score == (0, 1)


def test_a_retraction_is_a_row_with_the_sports_own_name(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=1, sequence=2)
    verdict = referee.claim("", action="retract", event="goal", revision=2)
    row = verdict.rows[0]
    assert (row.type, row.corrects, row.correction) == ("GOAL_CANCELLED", 3, True)
    assert referee.score == (0, 0)


def test_a_retraction_holds_twice_for_unknown_events_and_against_stale_assertions(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", revision=1, sequence=2)
    referee.claim("", action="retract", event="goal", revision=5)
    assert referee.claim("", action="retract", event="goal", revision=5).outcome == "duplicate"
    assert (
        referee.claim("GOAL", team="home", period=1, event="goal", revision=4, sequence=2).outcome == "stale"
    )
    assert referee.claim("", action="retract", event="never-seen", revision=8).outcome == "remembered"
    assert referee.claim("GOAL", team="home", period=1, event="never-seen", revision=7).outcome == "stale"
    assert referee.score == (0, 0)
    assert (
        referee.claim("GOAL", team="home", period=1, event="goal", revision=6, sequence=2).outcome
        == "applied"
    )
    assert referee.score == (1, 0)


def test_a_negating_event_takes_back_the_newest_goal_of_its_team(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=2)
    referee.claim("GOAL", team="away", period=1, event="g2", sequence=3)
    verdict = referee.claim("GOAL_CANCELLED", team="home", period=1, event="no-goal", sequence=4)
    assert verdict.rows[0].corrects == 3
    assert verdict.updates[0].correction
    assert referee.score == (0, 1)
    assert [event.type for event in referee.desk.shown.events][-3:] == ["GOAL", "GOAL", "GOAL_CANCELLED"]


def test_a_negating_event_names_its_goal_and_can_be_taken_back_itself(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=2)
    referee.claim("GOAL", team="home", period=1, event="g2", sequence=3)
    referee.claim(
        "GOAL_CANCELLED", team="home", detail={"event": "g1"}, period=1, event="no-goal", sequence=4
    )
    assert referee.score == (1, 0)
    twice = referee.claim("GOAL_CANCELLED", team="home", detail={"event": "g1"}, period=1, sequence=5)
    assert twice.refusal.rule == "nothing_to_cancel"
    referee.claim("", action="retract", event="no-goal", revision=99)
    assert referee.score == (2, 0)


def test_an_early_goal_taken_back_leaves_everything_after_it_right(referee: Referee) -> None:
    for n in range(2, 90):
        referee.claim("GOAL", team="home" if n % 3 else "away", period=1, event=f"g{n}", sequence=n)
    before = referee.score
    referee.claim("", action="retract", event="g2", revision=1000)
    assert referee.score == (before[0] - 1, before[1])
    assert refold(referee) == referee.desk.shown


def test_a_late_goal_takes_its_place_and_is_a_correction(referee: Referee) -> None:
    referee.claim("PERIOD_END", period=1, sequence=9)
    late = referee.claim("GOAL", team="home", period=1, clock="45+2:10", sequence=5)
    assert late.outcome == "applied"
    assert late.updates[0].correction
    assert referee.desk.shown.status == "break"


def test_a_late_play_that_changes_nothing_but_its_own_line_is_no_correction(referee: Referee) -> None:
    referee.claim("PERIOD_END", period=1, sequence=9)
    late = referee.claim("INJURY", team="home", period=1, sequence=5)
    assert late.outcome == "applied"
    assert not late.updates[0].correction


def test_a_touch_makes_no_row_but_its_revision_is_remembered(referee: Referee) -> None:
    head = referee.desk.book.seq
    assert referee.claim("PASS", team="home", period=1, event="x", revision=5).outcome == "touch"
    assert referee.claim("GOAL", team="home", period=1, event="x", revision=4).outcome == "stale"
    assert referee.desk.book.seq == head
    assert referee.claim("GOAL", team="home", period=1, event="x", revision=6).outcome == "applied"


def test_a_goal_that_was_only_a_pass_is_taken_back(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="x", revision=5, sequence=2)
    referee.claim("PASS", team="home", period=1, event="x", revision=6, sequence=2)
    assert referee.score == (0, 0)


def test_a_tentative_goal_that_is_cancelled_is_taken_back(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="x", revision=1, confirmation="tentative", sequence=2)
    assert referee.score == (1, 0)
    referee.claim("GOAL", team="home", period=1, event="x", revision=2, confirmation="cancelled", sequence=2)
    assert referee.score == (0, 0)


def test_refusals_name_their_rule_and_change_nothing(referee: Referee) -> None:
    head = referee.desk.book.seq
    assert referee.claim("TELEPORT", period=1).refusal.rule == "unknown_event_type"
    referee.claim("GAME_END", period=2, sequence=50)
    referee.claim("GAME_FINAL", period=2, sequence=51)
    verdict = referee.claim("PERIOD_START", period=3, sequence=52)
    assert verdict.refusal.rule == "illegal_transition"
    assert referee.desk.book.seq == head + 2


def test_an_undeclared_game_and_another_provider() -> None:
    from scorewire.games.engine import decide
    from scorewire.games.writing import Desk
    from scorewire.model.provider_event import ProviderEvent

    desk = Desk(Book(game_id="g9", machines=SPORTS), "epoch")
    goal = ProviderEvent(provider="acme", game_id="g9", event="e", revision=1, type="GOAL", team="home")
    assert decide(desk, goal, now_ms=1, log_offset=1).refusal.rule == "unknown_game"
    two = Referee(providers=("acme", "backup")).kick_off()
    assert two.claim("GOAL", provider="backup", team="home", period=1).outcome == "aside"
    assert two.claim("GOAL", provider="desk", team="home", period=1).outcome == "applied"


def test_a_score_that_disagrees_is_marked_until_it_agrees(referee: Referee) -> None:
    from scorewire.model.provider_event import SideScore

    odd = referee.claim("FOUL", team="home", period=1, score=SideScore(home=1, away=0), sequence=2)
    assert [row.type for row in odd.rows] == ["FOUL", "SCORE_CHECK_STARTED"]
    assert odd.rows[1].cause.provider == "scorewire"
    assert referee.desk.shown.under_check
    goal = referee.claim("GOAL", team="home", period=1, score=SideScore(home=1, away=0), sequence=3)
    assert [row.type for row in goal.rows] == ["GOAL", "SCORE_CHECK_ENDED"]
    assert not referee.desk.shown.under_check


def test_after_final_a_corrected_score_says_so(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="g", sequence=2)
    referee.claim("GAME_END", period=2, sequence=50)
    referee.claim("GAME_FINAL", period=2, sequence=51)
    assert referee.desk.shown.status == "final"
    referee.claim("", action="retract", event="g", revision=99)
    assert referee.desk.shown.status == "corrected"


def test_time_in_rows_never_steps_back(referee: Referee) -> None:
    referee.now_ms = 5
    referee.claim("FOUL", team="home", period=1, sequence=2)
    stamps = [row.ts for row in referee.rows]
    assert stamps == sorted(stamps)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["GOAL", "FOUL", "YELLOW_CARD", "CORNER", "GOAL_CANCELLED", "PASS", "PERIOD_END", ""]
        ),
        st.sampled_from(["home", "away"]),
        st.integers(2, 12),  # event number: few, so that amendments and retractions happen
        st.integers(1, 6),  # revision
        st.sampled_from(["assert", "assert", "assert", "retract"]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(ACTIONS)
def test_every_update_applied_in_turn_gives_every_state(
    actions: list[tuple[str, str, int, int, str]],
) -> None:
    """The property that the product rests on: state at k and updates after k give the head, for every k."""
    referee = Referee().kick_off()
    for type_, team, number, revision, action in actions:
        period = 1 if type_ == "PERIOD_END" else None
        referee.claim(
            type_,
            team=team,
            event=f"n{number}",
            revision=revision,
            action=action,
            sequence=number,
            period=period,
        )
    encoder = msgspec.json.Encoder()
    held: object = None
    for update in referee.updates:
        truth = msgspec.json.decode(encoder.encode(update.state))
        if held is None or update.correction:
            held = truth
        else:
            told = {"seq": update.seq, "ts": update.ts, "event": update.event, "patch": update.patch}
            held = apply_update(held, msgspec.json.decode(encoder.encode(told)))
        assert held == truth
        assert encoder.encode(refold(referee, update.seq)) == encoder.encode(update.state)
    assert [update.seq for update in referee.updates] == list(range(1, len(referee.updates) + 1))


def test_a_backup_that_declares_the_game_again_does_not_take_it_over() -> None:
    referee = Referee(providers=("acme", "backup")).kick_off()
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    again = referee.declare(provider="backup", event="m-9", revision=9)
    assert again.outcome == "duplicate"
    assert referee.claim("GOAL", provider="backup", team="home", period=1).outcome == "aside"
    moved = referee.declare(
        provider="backup", event="m-10", revision=10, providers=("backup",), round="Final"
    )
    assert moved.rows[0].declared.providers == ("acme", "backup")
    assert referee.claim("GOAL", team="home", period=1, event="two", sequence=3).outcome == "applied"
    assert referee.score == (2, 0)


def test_who_decides_may_add_a_backup_but_not_hand_over_in_passing() -> None:
    referee = Referee().kick_off()
    added = referee.declare(event="m-2", revision=2, providers=("acme", "backup"))
    assert added.rows[0].declared.providers == ("acme", "backup")
    assert referee.declare(event="m-3", revision=3, providers=("backup", "acme")).outcome == "duplicate"


def test_a_check_ends_when_its_only_statement_is_taken_back_or_a_ruling_imposes_a_score(
    referee: Referee,
) -> None:
    from scorewire.model.provider_event import SideScore

    referee.claim("FOUL", team="home", period=1, event="f", score=SideScore(home=1, away=0), sequence=2)
    assert referee.desk.shown.under_check
    referee.claim("", action="retract", event="f", revision=99)
    assert not referee.desk.shown.under_check
    referee.claim("FOUL", team="home", period=1, score=SideScore(home=2, away=0), sequence=3)
    assert referee.desk.shown.under_check
    referee.claim("GAME_ABANDONED", sequence=4)
    referee.claim("GAME_AWARDED", detail={"home": 0, "away": 3}, score=SideScore(home=0, away=0), sequence=5)
    assert (referee.score, referee.desk.shown.under_check) == ((0, 3), False)


def test_the_desk_states_the_score_and_hands_back_to_the_feed(referee: Referee) -> None:
    referee.kick_off()
    referee.claim("GOAL", team="home", period=1, sequence=2)
    put_right = referee.claim("SCORE_SET", provider="desk", event="d1", detail={"home": 0, "away": 1})
    assert (referee.score, put_right.rows[-1].correction) == ((0, 1), True)
    referee.claim("GOAL", team="away", period=1, sequence=3)
    assert referee.score == (0, 2)
    referee.claim("", provider="desk", event="d1", action="retract")
    assert referee.score == (1, 1)


def test_a_score_that_is_stated_as_it_grows_is_no_correction(referee: Referee) -> None:
    referee.kick_off()
    stated = referee.claim("SCORE_SET", period=1, detail={"home": 1, "away": 0}, sequence=2)
    assert [row.correction for row in stated.rows] == [False]


def test_a_score_stated_after_the_end_corrects_the_result(referee: Referee) -> None:
    referee.kick_off()
    referee.claim("GAME_FINAL", sequence=2)
    stated = referee.claim("SCORE_SET", detail={"home": 0, "away": 3}, sequence=3)
    assert [row.correction for row in stated.rows] == [True]
    assert referee.desk.shown is not None
    assert (referee.desk.shown.status, referee.score) == ("corrected", (0, 3))


def test_the_desk_cancels_a_providers_goal_by_its_event_and_hands_it_back(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    referee.claim("GOAL", team="home", period=1, event="other", sequence=3)
    wanted = {"event": "goal", "provider": "acme"}
    (row,) = referee.claim("PLAY_CANCELLED", provider="desk", event="d1", detail=wanted).rows
    assert (row.corrects, row.correction, row.annuls, referee.score) == (3, True, ("acme", "goal"), (1, 0))
    again = referee.claim("PLAY_CANCELLED", provider="desk", event="d2", detail={"event": "goal"})
    assert again.refusal.rule == "nothing_to_cancel"
    referee.claim("", provider="desk", event="d1", action="retract")
    assert referee.score == (2, 0)
    assert refold(referee) == referee.desk.shown


def test_a_cancelled_play_stays_cancelled_when_its_provider_amends_it(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    referee.claim("PLAY_CANCELLED", provider="desk", event="d1", detail={"event": "goal"})
    referee.claim("GOAL", team="away", period=1, event="goal", sequence=2)
    referee.claim("RED_CARD", team="away", period=1, event="goal", sequence=2)
    assert (referee.score, referee.desk.shown.away.red) == ((0, 0), 0)
    referee.claim("", provider="desk", event="d1", action="retract")
    assert referee.desk.shown.away.red == 1


def test_a_cancelled_cancellation_gives_the_goal_back_and_the_end_of_a_game_can_be_cancelled(
    referee: Referee,
) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    referee.claim("GOAL_CANCELLED", team="home", event="no-goal", period=1, sequence=3)
    referee.claim("PLAY_CANCELLED", provider="desk", event="d1", detail={"event": "no-goal"})
    assert referee.score == (1, 0)
    referee.claim("GAME_FINAL", event="end", sequence=9)
    referee.claim("PLAY_CANCELLED", provider="desk", event="d2", detail={"event": "end"})
    assert referee.desk.shown.status == "live"
    referee.claim("", provider="desk", event="d1", action="retract")
    assert referee.score == (0, 0)
    assert refold(referee) == referee.desk.shown


def test_cancellations_that_name_each_other_decide_nothing(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    itself = referee.claim(
        "GOAL_CANCELLED", team="home", detail={"event": "c1"}, period=1, event="c1", sequence=3
    )
    assert itself.refusal.rule == "nothing_to_cancel"
    # Each names the next, which has not come; the last one would close the circle.
    for number, (event, named) in enumerate((("c1", "c2"), ("c2", "c3")), start=4):
        awaited = referee.claim(
            "PLAY_CANCELLED", detail={"event": named}, period=1, event=event, sequence=number
        )
        assert awaited.outcome == "applied"
    closing = referee.claim("PLAY_CANCELLED", detail={"event": "c1"}, period=1, event="c3", sequence=6)
    assert closing.refusal.rule == "nothing_to_cancel"
    assert referee.score == (1, 0)
    assert refold(referee) == referee.desk.shown


def test_a_cancellation_must_name_a_play_that_stands_and_is_none_itself(referee: Referee) -> None:
    referee.claim("GOAL", team="home", period=1, event="goal", sequence=2)
    referee.claim("PLAY_CANCELLED", provider="desk", event="d1", detail={"event": "goal"})
    for detail in ({"event": "d1"}, {"event": "goal"}, {"event": "never"}, {"event": "ko", "provider": "b"}):
        refused = referee.claim("PLAY_CANCELLED", provider="desk", detail=detail)
        assert refused.refusal.rule == "nothing_to_cancel", detail
    nameless = referee.claim("PLAY_CANCELLED", provider="desk", team="home")
    assert nameless.refusal.rule == "target_missing"


def test_a_feed_that_says_it_is_lost_says_nothing_of_the_game(referee: Referee) -> None:
    assert referee.claim("FEED_LOST", event="link-1").outcome == "touch"


def test_a_result_confirmed_under_two_names_stays_confirmed_when_one_is_taken_back(referee: Referee) -> None:
    referee.claim("GAME_END", event="end", sequence=90)
    for name in ("final", "final-again"):
        assert referee.claim("GAME_FINAL", event=name, sequence=91).outcome == "applied"
    referee.claim("", event="final", action="retract")
    assert referee.desk.shown.status == "final"
