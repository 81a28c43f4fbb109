"""Leader boards: shared ranks, what is cut, what qualifies, in words."""

from typing import Any

from scorewire.web.leaders import cards, stat_groups, whole
from scorewire.web.statistics import Board, Leader, Leaders, NamedTeam, Qualification, Stat


def leader(rank: int, name: str, value: float, team: str = "mci") -> Leader:
    return Leader(rank=rank, player=f"p-{name}", name=name, team=team, games=3, value=value)


def board(*rows: Leader, **more: Any) -> Board:
    held: dict[str, Any] = {"table": "match", "stat": "G", "name": "Goals", "leaders": rows}
    return Board(**(held | more))


def told(*boards: Board, stats: tuple[Stat, ...] = ()) -> Leaders:
    return Leaders(
        season="2023-24",
        sport="soccer",
        boards=boards,
        stats=stats or (Stat(table="match", stat="G", name="Goals"),),
        teams=(NamedTeam(id="mci", name="Manchester City", abbr="MCI"),),
    )


ROWS = (
    leader(1, "Haaland", 27),
    *(leader(2, name, 22) for name in ("Palmer", "Isak")),
    leader(4, "Foden", 19, team="nobody"),
    *(leader(5, name, 17) for name in ("Saka", "Bowen", "Salah")),
)


def test_a_card_has_five_rows_and_says_how_many_share_the_last_place() -> None:
    (card,) = cards(told(board(*ROWS)))
    assert [(row.rank, row.shared, row.name, row.figure) for row in card.rows] == [
        (1, False, "Haaland", "27"),
        (2, True, "Palmer", "22"),
        (2, True, "Isak", "22"),
        (4, False, "Foden", "19"),
        (5, True, "Saka", "17"),
    ]
    assert card.more == 2
    assert (card.rows[0].team_name, card.rows[0].abbr) == ("Manchester City", "MCI")
    assert (card.rows[3].team_name, card.rows[3].abbr) == ("nobody", "NOB")
    # One table alone needs no name.
    assert card.group == ""


def test_one_column_is_shown_whole_where_it_was_asked_for() -> None:
    card = whole(told(board(*ROWS)))
    assert card is not None
    assert (len(card.rows), card.more) == (7, 0)
    assert whole(told(board(), board())) is None


def test_a_column_in_which_nobody_has_anything_is_left_out() -> None:
    found = told(board(leader(1, "A", 0)), board(), board(leader(1, "B", 1), stat="A", name="Assists"))
    assert [card.stat for card in cards(found)] == ["A"]


def test_minima_are_said_in_words() -> None:
    stats = (
        Stat(table="box", stat="PTS", name="Points"),
        Stat(table="bowling", stat="O", name="Overs", unit="balls"),
        Stat(table="pitching", stat="IP", name="Innings pitched", unit="outs"),
    )

    def said(table: str, qualification: Qualification) -> str:
        found = told(board(*ROWS, table=table, qualification=qualification), stats=stats)
        return cards(found)[0].minimum

    assert said("box", Qualification(games=58, column="PTS", at_least=1400)) == (
        "At least 58 games or 1,400 points in a whole season, in proportion until its end."
    )
    assert said("pitching", Qualification(column="IP", a_game=3)) == (
        "At least 1 innings pitched for each game of the team."
    )
    assert said("bowling", Qualification(column="O", a_game=12)) == (
        "At least 2 overs for each game of the team."
    )
    assert said("box", Qualification(column="XYZ", a_game=3.1)) == (
        "At least 3.1 XYZ for each game of the team."
    )
    assert cards(told(board(*ROWS)))[0].minimum == ""


def test_all_columns_stand_by_table_and_the_one_shown_is_told_apart() -> None:
    stats = (
        Stat(table="batting", stat="R", name="Runs"),
        Stat(table="batting", stat="SR", name="Strike rate"),
        Stat(table="bowling", stat="W", name="Wickets"),
    )
    found = told(board(*ROWS, table="batting", stat="R", name="Runs"), stats=stats)
    groups = stat_groups(found, "batting", "SR")
    assert [(group.name, [name for _, _, name, _ in group.stats]) for group in groups] == [
        ("Batting", ["Runs", "Strike rate"]),
        ("Bowling", ["Wickets"]),
    ]
    assert [current for group in groups for *_, current in group.stats] == [False, True, False]
    assert cards(found)[0].group == "Batting"
