"""PORT: the current state of each game, its recent updates, and who wants to hear.

Reading order:
    base.py      the port: what every adapter guarantees, in words (Scoreboard, Head)
    heads.py     heads in memory: how many, and one load for many who wait
    local.py     in this process; what is absent is loaded from the journal
    announcing.py   one with those who hear of what is shown there: before, and after
    link.py      what a pipeline and its edges say to each other; pure
    edges.py     the pipeline's end: every update to workers, to edges elsewhere what they follow; answers
    followers.py    which edge follows what, and which updates concern all of them
    shared.py    one scoreboard for fans and edges of a process
    upstream.py, upstream_lists.py  the edge's end: a scoreboard whose pipeline is elsewhere
    tables.py    the newest table of each league, for those who show it
    redis_wire.py       names, rows and the fold of a row, as they lie in Redis; pure
    redis_script.lua    one game's rows, all or nothing; its promises stand at its top
    redis_servers.py    one server, Sentinel or Cluster, by URL
    redis_checkup.py    a look at them before a node starts
    redis_store.py      what is asked of Redis, many games in a round trip
    redis_listening.py  subscriptions that follow what is wanted, through whatever happens to servers
    redis_reading.py    games that are read again, once for all who want them
    redis_lists.py      the games of a team, league or sport
    redis.py            the scoreboard for many processes
    redis_turns.py      which of these processes builds an answer
    redis_outbox.py     what owners show on it: it waits for nobody, and what was missed comes later
    redis_standings.py  the order of each league
    redis_tables.py     hears which leagues' tables have changed

    games ── publish ──► [ local ] ── listener ──► fanout
                              ▲   └── edges ══ link ══ [ upstream ] ── listener ──► fanout of an edge
              api, fanout ── head, held

    games ── publish ──► [ outbox ] ── script ──► Redis ──► [ redis ] of each process ── listener ──► fanout
"""
