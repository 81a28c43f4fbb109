"""openfootball's history: results that were published again with another score, status or date, one a line.

    {"file": "2024-25/de.1.json", "published_at": "2025-01-14T05:10:13+00:00", "round": "Matchday 14",
     "team1": ..., "team2": ..., "before": {"date", "time", "ft", "ht", "status"}, "after": {...}}

A line says what the file said before and after. The first line of a game gives two versions of it, each later
line one. A version makes the claims that openfootball.py makes of a file, and what differs from the version
before is told: a new claim, an amendment under the time of publication as revision, a retraction. Numbers run
1..N a game, dense, over all that is told.

What to believe
===============

    what is published                        what becomes of it
    -------------------------------------   -------------------------------------------------------------
    another score                            the result is amended: the game is corrected
    the score it had before                  amended back: corrected once more
    status `awarded`; or a score below that  GAME_AWARDED in place of GAME_FINAL; taken back, when the file
      at half-time, which nobody can play      takes it back
    status `postponed`, and it vanishes      GAME_POSTPONED, GAME_RESUMED; each time under another id
    status `cancelled`, and it vanishes      GAME_CANCELLED, and its retraction
    in a knock-out game, a score in which a  held: the result stays, the claim of the end states the new
      side has three goals more than before    score, and so the score is under check until the file agrees
                                               with us again, or an editor decides

The last rule is for kicks of a shoot-out that are counted as goals: this source has added them, removed them,
added and removed them again, in the same match. A slip of one goal cannot be told from a correction, so it is
believed. So is a fall of any size: it takes the kicks out again. Only the rise is doubted.

Quirks that this file decides:
    - The frame is the newest that was published; where a kick-off moved, the declaration has the last.
    - A league is named by its file, `de.1`, because the lines do not hold its name.

Source: made of the published versions of openfootball/football.json.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from scorewire.errors import FeedError
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, SideScore
from scorewire.providers import openfootball
from scorewire.providers.format import NO_COMPANIONS, Companions, Decoded, Format, Transcript, time_ms
from scorewire.providers.openfootball_file import (
    REVISION,
    Match,
    Revision,
    Score,
    Version,
    game_id,
    slug,
)

PROVIDER = "openfootball_revisions"
KICKS_MIN = 3
"""A rise of so many goals of one side in a knock-out game may be a shoot-out."""

_KNOCK_OUT = re.compile(r"\bfinals?\b|round of|play-?(?:off|in)|qualif|knock|\bleg\b|runde\b", re.IGNORECASE)
_CUP = re.compile(r"\bcup\b", re.IGNORECASE)
STATUS = "status-"


@dataclass(slots=True)
class _Game:
    """One match while its versions are read: what stands, and what the file is believed to say.

    Attributes:
        told: the claims that stand, by id; None for one that is taken back.
        times: how often a state of the game has come back, by the id of its claim.
    """

    transcript: Transcript
    league: League
    season: str
    knock_out: bool
    believed: Match
    declared: GameDeclared
    told: dict[str, ProviderEvent | None] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    revision: int = 0


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Lines that cannot be read are skipped as `unreadable_line`."""
    games: dict[str, _Game] = {}
    skipped = Counter[str]()
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            revision = REVISION.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            skipped["unreadable_line"] += 1
            continue
        published = time_ms(revision.published_at)
        if published is None:
            skipped["undated_line"] += 1
        else:
            _read(games, revision, published)
    if not games:
        raise FeedError("unreadable_payload", f"this is no history of openfootball files ({dict(skipped)})")
    told = [game.transcript.decoded(game=own, declaration=game.declared) for own, game in games.items()]
    for one in told:
        skipped.update(one.skipped)
    return Decoded(
        next(iter(games)) if len(games) == 1 else "",
        tuple(declared for one in told for declared in one.declarations),
        tuple(event for one in told for event in one.events),
        dict(skipped),
    )


def _read(games: dict[str, _Game], line: Revision, published: int) -> None:
    folder, _, file = line.file.rpartition("/")
    stem = file.removesuffix(".json")[:40]
    league = League(id=slug(stem).replace("-", "."), name=stem)
    own = game_id(f"{league.id} {folder}", _match(line, line.after))
    game = games.get(own)
    if game is None:
        before = _match(line, line.before)
        game = games[own] = _Game(
            Transcript(provider=PROVIDER, game_id=own),
            league,
            folder,
            is_knock_out(line.file, line.round),
            before,
            _declared(before, league, folder, published),
        )
        _tell(game, before, published - 1)
    after = _match(line, line.after)
    game.declared = _declared(after, game.league, game.season, published)
    _tell(game, after, published)


def _declared(match: Match, league: League, season: str, published: int) -> GameDeclared:
    declared = openfootball.declaration(match, league, season, published)
    return msgspec.structs.replace(declared, provider=PROVIDER, provider_ids={PROVIDER: declared.game_id})


def _match(line: Revision, version: Version) -> Match:
    score = Score(ft=version.ft, ht=version.ht) if version.ft is not None else None
    return Match(
        team1=line.team1,
        team2=line.team2,
        round=line.round,
        date=version.date,
        time=version.time,
        status=version.status,
        score=score,
    )


def is_knock_out(file: str, round_name: str) -> bool:
    """Whether a game of this file and round may go on to a shoot-out, as far as their names tell."""
    return _CUP.search(file) is not None or _KNOCK_OUT.search(round_name) is not None


def is_held(believed: Match, published: Match) -> bool:
    """Whether a score of a knock-out game has risen by so much that it may count a shoot-out."""
    old, new = believed.score, published.score
    if old is None or new is None or openfootball.is_ruled(published):
        return False
    before, after = openfootball.result(old), openfootball.result(new)
    return max(after[0] - before[0], after[1] - before[1]) >= KICKS_MIN


def _tell(game: _Game, published: Match, revision: int) -> None:
    """Tell what differs from what stands."""
    game.revision = max(game.revision + 1, revision)
    if game.knock_out and is_held(game.believed, published):
        claims = [_doubted(claim, published) for claim in _claims(game, game.believed)]
    else:
        game.believed = published
        claims = _claims(game, published)
    said = {claim.event: claim for claim in claims}
    for event, standing in list(game.told.items()):
        if standing is not None and event not in said:
            _take_back(game, event)
    for event, claim in said.items():
        standing = game.told.get(event)
        if standing is not None and msgspec.structs.replace(claim, time_ms=standing.time_ms) == standing:
            continue
        if event in game.told and standing is None and event.startswith(STATUS):
            game.times[event] += 1
        game.told[event] = claim
        _add(game, msgspec.structs.replace(claim, event=_name(game, event)))


def _claims(game: _Game, match: Match) -> list[ProviderEvent]:
    return openfootball.claims_of(match, game.transcript.skipped)


def _doubted(claim: ProviderEvent, published: Match) -> ProviderEvent:
    if claim.score is None or published.score is None:
        return claim
    home, away = openfootball.result(published.score)
    return msgspec.structs.replace(claim, score=SideScore(home=home, away=away))


def _take_back(game: _Game, event: str) -> None:
    """An event that is not there any more; or a state of the game that is over."""
    game.told[event] = None
    resumes = event.startswith(STATUS)
    name = _name(game, event)
    _add(
        game,
        ProviderEvent(
            provider="",
            game_id="",
            event=f"{name}-over" if resumes else name,
            revision=0,
            action="assert" if resumes else "retract",
            type="GAME_RESUMED" if resumes else "",
        ),
    )


def _name(game: _Game, event: str) -> str:
    times = game.times[event]
    return f"{event}-{times + 1}" if times else event


def _add(game: _Game, claim: ProviderEvent) -> None:
    game.transcript.add(
        msgspec.structs.replace(claim, revision=game.revision, time_ms=max(claim.time_ms, game.revision))
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """A line says when it was published, and what was said before and after."""
    head = body[:4096]
    return all(key in head for key in (b'"published_at"', b'"before"', b'"after"', b'"team1"'))


OPENFOOTBALL_REVISIONS = Format(
    name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode
)
