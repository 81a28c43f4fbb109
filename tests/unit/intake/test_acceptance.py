from collections.abc import Mapping

import msgspec
import pytest

from scorewire.intake.acceptance import DESK, Verdict, accept, speaks_of
from scorewire.intake.cloudevents import read
from scorewire.intake.recent import Recent
from scorewire.model.provider_event import GameDeclared
from scorewire.sports import SPORTS

from .conftest import Message, event, scheduled


def decide(
    *messages: Message,
    games: Mapping[str, GameDeclared] | None = None,
    recent: Recent | None = None,
    provider: str = "acme",
) -> Verdict:
    body = msgspec.json.encode([{**message, "source": provider} for message in messages])
    offers = read(body, provider=provider, batch=True, batch_max=100)
    assert not offers.refused, offers.refused
    return accept(
        offers.offered,
        games=games or {},
        sports=SPORTS,
        recent=recent or Recent(entries_max=100, age_ms=1000),
        now_ms=0,
    )


class Slipping:
    """A sport that slips on what nobody foresaw."""

    def check(self, *_: object) -> None:
        raise IndexError("nobody foresaw this")


def test_what_nobody_foresaw_in_one_event_leaves_the_rest() -> None:
    games = declared() | decide(scheduled(game_id="g2")).declared
    games["g2"] = msgspec.structs.replace(games["g2"], sport="slipping")
    body = msgspec.json.encode([event(1), event(2, game_id="g2"), event(3)])
    verdict = accept(
        read(body, provider="acme", batch=True, batch_max=9).offered,
        games=games,
        sports={**SPORTS, "slipping": Slipping()},  # type: ignore[dict-item]
        recent=Recent(entries_max=100, age_ms=1000),
        now_ms=0,
    )
    assert [claim.event for claim in verdict.accepted] == ["prov-1", "prov-3"]
    (refused,) = verdict.refused
    assert (refused.index, refused.rule, refused.payload) == (
        1,
        "unreadable_event",
        msgspec.json.encode(event(2, game_id="g2")),
    )
    assert isinstance(refused.cause, IndexError)


def declared(**data: object) -> dict[str, GameDeclared]:
    return decide(scheduled(**data)).declared


def rules(verdict: Verdict) -> list[str]:
    return [refused.rule for refused in verdict.refused]


def test_a_declaration_counts_for_the_rest_of_its_call() -> None:
    verdict = decide(event(1), scheduled(), event(2))
    assert rules(verdict) == ["unknown_game"]
    assert verdict.refused[0].index == 0
    assert [claim.event for claim in verdict.accepted] == ["s-1", "prov-2"]
    assert set(verdict.declared) == {"g1"}


def test_a_refused_declaration_does_not() -> None:
    assert rules(decide(scheduled(sport="curling"), event(1))) == ["unknown_sport", "unknown_game"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"type": "TRY"}, "unknown_event_type"),
        ({"type": ""}, "unknown_event_type"),
        ({"team": None}, "team_missing"),
        ({"clock": "soon"}, "unreadable_clock"),
    ],
)
def test_the_sports_own_rules_are_asked(data: dict[str, object], rule: str) -> None:
    assert rules(decide(event(1, **data), games=declared())) == [rule]


@pytest.mark.parametrize(("period", "clock"), [(1, "95:00"), (2, "10:00")])
def test_a_clock_outside_its_period(period: int, clock: str) -> None:
    verdict = decide(event(1, period=period, clock=clock), games=declared())
    assert rules(verdict) == ["clock_outside_period"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"sport": "curling"}, "unknown_sport"),
        ({"away": {"id": "arg"}}, "same_team"),
        ({"venue": {"name": "Base", "tz": "Mars/Base"}}, "unknown_time_zone"),
        ({"venue": {"name": "Base", "tz": "../../etc/passwd"}}, "unknown_time_zone"),
        ({"venue": {"name": "Base", "tz": "Europe"}}, "unknown_time_zone"),
        ({"rules": {"golden_goals": True}}, "unknown_rule"),
        ({"rules": {"extra_time": 1}}, "bad_rule"),
        ({"rules": {"extra_time": "yes"}}, "bad_rule"),
    ],
)
def test_a_declaration_that_cannot_be(data: dict[str, object], rule: str) -> None:
    assert rules(decide(scheduled(**data))) == [rule]


@pytest.mark.parametrize("venue", [{"name": "Base"}, {"name": "Base", "tz": "Asia/Qatar"}])
def test_a_venue_may_have_a_zone(venue: dict[str, str]) -> None:
    assert not rules(decide(scheduled(venue=venue)))


def test_every_rule_of_every_sport_may_be_given_its_default_and_no_other_kind() -> None:
    for name, machine in SPORTS.items():
        given = {rule: default for rule, (_, default) in machine.rules.items()}
        assert not rules(decide(scheduled(sport=name, rules=given)))
        for rule, default in given.items():
            other: object = "text" if not isinstance(default, str) else 7
            assert rules(decide(scheduled(sport=name, rules={rule: other}))) == ["bad_rule"]
            if isinstance(default, str):
                assert rules(decide(scheduled(sport=name, rules={rule: "sudden deth"}))) == ["bad_rule"]
                for word in machine.choices[rule]:
                    assert not rules(decide(scheduled(sport=name, rules={rule: word})))
            if isinstance(default, int) and not isinstance(default, bool):
                assert rules(decide(scheduled(sport=name, rules={rule: -1}))) == ["bad_rule"]
                assert rules(decide(scheduled(sport=name, rules={rule: True}))) == ["bad_rule"]


@pytest.mark.parametrize(
    ("data", "provider", "may"),
    [
        ({}, "acme", True),
        ({}, "backup", False),
        ({"providers": ["acme", "backup"]}, "backup", True),
        ({"providers": ["backup"]}, "acme", False),
        ({"provider_ids": {"backup": "987"}}, "backup", True),
        ({"providers": ["acme"]}, DESK, True),
    ],
)
def test_who_may_speak_of_a_game(data: dict[str, object], provider: str, may: bool) -> None:
    games = declared(**data)
    assert speaks_of(provider, games["g1"]) is may
    assert rules(decide(event(1), games=games, provider=provider)) == ([] if may else ["provider_not_listed"])


def test_a_stranger_cannot_declare_a_game_that_is_another_ones() -> None:
    assert rules(decide(scheduled(2), games=declared(), provider="backup")) == ["provider_not_listed"]
    assert rules(decide(scheduled(2), games=declared(providers=["backup"]))) == [], "its maker may"


def test_a_game_keeps_its_sport() -> None:
    assert rules(decide(scheduled(2, sport="basketball"), games=declared())) == ["sport_changed"]


def test_an_older_declaration_is_accepted_and_changes_nothing_here() -> None:
    verdict = decide(scheduled(1), games=decide(scheduled(2)).declared)
    assert len(verdict.accepted) == 1
    assert not verdict.declared


def test_the_same_twice_in_a_call_is_a_duplicate() -> None:
    verdict = decide(scheduled(), event(1), event(1), event(2), scheduled())
    assert (len(verdict.accepted), verdict.duplicates) == (3, 2)


def test_a_b_a_in_a_call_is_two_amendments() -> None:
    verdict = decide(event(1, text="A"), event(1, text="B"), event(1, text="A"), games=declared())
    assert (len(verdict.accepted), verdict.duplicates) == (3, 0)


def test_what_was_heard_lately_is_a_duplicate_until_something_else_was() -> None:
    recent = Recent(entries_max=100, age_ms=1000)
    games = declared()
    first = decide(event(1), games=games, recent=recent)
    assert decide(event(1), games=games, recent=recent).duplicates == 0, "nothing was made durable yet"
    recent.remember(first.contents, 0)
    assert decide(event(1), games=games, recent=recent).duplicates == 1
    other = decide(event(1, text="B"), games=games, recent=recent)
    recent.remember(other.contents, 0)
    assert decide(event(1), games=games, recent=recent).duplicates == 0


def test_what_is_refused_is_not_remembered() -> None:
    assert not decide(event(1)).contents


def test_a_game_of_a_sport_that_is_gone_is_refused() -> None:
    games = {"g1": msgspec.structs.replace(declared()["g1"], sport="curling")}
    assert rules(decide(event(1), games=games)) == ["unknown_sport"]
