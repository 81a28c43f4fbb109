from dataclasses import replace

from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.drives import DRIVES_MAX, Drive, drive_chart, yards
from unit.web.pictures.drawn import HOSTILE, described, parsed, starts

TEAMS = Teams("Reds", "Blues", "RED", "BLU")
SCORED = Drive(side="home", first=20, last=100, plays=8, result="Touchdown", points=6, when="Q1 15:00")
PUNTED = Drive(side="away", first=30, last=25, plays=3, result="Punt", when="Q1 9:00")


def test_the_words_tell_how_drives_ended() -> None:
    missed = replace(PUNTED, result="Missed FG", last=65.0, plays=9)
    assert described(drive_chart([SCORED, PUNTED, missed, PUNTED], teams=TEAMS, key="d")) == (
        "Reds drive to the right, Blues to the left. "
        "Reds: 1 drive, ended by 1 touchdown; the longest of 80 yards in 8 plays. "
        "Blues: 3 drives, ended by 2 punts and 1 missed field goal; the longest of 35 yards in 9 plays."
    )
    assert yards(PUNTED) == -5


def test_home_drives_right_and_away_drives_left_from_the_own_side() -> None:
    root = parsed(drive_chart([SCORED, PUNTED], teams=TEAMS, key="d"))
    arrows = {path.get("class"): path.get("d") or "" for path in root.iterfind(".//div//path")}
    home, away = arrows["m home saved"], arrows["m away missed"]
    assert float(home[1:].split(" ")[0]) < 180 < float(away[1:].split(" ")[0])
    assert "L" in home
    assert starts(root, "m home saved")[0][1] < starts(root, "m away missed")[0][1]


def test_a_game_without_drives_says_so() -> None:
    assert "Reds: no drives. Blues: no drives." in described(drive_chart([], teams=TEAMS, key="d"))


def test_hostile_words_stay_words_and_many_drives_stay_small() -> None:
    hostile = replace(SCORED, result=HOSTILE, when=HOSTILE)
    parsed(drive_chart([hostile], teams=Teams(HOSTILE, HOSTILE), key="d"))
    root = parsed(drive_chart([SCORED, PUNTED] * 60, teams=TEAMS, key="d"))
    assert (
        len([path for path in root.iterfind(".//div//path") if "m " in (path.get("class") or "")])
        == DRIVES_MAX
    )
