"""Benchmarks that a user can run: `scorewire bench fanout`, `path`, `storm` and nine more.

A real node is started as a process of its own on one core; the load comes from other processes on the
others. Every run checks that every fan got every update. A figure is a ratio taken side by side in one run
wherever there is something to hold it against: a C program that only sends, or the disk itself.

Reading order:
    figures.py    percentiles and rounding; pure
    report.py     what a benchmark says: JSON for machines, tables for people, Markdown for the docs; pure
    machine.py    on what it ran: processor, cores, kernel, file system, commit; descriptors
    family.py     a process and all that it has started: CPU time, memory, open files
    child.py      a process that is never left behind
    target.py     the node under test, and a provider's key to it
    calls.py      signed calls about games of soccer, and reading the answers; pure
    posts.py      a provider: one call, or thousands over connections that stay
    probe.py      what one fsync costs, on the same disk, in the same run
    watching.py   one fan within the load process, for times that need no second process
    logbook.py    what every fan was told, in which order and when; gaps are counted; pure
    fans.py       the load client: thousands of fans in a process of their own
    crowd.py      several load clients as one crowd
    arrivals.py   the load client of those who come at once, come back with a cursor, or come and go
    turnout.py    several of these as one
    pulls.py      the load client of reads
    ticker.py     a call again and again, at a steady rate
    yardstick.c   the kernel's own price: accept and send() in a loop; yardstick.py builds and drives it
    greeter.c     the kernel's own price of an arrival: accept, read, write
    nginx.py      nginx as a server of files, or with nchan, where this machine has it
    game.py       one game: declared, kicked off, and then shots
    rounds.py     rounds of fanout and the figures that they come to; pure
    contest.py    a game's fans, and as many at the yardstick and at nchan, turn by turn
    fanout.py     server CPU a delivery against the yardstick's, time to the last fan, memory a fan
    series.py     time to the last fan against fans, with idle games and without
    memory.py     memory a fan, following one game and ten
    spreading.py  from what fans were told to times; pure
    plot.py       curves as SVG; pure
    bars.py       bars as SVG; pure
    fair.py       a game of 50 fans while one of thousands bursts beside it
    slow.py       healthy fans while one of ten does not read
    storm.py      all come back at once; a worker and the node are killed
    restart.py    all workers replaced under a steady rate of updates
    soak.py       everything at once, for long
    churn.py      memory while fans come and go
    games.py      thousands of live games
    pull.py       scores a core answers, against nginx with the same bytes
    start.py      process start to first answer, with games stored and without
    path.py       webhook to fan on an idle node, against two fsyncs
    ingest.py     events a second through the whole durable path
    site.py       the same two through roles over Kafka, PostgreSQL and Redis; site_target.py starts them
    tiers.py      one goal through regions and edges of edges, and when the last fan of each has it
    fold.py       plays folded and claims decided a second, sport by sport
    programme.py  which of these the table holds, and at which sizes; pure
    overview.py   the table, out of the results; pure
    runs.py       runs the programme and renders the table
    steps/        the design of fan-out step by step, each a small server beside bare C
    running.py    shares out the machine, runs a benchmark, shows and keeps what it found
    kept.py       the commands `table` and `show`
    command.py    the command line; commands_of_sites.py, options.py

    posts ─ signed calls ─► node under test (one core) ─► fans (other cores)
                            yardstick (same core)      ─► as many fans, the same bytes, turn by turn
"""
