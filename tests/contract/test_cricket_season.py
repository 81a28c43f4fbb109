"""A season of cricket and three other matches: the file's own outcomes, the official table, the journal.

The boards alone must give the official table of IPL 2022 with its net run rates, which are sums over every
ball of the league; and the whole season must be rebuilt from its journal in seconds.
"""

import csv
import json
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scorewire.games import checkpoint
from scorewire.games.audit import Audit
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.intake.recording import Recording, read
from scorewire.journal.records import Checkpoint, Commit, HeadMove
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import cricsheet
from scorewire.providers.format import Decoded
from scorewire.sports import SPORTS
from unit.games.test_owner import Stores
from unit.providers import recorded
from unit.providers.folded import Folded, fold_one

SEASON = "cricket/cricsheet/ipl_2022_json.zip"
REBUILD_S_MAX = 20.0
"""About a second on one core that has nothing else to do."""


@pytest.fixture(scope="module")
def season(shared_data: Path) -> list[tuple[dict[str, Any], Decoded, Folded]]:
    """The 74 matches of IPL 2022: the file, its claims, and what they come to."""
    recordings = read(shared_data / SEASON)
    return [whole(one) for one in recordings]


def whole(recording: Recording) -> tuple[dict[str, Any], Decoded, Folded]:
    assert recording.format is cricsheet.CRICSHEET
    decoded = recording.decode()
    folded = fold_one(decoded)
    assert folded.refused == []
    return json.loads(recording.body), decoded, folded


def one_match(shared_data: Path, name: str) -> tuple[dict[str, Any], Decoded, Folded]:
    (recording,) = read(shared_data / "cricket/cricsheet" / name)
    return whole(recording)


def without_result(decoded: Decoded) -> Decoded:
    """Nothing is left of what the file says of the end: neither of the match nor of its innings."""
    ends = {"RESULT", "GAME_END", "GAME_FINAL", "GAME_ABANDONED", "PERIOD_END"}
    events = tuple(one for one in decoded.events if one.type not in ends)
    return Decoded(decoded.game, decoded.declarations, events, decoded.skipped)


def outcome_of(file_: dict[str, Any]) -> dict[str, Any]:
    """`outcome` of the file, in the board's words."""
    info = file_["info"]
    outcome = info["outcome"]
    sides = dict(zip(info["teams"], ("home", "away"), strict=True))
    if "eliminator" in outcome:
        return {"outcome": "tie", "winner": sides[outcome["eliminator"]], "by": "super_over"}
    ((by, margin),) = outcome["by"].items()
    method = {"method": outcome["method"]} if "method" in outcome else {}
    return {"outcome": "won", "winner": sides[outcome["winner"]], "by": by, "margin": margin, **method}


def figures(innings_: dict[str, Any]) -> dict[str, Any]:
    """Runs, wickets and overs of an innings, summed from the file without any machine."""
    balls = [one for over in innings_["overs"] for one in over["deliveries"]]
    last = innings_["overs"][-1]["deliveries"]
    counted = sum(not {"wides", "noballs"} & one.get("extras", {}).keys() for one in last)
    full = len(innings_["overs"]) - 1
    overs = f"{full}.{counted}" if counted < 6 else str(full + 1)
    outs = [
        each
        for one in balls
        for each in one.get("wickets", [])
        if each["kind"] not in {"retired hurt", "retired not out"}
    ]
    return {"runs": sum(one["runs"]["total"] for one in balls), "wickets": len(outs), "overs": overs}


def batted(events: tuple[ProviderEvent, ...]) -> Counter[str]:
    total = Counter[str]()
    for one in events:
        if one.type == "BALL" and one.player is not None:
            total[one.player.name] += int(one.detail.get("runs", 0))
    return total


@pytest.mark.data
class TestSeason:
    def test_every_ball_is_read(self, season: list) -> None:
        counted, skipped = Counter[str](), Counter[str]()
        for _, decoded, _ in season:
            counted.update(one.type for one in decoded.events)
            skipped.update(decoded.skipped)
            recorded.assert_dense(decoded.events)
        assert (len(season), counted["BALL"]) == (74, 17_912)
        assert (counted["REVIEW_ENDED"], counted["WICKET_CANCELLED"]) == (144, 23)
        assert skipped == {"role_replacement": 4}

    def test_every_match_comes_to_its_outcome(self, season: list) -> None:
        for file_, _, folded in season:
            assert folded.state.status == "final"
            assert folded.state.detail["result"] == outcome_of(file_)

    def test_and_needs_not_be_told_it(self, season: list) -> None:
        for file_, decoded, _ in season:
            derived = fold_one(without_result(decoded))
            assert derived.refused == []
            assert derived.state.status == "ended"
            assert derived.state.detail["result"] == outcome_of(file_)

    def test_every_innings_comes_to_its_figures(self, season: list) -> None:
        for file_, _, folded in season:
            shown = folded.state.detail["innings"]
            runs = {"home": 0, "away": 0}
            for number, one in enumerate(file_["innings"], 1):
                expected = figures(one)
                held = shown[str(number)]
                assert {key: held[key] for key in expected} == expected
                runs[held["team"]] += expected["runs"]
            assert folded.score == (runs["home"], runs["away"])

    def test_every_batter_has_his_runs(self, season: list) -> None:
        for file_, decoded, _ in season:
            expected = Counter[str]()
            for one in file_["innings"]:
                for over in one["overs"]:
                    for each in over["deliveries"]:
                        expected[each["batter"]] += each["runs"]["batter"]
            assert batted(decoded.events) == expected

    def test_the_official_table_comes_out(self, season: list, shared_data: Path) -> None:
        """Won, lost, points and net run rate of the league matches, from boards alone."""
        table = league_table([folded for _, decoded, folded in season if is_league(decoded)])
        with (shared_data / "standings/ipl_2022_official_table.csv").open() as lines:
            official = list(csv.DictReader(lines))
        assert [name for name, *_ in table] == [row["team"] for row in official]
        for (_, points, rate, won, lost), row in zip(table, official, strict=True):
            assert (str(won), str(lost), str(points)) == (row["won"], row["lost"], row["points"])
            assert f"{float(rate):.3f}" == row["net_run_rate"]


def is_league(decoded: Decoded) -> bool:
    assert decoded.declaration is not None
    return decoded.declaration.round.startswith("Match")


def league_table(matches: list[Folded]) -> list[tuple[str, int, Fraction, int, int]]:
    """Team, points, net run rate, won, lost; best first. Who is all out has faced the whole quota."""
    runs, balls = Counter[str](), Counter[str]()
    against, bowled = Counter[str](), Counter[str]()
    won, played = Counter[str](), Counter[str]()
    for one in matches:
        state = one.state
        names = {"home": state.home.name, "away": state.away.name}
        played.update(names.values())
        won[names[state.detail["result"]["winner"]]] += 1
        for line in state.detail["innings"].values():
            bat = names[line["team"]]
            field = names["away" if line["team"] == "home" else "home"]
            whole_, _, rest = line["overs"].partition(".")
            faced = 120 if line["closed"] == "all_out" else int(whole_) * 6 + int(rest or 0)
            runs[bat] += line["runs"]
            balls[bat] += faced
            against[field] += line["runs"]
            bowled[field] += faced
    rows = [
        (
            name,
            won[name] * 2,
            Fraction(runs[name] * 6, balls[name]) - Fraction(against[name] * 6, bowled[name]),
            won[name],
            played[name] - won[name],
        )
        for name in played
    ]
    return sorted(rows, key=lambda row: (row[1], row[2]), reverse=True)


@pytest.mark.data
class TestOtherMatches:
    def test_a_target_set_by_duckworth_lewis(self, shared_data: Path) -> None:
        file_, decoded, folded = one_match(shared_data, "odi_dls_1277086.json")
        assert folded.score == (229, 168)
        assert folded.state.detail["target"] == 168
        shown = folded.state.detail["innings"]
        assert shown["1"] | {"extras": 0} == {
            "runs": 229,
            "wickets": 10,
            "overs": "48",
            "team": "home",
            "extras": 0,
            "closed": "all_out",
        }
        assert (shown["2"]["quota"], shown["2"]["overs"], shown["2"]["closed"]) == (36, "32.3", "target")
        for state in (folded.state, fold_one(without_result(decoded)).state):
            assert state.detail["result"] == outcome_of(file_)
            assert state.detail["result"]["method"] == "D/L"

    def test_no_result(self, shared_data: Path) -> None:
        _, decoded, folded = one_match(shared_data, "t20i_no_result_1267311.json")
        assert (folded.state.status, folded.score) == ("abandoned", (140, 33))
        assert folded.state.detail["result"] == {"outcome": "no_result"}
        assert folded.state.detail["innings"]["2"]["overs"] == "3.5"
        assert fold_one(without_result(decoded)).state.status == "live"

    def test_a_tie_and_a_super_over(self, shared_data: Path) -> None:
        file_, decoded, folded = one_match(shared_data, "t20i_super_over_902653.json")
        assert folded.score == (154, 154)
        assert folded.lines == {"1": (154, 0), "2": (0, 154)}
        for state in (folded.state, fold_one(without_result(decoded)).state):
            overs = state.detail["super_overs"]["1"]
            assert (overs["away"]["runs"], overs["away"]["wickets"], overs["away"]["overs"]) == (3, 1, "1")
            assert (overs["home"]["runs"], overs["home"]["wickets"], overs["home"]["overs"]) == (4, 0, "0.5")
            assert state.detail["result"] == outcome_of(file_)
            assert state.period == "SO1 END"


def journalled(decoded: Decoded, epoch: str) -> Commit:
    """All rows that the claims of a match make, as one commit."""
    assert decoded.declaration is not None
    game_id = decoded.declaration.game_id
    desk = Desk(Book(game_id=game_id, machines=SPORTS), epoch)
    rows: list[GameEvent] = []
    for offset, claim in enumerate((decoded.declaration, *decoded.events), 1):
        verdict = decide(desk, claim, now_ms=offset, log_offset=offset, kind="dense")
        assert verdict.refusal is None
        rows += verdict.rows
    assert desk.shown is not None
    assert desk.book.declared is not None
    seq = desk.book.seq
    head = HeadMove(
        game_id=game_id,
        from_seq=0,
        to_seq=seq,
        corrected_seq=desk.book.corrected_seq,
        line=desk.shown.line(),
    )
    held = Checkpoint(game_id=game_id, seq=seq, body=checkpoint.write(desk.book))
    return Commit(rows=tuple(rows), heads=(head,), checkpoints=(held,), declared=(desk.book.declared,))


@pytest.mark.data
async def test_a_season_is_rebuilt_from_its_journal(shared_data: Path, tmp_path: Path) -> None:
    """Every row of 74 matches is folded again from the first, and is what was stored of it."""
    matches = [one.decode() for one in read(shared_data / SEASON)]
    stores = await Stores(tmp_path).open()
    began_s = time.perf_counter()
    rows = 0
    for decoded in matches:
        commit = journalled(decoded, stores.journal.epoch)
        rows += len(commit.rows)
        await stores.journal.commit(commit)
    stored_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    audit = Audit(journal=stores.journal, log=stores.log, machines=SPORTS)
    rebuilt = await audit.rebuild(await stores.journal.game_ids())
    rebuilt_s = time.perf_counter() - began_s
    await stores.close()
    print(f"{rows} rows: decided and stored in {stored_s:.1f} s, rebuilt in {rebuilt_s:.1f} s")
    assert (rebuilt.games, rebuilt.rows, rebuilt.differences) == (74, rows, ())
    assert rows == sum(1 + len(one.events) for one in matches)
    assert rebuilt_s < REBUILD_S_MAX
