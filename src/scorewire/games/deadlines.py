"""What waits in a game of several providers, and until when: one list, made anew with each decision. Pure.

    claim   a key claim that the provider shown does not tell, or that was taken back while another tells it
    heir    the provider shown has stopped, and one that contradicted it goes on
    sheet   a provider's sheet is another than what is shown
    gap     numbers that a provider left out

What waited when its owner stopped begins to wait anew, so nothing is due before `awake_ms` and its wait.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scorewire.games import succession
from scorewire.games.account import Account, Gap
from scorewire.games.tellers import Tellers


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that waits.

    Attributes:
        due_ms: by intake's clock.
        account: of the provider whose claim, sheet or gap it is, or that is the heir.
        event: which claim.
        gap: which gap.
    """

    due_ms: int
    what: Literal["claim", "heir", "sheet", "gap"]
    account: Account
    event: str = ""
    gap: Gap | None = None


def deadlines(tellers: Tellers, *, awake_ms: int, disputed: bool) -> list[Deadline]:
    """All that waits, what is due first standing first.

    Args:
        awake_ms: when, by intake's clock, the owner took up the game.
        disputed: the score is under check already, which is all that a sheet could do.
    """
    return sorted(_found(tellers, awake_ms, disputed=disputed), key=lambda one: one.due_ms)


def _found(tellers: Tellers, awake_ms: int, *, disputed: bool) -> Iterator[Deadline]:
    wait_ms = tellers.terms.failover_ms
    for account in tellers.followed():
        for event, since_ms in tellers.undecided(account).items():
            yield Deadline(max(since_ms, awake_ms) + wait_ms, "claim", account, event)
    heir = succession.heir(tellers)
    if heir is not None:
        yield Deadline(max(succession.heard_ms(tellers), awake_ms) + wait_ms, "heir", heir)
    for account in tellers.counting() if not disputed else ():
        if account.differs_since_ms is not None:
            yield Deadline(max(account.differs_since_ms, awake_ms) + wait_ms, "sheet", account)
    for account in tellers.accounts.values():
        for gap in account.gaps:
            yield Deadline(max(gap.due_ms, awake_ms), "gap", account, gap=gap)
