"""Streams to fans: rings of encoded frames, fans as cursors, and the port at which they arrive.

Reading order:
    frames.py     bytes of every event, in three formats; pure
    channel.py    the ring of one game in one view, and what a cursor needs; pure
    audience.py   the fans of a channel, and the broadcast that goes over them in slices
    stands.py     the audiences of every game at hand
    pace.py       when an audience gets its turn
    turnstile.py  how many fans there may be
    turns.py      what waits for its slice of the loop
    blocks.py     id-only blocks of streams of several games
    follow.py     what a fan asks for
    interests.py  follows of teams, leagues and sports, and the games they bring
    loading.py    one load for many who wait; what is unknown
    backlog.py    what has happened and is not shown yet, for one delay; pure
    showing.py    the games as they are shown with one delay: stands, interests, loads
    league_tables.py  tables of leagues, by delay; the newest wins
    showings.py   the live showing, and those of every delay that is followed
    goodbye.py    when fans come back, and those of a node that stops
    wheel.py      the one timer: heartbeats, deadlines, sweeps, garbage
    hub.py        every fan and what it follows; the scoreboard's listener
    codes.py      error and close codes, one table
    answers.py    HTTP answers that this layer writes
    request.py    heads, queries, addresses behind proxies
    proxy_header.py  who the client is by the PROXY protocol; pure
    hot.py        /score from ready bytes
    fan.py        what all fans share; then sse.py and websocket.py
    gatekeeper.py who may come in: connections, requests, origins
    reception.py  what all connections share; streams and hot reads are answered here
    parting.py    the end of a connection whose client is still sending
    guarded.py    a connection that is uvicorn's, within limits
    doorstep.py   the light first protocol of every connection
    porch.py      before it, where proxies say first whom they bring
    protocol.py   the port: the factory of protocols

    scoreboard ── offer ──► hub ── turns ──► audiences ── transport.write ──► fans
                             ▲                   │ channel (ring)
    port (protocol) ─ arrive ┘                   └ catch-up for who joins, lags or comes back
"""
