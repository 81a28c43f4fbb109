"""What one play of Sportradar's MLB feed says, on the stream and in a whole game."""

import json
from typing import Any

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import recognise
from scorewire.providers.format import Decoded
from scorewire.providers.sportradar_mlb import half_inning
from scorewire.providers.sportradar_us import SPORTRADAR_MLB
from scorewire.sports import SPORTS

from .folded import fold_one
from .sportradar_messages import GAME, HOME, START_MS, game, iso, message

OVER = {"is_ab_over": True}


def runner(who: str, begin: int, end: int, outcome: str = "", *, out: bool = False) -> dict[str, Any]:
    return {
        "id": who, "starting_base": begin, "ending_base": end, "outcome_id": outcome, "out": out,
        "first_name": who.upper(), "last_name": "Runner",
    }  # fmt: skip


def pitch(
    event: str, outcome: str = "", *, second: int = 0, updated: int = 0, **given: Any
) -> dict[str, Any]:
    return {
        "type": "pitch",
        "id": event,
        "inning": 1,
        "inning_half": "T",
        "sequence": START_MS + second * 1000,
        "sequence_number": second + 1,
        "created_at": iso(START_MS + second * 1000),
        "updated_at": iso(START_MS + max(second, updated) * 1000),
        "outcome_id": outcome,
        "hitter_id": "p1",
        **given,
    }


def told(event: dict[str, Any], **given: Any) -> dict[str, ProviderEvent]:
    decoded = SPORTRADAR_MLB.decode(message(event, league="MLB", **given))
    return {one.event: one for one in decoded.events if one.action == "assert"}


def only(event: dict[str, Any]) -> ProviderEvent:
    (claim,) = told(event).values()
    return claim


def test_half_innings() -> None:
    assert [half_inning(1, "T"), half_inning(1, "B"), half_inning(10, "B")] == [1, 2, 20]
    assert [half_inning(0, "T"), half_inning(None, "T"), half_inning(3, "")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("outcome", "given", "type_", "detail"),
    [
        ("bB", {"count": {"balls": 1, "strikes": 0}}, "PITCH", {"call": "ball", "balls": 1, "strikes": 0}),
        ("kF", {}, "PITCH", {"call": "foul"}),
        ("", {}, "PITCH", {}),
        ("bB", {"flags": OVER, "count": {"balls": 4}}, "WALK", {"outs": 0}),
        ("bIB", {"flags": OVER}, "WALK", {"kind": "intentional", "outs": 0}),
        ("kKS", {"flags": OVER, "count": {"strikes": 3}}, "STRIKEOUT", {"outs": 1}),
        ("oGO", {"flags": OVER}, "OUT", {"kind": "groundout", "outs": 1}),
        ("aS", {"flags": OVER}, "SINGLE", {"outs": 0}),
        ("aSAD2", {}, "SINGLE", {"outs": 0}),
        ("oST2", {}, "SINGLE", {"outs": 1}),
        ("aROEAD2", {}, "REACHED_ON_ERROR", {"outs": 0}),
        ("aHBP", {}, "HIT_BY_PITCH", {"outs": 0}),
        ("aTAD4", {}, "TRIPLE", {"outs": 0}),
        ("bDB", {"flags": {"is_wild_pitch": True}}, "WILD_PITCH", {}),
    ],
)
def test_pitches(outcome: str, given: dict[str, Any], type_: str, detail: dict[str, object]) -> None:
    claim = only(pitch("e", outcome, **given))
    assert (claim.type, claim.team, claim.period) == (type_, "away", 1)
    assert claim.detail == {**detail, "bases": ""}
    assert SPORTS["baseball"].check({}, claim) is None


def test_runs_are_a_claim_beside_the_hit_and_hold_the_score() -> None:
    rows = [runner("p1", 0, 1, "AD1"), runner("p2", 2, 4, "ERN"), runner("p3", 3, 4, "eRN")]
    claims = told(
        pitch("e", "aS", inning_half="B", runners=rows, score={"home_team_runs": 2, "away_team_runs": 0})
    )
    assert {name: one.type for name, one in claims.items()} == {"e": "SINGLE", "e-runs": "RUNS"}
    assert claims["e"].detail == {"outs": 0, "bases": "1"}
    runs = claims["e-runs"]
    assert runs.detail == {"runs": 2, "rbi": 1, "kind": "single", "scored": "sr-p2 sr-p3"}
    assert (runs.team, runs.score and runs.score.home, claims["e"].score) == ("home", 2, None)
    assert runs.sequence == (claims["e"].sequence or 0) + 1


def test_a_home_run_counts_all_who_score() -> None:
    claim = only(pitch("e", "aHR", runners=[runner("p1", 0, 4, "ERN"), runner("p2", 1, 4, "ERN")]))
    assert (claim.type, claim.detail) == ("HOME_RUN", {"runs": 2, "rbi": 2, "bases": ""})
    assert claim.player is not None
    assert (claim.player.id, claim.player.name) == ("sr-p1", "P1 Runner")


def test_a_strike_out_with_a_runner_caught_makes_two_outs_in_two_claims() -> None:
    rows = [runner("p2", 1, 0, "CS2", out=True)]
    claims = told(pitch("e", "kKS", flags=OVER, count={"strikes": 3}, runners=rows))
    assert claims["e"].detail["outs"] == 1
    assert (claims["e-runner"].type, claims["e-runner"].detail) == (
        "CAUGHT_STEALING",
        {"bases": "", "outs": 1},
    )


def test_a_double_play_makes_two_outs() -> None:
    rows = [runner("p2", 1, 0, "FO2", out=True)]
    claim = only(pitch("e", "oGO", flags={"is_double_play": True}, runners=rows))
    assert claim.detail == {"kind": "double_play", "outs": 2, "bases": ""}


@pytest.mark.parametrize(
    ("outcome", "out", "type_"),
    [("SB2", False, "STOLEN_BASE"), ("POCS2", True, "CAUGHT_STEALING"), ("PO", True, "PICKOFF")],
)
def test_what_runners_do(outcome: str, out: bool, type_: str) -> None:
    claim = only(pitch("e", type="steal", runners=[runner("p2", 1, 0 if out else 2, outcome, out=out)]))
    assert (claim.type, claim.player and claim.player.id) == (type_, "sr-p2")


def test_a_throw_to_a_base_is_nothing_and_takes_back_what_it_was_before() -> None:
    throw = pitch("e", type="steal", runners=[runner("p2", 1, 1, "CK")])
    decoded = SPORTRADAR_MLB.decode(message(throw, league="MLB"))
    assert decoded.skipped == {"pickoff_throw": 1}
    assert [(one.event, one.action) for one in decoded.events] == [
        ("e", "retract"), ("e-runs", "retract"), ("e-runner", "retract"),
    ]  # fmt: skip


def test_the_first_message_of_a_play_has_nothing_to_take_back() -> None:
    first = SPORTRADAR_MLB.decode(message(pitch("e", "aS"), league="MLB", operation="create"))
    assert [(one.event, one.action) for one in first.events] == [("e", "assert")]


def test_other_types() -> None:
    assert only(pitch("e", type="half_start", inning_half="B")).period == 2
    newcomer: dict[str, Any] = {
        "position": 1,
        "player_id": "p9",
        "team_id": HOME,
        "first_name": "A",
        "last_name": "B",
    }
    change = only(pitch("e", type="lineup", **newcomer))
    assert (change.type, change.team) == ("SUBSTITUTION", "home")
    assert change.detail == {"kind": "pitcher", "in": "A B", "in_id": "sr-p9"}
    for kind in ("atbat", "lineup", "warmup"):
        assert SPORTRADAR_MLB.decode(message(pitch("e", type=kind), league="MLB")).skipped == {kind: 1}
    before = SPORTRADAR_MLB.decode(message(pitch("e", inning=0), league="MLB"))
    assert before.skipped == {"no_period": 1}


def test_an_overturned_run_is_taken_back_and_a_deletion_takes_all_that_a_pitch_said() -> None:
    scoring = [runner("p1", 0, 1, "AD1"), runner("p2", 3, 4, "ERN")]
    out = [runner("p1", 0, 1, "AD1"), runner("p2", 3, 0, "TO4", out=True)]
    kept = message(pitch("k", "aHR", runners=[runner("p1", 0, 4, "ERN")]), league="MLB")
    first = message(pitch("e", "aS", second=9, updated=10, runners=scoring), league="MLB")
    overturned = message(pitch("e", "aS", second=9, updated=90, runners=out), league="MLB")
    gone = message({"id": "e", "deleted": iso(START_MS + 95_000)}, league="MLB", operation="delete")
    for bodies, score in (
        ((kept, first), 2),
        ((kept, first, overturned), 1),
        ((kept, first, overturned, first), 1),
        ((kept, overturned, first), 1),
        ((kept, first, first, gone), 1),
        ((kept, gone, first), 1),
    ):
        read = [SPORTRADAR_MLB.decode(body) for body in bodies]
        events = tuple(claim for one in read for claim in one.events)
        folded = fold_one(Decoded(GAME, read[0].declarations, events, {}), "sparse")
        assert (folded.score, folded.refused) == ((0, score), [])


def whole(*halves: list[dict[str, Any]], **given: Any) -> bytes:
    """A game of which each half-inning is a list of entries."""
    innings = [
        {"number": number, "halfs": [{"half": "T", "events": top}, {"half": "B", "events": bottom}]}
        for number, (top, bottom) in enumerate(zip(halves[::2], halves[1::2], strict=True), 1)
    ]
    return json.dumps({"game": {**game(**given), "innings": innings}}).encode()


def turn(*pitches: dict[str, Any]) -> dict[str, Any]:
    """A turn at bat; the play-by-play says its inning around it."""
    around = {"inning", "inning_half", "sequence", "sequence_number", "hitter_id"}
    events = [{name: value for name, value in one.items() if name not in around} for one in pitches]
    return {"at_bat": {"id": f"ab-{pitches[0]['id']}", "hitter_id": "p1", "events": events}}


def three_out(name: str) -> list[dict[str, Any]]:
    return [turn(pitch(f"{name}-{number}", "oFO", flags=OVER)) for number in range(3)]


def test_a_whole_game_folds_to_its_score_by_innings() -> None:
    halves = [three_out(str(number)) for number in range(17)]
    rows = [runner("p1", 0, 4, "ERN"), runner("p2", 1, 4, "ERN")]
    halves[2] = [turn(pitch("b", "kF"), pitch("h", "aHR", flags=OVER, runners=rows)), *halves[2]]
    halves.append([])
    halves[7] = [
        {"lineup": {"id": "l", "position": 1, "player_id": "p9", "team_id": HOME}},
        *(turn(pitch(f"h{n}", "aHR", runners=[runner("p1", 0, 4, "ERN")])) for n in range(3)),
        *halves[7],
    ]
    body = whole(*halves, status="closed")
    assert recognise(body) is SPORTRADAR_MLB
    decoded = SPORTRADAR_MLB.decode(body)
    folded = fold_one(decoded, "sparse")
    assert folded.refused == []
    assert folded.score == (3, 2)
    assert (folded.lines["2"], folded.lines["4"]) == ((0, 2), (3, 0))
    assert (folded.state.status, folded.state.period) == ("final", "M9")
    assert all(claim.action == "assert" for claim in decoded.events)
    numbers = [claim.sequence for claim in decoded.events if claim.sequence is not None]
    assert numbers == sorted(set(numbers))


def test_older_documents_keep_the_teams_in_the_scoring() -> None:
    teams = {side: {"id": side, "name": side, "abbr": side[:3].upper()} for side in ("home", "away")}
    body = {"game": {"id": "g", "status": "created", "scoring": teams, "innings": []}}
    declared = SPORTRADAR_MLB.decode(json.dumps(body).encode()).declaration
    assert declared is not None
    assert (declared.home.id, declared.home.abbr, declared.away.id) == ("sr-home", "HOM", "sr-away")


def test_a_message_is_recognised() -> None:
    assert recognise(message(pitch("e"), league="MLB")) is SPORTRADAR_MLB
