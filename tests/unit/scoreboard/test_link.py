"""What goes over the link comes out the same, fields that are absent included."""

import msgspec
import pytest

from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League
from scorewire.model.score_state import GameClock, ScoreState, SideState
from scorewire.model.update import Update
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Head, whole
from scorewire.scoreboard.tables import Table

STATE = ScoreState(
    game_id="g1",
    epoch="k3v9x2aa",
    seq=3,
    sport="soccer",
    league=League(id="l1"),
    start="2022-12-18T15:00:00Z",
    status="live",
    clock=GameClock(display="22:41", seconds=1361, running=True),
    home=SideState(id="a", name="A", abbr="A", score=1),
    away=SideState(id="b", name="B", abbr="B", score=0),
    linescore={"1": {"home": 1, "away": 0}},
    detail={"tentative": {"home": 1}, "share": 0.5, "whole": 1.0, "kept": True},
    events=(CompactEvent(seq=3, type="GOAL", team="home"),),
    updated_at=1671376990000,
)
UPDATE = Update(
    game_id="g1",
    epoch="k3v9x2aa",
    seq=3,
    ts=1671376990000,
    correction=False,
    corrected_seq=2,
    event=CompactEvent(seq=3, type="GOAL", team="home"),
    patch={"home": {"score": 1}, "clock": None, "detail": {"whole": 1.0}},
    state=STATE,
)


@pytest.mark.parametrize(
    "message",
    [
        link.Told(now_ms=5, updates=(UPDATE,)),
        link.Heads(heads=(Head(state=STATE, corrected_seq=2),)),
        link.Compared(now_ms=5),
        link.Compared(now_ms=5, tables=True),
        link.TablesTold(leagues=("epl",)),
        link.Answer(id=4, table=Table(league_id="l", season="s", version=2, since_ms=3, body=b"{}")),
        link.Answer(id=1),
        link.Answer(id=2, head=Head(state=STATE, corrected_seq=2), updates=(UPDATE,), more=True),
        link.Answer(id=3, names=("g1", "g2"), known=True, fault="no"),
    ],
)
def test_what_a_pipeline_says_comes_out_the_same(message: link.FromPipeline) -> None:
    read = link.decode_from_pipeline(link.encode(message))
    assert read == message
    assert msgspec.json.encode(read) == msgspec.json.encode(message)


@pytest.mark.parametrize(
    "message",
    [
        link.Hello(version=1, name="1", pid=7, held=(link.Place("g1", "k3v9x2aa", 3),), heard_ms=5),
        link.HeadWanted(id=1, game_id="g1"),
        link.TableWanted(id=6, league_id="epl"),
        link.GamesWanted(id=2, kind="league", name="l1", cutoff_ms=3),
        link.KnownWanted(id=3, kind="team", name="a"),
        link.SinceWanted(id=4, game_id="g1", cutoff_ms=9),
        link.UpdatesWanted(id=5, game_id="g1", since_seq=2, limit=64),
        link.Counts(sse=1, deliveries=5),
    ],
)
def test_what_an_edge_says_comes_out_the_same(message: link.FromEdge) -> None:
    assert link.decode_from_edge(link.encode(message)) == message


def test_an_older_end_reads_what_a_newer_one_adds() -> None:
    added = msgspec.msgpack.encode({"type": "compared", "now_ms": 5, "mood": "fine"})
    assert link.decode_from_pipeline(added) == link.Compared(now_ms=5)


def test_a_whole_head_replaces() -> None:
    told = whole(Head(state=STATE, corrected_seq=2))
    assert (told.seq, told.corrected_seq, told.correction, told.state) == (3, 2, True, STATE)
