"""The design of fan-out as a row of small servers, each better than the one before: `scorewire bench steps`.

Every step is a whole server that tells the same update to the same fans, and is told to by lines on its
standard input. docs/design-fan-out.md explains them and shows what was measured; its code is taken from here.

Reading order:
    message.py    what every step tells: an update of 300 bytes, a full state, the head of a stream; pure
    listener.py   the socket on which every step listens
    streams.py    1 a loop that awaits each fan, 2 a queue and a task for each, 3 encoded once
    protocols.py  4 a protocol instead of two streams, 5 the same on uvloop
    slices.py     6 a slice of fans at a time, round-robin over games
    cursor.py     7 a fan is a place in a ring
    server.py     runs one of them as a process
    subject.py    drives one of them, or 8 Scorewire itself
    slow.py       what becomes of fans who read beside fans who do not
    measure.py    the benchmark
    result.py     figures, plot and table of what was measured; pure
    page.py       puts the table of a kept result into the page

    measure ─ tell a game ─► subject ─ stdin, or a signed call ─► server (one core) ─► fans (other cores)
"""
