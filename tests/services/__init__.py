"""Real servers for tests and trials: each on a port and in a folder of its own, gone when its test is.

    ports       free ports that no client's own end can take
    family      a process with its children: signal them all, wait until all are gone
    guard       who cleans up when the tests themselves are killed
    server      one server: start, stop, kill, pause, resume, start again on the same port and folder
    redis       Redis 7, alone
    group       several servers that are one
    sentinel    Redis with Sentinel
    cluster     Redis Cluster
    postgres    PostgreSQL 15, with a database for each test
    kafka       Apache Kafka, one broker
    fronts      nginx, HAProxy and Varnish before a node, as deploy/ configures them
    link        a TCP link with faults, to stand before any of them
    named       servers that the environment names instead
    fixtures    either kind as pytest fixtures; which ones the tests ran against
    board, __main__    all of them for trials: `make services`

Nothing here uses a server that the system runs. `SCOREWIRE_TEST_REDIS=redis://...` and its sisters name
others for the tests that do no harm to them.
"""
