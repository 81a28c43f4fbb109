"""The second provider: the same game under other names, whole or lying, never both."""

import random

import pytest

from scorewire.sim import script
from scorewire.sim.auditor import expected
from scorewire.sim.options import Options
from scorewire.sim.plays import PLAYED
from scorewire.sim.script import Script


def scripts(trouble: str) -> list[Script]:
    made = [script.write(0, Options(backup_p=1.0), random.Random(seed)) for seed in range(120)]
    return [one for one in made if one.backup is not None and one.backup.trouble == trouble]


@pytest.mark.parametrize("trouble", ["lost", "late"])
def test_a_backup_of_a_cut_provider_tells_the_same_game(trouble: str) -> None:
    for one in scripts(trouble):
        assert one.backup is not None
        assert len(one.backup.cut) >= 10
        own = [message for _, message in one.backup.messages]
        assert expected(one.declared, own) == expected(one.declared, one.messages)
        assert {message.provider for message in own} == {"spare"}
        assert not {message.event for message in own} & {message.event for message in one.messages}


def test_a_first_provider_that_is_gone_says_nothing_more_and_the_second_tells_the_same_game() -> None:
    renamed = 0
    for one in scripts("gone"):
        assert one.backup is not None
        assert one.backup.cut.stop == len(one.messages)
        own = [message for _, message in one.backup.messages]
        assert expected(one.declared, own) == expected(one.declared, one.messages)
        renamed += any(message.event.endswith("~") for message in own)
    assert renamed > 1


def test_what_is_told_again_under_another_name_was_taken_back_before() -> None:
    unnumbered = 0
    for one in scripts("renames"):
        assert one.backup is not None
        assert not one.backup.cut
        own = [message for _, message in one.backup.messages]
        again = [
            at for at, message in enumerate(own) if message.event not in {each.event for each in own[:at]}
        ]
        pairs = [(own[at - 1], own[at]) for at in again if own[at].event.endswith("~")]
        assert pairs
        for old, new in pairs:
            assert (old.action, f"{old.event}~") == ("retract", new.event)
            assert (old.type, old.team, old.detail) == (new.type, new.team, new.detail)
            unnumbered += new.sequence is None
        if all(new.sequence is not None for _, new in pairs):
            assert expected(one.declared, own).score == expected(one.declared, one.messages).score
    assert unnumbered > 5


def test_a_backup_that_leaves_stops_before_the_end() -> None:
    for one in scripts("leaves"):
        assert one.backup is not None
        assert not one.backup.cut
        assert max(number for number, _ in one.backup.messages) < len(one.messages) - 1


def test_a_liar_leaves_out_and_invents_but_cuts_nobody_off() -> None:
    left_out = invented = 0
    for one in scripts("lies"):
        assert one.backup is not None
        assert not one.backup.cut
        told = {message.event for _, message in one.backup.messages}
        left_out += sum(f"s-{message.event}" not in told for message in one.messages)
        invented += sum(event.startswith("s-never") for event in told)
        if PLAYED[one.declared.sport].sets:
            assert not any(event.startswith("s-never") for event in told)
    assert left_out > 10
    assert invented > 10


def test_its_numbers_are_its_own_and_have_no_gaps() -> None:
    for one in scripts("lies"):
        assert one.backup is not None
        numbers = {message.sequence for _, message in one.backup.messages} - {None}
        assert numbers == set(range(1, len(numbers) + 1))
