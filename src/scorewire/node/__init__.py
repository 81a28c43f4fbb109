"""The only place that knows everything: builds the rooms, starts them in order and stops them in data order.

A node has a pipeline (what decides) and what holds fans, in one process or in several:

    single.py                `serve`: both in one process, on one port; `--roles`: what of them is named
    supervisor.py, child.py  `serve --workers N`: starts, watches and replaces the processes below
    backroom.py              the pipeline in a process of its own
    worker.py                a gateway in a process of its own: an edge of the local pipeline
    edge.py                  `serve --upstream URL`: the same, of a node elsewhere
    relay.py                 `serve --roles relay`: from the home region's Kafka to this region's Redis

What these are made of:

    roles.py                 what a process does, and what it needs for that
    pipeline.py              of these roles: opens, starts and stops what follows
    stores.py                the journal, the log
    shown.py, keeping.py     what fans and readers are shown from; answers that are kept ready
    deciding.py              owners of games, and all who hear what they decide
    outward.py, purging.py   Redis for other processes; caches in front
    table_words.py           the tables that fans are shown, and who says that one has changed
    tabling.py, carrying.py  tables of leagues; what brings game-events from Kafka to them, and to relays
    intake_side.py           the door of providers
    playing.py               games played back
    standing_plays.py        what stands of games that are looked at, for pages and lists of shots
    journeys.py, practice.py, showing_how.py  how it works, shown on itself: for /how
    newest.py                what pages show of a game that changes: its newest version, made once
    faces.py                 who answers: REST, pages, administrators
    record_reads.py          what pages of leagues, teams and players read
    gateway.py               hub, hot reads, the protocol on the port
    link_door.py             where edges of this process come in
    outpost.py               what a worker and an edge have in common
    edge_face.py, readers.py, shared_answers.py, asking.py  what an edge answers beside streams
    edge_settings.py         what an edge is told of its upstream
    streamed.py              streams that are passed on: games played back elsewhere
    forwarding.py, courier.py  what a worker does not answer itself, asked of the pipeline
    metering.py              where the metrics are read from
    process.py, server.py, port.py  what each process has: logs and signals, an HTTP server, its sockets
    stop_order.py            why it stops, and how long that took
"""
