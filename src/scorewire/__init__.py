"""Scorewire: the true score of every game, told to every fan who follows it, in order.

The rooms, in the order in which a goal travels (read them so):

    model/       the vocabulary; imports nothing of ours
    sports/      what is legal and what it scores, one file a sport; pure
    providers/   bytes of a feed in, claims out; pure
    intake/      authenticates a feed and puts its claims on the log; dead letters
    log/         PORT: the ordered, durable log of claims
    games/       decides what is true: ordering, the book of plays, the owner of each game
    journal/     the relational record: game events, heads, games, teams, keys
    scoreboard/  PORT: the current state of each game, and who wants to hear
    regions/     carries what is decided to the Redis of another region
    stats/       tables of leagues, lines of players and teams
    fanout/      rings of encoded frames, fans as cursors, SSE and WebSocket
    api/, web/   those who ask rather than listen
    client/      follows games of any node from Python; clients/js beside src is the same in JavaScript
    sim/, bench/ a seeded world with an auditor; load generators that users run too
    planner/     how large a site has to be, from what was measured
    node/        the only place that knows everything: builds the rooms, in one process or in several
    captures.py  one game taken along, for an incident
    cli/         the command line

     provider -> intake -> log -> games -> journal
                                    |
                                    +-> scoreboard -> fanout -> fans (SSE, WebSocket)
                                              +-----> api, web -> fans (REST, pages)

The same goal on a site; each [role] is a process that runs as often as is needed:

     provider -> [intake] -> Kafka: claims -> [games] -> PostgreSQL: journal
                                                 |
                                                 +-> Redis -> [gateway], [api] -> fans
                                                 |               +--- link --- [edge] -> fans elsewhere
                                                 +-> Kafka: game-events -> [relay] -> Redis of another region
                                                                   +-> [stats] -> PostgreSQL: tables -> [api]
"""

__version__ = "0.1.0"
