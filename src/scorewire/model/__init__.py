"""The vocabulary. It imports nothing of ours, and knows no clock, loop or driver.

Reading order:
    ids.py             what may be an identifier; ETags and cursors that are made of them
    provider_event.py  what a provider claims (ProviderEvent), and how a game is declared (GameDeclared)
    game_event.py      what we hold true: a row of a game's append-only log (GameEvent)
    score_state.py     the fold of rows 1..seq (ScoreState)
    update.py          what a fan receives for one row (Update), and the merge patch in it
    trace.py           the trace that a provider's call belongs to
    validators.py      ETag, Last-Modified, 304 and lifetimes of what a seq names

    claim ──decide──► row ──fold──► state ──differ──► update
"""
