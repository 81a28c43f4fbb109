"""What stands between those who poll and the journal: our own cache, and the word to the caches in front.

    kept.py         answers that are kept ready: one build for all who wait, ahead of time, never too old
    coalescing.py   which keys are to be purged now: the first at once, then seldom; pure
    purger.py       carries them to one cache: bounded, retried, never in anybody's way
    varnish.py      how a Varnish with xkey is told

Lifetimes and keys are model/lifetimes.py and model/surrogate_keys.py, since fanout/ answers by them too.

    scoreboard ── updates ──► purger ── keys ──► Varnish
"""
