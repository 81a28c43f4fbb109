"""Who takes a partition of the log over begins a term, by which its former owner is known."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; nobody has taken anything over yet."""
    op.add_column("consumed", sa.Column("term", sa.BigInteger, nullable=False, server_default="0"))
