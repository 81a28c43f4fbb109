"""A seeded world: providers that err, links that lose, a node that dies, fans that sleep, and an auditor.

Reading order:
    options.py   how rough the world is, with units
    plays.py     what is played in each sport, in the words of docs/events.md
    script.py    what really happened in a game, and the messages that a provider makes of it
    backup.py    a second provider of the same game, with its own names, lag and faults
    counting.py  the auditor's own rules: what plays come to, without any machine
    auditor.py   which plays stand in the end, by another route than the product's
    world.py     the heap of (time, n, action) that drives it all; one random.Random(seed)
    command.py   `scorewire sim`

    script ─► provider ─link─► log ─► partition (games/) ─► channel (fanout/) ─link─► fans
      └────────────────────────── auditor compares ◄──────────────────────────────────┘

No event loop runs here: the code under test is the pure part of games/ and fanout/. Their shells are
tested over real sockets and files in tests/e2e and tests/adversity.
"""
