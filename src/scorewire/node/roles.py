"""What a process does, by its roles, and what each of them needs; nothing is opened or connected here.

| role | what of it is there | journal | log | scoreboard |
|---|---|---|---|---|
| intake | calls of providers, the administrators' routes | yes | writes | |
| games | decides games, and shows them | writes | reads its partitions | writes |
| gateway | streams, ready scores | for what is past | | reads |
| api | REST and pages | reads | | reads |
| stats | tables of leagues (tabling.py) | writes | hears what is decided | |

Without roles a process does all of it. They need servers only where more than one process has part in it.
"""

from typing import Final

from scorewire.config import Config, Role
from scorewire.errors import ConfigError
from scorewire.journal.dialect import is_file, locate

ALL: Final[frozenset[Role]] = frozenset({"intake", "games", "gateway", "api", "stats"})
"""What a process without roles does."""
LATER: Final[frozenset[Role]] = frozenset({"alerts"})


def roles_of(config: Config) -> frozenset[Role]:
    """What a process does."""
    return frozenset(config.server.roles) or ALL


def reads_redis(config: Config) -> bool:
    """Whether what fans and readers are shown is read from Redis: games are decided elsewhere too."""
    return bool(config.log.brokers) or "games" not in roles_of(config)


def check_roles(config: Config) -> None:
    """Refuse roles that cannot be had with these settings.

    Raises:
        ConfigError: names the key.
    """
    roles = roles_of(config)
    if later := sorted(roles & LATER):
        raise ConfigError("server.roles", f"{', '.join(later)}: not in this release")
    alone = sorted(roles - ALL)
    if alone and len(roles) > 1:
        raise ConfigError("server.roles", f"{alone[0]} is a process of its own")
    if alone:
        return
    if config.server.workers and "gateway" not in roles:
        raise ConfigError("server.workers", "workers hold fans, which is the role gateway")
    shared = bool(config.log.brokers)
    if not shared and len(roles & {"intake", "games"}) == 1:
        raise ConfigError(
            "log.brokers", "intake and games in two processes need a log that both reach: Kafka's host:port"
        )
    if not shared and "stats" in roles and "games" not in roles:
        raise ConfigError("log.brokers", "what other processes decide is heard from Kafka: host:port")
    # Tables are not shown to others, so who does without them is alone still.
    whole = roles | {"stats"} == ALL
    if (shared or not whole) and is_file(locate(config.storage.journal_place())):
        raise ConfigError(
            "storage.journal",
            "several processes need a journal that all of them reach: postgresql://user@host:5432/scorewire",
        )
    if not config.scoreboard.url and roles - {"intake", "stats"} and reads_redis(config):
        raise ConfigError(
            "scoreboard.url",
            "games that are decided in other processes are read from Redis: redis://host:6379/0",
        )
    if not config.scoreboard.url and "games" in roles and not whole:
        raise ConfigError(
            "scoreboard.url", "what is decided here is shown to other processes on Redis: redis://host:6379/0"
        )
