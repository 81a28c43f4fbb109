"""Results of games, and the tables made of them; the next start makes both from the games that there are."""

import sqlalchemy as sa
from alembic import op

from scorewire.journal.schema import TEXT

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the two tables, empty."""
    op.create_table(
        "results",
        sa.Column("game_id", TEXT, primary_key=True),
        sa.Column("league_id", TEXT, nullable=False),
        sa.Column("season", TEXT, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("start_ms", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("results_by_competition", "results", ["league_id", "season"])
    op.create_table(
        "standings",
        sa.Column("league_id", TEXT, primary_key=True),
        sa.Column("season", TEXT, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("newest_ms", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
