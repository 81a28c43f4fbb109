"""Lines of games, and who played in them; the next start makes both from the games that there are."""

import sqlalchemy as sa
from alembic import op

from scorewire.journal.schema import TEXT

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the two tables, empty."""
    op.create_table(
        "lines",
        sa.Column("game_id", TEXT, primary_key=True),
        sa.Column("league_id", TEXT, nullable=False),
        sa.Column("season", TEXT, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("counted", TEXT, nullable=False),
        sa.Column("start_ms", sa.BigInteger, nullable=False),
        sa.Column("home_id", TEXT, nullable=False),
        sa.Column("away_id", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("lines_by_season", "lines", ["league_id", "season", "start_ms", "game_id"])
    op.create_index("lines_by_home", "lines", ["home_id", "start_ms"])
    op.create_index("lines_by_away", "lines", ["away_id", "start_ms"])
    op.create_table(
        "line_players",
        sa.Column("player_id", TEXT, primary_key=True),
        sa.Column("game_id", TEXT, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("line_players_by_game", "line_players", ["game_id"])
