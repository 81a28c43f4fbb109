"""How large a site has to be: from what was measured on a machine to gateways, servers and seconds.

Reading order:
    inputs.py     every number that goes in, with its unit, its words and where it comes from
    reading.py    reads what was measured out of the reports of `scorewire bench`
    sizing.py     the arithmetic: what each tier needs, and which limit binds; pure
    spread.py     one goal through the tiers, many times with real delays: time to fan as percentiles; pure
    checking.py   the same for sizes that were really run: predicted beside measured; pure
    page.py       docs/plan.md with its pictures; pure
    command.py    `scorewire plan`

    reports ──reading──► Measured ┐
    flags   ─────────────► Wanted ┴─► sizing ─► Plan ┐
                                   └─► spread ─► Times ┴─► table, page
"""
