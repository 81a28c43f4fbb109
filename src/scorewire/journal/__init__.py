"""The relational record: game events, heads, games, teams, players, keys. Append first, then tell.

Reading order:
    records.py     what goes in (Commit) and what comes out (Stored, GamesPage)
    schema.py      the tables
    migrations/    how a data folder of an older release becomes one of this release
    dialect.py     the only file that knows which database it is; errors of drivers become ours
    partitions.py  the months in which a server's rows lie, made ahead of them
    database.py    one writer thread, a few reader threads in two lanes
    upcast.py      the version stamp of stored bodies, and how an old one is read
    entities.py    what a commit says of teams, players, leagues, seasons, venues
    appending.py   the one transaction of a commit, and its fence
    positions.py   how far each partition of the provider log has been applied, and its fence
    history.py     reading a game back: checkpoint, rows, ledger
    listing.py     lists of games, and their cursors
    lately.py      which games changed in the last minutes, and what lists showed of them; pure
    folds.py       how a database compares names without case and accents
    names.py       finding teams, leagues, players and games by name
    earlier.py     lists as they were some seconds ago; pure
    competitions.py  what games came to, and the tables that were made of it
    lines.py       what players and teams did in games
    journal.py     Journal: the face of the room
    libpq.py       its URL for who speaks with the server beside it
    checkup.py     a look at a server before a node is started on it
    backup.py      a copy of a file that a node goes on writing
    moving.py      a file's journal copied into an empty database of a server
    keys.py        secrets of providers, tokens of readers and administrators

    owner ──Commit──► [ writer thread ──one transaction──► journal.sqlite, or PostgreSQL ]
    api   ◄──rows──── [ reader threads ◄──a snapshot────────┘ (WAL)                      ]
"""
