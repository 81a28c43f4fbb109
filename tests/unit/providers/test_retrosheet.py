"""Retrosheet's event files: small games by hand, and 192 real ones."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.intake.recording import read
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import retrosheet
from scorewire.providers.format import Decoded
from scorewire.providers.retrosheet import ONE_OUT, decode, recognise
from unit.providers import recorded
from unit.providers.folded import Folded, fold, fold_one

VISITORS = [f'start,v00{n},"V{n}",0,{n},{10 if n == 9 else n + 1}' for n in range(1, 10)]
HOME = [f'start,h00{n},"H{n}",1,{n},{10 if n == 9 else n + 1}' for n in range(1, 10)]
PITCHERS = ['start,v000,"VP",0,0,1', 'start,h000,"HP",1,0,1']
HEAD = ["id,MIL201704030", "version,2", "info,visteam,COL", "info,hometeam,MIL", "info,date,2017/04/03"]


def file(*rows: str, info: tuple[str, ...] = ()) -> bytes:
    return "\r\n".join([*HEAD, *info, *VISITORS, *HOME, *PITCHERS, *rows, ""]).encode()


def bat(text: str, inning: int = 1, side: int = 0, who: str = "v001") -> str:
    return f"play,{inning},{side},{who},12,CFB,{text}"


def told(*rows: str) -> list[ProviderEvent]:
    """What the rows come to, without line-ups, starts and the end."""
    plain = {"LINEUP", "PERIOD_START", "GAME_END", "GAME_FINAL"}
    return [one for one in decode(file(*rows)).events if one.type not in plain]


def test_a_hit_that_scores_is_runs_and_a_hit() -> None:
    _, runs, hit = told(bat("D7/L"), bat("S8/L.2-H", who="v002"))
    assert (runs.type, runs.event, runs.team, runs.period) == ("RUNS", "1t2-runs", "away", 1)
    assert runs.detail == {"runs": 1, "rbi": 1, "scored": "retrosheet-v001", "unearned": 0, "kind": "single"}
    assert runs.player is not None
    assert runs.player.name == "V2"
    assert (hit.type, hit.event) == ("SINGLE", "1t2")
    assert hit.detail == {"bases": "1", "pitcher": "HP", "pitcher_id": "retrosheet-h000"}


def test_a_home_run_is_one_claim() -> None:
    (shot,) = told(bat("HR/78/L"))
    assert shot.type == "HOME_RUN"
    assert {"runs": 1, "rbi": 1, "scored": "retrosheet-v001"}.items() <= shot.detail.items()


def test_what_happens_on_a_strikeout_is_told_apart() -> None:
    events = told(bat("S8/L"), bat("K+CS2(26)/DP"))
    assert [(one.type, one.event, one.player and one.player.name) for one in events[1:]] == [
        ("CAUGHT_STEALING", "1t2-2", "V1"),
        ("STRIKEOUT", "1t2", "V1"),
    ]
    folded = fold_one(decode(file(bat("S8/L"), bat("K+CS2(26)/DP"), bat("K"))))
    assert folded.refused == []
    assert folded.state.period == "M1"


def test_errors_are_the_fielders() -> None:
    reached, error = told(bat("E6/TH"))
    assert (reached.type, reached.team) == ("REACHED_ON_ERROR", "away")
    assert (error.type, error.team, error.event, error.detail) == (
        "ERROR",
        "home",
        "1t1-error-1",
        {"position": "SS"},
    )
    assert error.player is not None
    assert error.player.name == "H5"


def test_substitutions() -> None:
    rows = (
        bat("S8/L"),
        'sub,v010,"Runner",0,1,12',
        'sub,h010,"Relief",1,0,1',
        'sub,h003,"H3",1,3,8',
        bat("HR/78/L.1-H", who="v002"),
    )
    _, runner, relief, moved, shot = told(*rows)
    assert runner.detail == {
        "in": "Runner",
        "in_id": "retrosheet-v010",
        "position": "PR",
        "kind": "pinch_runner",
    }
    assert runner.player is not None
    assert runner.player.name == "V1"
    assert (relief.team, relief.detail["kind"]) == ("home", "pitcher")
    assert (moved.type, moved.detail) == ("POSITION_CHANGE", {"position": "CF"})
    assert shot.detail["scored"] == "retrosheet-v010 retrosheet-v002"
    assert shot.detail["pitcher"] == "Relief"


def test_reviews_and_ejections() -> None:
    rows = (
        bat("63/G"),
        'com,"replay,1,v001,COL,ump,MIL06,,Y,M,MIL,C"',
        'com,"replay,1,v001,COL,ump,MIL06,,N,U,,H"',
        'com,"ej,v001,P,ump,words"',
        'com,"ej,manager,M,ump,words"',
        'com,"prose"',
    )
    _, *events = told(*rows)
    assert [(one.type, one.team, one.detail) for one in events] == [
        ("REVIEW_STARTED", "home", {}),
        ("REVIEW_ENDED", "home", {"decision": "overturned"}),
        ("REVIEW_STARTED", None, {}),
        ("REVIEW_ENDED", None, {"decision": "upheld"}),
        ("EJECTION", "away", {}),
    ]
    assert decode(file(*rows)).skipped == {"ejection_side_unknown": 1, "comment": 1}


def test_a_game_that_was_called() -> None:
    end = decode(file(bat("K"), 'com,"$game called for rain"')).events[-2]
    assert (end.type, end.detail) == ("GAME_END", {"reason": "rain"})


def test_the_runner_of_an_extra_inning_stands_before_or_after_the_first_row() -> None:
    for rows in (
        ("radj,v003,2", "play,10,0,v001,00,,NP", bat("S8/L.2-H", 10)),
        ("play,10,0,v001,00,,NP", "radj,v003,2", bat("S8/L.2-H", 10)),
    ):
        placed, runs, _ = told(*rows)
        assert (placed.type, placed.period, placed.detail) == ("RUNNER_PLACED", 19, {"bases": "2"})
        assert runs.detail["scored"] == "retrosheet-v003"


def test_rules_of_the_game() -> None:
    info = ("info,innings,7", "info,tiebreaker,2", "info,htbf,true")
    decoded = decode(file(bat("K", side=1, who="h001"), info=info))
    assert decoded.declaration is not None
    assert decoded.declaration.rules == {"innings": 7, "extra_runner": True, "home_bats_first": True}
    assert [one.period for one in decoded.events if one.type == "STRIKEOUT"] == [1]
    plain = decode(file())
    assert plain.declaration is not None
    assert plain.declaration.rules == {"extra_runner": False}
    assert plain.declaration.start == "2017-04-03T12:00:00Z"


def test_what_makes_no_claim_is_counted() -> None:
    rows = (
        bat("NP"),
        bat("what"),
        bat("S8/L.3-H"),
        "play,x,0,v001,00,,K",
        "play,1,0",
        'sub,v011,"X",0,1,x',
        "badj,v001,R",
        "data,er,h000,1",
        "stuff,1",
    )
    decoded = decode(file(*rows) + b"id,broken\n")
    assert decoded.skipped == {
        "no_play": 1,
        "unknown_play": 1,
        "inconsistent_play": 1,
        "unreadable_row": 4,
        "batting_hand": 1,
        "earned_runs": 1,
        "unknown_row": 1,
    }
    recorded.assert_dense(decoded.events)


@pytest.mark.parametrize("body", [b"", b"{}", b"id,MIL201704030\n", b"\xff\x00", b"id,MIL\ninfo,visteam,A\n"])
def test_what_is_no_event_file_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


@given(st.integers(0, 1200), st.binary(max_size=8))
def test_a_spoilt_file_gives_claims_or_blame(at: int, put: bytes) -> None:
    whole_ = file(
        bat("S8/L"), 'sub,v010,"R",0,1,12', bat("HR/7/L.1-H"), bat("K"), "radj,v003,2", bat("W", 10)
    )
    try:
        decoded = decode(whole_[:at] + put + whole_[at + len(put) :])
    except FeedError:
        return
    if len(decoded.declarations) == 1:
        recorded.assert_dense(decoded.events)


@given(st.binary(max_size=200))
def test_any_bytes_give_claims_or_blame(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


def test_recognises_its_own() -> None:
    assert recognise(file(), "2017MIL.EVN")
    assert not recognise(b"id,name\n1,2\n", "x.csv")


FILES = {"2015BOS.EVA": 81, "2017MIL.EVN": 81, "2020ANA.EVA": 30}


@pytest.fixture(scope="module")
def seasons(shared_data: Path) -> dict[str, tuple[str, Decoded, dict[str, Folded]]]:
    """The three files: their text, their claims, what these come to."""
    found = {}
    for name in FILES:
        (recording,) = read(shared_data / "baseball/retrosheet" / name)
        assert recording.format is retrosheet.RETROSHEET
        decoded = recording.decode()
        found[name] = (recording.body.decode(), decoded, fold(decoded))
    return found


def by_game(decoded: Decoded) -> dict[str, list[ProviderEvent]]:
    games: dict[str, list[ProviderEvent]] = defaultdict(list)
    for one in decoded.events:
        games[one.game_id].append(one)
    return games


def rows_of(text: str) -> dict[str, list[list[str]]]:
    """Rows of each game, read without the decoder."""
    games: dict[str, list[list[str]]] = {}
    for row in csv.reader(text.splitlines()):
        if row[0] == "id":
            games[f"retrosheet-{row[1].lower()}"] = current = []
        current.append(row)
    return games


def outs(one: ProviderEvent) -> int:
    return int(one.detail.get("outs", one.type in ONE_OUT))


@pytest.mark.data
class TestSeasons:
    def test_every_play_is_read_and_none_is_refused(self, seasons: dict) -> None:
        skipped = Counter[str]()
        for name, (text, decoded, games) in seasons.items():
            assert len(games) == len(decoded.declarations) == FILES[name]
            assert [rule for one in games.values() for rule in one.refused] == []
            assert {one.state.status for one in games.values()} == {"final"}
            for events in by_game(decoded).values():
                recorded.assert_dense(tuple(events))
            skipped.update(decoded.skipped)
            reviews = sum(one.type == "REVIEW_ENDED" for one in decoded.events)
            assert reviews == text.count('"replay,')
        assert skipped == {
            "comment": 598,
            "no_play": 2244,
            "earned_runs": 1637,
            "batting_hand": 23,
            "pitching_hand": 7,
            "ejection_side_unknown": 4,
        }

    def test_every_half_inning_has_three_outs_but_one_that_ended_the_game(self, seasons: dict) -> None:
        short = []
        for _, decoded, games in seasons.values():
            for game, events in by_game(decoded).items():
                made = Counter[int]()
                for one in events:
                    if one.type == "PERIOD_START":
                        made[one.period or 0] += 0
                    made[one.period or 0] += outs(one)
                del made[0]
                last = max(made)
                assert set(made) == set(range(1, last + 1))
                assert all(count == 3 for period, count in made.items() if period != last)
                if made[last] != 3:
                    short.append((game, made[last], games[game].score, last))
        assert len(short) == 11
        for _, _, (home, away), last in short:
            assert last % 2 == 0
            assert last >= 14
            assert home > away

    def test_every_game_ends_by_itself_but_one_that_was_called(self, seasons: dict) -> None:
        """Nothing is left of the claims that say so."""
        for _, decoded, games in seasons.values():
            events = tuple(one for one in decoded.events if one.type not in {"GAME_END", "GAME_FINAL"})
            derived = fold(Decoded(decoded.game, decoded.declarations, events, decoded.skipped))
            going_on = [game for game, one in derived.items() if one.state.status != "ended"]
            assert going_on == [
                game for game, one in games.items() if one.state.detail.get("reason") == "rain"
            ]
            for game, one in derived.items():
                assert one.score == games[game].score
                assert not {"bases", "count", "batter"} & one.state.detail.keys() or game in going_on

    def test_the_winning_pitchers_side_has_won(self, seasons: dict) -> None:
        for text, _, games in seasons.values():
            for game, rows in rows_of(text).items():
                side_of = {row[1]: row[3] for row in rows if row[0] in {"start", "sub"}}
                info = {row[1]: row[2] for row in rows if row[0] == "info"}
                home, away = games[game].score
                assert (side_of[info["wp"]], side_of[info["lp"]]) == (
                    ("1", "0") if home > away else ("0", "1")
                )

    def test_earned_runs_are_what_the_file_charges_to_the_pitchers(self, seasons: dict) -> None:
        """The only figures of the file that come of runs: 1,637 rows, by game and side."""
        for text, decoded, _ in seasons.values():
            earned = defaultdict[str, Counter[str]](Counter)
            for one in decoded.events:
                if one.type in {"RUNS", "HOME_RUN"}:
                    runs = int(one.detail["runs"]) - int(one.detail.get("unearned", 0))
                    earned[one.game_id][str(one.team)] += runs
            for game, rows in rows_of(text).items():
                side_of = {row[1]: row[3] for row in rows if row[0] in {"start", "sub"}}
                charged = Counter({"home": 0, "away": 0})
                for row in rows:
                    if row[0] == "data":
                        charged["away" if side_of[row[2]] == "1" else "home"] += int(row[3])
                assert earned[game] == charged

    def test_lines_and_players_add_up_to_the_score(self, seasons: dict) -> None:
        for _, decoded, games in seasons.values():
            for game, events in by_game(decoded).items():
                home, away = games[game].score
                lines = games[game].lines.values()
                assert (sum(one for one, _ in lines), sum(one for _, one in lines)) == (home, away)
                scoring = [one for one in events if one.type in {"RUNS", "HOME_RUN"}]
                crossed = [who for one in scoring for who in str(one.detail["scored"]).split()]
                assert len(crossed) == home + away
                assert sum(int(one.detail["rbi"]) for one in scoring) <= home + away

    def test_home_records_that_the_world_knows(self, seasons: dict) -> None:
        """Boston 43-38 in 2015; Milwaukee 46-38 in 2017, of which 2-1 in a series moved there from Miami."""
        records = {}
        for name, (_, _, games) in seasons.items():
            won = sum(one.score[0] > one.score[1] for one in games.values())
            records[name] = (won, len(games) - won)
        assert records == {"2015BOS.EVA": (43, 38), "2017MIL.EVN": (44, 37), "2020ANA.EVA": (15, 15)}

    @pytest.mark.parametrize(
        ("game", "score"),
        [
            ("bos201504130", (9, 4)),
            ("bos201504200", (7, 1)),
            ("bos201505010", (2, 3)),
            ("mil201704030", (5, 7)),
            ("ana202009051", (10, 9)),
        ],
    )
    def test_results_that_the_world_knows(self, seasons: dict, game: str, score: tuple[int, int]) -> None:
        games = {key: one for _, _, games in seasons.values() for key, one in games.items()}
        assert games[f"retrosheet-{game}"].score == score

    def test_the_660th_home_run_of_alex_rodriguez(self, seasons: dict) -> None:
        """Pinch-hitting in the eighth at Boston, 1 May 2015; it made it 3-2."""
        events = by_game(seasons["2015BOS.EVA"][1])["retrosheet-bos201505010"]
        (shot,) = [
            one
            for one in events
            if one.player and one.player.name == "Alex Rodriguez" and one.detail.get("runs")
        ]
        assert (shot.type, shot.period, shot.detail["rbi"]) == ("HOME_RUN", 15, 1)

    def test_a_double_header_of_seven_innings(self, seasons: dict) -> None:
        game = seasons["2020ANA.EVA"][2]["retrosheet-ana202009051"]
        assert set(game.lines) == {str(inning) for inning in range(1, 8)}


@pytest.mark.parametrize(
    "row",
    [
        f"play,{'1' * 5000},0,v001,12,CFB,S8",
        f'sub,v099,"New",0,1,{"7" * 5000}',
        f'start,v099,"New",0,1,{"7" * 5000}',
        f"info,innings,{'9' * 5000}",
        "play,१,0,v001,12,CFB,S8",
    ],
)
def test_a_number_that_is_none_is_skipped_and_breaks_nothing(row: str) -> None:
    decoded = decode(file(row, bat("S8")))
    assert [one.type for one in decoded.events if one.type == "SINGLE"] == ["SINGLE"]
    assert decoded.declaration is not None
    assert "innings" not in decoded.declaration.rules
