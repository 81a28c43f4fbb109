"""Names and declarations of the recordings that are played."""

import pytest

from scorewire.errors import FeedError
from scorewire.intake.casting import agree, cast
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team, Venue
from scorewire.providers import Decoded
from scorewire.providers.format import UNDATED

START, START_MS = "2016-12-01T01:00:00Z", 1480554000000


def declared(provider: str = "feed", game_id: str = "g1", **fields: object) -> GameDeclared:
    given: dict[str, object] = {
        "event": "d",
        "revision": 1,
        "sport": "basketball",
        "league": League(id="nba"),
        "start": START,
        "home": Team(id="okc"),
        "away": Team(id="was"),
        "provider_ids": {provider: "77"},
        "time_ms": START_MS,
    }
    return GameDeclared(provider=provider, game_id=game_id, **(given | fields))  # type: ignore[arg-type]


def event(provider: str = "feed", game_id: str = "g1") -> ProviderEvent:
    return ProviderEvent(provider=provider, game_id=game_id, event="e", revision=1, time_ms=START_MS + 5)


def decoded(*declarations: GameDeclared, events: tuple[ProviderEvent, ...] = (event(),)) -> Decoded:
    return Decoded("77", declarations, events, {})


def test_a_recording_keeps_its_names() -> None:
    part = cast(decoded(declared()))
    assert part.declarations == (declared(),)
    assert part.events == (event(),)
    assert part.provider == "feed"


def test_a_recording_is_named_anew() -> None:
    part = cast(decoded(declared()), provider="acme", game_id="final")
    (game,) = part.declarations
    assert (game.provider, game.game_id, game.provider_ids) == ("acme", "final", {"acme": "77"})
    assert (part.events[0].provider, part.events[0].game_id, part.provider) == ("acme", "final", "acme")


def test_what_its_provider_calls_the_game() -> None:
    assert cast(decoded(declared()), known_as="88").declarations[0].provider_ids == {"feed": "88"}


def test_a_game_may_begin_at_another_time() -> None:
    part = cast(decoded(declared()), start_ms=1_700_000_000_000)
    assert part.declarations[0].start == "2023-11-14T22:13:20Z"
    assert part.events[0].time_ms == 1_700_000_000_005


def test_one_with_an_unknown_date_says_so() -> None:
    assert cast(decoded(declared(start=UNDATED))).undated
    assert not cast(decoded(declared(start=UNDATED)), start_ms=START_MS).undated


def test_several_games_keep_their_names() -> None:
    matchday = decoded(declared(), declared(game_id="g2"))
    assert len(cast(matchday, provider="acme").declarations) == 2
    with pytest.raises(FeedError, match="several_games"):
        cast(matchday, game_id="final")
    with pytest.raises(FeedError, match="several_games"):
        cast(matchday, start_ms=0)


@pytest.mark.parametrize("names", [{"provider": "a b"}, {"game_id": "a,b"}])
def test_names_are_ids(names: dict[str, str]) -> None:
    with pytest.raises(FeedError, match="bad_id"):
        cast(decoded(declared()), **names)  # type: ignore[arg-type]


def test_two_providers_of_a_game_share_its_declaration() -> None:
    first = cast(decoded(declared("a", start=UNDATED, time_ms=0)))
    second = cast(decoded(declared("b", venue=Venue(name="Arena"), provider_ids={"b": "5"})))
    (game,) = agree([first, second]).values()
    assert (game.provider, game.providers) == ("a", ("a", "b"))
    assert game.provider_ids == {"a": "77", "b": "5"}
    assert (game.start, game.time_ms, game.venue) == (START, START_MS, Venue(name="Arena"))


def test_preference_orders_them() -> None:
    (game,) = agree([cast(decoded(declared("a")))], preference=("b", "a")).values()
    assert game.providers == ("b", "a")
    with pytest.raises(FeedError, match="bad_id"):
        agree([], preference=("a b",))


def test_games_stay_apart() -> None:
    assert list(agree([cast(decoded(declared(), declared(game_id="g2")))])) == ["g1", "g2"]
    assert agree([cast(decoded())]) == {}
