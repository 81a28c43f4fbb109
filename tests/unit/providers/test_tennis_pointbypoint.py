"""Point strings: their letters, who serves, and a hundred real matches to their own results."""

import csv
import dataclasses
from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.tennis_pointbypoint import decode, recognise
from unit.providers import recorded
from unit.providers.folded import Folded, fold, fold_one

HEAD = "pbp_id,date,tny_name,tour,draw,server1,server2,winner,pbp,score,adf_flag,wh_minutes\n"


def file(points: str, score: str = "", date: str = "01 Jan 17") -> bytes:
    return f"{HEAD}7,{date},Hopman Cup,ATP,Main,Ann Lee,Bo Fox,1,{points},{score},1,60\n".encode()


def told(points: str) -> list[ProviderEvent]:
    return [one for one in decode(file(points)).events if one.type == "POINT"]


def test_letters() -> None:
    assert [(one.team, one.detail) for one in told("SRAD")] == [
        ("home", {"server": "home"}),
        ("away", {"server": "home"}),
        ("home", {"server": "home", "kind": "ace"}),
        ("away", {"server": "home", "kind": "double_fault"}),
    ]


def test_service_goes_round_and_within_a_tie_break() -> None:
    games = ";".join(["SSSS"] * 12) + ";S/SS/SS/SS"
    servers = [str(one.detail["server"])[0] for one in told(games + ".S")]
    assert "".join(servers[:8]) == "hhhhaaaa"
    assert "".join(servers[48:]) == "haahhaa" + "a"
    match = fold_one(decode(file(games)))
    assert match.lines == {"1": (6, 6)}


def test_rules_are_read_off_the_result() -> None:
    def rules(points: str, score: str) -> dict[str, object]:
        declared = decode(file(points, score)).declaration
        assert declared is not None
        return dict(declared.rules)

    assert rules("S.S", "6-0 6-0") == {"best_of": 3}
    assert rules("S.S.S", "6-0 6-0 6-0") == {"best_of": 5}
    assert rules("S.R.S", "6-0 0-6 9-7") == {"best_of": 3, "final_tiebreak_points": 0}


def test_a_match_that_was_not_finished_is_left_open() -> None:
    assert decode(file("SSSS;SS")).events[-1].type == "POINT"


@pytest.mark.parametrize("date", ["", "1 Foo 17", "99 Jan 17", "01 Jan 2017"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    declared = decode(file("S", date=date)).declaration
    assert declared is not None
    assert declared.start == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("points", ["", "SSXS", "S" * 5001])
def test_strings_that_are_none_are_refused(points: str) -> None:
    with pytest.raises(FeedError):
        decode(file(points))
    assert not recognise(b"a,b\n", "")


def result(match: Folded, winner: str) -> str:
    """As the file writes it: from the winner's side, the loser's points of tie-breaks in brackets."""
    detail = match.state.detail
    assert isinstance(detail, dict)
    tiebreaks = detail.get("tiebreaks", {})
    assert isinstance(tiebreaks, dict)
    sets = []
    for number, (home, away) in match.lines.items():
        won, lost = (home, away) if winner == "home" else (away, home)
        points = tiebreaks.get(number)
        sets.append(f"{won}-{lost}" + (f"({min(points.values())})" if points else ""))
    return " ".join(sets)


@pytest.mark.data
def test_a_hundred_matches_come_to_their_results(shared_data: Path) -> None:
    path = "tennis/pointbypoint/atp_main_sample.csv"
    found = recorded.recording(shared_data, path)
    decoded = found.decode()
    assert (found.format.name, decoded.skipped) == ("tennis_pointbypoint", {})
    matches = fold(decoded)
    rows = list(csv.DictReader((shared_data / path).read_text().splitlines()))
    assert len(rows) == len(matches) == 100
    for row in rows:
        match = matches[f"tennis_pointbypoint-{row['pbp_id']}"]
        winner = "home" if row["winner"] == "1" else "away"
        assert result(match, winner) == row["score"]
        assert match.state.detail["winner"] == winner  # type: ignore[index]
        assert (match.state.status, match.state.under_check, match.refused) == ("final", False, [])


@pytest.mark.data
def test_no_end_need_be_said(shared_data: Path) -> None:
    """The laws end sets and matches: without the file's ends the boards show the same sets."""
    decoded = recorded.recording(shared_data, "tennis/pointbypoint/atp_main_sample.csv").decode()
    bare = [one for one in decoded.events if one.type == "POINT"][:3000]
    ids = {one.game_id for one in bare[:-1] if one.game_id != bare[-1].game_id}
    without = fold(dataclasses.replace(decoded, events=tuple(bare)))
    whole = fold(decoded)
    assert len(ids) > 15
    for game in ids:
        assert without[game].lines == whole[game].lines
        assert (without[game].score, without[game].state.status) == (whole[game].score, "ended")
