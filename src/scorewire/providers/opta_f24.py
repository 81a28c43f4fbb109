"""Opta F24: the events of a soccer match as XML; see opta.py.

Unverified, built from documentation. `Games/Game/Event` with `Q` children; a document type declaration is
refused (xml.py), so no entity can unfold.

Source: Stats Perform, F24 feed specification.
"""

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import GameDeclared, League, SideScore, Team
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    rfc3339,
    time_ms,
)
from scorewire.providers.opta import Match, OptaEvent, claim_all, qualifiers
from scorewire.providers.xml import Element, number, read_xml

PROVIDER = "opta_f24"
PREFIX = "opta"


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    root = read_xml(body, "Opta F24")
    game = root if root.tag == "Game" else root.find("Game")
    if game is None or not is_id(own := game.get("id", "")) or len(own) > 50:
        raise FeedError("unreadable_payload", "this is not Opta F24: it has no game")
    transcript = Transcript(provider=PROVIDER, game_id=f"{PREFIX}-{own}")
    events = [one for entry in game.iter("Event") if (one := _event(entry, transcript)) is not None]
    home, away = _whole(game.get("home_score")), _whole(game.get("away_score"))
    final = None if home is None or away is None else SideScore(home=home, away=away)
    claim_all(
        Match(
            prefix=PREFIX,
            home=game.get("home_team_id", ""),
            away=game.get("away_team_id", ""),
            transcript=transcript,
            events=events,
            final=final,
        )
    )
    return transcript.decoded(game=own, declaration=_declare(game, own))


def _event(entry: Element, transcript: Transcript) -> OptaEvent | None:
    type_, own = _whole(entry.get("type_id")), entry.get("id", "")
    if type_ is None or not own or len(own) > 100:
        transcript.skip("unreadable_event")
        return None
    pairs = [(one.get("qualifier_id"), one.get("value")) for one in entry.iter("Q")]
    modified_ms = time_ms(entry.get("last_modified", "")) or _whole(entry.get("version")) or 1
    return OptaEvent(
        id=own,
        number=entry.get("event_id", ""),
        type=type_,
        period=_whole(entry.get("period_id")) or 0,
        minute=_whole(entry.get("min")) or 0,
        second=_whole(entry.get("sec")) or 0,
        team=entry.get("team_id", ""),
        player=entry.get("player_id", ""),
        outcome=_whole(entry.get("outcome")),
        x=number(entry.get("x")),
        y=number(entry.get("y")),
        modified_ms=modified_ms,
        time_ms=time_ms(entry.get("timestamp", "")) or 0,
        qualifiers=qualifiers(pairs),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _declare(game: Element, own: str) -> GameDeclared | None:
    home, away = game.get("home_team_id", ""), game.get("away_team_id", "")
    if not home or not away:
        return None
    start = time_ms(game.get("game_date", ""))
    league = game.get("competition_id", "")
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"{PREFIX}-{own}",
        event=f"{own}-scheduled",
        revision=1,
        sport="soccer",
        league=League(
            id=f"{PREFIX}-{league}" if is_id(league) else PREFIX,
            name=game.get("competition_name", "")[:200],
        ),
        season=game.get("season_name", "")[:200],
        start=UNDATED if start is None else rfc3339(start),
        home=Team(id=f"{PREFIX}-{home}", name=game.get("home_team_name", "")[:200]),
        away=Team(id=f"{PREFIX}-{away}", name=game.get("away_team_name", "")[:200]),
        provider_ids={PROVIDER: own},
        time_ms=start or 0,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """XML of games with typed events."""
    head = body[:8192]
    return b"<Games" in head and b"<Event" in head and b"type_id" in head


OPTA_F24 = Format(name=PROVIDER, sport="soccer", sequence="sparse", recognise=recognise, decode=decode)
