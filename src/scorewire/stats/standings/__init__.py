"""Tables: who is where, by the rules of a competition.

Reading order:
    result.py        Result: one game as a table sees it
    reading.py       a Result read off a ScoreState, for each sport
    rules.py         Rules as data: points, views, the order of criteria, zones
    outing.py        a Result as one of its teams sees it, with its points; Record, the sum of outings
    race.py          everything that a criterion may ask: records, meetings, divisions, places
    criteria.py      the tie-breakers that every sport uses, a named function each
    criteria_leagues.py  those that are one league's own: strength of victory, common games, odd games ...
    ranking.py       who is above whom: criteria in order, groups of equals, what remains shared
    table.py         Table, Part, Row; `table()`, which is all that callers need
    own_rules.py     rules of one's own, read and checked
    competitions.py  the rules of each competition, with competitions_soccer.py and competitions_america.py;
                     `rules_for`, which chooses
    document.py      docs/standings.md, written from the rules

    ScoreState -> Result --+
    deductions ------------+-> table(rules) -> Table (JSON as it is)
    entrants --------------+
"""
