"""What is true: claims come off the log in order, are decided by the sport's rules, and become rows.

Reading order:
    ordering.py    what waits for a missing number, and for how long; where a play stands in play order
    statement.py   the score that a provider stated last, and what ours lacked of it
    book.py        one game as its owner holds it: the plays in order, and the fold of them
    frame.py       the fold, dressed as the ScoreState that fans see
    writing.py     rows as they are made: applied at once, with the updates that follow and the score checks
    engine.py      decide: a claim becomes rows, is remembered, or is refused with a rule's name
    telling.py     what a provider told that is no play of the book, as the ledger keeps it
    account.py     what one of several providers says: its own plays, order and score
    matching.py    which play of the book another provider's claim speaks of
    tellers.py     the providers of one game, and which play each of them tells
    conflicts.py   claims that the provider that is shown does not tell, and how that ends
    succession.py  which provider is shown: when another takes its place, when the better one is back
    agreement.py   whether what is shown is what its providers come to
    deadlines.py   what waits in such a game, and until when
    arbitration.py several providers on one game: what a claim can be, and what is done
    checkpoint.py  a book as bytes, so that a long history opens fast
    history.py     the state at any seq, from the journal
    past.py        what was told a while ago, told again
    timetable.py   when each row is due in a playback
    course.py      the course of a game: rows with their clocks, scores and places in a playback
    settlement.py  what one write holds, made of what was decided
    partition.py   many games in order of their claims: what goes in, what must be written
    owner.py       the shell: log in, journal and scoreboard out; the one task that owns the games
    shift.py       the owners of a process that shares the games with others
    audit.py       fold it all again and compare (rebuild); from a score to its causes (explain)
    report.py      how providers have done on the games that several of them tell
    inquiry.py     what operators ask about such games, read from the journal
    capture.py     one game taken along as a file, and decided again elsewhere

    log ─► ordering ─► engine.decide ─► rows ─► journal
                            ▲             │
                           book ◄──apply──┘──► frame ─► update ─► scoreboard
"""
