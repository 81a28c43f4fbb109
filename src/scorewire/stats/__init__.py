"""What games add up to: tables of competitions, lines of players and teams. Recomputed, never added up.

Reading order:
    standings/   tables: results in, rows in order out, by the rules of a competition
    keeping.py   keeps the tables of all competitions while games go on
    lines/       what players and teams did in a game, folded from its events
    leaders.py   a season's lines summed, and who has most
    box_scores.py  a game's lines at any seq, from the journal's rows
    scorebook.py   keeps the lines of all games while they go on
    answers.py, headings.py, boards.py, careers.py  what is told of all of it
    statistics.py  who answers

    game events -> ScoreState -> Result -> table    (standings, kept by keeping)
                -> lines of a game -> totals        (lines, kept by scorebook; leaders, careers)

Everything is computed from what holds now. A correction is no special case: the game's result, its lines and
the tables that it stands in are made anew.
"""
