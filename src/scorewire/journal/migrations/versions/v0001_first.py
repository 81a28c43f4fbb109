"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make them; written out rather than taken from schema.py, which will move on."""
    _record()
    _entities()
    _bookkeeping()
    _indexes()


def _record() -> None:
    op.create_table(
        "events",
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
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        postgresql_partition_by="RANGE (game_date)",
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE events_default PARTITION OF events DEFAULT")
    op.create_table(
        "game_heads",
        sa.Column("game_id", TEXT, primary_key=True),
        sa.Column("game_date", sa.Date, nullable=False),
        sa.Column("head_seq", sa.Integer, nullable=False),
        sa.Column("published_seq", sa.Integer, nullable=False),
        sa.Column("epoch", TEXT, nullable=False),
        sa.Column("corrected_seq", sa.Integer, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "games",
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
    )


def _entities() -> None:
    op.create_table(
        "teams",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("abbr", TEXT, nullable=False),
        sa.Column("city", TEXT, nullable=False),
        sa.Column("logo", TEXT, nullable=False),
        sa.Column("color", TEXT, nullable=False),
        sa.Column("conference", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
    )
    op.create_table(
        "players",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
    )
    op.create_table(
        "leagues",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("sport", TEXT, nullable=False),
    )
    op.create_table(
        "seasons",
        sa.Column("league_id", TEXT, primary_key=True),
        sa.Column("name", TEXT, primary_key=True),
    )
    op.create_table(
        "venues",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("tz", TEXT, nullable=False),
    )
    op.create_table(
        "provider_games",
        sa.Column("provider", TEXT, primary_key=True),
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("game_id", TEXT, nullable=False),
    )


def _bookkeeping() -> None:
    op.create_table(
        "meta",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("game_id", TEXT, primary_key=True),
        sa.Column("provider", TEXT, primary_key=True),
        sa.Column("event", TEXT, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("game_id", TEXT, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "consumed",
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("held", TEXT, nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger, nullable=True),
    )


def _indexes() -> None:
    op.create_index(
        "events_by_cause",
        "events",
        ["game_date", "game_id", "provider", "event", "revision", "nth"],
        unique=True,
    )
    op.create_index("games_in_order", "games", ["underway", "start_ms", "game_id"])
    op.create_index("games_by_sport", "games", ["sport", "underway", "start_ms", "game_id"])
    op.create_index("games_by_league", "games", ["league_id", "underway", "start_ms", "game_id"])
    op.create_index("games_by_home", "games", ["home_id", "underway", "start_ms", "game_id"])
    op.create_index("games_by_away", "games", ["away_id", "underway", "start_ms", "game_id"])
    op.create_index("games_by_status", "games", ["status", "start_ms", "game_id"])
    op.create_index("games_not_over_by_sport", "games", ["over", "sport"])
    op.create_index("games_not_over_by_league", "games", ["over", "league_id"])
    op.create_index("games_not_over_by_home", "games", ["over", "home_id"])
    op.create_index("games_not_over_by_away", "games", ["over", "away_id"])
