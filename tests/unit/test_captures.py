"""What a provider's sequence promises: the configuration, then the decoder's own word, then nothing."""

from scorewire.captures import sequence_kind
from scorewire.config import Config, Provider


def test_the_configuration_overrules_the_decoder() -> None:
    config = Config(
        providers={
            "league": Provider(format="stats_nba_com"),
            "live": Provider(format="stats_nba_com", sequence="none"),
            "own": Provider(),
        }
    )
    told = {name: sequence_kind(config, name) for name in ("league", "live", "own", "stats_nba_com")}
    assert told == {"league": "dense", "live": "none", "own": None, "stats_nba_com": "dense"}
