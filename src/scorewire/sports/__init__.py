"""What is legal in each sport and what it scores: tables first, pure functions after them.

Reading order:
    machine.py     the contract: EventSpec, Refusal, Board, Machine; how sports write a clock
    lifecycle.py   scheduled to final and every side exit, one table for all sports; Course
    tally.py       the score, in all and by period; scores that a ruling imposes
    game_clock.py  the clock as boards show it, up and down
    tree.py        changes to a JSON tree that share what they leave alone
    rules.py       what varies by competition
    shape.py       what every sport refuses from a claim alone
    shootout.py    kicks that decide and leave the score alone
    soccer.py      halves, extra time, shoot-out, cards, VAR
    basketball.py  quarters or halves, any number of overtimes, team fouls, reviews
    document.py    docs/events.md, written from the tables

    claim -> check -> decide -> evolve -> state -> board
    (intake)          (games)                      (games, scoreboard)
"""

from scorewire.sports.basketball import BASKETBALL
from scorewire.sports.machine import AnyMachine
from scorewire.sports.soccer import SOCCER

SPORTS: dict[str, AnyMachine] = {"soccer": SOCCER, "basketball": BASKETBALL}
"""Every sport by the name that a declaration uses."""
