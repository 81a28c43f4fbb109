from scorewire.journal.records import LeagueListed
from scorewire.web.leagues import directory, frame

EPL = LeagueListed(id="epl", name="Premier League", sport="soccer", seasons=("2024-25", "2023-24"))


def test_addresses_keep_the_season_unless_it_is_the_one_shown_without_asking() -> None:
    newest = frame(EPL, "2024-25", newest=True, tab="games")
    assert newest.href() == "/league/epl/games"
    assert newest.href("", view="home") == "/league/epl?view=home"
    assert newest.href(season="2023-24") == "/league/epl/games?season=2023-24"
    past = frame(EPL, "2023-24", newest=False)
    assert past.href("leaders", stat="PTS/G") == "/league/epl/leaders?season=2023-24&stat=PTS%2FG"
    assert [(one.name, one.current) for one in past.season_links] == [("2024-25", False), ("2023-24", True)]
    assert [one.href for one in past.tabs if one.current] == ["/league/epl?season=2023-24"]


def test_a_late_page_leads_to_late_pages() -> None:
    late = frame(EPL, "2023-24", newest=False, delay_s=30)
    assert late.href("games") == "/league/epl/games?season=2023-24&delay=30"
    assert "delay" not in frame(EPL, "2024-25", newest=True, delay_s=0).href()


def test_an_id_is_escaped_and_a_league_without_a_name_is_called_by_its_id() -> None:
    odd = frame(LeagueListed(id="a:b", name="", sport="soccer"), "", newest=True)
    assert (odd.name, odd.href()) == ("a:b", "/league/a%3Ab")


def test_the_directory_is_by_sport_and_name() -> None:
    leagues = [
        LeagueListed(id="x", name="Chess League", sport="chess"),
        LeagueListed(id="nba", name="NBA", sport="basketball"),
        EPL,
        LeagueListed(id="cup", name="a Cup", sport="soccer"),
    ]
    found = directory(leagues)
    assert [(one.name, [league.id for league in one.leagues]) for one in found] == [
        ("Soccer", ["cup", "epl"]),
        ("Basketball", ["nba"]),
        ("Chess", ["x"]),
    ]
    assert found[0].count == 2
