"""PORT: the ordered, partitioned, durable log of what providers claim, and the dead letters beside it.

Reading order:
    base.py           the port: what every adapter guarantees
    tail.py           the newest entries in memory, so that the owner seldom reads the disk; pure
    local_schema.py   one SQLite file: tables, how it is opened, and who may write it
    local_writes.py   a batch of waiting calls as one transaction
    local_reads.py    entries, answers and dead letters, as they lie on disk
    local_writer.py   the one thread that writes: its batch is whatever waits when the last fsync returns
    local.py          LocalLog: the port over all this

     append ──► queue ──► writer thread ──one fsync a batch──► log.sqlite
        ▲                      │                                   │
        └──── receipt ◄────────┴──► tail ──► read, wait ◄── (older)┘
"""
