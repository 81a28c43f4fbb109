"""The tables. A change here needs a migration beside it; a test holds the two together.

No foreign keys: `events` is partitioned by date on PostgreSQL, which forbids the useful ones, and rows
are only ever added by the one transaction in appending.py. `game_date` is the UTC day of a game's first
scheduled start; it is copied to each row and never changes, because it says where the row lies.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""By code point on every database, as Python sorts: cursors and lists that are put together depend on it."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("value", TEXT, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("game_date", sa.Date, primary_key=True),
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ts", sa.BigInteger, nullable=False),
    sa.Column("type", TEXT, nullable=False),
    sa.Column("level", TEXT, nullable=False),
    sa.Column("correction", sa.SmallInteger, nullable=False),
    sa.Column("provider", TEXT, nullable=False),
    sa.Column("event", TEXT, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    # docs/adr/0003: one version of a provider event may make several rows.
    sa.Column("nth", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("events_by_cause", "game_date", "game_id", "provider", "event", "revision", "nth", unique=True),
    # By month, where the database can: see partitions.py.
    postgresql_partition_by="RANGE (game_date)",
)

# Written at every commit, so none of its other columns is indexed: a change stays in its page.
game_heads = sa.Table(
    "game_heads",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("game_date", sa.Date, nullable=False),
    sa.Column("head_seq", sa.Integer, nullable=False),
    sa.Column("published_seq", sa.Integer, nullable=False),
    sa.Column("epoch", TEXT, nullable=False),
    sa.Column("corrected_seq", sa.Integer, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("line", sa.LargeBinary, nullable=False),
    # Room for a new version of each row in its page.
    postgresql_with={"fillfactor": 50},
)

# What lists select and sort by; written only when one of these values changes.
games = sa.Table(
    "games",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("sport", TEXT, nullable=False),
    sa.Column("league_id", TEXT, nullable=False),
    sa.Column("season", TEXT, nullable=False),
    sa.Column("home_id", TEXT, nullable=False),
    sa.Column("away_id", TEXT, nullable=False),
    sa.Column("venue_id", TEXT, nullable=False),
    sa.Column("start_ms", sa.BigInteger, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("underway", sa.SmallInteger, nullable=False),
    sa.Column("over", sa.SmallInteger, nullable=False),
    sa.Column("declared", sa.LargeBinary, nullable=True),
    sa.Index("games_in_order", "underway", "start_ms", "game_id"),
    sa.Index("games_by_sport", "sport", "underway", "start_ms", "game_id"),
    sa.Index("games_by_league", "league_id", "underway", "start_ms", "game_id"),
    sa.Index("games_by_home", "home_id", "underway", "start_ms", "game_id"),
    sa.Index("games_by_away", "away_id", "underway", "start_ms", "game_id"),
    sa.Index("games_by_status", "status", "start_ms", "game_id"),
    sa.Index("games_not_over_by_sport", "over", "sport"),
    sa.Index("games_not_over_by_league", "over", "league_id"),
    sa.Index("games_not_over_by_home", "over", "home_id"),
    sa.Index("games_not_over_by_away", "over", "away_id"),
)

teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("abbr", TEXT, nullable=False),
    sa.Column("city", TEXT, nullable=False),
    sa.Column("logo", TEXT, nullable=False),
    sa.Column("color", TEXT, nullable=False),
    sa.Column("conference", TEXT, nullable=False),
    sa.Column("division", TEXT, nullable=False),
)

players = sa.Table(
    "players",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
)

leagues = sa.Table(
    "leagues",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("sport", TEXT, nullable=False),
)

seasons = sa.Table(
    "seasons",
    metadata,
    sa.Column("league_id", TEXT, primary_key=True),
    sa.Column("name", TEXT, primary_key=True),
)

venues = sa.Table(
    "venues",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("tz", TEXT, nullable=False),
)

provider_games = sa.Table(
    "provider_games",
    metadata,
    sa.Column("provider", TEXT, primary_key=True),
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("game_id", TEXT, nullable=False),
)

# What a game came to, as tables of its competition count it; `seq` is the row after which it was so.
results = sa.Table(
    "results",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("league_id", TEXT, nullable=False),
    sa.Column("season", TEXT, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("start_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("results_by_competition", "league_id", "season"),
)

# The table of all results of a competition; `version` counts its changes.
standings = sa.Table(
    "standings",
    metadata,
    sa.Column("league_id", TEXT, primary_key=True),
    sa.Column("season", TEXT, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("newest_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# What players and teams did in a game after row `seq`, by the counting that `counted` names; league, season
# and teams are empty for one that counts for nothing.
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("league_id", TEXT, nullable=False),
    sa.Column("season", TEXT, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("counted", TEXT, nullable=False),
    sa.Column("start_ms", sa.BigInteger, nullable=False),
    sa.Column("home_id", TEXT, nullable=False),
    sa.Column("away_id", TEXT, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("lines_by_season", "league_id", "season", "start_ms", "game_id"),
    sa.Index("lines_by_home", "home_id", "start_ms"),
    sa.Index("lines_by_away", "away_id", "start_ms"),
)

# Who played in it.
line_players = sa.Table(
    "line_players",
    metadata,
    sa.Column("player_id", TEXT, primary_key=True),
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Index("line_players_by_game", "game_id"),
    sqlite_with_rowid=False,
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("provider", TEXT, primary_key=True),
    sa.Column("event", TEXT, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("what", TEXT, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=True),
    # Clustered by its key where the database can: thousands of small rows a game, read all at once.
    sqlite_with_rowid=False,
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("game_id", TEXT, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

consumed = sa.Table(
    "consumed",
    metadata,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("held", TEXT, nullable=False),
    # How often the partition was taken over; only the last who did may write (positions.py).
    sa.Column("term", sa.BigInteger, nullable=False, server_default="0"),
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("provider", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    # Whole for what must verify a signature; empty for a token, of which only `digest` is kept.
    sa.Column("secret", TEXT, nullable=False),
    sa.Column("digest", TEXT, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("revoked_ms", sa.BigInteger, nullable=True),
)
