"""Hand-made games for the pages: a soccer match with a cancelled goal, a basketball game, and their kin."""

from typing import Any

from msgspec import UNSET

from scorewire.model.game_event import Cause, CompactEvent, GameEvent
from scorewire.model.provider_event import League, Venue
from scorewire.model.score_state import GameClock, ScoreState, SideState
from scorewire.web.words import KEY_WEIGHTS, event_words

NOW = 1_795_267_800_000
"""21 November 2026, 13:30 UTC."""

WORLD_CUP = League(id="fifa-wc", name="World Cup")
NBA = League(id="nba", name="NBA")


COLOURS = {"ARG": "#6CACE4", "FRA": "#002395", "GSW": "#1D428A", "ARS": "#EF0107", "CHE": "blue"}
"""Light ones, dark ones, one that is no colour, and none for the other teams."""


def side(team: str, abbr: str, score: int = 0, **given: int) -> SideState:
    return SideState(id=abbr.lower(), name=team, abbr=abbr, score=score, color=COLOURS.get(abbr, ""), **given)


def state(game_id: str, **given: Any) -> ScoreState:
    """A soccer match under way, with whatever is given instead."""
    held: dict[str, Any] = {
        "game_id": game_id,
        "epoch": "k3v9x2aa",
        "seq": 1,
        "sport": "soccer",
        "league": WORLD_CUP,
        "start": "2026-11-21T12:30:00Z",
        "status": "live",
        "home": side("Argentina", "ARG"),
        "away": side("France", "FRA"),
        "updated_at": NOW,
    }
    return ScoreState(**(held | given))


def event(seq: int, kind: str, team: str | None = None, player: str = "", **given: Any) -> CompactEvent:
    return CompactEvent(seq=seq, type=kind, team=team, player=player, **given)  # type: ignore[arg-type]


def row(game_id: str, compact: CompactEvent) -> GameEvent:
    level = "key" if event_words("soccer", compact.type)["weight"] in KEY_WEIGHTS else "play"
    return GameEvent(
        game_id=game_id,
        seq=compact.seq,
        ts=NOW,
        type=compact.type,
        level=level,  # type: ignore[arg-type]
        change="assert",
        cause=Cause(provider="acme", event=f"e{compact.seq}", revision=1),
        compact=compact,
    )


def final_match() -> ScoreState:
    """The 2022 final's shape, in its second half, with a cancelled goal, an amendment and a card."""
    events = (
        event(1, "GAME_SCHEDULED"),
        event(2, "PERIOD_START", period=1, clock="0:00"),
        event(3, "FOUL", "away", "Théo Hernández", period=1, clock="6:10"),
        event(4, "PENALTY_AWARDED", "home", period=1, clock="20:30"),
        event(5, "GOAL", "home", "Lionel Messi", period=1, clock="22:41", detail={"penalty": True}),
        event(
            6, "GOAL", "home", "Ángel Di Marìa", period=1, clock="35:12", detail={"assist": "Mac Allister"}
        ),
        event(
            7,
            "AMEND",
            "home",
            "Ángel Di María",
            period=1,
            clock="35:12",
            corrects=6,
            detail={"assist": "Alexis Mac Allister", "type": "GOAL"},
        ),
        event(8, "YELLOW_CARD", "home", "Enzo Fernández", period=1, clock="45+2:10"),
        event(9, "PERIOD_END", period=1, clock="45+7:00"),
        event(10, "PERIOD_START", period=2, clock="45:00"),
        event(
            11,
            "SUBSTITUTION",
            "away",
            "Olivier Giroud",
            period=2,
            clock="46:00",
            detail={"in": "Marcus Thuram"},
        ),
        event(12, "GOAL", "away", "Kylian Mbappé", period=2, clock="57:20"),
        event(13, "VAR_STARTED", period=2, clock="57:50", detail={"subject": "goal"}),
        event(14, "GOAL_CANCELLED", "away", "Kylian Mbappé", period=2, clock="59:01", corrects=12),
        event(15, "VAR_ENDED", period=2, clock="59:02", detail={"decision": "no_goal"}),
        event(16, "CORNER", "home", period=2, clock="61:00"),
        event(17, "SHOT", "home", "Julián Álvarez", period=2, clock="61:20", detail={"outcome": "saved"}),
        event(18, "RED_CARD", "away", "Dayot Upamecano", period=2, clock="66:03"),
    )
    return state(
        "wc2022-final",
        seq=18,
        season="2022",
        round="Final",
        venue=Venue(name="Lusail Stadium", tz="Asia/Qatar"),
        period="2H",
        clock=GameClock(display="66:03", seconds=3963, running=True, at=NOW - 8000),
        home=side("Argentina", "ARG", 2),
        away=side("France", "FRA", 0, red=1),
        linescore={"1": {"home": 2, "away": 0}, "2": {"home": 0, "away": 0}},
        detail={
            "cards": {"home": {"yellow": 1}, "away": {"red": 1}},
            "stats": {
                "home": {"shots": 9, "corners": 5, "fouls": 8, "offsides": 2},
                "away": {"shots": 4, "corners": 2, "fouls": 11, "offsides": 1},
            },
        },
        events=events,
    )


def basketball_game() -> ScoreState:
    players = {"home": ("Stephen Curry", "Andrew Wiggins"), "away": ("Kevin Durant", "Kyrie Irving")}
    kinds = ("FG2", "FG3", "REBOUND", "FT", "FG2_MISS", "FG2", "TURNOVER", "FG3")
    points = {"FG2": 2, "FG3": 3, "FT": 1}
    scores = {"home": 0, "away": 0}
    lines: dict[str, dict[str, int]] = {}
    events = [event(1, "PERIOD_START", period=1, clock="12:00")]
    for at in range(2, 46):
        team = "home" if at % 3 else "away"
        period, kind = 1 + at // 16, kinds[at % len(kinds)]
        scores[team] += points.get(kind, 0)
        line = lines.setdefault(str(period), {"home": 0, "away": 0})
        line[team] += points.get(kind, 0)
        minutes = 11 - (at % 16) * 11 // 16
        events.append(
            event(
                at, kind, team, players[team][at % 2], period=period, clock=f"{minutes}:{(at * 7) % 60:02d}"
            )
        )
    return state(
        "nba-gsw-bkn",
        sport="basketball",
        league=NBA,
        seq=45,
        season="2026-27",
        venue=Venue(name="Chase Center"),
        period="Q3",
        clock=GameClock(display="4:12", seconds=252, running=True, at=NOW - 2000),
        home=side("Golden State Warriors", "GSW", scores["home"]),
        away=side("Brooklyn Nets", "BKN", scores["away"]),
        linescore=lines,
        detail={
            "fouls": {"home": 3, "away": 5},
            "timeouts": {"home": 4, "away": 3},
            "possession": "home",
            "bonus": {"home": True},
        },
        events=tuple(events),
    )


def _result(game_id: str, home: SideState, away: SideState, **given: Any) -> ScoreState:
    return state(game_id, home=home, away=away, **({"status": "final", "period": "FT"} | given))


def matchday() -> list[ScoreState]:
    """Two sports, four leagues, every group of a list."""
    premier, euro = League(id="eng-1", name="Premier League"), League(id="euroleague", name="EuroLeague")
    halves = {"1": {"home": 1, "away": 0}, "2": {"home": 0, "away": 1}}
    extra = halves | {"3": {"home": 0, "away": 0}, "4": {"home": 0, "away": 0}}
    quarters = {str(n): {"home": 20 + 3 * n, "away": 31 - 2 * n} for n in range(1, 6)}
    return [
        final_match(),
        basketball_game(),
        state(
            "wc-cro-mar",
            home=side("Croatia", "CRO", 1),
            away=side("Morocco", "MAR", 1),
            status="break",
            period="HT",
            clock=GameClock(display="45:00", seconds=2700, running=False),
            linescore={"1": {"home": 1, "away": 1}},
            under_check=True,
        ),
        _result(
            "wc-ned-arg",
            side("Netherlands", "NED", 1, shootout=3),
            side("Argentina", "ARG", 1, shootout=4),
            period="PEN",
            start="2026-11-20T19:00:00Z",
            linescore=extra,
            detail={"shootout": {"home": 3, "away": 4, "taken": {"home": 5, "away": 5}, "winner": "away"}},
        ),
        state("wc-next", home=side("Brazil", "BRA"), away=side("Japan", "JPN"), status="scheduled",
              start="2026-11-21T19:00:00Z"),
        _result("pl-1", side("Arsenal", "ARS", 2), side("Chelsea", "CHE", 1), league=premier,
                start="2026-11-21T10:30:00Z", linescore=halves),
        state("pl-2", home=side("Brighton & Hove Albion", "BHA"), away=side("Wolverhampton Wanderers", "WOL"),
              league=premier, status="postponed", start="2026-11-21T15:00:00Z"),
        state("pl-3", home=side("Liverpool", "LIV"), away=side("Everton", "EVE"), league=premier,
              status="scheduled", start="2026-11-22"),
        state("nba-lal-bos", sport="basketball", league=NBA, home=side("Los Angeles Lakers", "LAL"),
              away=side("Boston Celtics", "BOS"), status="scheduled", start="2026-11-22T03:30:00Z"),
        _result("nba-phi-was", side("Philadelphia 76ers", "PHI", 115), side("Washington Wizards", "WAS", 126),
                sport="basketball", league=NBA, period="OT1 END", start="2026-11-21T00:00:00Z",
                linescore=quarters),
        _result("el-rma-fcb", side("Real Madrid", "RMB", 88), side("FC Barcelona", "FCB", 79), league=euro,
                sport="basketball", period="Q4 END", start="2026-11-20T20:00:00Z",
                linescore={n: quarters[n] for n in "1234"}),
    ]  # fmt: skip


def line(held: ScoreState) -> ScoreState:
    return held.line() if held.detail is not UNSET or held.events is not UNSET else held
