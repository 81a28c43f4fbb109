"""REST: those who ask rather than listen. Also the door for feeds, for operators and for machines that watch.

Reading order:
    problems.py      every error as RFC 9457 `application/problem+json`, from one table
    parameters.py    what a query may hold, with its limits
    reads.py         what is true of a game, at its head or at a seq; what may be cached
    answers.py       a body with its validators: 200, 304, cache lifetimes
    game_view.py     the whole game at one seq, folded from its rows (pure)
    games.py         /v1/games, /score, /state, /events
    playback.py      a game told again, frame by frame: pace, places, cursors
    replay.py        /v1/games/{id}/replay and /moments
    record.py        /v1/teams, /v1/players, /v1/leagues
    standings.py     /v1/leagues/{id}/standings
    statistics.py    /v1/games/{id}/stats, /v1/leagues/{id}/leaders, and /stats of players and teams
    shots.py         /v1/games/{id}/shots
    ingest.py        POST /v1/ingest/{provider}: size and type, then intake decides
    streams.py       what asks for no stream at /v1/stream and /v1/ws
    how.py           /v1/how: the way of the newest key events, and practice games
    health.py        /livez, /readyz, /metrics
    admin.py         dead letters, keys, rebuild, explain, status; bearer token or Unix socket
    desk.py          the editor's desk: enter, list, cancel a play, hand back
    conflicts.py     what the providers of a game do not agree on, settled by the desk; how each of them does
    admin_socket.py  the Unix socket itself, for nobody but its owner
    openapi.py       /openapi.json (3.1), made by Litestar from the handlers
    asyncapi.py      /asyncapi.json (3.0), written by hand: streams, WebSocket, ingest
    face.py          what holds for every answer: HEAD, CORS, safe headers, counting
    app.py           puts them together

                 +---------------------------------------------+
     request --> | face --> routes --> Reads --> scoreboard    | --> answer
                 |            |            `---> journal       |
                 |            `--> Intake --> log              |
                 +---------------------------------------------+
"""
