"""A member of the group of owners in a process of its own, to be killed or paused; says what it owns.

python -m backends.kafka_member BROKERS TOPIC GROUP     one line for each change: "owns 0 2"
"""

import asyncio
import sys

from scorewire.log.kafka_group import KafkaGroup


async def main(brokers: str, topic: str, name: str) -> None:
    """Own what is given, release what is taken at once, until killed."""
    group = KafkaGroup(brokers=brokers, security={}, topic=topic, group=name)
    group.start()
    known: frozenset[int] = frozenset()
    while True:
        owned = await group.change(known)
        for partition in known - owned:
            group.release(partition)
        known = owned
        print("owns", *sorted(owned), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
