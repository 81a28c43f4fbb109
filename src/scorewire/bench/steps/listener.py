"""The socket on which every step listens."""

import socket

BACKLOG = 4096
SEND_BYTES = 32_768
"""What the kernel is asked to keep for a connection; it doubles the number.

Left to itself Linux lets this grow to 4 MB for a fan who does not read, memory that no process shows. Here
some 50 KB are kept, so that one soon sees what a step does with the rest.
"""


def listener() -> socket.socket:
    """On a free port of 127.0.0.1; its connections inherit the size of the buffer."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
    made.bind(("127.0.0.1", 0))
    made.listen(BACKLOG)
    return made
