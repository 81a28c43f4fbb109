"""Hand-made games of every sport but soccer and basketball, with what its fans ask beside the score."""

from typing import Any

from msgspec.structs import replace

from e2e.matchday import NOW, event, side, state
from scorewire.model.provider_event import League
from scorewire.model.score_state import GameClock, ScoreState


def sportsday() -> list[ScoreState]:
    """Under way and over, after extra time, after a shoot-out, with a result that the score does not tell."""
    return [
        *_football(),
        *_hockey(),
        *_baseball(),
        *_cricket(),
        *_tennis(),
        *_volleyball(),
        *_rugby(),
        *_handball(),
    ]


def _football() -> list[ScoreState]:
    teams = {"home": side("San Francisco 49ers", "SF", 24), "away": side("St. Louis Rams", "STL", 24)}
    quarters = {str(n): {"home": 6, "away": 6} for n in range(1, 5)}
    return [
        _game(
            "american_football",
            "nfl-live",
            period="Q4",
            clock=_clock("2:00", 120),
            linescore=quarters,
            detail={"possession": "away", "down": 3, "togo": 7, "at": "SF 35", "red_zone": False}
            | {"timeouts": {"home": 1, "away": 3}, "turnovers": {"away": 1}},
            events=(
                event(1, "PERIOD_START", period=1, clock="15:00"),
                event(
                    2,
                    "TOUCHDOWN",
                    "home",
                    "F.Gore",
                    period=1,
                    clock="8:29",
                    detail={"kind": "rush", "yards": 20},
                ),
                event(
                    3,
                    "PASS",
                    "away",
                    "S.Bradford",
                    period=1,
                    clock="8:00",
                    detail={"to": "A.Pettis", "yards": 12},
                ),
                event(4, "PLAY_NULLIFIED", period=1, clock="7:50", corrects=3, detail={"reason": "penalty"}),
                event(5, "SCORE_SET", period=4, detail={"home": 21, "away": 24}),
                event(6, "FIELD_GOAL", "home", "R.Gould", period=4, clock="2:05"),
            ),
            **teams,
        ),
        _game(
            "american_football",
            "nfl-tie",
            status="final",
            period="OT END",
            linescore=quarters | {"5": {"home": 0, "away": 0}},
            detail={"timeouts": {"home": 0, "away": 0}, "penalties": {"home": 7, "away": 13}},
            **teams,
        ),
    ]


def _hockey() -> list[ScoreState]:
    tampa, florida = side("Tampa Bay Lightning", "TBL", 1), side("Florida Panthers", "FLA", 2)
    periods = {"1": {"home": 1, "away": 0}, "2": {"home": 0, "away": 2}}
    return [
        _game(
            "ice_hockey",
            "nhl-live",
            period="P2",
            clock=_clock("10:19", 619),
            linescore=periods,
            home=tampa,
            away=florida,
            detail={"skaters": "4v5", "power_play": {"team": "away", "until": "8:48"}}
            | {"shots": {"home": 13, "away": 10}, "empty_net": {"home": True}},
            events=(
                event(
                    1,
                    "GOAL",
                    "home",
                    "Point",
                    period=1,
                    clock="3:00",
                    detail={"strength": "pp", "assist": "Kucherov"},
                ),
                event(
                    2,
                    "PENALTY",
                    "home",
                    "Lilleberg",
                    period=2,
                    clock="10:48",
                    detail={"kind": "minor", "minutes": 2, "offence": "2_minute_hit_to_the_head"},
                ),
            ),
        ),
        _game(
            "ice_hockey",
            "nhl-shootout",
            status="final",
            period="SO",
            linescore=periods | {"3": {"home": 1, "away": 0}, "4": {"home": 0, "away": 0}},
            home=side("Tampa Bay Lightning", "TBL", 3, shootout=2),
            away=side("Florida Panthers", "FLA", 2, shootout=1),
            detail={"shots": {"home": 30, "away": 31}},
        ),
    ]


def _baseball() -> list[ScoreState]:
    teams = {"home": side("Chicago White Sox", "CWS", 3), "away": side("Minnesota Twins", "MIN", 4)}
    innings = {str(n): {"home": n % 2, "away": 0} for n in range(1, 6)}
    return [
        _game(
            "baseball",
            "mlb-live",
            period="B5",
            linescore=innings,
            detail={"outs": 1, "count": "2-1", "bases": "13", "batter": "Elvis Andrus", "review": "away"}
            | {"hits": {"home": 5}, "errors": {"away": 1}},
            events=(
                event(1, "PERIOD_START", "away", period=1),
                event(
                    2, "HOME_RUN", "away", "Byron Buxton", period=1, detail={"runs": 4, "kind": "grand_slam"}
                ),
                event(
                    3,
                    "RUNS",
                    "home",
                    "Eloy Jimenez",
                    period=2,
                    detail={"runs": 3, "rbi": 3, "kind": "double"},
                ),
            ),
            **teams,
        ),
        _game(
            "baseball",
            "mlb-final",
            status="final",
            period="E10",
            linescore=innings | {str(n): {"home": 0, "away": 0} for n in range(6, 10)} | {"10": {"away": 4}},
            detail={"hits": {"home": 12, "away": 8}},
            **teams,
        ),
    ]


def _cricket() -> list[ScoreState]:
    windies, ireland = side("West Indies", "WI", 229), side("Ireland", "IRE", 168)
    first = {"team": "home", "runs": 229, "wickets": 10, "overs": "48", "closed": "all_out"}
    chase = {"team": "away", "runs": 168, "wickets": 5, "overs": "32.3"}
    lines = {"1": {"home": 229, "away": 0}, "2": {"home": 0, "away": 168}}
    noted = {"home": replace(windies, note="229 (48)"), "away": replace(ireland, note="168/5 (32.3)")}
    return [
        _game(
            "cricket",
            "odi-noted",
            period="INN2",
            linescore=lines,
            detail={"batting": "away", "innings": {"1": first, "2": chase}},
            **noted,
        ),
        _game(
            "cricket",
            "odi-live",
            period="INN2",
            linescore=lines,
            home=windies,
            away=ireland,
            detail={
                "batting": "away",
                "target": 169,
                "innings": {"1": first, "2": chase},
                "interval": "drinks",
            },
            events=(
                event(
                    1,
                    "BALL",
                    "away",
                    "HT Tector",
                    period=2,
                    detail={"over": "32.2", "runs": 4, "bowler": "KA Pollard"},
                ),
                event(
                    2, "WICKET", "away", "GH Dockrell", period=2, detail={"kind": "caught", "over": "32.3"}
                ),
                event(
                    3, "BALL", "away", "GJ Delany", period=2, detail={"over": "32.4", "runs": 2, "noballs": 1}
                ),
            ),
        ),
        _game(
            "cricket",
            "odi-final",
            status="final",
            period="INN2 END",
            linescore=lines,
            home=windies,
            away=ireland,
            detail={"innings": {"1": first, "2": chase | {"closed": "target"}}, "target": 168}
            | {"result": {"outcome": "won", "winner": "away", "by": "wickets", "margin": 5, "method": "D/L"}},
        ),
        _game(
            "cricket",
            "t20-super-over",
            status="final",
            period="SO1 END",
            home=side("England", "ENG", 154),
            away=side("Pakistan", "PAK", 154),
            linescore={"1": {"home": 154, "away": 0}, "2": {"home": 0, "away": 154}},
            detail={"result": {"outcome": "tie", "winner": "home", "by": "super_over"}}
            | {"super_overs": {"1": {"home": {"runs": 4, "wickets": 0}, "away": {"runs": 3, "wickets": 1}}}},
        ),
    ]


def _tennis() -> list[ScoreState]:
    alcaraz, zverev = side("Carlos Alcaraz", "ALC", 1), side("Alexander Zverev", "ZVE", 1)
    sets = {"1": {"home": 6, "away": 4}, "2": {"home": 6, "away": 7}, "3": {"home": 2, "away": 1}}
    detail = {
        "tiebreaks": {"2": {"home": 5, "away": 7}},
        "stats": {"home": {"aces": 19}, "away": {"aces": 10}},
    }
    return [
        _game(
            "tennis",
            "ao-live",
            period="S3",
            linescore=sets,
            home=alcaraz,
            away=zverev,
            detail={
                **detail,
                "server": "home",
                "points": {"home": "40", "away": "AD"},
                "chance": {"away": "break"},
            },
            note="40-AD",
            events=(event(1, "POINT", "home", period=3, detail={"kind": "double_fault", "server": "away"}),),
        ),
        _game(
            "tennis",
            "ao-retired",
            status="retired",
            period="S3",
            linescore=sets,
            home=side("Carlos Alcaraz", "ALC", 2),
            away=zverev,
            detail={**detail, "winner": "away"},
        ),
    ]


def _volleyball() -> list[ScoreState]:
    italy, poland = side("Italy", "ITA", 1), side("Poland", "POL", 1)
    sets = {"1": {"home": 25, "away": 20}, "2": {"home": 19, "away": 25}, "3": {"home": 18, "away": 14}}
    return [
        _game(
            "volleyball",
            "vnl-live",
            period="S3",
            linescore=sets,
            home=italy,
            away=poland,
            detail={"server": "home", "points": {"home": 18, "away": 14}, "timeouts": {"home": 2, "away": 1}},
        ),
        _game("volleyball", "vnl-polled", period="S3", linescore=sets, home=italy, away=poland),
    ]


def _rugby() -> list[ScoreState]:
    ireland, france = side("Ireland", "IRE", 14, red=1), side("France", "FRA", 16)
    halves = {"1": {"home": 14, "away": 3}, "2": {"home": 0, "away": 13}}
    return [
        _game(
            "rugby_union",
            "six-live",
            period="2H",
            clock=GameClock(display="62:15", seconds=3735, running=True, at=NOW),
            linescore=halves,
            home=ireland,
            away=france,
            detail={
                "players": {"home": 13},
                "bins": {"home": {"p9": "80:02", "p12": "68:20"}},
                "conversion": "away",
            }
            | {"tries": {"home": 2, "away": 2}, "kicks": {"home": {"conversions": 1}}, "review": "foul_play"}
            | {"cards": {"home": {"yellow": 1, "red": 1}, "away": {"yellow": 1}}},
            events=(event(1, "TRY", "away", "Damian Penaud", period=2, clock="62:15"),),
        )
    ]


def _handball() -> list[ScoreState]:
    kiel, barca = side("THW Kiel", "THW", 19), side("Barça Handbol", "BAR", 19)
    halves = {"1": {"home": 9, "away": 9}, "2": {"home": 10, "away": 10}}
    return [
        _game(
            "handball",
            "ehf-live",
            period="2H",
            clock=GameClock(display="44:20", seconds=2660, running=True, at=NOW),
            linescore=halves,
            home=kiel,
            away=barca,
            detail={
                "players": "7v6",
                "back": {"away": "46:05"},
                "empty_net": {"away": True},
                "passive": "home",
            }
            | {"cards": {"home": {"suspensions": 1}, "away": {"yellow": 2, "blue": 1}}},
            events=(
                event(
                    1, "GOAL", "home", "Niclas Ekberg", period=1, clock="5:10", detail={"seven_metre": True}
                ),
            ),
        ),
        _game(
            "handball",
            "ehf-shootout",
            status="final",
            period="7M",
            linescore=halves,
            home=side("THW Kiel", "THW", 19, shootout=4),
            away=side("Barça Handbol", "BAR", 19, shootout=5),
            detail={"shots": {"home": 30, "away": 33}},
        ),
    ]


def _game(sport: str, game_id: str, **given: Any) -> ScoreState:
    return state(game_id, sport=sport, league=League(id=f"{sport}-1", name=sport.title()), **given)


def _clock(display: str, seconds: int) -> GameClock:
    return GameClock(display=display, seconds=seconds, running=False)
