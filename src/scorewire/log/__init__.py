"""PORT: the ordered, partitioned, durable log of what providers claim, and the dead letters beside it.

Reading order:
    base.py           the port: what every adapter guarantees
    tail.py           the newest entries in memory, so that the owner seldom reads the disk; pure
    writing.py        the thread that writes and takes all who wait as one batch; both logs have one
    local_schema.py   one SQLite file: tables, how it is opened, and who may write it
    local_writes.py   a batch of waiting calls as one transaction
    local_reads.py    entries, answers and dead letters, as they lie on disk
    local_writer.py   its batch here: one transaction, one fsync
    local.py          LocalLog: the port over all this
    kafka_topics.py   which topics there must be, and what differs (`scorewire topics`)
    kafka_records.py  claims, dead letters and what became of them, in bytes; pure
    kafka_ledger.py   webhook-ids with their answers: one PostgreSQL table for all intakes
    kafka_producer.py the idempotent producer, batch by batch
    kafka_writer.py   the one thread that produces: reserve, produce, answer
    kafka_run.py      the entries of a partition that a reader has in memory; pure
    kafka_fetching.py the thread that owns the consumer
    kafka_reader.py   entries by offset, fetched ahead
    kafka_letters.py  dead letters as the fold of their topic; pure
    kafka_group.py    which partitions this process owns, and what of them is done
    kafka.py          KafkaLog: the port over all this
    kafka_game_events.py  what owners have decided, in bytes, and what of it waits; pure
    kafka_ends.py     where partitions end, by the brokers' word of now
    kafka_places.py   where a topic's partitions begin and end, and how far a group has come
    kafka_announcing.py   GameEvents: what owners decide goes to `game-events`

Embedded:

     append ──► queue ──► writer thread ──one fsync a batch──► log.sqlite
        ▲                      │                                   │
        └──── receipt ◄────────┴──► tail ──► read, wait ◄── (older)┘

Distributed (docs/adr/0008-the-log-on-kafka.md):

     append ──► queue ──► writer thread ──► ids reserved ──► Kafka, acks=all ──► ids answered ──► receipt
     read, wait ◄── run in memory ◄── reader thread ◄── partition, from the journal's position
     owners ◄── partitions ◄── group thread ◄── brokers;   owners ── done ──► group thread ──► offsets
"""
