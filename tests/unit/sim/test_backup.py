"""The second provider: the same game under other names, whole or lying, never both."""

import random

import pytest

from scorewire.sim import script
from scorewire.sim.auditor import expected
from scorewire.sim.options import Options
from scorewire.sim.plays import PLAYED
from scorewire.sim.script import Script


def scripts(trouble: str) -> list[Script]:
    made = [script.write(0, Options(backup_p=1.0), random.Random(seed)) for seed in range(60)]
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
