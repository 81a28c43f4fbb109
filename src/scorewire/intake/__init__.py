"""Authenticates a feed, decides what of it can be used, and puts that on the log before it answers.

Reading order:
    signature.py     Standard Webhooks over raw bytes: HMAC (`v1`) and Ed25519 (`v1a`); pure
    rate.py          how many calls a provider may make; pure
    times.py         RFC 3339, strictly; pure
    offers.py        what a call offers, what of it is refused, and how that is told; pure
    cloudevents.py   native CloudEvents, single and batch, into offers; pure
    recent.py        the newest content of each event, to see duplicates; pure
    acceptance.py    what a claim and its game's declaration show: accepted, duplicate or refused; pure
    unapplied.py     declarations on the log that the journal may not hold yet
    known.py         which games are declared, and what providers call them
    admission.py     the shell around acceptance: durable first, then known; parked events are taken up
    webhook.py       Intake: from a call to its answer, in order
    dead_letters.py  what was refused, through acceptance once more
    desk.py          what an editor enters by hand, as claims of the desk; pure
    recording.py     recorded feeds from disk, for those who post them
    casting.py       which game a recording is about, and under whose name it is told
    replay.py        plays recordings again: when what is posted
    feed_client.py   the other end: signs calls as a provider does, and repeats what failed
    connection.py    what every way to a feed tells, how long it waits, from where it resumes
    json_stream.py   JSON objects out of an endless body; pure
    push_stream.py   one endless answer over HTTP
    socket_feed.py   a feed over WebSocket
    poller.py        a document that is asked for again and again, whole or by patches
    json_patch.py    a document that its feed keeps up to date by patches; pure
    snapshot.py      what has changed between two looks at a game; pure
    feed_book.py     what a feed has told so far, and what of a payload is news; pure
    feed.py          one feed, from its source to the node
    feed_shelf.py    what a feed has told, on disk
    feeds.py         which feeds there are: feeds.toml

    call ─► size ─► signature, time ─► rate ─► webhook-id ─► decode ─► accept ─► log ─► 202
             413         401           429    first answer     422        │
                                                (409)                     └─► dead letters, in the same commit
"""
