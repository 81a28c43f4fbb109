"""docs/statistics.md, written from the tables: what is said there cannot differ from what is counted.

`python -m scorewire.stats.lines.document > docs/statistics.md` writes the page again; a test compares the
two.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Final

from scorewire.stats.leaders import ELSEWHERE, MINIMA, Minimum
from scorewire.stats.lines import LINES
from scorewire.stats.lines.columns import Column
from scorewire.stats.lines.sheet import SportLines

_INTRODUCTION: Final = """\
# Statistics

Written by `python -m scorewire.stats.lines.document` from the tables in `src/scorewire/stats/`. Do not
edit it.

Lines of players and teams are counted from a game's events, from the first play on, whenever the plays
change. Nothing is added to what was there: a correction changes which plays stand, and the game is
counted again. So the lines after a goal is given to another player are those of a game in which it had
been that player's from the start, and when it is given back they are, to the byte, what they were.

A column is left out where its provider never tells what it needs: no figure is better than a zero that
nobody said. *Needs* lists it: a type of event, or a key of its `detail` (`GOAL.assist_id`); one of
several is enough. A team's figure is the sum of its players', and of what nobody was named for, but where
it says *players only*. Times are seconds, innings are outs and overs are balls in the answer, so that
they can be added; boards write them 36:42, 5.2 and 3.5. Kicks, throws and goals of a shoot-out and super
overs are in nobody's line, nor is a score that was stated and not played (SCORE_SET, an award)."""

_ANSWERS: Final = """\
## What is answered

`GET /v1/games/{id}/stats` is the box score at the head, or at `?seq=N` (with `&epoch=E`), or `delay`
seconds ago:

```json
{"game_id": "g1", "seq": 412, "sport": "basketball", "league": "nba", "season": "2020-21",
 "home": {"id": "nba-bkn", "name": "Brooklyn Nets", "abbr": "BKN", "totals": {"box": {"FGM": 42, "FGA": 92}},
          "players": [{"id": "nba-201142", "name": "Kevin Durant", "number": "7", "position": "PF",
                       "starter": true, "played": true, "tables": {"box": {"MIN": 1482, "PTS": 22}}}]},
 "away": {"id": "nba-gsw", "totals": {}, "players": []},
 "epoch": "k3v9x2aa",
 "columns": {"box": [{"id": "MIN", "name": "Minutes played", "unit": "s"}, {"id": "PTS", "name": "Points"}]}}
```

`columns` names, by table and in order, every column of which there is a figure. Its `unit` is absent for
a plain number, or: `s` seconds, shown 36:42; `outs`, 17 is shown 5.2; `balls`, 23 is shown 3.5; `share`
of 1, shown .438; `rate`, shown with two decimals; `signed`, shown +7. A field that is false or empty is
absent everywhere: a player without `played` was in the line-up and nothing was counted of them. Players
stand in the order in which they were first told, line-ups first.

`GET /v1/leagues/{id}/leaders?season=&stat=&table=`, of the newest season where none is named:

```json
{"league": {"id": "nba", "name": "NBA"}, "season": "2020-21", "sport": "basketball", "games": 1080,
 "boards": [{"table": "box", "stat": "PTS/G", "name": "Points a game",
             "qualification": {"games": 58, "column": "PTS", "at_least": 1400},
             "leaders": [{"rank": 1, "player": "nba-201939", "name": "Stephen Curry", "team": "nba-gsw",
                          "games": 63, "value": 31.968}]}],
 "stats": [{"table": "box", "stat": "PTS", "name": "Points"}],
 "teams": [{"id": "nba-gsw", "name": "Golden State Warriors", "abbr": "GSW"}]}
```

Without `stat` there is a board for each of the sport's main columns, ten rows each and all who share the
last rank; with it the one board, of up to 50 rows. `stats` lists what may be asked for. `lowest` is true
where less is better.

`GET /v1/players/{id}/stats?season=`, seasons and games with the newest first, of all seasons where none
is named, at most 20 games:

```json
{"player": {"id": "p10", "name": "Ada Example"},
 "seasons": [{"league": {"id": "cup", "name": "The Cup"}, "season": "2026", "sport": "soccer",
              "teams": [{"id": "red", "name": "Red Town", "abbr": "RED"}], "games": 7,
              "columns": {"match": [{"id": "G", "name": "Goals"}]}, "totals": {"match": {"G": 5}}}],
 "games": [{"game_id": "cup-final", "league": "cup", "season": "2026", "sport": "soccer",
            "start": "2026-11-21T15:00:00Z", "status": "final", "side": "home",
            "home": {"id": "red", "name": "Red Town", "abbr": "RED", "score": 1},
            "away": {"id": "blu", "name": "Blue City", "abbr": "BLU", "score": 0},
            "starter": true, "tables": {"match": {"G": 1}}}]}
```

`GET /v1/teams/{id}/stats?season=`, of the newest season of each league where none is named:

```json
{"team": {"id": "red", "name": "Red Town", "abbr": "RED"},
 "seasons": [{"league": {"id": "cup", "name": "The Cup"}, "season": "2026", "sport": "soccer", "games": 7,
              "columns": {"match": [{"id": "G", "name": "Goals"}]}, "totals": {"match": {"G": 14}},
              "players": [{"id": "p10", "name": "Ada Example", "number": "10", "position": "F", "games": 7,
                           "totals": {"match": {"G": 5}}}]}],
 "games": [{"game_id": "cup-final", "league": "cup", "season": "2026", "sport": "soccer",
            "start": "2026-11-21T15:00:00Z", "status": "final", "side": "home",
            "home": {"id": "red", "name": "Red Town", "abbr": "RED", "score": 1},
            "away": {"id": "blu", "name": "Blue City", "abbr": "BLU", "score": 0},
            "tables": {"match": {"G": 1}}}]}
```

The last three sum what the journal keeps of each game, and are up to a minute old. A game that goes on is
kept anew each quarter of a minute; one that is over, or corrected, at once. A game that was put off,
cancelled or declared void counts for nothing, nor does one that was abandoned, but in cricket. Whoever keeps
tables ([standings.md](standings.md)) keeps the lines too: a node, or the role `stats` of a site. What nobody
kept for a while is counted when it starts, from the rows, and so is everything once a release counts
otherwise."""

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "basketball": (
        "Equal to the league's box score for three feeds of two games, every player and column."
        " Minutes and plus-minus need both line-ups, and are found from who plays where a feed does"
        " not send the changes of a break; while that is open, as in the first minutes of a period,"
        " both are left out. A feed that writes no tenths (stats.nba.com) puts a second to one player"
        " that is another's: three in 19 in the game that we have. Free throws are a plus for those"
        " who were on court at the foul.",
        "Fast-break points, points in the paint and fouls drawn: no event says so.",
    ),
    "ice_hockey": (
        "Equal to the official summary of a PWHL game, every skater and goalkeeper. Who was on the"
        " ice for a goal (`plus_ids`, `minus_ids`), who lost a face-off (`loser_id`), who blocked"
        " (`blocker_id`) and who was shot at (`goalie_id`) stand in the detail of an event.",
        "Skaters' time on ice: changes are no events. Power-play opportunities and shut-outs. The"
        " NHL's feed does not say who was on the ice nor who started in goal: no plus-minus and no"
        " goalkeepers' time from it. HockeyTech's `shots_on` is left out: nobody says what it counts.",
    ),
    "american_football": (
        "Equal to the league's own figures for four games, every player of every table, and the"
        " teams' yards, penalties and balls lost.",
        "Tackles, forced fumbles, first downs, time of possession, and yards after a lateral.",
    ),
    "baseball": (
        "Earned runs equal to the official ones for every pitcher of the three seasons of a park that"
        " we have (1,637 pitchers in 192 games, 284 of them in the tests); runs, hits and pitches of"
        " an MLB game equal its line score. Which runner a fielder's choice put out is not told: the"
        " run is charged as if it were the one who reached last, which was right each time there.",
        "Left on base, batting in each situation, wins, losses and saves of pitchers, put-outs and assists.",
    ),
    "cricket": (
        "The parts come to the score in every match that was tried; the season of the IPL 2022 gives"
        " the caps as they were given (863 runs, 27 wickets).",
        "Minutes at the crease, partnerships, fall of wickets; who ran out where two fielders did.",
    ),
    "soccer": (
        "Shots, goals and fouls equal a second count of a StatsBomb match's raw events, player by player.",
        "Passes, tackles, duels and whatever else is a touch: touches make no rows. Expected goals, ratings.",
    ),
    "tennis": (
        "Aces, double faults and break points equal what a Grand Slam match's source states point by"
        " point. The figures are the side's; a side of singles is its player.",
        "First and second services, speeds, rallies, points at the net.",
    ),
    "volleyball": ("Rallies and points by kind equal a scouted match's.", "Attempts, receptions and digs."),
    "handball": ("By hand-made cases: no recording of a game is held.", "Time on court, shots by place."),
    "rugby_union": (
        "By hand-made cases: no recording of a game is held.",
        "Metres, carries, tackles, passes.",
    ),
}
"""Sport -> what is exact and why we think so; what no event gives."""

UNITS: Final = {
    "s": "seconds",
    "outs": "outs",
    "balls": "balls",
    "share": "share of 1",
    "rate": "",
    "signed": "",
}


def page() -> str:
    """The whole of docs/statistics.md."""
    parts = [_INTRODUCTION, _ANSWERS]
    for sport in SAID:
        parts += _sport(sport, LINES[sport])
    return "\n\n".join([*parts, *_leaders()]) + "\n"


def _sport(name: str, lines: SportLines) -> Iterable[str]:
    exact, absent = SAID[name]
    yield f"## {name.replace('_', ' ').capitalize()}"
    yield exact
    yield f"Absent: {absent[0].lower() if not absent.startswith('HockeyTech') else absent[0]}{absent[1:]}"
    for table, spec in lines.tables.items():
        if len(lines.tables) > 1:
            yield f"### {table}"
        heads = ("column", "name", "unit", "whose", "needs")
        yield _table(heads, (_row(column, one) for column, one in spec.columns.items()))


def _row(name: str, column: Column) -> Iterable[str]:
    whose = {"both": "", "players": "players only", "team": "team only"}[column.of]
    if column.personal:
        whose = "the team's is its players'"
    needs = ", ".join(f"`{need}`" if need[:1].isupper() else need for need in column.needs)
    return (f"`{name}`", column.long, UNITS.get(column.unit, ""), whose, needs)


def _leaders() -> Iterable[str]:
    yield "## Leaders"
    yield (
        "A season's totals are the sums of its games' lines as they are now; shares and averages are"
        " made of the sums. Equal values share a rank, and the next is counted on from all before it"
        " (1, 2, 2, 4). A column with `/G` is the figure a game. Where a league asks for a minimum it"
        " is in proportion to the games that the team has played, until the season is whole."
    )
    rows = (
        (league, table, f"`{column}`", _words(minimum)) for (league, table, column), minimum in MINIMA.items()
    )
    yield _table(("league", "table", "column", "minimum"), rows)
    yield (
        "In any other league, so that nobody leads who tried once and had luck; ours, but where the best"
        " known league of the sport has a rule for each game:"
    )
    rows = (
        (sport.replace("_", " "), table, f"`{column}`", _words(minimum))
        for (sport, table, column), minimum in ELSEWHERE.items()
    )
    yield _table(("sport", "table", "column", "minimum"), rows)


def _words(minimum: Minimum) -> str:
    parts = [f"{minimum.games} games"] if minimum.games else []
    if minimum.at_least:
        parts.append(f"{minimum.at_least:g} `{minimum.column}`")
    if minimum.a_game:
        parts.append(f"{minimum.a_game:g} `{minimum.column}` for each game of the team")
    return " or ".join(parts)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
