"""The only place that knows everything: builds the rooms, starts them in order and stops them in data order.

A node has a pipeline (what decides) and what holds fans, in one process or in several:

    single.py                `serve`: both in one process, on one port
    supervisor.py, child.py  `serve --workers N`: starts, watches and replaces the processes below
    backroom.py              the pipeline in a process of its own
    worker.py                a gateway in a process of its own: an edge of the local pipeline
    edge.py                  `serve --upstream URL`: the same, of a node elsewhere

What these are made of:

    pipeline.py              stores, intake, owner, scoreboard, API
    outward.py               what it shows to other processes, on Redis
    gateway.py               hub, hot reads, the protocol on the port
    link_door.py             where edges of this process come in
    outpost.py               what a worker and an edge have in common
    edge_face.py, readers.py, shared_answers.py, asking.py  what an edge answers beside streams
    edge_settings.py         what an edge is told of its upstream
    forwarding.py, courier.py  what a worker does not answer itself, asked of the pipeline
    metering.py              where the metrics are read from
    process.py, server.py, port.py  what each process has: logs and signals, an HTTP server, its sockets
    stop_order.py            why it stops, and how long that took
"""
