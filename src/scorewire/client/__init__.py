"""The Python client: follows games of any node over its public protocol, and needs only model/.

Reading order:
    client.py    what a program uses: `async for update in Client(url).follow("game-id")`
    session.py   the protocol of a reader as a state machine; pure
    sse.py       server-sent events out of bytes; pure

The JavaScript client (web/static/scorewire.js, which the pages use too) is the same machine, and both pass
the table in tests/protocol_cases.

    bytes, timeouts, answers ──► session ──► connect, read, poll, updates
              ▲                                     │
              └───────────────  client  ◄───────────┘
"""

from scorewire.client.client import Client, Following, Standings, Update
from scorewire.client.session import Link, Refused

__all__ = ["Client", "Following", "Link", "Refused", "Standings", "Update"]
