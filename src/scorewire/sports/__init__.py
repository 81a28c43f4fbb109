"""What is legal in each sport and what it scores: tables first, pure functions after them.

Reading order:
    machine.py     the contract: EventSpec, Refusal, Board, Machine; how sports write a clock
    lifecycle.py   scheduled to final and every side exit, one table for all sports; Course
    tally.py       the score, in all and by period; scores that a ruling imposes
    game_clock.py  the clock as boards show it, up and down
    running_clock.py  a clock that counts up past the end of its periods: soccer's and rugby's
    tree.py        changes to a JSON tree that share what they leave alone
    rules.py       what varies by competition
    shape.py       what every sport refuses from a claim alone
    shootout.py    kicks that decide and leave the score alone
    soccer.py      halves, extra time, shoot-out, cards, VAR
    basketball.py  quarters or halves, any number of overtimes, team fouls, reviews
    ice_hockey.py  three periods, sudden death, a shoot-out worth one goal; beside it ice_hockey_rules.py
                   (what varies), ice_hockey_clock.py and ice_hockey_penalties.py (who is short)
    rugby_union.py halves, sudden death, tries, cards of ten and twenty minutes, TMO
    cricket.py     innings, overs, wickets, targets, super overs; beside it cricket_rules.py (what varies),
                   cricket_innings.py, cricket_result.py, cricket_match.py (the state), cricket_plays.py
    american_football.py  quarters, downs, five kinds of overtime, plays that never were; beside it
                   american_football_events.py, _rules.py (what varies) and _overtime.py (who has won)
    handball.py    halves, extra times, a 7-metre shoot-out; beside it handball_rules.py and
                   handball_suspensions.py (who plays with fewer)
    baseball.py    half-innings, outs, bases, walk-offs; beside it baseball_rules.py (what varies, who has
                   won when) and baseball_events.py (the tables)
    sets.py        matches won by sets, whatever a set is made of
    tennis.py      sets, games and points, tie-breaks, service; beside it tennis_game.py (one game)
    volleyball.py  sets of rally points, service, cards, defaults; the beach by rules
    document.py    docs/events.md, written from the tables

    claim -> check -> decide -> evolve -> state -> board
    (intake)          (games)                      (games, scoreboard)
"""

from scorewire.sports.american_football import AMERICAN_FOOTBALL
from scorewire.sports.baseball import BASEBALL
from scorewire.sports.basketball import BASKETBALL
from scorewire.sports.cricket import CRICKET
from scorewire.sports.handball import HANDBALL
from scorewire.sports.ice_hockey import ICE_HOCKEY
from scorewire.sports.machine import AnyMachine
from scorewire.sports.rugby_union import RUGBY_UNION
from scorewire.sports.soccer import SOCCER
from scorewire.sports.tennis import TENNIS
from scorewire.sports.volleyball import VOLLEYBALL

SPORTS: dict[str, AnyMachine] = {
    "soccer": SOCCER,
    "basketball": BASKETBALL,
    "american_football": AMERICAN_FOOTBALL,
    "rugby_union": RUGBY_UNION,
    "ice_hockey": ICE_HOCKEY,
    "baseball": BASEBALL,
    "handball": HANDBALL,
    "cricket": CRICKET,
    "tennis": TENNIS,
    "volleyball": VOLLEYBALL,
}
"""Every sport by the name that a declaration uses."""
