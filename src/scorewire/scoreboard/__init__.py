"""PORT: the current state of each game, its recent updates, and who wants to hear.

Reading order:
    base.py   the port: what every adapter guarantees, in words (Scoreboard, Head)
    local.py  in this process: a dictionary of heads; what is absent is loaded from the journal

    games ── publish ──► [ scoreboard ] ── listener ──► fanout
                              ▲
              api, fanout ── head, held
"""
