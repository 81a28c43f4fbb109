"""What tables go by is read from the configuration, and refused by name where it is wrong."""

import pytest

from scorewire.config import Config, League
from scorewire.errors import ConfigError
from scorewire.node.tabling import terms_of
from scorewire.stats.standings.rules import Deduction


def test_rules_and_deductions_are_by_league_and_season() -> None:
    taken = ("2023-24 eve 10 2023-11-17 breach of the spending rules", "2023-24 eve -4 2024-02-26 on appeal")
    leagues = {
        "epl": League(rules="premier-league", deductions=taken),
        "cup": League(deductions=("- red 3 2024-01-31 a player who could not play",)),
    }
    terms = terms_of(Config(leagues=leagues))
    assert terms.rules == {"epl": "premier-league"}
    assert terms.deductions == {
        ("epl", "2023-24"): [
            Deduction(team="eve", points=10, at_ms=1_700_179_200_000, reason="breach of the spending rules"),
            Deduction(team="eve", points=-4, at_ms=1_708_905_600_000, reason="on appeal"),
        ],
        ("cup", ""): [
            Deduction(team="red", points=3, at_ms=1_706_659_200_000, reason="a player who could not play")
        ],
    }


@pytest.mark.parametrize(
    ("league", "key", "says"),
    [
        (League(rules="premiership"), "leagues.epl.rules", "premier-league"),
        (
            League(deductions=("2023-24 eve 10 2023-11-31 no such day",)),
            "leagues.epl.deductions",
            "2023-11-31",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(league: League, key: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        terms_of(Config(leagues={"epl": league}))
    assert refused.value.key == key
