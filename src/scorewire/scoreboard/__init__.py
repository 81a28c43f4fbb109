"""PORT: the current state of each game, its recent updates, and who wants to hear.

Reading order:
    base.py      the port: what every adapter guarantees, in words (Scoreboard, Head)
    heads.py     heads in memory: how many, and one load for many who wait
    local.py     in this process; what is absent is loaded from the journal
    link.py      what a pipeline and its edges say to each other; pure
    edges.py     the pipeline's end: every update to every edge, and answers
    upstream.py  the edge's end: a scoreboard whose pipeline is elsewhere

    games ── publish ──► [ local ] ── listener ──► fanout
                              ▲   └── edges ══ link ══ [ upstream ] ── listener ──► fanout of an edge
              api, fanout ── head, held
"""
