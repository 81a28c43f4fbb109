"""How providers have done on games that several of them tell, from what the journal holds of those. Pure."""

from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from scorewire.games.book import DESK, Book, Play
from scorewire.games.telling import Conflict, Telling
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import ProviderEvent


class ConflictShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim that the provider that was shown did not tell, with what that told in its place.

    Attributes:
        why: missing (not told), ambiguous (it could be several plays), refused (the rules do not allow it),
            withdrawn (taken back, while another tells it on).
        settled: how it ended; empty while it is open.
    """

    game_id: str
    provider: str
    event: str
    since_ms: int
    why: str
    settled: str = ""
    by: str = ""
    reason: str = ""
    claim: ProviderEvent
    against: tuple[ProviderEvent, ...] = ()


class ProviderReport(Struct, frozen=True, kw_only=True):
    """One provider over the games that it shares with others.

    Attributes:
        told: events that it stands by, of those that make a row.
        first: of its key events that others tell too, how many it told first.
        lead_ms: by how much, in the middle; negative where it is mostly behind. None where nothing compares.
        misses: key plays that are shown and that it does not tell.
        alone: events that it tells alone, shown or not.
        retractions: events that it took back.
        failovers: how often another had to take its place.
        conflicts: key claims of it that the provider shown did not tell in time; `upheld` of them were right.
    """

    provider: str
    games: int
    told: int
    first: int
    lead_ms: int | None
    misses: int
    alone: int
    retractions: int
    failovers: int
    conflicts: int
    upheld: int


class Sheet(Struct, kw_only=True):
    """What is counted of one provider; sheets of several games add up."""

    games: int = 0
    told: int = 0
    leads: list[int] = []
    misses: int = 0
    alone: int = 0
    retractions: int = 0
    failovers: int = 0
    conflicts: int = 0
    upheld: int = 0


_UPHELD = frozenset({"caught_up", "score", "gap", "failover", "adopted"})


def conflicts_of(book: Book, *, settled: bool = False) -> list[ConflictShown]:
    """The conflicts of a game, the newest first.

    Args:
        settled: those that have ended too.
    """
    found = [(one, one.conflict) for one in book.tellings.values() if one.conflict is not None]
    shown = [_shown(book, one, conflict) for one, conflict in found if settled or not conflict.settled]
    return sorted(shown, key=lambda one: (-one.since_ms, one.provider, one.event))


def _shown(book: Book, telling: Telling, conflict: Conflict) -> ConflictShown:
    return ConflictShown(
        game_id=book.game_id,
        provider=telling.claim.provider,
        event=telling.claim.event,
        since_ms=conflict.since_ms,
        why=conflict.why,
        settled=conflict.settled,
        by=conflict.by,
        reason=conflict.reason,
        claim=telling.claim,
        against=conflict.against,
    )


def count(sheets: dict[str, Sheet], book: Book, rows: Iterable[GameEvent]) -> None:
    """Add one game to the sheets, where several providers tell it.

    Args:
        rows: all of the game, from the first.
    """
    declared = book.declared
    if declared is None or len(declared.providers) < 2:
        return
    names = [name for name in declared.providers if name != DESK]
    tells = {name: _tells(book, name) for name in names}
    for name in names:
        sheet = sheets.setdefault(name, Sheet())
        others = set().union(*(tells[other] for other in names if other != name))
        open_ = [one for one in _of(book, name) if one.play is None and not one.is_gone]
        sheet.games += 1
        sheet.told += len(tells[name]) + len(open_)
        sheet.alone += len(tells[name] - others) + len(open_)
        sheet.misses += sum(
            play.key not in tells[name] for play in book.order if play.key[0] != DESK and _is_key(book, play)
        )
        told_by_it = [one for one in book.tellings.values() if one.key[0] == name]
        conflicts = [one.conflict for one in told_by_it if one.conflict is not None]
        sheet.conflicts += len(conflicts)
        sheet.upheld += sum(one.settled in _UPHELD for one in conflicts)
        sheet.retractions += sum(
            memory.what == "retracted" for (by, _), memory in book.remembered.items() if by == name
        )
    for one in book.tellings.values():
        play = book.plays.get(one.play) if one.play is not None else None
        if one.lead_ms is not None and play is not None and _is_key(book, play):
            _lead(sheets, one.claim.provider, play.key[0], one.lead_ms)
    for row in rows:
        if row.type == "PROVIDER_CHANGED" and _fell(names, row):
            sheets[str(row.note["was"])].failovers += 1


def reports(sheets: dict[str, Sheet]) -> tuple[ProviderReport, ...]:
    """The sheets as a report, by name."""
    return tuple(
        ProviderReport(
            provider=name,
            games=sheet.games,
            told=sheet.told,
            first=sum(lead > 0 for lead in sheet.leads),
            lead_ms=round(median(sheet.leads)) if sheet.leads else None,
            misses=sheet.misses,
            alone=sheet.alone,
            retractions=sheet.retractions,
            failovers=sheet.failovers,
            conflicts=sheet.conflicts,
            upheld=sheet.upheld,
        )
        for name, sheet in sorted(sheets.items())
    )


def _of(book: Book, provider: str) -> list[Telling]:
    """What a provider told and stands by."""
    return [one for one in book.tellings.values() if one.key[0] == provider and not one.claim.takes_back]


def _tells(book: Book, provider: str) -> set[tuple[str, str]]:
    """The plays of the book that a provider tells."""
    own = {play.key for play in book.order if play.key[0] == provider}
    return own | {one.play for one in _of(book, provider) if one.play in book.plays and one.play is not None}


def _lead(sheets: dict[str, Sheet], provider: str, other: str, lead_ms: int) -> None:
    sheets.setdefault(provider, Sheet()).leads.append(lead_ms)
    sheets.setdefault(other, Sheet()).leads.append(-lead_ms)


def _fell(names: Sequence[str], row: GameEvent) -> bool:
    """Whether a provider was replaced, rather than the better one coming back."""
    was, active = str(row.note.get("was", "")), str(row.note.get("active", ""))
    if was not in names:
        return False
    return active not in names or names.index(active) > names.index(was)


def _is_key(book: Book, play: Play) -> bool:
    spec = book.machine.events.get(play.claim.type)
    return spec is not None and spec.weighs
