"""What of a payload is news: single events, whole games, frames, and when a feed breaks and returns."""

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.intake.feed_book import GAMES_MAX, FeedBook, FollowedGame, News, load, save
from scorewire.intake.snapshot import Limits
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team, Venue
from scorewire.providers.format import Decoded

START = "2026-11-21T15:00:00Z"


def frame(game: str = "g", **given: object) -> GameDeclared:
    return GameDeclared(
        **{
            "provider": "fmt",
            "game_id": f"slug-{game}",
            "event": f"{game}-scheduled",
            "revision": 1,
            "sport": "soccer",
            "league": League(id="cup"),
            "start": START,
            "home": Team(id="red"),
            "away": Team(id="blu"),
            "provider_ids": {"fmt": game},
            **given,
        }  # type: ignore[arg-type]
    )


def claim(
    event: str, revision: int = 5, type_: str = "GOAL", game: str = "g", **given: object
) -> ProviderEvent:
    fields = {"team": "home", "period": 1, **given}
    return ProviderEvent(
        provider="fmt", game_id=f"slug-{game}", event=event, revision=revision, type=type_, **fields  # type: ignore[arg-type]
    )  # fmt: skip


def decoded(
    *events: ProviderEvent, game: str = "g", frames: tuple[GameDeclared, ...] | None = None
) -> Decoded:
    return Decoded(game, (frame(game),) if frames is None else frames, events, {"odd": 1})


def book(**given: object) -> FeedBook:
    return FeedBook(
        **{"provider": "acme", "names": {}, "limits": Limits(), "renumber": False, **given}  # type: ignore[arg-type]
    )


def tell(one: FeedBook, what: Decoded, now_ms: int = 1000, *, whole: bool = False) -> News:
    news = one.read(what, now_ms=now_ms, whole=whole)
    one.keep(news)
    return news


def test_the_first_payload_declares_the_game_under_the_feeds_own_name() -> None:
    news = tell(book(), decoded(claim("e1")))
    (said,) = news.declarations
    assert (said.provider, said.game_id, said.provider_ids, said.time_ms) == (
        "acme", "slug-g", {"acme": "g"}, 1000,
    )  # fmt: skip
    assert [(one.provider, one.game_id, one.event) for one in news.events] == [("acme", "slug-g", "e1")]
    assert (news.new, news.skipped) == (("g",), {"odd": 1})


def test_the_same_again_is_no_news_and_what_was_not_posted_stays_news() -> None:
    one = book()
    first = one.read(decoded(claim("e1")), now_ms=1, whole=False)
    assert one.read(decoded(claim("e1")), now_ms=2, whole=False).events == first.events
    one.keep(first)
    again = one.read(decoded(claim("e1")), now_ms=3, whole=False)
    assert (again.declarations, again.events, again.new) == ((), (), ())


def test_a_frame_is_declared_again_where_it_says_something_else_but_not_where_it_says_less() -> None:
    one = book()
    tell(one, decoded(frames=(frame(venue=Venue(name="Park"), season="2026"),)))
    assert tell(one, decoded(), 2000).declarations == ()
    (moved,) = tell(one, decoded(frames=(frame(start="2026-11-22T15:00:00Z"),)), 3000).declarations
    assert (moved.start, moved.season, moved.venue, moved.time_ms) == (
        "2026-11-22T15:00:00Z", "2026", Venue(name="Park"), 3000,
    )  # fmt: skip


def test_a_game_that_the_operator_names_is_told_there_and_declared_by_others() -> None:
    news = tell(book(names={"g": "final"}), decoded(claim("e1")))
    assert news.declarations == ()
    assert [one.game_id for one in news.events] == ["final"]


def test_whole_games_lose_what_is_not_there_any_more() -> None:
    one = book(limits=Limits(polls_to_retract=1))
    tell(one, decoded(claim("e1"), claim("e2")), whole=True)
    news = tell(one, decoded(claim("e1")), 2000, whole=True)
    assert [(said.event, said.action) for said in news.events] == [("e2", "retract")]


def test_a_doubtful_snapshot_is_held_by_name() -> None:
    one = book(limits=Limits(polls_to_retract=2))
    tell(one, decoded(claim("e1"), claim("e2")), whole=True)
    news = tell(one, decoded(claim("e1")), 2000, whole=True)
    assert (news.events, news.held) == ((), {"slug-g": "events_vanished"})


def test_a_whole_game_behind_a_stream_takes_nothing_back_that_was_just_heard() -> None:
    one = book()
    tell(one, decoded(claim("e0"), claim("e1")), 1000)
    tell(one, decoded(claim("e2")), 9000)
    news = one.read(decoded(claim("e0")), now_ms=9500, whole=True, settled_ms=5000)
    assert [(said.event, said.action) for said in news.events] == [("e1", "retract")]


def test_several_games_in_one_payload_each_have_their_own_name() -> None:
    many = Decoded("", (frame("a"), frame("b")), (claim("e1", game="a"), claim("e1", game="b")), {})
    news = tell(book(names={"b": "other"}), many)
    assert [one.game_id for one in news.events] == ["slug-a", "other"]
    assert [one.game_id for one in news.declarations] == ["slug-a"]


def test_games_under_way_are_told_once_that_the_feed_is_lost_and_once_that_it_is_back() -> None:
    one = book()
    tell(one, decoded(claim("e1")))
    over = claim("f", type_="GAME_FINAL", game="over")
    tell(one, decoded(over, game="over", frames=(frame("over"),)))
    lost = one.lost(now_ms=5000)
    assert [(said.game_id, said.type, said.event) for said in lost.events] == [
        ("slug-g", "FEED_LOST", "feed-lost-5000")
    ]
    one.keep(lost)
    assert one.lost(now_ms=6000).events == ()
    back = one.back(now_ms=7000)
    assert [said.type for said in back.events] == ["FEED_BACK"]
    one.keep(back)
    assert one.back(now_ms=8000).events == ()


def test_the_game_that_was_silent_for_longest_is_forgotten_first() -> None:
    known = [FollowedGame(game_id=f"g{number}", own=f"{number}") for number in range(GAMES_MAX)]
    one = book(known=known)
    tell(one, decoded(claim("e1", game="new"), game="new", frames=(frame("new"),)))
    names = [game.game_id for game in one.followed]
    assert (len(names), names[0], names[-1]) == (GAMES_MAX, "g1", "slug-new")


def test_a_saved_game_goes_on_where_it_was() -> None:
    one = book()
    news = tell(one, decoded(claim("e1")))
    (game,) = news.after
    again = book(known=[load(save(game))])
    assert tell(again, decoded(claim("e1"))).events == ()


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b"[1]", b"\xff", b'{"events":{"a":[1]}}'])
def test_what_nobody_saved_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_state"):
        load(body)


def test_another_version_is_refused() -> None:
    body = msgspec.json.encode({"game_id": "g", "own": "g", "version": 99})
    with pytest.raises(FeedError, match="version 99"):
        load(body)
