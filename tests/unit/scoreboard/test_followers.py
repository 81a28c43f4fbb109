"""Who is told what: followers of their games, everybody of what is new to lists."""

import msgspec
import pytest

from contract.scoreboard_suite import state, update
from scorewire.model.update import Update, difference
from scorewire.scoreboard import followers as module
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.followers import Followers


def three() -> Followers[str]:
    """a follows g1 and g2, b follows g2, c nothing; both games are known."""
    found: Followers[str] = Followers()
    for who in "abc":
        found.join(who)
    assert found.begin("a", ["g1", "g2"]) == ["g1", "g2"]
    assert found.begin("b", ["g2"]) == []
    for game_id in ("g1", "g2", "g3"):
        assert sorted(found.concerned(update(game_id, 1))) == ["a", "b", "c"]
    return found


def changed(seq: int, correction: bool = False, **fields: object) -> Update:
    """An update of g3, which nobody follows, by which some fields become others."""
    before = state("g3", seq - 1)
    now = msgspec.structs.replace(state("g3", seq), **fields)
    told = update("g3", seq, correction=correction)
    return msgspec.structs.replace(told, state=now, patch={} if correction else difference(before, now))


def test_followers_are_told_and_nobody_else() -> None:
    found = three()
    assert sorted(found.concerned(update("g2", 2))) == ["a", "b"]
    assert list(found.concerned(update("g1", 2))) == ["a"]
    assert not found.concerned(update("g3", 2))
    assert not found.concerned(update("g3", 3, correction=True))
    assert (len(found), found.games) == (3, 2)


def test_the_last_who_leaves_ends_a_game() -> None:
    found = three()
    assert found.end("a", ["g2", "g2", "g3"]) == []
    assert found.leave("b") == ["g2"]
    assert found.leave("b") == []
    assert found.leave("a") == ["g1"]
    assert (len(found), found.games, found.followed()) == (1, 0, ())
    assert found.begin("c", ["g2"]) == ["g2"]
    assert list(found.of("g2")) == ["c"]


HOME = msgspec.structs.replace(state("g3", 2).home, id="bra")
LEAGUE = msgspec.structs.replace(state("g3", 2).league, id="l2")


@pytest.mark.parametrize("fields", [{"home": HOME}, {"league": LEAGUE}, {"sport": "handball"}])
@pytest.mark.parametrize("known", [True, False])
def test_everybody_is_told_that_a_game_is_listed_by_other_names(
    fields: dict[str, object], known: bool
) -> None:
    found = three() if known else Followers[str]()
    if not known:
        found.join("c")
    assert "c" in found.concerned(changed(2, **fields))
    assert not found.concerned(changed(3, **fields))


def test_a_game_that_was_forgotten_is_no_news() -> None:
    found: Followers[str] = Followers()
    found.join("a")
    assert not found.concerned(update("g1", 7))
    assert list(found.concerned(update("g2", 7, correction=True))) == ["a"], (
        "it may have been anything before"
    )
    assert list(found.concerned(update("g3", 1))) == ["a"]


def test_a_game_that_is_over_is_news_when_it_is_corrected_or_goes_on() -> None:
    found = three()
    assert not found.concerned(changed(2, status="final"))
    assert not found.concerned(changed(3, status="final"))
    assert len(found.concerned(changed(4, correction=True, status="final"))) == 3
    assert len(found.concerned(changed(5))) == 3
    assert not found.concerned(changed(6))


def test_so_many_games_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LISTED_MAX", 2)
    found: Followers[str] = Followers()
    found.join("a")
    for game_id in ("g1", "g2", "g3"):
        found.concerned(update(game_id, 1))
    assert len(found._listed) == 2


def test_followers_hear_where_a_game_is_that_moved_without_a_word() -> None:
    found = three()
    found.concerned(update("g2", 2))
    heads = [Head(state=state(game_id, 2), corrected_seq=0) for game_id in ("g1", "g2", "g3")]
    behind = [(head.state.game_id, sorted(who)) for head, who in found.behind([*heads, None])]
    assert behind == [("g1", ["a"])]
    assert not list(found.behind(heads))
    other = Head(state=state("g1", 2, epoch="anew"), corrected_seq=0)
    assert [head for head, _ in found.behind([other])] == [other]
