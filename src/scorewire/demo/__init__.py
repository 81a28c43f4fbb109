"""A bundled matchday: real games, typed from public facts, played again on a loop.

Reading order:
    games/*.txt   one game a file; matchday.py's docstring describes the lines
    matchday.py   reads them: text in, timed plays out; pure
    loop.py       which game is declared, under way or over at a moment of the demo; pure
    runner.py     posts what is due through the signed webhook, as a provider would

    games/*.txt -> matchday -> loop -> runner -> POST /v1/ingest/matchday (signed)
"""
