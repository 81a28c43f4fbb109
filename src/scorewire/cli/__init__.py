"""The command line. It reads settings, calls the node or its admin socket, and talks to a person.

Reading order:
    app.py           the table of commands; each is imported only when it is the one that was asked for
    options.py       flags that commands share, and the configuration that comes of them
    operations.py    reaches a running node through its admin socket, or opens its data folder
    serve.py         a node
    demo.py          a node with a bundled matchday
    keys.py          secrets of providers, tokens of readers and administrators
    feed.py          live feeds, pushed or polled, through the signed webhook
    replay.py        a recorded feed through the signed webhook
    watch.py         a live scoreboard in the terminal, over the Python client
    verified.py      what several readers were told, held against each other; pure
    witnesses.py     readers over SSE and WebSocket, each in a thread
    verify.py        a running node held to its protocol
    dead_letters.py  what was refused: list, show, replay, drop
    desk.py          what event and correct share: the editor's desk of a running node
    event.py         one event entered by hand
    correct.py       a wrong score put right, and handed back to the feeds
    conflicts.py     what two providers of a game do not agree on: list, settle
    providers.py     how each provider does on the games that several tell
    moving.py        a stopped node's journal copied to a server, with a bar, and folded on both sides
    journal.py       copies of the record, a new epoch after one, months made ahead, a move to a server
    rebuild.py       fold the journal again and report any difference
    explain.py       from the score shown to the messages that caused it
    capture.py       one game taken along, and decided again elsewhere
    doctor.py        what of limits, disk, clock and ports is fine, and what to do
    doctor_servers.py   the same of Kafka, PostgreSQL and Redis, where they are named
    finding.py       one thing that it looked at
    config.py        show, check, schema, page

    argv -> app -> one command -> node.run | admin socket | data folder | URL
"""
